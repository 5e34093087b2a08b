import gc, sys, weakref, types_c as m
gc.disable()
def t(f, *a, **k):
    try:
        print(f(*a, **k))
    except Exception as e:
        print(type(e).__name__, e)
P = m.Plain
p = P(5)
print(P, P.__name__, P.__module__, P.__doc__, P.__text_signature__, P.__mro__, P.__flags__ & 0x300, P.__basicsize__)
print(p, p + 1, 2 + p, len(p), list(p), p[1], p[-1], p == P(5), p < P(6), hash(p), p(1, x=2), p.method("a"), P.cls(), p.stat(1), P.stat(2))
t(lambda: p + "x"); t(lambda: p[9]); t(lambda: P("x")); t(lambda: P(1, 2)); t(p.method); t(P.method, 5); t(lambda: P.method(p, 1)); t(lambda: P.__add__(p, 3)); t(lambda: P.__len__(5))
p.number = 9; p.twice = 4; p.real = 2; p.flag = True
print(p.number, p.twice, p.real, p.flag, p.text, p.ro, P.number, P.twice, P.method, p.method, P.__dict__["cls"], type(P.__dict__["stat"]).__name__)
t(lambda: setattr(p, "text", "x")); t(lambda: setattr(p, "ro", 1)); t(lambda: delattr(p, "twice")); t(lambda: p.held); t(lambda: setattr(p, "number", "x")); t(lambda: setattr(p, "new", 1)); t(lambda: setattr(P, "x", 1)); t(lambda: setattr(p, "flag", 1))
p.held = [1]; print(p.held); del p.held; t(lambda: p.held)
print(sorted(n for n in P.__dict__ if n not in ("__doc__",)))
class Q(P):
    def __len__(self): return 77
    def __repr__(self): return "Q!"
    def __add__(self, o): return "added"
    def __eq__(self, o): return "eq"
    def __hash__(self): return 11
    def __iter__(self): return iter("ab")
    def __bool__(self): return False
    def __getattr__(self, n): return "got " + n
    def __call__(self): return "called"
q = Q(2); q.attr = 1
print(q, len(q), q + 1, list(q), q.attr, q.__dict__, q.number, q.method(1), isinstance(q, P), q[1])
m.slots(q); sys.stdout.flush(); m.slots(p); sys.stdout.flush()
class Own:
    def __repr__(self): return "own"
    def __add__(self, o): return ("add", o)
    def __len__(self): return 5
    def __hash__(self): return 12
    def __getitem__(self, k): return ("item", k)
    def __iter__(self): raise KeyError("it")
    def __get__(self, o, t): return ("get", o, t)
    attribute = 3
m.slots(Own()); sys.stdout.flush()
del p, q; print(m.counts())
N = m.Node
n = N(); n.other = n; n.x = 5; w = weakref.ref(n); print(n.x, w() is n, n(1, 2, a=3), n(), callable(n), N.__doc__, N.__dictoffset__ > 0)
print(m.refs(n)); before = m.counts()[1]; del n; print(w() is not None); gc.collect(); print(w(), m.counts()[1] - before)
class SN(N):
    __slots__ = ("s",)
s = SN(); s.s = s; s.other = [s]; w = weakref.ref(s); del s; gc.collect(); print(w(), m.counts()[1] - before)
t(N, 1); t(lambda: N().missing)
M = m.Managed
o = M(); o.a = 1; o.b = o; o.x = 4; print(o.a, o.x, sorted(o.__dict__), M.__dict__["x"]); o.__dict__ = {"z": 1}; print(o.z, o.__dict__); w = weakref.ref(o); o.me = o; del o; gc.collect(); print(w())
class SM(M): pass
o = SM(); o.a = o; o.q = 2; w = weakref.ref(o); print(o.q, len(o.__dict__)); del o; gc.collect(); print(w())
b = m.Buffer(); v = memoryview(b); print(bytes(v), v.readonly, m.counts()[2]); v[0] = 90; v.release(); print(m.counts()[2], bytes(b), bytearray(b))
s = m.Sub([1, 2]); s.append(3); print(s, list(s), m.Sub.__base__, len(s), s + [4], s == [1, 2, 3])
class SS(m.Sub):
    def __repr__(self): return "SS" + super().__repr__()
print(SS("ab"))
x = m.Stated(); print(x.count(), x.count(), m.Stated().count(), type(x.count).__name__)
class ST(m.Stated): pass
print(ST().count())
t(x.count, 1); print(m.seq, m.seq.one, m.seq.hidden, m.seq[1], len(m.seq), m.Seq.n_fields, m.Seq((7, 8)))
m.capsule(); sys.stdout.flush(); m.errors(); sys.stdout.flush()
try:
    m.traced()
except RuntimeError as e:
    print(e, e.__traceback__.tb_lineno > 0, e.__context__)
print(m.Node.__module__, m.Node.__qualname__, m.Managed.__flags__ & 0x10)
class Meta(type): pass
class WithMeta(P, metaclass=Meta): pass
print(type(WithMeta), WithMeta(4))
t(lambda: type("X", (m.Buffer,), {})); t(lambda: type("X", (P, list), {}))
for i in range(100000):
    P(i); m.Node(); m.Managed().a = 1
print("end", m.counts()[0])
