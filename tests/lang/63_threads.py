import threading, time, queue, sys, _thread, contextvars
def attempt(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__ + ":", e)
out = []
ts = [threading.Thread(target=lambda i=i: out.append(i * i), name=f"w{i}") for i in range(5)]
for t in ts: t.start()
for t in ts: t.join()
print(sorted(out), [t.name for t in ts], any(t.is_alive() for t in ts), ts[0].daemon, threading.main_thread() is threading.current_thread(), threading.current_thread().name, threading.active_count(), ts[0].ident is not None)
attempt(lambda: ts[0].start())
attempt(lambda: threading.Thread().join())
attempt(lambda: threading.current_thread().join())
attempt(lambda: threading.Thread(5))
attempt(lambda: setattr(ts[0], "daemon", True) or ts[0].daemon)
l = threading.Lock()
print(l.acquire(), l.acquire(False), l.acquire(timeout=0.01), l.locked(), l.release(), l.locked())
attempt(l.release)
attempt(lambda: l.acquire(False, 1))
attempt(lambda: l.acquire(timeout=-5))
r = threading.RLock()
print(r.acquire(), r.acquire(), r.release(), r.release())
attempt(r.release)
def other_releases():
    r.acquire()
    res = []
    def go():
        try: r.release()
        except RuntimeError as e: res.append(str(e))
    t = threading.Thread(target=go); t.start(); t.join(); r.release()
    return res
attempt(other_releases)
n = 0
lock = threading.Lock()
def inc():
    global n
    for _ in range(3000):
        with lock: n += 1
ts = [threading.Thread(target=inc) for _ in range(6)]
for t in ts: t.start()
for t in ts: t.join()
print(n)
d, li = {}, []
def fill(k):
    for i in range(2000): d[k, i] = i; li.append(i)
ts = [threading.Thread(target=fill, args=(k,)) for k in range(4)]
for t in ts: t.start()
for t in ts: t.join()
print(len(d), len(li), sum(li))
cv, items = threading.Condition(), []
def consumer(res):
    with cv:
        while not items: cv.wait(5)
        res.append(items.pop())
res = []
cs = [threading.Thread(target=consumer, args=(res,)) for _ in range(3)]
for c in cs: c.start()
for i in range(3):
    with cv: items.append(i); cv.notify()
for c in cs: c.join()
print(sorted(res), cv.acquire() and cv.wait(0.01), cv.wait_for(lambda: True), cv.release())
attempt(cv.wait)
attempt(cv.notify)
sem = threading.BoundedSemaphore(2)
print(sem.acquire(), sem.acquire(), sem.acquire(blocking=False), sem.release(), sem.release())
attempt(sem.release)
ev = threading.Event()
print(ev.is_set(), ev.wait(0.01), ev.set(), ev.wait(), ev.clear(), ev.is_set())
b = threading.Barrier(2, action=lambda: out.append("action"))
def meet(): out.append(b.wait())
t = threading.Thread(target=meet); out.clear(); t.start(); b.wait(); t.join()
print(sorted(map(str, out)), b.parties, b.n_waiting, b.broken)
b.abort()
attempt(b.wait)
loc = threading.local()
loc.x = 1
class Loc(threading.local):
    def __init__(self, v): self.v = v
lo = Loc([0])
def use():
    seen.append((hasattr(loc, "x"), lo.v)); loc.x = 2; lo.v = "thread"
