"""threading.Thread runs a function beside the main program."""

import queue
import threading

# The guide's example.
def worker():
    print('working')
thread = threading.Thread(target=worker)
thread.start()
thread.join()
print("alive:", thread.is_alive(), "- name:", thread.name)

# Arguments, and a result left behind.
results = {}
def square(n, *, key):
    results[key] = n * n
threads = [threading.Thread(target=square, args=(n,), kwargs={"key": f"k{n}"}) for n in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(results.items()))

# A lock makes several steps one.
counter, lock = 0, threading.Lock()
def increase():
    global counter
    for _ in range(2000):
        with lock:
            value = counter
            counter = value + 1
threads = [threading.Thread(target=increase) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("counter:", counter)

# A queue hands work to a thread and takes the answers back.
tasks, answers = queue.Queue(), queue.Queue()
def serve():
    while (task := tasks.get()) is not None:
        answers.put(task * 10)
server = threading.Thread(target=serve, daemon=True)
server.start()
for task in (1, 2, 3, None):
    tasks.put(task)
server.join()
print("answers:", [answers.get() for _ in range(3)])

# Events, conditions, barriers, thread-local data.
ready, seen = threading.Event(), []
waiter = threading.Thread(target=lambda: seen.append(ready.wait(5)))
waiter.start()
ready.set()
waiter.join()
print("event:", seen)

local = threading.local()
local.value = "main"
found = []
def look():
    found.append(hasattr(local, "value"))
    local.value = "other"
other = threading.Thread(target=look)
other.start()
other.join()
print("thread-local:", local.value, found)

barrier, order = threading.Barrier(3), []
def meet():
    order.append("arrived")
    barrier.wait()
    order.append("passed")
threads = [threading.Thread(target=meet) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("barrier:", order)

# An exception ends its thread only.
caught = []
threading.excepthook = lambda args: caught.append(f"{args.exc_type.__name__}: {args.exc_value}")
failing = threading.Thread(target=lambda: 1 / 0)
failing.start()
failing.join()
print("caught:", caught, "- threads now:", threading.active_count())
