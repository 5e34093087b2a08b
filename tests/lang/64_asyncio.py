import asyncio, time, sys, contextvars
async def sl(d, v): await asyncio.sleep(d); return v
def attempt(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__ + ":", e)
def run(c): attempt(lambda: asyncio.run(c))
run(sl(0, "value"))
async def boom(): raise ValueError("boom")
run(boom())
async def gathers():
    r = await asyncio.gather(sl(0.02, 1), sl(0.01, 2), boom(), return_exceptions=True)
    try: await asyncio.gather(sl(0, 1), boom())
    except ValueError as e: return r, str(e)
run(gathers())
async def tasks():
    t = asyncio.create_task(sl(0, "t"), name="named")
    print(t.get_name(), t.done(), isinstance(t, asyncio.Future), asyncio.current_task() is not t, len(asyncio.all_tasks()))
    await t
    log = []
    t.add_done_callback(lambda f: log.append(f.result()))
    await asyncio.sleep(0)
    print(t.done(), t.result(), t.exception(), log, repr(t).startswith("<Task finished name='named'"))
    t = asyncio.create_task(asyncio.sleep(10)); await asyncio.sleep(0); print(t.cancel("why"), t.cancelling())
    try: await t
    except asyncio.CancelledError as e: print("cancelled", e.args, t.cancelled())
    attempt(t.result)
    f = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(f.set_result, 5)
    print(await f)
    attempt(lambda: f.set_result(6))
    g = asyncio.Future(); g.set_exception(KeyError("k"))
    try: await g
    except KeyError as e: print("future raised", e)
    attempt(asyncio.Future().result)
run(tasks())
async def suppress_cancel():
    async def stubborn():
        try: await asyncio.sleep(10)
        except asyncio.CancelledError: print("refused"); return "survived"
    t = asyncio.create_task(stubborn()); await asyncio.sleep(0); t.cancel(); return await t
run(suppress_cancel())
async def groups():
    async with asyncio.TaskGroup() as tg: a, b = tg.create_task(sl(0.01, "a")), tg.create_task(sl(0, "b"))
    print(a.result(), b.result())
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(boom()); c = tg.create_task(asyncio.sleep(10)); tg.create_task(boom())
    except* ValueError as eg: print([str(e) for e in eg.exceptions], c.cancelled())
    try:
        async with asyncio.TaskGroup() as tg: tg.create_task(sl(0, 1)); raise KeyError("body")
    except* KeyError as eg: print(repr(eg))
run(groups())
async def timeouts():
    try: await asyncio.wait_for(asyncio.sleep(10), 0.01)
    except TimeoutError as e: print("wait_for", repr(e))
    try:
        async with asyncio.timeout(0.01) as tm: await asyncio.sleep(10)
    except TimeoutError: print("timeout", tm.expired())
    async with asyncio.timeout(None): pass
    print(await asyncio.wait_for(sl(0, "in time"), 5), await asyncio.shield(sl(0, "shielded")))
    d, p = await asyncio.wait([asyncio.create_task(sl(0, 1)), asyncio.create_task(sl(10, 2))], return_when=asyncio.FIRST_COMPLETED)
    print(len(d), len(p)); [t.cancel() for t in p]
    print([await f for f in asyncio.as_completed([sl(0.02, "slow"), sl(0, "fast")])])
    d, p = await asyncio.wait([asyncio.create_task(sl(5, 1))], timeout=0.01); print(len(d), len(p)); [t.cancel() for t in p]
run(timeouts())
async def sync():
    lock, order = asyncio.Lock(), []
    async def crit(n):
        async with lock: order.append(f"in {n}"); await asyncio.sleep(0); order.append(f"out {n}")
    await asyncio.gather(*(crit(i) for i in range(3)))
    ev, sem, cond, q = asyncio.Event(), asyncio.Semaphore(2), asyncio.Condition(), asyncio.Queue(2)
    peak = cur = 0
    async def limited():
        nonlocal peak, cur
        async with sem: cur += 1; peak = max(peak, cur); await asyncio.sleep(0.001); cur -= 1
    await asyncio.gather(*(limited() for _ in range(6)))
    async def waiter(): await ev.wait(); return "woken"
    w = asyncio.create_task(waiter()); await asyncio.sleep(0); ev.set()
    async def prod():
        for i in range(4): await q.put(i)
        await q.join(); return "joined"
    async def cons():
        r = []
        for _ in range(4): r.append(await q.get()); q.task_done()
        return r
    async def cwait():
        async with cond: await cond.wait(); return "notified"
    cw = asyncio.create_task(cwait()); await asyncio.sleep(0)
    async with cond: cond.notify_all()
    print(order, peak, await w, await asyncio.gather(prod(), cons()), await cw, q.empty(), lock.locked())
    attempt(q.get_nowait)
    attempt(lock.release)
    pq = asyncio.PriorityQueue(); [pq.put_nowait(x) for x in (3, 1)]; print(await pq.get())
    b = asyncio.Barrier(2); print(sorted(await asyncio.gather(b.wait(), b.wait())))
