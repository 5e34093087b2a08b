//! The neighbours of a number.

use super::coeff::Coeff;
use super::context::{Context, Rounding, status};
use super::decimal::Decimal;
use super::nan::nan_of;

impl Decimal {
    /// The next number above or below.
    pub fn next(&self, ctx: &mut Context, up: bool) -> Decimal {
        if let Some(nan) = self.nan_result(ctx) {
            return nan;
        }
        if self.is_infinite() {
            if self.negative != up {
                return self.clone();
            }
            return Decimal::new(self.negative, Coeff::nines(ctx.prec), ctx.etop());
        }
        let rounding = if up {
            Rounding::Ceiling
        } else {
            Rounding::Floor
        };
        let mut work = Context {
            rounding,
            status: 0,
            traps: 0,
            ..*ctx
        };
        let rounded = self.clone().finalize(&mut work);
        if rounded.is_infinite() || rounded.order(self).is_ne() {
            return rounded;
        }
        let tiny = Decimal::new(!up, Coeff::one(), ctx.etiny() - 1);
        self.add(&tiny, &mut work)
    }

    /// The neighbour in the direction of another number.
    pub fn next_toward(&self, other: &Decimal, ctx: &mut Context) -> Decimal {
        if let Some(nan) = nan_of(self, other, ctx) {
            return nan;
        }
        let order = self.order(other);
        if order.is_eq() {
            return self.with_sign(other.negative);
        }
        let result = self.next(ctx, order.is_lt());
        if result.is_infinite() {
            ctx.add(status::OVERFLOW | status::INEXACT | status::ROUNDED);
        } else if result.is_zero() || result.adjusted() < ctx.emin {
            ctx.add(status::UNDERFLOW | status::SUBNORMAL | status::INEXACT | status::ROUNDED);
            if result.is_zero() {
                ctx.add(status::CLAMPED);
            }
        }
        result
    }
}
