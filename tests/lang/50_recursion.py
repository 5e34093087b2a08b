import sys
def attempt(f, *a):
    try:
        r = f(*a)
        print("ok", type(r).__name__)
    except RecursionError as e:
        print("RecursionError:", str(e).partition(" in ")[0].partition(" while")[0])
    except MemoryError:
        print("MemoryError")
    except Exception as e:
        print(type(e).__name__ + ":", str(e)[:80])
def survive(f, *a):
    """How deep the interpreter's own code may go differs; it must not fall over."""
    try: f(*a)
    except (RecursionError, MemoryError, SyntaxError): pass
    print("survived")
print(sys.getrecursionlimit())
def f(): return f()
attempt(f)
def depth(n):
    try: return depth(n + 1)
    except RecursionError: return n
d = depth(0)
print(900 < d <= 1000)
def a(n): return b(n)
def b(n): return a(n)
attempt(a, 1)
class P:
    @property
    def p(self): return self.p
    def __getattr__(self, n): return getattr(self, n + "x") if len(n) < 3 else self.loop
    def __repr__(self): return repr(self)
    def __str__(self): return str(self)
    def __eq__(self, o): return self == o
    def __hash__(self): return hash(self)
    def __call__(self): return self()
    def __len__(self): return len(self)
    def __iter__(self): return iter(self)
    def __getitem__(self, k): return self[k]
    def __add__(self, o): return self + o
    def __lt__(self, o): return self < o
    def __bool__(self): return bool(self)
    def __contains__(self, x): return x in self
    def __format__(self, s): return format(self, s)
    def __enter__(self):
        with self: pass
    def __exit__(self, *a): pass
    def __index__(self): return [1][self]
for act in (lambda: P().p, lambda: P().zz, lambda: repr(P()), lambda: str(P()), lambda: P() == 1, lambda: hash(P()), lambda: P()(), lambda: len(P()), lambda: list(P()), lambda: P()[0], lambda: P() + 1, lambda: P() < 1, lambda: bool(P()), lambda: 1 in P(), lambda: f"{P()}", lambda: P().__enter__(), lambda: P().__index__(), lambda: sorted([P(), P()]), lambda: max(P(), P()), lambda: {P(): 1}, lambda: "%s" % P(), lambda: print(P())):
    attempt(act)
def gen(): yield from gen()
attempt(lambda: list(gen()))
def gen2():
    for x in gen2(): yield x
attempt(lambda: next(gen2()))
async def co(): return await co()
attempt(lambda: co().send(None))
def comp(): return [comp() for _ in "a"]
attempt(comp)
def key(): return sorted([1, 2], key=lambda v: key())
attempt(key)
def mapped(): return list(map(lambda _: mapped(), [1]))
attempt(mapped)
class New:
    def __new__(cls): return cls()
attempt(New)
class Init:
    def __init__(self): Init()
attempt(Init)
class Meta(type):
    def __call__(cls): return cls()
attempt(Meta("M", (), {}))
class Desc:
    def __get__(self, o, t): return o.d
    def __set__(self, o, v): o.d = v
class HasDesc: d = Desc()
attempt(lambda: HasDesc().d)
attempt(lambda: setattr(HasDesc(), "d", 1))
class Get:
    def __getattribute__(self, n): return getattr(self, n)
attempt(lambda: Get().x)
class Del:
    def __del__(self): pass
def deco(n): return exec("deco(1)", {"deco": deco})
attempt(deco, 1)
def ev(): return eval("ev()")
attempt(ev)
import functools
attempt(functools.partial(lambda f: f(f), lambda f: f(f)))
@functools.lru_cache
def cached(n): return cached(n + 1)
attempt(cached, 0)
def rep(l): 
    for _ in range(100000): l = [l]
    return l
nested = rep([])
survive(repr, nested)
survive(lambda: nested == rep([]))
survive(lambda: nested < rep([]))
survive(lambda: str(nested))
t = ()
for _ in range(100000): t = (t,)
survive(hash, t)
survive(repr, t)
d = {}
for _ in range(100000): d = {"k": d}
survive(repr, d)
import copy, pickle, json
survive(copy.deepcopy, nested)
survive(json.dumps, nested)
survive(json.loads, "[" * 2000000)
survive(compile, "(" * 50000 + ")" * 50000, "", "eval")
survive(compile, "-" * 100000 + "1", "", "eval")
survive(compile, "1" + "+1" * 5000, "", "eval")
survive(compile, "a" + ".b" * 100000, "", "eval") if False else None
survive(isinstance, 1, functools.reduce(lambda a, _: (a,), range(100000), ()))
class Inst:
    pass
Inst.__call__ = Inst()
survive(Inst())
e = ValueError()
for _ in range(100000):
    n = ValueError(); n.__context__ = e; e = n
del e, n
fs = lambda: 0
for _ in range(100000):
    fs = functools.partial(fs)
del fs
g = iter(())
for _ in range(50000): g = iter(map(None, g)) if False else zip(g)
del g
def chain(it):
    for x in it: yield x
c = iter([1])
for _ in range(5000): c = chain(c)
survive(lambda: list(c))
del c
cell = None
def mk(prev): return lambda: prev
for _ in range(100000): cell = mk(cell)
del cell, nested, t, d
print("deep structures freed")
sys.setrecursionlimit(200)
print(sys.getrecursionlimit(), depth(0) < 200)
sys.setrecursionlimit(5000)
print(2000 < depth(0) <= 5000)
for bad in (0, -1, "x"):
    try: sys.setrecursionlimit(bad)
    except (ValueError, TypeError) as ex: print(ex)
def low():
    try: sys.setrecursionlimit(1)
    except RecursionError as ex: print(str(ex)[:40])
low()
sys.setrecursionlimit(50000)
def deep(n): return 0 if n == 0 else 1 + deep(n - 1)
print(deep(40000))
sys.setrecursionlimit(1000)
def recover():
    try: f()
    except RecursionError: return "recovered"
print([recover() for _ in range(3)])
def in_handler(n=0):
    try: f()
    except RecursionError:
        try: f()
        except RecursionError as ex: return type(ex.__context__).__name__
print(in_handler())
