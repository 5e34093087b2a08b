//! Quotients and remainders.

use super::coeff::Coeff;
use super::context::{Context, Rounding, status};
use super::decimal::Decimal;
use super::nan::nan_of;

/// Quotients that fill a precision up to here are tried.
const LARGEST_PREC: i64 = 1 << 29;

impl Decimal {
    pub fn div(&self, other: &Decimal, ctx: &mut Context) -> Decimal {
        let negative = self.negative != other.negative;
        if !self.is_finite() || !other.is_finite() {
            if let Some(nan) = nan_of(self, other, ctx) {
                return nan;
            }
            if self.is_infinite() {
                if other.is_infinite() {
                    return Decimal::invalid_operation(ctx);
                }
                return Decimal::infinity(negative);
            }
            ctx.add(status::CLAMPED);
            return Decimal::new(negative, Coeff::zero(), ctx.etiny());
        }
        if other.is_zero() {
            if self.is_zero() {
                return Decimal::invalid(ctx, status::DIVISION_UNDEFINED);
            }
            ctx.add(status::DIVISION_BY_ZERO);
            return Decimal::infinity(negative);
        }
        let exp = self.exp - other.exp;
        if self.is_zero() {
            return Decimal::new(negative, Coeff::zero(), exp).finalize(ctx);
        }
        self.quotient(other, negative, exp, ctx).finalize(ctx)
    }

    /// The quotient of two numbers that are not zero, to a digit more than is needed; the
    /// last digit tells of what is left out.
    fn quotient(&self, other: &Decimal, negative: bool, ideal: i64, ctx: &Context) -> Decimal {
        let (own, others) = (self.coeff.digits(), other.coeff.digits());
        // With more precision than fits memory only exact results are to be had. They have
        // no more digits than the dividend and the divisor's reciprocal together.
        let limited = ctx.prec > LARGEST_PREC;
        let prec = if limited {
            (own + 4 * others).min(ctx.prec)
        } else {
            ctx.prec
        };
        let shift = others - own + prec + 1;
        let (mut quotient, rest, mut exp) = if shift >= 0 {
            let dividend = self.coeff.shifted_up(shift.unsigned_abs());
            let (q, r) = dividend.divmod(&other.coeff);
            (q, r, ideal - shift)
        } else {
            let divisor = other.coeff.shifted_up(shift.unsigned_abs());
            let (q, r) = self.coeff.divmod(&divisor);
            (q, r, ideal - shift)
        };
        if !rest.is_zero() && limited {
            krait_object::errors::out_of_memory();
        }
        if !rest.is_zero() {
            if matches!(quotient.digit(0), 0 | 5) {
                quotient = quotient.incremented();
            }
        } else if exp < ideal {
            // An exact result comes as near to the ideal exponent as it can.
            let zeros = (quotient.trailing_zeros() as i64).min(ideal - exp);
            quotient = quotient.shifted_down(zeros.unsigned_abs()).0;
            exp += zeros;
        }
        Decimal::new(negative, quotient, exp)
    }

    /// Integer quotient and remainder of finite numbers, the divisor not zero; `None` where
    /// the quotient has more digits than the context.
    fn divmod_finite(&self, other: &Decimal, ctx: &Context) -> Option<(Decimal, Decimal)> {
        let negative = self.negative != other.negative;
        let exp = self.exp.min(other.exp);
        let distance = self.adjusted() - other.adjusted();
        if self.is_zero() || distance <= -2 {
            let rest = if self.is_zero() {
                Decimal::new(self.negative, Coeff::zero(), exp)
            } else {
                self.rescaled(exp, ctx.rounding).0
            };
            return Some((Decimal::new(negative, Coeff::zero(), 0), rest));
        }
        if distance > ctx.prec {
            return None;
        }
        let a = self.coeff.shifted_up((self.exp - exp).unsigned_abs());
        let b = other.coeff.shifted_up((other.exp - exp).unsigned_abs());
        let (quotient, rest) = a.divmod(&b);
        if quotient.digits() > ctx.prec {
            return None;
        }
        Some((
            Decimal::new(negative, quotient, 0),
            Decimal::new(self.negative, rest, exp),
        ))
    }

