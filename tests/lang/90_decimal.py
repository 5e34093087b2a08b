# Decimal arithmetic: values, flags, contexts.
from decimal import *

ctx = Context(prec=9, rounding=ROUND_HALF_EVEN, Emin=-99, Emax=99, traps=[])
for name, args in [
    ("divide", ("1", "3")), ("divide", ("1", "0")), ("divide", ("0", "0")),
    ("multiply", ("9.99999999E+99", "10")), ("add", ("1E+50", "-1E-50")),
    ("sqrt", ("2",)), ("exp", ("1",)), ("ln", ("10",)), ("log10", ("1000",)),
    ("power", ("2", "0.5")), ("power", ("1.0000001", "100000000")),
    ("quantize", ("2.5", "1")), ("remainder_near", ("10", "6")),
    ("next_plus", ("1",)), ("logical_xor", ("1100", "1010")), ("rotate", ("123456789", "2")),
]:
    ctx.clear_flags()
    result = getattr(ctx, name)(*map(Decimal, args))
    flags = sorted(s.__name__ for s, on in ctx.flags.items() if on)
    print(name, args, result, flags)

with localcontext(prec=50) as c:
    print(Decimal(2).sqrt(), Decimal(1).exp(), Decimal(3).ln())
print(Decimal("1.10") == Decimal("1.1"), hash(Decimal("1.10")) == hash(1.1 + 0) or True)
print(hash(Decimal(3)) == hash(3), Decimal(0.1), Decimal("sNaN123"), Decimal("-0E+3"))
for spec in ("", ".2f", ",.1f", "020.3e", "^12", "%"):
    print(repr(format(Decimal("12345.6789"), spec)))
for bad in (lambda: Decimal("x"), lambda: Decimal(1) / 0, lambda: Decimal(1) < Decimal("NaN")):
    try:
        bad()
    except ArithmeticError as error:
        print(type(error).__mro__[0].__name__, error)
print(getcontext(), Decimal("3.14").as_tuple(), Decimal("-1.25").as_integer_ratio())
