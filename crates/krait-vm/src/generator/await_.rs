//! Awaitables: `await`, `async for`, `async with`.

use krait_bytecode::flags::{COROUTINE, ITERABLE_COROUTINE};
use krait_object::errors;
use krait_object::exceptions;
use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::object::{Builtin, Layout, Object, Owned};
use krait_object::py::{Py, PyResult};
use krait_object::raise;
use krait_object::value::Value;

use super::close::outcome;
use super::{COROUTINE as COROUTINE_TYPE, Generator, of_object};

/// `coroutine_wrapper`: what `coroutine.__await__()` gives.
pub struct CoroutineWrapper {
    coroutine: Owned<Generator>,
}

type Wrapper = Instance<CoroutineWrapper>;

impl CoroutineWrapper {
    pub fn over(py: Py, coroutine: &Generator) -> Owned<Wrapper> {
        Instance::new(
            py,
            CoroutineWrapper {
                coroutine: coroutine.to_owned(),
            },
        )
    }
}

impl Class for CoroutineWrapper {
    const NAME: &'static str = "coroutine_wrapper";
    const GC: bool = true;
    krait_object::class_cell!();
    fn define(b: &mut TypeBuilder<Wrapper>) {
        b.no_constructor()
            .iter(|_py, w: &Wrapper| w.to_owned())
            .next(|py, w: &Wrapper| {
                let coroutine = w.coroutine.clone();
                match coroutine.send(py, Value::none())? {
                    Some(super::Resumed::Yielded(value)) => Ok(Some(value)),
                    other => outcome(py, other).map(Some),
                }
            })
            .method("send($self, value, /)", |py, w: &Wrapper, value: &Value| {
                super::types::send(py, &w.coroutine.clone(), value)
            })
            .method(
                "throw($self, typ, val=None, tb=None, /)",
                |py, w: &Wrapper, ty: &Value, value: Option<&Value>, traceback: Option<&Value>| {
                    super::types::throw(py, &w.coroutine.clone(), ty, value, traceback)
                },
            )
            .method("close($self, /)", |py, w: &Wrapper| {
                w.coroutine.clone().close(py)
            });
    }
    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.coroutine);
    }
}

pub(super) fn define() {
    Wrapper::type_object();
}

/// Whether the object is a coroutine, native or made by `types.coroutine`.
fn is_coroutine(object: &Object) -> bool {
    of_object(object).is_some_and(|g| g.code().has_flag(COROUTINE | ITERABLE_COROUTINE))
}

/// The iterator that `await value` drives; `role` is GET_AWAITABLE's flag.
pub fn awaitable_of(py: Py, value: &Value, role: u8) -> PyResult {
    let result = awaitable(py, value);
    let not_awaitable = matches!(result, Ok(None));
    if not_awaitable {
        let name = value.ty().name();
        return match role {
            1 => raise!(
                py,
                TypeError,
                "'async with' received an object from __aenter__ that does not implement __await__: {name}"
            ),
            2 => raise!(
                py,
                TypeError,
                "'async with' received an object from __aexit__ that does not implement __await__: {name}"
            ),
            _ => raise!(py, TypeError, "'{name}' object can't be awaited"),
        };
    }
    let found = result?.unwrap_or_else(Value::none);
    if let Some(coroutine) = found.as_object().and_then(of_object)
        && std::ptr::eq(coroutine.as_object().ty(), &*COROUTINE_TYPE)
        && coroutine.awaiting().is_some()
    {
        return raise!(py, RuntimeError, "coroutine is being awaited already");
    }
    Ok(found)
}

/// The awaitable's iterator; `None` where the value is no awaitable.
pub fn awaitable(py: Py, value: &Value) -> PyResult<Option<Value>> {
    let Some(object) = value.as_object() else {
        return Ok(None);
    };
    if is_coroutine(object) {
        return Ok(Some(value.clone()));
    }
    // SAFETY: slot tables live as long as the type; slots take its instance.
    let result = unsafe {
        let slot = object
            .ty()
            .raw()
            .tp_as_async
            .as_ref()
            .and_then(|a| a.am_await);
        match slot {
            Some(slot) => krait_object::protocol::from_c(py, slot(object.as_ptr()))?,
            None => return Ok(None),
        }
    };
    if let Some(made) = result.as_object() {
        if is_coroutine(made) {
            return raise!(py, TypeError, "__await__() returned a coroutine");
        }
        if made.ty().raw().tp_iternext.is_some() {
            return Ok(Some(result));
        }
    }
    raise!(
        py,
        TypeError,
        "__await__() returned non-iterator of type '{}'",
        result.ty().name()
    )
}

/// `value.__aiter__()`.
pub fn aiter(py: Py, value: &Value) -> PyResult {
    let object = value.to_object();
    // SAFETY: slot tables live as long as the type; slots take its instance.
    let made = unsafe {
        match object
            .ty()
            .raw()
            .tp_as_async
            .as_ref()
            .and_then(|a| a.am_aiter)
        {
            Some(slot) => krait_object::protocol::from_c(py, slot(object.as_object().as_ptr()))?,
            None => {
                return raise!(
                    py,
                    TypeError,
                    "'async for' requires an object with __aiter__ method, got {}",
                    object.ty().name()
                );
            }
        }
    };
    if anext_slot(&made).is_none() {
        return raise!(
            py,
            TypeError,
            "'async for' received an object from __aiter__ that does not implement __anext__: {}",
            made.ty().name()
        );
    }
    Ok(made)
}

