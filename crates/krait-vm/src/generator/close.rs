//! `send`, `throw`, `close` and finalisation.

use krait_abi::PyObject;
use krait_bytecode::Word;
use krait_object::errors;
use krait_object::exceptions::{self, BaseException};
use krait_object::object::{Layout, Object, Owned};
use krait_object::protocol;
use krait_object::py::{Py, PyResult, Raised};
use krait_object::types::typeobject::Type;
use krait_object::value::Value;
use krait_object::{intern, raise};

use super::{Generator, Resumed, Status, async_gen, coroutine, of_object};
use crate::frame::traceback::Traceback;

impl Generator {
    /// `send(value)` without turning the end into StopIteration; `None` where the
    /// generator had ended before.
    pub fn send(&self, py: Py, value: Value) -> PyResult<Option<Resumed>> {
        if self.status.get() == Status::Running {
            self.check_not_running(py)?;
        }
        match self.status.get() {
            Status::Running => Ok(None),
            Status::Finished if std::ptr::eq(self.as_object().ty(), &*super::COROUTINE) => {
                raise!(py, RuntimeError, "cannot reuse already awaited coroutine")
            }
            Status::Finished => Ok(None),
            Status::Created if !value.is_none() => {
                raise!(
                    py,
                    TypeError,
                    "can't send non-None value to a just-started {}",
                    self.kind()
                )
            }
            _ => self.resume(py, value).map(Some),
        }
    }

    /// `throw` of the exception that is set.
    pub fn throw_set(&self, py: Py) -> PyResult<Option<Resumed>> {
        if self.is_running() {
            drop(py.thread().take_exception());
            self.check_not_running(py)?;
        }
        if let Some(target) = self.awaiting() {
            return self.throw_into(py, &target).map(Some);
        }
        match self.status() {
            Status::Finished if std::ptr::eq(self.as_object().ty(), &*super::COROUTINE) => {
                drop(py.thread().take_exception());
                raise!(py, RuntimeError, "cannot reuse already awaited coroutine")
            }
            Status::Finished => Err(Raised),
            _ => self.resume_raising(py).map(Some),
        }
    }

    /// Throws into what the generator waits for (PEP 380), then goes on with the outcome.
    fn throw_into(&self, py: Py, target: &Value) -> PyResult<Resumed> {
        if errors::matches(py, &exceptions::GeneratorExit) {
            let exception = py.thread().take_exception();
            if self
                .running_while(py, || close_iterator(py, target))
                .is_ok()
                && let Some(exception) = exception
            {
                py.thread().set_exception(exception);
            }
            return self.resume_raising(py);
        }
        let inner = target.as_object().and_then(of_object).filter(|_| {
            target
                .as_object()
                .is_some_and(|o| !std::ptr::eq(o.ty(), &*super::ASYNC_GENERATOR))
        });
        let outcome = match inner {
            Some(inner) => {
                let inner = inner.to_owned();
                self.running_while(py, || inner.throw_set(py))
                    .map(|r| r.unwrap_or(Resumed::Returned(Value::none())))
            }
            None => {
                let pending = py.thread().take_exception();
                let method = protocol::lookup_attr(py, target, intern!("throw"))?;
                let Some(exception) = pending else {
                    return Err(Raised);
                };
                let Some(method) = method else {
                    py.thread().set_exception(exception);
                    return self.resume_raising(py);
                };
                self.running_while(py, || {
                    protocol::call(py, &method, &[Value::from(exception)])
                })
                .map(Resumed::Yielded)
            }
        };
        match outcome {
            Ok(Resumed::Yielded(value)) => Ok(Resumed::Yielded(value)),
            Ok(Resumed::Returned(value)) => self.resume_behind_send(py, value),
            Err(raised) => match stop_value(py) {
                Some(value) => self.resume_behind_send(py, value),
                None => {
                    let _ = raised;
                    self.resume_raising(py)
                }
            },
        }
    }

    /// Lets another iterator do the generator's work: its frame is the one that calls.
    fn running_while<R>(&self, py: Py, work: impl FnOnce() -> R) -> R {
        let (this, stack) = (self.to_owned(), crate::stack::of_thread(py));
        let before = self.status.replace(Status::Running);
        // SAFETY: `this` keeps the record alive, which is not in the chain now, and is
        // taken out again when the frames that the work added are gone.
        unsafe {
            let frame = this.record();
            (*frame).previous = (*stack).current;
            (*stack).current = frame;
            let result = work();
            (*stack).current = (*frame).previous;
            (*frame).previous = std::ptr::null_mut();
            this.status.set(before);
            result
        }
    }

