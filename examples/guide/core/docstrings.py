"""The docstring of this module."""

import inspect


def area(radius):
    """Return the area of a circle.

    The radius is in metres.
    """
    return 3 * radius ** 2


class Circle:
    """A round thing."""

    def grow(self):
        "Docstrings may be any string literal."

    @property
    def size(self):
        """The size, documented like a function."""
        return 1


def without():
    x = 1
    """A string that comes later is no docstring."""
    return x


def formatted():
    f"not a {'docstring'}"


print(__doc__)
print(area.__doc__.splitlines()[0])
print(inspect.getdoc(area))
print(Circle.__doc__, Circle.grow.__doc__, Circle.size.__doc__)
print(without.__doc__, formatted.__doc__)
print(len.__doc__ is not None, str.upper.__doc__ is not None, int.__doc__ is not None)

area.__doc__ = "Changed at run time."
print(area.__doc__)

class Child(Circle):
    def grow(self):
        pass

print(Child.__doc__, Child().grow.__doc__)
print(inspect.getdoc(Child.grow))
