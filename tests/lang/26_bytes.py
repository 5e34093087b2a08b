def attempt(f, *a, **k):
    try:
        print(repr(f(*a, **k)))
    except Exception as e:
        print(type(e).__name__ + ":", e)
print(b"abc", b'it\'s', b"q\"'", b"\x00\xff\n\t\\", bytes(), bytes(3), bytes([1, 2, 255]), bytes("é", "utf-8"), bytes(b"x"), bytes(range(5)), bytes(bytearray(b"y")), rb"\n", b"a" b"b", bytes(memoryview(b"m")))
for a in ((-1,), ([256],), ([-1],), (["a"],), ("a",), (1.5,), (None,), ("a", "nope"), (b"a", "utf-8"), (1, "utf-8"), ([[]],), (2 ** 70,), ("é", "ascii"), (object(),)):
    attempt(lambda *a: bytes(*a), *a) if a[0].__class__ is not object else attempt(lambda: bytes(NotImplemented))
b = b"Hello, World"
print(b[0], b[-1], b[1:4], b[::-1], len(b), 72 in b, b"lo" in b, 300 in b if False else "", list(b[:3]), b + b"!", b * 2, b == b"Hello, World", b < b"I", b == "Hello", hash(b) == hash(bytes(b)), b.hex(), b.hex(":"), b.hex("-", 2), b.hex(" ", -3), bytes.fromhex("48 65 6c"), bytes.fromhex("ff00"))
print(b.upper(), b.lower(), b.swapcase(), b.title(), b.capitalize(), b.find(b"o"), b.find(111), b.rfind(b"o"), b.index(b"W"), b.count(b"l"), b.count(108), b.replace(b"l", b"L", 1), b.split(b","), b.split(), b.rsplit(b"o", 1), b.partition(b", "), b.rpartition(b"o"), b.startswith(b"He"), b.endswith((b"x", b"d")), b.strip(b"Hd"), b.center(20, b"*"), b.ljust(15) + b"|", b.zfill(15), b.expandtabs(), b"a\nb\r\nc".splitlines(), b",".join([b"a", bytearray(b"b")]), b.removeprefix(b"Hello"), b.removesuffix(b"World"), b.translate(None, b"lo"), b"abc".translate(bytes(range(256))[::-1])[:1], bytes.maketrans(b"a", b"b")[97])
print(b"abc".isalpha(), b"1".isdigit(), b"a1".isalnum(), b" ".isspace(), b"A".isupper(), b"a".islower(), b"Ab".istitle(), b"\x80".isascii(), b"".isascii(), b"\xe9".isalpha())
print(b"caf\xc3\xa9".decode(), b"\xe9".decode("latin-1"), b"\xff\xfea\x00".decode("utf-16"), b"\xef\xbb\xbfa".decode("utf-8-sig"), b"a\xffb".decode("utf-8", "replace"), b"a\xffb".decode("utf-8", "ignore"), ascii(b"a\xffb".decode("utf-8", "surrogateescape")), b"a\xffb".decode("utf-8", "backslashreplace"), b"\x80".decode("cp1252"), b"+AOk-".decode("utf-7"), b"\\u00e9\\n".decode("unicode_escape"), b"".decode("ascii"))
for data in (b"\xff", b"\xc3", b"\xe2\x82", b"a\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"abc\xe2\x28\xa1", b"\xf0\x9f\x98", b"\xf8"):
    attempt(data.decode)
    print(ascii(data.decode("utf-8", "replace")))
attempt(b"\xff".decode, "ascii")
attempt(b"a".decode, "nope")
attempt(b"\xff".decode, "utf-8", "nope")
attempt(b"\x00".decode, "utf-16")
attempt(b"\x81".decode, "cp1252")
attempt(b"\xff\xff\xff\xff".decode, "utf-32")
for f in (lambda: b[50], lambda: b["a"], lambda: b + "x", lambda: "x" + b, lambda: b"a" < "a", lambda: b"" .join(["a"]), lambda: b"".join(5), lambda: b.find("a"), lambda: b.find(256), lambda: b.index(b"zz"), lambda: b.split(b""), lambda: b.replace("a", "b"), lambda: b.startswith("a"), lambda: bytes.fromhex("a"), lambda: bytes.fromhex("zz"), lambda: bytes.fromhex(5), lambda: b.hex(""), lambda: b.hex("ab"), lambda: b.hex("é"), lambda: b.translate(b"a"), lambda: bytes.maketrans(b"a", b"bc"), lambda: "a" in b, lambda: 256 in b, lambda: b % "x", lambda: b"%d" % "x", lambda: b"%s" % "x", lambda: b"%b" % 5, lambda: b"%c" % 256, lambda: b"%c" % b"ab", lambda: b"abc".center(5, b""), lambda: b.nope, lambda: b.__setitem__(0, 1), lambda: b * 1.5, lambda: b.count(), lambda: b.partition("a"), lambda: int(b"x"), lambda: b.decode(5), lambda: eval("b'é'"), lambda: b.rindex(300), lambda: b[1.5], lambda: bytes.fromhex("a b"), lambda: bytes(5).join([1])):
    attempt(f)
print(b"%s %d %x %c %c %r %a %b %5.1f %% %05d|%-5s|" % (b"s", 5, 255, 65, b"z", "é", "é", b"b", 1.5, 42, b"l"), b"%(k)s" % {b"k": b"v"}, b"%s" % bytearray(b"ba"), b"%i" % 7)
a = bytearray(b"abc")
a.append(100)
a.extend(b"ef")
a.extend([103])
a += b"h"
a.insert(0, 64)
print(a, a.pop(), a.pop(0), a, len(a), a[0], a[1:3], a == b"abcdefg", a.index(b"c"))
a.remove(97)
a.reverse()
print(a, a.copy() is a, a * 2, a + b"x", b"x" + a, type(b"x" + a).__name__, type(a + b"x").__name__)
a[0] = 65
a[1:3] = b"ZZZZ"
a[::2] = bytes(len(a[::2]))
del a[0]
print(a, bytes(a), a.hex(), bytearray(3), bytearray([1]), bytearray("é", "latin-1"), bytearray())
a.clear()
a.resize(3)
print(a, bool(a), bool(bytearray()))
a *= 2
print(a, a.upper(), a.find(0), bytearray(b"x y").split(), bytearray(b"ab").decode(), repr(bytearray(b"'")), bytearray(b"Abc").lower())
for f in (lambda: a.append(256), lambda: a.append("x"), lambda: a.extend("x"), lambda: a.extend(5), lambda: a.extend([300]), lambda: a.pop(99), lambda: bytearray().pop(), lambda: a.remove(99), lambda: a.insert("a", 1), lambda: a.__setitem__(0, 256), lambda: a.__setitem__(99, 1), lambda: a.__setitem__(0, b"x"), lambda: a.__delitem__(99), lambda: hash(a), lambda: a[99], lambda: bytearray("x"), lambda: bytearray(-1), lambda: a.__setitem__(slice(0, 1), 5.5), lambda: a.__setitem__(slice(0, 2), "ab"), lambda: a.resize(-1), lambda: bytearray([1, 2, "3"])):
    attempt(f)
m = memoryview(a)
attempt(lambda: a.append(1))
attempt(lambda: a.clear())
m.release()
a.append(1)
print(len(a))
class B(bytes):
    def __repr__(self): return "B!"
class WithBytes:
    def __bytes__(self): return b"from __bytes__"
print(B(b"x"), B(b"x") == b"x", type(B(b"x")[:]).__name__, bytes(WithBytes()), type(B.fromhex("00")).__name__, b"".join([B(b"q")]), {b"k": 1}[B(b"k")])
it = iter(b"ab")
print(next(it), it.__length_hint__(), list(it), list(reversed(b"ab")), sorted(b"cab"), min(b"ab"), sum(b"ab"), [*b"a"], bytes(reversed(b"abc")), b"\x01" in bytearray(b"\x01\x02"), int.from_bytes(b"\x01\x00"), b"1" + bytes(str(2), "ascii"))
