//! Arithmetic: unboxed integers and doubles in line, all else through the slots.

use krait_bytecode::Word;
use krait_bytecode::op::{ARITH_INPLACE, ARITH_SWAPPED};
use krait_object::protocol::number::{BinaryOp, UnaryOp};
use krait_object::protocol::{self, number};
use krait_object::py::PyResult;
use krait_object::value::{
    INT_BITS, INT_TAG, Value, both_ints, double_to_word, fits, int_to_word, is_double, unbox_word,
    word_to_double, word_to_int,
};

use crate::state::{Flow, Saved, State, signed};
use crate::word::is_object;

const SPARE: u32 = 64 - INT_BITS;

/// The word of a double result. A NaN keeps no payload, whatever made it.
#[inline(always)]
fn float(f: f64) -> u64 {
    double_to_word(f)
}

/// Whether both words are doubles.
#[inline(always)]
fn both_doubles(a: u64, b: u64) -> bool {
    is_double(a) && is_double(b)
}

/// The double of an immediate number.
#[inline(always)]
fn as_double(word: u64) -> Option<f64> {
    if is_double(word) {
        Some(word_to_double(word))
    } else if word >= INT_TAG {
        Some(word_to_int(word) as f64)
    } else {
        None
    }
}

#[inline(always)]
fn add_ints(a: u64, b: u64) -> Option<u64> {
    let sum = ((a << SPARE) as i64).checked_add((b << SPARE) as i64)?;
    Some(int_to_word(sum >> SPARE))
}

#[inline(always)]
fn sub_ints(a: u64, b: u64) -> Option<u64> {
    let difference = ((a << SPARE) as i64).checked_sub((b << SPARE) as i64)?;
    Some(int_to_word(difference >> SPARE))
}

#[inline(always)]
fn mul_ints(a: u64, b: u64) -> Option<u64> {
    let product = ((a << SPARE) as i64).checked_mul(word_to_int(b))?;
    Some(int_to_word(product >> SPARE))
}

/// The word of an integer result, where it is immediate.
#[inline(always)]
fn int(i: i64) -> Option<u64> {
    fits(i).then(|| int_to_word(i))
}

#[inline(always)]
fn floor_div(a: i64, b: i64) -> i64 {
    let quotient = a / b;
    if (a % b != 0) && ((a < 0) != (b < 0)) {
        quotient - 1
    } else {
        quotient
    }
}

#[inline(always)]
fn floor_mod(a: i64, b: i64) -> i64 {
    let rest = a % b;
    if rest != 0 && ((rest < 0) != (b < 0)) {
        rest + b
    } else {
        rest
    }
}

/// Python's `%` of doubles, for a divisor that is not zero.
pub fn float_mod(a: f64, b: f64) -> f64 {
    let rest = a % b;
    if rest == 0.0 {
        0.0f64.copysign(b)
    } else if (rest < 0.0) != (b < 0.0) {
        rest + b
    } else {
        rest
    }
}

/// Python's `//` of doubles, for a divisor that is not zero.
pub fn float_floor_div(a: f64, b: f64) -> f64 {
    let rest = a % b;
    let mut quotient = (a - rest) / b;
    if rest != 0.0 && ((b < 0.0) != (rest < 0.0)) {
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return 0.0f64.copysign(a / b);
    }
    let floor = quotient.floor();
    if quotient - floor > 0.5 {
        floor + 1.0
    } else {
        floor
    }
}

/// What two immediate numbers give, where that is one too.
#[inline(always)]
fn immediate(op: BinaryOp, a: u64, b: u64) -> Option<u64> {
    match op {
        BinaryOp::FloorDivide | BinaryOp::Remainder if !both_ints(a, b) => {
            let (x, y) = (as_double(a)?, as_double(b)?);
            if y == 0.0 {
                return None;
            }
            Some(float(if op == BinaryOp::Remainder {
                float_mod(x, y)
            } else {
                float_floor_div(x, y)
            }))
        }
        _ => quick(op, a, b),
    }
}

