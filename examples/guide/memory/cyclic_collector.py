"""Reference counting cannot free cycles; the gc module finds them."""

import gc
import weakref

gc.disable()            # so that nothing happens before we ask for it

class Node:
    def __init__(self, name):
        self.name = name
        self.other = None

    def __del__(self):
        freed.append(self.name)

freed = []
first, second = Node("first"), Node("second")
first.other, second.other = second, first
weak = weakref.ref(first)
del first, second
print("after del, still there:", weak() is not None, freed)

found = gc.collect()
print("after gc.collect():", weak() is None, sorted(freed), "- objects found:", found >= 2)

# Containers refer to themselves as well.
loop = []
loop.append(loop)
gc.collect()
del loop
print("a list that contains itself:", gc.collect() >= 1)

# The collector works by itself, after enough allocations.
gc.enable()
print("enabled:", gc.isenabled(), "- thresholds:", len(gc.get_threshold()) == 3, gc.get_threshold()[0] > 0)
freed.clear()
for i in range(20_000):
    node = Node(i)
    node.other = node
print("collected without a call of gc.collect():", len(freed) > 0)

# It can be watched ...
events = []
def watch(phase, info):
    events.append((phase, sorted(info)))
gc.callbacks.append(watch)
gc.collect()
gc.callbacks.remove(watch)
print(events)

# ... and asked who holds an object.
inner = ["inner"]
outer = {"holds": inner}
print("referrers:", any(holder is outer for holder in gc.get_referrers(inner)))
print("referents:", any(held is inner for held in gc.get_referents(outer)))
print("tracked:", gc.is_tracked([]), gc.is_tracked(5), gc.is_tracked("text"))

# Objects that are reachable stay, cycle or not.
keep = Node("kept")
keep.other = keep
freed.clear()
gc.collect()
print("reachable:", "kept" not in freed)
keep.other = None
