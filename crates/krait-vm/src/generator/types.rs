//! Attributes and methods of generators and coroutines.

use std::cell::RefCell;

use krait_object::native::TypeBuilder;
use krait_object::object::{Layout, Object, Owned};
use krait_object::py::{Py, PyResult};
use krait_object::raise;
use krait_object::types::str::Str;
use krait_object::value::Value;

use super::close::outcome;
use super::{Generator, Resumed, Status};
use crate::frame::object::of_frame;

fn frame(py: Py, this: &Generator) -> Value {
    if this.is_finished() {
        return Value::none();
    }
    // SAFETY: the record lives in the object.
    Value::from(unsafe { of_frame(py, this.record()) })
}

fn next(py: Py, this: &Generator) -> PyResult<Option<Value>> {
    match this.send(py, Value::none())? {
        Some(Resumed::Yielded(value)) => Ok(Some(value)),
        Some(Resumed::Returned(value)) if value.is_none() => Ok(None),
        Some(Resumed::Returned(value)) => Err(krait_object::errors::stop_iteration(py, &value)),
        None => Ok(None),
    }
}

/// `send(value)`.
pub fn send(py: Py, this: &Generator, value: &Value) -> PyResult {
    let resumed = this.send(py, value.clone())?;
    outcome(py, resumed)
}

/// `throw(type, value=None, traceback=None)`.
pub fn throw(
    py: Py,
    this: &Generator,
    ty: &Value,
    value: Option<&Value>,
    traceback: Option<&Value>,
) -> PyResult {
    if value.is_some() || traceback.is_some() {
        krait_object::errors::warn(
            py,
            &krait_object::exceptions::DeprecationWarning,
            "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.",
            1,
        )?;
    }
    let resumed = this.throw(py, ty, value, traceback)?;
    outcome(py, resumed)
}

fn repr(_py: Py, this: &Generator) -> String {
    let kind = match this.kind() {
        "async generator" => "async_generator",
        other => other,
    };
    format!(
        "<{kind} object {} at {:p}>",
        this.qualname.borrow().to_rust(),
        this.as_object().as_ptr()
    )
}

/// A setter of one of the two names.
fn set_text(
    py: Py,
    place: &RefCell<Owned<Str>>,
    value: Option<&Object>,
    what: &str,
) -> PyResult<()> {
    match value.and_then(|v| v.downcast::<Str>()) {
        Some(text) => {
            let old = place.replace(text.to_owned_str());
            drop(old);
            Ok(())
        }
        None => raise!(py, TypeError, "{what} must be set to a string object"),
    }
}

/// `inspect.getgeneratorstate` and its siblings read these.
fn running(_py: Py, this: &Generator) -> bool {
    this.is_running()
}

fn suspended(_py: Py, this: &Generator) -> bool {
    this.status() == Status::Suspended
}

/// What all three types have.
pub fn common(b: &mut TypeBuilder<Generator>) -> &mut TypeBuilder<Generator> {
    b.no_constructor()
        .dealloc_raw(super::dealloc)
        .gc_raw(super::traverse, super::clear)
        .with_raw(|raw| {
            raw.tp_weaklistoffset = super::WEAKREFS;
            raw.tp_finalize = Some(super::close::finalize);
        })
        .repr(repr)
        .getset(
            "__name__",
            |_py, g: &Generator| g.name.borrow().clone(),
            |py, g: &Generator, v| set_text(py, &g.name, v, "__name__"),
        )
        .getset(
            "__qualname__",
            |_py, g: &Generator| g.qualname.borrow().clone(),
            |py, g: &Generator, v| set_text(py, &g.qualname, v, "__qualname__"),
        )
}

/// The attributes with a prefix of the type's own.
macro_rules! prefixed {
    ($b:expr, $suspended:literal, $frame:literal, $code:literal) => {
        $b.getter($suspended, suspended)
            .getter($frame, frame)
            .getter($code, |_py, g: &Generator| g.code().to_owned())
    };
}

