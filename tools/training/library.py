"""What programs ask of the standard library: the work a release build's profile is recorded from.

    library.py [SECONDS]    runs each kind of work for about so much processor time
"""

import argparse
import ast
import asyncio
import base64
import bisect
import collections
import contextlib
import copy
import csv
import dataclasses
import datetime
import decimal
import difflib
import email.message
import email.parser
import enum
import fractions
import functools
import glob
import hashlib
import heapq
import html.parser
import inspect
import io
import itertools
import json
import logging
import operator
import os
import pathlib
import pickle
import pprint
import random
import re
import shlex
import sqlite3
import statistics
import string
import struct
import sys
import tempfile
import textwrap
import time
import tokenize
import traceback
import typing
import unittest
import urllib.parse
import weakref
import xml.etree.ElementTree
import zlib

SOURCES = [pathlib.__file__, argparse.__file__, textwrap.__file__, heapq.__file__, string.__file__]


def text_of(path):
    try:
        return "".join(inspect.linecache.getlines(path)) or pathlib.Path(path).read_text()
    except OSError:
        return "def f(a, b=1, *rest, c=2, **more):\n    return [x + a for x in rest if x] or b\n" * 200


TEXTS = [text_of(path) for path in SOURCES]
WORDS = re.findall(r"\w+", TEXTS[0])[:4000]


def compiling():
    for text in TEXTS[:2]:
        tree = ast.parse(text)
        names = collections.Counter(type(node).__name__ for node in ast.walk(tree))
        compile(tree, "<text>", "exec")
        compile(text, "<text>", "exec")
    ast.unparse(ast.parse(TEXTS[3]))
    return names


def tokenizing():
    return sum(1 for _ in tokenize.generate_tokens(io.StringIO(TEXTS[4]).readline))


def expressions():
    patterns = [r"(\w+)\s*=\s*(['\"]).*?\2", r"^\s*def\s+(?P<name>\w+)\((.*?)\)", r"[A-Z][a-z]+(?:[A-Z][a-z]+)+",
                r"(?:(?<=\s)|^)#.*$", r"\b(?:if|else|for|while|return)\b", r"https?://[^\s/]+(/[^\s?]*)?(\?\S*)?"]
    count = 0
    for pattern in patterns:
        compiled = re._compiler.compile(pattern, re.M)
        for text in TEXTS[:3]:
            count += len(compiled.findall(text))
            count += sum(1 for m in compiled.finditer(text) if m.group(0))
    return count, re.sub(r"\s+", lambda m: " ", TEXTS[2]), re.split(r"[,.]\s", TEXTS[2])


def records(count=200):
    return [{"id": i, "name": f"name {i}", "tags": ["a", "b", str(i)], "price": i * 1.25, "ok": i % 3 == 0,
             "nested": {"x": [i, i + 1, None], "y": {"text": "é" * (i % 5)}}} for i in range(count)]


def json_and_copies():
    data = records()
    text = json.dumps(data, indent=None)
    json.dumps(data, sort_keys=True, indent=2, default=str)
    loaded = json.loads(text)
    assert loaded == data
    copy.deepcopy(data)
    return pprint.pformat(data[:40])


class Colour(enum.Enum):
    RED = 1
    GREEN = 2
    BLUE = 3


@dataclasses.dataclass(order=True)
class Point:
    x: int
    y: int = 0
    label: str = ""
    tags: list = dataclasses.field(default_factory=list)

    @property
    def length(self):
        return (self.x * self.x + self.y * self.y) ** 0.5


def pickling():
    things = [Point(i, i + 1, str(i)) for i in range(100)] + [Colour.RED, datetime.datetime(2025, 1, 2), decimal.Decimal("1.5")]
    for protocol in (2, 5):
        pickle.loads(pickle.dumps(things, protocol))
    out = io.BytesIO()
    pickle._Pickler(out, 4).dump(records(20))
    pickle._loads(out.getvalue())
    return copy.deepcopy(things), dataclasses.asdict(things[0]), dataclasses.replace(things[1], x=5)


