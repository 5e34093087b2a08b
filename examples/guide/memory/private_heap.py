"""Objects live on a private heap, and small ones come from pools."""

import sys
import tracemalloc

# Every object says how much of the heap it takes.
print("sizes grow with the contents:",
      sys.getsizeof([]) < sys.getsizeof([1] * 100) < sys.getsizeof([1] * 10_000))
print("a big int is bigger than a small one:", sys.getsizeof(10 ** 1000) > sys.getsizeof(1))

# Memory of a freed object is used again: making and dropping a million small
# objects one after the other does not make the heap grow.
class Small:
    __slots__ = ("value",)

tracemalloc.start()
for i in range(1000):
    Small().value = i
before = tracemalloc.get_traced_memory()[0]
for i in range(100_000):
    Small().value = i
after = tracemalloc.get_traced_memory()[0]
print("left over after 100,000 objects, under 10 kB:", after - before < 10_000)

# Objects alive at once do take memory, and give it back when they go.
kept = [Small() for _ in range(10_000)]
grown = tracemalloc.get_traced_memory()[0]
print("10,000 objects take more than 100 kB:", grown - after > 100_000)
del kept
print("given back:", tracemalloc.get_traced_memory()[0] - after < 10_000)
tracemalloc.stop()

# The allocator can be asked what it holds (the text goes to standard error).
print("blocks in use:", sys.getallocatedblocks() > 1000)
print("the allocator reports:", callable(sys._debugmallocstats))