seen = []
t = threading.Thread(target=use); t.start(); t.join()
print(seen, loc.x, lo.v, vars(loc))
q = queue.Queue(2)
print(q.put(1), q.put(2), q.full(), q.qsize(), q.get(), q.get_nowait(), q.empty(), q.task_done(), q.task_done(), q.join())
attempt(q.get_nowait)
attempt(lambda: [q.put_nowait(i) for i in range(5)])
attempt(q.task_done)
attempt(lambda: queue.Queue().get(timeout=0.01))
pq, lq, sq = queue.PriorityQueue(), queue.LifoQueue(), queue.SimpleQueue()
for v in (3, 1, 2): pq.put(v); lq.put(v); sq.put(v)
print([x.get() for x in (pq, pq, lq, lq, sq, sq)])
q3 = queue.Queue(); q3.put(1); q3.shutdown(); print(q3.get())
attempt(q3.get)
attempt(lambda: q3.put(1))
caught = []
threading.excepthook = lambda a: caught.append((a.exc_type.__name__, str(a.exc_value), a.thread.name))
t = threading.Thread(target=lambda: 1 / 0, name="fails"); t.start(); t.join()
t = threading.Thread(target=lambda: sys.exit(3), name="exits"); t.start(); t.join()
print(caught)
t0 = time.perf_counter(); fired = []
tm = threading.Timer(0.02, fired.append, ["timer"]); tm.start(); tm.join()
tm2 = threading.Timer(10, fired.append, ["never"]); tm2.start(); tm2.cancel(); tm2.join()
print(fired, time.perf_counter() - t0 < 5)
from concurrent.futures import ThreadPoolExecutor, as_completed, wait, FIRST_COMPLETED, Future, CancelledError
with ThreadPoolExecutor(3, thread_name_prefix="pool") as ex:
    fs = [ex.submit(pow, 2, i) for i in range(5)]
    print([f.result() for f in fs], sorted(f.result() for f in as_completed(fs)), list(ex.map(lambda x: x + 1, range(5))), len(wait(fs).done), fs[0].done())
    f = ex.submit(lambda: {}["k"])
    print(repr(f.exception()), f.cancelled())
    attempt(f.result)
    names = {ex.submit(lambda: threading.current_thread().name.partition("_")[0]).result()}
    print(names)
attempt(lambda: ex.submit(print))
fut = Future(); fut.add_done_callback(lambda f: print("callback", f.result())); fut.set_result(5)
fut2 = Future(); print(fut2.cancel(), fut2.cancelled())
attempt(fut2.result)
attempt(lambda: fut.set_result(6)) if False else print(fut.done())
var = contextvars.ContextVar("var", default="d")
var.set("main")
def in_thread(): cv_seen.append(var.get())
cv_seen = []
t = threading.Thread(target=in_thread); t.start(); t.join()
ctx = contextvars.copy_context()
t = threading.Thread(target=ctx.run, args=(in_thread,)); t.start(); t.join()
print(cv_seen)
class Counted(threading.Thread):
    def __init__(self, n): super().__init__(daemon=True); self.n, self.total = n, 0
    def run(self):
        for i in range(self.n): self.total += i
c = Counted(1000); c.start(); c.join(5); print(c.total, c.daemon, repr(c).startswith("<Counted(Thread-"))
done = []
_thread.start_new_thread(lambda a, k=0: done.append((a, k)), (1,), {"k": 2})
while not done: time.sleep(0.001)
print(done, threading.get_ident() == threading.main_thread().ident, threading.get_native_id() > 0, isinstance(threading.enumerate(), list))
def deep(n): return n and deep(n - 1)
sz = threading.stack_size(); res = []
t = threading.Thread(target=lambda: res.append(deep(900))); t.start(); t.join(); print(res, sz)
def rec():
    try: (lambda f: f(f))(lambda f: f(f))
    except RecursionError: res.append("limit in a thread")
t = threading.Thread(target=rec); t.start(); t.join(); print(res[-1])
stop = False
spins = [0, 0]
def spin(i):
    while not stop: spins[i] += 1
ts = [threading.Thread(target=spin, args=(i,)) for i in (0, 1)]
for t in ts: t.start()
time.sleep(0.2); stop = True
for t in ts: t.join()
print(all(s > 100 for s in spins), sys.getswitchinterval())
sys.setswitchinterval(0.001); print(round(sys.getswitchinterval(), 6))
attempt(lambda: sys.setswitchinterval(0))
import signal, os
got = []
signal.signal(signal.SIGUSR1, lambda s, f: got.append((s == signal.SIGUSR1, threading.current_thread() is threading.main_thread())))
os.kill(os.getpid(), signal.SIGUSR1)
for _ in range(100):
    if got: break
    time.sleep(0.001)
print(got)
t = threading.Thread(target=lambda: attempt(lambda: signal.signal(signal.SIGUSR1, signal.SIG_DFL))); t.start(); t.join()
def handler(s, f): raise TimeoutError("alarm")
signal.signal(signal.SIGALRM, handler); signal.setitimer(signal.ITIMER_REAL, 0.02)
attempt(lambda: time.sleep(5))
signal.setitimer(signal.ITIMER_REAL, 0.02)
def busy():
    while True: pass
attempt(busy)
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.raise_signal.__name__
def interrupted(): signal.raise_signal(signal.SIGINT); time.sleep(1)
attempt(interrupted)
hold = threading.Lock(); hold.acquire()
threading.Thread(target=hold.acquire, daemon=True).start()
last = threading.Thread(target=lambda: (time.sleep(0.02), print("a thread that outlives the main program's end")))
last.start()
