//! The callables that a task gives to its loop and to futures.

use std::cell::OnceCell;

use krait_object::gc::Visitor;
use krait_object::native::call::{NativeDef, bound_function, method_def};
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::protocol;
use krait_object::{GilCell, Py, PyResult, Value, class_cell, intern};

use super::{This as TaskObject, step as steps, value_of};
use krait_object::slot::Slot;

/// A step of a task, to be called by its loop.
pub struct StepWrapper {
    task: Slot,
    exception: Slot,
}

type This = Instance<StepWrapper>;

pub fn step(py: Py, task: &TaskObject, exception: Option<Value>) -> Value {
    let wrapper = StepWrapper {
        task: Slot::default(),
        exception: Slot::default(),
    };
    wrapper.task.set(value_of(task));
    wrapper.exception.replace(exception);
    Value::from(Instance::new(py, wrapper))
}

static WAKEUP: GilCell<OnceCell<&'static NativeDef>> = GilCell::new(OnceCell::new());

fn wake(py: Py, task: &TaskObject, future: &Value) -> PyResult<()> {
    steps::wake(py, task, future)
}

/// The callback that wakes a task.
pub fn wakeup(py: Py, task: &TaskObject) -> Value {
    let def = WAKEUP.get(py).get_or_init(|| {
        method_def::<TaskObject, _, _>("_asyncio.Task", "task_wakeup($self, future, /)", wake)
    });
    bound_function(def, task)
}

fn call(py: Py, this: &This) -> PyResult<()> {
    let Some(task) = this.task.get() else {
        return Ok(());
    };
    match task.downcast::<TaskObject>() {
        Some(task) => {
            let exception = this.exception.get().map(Value::into_object);
            steps::step(py, task, exception)
        }
        None => Ok(()),
    }
}

fn attribute_of_coro(py: Py, this: &This, name: &krait_object::Str) -> PyResult {
    let task = this.task.value();
    match task.downcast::<TaskObject>() {
        Some(task) => protocol::get_attr(py, &task.coro.value(), name),
        None => Ok(Value::none()),
    }
}

impl Class for StepWrapper {
    const NAME: &'static str = "TaskStepMethWrapper";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.no_constructor()
            .call("__call__($self, /)", call)
            .getter("__qualname__", |py: Py, this: &This| {
                attribute_of_coro(py, this, intern!("__qualname__"))
            })
            .getter("__self__", |_py: Py, this: &This| this.task.value());
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.task);
        visitor.field(&self.exception);
    }

    fn clear(&self) {
        self.task.clear();
        self.exception.clear();
    }
}
