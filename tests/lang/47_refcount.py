# what a program can see of immediate deallocation
log = []
class T:
    def __init__(self, name): self.name = name
    def __del__(self): log.append(self.name)
    def give(self): return T(self.name + "'")
    def __add__(self, o): return T(f"({self.name}+{o.name})")
    def __call__(self, *a): return len(a)
    def __iter__(self): return iter([T(self.name + str(i)) for i in range(2)])
    def __enter__(self): return T(self.name + " entered")
    def __exit__(self, *a): log.append(self.name + " exit")
    def __getitem__(self, k): return T(self.name + "[]")
    def __bool__(self): return True
    def __eq__(self, o): return True
    def __hash__(self): return 1
def show(tag=""):
    print(tag, log)
    log.clear()
T("expr statement"); show()
x = T("a"); x = T("b"); show("rebind")
del x; show("del")
T("c").give().give(); show("chain")
T("d") + T("e") + T("f"); show("arith")
[T("l1"), T("l2")]; (T("t1"), T("t2")); {T("s1")}; {1: T("v")}; show("displays")
def f(a): log.append("in f"); return None
f(T("arg")); show("argument")
def g(a):
    a = None
    log.append("after rebind")
g(T("rebound argument")); show()
def h():
    local1 = T("local1"); local2 = T("local2")
    log.append("leaving")
h(); show("locals in order")
def r():
    local = T("returned")
    return local
r(); show()
y = r(); show("kept"); del y; show()
for v in T("it"): log.append(v.name)
show("loop"); del v; show("loop variable")
with T("cm") as e: log.append("body " + e.name)
show("with"); del e; show()
if T("cond"): log.append("then")
show()
T("x") and T("y"); show("and"); T("x") or T("y"); show("or")
T("x") if T("c") else T("z"); show("ternary")
while T("w"): break
show("while")
T("l") == T("r"); show("compare")
T("a") == T("b") == T("c"); show("chained compare")
for _ in range(3): log.clear(); T("s")[T("k")]
show("subscript of the third time")
d = {}
d["k"] = T("old"); d["k"] = T("new"); show("dict overwrite"); del d["k"]; show()
d[1] = T("p"); d.pop(1); show("pop"); d.setdefault(2, T("sd")); d.setdefault(2, T("unused")); show("setdefault"); d.clear(); show("clear")
l = [T("0"), T("1"), T("2")]
l[0] = None; show("item"); del l[1]; show("del item"); l.pop(); show("pop"); l.append(T("n")); l[:] = []; show("slice")
l = [T("x0"), T("x1"), T("x2")]; del l; show("a list frees")
t = (T("y0"), T("y1")); del t; show("a tuple frees")
dd = {1: T("z0"), 2: T("z1")}; del dd; show("a dict frees")
class O: pass
o = O(); o.a = T("attr a"); o.b = T("attr b"); o.a = T("attr a2"); show("attribute"); del o.b; show(); del o; show("object with attributes")
class S:
    __slots__ = ("p", "q")
s = S(); s.p = T("slot p"); s.q = T("slot q"); del s; show("slots")
def gen():
    k = T("in generator")
    yield 1
    yield 2
gg = gen(); next(gg); show("suspended"); del gg; show("generator dropped")
gg = gen(); list(gg); show("exhausted"); del gg; show()
gg = gen(); next(gg); gg.close(); show("closed")
def closure():
    c = T("cell")
    return lambda: c
fn = closure(); show(); del fn; show("closure")
def default(a=T("default")): pass
del default; show("function default")
try:
    raise ValueError(T("in exception"))
except ValueError as err: pass
show("exception")
try:
    local = T("on failing path"); raise KeyError
except KeyError: pass
show("still bound"); del local; show()
def failing():
    inside = T("frame of the failure")
    raise ValueError
try: failing()
except ValueError: show("while handled")
show("after the handler")
def keeps():
    try: failing()
    except ValueError as e: return e
kept = keeps(); show("kept by the traceback"); kept = None; show("dropped")
f(*[T("star")], **{"a": 1}) if False else f(*[T("star")]); show()
print("%s" % T("percent").name, f"{T('fstring').name}"); show()
[T(str(i)) for i in range(3)]; show("comprehension")
sum(1 for i in [T("g1"), T("g2")]); show("genexpr")
list(map(lambda v: v.name, [T("m1"), T("m2")])); show("map")
a = b = T("two names"); del a; show(); del b; show()
a, b = T("u1"), T("u2"); a, b = b, a; show("swap"); a = b = None; show()
*rest, last = T("q1"), T("q2"), T("q3"); rest = None; show(); last = None; show()
lam = lambda v=T("lambda default"): v; lam = None; show()
class K:
    attr = T("class attribute")
import gc
del K; gc.collect(); show("class")
def rec(n):
    v = T(f"r{n}")
    if n: rec(n - 1)
    log.append(f"end {n}")
rec(2); show("recursion")
n1 = T("shared"); box = [n1, [n1]]; n1 = None; box[0] = None; show(); box = None; show()
class Res:
    def __del__(self): saved.append(self)
saved = []
Res(); print(len(saved)); saved.clear(); print(len(saved))
class DelRaises:
    def __del__(self): raise ValueError("ignored")
import sys
sys.unraisablehook = lambda u: print("unraisable:", u.exc_type.__name__, u.exc_value)
DelRaises()
class Sub(list):
    def __del__(self): log.append(f"list of {len(self)}")
Sub([T("element")]); show("subclass of list")
class SubInt(int):
    def __del__(self): log.append(f"int {int(self)}")
SubInt(5) + 1; show()
def inner_del():
    v = T("deleted early")
    del v
    log.append("then")
inner_del(); show()
match T("subject"):
    case T(name=nm): pass
show("match")
x = [T("walrus")]; (x := None); show()
async def co():
    v = T("in coroutine")
c = co(); c.close(); show("never started")
import functools
p = functools.partial(T("partial func"), T("partial arg")); del p; show()
it = iter([T("i1"), T("i2")]); next(it); show(); del it; show()
zip([T("z")], [T("zz")]); show("zip")
def two(): return T("first"), T("second")
_, keep = two(); show(); del _, keep; show()
globals()["dyn"] = T("global"); del dyn; show()
z = T("before exit")
sys.stdout.flush()
