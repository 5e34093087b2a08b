a = 1
b = a
a = 2
print(a, b)
a, b = b, a
print(a, b)
x = y = z = []
x.append(1)
print(x, y, z, x is y)
(p, q), r = (1, 2), 3
print(p, q, r)
[m, n] = "mn"
print(m, n)
first, *rest = [1, 2, 3, 4]
print(first, rest)
*init, last = (1, 2, 3)
print(init, last)
a, *mid, b = "abcde"
print(a, mid, b)
*everything, = ()
print(everything)
del a
try:
    print(a)
except NameError as e:
    print("NameError:", e)
Var = 1
var = 2
print(Var != var, Var, var)
_under = 5
ünïcode = 6
print(_under, ünïcode)
print((w := 10) + 1, w)
if (n := 5) > 3:
    print("walrus", n)
l = [1, 2, 3]
l[0] = "zero"
l[-1] += 10
print(l)
d = {}
d["a"] = 1
d["a"] += 1
d["b"] = d["c"] = 7
print(d)
del d["b"], l[0]
print(d, l)
i = 0
l = [0, 0, 0]
i, l[i] = 1, "i was set first"
print(i, l)
def scope():
    global counter
    counter = 1
    local = 2
    return local
print(scope(), counter)
try:
    print(local)
except NameError as e:
    print("NameError:", e)
def unbound():
    try:
        print(later)
    except UnboundLocalError as e:
        print("UnboundLocalError:", e)
    later = 1
    print(later)
    del later
    try:
        later
    except UnboundLocalError as e:
        print("UnboundLocalError:", e)
unbound()
x: int = 5
print(x)
y: "never evaluated" = 6
print(y)
def annotated():
    v: int
    try:
        return v
    except UnboundLocalError as e:
        return "UnboundLocalError: " + str(e)
print(annotated())
try:
    a, b = 1, 2, 3
except ValueError as e:
    print("ValueError:", e)
try:
    a, b, c = 1, 2
except ValueError as e:
    print("ValueError:", e)
try:
    a, b, *c = [1]
except ValueError as e:
    print("ValueError:", e)
try:
    a, b = 5
except TypeError as e:
    print("TypeError:", e)
assert True
assert b or True, "not shown"
try:
    assert 1 == 2, "the message"
except AssertionError as e:
    print("AssertionError:", e)
try:
    assert []
except AssertionError as e:
    print("AssertionError:", repr(e))
