"""Small things of types, calls and builtins that are easily different."""

import asyncio
import csv
import marshal
import os
import re
import socket
import sqlite3
import sys
import tempfile
import traceback
import types
import warnings

# What a descriptor raises when a comparison looks its method up.
class Failing:
    def __get__(self, instance, owner):
        raise LookupError("not today")


class Compared:
    __eq__ = Failing()
    __lt__ = Failing()


for compare in (lambda a: a == 1, lambda a: a < 1, lambda a: 1 == a):
    try:
        print(compare(Compared()))
    except LookupError as error:
        print("LookupError", error)


class Absent:
    @property
    def __eq__(self):
        raise AttributeError("no such thing")


print(Absent() == Absent(), Absent() != 1)

# Bases that are set while the order of bases is computed.
class Meta(type):
    ready = False

    def mro(cls):
        if Meta.ready and cls.__name__ == "C":
            Meta.ready = False
            C.__bases__ = (B2,)
        return type.mro(cls)


class A(metaclass=Meta): pass
class B1(A): pass
class B2(A): pass
class C(A): pass


Meta.ready = True
C.__bases__ = (B1,)
B1.__bases__ = (C,)
print(C.__bases__, B2.__subclasses__(), B1.__subclasses__(), C.__subclasses__(), A.__subclasses__())
print(B1.__mro__)

# A class of exceptions that makes no exception, thrown.
class Wrong(Exception):
    def __new__(cls, *args):
        return cls


def generator():
    try:
        yield 1
    except TypeError as error:
        yield str(error).partition("'>")[2]


waiting = generator()
next(waiting)
print(waiting.throw(Wrong))
unstarted = generator()
try:
    unstarted.throw(Wrong)
except TypeError as error:
    print(str(error).partition("'>")[2], list(unstarted))

# anext() with a default, of an iterator whose __anext__ is a coroutine.
class Countdown:
    def __init__(self, start):
        self.at = start

    def __aiter__(self):
        return self

    async def __anext__(self):
        await asyncio.sleep(0)
        if not self.at:
            raise StopAsyncIteration
        self.at -= 1
        return self.at


async def consume():
    numbers = Countdown(2)
    print([await anext(numbers, "end") for _ in range(4)], await anext(Countdown(1)))


asyncio.run(consume())

# A variable of a comprehension before it is bound.
def comprehension():
    l = [None]
    return [1 for (l[0], l) in [[1, 2]]]


def behind():
    [1 for hidden in [1]]
    return hidden


for function in (comprehension, behind):
    try:
        function()
    except NameError as error:
        print(type(error).__name__, error)

# Sums of floats and long ints.
print(sum([1.0, 10**100, 1.0, -10**100]), sum([0.1] * 10), sum([10**30, 0.5, -10**30]))

# Builtins of functions that have none of their own.
names = {"type": type, "__builtins__": {"None": None}}
exec("def f(): pass\ng = type(f)(f.__code__, {})", names)
print(names["g"].__builtins__ is names["__builtins__"], "__builtins__" in names["g"].__globals__)

# Documentation of properties.
def first():
    "first"


def second():
    "second"


changed = property(first)
changed.__doc__ = "changed"
print(changed.__doc__, changed.getter(second).__doc__, property(first, doc="own").getter(second).__doc__)

# Attributes of exceptions.
for kind, name in ((OSError, "errno"), (StopIteration, "value"), (UnicodeDecodeError, "start"),
                   (SyntaxError, "text"), (BaseException, "args"), (ExceptionGroup, "message"),
                   (BaseException, "__cause__"), (BaseException, "__suppress_context__")):
    print(kind.__name__, name, type(getattr(kind, name)).__name__)
for kind, name in ((ExceptionGroup("g", [ValueError()]), "message"), (BaseException(), "__suppress_context__")):
    try:
        setattr(kind, name, 1)
    except (AttributeError, TypeError) as error:
        print(type(error).__name__, error)

# What the import system has called is not in tracebacks.
folder = tempfile.mkdtemp()
os.mkdir(folder + "/broken_package")
for name, text in (("__init__", ""), ("broken", "1/0"), ("missing", "import no_such_module")):
    with open(f"{folder}/broken_package/{name}.py", "w") as file:
        file.write(text)
sys.path.insert(0, folder)
for statement in ("from broken_package import broken", "import broken_package.missing",
                  "from broken_package import missing", "from broken_package import nothing"):
    try:
        exec(statement)
    except Exception as error:
        files = [os.path.basename(frame.filename) for frame in traceback.extract_tb(error.__traceback__)]
        print(statement, type(error).__name__, files)

