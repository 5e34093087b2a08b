import gc, weakref, sys
gc.collect()
gc.disable()
print(gc.isenabled(), type(gc.get_threshold()).__name__, len(gc.get_threshold()), gc.get_debug(), gc.garbage)
class N:
    def __init__(self, name="", *refs): self.name, self.refs = name, list(refs)
    def __repr__(self): return f"N({self.name})"
def dead(ref): return ref() is None
a, b = N("a"), N("b")
a.refs.append(b); b.refs.append(a)
ra = weakref.ref(a)
del a, b
print(dead(ra), gc.collect() > 0, dead(ra))
for make in (lambda: [].append, lambda: None):
    make()
def cycles():
    l = []; l.append(l); yield "list", None
    d = {}; d["d"] = d; yield "dict", None
    t = ([],); t[0].append(t); yield "tuple", None
    def f(): return f
    yield "function", f
    class K: pass
    yield "class", K
    def g():
        me = yield
        yield me
    gen = g(); next(gen); gen.send(gen); yield "generator", gen
    o = N(); o.m = o.__repr__; yield "bound method", o
    e = ValueError(); e.e = e; yield "exception", e
    try: raise KeyError
    except KeyError as ex: ex.__context__ = None; keep = ex
    yield "traceback frame", None
    import functools
    p = functools.partial(N); p.p = p; yield "partial", p
    s = {N("in set")}; next(iter(s)).refs.append(s); yield "set", None
    it = iter([]); box = [it]; box2 = iter(box); box.append(box2); yield "iterator", None
    pr = property(lambda s: pr); yield "property", None
    sm = staticmethod(N); sm.sm = sm; yield "staticmethod", None
    dq = __import__("collections").deque(); dq.append(dq); yield "deque", None
    mv = [1]; z = zip(mv); mv.append(z); yield "zip", None
    def closure():
        c = None
        def inner(): return c
        c = inner
        return inner
    cl = closure(); yield "cell", cl
for name, obj in cycles():
    r = weakref.ref(obj) if obj is not None and name not in ("exception",) else None
    obj = None
    gc.collect()
print("cycles of all kinds collected")
r = None
order = []
class D:
    def __init__(self, n): self.n = n
    def __del__(self): order.append(self.n)
x, y, z = D(1), D(2), D(3)
x.o, y.o, z.o = y, z, x
del x, y, z
gc.collect()
print(sorted(order))
class Res:
    def __del__(self):
        global saved
        saved = self
        count.append(1)
count = []
r = Res(); r.me = r
w = weakref.ref(r)
del r
gc.collect()
print(saved.me is saved, len(count), w() is None)
del saved
gc.collect()
print("finalized once:", len(count), "saved" in globals())
class Part:
    def __del__(self): kept.append(self.other)
kept = []
p, q = Part(), N("q")
p.other, q.p = q, p
del p, q
gc.collect()
print(kept, kept[0].p.__class__.__name__)
kept.clear()
gc.collect()
gc.set_debug(gc.DEBUG_SAVEALL)
s = N("saved"); s.refs.append(s)
del s
gc.collect()
print([o for o in gc.garbage if isinstance(o, N)])
gc.set_debug(0)
gc.garbage.clear()
gc.collect()
events = []
def cb(phase, info): events.append((phase, info["generation"], type(info["collected"]).__name__))
gc.callbacks.append(cb)
gc.collect(0); gc.collect(1); gc.collect(2); gc.collect()
gc.callbacks.remove(cb)
print(events)
for bad in (3, -1, "x", 1.5):
    try: gc.collect(bad)
    except (ValueError, TypeError) as e: print(e)
