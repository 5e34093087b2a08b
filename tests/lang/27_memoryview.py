def attempt(f, *a, **k):
    try:
        print(repr(f(*a, **k)))
    except Exception as e:
        print(type(e).__name__ + ":", e)
def facts(m):
    print(m.format, m.itemsize, m.nbytes, m.ndim, m.shape, m.strides, m.suboffsets, m.readonly, m.c_contiguous, m.f_contiguous, m.contiguous, len(m), m.tolist() if m.nbytes < 50 else "...")
data = bytearray(b"abcdefgh")
m = memoryview(data)
facts(m)
facts(memoryview(b"xyz"))
facts(m[2:6])
facts(m[::2])
facts(m[::-1])
print(m[0], m[-1], bytes(m[1:3]), m.tobytes(), m.hex(), m.hex(":"), m.obj is data, m == b"abcdefgh", m == data, m[1:3] == b"bc", m != b"x", memoryview(b"ab") == memoryview(b"ab"), 97 in m, list(m)[:3])
m[0] = 65
m[1:3] = b"ZY"
m[3:5] = m[5:7]
print(data)
m[::2] = b"...."
print(data)
c = m.cast("H")
facts(c)
print(hex(c[0]))
c[0] = 0x4142
print(data)
facts(memoryview(bytes(range(12))).cast("B", [3, 4]))
grid = memoryview(bytes(range(12))).cast("B", shape=[3, 4])
print(grid[1, 2], grid.tolist(), len(grid), grid.tobytes() == bytes(range(12)))
f = memoryview(bytearray(16)).cast("d")
f[0] = 1.5
f[1] = -2
print(f.tolist(), f.tobytes().hex(), f[0])
i = memoryview(bytearray(8)).cast("i")
i[0], i[1] = -1, 2 ** 31 - 1
print(i.tolist(), i.cast("B").tolist())
q = memoryview(bytearray(8)).cast("?")
q[0] = 5
print(q[0], q[1])
ch = memoryview(b"abc").cast("c")
print(ch[0], ch.tolist())
from array import array
a = array("i", [1, 2, 3])
ma = memoryview(a)
facts(ma)
ma[0] = 10
print(a, ma == array("i", [10, 2, 3]), ma == array("l", [10, 2, 3]), ma == memoryview(array("d", [10, 2, 3])))
for g in (lambda: m[99], lambda: m["a"], lambda: m[1, 2], lambda: memoryview(5), lambda: memoryview("str"), lambda: memoryview(), lambda: m.__setitem__(0, 256), lambda: m.__setitem__(0, "a"), lambda: m.__setitem__(0, b"a"), lambda: m.__setitem__(slice(0, 2), b"abc"), lambda: m.__delitem__(0), lambda: memoryview(b"a").__setitem__(0, 1), lambda: m.cast("Q5"), lambda: m[:3].cast("H"), lambda: m[::2].cast("H"), lambda: c.cast("I"), lambda: hash(m), lambda: m < m, lambda: grid[0], lambda: grid[5, 0], lambda: grid[0, 0, 0], lambda: m.cast("B", [3, 3]), lambda: m.nope, lambda: a.append(5), lambda: data.append(5), lambda: f.__setitem__(0, "x"), lambda: i.__setitem__(0, 2 ** 31), lambda: i.__setitem__(0, 1.5), lambda: m.toreadonly().__setitem__(0, 1), lambda: m + b"a", lambda: m.cast("x")):
    attempt(g)
print(hash(memoryview(b"abc")) == hash(b"abc"), memoryview(b"abc").toreadonly().readonly)
with memoryview(b"abc") as w:
    print(w[0])
attempt(lambda: w[0])
attempt(lambda: w.tolist())
attempt(lambda: len(w))
print(repr(w).startswith("<released memory at 0x"), repr(m).startswith("<memory at 0x"))
w.release()
inner = m[2:4]
attempt(m.release)
print(inner.tolist() == list(data[2:4]))
m2 = memoryview(memoryview(b"nested"))
print(m2.tobytes(), m2.obj)
print(bytes(reversed(memoryview(b"abc"))), memoryview(b"abcabc").index(99) if hasattr(memoryview, "index") else "", memoryview(b"aba").count(97), b"".join([memoryview(b"x"), b"y"]), bytearray(memoryview(b"z")), memoryview(b"abc")[1:].tobytes(), int(memoryview(b"42") .tobytes()))
class Buf:
    def __init__(self): self.store = bytearray(b"class"); self.released = 0
    def __buffer__(self, flags):
        print("asked for a buffer", flags & 1)
        return memoryview(self.store)
    def __release_buffer__(self, view):
        self.released += 1
        view.release()
b = Buf()
with memoryview(b) as v:
    print(v.tobytes(), b.released)
print(b.released, bytes(b), b.released)
import collections.abc
print(isinstance(b, collections.abc.Buffer), isinstance(b"", collections.abc.Buffer), isinstance(5, collections.abc.Buffer))
class NotView:
    def __buffer__(self, flags): return b"bytes"
attempt(lambda: memoryview(NotView()))
attempt(lambda: memoryview.__new__(memoryview, b"x").tolist())
empty = memoryview(b"")
facts(empty)
print(empty == b"", list(empty), bool(empty), bool(memoryview(b"x")))
for code in "bBhHiIlLqQfd":
    size = memoryview(bytearray(8)).cast(code).itemsize
    v = memoryview(bytearray(size)).cast(code)
    v[0] = 7
    print(code, size, v[0], end="; ")
print()
match memoryview(b"\x01\x02"):
    case [a, b]:
        print("matched as a sequence", a, b)
