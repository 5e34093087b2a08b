//! Logical operations on numbers whose digits are all 0 or 1.

use super::coeff::Coeff;
use super::context::Context;
use super::decimal::Decimal;

/// The digits from the lowest; `None` where the number is no logical operand.
fn bits(x: &Decimal) -> Option<Vec<bool>> {
    if !x.is_finite() || x.negative || x.exp != 0 {
        return None;
    }
    let text = x.coeff.to_digits();
    text.bytes()
        .rev()
        .map(|c| match c {
            b'0' => Some(false),
            b'1' => Some(true),
            _ => None,
        })
        .collect()
}

fn number(bits: impl DoubleEndedIterator<Item = bool>) -> Decimal {
    let digits: Vec<u8> = bits.rev().map(|b| b'0' + u8::from(b)).collect();
    Decimal::new(false, Coeff::from_digits(&digits), 0)
}

impl Decimal {
    pub fn logical(
        &self,
        other: &Decimal,
        ctx: &mut Context,
        op: fn(bool, bool) -> bool,
    ) -> Decimal {
        let (Some(a), Some(b)) = (bits(self), bits(other)) else {
            return Decimal::invalid_operation(ctx);
        };
        let len = (a.len().max(b.len()) as i64).min(ctx.prec) as usize;
        let at = |bits: &[bool], i: usize| bits.get(i).copied().unwrap_or(false);
        let result: Vec<bool> = (0..len).map(|i| op(at(&a, i), at(&b, i))).collect();
        number(result.into_iter())
    }

    pub fn logical_invert(&self, ctx: &mut Context) -> Decimal {
        let Some(own) = bits(self) else {
            return Decimal::invalid_operation(ctx);
        };
        super::coeff::check_size(ctx.prec.unsigned_abs() as usize / 9);
        let at = |i: usize| own.get(i).copied().unwrap_or(false);
        let result: Vec<bool> = (0..ctx.prec as usize).map(|i| !at(i)).collect();
        number(result.into_iter())
    }
}
