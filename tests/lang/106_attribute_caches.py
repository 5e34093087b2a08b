"""Attributes whose place an instruction remembers, when what it remembers changes."""


class Fallback:
    cv = "class"

    def __init__(self):
        self.own = "own"

    def m(self):
        return "m"

    @property
    def p(self):
        if self.own == "hide":
            raise AttributeError("p")
        return "p"

    def __getattr__(self, name):
        return f"<{name}>"


def read(o):
    return o.own, o.cv, o.m(), o.p, o.other


o = Fallback()
print(read(o), read(o), read(o))
o.cv = "instance"
print(read(o))
o.other = "now there"
print(read(o))
del o.own
print(read(o))
o.own = "hide"
print(read(o))
o.m = lambda: "instance's m"
print(read(o))
del Fallback.__getattr__
o.own = "x"
print(read(o))
Fallback.__getattribute__ = lambda self, name: "mine" if name != "m" else (lambda: "mine")
print(read(o))
del Fallback.__getattribute__
print(read(o))


class Plain:
    cv = 1

    def __init__(self, **k):
        self.__dict__.update(k)

    def m(self):
        return "m"


def use(o):
    o.w = 1
    return o.a, o.cv, o.m(), o.w


p, q = Plain(a=1), Plain(a=2)
for _ in range(3):
    print(use(p), use(q))
p.__dict__["cv"] = "dict's"
p.__dict__["m"] = lambda: "dict's m"
print(use(p), use(q))
del p.cv, p.m
Plain.cv = 2
Plain.m = lambda self: "another m"
print(use(p), use(q))
p.__dict__ = {"a": "new dict"}
print(use(p), p.__dict__, sorted(q.__dict__))
try:
    del p.a
    use(p)
except AttributeError as e:
    print(e)
Plain.a = property(lambda self: "property", lambda self, v: None)
print(use(p), use(q))


class Key:
    def __hash__(self): return hash("w")
    def __eq__(self, other): return other == "w"


r = Plain(a=1)
r.__dict__ = {Key(): "odd key", "cv": 0}
print(use(r), len(r.__dict__))


class Bound:
    def m(self):
        return id(self)

    @classmethod
    def c(cls):
        return cls.__name__

    @staticmethod
    def s():
        return "s"


def bound(o):
    m = o.m
    return m() == id(o), m == o.m, m.__self__ is o, o.c(), o.s(), o.c.__func__ is type(o).__dict__.get("c", Bound.__dict__["c"]).__func__


class Sub(Bound):
    __slots__ = ("x",)


b = Bound()
for _ in range(3):
    print(bound(b), bound(Sub()))
b.m = lambda: id(b)
try:
    print(bound(b))
except AttributeError as e:
    print(e)
del b.m
b.__dict__
print(bound(b))
b.__dict__["m"] = bound.__get__(b)
print(b.m.__func__ is bound)


class Meta(type):
    mv = "meta"

    @property
    def mp(cls):
        return cls.__name__.lower()

    def mm(cls):
        return "mm of " + cls.__name__


class WithMeta(metaclass=Meta):
    __slots__ = ()

    def f(self):
        return "f"


def classes(c):
    return c.mv, c.mp, c.mm(), c.__name__, c.__mro__[-1], c.f(None), c.__doc__, c.__dict__.get("mv")


for _ in range(3):
    print(classes(WithMeta))
WithMeta.mv = "class"
WithMeta.mp2 = 1
WithMeta.__name__ = "Renamed"
print(classes(WithMeta))
for _ in range(3):
    new = object.__new__(Plain)
    object.__setattr__(new, "z", _)
    print(new.z, dict.get({1: 2}, 1), str.join("-", "ab"), list.__len__([1]), type.__call__(int, "3"), Plain.__name__, (5).__class__.__name__)


class Slots:
    __slots__ = ("a", "b")


def slots(o, v):
    o.a = v
    o.b = o
    return o.a, o.b is o


s = Slots()
for v in (1, "x", 2.5, None, 10**30, [1]):
    print(slots(s, v))
del s.a
try:
    s.a
except AttributeError as e:
    print(e)
print(slots(s, "again"))
