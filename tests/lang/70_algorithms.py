# ordinary programs of some size, without imports
def sieve(n):
    flags = bytearray([1]) * (n + 1)
    flags[:2] = b"\0\0"
    for i in range(2, int(n ** 0.5) + 1):
        if flags[i]: flags[i * i::i] = bytes(len(range(i * i, n + 1, i)))
    return [i for i, f in enumerate(flags) if f]
p = sieve(10000); print(len(p), p[-1], sum(p))
def queens(n, row=0, cols=0, d1=0, d2=0):
    if row == n: return 1
    return sum(queens(n, row + 1, cols | 1 << c, d1 | 1 << row + c, d2 | 1 << row - c + n) for c in range(n) if not (cols >> c & 1 or d1 >> row + c & 1 or d2 >> row - c + n & 1))
print([queens(n) for n in range(1, 8)])
def nbody(steps):
    b = [[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 39.5], [4.84, -1.16, -0.10, 0.6, 2.8, -0.02, 0.037], [8.34, 4.12, -0.4, -1.01, 1.8, 0.008, 0.011]]
    for _ in range(steps):
        for i in range(3):
            x1, y1, z1, *_v, m1 = b[i]
            for j in range(i + 1, 3):
                o = b[j]; dx, dy, dz = x1 - o[0], y1 - o[1], z1 - o[2]; mag = 0.01 / ((dx * dx + dy * dy + dz * dz) ** 1.5)
                b[i][3] -= dx * o[6] * mag; b[i][4] -= dy * o[6] * mag; b[i][5] -= dz * o[6] * mag; o[3] += dx * m1 * mag; o[4] += dy * m1 * mag; o[5] += dz * m1 * mag
        for o in b: o[0] += 0.01 * o[3]; o[1] += 0.01 * o[4]; o[2] += 0.01 * o[5]
    return [round(v, 6) for o in b for v in o[:3]]
