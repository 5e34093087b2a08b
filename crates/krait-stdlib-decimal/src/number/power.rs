//! Powers.

use super::coeff::Coeff;
use super::context::{Context, Rounding, status};
use super::decimal::Decimal;
use super::ln::INEXACT;
use super::nan::nan_of;

fn length(n: i64) -> i64 {
    n.unsigned_abs().to_string().len() as i64
}

/// One, in all digits of the context.
fn long_one(negative: bool, ctx: &Context) -> Decimal {
    let shift = ctx.prec - 1;
    Decimal::new(
        negative,
        Coeff::one().shifted_up(shift.unsigned_abs()),
        -shift,
    )
}

impl Decimal {
    pub fn pow(&self, other: &Decimal, ctx: &mut Context) -> Decimal {
        if let Some(nan) = nan_of(self, other, ctx) {
            return nan;
        }
        let integer = other.is_integer();
        let negative = self.negative && integer && other.is_odd_integer();
        if other.is_zero() {
            return if self.is_zero() {
                Decimal::invalid_operation(ctx)
            } else {
                Decimal::small(1)
            };
        }
        if self.negative && !self.is_zero() && !integer {
            return Decimal::invalid_operation(ctx);
        }
        let zero = || Decimal::new(negative, Coeff::zero(), 0);
        if self.is_zero() || self.is_infinite() {
            if self.negative && !self.is_zero() && other.is_infinite() {
                return Decimal::invalid_operation(ctx);
            }
            return if self.is_zero() == other.negative {
                Decimal::infinity(negative)
            } else {
                zero()
            };
        }
        let size = self.order_sizes(&Decimal::small(1));
        if other.is_infinite() {
            if size.is_eq() {
                ctx.add(INEXACT);
                return long_one(negative, ctx);
            }
            return if size.is_gt() == other.negative {
                zero()
            } else {
                Decimal::infinity(negative)
            };
        }
        if size.is_eq() {
            return self.power_of_one(other, integer, negative, ctx);
        }
        if let Some(far) = self.beyond_bounds(other, negative, ctx) {
            return far.finalize(ctx);
        }
        if integer {
            self.integer_power(other, negative, ctx)
        } else {
            self.real_power(other, ctx)
        }
    }

    fn power_of_one(
        &self,
        other: &Decimal,
        integer: bool,
        negative: bool,
        ctx: &mut Context,
    ) -> Decimal {
        if !integer {
            ctx.add(INEXACT);
            return long_one(negative, ctx);
        }
        let factor = if other.negative {
            0
        } else {
            other.to_i64().map_or(ctx.prec, |n| n.min(ctx.prec))
        };
        let mut exp = self.exp.saturating_mul(factor);
        if exp < 1 - ctx.prec {
            exp = 1 - ctx.prec;
            ctx.add(status::ROUNDED);
        }
        let coeff = Coeff::one().shifted_up((-exp).max(0).unsigned_abs());
        Decimal::new(negative, coeff, exp.min(0)).finalize(ctx)
    }

    /// A result that is clearly too large or too small.
    fn beyond_bounds(&self, other: &Decimal, negative: bool, ctx: &Context) -> Option<Decimal> {
        let bound = self.log10_bound() + other.adjusted();
        if (self.adjusted() >= 0) != other.negative {
            (bound >= length(ctx.emax)).then(|| Decimal::new(negative, Coeff::one(), ctx.emax + 1))
        } else {
            let etiny = ctx.etiny();
            (bound >= length(etiny)).then(|| Decimal::new(negative, Coeff::one(), etiny - 1))
        }
    }

    fn integer_power(&self, other: &Decimal, negative: bool, ctx: &mut Context) -> Decimal {
        let mut work = Context::wide(ctx.prec + other.coeff.digits() + other.exp + 2);
        let mut base = self.with_sign(false);
        if other.negative {
            work.prec += 1;
            base = Decimal::small(1).div(&base, &mut work);
        }
        let count = other.to_i64().map_or(u64::MAX, i64::unsigned_abs);
        let mut result = Decimal::small(1);
        for bit in (0..64 - count.leading_zeros()).rev() {
            result = result.mul(&result, &mut work);
            if count >> bit & 1 == 1 {
                result = result.mul(&base, &mut work);
            }
            if result.is_infinite() || result.is_zero() {
                break;
            }
        }
        ctx.add(work.status & INEXACT);
        if result.is_infinite() {
            result = Decimal::new(negative, Coeff::one(), ctx.emax + 1);
        }
        result.with_sign(negative).finalize(ctx)
    }

    fn real_power(&self, other: &Decimal, ctx: &mut Context) -> Decimal {
        let prec = self.coeff.digits().max(ctx.prec) + 4 + 19;
        let mut work = Context::wide(prec);
        let logarithm = self.ln(&mut work);
        let product = logarithm.mul(other, &mut work);
        let mut result = product.exp(&mut work);
        ctx.add(INEXACT);
        if result.is_finite() && result.order(&Decimal::small(1)).is_eq() {
            return long_one(false, ctx).finalize(ctx);
        }
        if result.is_infinite() {
            result = Decimal::new(false, Coeff::one(), ctx.emax + 1);
        }
        result.finalize(ctx)
    }

    /// `self ** exp % modulus`, all of them integers.
    pub fn pow_mod(&self, exp: &Decimal, modulus: &Decimal, ctx: &mut Context) -> Decimal {
        for operand in [self, exp, modulus] {
            if operand.is_signaling()
                && let Some(nan) = operand.nan_result(ctx)
            {
                return nan;
            }
        }
        for operand in [self, exp, modulus] {
            if let Some(nan) = operand.nan_result(ctx) {
                return nan;
            }
        }
        let integers = [self, exp, modulus].iter().all(|x| x.is_integer());
        if !integers
            || exp.negative && !exp.is_zero()
            || modulus.is_zero()
            || self.is_zero() && exp.is_zero()
            || modulus.adjusted() >= ctx.prec
        {
            return Decimal::invalid_operation(ctx);
        }
        let negative = self.negative && exp.is_odd_integer();
        let whole = |x: &Decimal| x.rescaled(0, Rounding::Down).0.coeff;
        let divisor = whole(modulus);
        let mut base = residue(self, &divisor);
        let mut left = whole(exp);
        let mut result = Coeff::one().divmod(&divisor).1;
        while !left.is_zero() {
            let (half, bit) = left.divmod_small(2);
            if bit == 1 {
                result = result.mul(&base).divmod(&divisor).1;
            }
            base = base.mul(&base).divmod(&divisor).1;
            left = half;
        }
        Decimal::new(negative, result, 0).finalize(ctx)
    }
}

/// An integer modulo another, without writing out its zeros.
fn residue(x: &Decimal, divisor: &Coeff) -> Coeff {
    if x.exp <= 0 {
        let whole = x.coeff.shifted_down(x.exp.unsigned_abs()).0;
        return whole.divmod(divisor).1;
    }
    let (mut power, mut base) = (Coeff::one(), Coeff::from(10u64).divmod(divisor).1);
    let mut left = x.exp;
    while left > 0 {
        if left & 1 == 1 {
            power = power.mul(&base).divmod(divisor).1;
        }
        base = base.mul(&base).divmod(divisor).1;
        left >>= 1;
    }
    x.coeff.divmod(divisor).1.mul(&power).divmod(divisor).1
}
