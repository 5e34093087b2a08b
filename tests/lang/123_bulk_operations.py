# Native operations over many items: what must not change for being done at once.
import itertools
import math
import operator
import functools
import collections


class Loud:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        print("eq", self.n, other.n if isinstance(other, Loud) else other)
        return self.n == (other.n if isinstance(other, Loud) else other)

    def __lt__(self, other):
        return self.n < other.n

    def __hash__(self):
        return 7

    def __repr__(self):
        return f"Loud({self.n})"


class MyInt(int):
    def __eq__(self, other):
        print("MyInt eq", other)
        return False

    __hash__ = int.__hash__


def show(name, f):
    try:
        print(name, f())
    except Exception as e:
        print(name, type(e).__name__, e)


# Iterators hand on the very items.
big = [10**6 + i for i in range(5)] + [1.5, "x", None]
for make in (
    lambda: list(iter(big)),
    lambda: list(reversed(big)),
    lambda: tuple(itertools.chain(big, big)),
    lambda: list(itertools.islice(big, 1, 7, 2)),
    lambda: [x for pair in zip(big, big) for x in pair],
    lambda: [x for pair in list(itertools.zip_longest(big, big[:2], fillvalue=big[0])) for x in pair],
    lambda: list(itertools.takewhile(lambda x: x is not None, big)),
    lambda: list(filter(None, big)),
    lambda: list(itertools.tee(big)[1]),
    lambda: list(itertools.islice(itertools.cycle(big), 20)),
    lambda: [x for t in itertools.batched(big, 3) for x in t],
    lambda: [x for t in itertools.pairwise(big) for x in t],
    lambda: [x for t in itertools.combinations(big, 2) for x in t],
    lambda: [x for t in itertools.permutations(big[:3]) for x in t],
    lambda: [x for t in itertools.product(big[:2], repeat=3) for x in t],
    lambda: list(itertools.compress(big, [1, 0] * 4)),
    lambda: [x for i, x in enumerate(big)],
):
    result = make()
    print(len(result), all(any(x is y for y in big) for x in result))


# A list that changes while it is walked.
def changing():
    items = list(range(5))
    out = []
    for x in itertools.chain(items, items):
        out.append(x)
        if len(items) < 8:
            items.append(x + 100)
    return out


show("changing", changing)


def shrinking():
    items = list(range(9))
    walk = reversed(items)
    return [next(walk), next(walk), items.clear(), list(walk)]


show("shrinking", shrinking)


def stops():
    def f(x):
        if x == 3:
            raise StopIteration
        return x

    return list(map(f, range(6))), sum(map(f, range(6))), set(map(f, range(6)))


show("stops", stops)


class Chain(itertools.chain):
    def __next__(self):
        return super().__next__() * 2


show("subclass", lambda: (list(Chain([1, 2], [3])), sum(Chain([1, 2], [3]))))

# Searching.
items = [1, 2.0, True, "a", None, MyInt(5), Loud(4), 2**70, float("nan"), b"a", 5]
for wanted in (1, 2, 1.0, "a", "b", None, 5, 5.0, 2**70, 4, b"a", True):
    show(f"in {wanted!r}", lambda: (wanted in items, wanted in tuple(items)))
    show(f"count {wanted!r}", lambda: (items.count(wanted), tuple(items).count(wanted)))
    show(f"index {wanted!r}", lambda: items.index(wanted))
nan = float("nan")
print(nan in [nan], [nan].count(nan), [nan].index(nan), [nan] == [nan], (nan,) == (nan,))
show("index range", lambda: [1, 2, 1, 2].index(1, 1, 4))
show("index none", lambda: [1, 2, 1, 2].index(1, 3))


class Clears:
    def __init__(self, items):
        self.items = items

    def __eq__(self, other):
        self.items.clear()
        return False


def cleared():
    items = [1]
    items += [Clears(items), 3, 4]
    return items.count(3), items


show("cleared", cleared)


def cleared_compare():
    items = [1, 2]
    items.append(Clears(items))
    return items == [1, 2, 3], items