    pub fn divmod(&self, other: &Decimal, ctx: &mut Context) -> (Decimal, Decimal) {
        if let Some(nan) = nan_of(self, other, ctx) {
            return (nan.clone(), nan);
        }
        let negative = self.negative != other.negative;
        if self.is_infinite() {
            if other.is_infinite() {
                let nan = Decimal::invalid_operation(ctx);
                return (nan.clone(), nan);
            }
            let nan = Decimal::invalid_operation(ctx);
            return (Decimal::infinity(negative), nan);
        }
        if other.is_zero() {
            if self.is_zero() {
                let nan = Decimal::invalid(ctx, status::DIVISION_UNDEFINED);
                return (nan.clone(), nan);
            }
            ctx.add(status::DIVISION_BY_ZERO | status::INVALID_OPERATION);
            return (Decimal::infinity(negative), Decimal::nan());
        }
        if other.is_infinite() {
            let zero = Decimal::new(negative, Coeff::zero(), 0);
            return (zero, self.clone().finalize(ctx));
        }
        match self.divmod_finite(other, ctx) {
            Some((quotient, rest)) => (quotient, rest.finalize(ctx)),
            None => {
                let nan = Decimal::invalid(ctx, status::DIVISION_IMPOSSIBLE);
                (nan.clone(), nan)
            }
        }
    }

    pub fn div_int(&self, other: &Decimal, ctx: &mut Context) -> Decimal {
        if let Some(nan) = nan_of(self, other, ctx) {
            return nan;
        }
        let negative = self.negative != other.negative;
        if self.is_infinite() {
            if other.is_infinite() {
                return Decimal::invalid_operation(ctx);
            }
            return Decimal::infinity(negative);
        }
        if other.is_zero() {
            if self.is_zero() {
                return Decimal::invalid(ctx, status::DIVISION_UNDEFINED);
            }
            ctx.add(status::DIVISION_BY_ZERO);
            return Decimal::infinity(negative);
        }
        if other.is_infinite() {
            return Decimal::new(negative, Coeff::zero(), 0);
        }
        match self.divmod_finite(other, ctx) {
            Some((quotient, _)) => quotient,
            None => Decimal::invalid(ctx, status::DIVISION_IMPOSSIBLE),
        }
    }

    /// The rest of a division that needs none: of NaNs, infinities and by zero.
    fn special_rest(&self, other: &Decimal, ctx: &mut Context) -> Option<Decimal> {
        if let Some(nan) = nan_of(self, other, ctx) {
            return Some(nan);
        }
        if self.is_infinite() || (other.is_zero() && !self.is_zero()) {
            return Some(Decimal::invalid_operation(ctx));
        }
        if other.is_zero() {
            return Some(Decimal::invalid(ctx, status::DIVISION_UNDEFINED));
        }
        other.is_infinite().then(|| self.clone().finalize(ctx))
    }

    pub fn rem(&self, other: &Decimal, ctx: &mut Context) -> Decimal {
        if let Some(special) = self.special_rest(other, ctx) {
            return special;
        }
        match self.divmod_finite(other, ctx) {
            Some((_, rest)) => rest.finalize(ctx),
            None => Decimal::invalid(ctx, status::DIVISION_IMPOSSIBLE),
        }
    }

    /// `self - n * other` for the integer `n` nearest to the quotient.
    pub fn rem_near(&self, other: &Decimal, ctx: &mut Context) -> Decimal {
        if let Some(special) = self.special_rest(other, ctx) {
            return special;
        }
        let exp = self.exp.min(other.exp);
        if self.is_zero() {
            return Decimal::new(self.negative, Coeff::zero(), exp).finalize(ctx);
        }
        let distance = self.adjusted() - other.adjusted();
        if distance > ctx.prec {
            return Decimal::invalid(ctx, status::DIVISION_IMPOSSIBLE);
        }
        if distance <= -2 {
            return self.rescaled(exp, Rounding::HalfEven).0.finalize(ctx);
        }
        let a = self.coeff.shifted_up((self.exp - exp).unsigned_abs());
        let b = other.coeff.shifted_up((other.exp - exp).unsigned_abs());
        let (mut quotient, mut rest) = a.divmod(&b);
        let mut negative = self.negative;
        let twice = rest.mul_small(2);
        if twice > b || (twice == b && quotient.is_odd()) {
            rest = b.sub(&rest);
            quotient = quotient.incremented();
            negative = !negative;
        }
        if quotient.digits() > ctx.prec {
            return Decimal::invalid(ctx, status::DIVISION_IMPOSSIBLE);
        }
        Decimal::new(negative, rest, exp).finalize(ctx)
    }
}
