"""What the README says, run."""

import re
from pathlib import Path

import numpy as np

README = Path(__file__).parent.parent / "README.md"


def test_the_python_example_reaches_its_target():
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    scope: dict = {}
    exec(example, scope)
    trajectory, target = scope["trajectory"], scope["task"].targets[1]
    assert np.linalg.norm(trajectory.hand_position[-1] - target.position) < 0.005  # m


def test_every_file_it_points_to_is_there():
    links = re.findall(r"\]\(([^)#]+)\)", README.read_text())
    assert len(links) >= 4
    for link in links:
        assert (README.parent / link).exists(), link
