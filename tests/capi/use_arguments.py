import arguments as m
print(m.CONST, m.TEXT, m.__name__, m.parse.__text_signature__, m.parse.__doc__, m.parse, m.parse.__module__, m.parse.__self__ is m)
def t(f, *args, **kw):
    try:
        print(f.__name__, args, kw, "->", f(*args, **kw))
    except Exception as e:
        print(f.__name__, args, kw, "->", type(e).__name__, e)
class I:
    def __index__(self): return 7
for fmt, values in {
    "b": [5, 256, -1, "x", 1.5, I()], "B": [300, -1], "h": [1, 40000, -40000], "H": [70000], "i": [1, 2**31, 2**70, 1.5], "I": [2**33 + 1], "l": [-5, 2**63], "k": [2**64 + 3, "x"], "L": [5], "K": [-1],
    "n": [5, 2**70, I()], "f": [1.5, 2, "x"], "d": [1.5, 2**2000], "D": [1j, 2, "x"], "p": [[], [1]], "c": [b"x", b"xy", "x", bytearray(b"q")], "C": ["é", "ab", 5],
    "s": ["héllo", "a\0b", b"x", None], "z": [None, "x", 5], "y": [b"ab", "x", b"a\0", bytearray(b"x")], "s#": ["a\0b", b"xx", 5], "y#": [b"a\0", bytearray(b"s"), "s"], "z#": [None, "q"],
    "s*": ["x", b"y", bytearray(b"z"), 5], "z*": [None], "y*": [b"x", memoryview(b"abc")[::2], "s"], "w*": [bytearray(b"x"), b"x"],
    "S": [b"x", "x"], "U": ["x", b"x"], "Y": [bytearray(b"x"), b"x"], "O": [None], "(ii)": [(1, 2), [3, 4], (1,), 5, "ab", (1, "x")],
}.items():
    for v in values:
        t(m.parse, fmt, (v,))
t(m.parse, "i", ()); t(m.parse, "i", (1, 2)); t(m.parse, "i:name", ()); t(m.parse, "i;message", ()); t(m.parse, "|i", ()); t(m.parse, "|i:nm", (1, 2)); t(m.parse, "i:nm", ("x",)); t(m.parse, "i;msg", ("x",)); t(m.parse, ":nm", (1,))
t(m.kw, 1, 2); t(m.kw, 1, a=2, b=3, c="x"); t(m.kw, 1); t(m.kw); t(m.kw, 1, 2, 3, 4); t(m.kw, 1, 2, a=3); t(m.kw, 1, 2, z=1); t(m.kw, 1, 2, 3, 4, 5); t(m.kw, "x", 2); t(m.kw, 1, b=2); t(m.kw, 1, 2, c=1, d=2)
t(m.unpack); t(m.unpack, 1); t(m.unpack, 1, 2); t(m.unpack, 1, 2, 3)
t(m.encoded, "aé"); t(m.encoded, b"x"); t(m.converted, 5, "s"); t(m.converted, "x", "s"); t(m.converted, 1, 2)
t(m.one, "x"); t(m.one); t(m.one, 1, 2); t(m.one, x=1); t(m.fast); t(m.fast, 1, 2); t(m.fast, x=1); t(m.fastkw, 1, x=2, y=3); t(m.fastkw)
