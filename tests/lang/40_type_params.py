def first[T](xs: list[T]) -> T: return xs[0]
print(first([1, 2]), first.__type_params__, first.__annotations__["xs"], first.__annotations__["return"])
class Box[T]:
    def __init__(self, v: T): self.v = v
    def get(self) -> T: return self.v
    def pair[U](self, u: U) -> tuple[T, U]: return self.v, u
print(Box[int], Box[int](5).get(), Box(1).pair("u"), Box.__type_params__, Box.__parameters__, Box.__bases__, Box.__orig_bases__, Box.pair.__type_params__)
type Alias = int | str
type Gen[T] = list[T] | dict[str, T]
type Rec = list[Rec] | int
print(Alias, Alias.__value__, Gen, Gen[int], Gen.__value__, Gen.__type_params__, Rec.__value__, Alias.__name__, type(Alias).__name__, Alias.__module__)
print(Gen[int].__origin__ is Gen, Gen[int].__args__, Alias | None, isinstance(5, Alias.__value__))
def bounded[T: int, U: (str, bytes), *Ts, **P](a: T, b: U, *args: *Ts) -> None: pass
T, U, Ts, P = bounded.__type_params__
print(T.__name__, T.__bound__, T.__constraints__, U.__bound__, U.__constraints__, type(Ts).__name__, Ts.__name__, type(P).__name__, P.args, P.kwargs, T.__infer_variance__, T.__covariant__, bounded.__annotations__)
def dflt[A = int, B: str = "lazy undefined", *C = *tuple[int, ...], **D = [int, str]](): pass
A, B, C, D = dflt.__type_params__
print(A.__default__, B.__default__, C.__default__, D.__default__, A.has_default(), T.has_default(), T.__default__)
class LazyBound[X: undefined_name]: pass
X, = LazyBound.__type_params__
try:
    X.__bound__
except NameError as e:
    print(e)
undefined_name = "now defined"
print(X.__bound__)
type LazyAlias = also_undefined
try:
    LazyAlias.__value__
except NameError as e:
    print(e)
def scope():
    v = "closure"
    def inner[T: v](x: T) -> v: return v, T
    class C[T: v](list[T]):
        w = v
        def m(self, x: T): return T, v
    type A[T] = tuple[T, v]
    return inner, C, A
inner, C, A2 = scope()
print(inner.__type_params__[0].__bound__, inner(1), C.__type_params__[0].__bound__, C.w, C().m(1), A2.__value__, C.__orig_bases__)
class Outer[T]:
    type Inner[U] = dict[T, U]
    def m[T](self, x: T): return T
    class Nested[V]:
        x: V
    y = T
print(Outer.Inner.__value__, Outer().m(1) is Outer.__type_params__[0], Outer.Nested.__type_params__, Outer.y is Outer.__type_params__[0], Outer.Inner.__type_params__)
try:
    T_leaks = Box.T
except AttributeError as e:
    print(e)