show("cleared compare", cleared_compare)
print([1, 2, 3] < [1, 2.5], [1, "a"] == [1, "a"], [1, 2] < [1, 2, 0], [True, 2] == [1, 2.0])
show("list order", lambda: [1, "a"] < [1, 2])

# Sorting.
for values in (
    [3, 1, True, False, 2],
    [2.5, -0.0, 0.0, -1.0, 1e300, float("inf"), -float("inf")],
    ["b", "a", "", "ab", "a\0", "a\0b", "é", "abcdefgh", "abcdefghi", "abcdefgh\0"],
    ["\u4e2d", "a", "\U0001f600", "\uffff", "\u4e2d\u4e2d", "\u4e2da", ""],
    [(2, "b"), (1, "z"), (2, "a"), (1, "z")],
    [(1.5, 2), (1.5, 1), (-2.0, 9), (0.0, 1), (-0.0, 0)],
    [("k", 1.0, 3), ("k", 1.0, 2), ("j", 5.0, 0)],
    [(1, 2, 3), (1, 2), (1,), ()],
    [(1, None), (0, None)],
    [[3, 1], [2], [2, 0], []],
    [2**70, 1, -(2**70), 2**40],
    [1, 1.5, True, 0.5],
    [b"b", b"a", b""],
    [{2}, {1, 2}, {1}],
):
    print(sorted(values), sorted(values, reverse=True))
show("mixed", lambda: sorted([1, "a"]))
show("mixed tuples", lambda: sorted([(1, 2), (1, "a")]))
show("none", lambda: sorted([None, None]))
pairs = [(i * 7 % 5, i) for i in range(40)]
print(sorted(pairs, key=lambda p: p[0]))
print(sorted(pairs, key=lambda p: p[0], reverse=True))
print(sorted(pairs, key=lambda p: str(p[0]), reverse=True))
print(sorted(pairs, key=lambda p: (p[0], -p[1] % 3)))
print(sorted([Loud(3), Loud(1), Loud(2)]))
print(sorted([nan, 1.0, nan, 0.5]) != sorted([0.5, 1.0]))
many = [(i * 7919) % 1000 for i in range(1000)]
print(sorted(many) == list(range(1000)), sorted(many, reverse=True) == list(range(999, -1, -1)))
print(sorted(map(str, many)) == sorted((str(i) for i in range(1000)), key=lambda s: s.encode()))


def during():
    items = [3, 1, 2]
    items.sort(key=lambda x: items.append(x) or x)


show("during", during)

# Sets.
a, b = set(range(20)), set(range(10, 30))
print(sorted(a | b), sorted(a & b), sorted(a - b), sorted(a ^ b), a <= b, a | a == a, a.union(a) == a)
print(a.isdisjoint(range(30, 40)), a.isdisjoint({5}), {1, 2} <= a, a >= {3}, a.issubset(range(50)))
show("loud and", lambda: {Loud(1), 2} & {Loud(1), Loud(2)})
show("loud minus", lambda: {Loud(1)} - {Loud(2), Loud(1)})
show("loud subset", lambda: {Loud(1)} <= {Loud(2), Loud(1)})


class Eats:
    def __init__(self, owner, n):
        self.owner, self.n = owner, n

    def __hash__(self):
        return 3

    def __eq__(self, other):
        for owner in self.owner:
            owner.clear()
        return False


def eaten():
    owner = []
    left, right = {Eats(owner, 1), 1, 2, 3}, {Eats(owner, 2), 5, 6, 7}
    owner += [left, right]
    made = left & right
    return len(made), len(left), len(right)


show("eaten", eaten)

# Codecs.
texts = ["", "a" * 200, "é" * 70 + "a", "a\u4e2d" * 50, "\U0001f600" * 40, "x" * 63 + "\U0001f600", "x" * 64 + "\ud800" + "y" * 70, "\u4e2d" * 64 + "\udc00", "0é1éé2" * 30]
for text in texts:
    for codec in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "latin-1", "ascii"):
        for errors in ("strict", "replace", "surrogatepass", "ignore"):
            try:
                data = text.encode(codec, errors)
            except UnicodeEncodeError as e:
                print(codec, errors, e.start, e.end, e.reason)
                continue
            back = data.decode(codec, "surrogatepass" if errors == "surrogatepass" else "strict")
            if back != text:
                print(codec, errors, len(data), len(back), back[-3:].encode("unicode_escape"))
