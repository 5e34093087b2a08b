//! `hypot` and `dist`: Euclidean norms with the rounding errors of all steps carried
//! along, as CPython computes them.

use krait_object::native::Args;
use krait_object::protocol::{self, number};
use krait_object::{ModuleBuilder, Py, PyResult, Value, raise};

use super::coordinates;
use super::floats::frexp;
use super::sums::{fast_sum, product};

pub(super) fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function(
        "hypot($module, /, *coordinates)",
        |py: Py, values: Args<'_>| coordinates(py, values).map(norm),
    )?;
    m.function("dist($module, p, q, /)", dist)?;
    Ok(())
}

fn dist(py: Py, p: &Value, q: &Value) -> PyResult<f64> {
    let (p, q) = (
        protocol::iter::to_tuple(py, p)?,
        protocol::iter::to_tuple(py, q)?,
    );
    if p.len() != q.len() {
        return raise!(
            py,
            ValueError,
            "both points must have the same number of dimensions"
        );
    }
    let mut differences = Vec::with_capacity(p.len());
    for (a, b) in p.as_values().iter().zip(q.as_values()) {
        differences.push(number::to_f64(py, a)? - number::to_f64(py, b)?);
    }
    Ok(norm(differences))
}

fn norm(mut vector: Vec<f64>) -> f64 {
    let mut largest = 0f64;
    let mut has_nan = false;
    for x in &mut vector {
        *x = x.abs();
        has_nan |= x.is_nan();
        largest = largest.max(*x);
    }
    if largest.is_infinite() {
        return largest;
    }
    if has_nan {
        return f64::NAN;
    }
    if largest == 0.0 || vector.len() <= 1 {
        return largest;
    }
    scaled_norm(&mut vector, largest)
}

fn scaled_norm(vector: &mut [f64], largest: f64) -> f64 {
    let (_, exponent) = frexp(largest);
    if exponent < -1023 {
        // Subnormal numbers cannot be scaled in one step.
        vector.iter_mut().for_each(|x| *x /= f64::MIN_POSITIVE);
        return f64::MIN_POSITIVE * scaled_norm(vector, largest / f64::MIN_POSITIVE);
    }
    let scale = krait_sys::math::ldexp(1.0, -exponent);
    let (mut sum, mut low1, mut low2) = (1.0, 0.0, 0.0);
    for x in vector.iter() {
        let x = x * scale;
        let square = product(x, x);
        let new = fast_sum(sum, square.0);
        sum = new.0;
        low1 += square.1;
        low2 += new.1;
    }
    let mut root = (sum - 1.0 + (low1 + low2)).sqrt();
    // One step of Newton's method with the residue in double length.
    let square = product(-root, root);
    let new = fast_sum(sum, square.0);
    sum = new.0;
    low1 += square.1;
    low2 += new.1;
    let rest = sum - 1.0 + (low1 + low2);
    root += rest / (2.0 * root);
    root / scale
}
