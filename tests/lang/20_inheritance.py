class A:
    def who(self): return "A"
    def chain(self): return ["A"]
class B(A):
    def who(self): return "B"
    def chain(self): return ["B"] + super().chain()
class C(A):
    def who(self): return "C"
    def chain(self): return ["C"] + super().chain()
class D(B, C):
    def chain(self): return ["D"] + super().chain()
print(D().who(), D().chain(), [c.__name__ for c in D.__mro__], D.__bases__ == (B, C), D.__base__ is B)
print(isinstance(D(), A), issubclass(D, (int, C)), issubclass(B, C), isinstance(5, int | str), isinstance(True, int))
print([c.__name__ for c in D.mro()], sorted(c.__name__ for c in A.__subclasses__()))
for bases in ((A, B), (B, B), (int, str), (bool,), (5,), (type(None),), (type(lambda: 0),)):
    try:
        type("X", bases, {})
        print("no error")
    except TypeError as e:
        print(str(e).replace("\n", " / "))
class X(A): pass
class Y(A): pass
class XY(X, Y): pass
class YX(Y, X): pass
try:
    class Z(XY, YX): pass
except TypeError as e:
    print(e)
class Init:
    def __new__(cls, *a, **k):
        print("new", cls.__name__, a, k)
        return super().__new__(cls)
    def __init__(self, *a, **k):
        print("init", a, k)
Init(1, k=2)
class Other:
    def __new__(cls):
        return 5
    def __init__(self):
        print("never")
print(Other())
class Int(int):
    def __new__(cls, v):
        return super().__new__(cls, v * 2)
    def __repr__(self): return "Int(" + str(int(self)) + ")"
    def __add__(self, o): return Int.__new__(Int, 0) if o == 0 else Int(int(self) + o)
i = Int(5)
print(i, i + 1, i * 2, isinstance(i, int), i == 10, type(i * 1).__name__, hash(i) == hash(10), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, "ten"][i])
class L(list):
    def append(self, v): super().append(v * 10)
    def __getitem__(self, i): return ("got", super().__getitem__(i))
l = L([1])
l.append(2)
print(l, l[1], len(l), list(l), sorted(l), isinstance(l, list), l == [1, 20])
class S(str):
    def __len__(self): return 99
    def shout(self): return self.upper() + "!"
s = S("abc")
print(len(s), s.shout(), s + "d", type(s + "d").__name__, s == "abc", {"abc": 1}[s], str(s) == s)
class Dct(dict):
    def __getitem__(self, k): return ("item", super().__getitem__(k))
    def __setitem__(self, k, v): super().__setitem__(k, [v])
d = Dct(a=1)
d["b"] = 2
print(d, d["b"], d.get("a"), dict(d), {**d}, "%(b)s" % d)
class T(tuple):
    def __new__(cls, *a): return super().__new__(cls, a)
    x = property(lambda self: self[0])
print(T(1, 2), T(1, 2).x, T(1) + (2,), type(T(1)[:]).__name__, T(1, 2) == (1, 2))
class MyErr(ValueError):
    def __str__(self): return "custom"
try:
    raise MyErr("x")
except ValueError as e:
    print(e, repr(e), e.args)
class Mixin:
    def describe(self): return type(self).__name__ + ":" + self.name
class Named(Mixin):
    name = "n"
class Renamed(Named):
    name = "r"
print(Named().describe(), Renamed().describe())
class Parent:
    @classmethod
    def make(cls): return cls.__name__
    @staticmethod
    def st(): return "static"
    @property
    def p(self): return "parent p"
class Child(Parent):
    @classmethod
    def make(cls): return "child of " + super().make()
    @property
    def p(self): return "child of " + super().p
    @staticmethod
    def st(): return "child " + Parent.st()
print(Parent.make(), Child.make(), Child().make(), Child().p, Child.st(), Child().st())
print(super(Child, Child()).p, super(Child, Child).make(), super(B, D()).who())
for f in (lambda: super(), lambda: super(Child, 5), lambda: super(5, 5), lambda: super(Child, Child()).nope, lambda: super(Parent, Child()).p):
    try:
        print(f())
    except (RuntimeError, TypeError, AttributeError) as e:
        print(type(e).__name__ + ":", e)
class Sup:
    def m(self):
        def inner(): return super().m()
        try:
            return inner()
        except RuntimeError as e:
            return str(e)
        except TypeError as e:
            return "TypeError " + str(e)
print(Sup().m())
class Coop:
    def __init__(self, **kw):
        print("Coop", kw)
        super().__init__()
class Left(Coop):
    def __init__(self, left, **kw):
        print("Left", left)
        super().__init__(**kw)
class Right(Coop):
    def __init__(self, right, **kw):
        print("Right", right)
        super().__init__(**kw)
class Both(Left, Right):
    pass
Both(left=1, right=2)
class Abstract:
    def area(self): raise NotImplementedError
    def show(self): return "area " + str(self.area())
class Square(Abstract):
    def __init__(self, s): self.s = s
    def area(self): return self.s ** 2
print(Square(3).show())
try:
    Abstract().show()
except NotImplementedError as e:
    print(repr(e))
s = Square(2)
s.__class__ = type("Big", (Square,), {"area": lambda self: self.s ** 3})
print(s.show(), type(s).__name__)
class Re(Child, Mixin): pass
Re.__bases__ = (Parent, Mixin)
print(Re.make(), [c.__name__ for c in Re.__mro__])
for bad in (5, object()):
    try:
        bad.__class__ = A
    except TypeError as e:
        print(e)
