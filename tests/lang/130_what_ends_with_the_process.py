"""What happens when a program ends: nothing that an object does when it ends is left out."""

import subprocess
import sys
import tempfile

PROGRAMS = {
    "finalizer of a global": """
class Noisy:
    def __del__(self): print("ends")
kept = Noisy()
""",
    "finalizer given later": """
class Quiet: pass
kept = Quiet()
Quiet.__del__ = lambda self: print("ends")
""",
    "finalizer of a class of the library's, given later": """
import os
type(os.environ).__del__ = lambda self: print("ends")
""",
    "finalizer inherited from one without a place": """
class Bare:
    __slots__ = ()
    def __del__(self): print("ends")
class Other(Bare): pass
kept = Other()
""",
    "finalizer of a metaclass": """
class Meta(type):
    def __del__(cls): print("class ends")
class C(metaclass=Meta): pass
""",
    "in a cycle": """
class Noisy:
    def __del__(self): print("ends")
a = Noisy(); a.own = a
del a
import gc; gc.disable()
""",
    "held by a module of the library": """
class Noisy:
    def __del__(self): print("ends")
import os
os.own = [Noisy()]
del Noisy
""",
    "callback of a weak reference": """
import weakref
class C: pass
a = C()
r = weakref.ref(a, lambda r: print("gone"))
""",
    "weakref.finalize": """
import weakref
class C: pass
a = C()
weakref.finalize(a, print, "finalized")
""",
    "a generator in a try statement": """
def g():
    try: yield
    finally: print("finally")
kept = g(); next(kept)
""",
    "a file that is not closed": """
import sys
kept = open(sys.argv[1], "w"); kept.write("written")
""",
    "a binary file in a cycle": """
import sys
kept = [open(sys.argv[1], "wb")]; kept[0].write(b"written"); kept.append(kept)
""",
    "standard output replaced": """
import sys, io
print("before")
sys.stdout = io.StringIO()
print("lost")
""",
    "standard output replaced by an instance": """
import sys
print("before")
class Out:
    def write(self, text): pass
    def flush(self): pass
sys.stdout = Out()
print("lost")
""",
    "standard output wrapped anew": """
import sys, io
print("before")
sys.stdout = io.TextIOWrapper(sys.stdout.detach(), encoding="utf-8")
print("after", end="")
""",
    "standard output forgotten": """
import sys
print("before", end="")
old = sys.stdout
sys.stdout = sys.__stdout__ = None
""",
    "callbacks of the collector": """
import gc
gc.callbacks.append(lambda phase, info: print(phase, info["generation"]))
""",
    "atexit": """
import atexit
atexit.register(print, "exit function")
""",
    "a thread's local values": """
import threading
class Noisy:
    def __del__(self): print("ends")
here = threading.local(); here.value = Noisy()
""",
    "an exception": """
class Noisy:
    def __del__(self): print("ends")
def f():
    n = Noisy()
    1 / 0
try: f()
except ZeroDivisionError as e: kept = e
""",
    "nothing": "import json, re",
}

with tempfile.NamedTemporaryFile() as file:
    for name, program in PROGRAMS.items():
        open(file.name, "w").close()
        done = subprocess.run(
            [sys.executable, "-c", program, file.name], capture_output=True, text=True
        )
        written = open(file.name).read()
        print(f"{name}: {done.returncode} {done.stdout!r} {written!r}")
        if done.stderr:
            print("   ", done.stderr.splitlines()[-1])
