log = []
def t(v):
    log.append(v)
    return v
def show():
    print(log)
    log.clear()
t(1) + t(2) * t(3)
show()
[t(1), t(2)][t(0)]
show()
{t("k1"): t("v1"), t("k2"): t("v2")}
show()
class A: pass
a = A()
def obj():
    log.append("obj")
    return a
def idx():
    log.append("idx")
    return "k"
d = {}
def dct():
    log.append("dct")
    return d
dct()[idx()] = t("value first")
show()
obj().x, dct()["y"] = t(1), t(2)
show()
d["k"] = 1
dct()[idx()] += t(5)
show()
print(d)
def fn():
    log.append("fn")
    return lambda *a, **k: (a, k)
print(fn()(t(1), *t([2]), k=t(3), **t({"z": 4})))
show()
t(1) < t(2) < t(0) < t(9)
show()
t(0) or t(1) and t(2)
show()
t("a") if t(0) else t("b")
show()
(lambda x=t("default"): x)
show()
x = y = t("once")
show()
[t(i) for i in range(3) if t(i + 10) != 11]
show()
def swap():
    a, b, c = 1, 2, 3
    a, b, c = c, a, b
    return a, b, c
print(swap())
(a, b), [c, *d], e = (1, 2), "xyz", {"only": 1}
print(a, b, c, d, e)
for i, *rest in ((1, 2, 3), (4,)):
    print(i, rest)
*a, b = {1: 2, 3: 4}
print(a, b)
print(*[1, 2], *"ab", sep="|")
print([*[1], *(2, 3), *{4: 5}], {*[1, 1], *()}, {**{1: 2}, **{3: 4}}, (*"ab",))
print([*range(2), "mid", *range(2)], {"a": 1, **{"a": 2}, "b": 3})
def rets():
    t = (2, 3)
    return 1, *t
print(rets())
def gen():
    yield 1, *[2, 3]
print(next(gen()))
x = 1, *[2]
print(x)
for v in 1, *[2, 3]:
    print(v, end=" ")
print()
l = [0, 1, 2, 3, 4]
l[1:3], l[0] = ["a", "b", "c"], "z"
print(l)
class Rec:
    def __setattr__(self, n, v): log.append(("set", n, v))
    def __setitem__(self, k, v): log.append(("item", k, v))
    def __getattr__(self, n): log.append(("get", n)); return 10
    def __getitem__(self, k): log.append(("getitem", k)); return 20
    def __delattr__(self, n): log.append(("del", n))
    def __delitem__(self, k): log.append(("delitem", k))
r = Rec()
r.a, r["b"], r.c = 1, 2, 3
show()
r.a += 1
r["k"] -= 1
show()
del r.a, r["x"], (r.y, r[0])
show()
r[1:2]
r[1:2:3, ..., None]
r[()]
r[1, 2] = 3
r[:] = 4
show()
class Sub:
    def __getitem__(self, k):
        return k
s = Sub()
print(s[1], s[1, 2], s[1:2], s[::], s[1:, ::2], s[...], s[*[1, 2]], s[0, *[1]], s[(1, 2)], s[1,])
class InPlace:
    def __init__(self, v): self.v = v
    def __iadd__(self, o): self.v += o; return self
    def __isub__(self, o): return "replaced"
i = j = InPlace(1)
i += 5
print(i is j, i.v)
i -= 1
print(i, j.v)
t1 = t2 = (1,)
t1 += (2,)
print(t1, t2)
l1 = l2 = [1]
l1 += "ab"
print(l1, l2)
for text in ("a, b = 1, 2, 3", "a, *b = ()", "a, b = {}", "a, = 'xy'", "a, b = None", "(a, b), c = 1, 2", "[a, b] = iter([1])", "a, b = range(10)", "a, *b, c = [1]"):
    try:
        exec(text)
    except Exception as e:
        print(text, "->", type(e).__name__ + ":", e)
def f(*args, **kw):
    return args, kw
for text in ("f(*5)", "f(**5)", "f(**{1: 2})", "f(**{'a': 1}, **{'a': 2})", "f(a=1, **{'a': 2})", "f(*None)", "f(**[])", "f(*[1], *5)"):
    try:
        print(eval(text))
    except Exception as e:
        print(text, "->", type(e).__name__ + ":", e)
class Mapping:
    def keys(self): return ["x", "y"]
    def __getitem__(self, k): return k * 2
print(f(**Mapping()), {**Mapping()} if True else 0, dict(Mapping()))
def order_kw(**kw):
    return list(kw)
print(order_kw(b=1, a=2, **{"d": 3, "c": 4}))
