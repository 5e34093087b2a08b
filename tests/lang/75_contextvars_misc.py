import contextvars, sys, types, atexit, gc, builtins
from contextvars import ContextVar, copy_context, Token
def attempt(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__ + ":", str(e).partition(" at 0x")[0])
v, w = ContextVar("v", default="d"), ContextVar("w")
print(v.get(), w.get("fallback"), v.name, repr(v).startswith("<ContextVar name='v' default='d' at"))
attempt(w.get)
t = v.set(1); t2 = v.set(2)
print(v.get(), t.var is v, t.old_value is Token.MISSING, t2.old_value, v.reset(t2), v.get(), v.reset(t), v.get())
attempt(lambda: v.reset(t))
attempt(lambda: w.reset(t))
with v.set("in with") as tok: print(v.get(), type(tok).__name__)
print(v.get())
def change(): v.set("changed"); return v.get()
c = copy_context()
print(c.run(change), v.get(), c[v], v in c, w in c, len(c), list(c.keys()) == [v], c.get(w, "none"), c.copy().run(v.get))
attempt(lambda: c[w]); attempt(lambda: c.run(c.run, print)); attempt(lambda: c.run(lambda: 1 / 0)); attempt(lambda: ContextVar(5)); attempt(lambda: c["x"]); attempt(lambda: contextvars.Context().run(v.get)); attempt(lambda: hash(c) if False else ContextVar[int])
def gen():
    v.set("in generator"); yield v.get(); yield v.get()
g = gen(); print(next(g), v.get()); v.set("outer"); print(next(g))
print(sys.version_info[:2], sys.version_info.major, sys.hexversion >> 16 == 0x30e, sys.byteorder, sys.maxunicode, sys.implementation.name, sys.implementation.version[:2], sys.api_version, sys.platform, sys.float_info.max, sys.float_info.dig, sys.int_info.sizeof_digit, sys.hash_info.width, sys.hash_info.modulus == 2 ** 61 - 1, sys.hash_info.inf, sys.thread_info.name, sys.getdefaultencoding(), sys.getfilesystemencoding(), sys.flags.debug, sys.dont_write_bytecode, sys.warnoptions, sys.copyright != "", sys.executable != "", type(sys.path).__name__, sys.prefix != "", sys.argv[0].endswith("75_contextvars_misc.py"), len(sys.orig_argv), sys.abiflags, sys.pycache_prefix, sys.ps1 if hasattr(sys, "ps1") else "no prompt", sys.getallocatedblocks() > 0, sys.is_finalizing(), sys.get_int_max_str_digits(), sys._git[0] != "" if hasattr(sys, "_git") else True)
print(sys.getsizeof(0) >= 24, sys.getsizeof([]) < sys.getsizeof([1, 2, 3]), sys.getsizeof("é") > sys.getsizeof("e"), sys.getrefcount(object()) >= 1, sys.intern("x") is "x" if False else True, sys.exc_info(), sys.call_tracing(len, ([1],)), sys.unraisablehook is sys.__unraisablehook__, sys.displayhook is sys.__displayhook__, sys.excepthook is sys.__excepthook__)
attempt(lambda: sys.getsizeof()); attempt(lambda: sys.intern(5)); attempt(lambda: sys.intern(type("S", (str,), {})("x"))); attempt(lambda: sys.exit("text")); attempt(lambda: sys.setrecursionlimit("a")); attempt(lambda: sys.version_info.nope); attempt(lambda: sys.flags[100]); attempt(lambda: type(sys.version_info)()); attempt(lambda: setattr(sys.flags, "debug", 1)); attempt(lambda: sys._getframe("x")); attempt(lambda: sys._getframemodulename()); attempt(lambda: sys.audit("my.event", 1))
seen = []
sys.addaudithook(lambda e, a: seen.append(e) if e.startswith("my.") else None); sys.audit("my.second", 1, 2); print(seen)
ns = types.SimpleNamespace(a=1); ns.b = 2; del ns.a; print(ns, ns == types.SimpleNamespace(b=2), ns.__dict__)
m = types.ModuleType("m"); m.x = 1; print(m.x, repr(m), m.__dict__["x"], m.__spec__); attempt(lambda: m.nope)
class Mod(types.ModuleType):
    @property
    def lazy(self): return "computed"
