def attempt(f, *a, **k):
    try:
        print(repr(f(*a, **k)))
    except Exception as e:
        print(type(e).__name__ + ":", e)
# what a list does when it changes under an operation
class Evil:
    def __init__(self, l, act): self.l, self.act = l, act
    def __eq__(self, o):
        self.act(self.l)
        return False
    def __lt__(self, o):
        self.act(self.l)
        return False
    def __repr__(self):
        self.act(self.l)
        return "evil"
l = []
l.extend([Evil(l, list.clear), 2, 3])
print(5 in l, l)
l.extend([Evil(l, list.clear), 2, 3])
attempt(l.index, 9)
l.extend([Evil(l, list.clear), 2, 3])
attempt(l.remove, 9)
l.extend([Evil(l, list.clear), 2, 3])
print(l.count(7), l)
l.extend([Evil(l, list.clear), 2, 3])
print(repr(l))
l = [3, 2]
l.extend([Evil(l, lambda l: l.append(1)), Evil(l, lambda l: None)])
attempt(lambda: [Evil(l, lambda l: l.append(1)), Evil(l, lambda l: None)].sort())
l = [1, 2, 3]
def key(x):
    l.append(x)
    return x
attempt(l.sort, key=key)
print(l)
l = [3, 1, 2]
seen = []
def key2(x):
    seen.append(list(l))
    return x
l.sort(key=key2)
print(l, seen)
l = [1, 2, 3, 4]
for x in l:
    if x % 2 == 0:
        l.remove(x)
    else:
        l.append(x * 10) if x < 10 else None
print(l)
l = [1, 2, 3]
it = iter(l)
next(it)
l.clear()
print(list(it), it.__length_hint__())
l.extend([1, 2, 3, 4])
print(list(it))
r = reversed([1, 2, 3])
print(next(r), r.__length_hint__(), list(r))
a = [0, 1, 2]
a[a.index(1)], a[0] = 0, 1
print(a)
a = list(range(5))
a[1:4] = a
print(a)
a *= 2
a += a
print(len(a), a * 0)
a = [[]] * 3
a[0].append(1)
print(a)
x = [1, 2, 3]
x.extend(x)
x.insert(-100, "first")
x.insert(2 ** 62, "last")
print(x)
attempt(x.insert, "a", 1)
attempt(x.insert, 2 ** 70, 1)
attempt(x.pop, "a")
attempt(x.pop, 2 ** 70)
attempt(x.index, 1, 100)
print(x.index(1, 2), x.index(3, -3), x.index(1, -100, 100))
attempt(lambda: x.index(1, "a"))
# sorting
import random
rnd = random.Random(5)
class K:
    n = 0
    def __init__(self, v): self.v = v
    def __lt__(self, o):
        K.n += 1
        return self.v < o.v
for size in (0, 1, 2, 3, 10, 63, 64, 65, 200, 1000):
    values = [rnd.randrange(size * 2 + 1) for _ in range(size)]
    s = sorted(values)
    assert all(s[i] <= s[i + 1] for i in range(size - 1)) and sorted(map(str, values)) == sorted(sorted(map(str, values), reverse=True))
    pairs = sorted([(v, i) for i, v in enumerate(values)], key=lambda p: p[0])
    assert all(p < q for p, q in zip(pairs, pairs[1:])), "stable"
    back = sorted([(v, i) for i, v in enumerate(values)], key=lambda p: p[0], reverse=True)
    assert all((p[0] > q[0]) or (p[0] == q[0] and p[1] < q[1]) for p, q in zip(back, back[1:]))
    K.n = 0
    sorted(map(K, range(size)))
    print(size, "already sorted:", K.n, end="; ")
    K.n = 0
    sorted(map(K, range(size, 0, -1)))
    print("backwards:", K.n, sum(s))
print(sorted([1, 2.5, True, 2 ** 80, -1]), sorted(["b", "a", "é", "日", "A"]), sorted([(1, "b"), (1, "a"), (0, "z")]), sorted([[2], [1, 5], []]), sorted([b"b", b"a"]), sorted([{1}, set()], key=len), sorted("hello", key=lambda c: (-ord(c))), sorted([None, None]) if False else "")
attempt(sorted, [1, "a"])
attempt(sorted, [None, None])
attempt(sorted, [1j, 2j])
attempt(sorted, 5)
attempt(sorted, [1], 5)
attempt(sorted, [1], key=5)
attempt(sorted, [3, 1], key=lambda: 0)
attempt(sorted, [3, 1], reverse="yes")
attempt(sorted)
attempt([1].sort, cmp=1)
from functools import cmp_to_key
print(sorted([3, 1, 2], key=cmp_to_key(lambda a, b: b - a)))
nan = float("nan")
print(sorted([3, 1, 2, 5, 4], key=lambda v: (v % 2, v)), len(sorted([nan, 1, nan, 0])))
class SubL(list):
    def __init__(self, *a): super().__init__(*a); self.extra = 1
    def __len__(self): return 42
s = SubL("ab")
print(s, len(s), s.extra, bool(SubL()), s == ["a", "b"], list(s), SubL([1]) + [2], type(SubL([1]) * 2).__name__, s.copy().__class__.__name__)
class Hint:
    def __iter__(self): return iter([1, 2])
    def __length_hint__(self): return 10 ** 9 if False else 2
print(list(Hint()))
class BadHint:
    def __iter__(self): return iter([1])
    def __length_hint__(self): return "x"
attempt(list, BadHint())
class NegHint:
    def __iter__(self): return iter([1])
    def __length_hint__(self): return -1
attempt(list, NegHint())
class Explodes:
    def __iter__(self):
        yield 1
        raise ValueError("in the middle")
l = [0]
attempt(l.extend, Explodes())
print(l)
attempt(lambda: l.__setitem__(slice(0, 1), Explodes()))
print(l)
attempt(lambda: [*Explodes()])
print([1, 2, 3].__class_getitem__(int), list[int], list.__doc__ is not None, [].__sizeof__() > 0, [1].__contains__(1), [1, 2].__reversed__().__class__.__name__, [].__eq__(1), [1].__lt__([2]), [1].__ne__([1]), [1, 2].__iadd__((3,)), [1].__imul__(2), [3].__rmul__(2))
print([1, [2, 3]] == [1, [2, 3]], [1, 2] < [1, 2, 0], [2] > [1, 9], [[1], [2]] < [[1], [3]], [] < [0], [nan] == [nan], [nan] < [nan], [1, "a"] == [1, "b"], [1, "a"] != [1, 5])
d = []
for i in range(100):
    d = [d]
depth = 0
while d:
    d, depth = d[0], depth + 1
print(depth)
del l[:], x[:]
print(l, x, [None] * 3, [0] * 5 == [0, 0, 0, 0, 0])
attempt(lambda: [0] * (2 ** 62))
attempt(lambda: [0, 1] * (2 ** 62))
attempt(lambda: "ab" * (2 ** 62))
attempt(lambda: [1] * 2 ** 70)
