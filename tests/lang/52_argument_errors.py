def show(f, *a, **k):
    try: print(f(*a, **k))
    except Exception as e: print(type(e).__name__ + ":", str(e).replace("__main__.", ""))
def f0(): return "f0"
def f1(a): return a
def f2(a, b): return a, b
def f3(a, b=2, *c): return a, b, c
def f4(a, *, b): return a, b
def f5(a, /, b, *, c=3): return a, b, c
def f6(*args, **kw): return args, kw
def f7(a, b, c, d, e): return a
def f8(*, a, b, c): return a
def f9(a=1, b=2, /): return a, b
def f10(a, b=1, /, c=2, *d, e, f=3, **g): return a, b, c, d, e, f, g
for args, kw in (((), {}), ((1,), {}), ((1, 2), {}), ((1, 2, 3), {}), ((1, 2, 3, 4, 5, 6), {}), ((), {"a": 1}), ((1,), {"a": 2}), ((1,), {"b": 2}), ((1, 2), {"b": 3}), ((), {"z": 1}), ((1,), {"z": 1}), ((), {"a": 1, "b": 2, "c": 3}), ((1,), {"b": 2, "c": 3, "d": 4, "e": 5}), ((1, 2), {"a": 0, "zz": 9})):
    print(args, kw)
    for f in (f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10):
        print(" ", f.__name__, end=" ")
        show(f, *args, **kw)
class C:
    def m(self, a): return a
    @classmethod
    def c(cls, a): return a
    @staticmethod
    def s(a): return a
    def noself(): pass
    def __call__(self, x): return x
    def __getitem__(self, a, b): return a
    def __init__(self, v=0): pass
    class Inner:
        def __init__(self, x): pass
for f, a in ((C().m, ()), (C().m, (1, 2)), (C.m, ()), (C.m, (1,)), (C.c, ()), (C.c, (1, 2)), (C.s, ()), (C().s, (1, 2)), (C().noself, ()), (C(), ()), (C(), (1, 2)), (C, (1, 2)), (C.Inner, ()), (lambda x: x, ()), (lambda: 0, (1,))):
    show(f, *a)
show(lambda: C()[1])
show(C, w=1)
show(C().m, b=1)
show(f1, **{"a": 1, "b": 2})
show(f2, *(1,), **{"a": 5})
def gen(a): yield a
async def co(a): pass
show(gen)
show(co, 1, 2)
# builtin functions
import math
for f, a, k in ((len, (), {}), (len, (1, 2), {}), (len, (), {"obj": []}), (abs, (), {}), (abs, (1, 2), {}), (ord, (), {}), (chr, ("a",), {}), (repr, (), {}), (hash, (1, 2), {}), (id, (), {}), (callable, (), {}), (isinstance, (1,), {}), (isinstance, (1, 2, 3), {}), (getattr, (1,), {}), (getattr, (1, "a", 2, 3), {}), (setattr, (1, 2), {}), (hasattr, (1,), {}), (iter, (), {}), (iter, (1, 2, 3), {}), (next, (), {}), (next, (1, 2, 3), {}), (min, (), {}), (max, (), {"key": 1}), (sum, (), {}), (sum, ([], 1, 2), {}), (sorted, (), {}), (sorted, ([], 1), {}), (pow, (1,), {}), (pow, (1, 2, 3, 4), {}), (round, (), {}), (round, (1, 2, 3), {}), (divmod, (1,), {}), (print, (), {"x": 1}), (print, (), {"sep": 1}), (print, (), {"end": 1}), (input, (1, 2), {}), (open, (), {}), (format, (), {}), (format, (1, 2), {}), (bin, ("a",), {}), (hex, (1.5,), {}), (dir, (1, 2), {}), (vars, (5,), {}), (vars, (1, 2), {}), (globals, (1,), {}), (eval, (), {}), (eval, (1,), {}), (eval, ("1", 1), {}), (exec, (1,), {}), (exec, ("1", {}, 1), {}), (compile, ("a",), {}), (compile, ("a", "b", "c"), {}), (type, (), {}), (type, (1, 2), {}), (object, (1,), {}), (int, (1, 2, 3), {}), (int, ("1",), {"base": "x"}), (int, (), {"base": 2}), (float, (1, 2), {}), (float, (), {"x": 1}), (str, (1, 2, 3, 4), {}), (str, (b"a", 1), {}), (bytes, (1, 2, 3, 4), {}), (bool, (1, 2), {}), (list, (1, 2), {}), (list, (), {"iterable": []}), (tuple, (1, 2), {}), (dict, (1, 2), {}), (set, (1, 2), {}), (frozenset, (1, 2), {}), (range, (), {}), (range, (1, 2, 3, 4), {}), (range, (1,), {"stop": 1}), (slice, (), {}), (slice, (1, 2, 3, 4), {}), (enumerate, (), {}), (enumerate, ([], 1, 2), {}), (zip, (1,), {}), (zip, (), {"x": 1}), (map, (), {}), (map, (1,), {}), (filter, (1,), {}), (reversed, (), {}), (reversed, ({1},), {}), (super, (1, 2, 3), {}), (property, (1, 2, 3, 4, 5), {}), (staticmethod, (), {}), (classmethod, (1, 2), {}), (complex, (1, 2, 3), {}), (memoryview, (), {}), (bytearray, (1, 2, 3, 4), {}), (math.sqrt, (), {}), (math.sqrt, ("a",), {}), (math.gcd, ("a",), {}), (math.floor, (), {}), (math.log, (), {}), (math.isclose, (1,), {}), (math.isclose, (1, 2), {"x": 1}), (__import__, (), {}), (__import__, (1,), {}), (breakpoint.__class__, (), {}), (any, (1,), {}), (all, (), {}), (ascii, (), {}), (delattr, (1,), {}), (issubclass, (1,), {}), (callable, (1, 2), {}), (aiter, (), {}), (anext, (), {})):
    print(getattr(f, "__name__", f), a, k, end=" ")
    show(f, *a, **k)