print(nbody(200))
def mandel(w, h):
    rows = []
    for y in range(h):
        row = ""
        for x in range(w):
            z, c = 0j, complex(3 * x / w - 2, 2 * y / h - 1)
            for i in range(30):
                if abs(z) > 2: break
                z = z * z + c
            row += " .:-=+*#%@"[i // 3]
        rows.append(row)
    return rows
print(*mandel(40, 12), sep="\n")
def pi(n):
    q, r, t, k, m, x, out = 1, 0, 1, 1, 3, 3, ""
    while len(out) < n:
        if 4 * q + r - t < m * t: out += str(m); q, r, m = 10 * q, 10 * (r - m * t), (10 * (3 * q + r)) // t - 10 * m
        else: q, r, t, k, m, x = q * k, (2 * q + r) * x, t * x, k + 1, (q * (7 * k + 2) + r * x) // (t * x), x + 2
    return out
print(pi(150))
def lev(a, b):
    prev = list(range(len(b) + 1))
    for i, ca in enumerate(a, 1):
        cur = [i]
        for j, cb in enumerate(b, 1): cur.append(min(prev[j] + 1, cur[-1] + 1, prev[j - 1] + (ca != cb)))
        prev = cur
    return prev[-1]
print(lev("kitten", "sitting"), lev("intention" * 5, "execution" * 5))
class Heap:
    def __init__(self): self.a = []
    def push(self, v):
        a = self.a; a.append(v); i = len(a) - 1
        while i and a[(i - 1) // 2] > a[i]: a[i], a[(i - 1) // 2] = a[(i - 1) // 2], a[i]; i = (i - 1) // 2
    def pop(self):
        a = self.a; top = a[0]; last = a.pop()
        if a:
            a[0] = last; i = 0
            while (c := 2 * i + 1) < len(a):
                if c + 1 < len(a) and a[c + 1] < a[c]: c += 1
                if a[i] <= a[c]: break
                a[i], a[c] = a[c], a[i]; i = c
        return top
    def __bool__(self): return bool(self.a)
def dijkstra(g, s):
    dist, h = {s: 0}, Heap(); h.push((0, s))
    while h:
        d, u = h.pop()
        if d > dist[u]: continue
        for v, w in g[u].items():
            if d + w < dist.get(v, 10 ** 9): dist[v] = d + w; h.push((d + w, v))
    return dist
g = {i: {(i * 7 + k) % 200: (i * k) % 13 + 1 for k in range(1, 6)} for i in range(200)}
d = dijkstra(g, 0); print(len(d), sum(d.values()), max(d.values()))
def quick(a): return a if len(a) < 2 else quick([x for x in a[1:] if x < a[0]]) + [a[0]] + quick([x for x in a[1:] if x >= a[0]])
def merge(a):
    if len(a) < 2: return a
    m = len(a) // 2; l, r, out = merge(a[:m]), merge(a[m:]), []
    while l and r: out.append((l if l[0] <= r[0] else r).pop(0))
    return out + l + r
x, data = 12345, []
for _ in range(500): x = (x * 1103515245 + 12345) % 2 ** 31; data.append(x % 1000)
print(quick(data) == merge(data) == sorted(data), data[:5])
class Tree:
    __slots__ = ("k", "l", "r")
    def __init__(self, k): self.k, self.l, self.r = k, None, None
    def add(self, k):
        n = self
        while True:
            s = "l" if k < n.k else "r"
            c = getattr(n, s)
            if c is None: setattr(n, s, Tree(k)); return
            n = c
    def __iter__(self):
        if self.l: yield from self.l
        yield self.k
        if self.r: yield from self.r
    def depth(self): return 1 + max(self.l.depth() if self.l else 0, self.r.depth() if self.r else 0)
t = Tree(data[0])
for v in data[1:]: t.add(v)
print(list(t) == sorted(data), t.depth())
def life(cells, n):
    for _ in range(n):
        counts = {}
        for cx, cy in cells:
            for dx in (-1, 0, 1):
                for dy in (-1, 0, 1):
                    if dx or dy: counts[cx + dx, cy + dy] = counts.get((cx + dx, cy + dy), 0) + 1
        cells = {c for c, k in counts.items() if k == 3 or k == 2 and c in cells}
    return cells
print(sorted(life({(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}, 40)), len(life({(0, 1), (1, 0), (1, 1), (1, 2), (2, 2)}, 60)))
def matmul(a, b): return [[sum(x * y for x, y in zip(r, c)) for c in zip(*b)] for r in a]
def matpow(m, n):
    r = [[int(i == j) for j in range(len(m))] for i in range(len(m))]
    while n:
        if n & 1: r = matmul(r, m)
        m = matmul(m, m); n >>= 1
    return r
print(matpow([[1, 1], [1, 0]], 300)[0][1], matpow([[2, 0, 1], [0, 1, 0], [1, 0, 3]], 20)[2])
def solve(board):
    def ok(r, c, v): return all(board[r][i] != v and board[i][c] != v and board[r // 3 * 3 + i // 3][c // 3 * 3 + i % 3] != v for i in range(9))
    best = None
    for r in range(9):
        for c in range(9):
            if board[r][c] == 0:
                cand = [v for v in range(1, 10) if ok(r, c, v)]
                if best is None or len(cand) < len(best[2]): best = (r, c, cand)
    if best is None: return True
    r, c, cand = best
    for v in cand:
        board[r][c] = v
        if solve(board): return True
    board[r][c] = 0
    return False
board = [[int(ch) for ch in row] for row in "530070000 600195000 098000060 800060003 400803001 700020006 060000280 000419005 000080079".split()]
print(solve(board), *("".join(map(str, r)) for r in board))
def perms(xs): return [[]] if not xs else [[x] + p for i, x in enumerate(xs) for p in perms(xs[:i] + xs[i + 1:])]
def subsets(xs): return [[]] if not xs else (lambda r: r + [[xs[0]] + s for s in r])(subsets(xs[1:]))
def hanoi(n, a="A", b="B", c="C"): return 0 if n == 0 else hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a)
def ack(m, n): return n + 1 if m == 0 else ack(m - 1, 1) if n == 0 else ack(m - 1, ack(m, n - 1))
def gcd(a, b): return a if b == 0 else gcd(b, a % b)
print(len(perms([1, 2, 3, 4, 5])), perms("abc")[-1], len(subsets(list(range(10)))), hanoi(12), ack(2, 9), gcd(2 ** 60, 6 ** 20))
def huff(s):
    f = {}
    for ch in s: f[ch] = f.get(ch, 0) + 1
    q = sorted((n, ch, ch) for ch, n in f.items())
    while len(q) > 1:
        (n1, k1, t1), (n2, k2, t2), *q = q
        q.append((n1 + n2, min(k1, k2), (t1, t2))); q.sort(key=lambda e: e[:2])
    codes = {}
    def walk(t, p):
        if isinstance(t, str): codes[t] = p or "0"
        else: walk(t[0], p + "0"); walk(t[1], p + "1")
    walk(q[0][2], ""); return codes
c = huff("the quick brown fox jumps over the lazy dog"); print(sum(len(c[ch]) for ch in "the quick brown fox jumps over the lazy dog"), sorted(c.items())[:5])
def lcs(a, b):
    m = [[""] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b): m[i + 1][j + 1] = m[i][j] + x if x == y else max(m[i][j + 1], m[i + 1][j], key=len)
    return m[-1][-1]
print(lcs("the longest common subsequence", "another one of those sequences"))
def roman(n): return "".join(s * (n // v) or "" for (v, s), n in zip(R, (lambda rem: [rem[0]] + [rem.__setitem__(0, rem[0] % v) or rem[0] for v, _ in R[:-1]])([n])))
R = list(zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), "M CM D CD C XC L XL X IX V IV I".split()))
print([roman(n) for n in (4, 9, 14, 1994, 2024, 3999)])
def collatz_max(n):
    cache = {1: 1}
    for i in range(2, n):
        x, path = i, []
        while x not in cache: path.append(x); x = x // 2 if x % 2 == 0 else 3 * x + 1
        k = cache[x]
        for v in reversed(path): k += 1; cache[v] = k
    return max(range(1, n), key=cache.get)
print(collatz_max(5000))
