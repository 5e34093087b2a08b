l = [3, 1, 2]
print(l, len(l), l[0], l[-1], l[1:], l[:-1], l[::-1], l[::2])
l.append(4)
l.insert(0, 0)
l.insert(100, 100)
l.insert(-1, -1)
print(l)
print(l.pop(), l.pop(0), l.pop(-2), l)
l.extend([7, 8])
l.extend("ab")
l += (9,)
print(l)
l.remove("a")
print(l, l.index(7), l.count(1))
l = [5, 3, 9, 1]
l.sort()
print(l)
l.sort(reverse=True)
print(l)
l.sort(key=lambda x: -x % 4)
print(l)
l.reverse()
print(l)
print(sorted([3, 1, 2]), sorted("bca", reverse=True), sorted([-3, 2, -1], key=abs))
c = l.copy()
c.clear()
print(c, l)
l[1:3] = ["x", "y", "z"]
print(l)
l[::2] = [0, 0, 0]
print(l)
l[1:1] = [7, 7]
print(l)
del l[0]
del l[1:3]
print(l)
l[:] = []
print(l)
l = [1, 2, 3, 4, 5, 6]
del l[::2]
print(l)
print([1, 2] + [3], [0] * 3, [[]] * 2, 2 * [1])
a = [1, 2, 3]
b = a
b.append(4)
print(a is b, a)
n = [[1, 2], [3, [4, 5]]]
print(n[1][1][0], n)
print(list(range(5)), list("abc"), list((1, 2)), list({1: 2}), list())
print([1, 2, 3] == [1, 2, 3], [1, 2] < [2], [1] != [1.0])
print(1 in [1, 2], 5 in [1, 2], sum([1, 2, 3]), min([3, 1]), max([3, 1]), any([0, 1]), all([1, 0]))
print(list(reversed([1, 2, 3])), list(enumerate("ab")), list(zip([1, 2], "ab")), list(map(str, [1, 2])), list(filter(None, [0, 1])))
m = []
m.append(m)
print(m)
for x in [1, 2, 3]:
    print(x, end=" ")
print()
print([*range(3), *[9, 8]], [*"ab"])
class Bad:
    def __lt__(self, other):
        raise ValueError("no order")
for f in (lambda: [][0], lambda: [1][5], lambda: [1][-2], lambda: [].pop(), lambda: [1].pop(3), lambda: [].remove(1),
          lambda: [].index(1), lambda: [1]["a"], lambda: [1] + (2,), lambda: [1, "a"].sort(), lambda: [Bad(), Bad()].sort(),
          lambda: [1].foo, lambda: [1] * 1.5, lambda: list(5), lambda: [1, 2].sort(1), lambda: {[1]: 2}, lambda: hash([])):
    try:
        f()
        print("no error")
    except Exception as e:
        print(type(e).__name__ + ":", e)
try:
    l[::2] = [1]
except ValueError as e:
    print(e)
try:
    l[5] = 1
except IndexError as e:
    print(e)
try:
    del l[5]
except IndexError as e:
    print(e)
try:
    l[0:1] = 5
except TypeError as e:
    print(e)
words = ["banana", "Apple", "cherry", "apple"]
print(sorted(words), sorted(words, key=str.lower), sorted(words, key=len))
pairs = [(1, "b"), (0, "c"), (1, "a"), (0, "d")]
pairs.sort(key=lambda p: p[0])
print(pairs)
big = list(range(100, 0, -1))
big.sort()
print(big[:5], big[-5:])
mixed = [1.5, 1, True, 2 ** 70, -0.5]
print(sorted(mixed))
it = iter([1, 2])
print(next(it), next(it), next(it, "end"))
grow = []
for i in range(1000):
    grow.append(i)
while len(grow) > 3:
    grow.pop()
print(grow)
grid = [[0] * 3 for _ in range(2)]
grid[0][1] = 5
print(grid)
