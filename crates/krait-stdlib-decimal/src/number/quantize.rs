//! Numbers with a given exponent, and in their shortest form.

use super::coeff::{Coeff, Rest};
use super::context::{Context, status};
use super::decimal::Decimal;
use super::nan::nan_of;

impl Decimal {
    /// The number with the exponent of another.
    pub fn quantize(&self, other: &Decimal, ctx: &mut Context) -> Decimal {
        if let Some(nan) = nan_of(self, other, ctx) {
            return nan;
        }
        if self.is_infinite() || other.is_infinite() {
            if self.is_infinite() && other.is_infinite() {
                return self.clone();
            }
            return Decimal::invalid_operation(ctx);
        }
        let exp = other.exp;
        if exp < ctx.etiny() || exp > ctx.emax {
            return Decimal::invalid_operation(ctx);
        }
        if self.is_zero() {
            return Decimal::new(self.negative, Coeff::zero(), exp).finalize(ctx);
        }
        let adjusted = self.adjusted();
        if adjusted > ctx.emax || adjusted - exp + 1 > ctx.prec {
            return Decimal::invalid_operation(ctx);
        }
        let (result, rest) = self.rescaled(exp, ctx.rounding);
        if result.adjusted() > ctx.emax || result.coeff.digits() > ctx.prec {
            return Decimal::invalid_operation(ctx);
        }
        if !result.is_zero() && result.adjusted() < ctx.emin {
            ctx.add(status::SUBNORMAL);
        }
        if result.exp > self.exp {
            if rest != Rest::Zero {
                ctx.add(status::INEXACT);
            }
            ctx.add(status::ROUNDED);
        }
        result.finalize(ctx)
    }

    /// Without zeros at the end.
    pub fn normalize(&self, ctx: &mut Context) -> Decimal {
        if let Some(nan) = self.nan_result(ctx) {
            return nan;
        }
        let mut result = self.clone().finalize(ctx);
        if !result.is_finite() {
            return result;
        }
        if result.coeff.is_zero() {
            result.exp = 0;
            return result;
        }
        let most = if ctx.clamp { ctx.etop() } else { ctx.emax };
        let zeros = (result.coeff.trailing_zeros() as i64).min((most - result.exp).max(0));
        result.coeff = result.coeff.shifted_down(zeros.unsigned_abs()).0;
        result.exp += zeros;
        result
    }
}
