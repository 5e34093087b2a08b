//! Operators on immediate numbers, for native code that works on values: without an object,
//! without a slot. Whatever is not done here is left to the slots.

use super::number::{BinaryOp, UnaryOp};
use crate::value::Value;

/// `OP a`.
#[inline]
pub(super) fn unary(op: UnaryOp, a: &Value) -> Option<Value> {
    if let Some(i) = a.as_small_int() {
        return Some(Value::int(match op {
            UnaryOp::Negative => -i,
            UnaryOp::Positive => i,
            UnaryOp::Invert => !i,
            UnaryOp::Absolute => i.abs(),
        }));
    }
    let x = a.as_double()?;
    match op {
        UnaryOp::Negative => Some(Value::float(-x)),
        UnaryOp::Positive => Some(Value::float(x)),
        UnaryOp::Absolute => Some(Value::float(x.abs())),
        UnaryOp::Invert => None,
    }
}

/// `a OP b`.
#[inline]
pub(super) fn binary(op: BinaryOp, a: &Value, b: &Value) -> Option<Value> {
    let (i, j) = (a.as_small_int(), b.as_small_int());
    if let (Some(i), Some(j)) = (i, j) {
        return ints(op, i, j);
    }
    // 50 bits are exact in a double.
    let float = |value: &Value, int: Option<i64>| value.as_double().or(int.map(|i| i as f64));
    floats(op, float(a, i)?, float(b, j)?)
}

fn ints(op: BinaryOp, i: i64, j: i64) -> Option<Value> {
    // Sums of 50 bits fit 64.
    let result = match op {
        BinaryOp::Add => i + j,
        BinaryOp::Subtract => i - j,
        BinaryOp::Multiply => i.checked_mul(j)?,
        BinaryOp::And => i & j,
        BinaryOp::Or => i | j,
        BinaryOp::Xor => i ^ j,
        BinaryOp::FloorDivide if j != 0 => {
            let down = i % j != 0 && (i < 0) != (j < 0);
            i / j - i64::from(down)
        }
        BinaryOp::Remainder if j != 0 => {
            let rest = i % j;
            let other_side = rest != 0 && (rest < 0) != (j < 0);
            if other_side { rest + j } else { rest }
        }
        BinaryOp::TrueDivide if j != 0 => return Some(Value::float(i as f64 / j as f64)),
        _ => return None,
    };
    Some(Value::int(result))
}

fn floats(op: BinaryOp, x: f64, y: f64) -> Option<Value> {
    Some(Value::float(match op {
        BinaryOp::Add => x + y,
        BinaryOp::Subtract => x - y,
        BinaryOp::Multiply => x * y,
        BinaryOp::TrueDivide if y != 0.0 => x / y,
        _ => return None,
    }))
}
