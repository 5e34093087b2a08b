//! `Decimal`: sign, coefficient and exponent, or a special value.

use super::coeff::Coeff;
use super::context::{Context, status};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Finite,
    Infinite,
    Quiet,
    Signaling,
}

/// A decimal number. The coefficient of a NaN is its payload.
#[derive(Clone, Debug)]
pub struct Decimal {
    pub negative: bool,
    pub kind: Kind,
    pub coeff: Coeff,
    pub exp: i64,
}

impl Decimal {
    pub fn new(negative: bool, coeff: Coeff, exp: i64) -> Decimal {
        Decimal {
            negative,
            kind: Kind::Finite,
            coeff,
            exp,
        }
    }

    pub fn small(value: i64) -> Decimal {
        Decimal::new(value < 0, Coeff::from(value.unsigned_abs()), 0)
    }

    pub fn infinity(negative: bool) -> Decimal {
        Decimal {
            negative,
            kind: Kind::Infinite,
            coeff: Coeff::zero(),
            exp: 0,
        }
    }

    pub fn nan() -> Decimal {
        Decimal {
            negative: false,
            kind: Kind::Quiet,
            coeff: Coeff::zero(),
            exp: 0,
        }
    }

    /// What an invalid operation gives.
    #[cold]
    pub fn invalid(ctx: &mut Context, condition: u32) -> Decimal {
        ctx.add(condition);
        Decimal::nan()
    }

    #[cold]
    pub fn invalid_operation(ctx: &mut Context) -> Decimal {
        Decimal::invalid(ctx, status::INVALID_OPERATION)
    }

    pub fn is_finite(&self) -> bool {
        self.kind == Kind::Finite
    }

    pub fn is_infinite(&self) -> bool {
        self.kind == Kind::Infinite
    }

    pub fn is_nan(&self) -> bool {
        matches!(self.kind, Kind::Quiet | Kind::Signaling)
    }

    pub fn is_signaling(&self) -> bool {
        self.kind == Kind::Signaling
    }

    pub fn is_zero(&self) -> bool {
        self.is_finite() && self.coeff.is_zero()
    }

    /// The exponent of the first digit.
    #[inline]
    pub fn adjusted(&self) -> i64 {
        self.exp + self.coeff.digits() - 1
    }

    /// -1, 0 or 1.
    pub fn signum(&self) -> i32 {
        match (self.is_zero(), self.negative) {
            (true, _) => 0,
            (_, true) => -1,
            _ => 1,
        }
    }

    pub fn is_integer(&self) -> bool {
        self.is_finite()
            && (self.exp >= 0
                || self.coeff.is_zero()
                || self.coeff.trailing_zeros() as i64 >= -self.exp)
    }

    /// Whether a number that is an integer is odd.
    pub fn is_odd_integer(&self) -> bool {
        if self.exp > 0 || self.coeff.is_zero() {
            return false;
        }
        let at = self.exp.unsigned_abs() as usize;
        (at as i64) < self.coeff.digits() && self.coeff.digit(at) % 2 == 1
    }

    pub fn negated(&self) -> Decimal {
        Decimal {
            negative: !self.negative,
            ..self.clone()
        }
    }

    pub fn with_sign(&self, negative: bool) -> Decimal {
        Decimal {
            negative,
            ..self.clone()
        }
    }

    /// The integer part's value, for numbers that are no larger.
    pub fn to_i64(&self) -> Option<i64> {
        if !self.is_integer() {
            return None;
        }
        let whole = if self.exp >= 0 {
            if self.coeff.digits() + self.exp > 19 && !self.coeff.is_zero() {
                return None;
            }
            self.coeff.shifted_up(self.exp.unsigned_abs())
        } else {
            self.coeff.shifted_down(self.exp.unsigned_abs()).0
        };
        let size = i128::from(whole.to_u64()?);
        i64::try_from(if self.negative { -size } else { size }).ok()
    }
}
