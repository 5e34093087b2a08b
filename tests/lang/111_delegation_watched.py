# A generator that delegates to an iterator which is no generator, in a loop, while something
# watches or wants to run: a tracer, a profiler, a monitor, another thread.
import sys
import threading

items = dict.fromkeys(range(20))


def inner():
    yield from items


def middle():
    for x in inner():
        yield x


def outer():
    yield from inner()
    yield from iter(range(3))


def total():
    found = 0
    for x in inner():
        found += x
    for x in middle():
        found += x
    for x in outer():
        found += x
    return found + sum(outer()) + max(middle())


print(total())

lines = []


def tracer(frame, event, argument):
    if frame.f_code is inner.__code__:
        lines.append(event)
    return tracer


sys.settrace(tracer)
result = total()
sys.settrace(None)
print(result, len(lines), sorted(set(lines)))

lines.clear()
sys.setprofile(lambda frame, event, argument: frame.f_code is inner.__code__ and lines.append(event))
result = total()
sys.setprofile(None)
print(result, len(lines), sorted(set(lines)))

lines.clear()
monitoring = sys.monitoring
monitoring.use_tool_id(1, "test")
monitoring.register_callback(1, monitoring.events.PY_YIELD, lambda code, offset, value: lines.append(value))
monitoring.set_local_events(1, inner.__code__, monitoring.events.PY_YIELD)
result = total()
monitoring.free_tool_id(1)
print(result, len(lines), sum(lines))

done = False


def busy():
    n = 0
    while not done:
        n += 1


threads = [threading.Thread(target=busy) for _ in range(2)]
interval = sys.getswitchinterval()
sys.setswitchinterval(1e-5)
for thread in threads:
    thread.start()
results = {total() for _ in range(500)}
done = True
for thread in threads:
    thread.join()
sys.setswitchinterval(interval)
print(results)
