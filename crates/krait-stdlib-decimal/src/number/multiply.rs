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
        let before = std::mem::replace(&mut ctx.status, 0);
        let product = self.product(other, ctx);
        let invalid = ctx.status & status::INVALID_OPERATION != 0;
        ctx.add(before);
        if invalid {
            // An invalid product is invalid whatever is added.
            return product;
        }
        product.add(third, ctx)
    }
}
