def count(n):
    i = 0
    while i < n:
        yield i
        i += 1
print(list(count(3)), sum(count(5)), [x for x in count(2)])
g = count(2)
print(next(g), next(g), next(g, "end"), next(g, "still"))
for v in count(3):
    if v == 1:
        break
print(v)
def returns():
    yield 1
    return "value"
g = returns()
next(g)
try:
    next(g)
except StopIteration as e:
    print("StopIteration", e.value)
def echo():
    got = yield "ready"
    while True:
        got = yield ("got", got)
g = echo()
print(next(g), g.send(1), g.send("x"), next(g))
g.close()
try:
    next(g)
except StopIteration as e:
    print("closed", e.value)
def catcher():
    while True:
        try:
            x = yield
            print("received", x)
        except ValueError as e:
            print("thrown", e)
            yield "handled"
        finally:
            print("finally")
g = catcher()
next(g)
g.send(1)
print(g.throw(ValueError("v")))
next(g)
g.close()
def delegating():
    r = yield from returns()
    print("delegate returned", r)
    yield from [10, 20]
    yield from "ab"
    return "done"
print(list(delegating()))
def outer():
    try:
        result = yield from inner()
        print("inner gave", result)
    except KeyError as e:
        print("outer caught", e)
        yield "recovered"
def inner():
    try:
        while True:
            v = yield
            if v is None:
                return "none sent"
            print("inner got", v)
    except ValueError as e:
        print("inner caught", e)
        raise KeyError("from inner")
    finally:
        print("inner finally")
g = outer()
next(g)
g.send(5)
print(g.throw(ValueError("thrown in")))
g = outer()
next(g)
g.send(1)
print(next(g, "finished"))
def closes():
    try:
        yield 1
    except GeneratorExit:
        print("GeneratorExit")
        raise
g = closes()
next(g)
g.close()
def ignores():
    while True:
        try:
            yield
        except GeneratorExit:
            pass
g = ignores()
next(g)
try:
    g.close()
except RuntimeError as e:
    print(e)
def returns_on_close():
    try:
        yield
    except GeneratorExit:
        return "closing value"
g = returns_on_close()
next(g)
print(g.close(), g.close())
g = count(1)
try:
    g.send(5)
except TypeError as e:
    print(e)
def self_call():
    try:
        next(me)
    except ValueError as e:
        yield str(e)
me = self_call()
print(next(me))
def stops():
    yield 1
    raise StopIteration("leaks")
try:
    list(stops())
except RuntimeError as e:
    print(e, repr(e.__cause__))
g = count(3)
print(g.gi_running, g.gi_frame is not None, g.gi_yieldfrom, g.gi_code.co_name, type(g).__name__, g.__name__, g.__qualname__)
list(g)
print(g.gi_frame, iter(g) is g)
def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
def take(n, it):
    for _ in range(n):
        yield next(it)
print(list(take(10, fib())))
def tree(t):
    if t:
        yield from tree(t[0])
        yield t[1]
        yield from tree(t[2])
print(list(tree((((None, 1, None), 2, (None, 3, None)), 4, None))))
def with_args(*a, k=1, **kw):
    yield a, k, kw
print(next(with_args(1, 2, k=3, z=4)))
def interleaved():
    x = yield 1
    y = (yield 2) + (yield 3)
    return x, y
g = interleaved()
print(next(g), g.send("x"), g.send(10))
try:
    g.send(20)
except StopIteration as e:
    print(e.value)
class Tree:
    def __init__(self, *kids): self.kids = kids
    def __iter__(self):
        yield self
        for k in self.kids:
            yield from k
print(len(list(Tree(Tree(), Tree(Tree())))))
def pipeline(src):
    evens = (x for x in src if x % 2 == 0)
    squares = (x * x for x in evens)
    return sum(squares)
print(pipeline(range(10)))
def never():
    return
    yield
print(list(never()))
def throw_first():
    yield 1
g = throw_first()
try:
    g.throw(ValueError("before start"))
except ValueError as e:
    print(e)
print(list(g))
for bad in (5, int, "x"):
    try:
        count(1).throw(bad)
    except TypeError as e:
        print(e)
def deep(n):
    if n:
        yield from deep(n - 1)
    yield n
print(sum(deep(100)))
def in_try():
    for i in range(2):
        try:
            yield i
        finally:
            print("cleanup", i)
for v in in_try():
    print(v)
def finalizer():
    try:
        yield 1
    finally:
        print("freed")
next(finalizer())
print("after")
def exc_state():
    try:
        raise ValueError("inside")
    except ValueError:
        yield 1
        try:
            raise
        except ValueError as e:
            yield str(e)
g = exc_state()
try:
    raise KeyError("outside")
except KeyError:
    print(next(g), next(g))
