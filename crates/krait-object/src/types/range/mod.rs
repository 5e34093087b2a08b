//! `range`.
//!
//! What always holds: `start`, `stop`, `step` and `length` are exact ints. Where all are
//! below 2**62 in magnitude, `small` has them as machine numbers, and nothing computed
//! from them overflows.

use super::slice::arith;
use super::str::Str;
use super::tuple::Tuple;
use super::typeobject::Type;
use crate::native::{Class, Instance, TypeBuilder, TypeCell};
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol::{self, CompareOp, number};
use crate::py::{Py, PyResult};
use crate::singletons::{self, Bool};
use crate::types::int::Int;
use crate::value::Value;

mod items;
mod iter;

pub use iter::{LONG_RANGE_ITER, LongRangeIter, RANGE_ITER, RangeIter};

#[unsafe(export_name = "PyRange_Type")]
pub static RANGE: TypeCell = TypeCell::new();

/// A `range` object.
pub type Range = Instance<RangeBody>;

pub struct RangeBody {
    start: Value,
    stop: Value,
    step: Value,
    length: Value,
    small: Option<Small>,
}

/// A range in machine numbers.
#[derive(Clone, Copy)]
pub struct Small {
    pub start: i64,
    pub step: i64,
    pub count: i64,
}

const SMALL_LIMIT: i64 = 1 << 62;

fn small_number(value: &Value) -> Option<i64> {
    number::int_of(value).filter(|i| (-SMALL_LIMIT..SMALL_LIMIT).contains(i))
}

impl RangeBody {
    /// From exact ints; the step is not zero.
    pub fn new(start: Value, stop: Value, step: Value) -> RangeBody {
        let small = || {
            let (start, stop, step) = (
                small_number(&start)?,
                small_number(&stop)?,
                small_number(&step)?,
            );
            let count = if step == 1 {
                (stop - start).max(0)
            } else if step > 0 && start < stop {
                (stop - 1 - start) / step + 1
            } else if step < 0 && start > stop {
                (start - 1 - stop) / -step + 1
            } else {
                0
            };
            Some(Small { start, step, count })
        };
        let small = small();
        let length = match small {
            Some(small) => Value::int(small.count),
            None => big_length(&start, &stop, &step),
        };
        RangeBody {
            start,
            stop,
            step,
            length,
            small,
        }
    }

    /// The range in machine numbers, where it fits.
    #[inline(always)]
    pub fn small(&self) -> Option<Small> {
        self.small
    }

    fn is_empty(&self) -> bool {
        arith::is_zero(&self.length)
    }

    /// The item at an index, which need not be within the range.
    fn item_at(&self, index: &Value) -> Value {
        arith::add(&self.start, &arith::mul(index, &self.step))
    }
}

fn big_length(start: &Value, stop: &Value, step: &Value) -> Value {
    let down = arith::is_negative(step);
    let (low, high, step) = if down {
        (stop, start, arith::negated(step))
    } else {
        (start, stop, step.clone())
    };
    if arith::compare(low, high).is_ge() {
        return Value::int(0);
    }
    let span = arith::sub(&arith::sub(high, low), &Value::int(1));
    arith::add(&arith::divmod(&span, &step).0, &Value::int(1))
}

/// A range of machine numbers; the step is not zero.
pub fn range(py: Py, start: i64, stop: i64, step: i64) -> Owned<Range> {
    Instance::new(
        py,
        RangeBody::new(Value::int(start), Value::int(stop), Value::int(step)),
    )
}

fn new(
    py: Py,
    _class: &Type,
    first: &Value,
    stop: Option<&Value>,
    step: Option<&Value>,
) -> PyResult<Owned<Range>> {
    let first = arith::exact_index(py, first)?;
    let Some(stop) = stop else {
        return Ok(Instance::new(
            py,
            RangeBody::new(Value::int(0), first, Value::int(1)),
        ));
    };
    let stop = arith::exact_index(py, stop)?;
    let step = match step {
        Some(step) => arith::exact_index(py, step)?,
        None => Value::int(1),
    };
    if arith::is_zero(&step) {
        return crate::raise!(py, ValueError, "range() arg 3 must not be zero");
    }
    Ok(Instance::new(py, RangeBody::new(first, stop, step)))
}

