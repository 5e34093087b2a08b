//! NaNs as operands and results.

use super::context::{Context, status};
use super::decimal::{Decimal, Kind};

impl Decimal {
    /// A NaN with a payload that the context has room for.
    pub fn fitted_nan(&self, ctx: &Context) -> Decimal {
        let room = ctx.prec - i64::from(ctx.clamp);
        if self.coeff.digits() <= room {
            return self.clone();
        }
        Decimal {
            coeff: self.coeff.low_digits(room.unsigned_abs() as usize),
            ..self.clone()
        }
    }

    /// The NaN that an operation gives for a NaN operand; `None` where it is none.
    pub fn nan_result(&self, ctx: &mut Context) -> Option<Decimal> {
        if !self.is_nan() {
            return None;
        }
        if self.is_signaling() {
            ctx.add(status::INVALID_OPERATION);
        }
        let quiet = Decimal {
            kind: Kind::Quiet,
            ..self.clone()
        };
        Some(quiet.fitted_nan(ctx))
    }
}

/// As `nan_result` for two operands: signaling ones first.
pub fn nan_of(a: &Decimal, b: &Decimal, ctx: &mut Context) -> Option<Decimal> {
    if !a.is_nan() && !b.is_nan() {
        return None;
    }
    [a, b]
        .into_iter()
        .find(|x| x.is_signaling())
        .or_else(|| [a, b].into_iter().find(|x| x.is_nan()))
        .and_then(|x| x.nan_result(ctx))
}
