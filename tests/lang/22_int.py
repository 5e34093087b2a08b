def attempt(f, *a, **k):
    try:
        print(f(*a, **k))
    except Exception as e:
        print(type(e).__name__ + ":", e)
print(int(), int("12"), int(" -12 \n"), int("1_000"), int("ff", 16), int("0xff", 16), int("0b101", 0), int("0o17", 0), int("z", 36), int("١٢"), int(b"42"), int(bytearray(b"7")), int(3.99), int(-3.99), int(True), int(1e20))
for a in (("",), ("x",), ("1__0",), ("_1",), ("12", 1), ("12", 37), ("9", 8), ("0b2", 0), ("012", 0), (None,), ([],), (1.5, 2), ("1.5",), (float("nan"),), (float("inf"),), ("1 2",), (b"\xff",), ("1", "2"), ("é",), ("5" * 200 + "x",)):
    attempt(int, *a)
attempt(int, x=1)
attempt(int, "1", base=2)
print((5).bit_length(), (0).bit_length(), (-256).bit_length(), (2 ** 100).bit_length(), (255).bit_count(), (-7).bit_count(), (2 ** 100 - 1).bit_count())
print((258).to_bytes(2), (258).to_bytes(4, "little"), (-2).to_bytes(2, "big", signed=True), (0).to_bytes(0), (5).to_bytes(), (2 ** 80).to_bytes(11), int.from_bytes(b"\x01\x02"), int.from_bytes(b"\x01\x02", "little"), int.from_bytes(b"\xff\xfe", signed=True), int.from_bytes([1, 2, 3]), int.from_bytes(b""))
attempt((256).to_bytes, 1)
attempt((-1).to_bytes, 1)
attempt((1).to_bytes, -1)
attempt((1).to_bytes, 1, "middle")
attempt(int.from_bytes, "str")
attempt(int.from_bytes, [300])
print((7).conjugate(), (7).real, (7).imag, (7).numerator, (7).denominator, (6).as_integer_ratio(), (5).is_integer(), (5).__index__(), (5).__ceil__(), (-5).__abs__())
print(hex(255), hex(-255), oct(8), bin(5), bin(-5), hex(2 ** 100), bin(2 ** 40), oct(-2 ** 65), hex(0))
print(abs(-5), abs(-2 ** 70), divmod(17, 5), divmod(-17, 5), divmod(17, -5), divmod(2 ** 70, 10 ** 9), pow(3, 4), pow(3, 4, 5), pow(3, -1, 7), pow(2, 1000, 10 ** 9 + 7), pow(-3, 3, 7), pow(3, 3, -7))
print(round(12345, -2), round(15, -1), round(25, -1), round(-15, -1), round(5), round(5, 3), round(10 ** 20 + 51, -2))
print(str(2 ** 200), repr(-2 ** 64), f"{2 ** 64:,}", f"{-2 ** 64:_x}", f"{12345:>10}", f"{12345:010,d}", f"{0:+}", f"{5: }")
print(10 ** 18, 10 ** 19, -10 ** 18 - 1, 999999999999999999 + 1, 2 ** 62, 2 ** 62 + 2 ** 62, -(2 ** 62) * 2, 4611686018427387904 - 1)
for n in (2 ** 30 - 1, 2 ** 30, 2 ** 31, 2 ** 49 - 1, 2 ** 49, 2 ** 53, 2 ** 60, 2 ** 62, 2 ** 63, 2 ** 64, 2 ** 90, 2 ** 120):
    m = -n
    print(n + 1, m - 1, n * n, n * m, n - 1 + m, n // 7, m // 7, n % 7, m % 7, n % -7, -n >> 3, n << 3, n & m, n | m, n ^ m, ~n, n == float(n), hash(n), hash(m))
a, b = 123456789123456789123456789, -987654321987654321
print(a + b, a - b, a * b, a // b, a % b, b // a, b % a, a & b, a | b, a ^ b, a >> 40, b >> 40, b << 40, ~b, a ** 3, divmod(a, b), divmod(b, a))
f = 1
for i in range(1, 101):
    f *= i
print(f)
print(len(str(f)), sum(map(int, str(f))), f % (10 ** 9 + 7), f // 10 ** 140)
x, y = 2 ** 521 - 1, 2 ** 607 - 1
print(x * y % 10 ** 20, x * y // x == y, (x * y) % x, pow(3, x - 1, x) == 1, (x + y) ** 2 == x * x + 2 * x * y + y * y)
big = int("1234567890" * 100)
print(big % 997, str(big) == "1234567890" * 100, big // 10 ** 990, len(hex(big)), int(hex(big), 16) == big, int(bin(big), 2) == big, int(oct(big), 8) == big)
attempt(int, "9" * 5000)
attempt(lambda: len(str(10 ** 5000)))
print(len(hex(10 ** 5000)))
import sys
print(sys.get_int_max_str_digits(), sys.int_info.bits_per_digit, sys.int_info.default_max_str_digits, sys.maxsize)
sys.set_int_max_str_digits(0)
print(len(str(7 ** 10000)), str(7 ** 10000)[:30], int("3" * 6000) % 1000007)
import math
print(math.gcd(2 ** 100, 6 ** 50) == 2 ** 50, math.lcm(4, 6), math.isqrt(10 ** 40), math.isqrt(2 ** 101), math.factorial(25), math.comb(60, 30), math.perm(10, 3), math.gcd(), math.gcd(-4, 6))
attempt(math.isqrt, -1)
attempt(math.factorial, -1)
attempt(math.factorial, 1.5)
print(1 .__add__(2), (1).__add__(1.5), (1).__radd__(2), int.__add__(1, 2), (3).__truediv__(2), (3).__rpow__(2), (5).__divmod__(3), (1).__eq__("a"), (1).__lt__(2.0))
attempt(int.__add__, "a", 1)
attempt(int.__add__)
attempt(int.bit_length, "a")
print(type(5 + True), True + True, type(True & False), True & 1, ~0, -True, +True, True // 1, int.__bool__(0), bool(2 ** 100), True == 1, str(True), repr(False), f"{True}", f"{True:d}", int(True), True.real, True.bit_length(), (True).numerator)
attempt(lambda: bool("x", "y"))
attempt(lambda: bool(x=1))
print(-7 // 2, 7 // -2, -7 % 3, 7 % -3, -7 / 2, -1 // 10 ** 20, 1 // -10 ** 20, -1 % 10 ** 20, 1 % -10 ** 20, 0 // -5, 0 % -5, (-2 ** 63) // -1, -2 ** 63 % -1)
print(1 << 0, 1 << 63, 1 << 64, -1 << 64, 1 >> 1000, -1 >> 1000, 0 << 10 ** 6, 2 ** 100 >> 99, -2 ** 100 >> 101, -(2 ** 100 + 1) >> 100)
print(2 ** 0, 0 ** 0, (-2) ** 3, (-2) ** 2, 2 ** -2, (-8) ** (1 / 3), 10 ** -3, (-1) ** 10 ** 6, 2 ** True)
print(3 == 3.0, 2 ** 53 == float(2 ** 53), 2 ** 53 + 1 == float(2 ** 53), 2 ** 53 + 1 > float(2 ** 53), 10 ** 400 > float("inf"), 10 ** 400 < float("inf"), 3 < float("nan"), -10 ** 400 < float("-inf"))
print(float(2 ** 53 + 1), float(2 ** 60 + 2 ** 7), float(10 ** 22), float(10 ** 23), (2 ** 54 + 2) / 1, (2 ** 1024 - 1) // 2 ** 971, 10 ** 30 / 10 ** 10, 1 / 3 ** 100)
attempt(float, 2 ** 1024)
attempt(lambda: 2 ** 2000 / 3)
print(5 .real, 0xDEADBEEF, 0B11, 0O7, 1_0_0, 0_0, 00, type(0xF))
print(sorted([5, -3, 2 ** 70, True, 0, -2 ** 70]), max(1, 2.0), max(2, 2.0), min(True, 1), sum([2 ** 62, 2 ** 62, 1.5]), sum([1, 2 ** 63, -2 ** 63]))
