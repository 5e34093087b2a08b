"""dbm.ndbm: what it keeps, refuses and raises."""

import dbm
import dbm.ndbm
import os
import pathlib
import shelve
import tempfile

os.chdir(tempfile.mkdtemp())


def show(function, *arguments):
    try:
        print(function(*arguments))
    except Exception as error:
        kind = type(error)
        print(kind.__module__, kind.__name__, error, getattr(error, "errno", None))


print(dbm.ndbm.error.__mro__)
for arguments in (("none",), ("none", "w"), ("f", "x"), ("no/such/folder", "c"), (3,), ("a\0b",), ("x", 2)):
    show(dbm.ndbm.open, *arguments)
show(type(dbm.ndbm.open("empty", "c")))

with dbm.ndbm.open("f", "c") as names:
    print(bool(names), len(names), names.keys())
    names["a"] = "b"
    names[b"c"] = b"d"
    show(names.__setitem__, "x", bytearray(b"d"))
    show(names.__getitem__, bytearray(b"d"))
    names["a"] = "\u00e9"
    print(names["a"], names[b"c"], sorted(names.keys()), len(names), bool(names), "a" in names, b"z" in names)
    for arguments in (("zz",), (3,), (b"c",)):
        show(names.__getitem__, *arguments)
    show(names.__setitem__, 3, "x")
    show(names.__setitem__, "x", 3)
    show(names.__delitem__, "zz")
    show(lambda: 3 in names)
    print(names.get("zz"), names.get("zz", 5), names.get("c", 5))
    print(names.setdefault("new"), names.setdefault("newer", "w"), names.setdefault("a", "x"))
    show(names.setdefault, "k", 4)
    show(iter, names)
    names[""] = "empty"
    names["e"] = ""
    print(names[""], names["e"])
    del names["e"]
    print("e" in names)
show(len, names)
show(lambda: type(names.__enter__()))
print(names.close())

# Many pairs: pages are divided.
with dbm.ndbm.open("many", "n", 0o600) as many:
    for i in range(2000):
        many[f"key {i}"] = f"{i}" * (i % 50 + 1)
    print(len(many), all(many[f"key {i}"] == (f"{i}" * (i % 50 + 1)).encode() for i in range(2000)))
    for i in range(0, 2000, 3):
        del many[f"key {i}"]
with dbm.ndbm.open("many") as many:
    print(len(many), len(set(many.keys())), many["key 1"], "key 3" in many, many["key 1999"][:8])
    show(many.__setitem__, "a", "b")
    show(many.__delitem__, "key 1")
    show(many.clear)
    show(many.setdefault, "new", "x")
    print(many.setdefault("key 1", "x"))
with dbm.ndbm.open(b"many", "w") as many:
    many.clear()
    print(len(many), bool(many), many.keys())
with dbm.ndbm.open(pathlib.Path("f"), "r") as names:
    print(len(names))
print(dbm.whichdb("f"))

dbm.ndbm.open("shelf", "n").close()
with shelve.Shelf(dbm.ndbm.open("shelf", "c")) as shelf:
    shelf["x"] = {"a": [1, 2], "b": None}
    print(sorted(shelf.keys()), shelf["x"], len(shelf))