    /// Goes on as if the `SEND` it is suspended at had come to its end with this value.
    fn resume_behind_send(&self, py: Py, value: Value) -> PyResult<Resumed> {
        // SAFETY: the pc is at a SEND, whose operands are registers of the generator.
        unsafe {
            let frame = self.record();
            let word = Word(*(*frame).pc);
            let sub = (*frame).base.add(word.b() as usize);
            let old = std::mem::replace(&mut *sub, 0);
            let place = (*frame).base.add(word.a() as usize);
            let stale = std::mem::replace(&mut *place, value.into_word());
            (*frame).pc = (*frame).pc.add(1);
            crate::word::drop_word(old);
            crate::word::drop_word(stale);
        }
        self.resume_in_place(py)
    }

    /// `throw(type, value, traceback)`: makes the exception and sets it.
    pub fn throw(
        &self,
        py: Py,
        ty: &Value,
        value: Option<&Value>,
        traceback: Option<&Value>,
    ) -> PyResult<Option<Resumed>> {
        set_thrown(py, ty, value, traceback)?;
        self.throw_set(py)
    }

    /// `close()`: the value returned on GeneratorExit, or None.
    pub fn close(&self, py: Py) -> PyResult {
        match self.status() {
            Status::Running => {
                self.check_not_running(py)?;
            }
            Status::Finished => return Ok(Value::none()),
            Status::Created => {
                self.close_now(py);
                return Ok(Value::none());
            }
            Status::Suspended => {}
        }
        let mut failed = false;
        let awaiting = self.awaiting();
        if awaiting.is_none() && self.handles_nothing() && !crate::breaker::is_set() {
            // Its code would not see the GeneratorExit.
            self.close_now(py);
            return Ok(Value::none());
        }
        if let Some(target) = awaiting {
            failed = self
                .running_while(py, || close_iterator(py, &target))
                .is_err();
        }
        if !failed {
            let _: Raised = errors::raise_args(py, &exceptions::GeneratorExit, &[]);
        }
        match self.resume_raising(py) {
            Ok(Resumed::Yielded(value)) => {
                drop(value);
                raise!(py, RuntimeError, "{} ignored GeneratorExit", self.kind())
            }
            Ok(Resumed::Returned(value)) => Ok(value),
            Err(raised) => {
                if errors::take_if(py, &exceptions::StopIteration).is_some()
                    || errors::take_if(py, &exceptions::GeneratorExit).is_some()
                {
                    return Ok(Value::none());
                }
                Err(raised)
            }
        }
    }

    /// Whether no handler of the code is for the place where it is suspended.
    fn handles_nothing(&self) -> bool {
        // SAFETY: the record is the generator's own, and saved.
        unsafe {
            let index = crate::frame::Frame::index(self.record());
            self.code().handler_at(index).is_none()
        }
    }

    /// Ends a generator that is not running, without running its code.
    pub fn close_now(&self, py: Py) {
        if !self.is_running() && !self.is_finished() {
            let this = self.to_owned();
            // SAFETY: a generator that is not running is not linked.
            unsafe { this.finish(py) }
        }
    }
}

/// The value of the StopIteration that is set, which is taken; `None` for others.
pub fn stop_value(py: Py) -> Option<Value> {
    let exception = errors::take_if(py, &exceptions::StopIteration)?;
    Some(stop_iteration_value(&exception))
}

/// `StopIteration.value`.
pub fn stop_iteration_value(exception: &Object) -> Value {
    let args = BaseException::from_object(exception).and_then(|e| e.args());
    args.and_then(|a| a.get(0)).unwrap_or_else(Value::none)
}

/// Closes a sub-iterator, if it can be.
fn close_iterator(py: Py, target: &Value) -> PyResult<()> {
    if let Some(inner) = target.as_object().and_then(of_object)
        && !std::ptr::eq(inner.as_object().ty(), &*super::ASYNC_GENERATOR)
    {
        return inner.close(py).map(drop);
    }
    match protocol::lookup_attr(py, target, intern!("close")) {
        Ok(Some(method)) => protocol::call(py, &method, &[]).map(drop),
        Ok(None) => Ok(()),
        Err(Raised) => {
            unraisable(
                py,
                "Exception ignored while closing generator",
                &target.to_object(),
            );
            Ok(())
        }
    }
}

