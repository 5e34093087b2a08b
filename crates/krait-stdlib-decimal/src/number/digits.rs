//! Digits moved within the precision.

use super::context::Context;
use super::decimal::Decimal;
use super::nan::nan_of;

/// The number of places, if it is one.
fn places(other: &Decimal, ctx: &Context) -> Option<i64> {
    if !other.is_finite() || other.exp != 0 {
        return None;
    }
    other.to_i64().filter(|n| n.abs() <= ctx.prec)
}

impl Decimal {
    pub fn shift(&self, other: &Decimal, ctx: &mut Context) -> Decimal {
        self.moved(other, ctx, false)
    }

    pub fn rotate(&self, other: &Decimal, ctx: &mut Context) -> Decimal {
        self.moved(other, ctx, true)
    }

    fn moved(&self, other: &Decimal, ctx: &mut Context, around: bool) -> Decimal {
        if let Some(nan) = nan_of(self, other, ctx) {
            return nan;
        }
        let Some(by) = places(other, ctx) else {
            return Decimal::invalid_operation(ctx);
        };
        if self.is_infinite() {
            return self.clone();
        }
        let prec = ctx.prec.unsigned_abs() as usize;
        let own = if self.coeff.digits() > ctx.prec {
            self.coeff.low_digits(prec)
        } else {
            self.coeff.clone()
        };
        let coeff = if around {
            let by = by.rem_euclid(ctx.prec).unsigned_abs();
            let low = own.low_digits(prec - by as usize);
            let high = own.shifted_down(ctx.prec.unsigned_abs() - by).0;
            low.shifted_up(by).add(&high)
        } else if by < 0 {
            own.shifted_down(by.unsigned_abs()).0
        } else {
            own.low_digits(prec - by as usize)
                .shifted_up(by.unsigned_abs())
        };
        Decimal {
            coeff,
            ..self.clone()
        }
    }
}
