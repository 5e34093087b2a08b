def make_counter():
    n = 0
    def inc(by=1):
        nonlocal n
        n += by
        return n
    def get():
        return n
    return inc, get
inc, get = make_counter()
print(inc(), inc(), inc(10), get())
inc2, get2 = make_counter()
print(inc2(), get(), get2())
fs = [lambda: i for i in range(3)]
print([f() for f in fs])
fs = [lambda i=i: i for i in range(3)]
print([f() for f in fs])
def adder(a):
    return lambda b: lambda c: a + b + c
print(adder(1)(2)(3))
def late():
    def use():
        return value
    try:
        use()
    except NameError as e:
        print(type(e).__name__, e)
    value = "now"
    return use()
print(late())
x = "global"
def shadow():
    x = "outer"
    def inner():
        return x
    class C:
        y = x
        x = "class"
        def m(self):
            return x
        z = [x for _ in range(1)]
    return inner(), C.y, C.x, C().m(), C.z
try:
    print(shadow())
except NameError as e:
    print("NameError:", e)
def shadow2():
    x = "outer"
    class C:
        y = x
        def m(self):
            return x
        z = [x for _ in range(1)]
    return C.y, C().m(), C.z
print(shadow2())
def global_in_nested():
    x = "local"
    def inner():
        global x
        x = "changed"
    inner()
    return x
print(global_in_nested(), x)
def deep1():
    v = 1
    def deep2():
        def deep3():
            nonlocal v
            v += 1
            return v
        return deep3
    return deep2()(), v
print(deep1())
def params(a, *args, k=1, **kw):
    def inner():
        return a, args, k, kw
    return inner
print(params(1, 2, 3, k=4, z=5)())
def deleted():
    v = 1
    def inner():
        return v
    del v
    try:
        return inner()
    except NameError as e:
        return type(e).__name__ + ": " + str(e)
print(deleted())
def cells():
    a, b = 1, 2
    def inner():
        return a
    return inner.__closure__[0].cell_contents, inner.__code__.co_freevars, len(inner.__closure__)
print(cells(), late.__closure__)
def exc_name():
    try:
        1 / 0
    except ZeroDivisionError as e:
        saved = lambda: e
        inside = str(saved())
    try:
        saved()
    except NameError as err:
        return inside, str(err)
print(exc_name())
def loop_closure():
    out = []
    for i in range(3):
        def f():
            return i
        out.append(f)
    return [f() for f in out]
print(loop_closure())
def compose(*fns):
    def composed(x):
        for fn in reversed(fns):
            x = fn(x)
        return x
    return composed
print(compose(lambda x: x + 1, lambda x: x * 2)(5))
def memo(fn):
    cache = {}
    def inner(n):
        if n not in cache:
            cache[n] = fn(n)
        return cache[n]
    inner.cache = cache
    return inner
@memo
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(80), len(fib.cache))
def self_ref():
    def f(n):
        return n if n == 0 else f(n - 1)
    return f
print(self_ref()(10))
def gen_closure():
    n = 0
    def g():
        nonlocal n
        while n < 3:
            n += 1
            yield n
    return list(g()), n
print(gen_closure())
def nested_comp(k):
    return [[k * i * j for j in range(3)] for i in range(2)], {k: v for k, v in [(1, 2)]}, k
print(nested_comp(2))
def class_cell():
    class A:
        def who(self):
            return __class__.__name__
    return A().who()
print(class_cell())
y = 1
class Body:
    y = y + 1
    print("in class", y)
    def get(self):
        return y
print(Body.y, Body().get())
class WithNonlocal:
    def run(self):
        total = 0
        def add(v):
            nonlocal total
            total += v
        for v in (1, 2, 3):
            add(v)
        return total
print(WithNonlocal().run())