def deco(f): return f
@deco
def decorated[T](x: T = 5) -> T: return x
print(decorated(), decorated.__type_params__, decorated.__qualname__, decorated.__defaults__)
async def agen[T](x: T): yield x
print(agen.__type_params__, type(agen(1)).__name__, (lambda: 0).__type_params__)
from typing import Generic, TypeVar, Protocol, get_args, get_origin, TypeAliasType, ParamSpec, TypeVarTuple, NewType, runtime_checkable, Union, Optional, Callable, Any, Literal
class Multi[K, V](dict[K, V]): pass
print(Multi[str, int], get_args(Multi[str, int]), get_origin(Multi[str, int]) is Multi, Multi[str, int]({"a": 1}), Multi.__mro__[1:3])
def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)
attempt(lambda: Box[int, str])
attempt(lambda: Multi[int])
attempt(lambda: Alias[int])
attempt(lambda: isinstance(1, Box[int]))
attempt(lambda: issubclass(int, Box[int]))
attempt(lambda: isinstance(1, Alias))
attempt(lambda: Gen[int, str])
attempt(lambda: Alias())
attempt(lambda: setattr(Alias, "__name__", "x"))
attempt(lambda: type("S", (T,), {}))
attempt(lambda: T())
attempt(lambda: Box[int]()) 
print(list[int], dict[str, list[int]], tuple[int, ...], tuple[()], type[int], list[T], list[T][int], dict[T, U][int, str], Callable[[int], str], Optional[int], Union[int, str], int | str | None, list[int] | None, Literal["a", 1], Any, list["Fwd"])
print(list[int]() == [], list[int].__origin__, list[int].__args__, list[T].__parameters__, list[int] == list[int], hash(list[int]) == hash(list[int]), isinstance(list[int], type), list[int].append is list.append, (int | str).__args__, int | str == str | int, (int | int), type(int | str).__name__, type(list[int]).__name__)
attempt(lambda: list[int][str])
attempt(lambda: isinstance([], list[int]))
attempt(lambda: int | 5)
attempt(lambda: None | int)
attempt(lambda: None | None)
attempt(lambda: "x" | int)
attempt(lambda: isinstance(5, int | str), )
attempt(lambda: issubclass(bool, int | str))
attempt(lambda: isinstance(5, int | list[int]))
attempt(lambda: (int | str)(5))
attempt(lambda: int[str])
@runtime_checkable
class HasLen(Protocol):
    def __len__(self) -> int: ...
print(isinstance([], HasLen), isinstance(5, HasLen), issubclass(list, HasLen))
class PB[T](Protocol):
    def get(self) -> T: ...
print(PB[int], PB.__type_params__, PB.__parameters__)
OldT = TypeVar("OldT", bound=int, covariant=True)
class OldGen(Generic[OldT]): pass
print(OldT, OldGen[int], OldGen.__parameters__, OldGen.__orig_bases__, TypeVar("N"), TypeVarTuple("TT"), ParamSpec("PP"), NewType("UserId", int)(5), TypeAliasType("Man", list[OldT], type_params=(OldT,))[int])
attempt(lambda: TypeVar("X", int))
attempt(lambda: TypeVar("X", covariant=True, contravariant=True))
attempt(lambda: Generic[int])
attempt(lambda: type(Generic()).__name__)
attempt(lambda: TypeVar(5))
for bad in ("def f[T, T](): pass", "class C[T: (yield)]: pass", "type X = (yield)", "type X[T] = (await x)", "def f[T](): global T", "def f[*T: int](): pass", "def f[T = int, U](): pass", "class C[]: pass", "type X[T: (x := 1)] = T", "def f[T](x: (y := 1)): pass", "type = 5; type X = type", "class C[T](x := 1): pass", "type X = int; type(X)"):
    try:
        compile(bad, "<t>", "exec")
        print("compiles:", bad)
    except SyntaxError as e:
        print(bad, "->", e.msg)
keep = type
type type = int
print(type.__name__, keep is not type)

# Names of what annotations and type parameters hold.
class Named[T: (lambda: 1)]:
    x: (lambda: 1)
    def method[U: (lambda: 1)](self, a: (lambda: 1), *, b: (i for i in ())): pass
    type Alias[V] = (lambda: 1)
def named(a: (lambda: lambda: 1)):
    def inner(b: (lambda: 1)): pass
    class Local:
        y: (lambda: 1)
    return inner, Local
inner, Local = named(1)
for holder, key in (Named, "x"), (Named.method, "a"), (Named.method, "b"), (named, "a"), (inner, "b"), (Local, "y"):
    print(holder.__annotate__.__qualname__, holder.__annotations__[key].__qualname__)
print(named.__annotations__["a"]().__qualname__, Named.Alias.__value__.__qualname__)
print(Named.__type_params__[0].__bound__.__qualname__, Named.method.__type_params__[0].__bound__.__qualname__)
g = ((i for j in (k for k in range(2))) for i in range(3))
print(g.__qualname__, next(g).__qualname__, [i for i in ((lambda: 1).__qualname__ for i in range(1))])