def collecting():
    counts = collections.Counter(WORDS)
    groups = collections.defaultdict(list)
    for index, word in enumerate(WORDS):
        groups[word[:2].lower()].append(index)
    queue = collections.deque(maxlen=50)
    for word in WORDS:
        queue.append(word)
        if len(queue) > 40:
            queue.popleft()
    heap = []
    for index, word in enumerate(WORDS[:1000]):
        heapq.heappush(heap, (len(word), -index, word))
    ordered = [heapq.heappop(heap) for _ in range(len(heap))]
    sorted_words = sorted(set(WORDS), key=lambda w: (-counts[w], w))
    spots = [bisect.bisect(sorted_words, w) for w in WORDS[:300]] if sorted_words else []
    pairs = list(zip(WORDS, WORDS[1:], strict=False))
    chained = {k: len(list(v)) for k, v in itertools.groupby(sorted(WORDS, key=len), key=len)}
    total = functools.reduce(operator.add, map(len, WORDS))
    Named = collections.namedtuple("Named", "a b c")
    rows = [Named(i, str(i), None)._replace(c=i) for i in range(100)]
    return counts.most_common(5), ordered[:3], spots, pairs[:2], chained, total, rows, any(w == "zz" for w in WORDS)


def texts():
    out = []
    for word in WORDS[:1500]:
        out.append(f"{word:>12}|{word!r:.<20}|{len(word):05d}|{len(word) / 7:.3f}")
        out.append("%-10s %5d %s" % (word.upper(), len(word), word.title()))
        out.append("{0} {name}".format(word.strip("_"), name=word.replace("a", "b")))
    joined = "\n".join(out)
    parts = [line.partition("|")[2].split("|") for line in joined.splitlines()]
    textwrap.fill(TEXTS[0][:3000], 60)
    textwrap.dedent(TEXTS[0][:3000])
    string.Template("$a and ${b}").substitute(a=1, b=2)
    shlex.split("a 'b c' --d=\"e f\" g\\ h")
    list(difflib.unified_diff(TEXTS[2].splitlines()[:80], TEXTS[2].splitlines()[5:90], lineterm=""))
    return len(parts), joined.encode().decode(), joined.translate({97: "A"}), joined.startswith("x"), "a" in joined


def logs():
    stream = io.StringIO()
    logger = logging.Logger("training")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger.addHandler(handler)
    for i in range(150):
        logger.info("message %d of %s", i, "training")
        logger.debug("not %s", "seen") if i % 2 else logger.warning("plain")
        with contextlib.suppress(ValueError):
            raise ValueError(i)
    try:
        {}["missing"]
    except KeyError:
        logger.exception("failed")
    return stream.getvalue()


def arguments():
    parser = argparse.ArgumentParser(prog="training", description="x")
    parser.add_argument("files", nargs="*")
    for name in ("alpha", "beta", "gamma", "delta"):
        parser.add_argument(f"--{name}", f"-{name[0]}", type=int, default=3, help=f"the {name}")
    sub = parser.add_mutually_exclusive_group()
    sub.add_argument("--yes", action="store_true")
    sub.add_argument("--no", action="store_false")
    return parser.parse_args("a b --alpha 3 -b4 --gamma=5 --yes".split()), parser.format_help()


def numbers():
    generator = random.Random(4)
    values = [generator.gauss(10, 3) for _ in range(500)]
    decimals = [decimal.Decimal(str(round(v, 2))) for v in values]
    total = sum(decimals, decimal.Decimal()).quantize(decimal.Decimal("0.01"))
    ratios = sum((fractions.Fraction(i, i + 1) for i in range(1, 40)), fractions.Fraction())
    big = pow(3, 2000) // 7 ** 300 % 10 ** 50
    packed = struct.pack("<100I", *range(100))
    sums = [sum(row) for row in zip(*[iter(values)] * 5)]
    matrix = [[i * j % 7 for j in range(20)] for i in range(20)]
    product = [[sum(a * b for a, b in zip(row, column)) for column in zip(*matrix)] for row in matrix]
    generator.shuffle(values)
    sieve = [True] * 3000
    for i in range(2, 55):
        if sieve[i]:
            sieve[i * i::i] = [False] * len(range(i * i, 3000, i))
    return total, ratios, big, struct.unpack("<100I", packed), sums, product, statistics.stdev(values), str(big), sieve


