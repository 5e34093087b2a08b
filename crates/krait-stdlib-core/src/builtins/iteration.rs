//! `iter`, `next`, `all`, `any`, `min`, `max`, `sum`, and the asynchronous pair.

use krait_object::protocol::number::{self, BinaryOp};
use krait_object::protocol::{CompareOp, Iter, rich_compare, truth};
use krait_object::singletons::{BOOL, true_object};
use krait_object::types::complex::Complex;
use krait_object::types::int::Int;
use krait_object::value::{both_ints, fits, word_to_int};
use krait_object::{Args, ModuleBuilder, Py, PyResult, Str, Value, intern, protocol, raise};

fn iter(py: Py, object: &Value, sentinel: Option<&Value>) -> PyResult {
    let Some(sentinel) = sentinel else {
        return protocol::iter(py, object).map(Value::from);
    };
    if !protocol::call::is_callable(object) {
        return raise!(py, TypeError, "iter(v, w): v must be callable");
    }
    Ok(Value::from(krait_object::types::iterators::callable_iter(
        py,
        object.clone(),
        sentinel.clone(),
    )))
}

fn next(py: Py, iterator: &Value, default: Option<&Value>) -> PyResult {
    let object = iterator.to_object();
    let Some(default) = default else {
        // The value of a generator's return travels in the StopIteration.
        return krait_object::types::iterators::next_or_raise(py, &object);
    };
    Ok(protocol::next(py, &object)?.unwrap_or_else(|| default.clone()))
}

