//! Integers near a number.

use super::coeff::Rest;
use super::context::{Context, status};
use super::decimal::Decimal;

impl Decimal {
    /// Rounds to an integer; an exact one tells whether it was one already.
    pub fn to_integral(&self, ctx: &mut Context, exact: bool) -> Decimal {
        if let Some(nan) = self.nan_result(ctx) {
            return nan;
        }
        if self.is_infinite() || self.exp >= 0 {
            return self.clone();
        }
        let (result, rest) = self.rescaled(0, ctx.rounding);
        if exact && !self.is_zero() {
            ctx.add(status::ROUNDED);
            if rest != Rest::Zero {
                ctx.add(status::INEXACT);
            }
        }
        result
    }

    /// The exponent of the first digit, as a number.
    pub fn logb(&self, ctx: &mut Context) -> Decimal {
        if let Some(nan) = self.nan_result(ctx) {
            return nan;
        }
        if self.is_infinite() {
            return Decimal::infinity(false);
        }
        if self.is_zero() {
            ctx.add(status::DIVISION_BY_ZERO);
            return Decimal::infinity(true);
        }
        Decimal::small(self.adjusted()).finalize(ctx)
    }

    /// `self * 10**other`.
    pub fn scaleb(&self, other: &Decimal, ctx: &mut Context) -> Decimal {
        if let Some(nan) = super::nan::nan_of(self, other, ctx) {
            return nan;
        }
        if !other.is_finite() || other.exp != 0 {
            return Decimal::invalid_operation(ctx);
        }
        let limit = 2 * (ctx.emax + ctx.prec);
        let Some(by) = other.to_i64().filter(|n| n.abs() <= limit) else {
            return Decimal::invalid_operation(ctx);
        };
        if self.is_infinite() {
            return self.clone();
        }
        let exp = (self.exp + by).clamp(-(1 << 62), 1 << 62);
        Decimal {
            exp,
            ..self.clone()
        }
        .finalize(ctx)
    }
}
