//! Sums and differences.

use super::coeff::Coeff;
use super::context::{Context, Rounding};
use super::decimal::Decimal;
use super::nan::nan_of;

/// Brings two numbers that are not zero to one exponent. One that is too small to matter
/// becomes a digit below the last that does.
fn aligned(a: &Decimal, b: &Decimal, prec: i64) -> (Coeff, Coeff, i64) {
    let (high, low, swapped) = if a.exp < b.exp {
        (b, a, true)
    } else {
        (a, b, false)
    };
    let high_len = high.coeff.digits();
    let least = high.exp + (high_len - prec - 2).min(-1);
    let (low_coeff, low_exp) = if low.coeff.digits() + low.exp - 1 < least {
        (Coeff::one(), least)
    } else {
        (low.coeff.clone(), low.exp)
    };
    let shift = high.exp - low_exp;
    let high_coeff = high.coeff.shifted_up(shift.unsigned_abs());
    if swapped {
        (low_coeff, high_coeff, low_exp)
    } else {
        (high_coeff, low_coeff, low_exp)
    }
}

impl Decimal {
    pub fn add(&self, other: &Decimal, ctx: &mut Context) -> Decimal {
        self.sum(other, other.negative, ctx)
    }

    pub fn sub(&self, other: &Decimal, ctx: &mut Context) -> Decimal {
        self.sum(other, !other.negative, ctx)
    }

    /// The sum with a number whose sign is given.
    fn sum(&self, other: &Decimal, other_negative: bool, ctx: &mut Context) -> Decimal {
        if !self.is_finite() || !other.is_finite() {
            return self.special_sum(other, other_negative, ctx);
        }
        let (a, b) = (self, other);
        if a.exp == b.exp && !a.coeff.is_zero() && !b.coeff.is_zero() {
            return combine(&a.coeff, a.negative, &b.coeff, other_negative, a.exp, ctx);
        }
        let exp = a.exp.min(b.exp);
        let zero_negative = ctx.rounding == Rounding::Floor && a.negative != other_negative;
        match (a.coeff.is_zero(), b.coeff.is_zero()) {
            (true, true) => {
                let negative = (a.negative && other_negative) || zero_negative;
                Decimal::new(negative, Coeff::zero(), exp).finalize(ctx)
            }
            (true, false) => {
                let exp = exp.max(b.exp - ctx.prec - 1);
                b.with_sign(other_negative)
                    .rescaled(exp, ctx.rounding)
                    .0
                    .finalize(ctx)
            }
            (false, true) => {
                let exp = exp.max(a.exp - ctx.prec - 1);
                a.rescaled(exp, ctx.rounding).0.finalize(ctx)
            }
            (false, false) => {
                let (x, y, exp) = aligned(a, b, ctx.prec);
                combine(&x, a.negative, &y, other_negative, exp, ctx)
            }
        }
    }

    #[cold]
    fn special_sum(&self, other: &Decimal, other_negative: bool, ctx: &mut Context) -> Decimal {
        if let Some(nan) = nan_of(self, other, ctx) {
            return nan;
        }
        if self.is_infinite() {
            if other.is_infinite() && self.negative != other_negative {
                return Decimal::invalid_operation(ctx);
            }
            return self.clone();
        }
        Decimal::infinity(other_negative)
    }
}

fn combine(
    a: &Coeff,
    a_negative: bool,
    b: &Coeff,
    b_negative: bool,
    exp: i64,
    ctx: &mut Context,
) -> Decimal {
    let result = if a_negative == b_negative {
        Decimal::new(a_negative, a.add(b), exp)
    } else {
        match a.cmp(b) {
            std::cmp::Ordering::Equal => {
                Decimal::new(ctx.rounding == Rounding::Floor, Coeff::zero(), exp)
            }
            std::cmp::Ordering::Greater => Decimal::new(a_negative, a.sub(b), exp),
            std::cmp::Ordering::Less => Decimal::new(b_negative, b.sub(a), exp),
        }
    };
    result.finalize(ctx)
}