for data in (b"a\0" * 70 + b"\0\xd8", b"a\0" * 70 + b"\0\xd8a\0", b"\0\xdc" + b"a\0" * 80, b"a\0" * 70 + b"b", b"a\0\0\0" * 70 + b"\0\0\x11\0" + b"c\0\0\0", b"a\0\0\0b"):
    for codec in ("utf-16-le", "utf-32-le"):
        show(codec, lambda: data.decode(codec, "replace"))
        show(codec, lambda: data.decode(codec))
for data in (b"abcdefgh" * 9 + b"\xff", b"abc\xc3\xa9" * 9 + b"\xc3", b"abcdefg\xe4\xb8\xad" * 5, b"\xf0\x9f\x98\x80" * 3 + b"abcdefghi"):
    show("utf-8", lambda: data.decode("utf-8", "replace"))

# Parts and letters.
for text in ("0123456789" * 10, "é0123456789" * 9, "\u4e2d12" * 30, "\U0001f600ab" * 30):
    for step in (-1, 2, -2, 7, -33, 1000, -1000):
        print(text[::step] == "".join(text[i] for i in range(len(text))[::step]), end=" ")
    print(text[50:-50:-1] == "", text[5:2:-1], text[:0:-30])
    data = text.encode()
    print(all(data[::s] == bytes(data[i] for i in range(len(data))[::s]) for s in (-1, 2, -2, 7, -33, 1000)))
mixed = bytes(range(256)) * 2
print(mixed.upper() == bytes(b - 32 if 97 <= b <= 122 else b for b in mixed), mixed.lower() == bytes(b + 32 if 65 <= b <= 90 else b for b in mixed))
line = "".join(map(chr, range(128))) * 2
print(line.upper().encode() == line.encode().upper(), line.lower().encode() == line.encode().lower())
print(line.replace("a", "b").count("b"), mixed.replace(b"\xff", b"\0").count(b"\0"))
print(("\u4e2d" * 40 + "abc" * 40)[38:44], ("\U0001f600" + "\u4e2d" * 40)[:3].encode("unicode_escape"))

# Numbers.
print(math.gcd(), math.gcd(12, 18, 27), math.gcd(0, 0, 5), math.gcd(2**70, 2**65, 6), math.lcm(), math.lcm(4, 6, 10), math.lcm(0, 5), math.lcm(2**60, 3**30, 7), math.lcm(-4, 6), math.gcd(-4, 6))
show("gcd", lambda: math.gcd(1, "a"))
show("lcm", lambda: math.lcm(0, "a"))
print(sum([True, True, 2]), sum([True, 1.5]), sum([1.5, True]), type(sum([True])), max([True, 2, 1.5]), min([2, 1.5, True]))
print([f(a, b) for f in (operator.add, operator.sub, operator.mul, operator.floordiv, operator.mod, operator.truediv, operator.and_, operator.or_, operator.xor) for a in (7, -7) for b in (2, -2)])
show("floordiv", lambda: operator.floordiv(1, 0))
show("mod", lambda: operator.mod(1, 0))
show("truediv", lambda: operator.truediv(1.0, 0))
print(operator.mul(2**40, 2**40), operator.add(2**49 - 1, 1), operator.sub(-(2**49), 1), operator.neg(-(2**49)), operator.truediv(2**49, 3), operator.mul(2**30, 2**33))
print([f(x) for f in (operator.neg, operator.pos, abs) for x in (3, -3, 2.5, -0.0, True)], operator.invert(5))
print(functools.reduce(operator.add, range(10)), list(itertools.accumulate([1, 2.5, True])), math.prod([2, 0.5, 3]))
print(list(itertools.starmap(pow, [(2, 3), [3, 2]])), collections.deque(reversed([1, 2])))
