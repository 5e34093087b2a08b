print(range(5), list(range(5)), list(range(2, 5)), list(range(0, 10, 3)), list(range(5, 0, -2)), list(range(0)))
r = range(10, 30, 5)
print(len(r), r[0], r[-1], r[1:3], r[::-1], 15 in r, 16 in r, r.index(20), r.count(10))
print(r.start, r.stop, r.step, range(3) == range(0, 3, 1), range(0) == range(2, 2), hash(range(3)) == hash(range(0, 3)))
print(bool(range(0)), bool(range(1)), range(2 ** 70, 2 ** 70 + 3)[1], len(range(2 ** 40)), list(range(2 ** 63, 2 ** 63 + 2)))
print(list(reversed(range(3))), sum(range(101)), max(range(5)), 3.0 in range(5), "x" in range(5), range(True, 3))
for i in range(3):
    i = i * 10
    print(i)
it = iter(range(2))
print(next(it), next(it))
try:
    next(it)
except StopIteration as e:
    print("StopIteration", e.args)
print(list(enumerate("abc", 1)), list(enumerate([])))
print(list(zip("ab", range(10))), list(zip()), list(zip("abc")), list(zip("ab", "cd", "ef")))
try:
    list(zip("ab", "c", strict=True))
except ValueError as e:
    print(e)
try:
    list(zip("a", "bc", strict=True))
except ValueError as e:
    print(e)
print(list(map(lambda x, y: x + y, [1, 2], [3, 4, 5])), list(filter(lambda x: x > 1, [1, 2, 3])))
print(list(reversed("abc")), list(reversed((1, 2))), sorted(range(3), reverse=True))
print(all([]), any([]), sum([], 5), sum([[1], [2]], []), min(5, 3), max([1], [2]), min("b", "a", key=ord), max([], default="none"))
class Count:
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        return self
    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n
print(list(Count(3)), [*Count(2)], tuple(Count(2)), sum(Count(4)), 2 in Count(5), dict(zip(Count(2), "ab")))
for x in Count(2):
    print(x)
a, b, c = Count(3)
print(a, b, c)
class Old:
    def __getitem__(self, i):
        if i > 2:
            raise IndexError
        return i * 2
print(list(Old()), 4 in Old(), 5 in Old(), list(reversed([*Old()])))
values = iter([1, 2, 3, 0, 4])
print(list(iter(lambda: next(values), 0)), next(values), next(values, "default"))
i1 = iter([1, 2, 3])
print(iter(i1) is i1, next(i1), list(i1), list(i1))
for f in (lambda: range(1, 2, 0), lambda: range("a"), lambda: range(1.5), lambda: range(), lambda: range(1, 2, 3, 4), lambda: range(3)[5],
          lambda: iter(5), lambda: next([]), lambda: next(iter([])), lambda: list(None), lambda: max([]), lambda: max(1), lambda: sum("ab"),
          lambda: sum(["a"]), lambda: [*5], lambda: (lambda *a: 0)(*5), lambda: range(3).index(7), lambda: reversed(5), lambda: enumerate(), lambda: zip(5)):
    try:
        f()
        print("no error")
    except BaseException as e:
        print(type(e).__name__ + ":", e)
def f():
    r = range(3)
    try:
        r[0] = 1
    except TypeError as e:
        print(e)
    try:
        r.start = 1
    except AttributeError as e:
        print(e)
f()
for i in range(3):
    for j in range(i):
        print(i, j)
for i in reversed(range(0, 7, 3)):
    print(i)
class BadNext:
    def __iter__(self):
        return 5
class NoIter:
    __iter__ = None
for C in BadNext, NoIter:
    try:
        iter(C())
    except TypeError as e:
        print(e)
