import sys
def f(a, b=2):
    c = 3
    l = locals()
    c = 4
    l["c"] = 99
    l["new"] = 1
    return c, l, locals() is l, locals()
print(f(1))
def snapshot():
    x = 1
    s1 = locals()
    y = 2
    s2 = locals()
    del x
    return s1, {k: v for k, v in s2.items() if k != "s1"}, sorted(locals())
print(snapshot())
class Body:
    z = 1
    locals()["injected"] = 5
    print(injected, locals() is locals())
print(Body.injected)
locals()["module_level"] = "is globals"
print(module_level, locals() is globals())
def proxy():
    v = 1
    def inner():
        return v
    fl = sys._getframe().f_locals
    fl["v"] = 10
    fl["extra"] = 5
    print(type(fl).__name__, v, inner(), fl["extra"], sorted(k for k in fl if k != "fl"), "extra" in locals(), len(fl), fl.get("nope", "dflt"))
    v = 20
    print(fl["v"], fl == sys._getframe().f_locals, fl is sys._getframe().f_locals, "v" in fl, list(fl.keys())[0])
    fl.update({"v": 30})
    print(v, fl.setdefault("v", 1), fl.pop("extra"))
    for act in (lambda: fl.pop("v"), lambda: fl.__delitem__("v"), lambda: fl["missing"], lambda: fl.clear(), lambda: fl.popitem(), lambda: hash(fl)):
        try:
            print(act())
        except Exception as e:
            print(type(e).__name__ + ":", e)
    return fl
fl = proxy()
print(fl["v"])
def caller_local():
    secret = "before"
    callee()
    return secret
def callee():
    fr = sys._getframe(1)
    fr.f_locals["secret"] = "changed by the callee"
print(caller_local())
def comp():
    out = 1
    return [sorted(k for k in locals() if not k.startswith(".")) for i in range(1)][0]
print(comp())
def gen():
    a = 1
    yield locals()
    a = 2
    yield locals()
print(list(gen()))
g = gen()
next(g)
print(g.gi_frame.f_locals["a"], g.gi_frame.f_code.co_name, g.gi_frame.f_back)
g.gi_frame.f_locals["a"] = 77
print(g.gi_frame.f_locals["a"])
def frames():
    fr = sys._getframe()
    return fr.f_code.co_name, fr.f_back.f_code.co_name, fr.f_lineno - fr.f_code.co_firstlineno, fr.f_globals is globals(), fr.f_builtins["len"] is len, type(fr.f_lasti).__name__, fr.f_trace, fr.f_trace_lines, fr.f_trace_opcodes
print(frames())
def depth():
    n, fr = 0, sys._getframe()
    while fr:
        n, fr = n + 1, fr.f_back
    return n
def nest(k): return depth() if k == 0 else nest(k - 1)
print(depth(), nest(5))
try:
    sys._getframe(1000)
except ValueError as e:
    print(e)
def keeps():
    big = "kept alive by the frame"
    return sys._getframe()
fr = keeps()
print(fr.f_locals, fr.f_back is None or fr.f_back.f_code.co_name)
fr.clear()
print(fr.f_locals)
def clear_running():
    try:
        sys._getframe().clear()
    except RuntimeError as e:
        print(e)
clear_running()
g = gen()
next(g)
try:
    g.gi_frame.clear()
    print("cleared", g.gi_frame)
except RuntimeError as e:
    print(e)
def exc_frame():
    local_value = "inside"
    raise ValueError
try:
    exc_frame()
except ValueError as e:
    tb = e.__traceback__
    print(tb.tb_frame.f_code.co_name, tb.tb_next.tb_frame.f_locals, tb.tb_next.tb_lineno - exc_frame.__code__.co_firstlineno, tb.tb_next.tb_next)
def args(a, /, b, *c, d, **e):
    return locals()
print(args(1, 2, 3, d=4, z=5), args.__code__.co_varnames, args.__code__.co_argcount, args.__code__.co_posonlyargcount, args.__code__.co_kwonlyargcount, args.__code__.co_flags & 0xF)
def cells():
    x = 1
    def g(): return x, locals()
    return g(), locals().keys() == {"x", "g"}
print(cells())
def ex():
    a = 1
    exec("a = 2; b = 3")
    ns = {}
    exec("a = 5", globals(), ns)
    d = locals()
    exec("c = a + 1", None, d)
    return a, ns, d["c"], eval("a + 1"), eval("a", None, {"a": "mapped"})
print(ex())
def ev():
    hidden = 5
    try:
        return eval("[hidden for _ in 'a']"), eval("(lambda: hidden)()")
    except NameError as e:
        return str(e)
print(ev())
def v():
    a = 1
    return vars(), dir()
print(v())
def with_class():
    outer = "o"
    class K:
        inner = outer
        names = sorted(n for n in locals() if not n.startswith("__"))
    return K.names
print(with_class())
async def co():
    q = 1
    return locals()
try:
    co().send(None)
except StopIteration as e:
    print(e.value)
def late_unbound():
    if False:
        never = 1
    return locals(), sys._getframe().f_locals.keys()
l, k = late_unbound()
print(l, list(k))
c = f.__code__
print(c.co_name, c.co_qualname, c.co_nlocals, c.co_names, c.co_freevars, c.co_cellvars, c.co_stacksize > 0, isinstance(c.co_consts, tuple), [type(x).__name__ for x in next(iter(c.co_positions()))], len(list(c.co_lines())) > 3)
r = c.replace(co_name="renamed", co_firstlineno=1)
print(r.co_name, c == f.__code__, r == c, hash(c) == hash(f.__code__), r.co_qualname)
def other(): return "other body"
f2 = lambda: 0
f2.__code__ = other.__code__
print(f2())
try:
    f2.__code__ = (lambda: fl).__code__ if False else cells.__code__.co_consts[-1] if False else 5
except TypeError as e:
    print(e)
import types
made = types.FunctionType(f.__code__, {"locals": locals}, "made", (7, 8))
print(made()[0], made.__name__, made.__defaults__, made.__globals__.keys())
closure = types.FunctionType((lambda: cellvar).__code__, {"cellvar": 1})
print(closure(), types.CellType(5).cell_contents)
def mk():
    w = 3
    return lambda: w
try:
    types.FunctionType(mk().__code__, {})
except TypeError as e:
    print(e)
print(types.FunctionType(mk().__code__, {}, closure=(types.CellType("given"),))())
try:
    types.CellType().cell_contents
except ValueError as e:
    print(e)
