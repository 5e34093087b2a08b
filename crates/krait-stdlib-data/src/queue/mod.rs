//! `_queue`: `SimpleQueue`.
//!
//! The items are only touched with the GIL; threads that wait for one sleep on a condition
//! variable, and look for signals now and then.

use std::cell::{OnceCell, RefCell};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use krait_object::gc::Visitor;
use krait_object::native::module::NativeModule;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::types::sequence;
use krait_object::{
    GilCell, ModuleBuilder, Owned, Py, PyResult, Str, Type, Value, class_cell, errors, exceptions,
    hooks, raise,
};
use krait_text::memory::make_room_in_queue;

pub const MODULE: NativeModule = NativeModule {
    name: "_queue",
    init,
};

static EMPTY: GilCell<OnceCell<Owned<Type>>> = GilCell::new(OnceCell::new());

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value("__doc__", Value::from(Str::new("C implementation of the Python queue module.\nThis module is an implementation detail, please do not use it directly.")))?;
    let class = crate::exception::new_class(m.py, "_queue.Empty", &exceptions::Exception)?;
    crate::exception::add(m, "Empty", EMPTY.get(m.py).get_or_init(|| class))?;
    m.class::<SimpleQueue>()?;
    Ok(())
}

/// Counts the items that were put, and wakes a thread that waits.
#[derive(Default)]
struct Bell {
    rung: Mutex<u64>,
    wake: Condvar,
}

impl Bell {
    fn count(&self) -> u64 {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.wake.notify_one();
    }

    /// Waits until the count is another one, or the time is over.
    fn wait(&self, seen: u64, limit: Duration) {
        let guard = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        drop(
            self.wake
                .wait_timeout_while(guard, limit, |count| *count == seen),
        );
    }
}

/// An unbounded queue.
#[derive(Default)]
pub struct SimpleQueue {
    items: RefCell<VecDeque<Value>>,
    bell: Arc<Bell>,
}

type This = Instance<SimpleQueue>;

/// How long a thread sleeps before it looks for signals.
const SLICE: Duration = Duration::from_millis(50);

impl SimpleQueue {
    fn put(&self, item: &Value) {
        let mut items = self.items.borrow_mut();
        make_room_in_queue(&mut items);
        items.push_back(item.clone());
        drop(items);
        self.bell.ring();
    }

    fn take(&self) -> Option<Value> {
        self.items.borrow_mut().pop_front()
    }
}

#[cold]
fn empty<T>(py: Py) -> PyResult<T> {
    match EMPTY.get(py).get() {
        Some(class) => Err(errors::raise_args(py, class, &[])),
        None => raise!(py, SystemError, "_queue is not initialised"),
    }
}

fn get(py: Py, this: &This, block: Option<bool>, timeout: Option<f64>) -> PyResult {
    if !block.unwrap_or(true) {
        return this.take().map_or_else(|| empty(py), Ok);
    }
    let deadline = match timeout {
        None => None,
        Some(seconds) if seconds < 0.0 => {
            return raise!(py, ValueError, "'timeout' must be a non-negative number");
        }
        Some(seconds) => match Duration::try_from_secs_f64(seconds)
            .ok()
            .and_then(|d| Instant::now().checked_add(d))
        {
            Some(deadline) => Some(deadline),
            None if seconds.is_nan() => {
                return raise!(py, ValueError, "Invalid value NaN (not a number)");
            }
            None => return raise!(py, OverflowError, "timeout value is too large"),
        },
    };
    loop {
        if let Some(item) = this.take() {
            return Ok(item);
        }
        let left = deadline.map_or(SLICE, |d| d.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            return empty(py);
        }
        let (bell, seen) = (this.bell.clone(), this.bell.count());
        py.allow_threads(move || bell.wait(seen, left.min(SLICE)));
        (hooks::get(py).signals)(py)?;
    }
}

impl Class for SimpleQueue {
    const NAME: &'static str = "_queue.SimpleQueue";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.subclassable()
            .with_weakrefs()
            .doc("Simple, unbounded, reentrant FIFO queue.")
            .new_with("SimpleQueue()", |py: Py, class: &Type| {
                Instance::new_in(py, class, SimpleQueue::default())
            })
            .method(
                "put($self, /, item, block=True, timeout=None)",
                |_py: Py,
                 this: &This,
                 item: &Value,
                 _block: Option<&Value>,
                 _timeout: Option<&Value>| this.put(item),
            )
            .method(
                "put_nowait($self, /, item)",
                |_py: Py, this: &This, item: &Value| this.put(item),
            )
            .method("get($self, /, block=True, timeout=None)", get)
            .method("get_nowait($self, /)", |py: Py, this: &This| {
                get(py, this, Some(false), None)
            })
            .method("empty($self, /)", |_py: Py, this: &This| {
                this.items.borrow().is_empty()
            })
            .method("qsize($self, /)", |_py: Py, this: &This| {
                this.items.borrow().len()
            })
            .class_method(
                "__class_getitem__($type, object, /)",
                sequence::class_getitem,
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.items);
    }

    fn clear(&self) {
        let items = self.items.take();
        drop(items);
    }
}
