def attempt(f, *a, **k):
    try: print(repr(f(*a, **k)))
    except BaseException as e: print(type(e).__name__ + ":", e)
import builtins
print(sorted(n for n in dir(builtins) if not n.startswith("_") and not isinstance(getattr(builtins, n), type)))
print(sorted(n for n in dir(builtins) if isinstance(getattr(builtins, n), type) and not issubclass(getattr(builtins, n), BaseException)))
print(sorted(n for n in dir(builtins) if isinstance(getattr(builtins, n), type) and issubclass(getattr(builtins, n), BaseException)))
print(abs(-3), abs(-2.5), abs(3 + 4j), all([]), all([1, 0]), any([]), any([0, 1]), ascii("é\n"), bin(10), callable(len), callable(5), chr(8364), divmod(7, -2), format(3.14159, ".2f"), hash(5), hex(-255), isinstance(True, int), issubclass(bool, int), len("abc"), max(3, 1, 2), max([1, 2], key=lambda x: -x), min("b", "a"), oct(8), ord("€"), pow(2, 3), repr("x"), round(2.567, 1), sum([1, 2], 10))
print(eval("1 + 2"), eval("x * 2", {"x": 21}), eval("a + b", {"a": 1}, {"b": 2}), eval(" \t 5"), eval(b"7"), eval(compile("x", "", "eval"), {"x": "compiled"}))
ns = {}
exec("a = 1\nb = a + 1\ndef f(): return b", ns)
print(ns["b"], ns["f"](), exec("pass"), "__builtins__" in ns)
attempt(eval, "x = 1")
attempt(eval, "")
attempt(eval, "1 +")
attempt(exec, "x = = 1")
attempt(eval, "open", {"__builtins__": {}})
code = compile("y = x + 1", "<file>", "exec", dont_inherit=True, optimize=0)
g = {"x": 1}
exec(code, g)
print(g["y"], code.co_filename, code.co_name, type(code).__name__)
import ast
tree = compile("1 + 2", "", "eval", ast.PyCF_ONLY_AST)
print(ast.dump(tree), eval(compile(tree, "", "eval")), eval(compile(ast.parse("3 * 4", mode="eval"), "", "eval")))
attempt(compile, "x", "", "bad")
attempt(compile, 5, "", "exec")
attempt(compile, "x\0y", "", "exec")
attempt(eval, "await x")
def top(): return compile("await x", "", "eval", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT).co_flags & 0x80 != 0
print(top())
class A:
    x = 1
    def __init__(self): self.y = 2
    def __dir__(self): return ["z", "a"]
print(dir(A()), [n for n in dir(A) if not n.startswith("_")], vars(A()), "x" in vars(A), getattr(A, "x"), getattr(A(), "nope", "default"), hasattr(A(), "y"))
attempt(vars, 5)
attempt(dir, 1, 2)
attempt(getattr, A(), "nope")
print(dir([])[:3], dir(5)[-3:], "append" in dir(list), dir() == sorted(dir()), "__len__" in dir(""))
print(list(enumerate("ab", start=-1)), list(filter(lambda x: x % 2, range(5))), list(map(pow, [2, 3], [3, 2])), list(zip("ab", [1, 2], strict=True)), list(reversed([1, 2])), list(map(lambda *a: a, [1], [2], [3])), list(map(max, [1, 5], [4, 2], strict=True)))
attempt(lambda: list(map(max, [1], [1, 2], strict=True)))
attempt(lambda: list(enumerate(5)))
e = enumerate("a", 2 ** 70)
print(next(e), e.__class_getitem__(int), iter(e) is e)
it = iter([1, 2, 3])
print(next(it), list(it), next(it, "end"), list(iter(lambda c=[0]: c.append(1) or len(c), 4)))
attempt(next, iter([]))
print(sorted({"b": 1, "a": 2}), sorted("bca", key=str, reverse=True), sum([[1], [2]], []), sum((1, 2.5, 3 + 1j)), sum([True, True]), min([], default=5), max("a", "b", key=ord), max({1: 2, 3: 4}), min((2, "b"), (2, "a")))
attempt(sum, ["a"], "")
attempt(sum, [b"a"], b"")
attempt(sum, [1, "a"])
attempt(min, [])
attempt(max, 1, 2, default=3)
print(type(5), type("T", (), {"a": 1}).a, type(type), object() == object(), isinstance(5, (str, int)), isinstance(None, type(None)), issubclass(int, object))
print(str(5), str(b"a", "ascii"), int("7"), float("1.5"), bool([]), complex("1+2j"), list("ab"), tuple("ab"), set("a"), frozenset("a"), dict(a=1), bytes(2), bytearray(b"x"), range(3), slice(1, 2), memoryview(b"a")[0], object().__class__.__name__)
print(globals()["__name__"], globals() is vars(), "A" in locals(), __name__, __doc__, __debug__, __builtins__ is builtins)
import io, sys
buf = io.StringIO()
print("to a file", 1, None, sep="|", end="#", file=buf, flush=True)
print(repr(buf.getvalue()))
print("x", file=None)
class W:
    def write(self, s): self.seen = getattr(self, "seen", []) + [s]
