"""What hardly a program does without."""

import math, sys, time
from random import Random
from shared.names import Base, joined

assert joined("a", "b", *map(str, range(2))) and Base().place()

class Point:
    limit = 3
    def __init__(self, x, y=0):
        self.x, self.y = x, y
    def __repr__(self):
        return f"Point({self.x!r}, {self.y})"
    def __eq__(self, other):
        return isinstance(other, Point) and self.x == other.x
    def __hash__(self):
        return hash((self.x, self.y))
    def __lt__(self, other):
        return self.x < other.x
    @property
    def length(self):
        return math.sqrt(self.x ** 2 + self.y ** 2)
    @staticmethod
    def origin():
        return Point(0)
    @classmethod
    def both(cls, *args, **named):
        return cls(*args, **named)

class Near(Point):
    def __init__(self, *args):
        super().__init__(*args)
        self.seen = {}

def numbers(n):
    for i in range(n):
        yield i * i

def total(*items, start=0, **more):
    for item in items:
        start += item
    return start + sum(more.values())

def fails(text):
    try:
        return int(text)
    except ValueError as e:
        return str(e)
    finally:
        pass

points = [Point(x, y=x % 3) for x in Random(1).sample(range(50), 20)]
points.sort(key=lambda p: (p.y, -p.x))
words = "the quick brown fox, the lazy dog".replace(",", "").split()
counts = {}
for word in words:
    counts[word] = counts.get(word, 0) + 1
for i, (word, count) in enumerate(sorted(counts.items(), reverse=True)):
    line = "%-8s %3d" % (word, count) + f"{i:>4}{count / 3:8.2f}"
    assert line.strip().upper().lower().startswith(word), line
letters = {c for w in words for c in w if c in "aeiou"} | set("xyz")
grid = [[0] * 4 for _ in range(4)]
grid[1][2] += 1
first, *rest = numbers(5)
low, high = min(rest), max(rest)
text = ", ".join(map(str, zip(rest, reversed(rest), strict=True)))
data = bytes(range(10)) + text.encode()
found = data.find(b"1"), data[2:5], text[::-1], text.index("4"), ord("a"), chr(98)
numbers_of = [abs(-3), round(2.567, 1), divmod(17, 5), 2 ** 100 // 7, 1e300 * 10, 7 % 3, 5 >> 1, ~6 & 12, 3.5 // 2]
result = total(1, 2, start=3, more=4), fails("x"), fails("12"), all(rest), any(grid[0])
stack = list(range(10)); stack.append(stack.pop(0)); stack.extend(stack[:2]); del stack[3]; stack.insert(1, 5)
near = Near(3, 4)
setattr(near, "z", getattr(near, "length", None))
assert near.length == 5 and hasattr(near, "seen") and callable(Point.both) and Point.origin() in {Point(0)}
while low < high:
    low += 1
    if low == 3:
        continue
    elif low > 7:
        break
def count():
    nonlocal_value = 0
    def inner():
        nonlocal nonlocal_value
        nonlocal_value += 1
        return nonlocal_value
    return inner
counter = count(); counter(); counter()
try:
    {}["missing"]
except (KeyError, IndexError):
    pass
try:
    raise RuntimeError("no") from None
except Exception as error:
    assert repr(error) and error.args
match [1, 2, {"a": 3}]:
    case [int(a), b, {"a": c}] if a < b:
        pass
with open("/proc/self/stat") as file:
    lines = file.read().splitlines()
started = time.perf_counter()
sys.stdout.write(f"{type(points).__name__} {len(letters)}\n")
print(text, *found, numbers_of, result, repr(points), counts, letters, sep=";", end="\n", flush=True)
print(time.perf_counter() - started > 0, sys.version_info[:2], sys.argv, file=sys.stderr)
