from dataclasses import dataclass, field, asdict, astuple, replace, fields, FrozenInstanceError, KW_ONLY, InitVar, make_dataclass, is_dataclass
from enum import Enum, IntEnum, Flag, IntFlag, StrEnum, auto, unique, member, nonmember, property as eprop
from typing import NamedTuple, TypedDict, ClassVar, Protocol, NewType, cast, overload, final, assert_never, get_overloads, Literal, Self, Required, NotRequired
from collections import namedtuple
def attempt(f):
    try: print(f())
    except Exception as e: print(type(e).__name__ + ":", e)
@dataclass
class P:
    x: int
    y: int = 0
    tags: list = field(default_factory=list, repr=False)
    total: ClassVar[int] = 0
    def norm(self): return self.x + self.y
p = P(1, 2)
print(p, p == P(1, 2), p != P(1, 3), asdict(p), astuple(p), replace(p, x=9), [f.name for f in fields(p)], is_dataclass(P), P.__match_args__, p.norm(), P(1).tags is P(1).tags)
attempt(lambda: P())
attempt(lambda: P(1, 2, [], 4))
attempt(lambda: P(1) < P(2))
attempt(lambda: hash(P(1)))
attempt(lambda: make_dataclass("M", [("a", int), ("b", str, "dflt")])(5))
def bad_default():
    @dataclass
    class B: l: list = []
attempt(bad_default)
def bad_order():
    @dataclass
    class B: a: int = 1; b: int
attempt(bad_order)
@dataclass(frozen=True, order=True, slots=True)
class F:
    a: int
    b: str = "z"
f = F(1)
print(f, hash(f) == hash(F(1)), F(1) < F(2), sorted([F(2), F(1, "b"), F(1, "a")]), F.__slots__, hasattr(f, "__dict__"))
attempt(lambda: setattr(f, "a", 2))
@dataclass
class K:
    a: int
    _: KW_ONLY
    b: int = 2
    c: InitVar[int] = 3
    d: int = field(init=False)
    def __post_init__(self, c): self.d = self.a + c
print(K(1, b=5), K(1, c=10).d)
attempt(lambda: K(1, 2))
@dataclass
class Child(P):
    z: int = 7
print(Child(1), Child.__mro__[1].__name__)
match p:
    case P(x, y): print("matched", x, y)
@dataclass(eq=False, repr=False)
class Bare: a: int = 1
print(Bare() == Bare(), Bare().__class__.__repr__ is object.__repr__)
class Color(Enum):
    RED = 1
    GREEN = auto()
    CRIMSON = 1
    def pretty(self): return self.name.title()
    @classmethod
    def default(cls): return cls.RED
print(Color.RED, repr(Color.GREEN), Color(1), Color["GREEN"], Color.CRIMSON is Color.RED, list(Color), len(Color), Color.RED.pretty(), Color.default().value, Color.RED in Color, 1 in Color, 5 in Color, Color.__members__.keys(), Color.RED == 1, hash(Color.RED) == hash(Color.RED), isinstance(Color.RED, Color), type(Color).__name__, f"{Color.RED} {Color.RED!r}")
attempt(lambda: Color(99))
attempt(lambda: Color["NOPE"])
attempt(lambda: Color.NOPE)
attempt(lambda: setattr(Color, "RED", 5))
attempt(lambda: type("Sub", (Color,), {}))
attempt(lambda: Color.RED < Color.GREEN)
attempt(lambda: setattr(Color.RED, "value", 1))
class Num(IntEnum):
    ONE = 1; TWO = 2
class Perm(Flag):
    R = auto(); W = auto(); X = auto(); RW = R | W
class IF(IntFlag): A = 1; B = 2
class S(StrEnum): ALPHA = auto(); BETA = "b"
print(Num.ONE + 1, Num.TWO > 1, Num(2), f"{Num.ONE}", str(Num.ONE), repr(Num.ONE), Perm.R | Perm.X, Perm.RW, Perm.R in Perm.RW, list(Perm.RW), ~Perm.R, Perm(0), bool(Perm(0)), Perm.R & Perm.W, IF.A | 4, IF(7), S.ALPHA, S.BETA.upper(), S("b"), repr(Perm(5)))
attempt(lambda: Perm(64))
def dup():
    @unique
    class D(Enum): A = 1; B = 1
attempt(dup)
class Planet(Enum):
    EARTH = (5.97, 6.37); MARS = (0.64, 3.39)
    def __init__(self, mass, radius): self.mass, self.radius = mass, radius
    @property
    def ratio(self): return round(self.mass / self.radius, 2)
