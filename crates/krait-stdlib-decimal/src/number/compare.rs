//! Comparison: of values, and of all representations (total order).

use std::cmp::Ordering;

use super::context::{Context, status};
use super::decimal::{Decimal, Kind};
use super::nan::nan_of;

/// The sizes of two numbers that are not NaN.
fn compare_sizes(a: &Decimal, b: &Decimal) -> Ordering {
    match (a.is_infinite(), b.is_infinite()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        _ => {}
    }
    match (a.coeff.is_zero(), b.coeff.is_zero()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Less,
        (false, true) => return Ordering::Greater,
        _ => {}
    }
    if a.exp == b.exp {
        return a.coeff.cmp(&b.coeff);
    }
    a.adjusted().cmp(&b.adjusted()).then_with(|| {
        let exp = a.exp.min(b.exp);
        let up = |x: &Decimal| x.coeff.shifted_up((x.exp - exp).unsigned_abs());
        up(a).cmp(&up(b))
    })
}

impl Decimal {
    /// The order of two numbers that are not NaN.
    pub fn order(&self, other: &Decimal) -> Ordering {
        let (a, b) = (self.signum(), other.signum());
        if a != b {
            return a.cmp(&b);
        }
        match a {
            0 => Ordering::Equal,
            1 => compare_sizes(self, other),
            _ => compare_sizes(other, self),
        }
    }

    pub fn order_sizes(&self, other: &Decimal) -> Ordering {
        compare_sizes(self, other)
    }

    /// -1, 0, 1, or NaN.
    pub fn compare(&self, other: &Decimal, ctx: &mut Context) -> Decimal {
        match nan_of(self, other, ctx) {
            Some(nan) => nan,
            None => Decimal::small(self.order(other) as i64),
        }
    }

    /// As `compare`; every NaN is invalid.
    pub fn compare_signal(&self, other: &Decimal, ctx: &mut Context) -> Decimal {
        if let Some(nan) = nan_of(self, other, ctx) {
            ctx.add(status::INVALID_OPERATION);
            return nan;
        }
        Decimal::small(self.order(other) as i64)
    }

    /// The order of representations.
    pub fn total_order(&self, other: &Decimal) -> Ordering {
        if self.negative != other.negative {
            return other.negative.cmp(&self.negative);
        }
        let order = total_sizes(self, other);
        if self.negative {
            order.reverse()
        } else {
            order
        }
    }

    pub fn total_order_sizes(&self, other: &Decimal) -> Ordering {
        total_sizes(self, other)
    }

    pub fn same_quantum(&self, other: &Decimal) -> bool {
        match (self.kind, other.kind) {
            (Kind::Finite, Kind::Finite) => self.exp == other.exp,
            (Kind::Infinite, Kind::Infinite) => true,
            _ => self.is_nan() && other.is_nan(),
        }
    }
}

fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Finite | Kind::Infinite => 0,
        Kind::Signaling => 1,
        Kind::Quiet => 2,
    }
}

fn total_sizes(a: &Decimal, b: &Decimal) -> Ordering {
    let by_kind = rank(a.kind).cmp(&rank(b.kind));
    if by_kind.is_ne() {
        return by_kind;
    }
    if a.is_nan() {
        return a.coeff.cmp(&b.coeff);
    }
    compare_sizes(a, b).then_with(|| {
        if a.is_infinite() {
            Ordering::Equal
        } else {
            a.exp.cmp(&b.exp)
        }
    })
}
