"""What is called at the end of a program although the library's own callbacks are not missed:
finalizers of what weak collections hold, callbacks of the program's, also under such names."""
import subprocess
import sys

PROGRAMS = {
    "finalizer in a weak set": """
import weakref
class A:
    def __del__(self): print("end")
a = A()
s = weakref.WeakSet([a])
""",
    "values of a weak dict": """
import weakref
class A:
    def __del__(self): print("end", self.n)
kept = [A()]
d = weakref.WeakValueDictionary()
for n, a in enumerate(kept):
    a.n = n
    d[n] = a
""",
    "keys and what they lead to": """
import weakref
class Key: pass
class A:
    def __del__(self): print("end of value")
k = Key()
d = weakref.WeakKeyDictionary({k: A()})
""",
    "a callback of the program": """
import weakref
class A: pass
def _removeHandlerRef(r): print("called", r() is None)
a = A()
r = weakref.ref(a, _removeHandlerRef)
""",
    "a callback under the library's name": """
import weakref
class WeakSet:
    def __init__(self):
        def _remove(r): print("called", r() is None)
        self.remove = _remove
class A: pass
s = WeakSet()
print(s.remove.__qualname__)
a = A()
r = weakref.ref(a, s.remove)
""",
    "a finalizer": """
import weakref
class A: pass
a = A()
weakref.finalize(a, print, "finalized")
""",
    "a loop and its tasks": """
import asyncio, logging, atexit
atexit.register(print, "at exit")
class A:
    def __del__(self): print("end")
async def main():
    task = asyncio.create_task(asyncio.sleep(0, A()))
    return await task
kept = asyncio.run(main())
logging.warning("a record")
""",
    "a local of a thread": """
import threading
class A:
    def __del__(self): print("end")
here = threading.local()
here.a = A()
""",
    "iterators": """
class A:
    def __iter__(self): return self
    def __next__(self): return 1
    def __del__(self): print("end")
import itertools
kept = zip(itertools.chain(A()), map(str, A()), range(10**30))
next(kept)
""",
}
for name, program in PROGRAMS.items():
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    print(name, done.returncode, done.stdout.split("\n"), done.stderr)
