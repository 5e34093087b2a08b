class Desc:
    def __init__(self, name): self.name = name
    def __get__(self, obj, owner=None):
        print("get", self.name, obj is not None, owner.__name__ if owner else None)
        return f"value of {self.name}"
    def __set__(self, obj, value): print("set", self.name, value)
    def __delete__(self, obj): print("delete", self.name)
class NonData:
    def __get__(self, obj, owner=None): return "non-data"
class SetOnly:
    def __set__(self, obj, value): obj.__dict__["so"] = ("via set", value)
class C:
    data = Desc("data")
    non = NonData()
    so = SetOnly()
    plain = "class attribute"
c = C()
print(c.data, C.data)
c.data = 5
del c.data
c.__dict__["data"] = "hidden by the data descriptor"
print(c.data)
print(c.non)
c.non = "instance"
print(c.non, c.__dict__["non"])
del c.non
print(c.non)
c.so = 1
print(c.so)
try:
    del c.so
except AttributeError as e:
    print(e)
C.data = "replaced on the class"
print(C.data, c.data)
class Named:
    def __set_name__(self, owner, name):
        print("set_name", owner.__name__, name)
        self.name = "_" + name
    def __get__(self, obj, owner):
        if obj is None: return self
        return getattr(obj, self.name, "unset")
    def __set__(self, obj, value):
        if not isinstance(value, int): raise TypeError(f"{self.name[1:]} must be int")
        setattr(obj, self.name, value)
class M:
    x = Named()
    y = Named()
    def __init__(self, x): self.x = x
m = M(5)
print(m.x, m.y, m.__dict__, type(M.x).__name__)
try:
    m.x = "s"
except TypeError as e:
    print(e)
M.late = Named()
try:
    m.late
except AttributeError as e:
    print(e)
class BadName:
    def __set_name__(self, owner, name): raise ValueError("refused")
try:
    class Fails:
        b = BadName()
except ValueError as e:
    print(e, e.__notes__)
class Order:
    def __getattribute__(self, name):
        if name.startswith("t_"):
            return "getattribute " + name
        return super().__getattribute__(name)
    def __getattr__(self, name):
        return "getattr " + name
    real = 1
o = Order()
print(o.t_x, o.real, o.missing)
class Raises:
    @property
    def p(self): raise AttributeError("inside the property")
    def __getattr__(self, name): return f"fallback for {name}"
print(Raises().p)
class Raises2:
    @property
    def p(self): raise AttributeError("inside the property")
    @property
    def q(self): return self.nope
for n in "pq":
    try:
        getattr(Raises2(), n)
    except AttributeError as e:
        print(e)
print(getattr(Raises2(), "p", "default"), hasattr(Raises2(), "p"))
class Meta(type):
    @property
    def mp(cls): return "meta property"
    def mm(cls): return "meta method"
    both = "from meta"
    d = Desc("meta data")
class K(metaclass=Meta):
    both = "from class"
    d = "class d"
print(K.mp, K.mm(), K.both, K.d)
try:
    K().mp
except AttributeError as e:
    print(e)
try:
    K.mp = 5
except AttributeError as e:
    print(e)
def func(self, *a): return (self, a)
print(func.__get__(5)(1), func.__get__(None, int) is func, func.__get__("s", str).__self__, type(func.__get__(5)).__name__)
class Bound:
    def meth(self): return self.n
    n = 5
b = Bound()
f = b.meth
b.n = 6
print(f(), f.__self__ is b, f.__func__ is Bound.meth, b.meth == b.meth, b.meth is b.meth, hash(b.meth) == hash(b.meth), b.meth != Bound().meth, f.__name__)
try:
    f.attr = 1
except AttributeError as e:
    print(e)
Bound.meth.attr = 2
print(f.attr, Bound.meth.__qualname__)
class Call:
    def __call__(self, *a): return ("called", a)
class UsesCall:
    c = Call()
print(UsesCall().c(1), len([].append.__self__), [].append.__name__, str.upper("x"), "x".upper.__self__, str.__dict__["upper"].__get__("abc")())
for bad in (lambda: str.__dict__["upper"].__get__(5), lambda: int.__add__("x", 1), lambda: type.__dict__["__name__"].__get__(5), lambda: str.upper(), lambda: str.upper(5), lambda: list.append(5, 1), lambda: property(5).__get__(1), lambda: property().__get__(1), lambda: property().__set__(1, 2), lambda: type(len)(5), lambda: object.__getattribute__(5), lambda: object.__setattr__(5, "x", 1), lambda: int.x, lambda: setattr(int, "x", 1), lambda: delattr(int, "bit_length"), lambda: getattr(5, 5), lambda: setattr(C(), 5, 5), lambda: getattr(5), lambda: hasattr(5), lambda: delattr(C(), "q"), lambda: C().q, lambda: (lambda: 0).q, lambda: len.q, lambda: setattr(len, "q", 1), lambda: None.q, lambda: setattr(None, "q", 1), lambda: object().__dict__, lambda: setattr(object(), "x", 1)):
    try:
        print(bad())
    except (TypeError, AttributeError) as e:
        print(type(e).__name__ + ":", e)
class Lazy:
    def __init__(self, fn): self.fn = fn
    def __set_name__(self, owner, name): self.name = name
    def __get__(self, obj, owner):
        print("computing", self.name)
        v = obj.__dict__[self.name] = self.fn(obj)
        return v
class Uses:
    @Lazy
    def v(self): return 99
u = Uses()
print(u.v, u.v)
class Dyn:
    pass
d1, d2 = Dyn(), Dyn()
def read(o): return o.z
for i in range(20):
    d1.z = i
    assert read(d1) == i
Dyn.z = property(lambda self: "now a property")
print(read(d1), read(d2), d1.__dict__)
del Dyn.z
print(read(d1))
Dyn.z = "class level"
print(read(d1), read(d2))
Dyn.__getattr__ = lambda self, n: "dynamic " + n
print(d1.zz)
def ga(self, n): return "everything " + n
Dyn.__getattribute__ = ga
print(d1.z, read(d2))
del Dyn.__getattribute__
print(read(d1), d1.other)
class Slots:
    __slots__ = ("a",)
print(type(Slots.a).__name__, Slots.a.__name__, Slots.a.__objclass__.__name__)
s = Slots()
Slots.a.__set__(s, 3)
print(s.a, Slots.a.__get__(s), int.real.__get__(5), type(int.real).__name__, type(type.__dict__["__mro__"]).__name__, type(str.upper).__name__, type(int.__add__).__name__, type((5).__add__).__name__, type(dict.fromkeys).__name__, type(dict.__dict__["fromkeys"]).__name__)
