import sys
def attempt(f, *a):
    try: print("ok", f(*a))
    except BaseException as e: print(type(e).__name__ + ":", e)
tree = {}
def walk(c, depth=0):
    if c.__module__ == "builtins":
        print("  " * depth + c.__name__)
        for s in sorted(c.__subclasses__(), key=lambda s: s.__name__): walk(s, depth + 1)
walk(BaseException)
for cls in (ValueError, KeyError, IndexError, LookupError, ArithmeticError, RuntimeError, AssertionError, EOFError, MemoryError, NotImplementedError, OverflowError, Warning, GeneratorExit, KeyboardInterrupt, StopAsyncIteration):
    print(cls.__name__, str(cls()), repr(cls("a")), str(cls("a")), repr(cls(1, "b")), str(cls(1, "b")), cls("x").args, cls("x") == cls("x"))
import errno
for n in (errno.ENOENT, errno.EACCES, errno.EEXIST, errno.EAGAIN, errno.EPIPE, errno.ECHILD, errno.ECONNREFUSED, errno.EINTR, errno.EISDIR, errno.ENOTDIR, errno.ESRCH, errno.ETIMEDOUT, errno.EPERM, errno.ECONNRESET, errno.ECONNABORTED, errno.EINPROGRESS, 99999):
    e = OSError(n, "text")
    print(type(e).__name__, e)
e = OSError(2, "No such file", "name", None, "other")
print(e, repr(e), e.errno, e.strerror, e.filename, e.filename2, e.args, OSError("one"), OSError("one").errno, OSError(1, 2, 3, 4, 5, 6).args, FileNotFoundError(5, "x").errno, type(FileNotFoundError(5, "x")).__name__, BlockingIOError(11, "m", 3).characters_written, IOError is OSError, EnvironmentError is OSError)
attempt(lambda: BlockingIOError(11, "m").characters_written)
attempt(lambda: open("/no/such/file"))
attempt(lambda: __import__("os").listdir("/no/such"))
attempt(lambda: __import__("os").mkdir("/"))
attempt(lambda: __import__("os").rename("/no/a", "/no/b"))
u = UnicodeDecodeError("utf-8", b"ab\xff", 2, 3, "why")
print(u, u.encoding, u.object, u.start, u.end, u.reason, repr(u), UnicodeEncodeError("ascii", "aé", 1, 2, "ordinal"), UnicodeTranslateError("é日", 0, 2, "r"), UnicodeEncodeError("x", "\ud800", 0, 1, "r"), UnicodeEncodeError("x", "😀", 0, 1, "r"))
u.start, u.end, u.reason = 0, 2, "changed"
print(u)
print(StopIteration(1, 2).value, StopIteration().value, SystemExit().code, SystemExit("m").code, ImportError("m", name="n", path="p").path, ImportError("a", "b").msg, NameError("m", name="n").name, AttributeError("m", obj=1).obj, SyntaxError("m").msg, SyntaxError("m").lineno, KeyError("k").args, str(KeyError("k")), str(KeyError(1)), str(KeyError()), str(KeyError("a", "b")))
class Custom(Exception):
    def __init__(self, a, b=2):
        self.a, self.b = a, b
class NoSuper(Exception):
    def __init__(self): pass
class New(Exception):
    def __new__(cls, *a): return super().__new__(cls, "from new")
class KwOnly(Exception):
    def __init__(self, *, k): super().__init__(k); self.k = k
print(Custom(1).args, repr(Custom(1, b=3)), str(Custom("x")), NoSuper().args, New(1).args, KwOnly(k=5).args)
attempt(lambda: ValueError(x=1))
attempt(lambda: (_ for _ in ()).throw(5))
e = ValueError("v")
print(e.__cause__, e.__context__, e.__suppress_context__, e.__traceback__, e.__dict__, hasattr(e, "__notes__"))
e.custom = 1
e.args = (1, 2)
print(e, e.__dict__, e.args)
e.args = [3]
print(e.args)
def bad(n, v): setattr(e, n, v)
for n, v in (("args", 5), ("__cause__", 5), ("__context__", "x"), ("__traceback__", 5), ("__suppress_context__", 1)): attempt(bad, n, v)
e.__cause__ = KeyError("c")
print(repr(e.__cause__), e.__suppress_context__)
def chain():
    try:
        try: raise ValueError(1)
        except ValueError:
            try: raise KeyError(2)
            except KeyError: raise IndexError(3)
    except IndexError as e:
        out = []
        while e: out.append(repr(e)); e = e.__context__
        return out
print(chain())
def cycle():
    a, b = ValueError("a"), ValueError("b")
    try:
        try: raise a
        except ValueError: raise b
    except ValueError:
        try: raise a
        except ValueError as x: return repr(x.__context__), repr(x.__context__.__context__)