sys.modules["lazymod"] = Mod("lazymod"); import lazymod; print(lazymod.lazy)
fn = types.FunctionType(next(k for k in compile("def f(a, b=2): return a + b", "", "exec").co_consts if isinstance(k, types.CodeType)), globals(), "named", (5,)); print(fn(1), fn.__name__, fn.__defaults__)
f = lambda x: x
f.__name__, f.__qualname__, f.__doc__, f.__module__, f.__defaults__, f.__kwdefaults__ = "n", "q.n", "doc", "mod", (7,), None
print(f(), repr(f).partition(" at")[0], f.__doc__, f.__module__, f.__closure__, f.__globals__ is globals(), f.__builtins__ is builtins.__dict__, f.__type_params__, f.__dict__)
for n, bad in (("__name__", 5), ("__defaults__", [1]), ("__code__", 5), ("__dict__", 5), ("__kwdefaults__", ()), ("__qualname__", 1), ("__globals__", {}), ("__closure__", ())): attempt(lambda: setattr(f, n, bad))
bm = types.MethodType(f, 3); print(bm(), bm.__self__, bm.__name__); attempt(lambda: types.MethodType(5, 3)); attempt(lambda: types.MethodType(f, None))
print(type(len)(  ) if False else len.__self__ is builtins, len.__module__, len.__text_signature__, [].append.__qualname__, str.join.__objclass__, dict.fromkeys.__self__, int.__add__.__name__, repr(len), repr(str.join), repr(int.__add__), repr("".join).partition(" at")[0], repr((1).__add__).partition(" at")[0], repr(dict.fromkeys).partition(" at")[0])
print(repr(int), repr(type), repr(type(None)), repr(range(3)), repr(slice(1)), repr(zip).strip(), repr(property()).partition(" at")[0], repr(staticmethod(len)), repr(classmethod(len)), repr(super), repr(NotImplemented), repr(iter([])).partition(" at")[0], repr({}.keys()), repr(memoryview(b"")).partition(" at")[0], repr((i for i in ())).partition(" at")[0], repr(map(len, [])).partition(" at")[0], repr(object()).partition(" at")[0], repr(sys), repr(f.__code__).partition(" at")[0], repr(types.MappingProxyType({1: 2})), repr(ValueError("x", 1)), repr(frozenset()), repr(bytearray(b"x")), repr(...), repr(type("T", (), {})), repr(list[int]), repr(int | None), repr(enumerate([])).partition(" at")[0], repr(types.CellType(5)).partition(" at")[0], repr(sys.version_info)[:15], repr(sys.flags)[:9])
from types import GenericAlias, UnionType, NoneType, EllipsisType, NotImplementedType, CodeType, CellType, TracebackType, FrameType, GetSetDescriptorType, MemberDescriptorType, WrapperDescriptorType, MethodWrapperType, MethodDescriptorType, ClassMethodDescriptorType, BuiltinFunctionType, AsyncGeneratorType, CoroutineType, GeneratorType
for ty in (NoneType, EllipsisType, CodeType, FrameType, GeneratorType, TracebackType, GetSetDescriptorType, MethodWrapperType, BuiltinFunctionType, type(iter([])), type({}.keys()), type(sys.flags), type(sys.implementation), zip, property): print(ty.__module__, ty.__qualname__, end="; ")
print()
for ty in (FrameType, GeneratorType, GetSetDescriptorType, MethodWrapperType, type(iter([])), type({}.keys()), BuiltinFunctionType, CodeType, type(len)): attempt(lambda: ty())
atexit.register(print, "registered first, runs last"); un = atexit.register(print, "never"); atexit.unregister(print); atexit.register(lambda: print("at exit")); atexit.register(lambda: print("reverse order")); print(atexit._ncallbacks())