fn anext_slot(value: &Value) -> krait_abi::unaryfunc {
    // SAFETY: slot tables live as long as the type.
    unsafe { value.ty().raw().tp_as_async.as_ref() }.and_then(|a| a.am_anext)
}

/// The awaitable iterator of `value.__anext__()`.
pub fn anext(py: Py, value: &Value) -> PyResult {
    let object = value.to_object();
    let Some(slot) = anext_slot(value) else {
        return raise!(
            py,
            TypeError,
            "'async for' requires an iterator with __anext__ method, got {}",
            object.ty().name()
        );
    };
    // SAFETY: a type's slot is called with its instance.
    let next = unsafe { krait_object::protocol::from_c(py, slot(object.as_object().as_ptr())) }?;
    if next
        .as_object()
        .is_some_and(|o| std::ptr::eq(o.ty(), super::async_gen::asend_type()))
    {
        return Ok(next);
    }
    match awaitable(py, &next) {
        Ok(Some(iterator)) => Ok(iterator),
        Ok(None) => invalid_anext(py, &next),
        Err(_) => invalid_anext(py, &next),
    }
}

#[cold]
fn invalid_anext(py: Py, next: &Value) -> PyResult {
    let cause = py.thread().take_exception();
    let name = next.ty().name();
    let result = raise!(
        py,
        TypeError,
        "'async for' received an invalid object from __anext__: {name}"
    );
    if let (Some(cause), Some(error)) = (cause, py.thread().exception())
        && let Some(body) = krait_object::exceptions::BaseException::from_object(&error)
    {
        body.set_cause(Some(cause));
    }
    result
}

/// `anext_awaitable`: what `anext(iterator, default)` gives.
struct AnextAwaitable {
    wrapped: Value,
    default: Value,
}

impl AnextAwaitable {
    /// The iterator that drives the wrapped awaitable.
    fn iterator(&self, py: Py) -> PyResult {
        if self
            .wrapped
            .as_object()
            .is_some_and(|o| std::ptr::eq(o.ty(), super::async_gen::asend_type()))
        {
            return Ok(self.wrapped.clone());
        }
        let iterator = awaitable_of(py, &self.wrapped, 0)?;
        match iterator.as_object().and_then(of_object) {
            Some(coroutine) if coroutine.kind() == "coroutine" => {
                Ok(Value::from(CoroutineWrapper::over(py, coroutine)))
            }
            _ => Ok(iterator),
        }
    }

    /// The end of the asynchronous iteration becomes the default.
    fn or_default(&self, py: Py, result: PyResult) -> PyResult {
        match result {
            Err(_) if errors::take_if(py, &exceptions::StopAsyncIteration).is_some() => {
                Err(errors::stop_iteration(py, &self.default))
            }
            other => other,
        }
    }

    fn call(&self, py: Py, method: &'static str, values: &[Value]) -> PyResult {
        let iterator = self.iterator(py)?;
        let result = krait_object::protocol::call_method_str(py, &iterator, method, values);
        self.or_default(py, result)
    }
}

impl Class for AnextAwaitable {
    const NAME: &'static str = "anext_awaitable";
    const GC: bool = true;
    krait_object::class_cell!();
    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor()
            .iter(|_py, a: &Instance<AnextAwaitable>| a.to_owned())
            .await_(|_py, a: &Instance<AnextAwaitable>| a.to_owned())
            .next(|py, a: &Instance<AnextAwaitable>| {
                let iterator = a.iterator(py)?.into_object();
                let result = match krait_object::protocol::next(py, &iterator) {
                    Ok(Some(value)) => Ok(value),
                    Ok(None) => Err(errors::stop_iteration(py, &Value::none())),
                    Err(raised) => Err(raised),
                };
                a.or_default(py, result).map(Some)
            })
            .method(
                "send($self, value, /)",
                |py, a: &Instance<AnextAwaitable>, value: &Value| {
                    a.call(py, "send", std::slice::from_ref(value))
                },
            )
            .method(
                "throw($self, typ, val=None, tb=None, /)",
                |py,
                 a: &Instance<AnextAwaitable>,
                 ty: &Value,
                 value: Option<&Value>,
                 tb: Option<&Value>| {
                    let all: Vec<Value> = [Some(ty), value, tb]
                        .into_iter()
                        .flatten()
                        .cloned()
                        .collect();
                    a.call(py, "throw", &all)
                },
            )
            .method("close($self, /)", |py, a: &Instance<AnextAwaitable>| {
                a.call(py, "close", &[])
            });
    }
    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.wrapped);
        visitor.field(&self.default);
    }
}

/// The awaitable of `anext(iterator, default)`.
pub fn anext_with_default(py: Py, awaitable: Value, default: Value) -> PyResult {
    Ok(Value::from(Instance::new(
        py,
        AnextAwaitable {
            wrapped: awaitable,
            default,
        },
    )))
}
