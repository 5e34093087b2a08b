//! Products, and products with a sum.

use super::context::{Context, status};
use super::decimal::Decimal;
use super::nan::nan_of;

impl Decimal {
    pub fn mul(&self, other: &Decimal, ctx: &mut Context) -> Decimal {
        self.product(other, ctx).finalize(ctx)
    }

    /// The product, not rounded.
    fn product(&self, other: &Decimal, ctx: &mut Context) -> Decimal {
        let negative = self.negative != other.negative;
        if !self.is_finite() || !other.is_finite() {
            if let Some(nan) = nan_of(self, other, ctx) {
                return nan;
            }
            if self.is_zero() || other.is_zero() {
                return Decimal::invalid_operation(ctx);
            }
            return Decimal::infinity(negative);
        }
        Decimal::new(negative, self.coeff.mul(&other.coeff), self.exp + other.exp)
    }

    /// `self * other + third` with one rounding.
    pub fn fma(&self, other: &Decimal, third: &Decimal, ctx: &mut Context) -> Decimal {
        for operand in [self, other, third] {
            if operand.is_signaling()
                && let Some(nan) = operand.nan_result(ctx)
            {
                return nan;
            }
        }
        for operand in [self, other] {
            if let Some(nan) = operand.nan_result(ctx) {
                return nan;
            }
        }
        let before = ctx.status;
        let product = self.product(other, ctx);
        if ctx.status & status::INVALID_OPERATION != 0 && before != ctx.status {
            // Infinity times zero is invalid whatever is added.
            return product;
        }
        product.add(third, ctx)
    }
}
