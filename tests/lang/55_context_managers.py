class M:
    def __init__(self, name, swallow=False, fail=None): self.name, self.swallow, self.fail = name, swallow, fail
    def __enter__(self):
        print("enter", self.name)
        if self.fail == "enter": raise ValueError("enter fails")
        return self.name
    def __exit__(self, t, v, tb):
        print("exit", self.name, t and t.__name__, v, tb is not None)
        if self.fail == "exit": raise KeyError("exit fails")
        return self.swallow
def attempt(f):
    try: print("result", f())
    except BaseException as e: print("raised", repr(e), "context", repr(e.__context__))
def t1():
    with M("a") as a, M("b") as b: return a + b
def t2():
    with M("a"), M("b", fail="enter"): return "never"
def t3():
    with M("a", fail="exit"): raise ValueError("body")
def t4():
    with M("a", swallow=True): raise ValueError
    return "after"
def t5():
    with M("outer", swallow=True), M("inner", fail="exit"): pass
    return "swallowed the inner exit's"
def t6():
    for i in range(3):
        with M(i):
            if i == 0: continue
            if i == 1: break
    return i
def t7():
    with M("a"):
        try: return "try"
        finally: print("finally")
def t8():
    with (M("p") as x, M("q") as (y), M("r"),): return x, y
def t9():
    with M("a") as d["k"], M("b") as o.attr, M("cd") as (m, n): return d, o.attr, m, n
class O: pass
d, o = {}, O()
def t10():
    with M("gen"): yield_values = list(g())
    return yield_values
def g():
    with M("in generator"): yield 1; yield 2
def t11():
    it = g(); next(it); it.close(); return "closed"
def t12():
    it = g(); next(it)
    try: it.throw(ValueError("thrown"))
    except ValueError: return "came through"
def t13():
    with M("x", swallow=1): raise KeyboardInterrupt
    return "even that"
def t14():
    with M("m") as v:
        v = "rebound"
        with M(v): pass
    return v
for t in (t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13, t14): attempt(t)
class NoExit:
    def __enter__(self): pass
class NoEnter:
    def __exit__(self, *a): pass
class ClassLevel:
    def __enter__(self): return "class"
    def __exit__(self, *a): pass
c = ClassLevel(); c.__enter__ = lambda: "instance attributes do not count"
def use(x):
    with x as v: return v
for x in (NoExit(), NoEnter(), 5, None, ClassLevel, c): attempt(lambda: use(x))
class TruthyExit:
    def __init__(self, v): self.v = v
    def __enter__(self): pass
    def __exit__(self, *a): return self.v
class BadBool:
    def __bool__(self): raise TypeError("no truth")
for v in (1, "x", [], None, 0, BadBool()):
    def f():
        with TruthyExit(v): raise ValueError("body")
        return "swallowed"
    attempt(f)
from contextlib import contextmanager, closing, suppress, redirect_stdout, redirect_stderr, ExitStack, nullcontext, ContextDecorator, AbstractContextManager, chdir
@contextmanager
def cm(name):
    print("setup", name)
    try: yield name.upper()
    except ValueError as e: print("handled", e)
    finally: print("teardown", name)
def u1():
    with cm("a") as v: return v
def u2():
    with cm("a"): raise ValueError("inside")
    return "handled"
def u3():
    with cm("a"): raise KeyError("inside")
def u4():
    with suppress(KeyError, IndexError): {}["x"]
    return "suppressed"
@contextmanager
def no_yield():
    if 0: yield
@contextmanager
def two_yields(): yield 1; yield 2
@contextmanager
def wraps_error():
    try: yield
    except KeyError as e: raise ValueError("translated") from e
def u5():
    with no_yield(): pass
def u6():
    with two_yields(): pass
def u7():
    with wraps_error(): raise KeyError("k")
@cm("decorator")
def decorated(): return "body"
def u8():
    with ExitStack() as st:
        print(st.enter_context(M("s1")), st.enter_context(M("s2")))
        st.callback(print, "callback", end="!\n")
        st.push(lambda *a: print("push", a[0]))
        raise ValueError("in stack")
def u9():
    with ExitStack() as st:
        st.enter_context(M("kept")); later = st.pop_all()
    print("not yet"); later.close(); return "closed"
def u10():
    import io
    s = io.StringIO()
    with redirect_stdout(s), redirect_stderr(s): print("captured")
    return s.getvalue()
def u11():
    class C:
        def close(self): print("closing")
    with closing(C()) as c, nullcontext(5) as n: return type(c).__name__, n
def u12():
    with suppress(ValueError): raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
def u13():
    class Deco(ContextDecorator):
        def __enter__(self): print("deco in"); return self
        def __exit__(self, *a): print("deco out")
    @Deco()
    def f(x): return x * 2
    return f(4), f(5)
def u14():
    with cm("stop"): raise StopIteration("from body")
for t in (u1, u2, u3, u4, u5, u6, u7, decorated, decorated, u8, u9, u10, u11, u12, u13, u14): attempt(t)
print(isinstance(M("x"), AbstractContextManager), issubclass(NoExit, AbstractContextManager))
def ctx():
    try:
        with M("first"): raise ValueError("one")
    except ValueError as e:
        with M("second"):
            try: raise KeyError("two")
            except KeyError as k: return repr(k.__context__)
attempt(ctx)
class Reentrant:
    n = 0
    def __enter__(self): self.n += 1; return self.n
    def __exit__(self, *a): self.n -= 1
r = Reentrant()
with r as a, r as b, r as c2: print(a, b, c2, r.n)
print(r.n)
class Swap:
    def __enter__(self): Swap.__exit__ = lambda *a: print("replaced exit"); return 1
    def __exit__(self, *a): print("looked up before __enter__")
with Swap(): pass
with Swap(): pass
import threading, io, tempfile, os
with threading.Lock() as l, io.StringIO("x") as f, tempfile.TemporaryDirectory() as td:
    with open(os.path.join(td, "f"), "w") as out: out.write("data")
    with open(out.name) as inp: print(l, f.read(), inp.read(), out.closed)
print(f.closed, os.path.exists(td))