# Warnings of f-strings and of missing commas.
for source in (r"f'\{6}'", r"f'{1}\{2}\z'", r"rf'\{6}'", "[[1, 2] [t'{x}']]"):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        compile(source, "<source>", "eval")
    print(source, [(w.category.__name__, str(w.message)) for w in caught])

# marshal: tuples that hold themselves, and files that are read no further than they must be.
loop = ([],)
loop[0].append(loop)
again = marshal.loads(marshal.dumps(loop))
print(type(again).__name__, again[0][0] is again)
for data in (b"\xa8\x01\0\0\0[\x01\0\0\0r\0\0\0\0", b"\xbe\x01\0\0\0r\0\0\0\0", b"\xa9\x01\xa9\0", b"\xa9\x01r\x05\0\0\0"):
    try:
        print(marshal.loads(data))
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)


class Pipe:
    def __init__(self, data):
        self.data, self.asked = data, []

    def read(self, count):
        assert count == 0
        return b""

    def readinto(self, buffer):
        self.asked.append(len(buffer))
        part, self.data = self.data[:len(buffer)], self.data[len(buffer):]
        buffer[:len(part)] = part
        return len(part)


pipe = Pipe(marshal.dumps((1, "text", [2.5])) + marshal.dumps("next") + b"rest")
print(marshal.load(pipe), marshal.load(pipe), pipe.data)
for wrong in (Pipe(b""), Pipe(b"("), object()):
    try:
        marshal.load(wrong)
    except (EOFError, AttributeError) as error:
        print(type(error).__name__, error)

print(types.CapsuleType.__name__)

# sqlite3: arguments by keyword that will be positional-only, and the other way round.
connection = sqlite3.connect(":memory:")
calls = (
    (connection.create_function, ("f", 1), {"func": len}),
    (connection.create_function, ("f", 1, len), {"deterministic": True}),
    (connection.create_aggregate, ("f",), {"n_arg": 1, "aggregate_class": list}),
    (connection.set_authorizer, (), {"authorizer_callback": None}),
    (connection.set_progress_handler, (), {"progress_handler": None, "n": 3}),
    (connection.set_progress_handler, (None,), {"n": 3}),
    (connection.set_trace_callback, (), {"trace_callback": None}),
    (sqlite3.Connection, (":memory:", 5.0), {}),
    (sqlite3.connect, (":memory:", 5.0), {}),
    (sqlite3.connect, (":memory:",), {"timeout": 5.0}),
)
for function, arguments, named in calls:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", DeprecationWarning)
        made = function(*arguments, **named)
        if isinstance(made, sqlite3.Connection):
            made.close()
    print(function.__name__, [str(w.message) for w in caught])
connection.close()

# Sets without regard to case, of bytes by the locale: what is negated counts in either case.
flags = re.LOCALE | re.IGNORECASE
print([bool(re.fullmatch(pattern, b"B", flags)) for pattern in (b"[bc]", b"[^bc]", b"[^b]", b"[^a]", b"(?:a|[^bc])")])

# Numbers of the network's byte order, and messages between processes.
for function, number in ((socket.ntohs, -1 << 100), (socket.htonl, 1 << 32), (socket.CMSG_SPACE, 2**31 - 20)):
    try:
        print(function(number))
    except (ValueError, OverflowError) as error:
        print(type(error).__name__, error)

# More arguments than parameters, where some are given by keyword.
for function, arguments, named in (
    ("a".expandtabs, (1,), {"tabsize": 2}), ("a".expandtabs, (), {"tabsize": 1, "other": 2}),
    (sum, ([1], 2), {"start": 3}), (pow, (1, 2, 3), {"mod": 4}), ([].sort, (), {"key": None, "reverse": 1, "x": 2}),
    (str, (b"a", "utf-8"), {"encoding": "x"}),
    (open, ("x", "r", -1, None, None, None, True, None), {"mode": "r"}), (max, (1, 2), {"key": None, "x": 3}),
    (int.from_bytes, (b"1", "big"), {"signed": True, "byteorder": "x"}), (round, (1, 2), {"ndigits": 3}),
):
    try:
        print(function(*arguments, **named))
    except TypeError as error:
        print(error)


# A reader of records whose lines read from it.
class Lines:
    asked = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.asked += 1
        if self.asked == 1:
            next(self.reader, None)
        return "a,b"


lines = Lines()
lines.reader = csv.reader(lines)
try:
    next(lines.reader)
except csv.Error as error:
    print(error)
print(next(lines.reader), lines.reader.line_num)
