"""Freeing a very deep structure needs no deep recursion."""

nested = []
for _ in range(1_000_000):
    nested = [nested]
del nested
print("a list nested a million deep was freed")

class Link:
    __slots__ = ("next",)
    def __init__(self, next):
        self.next = next

chain = None
for _ in range(300_000):
    chain = Link(chain)
chain = None
print("a chain of 300,000 objects was freed")

pair = ()
for _ in range(300_000):
    pair = (pair, None)
del pair
print("a tuple nested 300,000 deep was freed")

# Recursion of calls, however, has a limit, and an exception of its own.
def down(n):
    return down(n + 1)

try:
    down(0)
except RecursionError as error:
    print("RecursionError:", error)
