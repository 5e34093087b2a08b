//! `range_iterator` and `longrange_iterator`.

use std::cell::{Cell, RefCell};

use super::{Range, RangeBody, Small};
use crate::native::{Class, Instance, TypeBuilder, TypeCell};
use crate::object::{Layout, Owned};
use crate::protocol::number;
use crate::py::{Py, PyResult};
use crate::types::iterators::builtin;
use crate::types::slice::arith;
use crate::types::tuple::Tuple;
use crate::value::{Value, fits, int_to_word};

#[unsafe(export_name = "PyRangeIter_Type")]
pub static RANGE_ITER: TypeCell = TypeCell::new();
#[unsafe(export_name = "PyLongRangeIter_Type")]
pub static LONG_RANGE_ITER: TypeCell = TypeCell::new();

/// Machine numbers from `current` by `step`. All of them fit; the one after the last
/// may have wrapped.
pub struct RangeIter {
    pub current: Cell<i64>,
    pub step: i64,
    pub remaining: Cell<i64>,
}

impl RangeIter {
    /// The next number.
    #[inline(always)]
    pub fn step(&self) -> Option<i64> {
        let remaining = self.remaining.get();
        if remaining <= 0 {
            return None;
        }
        let current = self.current.get();
        self.current.set(current.wrapping_add(self.step));
        self.remaining.set(remaining - 1);
        Some(current)
    }

    /// The next number, and whether there is one; nothing where it needs an object.
    #[inline(always)]
    pub fn step_immediate(&self) -> Option<(u64, bool)> {
        let current = self.current.get();
        if !fits(current) {
            return None;
        }
        let remaining = self.remaining.get();
        if remaining <= 0 {
            return Some((0, false));
        }
        self.current.set(current.wrapping_add(self.step));
        self.remaining.set(remaining - 1);
        Some((int_to_word(current), true))
    }
}

/// Ints of any size.
pub struct LongRangeIter {
    current: RefCell<Value>,
    step: Value,
    remaining: RefCell<Value>,
}

fn small_iter(py: Py, start: i64, step: i64, count: i64) -> Owned {
    Instance::new(
        py,
        RangeIter {
            current: Cell::new(start),
            step,
            remaining: Cell::new(count),
        },
    )
    .upcast()
}

fn long_iter(py: Py, start: Value, step: Value, length: Value) -> Owned {
    let body = LongRangeIter {
        current: RefCell::new(start),
        step,
        remaining: RefCell::new(length),
    };
    Instance::new(py, body).upcast()
}

pub(super) fn forward(py: Py, this: &Range) -> Owned {
    match this.small {
        Some(Small { start, step, count }) => small_iter(py, start, step, count),
        None => long_iter(
            py,
            this.start.clone(),
            this.step.clone(),
            this.length.clone(),
        ),
    }
}

pub(super) fn backward(py: Py, this: &Range) -> Owned {
    match this.small {
        Some(Small { start, step, count }) => {
            let last = if count > 0 {
                start + (count - 1) * step
            } else {
                start
            };
            small_iter(py, last, -step, count)
        }
        None => {
            let last = this.item_at(&arith::sub(&this.length, &Value::int(1)));
            long_iter(py, last, arith::negated(&this.step), this.length.clone())
        }
    }
}

/// `(iter, (range,), None)` with what is left of the range.
fn reduced(py: Py, start: Value, step: Value, count: &Value) -> PyResult {
    let stop = arith::add(&start, &arith::mul(count, &step));
    let range = Value::from(Instance::new(py, RangeBody::new(start, stop, step)));
    let arguments = Value::from(Tuple::from_values([range]));
    Ok(Value::from(Tuple::from_values([
        builtin(py, "iter")?,
        arguments,
        Value::none(),
    ])))
}

impl Class for RangeIter {
    const NAME: &'static str = "range_iterator";

    fn cell() -> &'static TypeCell {
        &RANGE_ITER
    }

    fn define(b: &mut TypeBuilder<Instance<RangeIter>>) {
        type This = Instance<RangeIter>;
        b.no_constructor()
            .iter(|_py, this: &This| Layout::to_owned(this))
            .next(|_py, this: &This| Ok((**this).step().map(Value::int)))
            .method("__length_hint__($self, /)", |_py: Py, this: &This| {
                this.remaining.get()
            })
            .method("__reduce__($self, /)", |py: Py, this: &This| {
                let count = Value::int(this.remaining.get());
                reduced(
                    py,
                    Value::int(this.current.get()),
                    Value::int(this.step),
                    &count,
                )
            })
            .method(
                "__setstate__($self, state, /)",
                |_py: Py, this: &This, index: i64| {
                    let index = index.clamp(0, this.remaining.get());
                    this.current.set(
                        this.current
                            .get()
                            .wrapping_add(index.wrapping_mul(this.step)),
                    );
                    this.remaining.set(this.remaining.get() - index);
                },
            );
    }
}

impl LongRangeIter {
    fn next(&self) -> Option<Value> {
        let left = self.remaining.borrow().clone();
        if arith::compare(&left, &Value::int(0)).is_le() {
            return None;
        }
        let now = self.current.borrow().clone();
        *self.current.borrow_mut() = arith::add(&now, &self.step);
        *self.remaining.borrow_mut() = arith::sub(&left, &Value::int(1));
        Some(now)
    }

    fn set_state(&self, py: Py, index: &Value) -> PyResult<()> {
        let index = number::index(py, index)?;
        let left = self.remaining.borrow().clone();
        let index = match arith::is_negative(&index) {
            true => Value::int(0),
            false if arith::compare(&index, &left).is_gt() => left.clone(),
            false => index,
        };
        let moved = arith::add(&self.current.borrow(), &arith::mul(&index, &self.step));
        *self.current.borrow_mut() = moved;
        *self.remaining.borrow_mut() = arith::sub(&left, &index);
        Ok(())
    }
}

impl Class for LongRangeIter {
    const NAME: &'static str = "longrange_iterator";
    const SILENT: bool = true;

    fn cell() -> &'static TypeCell {
        &LONG_RANGE_ITER
    }

    fn define(b: &mut TypeBuilder<Instance<LongRangeIter>>) {
        type This = Instance<LongRangeIter>;
        b.no_constructor()
            .iter(|_py, this: &This| Layout::to_owned(this))
            .next(|_py, this: &This| Ok((**this).next()))
            .method("__length_hint__($self, /)", |_py: Py, this: &This| {
                this.remaining.borrow().clone()
            })
            .method("__reduce__($self, /)", |py: Py, this: &This| {
                let (start, count) = (
                    this.current.borrow().clone(),
                    this.remaining.borrow().clone(),
                );
                reduced(py, start, this.step.clone(), &count)
            })
            .method(
                "__setstate__($self, state, /)",
                |py: Py, this: &This, index: &Value| this.set_state(py, index),
            );
    }
}
