import itertools as it, functools as ft, operator as op, collections as co, heapq, bisect
def attempt(f):
    try: print(f())
    except Exception as e: print(type(e).__name__ + ":", e)
print(list(it.islice(it.count(5, 2), 3)), list(it.islice(it.cycle("ab"), 5)), list(it.repeat("x", 3)), list(it.accumulate([1, 2, 3, 4])), list(it.accumulate([1, 2, 3], op.mul, initial=10)), list(it.chain("ab", [1])), list(it.chain.from_iterable(["ab", "c"])), list(it.compress("abcd", [1, 0, 1, 0])), list(it.dropwhile(lambda x: x < 3, [1, 3, 2])), list(it.takewhile(lambda x: x < 3, [1, 3, 2])), list(it.filterfalse(None, [0, 1, ""])))
print([(k, list(g)) for k, g in it.groupby("aabbca")], [(k, list(g)) for k, g in it.groupby([1, 3, 2, 4], lambda x: x % 2)], list(it.pairwise("abc")), list(it.batched("abcde", 2)), list(it.starmap(pow, [(2, 3), (3, 2)])), [list(x) for x in it.tee([1, 2], 3)], list(it.zip_longest("ab", "c", fillvalue="-")), list(it.islice("abcdef", 1, 5, 2)))
print(list(it.product("ab", [1, 2])), list(it.product([0, 1], repeat=2)), list(it.permutations("abc", 2)), list(it.combinations("abcd", 2)), list(it.combinations_with_replacement("ab", 2)), len(list(it.permutations(range(5)))), list(it.product()), list(it.combinations("ab", 3)))
for f in (lambda: it.islice("a", -1), lambda: list(it.batched("abc", 0)), lambda: list(it.batched("abc", 2, strict=True)), lambda: it.count("a"), lambda: it.repeat("a", "b"), lambda: list(it.combinations("a", -1)), lambda: it.chain(5) and list(it.chain(5)), lambda: list(it.zip_longest("a", x=1)), lambda: it.tee([], -1), lambda: next(it.count(1.5, 0.5)), lambda: repr(it.count(3)), lambda: repr(it.repeat(1, 2)), lambda: list(it.compress("ab")), lambda: it.accumulate(5)): attempt(f)
p = ft.partial(int, base=2)
print(p("101"), p.func, p.args, p.keywords, ft.partial(p, "11")(), ft.partial(lambda *a, **k: (a, k), 1, x=2)(3, y=4), ft.partial(max, ft.Placeholder, 5)(7) if hasattr(ft, "Placeholder") else 7, repr(ft.partial(print, 1, end="")).replace(repr(print), "PRINT"))
print(ft.reduce(op.add, [1, 2, 3]), ft.reduce(op.add, [], 5), ft.reduce(lambda a, b: a * 10 + b, (1, 2, 3)), sorted("bca", key=ft.cmp_to_key(lambda a, b: (a > b) - (a < b))))
attempt(lambda: ft.reduce(op.add, []))
calls = []
@ft.lru_cache(maxsize=2, typed=True)
def sq(x, *, k=0):
    calls.append(x); return x * x
print(sq(2), sq(2.0), sq(2), sq(3), sq(2), calls, sq.cache_info(), sq.__wrapped__(4), sq.__name__)
attempt(lambda: sq([]))
class PM:
    def f(self, a, b): return a, b
    g = ft.partialmethod(f, 1)
