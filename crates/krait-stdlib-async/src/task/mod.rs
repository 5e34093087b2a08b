//! `_asyncio.Task`.

use std::cell::Cell;

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, Place, Roll, TypeBuilder};
use krait_object::protocol;
use krait_object::{
    Builtin, GilCell, Layout, Object, Owned, Py, PyResult, Str, Type, Value, class_cell, raise,
};

use crate::assigned::assigned;
use crate::future::{self, Future};
use crate::imports;
use krait_object::slot::Slot;

mod cancel;
mod init;
pub mod registry;
mod step;
mod waiting;
mod wrappers;

/// A coroutine in a future. It begins with a future's fields, so that a task's object is
/// a future's as well.
#[repr(C)]
#[derive(Default)]
pub struct Task {
    pub future: Future,
    /// The future that the coroutine waits for.
    waiter: Slot,
    coro: Slot,
    /// A str, or the int of a name made up.
    name: Slot,
    context: Slot,
    must_cancel: Cell<bool>,
    log_destroy_pending: Cell<bool>,
    cancels: Cell<i32>,
    place: Place,
}

pub type This = Instance<Task>;

/// All tasks that are alive.
static ROLL: Roll = Roll::new();

/// The number of the last task without a name.
static COUNTER: GilCell<Cell<i64>> = GilCell::new(Cell::new(0));

fn value_of(this: &This) -> Value {
    Value::from(this.to_owned())
}

fn get_name(_py: Py, this: &This) -> Value {
    match this.name.get() {
        Some(name) => match name.as_small_int() {
            Some(number) => {
                let text = Value::from(Str::new(&format!("Task-{number}")));
                this.name.set(text.clone());
                text
            }
            None => name,
        },
        None => Value::none(),
    }
}

/// A name as `str(name)` gives it.
fn name_of(py: Py, value: &Value) -> PyResult {
    match value.downcast_exact::<Str>() {
        Some(_) => Ok(value.clone()),
        None => protocol::str(py, value).map(Value::from),
    }
}

fn repr(py: Py, this: &This) -> PyResult {
    this.future.expect_loop(py)?;
    imports::TASK_REPR.call(py, &[value_of(this)])
}

/// `Task.__del__`.
fn finalize(py: Py, this: &This) {
    let pending = this.future.event_loop.is_set() && future::is_pending(&this.future);
    if pending && this.log_destroy_pending.get() {
        let message = Str::new("Task was destroyed but it is pending!");
        let entries = vec![("task", value_of(this)), ("message", Value::from(message))];
        future::report(py, this.as_object(), &this.future, entries);
    }
    future::finalize(py, this.as_object(), &this.future);
}

fn get_stack(py: Py, this: &This, limit: Option<&Value>) -> PyResult {
    let limit = limit.cloned().unwrap_or_else(Value::none);
    imports::TASK_GET_STACK.call(py, &[value_of(this), limit])
}

fn print_stack(py: Py, this: &This, limit: Option<&Value>, file: Option<&Value>) -> PyResult {
    let or_none = |v: Option<&Value>| v.cloned().unwrap_or_else(Value::none);
    imports::TASK_PRINT_STACK.call(py, &[value_of(this), or_none(limit), or_none(file)])
}

fn define_attributes(b: &mut TypeBuilder<This>) {
    b.getset(
        "_log_destroy_pending",
        |_py: Py, this: &This| this.log_destroy_pending.get(),
        |py: Py, this: &This, value: Option<&Object>| {
            let value = assigned(py, value, Task::NAME, "_log_destroy_pending")?;
            this.log_destroy_pending.set(protocol::truth(py, &value)?);
            Ok(())
        },
    )
    .getter("_must_cancel", |_py: Py, this: &This| {
        this.must_cancel.get()
    })
    .getter("_coro", |_py: Py, this: &This| this.coro.value())
    .getter("_fut_waiter", |_py: Py, this: &This| this.waiter.value())
    .method("get_name($self, /)", get_name)
    .method(
        "set_name($self, value, /)",
        |py: Py, this: &This, value: &Value| {
            let name = name_of(py, value)?;
            this.name.set(name);
            Ok(())
        },
    )
    .method("get_coro($self, /)", |_py: Py, this: &This| {
        this.coro.value()
    })
    .method("get_context($self, /)", |_py: Py, this: &This| {
        this.context.value()
    })
    .method_doc("get_stack($self, /, *, limit=None)", GET_STACK, get_stack)
    .method_doc(
        "print_stack($self, /, *, limit=None, file=None)",
        PRINT_STACK,
        print_stack,
    )
    .method(
        "set_result($self, result, /)",
        |py: Py, _this: &This, _result: &Value| -> PyResult<()> {
            raise!(
                py,
                RuntimeError,
                "Task does not support set_result operation"
            )
        },
    )
    .method(
        "set_exception($self, exception, /)",
        |py: Py, _this: &This, _exception: &Value| -> PyResult<()> {
            raise!(
                py,
                RuntimeError,
                "Task does not support set_exception operation"
            )
        },
    );
}

fn new(py: Py, class: &Type) -> PyResult<Owned<This>> {
    Instance::new_in(py, class, Task::default())
}

impl Class for Task {
    const NAME: &'static str = "_asyncio.Task";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.base(future::This::type_object())
            .subclassable()
            .with_weakrefs()
            .with_dict()
            .doc("A coroutine wrapped in a Future.")
            .new_bare(new)
            .init(
                "Task(coro, *, loop=None, name=None, context=None, eager_start=False)",
                init::init,
            )
            .repr(repr)
            .finalize(finalize);
        cancel::define(b);
        define_attributes(b);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.future.trace(visitor);
        for slot in [&self.waiter, &self.coro, &self.name, &self.context] {
            visitor.field(slot);
        }
    }

    fn clear(&self) {
        self.future.clear_fields();
        for slot in [&self.waiter, &self.coro, &self.name, &self.context] {
            slot.clear();
        }
    }

    fn roll(&self) -> Option<(&'static Roll, &Place)> {
        Some((&ROLL, &self.place))
    }
}

const GET_STACK: &str = "Return the list of stack frames for this task's coroutine.

If the coroutine is not done, this returns the stack where it is
suspended.  If the coroutine has completed successfully or was
cancelled, this returns an empty list.  If the coroutine was
terminated by an exception, this returns the list of traceback
frames.

The frames are always ordered from oldest to newest.

The optional limit gives the maximum number of frames to
return; by default all available frames are returned.  Its
meaning differs depending on whether a stack or a traceback is
returned: the newest frames of a stack are returned, but the
oldest frames of a traceback are returned.  (This matches the
behavior of the traceback module.)

For reasons beyond our control, only one stack frame is
returned for a suspended coroutine.";

const PRINT_STACK: &str = "Print the stack or traceback for this task's coroutine.

This produces output similar to that of the traceback module,
for the frames retrieved by get_stack().  The limit argument
is passed to get_stack().  The file argument is an I/O stream
to which the output is written; by default output is written
to sys.stderr.";