/// The same, if it takes no call of a function. Constant folding makes one small function of
/// each operator.
#[inline(always)]
fn quick(op: BinaryOp, a: u64, b: u64) -> Option<u64> {
    if both_ints(a, b) {
        return quick_ints(op, a, b);
    }
    match op {
        BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply if both_doubles(a, b) => {
            let (x, y) = (word_to_double(a), word_to_double(b));
            Some(float(match op {
                BinaryOp::Add => x + y,
                BinaryOp::Subtract => x - y,
                _ => x * y,
            }))
        }
        BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply => {
            let (x, y) = (as_double(a)?, as_double(b)?);
            Some(float(match op {
                BinaryOp::Add => x + y,
                BinaryOp::Subtract => x - y,
                _ => x * y,
            }))
        }
        BinaryOp::TrueDivide => {
            let (x, y) = (as_double(a)?, as_double(b)?);
            (y != 0.0).then(|| float(x / y))
        }
        _ => None,
    }
}

#[inline(always)]
fn quick_ints(op: BinaryOp, a: u64, b: u64) -> Option<u64> {
    match op {
        BinaryOp::Add => add_ints(a, b),
        BinaryOp::Subtract => sub_ints(a, b),
        BinaryOp::Multiply => mul_ints(a, b),
        BinaryOp::And => Some(a & b),
        BinaryOp::Or => Some(a | b),
        BinaryOp::Xor => Some((a ^ b) | INT_TAG),
        BinaryOp::FloorDivide | BinaryOp::Remainder => {
            let (x, y) = (word_to_int(a), word_to_int(b));
            if y == 0 {
                return None;
            }
            int(if op == BinaryOp::Remainder {
                floor_mod(x, y)
            } else {
                floor_div(x, y)
            })
        }
        BinaryOp::TrueDivide => {
            let (x, y) = (word_to_int(a), word_to_int(b));
            // 50 bits are exact in a double.
            (y != 0).then(|| float(x as f64 / y as f64))
        }
        BinaryOp::Lshift => {
            let (x, y) = (word_to_int(a), word_to_int(b));
            if !(0..14).contains(&y) || x.unsigned_abs() >= 1 << 49 {
                return None;
            }
            int(x << y)
        }
        BinaryOp::Rshift => {
            let y = word_to_int(b);
            (y >= 0).then(|| int_to_word(word_to_int(a) >> y.min(63)))
        }
        _ => None,
    }
}

#[inline(always)]
fn registers(s: &mut State, w: Word, op: BinaryOp) -> Flow {
    match quick(op, s.get(w.b()), s.get(w.c())) {
        Some(word) => s.fill(w.a(), word),
        None => Flow::Cold,
    }
}

#[inline(never)]
pub fn slow_registers(s: Saved, w: Word, op: BinaryOp) -> Flow {
    let s = s.state();
    if op == BinaryOp::Add && super::concat::add_strings(&s, w) {
        return Flow::Next;
    }
    let (a, b) = take_two(&s, w.b(), w.c());
    let inplace = w.flag() & ARITH_INPLACE != 0;
    let result = if is_object(a.word()) || is_object(b.word()) {
        let operands = (a.into_object(), b.into_object());
        number::of_objects(s.py, op, &operands.0, &operands.1, inplace)
    } else {
        general(&s, op, &a, &b, inplace)
    };
    s.finish(w.a(), result)
}

/// Both operands as owned values; they may be the same temporary.
#[inline(always)]
pub fn take_two(s: &State, b: u16, c: u16) -> (Value, Value) {
    if b == c {
        let value = s.take(b);
        return (value.clone(), value);
    }
    (s.take(b), s.take(c))
}

/// A value's word; the immediate where it is a number that native code has given as an
/// object.
#[inline(always)]
pub fn unboxed_word(value: &Value) -> u64 {
    value
        .as_object()
        .and_then(unbox_word)
        .unwrap_or(value.word())
}