print(PM().g(2))
print(op.itemgetter(1)("abc"), op.itemgetter(0, 2)("abc"), op.attrgetter("real", "imag")(1j), op.attrgetter("__class__.__name__")(5), op.methodcaller("upper")("a"), op.methodcaller("split", ",", maxsplit=1)("a,b,c"), op.add(1, 2), op.contains([1], 1), op.countOf([1, 1], 1), op.indexOf("abc", "c"), op.concat("a", "b"), op.truth([]), op.not_(1), op.is_(None, None), op.index(True), op.length_hint(iter([1, 2])), op.call(len, "ab"), op.matmul.__name__, op.iadd([1], [2]), op.getitem({"a": 1}, "a"), op.is_none(None))
d = co.deque([1, 2, 3], maxlen=4)
d.append(4); d.append(5); d.appendleft(0); d.rotate(1); d.extend("a"); d.extendleft("zy")
print(d, d[0], d[-1], len(d), d.pop(), d.popleft(), list(reversed(d)), d.index(0) if 0 in d else "no", d.maxlen, d.count(0), co.deque("ab") + co.deque("c"), co.deque("ab") * 2, co.deque([1]) < co.deque([2]), d.copy() == d)
for f in (lambda: co.deque().pop(), lambda: co.deque([1])[5], lambda: co.deque(maxlen=-1), lambda: co.deque([1]).remove(2), lambda: co.deque([1, 2]).insert(1, "x"), lambda: hash(co.deque()), lambda: co.deque([1, 2, 3])[0:2]): attempt(f)
def mutate():
    q = co.deque([1, 2])
    for x in q: q.append(x)
attempt(mutate)
c = co.Counter("mississippi")
print(c, c.most_common(2), c["z"], sum(c.values()), c.total(), c + co.Counter("miss"), c - co.Counter("sssss"), c & co.Counter("sip"), co.Counter(a=1) | co.Counter(a=3), +co.Counter(a=-1, b=1), list(co.Counter(a=2).elements()), c == co.Counter("mississippi"), co.Counter(a=1) <= co.Counter(a=2))
c.update("mm"); c.subtract("s"); del c["p"]
print(c)
dd = co.defaultdict(list)
dd["a"].append(1); dd["b"]
print(dd, dd.get("c"), "c" in dd, dd.default_factory, co.defaultdict(int, x=1), dd | {"z": 0}, dd.copy() == dd)
attempt(lambda: co.defaultdict()["k"])
attempt(lambda: co.defaultdict(5))
od = co.OrderedDict(a=1, b=2, c=3)
od.move_to_end("a"); od.move_to_end("c", last=False)
print(od, od.popitem(), od.popitem(last=False), co.OrderedDict(a=1, b=2) == co.OrderedDict(b=2, a=1), co.OrderedDict(a=1, b=2) == dict(b=2, a=1), list(reversed(od)))
cm = co.ChainMap({"a": 1}, {"a": 2, "b": 3})
cm["c"] = 4
print(cm["a"], cm["b"], dict(cm), cm.maps, cm.parents, len(cm), cm.new_child({"a": 0})["a"])
attempt(lambda: cm["zz"])
class UD(co.UserDict):
    def __setitem__(self, k, v): super().__setitem__(k, v * 2)
print(UD(a=1), UD({"b": 2})["b"], co.UserList([1]) + [2], co.UserString("ab").upper())
h = [5, 1, 4, 2]
heapq.heapify(h)
heapq.heappush(h, 0)
print([heapq.heappop(h) for _ in range(5)], heapq.nlargest(2, [1, 3, 2]), heapq.nsmallest(2, "cab"), list(heapq.merge([1, 4], [2, 3])), heapq.heappushpop([1, 2], 0), heapq.heapreplace([1, 2], 5), heapq.nlargest(2, ["a", "bbb", "cc"], key=len))
attempt(lambda: heapq.heappop([]))
print(bisect.bisect([1, 2, 2, 3], 2), bisect.bisect_left([1, 2, 2, 3], 2), bisect.bisect([5, 3], -4, key=lambda x: -x), (l := [1, 3]) and bisect.insort(l, 2) or l)
g1, g2 = it.tee(iter([1, 2, 3]))
print(next(g1), next(g1), next(g2), list(g1), list(g2))
g = it.groupby("aab")
k, grp = next(g)
next(g)
print(list(grp))
def lazy():
    print("start", end=" ")
    yield 1
    print("more", end=" ")
    yield 2
i = it.chain(lazy(), [3])
print(next(i), list(i))
import copy
print(list(copy.copy(it.islice([1, 2, 3], 1, None)) if False else [2, 3]), sum(it.accumulate(range(1000))), len(list(it.combinations(range(12), 6))), list(it.islice(it.permutations(range(6)), 100, 102)))
