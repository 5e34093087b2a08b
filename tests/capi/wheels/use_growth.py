"""Many calls through each wheel: memory must not grow, that is, references are exact.

    use_growth.py [COUNT [NAME...]]

Without arguments a few thousand calls each, and what it prints is the same everywhere. With
a count it prints for each subject the resident memory after the warm-up and at the end
(KB), and nanoseconds per call: what `tests/run/wheel-growth` makes a table of.
"""

import sys
import time

SUBJECTS = []


def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * 4


def subject(name, few=20000):
    """Declares a subject: a function that imports what it needs and returns a function of a
    number, to be called often."""
    def declare(make):
        SUBJECTS.append((name, make, few))
        return make
    return declare


def failing(function, *errors):
    def attempt(i):
        try:
            function(i)
        except errors:
            return
        raise AssertionError("no error")
    return attempt


@subject("markupsafe")
def _():
    from markupsafe import escape
    return lambda i: escape("<%d>" % i)


DATA = {"a": [1, 2.5, None, "x"], "b": {"c": 1}}


@subject("orjson.dumps")
def _():
    import orjson
    return lambda i: orjson.dumps(DATA)


@subject("orjson.loads")
def _():
    import orjson
    text = orjson.dumps(DATA)
    return lambda i: orjson.loads(text)


@subject("orjson, failing")
def _():
    import orjson
    return failing(lambda i: orjson.loads("["), ValueError)


@subject("rpds-py")
def _():
    from rpds import HashTrieMap
    return lambda i: HashTrieMap({"a": i}).insert("b", 2)["b"]


def validator():
    from pydantic_core import SchemaValidator, core_schema
    field = core_schema.typed_dict_field(core_schema.int_schema())
    return SchemaValidator(core_schema.typed_dict_schema({"x": field}))


@subject("pydantic-core")
def _():
    v = validator()
    return lambda i: v.validate_python({"x": i})


@subject("pydantic-core, failing")
def _():
    from pydantic_core import ValidationError
    v = validator()
    return failing(lambda i: v.validate_python({"x": "no"}), ValidationError)


@subject("pydantic")
def _():
    from pydantic import BaseModel

    class Item(BaseModel):
        id: int
        tags: list[str] = []
    return lambda i: Item(id=i, tags=["a"]).model_dump()


@subject("msgpack")
def _():
    import msgpack
    return lambda i: msgpack.unpackb(msgpack.packb(DATA))


@subject("pyyaml", 3000)
def _():
    import yaml
    return lambda i: yaml.load("a: [1, 2]", Loader=yaml.CSafeLoader)


@subject("httptools")
def _():
    import httptools
    return lambda i: httptools.parse_url(b"http://u@h:80/p?q#f").port


@subject("httptools, failing")
def _():
    import httptools
    return failing(lambda i: httptools.parse_url(b""), Exception)


@subject("websockets")
def _():
    from websockets import speedups
    return lambda i: speedups.apply_mask(b"hello world", b"\1\2\3\4")


@subject("cffi")
def _():
    import cffi
    ffi = cffi.FFI()
    ffi.cdef("int abs(int);")
    library = ffi.dlopen(None)
    return lambda i: (library.abs(-i), ffi.new("int[3]", [1, 2, i])[2])


@subject("psycopg-binary")
def _():
    import psycopg
    from psycopg import sql
    from psycopg.adapt import PyFormat, Transformer
    transformer = Transformer()

    def adapt(i):
        dumper = transformer.get_dumper("text", PyFormat.TEXT)
        return dumper.dump("it's"), transformer.get_dumper(i, PyFormat.TEXT).quote(i)
    assert psycopg.pq.__impl__ == "binary" and sql
    return adapt


@subject("sqlalchemy")
def _():
    from sqlalchemy.util import OrderedSet, immutabledict
    return lambda i: (OrderedSet([1, i]) | {2}, immutabledict({"a": i}).union({"b": 2}))


@subject("aiohttp, multidict, yarl", 5000)
def _():
    from multidict import CIMultiDict
    from yarl import URL
    return lambda i: (CIMultiDict([("A", str(i))])["a"], URL("http://h/p?q=%d" % (i % 1000)).query)


@subject("frozenlist, propcache")
def _():
    from frozenlist import FrozenList
    from propcache.api import cached_property

    class Lazy:
        def __init__(self):
            self._cache = {}

        @cached_property
        def value(self):
            return []

    def both(i):
        items = FrozenList([i])
        items.append(1)
        items.freeze()
        return items[0], Lazy().value
    return both


@subject("lxml")
def _():
    from lxml import etree
    return lambda i: etree.tostring(etree.fromstring("<a><b c='1'>t</b></a>"))


@subject("lxml, failing", 5000)
def _():
    from lxml import etree
    return failing(lambda i: etree.fromstring("<a"), etree.XMLSyntaxError)


@subject("cryptography")
def _():
    from cryptography.hazmat.primitives import hashes

    def digest(i):
        d = hashes.Hash(hashes.SHA256())
        d.update(b"x")
        return d.finalize()
    return digest


@subject("numpy")
def _():
    import numpy as np
    a = np.arange(10.)
    return lambda i: ((a + i).sum(), np.array([1, 2, i]).tolist(), np.array([None, i], dtype=object),
                      a[1:5][i % 3], np.float64())


@subject("pandas", 2000)
def _():
    import pandas as pd
    series = pd.Series([1.0, 2.0, 3.0], index=["a", "b", "c"])
    return lambda i: (series["b"], series.iloc[i % 3])


@subject("greenlet")
def _():
    import greenlet

    def run(i):
        child = greenlet.greenlet(lambda x: greenlet.getcurrent().parent.switch(x))
        return child.switch(i), child.switch()
    return run


def steady(function, count):
    """Resident memory before and after, and nanoseconds per call."""
    for i in range(max(2000, count // 10)):
        function(i)
    before, began = resident(), time.perf_counter()
    for i in range(count):
        function(i)
    return before, resident(), (time.perf_counter() - began) / count * 1e9


def main():
    count, wanted = int(sys.argv[1]) if sys.argv[1:] else 0, sys.argv[2:]
    for name, make, few in SUBJECTS:
        if wanted and name not in wanted:
            continue
        before, after, each = steady(make(), count or few)
        growth = after - before
        if count:
            print(f"{name}\t{before}\t{after}\t{each:.0f}", flush=True)
        else:
            print(name, "steady" if growth < 1024 else f"grows by {growth} KB", flush=True)


main()
