"""Work on threads and in other processes, with a log of it."""

import concurrent.futures
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time

logging.basicConfig(stream=sys.stdout, level=logging.DEBUG, format="%(levelname)-8s %(name)s %(threadName)s: %(message)s")
log = logging.getLogger("workers.main")
tasks, results, lock, ready = queue.Queue(), [], threading.RLock(), threading.Event()
local = threading.local()


def work():
    local.count = 0
    ready.wait()
    while (task := tasks.get()) is not None:
        with lock:
            results.append(task * task)
        local.count += 1
        tasks.task_done()
    log.debug("ended after %d tasks", local.count)


threads = [threading.Thread(target=work, name=f"worker {i}", daemon=True) for i in range(2)]
for thread in threads:
    thread.start()
for i in range(20):
    tasks.put(i)
ready.set()
tasks.join()
for _ in threads:
    tasks.put(None)
for thread in threads:
    thread.join(5)
log.info("sum %d of %s", sum(results), len(results))
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    futures = [pool.submit(pow, i, 2) for i in range(4)]
    print(sorted(future.result() for future in concurrent.futures.as_completed(futures)), list(pool.map(str, range(3))))
done = subprocess.run(["cat"], input="text", capture_output=True, text=True, check=True)
print(done.stdout, done.returncode, os.getpid() != os.getppid(), os.environ.get("NOTHING"))
signal.signal(signal.SIGUSR1, lambda number, frame: log.warning("signal %s", signal.Signals(number).name))
os.kill(os.getpid(), signal.SIGUSR1)
timer = threading.Timer(0.001, log.info, ["timer"])
timer.start()
timer.join()
condition, barrier = threading.Condition(), threading.Semaphore(2)
with condition, barrier:
    condition.wait(0.001)
try:
    {}["x"]
except KeyError:
    log.exception("failed")
time.sleep(0)
