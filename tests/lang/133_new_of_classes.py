"""Calls of classes with a Python `__new__`, and of classes of other metaclasses: what comes
back, which `__init__` runs with which arguments, and what errors look like."""
import abc
import collections
import fractions
import gc
import sys
import traceback


def repeat(call):
    """The same call often: what it has learned holds."""
    results = [call() for _ in range(30)]
    return results[-1]


class Text(str):
    def __new__(cls, base="", *, upper=False):
        if hasattr(base, "__text__"):
            base = base.__text__()
        return super().__new__(cls, base.upper() if upper else base)


print(repr(repeat(lambda: Text("a"))), type(Text("b")).__name__, repr(repeat(lambda: Text())))
print(repr(repeat(lambda: Text("a", upper=True))), repr(repeat(lambda: Text(*["x"]))), repr(repeat(lambda: Text(base="k"))))


class Other:
    pass


class Elsewhere:
    def __new__(cls, what):
        return Other() if what == "other" else what


print(type(repeat(lambda: Elsewhere("other"))).__name__, repeat(lambda: Elsewhere(5)), repeat(lambda: Elsewhere(2.5)), repeat(lambda: Elsewhere(None)))


class Base:
    log = []

    def __new__(cls, *args):
        return object.__new__(Derived)


class Derived(Base):
    def __init__(self, *args):
        self.log.append(args)
        self.args = args


class Chooses:
    def __new__(cls, a, b=7):
        a, b = b, a
        made = object.__new__(ChosenOne if cls is Chooses else cls)
        made.seen = a, b
        return made


class ChosenOne(Chooses):
    def __init__(self, a, b=8):
        self.given = a, b


print(repeat(lambda: Base(1, 2)).args, len(Base.log), Derived(3).args)
one = repeat(lambda: Chooses(1))
print(type(one).__name__, one.seen, one.given)
one = repeat(lambda: Chooses([1], "b"))
print(type(one).__name__, one.seen, one.given, vars(ChosenOne(4)))


def made_late(cls, x):
    """An instance of a class that is made just now."""
    late = type("Late", (cls,), {"__init__": lambda self, x: setattr(self, "x", x + 1)})
    return object.__new__(late)


class Late:
    __new__ = made_late


print(repeat(lambda: Late(1)).x)


class FailsInInit(Chooses):
    def __init__(self, a, b=8):
        raise ValueError(f"init of {a}")


class Makes(Chooses):
    def __new__(cls, a):
        return object.__new__(FailsBelow)


class FailsBelow(Makes):
    def __init__(self, a):
        raise ValueError(f"init of {a}")


class MakesReturning:
    def __new__(cls, a):
        return object.__new__(Returning)


class Returning(MakesReturning):
    def __init__(self, a):
        return a


for make in (lambda: Makes([]), lambda: MakesReturning(3), lambda: FailsInInit(2), lambda: Chooses(), lambda: Chooses(1, 2, 3), lambda: Chooses(1, c=2), lambda: Elsewhere()):
    for _ in range(12):
        try:
            make()
        except Exception as error:
            last = error
            frames = [(frame.name, frame.colno, frame.end_colno) for frame in traceback.extract_tb(error.__traceback__)]
    print(type(last).__name__, last, frames)


class Yields:
    def __new__(cls, n):
        yield n


class YieldsInInit:
    def __init__(self):
        yield


print(list(repeat(lambda: Yields(4))))
try:
    repeat(lambda: YieldsInInit())
except TypeError as error:
    print(error)


class Changing:
    def __new__(cls, n):
        return n


def change():
    return Changing(3)


print(repeat(change))
Changing.__new__ = lambda cls, n: n + 1
print(repeat(change))
Changing.__new__ = staticmethod(lambda cls, n: n + 2)
print(repeat(change))
Changing.__new__ = classmethod(lambda cls, *rest: len(rest))
print(repeat(change))
Changing.__new__ = len
try:
    change()
except TypeError as error:
    print(error)
Changing.__new__ = lambda cls, n: object.__new__(cls)
Changing.__init__ = lambda self, n: setattr(self, "n", n)
print(repeat(change).n)
del Changing.__init__
print(vars(repeat(change)))

