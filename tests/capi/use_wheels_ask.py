import inspect
import signal
import sys
import types

import wheels_ask
from wheels_ask import Silent


def say(*values):
    print(*values, flush=True)


wheels_ask.arithmetic()
for text in ("1.5", "-1e3x", "1e", ".5.", "1.", ".", "", " 1", "0x10", "-0x1", "+inf", "-Infinity!", "nan(1)", "1e400",
             "1_0", "infi", "--1", "1e+", "1E-2", "4.9e-324", "0.1"):
    say(repr(text))
    wheels_ask.parsed(text)


def raises(*_):
    raise KeyError("handled")


signal.signal(signal.SIGALRM, raises)
wheels_ask.locks(lambda: signal.setitimer(signal.ITIMER_REAL, 0.05) and None)
say(wheels_ask.arguments()[1:] == sys.orig_argv[1:], sys.orig_argv[1:][:-1])


class Plain:
    pass


class Compared:
    __eq__ = object.__eq__


class Slotted:
    __slots__ = ("a",)


class Forwarding:
    def __getattr__(self, name):
        return name

    def __setattr__(self, name, value):
        pass


for cls in (object, int, list, dict, Plain, Compared, Slotted, Forwarding, Silent, ValueError, set, type(print)):
    wheels_ask.slots(cls)

say(getattr(Silent(), "silent", "default"), hasattr(Silent(), "silent"))
for read in (lambda: Silent().silent, lambda: getattr(Silent(), "silent")):
    try:
        read()
    except SystemError as error:
        say(type(error).__name__)

for name in "noargs", "o", "varargs", "documented", "signed":
    function, method = getattr(wheels_ask, name), vars(wheels_ask.Documented)[name]
    say(name, function.__text_signature__, repr(function.__doc__), method.__text_signature__, repr(method.__doc__))
for name in "class_noargs", "class_o", "static_noargs", "static_o":
    say(name, getattr(wheels_ask.Documented, name).__text_signature__)
say(wheels_ask.Documented.__text_signature__, repr(wheels_ask.Documented.__doc__))

# Cython's modules of the stable ABI make code of a signature and lines, without instructions.
code = types.CodeType(2, 0, 1, 4, 0, inspect.CO_VARARGS | 3, bytes(16), (), (), ("a", "b", "k", "args"), "m.pyx", "f", "A.f", 7, b"\x80\x00" * 4, b"", (), ())
say(code.co_name, code.co_qualname, code.co_varnames, code.co_argcount, code.co_kwonlyargcount, code.co_firstlineno,
    code.co_filename, code.co_consts, inspect.signature(types.FunctionType(code, {})))


# What PyO3 calls by itself.
class Callable:
    def __call__(self, *args, **kwargs):
        return args, kwargs


for called in (Callable(), dict, int, lambda *args, **kwargs: (args, kwargs), len, [].append, "text"):
    say(getattr(called, "__name__", type(called).__name__))
    wheels_ask.by_slot(called, ([("k", 1)], 10), ("base",), {"base": 3})
for value in ["a list"], int, 10**30:
    wheels_ask.result(value)
