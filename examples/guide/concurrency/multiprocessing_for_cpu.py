"""Processes give real parallelism: each has an interpreter of its own."""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor


def work(n):
    return sum(i * i for i in range(n))


def tell(connection, value):
    connection.send((value * 2, os.getpid() != os.getppid()))
    connection.close()


def add(total, lock):
    for _ in range(100):
        with lock:
            total.value += 1


if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=tell, args=(theirs, 21))
    process.start()
    print("from the other process:", ours.recv())
    process.join()
    print("its exit code:", process.exitcode)

    total, lock = context.Value("i", 0), context.Lock()
    workers = [context.Process(target=add, args=(total, lock)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print("shared memory:", total.value)

    with context.Pool(2) as pool:
        print("pool:", pool.map(work, [10, 100, 1000]))

    with ProcessPoolExecutor(2, mp_context=context) as executor:
        print("executor:", list(executor.map(work, [5, 50])))
