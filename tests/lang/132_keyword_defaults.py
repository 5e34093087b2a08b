"""Keyword-only defaults wherever they stand in their dict; variables wherever they stand in a context."""

import contextvars


def f(a, *, b=1, c=2, d, e=4):
    return a, b, c, d, e


def show(*args, **kwargs):
    try:
        print(f(*args, **kwargs))
    except TypeError as error:
        print(error)


def direct():
    try:
        print(f(0, d=3), f(0, d=3, c=9), f(0, e=8, d=3))
        print(f(0, b=7, d=3))
        print(f(0))
    except TypeError as error:
        print(error)


DEFAULTS = [
    {"b": 1, "c": 2, "e": 4},
    {"e": 4, "c": 2, "b": 1},
    {"x": 0, "b": 1, "y": 0, "c": 2, "e": 4, "a": 5},
    {"b": 1, "c": 2, "d": "three", "e": 4},
    {"c": 2, "e": 4},
    {"b": 1, "c": 2},
    {"".join(["b"]): [], "".join(["c"]): (), "".join(["e"]): {}},
    {},
    None,
]
for defaults in DEFAULTS:
    f.__kwdefaults__ = defaults
    for _ in range(3):
        direct()
    show(0, d=3)
    show(0)

f.__kwdefaults__ = {"z": 0, "b": 1, "c": 2, "e": 4}
del f.__kwdefaults__["z"]
direct()
f.__kwdefaults__["c"] = f.__kwdefaults__.pop("c")
direct()


class Same:
    """A key that looks like a name."""

    def __init__(self, name):
        self.name = name

    def __hash__(self):
        return hash(self.name)

    def __eq__(self, other):
        return self.name == other


f.__kwdefaults__ = {Same("b"): "other", "c": 2, "e": 4}
direct()
show(0, d=3)

variables = [contextvars.ContextVar(name, default=name) for name in "abc"]


def values():
    return [v.get() for v in variables]


def set_in(order):
    for i in order:
        variables[i].set(i)
        print(values())
    variables[order[0]].reset(token := variables[order[0]].set("other"))
    print(values(), token.old_value)


for order in (0, 1, 2), (2, 1, 0), (1,), (2, 0):
    context = contextvars.copy_context()
    context.run(set_in, order)
    print(values(), [context.get(v) for v in variables])
