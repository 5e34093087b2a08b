import weakref, gc, sys
gc.disable()
class C:
    def __init__(self, n=0): self.n = n
    def m(self): return self.n
    def __repr__(self): return f"C({self.n})"
def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)
c = C(1)
r1, r2 = weakref.ref(c), weakref.ref(c)
print(r1() is c, r1 is r2, r1 == r2, hash(r1) == hash(c), weakref.getweakrefcount(c), weakref.getweakrefs(c) == [r1], repr(r1).startswith("<weakref at 0x"), "to 'C' at 0x" in repr(r1), r1.__callback__)
order = []
cb1 = weakref.ref(c, lambda r: order.append(("cb1", r() is None)))
cb2 = weakref.ref(c, lambda r: order.append(("cb2", r() is None)))
print(cb1 is cb2, cb1 == cb2, weakref.getweakrefcount(c), callable(cb1.__callback__))
del c
print(r1(), order, cb1.__callback__, "dead" in repr(r1), r1 == r2, r1 == cb1, hash(r1) is not None)
c = C()
r = weakref.ref(c)
del c
attempt(lambda: hash(r))
for bad in (5, "s", (), [], {}, None, object(), 1.5, b""):
    attempt(lambda: weakref.ref(bad)())
for good in (C, len, lambda: 0, set(), frozenset(), C().m, type("T", (), {}), (i for i in ()), sys):
    try:
        weakref.ref(good)
    except TypeError as e:
        print("not", type(good).__name__, e)
attempt(lambda: weakref.ref(C(), 5) is not None)
attempt(lambda: weakref.ref())
class Sub(weakref.ref):
    def __init__(self, o, cb=None, tag=""): super().__init__(o, cb); self.tag = tag
    def __new__(cls, o, cb=None, tag=""): return super().__new__(cls, o, cb)
c = C(2)
s = Sub(c, tag="t")
print(s().n, s.tag, type(s).__name__, s == weakref.ref(c), weakref.getweakrefcount(c))
class L(list): pass
class D(dict): pass
class I(int): pass
class T(tuple): pass
print(weakref.ref(L())(), weakref.ref(D())(), isinstance(weakref.ref(L()), weakref.ReferenceType))
attempt(lambda: weakref.ref(I(5)))
attempt(lambda: weakref.ref(T()))
p = weakref.proxy(c)
print(p.n, p, type(p).__name__, p.m(), isinstance(p, C), p.__class__.__name__, p == c, p != c)
p.n = 7
del p.n
attempt(lambda: p.n)
del c, s
attempt(lambda: p.m())
attempt(lambda: str(p))
attempt(lambda: bool(p))
class Num:
    def __add__(self, o): return "add"
    def __len__(self): return 3
    def __getitem__(self, k): return k
    def __call__(self, *a): return a
    def __iter__(self): return iter("it")
    def __contains__(self, x): return x == 1
    def __bool__(self): return False
n = Num()
q = weakref.proxy(n)
print(q + 1, len(q), q["k"], q(1, 2), list(q), 1 in q, bool(q), type(q).__name__)
attempt(lambda: hash(q))
def cbs():
    out = []
    class Obj:
        def __del__(self): out.append("del")
    o = Obj()
    refs = [weakref.ref(o, lambda r, i=i: out.append(i)) for i in range(4)]
    del refs[1]
    del o
    return out
print(cbs())
def cb_raises(r): raise ValueError("in the callback")
sys.unraisablehook = lambda u: print("unraisable", u.exc_type.__name__, u.exc_value)
c = C()
r = weakref.ref(c, cb_raises)
del c
def resurrect():
    saved = []
    class R:
        def __del__(self): saved.append(self)
    o = R()
    w = weakref.ref(o)
    del o
    return w() is None, len(saved)
print(resurrect())
d = weakref.WeakValueDictionary()
a, b = C("a"), C("b")
d["a"], d["b"] = a, b
print(sorted(d), len(d), "a" in d, d["a"], d.get("z", "none"), dict(d))
del a
print(sorted(d), len(d), "a" in d)
attempt(lambda: d["a"])
print(d.pop("b"), d.setdefault("n", b), len(d), [v for v in d.values()], list(d.items()), d.valuerefs()[0]() is b)
del b
print(len(d))
k = weakref.WeakKeyDictionary()
x, y = C("x"), C("y")
k[x], k[y] = 1, 2
print(len(k), k[x], x in k, sorted(k.values()), [r() is not None for r in k.keyrefs()])
del x
print(len(k), list(k.items()))
w = weakref.WeakSet([y])
z = C("z")
w.add(z)
print(len(w), y in w, sorted(map(repr, w)))
del z
print(len(w), w | weakref.WeakSet() == w)
y2 = y
wm = weakref.WeakMethod(y.m)
print(wm()(), wm() == y.m)
del y, y2
print(wm(), len(w), len(k))
f = C("fin")
fin = weakref.finalize(f, lambda *a, **kw: print("finalized", a, kw), 1, k=2)
print(fin.alive, fin.peek()[2:], fin.atexit)
del f
print(fin.alive, fin(), fin.detach())
f = C()
fin = weakref.finalize(f, print, "called by hand")
print(fin())
del f
f = C()
fin = weakref.finalize(f, print, "never")
fin.detach()
del f
cyc = C()
cyc.me = cyc
r = weakref.ref(cyc, lambda r: print("callback from the collector", r()))
del cyc
print(r() is not None)
gc.collect()
print(r())
a, b = C(), C()
a.o, b.o = b, a
a.r = weakref.ref(b, lambda r: print("not called: the reference is garbage too"))
outer = weakref.ref(a, lambda r: print("outer called"))
del a, b
gc.collect()
class Cache:
    _all = weakref.WeakValueDictionary()
    def __new__(cls, key):
        self = cls._all.get(key)
        if self is None:
            self = super().__new__(cls)
            self.key = key
            cls._all[key] = self
        return self
print(Cache(1) is Cache(1), (one := Cache(1)) is Cache(1), len(Cache._all))
it = C("iterating")
wd = weakref.WeakValueDictionary({i: C(i) for i in range(3)})
print(len(wd))
keep = [C(i) for i in range(3)]
wd.update(enumerate(keep))
for key in wd:
    if keep: keep.pop()
print(len(wd) <= 1)
class WithSlots:
    __slots__ = ("__weakref__",)
ws = WithSlots()
print(weakref.ref(ws)() is ws, WithSlots.__weakref__ is not None)
fn = lambda: 0
rf = weakref.ref(fn)
print(rf() is fn)
del fn
print(rf())
cls = type("Temp", (), {})
rc = weakref.ref(cls)
del cls
gc.collect()
print(rc())
alive_at_exit = C("exit")
weakref.finalize(alive_at_exit, print, "finalized at exit")
