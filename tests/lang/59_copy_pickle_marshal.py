import copy, pickle, marshal, json
class P:
    def __init__(self, x): self.x = x
    def __eq__(self, o): return type(self) is type(o) and self.__dict__ == o.__dict__
    def __repr__(self): return f"P({self.x!r})"
class Sl:
    __slots__ = ("a", "b")
    def __eq__(self, o): return self.a == o.a
class St:
    def __getstate__(self): return {"saved": self.v}
    def __setstate__(self, s): self.v = s["saved"] + " restored"
class Red:
    def __init__(self, a): self.a = a
    def __reduce__(self): return Red, (self.a * 2,), {"extra": 1}
class NewArgs(tuple):
    def __new__(cls, a, b): return super().__new__(cls, (a, b))
    def __getnewargs__(self): return tuple(self)
class L(list): pass
class D(dict): pass
def attempt(f):
    try: print(f())
    except Exception as e: print(type(e).__name__ + ":", str(e).partition(" at 0x")[0])
values = [None, True, 0, -1, 255, 65536, 2 ** 31, -2 ** 40, 2 ** 100, -2 ** 100, 1.5, float("inf"), 1 + 2j, "", "abc", "é日😀", "x" * 300, b"", b"bytes", b"b" * 300, bytearray(b"ba"), (), (1,), (1, 2, 3, 4), [], [1, [2]], {}, {"a": {"b": 1}}, {1, 2}, frozenset([1]), range(5), slice(1, 2), ..., int, len, P(1), P([1, 2]), NewArgs(1, 2), L([1]), D(a=1), ValueError("x"), complex]
for proto in range(pickle.HIGHEST_PROTOCOL + 1):
    good = []
    for v in values:
        p = pickle.loads(pickle.dumps(v, proto))
        good.append(type(p) is type(v) and (p == v or repr(p) == repr(v)))
    print(proto, all(good), len(good))
s = Sl(); s.a = 1
st = St(); st.v = "v"
print(pickle.loads(pickle.dumps(s)) == s, pickle.loads(pickle.dumps(st)).v, vars(pickle.loads(pickle.dumps(Red(3)))), copy.copy(st).v, copy.copy(Red(1)).a)
shared = [1]
a = pickle.loads(pickle.dumps([shared, shared, (shared,)]))
print(a[0] is a[1], a[2][0] is a[0])
cyc = []; cyc.append(cyc); cyc.append({"c": cyc})
c2 = pickle.loads(pickle.dumps(cyc))
print(c2[0] is c2, c2[1]["c"] is c2)
o = P(None); o.x = o
o2 = pickle.loads(pickle.dumps(o))
print(o2.x is o2)
for bad in (lambda: 0, (i for i in ()), open, __import__("sys"), type("Local", (), {})(), __import__("threading").Lock(), memoryview(b"")):
    attempt(lambda: pickle.dumps(bad) and "pickled")
for data in (b"", b"abc", b"\x80\x05", b"\x80\xff.", b"cnope\nx\n.", b"cos\nnope\n.", b"(.", b"N", b"\x80\x04K", b"I5\n.", b"]q\x00(K\x01K\x02e.", b"\x80\x05\x95\xff\xff\xff\xff\xff\xff\xff\x7f."):
    attempt(lambda: pickle.loads(data))
print(pickle.dumps([1, "a", None, True, 2.5, b"x", (1, 2)], 0), pickle.dumps({"k": [1]}, 2), pickle.dumps((1, "é"), 4), pickle.dumps(300, 5))
import io, pickletools
b = io.BytesIO()
pk = pickle.Pickler(b, 4); pk.dump("one"); pk.dump("two")
b.seek(0)
up = pickle.Unpickler(b)
print(up.load(), up.load())
attempt(lambda: up.load())
class Pers(pickle.Pickler):
    def persistent_id(self, o): return ("ref", o.x) if isinstance(o, P) else None
class UnPers(pickle.Unpickler):
    def persistent_load(self, pid): return f"loaded {pid}"
    def find_class(self, m, n): raise pickle.UnpicklingError(f"forbidden {m}.{n}")