pub(crate) fn define() {
    let mut b = TypeBuilder::<Generator>::new(&super::GENERATOR, "generator", super::SIZE);
    common(&mut b);
    prefixed!(b, "gi_suspended", "gi_frame", "gi_code")
        .getter("gi_running", running)
        .getter("gi_yieldfrom", |_py, g: &Generator| g.awaiting())
        .iter(|_py, g: &Generator| g.to_owned())
        .next(next)
        .method_doc(
            "send($self, value, /)",
            "send(value) -> send 'value' into generator,\nreturn next yielded value or raise StopIteration.",
            send,
        )
        .method_doc(
            "throw($self, typ, val=None, tb=None, /)",
            "throw(value)\nthrow(type[,value[,tb]])\n\nRaise exception in generator, return next yielded value or raise\nStopIteration.\nthe (type, val, tb) signature is deprecated, \nand may be removed in a future version of Python.",
            throw,
        )
        .method_doc(
            "close($self, /)",
            "close() -> raise GeneratorExit inside generator.",
            |py, g: &Generator| g.close(py),
        )
        .class_method("__class_getitem__($type, item, /)", alias)
        .with_raw(set_send);
    b.finish();

    let mut b = TypeBuilder::<Generator>::new(&super::COROUTINE, "coroutine", super::SIZE);
    common(&mut b);
    prefixed!(b, "cr_suspended", "cr_frame", "cr_code")
        .getter("cr_running", running)
        .getter("cr_await", |_py, g: &Generator| g.awaiting())
        .getter("cr_origin", |_py, g: &Generator| g.extra.borrow().clone())
        .await_(|py, g: &Generator| super::await_::CoroutineWrapper::over(py, g))
        .method_doc(
            "send($self, value, /)",
            "send(value) -> send 'value' into coroutine,\nreturn next iterated value or raise StopIteration.",
            send,
        )
        .method_doc(
            "throw($self, typ, val=None, tb=None, /)",
            "throw(value)\nthrow(type[,value[,tb]])\n\nRaise exception in coroutine, return next iterated value or raise\nStopIteration.\nthe (type, val, tb) signature is deprecated, \nand may be removed in a future version of Python.",
            throw,
        )
        .method_doc(
            "close($self, /)",
            "close() -> raise GeneratorExit inside coroutine.",
            |py, g: &Generator| g.close(py),
        )
        .class_method("__class_getitem__($type, item, /)", alias)
        .with_raw(set_send);
    b.finish();

    let mut b =
        TypeBuilder::<Generator>::new(&super::ASYNC_GENERATOR, "async_generator", super::SIZE);
    common(&mut b);
    prefixed!(b, "ag_suspended", "ag_frame", "ag_code")
        .getter("ag_running", |_py, g: &Generator| g.running_async.get())
        .getter("ag_await", |_py, g: &Generator| g.awaiting())
        .class_method("__class_getitem__($type, item, /)", alias);
    super::async_gen::define(&mut b);
    b.finish();
    super::await_::define();
}

/// `generator[...]`
pub fn alias(py: Py, class: &krait_object::types::typeobject::Type, item: &Value) -> PyResult {
    (krait_object::hooks::get(py).make_generic_alias)(py, class.as_object(), &item.to_object())
}

/// `am_send` for C callers.
unsafe extern "C-unwind" fn send_slot(
    this: *mut krait_abi::PyObject,
    value: *mut krait_abi::PyObject,
    result: *mut *mut krait_abi::PyObject,
) -> krait_abi::PySendResult {
    // SAFETY: C calls slots with the GIL, the type's instance and a place for the result.
    unsafe {
        let py = Py::assume();
        let this = Object::from_ptr(this).cast_unchecked::<Generator>();
        let (status, value) = match this.send(py, Value::unboxed(Object::from_ptr(value))) {
            Ok(Some(Resumed::Yielded(value))) => (krait_abi::PYGEN_NEXT, Some(value)),
            Ok(Some(Resumed::Returned(value))) => (krait_abi::PYGEN_RETURN, Some(value)),
            Ok(None) => (krait_abi::PYGEN_RETURN, Some(Value::none())),
            Err(_) => (krait_abi::PYGEN_ERROR, None),
        };
        *result = value.map_or(std::ptr::null_mut(), |v| v.into_object().into_ptr());
        status
    }
}

fn set_send(raw: &mut krait_abi::PyTypeObject) {
    if raw.tp_as_async.is_null() {
        raw.tp_as_async = Box::into_raw(Box::new(krait_abi::PyAsyncMethods::ZERO));
    }
    // SAFETY: the table was made here or by the builder, and lives for ever.
    unsafe { (*raw.tp_as_async).am_send = Some(send_slot) }
}
