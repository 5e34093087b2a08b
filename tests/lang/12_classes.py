class Empty:
    pass
e = Empty()
e.x = 1
print(e.x, e.__dict__, type(e).__name__, isinstance(e, Empty), Empty.__name__)
class Point:
    """A point."""
    count = 0
    def __init__(self, x, y=0):
        self.x = x
        self.y = y
        Point.count += 1
    def __repr__(self):
        return "Point(" + repr(self.x) + ", " + repr(self.y) + ")"
    def __eq__(self, other):
        return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)
    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)
    def __neg__(self):
        return Point(-self.x, -self.y)
    def __getitem__(self, i):
        return (self.x, self.y)[i]
    def __len__(self):
        return 2
    def __call__(self, k):
        return Point(self.x * k, self.y * k)
    def norm2(self):
        return self.x ** 2 + self.y ** 2
    @staticmethod
    def origin():
        return Point(0, 0)
    @classmethod
    def make(cls, *a):
        return cls(*a)
    @property
    def double(self):
        return self.x * 2
    @double.setter
    def double(self, v):
        self.x = v // 2
p = Point(3, 4)
print(p, p.norm2(), p + Point(1), -p, p[0], len(p), p(10), list(p), p == Point(3, 4), p != Point(3, 4))
print(Point.origin(), Point.make(7), p.double, Point.count, Point.__doc__)
p.double = 20
print(p, str(p), "%s" % p, [p])
m = p.norm2
print(m(), m.__self__ is p, m.__func__ is Point.norm2, Point.norm2(p))
p.norm2 = lambda: "instance wins"
print(p.norm2())
del p.norm2
print(p.norm2())
class Point3(Point):
    def __init__(self, x, y, z):
        super().__init__(x, y)
        self.z = z
    def norm2(self):
        return super().norm2() + self.z ** 2
q = Point3(1, 2, 3)
print(q, q.norm2(), isinstance(q, Point), issubclass(Point3, Point), Point3.__bases__ == (Point,), [c.__name__ for c in Point3.__mro__])
class Attr:
    shared = []
    value = 1
a, b = Attr(), Attr()
a.shared.append(1)
a.value = 2
print(b.shared, b.value, Attr.value, a.__dict__, hasattr(a, "value"), hasattr(a, "nope"), getattr(a, "nope", "default"))
setattr(a, "dyn", 5)
print(a.dyn, sorted(vars(a)))
delattr(a, "dyn")
for f in (lambda: a.dyn, lambda: Attr.nope, lambda: p.double(), lambda: Empty(1), lambda: Point(), lambda: Empty() + 1, lambda: Empty()[0], lambda: len(Empty()), lambda: Empty()(), lambda: Empty() < Empty(), lambda: -Empty(), lambda: [] + Empty()):
    try:
        print(f())
    except Exception as err:
        print(type(err).__name__ + ":", err)
try:
    del a.nope
except AttributeError as err:
    print(err)
try:
    del p.double
except AttributeError as err:
    print(err)
class ReadOnly:
    @property
    def x(self):
        return 1
try:
    ReadOnly().x = 2
except AttributeError as err:
    print(err)
class Dyn:
    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return "got " + name
    def __setattr__(self, name, value):
        object.__setattr__(self, name, [value])
    def __delattr__(self, name):
        print("del", name)
d = Dyn()
d.x = 1
print(d.x, d.anything)
del d.x
class Private:
    def __init__(self):
        self.__secret = 1
        self._soft = 2
    def get(self):
        return self.__secret
print(Private().get(), Private()._Private__secret, sorted(Private().__dict__))
try:
    Private().__secret
except AttributeError as err:
    print(err)
class Ctx:
    def __enter__(self):
        print("enter")
        return self
    def __exit__(self, *exc):
        print("exit", exc[0] is not None)
        return True
with Ctx() as c:
    print("body", type(c).__name__)
with Ctx():
    raise ValueError
class Base:
    def hook(self):
        return "base"
    def run(self):
        return self.hook()
class Derived(Base):
    def hook(self):
        return "derived " + super().hook()
print(Base().run(), Derived().run())
A = type("A", (Base,), {"z": 5, "hook": lambda self: "dynamic"})
print(A().run(), A.z, A.__name__)
Base.hook = lambda self: "patched"
print(Derived().run())
class Node:
    def __init__(self, v, nxt=None):
        self.v, self.nxt = v, nxt
n = None
for i in range(5):
    n = Node(i, n)
out = []
while n:
    out.append(n.v)
    n = n.nxt
print(out)
class Hash:
    def __init__(self, v): self.v = v
    def __eq__(self, o): return self.v == o.v
try:
    {Hash(1)}
except TypeError as err:
    print(err)
print(object().__class__ is object, type(5), type("x"), type(None), type(print), type(Point), type(len), type(lambda: 0), type([].append))

# A class whose module is no str, or builtins, is shown by its plain name.
def nested():
    class Inner: pass
    return Inner
for module in None, 1, "builtins", "somewhere":
    Inner = nested()
    Inner.__module__ = module
    print(Inner, repr(Inner()).split(" at ")[0])
