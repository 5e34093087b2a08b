# cProfile: what it counts, by whom it was called, and how it is used.
import cProfile, io, pstats, sys

def leaf(n): return len("a" * n)
def middle(n):
    leaf(n)
    return [leaf(i) for i in range(n)]
def recursive(n): return n if n < 2 else recursive(n - 1) + recursive(n - 2)
def gen():
    try:
        yield 1
        yield 2
    except KeyError:
        yield 3
def use():
    middle(3)
    recursive(5)
    list(gen())
    g = gen(); next(g); g.throw(KeyError)
    [].append(1); a = [].append; a(2)
    try: int("x")
    except ValueError: pass
    try: "a".index("b")
    except ValueError: pass
    sorted([3, 1], key=lambda x: leaf(x))

def show(profile):
    profile.create_stats()
    rows = {key[2]: (cc, nc, sorted((c[2], v[:2]) for c, v in callers.items()))
            for key, (cc, nc, tt, ct, callers) in profile.stats.items()}
    for name in sorted(rows):
        print(name, *rows[name])

p = cProfile.Profile()
p.enable()
use()
p.disable()
show(p)
print("without builtins and subcalls")
p.clear()
p.enable(subcalls=False, builtins=False)
use()
p.disable()
show(p)

# A timer of one's own: time goes by as it is asked.
class Clock:
    def __init__(self, step): self.now, self.step = 0, step
    def __call__(self):
        self.now += self.step
        return self.now
for timer, unit in (Clock(1), 0.5), (Clock(0.25), 0.0):
    p = cProfile.Profile(timer, unit, builtins=False)
    p.runcall(middle, 2)
    for entry in sorted(p.getstats(), key=lambda e: getattr(e.code, "co_name", e.code)):
        print(getattr(entry.code, "co_name", entry.code), entry[1:5], [c[1:5] for c in entry.calls or ()])
def broken(): raise ZeroDivisionError
p = cProfile.Profile(lambda: p.disable(), 1.0)
seen = []
sys.unraisablehook = lambda args: seen.append((type(args.exc_value).__name__, str(args.exc_value)))
p.runcall(leaf, 1)
print(sorted(set(seen)))
seen.clear()
p = cProfile.Profile(broken)
p.runcall(leaf, 1)
print(sorted(set(seen)))

# One profiler at a time.
with cProfile.Profile() as p:
    try: cProfile.Profile().enable()
    except ValueError as error: print(error)
p.disable()
out = io.StringIO()
stats = pstats.Stats(p, stream=out).strip_dirs()
print(stats.total_calls > 0, len(stats.stats) > 0)
print(cProfile.label("text"), cProfile.label(leaf.__code__)[1:])
import _lsprof
print(_lsprof.profiler_entry.n_fields, _lsprof.profiler_subentry.n_fields, p.getstats()[0].__match_args__)

# The getter of a property is told of, also where it was called before.
class Owner:
    @property
    def part(self): return 1
def reader(o): return o.part
def again(o): return o.part
owner, told = Owner(), []
for i in range(5): reader(owner)
for function in reader, again:
    sys.setprofile(lambda frame, event, arg: told.append((event, frame.f_code.co_name)))
    function(owner)
    sys.setprofile(None)
    print([t for t in told if t[0] != "c_call"])
    told.clear()
class Items:
    def __getitem__(self, key): return key
def subscript(o): return o[1], o["a"]
subscript(Items())
sys.setprofile(lambda frame, event, arg: told.append((event, frame.f_code.co_name)))
subscript(Items())
sys.setprofile(None)
print([t for t in told if t[0] != "c_call"])
