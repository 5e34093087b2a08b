//! Async generators (PEP 525): their values are wrapped, so that what the body yields can
//! be told from what it awaits, and `asend`, `athrow`, `aclose` are awaitables.

use std::cell::Cell;

use krait_object::errors;
use krait_object::exceptions;
use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::object::{Builtin, Layout, Object, Owned};
use krait_object::protocol;
use krait_object::py::{Py, PyResult, Raised};
use krait_object::raise;
use krait_object::types::typeobject::Type;
use krait_object::value::Value;

use super::close::set_thrown;
use super::{Generator, Resumed, Status};

/// A value that the body of an async generator yielded.
struct Wrapped {
    value: Value,
}

impl Class for Wrapped {
    const NAME: &'static str = "async_generator_wrapped_value";
    const GC: bool = true;
    krait_object::class_cell!();
    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor();
    }
    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.value);
    }
}

/// The value as `YIELD` gives it out.
pub fn wrap(py: Py, value: Value) -> Value {
    Value::from(Instance::new(py, Wrapped { value }))
}

fn unwrap(value: &Value) -> Option<Value> {
    value
        .downcast_exact::<Instance<Wrapped>>()
        .map(|w| w.value.clone())
}

/// Which of the methods an awaitable is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Send,
    Throw,
    Close,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Init,
    Running,
    Closed,
}

/// What `asend()` and `__anext__()` give, and, with other kinds, `athrow()` and `aclose()`.
struct Awaitable {
    generator: Owned<Generator>,
    kind: Kind,
    phase: Cell<Phase>,
    /// The value to send, or the three arguments to throw.
    values: [Option<Value>; 3],
}

/// `async_generator_asend` objects.
struct ASend(Awaitable);
/// `async_generator_athrow` objects.
struct AThrow(Awaitable);

macro_rules! awaitable_class {
    ($name:ident, $text:literal) => {
        impl Class for $name {
            const NAME: &'static str = $text;
            const GC: bool = true;
            krait_object::class_cell!();
            fn define(b: &mut TypeBuilder<Instance<Self>>) {
                b.no_constructor()
                    .iter(|_py, a: &Instance<$name>| a.to_owned())
                    .await_(|_py, a: &Instance<$name>| a.to_owned())
                    .next(|py, a: &Instance<$name>| {
                        a.to_owned().0.send(py, Value::none()).map(Some)
                    })
                    .method(
                        "send($self, value, /)",
                        |py, a: &Instance<$name>, value: &Value| {
                            a.to_owned().0.send(py, value.clone())
                        },
                    )
                    .method(
                        "throw($self, typ, val=None, tb=None, /)",
                        |py,
                         a: &Instance<$name>,
                         ty: &Value,
                         value: Option<&Value>,
                         tb: Option<&Value>| {
                            a.to_owned().0.throw(py, ty, value, tb)
                        },
                    )
                    .method("close($self, /)", |py, a: &Instance<$name>| {
                        a.to_owned().0.close(py)
                    })
                    .finalize(|py, a: &Instance<$name>| {
                        if matches!(a.0.phase.get(), Phase::Init) {
                            a.0.never_awaited(py, a.as_object());
                        }
                    });
            }
            fn traverse(&self, visitor: &mut Visitor) {
                visitor.field(&self.0.generator);
                self.0.values.iter().for_each(|v| visitor.field(v));
            }
        }
    };
}

awaitable_class!(ASend, "async_generator_asend");
awaitable_class!(AThrow, "async_generator_athrow");

/// What an awaitable gives to its caller: its result is a StopIteration.
fn raised_result(py: Py, given: Result<Value, Value>) -> PyResult {
    given.map_err(|result| stop(py, &result))
}

/// Sends to what `__anext__()` or `asend()` have given, whose result needs no exception
/// here; `None` for other objects.
pub fn send_directly(
    py: Py,
    target: &Object,
    sent: &Value,
) -> Option<PyResult<Result<Value, Value>>> {
    let awaitable = target.downcast_exact::<Instance<ASend>>()?.to_owned();
    if awaitable.0.phase.get() == Phase::Closed {
        return None;
    }
    Some(awaitable.0.send_value(py, sent.clone()))
}

/// The type of `__anext__()`'s results.
pub fn asend_type() -> &'static Type {
    Instance::<ASend>::type_object()
}

impl Awaitable {
    fn new(generator: &Generator, kind: Kind, values: [Option<Value>; 3]) -> Awaitable {
        Awaitable {
            generator: generator.to_owned(),
            kind,
            phase: Cell::new(Phase::Init),
            values,
        }
    }

