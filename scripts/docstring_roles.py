"""Extension of griffe: docstrings on the site have names as code, without Sphinx's roles."""

import re
from typing import Any

from griffe import Extension, Object

ROLE = re.compile(r":(?:class|func|meth|attr|mod):`~?(?:[\w.]+\.)?(\w+)`")


class DocstringRoles(Extension):
    """Extension that turns a role such as ``:func:`spikearm.load_arm``` into ```load_arm```."""

    def on_instance(self, *, obj: Object, **kwargs: Any) -> None:
        """Rewrite the docstring of an object that was just collected."""
        if obj.docstring:
            obj.docstring.value = ROLE.sub(r"`\1`", obj.docstring.value)
