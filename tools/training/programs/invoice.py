"""Sums of money, rounded as a shop does."""

import decimal
from decimal import Decimal, localcontext

RATES = {"book": Decimal("0.07"), "tool": Decimal("0.19")}


def line_total(price, count, kind):
    net = price * count
    return net + (net * RATES[kind]).quantize(Decimal("0.01"), decimal.ROUND_HALF_UP)


lines = [(Decimal("12.99"), 3, "book"), (Decimal("149.00"), 1, "tool"), (Decimal("0.05"), 200, "tool")]
totals = [line_total(*line) for line in lines]
print(sum(totals), max(totals), f"{sum(totals):,.2f}", totals[0].as_tuple(), -totals[1], abs(Decimal("-3.50")))
with localcontext() as context:
    context.prec = 30
    print(Decimal(2).sqrt(), Decimal(1) / 3, Decimal("1e3").normalize(), Decimal(7) % 3, Decimal(7) // 2, Decimal(2) ** 10)
print(Decimal("3.14") > 3, Decimal(1) == 1, int(Decimal("7.9")), float(Decimal("0.5")), str(Decimal("1E+5")), hash(Decimal(5)))
try:
    Decimal("x")
except decimal.InvalidOperation as error:
    print(error)
