def names(cls): return " ".join(c.__name__ for c in cls.__mro__)
class O1: pass
class A(O1): pass
class B(O1): pass
class C(A, B): pass
class D(B): pass
class E(C, D): pass
print(names(E), "|", names(C))
F = type("F", (), {})
class X1(F): pass
class X2(F): pass
class Y(X1, X2): pass
class Z(X2): pass
class W(Y, Z): pass
print(names(W))
for src in ("class T(A, O1): pass", "class T(O1, A): pass", "class T(A, A): pass", "class T(C, A): pass", "class T(A, C): pass", "class T(type('P', (A, B), {}), type('Q', (B, A), {})): pass", "class T(int, float): pass", "class T(int, A): pass", "class T(dict, list): pass", "class T(Exception, A): pass", "class T(Exception, int): pass", "class T(object, A): pass", "class T(A, object): pass", "class T(type, A): pass", "class T(type(lambda: 0)): pass", "class T(range): pass", "class T(slice): pass", "class T(type(None)): pass", "class T(memoryview): pass", "class T(None): pass", "class T(print): pass", "class T('s'): pass", "class T([]): pass", "class T(OSError, KeyError): pass", "class T(ValueError, KeyError): pass"):
    ns = dict(globals())
    try:
        exec(src, ns)
        print(src, "->", names(ns["T"]))
    except TypeError as e:
        print(src, "->", str(e).replace("\n", " / "))
class Base:
    def f(self): return ["Base"]
    def g(self): return "Base.g"
    @classmethod
    def c(cls): return [cls.__name__, "Base"]
    @staticmethod
    def s(): return "Base.s"
    @property
    def p(self): return "Base.p"
    attr = "base attr"
    def __getitem__(self, i): return ("Base", i)
    def __len__(self): return 3
class L(Base):
    def f(self): return ["L"] + super().f()
    @classmethod
    def c(cls): return ["L"] + super().c()
    @property
    def p(self): return "L." + super().p
    def __getitem__(self, i): return ("L", super().__getitem__(i))
class R(Base):
    def f(self): return ["R"] + super().f()
    @classmethod
    def c(cls): return ["R"] + super().c()
    attr = "right attr"
class M(L, R):
    def f(self): return ["M"] + super(M, self).f()
    def up(self): return super().attr, super(L, self).attr, super(R, self).attr
    def old(self): return super(L, self).f()
    def dunder(self): return super().__len__(), super()[0] if False else super().__getitem__(0)
m = M()
print(m.f(), M.c(), m.c(), m.p, m[1], m.up(), m.old(), m.dunder(), len(m))
s = super(M, m)
print(s.__thisclass__.__name__, s.__self__ is m, s.__self_class__.__name__, s.f()[0], repr(s)[:17], isinstance(s, super), s.g())
def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)
attempt(lambda: len(super(M, m)))
attempt(lambda: super(M, m)[0])
attempt(lambda: super(M, m).nope)
attempt(lambda: super(M, 5))
attempt(lambda: super(5, m))
attempt(lambda: super(M))
attempt(lambda: super(L, R()))
attempt(lambda: super(M, m, 1))
attempt(lambda: super())
attempt(lambda: super(M, m).__class__.__name__)
def setattr_super():
    class S(Base):
        def go(self): super().x = 5
    S().go()
attempt(setattr_super)
class Del:
    def m(self):
        del self
        super().m()
attempt(lambda: Del().m())
class NoArgs:
    def m(): return super()
attempt(lambda: NoArgs.m())
class Cell:
    def m(self):
        self = 5
        return super().__init__
attempt(lambda: Cell().m())
class InComp(Base):
    def f(self): return [super(InComp, self).f() for _ in range(2)], [super().f() for _ in range(1)] if True else None
attempt(lambda: InComp().f())
class InLambda(Base):
    def f(self): return (lambda: super(InLambda, self).f())()
attempt(lambda: InLambda().f())
class Unbound(Base):
    pass
u = super(L)
class UsesUnbound(L):
    up = super(R)
attempt(lambda: u.__get__(m).f())
class Shadow(Base):
    def f(self):
        super = lambda: "shadowed"
        return super()
attempt(lambda: Shadow().f())
class New:
    def __new__(cls, *a):
        self = super().__new__(cls)
        self.a = a
        return self
    def __init_subclass__(cls):
        super().__init_subclass__()
        cls.tag = "subclassed"
class NewSub(New):
    def __init__(self, *a): super().__init__()
print(NewSub(1, 2).a, NewSub.tag)
attempt(lambda: object(1))
attempt(lambda: object.__new__(int))
attempt(lambda: object.__new__(5))
attempt(lambda: int.__new__(str))
attempt(lambda: object.__init__(5, 6))
class OnlyInit:
    def __init__(self, a): pass
class OnlyNew:
    def __new__(cls, a): return super().__new__(cls)
class Neither: pass
class Both:
    def __new__(cls, *a): return super().__new__(cls, *a)
    def __init__(self, *a): super().__init__(*a)
print(OnlyInit(1) is not None, OnlyNew(1) is not None)
attempt(lambda: Neither(1))
attempt(lambda: Both(1))
attempt(lambda: OnlyInit())
attempt(lambda: OnlyNew())
attempt(lambda: Neither(a=1))
class InitReturns:
    def __init__(self): return 5
attempt(lambda: InitReturns())
class Dia:
    def __init__(self): print("Dia")
class DA(Dia):
    def __init__(self):
        print("DA in")
        super().__init__()
        print("DA out")
class DB(Dia):
    def __init__(self):
        print("DB in")
        super().__init__()
        print("DB out")
class DD(DA, DB): pass
DD()
class Late:
    def hi(self): return "late hi"
class Dyn(Base): pass
inst = Dyn()
Dyn.__bases__ = (Late,)
print(inst.hi(), hasattr(inst, "f"), names(Dyn))
Base.added = lambda self: "added later"
print(m.added())
L.g = lambda self: "L.g " + super(L, self).g()
print(m.g())
del L.g
print(m.g())
class Gen:
    def items(self): yield from ("a", "b")
class GenSub(Gen):
    def items(self):
        yield "first"
        yield from super().items()
print(list(GenSub().items()))
class Str(str):
    def upper(self): return "<" + super().upper() + ">"
class Dict(dict):
    def __setitem__(self, k, v): super().__setitem__(k, v * 2)
    def __repr__(self): return "Dict" + super().__repr__()
d = Dict()
d["a"] = 4
print(Str("x").upper(), d, super(Dict, d).__repr__())
print(M.__mro__[-1] is object, M.mro() == list(M.__mro__), type.mro(M) == M.mro(), M.__base__.__name__, bool.__mro__, issubclass(M, (int, Base)), issubclass(bool, int))
attempt(lambda: issubclass(5, int))
attempt(lambda: issubclass(int, 5))
attempt(lambda: isinstance(5, 5))
attempt(lambda: isinstance(5, (str, (bytes, (int,)))))
attempt(lambda: isinstance(5, (str, 5)))
attempt(lambda: isinstance(5, int | None))
attempt(lambda: isinstance(5, list[int]))
attempt(lambda: issubclass(int, list[int]))
