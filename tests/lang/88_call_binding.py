# How arguments reach parameters: each way of passing them, to each kind of callable.


def show(function, *args, **kwargs):
    try:
        print(function(*args, **kwargs))
    except TypeError as error:
        print("TypeError:", error)


def collect(*args, **kwargs):
    return args, kwargs


def mixed(a, b=2, /, c=3, *args, d=4, **kwargs):
    return a, b, c, args, d, kwargs


def plain(a, b=2, c=3):
    return a, b, c


def keyword_only(*, a, b=2):
    return a, b


# The callee's dict and tuple are its own.
given = {"x": 1, "y": [2]}
args, kwargs = collect(**given)
kwargs["x"] = 5
print(given, kwargs, kwargs["y"] is given["y"])
values = (1, 2)
args, kwargs = collect(*values)
print(args == values, kwargs)
print(collect(*(), **{}), collect(*[], **{}))
print(collect(*values, 3, *[4], k=1, **given, z=2))


class Mapping:
    def keys(self):
        return ["x", "y"]

    def __getitem__(self, key):
        return key * 2


class Sub(dict):
    def __getitem__(self, key):
        return "never asked"


print(collect(**Mapping()), plain(1, **{"c": 9}), mixed(1, **Sub(c=7, e=8)))
for bad in (5, None, [1], "ab"):
    try:
        collect(**bad)
    except TypeError as error:
        print("TypeError:", error)
    try:
        plain(*bad)
    except TypeError as error:
        print("TypeError:", error)
for bad in ({1: 2}, {"a": 1, 2: 3}):
    try:
        collect(**bad)
    except TypeError as error:
        print("TypeError:", error)
    try:
        print(1, **bad)
    except TypeError as error:
        print("TypeError:", error)

# Parameters.
show(mixed)
show(mixed, 1)
show(mixed, 1, 5, 6, 7, 8, d=9, e=10)
show(mixed, 1, c=5, b=6, a=7)
show(mixed, 1, 2, 3, c=5)
show(mixed, 1, 2, 3, d=5, c=5, e=6)
show(plain, 1, a=2)
show(plain, 1, b=2, z=3)
show(plain, 1, bb=2)
show(plain)
show(plain, c=1)
show(plain, 1, 2, 3, 4)
show(plain, c=1, a=2)
show(keyword_only)
show(keyword_only, b=1)
show(keyword_only, 1)
show(keyword_only, 1, a=2)
show(keyword_only, a=1)
show(lambda a, /: a, a=1)
show(lambda a, /, **k: (a, k), 1, a=2)


class Box:
    def __init__(self, *args, size=0, **more):
        self.given = args, size, more

    def method(self, a, b=2, *rest, **more):
        return self.given, a, b, rest, more

    def __call__(self, *args, key=None, **more):
        return args, key, more

    @classmethod
    def made(cls, *args, **kwargs):
        return cls(*args, **kwargs).given

    @staticmethod
    def free(a, *, b=1):
        return a, b


class Child(Box):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)

    def method(self, *args, **kwargs):
        return super().method(*args, **kwargs)


options = {"size": 3, "other": 4}
for kind in (Box, Child):
    print(kind(*values, **options).given, kind(1, size=2).given, kind.made(*values, **options))
    box = kind()
    print(box.method(1, c=2), box.method(*values, *values, **options), kind.method(box, 1, b=5))
    print(box(*values, key=5), box(**options), box(1, **{"key": 6, "self": 7}) if kind is None else "")
    print(kind.free(1, b=2), box.free(*[1], **{"b": 3}))
    show(box.method)
    show(box.method, 1, self=2)
    show(kind.free, 1, 2)
    show(kind, self=1)
print(options, values)


class BadInit:
    def __init__(self, *args, **kwargs):
        return 5


show(BadInit, 1)
show(BadInit, 1, a=2)
bound = Box().method
print(bound(*[1], **{"z": 1})[1:], (lambda *a, **k: (a, k))(*"ab", **{"é": 1}))


# Depth: a wrapper of a wrapper passes all on.
def wrap(function):
    def inner(*args, **kwargs):
        return function(*args, **kwargs)

    return inner


deep = plain
for _ in range(200):
    deep = wrap(deep)
print(deep(1, c=5), deep(*values, **{"c": 3}))


class Recursive:
    def __init__(self, *args, **kwargs):
        if args and args[0]:
            self.inner = Recursive(args[0] - 1, *args[1:], **kwargs)


print(Recursive(300, 2, k=3).inner.inner is not None)


def down(*args, **kwargs):
    return down(*args, **kwargs)


try:
    down(1, a=2)
except RecursionError as error:
    print(error)


# Arguments die when the call is over, and not before.
class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("dies:", self.name)


def takes(first, *rest, **named):
    print("runs")


takes(Noisy("a"), Noisy("b"), c=Noisy("c"))
takes(*[Noisy("d")], **{"e": Noisy("e")})
try:
    plain(Noisy("f"), zz=Noisy("g"))
except TypeError as error:
    print(error)
