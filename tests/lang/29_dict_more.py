def attempt(f, *a, **k):
    try:
        print(repr(f(*a, **k)))
    except Exception as e:
        print(type(e).__name__ + ":", e)
d = {"b": 1, "a": 2, 3: "x", (1, 2): None, None: 0, 1.5: 5, True: "t"}
print(d, list(d), d[1], d[1.0], 1 in d, d[3.0])
d["b"] = 10
d[1] = "one"
del d["a"]
d["a"] = "again last"
print(d)
print(next(iter(d)), next(reversed(d)), list(reversed(d.items()))[0], list(reversed(d.values()))[0], list(reversed(d.keys()))[-1])
ks, vs, its = d.keys(), d.values(), d.items()
print(len(ks), "b" in ks, "zz" in ks, ("b", 10) in its, ("b", 11) in its, 5 in its, 10 in vs, ks == set(d), its == set(its) if False else "", ks.mapping == d, type(ks.mapping).__name__)
print(ks & {"b", "q"}, sorted(map(str, ks - {"b"})), {1} | {1: 0}.keys(), ks ^ ks, ks <= ks, ks < ks, {"b"} <= ks, {"b": 1}.items() | {"c": 2}.items() == {("b", 1), ("c", 2)}, {"b": 1}.keys() == {"b"}, {"a": 1}.values() == {"a": 1}.values(), {1: []}.items() == {1: []}.items(), {"a"}.isdisjoint({"b": 1}.keys()), {"a": 1}.keys().isdisjoint(["a"]))
attempt(lambda: {1: []}.items() & {(1, 2)})
attempt(lambda: {1: 2}.values() & {1})
attempt(lambda: {1: 2}.keys() + {1: 2}.keys())
attempt(lambda: {1: 2}.keys()[0])
attempt(lambda: {1: 2}.keys().append(1))
attempt(lambda: hash({}.keys()))
attempt(lambda: hash({}.values()) is not None)
attempt(lambda: {1: 2}.keys() < 5)
attempt(lambda: [1] & {1: 2}.keys())
for act in (lambda d: d.update(new=1), lambda d: d.pop(1), lambda d: d.clear(), lambda d: d.__setitem__(1, "same key"), lambda d: (d.pop(1), d.update({9: 9}))):
    d = {1: 1, 2: 2, 3: 3}
    try:
        for k in d:
            act(d)
        print("ran through", d)
    except RuntimeError as e:
        print(e)
    except KeyError as e:
        print("KeyError", e)
d = {1: 1, 2: 2}
it = iter(d.items())
next(it)
d[3] = 3
attempt(next, it)
attempt(next, it)
class Key:
    def __init__(self, v, h): self.v, self.h = v, h
    def __hash__(self): return self.h
    def __eq__(self, o):
        log.append((self.v, getattr(o, "v", o)))
        return self.v == getattr(o, "v", o)
    def __repr__(self): return f"K{self.v}"
log = []
a, b, c = Key("a", 1), Key("b", 1), Key("c", 9)
d = {a: 1, b: 2, c: 3}
print(log)
log.clear()
print(d[a], d[b], log)
log.clear()
print(d.get(Key("b", 1)), Key("z", 1) in d, Key("b", 2) in d, log)
class HashRaises:
    def __hash__(self): raise ValueError("no hash")
class EqRaises:
    def __hash__(self): return 5
    def __eq__(self, o): raise ValueError("no eq")
attempt(lambda: {HashRaises(): 1})
attempt(lambda: {}.get(HashRaises()))
attempt(lambda: {5: 1}[EqRaises()])
attempt(lambda: {5: 1, EqRaises(): 2})
class Mut:
    def __hash__(self): return 1
    def __eq__(self, o):
        target.clear()
        return False
