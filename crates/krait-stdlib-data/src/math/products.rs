//! `prod` and `sumprod`.

use krait_object::protocol::number::BinaryOp;
use krait_object::protocol::{self, Iter};
use krait_object::value::Unpacked;
use krait_object::{ModuleBuilder, Py, PyResult, Value, raise};

use super::operate;
use super::sums::{product, sum};

pub(super) fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("prod($module, iterable, /, *, start=1)", prod)?;
    m.function("sumprod($module, p, q, /)", sumprod)?;
    Ok(())
}

fn prod(py: Py, iterable: &Value, start: Option<&Value>) -> PyResult {
    let mut items = Iter::new(py, iterable)?;
    let mut result = start.cloned().unwrap_or_else(|| Value::int(1));
    while let Some(item) = items.next(py)? {
        result = operate(py, BinaryOp::Multiply, &result, &item)?;
    }
    Ok(result)
}

/// A sum in triple length.
#[derive(Clone, Copy, Default)]
struct Triple {
    high: f64,
    low: f64,
    tiny: f64,
}

impl Triple {
    fn add_product(self, x: f64, y: f64) -> Triple {
        let (product_high, product_low) = product(x, y);
        let (high, rest) = sum(self.high, product_high);
        let (low, tiny1) = sum(self.low, product_low);
        let (low, tiny2) = sum(low, rest);
        Triple {
            high,
            low,
            tiny: self.tiny + tiny1 + tiny2,
        }
    }

    fn value(self) -> f64 {
        let (high, low) = sum(self.low, self.high);
        self.tiny + low + high
    }
}

/// Two numbers as floats, if at least one is a float and the other an int or float.
fn float_pair(p: &Value, q: &Value) -> Option<(f64, f64)> {
    let unboxed = |v: &Value| v.as_object().map_or_else(|| v.clone(), Value::unboxed);
    let number = |v: &Value| match v.unpack() {
        Unpacked::Float(f) => Some((f, true)),
        Unpacked::Int(i) => Some((i as f64, false)),
        Unpacked::Object(o) => {
            let int = o.downcast::<krait_object::Int>()?;
            let exact =
                o.is_exact::<krait_object::Int>() || v.ty().is(&krait_object::singletons::BOOL);
            let f = krait_int::to_f64(krait_object::types::int::methods::signed(int)).ok()?;
            exact.then_some((f, false))
        }
    };
    let (x, y) = (number(&unboxed(p))?, number(&unboxed(q))?);
    (x.1 || y.1).then_some((x.0, y.0))
}

/// The sum so far, in the form that the items allow.
struct Total {
    value: Value,
    ints: Option<i64>,
    floats: Option<Triple>,
    float_used: bool,
}

impl Total {
    fn flush_ints(&mut self, py: Py) -> PyResult<()> {
        if let Some(sum) = self.ints.take()
            && sum != 0
        {
            self.value = operate(py, BinaryOp::Add, &self.value, &Value::int(sum))?;
        }
        Ok(())
    }

    fn flush_floats(&mut self, py: Py) -> PyResult<()> {
        if let Some(sum) = self.floats.take()
            && self.float_used
        {
            self.value = operate(py, BinaryOp::Add, &self.value, &Value::float(sum.value()))?;
        }
        Ok(())
    }

    fn add(&mut self, py: Py, p: &Value, q: &Value) -> PyResult<()> {
        if let Some(sum) = self.ints {
            let unboxed = |v: &Value| match v.as_object() {
                Some(o) => Value::unboxed(o).as_small_int(),
                None => v.as_small_int(),
            };
            if let (Some(x), Some(y)) = (unboxed(p), unboxed(q))
                && let Some(new) = x.checked_mul(y).and_then(|z| sum.checked_add(z))
            {
                self.ints = Some(new);
                return Ok(());
            }
            self.flush_ints(py)?;
        }
        if let Some(sum) = self.floats {
            if let Some((x, y)) = float_pair(p, q) {
                let new = sum.add_product(x, y);
                if new.high.is_finite() {
                    self.floats = Some(new);
                    self.float_used = true;
                    return Ok(());
                }
            }
            self.flush_floats(py)?;
        }
        let term = operate(py, BinaryOp::Multiply, p, q)?;
        self.value = operate(py, BinaryOp::Add, &self.value, &term)?;
        Ok(())
    }
}

fn sumprod(py: Py, p: &Value, q: &Value) -> PyResult {
    let (p, q) = (protocol::iter(py, p)?, protocol::iter(py, q)?);
    let mut total = Total {
        value: Value::int(0),
        ints: Some(0),
        floats: Some(Triple::default()),
        float_used: false,
    };
    loop {
        match (protocol::next(py, &p)?, protocol::next(py, &q)?) {
            (Some(x), Some(y)) => total.add(py, &x, &y)?,
            (None, None) => break,
            _ => return raise!(py, ValueError, "Inputs are not the same length"),
        }
    }
    total.flush_ints(py)?;
    total.flush_floats(py)?;
    Ok(total.value)
}
