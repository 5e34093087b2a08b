//! The larger and the smaller of two numbers.

use std::cmp::Ordering;

use super::context::Context;
use super::decimal::Decimal;
use super::nan::nan_of;

impl Decimal {
    /// The larger (or smaller) by value or by size; a number is preferred to a quiet NaN.
    pub fn extreme(
        &self,
        other: &Decimal,
        ctx: &mut Context,
        largest: bool,
        by_size: bool,
    ) -> Decimal {
        if self.is_nan() || other.is_nan() {
            let signaling = self.is_signaling() || other.is_signaling();
            return match (self.is_nan(), other.is_nan()) {
                (true, false) if !signaling => other.clone().finalize(ctx),
                (false, true) if !signaling => self.clone().finalize(ctx),
                _ => nan_of(self, other, ctx).unwrap_or_else(Decimal::nan),
            };
        }
        let mut order = if by_size {
            self.order_sizes(other)
        } else {
            self.order(other)
        };
        if order == Ordering::Equal {
            order = if by_size {
                self.order(other)
            } else {
                Ordering::Equal
            };
        }
        if order == Ordering::Equal {
            order = self.total_order(other);
        }
        let first = if largest {
            order != Ordering::Less
        } else {
            order == Ordering::Less
        };
        let chosen = if first { self } else { other };
        chosen.clone().finalize(ctx)
    }
}
