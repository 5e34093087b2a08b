class Mangle:
    __attr = 1
    def __method(self): return self.__attr
    def call(self, __param=5):
        __local = 6
        def inner(): return __local, __param
        return self.__method(), __local, __param, inner(), sorted(locals())
    class __Inner:
        __deep = 2
    import math as __math
    def glob(self):
        global __global
        __global = 7
    def kw(self, **k): return k
    def call_kw(self): return self.kw(__k=1)
    def __dunder__(self): return "not mangled"
    _single = 1
    def names(self): return [x for x in dir(self) if "angle" in x]
    def setdel(self):
        self.__new = 1
        del self.__new
        return getattr(self, "__new", "gone")
    def nested_fn(self):
        def __f(): return "mangled function"
        return __f(), __f.__name__
    def exc(self):
        try: raise ValueError
        except ValueError as __e: return type(__e).__name__
m = Mangle()
print(m.call(), m._Mangle__attr, m.names(), m.call_kw(), m.__dunder__(), m.setdel(), m.nested_fn(), m.exc())
m.glob()
print(_Mangle__global, Mangle._Mangle__Inner._Inner__deep if hasattr(Mangle._Mangle__Inner, "_Inner__deep") else sorted(n for n in vars(Mangle._Mangle__Inner) if "deep" in n))
class _Under:
    __x = 1
    def get(self): return self.__x
class __Two:
    __x = 2
class ___: 
    __x = 3
print([n for c in (_Under, __Two, ___) for n in vars(c) if n.endswith("x")])
x = "global"
def f():
    def g():
        return x
    x = "f's"
    return g()
print(f())
def read_then_assign():
    try:
        x
    except UnboundLocalError as e:
        print(e)
    x = 1
read_then_assign()
def del_then_read():
    y = 1
    del y
    try:
        y
    except UnboundLocalError as e:
        print(e)
del_then_read()
def del_global():
    global gone
    gone = 1
    del gone
    try:
        gone
    except NameError as e:
        print(type(e).__name__, e)
    try:
        del gone
    except NameError as e:
        print(type(e).__name__, e)
del_global()
def nl():
    v = 1
    def a():
        nonlocal v
        del v
    a()
    try:
        v
    except NameError as e:
        print(type(e).__name__, e)
nl()
class Scope:
    x = "class"
    y = x
    def m(self): return x
    l = lambda self: x
    comp = [x for _ in "a"]
    gen = list(x for _ in "a")
    nested = [[x for _ in "a"] for _ in "a"]
    first = [i for i in x]
    try:
        x2 = x
        del x
        after = x
    finally: pass
s = Scope()
print(s.m(), s.l(), Scope.comp, Scope.gen, Scope.nested, Scope.first, Scope.after, hasattr(Scope, "x"))
def cls_in_fn():
    x = "fn"
    class A:
        a = x
        x = "A"
        b = x
        class B:
            c = x
    return A.a, A.b, A.B.c
try:
    print(cls_in_fn())
except NameError as e:
    print(e)
def cls_free():
    x = "fn"
    class A:
        a = x
        class B:
            c = x
            def m(self): return x
        nonlocal_test = [x for _ in "1"]
    return A.a, A.B.c, A.B().m(), A.nonlocal_test
print(cls_free())
def nonlocal_in_class():
    n = 1
    class A:
        nonlocal n
        n = 2
    return n, "n" in vars(A)
print(nonlocal_in_class())
class GlobalInClass:
    global from_class
    from_class = "set by a class body"
print(from_class, hasattr(GlobalInClass, "from_class"))
def exec_scopes():
    a = 1
    exec("a = 2; b = 3")
    try:
        return a, b
    except NameError as e:
        return a, str(e)
print(exec_scopes())
ns = {}
exec("def f(): return x\nx = 5", ns)
print(ns["f"](), eval("x + 1", ns), eval("x + y", {"x": 1}, {"y": 2}), eval("[x for _ in 'a']", {"x": 1}))
exec("y = 1\nz = [y for _ in 'a']", ns)
print(ns["z"])
g, l = {}, {}
exec("v = 1\ndef f(): return v", g, l)
try:
    l["f"]()
except NameError as e:
    print(e)
exec("class C:\n q = w\n", {"w": 1}, l)
print(l["C"].q, sorted(k for k in g if k != "__builtins__"))
try:
    eval("undefined", {"__builtins__": {}})
except NameError as e:
    print(e)
try:
    eval("len", {"__builtins__": {}})
except NameError as e:
    print(e)
print(eval("len('ab')", {"__builtins__": {"len": lambda s: "mine"}}))
import builtins
builtins.injected = "found in builtins"
print(injected)
del builtins.injected
len_was = len
def shadow_builtin():
    len = lambda x: "shadow"
    return len([])
print(shadow_builtin(), len([]))
len = lambda x: "module shadow"
print(len([1]))
del len
print(len([1]))
for bad in ("def f():\n global x\n nonlocal x", "nonlocal x", "def f():\n nonlocal zz", "def f(x):\n global x", "def f():\n x = 1\n global x", "def f():\n print(x)\n global x", "def f():\n x: int\n global x", "class C:\n nonlocal x", "def f():\n for x in y: pass\n nonlocal x", "def f(a, a): pass", "def f():\n def g():\n  nonlocal q", "[x := 1 for x in y]", "[(y := 1) for x in (y := z)]", "class C:\n [y := 1 for x in z]", "lambda a, a: 0", "def f(__debug__): pass", "None = 1", "def f(None): pass", "x.__debug__ = 1", "del (a + b)", "f() = 1", "a + 1 = 2", "(a, b) += 1", "[a, *b, *c] = d", "*a = 1", "a: int, b = 1", "(x for x in y) = 1", "{a: b} = 1", "x = yield", "return 1", "await x", "async with a: pass", "def f(): [await x for x in y]", "def f():\n yield from x\n\nasync def g():\n yield from x", "async def f():\n yield 1\n return 2", "break", "continue", "def f():\n while 1:\n  def g(): break", "from __future__ import nope", "x = 1\nfrom __future__ import annotations", "from x import *\ndef f():\n from y import *", "global x; x: int = 1", "def f(*): pass", "def f(*, **k): pass", "def f(a=1, b): pass", "def f(**k, a): pass", "f(a=1, 2)", "f(**k, *a)", "f(a=1, a=2)", "f(1=2)", "f(x for x in y, 1)", "f(a.b=1)", "del f()", "import a.b as c.d", "with a as f(): pass", "for f() in x: pass", "assert (1, 'always true')"):
    try:
        compile(bad, "<s>", "exec")
        print("compiles:", repr(bad))
    except SyntaxError as e:
        print(repr(bad), "->", e.msg)
