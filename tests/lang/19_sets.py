s = {3, 1, 2}
print(sorted(s), len(s), 1 in s, 5 in s, set(), {1}, frozenset([1]), frozenset())
s.add(4)
s.add(4)
s.discard(99)
s.remove(1)
print(sorted(s), s.pop() in {2, 3, 4}, len(s))
a, b = {1, 2, 3}, {2, 3, 4}
print(a | b, a & b, a - b, a ^ b)
print(a.union(b, [9]), a.intersection(b, [2]), a.difference([1]), a.symmetric_difference([1, 7]))
print(a < b, {1} < a, a <= a, a > {1, 2}, a >= a, a == {3, 2, 1}, a != b, a.issubset([1, 2, 3, 4]), a.issuperset([1]), a.isdisjoint([9]))
c = a.copy()
c.update([10], (11,))
print(sorted(c), c is a)
c |= {12}
c &= {1, 2, 12}
print(sorted(c))
c -= {1}
c ^= {2, 5}
print(sorted(c))
c.intersection_update([5])
c.difference_update([6])
c.symmetric_difference_update([7])
print(sorted(c))
c.clear()
print(c)
f = frozenset([1, 2])
print(f | {3}, {3} | f == {1, 2, 3}, type(f | {3}).__name__, type({3} | f).__name__, hash(f) == hash(frozenset([2, 1])), {f: 1}[frozenset([2, 1])], f.copy() is f)
print(f == {1, 2}, {1, 2} == f, {f} == {frozenset([1, 2])}, {1, 2} in {f})
print({1, 1.0, True}, {0, False, 0.0}, len({float("nan"), float("nan")}))
print(sorted(set("hello")), set([]) == set(), sorted({x % 3 for x in range(10)}), bool(set()), bool({0}))
print(sorted({*[1, 2], *(2, 3)}), sorted(set({1: 2, 3: 4})), max({1, 5, 3}), sum({1, 2}))
for g in (lambda: {[]}, lambda: {1}.remove(2), lambda: set().pop(), lambda: {1} + {2}, lambda: {1} | [2], lambda: {1} < [1], lambda: hash(set()), lambda: set(5), lambda: set(1, 2),
          lambda: frozenset([1]).add(2), lambda: {1}.foo, lambda: {1}[0], lambda: {1}.union(5), lambda: {{}}, lambda: set([[]]), lambda: {1}.remove([]), lambda: [] in {1}, lambda: {1}.add(), lambda: {1} - [1], lambda: set(a=1)):
    try:
        g()
        print("no error")
    except Exception as e:
        print(type(e).__name__ + ":", e)
it = {1, 2, 3}
try:
    for v in it:
        it.add(v + 10)
except RuntimeError as e:
    print(e)
big = set(range(1000))
for i in range(0, 1000, 2):
    big.discard(i)
print(len(big), 501 in big, 500 in big, sum(big))
class Same:
    def __init__(self, n): self.n = n
    def __hash__(self): return 7
    def __eq__(self, o): return self.n == o.n
print(len({Same(1), Same(2), Same(1)}), Same(2) in {Same(1), Same(2)})
class Sub(set):
    pass
print(type(Sub([1]) | {2}).__name__, Sub([1]), type(Sub([1]).copy()).__name__, repr(Sub()), Sub([1]) == {1})
class FSub(frozenset):
    pass
print(FSub([1]), type(FSub([1]) & {1}).__name__)
d1, d2 = {"a": 1, "b": 2}, {"b": 3, "c": 4}
print(sorted(d1.keys() & d2.keys()), sorted(d1.keys() | d2), sorted(d1.keys() - d2), sorted(d1.keys() ^ d2), d1.keys() <= {"a", "b"}, d1.items() & {("a", 1)}, d1.keys().isdisjoint(d2))
print(sorted({(1, 2), (1,), ()}), {None}, {"x"} == {"x"}, sorted([{1}, {1, 2}], key=len))
r = {1}
try:
    r |= [1]
except TypeError as e:
    print(e)
s1 = {1, 2, 3}
s1 -= s1
print(s1)
s2 = {1}
s2 ^= s2
print(s2, {1}.union(), {1}.intersection(), {1}.difference())
print(set.union({1}, {2}), sorted(set(range(5)).difference(range(2), {4})), set("ab").issubset("abc"))
words = "the cat the dog the end".split()
seen, dup = set(), set()
for w in words:
    (dup if w in seen else seen).add(w)
print(sorted(seen), sorted(dup))
