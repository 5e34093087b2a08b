#!/usr/bin/env python3
"""What the collector costs a program that holds many objects and goes on allocating.

    python benches/collector.py [LIVE] [TURNS] [CLOCK]

Holds LIVE objects (five million) of the kinds that programs hold: dicts, lists, tuples
and instances with attributes, a quarter each, in records of four that refer to each
other. Then it makes TURNS (a million) turns; each drops two cycles of two objects, and
every fourth puts a new record in the place of an old one, taken from all over the heap.
Prints, for each generation, how many collections there were, the longest one, and their
time together (by `gc.callbacks`), and how much memory the process took at most. CLOCK is
one of the module `time`: perf_counter, or process_time where the machine does other work.
"""

import gc
import resource
import sys
import time


class Node:
    def __init__(self, name, owner):
        self.name = name
        self.owner = owner
        self.other = None


class Pauses:
    """The collections of each generation, as `gc.callbacks` tells of them."""

    def __init__(self, clock):
        self.seconds = [[], [], []]
        self.clock = clock
        self.started = 0.0

    def __call__(self, phase, info):
        now = self.clock()
        if phase == "start":
            self.started = now
        else:
            self.seconds[info["generation"]].append(now - self.started)

    def report(self, title):
        total = sum(map(sum, self.seconds))
        print(f"{title}: {total * 1e3:.0f} ms of collections")
        for generation, times in enumerate(self.seconds):
            if times:
                print(
                    f"  generation {generation}: {len(times):6} collections,"
                    f" longest {max(times) * 1e3:8.2f} ms,"
                    f" together {sum(times) * 1e3:8.1f} ms"
                )
        self.seconds = [[], [], []]


def record(i):
    """Four objects: an instance, a dict, a list and a tuple."""
    node = Node(i, None)
    row = [node, i, "text"]
    pair = (row, i)
    node.owner = {"id": i, "pair": pair}
    return node


def turn(i):
    """Two cycles that nobody holds."""
    left, right = Node(i, None), Node(i, None)
    left.other, right.other = right, left
    row = [i]
    row.append({"row": row})


def main():
    live = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000
    turns = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    clock = getattr(time, sys.argv[3] if len(sys.argv) > 3 else "perf_counter")
    pauses = Pauses(clock)
    gc.callbacks.append(pauses)

    started = clock()
    count = live // 4
    held = [record(i) for i in range(count)]
    print(f"{clock() - started:.2f} s")
    pauses.report("filling")

    started = clock()
    place = 0
    for i in range(turns):
        turn(i)
        if i % 4 == 0:
            place = (place + 7_654_321) % count
            held[place] = record(i)
    print(f"{clock() - started:.2f} s")
    pauses.report("turns")

    started = clock()
    gc.collect()
    pauses.report("full")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"peak of memory: {peak / 1024:.0f} MB, of {len(held) * 4} objects")


if __name__ == "__main__":
    main()
