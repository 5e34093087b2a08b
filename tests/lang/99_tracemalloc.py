# tracemalloc: which lines asked for memory, how much there is and was at most.
import subprocess
import sys
import tracemalloc

print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory(), tracemalloc.get_traceback_limit())
print(tracemalloc.get_object_traceback(object()))
for nframe in 0, 70000:
    try:
        tracemalloc.start(nframe)
    except ValueError as error:
        print(error)


def small():
    return [bytes(100 + i % 7) for i in range(1000)]


def large():
    return bytearray(300_000)


class Thing:
    def __init__(self):
        self.name = bytes(500)


tracemalloc.start(5)
print(tracemalloc.is_tracing(), tracemalloc.get_traceback_limit())
kept = small()
block = large()
thing = Thing()
snapshot = tracemalloc.take_snapshot()
here = snapshot.filter_traces([tracemalloc.Filter(True, __file__)])
by_line = {stat.traceback[0].lineno: stat for stat in here.statistics("lineno")}
line = small.__code__.co_firstlineno + 1
print(by_line[line].count >= 1000, 100_000 < by_line[line].size < 250_000)
line = large.__code__.co_firstlineno + 1
print(300_000 <= by_line[line].size < 301_000, by_line[line].count in (1, 2))
for what in kept[10], thing.name, thing:
    traceback = tracemalloc.get_object_traceback(what)
    print([frame.lineno for frame in traceback])

before, _ = tracemalloc.get_traced_memory()
del block, kept, snapshot, here, by_line
after, peak = tracemalloc.get_traced_memory()
print(before - after > 400_000, peak >= before)
tracemalloc.reset_peak()
print(tracemalloc.get_traced_memory()[1] < peak, tracemalloc.get_tracemalloc_memory() > 0)

first = tracemalloc.take_snapshot()
kept = small()
second = tracemalloc.take_snapshot()
top = second.compare_to(first, "lineno")[0]
print(top.traceback[0].lineno == small.__code__.co_firstlineno + 1, top.count_diff >= 1000)

# What was there before tracing began may go while it is on, and the other way round.
tracemalloc.clear_traces()
print(tracemalloc.get_object_traceback(thing))
old = [list(range(50)) for _ in range(2000)]
tracemalloc.stop()
print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory(), tracemalloc.get_object_traceback(old))
new = [list(range(50)) for _ in range(2000)]
tracemalloc.start()
del old[::2], new[::2]
mixed = [[i, str(i), {i: i}] for i in range(5000)]
tracemalloc.stop()
del mixed[::3], old, new
again = [[i, str(i), {i: i}] for i in range(5000)]
print(sum(map(len, again)), sum(map(len, mixed)))

code = "import tracemalloc; print(tracemalloc.is_tracing(), tracemalloc.get_traceback_limit())"
for options in ["-X", "tracemalloc"], ["-X", "tracemalloc=7"], []:
    print(subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True).stdout, end="")
