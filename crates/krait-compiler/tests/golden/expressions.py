def arithmetic(a, b):
    c = a + b * 2 - 1
    c += 1
    c = 3 - c
    c = 2.0 * c / 4
    return -c % b, ~a, not b

def compare(a, b, c):
    x = a < b < c
    y = a is None
    z = a not in [1, 2]
    if 0 <= a < len(b) and (c or not b):
        return a == "s"
    return a.f() < b.g() < c.h()

def names(p):
    global g
    g = p
    del p
    return g, p

def walrus(f):
    while (n := f()) > 3:
        print(n + (n := 4))
    return [y := 1, y ** 2]

def subscripts(d, i):
    d["k"] = d[0]
    d[i] += d[-1]
    d[1:] = d[:i]
    d[::2].attr -= 1
    del d[i], d.x
    return d["k"][i]

def calls(f, *a, **k):
    f(1, x=2)
    f(*a, 1, **k, y=3)
    o.m(1, *a)
    o.p.m(f, k=1)
    return f(*a)

def logic(a, b):
    c = a or b
    d = (a and b) if c else a.x or b.y
    return d

def displays(a):
    x = [1, 2, 3], {1, a}, {"a": a, "b": 2}, {**a, "c": 1}, [*a, 1]
    a, b = b, a
    (c, *d), e = x
    return f"{a!r:>{b}} and {c}", a[1:2]