run(sync())
async def loop_api():
    loop, log = asyncio.get_running_loop(), []
    loop.call_soon(log.append, "soon"); h = loop.call_later(0.01, log.append, "later"); loop.call_later(0, log.append, "zero"); x = loop.call_later(0, log.append, "never"); x.cancel()
    loop.call_soon_threadsafe(log.append, "threadsafe"); loop.call_at(loop.time() + 0.005, log.append, "at")
    await asyncio.sleep(0.03)
    print(log, x.cancelled(), h.when() > 0, loop.is_running(), loop.is_closed(), loop.get_debug(), await loop.run_in_executor(None, lambda: "executor"), await asyncio.to_thread(pow, 2, 5))
    errs = []
    loop.set_exception_handler(lambda l, c: errs.append((c["message"].partition(" in ")[0], repr(c.get("exception")))))
    loop.call_soon(lambda: 1 / 0); await asyncio.sleep(0)
    t = asyncio.create_task(boom()); await asyncio.sleep(0); del t
    import gc; gc.collect(); await asyncio.sleep(0)
    print(errs)
run(loop_api())
cv = contextvars.ContextVar("cv", default="d")
async def ctx():
    async def child(): cv.set("child"); return cv.get()
    cv.set("parent"); r = await asyncio.create_task(child()); before = cv.get(); await child(); return r, before, cv.get()
run(ctx())
print(cv.get())
async def net():
    async def echo(r, w):
        while line := await r.readline(): w.write(line.upper()); await w.drain()
        w.close()
    srv = await asyncio.start_server(echo, "127.0.0.1", 0); port = srv.sockets[0].getsockname()[1]
    async def client(n):
        r, w = await asyncio.open_connection("127.0.0.1", port); res = []
        for i in range(3): w.write(f"c{n} m{i}\n".encode()); res.append((await r.readline()).decode().strip())
        w.close(); await w.wait_closed(); return res
    async with srv: print(await asyncio.gather(*map(client, range(3))))
    r, w = None, None
    try: await asyncio.open_connection("127.0.0.1", port)
    except OSError as e: print(type(e).__name__)
    sr = asyncio.StreamReader(); sr.feed_data(b"abc\ndef"); sr.feed_eof()
    print(await sr.readuntil(b"\n"), await sr.read(1), await sr.readexactly(2), await sr.read(), sr.at_eof())
    try: await sr.readexactly(1)
    except asyncio.IncompleteReadError as e: print(e)
run(net())
async def procs():
    p = await asyncio.create_subprocess_exec(sys.executable, "-c", "import sys; print(sys.stdin.read().upper(), end=''); sys.exit(3)", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    out, err = await p.communicate(b"text"); print(out, err, p.returncode)
    p = await asyncio.create_subprocess_shell("echo shell; exit 2", stdout=asyncio.subprocess.PIPE); print(await p.stdout.read(), await p.wait())
run(procs())
async def agen():
    try:
        for i in range(5): yield i; await asyncio.sleep(0)
    finally: print("agen closed")
async def iterate():
    async for i in agen():
        if i == 2: break
    print([x async for x in agen() if x % 2], await anext(agen(), None))
run(iterate())
async def nested(): attempt(lambda: asyncio.run(sl(0, 1)))
import warnings
warnings.simplefilter("ignore")
run(nested())
attempt(lambda: asyncio.get_running_loop())
attempt(lambda: asyncio.run(5))
with asyncio.Runner() as rn: print(rn.run(sl(0, "runner")), rn.run(sl(0, "twice")), rn.get_loop().is_closed())
async def order():
    log = []
    async def w(n):
        for i in range(2): log.append((n, i)); await asyncio.sleep(0)
    await asyncio.gather(w("a"), w("b"), w("c")); return log
run(order())
async def eager():
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory); log = []
    async def c(): log.append("ran at once"); return 1
    t = asyncio.create_task(c()); log.append("after"); return log, t.done()
run(eager())
async def kb(): raise KeyboardInterrupt
run(kb())
async def cancel_self(): asyncio.current_task().cancel(); await asyncio.sleep(0)
run(cancel_self())
async def many(): return sum(await asyncio.gather(*(sl(0, i) for i in range(2000))))
t0 = time.perf_counter(); run(many()); print(time.perf_counter() - t0 < 20, asyncio.iscoroutinefunction(sl), asyncio.iscoroutine(5))
