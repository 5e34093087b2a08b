# every special method is looked up on the type, and called with what CPython gives it
log = []
class Meta(type):
    def __getattribute__(cls, n): log.append(("meta", n)); return super().__getattribute__(n)
class Spy:
    def __getattribute__(self, n): log.append(("inst", n)); return object.__getattribute__(self, n)
    def __len__(self): return 2
    def __getitem__(self, k): return ("item", k)
    def __call__(self, *a, **k): return ("call", a, k)
    def __contains__(self, x): return x == 1
    def __iter__(self): return iter((1, 2))
    def __reversed__(self): return iter((2, 1))
    def __bool__(self): return True
    def __repr__(self): return "Spy"
    def __hash__(self): return 9
    def __eq__(self, o): return o == 9
    def __lt__(self, o): return True
    def __neg__(self): return "neg"
    def __add__(self, o): return ("add", o)
    def __radd__(self, o): return ("radd", o)
    def __iadd__(self, o): return ("iadd", o)
    def __enter__(self): return "entered"
    def __exit__(self, *a): return None
    def __index__(self): return 3
    def __int__(self): return 4
    def __float__(self): return 5.0
    def __complex__(self): return 6j
    def __round__(self, n=None): return ("round", n)
    def __format__(self, s): return f"fmt[{s}]"
    def __bytes__(self): return b"bytes"
    def __dir__(self): return ["d"]
    def __sizeof__(self): return 100
    def __setitem__(self, k, v): log.append(("set", k, v))
    def __delitem__(self, k): log.append(("del", k))
    def __missing__(self, k): return "missing"
    def __divmod__(self, o): return "divmod"
    def __pow__(self, o, m=None): return ("pow", o, m)
    def __matmul__(self, o): return "mat"
    def __invert__(self): return "inv"
    def __abs__(self): return "abs"
    def __trunc__(self): return 7
    def __floor__(self): return "floor"
    def __ceil__(self): return "ceil"
    def __length_hint__(self): return 8
    def __fspath__(self): return "/path"
s = Spy()
import math, operator, os, sys
x = s; x += 1
with s as e: pass
s[1:2] = 5; s["k"] = 6; del s["k"]
print(len(s), s[5], s[1:2, ...], s(1, k=2), 1 in s, list(s), list(reversed(s)), bool(s), repr(s), hash(s), s == 9, s < 1, -s, s + 1, 1 + s, x, e, [0, 1, 2, 3][s], int(s), float(s), complex(s), round(s), round(s, 1), f"{s:spec}", bytes(s), dir(s), sys.getsizeof(s) >= 100, divmod(s, 1), s ** 2, pow(s, 2, 3), s @ 1, ~s, abs(s), math.trunc(s), math.floor(s), math.ceil(s), operator.length_hint(s), os.fspath(s), sorted([s]), min(s, s) is s, str(s), "%s" % s, {s: 1}[9], bin(s), range(s)[-1], "ab"[:s])
print(log)
log.clear()
s.__len__(); print(log)
class Inst: pass
i = Inst()
for n in ("__len__", "__getitem__", "__call__", "__iter__", "__contains__", "__add__", "__enter__", "__bool__", "__hash__", "__repr__", "__eq__", "__lt__", "__index__"): setattr(i, n, lambda *a: "instance")
def attempt(f):
    try: print(f())
    except Exception as e: print(type(e).__name__ + ":", e)
for f in (lambda: len(i), lambda: i[0], lambda: i(), lambda: iter(i), lambda: 1 in i, lambda: i + 1, lambda: bool(i), lambda: hash(i) != "instance", lambda: repr(i)[:14], lambda: i == 1, lambda: i < 1, lambda: [1][i]): attempt(f)
class NoneMethods: __len__ = __iter__ = __getitem__ = __call__ = __hash__ = __add__ = __contains__ = __reversed__ = __bool__ = __eq__ = __index__ = __enter__ = None
n = NoneMethods()
for f in (lambda: len(n), lambda: iter(n), lambda: n[0], lambda: n(), lambda: hash(n), lambda: n + 1, lambda: 1 in n, lambda: reversed(n), lambda: bool(n), lambda: n == 1, lambda: [1][n]): attempt(f)
class Eq:
    def __init__(self, v): self.v = v
    def __eq__(self, o): log.append(("eq", self.v)); return NotImplemented
