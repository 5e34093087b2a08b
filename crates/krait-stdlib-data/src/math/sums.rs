//! `fsum`, and arithmetic in double length.

use krait_object::protocol::{Iter, number};
use krait_object::{ModuleBuilder, Py, PyResult, Value, raise};

pub(super) fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("fsum($module, seq, /)", fsum)?;
    Ok(())
}

/// `a + b` and its error, where the first is not smaller.
#[inline(always)]
pub(super) fn fast_sum(a: f64, b: f64) -> (f64, f64) {
    let x = a + b;
    (x, (a - x) + b)
}

/// `a + b` and its error.
#[inline(always)]
pub(super) fn sum(a: f64, b: f64) -> (f64, f64) {
    let x = a + b;
    let z = x - a;
    (x, (a - (x - z)) + (b - z))
}

/// `a * b` and its error.
#[inline(always)]
pub(super) fn product(a: f64, b: f64) -> (f64, f64) {
    let z = a * b;
    (z, a.mul_add(b, -z))
}

/// The exact sum, rounded once (Shewchuk's algorithm).
fn fsum(py: Py, seq: &Value) -> PyResult<f64> {
    let mut items = Iter::new(py, seq)?;
    let mut partials: Vec<f64> = Vec::new();
    let (mut special, mut infinite) = (0.0, 0.0);
    while let Some(item) = items.next(py)? {
        let given = number::to_f64(py, &item)?;
        let mut x = given;
        let mut kept = 0;
        for i in 0..partials.len() {
            let mut y = partials[i];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let (high, low) = fast_sum(x, y);
            if low != 0.0 {
                partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        partials.truncate(kept);
        if x == 0.0 {
            continue;
        }
        if x.is_finite() {
            partials.push(x);
            continue;
        }
        if given.is_finite() {
            return raise!(py, OverflowError, "intermediate overflow in fsum");
        }
        if given.is_infinite() {
            infinite += given;
        }
        special += given;
        partials.clear();
    }
    if special != 0.0 || f64::is_nan(special) {
        if f64::is_nan(infinite) {
            return raise!(py, ValueError, "-inf + inf in fsum");
        }
        return Ok(special);
    }
    Ok(rounded(&partials))
}

/// The sum of partials that do not overlap, rounded half to even.
fn rounded(partials: &[f64]) -> f64 {
    let mut rest = partials.iter().rev().copied();
    let Some(mut high) = rest.next() else {
        return 0.0;
    };
    let mut low = 0.0;
    let mut next = None;
    for y in rest.by_ref() {
        (high, low) = fast_sum(high, y);
        if low != 0.0 {
            next = rest.next();
            break;
        }
    }
    // Half-way cases: the remaining partials decide.
    if let Some(next) = next
        && ((low < 0.0 && next < 0.0) || (low > 0.0 && next > 0.0))
    {
        let y = low * 2.0;
        let x = high + y;
        if y == x - high {
            high = x;
        }
    }
    high
}
