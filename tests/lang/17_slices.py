s = list(range(10))
for a, b, c in [(None, None, None), (2, 5, None), (None, None, -1), (-3, None, None), (None, -3, None), (8, 2, -2), (0, 100, 3), (-100, 100, 1), (5, 5, 1), (7, 3, 1), (None, None, 4), (-1, None, -3), (100, None, -1), (None, 0, -1)]:
    sl = slice(a, b, c)
    print(sl, s[sl], "0123456789"[sl], tuple(s)[sl] == tuple(s[sl]), range(10)[sl], bytes(s)[sl] == bytes(s[sl]), sl.indices(10))
print(slice(5), slice(1, 2), slice(1, 2) == slice(1, 2), slice(1, 2) < slice(1, 3), slice(1).start, slice(1).stop)
print(hash(slice(1, 2)) == hash(slice(1, 2)))
try:
    s[::0]
except ValueError as e:
    print(e)
try:
    s["a":]
except TypeError as e:
    print(e)
try:
    "abc"[1.0:]
except TypeError as e:
    print(e)
try:
    slice(1, 2, 0).indices(5)
except ValueError as e:
    print(e)
try:
    slice(1).indices(-1)
except ValueError as e:
    print(e)
class Index:
    def __init__(self, n): self.n = n
    def __index__(self): return self.n
print(s[Index(2):Index(-2)], s[Index(3)], "abc"[Index(1)], [0] * Index(3), range(Index(4)), hex(Index(255)))
def case(start, edit):
    l = list(range(start))
    try:
        edit(l)
        print(l)
    except Exception as e:
        print(type(e).__name__ + ":", e)
def e1(l): l[2:4] = "abc"
def e2(l): l[5:2] = ["x"]
def e3(l): l[::2] = "abc"
def e4(l): l[::2] = "ab"
def e5(l): l[::-1] = range(5)
def e6(l): del l[::2]
def e7(l): del l[1:3]
def e8(l): del l[::-2]
def e9(l): l[:] = l
def e10(l): l[1:1] = l
def e11(l): l[100:] = [1, 2]
def e12(l): l[-2:] = []
def e13(l): l[0:2] = (x for x in "pq")
def e14(l): l[1:2] = 5
def e15(l): l[1:4:1] = [7]
def e16(l): l[4:0:-1] = [1]
def e17(l): del l[10:], l[:-10]
def e18(l): l[1::2] = l[::2][:2]
for e in (e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12, e13, e14, e15, e16, e17, e18):
    case(5, e)
b = bytearray(b"0123456789")
b[2:5] = b"xyz!"
print(b)
b[::3] = b"----"
print(b)
del b[1::2]
print(b)
try:
    b[::2] = b"q"
except ValueError as e:
    print(e)
print(s[2:8][1:3], s[-1:-5:-1], s[:5][::-1], [s[i:i + 3] for i in range(0, 10, 3)])
class Seq:
    def __len__(self): return 5
    def __getitem__(self, i): return i
print(Seq()[1:2], Seq()[-1:], Seq()[1], Seq()[-1])
print(s[2 ** 70:], s[-2 ** 70:2], s[:2 ** 70:2 ** 70])
try:
    s[2 ** 70]
except IndexError as e:
    print(e)
print(slice(None).indices(5), slice(-1, -10, -1).indices(5), slice(0, 2 ** 70).indices(2 ** 65))
class SubList(list): pass
class SubStr(str): pass
print(type(SubList([1, 2])[:]), type(SubStr("ab")[:]), type(SubList([1]) + [2]), type(SubStr("a") * 1))
m = memoryview(b"abcdef")
print(bytes(m[1:4]), bytes(m[::-1]), m[2], len(m[::2]))
t = (1, 2, 3)
print(t[:] is t, "abc"[:] == "abc", t[3:], t[:0])
match slice(1, 5, 2):
    case slice(start=a, stop=b, step=c):
        print(a, b, c)