w = W()
print(1, "b", sep="-", file=w)
print(w.seen)
attempt(print, "x", file=5)
old, sys.stdout = sys.stdout, W()
print("redirected")
seen, sys.stdout = sys.stdout.seen, old
print(seen)
sys.stdin = io.StringIO("line one\nline two\n")
print(input(), input("prompt: "))
attempt(input)
sys.displayhook(5)
sys.displayhook(None)
sys.displayhook("text")
print(builtins._)
print(id(A) == id(A), hash("a") == hash("a"), hash((1, 2)) == hash((1, 2)), hash(1.0) == hash(1), hash(True), hash(-1), hash(-2), hash(2 ** 61), hash(float("inf")), hash(None) == hash(None), hash(frozenset([1, 2])) == hash(frozenset([2, 1])))
attempt(hash, [])
attempt(hash, {})
attempt(hash, ([],))
attempt(hash, slice([], 1))
print(round(0.5), round(1.5), round(2.5), round(-1.5), round(2.675, 2), round(1234, -2), round(True), type(round(1.0)), type(round(1.0, 0)))
print(pow(2, -1), pow(2, 10, 1000), pow(3, -1, 7), pow(2.0, 3), pow(-8, 1 / 3), pow(0, 0), pow(base=2, exp=3))
print(Ellipsis, NotImplemented, type(NotImplemented), type(...), copyright is not None)
attempt(bool, NotImplemented)
attempt(lambda: type(None)(1))
attempt(lambda: type(...)() is ...)
attempt(lambda: NotImplemented())
attempt(setattr, None, "x", 1)
attempt(lambda: quit.__class__.__name__)
attempt(exit)
attempt(exit, 3)
attempt(lambda: __import__("nope"))
attempt(lambda: open("/nonexistent/file"))
attempt(lambda: open("/", "r"))
attempt(lambda: open("x", "q"))
attempt(lambda: open("x", "rw"))
attempt(lambda: open("x", "rb", encoding="utf-8"))
attempt(lambda: open(-1))
attempt(lambda: open("a\0b"))
attempt(lambda: breakpoint.__name__)
sys.breakpointhook = lambda *a, **k: ("hook", a, k)
print(breakpoint(1, k=2))
print(super.__name__, property.__name__, [c.__name__ for c in (zip, map, filter, reversed, enumerate, range, slice)])
print(aiter.__name__, anext.__name__, locals() is globals(), callable(locals), ascii("\U0001F600"), ascii(b"\xff"), repr("\u200b"), repr("\xa0"), repr("é"), repr("\ud800"))
class R:
    def __round__(self, n=None): return ("round", n)
    def __abs__(self): return "abs"
    def __divmod__(self, o): return "divmod"
    def __reversed__(self): return "reversed"
    def __length_hint__(self): return 5
    def __instancecheck__(self, o): return True
    def __subclasscheck__(self, o): return True
    def __trunc__(self): return 1
    def __ceil__(self): return "ceil"
print(round(R()), round(R(), 2), abs(R()), divmod(R(), 1), reversed(R()), isinstance(5, R()), issubclass(int, R()), __import__("operator").length_hint(R()), __import__("math").ceil(R()))
