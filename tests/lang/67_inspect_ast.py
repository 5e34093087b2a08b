import ast, inspect, symtable, tokenize, io, keyword, types, dis, linecache, textwrap
def attempt(f):
    try: print(f())
    except Exception as e: print(type(e).__name__ + ":", e)
def f(a, b: int = 1, /, c=2, *args: str, d, e=None, **kw) -> bool:
    """Docstring.

    More."""
    return a
sig = inspect.signature(f)
print(sig, [(p.name, p.kind.name, p.default is p.empty) for p in sig.parameters.values()], sig.return_annotation, sig.bind(1, 2, d=3), dict(sig.bind(1, d=2, z=5).arguments), inspect.getfullargspec(f), inspect.getdoc(f), inspect.isfunction(f), inspect.getsource(f).splitlines()[0], inspect.getsourcelines(f)[1] > 1, inspect.getmodule(f).__name__)
attempt(lambda: sig.bind())
attempt(lambda: sig.bind(1, 2, 3, 4, 5))
b = sig.bind(1, d=2); b.apply_defaults(); print(b.args, b.kwargs, sig.replace(return_annotation=int), sig == inspect.signature(f))
class C:
    x = 1
    def m(self, a): "method doc"
    @classmethod
    def c(cls): pass
    @staticmethod
    def s(q): pass
    @property
    def p(self): return 1
    def __init__(self, v): pass
    def __call__(self, w): pass
async def co(): pass
def ge(): yield
async def ag(): yield
print(inspect.signature(C), inspect.signature(C(1)), inspect.signature(C.m), inspect.signature(C(1).m), inspect.signature(C.s), [n for n, v in inspect.getmembers(C, inspect.isfunction)], [a.kind for a in inspect.classify_class_attrs(C) if a.name in "mcspx"], inspect.iscoroutinefunction(co), inspect.isgeneratorfunction(ge), inspect.isasyncgenfunction(ag), inspect.isclass(C), inspect.ismethod(C(1).m), inspect.isbuiltin(len), inspect.getmro(C), inspect.isabstract(C), inspect.isdatadescriptor(C.p), inspect.getattr_static(C, "p"). __class__.__name__)
for fn in (len, print, int, str.split, list.append, sorted, dict.get, isinstance, sum, open, range, "".join, {}.update, ord, getattr, object, type, super, min, Exception, zip, bytes.hex, int.from_bytes, list.sort, enumerate, property):
    try: print(getattr(fn, "__qualname__", fn), inspect.signature(fn), end="; ")
    except (ValueError, TypeError) as e: print(getattr(fn, "__qualname__", fn), type(e).__name__, end="; ")
print()
g = ge(); print(inspect.getgeneratorstate(g), next(g), inspect.getgeneratorstate(g), inspect.getgeneratorlocals(g), g.close(), inspect.getgeneratorstate(g))
c = co(); print(inspect.getcoroutinestate(c), inspect.isawaitable(c)); c.close()
def closure(n):
    def inner(): return n + undefined_thing + len("")
    return inner
cv = inspect.getclosurevars(closure(1)); print(cv.nonlocals, cv.builtins.keys(), cv.unbound)
def frames(): return [fi.function for fi in inspect.stack()][:2], inspect.currentframe().f_code.co_name, inspect.getframeinfo(inspect.currentframe()).function
print(frames(), inspect.unwrap(f) is f, inspect.cleandoc("  a\n    b\n  "), inspect.getfile(C).endswith(".py"), inspect.indentsize("   x"))
print(ast.dump(ast.parse("x = 1 + f(a, *b, k=c)[1:2].d"), indent=1))
for src in ("lambda a, /, b=1, *c, d, **e: a", "[x async for x in y if z]", "f'{a!r:>{w}} {b=}'", "{**a, 'b': 1}", "a if b else c", "not a or b and c", "a < b <= c is not d", "x[1, ::2]", "(yield)", "await q", "-1 ** ~2", "a @ b // c", "(x := 1)", "'a' 'b'", "1_000 + 0xff + 1e3 + 2j", "t'{a}'", "...", "print(*a, **k)", "{a for b in c}", "b'x'", "a.b.c", "'\\n\"\\''", "(a, *b)", "{}", "()", "lambda: (yield)"):
    t = ast.parse(src, mode="eval"); print(src, "|", ast.unparse(t), "|", ast.dump(t.body)[:90])