fn all(py: Py, iterable: &Value) -> PyResult<bool> {
    let mut items = Iter::new(py, iterable)?;
    while let Some(item) = items.next(py)? {
        if !truth(py, &item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn any(py: Py, iterable: &Value) -> PyResult<bool> {
    let mut items = Iter::new(py, iterable)?;
    while let Some(item) = items.next(py)? {
        if truth(py, &item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The best of several by comparison with `op`.
fn extreme(
    py: Py,
    name: &str,
    op: CompareOp,
    args: &[Value],
    key: Option<&Value>,
    default: Option<&Value>,
) -> PyResult {
    let [single] = args else {
        if args.is_empty() {
            return raise!(py, TypeError, "{name} expected at least 1 argument, got 0");
        }
        if default.is_some() {
            return raise!(
                py,
                TypeError,
                "Cannot specify a default for {name}() with multiple positional arguments"
            );
        }
        let mut rest = args.iter();
        return Ok(best(py, op, key, || Ok(rest.next().cloned()))?.unwrap_or_else(Value::none));
    };
    let mut items = Iter::new(py, single)?;
    match (best(py, op, key, || items.next(py))?, default) {
        (Some(found), _) => Ok(found),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => raise!(py, ValueError, "{name}() iterable argument is empty"),
    }
}

fn best(
    py: Py,
    op: CompareOp,
    key: Option<&Value>,
    mut next: impl FnMut() -> PyResult<Option<Value>>,
) -> PyResult<Option<Value>> {
    let mut best: Option<(Value, Value)> = None;
    while let Some(item) = next()? {
        let by = match key {
            Some(key) => protocol::call(py, key, std::slice::from_ref(&item))?,
            None => item.clone(),
        };
        let better = match &best {
            None => true,
            Some((_, best_by)) => holds(py, &by, best_by, op)?,
        };
        if better {
            best = Some((item, by));
        }
    }
    Ok(best.map(|(item, _)| item))
}

/// Whether a comparison is true.
#[inline(always)]
fn holds(py: Py, a: &Value, b: &Value, op: CompareOp) -> PyResult<bool> {
    if let (Some(x), Some(y)) = (a.as_small_int(), b.as_small_int()) {
        return Ok(op.holds(x.cmp(&y)));
    }
    if let (Some(x), Some(y)) = (a.as_double(), b.as_double()) {
        return Ok(op.holds_f64(x, y));
    }
    truth(py, &rich_compare(py, a, b, op)?)
}

fn min(py: Py, args: Args<'_>, key: Option<&Value>, default: Option<&Value>) -> PyResult {
    extreme(py, "min", CompareOp::Lt, args.0, key, default)
}

fn max(py: Py, args: Args<'_>, key: Option<&Value>, default: Option<&Value>) -> PyResult {
    extreme(py, "max", CompareOp::Gt, args.0, key, default)
}

/// `sum`: ints and floats without objects; floats with Neumaier's compensation.
fn sum(py: Py, iterable: &Value, start: Option<&Value>) -> PyResult {
    let mut total = start.cloned().unwrap_or_else(|| Value::int(0));
    if total.downcast::<Str>().is_some() {
        return raise!(
            py,
            TypeError,
            "sum() can't sum strings [use ''.join(seq) instead]"
        );
    }
    for (refused, hint) in [("bytes", "b''"), ("bytearray", "b''")] {
        if total.as_object().is_some() && total.ty().full_name() == refused {
            return raise!(
                py,
                TypeError,
                "sum() can't sum {refused} [use {hint}.join(seq) instead]"
            );
        }
    }
    let mut items = Iter::new(py, iterable)?;
    loop {
        if let Some(first) = total.downcast_exact::<Complex>() {
            match sum_complex(py, first, &mut items)? {
                (sum, None) => return Ok(sum),
                (sum, Some(other)) => total = number::binary(py, BinaryOp::Add, &sum, &other)?,
            }
            continue;
        }
        if let Some(mut sum) = total.as_small_int() {
            items.take_ints(|i| {
                let fit = fits(sum + i);
                sum += if fit { i } else { 0 };
                fit
            });
            total = Value::int(sum);
        }
        let Some(item) = items.next(py)? else { break };
        let item = addend(item);
        if both_ints(total.word(), item.word()) {
            let sum = word_to_int(total.word()) + word_to_int(item.word());
            if fits(sum) {
                total = Value::int(sum);
                continue;
            }
        }
        let number = match (item.as_double(), item.as_small_int()) {
            (None, Some(i)) => Some(i as f64),
            (None, None) if total.as_double().is_some() && item.downcast::<Int>().is_some() => {
                Some(protocol::number::int_to_f64(py, &item)?)
            }
            (number, _) => number,
        };
        if let (Some(first), Some(second)) = (total.as_double(), number) {
            match sum_floats(py, first, second, &mut items)? {
                (sum, None) => return Ok(Value::float(sum)),
                (sum, Some(other)) => {
                    total = number::binary(py, BinaryOp::Add, &Value::float(sum), &other)?;
                    continue;
                }
            }
        }
        total = number::binary(py, BinaryOp::Add, &total, &item)?;
    }
    Ok(total)
}

/// An item as `sum` adds it: a bool as the int that it is.
#[inline(always)]
fn addend(item: Value) -> Value {
    let Some(object) = item.as_object() else {
        return item;
    };
    if object.ty().is(&BOOL) {
        return Value::int(i64::from(object.is(true_object())));
    }
    item.unbox()
}

/// Adds floats and ints up; gives the sum and the first item that is neither.
fn sum_floats(py: Py, first: f64, second: f64, items: &mut Iter) -> PyResult<(f64, Option<Value>)> {
    let mut sum = Compensated::new(first);
    sum.add(second);
    let mut other = None;
    while let Some(item) = items.next(py)? {
        let item = item.unbox();
        match (item.as_double(), item.as_small_int()) {
            (Some(x), _) => sum.add(x),
            (None, Some(i)) => sum.add(i as f64),
            (None, None) if item.downcast_exact::<Int>().is_some() => {
                sum.add(number::int_to_f64(py, &item)?);
            }
            (None, None) => {
                other = Some(item);
                break;
            }
        }
    }
    Ok((sum.total(), other))
}

/// A sum of floats by Neumaier's method.
struct Compensated {
    sum: f64,
    correction: f64,
}

impl Compensated {
    fn new(sum: f64) -> Compensated {
        Compensated {
            sum,
            correction: 0.0,
        }
    }

    #[inline]
    fn add(&mut self, x: f64) {
        let t = self.sum + x;
        self.correction += if self.sum.abs() >= x.abs() {
            (self.sum - t) + x
        } else {
            (x - t) + self.sum
        };
        self.sum = t;
    }

    fn total(&self) -> f64 {
        if self.correction != 0.0 && self.correction.is_finite() {
            self.sum + self.correction
        } else {
            self.sum
        }
    }
}

/// Adds complex numbers, floats and ints up; gives the sum and the first item that is none.
fn sum_complex(py: Py, first: &Complex, items: &mut Iter) -> PyResult<(Value, Option<Value>)> {
    let (mut re, mut im) = (
        Compensated::new(first.real()),
        Compensated::new(first.imag()),
    );
    let mut other = None;
    while let Some(item) = items.next(py)? {
        let item = item.unbox();
        let number = item.as_double().or(item.as_small_int().map(|i| i as f64));
        if let Some(complex) = item.downcast_exact::<Complex>() {
            re.add(complex.real());
            im.add(complex.imag());
        } else if let Some(x) = number {
            re.add(x);
        } else if item.downcast_exact::<Int>().is_some() {
            re.add(number::int_to_f64(py, &item)?);
        } else {
            other = Some(item);
            break;
        }
    }
    let sum = Value::from(Complex::new(re.total(), im.total()));
    Ok((sum, other))
}

fn aiter(py: Py, iterable: &Value) -> PyResult {
    let object = iterable.to_object();
    let Some(iterator) = protocol::call_special(py, &object, intern!("__aiter__"), &[])? else {
        return raise!(
            py,
            TypeError,
            "'{}' object is not an async iterable",
            object.ty().name()
        );
    };
    if iterator.ty().lookup(py, intern!("__anext__")).is_none() {
        return raise!(
            py,
            TypeError,
            "aiter() returned not an async iterator of type '{}'",
            iterator.ty().name()
        );
    }
    Ok(iterator)
}

fn anext(py: Py, iterator: &Value, default: Option<&Value>) -> PyResult {
    let object = iterator.to_object();
    let Some(awaitable) = protocol::call_special(py, &object, intern!("__anext__"), &[])? else {
        return raise!(
            py,
            TypeError,
            "'{}' object is not an async iterator",
            object.ty().name()
        );
    };
    match default {
        None => Ok(awaitable),
        Some(default) => Ok(super::anext::new(py, awaitable, default.clone())),
    }
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("iter($module, object, sentinel=<unrepresentable>, /)", iter)?
        .function(
            "next($module, iterator, default=<unrepresentable>, /)",
            next,
        )?
        .function("all($module, iterable, /)", all)?
        .function("any($module, iterable, /)", any)?
        .function(":min(*args, key=None, default=<unrepresentable>)", min)?
        .function(":max(*args, key=None, default=<unrepresentable>)", max)?
        .function("sum($module, iterable, /, start=0)", sum)?
        .function("aiter($module, async_iterable, /)", aiter)?
        .function(
            "anext($module, aiterator, default=<unrepresentable>, /)",
            anext,
        )?;
    Ok(())
}
