//! The constructor of timedelta: a sum of ints and floats in seven units, exact but for
//! one rounding of what the floats leave below a microsecond.

use krait_object::protocol::number;
use krait_object::{Float, Int, Owned, Py, PyResult, Type, Value, raise};

use super::delta::{self, This};
use super::span::{Span, TooLong};

/// The sum so far.
#[derive(Default)]
struct Sum {
    micros: i128,
    /// What floats left over, in microseconds.
    fraction: f64,
    overflow: bool,
}

impl Sum {
    fn add_whole(&mut self, number: Option<i128>, factor: i128) {
        let product = number.and_then(|n| n.checked_mul(factor));
        match product.and_then(|p| self.micros.checked_add(p)) {
            Some(sum) => self.micros = sum,
            None => self.overflow = true,
        }
    }

    fn add_float(&mut self, py: Py, f: f64, factor: i128) -> PyResult<()> {
        if f.is_nan() {
            return raise!(py, ValueError, "cannot convert float NaN to integer");
        }
        if f.is_infinite() {
            return raise!(
                py,
                OverflowError,
                "cannot convert float infinity to integer"
            );
        }
        let whole = f.trunc();
        self.add_whole(whole_of(whole), factor);
        let rest = (f - whole) * factor as f64;
        if rest != 0.0 {
            self.fraction += rest - rest.trunc();
            self.add_whole(whole_of(rest.trunc()), 1);
        }
        Ok(())
    }

    fn add(&mut self, py: Py, value: &Value, name: &str, factor: i128) -> PyResult<()> {
        if let Some(i) = value.as_small_int() {
            self.add_whole(Some(i128::from(i)), factor);
            return Ok(());
        }
        if let Some(f) = float_of(value) {
            return self.add_float(py, f, factor);
        }
        if value.downcast::<Int>().is_none() {
            return raise!(
                py,
                TypeError,
                "unsupported type for timedelta {name} component: {}",
                value.ty().name()
            );
        }
        self.add_whole(number::index_to_i128(py, value)?, factor);
        Ok(())
    }

    /// The rounded sum: ties go to the even microsecond.
    fn finish(self) -> Result<Span, TooLong> {
        if self.overflow {
            return Err(TooLong::Int);
        }
        let mut whole = self.fraction.round();
        if (whole - self.fraction).abs() == 0.5 {
            let odd = if self.micros & 1 == 1 { 1.0 } else { 0.0 };
            whole = 2.0 * ((self.fraction + odd) * 0.5).round() - odd;
        }
        Span::from_micros(self.micros + whole as i128)
    }
}

fn whole_of(f: f64) -> Option<i128> {
    (f.abs() < 1e38).then_some(f as i128)
}

pub fn float_of(value: &Value) -> Option<f64> {
    value
        .as_double()
        .or_else(|| value.downcast::<Float>().map(Float::get))
}

#[expect(clippy::too_many_arguments, reason = "Python's signature")]
pub fn new(
    py: Py,
    class: &Type,
    days: Option<&Value>,
    seconds: Option<&Value>,
    microseconds: Option<&Value>,
    milliseconds: Option<&Value>,
    minutes: Option<&Value>,
    hours: Option<&Value>,
    weeks: Option<&Value>,
) -> PyResult<Owned<This>> {
    let second: i128 = 1_000_000;
    let mut sum = Sum::default();
    let parts = [
        (microseconds, "microseconds", 1),
        (milliseconds, "milliseconds", 1000),
        (seconds, "seconds", second),
        (minutes, "minutes", 60 * second),
        (hours, "hours", 3600 * second),
        (days, "days", 86_400 * second),
        (weeks, "weeks", 7 * 86_400 * second),
    ];
    for (value, name, factor) in parts {
        if let Some(value) = value {
            sum.add(py, value, name, factor)?;
        }
    }
    let span = delta::in_range(py, sum.finish())?;
    delta::new_in(py, class, span)
}
