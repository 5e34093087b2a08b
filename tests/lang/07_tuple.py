t = (1, "two", 3.0)
print(t, len(t), t[0], t[-1], t[1:], t[::-1])
print((), (1,), 1, (1, 2), (((1,),),))
print(t + (4,), t * 2, 0 * t, t.index("two"), (1, 1, 2).count(1))
print((1, 2) < (1, 3), (1,) < (1, 0), (1, 2) == (1, 2), (1, 2) == (1.0, 2.0), () < (0,))
a, b, c = t
print(a, b, c)
print(hash((1, 2)) == hash((1, 2)), hash((1, 2)) == hash((2, 1)))
d = {(0, 0): "origin", (1, 0): "east"}
print(d[(0, 0)], d[1, 0])
print(tuple([1, 2]), tuple("ab"), tuple(range(3)), tuple())
e = ()
print(e is (), tuple(t) is t, t[:] is t)
l = ([1], [2])
l[0].append(5)
print(l)
print(1 in t, "two" in t, 5 not in t)
print(min((3, 1, 2)), max((3, 1, 2)), sum((1, 2, 3)), sorted((3, 1, 2)))
def multi():
    return 1, 2
x, y = multi()
print(x, y, multi())
print((*t, *"ab"), (*[],))
for pair in (1, 2), (3, 4):
    print(pair)
try:
    t[0] = 5
except TypeError as err:
    print(err)
try:
    del t[0]
except TypeError as err:
    print(err)
try:
    t.append(5)
except AttributeError as err:
    print(err)
try:
    t[10]
except IndexError as err:
    print(err)
try:
    hash(([],))
except TypeError as err:
    print(err)
try:
    (1, 2) + [3]
except TypeError as err:
    print(err)
try:
    (1, 2).index(3)
except ValueError as err:
    print(err)
s = ([],)
try:
    s[0] += [1]
except TypeError as err:
    print(err, s)
t += (5,)
print(t)
print(repr((1,)), str(("a",)), (None, True), ("q'", 'd"'))
