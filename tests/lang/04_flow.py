n = 0
while n < 3:
    print("while", n)
    n += 1
else:
    print("else of while")
while True:
    n += 1
    if n == 5:
        continue
    if n > 6:
        break
    print("loop", n)
else:
    print("never")
for c in "abc":
    print(c)
for i in [1, 2, 3]:
    if i == 2:
        continue
    print(i)
else:
    print("else of for")
for i in (1, 2, 3):
    if i == 2:
        break
else:
    print("never")
print("i stays", i)
for x in []:
    pass
else:
    print("empty else")
for i, (a, b) in [(1, (2, 3)), (4, (5, 6))]:
    print(i, a, b)
for d["k"] in ([] if True else []):
    pass
if 0:
    print("never")
elif 1:
    print("elif")
else:
    print("never")
if 1: print("one line"); print("still")
for i in 1, 2: print(i, end=" ")
print()
for outer in range(3):
    for inner in range(3):
        if inner == 2:
            break
        if outer == 1:
            continue
        print(outer, inner)
def find(seq, wanted):
    for i, v in enumerate(seq):
        if v == wanted:
            return i
    return -1
print(find("hello", "l"), find("hello", "z"))
def nothing():
    pass
print(nothing())
def early(x):
    if x:
        return
    return "late"
print(early(1), early(0))
def in_finally():
    for i in range(3):
        try:
            if i == 1:
                continue
            print("body", i)
        finally:
            print("finally", i)
    return "end"
print(in_finally())
def returns():
    try:
        return "try"
    finally:
        print("on the way out")
print(returns())
def break_out():
    while True:
        try:
            break
        finally:
            print("breaking")
    return "broken"
print(break_out())
def primes(limit):
    found = []
    for n in range(2, limit):
        for p in found:
            if n % p == 0:
                break
        else:
            found.append(n)
    return found
print(primes(60))
def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps
print([collatz(n) for n in range(1, 15)])
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(20))
a, b = 0, 1
while b < 10 ** 25:
    a, b = b, a + b
print(a)
total = 0
for i in range(100000):
    total += i * i
print(total)
s = ""
for i in range(10):
    s += str(i)
print(s)
l = [1, 2, 3]
for v in l:
    if v < 3:
        l.append(v + 10)
    if len(l) > 8:
        break
print(l)
d = {1: 2}
try:
    for k in d:
        d[k + 1] = 0
except RuntimeError as e:
    print("RuntimeError:", e)
