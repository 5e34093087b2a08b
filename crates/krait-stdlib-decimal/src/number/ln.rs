//! Logarithms.

use super::coeff::Coeff;
use super::context::{Context, status};
use super::decimal::Decimal;
use super::exp::{can_round, finalize_half_even};
use super::fixed;

/// A natural logarithm in fixed point: whether it is negative, and its size.
fn approximate(x: &Decimal, places: u64) -> (bool, Coeff) {
    let digits = x.coeff.digits();
    let shift = places as i64 - (digits - 1);
    let m = if shift >= 0 {
        x.coeff.shifted_up(shift.unsigned_abs())
    } else {
        x.coeff.shifted_down(shift.unsigned_abs()).0
    };
    let mantissa = fixed::ln(&m, places);
    let exponent = x.adjusted();
    let extra = 20;
    let whole = fixed::ln10(places + extra)
        .mul(&Coeff::from(exponent.unsigned_abs()))
        .shifted_down(extra)
        .0;
    if exponent >= 0 {
        return (false, mantissa.add(&whole));
    }
    if whole >= mantissa {
        (true, whole.sub(&mantissa))
    } else {
        (false, mantissa.sub(&whole))
    }
}

impl Decimal {
    /// The exponent that the logarithm has at least: below zero where the number is near
    /// one.
    fn least_log_exponent(&self) -> i64 {
        match self.adjusted() {
            0 | -1 => {
                let mut wide = Context::exact();
                let distance = self.sub(&Decimal::small(1), &mut wide);
                distance.adjusted() - 1
            }
            _ => -1,
        }
    }

    /// Rounds a logarithm that `compute` gives for a number of places.
    fn logarithm(
        &self,
        ctx: &mut Context,
        compute: impl Fn(&Decimal, u64) -> (bool, Coeff),
    ) -> Decimal {
        let mut places = ctx.prec - self.least_log_exponent().min(0) + 6;
        loop {
            let guard = 5;
            let (negative, value) = compute(self, places.unsigned_abs() + guard);
            let coeff = value.shifted_down(guard).0;
            if coeff.digits() > ctx.prec && can_round(&coeff, ctx.prec) {
                let result = Decimal::new(negative, coeff, -places);
                return finalize_half_even(result, ctx);
            }
            places += 10;
        }
    }

    /// What the logarithms of special values have in common.
    fn special_log(&self, ctx: &mut Context) -> Option<Decimal> {
        if let Some(nan) = self.nan_result(ctx) {
            return Some(nan);
        }
        if self.is_zero() {
            return Some(Decimal::infinity(true));
        }
        if self.is_infinite() && !self.negative {
            return Some(Decimal::infinity(false));
        }
        self.negative.then(|| Decimal::invalid_operation(ctx))
    }

    pub fn ln(&self, ctx: &mut Context) -> Decimal {
        if let Some(result) = self.special_log(ctx) {
            return result;
        }
        if self.order(&Decimal::small(1)).is_eq() {
            return Decimal::new(false, Coeff::zero(), 0);
        }
        self.logarithm(ctx, approximate)
    }

    pub fn log10(&self, ctx: &mut Context) -> Decimal {
        if let Some(result) = self.special_log(ctx) {
            return result;
        }
        let zeros = self.coeff.trailing_zeros() as i64;
        if zeros == self.coeff.digits() - 1 && self.coeff.digit(zeros as usize) == 1 {
            let exponent = self.exp + zeros;
            return finalize_half_even(Decimal::small(exponent), ctx);
        }
        self.logarithm(ctx, |x, places| {
            let (negative, value) = approximate(x, places + 3);
            let unit = fixed::ln10(places + 3);
            let scaled = value.shifted_up(places + 3).divmod(&unit).0;
            (negative, scaled.shifted_down(3).0)
        })
    }

    /// The exponent that the decimal logarithm of a number has at least.
    pub fn log10_bound(&self) -> i64 {
        let length = |n: i64| n.unsigned_abs().to_string().len() as i64;
        match self.adjusted() {
            n @ 1.. => length(n) - 1,
            n @ ..=-2 => length(-1 - n) - 1,
            _ => self.least_log_exponent(),
        }
    }
}

/// The flags that an inexact result sets.
pub const INEXACT: u32 = status::INEXACT | status::ROUNDED;