class Lt:
    def __lt__(self, o): return "lt"
    def __ge__(self, o): return "ge"
print(Eq(1) == Eq(2), Eq(1) != Eq(2), (a := Eq(3)) == a, log, Lt() > 1 if False else 1 > Lt(), 1 <= Lt(), Lt() < 1, Eq.__hash__)
attempt(lambda: Lt() <= 1); attempt(lambda: hash(Eq(1))); log.clear()
class Sub(int):
    def __radd__(self, o): return "sub radd"
    def __eq__(self, o): return "sub eq"
    def __rsub__(self, o): return NotImplemented
print(1 + Sub(2), Sub(2) + 1, 1 == Sub(1), 5 - Sub(2), Sub(3) * 2, 2 ** Sub(3), -Sub(1), Sub(1).__hash__)
class GetAttr:
    def __getattr__(self, n):
        log.append(n)
        if n.startswith("__"): raise AttributeError(n)
        return n
g = GetAttr(); print(g.foo, getattr(g, "bar"), hasattr(g, "__len__"), log); attempt(lambda: len(g))
class Del:
    def __delattr__(self, n): print("delattr", n)
    def __setattr__(self, n, v): print("setattr", n, v)
d = Del(); d.x = 1; del d.x; setattr(d, "y", 2); print(vars(d))
class New:
    made = 0
    def __new__(cls, *a, **k): cls.made += 1; o = super().__new__(cls); o.args = (a, k); return o
    def __init__(self, x, *, y=0): self.xy = (x, y)
o = New(1, y=2); print(o.args, o.xy, New.made); attempt(lambda: New()); print(New.made)
class Inst2(type):
    def __instancecheck__(cls, o): log.append("instancecheck"); return True
    def __subclasscheck__(cls, c): log.append("subclasscheck"); return True
class Any(metaclass=Inst2): pass
log.clear(); print(isinstance(5, Any), issubclass(int, Any), isinstance(Any(), Any), log)
class Cls:
    @property
    def __class__(self): return int
print(isinstance(Cls(), int), isinstance(Cls(), Cls), type(Cls()).__name__, Cls().__class__)
class Hash:
    def __init__(self, h): self.h = h
    def __hash__(self): return self.h
for h in (2 ** 61 - 1, 2 ** 64, -1, -2, True, 2 ** 200): print(hash(Hash(h)), end=" ")
attempt(lambda: hash(Hash("x"))); attempt(lambda: hash(Hash(1.0)))
class It:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 2: raise StopIteration
        return self.n
it = It(); print(list(it), list(it)); it.n = 0; a, b = it; print(a, b); it.n = 0; print([*it], (lambda *p: p)(*(setattr(it, "n", 0) or it)), dict(zip("ab", (setattr(it, "n", 0) or it))), max(setattr(it, "n", 0) or it), "-".join(map(str, setattr(it, "n", 0) or it)))
class Cmp:
    def __init__(self, v): self.v = v
    def __lt__(self, o): log.append((self.v, o.v)); return self.v < o.v
log.clear(); print([c.v for c in sorted(map(Cmp, (3, 1, 2)))], max(Cmp(1), Cmp(2), key=lambda c: c.v).v, log)
class Ctx:
    def __set_name__(self, owner, name): log.append(("set_name", owner.__name__, name))
    def __init_subclass__(cls, **k): log.append(("init_subclass", cls.__name__, k))
    def __class_getitem__(cls, k): return (cls.__name__, k)
log.clear()
class CtxSub(Ctx, opt=1): attr = Ctx()
print(log, CtxSub[int], Ctx["a", 1])
class Reduce:
    def __reduce_ex__(self, p): return (tuple, ([p],))
    def __copy__(self): return "copy"
    def __getstate__(self): return "state"
import copy; print(copy.copy(Reduce()), copy.deepcopy(Reduce()), Reduce().__getstate__(), object().__reduce_ex__(2)[0].__name__, object.__getstate__(Inst()))
print(object.__dir__(Inst())[:1] != [], object.__sizeof__(5) > 0, object.__format__("x", ""), object.__str__(5), object.__eq__(1, 1), object.__ne__(1, 2), object.__lt__(1, 2), object.__subclasshook__(int), object.__init_subclass__()); attempt(lambda: object.__format__("x", "s"))
