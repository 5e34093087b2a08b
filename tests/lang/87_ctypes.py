# C types, foreign functions and callbacks of ctypes.
import ctypes
import pickle
import threading
from ctypes import *


class Point(Structure):
    _fields_ = [("x", c_int), ("y", c_double)]


class Flags(Structure):
    _fields_ = [("low", c_uint, 3), ("high", c_uint, 5), ("rest", c_ubyte)]


class Number(Union):
    _fields_ = [("whole", c_uint32), ("bytes", c_ubyte * 4)]


class Big(BigEndianStructure):
    _fields_ = [("a", c_uint16), ("b", c_float)]


def layout():
    print(sizeof(Point), alignment(Point), Point.y.offset, Point.y)
    point = Point(1, y=2.5)
    print(point.x, point.y, bytes(point).hex())
    print(pickle.loads(pickle.dumps(point)).y)
    flags = Flags(5, 17, 200)
    print(flags.low, flags.high, flags.rest, bytes(flags).hex(), Flags.high)
    number = Number(0x01020304)
    print(list(number.bytes))
    print(bytes(Big(0x1234, 1.5)).hex(), Big(7).a)
    print(memoryview(point).format, memoryview((c_short * 2 * 3)()).shape)


def memory():
    numbers = (c_int * 4)(1, 2, 3)
    numbers[-1] = 9
    print(numbers[:], len(numbers), numbers._type_ is c_int)
    pointer_to = cast(numbers, POINTER(c_int))
    pointer_to[1] = 20
    print(numbers[:], pointer_to.contents, bool(POINTER(c_int)()))
    text = create_string_buffer(b"hello", 10)
    text[0] = b"j"
    print(text.value, text.raw, string_at(addressof(text), 3))
    wide = create_unicode_buffer("héllo")
    print(wide.value, wstring_at(wide, 2))
    shared = bytearray(8)
    view = c_uint64.from_buffer(shared)
    view.value = 0x0102
    print(shared, c_uint16.from_buffer_copy(b"\x01\x02\x03", 1))
    memset(numbers, 0, 8)
    print(numbers[:])
    holder = py_object([1])
    holder.value.append(2)
    print(holder, c_char_p(b"kept")._objects)


def errors():
    for make in (
        lambda: c_int("1"),
        lambda: c_char(b"ab"),
        lambda: numbers_type(1, 2, 3),
        lambda: Point(1, 2, 3),
        lambda: POINTER(c_int)().contents,
        lambda: CDLL(None).no_such_function,
        lambda: libc.abs(object()),
        lambda: setattr(Point, "_fields_", []),
        lambda: resize(c_int(), 1),
        lambda: pythonapi.PyErr_SetString(py_object(KeyError), b"from C"),
    ):
        try:
            print(make())
        except Exception as error:
            print(type(error).__name__, str(error).rpartition(": ")[2])


numbers_type = c_int * 2
libc = CDLL(None, use_errno=True)


def functions():
    print(libc.abs(-5), libc.strlen(b"four"))
    strchr = libc.strchr
    strchr.restype = c_char_p
    strchr.argtypes = [c_char_p, c_char]
    print(strchr(b"abcdef", b"d"))
    libc.atof.restype = c_double
    print(libc.atof(b"1.25"))
    libc.atoi.errcheck = lambda result, function, arguments: (result, arguments)
    print(libc.atoi(b"12"))
    set_errno(0)
    print(libc.close(-1), get_errno())
    div = libc.div

    class Quotient(Structure):
        _fields_ = [("quot", c_int), ("rem", c_int)]

    div.restype = Quotient
    print(div(17, 5).quot, div(17, 5).rem)
    prototype = CFUNCTYPE(c_long, c_char_p, POINTER(c_char_p), c_int)
    strtol = prototype(("strtol", libc), ((1, "text"), (2, "end"), (1, "base", 10)))
    print(strtol(b"42rest"), strtol(text=b"ff", base=16))
    pythonapi.PyLong_FromString.restype = py_object
    print(pythonapi.PyLong_FromString(b"123", None, 10))


def callbacks():
    compare_type = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int))
    compare = compare_type(lambda a, b: a[0] - b[0])
    numbers = (c_int * 5)(5, 1, 4, 2, 3)
    libc.qsort(numbers, c_size_t(5), c_size_t(sizeof(c_int)), compare)
    print(numbers[:])
    twice = CFUNCTYPE(c_short, c_short)(lambda n: 2 * n)
    print(twice(-3))
    seen = []
    work = CFUNCTYPE(None, py_object)(lambda what: seen.append((what, threading.get_ident())))
    start = CFUNCTYPE(c_void_p, c_void_p)(lambda argument: work("in a thread") or 7)
    thread = c_ulong()
    result = c_void_p()
    print(libc.pthread_create(byref(thread), None, start, None))
    print(libc.pthread_join(thread, byref(result)), result.value)
    print(seen[0][0], seen[0][1] != threading.get_ident())


layout()
memory()
errors()
functions()
callbacks()

# Memory of an instance that was given more of it.
class Empty(ctypes.Structure):
    pass
empty = Empty()
ctypes.resize(empty, 5)
view = memoryview(empty)
view.cast("B")[:] = b"abcde"
print(bytes(empty), view.nbytes, view.ndim, view.tobytes(), bytearray(empty))
