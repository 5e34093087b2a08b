"""Lists repeated, joined and extended (with themselves, with nothing, with what is being
changed), that references are counted, views as lists, tables of characters."""


import sys


class Item:
    made = 0

    def __init__(self):
        Item.made += 1

    def __del__(self):
        Item.made -= 1


def show(name, value):
    print(name, value if len(value) < 20 else (len(value), value[:3], value[-3:]))


empty = []
for times in (-1, 0, 1, 2, 5, 1000):
    show(f"x * {times}", [1, "a", 2.5] * times)
    show(f"one * {times}", [None] * times)
    show(f"empty * {times}", empty * times)
    same = [1, 2, 3]
    other = same
    same *= times
    show(f"*= {times}", other)
    assert same is other

numbers = [1, 2, 3]
numbers.extend(numbers)
show("with itself", numbers)
numbers += numbers
show("+= itself", numbers)
numbers += (4, 5)
show("tuple", numbers)
numbers.extend(())
numbers.extend([])
show("nothing", numbers)
show("joined", numbers[:2] + numbers[-2:] + [] + [9])
show("copy", numbers.copy())
assert numbers.copy() is not numbers and [*numbers] == numbers and (*numbers,) == tuple(numbers)

items = [Item(), Item()]
many = items * 100
print(sys.getrefcount(items[0]) - sys.getrefcount(many[1]), Item.made)
del items[:]
print(len(many), Item.made)
many *= 0
print(many, Item.made)
made = [Item()] * 3 + [Item()]
made.extend(made)
made.append(made)
print(len(made), Item.made)
made.clear()
print(Item.made)


class Odd(list):
    def __iter__(self):
        return iter("odd")

    def __len__(self):
        return 100


show("odd", [0] + Odd([1, 2]))
plain = [0]
plain.extend(Odd([1, 2]))
show("odd extends", plain)
show("odd repeated", Odd([7]) * 3)
print(type(Odd([7]) * 3).__name__, type(Odd([7]) + [1]).__name__)

grows = []


def growing():
    for i in range(3):
        grows.append(i)
        yield i * 10


grows.extend(growing())
show("while it grows", grows)
for wrong in (lambda: [1] * "a", lambda: [1] + (1,), lambda: [1].extend(1), lambda: [1] * 2.0):
    try:
        wrong()
    except TypeError as e:
        print(e)
for huge in (lambda: [1, 2] * sys.maxsize, lambda: [1] * (2**61)):
    try:
        huge()
    except (MemoryError, OverflowError) as e:
        print(type(e).__name__)
total = 0
step = []
for i in range(2000):
    step.extend([i, i])
    step += (i,)
print(len(step), sum(step))

numbers = dict.fromkeys(range(5), "v")
for view in (numbers, numbers.keys(), numbers.values(), numbers.items(), {}, {}.items()):
    print(list(view), [9] + [*view])
grown = [0]
grown.extend(numbers.items())
grown += numbers
print(grown, grown[::-2], grown[5:0:-1], (1, 2, 2.0, True).count(1), (1, "a", 2**70).index(2**70))


class Keys(dict):
    def __iter__(self):
        return iter("own")


print(list(Keys(a=1)), list(Keys(a=1).keys()))


class Table:
    def __init__(self, **what):
        self.what, self.asked = what, []

    def __getitem__(self, code):
        self.asked.append(chr(code))
        return self.what[chr(code)]


for what in ({"a": "b"}, {"a": None, "b": "xyz", "c": 0x20AC}, {"a": "", "c": 65}, {"a": 2.5}, {"c": 0x110000}):
    for text in ("abcabc", "abé", "", "zzzz"):
        table = Table(**what)
        try:
            print(ascii(text.translate(table)), table.asked)
        except (TypeError, ValueError) as e:
            print(type(e).__name__, e, table.asked)
print("a1b2".translate({ord("1"): None, ord("2"): "two"}), "Straße ABC".upper(), "ÀB".lower(), "A".lower(), "".upper())
