"""One thread at a time executes bytecode; threads still help with waiting."""

import sys
import threading
import time

print("switch interval in seconds:", sys.getswitchinterval())
print("the lock is on:", getattr(sys, "_is_gil_enabled", lambda: True)())

# Threads take turns: one that only computes cannot shut the others out.
stop = False
turns = [0, 0]
def count(who):
    while not stop:
        turns[who] += 1
threads = [threading.Thread(target=count, args=(who,)) for who in (0, 1)]
for thread in threads:
    thread.start()
time.sleep(0.3)
stop = True
for thread in threads:
    thread.join()
print("both threads had turns:", all(turns))

# Single operations on built-in types are not torn apart.
items = []
def add(start):
    for i in range(start, start + 5000):
        items.append(i)
threads = [threading.Thread(target=add, args=(n * 5000,)) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("nothing lost:", sorted(items) == list(range(20000)))

# Waiting gives the lock away: five waits of 0.2 s take as long as one.
begin = time.perf_counter()
threads = [threading.Thread(target=time.sleep, args=(0.2,)) for _ in range(5)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("waited side by side:", time.perf_counter() - begin < 0.8)
