class Pause:
    def __init__(self, v): self.v = v
    def __await__(self):
        got = yield self.v
        return got
def drive(aw, *sends):
    """Runs an awaitable by hand; the list of what it yielded, and how it ended."""
    it, out = aw.__await__() if hasattr(aw, "__await__") else aw, []
    sends = list(sends)
    try:
        out.append(it.send(None))
        while True:
            out.append(it.send(sends.pop(0) if sends else None))
    except StopIteration as e:
        return out, "returned", e.value
    except BaseException as e:
        return out, type(e).__name__, str(e)
async def count(n):
    for i in range(n):
        await Pause(f"p{i}")
        yield i
async def collect(g): return [v async for v in g]
print(drive(collect(count(3))))
g = count(2)
print(type(g).__name__, g.__name__, g.ag_running, g.ag_await, g.ag_frame is not None, g.ag_code.co_name, g.__aiter__() is g)
print(drive(g.__anext__()), drive(g.__anext__()), drive(g.__anext__()), drive(g.__anext__()), g.ag_frame)
async def echo():
    got = None
    while True:
        try:
            got = yield ("echo", got)
        except ValueError as e:
            got = f"caught {e}"
        except GeneratorExit:
            print("aclose seen")
            raise
g = echo()
print(drive(g.asend(None)), drive(g.asend(1)), drive(g.athrow(ValueError("v"))), drive(g.aclose()), drive(g.asend(1)))
g = echo()
print(drive(g.asend(5)))
async def fin():
    try:
        yield 1
        yield 2
    finally:
        await Pause("cleanup")
        print("finally ran")
async def breaks():
    g = fin()
    async for v in g:
        break
    await g.aclose()
    return v
print(drive(breaks()))
async def ignores():
    try:
        yield 1
    except GeneratorExit:
        yield 2
g = ignores()
drive(g.__anext__())
print(drive(g.aclose()))
async def raises():
    yield 1
    raise KeyError("from agen")
print(drive(collect(raises())))
async def stop_inside():
    yield 1
    raise StopAsyncIteration
print(drive(collect(stop_inside())))
async def stop_iter():
    yield 1
    raise StopIteration
print(drive(collect(stop_iter())))
def attempt(f):
    try:
        print(f())
    except BaseException as e:
        print(type(e).__name__ + ":", e)
attempt(lambda: iter(count(1)))
attempt(lambda: [*count(1)])
attempt(lambda: count(1).__anext__().throw(ValueError("thrown into anext")))
a = count(1).__anext__()
a.close()
attempt(lambda: a.send(None))
g = count(2)
a1, a2 = g.__anext__(), g.__anext__()
print(a1.send(None))
attempt(lambda: a2.send(None))
attempt(lambda: a1.send(None))
a = count(1).asend(None)
attempt(lambda: next(a))
attempt(lambda: next(a))
attempt(lambda: next(a))
print(drive(anext(count(1))), drive(anext(count(0))), drive(anext(count(0), "default")), drive(anext(count(1), "default")), aiter(g) is g)
attempt(lambda: aiter(5))
attempt(lambda: anext(5))
async def gen_exprs():
    g1 = (i * 2 async for i in count(2))
    g2 = (await simple(i) for i in range(2))
    g3 = (x async for x in (y async for y in count(2)) if x)
    return await collect(g1), await collect(g2), await collect(g3)
async def simple(v): return v
print(drive(gen_exprs()))
async def delegating():
    async for v in count(2):
        yield v
    yield await simple("end")
    return
print(drive(collect(delegating())))
async def two():
    a = yield 1
    b = yield a
    print("sent", a, b)
async def feeds():
    g = two()
    return await g.asend(None), await g.asend("A"), await anext(g, "over")
print(drive(feeds()))
import sys
events = []
def first(g): events.append(("firstiter", g.__name__))
def final(g): events.append(("finalizer", g.__name__))
sys.set_asyncgen_hooks(first, final)
print(sys.get_asyncgen_hooks().firstiter is first)
g = count(3)
drive(g.__anext__())
del g
drive(collect(count(1)))
print(events)
sys.set_asyncgen_hooks(None, None)
import contextlib
@contextlib.asynccontextmanager
async def managed(name):
    print("enter", name)
    try:
        yield name
    except ValueError as e:
        print("suppressing", e)
    finally:
        print("exit", name)
async def uses():
    async with managed("m") as n:
        print("in", n)
    async with managed("e"):
        raise ValueError("inner")
    async with contextlib.AsyncExitStack() as st:
        print(await st.enter_async_context(managed("s1")))
        st.push_async_callback(simple, 1)
    async with contextlib.aclosing(count(3)) as g:
        async for v in g: break
    return "done", v
print(drive(uses()))
async def exc_across():
    try:
        async for v in raises():
            pass
    except KeyError as e:
        return repr(e)
print(drive(exc_across()))
async def nested_try():
    for i in range(2):
        try:
            yield i
        finally:
            yield f"after {i}"
print(drive(collect(nested_try())))
g = count(1)
g.__name__ = "renamed"
print(g.__name__, g.__qualname__)
for bad in (5, "s"):
    try:
        g.athrow(bad).send(None)
    except TypeError as e:
        print(e)
