print([x * x for x in range(5)], [x for x in range(10) if x % 2 if x > 3])
print([(x, y) for x in range(2) for y in "ab"], [[y for y in range(x)] for x in range(4)])
print({x % 3 for x in range(10)}, {x: x * x for x in range(4)}, {k: v for k, v in [("a", 1)]})
print(list(x + 1 for x in range(3)), sum(x for x in range(5)), max((x for x in [1, 5, 2]), default=0))
print([x for x in "abc" if x != "b"], [a + b for a, b in [(1, 2), (3, 4)]], [*(x for x in range(2)), 9])
x = "outside"
y = [x for x in range(3)]
print(x, y)
def f(n):
    return [n + i for i in range(3)], [lambda: n for _ in range(1)][0]()
print(f(10))
print([y := 1, y + 1], y)
print([last := i for i in range(3)], last)
def walrus():
    any((hit := v) > 2 for v in [1, 2, 3, 4])
    return hit
print(walrus())
fs = [lambda: i for i in range(3)]
print([f() for f in fs])
print([i for i in range(5) for i in range(i)])
print([[j for j in range(i)] for i in range(3)], [[i for i in range(2)] for i in range(2)])
g = (i for i in range(3))
print(next(g), next(g), list(g), list(g))
def loud(name, it):
    print("iter", name)
    return it
g = (a * b for a in loud("outer", [1, 2]) for b in loud("inner", [3, 4]))
print("made")
print(list(g))
try:
    (x for x in 5)
except TypeError as e:
    print(e)
print([a for a, *b in [(1, 2, 3), "xy"]], [b for a, *b in [(1, 2, 3), "xy"]])
class C:
    items = [1, 2, 3]
    double = [i * 2 for i in items]
    print([k for k in sorted(locals()) if not k.startswith("__")])
print(C.double)
try:
    class D:
        k = 2
        bad = [i * k for i in range(3)]
except NameError as e:
    print(e)
print([x if x else "zero" for x in range(2)], [not x for x in (0, 1)], [x and 1 or 2 for x in (0, 1)])
print({i: {j: i * j for j in range(2)} for i in range(2)}, {(i, j) for i in range(2) for j in range(2)} == {(0, 0), (0, 1), (1, 0), (1, 1)})
print([i for i in range(3) if (lambda: i > 0)()], [f"{i}!" for i in "ab"])
def deep():
    a = 1
    return [[[a + b + c for c in range(2)] for b in range(2)] for _ in range(1)]
print(deep())
def evaluated():
    out = []
    def t(v, tag):
        out.append(tag)
        return v
    {t(1, "k"): t(2, "v") for _ in range(1)}
    return out
print(evaluated())
l = [1, 2, 3]
print([l.pop() for _ in range(3)], l)
def scope_in_comp():
    r = [1]
    s = [(r, s) for r in r for s in [r]]
    return r, s
print(scope_in_comp())
try:
    print([undefined for _ in range(1)])
except NameError as e:
    print(e)
def exc_in_comp():
    try:
        return [1 // i for i in (1, 0)]
    except ZeroDivisionError as e:
        return str(e)
print(exc_in_comp())
def unbound_in_comp():
    try:
        return [zz for _ in range(1)]
        zz = 1
    except NameError as e:
        return type(e).__name__, str(e)
print(unbound_in_comp())
def keep_iter_var():
    i = "kept"
    [i for i in range(3)]
    {i: 1 for i in range(3)}
    return i
print(keep_iter_var())
def lookup():
    m = {1: "a"}
    return [m[k] if k in m else None for k in (1, 2)], {v: k for k, v in m.items()}
print(lookup())
print([c for c in [1, 2, 3]][-1], len([0 for _ in range(1000)]), [x for x in ()], {x for x in ()}, {x: x for x in ()})
matrix = [[1, 2, 3], [4, 5, 6]]
print([[row[i] for row in matrix] for i in range(3)], [v for row in matrix for v in row], list(zip(*matrix)))
print([(yield_ := n * 2) for n in range(3)], yield_)
print(type(x for x in ()), (x for x in ()).__name__, [1 for _ in [1]] == [1])
