# identity as ordinary programs observe it
a, b = 256, 256
print(a is b, -5 is int("-5"), int("100") is int("100"), True is (1 == 1), None is type(None)(), () is tuple([]), "" is "abc"[:0], b"" is bytes(), frozenset() is frozenset([]) or True, Ellipsis is ...)
x = 1.5; y = x; print(x is y, [x][0] == x, (lambda: 1.5)() == 1.5)
big = 2 ** 70; same = big; print(same is big, [big][0] is big, {1: big}[1] is big, (big,)[0] is big)
def ident(v): return v
class Hold: pass
h = Hold(); h.v = big; print(ident(big) is big, h.v is big)
f = 3.25; h.f = f; l = [f]; d = {"k": f}; print(h.f is f, l[0] is l[0] or l[0] == f, d["k"] is d["k"], f in l, ident(f) is f)
nan = float("nan"); l = [nan]; d = {nan: 1}; s = {nan}; t = (nan,); print(nan in l, nan in d, nan in s, nan in t, l == [nan], t == (nan,), l.index(nan), l.count(nan), d[nan], nan == nan, max(l) is nan or True, {nan: 1} == {nan: 1}, [nan] == [float("nan")])
i, j = 10 ** 10, 10 ** 10; print(i is j, i == j)
def consts(): return 10 ** 3, "abc", (1, 2), 1000 is 1000
import warnings; warnings.simplefilter("ignore")
print(consts()[0] is consts()[0], consts()[1] is consts()[1], consts()[2] is consts()[2])
import sys
p, q = "".join(["he", "llo"]), "hello"; print(p == q, sys.intern(p) is sys.intern(q), sys._is_interned(q) if hasattr(sys, "_is_interned") else True, "a" is "a", "identifier" is "identifier", chr(97) is "a", "abc"[0] is "a", str(p) is p, p[:] is p, "".join([p]) is p, p * 1 is p, p.strip() is p, p.lower() == p, f"{p}" == p, "%s" % p == p, p + "" is p)
t = (1, 2, 3); print(t[:] is t, tuple(t) is t, t * 1 is t, t + () is t or True, tuple(list(t)) is t)
fs = frozenset([1]); print(frozenset(fs) is fs, fs.copy() is fs, fs | set() == fs, bytes(b"x") is not None, bytes(memoryview(b"q")) == b"q")
e = object(); print(e == e, e is e, object() is object(), id(e) == id(e), hash(e) == hash(e))
m = [].append; print(m is m, [].append is [].append, Hold.__init__ is Hold.__init__, Hold().__class__ is Hold, type(h) is Hold, len is len, int is type(5))
class C:
    def meth(self): pass
c = C(); print(c.meth is c.meth, c.meth == c.meth, C.meth is C.meth, C().meth == C().meth, c.meth.__func__ is C.meth)
gl = globals(); print(gl is globals(), gl["gl"] is gl, c.__dict__ is c.__dict__, C.__dict__ == C.__dict__, sys.modules["__main__"].__dict__ is gl, C.__mro__ is C.__mro__)
z = [[]] * 3; z[0].append(1); print(z, z[0] is z[1], [[] for _ in range(2)][0] is [[] for _ in range(2)][1])
def default(l=[]): l.append(1); return l
print(default() is default(), len(default()))
print(True + True is 2, (0 == False) is True, not None is True, 1 is True, isinstance(True, int), True == 1 and True is not 1)
n1 = 5; n2 = n1; n1 += 1; print(n1, n2); l1 = [5]; l2 = l1; l1 += [6]; print(l2); s1 = "a"; s2 = s1; s1 += "b"; print(s2); t1 = (1,); t2 = t1; t1 += (2,); print(t2)
print([x is y for x, y in zip(range(3), range(3))], [x is y for x, y in zip(range(250, 260), range(250, 260))][:6], 256 + 1 == 257, (lambda a, b: a is b)(5, 5))
k1, k2 = 1, 1.0; print({k1: "int"} == {k2: "int"}, list({k1: 0} | {k2: 1}), list({1.0: "f", 1: "i"}), list({True: "t", 1: "i"}), {0: "a"}.get(False), {0: "a"}.get(-0.0), {"1": 1}.get(1))
import copy; print(copy.copy(big) is big, copy.deepcopy(t) is t, copy.copy(c) is c, copy.copy(C) is C)
w = 0
for v in (1, 1.0, True, 1 + 0j): w |= hash(v) != hash(1)
print(w, hash(0.1) == hash(0.1), hash(2 ** 61 - 1 + 5) == hash(5), hash("") == hash(b"") == 0, hash(()) == hash(()), hash(None) == hash(None))
print(id(1) == id(1), id([]) == id([]) or True, id(C) != id(Hold), isinstance(id(5), int), id(None) == id(None))
r = range(3); print(iter(r) is iter(r), r is r, r[0] is r[0], r == range(3), r is range(3))
g = (i for i in r); print(iter(g) is g, g is g); ex = ValueError("v")
try: raise ex
except ValueError as caught: print(caught is ex, sys.exception() is ex)
mod = __import__("sys"); print(mod is sys, __import__("os").path is __import__("posixpath"), sys.stdout is sys.__stdout__)
fl = 1e300 * 10; print(fl is fl, fl == float("inf"), -0.0 == 0.0, str(-0.0), 0.0 is -0.0, [0.0] == [-0.0], {0.0: 1}.get(-0.0))
small = [i for i in range(-5, 257)]; again = [int(str(i)) for i in range(-5, 257)]; print(all(x is y for x, y in zip(small, again)))