fn length(py: Py, this: &Range) -> PyResult<usize> {
    match number::int_of(&this.length) {
        Some(length) => Ok(length as usize),
        None => crate::raise!(
            py,
            OverflowError,
            "Python int too large to convert to C ssize_t"
        ),
    }
}

fn repr(py: Py, this: &Range) -> PyResult<Owned<Str>> {
    let (start, stop) = (
        protocol::repr(py, &this.start)?,
        protocol::repr(py, &this.stop)?,
    );
    if this.step.as_small_int() == Some(1) {
        return Ok(Str::new(&format!(
            "range({}, {})",
            start.to_rust(),
            stop.to_rust()
        )));
    }
    let step = protocol::repr(py, &this.step)?;
    Ok(Str::new(&format!(
        "range({}, {}, {})",
        start.to_rust(),
        stop.to_rust(),
        step.to_rust()
    )))
}

/// Equal ranges give the same items: an empty range has neither start nor step, a range
/// of one item no step.
fn identity(this: &Range) -> [Value; 3] {
    let start = if this.is_empty() {
        Value::none()
    } else {
        this.start.clone()
    };
    let single = arith::compare(&this.length, &Value::int(1)).is_le();
    let step = if single {
        Value::none()
    } else {
        this.step.clone()
    };
    [this.length.clone(), start, step]
}

fn hash(py: Py, this: &Range) -> PyResult<i64> {
    protocol::hash(py, &Value::from(Tuple::from_values(identity(this))))
}

fn same_item(a: &Value, b: &Value) -> bool {
    match (a.is_none(), b.is_none()) {
        (false, false) => arith::compare(a, b).is_eq(),
        (a, b) => a == b,
    }
}

fn compare(_py: Py, this: &Range, other: &Object, op: CompareOp) -> Value {
    let Some(other) = other.downcast::<Range>() else {
        return Value::from_static(singletons::not_implemented());
    };
    let equal = || {
        std::ptr::eq(this, other)
            || identity(this)
                .iter()
                .zip(&identity(other))
                .all(|(a, b)| same_item(a, b))
    };
    match op {
        CompareOp::Eq => Value::bool(equal()),
        CompareOp::Ne => Value::bool(!equal()),
        _ => Value::from_static(singletons::not_implemented()),
    }
}

fn reduce(_py: Py, this: &Range) -> Value {
    let arguments = Tuple::from_values([this.start.clone(), this.stop.clone(), this.step.clone()]);
    let class = Value::from(Layout::to_owned(this.as_object().ty()));
    Value::from(Tuple::from_values([class, Value::from(arguments)]))
}

/// Whether membership of the value can be computed: exact ints and bools.
fn is_plain_int(value: &Value) -> bool {
    value.as_small_int().is_some()
        || value.downcast_exact::<Int>().is_some()
        || value.downcast::<Bool>().is_some()
}

impl Class for RangeBody {
    const NAME: &'static str = "range";
    const SILENT: bool = true;

    fn cell() -> &'static TypeCell {
        &RANGE
    }

    fn define(b: &mut TypeBuilder<Range>) {
        b.flags(krait_abi::Py_TPFLAGS_SEQUENCE)
            .doc("range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\nThe integers from start (0 where it is not given) up to but not including stop, by\nstep. range(4) gives 0, 1, 2, 3; range(4, 0, -2) gives 4, 2.")
            .new_with("range(start, stop=<unrepresentable>, step=<unrepresentable>, /)", new)
            .repr(repr)
            .hash(hash)
            .compare(compare)
            .iter(iter::forward)
            .len(length)
            .truth(|_py, this: &Range| Ok(!this.is_empty()))
            .method_doc("__reversed__($self, /)", "Returns a reverse iterator.", iter::backward)
            .method("__reduce__($self, /)", reduce)
            .field("start", |_py, this: &Range| this.start.clone())
            .field("stop", |_py, this: &Range| this.stop.clone())
            .field("step", |_py, this: &Range| this.step.clone());
        items::define(b);
    }
}

pub(crate) fn define() {
    Range::type_object();
    Instance::<RangeIter>::type_object();
    Instance::<LongRangeIter>::type_object();
}
