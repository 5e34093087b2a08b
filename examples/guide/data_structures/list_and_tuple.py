"""Lists are mutable, tuples are not; tuples can be keys of a dict."""

import sys

numbers = [1, 2, 3]
numbers.append(4)
numbers[0] = "changed"
del numbers[1]
print("list:", numbers)

point = (1, 2, 3)
for change in ("point[0] = 5", "del point[0]", "point.append(4)"):
    try:
        exec(change)
    except (TypeError, AttributeError) as error:
        print(f"{change}: {type(error).__name__}: {error}")

# Tuples of immutable elements are keys; lists, and tuples of lists, are not.
cities = {(48.9, 2.4): "Paris", (52.5, 13.4): "Berlin"}
print(cities[48.9, 2.4])
for key in ([1, 2], (1, [2])):
    try:
        {key: "value"}
    except TypeError as error:
        print("TypeError:", error)

# What a tuple holds may still change.
holder = ([], "fixed")
holder[0].append("inside")
print(holder)

# A tuple is smaller, and a constant one is made once, when the code is compiled.
print("smaller:", sys.getsizeof((1, 2, 3)) < sys.getsizeof([1, 2, 3]))
def constant_tuple(): return (1, 2, 3)
def fresh_list(): return [1, 2, 3]
print("same tuple every time:", constant_tuple() is constant_tuple())
print("new list every time:", fresh_list() is not fresh_list())

print((1, 2) + (3,), [1, 2] + [3], (0,) * 3, (1, 2) < (1, 3), (1,), ())
first, *others = point
print(first, others)
