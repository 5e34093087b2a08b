//! `_asyncio.Future`.

use std::cell::{Cell, RefCell};

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::types::sequence;
use krait_object::{
    Layout, Object, Py, PyResult, Type, Value, class_cell, intern, protocol, raise,
};
use smallvec::SmallVec;

use crate::assigned::assigned;
use crate::task::Task;
use crate::{awaited_by, event_loop, imports};
use krait_object::slot::Slot;

mod callbacks;
mod finalize;
mod iter;
mod outcome;

pub use callbacks::add as add_callback;
pub use finalize::{finalize, report};
pub use outcome::{
    cancel, cancelled_error, is_pending, result_or_exception, set_exception, set_result,
};

/// Where a future is.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    #[default]
    Pending,
    Cancelled,
    Finished,
}

/// A callback and the context that it runs in.
pub type Callback = (Value, Value);

/// The fields of a future; a task begins with them.
#[repr(C)]
#[derive(Default)]
pub struct Future {
    pub event_loop: Slot,
    pub callbacks: RefCell<SmallVec<[Callback; 1]>>,
    pub result: Slot,
    pub exception: Slot,
    pub exception_traceback: Slot,
    pub source_traceback: Slot,
    pub cancel_message: Slot,
    /// The CancelledError that ended the coroutine, to be raised once from `result()`.
    pub cancelled_exc: Slot,
    pub awaited_by: Slot,
    pub state: Cell<State>,
    pub log_traceback: Cell<bool>,
    pub blocking: Cell<bool>,
    /// Whether `awaited_by` is a set of tasks and not the one task itself.
    pub awaited_by_many: Cell<bool>,
}

pub type This = Instance<Future>;

/// The value as a native future or task of exactly one of the two classes.
#[inline]
pub fn exact(value: &Value) -> Option<(&Object, &Future)> {
    if let Some(future) = value.downcast_exact::<This>() {
        return Some((future.as_object(), future));
    }
    let task = value.downcast_exact::<Instance<Task>>()?;
    Some((task.as_object(), &task.future))
}

/// The value as a native future, task, or instance of a subclass.
pub fn of(value: &Value) -> Option<(&Object, &Future)> {
    if let Some(found) = exact(value) {
        return Some(found);
    }
    let future = value.downcast::<This>()?;
    Some((future.as_object(), future))
}

impl Future {
    /// `__init__`: all fields as in a new future.
    pub fn init(&self, py: Py, event_loop: Option<&Value>) -> PyResult<()> {
        self.clear_fields();
        self.state.set(State::Pending);
        self.log_traceback.set(false);
        self.blocking.set(false);
        let event_loop = match event_loop {
            Some(event_loop) => event_loop.clone(),
            None => crate::current::get_event_loop(py)?,
        };
        self.event_loop.set(event_loop.clone());
        if event_loop::is_debug(py, &event_loop)? {
            self.source_traceback
                .set(imports::EXTRACT_STACK.call(py, &[])?);
        }
        Ok(())
    }

    /// The loop; fails for an object whose `__init__` has not run.
    pub fn expect_loop(&self, py: Py) -> PyResult {
        match self.event_loop.get() {
            Some(event_loop) => Ok(event_loop),
            None => raise!(py, RuntimeError, "Future object is not initialized."),
        }
    }

    pub fn trace(&self, visitor: &mut Visitor) {
        visitor.field(&self.event_loop);
        if let Ok(callbacks) = self.callbacks.try_borrow() {
            for callback in callbacks.iter() {
                visitor.field(callback);
            }
        }
        for slot in self.slots() {
            visitor.field(slot);
        }
    }

    fn slots(&self) -> [&Slot; 7] {
        [
            &self.result,
            &self.exception,
            &self.exception_traceback,
            &self.source_traceback,
            &self.cancel_message,
            &self.cancelled_exc,
            &self.awaited_by,
        ]
    }

    pub fn clear_fields(&self) {
        self.event_loop.clear();
        drop(self.callbacks.take());
        self.slots().into_iter().for_each(Slot::clear);
        self.awaited_by_many.set(false);
    }
}

/// `_state`.
fn state_text(future: &Future) -> Value {
    Value::from(
        match future.state.get() {
            State::Pending => intern!("PENDING"),
            State::Cancelled => intern!("CANCELLED"),
            State::Finished => intern!("FINISHED"),
        }
        .to_owned_str(),
    )
}

fn repr(py: Py, this: &This) -> PyResult {
    this.expect_loop(py)?;
    imports::FUTURE_REPR.call(py, &[Value::from(this.to_owned())])
}

const NAME: &str = "_asyncio.Future";

fn set_log_traceback(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    let value = assigned(py, value, NAME, "_log_traceback")?;
    if protocol::truth(py, &value)? {
        return raise!(py, ValueError, "_log_traceback can only be set to False");
    }
    this.log_traceback.set(false);
    Ok(())
}

fn define_attributes(b: &mut TypeBuilder<This>) {
    b.getter("_state", |_py: Py, f: &This| state_text(f))
        .getset(
            "_asyncio_future_blocking",
            |_py: Py, f: &This| f.blocking.get(),
            |py: Py, f: &This, value: Option<&Object>| {
                let value = assigned(py, value, NAME, "_asyncio_future_blocking")?;
                f.expect_loop(py)?;
                f.blocking.set(protocol::truth(py, &value)?);
                Ok(())
            },
        )
        .getter("_loop", |_py: Py, f: &This| f.event_loop.value())
        .getter("_callbacks", |py: Py, f: &This| callbacks::list(py, f))
        .getter("_result", |_py: Py, f: &This| f.result.value())
        .getter("_exception", |_py: Py, f: &This| f.exception.value())
        .getset(
            "_log_traceback",
            |_py: Py, f: &This| f.log_traceback.get(),
            set_log_traceback,
        )
        .getter("_source_traceback", |_py: Py, f: &This| {
            f.source_traceback.value()
        })
        .getset(
            "_cancel_message",
            |_py: Py, f: &This| f.cancel_message.value(),
            |py: Py, f: &This, value: Option<&Object>| {
                let value = assigned(py, value, NAME, "_cancel_message")?;
                f.cancel_message.set(value);
                Ok(())
            },
        )
        .getter("_asyncio_awaited_by", |py: Py, f: &This| {
            awaited_by::snapshot(py, f)
        });
}

impl Class for Future {
    const NAME: &'static str = NAME;
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.subclassable()
            .with_weakrefs()
            .with_dict()
            .doc(DOC)
            .new_bare(|py: Py, class: &Type| Instance::new_in(py, class, Future::default()))
            .init(
                "Future(*, loop=None)",
                |py: Py, this: &This, event_loop: Option<&Value>| this.init(py, event_loop),
            )
            .repr(repr)
            .finalize(|py: Py, this: &This| finalize(py, this.as_object(), this))
            .await_(iter::new)
            .iter(iter::new);
        outcome::define(b);
        callbacks::define(b);
        define_attributes(b);
        b.method("get_loop($self, /)", |py: Py, this: &This| {
            this.expect_loop(py)
        })
        .class_method(
            "__class_getitem__($type, object, /)",
            sequence::class_getitem,
        );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.trace(visitor);
    }

    fn clear(&self) {
        self.clear_fields();
    }
}

const DOC: &str = "This class is *almost* compatible with concurrent.futures.Future.

    Differences:

    - result() and exception() do not take a timeout argument and
      raise an exception when the future isn't done yet.

    - Callbacks registered with add_done_callback() are always called
      via the event loop's call_soon_threadsafe().

    - This class is not compatible with the wait() and as_completed()
      methods in the concurrent.futures package.";
