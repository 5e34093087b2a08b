import orjson, dataclasses, enum, uuid
data = {"a": [1, 2.5, None, True, "text é \U0001f600"], "n": {"x": -5, "big": 2**53}, "empty": [{}, []]}
out = orjson.dumps(data)
print(out)
print(orjson.loads(out) == data, orjson.loads('[1,2,{"a":null}]'), orjson.loads(b'"\\u00e9"'))
print(orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode())
@dataclasses.dataclass
class P:
    x: int
    y: str = "s"
class E(enum.Enum):
    A = 1
print(orjson.dumps(P(1)), orjson.dumps([E.A]), orjson.dumps(uuid.UUID(int=5)))
for bad in ("[1,", "{'a':1}", "", "nul"):
    try:
        orjson.loads(bad)
    except orjson.JSONDecodeError as e:
        print(type(e).__name__, e)
try:
    orjson.dumps(object())
except TypeError as e:
    print(type(e).__name__, e)
print(orjson.dumps({1: 2}, option=orjson.OPT_NON_STR_KEYS), orjson.dumps(set([1]), default=list))
print(orjson.dumps([2**64 - 1, -2**63, 1e300, 0.1, 1.0]))
print(orjson.dumps(orjson.Fragment(b"[1]")))