/// The instance for a class of exceptions and what goes with it: an instance already, or
/// what it is made from.
fn instance(py: Py, class: &Value, value: Option<&Value>) -> PyResult<Owned> {
    let made = match value {
        Some(value)
            if value
                .ty()
                .is_subtype_of(class.downcast::<Type>().unwrap_or(value.ty())) =>
        {
            value.to_object()
        }
        Some(value) => protocol::call(py, class, std::slice::from_ref(value))?.into_object(),
        None => protocol::call(py, class, &[])?.into_object(),
    };
    if exceptions::is_exception(&made) {
        return Ok(made);
    }
    raise!(
        py,
        TypeError,
        "calling {} should have returned an instance of BaseException, not {}",
        protocol::repr(py, class)?.to_rust(),
        made.ty().name()
    )
}

/// Sets the exception that `throw` was given.
pub fn set_thrown(
    py: Py,
    ty: &Value,
    value: Option<&Value>,
    traceback: Option<&Value>,
) -> PyResult<()> {
    let traceback = traceback.filter(|t| !t.is_none());
    if let Some(traceback) = traceback
        && traceback.downcast_exact::<Traceback>().is_none()
    {
        return raise!(
            py,
            TypeError,
            "throw() third argument must be a traceback object"
        );
    }
    let value = value.filter(|v| !v.is_none());
    let object = ty.to_object();
    let exception = if exceptions::is_exception_class(&object) {
        match instance(py, ty, value) {
            Ok(made) => made,
            // It is thrown in the place of the exception that could not be made.
            Err(Raised) => return Ok(()),
        }
    } else if exceptions::is_exception(&object) {
        if value.is_some() {
            return raise!(
                py,
                TypeError,
                "instance exception may not have a separate value"
            );
        }
        object
    } else {
        return raise!(
            py,
            TypeError,
            "exceptions must be classes or instances deriving from BaseException, not {}",
            object.ty().name()
        );
    };
    if !exceptions::is_exception(&exception) {
        return raise!(py, TypeError, "exceptions must derive from BaseException");
    }
    if let (Some(traceback), Some(body)) = (traceback, BaseException::from_object(&exception)) {
        body.set_traceback(Some(traceback.to_object()));
    }
    py.thread().set_exception(exception);
    Ok(())
}

/// A resumption's outcome as `send()` and `throw()` give it.
pub fn outcome(py: Py, resumed: Option<Resumed>) -> PyResult {
    match resumed {
        Some(Resumed::Yielded(value)) => Ok(value),
        Some(Resumed::Returned(value)) => Err(errors::stop_iteration(py, &value)),
        None => Err(errors::stop_iteration(py, &Value::none())),
    }
}

/// `tp_finalize`: GeneratorExit at the end of a generator's life, the warning of a
/// coroutine that was never awaited, the hook of an async generator.
///
/// # Safety
/// The object is a living generator.
pub unsafe extern "C-unwind" fn finalize(object: *mut PyObject) {
    // SAFETY: the contract.
    let (py, this) = unsafe { (Py::assume(), &*object.cast::<Generator>()) };
    if this.is_finished() || this.is_running() {
        return;
    }
    let pending = py.thread().take_exception();
    let this = this.to_owned();
    if std::ptr::eq(this.as_object().ty(), &*super::ASYNC_GENERATOR)
        && async_gen::finalize(py, &this)
    {
        restore(py, pending);
        return;
    }
    if this.status() == Status::Created {
        if std::ptr::eq(this.as_object().ty(), &*super::COROUTINE) {
            coroutine::never_awaited(py, &this);
        }
        this.close_now(py);
    } else if this.close(py).is_err() {
        unraisable(
            py,
            "Exception ignored while closing generator",
            this.as_object(),
        );
    }
    restore(py, pending);
}

/// Reports the exception that is set, saying of which object.
pub(super) fn unraisable(py: Py, doing: &str, object: &Object) {
    let exception = py.thread().take_exception();
    let repr = protocol::repr(py, &Value::unboxed(object));
    let text = match &repr {
        Ok(repr) => format!("{doing} {}", repr.to_rust()),
        Err(Raised) => {
            drop(py.thread().take_exception());
            doing.to_owned()
        }
    };
    restore(py, exception);
    errors::write_unraisable(py, Some(&text), None);
}

fn restore(py: Py, pending: Option<Owned>) {
    if let Some(exception) = pending {
        py.thread().set_exception(exception);
    }
}
