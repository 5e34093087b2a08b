//! The exponential function.

use super::coeff::Coeff;
use super::context::{Context, Rounding};
use super::decimal::Decimal;
use super::fixed;

fn length(n: i64) -> i64 {
    n.unsigned_abs().to_string().len() as i64
}

/// Whether a coefficient with an error of less than one can be rounded to so many digits.
pub fn can_round(coeff: &Coeff, prec: i64) -> bool {
    let cut = coeff.digits() - prec - 1;
    let tail = coeff.low_digits(cut.max(0) as usize + 1);
    let half = Coeff::from(5u64).shifted_up(cut.max(0).unsigned_abs());
    !tail.is_zero() && tail != half
}

/// Rounds to even whatever the context says.
pub fn finalize_half_even(result: Decimal, ctx: &mut Context) -> Decimal {
    let rounding = std::mem::replace(&mut ctx.rounding, Rounding::HalfEven);
    let result = result.finalize(ctx);
    ctx.rounding = rounding;
    result
}

/// `e**x` to so many digits, with an error of less than one in the last.
fn approximate(x: &Decimal, digits: i64) -> (Coeff, i64) {
    let places = digits.unsigned_abs() + 8;
    let extra = (x.adjusted() + 1).max(0).unsigned_abs();
    let shift = x.exp + (places + extra) as i64;
    let scaled = if shift >= 0 {
        x.coeff.shifted_up(shift.unsigned_abs())
    } else {
        x.coeff.shifted_down(shift.unsigned_abs()).0
    };
    let unit = fixed::ln10(places + extra);
    let (count, rest) = scaled.divmod(&unit);
    let count = count.to_u64().map_or(i64::MAX / 4, |n| n as i64);
    let (power, rest) = if !x.negative {
        (count, rest)
    } else if rest.is_zero() {
        (-count, rest)
    } else {
        (-count - 1, unit.sub(&rest))
    };
    let value = fixed::exp(&rest.shifted_down(extra).0, places);
    let drop = value.digits() - digits;
    (
        value.shifted_down(drop.max(0).unsigned_abs()).0,
        power - places as i64 + drop.max(0),
    )
}

impl Decimal {
    pub fn exp(&self, ctx: &mut Context) -> Decimal {
        if let Some(nan) = self.nan_result(ctx) {
            return nan;
        }
        if self.is_infinite() {
            return if self.negative {
                Decimal::new(false, Coeff::zero(), 0)
            } else {
                self.clone()
            };
        }
        if self.is_zero() {
            return Decimal::small(1);
        }
        let (p, adjusted) = (ctx.prec, self.adjusted());
        let result = if !self.negative && adjusted > length((ctx.emax + 1).saturating_mul(3)) {
            Decimal::new(false, Coeff::one(), ctx.emax + 1)
        } else if self.negative && adjusted > length((1 - ctx.etiny()).saturating_mul(3)) {
            Decimal::new(false, Coeff::one(), ctx.etiny() - 1)
        } else if !self.negative && adjusted < -p {
            let coeff = Coeff::one().shifted_up(p.unsigned_abs()).incremented();
            Decimal::new(false, coeff, -p)
        } else if self.negative && adjusted < -p - 1 {
            Decimal::new(false, Coeff::nines(p + 1), -p - 1)
        } else {
            let mut digits = p + 4;
            loop {
                let (coeff, exp) = approximate(self, digits);
                if can_round(&coeff, p) {
                    break Decimal::new(false, coeff, exp);
                }
                digits += 6;
            }
        };
        finalize_half_even(result, ctx)
    }
}
