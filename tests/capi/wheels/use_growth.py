"""Many calls through each wheel: memory must not grow, that is, references are exact."""


def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * 4


def steady(name, function, count=20000):
    for i in range(2000):
        function(i)
    before = resident()
    for i in range(count):
        function(i)
    growth = resident() - before
    print(name, "steady" if growth < 1024 else f"grows by {growth} KB", flush=True)


def failing(function, *errors):
    def attempt(i):
        try:
            function(i)
        except errors:
            return
        raise AssertionError("no error")
    return attempt


from markupsafe import escape
steady("markupsafe", lambda i: escape("<%d>" % i))
import orjson
data = {"a": [1, 2.5, None, "x"], "b": {"c": 1}}
text = orjson.dumps(data)
steady("orjson.dumps", lambda i: orjson.dumps(data))
steady("orjson.loads", lambda i: orjson.loads(text))
steady("orjson error", failing(lambda i: orjson.loads("["), ValueError))
from rpds import HashTrieMap
steady("rpds", lambda i: HashTrieMap({"a": i}).insert("b", 2)["b"])
from pydantic_core import SchemaValidator, ValidationError, core_schema
v = SchemaValidator(core_schema.typed_dict_schema({"x": core_schema.typed_dict_field(core_schema.int_schema())}))
steady("pydantic-core", lambda i: v.validate_python({"x": i}))
steady("pydantic-core error", failing(lambda i: v.validate_python({"x": "no"}), ValidationError))
import msgpack
steady("msgpack", lambda i: msgpack.unpackb(msgpack.packb(data)))
import yaml
steady("pyyaml", lambda i: yaml.load("a: [1, 2]", Loader=yaml.CSafeLoader), 3000)
import httptools
steady("httptools", lambda i: httptools.parse_url(b"http://u@h:80/p?q#f").port)
steady("httptools error", failing(lambda i: httptools.parse_url(b""), Exception))
from websockets import speedups
steady("websockets", lambda i: speedups.apply_mask(b"hello world", b"\1\2\3\4"))
import cffi
ffi = cffi.FFI()
ffi.cdef("int abs(int);")
C = ffi.dlopen(None)
steady("cffi", lambda i: (C.abs(-i), ffi.new("int[3]", [1, 2, i])[2]))
from sqlalchemy.util import OrderedSet, immutabledict
steady("sqlalchemy", lambda i: (OrderedSet([1, i]) | {2}, immutabledict({"a": i}).union({"b": 2})))
from multidict import CIMultiDict
from yarl import URL
steady("aiohttp", lambda i: (CIMultiDict([("A", str(i))])["a"], URL("http://h/p?q=%d" % i).query), 5000)
from lxml import etree
steady("lxml", lambda i: etree.tostring(etree.fromstring("<a><b c='1'>t</b></a>")))
steady("lxml error", failing(lambda i: etree.fromstring("<a"), etree.XMLSyntaxError), 5000)
from cryptography.hazmat.primitives import hashes


def digest(i):
    d = hashes.Hash(hashes.SHA256())
    d.update(b"x")
    return d.finalize()


steady("cryptography", digest)
import numpy as np
a = np.arange(10.)
steady("numpy", lambda i: ((a + i).sum(), np.array([1, 2, i]).tolist(), np.array([None, i], dtype=object), a[1:5][i % 3]))
