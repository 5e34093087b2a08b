def attempt(f, *a, **k):
    try:
        print(f(*a, **k))
    except Exception as e:
        print(type(e).__name__ + ":", e)
print(1j, 1 + 2j, -1j, 0j, -0j, 1 - 0j, complex(1, -0.0), complex(-0.0, 1), complex(0, float("nan")), complex(float("inf"), -1), 1e20j, 1.5j, 1e-5j, 5j.real, 5j.imag, (1 + 2j).conjugate())
print(complex(), complex(1), complex(1, 2), complex("1+2j"), complex(" ( 1-2j ) ") if False else complex("(1-2j)"), complex("j"), complex("-j"), complex("1e3"), complex("1e3+1e-3j"), complex("inf"), complex("nanj"), complex(real=1, imag=2), complex(1.5), complex(imag=3), complex(2j), complex(True), complex("1_0+2j"))
for a in (("",), ("x",), ("1+",), ("1 + 2j",), ("1+2",), ("1jj",), (None,), ("1", 2), (1, "2"), ([],), ("(1",)):
    attempt(complex, *a)
a, b = 3 + 4j, 1 - 2j
print(a + b, a - b, a * b, a / b, a ** 2, a ** b, a ** 0, a ** -1, a ** 0.5, abs(a), -a, +a, a == 3 + 4j, a != b, a == 3, 3 + 0j == 3, hash(3 + 0j) == hash(3), hash(1 + 2j) == hash(1 + 2j), bool(0j), bool(1j))
print(a + 1, 1 + a, a - 1.5, 1.5 - a, a * 2, 2 * a, a / 2, 2 / a, 2 ** a, a * 1j, 1j ** 2, 1j ** 1j, (-1) ** 0.5, 0j ** 0, 0j ** 2)
for t in ("1j < 2", "1j // 1", "1j % 1", "divmod(1j, 1)", "1j / 0", "0j ** -1", "int(1j)", "float(1j)", "round(1j)", "abs('x')", "1j + 'a'", "1j < 1j", "1j >= 1", "pow(1j, 2, 3)", "(1e200 + 1j) ** 2", "abs(complex(1e308, 1e308))", "hex(1j)", "range(1j)", "[1][1j]"):
    attempt(eval, t)
for spec in ("", ".2f", "10.1f", "<12", ">20.2e", "g", "+.1f", ",.1f", "=5", "05", "d", "s", "%", ".3"):
    attempt(format, 1234.5 - 2.25j, spec)
print(repr(complex(1, float("inf"))), complex("1+infj"), complex(float("nan"), float("nan")), str(1 + 1j), "%s" % (1j,), f"{1j}", [1j])
import cmath
print(cmath.sqrt(-1), cmath.phase(-1), cmath.polar(1j), cmath.rect(1, 0), cmath.exp(0), cmath.log(1), cmath.isnan(complex(float("nan"), 0)), cmath.isinf(1j), cmath.isfinite(1j), cmath.isclose(1j, 1j + 1e-12), cmath.sqrt(3 + 4j), cmath.cos(0), cmath.sin(0), cmath.atan(0), cmath.pi, cmath.infj)
attempt(cmath.log, 0)
attempt(cmath.sqrt, "x")
class C:
    def __complex__(self): return 1 + 2j
class F:
    def __float__(self): return 2.5
class I:
    def __index__(self): return 4
print(complex(C()), complex(F()), complex(I()), complex(F(), I()), complex.from_number(3), complex.from_number(C()))
class Sub(complex): pass
s = Sub(1, 2)
print(s, type(s).__name__, type(s + 1).__name__, type(+s).__name__, s == 1 + 2j, s.real)
attempt(setattr, 1j, "real", 5)
print((1 + 2j).__add__(1), (1j).__eq__("a"), (1j).__lt__(1), (1j).__getnewargs__(), (1 + 2j).__complex__(), (2j).__pow__(2), (1j).__radd__(1))
print((1 + 0j) == True, {1: "a"}[1 + 0j], sum([1j, 2, 3.5]), sorted([3j, 1j], key=abs), 1j in [1j], complex(0.1, 0.2), 1j * float("inf"), (1 + 1j) * (1 - 1j))
