# cProfile counts calls of Python and native functions, and who calls whom.
import _lsprof
import cProfile
import io
import pstats


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def items():
    yield 1
    yield 2


def work():
    found = []
    for item in items():
        found.append(item)
    found.sort(key=lambda x: -x)
    try:
        int("x")
    except ValueError:
        pass
    return fib(10), len(found), sum(found), str(found)


def name(code):
    return code if isinstance(code, str) else code.co_qualname


profile = cProfile.Profile()
print(profile.runcall(work))
for entry in sorted(profile.getstats(), key=lambda entry: name(entry.code)):
    calls = sorted((name(c.code), c.callcount, c.reccallcount) for c in entry.calls or ())
    print(name(entry.code), entry.callcount, entry.reccallcount, calls)
    assert entry.totaltime >= entry.inlinetime >= 0

out = io.StringIO()
stats = pstats.Stats(profile, stream=out).strip_dirs().sort_stats("name")
print(stats.total_calls, stats.prim_calls)
stats.print_callers("fib")
print([line.split()[:2] for line in out.getvalue().splitlines() if "fib" in line][1:])

# A timer of the program's own, whose unit it says.
ticks = iter(range(1000))
profile = cProfile.Profile(lambda: next(ticks), 0.5)
profile.enable(builtins=False)
fib(2)
profile.disable()
print([(name(e.code), e.callcount, e.totaltime, e.inlinetime) for e in profile.getstats() if e.code is fib.__code__])
profile.clear()
print(profile.getstats())

with cProfile.Profile() as profile:
    try:
        cProfile.Profile().enable()
    except ValueError as error:
        print("ValueError", error)
print(type(profile.getstats()[0]), _lsprof.profiler_entry.n_fields)