wrapper = staticmethod(lambda cls, n: n * 2)
Changing.__new__ = wrapper
print(repeat(change))
wrapper.__init__(lambda cls, n: n * 3)
gc.collect()
print(repeat(change))


# What the arguments' lifetimes are.
class Noted:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("end of", self.name)


class Drops:
    def __new__(cls, value):
        del value
        print("in new")
        return object.__new__(cls)


for _ in range(12):
    Drops(1)
Drops(Noted("argument"))
print("after")
Point = collections.namedtuple("Point", "x y", defaults=[9])
print(repeat(lambda: Point(1)), repeat(lambda: Point(1, 2)), repeat(lambda: Point(x=1, y=3)))
for wrong in (lambda: Point(), lambda: Point(1, 2, 3)):
    try:
        repeat(wrong)
    except TypeError as error:
        print(error)
print(repeat(lambda: fractions.Fraction(6, 4)), repeat(lambda: fractions.Fraction("0.125")))


# Metaclasses without and with a __call__.
class Meta(type):
    pass


class Abstract(abc.ABC):
    def __init__(self, a, b=2):
        self.a, self.b = a, b

    @abc.abstractmethod
    def f(self): ...


class Concrete(Abstract):
    def f(self):
        return self.a, self.b


class OfMeta(metaclass=Meta):
    def __init__(self, a):
        self.a = a


class NewOfMeta(metaclass=Meta):
    def __new__(cls, a):
        made = object.__new__(cls)
        made.a = a * 2
        return made


def make_all():
    return Concrete(1).f(), Concrete(1, b=3).f(), Concrete(*(5, 6)).f(), Concrete(**{"a": 7}).f(), OfMeta(4).a, NewOfMeta(5).a


print(repeat(make_all))
try:
    repeat(lambda: Abstract(1))
except TypeError as error:
    print(error)
Meta.__call__ = lambda cls, *args: type.__call__(cls, *[arg * 10 for arg in args])
print(repeat(make_all))
del Meta.__call__
print(repeat(make_all))


class Asked(type):
    def __getattr__(cls, name):
        if name.startswith("no"):
            raise AttributeError(f"asked for {name}")
        return f"{cls.__name__} asked for {name}"

    @property
    def fails(cls):
        raise AttributeError("of the property")

    own = 5


class Answers(metaclass=Asked):
    there = 1

    @classmethod
    def make(cls, a):
        return cls.__name__, a

    @staticmethod
    def plain(a):
        return a


def read():
    return Answers.there, Answers.missing, Answers.fails, Answers.own, Answers.make(1), Answers.plain(2), Answers.__name__, Answers.__doc__


print(repeat(read))
Answers.there = 2
Answers.missing = "now"
print(repeat(read))
del Answers.missing
print(repeat(read))
try:
    repeat(lambda: Answers.nothing)
except AttributeError as error:
    print(error, error.name, error.obj)
Asked.__getattribute__ = lambda cls, name: "all" if name == "there" else type.__getattribute__(cls, name)
print(repeat(read))
del Asked.__getattribute__
print(repeat(read))
del Asked.__getattr__
try:
    repeat(read)
except AttributeError as error:
    print(error)
print(repeat(lambda: Answers.there))


class Wrong:
    __getattribute__ = type.__getattribute__

    def __getattr__(self, name):
        return "asked"


try:
    print(Wrong().x)
except TypeError as error:
    print(error)


# Frames and recursion.
class Deep:
    def __new__(cls, n):
        return sys._getframe(1).f_code.co_name if n == 0 else Deep(n - 1)


def outer():
    return Deep(0), Deep(3)


print(repeat(outer))


class Endless:
    def __new__(cls):
        return Endless()


try:
    Endless()
except RecursionError as error:
    print(type(error).__name__)


# Slots are emptied when instances die, also where that makes classes.
class Slotted:
    __slots__ = "a", "b", "c"


class More(Slotted):
    __slots__ = "d", "__weakref__"


class MakesClasses:
    def __del__(self):
        made.append(type("Made", (Slotted,), {"__slots__": ("e", "f")}))


made = []
for _ in range(3):
    s = More()
    s.a, s.b, s.d = MakesClasses(), [1], MakesClasses()
    del s
print(len(made))
