"""A shallow copy shares nested objects, a deep copy copies everything."""

import copy

orig = [[1], [2]]
sh = copy.copy(orig)
dp = copy.deepcopy(orig)

print("equal:", orig == sh == dp, "- other lists:", sh is not orig, dp is not orig)
print("shares the inner lists:", sh[0] is orig[0], dp[0] is orig[0])

orig[0].append("changed")
orig.append("only here")
print("original:", orig)
print("shallow: ", sh)
print("deep:    ", dp)

# Other ways to a shallow copy.
numbers = {"a": [1]}
for way in (dict(numbers), numbers.copy(), {**numbers}, copy.copy(numbers)):
    print(way is numbers, way["a"] is numbers["a"], end="; ")
print()
print([1, 2][:], list((1, 2)), (1, 2)[:] == (1, 2))

# Immutable objects need no copy.
text, pair = "text", (1, 2)
print(copy.copy(text) is text, copy.deepcopy(pair) is pair, copy.deepcopy(([],)) is not None)

# A deep copy keeps the shape: shared stays shared, cycles stay cycles.
shared = [0]
both = copy.deepcopy([shared, shared])
print("still shared:", both[0] is both[1], both[0] is not shared)
cycle = []
cycle.append(cycle)
again = copy.deepcopy(cycle)
print("still a cycle:", again[0] is again, again is not cycle)

# Classes decide for themselves with __copy__ and __deepcopy__.
class Document:
    def __init__(self, title, pages):
        self.title, self.pages = title, pages
    def __copy__(self):
        return Document(self.title + " (copy)", self.pages)
    def __deepcopy__(self, memo):
        return Document(self.title + " (deep copy)", copy.deepcopy(self.pages, memo))

document = Document("Report", [["p1"]])
print(copy.copy(document).title, copy.copy(document).pages is document.pages)
print(copy.deepcopy(document).title, copy.deepcopy(document).pages is document.pages)

class Plain:
    def __init__(self):
        self.items = [1]

plain = Plain()
print(copy.copy(plain).items is plain.items, copy.deepcopy(plain).items is plain.items)
