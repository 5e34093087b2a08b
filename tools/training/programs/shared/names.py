"""A module."""

import os.path

NAMES = {"a": 1, "b": (2, 3)}


def joined(*names: str, between: str = ", ") -> str:
    """The names in one line."""
    return between.join(name for name in names if name in NAMES or "x" not in name)


class Base:
    """A class."""

    kind = "base"

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)

    def place(self) -> str:
        return os.path.join(os.path.dirname(__file__), self.kind)
