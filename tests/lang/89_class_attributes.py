import enum
class M(type):
    def meta(cls): return 'meta', cls.__name__
    @property
    def data(cls): return 'data'
class A(metaclass=M):
    x = 1
    data = 5
    @classmethod
    def cm(cls, a=0): return cls.__name__, a
    @staticmethod
    def sm(a=1): return a
    def __getitem__(self, k): return ('got', k)
class B(A): pass
def run(o):
    return [o.cm(), o.cm(2), o.sm(), o.sm(5)]
for _ in range(3):
    for o in (A, B, A(), B()):
        print(run(o))
b = B()
b.cm = lambda: 'own'
print(run.__name__, b.cm())
def use(o): return o.cm()
print([use(o) for o in (A(), b, B(), b, A)])
A.cm = classmethod(lambda cls: ('new', cls.__name__))
print([use(o) for o in (A(), b, B(), b, A, B)])
B.cm = staticmethod(lambda: 'static')
print([use(o) for o in (A(), B(), A, B)])
print([getattr(c, 'x') for c in (A, B)])
def rx(c): return c.x
print([rx(c) for c in (A, B, A)]); A.x = 2; print([rx(c) for c in (A, B)]); M.x = property(lambda c: 'meta x'); print([rx(c) for c in (A, B)]); del M.x; print([rx(c) for c in (A, B)])
def rd(c): return c.data
print([rd(c) for c in (A, B)])
a = A()
print(a[1], a['k'], a[2:3], a[None])
def g(a, i): return a[i]
print([g(a, 1), g([5, 6], 1), g({1: 2}, 1), g(a, 2)])
class P:
    def __getitem__(self, i):
        if i > 3: raise IndexError(i)
        return i
print(list(P()), 2 in P())
try: P()[9]
except IndexError as e: print('IndexError', e)
class Q:
    def __getitem__(self, *a): return a
    def __class_getitem__(cls, k): return ('cg', k)
print(Q()[1], Q[3])
cm = A.__dict__['sm']
for _ in range(3): print(A.sm())
cm.__init__(lambda a=7: ('re', a))
for _ in range(3): print(A.sm(), A().sm())
for o in (1, 'a', A(), A, M, print, [].append, (lambda: 0), Exception('x')):
    for _ in range(2): c = o.__class__
    print(c)
class Liar:
    __class__ = property(lambda self: int)
print(Liar().__class__, isinstance(Liar(), int), isinstance(Liar(), Liar), isinstance(Liar(), str))
def nm(f): return f.__name__
print([nm(f) for f in (print, run, A, len, A.cm)])
try: nm(5)
except AttributeError as e: print(e)
class T(int): pass
print([int(x) for x in ('12', '-5', '+7', ' 8 ', '1_000', '123456789012345678', '1234567890123456789', '-0', '٣')])
for bad in ('', '-', '--1', '1-', '_1', '1a', '+-1'):
    try: print(int(bad))
    except ValueError as e: print(e)
print(T('12'), type(T('12')), int(T('5')), type(int(T('5'))))
def types(*v): return [type(x) for x in v]
print(types(1, 'a', A()), [type(x).__name__ for x in (1, 2.0, None)])
try: type()
except TypeError as e: print(e)
def mk(c, *a): return c(*a)
print([mk(str, 5), mk(int, '7'), mk(list, 'ab'), mk(type, 5), mk(A).__class__, mk(str, b'x', 'ascii'), mk(type, 'Z', (), {}).__name__])
class Color(enum.Enum):
    RED = 1
    @classmethod
    def first(cls): return cls.RED
print(Color.RED, Color.RED.value, Color.first(), Color.RED.first(), [Color.RED for _ in range(3)])
def deep(n):
    class R:
        def __getitem__(self, i): return self[i + 1]
    return R()[0]
try: deep(0)
except RecursionError as e: print('RecursionError')
import weakref
class W:
    def __getitem__(self, i): return i
    def __del__(self): print('del')
print(W()[5])