/// The operation through the slots.
fn general(s: &State, op: BinaryOp, a: &Value, b: &Value, inplace: bool) -> PyResult {
    let (x, y) = (unboxed_word(a), unboxed_word(b));
    if !is_object(x)
        && !is_object(y)
        && let Some(word) = immediate(op, x, y)
    {
        // SAFETY: an immediate carries no reference.
        return Ok(unsafe { Value::from_word(word) });
    }
    let result = if inplace {
        number::inplace(s.py, op, a, b)
    } else {
        number::binary(s.py, op, a, b)
    };
    result.map(Value::unbox)
}

/// With another operand given as a word.
#[inline(always)]
fn with_word(s: &mut State, w: Word, op: BinaryOp, other: u64) -> Flow {
    let own = s.get(w.b());
    let result = if w.flag() & ARITH_SWAPPED != 0 {
        quick(op, other, own)
    } else {
        quick(op, own, other)
    };
    match result {
        Some(word) => s.fill(w.a(), word),
        None => Flow::Cold,
    }
}

#[inline(never)]
pub fn slow_word(s: Saved, w: Word, op: BinaryOp, other: u64) -> Flow {
    let s = s.state();
    // SAFETY: the word is an immediate or a constant's, which is counted.
    let other = unsafe { crate::word::value(other) };
    if op == BinaryOp::Add
        && w.flag() & ARITH_SWAPPED == 0
        && super::concat::add_constant(&s, w, &other)
    {
        return Flow::Next;
    }
    let own = s.take(w.b());
    let inplace = w.flag() & ARITH_INPLACE != 0;
    let result = if w.flag() & ARITH_SWAPPED != 0 {
        general(&s, op, &other, &own, inplace)
    } else {
        general(&s, op, &own, &other, inplace)
    };
    drop(own);
    s.finish(w.a(), result)
}

macro_rules! binary {
    ($($plain:ident $op:ident $(imm $imm:ident)? $(constant $constant:ident)?;)*) => { $(
        #[inline(always)]
        pub fn $plain(s: &mut State, w: Word) -> Flow {
            registers(s, w, BinaryOp::$op)
        }
        $(#[inline(always)]
        pub fn $imm(s: &mut State, w: Word) -> Flow {
            with_word(s, w, BinaryOp::$op, int_to_word(signed(w.c())))
        })?
        $(#[inline(always)]
        pub fn $constant(s: &mut State, w: Word) -> Flow {
            with_word(s, w, BinaryOp::$op, s.constant(u32::from(w.c())))
        })?
    )* };
}

binary! {
    ADD Add imm ADD_IMM constant ADD_CONST;
    SUB Subtract imm SUB_IMM constant SUB_CONST;
    MUL Multiply imm MUL_IMM constant MUL_CONST;
    TRUEDIV TrueDivide imm TRUEDIV_IMM constant TRUEDIV_CONST;
    FLOORDIV FloorDivide imm FLOORDIV_IMM;
    MOD Remainder imm MOD_IMM constant MOD_CONST;
    MATMUL MatrixMultiply;
    LSHIFT Lshift imm LSHIFT_IMM;
    RSHIFT Rshift imm RSHIFT_IMM;
    AND And imm AND_IMM;
    OR Or imm OR_IMM;
    XOR Xor imm XOR_IMM;
}

#[inline(always)]
pub fn RSUB_IMM(s: &mut State, w: Word) -> Flow {
    let other = int_to_word(signed(w.c()));
    match quick(BinaryOp::Subtract, other, s.get(w.b())) {
        Some(word) => s.fill(w.a(), word),
        None => Flow::Cold,
    }
}

#[inline(never)]
pub fn slow_rsub(s: Saved, w: Word) -> Flow {
    let s = s.state();
    let own = s.take(w.b());
    let result = general(
        &s,
        BinaryOp::Subtract,
        &Value::int(signed(w.c())),
        &own,
        false,
    );
    drop(own);
    s.finish(w.a(), result)
}

