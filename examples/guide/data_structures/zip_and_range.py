"""zip() pairs elements; range() is a lazy sequence."""

names, ages = ["Ann", "Bob", "Cid"], [30, 40]
print(list(zip(names, ages)))               # stops at the shorter one
print(dict(zip(names, ages)))
for number, name, letter in zip(range(1, 10), names, "xyz"):
    print(number, name, letter)
pairs = [(1, "a"), (2, "b")]
print(list(zip(*pairs)))                    # and apart again
try:
    list(zip(names, ages, strict=True))
except ValueError as error:
    print("ValueError:", error)
pairing = zip("ab", "cd")
print(next(pairing), list(pairing), list(pairing))      # an iterator: used once

# A range does not hold its numbers, whatever their count.
huge = range(10 ** 18)
print(len(huge), huge[10 ** 17], 10 ** 18 - 1 in huge, -1 in huge)
small, big = range(10), range(10 ** 12)
print("as small as any other:", small.__sizeof__() == big.__sizeof__())

# It is a sequence: it can be used again, indexed, sliced, compared.
r = range(0, 20, 5)
print(list(r), list(r), r[1], r[-1], r[1:], len(r), r.index(15), r.count(5))
print(range(0, 3) == range(0, 3, 1), list(range(5, 0, -2)), list(reversed(r)))
print(type(range(3)).__name__, hasattr(r, "__next__"))

# There is no xrange any more.
try:
    xrange(5)
except NameError as error:
    print("NameError:", str(error).partition(".")[0])