print(Planet.EARTH.mass, Planet.MARS.ratio, Planet((0.64, 3.39)), Enum("Fn", "A B C").B, Enum("Fn2", {"x": 10}).x.value)
class Miss(Enum):
    A = "a"
    @classmethod
    def _missing_(cls, v): return cls.A if v == "alias" else None
    def _generate_next_value_(name, start, count, last): return name.lower()
    B_C = auto()
print(Miss("alias"), Miss.B_C.value)
match Color(1):
    case Color.GREEN: print("green")
    case Color.RED: print("red")
Pt = namedtuple("Pt", "x y z", defaults=[0])
t = Pt(1, y=2)
print(t, t.x, t[1], t == (1, 2, 0), t._replace(z=5), t._asdict(), Pt._fields, Pt._make([7, 8, 9]), Pt._field_defaults, hash(t) == hash((1, 2, 0)), Pt.__doc__, t + (1,), isinstance(t, tuple), Pt.x.__doc__, namedtuple("R", "class a a", rename=True)._fields)
attempt(lambda: Pt())
attempt(lambda: Pt(1, 2, 3, 4))
attempt(lambda: t._replace(q=1))
attempt(lambda: setattr(t, "x", 5))
attempt(lambda: namedtuple("B", "a a"))
attempt(lambda: namedtuple("B", "class"))
class NT(NamedTuple):
    """doc"""
    a: int
    b: str = "d"
    def both(self): return f"{self.a}{self.b}"
print(NT(1), NT(1).both(), NT.__annotations__, NT._field_defaults, NT(1) < NT(2))
class TD(TypedDict, total=False):
    a: Required[int]
    b: str
print(TD(a=1, b="x"), TD.__required_keys__, TD.__optional_keys__, TD.__total__)
attempt(lambda: isinstance({}, TD))
UserId = NewType("UserId", int)
print(UserId(5), UserId.__name__, UserId.__supertype__, cast(str, 5), Self, Literal[1, "a"].__args__)
@overload
def over(x: int) -> int: ...
@overload
def over(x: str) -> str: ...
def over(x): return x
print(over(1), len(get_overloads(over)))
attempt(lambda: assert_never(5))
from abc import ABC, abstractmethod, ABCMeta
class Shape(ABC):
    @abstractmethod
    def area(self): "doc"
    @property
    @abstractmethod
    def name(self): ...
class Sq(Shape):
    def area(self): return 4
    name = "sq"
class Part(Shape):
    def area(self): return 1
print(Sq().area(), Sq().name, Shape.__abstractmethods__ == {"area", "name"}, Part.__abstractmethods__)
attempt(lambda: Shape())
attempt(lambda: Part())
class Duck(metaclass=ABCMeta):
    @classmethod
    def __subclasshook__(cls, c): return True if any("quack" in vars(b) for b in c.__mro__) else NotImplemented
class Mallard:
    def quack(self): pass
class Robot: pass
Duck.register(Robot)
print(issubclass(Mallard, Duck), isinstance(Robot(), Duck), issubclass(int, Duck))
import collections.abc as c
print([isinstance(x, c.Iterable) for x in ([], 5, "s", iter([]))], isinstance({}, c.Mapping), issubclass(list, c.MutableSequence), isinstance(lambda: 0, c.Callable), isinstance((i for i in ()), c.Generator), isinstance([], c.Hashable), isinstance({}.keys(), c.Set))
class Seq(c.Sequence):
    def __getitem__(self, i): return [1, 2, 3][i]
    def __len__(self): return 3
s = Seq()
print(list(s), 2 in s, s.index(3), s.count(1), list(reversed(s)))
class MM(c.MutableMapping):
    def __init__(self): self.d = {}
    def __getitem__(self, k): return self.d[k]
    def __setitem__(self, k, v): self.d[k] = v
    def __delitem__(self, k): del self.d[k]
    def __iter__(self): return iter(self.d)
    def __len__(self): return len(self.d)
m = MM(); m.update(a=1); m.setdefault("b", 2)
print(dict(m), m.pop("a"), m.get("z", 0), list(m.items()), m == {"b": 2}, "b" in m)

# json writes what the iterator of a subclass of list or tuple says.
import json
class Shown(list):
    def __iter__(self): return iter([1, 2])
class Hidden(tuple):
    def __iter__(self): return iter(())
class NoIterator(list):
    def __iter__(self): return 5
for indent in None, 1:
    print(json.dumps([Shown(), Shown([5]), Hidden((1,)), []], indent=indent))
attempt(lambda: json.dumps(NoIterator()))