class Node:
    __slots__ = ("left", "right", "key", "__weakref__")

    def __init__(self, key):
        self.key, self.left, self.right = key, None, None

    def insert(self, key):
        node = self
        while True:
            side = "left" if key < node.key else "right"
            child = getattr(node, side)
            if child is None:
                setattr(node, side, Node(key))
                return
            node = child

    def __iter__(self):
        if self.left is not None:
            yield from self.left
        yield self.key
        if self.right is not None:
            yield from self.right


class Shape:
    sides = 0
    made = 0

    def __init__(self, size=1.0, *, name=None, **more):
        self.size = size
        self.name = name or type(self).__name__
        self.more = more
        Shape.made += 1

    def area(self):
        return 0.0

    def __eq__(self, other):
        return isinstance(other, Shape) and self.area() == other.area()

    def __hash__(self):
        return hash(self.name)

    def __lt__(self, other):
        return self.area() < other.area()

    def __repr__(self):
        return f"<{self.name} {self.size}>"


class Square(Shape):
    sides = 4

    def __init__(self, size, **rest):
        super().__init__(size, **rest)

    def area(self):
        return self.size ** 2


class Circle(Shape):
    def area(self):
        return 3.14159 * self.size * self.size

    @classmethod
    def unit(cls):
        return cls(1)

    @staticmethod
    def helper(a, b=2):
        return a + b

    def __getattr__(self, name):
        if name.startswith("x_"):
            return name[2:]
        raise AttributeError(name)

    def __call__(self, factor):
        return self.size * factor


def objects():
    generator = random.Random(1)
    root = Node(500)
    for _ in range(300):
        root.insert(generator.randrange(1000))
    keys = list(root)
    shapes = [Square(i % 9, colour="red") if i % 2 else Circle(i % 7, name=f"c{i % 3}") for i in range(400)]
    shapes.sort()
    unique = set(shapes)
    total = 0.0
    for shape in shapes:
        total += shape.area()
        if type(shape) is Circle:
            total += shape(2) + Circle.helper(1) + len(shape.x_name)
        elif getattr(shape, "missing", None) is None and hasattr(shape, "size"):
            total += shape.sides
    refs = [weakref.ref(s) for s in shapes[:50]]
    sinks = weakref.WeakValueDictionary((i, s) for i, s in enumerate(shapes[:50]))
    return keys, len(unique), total, repr(shapes[:5]), len(refs), len(sinks), Circle.unit().area()


