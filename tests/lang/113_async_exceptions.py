"""Exceptions that one thread raises in another; what is told of those that nobody can catch."""

import ctypes
import importlib.util
import marshal
import sys
import threading
import time


class Asked(Exception):
    pass


print("-- in another thread, which the asking one outruns")
seen = threading.Event()


def work():
    try:
        while True:
            time.sleep(0.01)
    except Asked:
        seen.set()


thread = threading.Thread(target=work)
thread.start()
ask = ctypes.pythonapi.PyThreadState_SetAsyncExc
ask.argtypes = ctypes.c_ulong, ctypes.py_object
print(ask(thread.ident, Asked), sum(range(100000)), seen.wait(20))
thread.join()

print("-- relative imports")
spec = importlib.util.spec_from_loader("some.module", None)
for names in (
    {"__package__": 5, "__spec__": None},
    {"__package__": None, "__spec__": spec},
    [],
):
    try:
        __import__("x", names, level=1)
    except Exception as why:
        print(type(why).__name__, why)

print("-- marshal")
loop = slice([], None)
loop.start.append(loop)
try:
    marshal.dumps(loop)
except ValueError as why:
    print(type(why).__name__)


class Item:
    def __hash__(self):
        return 0

    def __buffer__(self, flags):
        sample.update(range(1000, 1400))
        return memoryview(b"abc")


sample = {Item()}
sample.update(range(1, 60))
try:
    marshal.dumps(sample)
except RuntimeError as why:
    print(why)

print("-- a signal that was sent ends the process")
import os, signal

print(signal.getsignal(signal.SIGSEGV))
child = os.fork()
if child == 0:
    os.kill(os.getpid(), signal.SIGSEGV)
    os._exit(0)
print(os.WTERMSIG(os.waitpid(child, 0)[1]))
print("test.support" in sys.modules, importlib.import_module("test.support").__name__)
