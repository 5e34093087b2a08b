# Corners of native modules: values that cannot be, keys that are left out, functions that
# change what they are called on, and what audit hooks hear.
import array
import io
import json
import math
import os
import pickle
import random
import subprocess
import sys
import types
import warnings


def show(function, *arguments, **named):
    try:
        print(ascii(function(*arguments, **named)))
    except Exception as error:
        print(type(error).__name__, ascii(str(error)))


# No text comes of numbers that are no code points.
for code in "w":
    wrong = array.array(code, b"\xff" * 4)
    for function in wrong.tounicode, wrong.tolist, wrong.pop:
        show(function)
    show(str, wrong)
    show(lambda: wrong[0])
    show(lambda: wrong == wrong)
print(sys.getsizeof(array.array("i", [1, 2, 3])) - sys.getsizeof(array.array("i")))

# Members that are left out leave nothing behind.
show(json.dumps, {(1,): 2}, skipkeys=True, indent=2)
show(json.dumps, {(1,): 2, 3: 4}, skipkeys=True, indent=2)
for text in r'"\u0041', r'"\ud834', r'"\ud834\udd1e', r'"\u004', r'"\ud834\ud':
    show(json.loads, text)

# What a logarithm was asked; a zero with the sign of where it was come from.
for x in -1.5, 0.0, -1, 0:
    show(math.log, x)
show(math.nextafter, -5e-324, 0.0)
show(math.nextafter, -5e-324, 0.0, steps=1)
show(random.Random(1).getrandbits, -1 << 1000)

# Static methods of native types belong to them.
print(str.maketrans.__qualname__, str.maketrans.__self__)
print(pickle.loads(pickle.dumps(str.maketrans)) == str.maketrans)
print(str.maketrans("a", "b"), str.maketrans.__reduce__()[1])


class Size:
    def __init__(self, action):
        self.action = action

    def __index__(self):
        self.result = self.action()
        return 0


stream = io.BytesIO(b"abc")
show(stream.truncate, Size(stream.close))
show(stream.__setstate__, (b"closed", 0, None))
stream = io.BytesIO(b"abc")
size = Size(stream.getbuffer)
show(stream.truncate, size)
size.result.release()
print(stream.getvalue())

# Where a warning's line comes from, and the filters that were in force last.
class Loader:
    def get_source(self, name):
        return f"first\nsource of {name}\n"


loader = Loader()
names = {"__name__": "made", "__spec__": types.SimpleNamespace(loader=loader)}
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.warn_explicit("text", UserWarning, "nowhere", 2, module_globals=names)
    print(caught[0].line)
show(warnings.warn_explicit, "text", UserWarning, "nowhere", 2, module_globals={"__spec__": None})

# What audit hooks hear.
heard = []
watched = ("object.__setattr__", "_thread.start_joinable_thread", "socket.gethostname")
sys.addaudithook(lambda event, told: event in watched and heard.append((event, told[1:2])))


class A:
    pass


class B(A):
    pass


B.__name__ = "C"
B.__bases__ = (A,)
instance = A()
instance.__class__ = B
B.plain = 1
import socket

socket.gethostname()
print(heard)

# Hooks that fail are told of with the exception of theirs; a size that is too large.
def failing(unraisable):
    raise LookupError("the hook's")


class Dying:
    def __del__(self):
        raise ValueError("dying")


class Large:
    def __sizeof__(self):
        return 1 << 70


sys.stderr = io.StringIO()
sys.unraisablehook = failing
Dying()
sys.unraisablehook = sys.__unraisablehook__
said, sys.stderr = sys.stderr.getvalue(), sys.__stderr__
print(said.splitlines()[0].split(" at ")[0], said.splitlines()[-1])
show(sys.getsizeof, Large())

# The end of the program allows neither new threads nor processes.
late = """
import _thread, os, subprocess, sys
class Late:
    def __init__(self, action): self.action = action
    def __del__(self):
        try: self.action()
        except BaseException as error: print(type(error).__name__, error)
late = [
    Late(lambda: _thread.start_new_thread(print, ("never",))),
    Late(lambda: os.fork()),
    Late(lambda: subprocess.Popen([sys.executable, "-c", ""], preexec_fn=print)),
]
sys.exit("ends \\udcff")
"""
done = subprocess.run([sys.executable, "-c", late], capture_output=True)
print(done.returncode, sorted(done.stdout.decode().splitlines()), done.stderr)

# A mark of UTF-8 goes with no other name of an encoding.
for name in "utf-8", "UTF_8", "utf-8-sig", "utf8", "latin-1", "cp437":
    show(lambda: compile(b"\xef\xbb\xbf# coding: %b\n1" % name.encode(), "x", "exec") and name)
