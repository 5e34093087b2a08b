def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", str(e).replace("__main__.", ""))
class P:
    __slots__ = ("x", "y")
    def __init__(self, x): self.x = x
p = P(1)
print(p.x, hasattr(p, "y"), hasattr(p, "__dict__"), P.__slots__, type(P.x).__name__)
attempt(lambda: p.y)
attempt(lambda: setattr(p, "z", 1))
p.y = 5
del p.y
attempt(lambda: p.y)
attempt(lambda: delattr(p, "y"))
attempt(lambda: delattr(p, "nope"))
class Q(P):
    __slots__ = "z"
q = Q(2)
q.z = 3
print(q.x, q.z, hasattr(q, "__dict__"))
class R(P): pass
r = R(1)
r.anything = 1
print(r.__dict__, r.x)
class D:
    __slots__ = ("a", "__dict__")
d = D()
d.a, d.b = 1, 2
print(d.__dict__, d.a)
class W:
    __slots__ = ("__weakref__",)
import weakref
w = W()
print(weakref.ref(w)() is w)
attempt(lambda: weakref.ref(p))
class Doc:
    __slots__ = {"a": "documentation of a", "b": None}
print(Doc.a.__doc__, Doc.__slots__)
class Private:
    __slots__ = ("__hidden",)
    def __init__(self): self.__hidden = 1
print(Private()._Private__hidden, [n for n in dir(Private) if "hidden" in n])
for ns in ({"__slots__": ("x",), "x": 1}, {"__slots__": ("1x",)}, {"__slots__": (5,)}, {"__slots__": ("__dict__", "__dict__")}, {"__slots__": ("a", "a")}):
    attempt(lambda: type("T", (), ns).__slots__)
attempt(lambda: type("T", (int,), {"__slots__": ("a",)}))
attempt(lambda: type("T", (int,), {"__slots__": ()})(5))
attempt(lambda: type("T", (tuple,), {"__slots__": ("a",)}))
attempt(lambda: type("T", (str,), {"__slots__": ()})("s"))
class E1: __slots__ = ("e",)
class E2: __slots__ = ("f",)
attempt(lambda: type("Both", (E1, E2), {}))
class Empty: __slots__ = ()
attempt(lambda: type("Fine", (E1, Empty), {"__slots__": ()})().__slots__)
class A: pass
class B: pass
a = A()
a.__class__ = B
print(type(a).__name__)
attempt(lambda: setattr(a, "__class__", P))
attempt(lambda: setattr(a, "__class__", int))
class P2:
    __slots__ = ("x", "y")
p.__class__ = P2
print(type(p).__name__, p.x)
s = iter(["a", "b"])
class Iter:
    __slots__ = s
Iter().a = 1
print(list(Iter.__slots__))
class Node:
    __slots__ = ("value", "next")
    def __init__(self, value, next=None): self.value, self.next = value, next
n = None
for i in range(1000):
    n = Node(i, n)
total = 0
while n is not None:
    total += n.value
    n = n.next
print(total)
import copy, pickle
class PointS:
    __slots__ = ("x", "y")
    def __init__(self): self.x = [1]
c = copy.copy(PointS())
print(c.x, hasattr(c, "y"), PointS().__getstate__(), copy.deepcopy(c).x)
attempt(lambda: pickle.dumps(PointS(), 0))
print(p.__sizeof__() > 0, P.__basicsize__ - object.__basicsize__, Q.__basicsize__ - P.__basicsize__, Empty.__basicsize__ == object.__basicsize__)
class Over(P):
    x = "class attribute hides the slot"
o = Over.__new__(Over)
P.x.__set__(o, 9)
print(o.x, P.x.__get__(o))
attempt(lambda: P.x.__get__(5))
attempt(lambda: P.x.__set__(5, 1))
class Swapped:
    __slots__ = ("m",)
    def method(self): return self.m
x = Swapped()
x.m = lambda: "callable in a slot"
print(x.m(), x.method()())
class Named:
    __slots__ = ("n",)
    def __getattr__(self, k): return "getattr " + k
print(Named().n, Named().zz)
