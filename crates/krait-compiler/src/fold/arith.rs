//! Arithmetic on constants.

use crate::ast::{BinOp, UnaryOp};
use crate::codegen::truth;
use krait_bytecode::Const;

/// A number among the constants.
#[derive(Clone, Copy)]
enum Number {
    Int(i128),
    Float(f64),
    Complex(f64, f64),
}

/// Longest string or tuple that repetition makes.
const MAX_STRING: usize = 4096;
const MAX_TUPLE: usize = 256;

fn number(value: &Const) -> Option<Number> {
    Some(match value {
        Const::Bool(value) => Number::Int(*value as i128),
        Const::Int(value) => Number::Int(*value as i128),
        Const::BigInt(negative, digits) if digits.len() <= 4 => {
            let value = digits
                .iter()
                .rev()
                .fold(0i128, |v, digit| v << 30 | *digit as i128);
            Number::Int(if *negative { -value } else { value })
        }
        Const::Float(value) => Number::Float(*value),
        Const::Complex(re, im) => Number::Complex(*re, *im),
        _ => return None,
    })
}

fn int(value: i128) -> Const {
    if let Ok(small) = i64::try_from(value) {
        return Const::Int(small);
    }
    let mut rest = value.unsigned_abs();
    let mut digits = Vec::new();
    while rest > 0 {
        digits.push(rest as u32 & 0x3fff_ffff);
        rest >>= 30;
    }
    Const::BigInt(value < 0, digits.into())
}

fn as_float(value: i128) -> Option<f64> {
    (value.unsigned_abs() <= 1 << 53).then_some(value as f64)
}

pub(super) fn unary(op: UnaryOp, operand: &Const) -> Option<Const> {
    if op == UnaryOp::Not {
        return Some(Const::Bool(!truth(operand)));
    }
    Some(match (op, number(operand)?) {
        (UnaryOp::USub, Number::Int(value)) => int(-value),
        (UnaryOp::USub, Number::Float(value)) => Const::Float(-value),
        (UnaryOp::USub, Number::Complex(re, im)) => Const::Complex(-re, -im),
        (UnaryOp::UAdd, Number::Int(value)) => int(value),
        (UnaryOp::UAdd, _) => operand.clone(),
        // ~True warns at run time.
        (UnaryOp::Invert, Number::Int(value)) if !matches!(operand, Const::Bool(_)) => int(!value),
        _ => return None,
    })
}

pub(super) fn binary(left: &Const, op: BinOp, right: &Const) -> Option<Const> {
    if let Some(result) = sequences(left, op, right) {
        return Some(result);
    }
    match (number(left)?, number(right)?) {
        (Number::Int(a), Number::Int(b)) => integers(a, op, b, left, right),
        (Number::Float(a), Number::Float(b)) => floats(a, op, b),
        (Number::Float(a), Number::Int(b)) => floats(a, op, as_float(b)?),
        (Number::Int(a), Number::Float(b)) => floats(as_float(a)?, op, b),
        (Number::Complex(a, b), Number::Complex(c, d)) => Some(match op {
            BinOp::Add => Const::Complex(a + c, b + d),
            BinOp::Sub => Const::Complex(a - c, b - d),
            BinOp::Mult => Const::Complex(a * c - b * d, a * d + b * c),
            _ => return None,
        }),
        (Number::Complex(a, b), real) => {
            let c = real_part(real)?;
            Some(match op {
                BinOp::Add => Const::Complex(a + c, b),
                BinOp::Sub => Const::Complex(a - c, b),
                BinOp::Mult => Const::Complex(a * c, b * c),
                _ => return None,
            })
        }
        (real, Number::Complex(c, d)) => {
            let a = real_part(real)?;
            Some(match op {
                BinOp::Add => Const::Complex(a + c, d),
                BinOp::Sub => Const::Complex(a - c, -d),
                BinOp::Mult => Const::Complex(a * c, a * d),
                _ => return None,
            })
        }
    }
}

fn real_part(number: Number) -> Option<f64> {
    match number {
        Number::Int(value) => as_float(value),
        Number::Float(value) => Some(value),
        Number::Complex(..) => None,
    }
}

