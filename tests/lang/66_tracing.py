import sys
log = []
def short(f): return f.f_code.co_name
def tracer(frame, event, arg):
    if frame.f_code.co_filename != __file__: return None
    log.append((short(frame), event, frame.f_lineno - frame.f_code.co_firstlineno, arg if event == "return" else arg[0].__name__ if event == "exception" else None))
    return tracer
def traced(f, *a):
    log.clear()
    sys.settrace(tracer)
    try: r = f(*a)
    except Exception as e: r = repr(e)
    finally: sys.settrace(None)
    print(f.__name__, r)
    for entry in log: print("   ", *entry)
def simple(x):
    y = x + 1
    return y
def branch(x):
    if x:
        a = 1
    else:
        a = 2
    return a
def loop(n):
    t = 0
    for i in range(n):
        t += i
    while t > 1:
        t -= 1
    return t
def calls(n):
    return simple(n) + simple(n)
def fails():
    try:
        raise ValueError
    except ValueError:
        pass
    finally:
        z = 1
    return {}["k"]
def gen():
    yield 1
    yield 2
def uses_gen():
    return list(gen())
def multi():
    x = [
        1,
        2,
    ]
    return (x,
            len(x))
def comp():
    return [i for i in range(2)]
def with_it():
    import contextlib
    with contextlib.nullcontext():
        a = 1
    return a
for f, a in ((simple, (1,)), (branch, (1,)), (branch, (0,)), (loop, (3,)), (calls, (1,)), (fails, ()), (uses_gen, ()), (multi, ()), (comp, ())): traced(f, *a)
def profiler(frame, event, arg):
    if frame.f_code.co_filename == __file__:
        log.append((short(frame), event, arg.__name__ if event.startswith("c_") else None))
def profiled():
    len("a")
    simple(2)
    try: int("x")
    except ValueError: pass
    return sorted([2, 1])
log.clear(); sys.setprofile(profiler); profiled(); sys.setprofile(None)
print(*[l for l in log if l[2] != "setprofile"], sep="\n")
print(sys.gettrace(), sys.getprofile())
def jump():
    out = []
    out.append(1)
    out.append(2)
    out.append(3)
    return out
def jumper(frame, event, arg):
    if frame.f_code is jump.__code__:
        if event == "line" and frame.f_lineno == jump.__code__.co_firstlineno + 3: frame.f_lineno += 1
        return jumper
sys.settrace(jumper); r = jump(); sys.settrace(None); print(r)
def stop_lines(frame, event, arg):
    log.append((short(frame), event)); frame.f_trace_lines = False
    return stop_lines
log.clear(); sys.settrace(stop_lines); simple(1); sys.settrace(None); print([l for l in log if l[0] == "simple"])
def raises(frame, event, arg): raise RuntimeError("from the tracer")
sys.settrace(raises)
try: simple(1)
except RuntimeError as e: print(e, sys.gettrace())
sys.settrace(None)
m = sys.monitoring
E = m.events
m.use_tool_id(0, "mine")
print(m.get_tool(0), m.get_tool(1), m.DEBUGGER_ID, m.COVERAGE_ID, m.PROFILER_ID, m.OPTIMIZER_ID, sorted(n for n in dir(E) if n.isupper()))
try: m.use_tool_id(0, "again")
except ValueError as e: print(e)
seen = []
def cb(name): return lambda code, *a: seen.append((name, code.co_name, *(x if isinstance(x, (int, str)) and name == "LINE" else type(x).__name__ for x in a[:2]))) if code.co_filename == __file__ else m.DISABLE
for n in ("PY_START", "PY_RETURN", "LINE", "RAISE", "PY_YIELD", "PY_RESUME", "CALL", "BRANCH_LEFT", "BRANCH_RIGHT", "EXCEPTION_HANDLED", "PY_UNWIND", "STOP_ITERATION", "JUMP"): m.register_callback(0, getattr(E, n), cb(n))
def monitored(f, ev, *a):
    seen.clear(); m.set_local_events(0, f.__code__, ev)
    try: f(*a)
    except Exception: pass
    m.set_local_events(0, f.__code__, 0)
    first = f.__code__.co_firstlineno
    return [(s[0], *(s[2] - first if s[0] == "LINE" else x for x in s[2:3])) for s in seen]
print(monitored(simple, E.PY_START | E.PY_RETURN, 1), monitored(loop, E.LINE, 2), [s[0] for s in monitored(branch, E.BRANCH_LEFT | E.BRANCH_RIGHT, 1)], [s[0] for s in monitored(calls, E.CALL, 1)])
def global_events(ev, f):
    seen.clear(); m.set_events(0, ev)
    try: f()
    except Exception: pass
    m.set_events(0, 0)
    return [s[:2] for s in seen if s[1] not in ("global_events",)]
print(global_events(E.RAISE | E.EXCEPTION_HANDLED | E.PY_UNWIND, fails)); print(global_events(E.PY_YIELD | E.PY_RESUME | E.PY_START, uses_gen))
hits = []
def once(code, line): hits.append(line - code.co_firstlineno); return m.DISABLE
m.register_callback(0, E.LINE, once); m.set_local_events(0, loop.__code__, E.LINE); loop(5); loop(5); print(hits)
m.restart_events(); loop(3); print(len(hits)); m.set_local_events(0, loop.__code__, 0)
print(m.get_events(0), m.get_local_events(0, loop.__code__), m.register_callback(0, E.LINE, None) is once)
m.free_tool_id(0)
for bad in (lambda: m.set_events(9, 0), lambda: m.set_events(3, 1), lambda: m.use_tool_id(7, "x"), lambda: m.register_callback(0, 3, None)):
    try: bad(); print("ok")
    except ValueError as e: print(e)
import bdb, trace, cProfile, pstats, io
class T(bdb.Bdb):
    def user_line(self, frame): lines.append(frame.f_lineno - simple.__code__.co_firstlineno) if frame.f_code is simple.__code__ else None; self.set_step()
lines = []
T().runcall(simple, 4); print(lines)
p = cProfile.Profile(); p.enable(); calls(3); p.disable()
s = io.StringIO(); pstats.Stats(p, stream=s).print_stats("simple"); print("2 " in s.getvalue() and "(simple)" in s.getvalue())