st = gc.get_stats()
print(len(st), sorted(st[0]), all(isinstance(v, int) for g in st for v in g.values()), len(gc.get_count()))
old = gc.get_threshold()
gc.set_threshold(500, 5)
print(gc.get_threshold()[:2])
gc.set_threshold(*old)
inner = N("inner")
outer = N("outer", inner)
print(any(o is outer.refs for o in gc.get_referrers(inner)), [o for o in gc.get_referents(outer.refs)], gc.get_referents(1, "s"), {id(o) for o in gc.get_referents({"k": inner})} >= {id(inner)})
print([gc.is_tracked(o) for o in (1, "s", 1.5, None, [], {}, {1: 2}, set(), N(), N, lambda: 0, b"", len)], gc.is_finalized(N()))
objs = gc.get_objects()
print(any(o is inner for o in objs), any(o is objs for o in objs), all(gc.is_tracked(o) for o in gc.get_objects(0)[:50]))
try: gc.get_objects(5)
except ValueError as e: print(e)
del objs
gc.freeze()
print(gc.get_freeze_count() > 100)
gc.unfreeze()
print(gc.get_freeze_count())
gc.enable()
print(gc.isenabled())
def churn(n):
    alive = 0
    for i in range(n):
        o = N(i); o.refs.append(o)
    return True
refs = []
for i in range(3000):
    o = N(i); o.refs.append(o)
    refs.append(weakref.ref(o))
del o
churn(20000)
gc.collect()
print("all collected automatically or at the end:", sum(not dead(r) for r in refs))
gc.disable()
big = None
for i in range(200000): big = [big]
big2 = N("deep")
for i in range(50000): big2 = N(i, big2)
first = big2
while first.refs: first = first.refs[0]
first.refs.append(big2)
r = weakref.ref(big2)
del first, big2, big
gc.collect()
print("deep cycle:", dead(r))
class Chain:
    pass
def in_del_collect():
    class G:
        def __del__(self): results.append(gc.collect())
    g = G(); g.g = g
    del g
    gc.collect()
    return results
results = []
print(in_del_collect())
class Raising:
    def __del__(self): raise ValueError("from a cycle")
sys.unraisablehook = lambda u: print("unraisable", u.exc_value)
x = Raising(); x.x = x
del x
gc.collect()
d = {}
d["self"] = d
w = weakref.WeakSet()
k = N("in weakset"); k.refs.append(k)
w.add(k)
del k, d
gc.collect()
print(len(w), gc.collect())
class SlotCycle:
    __slots__ = ("me", "__weakref__")
s = SlotCycle(); s.me = s
r = weakref.ref(s)
del s
gc.collect()
print(dead(r))
def frame_cycle():
    try: raise ValueError
    except ValueError as e: err = e
    local = N("held by a traceback")
    return weakref.ref(local)
r = frame_cycle()
print(dead(r), gc.collect() > 0, dead(r))
async def coro(): await coro2()
def gen_cycle():
    def g(l): l.append((yield)); yield
    l = []
    it = g(l); next(it); it.send(it)
    l.append(it)
    return weakref.ref(it)
r = gen_cycle()
gc.collect()
print(dead(r))

# Young objects among old ones: places of old objects are taken by new ones, all over the
# heap, while cycles between old and young come and go.


class Member:
    def __init__(self, number):
        self.number = number
        self.friend = None
        self.rows = [self, (number, [number])]


def crowd():
    members = [Member(i) for i in range(20000)]
    gc.collect()
    dead = []
    place = 0
    for i in range(20000, 40000):
        place = (place + 7919) % len(members)
        member = Member(i)
        old = members[place]
        old.friend, member.friend = member, members[place - 1]
        dead.append(weakref.ref(old))
        members[place] = member
        if i % 1000 == 0:
            gc.collect(i // 1000 % 2)
    del member, old
    gc.collect()
    alive = sum(ref() is not None for ref in dead)
    kept = sum(m.rows[0] is m and m.rows[1] == (m.number, [m.number]) for m in members)
    numbers = {m.number for m in members}
    reachable = {id(m) for m in members}
    stack = list(members)
    while stack:
        friend = stack.pop().friend
        if friend is not None and id(friend) not in reachable:
            reachable.add(id(friend))
            stack.append(friend)
    held = [o for o in gc.get_objects() if type(o) is Member]
    print(kept, len(numbers), alive == len(reachable) - len(members), len(held) == len(reachable))


crowd()
gc.collect()
print(sum(type(o) is Member for o in gc.get_objects()))