b = io.BytesIO(); Pers(b).dump([P(7), 1]); b.seek(0)
print(UnPers(b).load())
attempt(lambda: UnPers(io.BytesIO(pickle.dumps(P(1)))).load())
bufs = []
d5 = pickle.dumps(pickle.PickleBuffer(bytearray(b"out of band")), 5, buffer_callback=bufs.append)
print(len(bufs), bytes(pickle.loads(d5, buffers=bufs)))
import copyreg
copyreg.pickle(complex, lambda c: (complex, (c.real + 1, c.imag)))
print(pickle.loads(pickle.dumps(1j)))
x = [1, [2, 3], {"k": [4]}]
sh, dp = copy.copy(x), copy.deepcopy(x)
print(sh[1] is x[1], dp[1] is x[1], dp == x, copy.copy((1, [2]))[1], copy.deepcopy({1: P([1])}), copy.copy({1, 2}), copy.deepcopy(frozenset([1])), copy.copy(L([1])).__class__.__name__, copy.deepcopy(s) == s)
memo = {}
y = [[1]]; z = copy.deepcopy([y, y], memo)
print(z[0] is z[1], len(memo) > 0, copy.replace(NT(1, 2), b=5) if False else copy.replace.__name__)
for same in (5, "s", (1, 2), None, int, len, b"x", lambda: 0, ...): assert copy.copy(same) is same and copy.deepcopy(same) is same
attempt(lambda: copy.deepcopy(__import__("threading").Lock()))
attempt(lambda: copy.copy((i for i in ())))
class CC:
    def __copy__(self): return "copied"
    def __deepcopy__(self, memo): return "deep"
    def __replace__(self, **k): return k
print(copy.copy(CC()), copy.deepcopy([CC()]), copy.replace(CC(), a=1))
for v in values[:31]:
    if isinstance(v, (range, slice)): continue
    m = marshal.loads(marshal.dumps(v))
    assert (m == v and (type(m) is type(v) or isinstance(v, bytearray))) or m != m, v
print(eval(marshal.loads(marshal.dumps(compile("1 + 2", "", "eval")))), marshal.loads(marshal.dumps([1, (2, {"k": b"v"})])), marshal.version)
for bad in (b"", b"[", b"?", b"i\x00", b"s\xff\xff\xff\x7f"): attempt(lambda: marshal.loads(bad))
attempt(lambda: marshal.dumps(object()))
print(json.dumps({"a": [1, 2.5, None, True, "é\n\"\\\u2028😀"], "b": {}}), json.dumps([1, {"x": 2}], indent=2), json.dumps({"b": 1, "a": 2}, sort_keys=True, separators=(",", ":")), json.dumps("é", ensure_ascii=False), json.dumps({1: 1, None: 2, True: 3, 1.5: 4}), json.dumps([float("inf"), float("nan"), -0.0, 1e100, 10 ** 20]))
print(json.loads('{"a": [1, -2.5e3, null, true, false, "x\\u00e9\\n\\ud83d\\ude00"], "a": 5}'), json.loads(" [ ] "), json.loads(b'{"k": "v"}'), json.loads("1E5"), json.loads("-0"), json.loads("NaN"), json.loads('"\\/"'), json.loads("[1.0, 123456789012345678901234567890]"), json.loads('{"x": 1}', object_hook=lambda d: list(d.items())), json.loads("1.5", parse_float=str), json.loads('{"b":1,"a":2}', object_pairs_hook=list))
for bad in ("", "{", "[1,]", "{\"a\":}", "{'a': 1}", "nul", "[1 2]", '"\x01"', '"\\x"', '"\\ud8"', "01", "1.", "-", '{"a": 1,}', "[] x", '{1: 2}', '"abc', "\ufeff[]", '["a\nb"]', "tru", "[1,\n2,\n}"): attempt(lambda: json.loads(bad))
attempt(lambda: json.dumps(P(1)))
attempt(lambda: json.dumps({(1,): 2}))
attempt(lambda: json.dumps(cyc))
attempt(lambda: json.dumps(float("nan"), allow_nan=False))
attempt(lambda: json.dumps({1, 2}))
attempt(lambda: json.dumps([1, {"k": [object]}]))
print(json.dumps(P(1), default=lambda o: o.__dict__), json.dumps({(1,): 1, "k": 2}, skipkeys=True), json.dumps([NewArgs(1, 2), L([3]), D(k=1)]), json.dumps({"a": [1, 2], "e": {}, "f": []}, indent="\t"))
class Enc(json.JSONEncoder):
    def default(self, o): return f"<{type(o).__name__}>" if isinstance(o, P) else super().default(o)
print(json.dumps({"p": P(1)}, cls=Enc), list(json.JSONEncoder().iterencode([1, {"a": 2}])), json.JSONDecoder().raw_decode('{"a": 1} rest'))
try: json.loads('{"a": 1,\n "b": x}')
except json.JSONDecodeError as e: print(e.msg, e.lineno, e.colno, e.pos, e.doc[:5])
