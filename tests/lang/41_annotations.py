def f(a: int, b: "str" = 1, *args: undefined_a, c: list[undefined_b] = None, **kw: dict) -> undefined_r: pass
def attempt(fn):
    try:
        print(fn())
    except Exception as e:
        print(type(e).__name__ + ":", e)
attempt(lambda: f.__annotations__)
import annotationlib
from annotationlib import Format, get_annotations, ForwardRef
print(get_annotations(f, format=Format.STRING))
print({k: type(v).__name__ for k, v in get_annotations(f, format=Format.FORWARDREF).items()})
fr = get_annotations(f, format=Format.FORWARDREF)
print(fr["a"], fr["args"].__forward_arg__, fr["b"])
undefined_a = undefined_b = undefined_r = float
print(f.__annotations__, f.__annotations__ is f.__annotations__)
print(callable(f.__annotate__), f.__annotate__(1), f.__annotate__.__name__)
attempt(lambda: f.__annotate__(Format.FORWARDREF))
attempt(lambda: f.__annotate__(9))
f.__annotations__ = {"x": 1}
print(f.__annotations__, f.__annotate__)
del f.__annotations__
print(f.__annotations__)
f.__annotate__ = lambda fmt: {"set": fmt}
print(f.__annotations__)
attempt(lambda: setattr(f, "__annotate__", 5))
attempt(lambda: setattr(f, "__annotations__", 5))
f.__annotate__ = None
print(f.__annotations__, (lambda: 0).__annotations__, (lambda: 0).__annotate__)
class C:
    x: int
    y: "str" = "v"
    __private: bool = True
    z: list[Later]
    def m(self, a: Later) -> C: pass
    if True:
        cond: int
    (paren): int = 1
    arr = [0]
    arr[0]: int = 5
    other = type("O", (), {})
    other.attr: int = 6
attempt(lambda: C.__annotations__)
class Later: pass
print(C.__annotations__, C.m.__annotations__, C.arr, C.other.attr, C.paren)
print(sorted(k for k in vars(C) if "annot" in k), C.__annotate__(1) == C.__annotations__, C.__annotate__.__name__, C.__annotate__.__qualname__)
class D(C): own: float
class E(C): pass
print(D.__annotations__, E.__annotations__, type("Dyn", (), {}).__annotations__, type("Dyn", (), {"__annotations__": {"q": 1}}).__annotations__)
attempt(lambda: int.__annotations__)
attempt(lambda: object().__annotations__)
attempt(lambda: C().__annotations__)
print(get_annotations(C, format=Format.STRING), get_annotations(E), get_annotations(int))
mod: int = 1
if False:
    never: str
print(__annotations__ if "__annotations__" in globals() else "lazy", __annotate__(1))
import sys
print(sys.modules["__main__"].__annotations__)
late_mod: str
print(sys.modules["__main__"].__annotate__(1))
ns = {}
exec("a: int\nb: 'q' = 5\ndef g(x: b): pass", ns)
print(ns["__annotate__"](1), ns["g"].__annotations__, "__annotations__" in ns)
exec("from __future__ import annotations\na: int = 1\ndef g(x: list[undefined], y: 'quoted' = 1, *z: (1 + 2) * 3) -> -x ** 2 if a else lambda q: [w for w in q]: pass\nclass K:\n  v: dict[str, int]", ns)
print(ns["__annotations__"], ns["g"].__annotations__, ns["K"].__annotations__)
def local():
    v: undefined_everywhere
    w: print("not evaluated") = 5
    o = type("O", (), {})()
    o.attr: print("attribute annotations are not evaluated either") = 1
    return w, o.attr, "v" in locals()
print(local(), local.__annotations__)
attempt(lambda: compile("def f():\n x: int\n global x", "", "exec"))
def closure():
    T = int
    def inner(a: T) -> T: pass
    class K:
        T = str
        b: T
        def m(self, c: T): pass
    T = float
    return inner, K
inner, K = closure()
print(inner.__annotations__, K.__annotations__, K.m.__annotations__)
def cond(flag):
    class K:
        if flag:
            yes: int
        else:
            no: str
        for i in range(2):
            loop: bytes
    return K.__annotations__
print(cond(True), cond(False))
def walrus_err():
    try:
        compile("def f(x: (y := 1)): pass", "", "exec")
    except SyntaxError as e:
        return e.msg
print(walrus_err())
for bad in ("x: (yield)", "def f(x: (await y)): pass", "x: int: str", "(x, y): int", "[x]: int", "x: *int", "lambda x: int: 0", "f(): int = 1", "x: int = *y", "1: int"):
    try:
        compile(bad, "<a>", "exec")
        print("compiles:", bad)
    except SyntaxError as e:
        print(bad, "->", e.msg)
ref = ForwardRef("Later", owner=None)
print(ref, ref.__forward_arg__, ref.evaluate(globals=globals()) is Later, ref == ForwardRef("Later"))
attempt(lambda: ForwardRef("nope").evaluate(globals={}))
print(ForwardRef("nope").evaluate(globals={}, format=Format.FORWARDREF), ForwardRef("a + b").evaluate(globals={"a": 1, "b": 2}))
print(annotationlib.call_annotate_function(C.__annotate__, Format.STRING), annotationlib.type_repr(int), annotationlib.type_repr("s"), annotationlib.annotations_to_string({"a": int, "b": "c"}), [f.name for f in Format])
import typing
def hints(a: "int", b: "list[Later]" = None, *c: typing.Optional[str]) -> "None": pass
print(typing.get_type_hints(hints), typing.get_type_hints(D), hints.__annotations__)
attempt(lambda: typing.get_type_hints(type("Q", (), {"__annotations__": {"x": "missing_name"}})))
def an(x: typing.Annotated[int, "meta"], y: typing.Final = 1): pass
print(typing.get_type_hints(an), typing.get_type_hints(an, include_extras=True)["x"].__metadata__)
import inspect
print(inspect.signature(hints), inspect.signature(C.m), str(inspect.signature(lambda a, /, b: 0)))
from dataclasses import dataclass, fields
@dataclass
class DC:
    a: int
    b: list[Later] = None
    c: typing.ClassVar[int] = 5
print([(f.name, f.type if isinstance(f.type, str) else repr(f.type)) for f in fields(DC)], DC(1))
def complex_strings(a: x.y[z], b: {k: v}, c: [1, *q], h: not i and j or k, l: m if n else o, p: -q, r: s < t <= u, v: (w, x), y: z[1:2, ...], aa: b"b", bb: {c for c in d}): pass
for k, v in get_annotations(complex_strings, format=Format.STRING).items():
    print(k, v)
