class Point:
    __match_args__ = ("x", "y")
    def __init__(self, x, y): self.x, self.y = x, y
    def __repr__(self): return f"Point({self.x}, {self.y})"
class P3(Point):
    def __init__(self, x, y, z): super().__init__(x, y); self.z = z
class Color:
    RED, GREEN = 1, 2
def kind(v):
    match v:
        case 0: return "zero"
        case -1: return "minus one"
        case 1.5: return "one and a half"
        case 2 + 3j: return "complex"
        case -2 - 1j: return "negative complex"
        case "a" | "b": return "a or b"
        case b"bytes": return "bytes literal"
        case "con" "cat": return "concatenated"
        case None: return "none"
        case True: return "true"
        case Color.GREEN: return "green (2)"
        case []: return "empty sequence"
        case [x]: return f"one: {x}"
        case [x, y] if x == y: return f"equal pair {x}"
        case [x, [y, *inner]]: return f"nested {x} {y} {inner}"
        case (1, 2, *rest): return f"starts 1 2, rest {rest}"
        case [*start, "end"]: return f"ends with end: {start}"
        case [first, *_, last]: return f"first {first} last {last}"
        case {"type": "circle", "r": r}: return f"circle {r}"
        case {"type": ("square" | "rect") as t, **rest}: return f"{t} {rest}"
        case {"deep": {"k": [a, *_]}}: return f"deep {a}"
        case {1: _, -1: b}: return f"int keys {b}"
        case {}: return "any mapping"
        case P3(x=0, z=z): return f"P3 {z}"
        case Point(0, 0): return "origin"
        case Point(0, y=yy): return f"on y axis {yy}"
        case Point(x, y) if x > 100: return "far"
        case Point(x=int() as px, y=str(py)): return f"int/str {px} {py}"
        case Point(): return "a point"
        case int(n) if n > 1000: return f"big {n}"
        case int() | float() as n: return f"number {n}"
        case str(s): return f"string {s}"
        case bytes() | bytearray(): return "bytes"
        case set(s): return f"set {s}"
        case type(): return "class"
        case _: return "other"
for v in (0, False, -1, 1.5, 2 + 3j, -2 - 1j, "a", "b", "concat", b"bytes", None, True, 2, [], (), [5], (5, 5), [1, [2, 3, 4]], (1, 2, 3, 4), [0, 0, "end"], [9, 8, 7], range(3), {"type": "circle", "r": 5, "q": 1}, {"type": "rect", "w": 1}, {"deep": {"k": (1, 2)}}, {1: 0, -1: "m"}, {}, {"zz": 1}, P3(0, 1, 2), Point(0, 0), Point(0, 7), Point(200, 0), Point(5, "s"), Point(5, 6), 5000, 77, 2.25, "string", b"other", bytearray(b""), {1}, int, object, (i for i in ()), "", iter([])):
    r = kind(v)
    print(v if not callable(v) and not hasattr(v, "__next__") and type(v) is not object else "...", "->", r)
match 1, 2:
    case 1, x: print("tuple without parens", x)
match [1, 2, 3]:
    case a, *b: print(a, b)
match 5:
    case x if x < 0: print("neg")
    case x if x > 100: print("big")
print("x stays bound by a failed guard:", x)
match {"a": 1, "b": 2}:
    case {"a": 1, **rest}: print(rest)
match "abc":
    case [*_]: print("never: a string is no sequence here")
    case _: print("str is not a sequence")
match b"ab":
    case [*_]: print("never")
    case _: print("bytes is not a sequence")
def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)
def too_many():
    match Point(1, 2):
        case Point(1, 2, 3): pass
def no_args():
    class E: pass
    match E():
        case E(1): pass
def bad_args():
    class E: __match_args__ = 5
    match E():
        case E(1): pass
def bad_names():
    class E: __match_args__ = (5,)
    match E():
        case E(1): pass
def duplicate():
    match Point(1, 2):
        case Point(1, x=1): return "never"
def not_a_class():
    notcls = 5
    match 1:
        case notcls(): pass
def int_two():
    match 5:
        case int(1, 2): pass
def attribute_error():
    class E:
        __match_args__ = ("a",)
        @property
        def a(self): raise ValueError("from the property")
    match E():
        case E(1): pass
def missing_attribute():
    class E: __match_args__ = ("nope",)
    match E():
        case E(1): return "never"
        case _: return "attribute missing: no match"
def no_match():
    match 5:
        case 6: return "never"
    return "nothing matched"
for f in (too_many, no_args, bad_args, bad_names, duplicate, not_a_class, int_two, attribute_error, missing_attribute, no_match):
    attempt(f)
class Seq:
    def __init__(self, *v): self.v = v
    def __len__(self): print("len"); return len(self.v)
    def __getitem__(self, i): print("get", i); return self.v[i]
import collections.abc
collections.abc.Sequence.register(Seq)
match Seq(1, 2, 3):
    case [1, 9, _]: print("never")
    case [a, *mid, b]: print(a, mid, b)
class Map(collections.abc.Mapping):
    def __getitem__(self, k): print("never: get is used")
    def get(self, k, d=None): print("get", k); return {"x": 1}.get(k, d)
    def __iter__(self): return iter(["x"])
    def __len__(self): return 1
match Map():
    case {"y": _}: print("never")
    case {"x": v}: print("mapping", v)
class Meta(type):
    def __instancecheck__(cls, o): return o == "anything"
class Any(metaclass=Meta): pass
match "anything":
    case Any(): print("instance check hook")
log = []
class Eq:
    def __init__(self, n): self.n = n
    def __eq__(self, o):
        log.append(self.n)
        return False
match Eq(1):
    case "a" | "b" | 5: pass
print(log)
match = 5
case = match + 1
_ = case
print(match, case, _)
match (match, case):
    case (5, 6): print("soft keywords")
match [[1, 2], {"k": (3, 4)}]:
    case [[a, b], {"k": (c, d)}] if a + b + c + d == 10: print("sum 10")
match 3:
    case 1 | 2: print("low")
    case 3 | 4 as n: print("high", n)
for bad in ("match 1:\n case x: pass\n case y: pass", "match 1:\n case _ | 1: pass", "match 1:\n case [x, x]: pass", "match 1:\n case x | y: pass", "match 1:\n case {**r, 'a': 1}: pass", "match 1:\n case {'a': 1, 'a': 2}: pass", "match 1:\n case [*a, *b]: pass", "match 1:\n case C(x=1, x=2): pass", "match 1:\n case {f'x': 1}: pass", "match 1:\n case -x: pass", "match 1:\n case 1 + 2: pass", "match 1:\n case {**_}: pass", "match 1:\n case x.y as z.w: pass", "match 1:\n case 1 as _: pass", "match 1:\ncase 1: pass", "match 1:\n pass"):
    try:
        compile(bad, "<m>", "exec")
        print("compiles:", bad)
    except SyntaxError as e:
        print(type(e).__name__, e.msg, e.lineno)
