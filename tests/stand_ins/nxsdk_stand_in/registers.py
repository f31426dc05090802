"""Registers that remember what is written to them."""

from typing import Any


class Register:
    """A register, or a group of them: parts and entries appear when they are reached for."""

    def __init__(self, **fields: Any) -> None:
        self.entries: dict[int, Register] = {}
        vars(self).update(fields)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        part = Register()
        setattr(self, name, part)
        return part

    def __getitem__(self, number: int) -> Any:
        return self.entries.setdefault(int(number), Register())

    def configure(self, **fields: Any) -> None:
        """Write fields."""
        vars(self).update(fields)