    /// RuntimeWarning: coroutine method was never awaited.
    #[cold]
    fn never_awaited(&self, py: Py, this: &Object) {
        let method = match self.kind {
            Kind::Send => "asend",
            Kind::Throw => "athrow",
            Kind::Close => "aclose",
        };
        let text = format!(
            "coroutine method '{method}' of '{}' was never awaited",
            self.generator.qualname.borrow().to_rust()
        );
        if errors::warn(py, &exceptions::RuntimeWarning, &text, 1).is_err() {
            errors::write_unraisable(py, None, Some(this));
        }
    }

    fn what(&self) -> &'static str {
        match self.kind {
            Kind::Send => "__anext__()/asend()",
            _ => "aclose()/athrow()",
        }
    }

    /// Marks the start; errors where another one is under way.
    fn start(&self, py: Py) -> PyResult<()> {
        if self.generator.running_async.get() {
            self.phase.set(Phase::Closed);
            let what = match self.kind {
                Kind::Send => "anext",
                Kind::Throw => "athrow",
                Kind::Close => "aclose",
            };
            return raise!(
                py,
                RuntimeError,
                "{what}(): asynchronous generator is already running"
            );
        }
        self.phase.set(Phase::Running);
        self.generator.running_async.set(true);
        Ok(())
    }

    fn end(&self) {
        self.phase.set(Phase::Closed);
        self.generator.running_async.set(false);
    }

    fn send(&self, py: Py, sent: Value) -> PyResult {
        if self.phase.get() == Phase::Closed {
            return raise!(
                py,
                RuntimeError,
                "cannot reuse already awaited {}",
                self.what()
            );
        }
        if self.kind == Kind::Send {
            return raised_result(py, self.send_value(py, sent)?);
        }
        if self.phase.get() == Phase::Running {
            let resumed = self.resume(py, sent);
            return self.thrown(py, resumed);
        }
        if self.generator.is_finished() {
            self.phase.set(Phase::Closed);
            return Err(stop(py, &Value::none()));
        }
        if !sent.is_none() {
            return raise!(
                py,
                RuntimeError,
                "can't send non-None value to a just-started coroutine"
            );
        }
        self.start(py)?;
        if self.kind == Kind::Close {
            self.generator.closed.set(true);
            if self.generator.status() == Status::Created {
                self.generator.close_now(py);
                self.end();
                return Err(stop(py, &Value::none()));
            }
            let _: Raised = errors::raise_args(py, &exceptions::GeneratorExit, &[]);
        } else {
            let ty = self.values[0].clone().unwrap_or_else(Value::none);
            if let Err(raised) =
                set_thrown(py, &ty, self.values[1].as_ref(), self.values[2].as_ref())
            {
                self.end();
                return Err(raised);
            }
        }
        let resumed = self.generator.throw_set(py);
        self.thrown(py, resumed)
    }

    /// Goes on with the generator: what it awaits, or (inner error) what it has yielded.
    fn send_value(&self, py: Py, sent: Value) -> PyResult<Result<Value, Value>> {
        let sent = if self.phase.get() == Phase::Init {
            self.start(py)?;
            match &self.values[0] {
                Some(value) if sent.is_none() => value.clone(),
                _ => sent,
            }
        } else {
            sent
        };
        let resumed = self.resume(py, sent);
        self.sent(py, resumed)
    }

    fn resume(&self, py: Py, sent: Value) -> PyResult<Option<Resumed>> {
        self.generator.send(py, sent)
    }

    /// The outcome of a resumption for `asend`: a wrapped value ends the awaiting.
    fn sent(&self, py: Py, resumed: PyResult<Option<Resumed>>) -> PyResult<Result<Value, Value>> {
        match resumed {
            Ok(Some(Resumed::Yielded(value))) => Ok(match unwrap(&value) {
                Some(inner) => {
                    self.end();
                    Err(inner)
                }
                None => Ok(value),
            }),
            Ok(_) => {
                self.end();
                self.generator.closed.set(true);
                Err(errors::raise_args(py, &exceptions::StopAsyncIteration, &[]))
            }
            Err(raised) => {
                self.end();
                if errors::matches(py, &exceptions::StopAsyncIteration)
                    || errors::matches(py, &exceptions::GeneratorExit)
                {
                    self.generator.closed.set(true);
                }
                Err(raised)
            }
        }
    }

    /// The outcome of a resumption for `athrow` and `aclose`.
    fn thrown(&self, py: Py, resumed: PyResult<Option<Resumed>>) -> PyResult {
        if self.kind == Kind::Throw {
            return raised_result(py, self.sent(py, resumed)?);
        }
        match resumed {
            Ok(Some(Resumed::Yielded(value))) if unwrap(&value).is_some() => {
                self.end();
                raise!(py, RuntimeError, "async generator ignored GeneratorExit")
            }
            Ok(Some(Resumed::Yielded(value))) => Ok(value),
            Ok(_) => {
                self.end();
                Err(stop(py, &Value::none()))
            }
            Err(raised) => {
                self.end();
                if errors::take_if(py, &exceptions::StopAsyncIteration).is_some()
                    || errors::take_if(py, &exceptions::GeneratorExit).is_some()
                {
                    return Err(stop(py, &Value::none()));
                }
                Err(raised)
            }
        }
    }

    fn throw(
        &self,
        py: Py,
        ty: &Value,
        value: Option<&Value>,
        traceback: Option<&Value>,
    ) -> PyResult {
        if self.phase.get() == Phase::Closed {
            return raise!(
                py,
                RuntimeError,
                "cannot reuse already awaited {}",
                self.what()
            );
        }
        if self.phase.get() == Phase::Init {
            self.start(py)?;
        }
        set_thrown(py, ty, value, traceback)?;
        let resumed = self.generator.throw_set(py);
        match self.kind {
            Kind::Send => raised_result(py, self.sent(py, resumed)?),
            _ => self.thrown(py, resumed),
        }
    }

    fn close(&self, py: Py) -> PyResult<()> {
        if self.phase.get() == Phase::Closed {
            return Ok(());
        }
        let exit = Value::from(exceptions::GeneratorExit.to_owned());
        match self.throw(py, &exit, None, None) {
            Ok(_) => raise!(py, RuntimeError, "coroutine ignored GeneratorExit"),
            Err(raised) => {
                let ended = errors::take_if(py, &exceptions::StopIteration).is_some()
                    || errors::take_if(py, &exceptions::StopAsyncIteration).is_some()
                    || errors::take_if(py, &exceptions::GeneratorExit).is_some();
                if ended { Ok(()) } else { Err(raised) }
            }
        }
    }
}