def closures_and_generators():
    @functools.lru_cache(maxsize=None)
    def fib(n):
        return n if n < 2 else fib(n - 1) + fib(n - 2)

    def numbers(n):
        for i in range(n):
            try:
                got = yield i
            finally:
                got = None

    def decorated(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            return function(*args, **kwargs)
        return inner

    @decorated
    def add(a, b=1, *, c=2):
        return a + b + c

    @contextlib.contextmanager
    def manager(value):
        yield value

    total = fib(60)
    for i in numbers(400):
        total += add(i) + add(i, 2, c=3)
    for i in range(100):
        with manager(i) as value:
            total += value
        try:
            if i % 3 == 0:
                raise KeyError(i)
            total += int("x" if i % 5 == 0 else "7")
        except KeyError as error:
            total += error.args[0]
        except (ValueError, TypeError):
            total -= 1
    squares = {i: i * i for i in range(200) if i % 2}
    return total, sum(x * y for x in range(20) for y in range(20) if x < y), squares, {w for w in WORDS}, list(map(add, range(50)))


def tasks():
    async def worker(queue, results):
        while (item := await queue.get()) is not None:
            await asyncio.sleep(0)
            results.append(item * 2)

    async def numbers():
        for i in range(100):
            yield i

    async def main():
        queue, results = asyncio.Queue(), []
        async with asyncio.TaskGroup() as group:
            for _ in range(5):
                group.create_task(worker(queue, results))
            async for i in numbers():
                await queue.put(i)
            for _ in range(5):
                await queue.put(None)
        lock = asyncio.Lock()
        async with lock:
            await asyncio.gather(*(asyncio.sleep(0, i) for i in range(50)))
        return len(results), await asyncio.wait_for(asyncio.sleep(0, 1), 5)

    return asyncio.run(main())


def files():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for i in range(15):
            path = root / f"d{i % 3}" / f"file{i}.txt"
            path.parent.mkdir(exist_ok=True)
            path.write_text(TEXTS[2][:2000])
        found = sorted(root.rglob("*.txt"))
        lines = sum(1 for path in found for line in path.open())
        sizes = [path.stat().st_size for path in found if path.suffix == ".txt" and path.is_file()]
        os.path.join(folder, "a", "..", "b")
        with open(root / "t.csv", "w", newline="") as out:
            csv.writer(out).writerows([[i, f"n{i}", i / 3] for i in range(100)])
        with open(root / "t.csv", newline="") as source:
            rows = list(csv.DictReader(source, ["a", "b", "c"]))
        return lines, sizes, len(rows), glob.glob(folder + "/*")


def databases():
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.execute("create table t (id integer primary key, name text, price real)")
        db.executemany("insert into t (name, price) values (?, ?)", [(f"n{i}", i / 2) for i in range(200)])
        return db.execute("select name, price from t where price > ? order by name", (20,)).fetchall()


class Links(html.parser.HTMLParser):
    def handle_starttag(self, tag, attrs):
        self.__dict__.setdefault("seen", []).append((tag, dict(attrs)))


def documents():
    root = xml.etree.ElementTree.Element("root")
    for i in range(150):
        child = xml.etree.ElementTree.SubElement(root, "item", id=str(i), kind="k")
        child.text = f"text {i}"
        xml.etree.ElementTree.SubElement(child, "sub").text = "x"
    text = xml.etree.ElementTree.tostring(root)
    again = xml.etree.ElementTree.fromstring(text)
    kept = [e.get("id") for e in again.iter("item") if e.find("sub") is not None], again.findall(".//sub")
    links = Links()
    links.feed("<html><body>" + "<p class='a'>x<a href=\"/b?c=1&amp;d\">y</a></p>" * 40)
    message = email.message.EmailMessage()
    message["Subject"], message["To"] = "subject é", "a@example.org"
    message.set_content("body\n" * 5)
    email.parser.BytesParser().parsebytes(bytes(message))
    url = urllib.parse.urlsplit("https://user@example.org:80/a/b?c=1&d=%20x#f")
    return kept, links.seen, urllib.parse.parse_qs(url.query), urllib.parse.urlencode({"a": "b c", "d": 1}), urllib.parse.quote("é/ ")


def dates_and_bytes():
    start = datetime.datetime(2024, 2, 28, 12, tzinfo=datetime.timezone.utc)
    days = [(start + datetime.timedelta(days=i, hours=i)).isoformat() for i in range(100)]
    parsed = [datetime.datetime.fromisoformat(d).strftime("%Y-%m-%d %H:%M") for d in days]
    data = TEXTS[0].encode()
    packed = zlib.decompress(zlib.compress(data))
    return parsed[-1], hashlib.sha256(packed).hexdigest(), base64.b64encode(data[:500]), time.strptime("2024-01-02", "%Y-%m-%d")


@typing.runtime_checkable
class Sized2(typing.Protocol):
    def area(self) -> float: ...


class Cases(unittest.TestCase):
    def test_equal(self):
        self.assertEqual([1, 2], [1, 2])
        self.assertIn(1, {1: 2})
        with self.assertRaises(ValueError):
            int("x")

    def test_more(self):
        for i in range(3):
            with self.subTest(i=i):
                self.assertTrue(i < 3)


def loops():
    rows = [[1.0 / ((i + j) * (i + j + 1) / 2 + i + 1) for j in range(40)] for i in range(40)]
    vector = [1.0] * 40
    for _ in range(4):
        vector = [sum(a * b for a, b in zip(row, vector)) for row in rows]
    inside = 0
    for y in range(24):
        for x in range(40):
            a, b, turns = 0.0, 0.0, 0
            while a * a + b * b < 4.0 and turns < 30:
                a, b = a * a - b * b + x / 20 - 1.5, 2 * a * b + y / 12 - 1.0
                turns += 1
            inside += turns == 30
    order = list(range(8))
    flips = 0
    for _ in range(60):
        order[2:6] = order[5:1:-1]
        order[0], order[7] = order[7], order[0]
        flips += order[0] ^ (order[3] << 2) & 0xFF
        order.insert(3, order.pop())
    grid = {(x, y): (x * 7 + y * 13) % 5 for x in range(20) for y in range(20)}
    near = sum(grid.get((x + dx, y + dy), 0) for x, y in grid for dx in (-1, 0, 1) for dy in (-1, 0, 1))
    bits = bytearray(1000)
    for i in range(1000):
        bits[i] = (i * 31 + (bits[i - 1] >> 1)) & 0xFF
    distances = {0: 0}
    queue = [(0, 0)]
    while queue:
        distance, at = heapq.heappop(queue)
        for step in (at * 2 % 211, at + 3, (at ^ 5) % 211):
            if step < 211 and distance + 1 < distances.get(step, 1 << 30):
                distances[step] = distance + 1
                heapq.heappush(queue, (distance + 1, step))
    found = [p for p in itertools.permutations(range(5)) if len({p[i] + i for i in range(5)}) == len({p[i] - i for i in range(5)}) == 5]
    return vector, inside, flips, near, sum(bits), len(distances), found, frozenset(order) & {1, 2, 3}


class Tree:
    def __init__(self, depth):
        self.children = [Tree(depth - 1) for _ in range(2)] if depth else []
        self.value = depth

    def walk(self):
        yield self.value
        for child in self.children:
            yield from child.walk()

    async def gathered(self):
        values = await asyncio.gather(*(child.gathered() for child in self.children))
        return self.value + sum(values)


def trees():
    tree = Tree(7)
    total = asyncio.run(tree.gathered())
    other = copy.deepcopy(tree)
    return total, list(tree.walk()) == list(other.walk()), pprint.pformat([vars(c) for c in tree.children])


def templates():
    names = {"title": "A <title>", "rows": [{"name": f"n{i}", "value": i} for i in range(30)]}
    out = []
    write = out.append

    def escape(value):
        return str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    filters = {"escape": escape, "upper": lambda v: str(v).upper()}

    def resolve(path, context):
        current = context
        for part in path.split("."):
            try:
                current = current[part]
            except (TypeError, KeyError, IndexError):
                current = getattr(current, part, "")
        return current() if callable(current) else current

    for row in names["rows"]:
        context = {**names, "row": row}
        write("<tr>")
        for path, used in (("row.name", ("escape",)), ("row.value", ()), ("title", ("escape", "upper"))):
            value = resolve(path, context)
            for name in used:
                value = filters[name](value)
            write(f"<td>{value}</td>" if isinstance(value, str) else "<td>%d</td>" % value)
        write("</tr>")
    return "".join(out)


def tests_and_typing():
    for _ in range(4):
        suite = unittest.defaultTestLoader.loadTestsFromTestCase(Cases)
        unittest.TextTestRunner(io.StringIO()).run(suite)
    shapes = [Circle(1), Square(2), 5, "x"]
    protocols = [isinstance(s, Sized2) for s in shapes for _ in range(20)]
    signature = inspect.signature(Shape.__init__)
    bound = signature.bind(None, 3, name="x", y=1)
    hints = typing.get_type_hints(Point)
    try:
        raise RuntimeError("a") from ValueError("b")
    except RuntimeError as error:
        text = "".join(traceback.format_exception(error))
    match shapes[0], 5, {"a": [1, 2]}:
        case Circle(size=1), int(n), {"a": [first, *_]}:
            text += str(n + first)
    return protocols, bound.arguments, hints, text, typing.Optional[int], list[int] | None


WORK = [compiling, tokenizing, expressions, json_and_copies, pickling, collecting, texts, logs, arguments, numbers,
        objects, closures_and_generators, tasks, files, databases, documents, dates_and_bytes, loops, trees, templates, tests_and_typing]


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    for work in WORK:
        end, turns = time.process_time() + seconds, 0
        while time.process_time() < end or not turns:
            work()
            turns += 1
        print(f"{work.__name__:24} {turns:6}")


if __name__ == "__main__":
    main()