# methods of builtin types
for expr in ("[].append()", "[].append(1, 2)", "[].append(object=1)", "[].insert(1)", "[].pop(1, 2)", "[].index()", "[].sort(1)", "[].sort(k=1)", "[].extend()", "[].count()", "[].clear(1)", "{}.get()", "{}.get(1, 2, 3)", "{}.get(key=1)", "{}.pop()", "{}.pop(1, 2, 3)", "{}.setdefault()", "{}.update(1, 2)", "{}.fromkeys()", "{}.keys(1)", "{}.items(a=1)", "set().add()", "set().add(1, 2)", "set().remove()", "set().pop(1)", "''.join()", "''.join(1, 2)", "''.split(1, 2, 3)", "''.split(x=1)", "''.split(maxsplit='a')", "''.replace('a')", "''.replace('a', 'b', 'c')", "''.find()", "''.encode(1)", "''.encode('a', 'b', 'c')", "''.format_map()", "''.startswith()", "''.startswith('a', 'b')", "''.center()", "''.zfill()", "''.upper(1)", "''.strip(1, 2)", "''.isalpha(1)", "''.splitlines(keep=1)", "''.translate()", "b''.hex(1, 2, 3)", "b''.decode(1)", "b''.join()", "b''.find()", "(1).bit_length(1)", "(1).to_bytes(1, 2, 3)", "(1).to_bytes(length='a')", "int.from_bytes()", "int.from_bytes(b'', 'x')", "(1.5).hex(1)", "float.fromhex()", "(1.5).is_integer(1)", "().index()", "().count()", "range(3).index()", "(lambda: 0).__get__()", "[].__getitem__()", "[].__setitem__(1)", "(1).__add__()", "(1).__add__(1, 2)", "''.__len__(1)", "{}.__contains__()", "object.__new__()", "object.__init__()", "type.__call__()", "int.__new__()", "list.append()", "list.append(1)", "str.join()", "dict.get(1)", "''.maketrans()", "''.maketrans(1, 2, 3, 4)", "''.expandtabs(1, 2)", "''.rsplit(sep=1)", "[].sort(key=1, reverse='x')", "(i for i in ()).send()", "(i for i in ()).throw()", "(i for i in ()).close(1)", "slice(1).indices()", "memoryview(b'').cast()", "memoryview(b'').tobytes('x')", "property().getter()", "ValueError().with_traceback(1)", "ValueError().add_note()", "OSError(1, 2, 3, 4, 5, 6)", "KeyError(a=1)", "StopIteration(1, 2).value", "UnicodeDecodeError(1)", "UnicodeDecodeError('a', b'', 0, 1, 'r')", "ImportError(x=1)", "SystemExit(1, 2).code", "BaseExceptionGroup()", "AttributeError(nam=1)", "SyntaxError('a', 1)", "print(*1)", "print(**1)", "f1(*[1], *[2])", "f1(**{'a': 1}, **{'a': 2})", "f1(**{1: 2})"):
    print(expr, end=" ")
    show(eval, expr)
