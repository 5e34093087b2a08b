//! `datetime.timedelta`.

use std::cell::Cell;

use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::protocol::CompareOp;
use krait_object::types::sequence::{TupleHash, not_implemented};
use krait_object::{Layout, Object, Owned, Py, PyResult, Type, Value, class_cell, protocol, raise};

use super::span::{MAX_DAYS, Span, TooLong};
use super::{constants, delta_new, delta_ops};

/// The struct `PyDateTime_Delta`.
#[repr(C)]
pub struct Delta {
    /// -1 until it is computed.
    hash: Cell<i64>,
    pub span: Span,
}

pub type This = Instance<Delta>;

pub fn new_in(py: Py, class: &Type, span: Span) -> PyResult<Owned<This>> {
    let hash = Cell::new(-1);
    Instance::new_in(py, class, Delta { hash, span })
}

pub fn new(py: Py, span: Span) -> Owned<This> {
    let hash = Cell::new(-1);
    Instance::new(py, Delta { hash, span })
}

/// The object of a span that may be too long.
pub fn checked(py: Py, span: Result<Span, TooLong>) -> PyResult<Owned<This>> {
    Ok(new(py, in_range(py, span)?))
}

/// The span, or OverflowError.
pub fn in_range(py: Py, span: Result<Span, TooLong>) -> PyResult<Span> {
    match span {
        Ok(span) => Ok(span),
        Err(TooLong::Int) => raise!(
            py,
            OverflowError,
            "Python int too large to convert to C int"
        ),
        Err(TooLong::Days(days)) => raise!(
            py,
            OverflowError,
            "days={days}; must have magnitude <= {MAX_DAYS}"
        ),
    }
}

/// The span of a value that is a timedelta.
#[inline]
pub fn span_of(value: &Object) -> Option<Span> {
    value.downcast::<This>().map(|d| d.span)
}

pub fn hash_span(span: Span) -> i64 {
    let mut hash = TupleHash::start();
    for part in [span.days, span.seconds, span.micros] {
        hash.item(protocol::compare::hash_int(i64::from(part)));
    }
    hash.finish(3)
}

fn hash(_py: Py, this: &This) -> PyResult<i64> {
    if this.hash.get() == -1 {
        this.hash.set(hash_span(this.span));
    }
    Ok(this.hash.get())
}

fn repr(_py: Py, this: &This) -> String {
    let Span {
        days,
        seconds,
        micros,
    } = this.span;
    let parts: Vec<String> = [
        ("days", days),
        ("seconds", seconds),
        ("microseconds", micros),
    ]
    .into_iter()
    .filter(|(_, n)| *n != 0)
    .map(|(name, n)| format!("{name}={n}"))
    .collect();
    let parts = if parts.is_empty() {
        "0".to_string()
    } else {
        parts.join(", ")
    };
    format!("{}({parts})", this.as_object().ty().full_name())
}

fn str(_py: Py, this: &This) -> String {
    use std::fmt::Write;
    let Span {
        days,
        seconds,
        micros,
    } = this.span;
    let mut text = String::new();
    if days != 0 {
        let plural = if days.abs() == 1 { "" } else { "s" };
        let _ = write!(text, "{days} day{plural}, ");
    }
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let _ = write!(text, "{hours}:{minutes:02}:{seconds:02}");
    if micros != 0 {
        let _ = write!(text, ".{micros:06}");
    }
    text
}

fn compare(_py: Py, this: &This, other: &Object, op: CompareOp) -> Value {
    match span_of(other) {
        Some(other) => Value::bool(op.holds(this.span.cmp(&other))),
        None => not_implemented(),
    }
}

pub fn define_constants(py: Py) -> PyResult<()> {
    let value = |days, seconds, micros| {
        Value::from(new(
            py,
            Span {
                days,
                seconds,
                micros,
            },
        ))
    };
    constants::<Delta>(
        py,
        &[
            ("resolution", value(0, 0, 1)),
            ("min", value(-MAX_DAYS, 0, 0)),
            ("max", value(MAX_DAYS, 86_399, 999_999)),
        ],
    )
}

impl Class for Delta {
    const NAME: &'static str = "datetime.timedelta";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.subclassable()
            .doc(DOC)
            .new_with(
                "__new__($type, days=<x>, seconds=<x>, microseconds=<x>, milliseconds=<x>, minutes=<x>, hours=<x>, weeks=<x>)",
                delta_new::new,
            )
            .repr(repr)
            .str(str)
            .hash(hash)
            .compare(compare)
            .truth(|_py: Py, this: &This| Ok(!this.span.is_zero()))
            .field("days", |_py: Py, this: &This| this.span.days)
            .field("seconds", |_py: Py, this: &This| this.span.seconds)
            .field("microseconds", |_py: Py, this: &This| this.span.micros)
            .method_doc(
                "total_seconds($self, /)",
                "Total seconds in the duration.",
                delta_ops::total_seconds,
            )
            .method_doc(
                "__reduce__($self, /)",
                "__reduce__() -> (cls, state)",
                |_py: Py, this: &This| {
                    let class = Value::from(this.as_object().ty().to_owned());
                    let span = this.span;
                    (class, (span.days, span.seconds, span.micros))
                },
            );
        delta_ops::define(b);
    }
}

const DOC: &str = "Difference between two datetime values.\n\ntimedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)\n\nAll arguments are optional and default to 0.\nArguments may be integers or floats, and may be positive or negative.";
