"""What parts of the library do that many programs use."""

import abc, base64, bisect, contextlib, copy, csv, decimal, enum, fractions, functools, glob, hashlib, heapq, hmac
import inspect, io, itertools, operator, os, pickle, pprint, queue, secrets, shutil, socket, statistics, string, struct
import tempfile, textwrap, threading, traceback, types, unittest, urllib.parse, uuid, warnings, weakref, zlib
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque, namedtuple
from concurrent.futures import ThreadPoolExecutor

class Colour(enum.Enum):
    RED = 1
    GREEN = enum.auto()

@functools.lru_cache(maxsize=None)
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

@contextlib.contextmanager
def noting(notes):
    notes.append("in")
    yield notes
    notes.append("out")

Pair = namedtuple("Pair", "first second")
with noting([]) as notes:
    pairs = [Pair(a, b) for a, b in itertools.product("ab", range(3))]
ordered, counts, queue_, groups = OrderedDict(pairs), Counter("mississippi"), deque([1, 2], 5), defaultdict(list)
for pair in pairs:
    groups[pair.first].append(pair.second)
copied = copy.deepcopy({"a": [1, (2, 3)], "b": {4, 5}, "c": pairs}), pickle.loads(pickle.dumps([1.5, "x", pairs[0], groups, Colour.RED]))
shown = pprint.pformat(copied), counts.most_common(2), [Colour(1), Colour["GREEN"]], fibonacci(30)
money = decimal.Decimal("10.25") * 3 / decimal.Decimal(7), fractions.Fraction(3, 4) + 1, statistics.mean([1, 2, 3.5]), statistics.stdev([1, 2, 4])
packed = struct.unpack("<IhQ", struct.pack("<IhQ", 1, -2, 3)), base64.b64decode(base64.b64encode(b"abc")), zlib.decompress(zlib.compress(b"abc" * 50))
digest = hashlib.sha256(b"x").hexdigest(), hmac.new(b"k", b"m", "sha256").hexdigest(), uuid.uuid4().hex, secrets.token_hex(4)
written = io.StringIO()
csv.writer(written).writerows(pairs)
rows = list(csv.DictReader(io.StringIO(written.getvalue()), fieldnames=["a", "b"]))
folder = tempfile.mkdtemp()
with open(os.path.join(folder, "file.txt"), "w", encoding="utf-8") as file:
    print("text", 1.5, file=file)
found = glob.glob(folder + "/*.txt"), os.listdir(folder), os.stat(folder).st_mode
shutil.rmtree(folder)
heap = [5, 1, 4]; heapq.heapify(heap); heapq.heappush(heap, 2); bisect.insort(sorted(heap), 3)
address = urllib.parse.urlsplit("http://host:80/a?b=c"), urllib.parse.quote("a b"), urllib.parse.parse_qs("a=1&b=2")
thread = threading.Thread(target=lambda: queue.Queue().put(1)); thread.start(); thread.join()
with ThreadPoolExecutor(1) as pool, threading.Lock():
    list(pool.map(len, ["a", "b"]))
try:
    raise ValueError("text") from KeyError(1)
except ValueError as error:
    text = traceback.format_exc() + textwrap.fill("word " * 30) + string.Template("$a").substitute(a=1)
reference = weakref.ref(Colour.RED), weakref.WeakValueDictionary(), inspect.signature(noting), ChainMap({}, {})
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    warnings.warn("old", DeprecationWarning)
parts = functools.reduce(operator.add, itertools.chain([1], itertools.islice(itertools.count(), 5))), functools.partial(int, base=2)("101")
class Case(unittest.TestCase):
    def test(self):
        self.assertEqual(1, 1)
unittest.TextTestRunner(stream=io.StringIO()).run(Case("test"))