/// The power of small numbers, where the result is immediate.
#[inline(always)]
fn quick_power(a: u64, b: u64) -> Option<u64> {
    if both_ints(a, b) {
        let (base, exponent) = (word_to_int(a), word_to_int(b));
        return int(base.checked_pow(u32::try_from(exponent).ok()?)?);
    }
    if is_double(a) {
        let (x, y) = (word_to_double(a), as_double(b)?);
        if y == 2.0 {
            let square = x * x;
            return square.is_finite().then(|| float(square));
        }
        if y == 0.5 && x > 0.0 && x.is_finite() {
            return Some(float(x.sqrt()));
        }
        // Zero, negative and infinite cases have errors and complex results.
        if x > 0.0 && x.is_finite() && y.is_finite() {
            let power = x.powf(y);
            return (power.is_finite() && power != 0.0).then(|| float(power));
        }
    }
    None
}

#[inline(always)]
pub fn POW(s: &mut State, w: Word) -> Flow {
    if let Some(word) = quick_power(s.get(w.b()), s.get(w.c())) {
        s.set(w.a(), word);
        return Flow::Next;
    }
    slow_power(s.saved(), w, None)
}

#[inline(always)]
pub fn POW_IMM(s: &mut State, w: Word) -> Flow {
    let other = int_to_word(signed(w.c()));
    if let Some(word) = quick_power(s.get(w.b()), other) {
        s.set(w.a(), word);
        return Flow::Next;
    }
    slow_power(s.saved(), w, Some(signed(w.c())))
}

#[inline(never)]
fn slow_power(s: Saved, w: Word, exponent: Option<i64>) -> Flow {
    let s = s.state();
    let (base, exponent) = match exponent {
        Some(exponent) => (s.take(w.b()), Value::int(exponent)),
        None => take_two(&s, w.b(), w.c()),
    };
    let inplace = w.flag() & ARITH_INPLACE != 0;
    let result = number::power(s.py, &base, &exponent, &Value::none(), inplace);
    drop((base, exponent));
    s.finish(w.a(), result)
}

#[inline(always)]
pub fn NEG(s: &mut State, w: Word) -> Flow {
    let word = s.get(w.b());
    if word >= INT_TAG
        && let Some(negated) = int(-word_to_int(word))
    {
        return s.fill(w.a(), negated);
    }
    if is_double(word) {
        let f = -word_to_double(word);
        if !f.is_nan() {
            return s.fill(w.a(), float(f));
        }
    }
    Flow::Cold
}

#[inline(always)]
pub fn POS(s: &mut State, w: Word) -> Flow {
    let word = s.get(w.b());
    if word >= INT_TAG || is_double(word) {
        s.set(w.a(), word);
        return Flow::Next;
    }
    slow_unary(s.saved(), w, UnaryOp::Positive)
}

#[inline(always)]
pub fn INVERT(s: &mut State, w: Word) -> Flow {
    let word = s.get(w.b());
    if word >= INT_TAG {
        return s.fill(w.a(), int_to_word(!word_to_int(word)));
    }
    Flow::Cold
}

#[inline(never)]
pub fn slow_unary(s: Saved, w: Word, op: UnaryOp) -> Flow {
    let s = s.state();
    let operand = s.take(w.b());
    let result = number::unary(s.py, op, &operand);
    drop(operand);
    s.finish(w.a(), result)
}

#[inline(always)]
pub fn NOT(s: &mut State, w: Word) -> Flow {
    to_bool(s, w, true)
}

#[inline(always)]
pub fn TO_BOOL(s: &mut State, w: Word) -> Flow {
    to_bool(s, w, false)
}

#[inline(always)]
fn to_bool(s: &mut State, w: Word, negate: bool) -> Flow {
    match super::jump::quick_truth(s.get(w.b())) {
        Some(truth) => s.fill(w.a(), Value::bool(truth != negate).into_word()),
        None => Flow::Cold,
    }
}

#[inline(never)]
pub fn slow_bool(s: Saved, w: Word, negate: bool) -> Flow {
    let s = s.state();
    let operand = s.take(w.b());
    let truth = protocol::truth(s.py, &operand);
    drop(operand);
    s.finish(w.a(), truth.map(|t| Value::bool(t != negate)))
}
