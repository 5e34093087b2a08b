"""Generators that wait for one another: what each looks like from outside, whoever resumes it."""
import asyncio, gc, inspect, sys, threading, traceback, weakref


class Tree:
    def __init__(self, left, value, right):
        self.left, self.value, self.right = left, value, right

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right


def tree(r):
    n = len(r)
    if n == 0:
        return None
    i = n // 2
    return Tree(tree(r[:i]), r[i], tree(r[i + 1:]))


print(list(tree(range(40))) == list(range(40)), sum(tree(range(1000))))


def leaf(log, n=3):
    try:
        for i in range(n):
            got = yield i
            if got is not None:
                log.append(got)
    except ValueError as e:
        log.append(repr(e))
        yield "caught"
    finally:
        log.append("leaf ends")
    return "leaf result"


def chain(depth, log, made, n=3):
    inner = chain(depth - 1, log, made, n) if depth else leaf(log, n)
    made.append(inner)
    result = yield from inner
    log.append(depth)
    return result


def start(depth=4, n=3):
    log, made = [], []
    root = chain(depth, log, made, n)
    made.insert(0, root)
    return root, log, made


# Sent values, the result.
root, log, made = start()
print(next(root), root.send("a"), root.send("b"))
print([inspect.getgeneratorstate(g) for g in made])
try:
    next(root)
except StopIteration as e:
    print(e.value, log)
print([inspect.getgeneratorstate(g) for g in made])

# A member that is resumed by itself; the others go on as if nothing had been.
root, log, made = start()
print(next(root), next(made[2]), next(root))
try:
    next(made[3])
except StopIteration as e:
    print("stop", e.value)
try:
    print(next(root))
except StopIteration as e:
    print("root stop", e.value, log)

# What a member awaits, its frame and who called it.
root, log, made = start()
next(root); next(root)
print([g.gi_yieldfrom is made[i + 1] for i, g in enumerate(made[:-1])], made[-1].gi_yieldfrom)
print([g.gi_frame.f_back for g in made], [g.gi_running for g in made])
print([g.gi_frame.f_lineno - chain.__code__.co_firstlineno for g in made[:-1]])
print(next(root))

# Exceptions thrown in anywhere, and closing anywhere.
root, log, made = start()
next(root); next(root)
print(root.throw(ValueError("x")), log, inspect.getgeneratorstate(made[3]))
print(list(root), log)
root, log, made = start()
next(root); next(root)
made[3].close()
print(log, [inspect.getgeneratorstate(g) for g in made])
try:
    print(next(root))
except StopIteration as e:
    print("ended with", e.value)
root, log, made = start()
next(root); next(root)
root.close()
print(log, [inspect.getgeneratorstate(g) for g in made])
root, log, made = start()
next(root); next(root)
made.clear()
del root
print(log)


# A running member cannot be resumed, from below or from beside.
def selfish(box):
    try:
        next(box[0])
    except ValueError as e:
        yield str(e)
    yield [g.gi_running for g in box]
    yield [sys._getframe(i).f_code.co_name for i in range(4)]


def over(box, depth):
    g = over(box, depth - 1) if depth else selfish(box)
    box.append(g)
    yield from g


box = []
g = over(box, 2)
box.insert(0, g)
for item in g:
    print(item)


# Tracebacks and handled exceptions go through the whole chain.
def fails():
    yield 1
    try:
        yield 2
        raise KeyError("k")
    except KeyError:
        yield sys.exception()
        raise


def through(depth):
    try:
        raise IndexError(depth)
    except IndexError as e:
        yield from (through(depth - 1) if depth else fails())
        print("not here")


g = through(2)
print(next(g), next(g))
try:
    raise OSError("outer")
except OSError:
    e = next(g)
    print(type(e), [type(x) for x in (e.__context__, e.__context__.__context__)], type(sys.exception()))
try:
    next(g)
except KeyError as e:
    print([f.name for f in traceback.extract_tb(e.__traceback__)])
    while e := e.__context__:
        print(repr(e))


# Two chains that share a tail.
def tail():
    for i in range(6):
        yield i


def head(g, name):
    def inner():
        yield from g
        return name
    return (yield from inner())


shared = tail()
a, b = head(shared, "a"), head(shared, "b")
print([next(x) for x in (a, b, a, b, a, b)])
for x in (a, b):
    try:
        print(next(x))
    except StopIteration as e:
        print("end", e.value)


# Deep chains count for the recursion limit, and are given back.
def deep(n):
    if n:
        yield from deep(n - 1)
    else:
        yield 1
        yield 2


g = deep(300)
print(list(g))
g = deep(100_000)
try:
    next(g)
except RecursionError as e:
    print("RecursionError")
print(sum(1 for _ in deep(600)))

# Tracing that begins between two resumptions; other threads; the collector.
root, log, made = start(2)
next(root)
events = []
def tracer(frame, event, arg):
    if frame.f_code.co_name in ("chain", "leaf"):
        events.append((frame.f_code.co_name, event))
    return tracer
sys.settrace(tracer)
next(root)
sys.settrace(None)
print([e for e in events if e[1] != "line"])
print(next(root))
root, log, made = start(5, 1000)
next(root)
counts = []
def work():
    counts.append(sum(1 for _, x in zip(range(100), root)))
for _ in range(3):
    t = threading.Thread(target=work); t.start(); t.join()
print(counts)
root, log, made = start(5)
next(root)
made.append(made)
ref = weakref.ref(root)
frame = root.gi_frame
keep = [root, frame]
keep.append(keep)
del root, frame, keep, made
gc.collect()
print(ref(), log)


# Coroutines.
async def inner(n):
    for i in range(n):
        await asyncio.sleep(0)
    return n


async def outer(depth, n):
    if depth:
        return 1 + await outer(depth - 1, n)
    return await inner(n)


async def main():
    print(await asyncio.gather(*(outer(d, d) for d in range(8))))
    task = asyncio.create_task(outer(5, 100))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    print([f.f_code.co_name for f in task.get_stack()])
    names, c = [], task.get_coro()
    while hasattr(c, "cr_await"):
        names.append((c.__name__, c.cr_running, inspect.getcoroutinestate(c)))
        c = c.cr_await
    print(names[-2:], len(names))
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled")

    async def agen(n):
        for i in range(n):
            yield await outer(3, 1) + i

    print([x async for x in agen(4)])
    async with asyncio.timeout(5):
        print(await outer(4, 3))
    try:
        async with asyncio.timeout(0.01):
            await outer(4, 100_000_000)
    except TimeoutError:
        print("TimeoutError")


asyncio.run(main())
