def f():
    return 1
print(f())
def add(a, b=10, *args, c, d=20, **kw):
    return a, b, args, c, d, kw
print(add(1, c=2))
print(add(1, 2, 3, 4, c=5, d=6, e=7))
print(add(*[1, 2, 3], **{"c": 4, "x": 5}))
print(add(1, *(2, 3), *(4,), c=0, **{"d": 1}, **{"z": 2}))
def pos(a, b, /, c, *, d):
    return a, b, c, d
print(pos(1, 2, 3, d=4), pos(1, 2, c=3, d=4))
def poskw(a, /, **kw):
    return a, kw
print(poskw(1, a=2))
def default(x=[]):
    x.append(len(x))
    return x
print(default(), default(), default([5]))
n = 5
def at_def(x=n):
    return x
n = 6
print(at_def())
print((lambda: "lambda")(), (lambda x, y=2: x + y)(1), (lambda *a, **k: (a, k))(1, b=2))
def outer():
    def inner(x):
        return x * 2
    return inner
print(outer()(21))
def rec(n):
    return 1 if n == 0 else n * rec(n - 1)
print(rec(20), rec(30))
def doc():
    """The docstring."""
    return doc.__doc__
print(doc(), f.__doc__, doc.__name__, doc.__qualname__)
f.attr = 5
print(f.attr, f.__dict__)
print(add.__defaults__, add.__kwdefaults__, add.__code__.co_argcount, add.__code__.co_varnames)
def apply(fn, *args):
    return fn(*args)
print(apply(max, 3, 9, 2), apply(len, "abc"), apply(str.upper, "x"))
table = {"+": lambda a, b: a + b, "-": lambda a, b: a - b}
print(table["+"](5, 3), table["-"](5, 3))
def deco(fn):
    def wrapper(*args, **kwargs):
        return "<" + fn(*args, **kwargs) + ">"
    return wrapper
@deco
@deco
def greet(name, end="!"):
    return "hi " + name + end
print(greet("bob"), greet("al", end="?"))
def show(f, *args, **kw):
    try:
        print(f(*args, **kw))
    except TypeError as e:
        print("TypeError:", e)
show(f, 1)
show(f, 1, 2)
show(f, x=1)
show(add)
show(add, 1)
show(pos, 1, 2, 3)
show(pos, 1, 2, 3, 4, d=5)
show(pos, 1, b=2, c=3, d=4)
show(pos, a=1, b=2, c=3, d=4)
show(pos)
show(pos, 1)
def two(a, b):
    pass
show(two)
show(two, 1)
show(two, 1, 2, 3)
show(two, 1, a=1)
show(two, 1, 2, c=3)
def three(a, b, c):
    pass
show(three)
def opt(a, b=1):
    pass
show(opt, 1, 2, 3)
show(opt)
def kwonly(*, a, b, c=1):
    pass
show(kwonly)
show(kwonly, a=1)
show(kwonly, 1, a=1, b=2)
show(lambda x: x)
show(5)
show(lambda: [5][0]())
show(lambda: add(**5))
show(lambda: add(**{1: 2}))
show(lambda: two(*[1], **{"a": 2}))
show(lambda: two(a=1, **{"a": 2}))
show(opt, 1, bb=3)
def order(*names):
    out = []
    def say(x):
        out.append(x)
        return x
    def g(*a, **k):
        return out
    return g(say(1), *[say(2)], say(3), k=say(4), **{"j": say(5)})
print(order())
def counter():
    counter.n += 1
    return counter.n
counter.n = 0
print(counter(), counter(), counter())
def many(a, b, c, d, e, f, g, h, i, j):
    return a + b + c + d + e + f + g + h + i + j
print(many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), many(*range(10)))
def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)
print(deep(500))
two.__defaults__ = (7, 8)
show(lambda: two() is None)
