//! `count`, `cycle`, `repeat`.

use std::cell::{Cell, RefCell};

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::protocol;
use krait_object::protocol::number::{self, BinaryOp};
use krait_object::types::complex::Complex;
use krait_object::{Float, Owned, Py, PyResult, Type, Value, class_cell, intern, raise};
use krait_text::memory::make_room;

/// Counts up from a start.
pub struct Count {
    /// The next number, as long as it and the step are machine numbers.
    fast: Cell<Option<i64>>,
    next: RefCell<Value>,
    step: Value,
    fast_step: i64,
}

/// `PyNumber_Check`: has an index, is a float or complex, or converts to one.
fn is_number(py: Py, value: &Value) -> bool {
    let Some(object) = value.as_object() else {
        return true;
    };
    let ty = object.ty();
    number::is_index(value)
        || object.downcast::<Float>().is_some()
        || object.downcast::<Complex>().is_some()
        || ty.lookup(py, intern!("__int__")).is_some()
        || ty.lookup(py, intern!("__float__")).is_some()
}

fn new_count(
    py: Py,
    class: &Type,
    start: Option<&Value>,
    step: Option<&Value>,
) -> PyResult<Owned<Instance<Count>>> {
    let start = start.cloned().unwrap_or_else(|| Value::int(0));
    let step = step.cloned().unwrap_or_else(|| Value::int(1));
    if !is_number(py, &start) || !is_number(py, &step) {
        return raise!(py, TypeError, "a number is required");
    }
    let small = |v: &Value| {
        v.as_object()
            .map_or_else(|| v.as_small_int(), |o| Value::unboxed(o).as_small_int())
    };
    let (fast, fast_step) = match (small(&start), small(&step)) {
        (Some(start), Some(step)) => (Some(start), step),
        _ => (None, 0),
    };
    let body = Count {
        fast: Cell::new(fast),
        next: RefCell::new(start),
        step,
        fast_step,
    };
    Instance::new_in(py, class, body)
}

impl Count {
    fn step(&self, py: Py) -> PyResult<Option<Value>> {
        if let Some(next) = self.fast.get() {
            match next.checked_add(self.fast_step) {
                Some(after) => self.fast.set(Some(after)),
                None => {
                    let after = number::binary(py, BinaryOp::Add, &Value::int(next), &self.step)?;
                    self.fast.set(None);
                    let old = self.next.replace(after);
                    drop(old);
                }
            }
            return Ok(Some(Value::int(next)));
        }
        let now = self.next.borrow().clone();
        let after = number::binary(py, BinaryOp::Add, &now, &self.step)?;
        let old = self.next.replace(after);
        drop(old);
        Ok(Some(now))
    }

    fn repr(&self, py: Py) -> PyResult<String> {
        let next = match self.fast.get() {
            Some(next) => next.to_string(),
            None => {
                let next = self.next.borrow().clone();
                protocol::repr(py, &next)?.to_rust().into_owned()
            }
        };
        if number::int_of(&self.step) == Some(1) {
            return Ok(format!("count({next})"));
        }
        Ok(format!(
            "count({next}, {})",
            protocol::repr(py, &self.step)?.to_rust()
        ))
    }
}

impl Class for Count {
    const NAME: &'static str = "itertools.count";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        super::iterator!(b, Count, |py: Py, this: &Instance<Count>| this.step(py))
            .subclassable()
            .doc("Return a count object whose .__next__() method returns consecutive values.")
            .new_with("count(start=0, step=1)", new_count)
            .repr(|py: Py, this: &Instance<Count>| Count::repr(this, py));
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.next);
        visitor.field(&self.step);
    }
}

/// Repeats the items of an iterable for ever.
pub struct Cycle {
    source: RefCell<Option<Owned>>,
    saved: RefCell<Vec<Owned>>,
    at: Cell<usize>,
}

fn new_cycle(py: Py, class: &Type, iterable: &Value) -> PyResult<Owned<Instance<Cycle>>> {
    let source = protocol::iter(py, iterable)?;
    let body = Cycle {
        source: RefCell::new(Some(source)),
        saved: RefCell::default(),
        at: Cell::new(0),
    };
    Instance::new_in(py, class, body)
}

impl Cycle {
    fn step(&self, py: Py) -> PyResult<Option<Owned>> {
        let source = self.source.borrow().clone();
        if let Some(source) = source {
            if let Some(item) = protocol::next_object(py, &source)? {
                let mut saved = self.saved.borrow_mut();
                make_room(&mut saved, 1);
                saved.push(item.clone());
                return Ok(Some(item));
            }
            let old = self.source.take();
            drop(old);
        }
        let saved = self.saved.borrow();
        let at = self.at.get();
        let item = saved.get(at).cloned();
        self.at.set(if at + 1 >= saved.len() { 0 } else { at + 1 });
        Ok(item)
    }
}

impl Class for Cycle {
    const NAME: &'static str = "itertools.cycle";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        super::iterator!(b, Cycle, |py: Py, this: &Instance<Cycle>| this.step(py))
            .subclassable()
            .doc("Return elements from the iterable until it is exhausted. Then repeat the sequence indefinitely.")
            .new_with("cycle(iterable, /)", new_cycle);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.source);
        visitor.field(&self.saved);
    }

    fn clear(&self) {
        let parts = (self.source.take(), self.saved.take());
        drop(parts);
    }
}

/// Gives one object again and again.
pub struct Repeat {
    object: Owned,
    /// How often still; negative for ever.
    left: Cell<i64>,
}

fn new_repeat(
    py: Py,
    class: &Type,
    object: &Value,
    times: Option<isize>,
) -> PyResult<Owned<Instance<Repeat>>> {
    let left = times.map_or(-1, |n| n.max(0) as i64);
    Instance::new_in(
        py,
        class,
        Repeat {
            object: object.to_object(),
            left: Cell::new(left),
        },
    )
}

impl Class for Repeat {
    const NAME: &'static str = "itertools.repeat";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        type This = Instance<Repeat>;
        super::iterator!(b, Repeat, |_py: Py, this: &This| {
            let left = this.left.get();
            if left == 0 {
                return Ok(None);
            }
            if left > 0 {
                this.left.set(left - 1);
            }
            Ok(Some(this.object.clone()))
        })
        .subclassable()
        .doc("repeat(object [,times]) -> create an iterator which returns the object\nfor the specified number of times.  If not specified, returns the object\nendlessly.")
        .new_with("repeat(object, times=<unrepresentable>)", new_repeat)
        .repr(|py: Py, this: &This| -> PyResult<String> {
            let object = protocol::repr(py, &Value::from(this.object.clone()))?;
            Ok(match this.left.get() {
                left if left < 0 => format!("repeat({})", object.to_rust()),
                left => format!("repeat({}, {left})", object.to_rust()),
            })
        })
        .method_doc(
            "__length_hint__($self, /)",
            "Private method returning an estimate of len(list(it)).",
            |py: Py, this: &This| match this.left.get() {
                left if left < 0 => raise!(py, TypeError, "len() of unsized object"),
                left => Ok(left),
            },
        );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.object);
    }
}