fn stop(py: Py, value: &Value) -> Raised {
    errors::stop_iteration(py, value)
}

/// Calls the hooks that `sys.set_asyncgen_hooks` has set, at the first iteration.
fn call_hooks(py: Py, this: &Generator) -> PyResult<()> {
    if this.hooked.replace(true) {
        return Ok(());
    }
    // SAFETY: the GIL is held; the fields are null or owned objects.
    let (first, finalizer) = unsafe {
        let thread = py.thread().raw();
        let get =
            |p: *mut krait_abi::PyObject| (!p.is_null()).then(|| Object::from_ptr(p).to_owned());
        (
            get((*thread).async_gen_firstiter),
            get((*thread).async_gen_finalizer),
        )
    };
    *this.extra.borrow_mut() = finalizer.filter(|f| !f.is_none());
    if let Some(first) = first.filter(|f| !f.is_none()) {
        protocol::call(py, &Value::from(first), &[Value::from(this.to_owned())])?;
    }
    Ok(())
}

/// At the end of an async generator's life: hands it to the finalizer hook; false where
/// there is none.
pub fn finalize(py: Py, this: &Generator) -> bool {
    if this.closed.get() || this.status() == Status::Created {
        return this.closed.get();
    }
    let finalizer = this.extra.borrow().clone();
    let Some(finalizer) = finalizer else {
        return false;
    };
    if protocol::call(py, &Value::from(finalizer), &[Value::from(this.to_owned())]).is_err() {
        errors::ignored_while(py, "finalizing generator", this.as_object());
    }
    true
}

fn asend(py: Py, this: &Generator, value: Option<Value>) -> PyResult {
    call_hooks(py, this)?;
    Ok(Value::from(Instance::new(
        py,
        ASend(Awaitable::new(this, Kind::Send, [value, None, None])),
    )))
}

fn athrow(py: Py, this: &Generator, kind: Kind, values: [Option<Value>; 3]) -> PyResult {
    call_hooks(py, this)?;
    Ok(Value::from(Instance::new(
        py,
        AThrow(Awaitable::new(this, kind, values)),
    )))
}

pub(super) fn define(b: &mut TypeBuilder<Generator>) {
    b.aiter(|_py, g: &Generator| g.to_owned())
        .anext(|py, g: &Generator| asend(py, g, None))
        .method(
            "asend($self, value, /)",
            |py, g: &Generator, value: &Value| asend(py, g, Some(value.clone())),
        )
        .method(
            "athrow($self, typ, val=None, tb=None, /)",
            |py, g: &Generator, ty: &Value, value: Option<&Value>, tb: Option<&Value>| {
                if value.is_some() || tb.is_some() {
                    errors::warn(
                        py,
                        &exceptions::DeprecationWarning,
                        "the (type, exc, tb) signature of athrow() is deprecated, use the single-arg signature instead.",
                        1,
                    )?;
                }
                athrow(
                    py,
                    g,
                    Kind::Throw,
                    [Some(ty.clone()), value.cloned(), tb.cloned()],
                )
            },
        )
        .method("aclose($self, /)", |py, g: &Generator| {
            athrow(py, g, Kind::Close, [None, None, None])
        });
}
