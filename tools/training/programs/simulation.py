"""A simulation of queues: random numbers, heaps, floats, matrices, plain loops."""

import bisect
import cmath
import heapq
import itertools
import math
import random
import statistics
from collections import deque
from fractions import Fraction

source = random.Random(7)


def arrivals(rate, until):
    now = 0.0
    while (now := now + source.expovariate(rate)) < until:
        yield now


waiting, served, times = deque(), [], []
events = [(at, number) for number, at in enumerate(arrivals(0.8, 60))]
heapq.heapify(events)
while events:
    at, number = heapq.heappop(events)
    waiting.append(number)
    if len(waiting) > 3 or not events:
        served.append(waiting.popleft())
        bisect.insort(times, at)
    if number % 5 == 0 and at < 50:
        heapq.heappush(events, (at + 10.5, number + 1001))
print(len(served), round(statistics.fmean(times), 3), statistics.quantiles(times, n=4)[0] > 0, heapq.nsmallest(2, times), heapq.nlargest(1, served))


def product(a, b):
    return [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a]


grid = [[math.sin(i * j) for j in range(6)] for i in range(6)]
for _ in range(3):
    grid = product(grid, grid)
print(math.fsum(map(sum, grid)) < 1e9, math.hypot(3, 4), math.gcd(12, 18), math.isqrt(99), math.comb(9, 3), math.factorial(20), cmath.sqrt(-1), (1 + 2j) * (3 - 1j), abs(3 + 4j))
sieve = bytearray([1]) * 400
for i in range(2, 20):
    if sieve[i]:
        sieve[i * i :: i] = bytes(len(sieve[i * i :: i]))
primes = [i for i in range(2, 400) if sieve[i]]
print(primes[-3:], pow(3, 100, 7), 2**127 - 1, (10**40 + 7) // 3**20 % 1000, Fraction(1, 3) + Fraction(2, 5), divmod(-7, 2), round(2.5), 7.0 // 2, 1e16 + 1, float("inf") > 1, int("ff", 16), hex(255), bin(5), f"{1234567.891:,.1f}")
choices = source.choices("abc", [1, 2, 3], k=5), source.sample(range(100), 3), source.gauss(0, 1) < 9, source.randint(1, 6), source.choice("xyz"), source.uniform(1, 2) < 3
source.shuffle(primes)
print(choices, sorted(primes)[:2], list(itertools.permutations("abc", 2))[:2], list(itertools.accumulate([1, 2, 3])), list(itertools.combinations(range(4), 2))[-1], next(itertools.cycle("ab")), *itertools.starmap(pow, [(2, 3)]), list(itertools.takewhile(lambda x: x < 3, itertools.count())), list(itertools.pairwise("abc")), list(itertools.batched("abcde", 2)))
