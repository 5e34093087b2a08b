# coroutines driven by hand: no event loop
class Pause:
    def __init__(self, v): self.v = v
    def __await__(self):
        got = yield self.v
        return ("resumed with", got)
def run(coro, *sends):
    out = []
    try:
        out.append(("yielded", coro.send(None)))
        for s in sends:
            out.append(("yielded", coro.throw(s) if isinstance(s, BaseException) else coro.send(s)))
    except StopIteration as e:
        out.append(("returned", e.value))
    except BaseException as e:
        out.append((type(e).__name__, str(e)))
    return out
async def simple(): return 5
print(run(simple()))
async def one():
    x = await Pause("a")
    y = await Pause("b")
    return x, y
print(run(one(), 1, 2))
async def nested(): return await one(), await simple()
print(run(nested(), "p", "q"))
async def catches():
    try:
        await Pause(1)
    except ValueError as e:
        return f"caught {e}"
    finally:
        print("finally")
print(run(catches(), ValueError("thrown")))
print(run(catches(), KeyError("through")))
c = one()
print(type(c).__name__, c.cr_running, c.cr_await, c.cr_code.co_name, c.cr_frame is not None, c.__name__, c.__qualname__, c.cr_origin, c.cr_suspended)
c.send(None)
print(type(c.cr_await).__name__, c.cr_suspended)
c.close()
try:
    c.send(None)
except RuntimeError as e:
    print(e)
async def on_close():
    try:
        await Pause(1)
    except GeneratorExit:
        print("closing")
        raise
c = on_close()
c.send(None)
c.close()
async def awaits_on_close():
    try:
        await Pause(1)
    finally:
        await Pause(2)
c = awaits_on_close()
c.send(None)
try:
    c.close()
except RuntimeError as e:
    print(e)
def attempt(f):
    try:
        print(f())
    except BaseException as e:
        print(type(e).__name__ + ":", e)
async def bad_await(): await 5
attempt(lambda: bad_await().send(None))
class BadAwait:
    def __await__(self): return 5
class NotIter:
    def __await__(self): return [1]
class CoroAwait:
    def __await__(self): return simple()
async def aw(x): return await x
for b in (BadAwait, NotIter, CoroAwait):
    attempt(lambda: aw(b()).send(None))
c = simple()
attempt(lambda: iter(c))
attempt(lambda: next(c))
attempt(lambda: c.send(5))
attempt(lambda: [*c])
c.close()
c = simple()
w = c.__await__()
print(type(w).__name__, iter(w) is w)
attempt(lambda: next(w))
attempt(lambda: next(w))
async def shared():
    c = one()
    c.send(None)
    await c
attempt(lambda: shared().send(None))
async def raises_stop(): raise StopIteration(5)
attempt(lambda: raises_stop().send(None))
class Mgr:
    def __init__(self, name, swallow=False): self.name, self.swallow = name, swallow
    async def __aenter__(self):
        print("aenter", self.name, await Pause("in " + self.name))
        return self
    async def __aexit__(self, t, v, tb):
        print("aexit", self.name, t and t.__name__, await Pause("out " + self.name))
        return self.swallow
async def with_it():
    async with Mgr("x") as m, Mgr("y"):
        print("body", m.name)
    async with Mgr("z", True):
        raise ValueError("swallowed")
    async with (Mgr("p") as p,):
        return "returned from within"
print(run(with_it(), *range(12)))
class Count:
    def __init__(self, n): self.i, self.n = 0, n
    def __aiter__(self): return self
    async def __anext__(self):
        if self.i == self.n: raise StopAsyncIteration
        self.i += 1
        await Pause(("next", self.i))
        return self.i
async def loops():
    out = []
    async for v in Count(3):
        if v == 2: continue
        out.append(v)
    else:
        out.append("else")
    async for v in Count(3):
        break
    else:
        out.append("never")
    return out, v
print(run(loops(), *[None] * 5))
async def comps():
    a = [v async for v in Count(2)]
    b = {v: await aw(simple()) async for v in Count(2) if v > 1}
    c = {await simple() for _ in range(2)}
    d = [x for x in [await simple()]]
    e = [[y async for y in Count(1)] for _ in range(2)]
    g = (v async for v in Count(1))
    f = [v async for v in g]
    return a, b, c, d, e, f, type(g).__name__
print(run(comps(), *[None] * 8))
class BadIter: pass
class BadNext:
    def __aiter__(self): return 5
class NextNotAwait:
    def __aiter__(self): return self
    def __anext__(self): return 5
async def over(x):
    async for _ in x: pass
async def within(x):
    async with x: pass
for b in (BadIter, BadNext, NextNotAwait, [].__class__):
    attempt(lambda: over(b()).send(None))
class HalfManager:
    async def __aenter__(self): pass
class SyncManager:
    def __enter__(self): pass
    def __exit__(self, *a): pass
class NotAwaitable:
    def __aenter__(self): return 5
    async def __aexit__(self, *a): pass
for b in (BadIter, HalfManager, SyncManager, NotAwaitable):
    attempt(lambda: within(b()).send(None))
async def sync_with_async():
    with Mgr("q"): pass
attempt(lambda: sync_with_async().send(None))
import types
@types.coroutine
def old_style(n):
    got = yield n
    return got * 2
async def uses_old(): return await old_style(21)
print(run(uses_old(), 21))
def plain_gen(): yield 1
async def awaits_gen(): await plain_gen()
attempt(lambda: awaits_gen().send(None))
class Sched:
    """Round-robin scheduling of tasks that only ever pause."""
    def __init__(self): self.tasks, self.log = [], []
    def spawn(self, coro): self.tasks.append(coro)
    def run(self):
        while self.tasks:
            t = self.tasks.pop(0)
            try:
                self.log.append(t.send(None))
                self.tasks.append(t)
            except StopIteration as e:
                self.log.append(("done", e.value))
async def worker(name, n):
    for i in range(n): await Pause((name, i))
    return name
s = Sched()
s.spawn(worker("a", 2))
s.spawn(worker("b", 3))
s.run()
print(s.log)
async def deep(n): return 0 if n == 0 else 1 + await deep(n - 1)
print(run(deep(200)))
async def order(log=[]):
    def t(v): log.append(v); return v
    [t(1), await aw(simple()), t(2)]
    f = lambda *a, **k: (a, k)
    return f(t(3), await simple(), k=t(4), *[t(5)]), log
print(run(order()))
print(run(aw(aw(aw(simple())))))
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    simple()
    import gc; gc.collect()
print([str(c.message) for c in caught], caught[0].category.__name__)
async def exc_context():
    try:
        raise KeyError("first")
    except KeyError:
        await Pause(1)
        raise ValueError("second")
try:
    c = exc_context()
    c.send(None)
    c.send(None)
except ValueError as e:
    print(repr(e), repr(e.__context__))
print(aw.__code__.co_flags & 0x80 != 0, simple.__name__)