target = {1: "x", 2: "y"}
attempt(lambda: target.get(Mut(), "gone"))
print(target)
d = {"a": 1}
print(d.setdefault("a", 5), d.setdefault("b"), d.setdefault("c", []), d, d.pop("a"), d.pop("q", "dflt"), d.popitem(), d)
attempt(d.pop, "q")
attempt(d.popitem)
attempt(d.popitem)
attempt({}.setdefault)
attempt({}.get)
attempt({}.pop)
attempt({}.get, k=1)
print({}.get("a"), {}.get("a", 1), {"a": None}.get("a", 1), dict.fromkeys("abc", 0), dict.fromkeys([]), {}.fromkeys((1,)))
u = {"a": 1}
u.update({"b": 2}, c=3)
u.update([("d", 4), ["e", 5]])
u.update(())
u.update(f=6)
u |= [("g", 7)]
print(u, u | {"a": 0}, {"a": 0} | u, u == dict(u), u.copy() is u)
attempt(lambda: u | [("a", 1)])
attempt(lambda: u | 5)
attempt(u.update, 5)
attempt(u.update, [5])
attempt(u.update, [(1,)])
attempt(u.update, ["ab", "cde"])
attempt(u.update, {}, {})
attempt(dict, [(1, 2), 3])
attempt(dict, a=1, b=2)
attempt(dict, {"a": 1}, a=2)
attempt(dict, None)
attempt(dict, [[[], 1]])
print(u)
class KeysOnly:
    def keys(self): return iter("xy")
    def __getitem__(self, k): return k + k
print(dict(KeysOnly()), {**KeysOnly()}, dict(KeysOnly(), z=1), dict(zip("ab", (1, 2))))
class D(dict):
    def __getitem__(self, k): return "overridden"
    def __missing__(self, k): return f"missing {k}"
    def keys(self): return ["fake"]
dd = D(a=1)
print(dd["a"], dd.get("a"), dict(dd), {**dd}, dd | {}, type(dd | {}).__name__, dd, len(dd), dd == {"a": 1}, type(dd.copy()).__name__, type(D.fromkeys("a")).__name__, list(dd), [*dd.items()])
class M(dict):
    def __missing__(self, k):
        self[k] = k * 2
        return self[k]
m = M()
print(m[5], m, m.get(6), 7 in m, "%(x)s" % M(x=1))
class S(str):
    def __eq__(self, o): return False
    def __hash__(self): return str.__hash__(self)
print({"a": 1}.get(S("a")), {S("a"): 1}.get("a"))
print({0: "a", False: "b", 0.0: "c", -0.0: "d"}, {1: 1, 1 + 0j: 2}, {"": 0, b"": 1, (): 2, frozenset(): 3}, {2 ** 70: 1}[2.0 ** 70], {float("inf"): 1}[float("inf")])
nan = float("nan")
print({nan: 1}[nan], {nan: 1}.get(float("nan")), len({nan: 1, float("nan"): 2}), nan in {nan: 0})
d = {}
for i in range(200):
    d[i] = i
for i in range(190):
    del d[i]
for i in range(5):
    d[f"s{i}"] = i
print(list(d), len(d), 5 in d)
d.clear()
d["only"] = 1
print(d, d.__sizeof__() > 0, d.__contains__("only"), d.__getitem__("only"), d.__len__(), d.__eq__({}), d.__or__(5), d.__class_getitem__((str, int)), d.__reversed__().__class__.__name__)
for n in (0, 1, 5, 6, 10, 11, 100, 1000):
    e = {i: -i for i in range(n)}
    assert list(e) == list(range(n)) and all(e[i] == -i for i in range(n)) and n not in e
    f = dict(e)
    for i in range(0, n, 3):
        del f[i]
        f[i] = "back"
    assert list(f) == [i for i in range(n) if i % 3] + list(range(0, n, 3))
    g = {**f}
    assert g == f and list(g) == list(f) and g.keys() == e.keys()
print("order holds")
class O: pass
o, p = O(), O()
o.a, o.b, o.c = 1, 2, 3
p.b, p.a = 1, 2
del o.a
o.a = 9
print(o.__dict__, p.__dict__, list(vars(o)))
o.__dict__["direct"] = 5
print(o.direct, o.__dict__.pop("b"), hasattr(o, "b"))
o.__dict__ = {"new": 1}
print(o.new, hasattr(o, "direct"))
attempt(lambda: setattr(o, "__dict__", 5))
o.__dict__.update(x=1)
vars(o)[5] = "not a name"
print(o.__dict__, o.x)
r = {}
r["me"] = r
r["l"] = [r]
print(r, r.items().__repr__()[:20], r.keys(), r.values())
from types import MappingProxyType
mp = MappingProxyType({"a": 1})
print(mp, mp["a"], mp | {"b": 2}, list(mp), len(mp), mp.get("z"), "a" in mp, mp == {"a": 1}, type(int.__dict__).__name__, mp.copy())
attempt(lambda: mp.__setitem__)
attempt(lambda: mp.update)
try:
    mp["a"] = 2
except TypeError as e:
    print(e)
