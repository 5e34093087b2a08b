log = []
def tag(name):
    log.append(f"evaluate {name}")
    def deco(f):
        log.append(f"apply {name} to {getattr(f, '__name__', f)}")
        return f
    return deco
@tag("first")
@tag("second")
def f(x=log.append("default")): return 1
@tag("cls")
class C(log.append("bases") or object):
    @tag("method")
    def m(self): return 2
    @staticmethod
    @tag("static")
    def s(): return 3
    @classmethod
    @tag("class")
    def c(cls): return cls.__name__
print(*log, sep="\n")
print(f(), C().m(), C.s(), C.c(), C().c())
d = {"deco": [lambda f: "replaced"]}
@d["deco"][0]
def g(): pass
@(lambda f: [f.__name__])
def h(): pass
@property
def lonely(self): return 5
print(g, h, type(lonely).__name__)
import functools
def counted(fn):
    @functools.wraps(fn)
    def wrapper(*a, **k):
        wrapper.calls += 1
        return fn(*a, **k)
    wrapper.calls = 0
    return wrapper
@counted
def add(a, b=2):
    """Adds."""
    return a + b
print(add(1), add(1, b=5), add.calls, add.__name__, add.__doc__, add.__wrapped__(0), add.__qualname__, add.__module__)
class Memo:
    def __init__(self, fn): self.fn, self.cache = fn, {}
    def __call__(self, *a):
        if a not in self.cache:
            self.cache[a] = self.fn(*a)
        return self.cache[a]
    def __get__(self, obj, owner):
        return functools.partial(self, obj)
@Memo
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(50), len(fib.cache))
class WithMemo:
    @Memo
    def double(self, v): return v * 2
w = WithMemo()
print(w.double(4), w.double(4))
def repeat(n):
    def deco(fn):
        def wrapper(*a):
            return [fn(*a) for _ in range(n)]
        return wrapper
    return deco
@repeat(3)
def hi(x): return x
print(hi("a"))
def add_method(cls):
    cls.extra = lambda self: "extra"
    return cls
@add_method
class D: pass
print(D().extra())
def singleton(cls): return cls()
@singleton
class Only:
    value = 5
print(Only.value, type(Only).__name__)
registry = {}
def register(cls):
    registry[cls.__name__] = cls
    return cls
@register
class A: pass
@register
class B(A): pass
print(sorted(registry), registry["B"].__mro__[1] is A)
class Prop:
    def __init__(self): self._v = 0
    @property
    def v(self):
        "the docstring"
        return self._v
    @v.setter
    def v(self, x): self._v = x
    @v.deleter
    def v(self): self._v = "deleted"
    ro = property(lambda self: "ro", doc="given")
p = Prop()
p.v = 5
print(p.v, Prop.v.__doc__, Prop.ro.__doc__, Prop.v.fget(p), Prop.v.__name__)
del p.v
print(p.v)
for act in ("p.ro = 1", "del p.ro", "Prop.v.fget = 1", "p.nope"):
    try:
        exec(act)
    except AttributeError as e:
        print(act, "->", e)
class S:
    @staticmethod
    def st(x): return x
    @classmethod
    def cl(cls, x): return cls.__name__, x
    pst = staticmethod(len)
class T(S): pass
print(S.st(1), S().st(2), T.cl(3), T().cl(4), S.pst("abc"), S.__dict__["st"](5), S.__dict__["st"].__wrapped__(6), S.__dict__["cl"].__func__(T, 7), S.cl.__self__ is S, isinstance(S.__dict__["st"], staticmethod))
@staticmethod
def bare(): return "callable staticmethod"
print(bare(), bare.__name__)
try:
    classmethod(len)()
except TypeError as e:
    print(e)
@functools.lru_cache(maxsize=2)
def slow(x):
    print("computing", x)
    return x * x
print(slow(1), slow(1), slow(2), slow(3), slow(1), slow.cache_info())
slow.cache_clear()
print(slow.cache_info(), slow.cache_parameters())
@functools.cache
def fact(n): return n * fact(n - 1) if n else 1
print(fact(20))
class Cp:
    @functools.cached_property
    def once(self):
        print("computed")
        return 42
c = Cp()
print(c.once, c.once, c.__dict__)
@functools.singledispatch
def what(x): return "object"
@what.register
def _(x: int): return "int"
@what.register(list)
def _(x): return "list"
@what.register
def _(x: str | bytes): return "text"
print(what(1), what([]), what("s"), what(b""), what(1.5), what(True), what.dispatch(int)(1))
class SD:
    @functools.singledispatchmethod
    def m(self, x): return "default"
    @m.register
    def _(self, x: int): return "int"
print(SD().m(1), SD().m("a"))
@functools.total_ordering
class V:
    def __init__(self, n): self.n = n
    def __eq__(self, o): return self.n == o.n
    def __lt__(self, o): return self.n < o.n
print(V(1) <= V(1), V(2) > V(1), V(1) >= V(2), V(1) != V(2))
def deco_with_args(*args, **kwargs):
    return lambda fn: (fn.__name__, args, kwargs)
@deco_with_args(1, 2, k=3)
def named(): pass
print(named)
x = lambda f: f
@x
@(y := x)
async def coro(): pass
print(coro.__name__, type(coro).__name__, y is x)
try:
    @undefined_decorator
    def never(): pass
except NameError as e:
    print(e)
try:
    @5
    def never(): pass
except TypeError as e:
    print(e)