module = '''@deco
class K[T](A, metaclass=M):
    x: int = 1
    async def f(self, *, a) -> None:
        async with a as b, c: pass
        async for i in j: break
        else: return
        try: raise E from e
        except* V as v: pass
        finally: del a, b[0]
type X[T: int = str] = list[T]
match q:
    case {"a": [1, *_], **r} | P(x=2) if z: pass
    case -1 | None | "s" | _: nonlocal_ = 5
def g[*Ts](a, b=1): global h; return lambda: a
with (a as b, c): x += 1; assert x, "m"
while 1: continue
from . import a as b, c
import d.e as f
if a: pass
elif b: pass
else: pass
for i, (j, k) in l: yield_ = i
try: pass
except (A, B) as e: pass
except: pass
else: pass
'''
t = ast.parse(module)
assert ast.dump(ast.parse(ast.unparse(t))) == ast.dump(t)
print(ast.unparse(t))
print([type(n).__name__ for n in ast.walk(ast.parse("a + b"))], ast.literal_eval("{'a': [1, -2.5, (None, True)], 'b': {1}, 'c': b'x', 'd': 1+2j}"), ast.get_docstring(ast.parse("'''d'''")), ast.get_source_segment("x = foo(1)", ast.parse("x = foo(1)").body[0].value))
n = ast.parse("foo(é, b)").body[0].value.args[1]; print(n.lineno, n.col_offset, n.end_col_offset, ast.fix_missing_locations(ast.Expression(ast.Constant(5))).body.lineno)
for bad in ("f()", "1 + 'a'", "open('x')", "[", "a", "1 + 2"): attempt(lambda: ast.literal_eval(bad))
class Tr(ast.NodeTransformer):
    def visit_Constant(self, n): return ast.copy_location(ast.Constant(n.value * 2), n)
print(eval(compile(ast.fix_missing_locations(Tr().visit(ast.parse("1 + 2 * 3", mode="eval"))), "", "eval")))
attempt(lambda: compile(ast.Module([ast.Expr(ast.Name("x"))], []), "", "exec"))
attempt(lambda: compile(ast.Expression(ast.Name("x", ast.Store(), lineno=1, col_offset=0)), "", "eval"))
attempt(lambda: ast.Name(5, 6, 7, 8))
attempt(lambda: ast.BinOp()._fields)
attempt(lambda: compile(ast.Expression(5), "", "eval"))
print(ast.dump(ast.Constant(1)), ast.Constant(1, kind=None).value, ast.Name._fields, ast.Name._field_types.keys(), ast.Add() , ) if False else print(ast.dump(ast.Constant(1)), ast.Name._fields, ast.parse("x: int", mode="exec").body[0].simple, ast.parse("# type: ignore", type_comments=True).type_ignores)
st = symtable.symtable("x = 1\ndef f(a, *b):\n  global g\n  c = a\n  def h(): return c\n  return h\nclass K:\n  def m(self): return __class__", "s", "exec")
for tb in [st, *st.get_children(), *[g for ch in st.get_children() for g in ch.get_children()]]: print(tb.get_type(), tb.get_name(), [(s.get_name(), s.is_global(), s.is_local(), s.is_free(), s.is_parameter()) for s in sorted(tb.get_symbols(), key=lambda s: s.get_name())])
src = "def f(x):\n    return x + 1.5e3 # note\n\nf'a{b!r}c' 'é' <= ...\n"
for tok in tokenize.generate_tokens(io.StringIO(src).readline): print(tokenize.tok_name[tok.exact_type], repr(tok.string), tok.start, tok.end, end="; ")
print(tokenize.untokenize(tokenize.generate_tokens(io.StringIO("x  =  1\n").readline)) == "x  =  1\n", keyword.iskeyword("match"), keyword.softkwlist, len(keyword.kwlist))
attempt(lambda: list(tokenize.generate_tokens(io.StringIO("x = '").readline)) and "tokens")
print(types.SimpleNamespace(a=1, b=[2]), types.SimpleNamespace(a=1) == types.SimpleNamespace(a=1), types.new_class("N", (int,))(5), types.MethodType(lambda s: s, 3)(), sorted(n for n in types.__all__ if n.endswith("Type"))[:5], types.get_original_bases(C), types.coroutine(ge).__name__, isinstance(f, types.FunctionType), types.ModuleType("mod", "doc").__doc__)
attempt(lambda: types.NoneType() is None)
code = f.__code__
print(code.co_name, code.co_varnames, code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, bool(code.co_flags & inspect.CO_VARARGS), bool(code.co_flags & inspect.CO_VARKEYWORDS), code.co_freevars, code.co_cellvars, inspect.getcomments(f))