fn sequences(left: &Const, op: BinOp, right: &Const) -> Option<Const> {
    match (left, op, right) {
        (Const::Str(a), BinOp::Add, Const::Str(b)) => Some(Const::Str([&a[..], b].concat().into())),
        (Const::Bytes(a), BinOp::Add, Const::Bytes(b)) => {
            Some(Const::Bytes([&a[..], b].concat().into()))
        }
        (Const::Tuple(a), BinOp::Add, Const::Tuple(b)) => {
            Some(Const::Tuple([&a[..], b].concat().into()))
        }
        (Const::Int(count), BinOp::Mult, sequence) | (sequence, BinOp::Mult, Const::Int(count)) => {
            repeat(sequence, usize::try_from((*count).max(0)).ok()?)
        }
        _ => None,
    }
}

fn repeat(sequence: &Const, count: usize) -> Option<Const> {
    let fits = |length: usize, max: usize| length.checked_mul(count).is_some_and(|n| n <= max);
    match sequence {
        Const::Str(text) if fits(text.len(), MAX_STRING) => {
            Some(Const::Str(text.repeat(count).into()))
        }
        Const::Bytes(bytes) if fits(bytes.len(), MAX_STRING) => {
            Some(Const::Bytes(bytes.repeat(count).into()))
        }
        Const::Tuple(items) if fits(items.len(), MAX_TUPLE) => Some(Const::Tuple(
            items
                .iter()
                .cycle()
                .take(items.len() * count)
                .cloned()
                .collect(),
        )),
        _ => None,
    }
}

fn integers(a: i128, op: BinOp, b: i128, left: &Const, right: &Const) -> Option<Const> {
    let bools = matches!((left, right), (Const::Bool(_), Const::Bool(_)));
    Some(int(match op {
        BinOp::Add => a.checked_add(b)?,
        BinOp::Sub => a.checked_sub(b)?,
        BinOp::Mult => a.checked_mul(b)?,
        BinOp::FloorDiv => floor_div(a, b)?,
        BinOp::Mod => a.checked_sub(floor_div(a, b)?.checked_mul(b)?)?,
        BinOp::Div => {
            let (x, y) = (as_float(a)?, as_float(b)?);
            return (y != 0.0).then(|| Const::Float(x / y));
        }
        BinOp::Pow if b < 0 => {
            let (x, y) = (as_float(a)?, as_float(b)?);
            return (x != 0.0).then(|| Const::Float(x.powf(y)));
        }
        BinOp::Pow => a.checked_pow(u32::try_from(b).ok()?)?,
        BinOp::LShift => {
            let bits = 128 - a.unsigned_abs().leading_zeros() as i128;
            if b < 0 || bits + b > 126 {
                return (a == 0 && b >= 0).then_some(Const::Int(0));
            }
            a << b
        }
        BinOp::RShift if (0..127).contains(&b) => a >> b,
        BinOp::RShift => return None,
        BinOp::BitOr | BinOp::BitXor | BinOp::BitAnd => {
            let value = match op {
                BinOp::BitOr => a | b,
                BinOp::BitXor => a ^ b,
                _ => a & b,
            };
            if bools {
                return Some(Const::Bool(value != 0));
            }
            value
        }
        BinOp::MatMult => return None,
    }))
}

fn floor_div(a: i128, b: i128) -> Option<i128> {
    let quotient = a.checked_div(b)?;
    let inexact = a % b != 0 && (a < 0) != (b < 0);
    Some(quotient - inexact as i128)
}

fn floats(a: f64, op: BinOp, b: f64) -> Option<Const> {
    let result = match op {
        BinOp::Add => a + b,
        BinOp::Sub => a - b,
        BinOp::Mult => a * b,
        BinOp::Div if b != 0.0 => a / b,
        BinOp::Pow if a > 0.0 && a.is_finite() && b.is_finite() => {
            let power = a.powf(b);
            if !power.is_finite() {
                return None;
            }
            power
        }
        _ => return None,
    };
    Some(Const::Float(result))
}
