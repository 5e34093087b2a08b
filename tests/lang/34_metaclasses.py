class Meta(type):
    def __prepare__(name, bases, **kw):
        print("prepare", name, bases, kw)
        return {"prepared": True}
    __prepare__ = staticmethod(__prepare__)
    def __new__(mcls, name, bases, ns, **kw):
        print("new", name, sorted(k for k in ns if not k.startswith("__")), kw)
        return super().__new__(mcls, name, bases, ns)
    def __init__(cls, name, bases, ns, **kw):
        print("init", name)
        super().__init__(name, bases, ns)
    def __call__(cls, *a, **k):
        print("call", cls.__name__, a, k)
        return super().__call__(*a, **k)
    def __len__(cls): return 42
    def __getitem__(cls, k): return ("class item", k)
    def __iter__(cls): return iter("meta")
    def __contains__(cls, x): return x == "in"
    def __repr__(cls): return f"<Meta {cls.__name__}>"
    def __eq__(cls, o): return cls is o
    def __hash__(cls): return 5
    def __add__(cls, o): return ("add", o)
    def __bool__(cls): return False
    def __getattr__(cls, n): return f"meta getattr {n}"
    def __instancecheck__(cls, o): return o == 5 or type.__instancecheck__(cls, o)
    def __subclasscheck__(cls, o): return o is int or type.__subclasscheck__(cls, o)
    def __dir__(cls): return ["only this"]
class A(metaclass=Meta, opt=1):
    x = 1
    def m(self): return "m"
a = A()
print(len(A), A["k"], list(A), "in" in A, A, bool(A), A + 1, A.unknown, isinstance(5, A), issubclass(int, A), isinstance("s", A), dir(A), A.prepared, type(A).__name__)
class B(A):
    pass
print(type(B).__name__, B.x, B().m())
class Meta2(Meta): pass
class C(B, metaclass=Meta2): pass
print(type(C).__name__)
class Other(type): pass
class O(metaclass=Other): pass
try:
    class Conflict(A, O): pass
except TypeError as e:
    print(e)
def make(name, bases, ns, **kw):
    return (name, bases, [k for k in ns if k == "z"], kw)
class Fn(int, metaclass=make, k="v"):
    z = 1
print(Fn)
class Ordered(type):
    @classmethod
    def __prepare__(mcls, name, bases):
        class Log(dict):
            def __setitem__(self, k, v):
                if not k.startswith("__"):
                    print("defining", k)
                super().__setitem__(k, v)
            def __missing__(self, k):
                if k.startswith("auto"):
                    return f"<{k}>"
                raise KeyError(k)
        return Log()
class Auto(metaclass=Ordered):
    a = autoone
    b = a + autotwo
    def f(self): pass
print(Auto.a, Auto.b)
class Base:
    subs = []
    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw)
        cls.subs.append((cls.__name__, tag))
class S1(Base, tag="one"): pass
class S2(S1): pass
print(Base.subs)
try:
    class S3(Base, unknown=1): pass
except TypeError as e:
    print(e)
try:
    class S4(unknown=1): pass
except TypeError as e:
    print(e)
class Gen:
    def __class_getitem__(cls, item): return f"{cls.__name__}[{item}]"
class GenSub(Gen): pass
print(Gen[int], GenSub["x"])
try:
    class NoItem: pass
    NoItem[5]
except TypeError as e:
    print(e)
T = type("T", (Base,), {"v": 1, "__doc__": "dynamic", "__module__": "somewhere"}, tag="dyn")
print(T.v, T.__doc__, T.__module__, T.__qualname__, Base.subs[-1], repr(T))
for args in ((), (1, 2), (5, (), {}), ("n", 5, {}), ("n", (), 5), ("n", (), {}, 5), ("a\0b", (), {}), ("n", ("x",), {}), ("n", (), {"__slots__": 5}), ("n", (), {"__slots__": ("1a",)}), ("n", (), {"__qualname__": 5})):
    try:
        print(repr(type(*args)).replace("__main__.", ""))
    except (TypeError, ValueError) as e:
        print(type(e).__name__ + ":", e)
class Entry:
    def __mro_entries__(self, bases):
        print("mro entries", len(bases))
        return (dict, list)[:1]
class FromEntry(Entry()): pass
print(FromEntry.__bases__, FromEntry.__orig_bases__[0].__class__.__name__)
try:
    type("X", (Entry(),), {})
except TypeError as e:
    print(e)
import types
print(types.resolve_bases((Entry(), int)), types.new_class("NC", (Base,), {"tag": "nc"}, lambda ns: ns.update(q=1)).q, Base.subs[-1], types.prepare_class("P", (A,), {})[0].__name__)
class Singleton(type):
    _all = {}
    def __call__(cls, *a):
        if cls not in cls._all:
            cls._all[cls] = super().__call__(*a)
        return cls._all[cls]
class Conf(metaclass=Singleton):
    def __init__(self, v): self.v = v
print(Conf(1) is Conf(2), Conf(3).v)
class Mro(type):
    def mro(cls):
        std = super().mro()
        return [std[0]] + sorted(std[1:-1], key=lambda c: c.__name__) + [std[-1]]
class Zed:
    def who(self): return "Zed"
class Abe:
    def who(self): return "Abe"
class Custom(Zed, Abe, metaclass=Mro): pass
print([c.__name__ for c in Custom.__mro__], Custom().who())
class BadMro(type):
    def mro(cls): return [5]
try:
    class BM(metaclass=BadMro): pass
except TypeError as e:
    print(e)
print(type.__call__(A, ).m(), type(type) is type, isinstance(type, object), isinstance(object, type), issubclass(type, object), type.__mro__, object.__bases__, type.__base__)
A.x = 100
del A.x
try:
    del A.x
except AttributeError as e:
    print(e)
print(Base.__subclasses__()[0].__name__, Base.__dict__["subs"] is Base.subs, Base.__weakref__ is not None if hasattr(Base, "__weakref__") else "", Base.__dictoffset__ != 0, Base.__flags__ & 1 << 10 != 0, Base.__basicsize__ > 0, Base.__text_signature__, Base.__module__, Base.__name__, Base.__qualname__)
Base.__name__ = "Renamed"
print(Base.__name__, Base.__qualname__, repr(Base))
for bad in ("Base.__name__ = 5", "Base.__name__ = 'a\\0b'", "del Base.__name__", "Base.__bases__ = ()", "Base.__bases__ = (int,)", "Base.__bases__ = 5", "Base.__mro__ = ()", "int.__name__ = 'x'", "Base.__class__ = 5", "Base.__doc__ = 'ok'", "Base.__qualname__ = 5", "S2.__bases__ = (S2,)", "Base.__dict__ = {}", "Base.__module__ = 5"):
    try:
        exec(bad)
        print(bad, "ok")
    except (TypeError, AttributeError, ValueError) as e:
        print(bad, "->", type(e).__name__ + ":", e)
class WithCell:
    def f(self): return __class__
    print("__classcell__" in locals(), "__qualname__" in locals(), "__firstlineno__" in locals(), "__static_attributes__" in locals())
print(WithCell().f() is WithCell, WithCell.__static_attributes__, type(WithCell.__firstlineno__).__name__)
class DropsCell(type):
    def __new__(m, n, b, ns):
        ns.pop("__classcell__", None)
        return super().__new__(m, n, b, ns)
try:
    class Dropped(metaclass=DropsCell):
        def f(self): return super().f()
except RuntimeError as e:
    print(e)
