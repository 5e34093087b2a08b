//! Square roots.

use super::coeff::Coeff;
use super::context::{Context, Rounding};
use super::decimal::Decimal;

impl Decimal {
    pub fn sqrt(&self, ctx: &mut Context) -> Decimal {
        if let Some(nan) = self.nan_result(ctx) {
            return nan;
        }
        if self.is_infinite() && !self.negative {
            return self.clone();
        }
        if self.is_zero() {
            let exp = self.exp.div_euclid(2);
            return Decimal::new(self.negative, Coeff::zero(), exp).finalize(ctx);
        }
        if self.negative {
            return Decimal::invalid_operation(ctx);
        }
        let prec = ctx.prec + 1;
        let odd = self.exp & 1 == 1;
        let (mut e, digits) = if odd {
            ((self.exp - 1) >> 1, (self.coeff.digits() >> 1) + 1)
        } else {
            (self.exp >> 1, (self.coeff.digits() + 1) >> 1)
        };
        let coeff = if odd {
            self.coeff.shifted_up(1)
        } else {
            self.coeff.clone()
        };
        let shift = prec - digits;
        let (scaled, mut exact) = if shift >= 0 {
            (coeff.shifted_up(2 * shift.unsigned_abs()), true)
        } else {
            let (q, rest) = coeff.shifted_down(2 * shift.unsigned_abs());
            (q, rest == super::coeff::Rest::Zero)
        };
        e -= shift;
        let mut n = scaled.root();
        exact = exact && n.mul(&n) == scaled;
        if exact {
            if shift >= 0 {
                n = n.shifted_down(shift.unsigned_abs()).0;
            } else {
                n = n.shifted_up(shift.unsigned_abs());
            }
            e += shift;
        } else if matches!(n.digit(0), 0 | 5) {
            n = n.incremented();
        }
        let rounding = std::mem::replace(&mut ctx.rounding, Rounding::HalfEven);
        let result = Decimal::new(false, n, e).finalize(ctx);
        ctx.rounding = rounding;
        result
    }
}
