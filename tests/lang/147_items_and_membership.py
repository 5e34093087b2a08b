"""Membership, items and `isinstance`, with keys and classes of every kind."""
import gc
import threading
from collections import Counter, OrderedDict, defaultdict


class Same:
    """Equal to a number, and hashes like it."""

    def __init__(self, number, log):
        self.number, self.log = number, log

    def __hash__(self):
        self.log.append(("hash", self.number))
        return hash(self.number)

    def __eq__(self, other):
        self.log.append(("eq", self.number))
        return self.number == other


class Named(int):
    def __repr__(self):
        return f"Named({int(self)})"


class Odd(int):
    __hash__ = int.__hash__

    def __eq__(self, other):
        print("Odd.__eq__", int(self))
        return False


log = []
numbers = {1, 2, 3}
table = {1: "one", 2: "two"}
print(Same(2, log) in numbers, log)
log.clear()
print(Same(2, log) in table, table[Same(1, log)], log)
log.clear()
print(Named(2) in numbers, Named(9) in numbers, table[Named(1)], True in numbers, 2.0 in numbers)
print(Odd(2) in numbers, Odd(2) in {Odd(2)}, Named(2) in {Named(2)}, 5 in {Odd(5)})
odd = Odd(7)
print(odd in {odd}, odd in [odd], odd in (odd,), {odd: 1}[odd])

for key in ([], {}, set(), bytearray(), Same):
    for container in (numbers, frozenset(numbers), table):
        try:
            print(key in container)
        except TypeError as error:
            print(type(error).__name__, error)
print({1} in {frozenset({1})}, frozenset({1}) in {frozenset({1}), 2})
for text in ("", "a", "bc", "abc", "abcd"):
    print(text in "abc", text not in "abc", end=" ")
print()
try:
    print(1 in "abc")
except TypeError as error:
    print(error)
try:
    print(1 in 5)
except TypeError as error:
    print(error)
print(None in (1, None), None in [], "x" in ("y", "x"), 1 in [1.0], float("nan") in [1.5])

for missing in ("x", 5, (1, 2), None, 1.5, Named(4)):
    try:
        table[missing]
    except KeyError as error:
        print("KeyError", error, error.args)


class Missing(dict):
    def __missing__(self, key):
        return f"missing {key!r}"


class Own(dict):
    def __getitem__(self, key):
        return f"own {key}"

    def __contains__(self, key):
        return "yes" if key == "q" else ""

    def __setitem__(self, key, value):
        super().__setitem__(key, f"set {value}")


m, o = Missing(a=1), Own(a=1)
o["b"] = 2
print(m["a"], m["b"], o["a"], "q" in o, "a" in o, dict(o), "a" in m, "b" in m)
d = defaultdict(list)
d["x"].append(1)
d["x"].append(2)
print(d, "y" in d, Counter("abca")["a"], Counter()["z"], OrderedDict(k=1)["k"])


# What dies of a store, or with its key or container.
class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


box = {"k": Loud("first")}
box["k"] = Loud("second")
box[f"{'k'}"] = Loud("third")
print(Loud("item") in [], Loud("key") in {}, Loud("other") in {1})
print({"k": Loud("in a dict")}["k"].name)
try:
    {}[Loud("lost")]
except KeyError as error:
    print(type(error.args[0]))
    del error
gc.collect()


def replace(mapping, key):
    for i in range(3):
        mapping[key] = Loud(i)
        mapping[key + key] = i
    return mapping[key].name, mapping["kk"]


print(replace(box, "k"))
grown = {}
for i in range(100):
    grown[i] = grown.get(i - 1, 0) + i
    grown[str(i)] = i
    grown[(i, i)] = i
print(len(grown), grown[99], grown["99"], grown[(99, 99)], (5, 5) in grown, (5, 6) in grown)


# A loop whose condition is a membership, while other threads ask for the interpreter.
def count(limit, kinds):
    n = 0
    while n not in kinds:
        n += 1
    word = "a"
    while word + "" != "b" and n < limit:
        n += 1
    return n


threads = [threading.Thread(target=lambda: results.append(count(20000, {10000, "x"}))) for _ in range(3)]
results = []
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(results)


class Liar:
    __class__ = str


class Meta(type):
    def __instancecheck__(cls, instance):
        print("asked", cls.__name__)
        return instance == 3


class Asked(metaclass=Meta):
    pass


class Sly:
    def __getattribute__(self, name):
        print("getattribute", name)
        return int if name == "__class__" else object.__getattribute__(self, name)


print(isinstance(Liar(), str), isinstance(Liar(), (int, bytes)), isinstance(Liar(), (int, str)))
print(isinstance(3, Asked), isinstance(4, (str, Asked)), isinstance("s", (str, Asked)))
print(isinstance(Sly(), int), isinstance(Sly(), (str, float)), isinstance(Sly(), Sly))
print(isinstance(3, ((str, (bytes, int)), float)), isinstance(True, int), isinstance(1.5, (int, str)))
for classes in (5, (str, 5), "x"):
    try:
        print(isinstance(3, classes))
    except TypeError as error:
        print(error)
print(isinstance(5, (int, 5)), isinstance(3, ()), isinstance([], int | list))


class Plain(Exception):
    pass


class Kept(ValueError):
    def __init__(self, *args, extra=None):
        super().__init__(*args)
        self.extra = extra


class New(KeyError):
    def __new__(cls, *args):
        self = super().__new__(cls, "new", *args)
        return self


for _ in range(3):
    for make in (
        lambda: Plain(1, 2),
        lambda: ValueError(),
        lambda: ValueError("text"),
        lambda: Kept(1, extra=2),
        lambda: New(1),
        lambda: OSError(2, "nothing"),
        lambda: StopIteration(5),
        lambda: Plain(x=1),
        lambda: ValueError(x=1),
        lambda: BaseExceptionGroup("g", [ValueError(1)]),
    ):
        try:
            raise make()
        except BaseException as error:
            print(repr(error), error.args, getattr(error, "extra", "-"), getattr(error, "value", "-"))