print(cycle())
def reraise_context():
    try:
        try: raise ValueError("orig")
        except ValueError as e: raise e
    except ValueError as e: return e.__context__
print(reraise_context())
def exc_info():
    out = [sys.exc_info() == (None, None, None), sys.exception()]
    try: raise ValueError("x")
    except ValueError as e:
        out.append((sys.exc_info()[1] is e, sys.exception() is e))
        try: raise KeyError
        except KeyError as k: out.append(sys.exception() is k)
        out.append(sys.exception() is e)
    out.append(sys.exception())
    return out
print(exc_info())
def gen():
    try: raise ValueError("in gen")
    except ValueError: yield sys.exception()
    yield sys.exception()
try: raise KeyError("outer")
except KeyError:
    g = gen()
    print(repr(next(g)), repr(next(g)), repr(sys.exception()))
def finally_override():
    try:
        try: raise ValueError("lost")
        finally: raise KeyError("wins")
    except KeyError as e: return repr(e.__context__)
print(finally_override())
def nested_finally():
    out = []
    try:
        try:
            try: out.append(1); raise ValueError
            finally: out.append(2)
        except ValueError: out.append(3); raise TypeError
        finally: out.append(4)
    except TypeError: out.append(5)
    else: out.append("never")
    finally: out.append(6)
    return out
print(nested_finally())
def else_raises():
    try: pass
    except ValueError: return "never"
    else: raise ValueError("from else")
    finally: print("finally of else")
attempt(else_raises)
def loop_finally():
    out = []
    for i in range(3):
        try:
            if i == 0: continue
            if i == 2: break
            out.append(i)
        finally: out.append(f"f{i}")
    return out
print(loop_finally())
class DynMatch(Exception): pass
def match_at_runtime(t):
    try: raise DynMatch("d")
    except t as e: return f"caught by {t}"
attempt(match_at_runtime, DynMatch)
attempt(match_at_runtime, (KeyError, DynMatch))
attempt(match_at_runtime, (KeyError, (DynMatch,)))
attempt(match_at_runtime, KeyError)
attempt(match_at_runtime, ())
attempt(match_at_runtime, "str")
attempt(match_at_runtime, int)
class MetaSub(type):
    def __subclasscheck__(cls, c): return True
    def __instancecheck__(cls, o): return True
class Pretend(Exception, metaclass=MetaSub): pass
attempt(match_at_runtime, Pretend)
def raises(x): raise x
for x in (ValueError, ValueError("i"), 5, "s", None, int, object(), type("E", (Exception,), {"__init__": lambda s: 1 / 0}), type("N", (Exception,), {"__new__": lambda c: 5})): attempt(raises, x)
def raise_from(a, b): raise a from b
for c in (KeyError, KeyError("k"), None, 5, "s"):
    try: raise_from(ValueError("v"), c)
    except BaseException as ex: print(repr(ex), repr(ex.__cause__), ex.__suppress_context__)
def notes():
    e = ValueError("v"); e.add_note("n"); e.__notes__.append("direct"); e.__notes__ = ("tuple",); return e
attempt(lambda: notes().add_note("more"))
def tb_len(e):
    n, t = 0, e.__traceback__
    while t: n, t = n + 1, t.tb_next
    return n
stored = ValueError("raised again and again")
for _ in range(3):
    try: raise stored
    except ValueError as ex: print(tb_len(ex), end=" ")
print(tb_len(stored.with_traceback(None)))
import types
try: 1 / 0
except ZeroDivisionError as ex: tb = ex.__traceback__
new = types.TracebackType(tb, tb.tb_frame, tb.tb_lasti, 42)
print(new.tb_lineno, new.tb_next is tb)
tb.tb_next = None
attempt(lambda: setattr(tb, "tb_next", new) or setattr(new, "tb_next", tb))
import pickle, copy
for ex in (ValueError("a", 1), OSError(2, "m", "f"), Custom(1), u, KeyError("k"), ExceptionGroup("g", [ValueError(1)]), StopIteration(3), ImportError("m", name="n"), AttributeError("a", name="n")):
    try:
        p = pickle.loads(pickle.dumps(ex)); print(type(p).__name__, p.args, p.__dict__)
    except Exception as err: print(type(ex).__name__, "->", type(err).__name__, err)
with_notes = ValueError("x"); with_notes.add_note("kept"); print(copy.copy(with_notes).__notes__, copy.deepcopy(KeyError([1])).args)
def deep(): return [deep2() for _ in "a"]
def deep2(): raise ValueError
try: deep()
except ValueError as ex:
    t, names = ex.__traceback__, []
    while t: names.append(t.tb_frame.f_code.co_name); t = t.tb_next
    print(names)
