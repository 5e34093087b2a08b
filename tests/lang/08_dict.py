d = {"a": 1, "b": 2}
print(d, len(d), d["a"], d.get("b"), d.get("z"), d.get("z", 0))
d["c"] = 3
d["a"] = 10
print(d, list(d), list(d.keys()), list(d.values()), list(d.items()))
print("a" in d, "z" in d, 1 in d.values(), ("b", 2) in d.items())
del d["b"]
print(d, d.pop("c"), d.pop("zz", None), d)
d.update({"x": 1}, y=2)
d.update([("z", 3)])
print(d, d.popitem(), d.setdefault("x", 9), d.setdefault("n", []), d)
print({**{"a": 1}, "b": 2, **{"a": 3}}, {"a": 1} | {"b": 2}, dict(a=1, b=2), dict([(1, 2)]), dict({3: 4}, k=5), dict())
e = {1: "int", 1.0: "float", True: "bool"}
print(e, len(e), e[True])
for k in {"x": 1, "y": 2}:
    print(k)
for k, v in {"x": 1, "y": 2}.items():
    print(k, v)
print(list(reversed({"a": 1, "b": 2})), {"a": 1} == {"a": 1}, {"a": 1, "b": 2} == {"b": 2, "a": 1})
c = d.copy()
c["new"] = 1
print("new" in d, c is d)
c.clear()
print(c)
print(dict.fromkeys("ab"), dict.fromkeys([1, 2], 0))
n = {"l": [1, {"deep": (2, 3)}]}
print(n["l"][1]["deep"][0], n)
r = {}
r["self"] = r
print(r)
print({1, 2} & {1: 0}.keys(), {1: 0, 2: 0}.keys() - {1}, {1: 0}.keys() | {5: 0}.keys() == {1, 5})
k = d.keys()
print(len(k), k)
d["more"] = 1
print(len(k), d.values(), d.items())
for f in (lambda: d["missing"], lambda: {}[1], lambda: {}[(1, 2)], lambda: {}.popitem(), lambda: {}.pop("k"), lambda: {[]: 1}, lambda: {{}: 1},
          lambda: {}[[]], lambda: dict(5), lambda: dict([1]), lambda: dict([(1, 2, 3)]), lambda: dict(["abc"]), lambda: {}.foo,
          lambda: {} + {}, lambda: {} < {}, lambda: d.get(), lambda: hash({}), lambda: {}.update(5), lambda: [] in {}, lambda: dict(1, 2)):
    try:
        f()
        print("no error")
    except Exception as err:
        print(type(err).__name__ + ":", err)
big = {}
for i in range(1000):
    big[i] = i * i
for i in range(0, 1000, 2):
    del big[i]
print(len(big), big[999], 500 in big, 501 in big, list(big)[:5])
big[0] = "back"
print(list(big)[-1])
count = {}
for ch in "mississippi":
    count[ch] = count.get(ch, 0) + 1
print(count, sorted(count.items(), key=lambda kv: (-kv[1], kv[0])))
d = {i: str(i) for i in range(5)}
print(d)
for k in list(d):
    if k % 2:
        del d[k]
print(d)
m = {"k": 1}
m["k"] += 1
m |= {"j": 5}
print(m)
print({None: 1, (): 2, 1.5: 3, "s": 4, b"b": 5, True: 6})
class Key:
    def __init__(self, v):
        self.v = v
    def __hash__(self):
        return 1
    def __eq__(self, other):
        return isinstance(other, Key) and self.v == other.v
    def __repr__(self):
        return "Key(" + str(self.v) + ")"
ks = {Key(1): "one", Key(2): "two"}
ks[Key(1)] = "uno"
print(ks, ks[Key(2)], Key(3) in ks)
class Missing(dict):
    def __missing__(self, key):
        return "missing " + str(key)
print(Missing(a=1)["a"], Missing()["b"], Missing().get("b"))
print(2 ** 61 - 1 in {0: 1}, hash(2 ** 61 - 1), hash(-1), hash(1.0), hash(2 ** 70), hash(0.5), hash(True))
