//! How a wrapped slot is called from Python: one function for each shape of slot, with
//! CPython's checks of the number of arguments.

use std::ffi::{c_int, c_void};

use krait_abi::*;

use super::wrapper::WrapperDescr;
use super::{SlotDef, Wrap, objects};
use crate::object::{Layout, Object, Owned};
use crate::protocol::{self, from_c, status};
use crate::py::{Py, PyResult};
use crate::singletons::none;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::typeobject::{
    Type, address, native_call_def, native_call_slot, native_init_def, native_init_slot,
};
use crate::value::Value;

/// A function pointer of a slot from the address in a wrapper; for use in `unsafe`. The
/// table's line says which type the slot's function has, and the address is not null.
macro_rules! function {
    ($ty:ty, $wrapped:expr) => {
        std::mem::transmute::<*mut c_void, $ty>($wrapped).unwrap_unchecked()
    };
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

fn exactly(py: Py, values: &[Value], count: usize) -> PyResult<()> {
    if values.len() == count {
        return Ok(());
    }
    crate::raise!(
        py,
        TypeError,
        "expected {count} argument{}, got {}",
        plural(count),
        values.len()
    )
}

fn one_or_two(py: Py, values: &[Value]) -> PyResult<()> {
    if (1..=2).contains(&values.len()) {
        return Ok(());
    }
    crate::raise!(
        py,
        TypeError,
        "expected 1 or 2 arguments, got {}",
        values.len()
    )
}

/// The check of wrappers that name themselves in the text.
fn named(py: Py, line: &SlotDef, values: &[Value], least: usize, most: usize) -> PyResult<()> {
    let got = values.len();
    if (least..=most).contains(&got) {
        return Ok(());
    }
    let (bound, limit) = match (least == most, got < least) {
        (true, _) => ("", least),
        (false, true) => ("at least ", least),
        (false, false) => ("at most ", most),
    };
    crate::raise!(
        py,
        TypeError,
        "{} expected {bound}{limit} argument{}, got {got}",
        line.text,
        plural(limit)
    )
}

fn done(result: PyResult<bool>) -> PyResult {
    result.map(|_| Value::none())
}

/// Calls the slot behind a wrapper. `this` is an instance of the wrapper's type.
pub(super) fn invoke(
    py: Py,
    line: &'static SlotDef,
    descr: &WrapperDescr,
    this: &Object,
    values: &[Value],
    names: Option<&Tuple>,
) -> PyResult {
    let names = names.filter(|n| !n.is_empty());
    if names.is_some() && !matches!(line.wrap, Wrap::Call | Wrap::Init) {
        return crate::raise!(
            py,
            TypeError,
            "wrapper {}() takes no keyword arguments",
            line.text
        );
    }
    let (p, wrapped) = (this.as_ptr(), descr.wrapped());
    match line.wrap {
        Wrap::Call => call(py, descr, this, values, names),
        Wrap::Init => init(py, descr, this, values, names),
        Wrap::Nothing => crate::raise!(py, SystemError, "slot without a wrapper"),
        Wrap::Unary | Wrap::Next | Wrap::Hash | Wrap::Truth | Wrap::Length | Wrap::Finalize => {
            exactly(py, values, 0)?;
            without_arguments(py, line.wrap, p, wrapped)
        }
        Wrap::Binary
        | Wrap::BinarySwapped
        | Wrap::Compare(_)
        | Wrap::Contains
        | Wrap::DelItem
        | Wrap::SequenceItem
        | Wrap::SequenceDelItem
        | Wrap::Repeat
        | Wrap::DelAttr
        | Wrap::Delete
        | Wrap::Buffer
        | Wrap::ReleaseBuffer => {
            exactly(py, values, 1)?;
            with_one(py, line, this, wrapped, &values[0])
        }
        Wrap::Ternary | Wrap::TernarySwapped => power(py, line.wrap, p, wrapped, values),
        Wrap::SetAttr | Wrap::SetItem | Wrap::SequenceSetItem | Wrap::Set => {
            named(py, line, values, 2, 2)?;
            with_two(py, line, this, wrapped, &values[0], &values[1])
        }
        Wrap::Get => {
            named(py, line, values, 1, 2)?;
            get(py, p, wrapped, values)
        }
    }
}

fn without_arguments(py: Py, wrap: Wrap, p: *mut PyObject, wrapped: *mut c_void) -> PyResult {
    // SAFETY: the slot is called with an instance of its type; results are new references.
    unsafe {
        match wrap {
            Wrap::Hash => {
                let hash = function!(hashfunc, wrapped)(p);
                if hash == -1 {
                    from_c(py, std::ptr::null_mut())
                } else {
                    Ok(Value::int(hash as i64))
                }
            }
            Wrap::Truth => status(py, function!(inquiry, wrapped)(p)).map(Value::bool),
            Wrap::Length => {
                let length = function!(lenfunc, wrapped)(p);
                if length < 0 {
                    from_c(py, std::ptr::null_mut())
                } else {
                    Ok(Value::int(length as i64))
                }
            }
            Wrap::Finalize => {
                function!(destructor, wrapped)(p);
                Ok(Value::none())
            }
            Wrap::Next => {
                let item = function!(iternextfunc, wrapped)(p);
                if item.is_null() && !py.thread().has_exception() {
                    return Err(crate::errors::stop_iteration(py, &Value::none()));
                }
                from_c(py, item)
            }
            _ => from_c(py, function!(unaryfunc, wrapped)(p)),
        }
    }
}

fn with_one(
    py: Py,
    line: &SlotDef,
    this: &Object,
    wrapped: *mut c_void,
    value: &Value,
) -> PyResult {
    let (p, boxed) = (this.as_ptr(), value.to_object());
    let arg = boxed.as_object().as_ptr();
    let null = std::ptr::null_mut();
    // SAFETY: the slot is called with an instance of its type and living arguments;
    // results are new references.
    unsafe {
        match line.wrap {
            Wrap::BinarySwapped => from_c(py, function!(binaryfunc, wrapped)(arg, p)),
            Wrap::Compare(op) => from_c(py, function!(richcmpfunc, wrapped)(p, arg, op)),
            Wrap::Contains => status(py, function!(objobjproc, wrapped)(p, arg)).map(Value::bool),
            Wrap::DelItem => done(status(py, function!(objobjargproc, wrapped)(p, arg, null))),
            Wrap::SequenceItem => {
                let index = sequence_index(py, this, value)?;
                from_c(py, function!(ssizeargfunc, wrapped)(p, index))
            }
            Wrap::SequenceDelItem => {
                let index = sequence_index(py, this, value)?;
                done(status(
                    py,
                    function!(ssizeobjargproc, wrapped)(p, index, null),
                ))
            }
            Wrap::Repeat => {
                let count =
                    protocol::number::to_index(py, value, &crate::exceptions::OverflowError)?;
                from_c(py, function!(ssizeargfunc, wrapped)(p, count))
            }
            Wrap::DelAttr => {
                check_not_skipping(py, this, wrapped, "__delattr__")?;
                check_name(py, value)?;
                done(status(py, function!(setattrofunc, wrapped)(p, arg, null)))
            }
            Wrap::Delete => done(status(py, function!(descrsetfunc, wrapped)(p, arg, null))),
            Wrap::Buffer => {
                super::buffer::wrapped_get(py, this, value, function!(getbufferproc, wrapped))
            }
            Wrap::ReleaseBuffer => super::buffer::wrapped_release(py, this, value),
            _ => from_c(py, function!(binaryfunc, wrapped)(p, arg)),
        }
    }
}

fn with_two(
    py: Py,
    line: &SlotDef,
    this: &Object,
    wrapped: *mut c_void,
    key: &Value,
    new: &Value,
) -> PyResult {
    let (p, key_object, new_object) = (this.as_ptr(), key.to_object(), new.to_object());
    let (k, n) = (
        key_object.as_object().as_ptr(),
        new_object.as_object().as_ptr(),
    );
    // SAFETY: the slot is called with an instance of its type and living arguments.
    unsafe {
        match line.wrap {
            Wrap::SequenceSetItem => {
                let index = sequence_index(py, this, key)?;
                done(status(py, function!(ssizeobjargproc, wrapped)(p, index, n)))
            }
            Wrap::SetAttr => {
                check_not_skipping(py, this, wrapped, "__setattr__")?;
                check_name(py, key)?;
                done(status(py, function!(setattrofunc, wrapped)(p, k, n)))
            }
            Wrap::Set => done(status(py, function!(descrsetfunc, wrapped)(p, k, n))),
            _ => done(status(py, function!(objobjargproc, wrapped)(p, k, n))),
        }
    }
}

fn check_name(py: Py, name: &Value) -> PyResult<()> {
    match name.downcast::<Str>() {
        Some(_) => Ok(()),
        None => crate::raise!(
            py,
            TypeError,
            "attribute name must be string, not '{}'",
            name.ty().name()
        ),
    }
}

/// An index as `sq_item` wants it: negative ones count from the end.
fn sequence_index(py: Py, this: &Object, value: &Value) -> PyResult<isize> {
    let index = protocol::number::to_index(py, value, &crate::exceptions::OverflowError)?;
    if index >= 0 {
        return Ok(index);
    }
    // SAFETY: slot tables live as long as the type; the slot takes its instances.
    let length = unsafe {
        match this
            .ty()
            .raw()
            .tp_as_sequence
            .as_ref()
            .and_then(|s| s.sq_length)
        {
            Some(slot) => slot(this.as_ptr()),
            None => 0,
        }
    };
    if length < 0 {
        // SAFETY: NULL stands for the exception that is set.
        return unsafe { from_c(py, std::ptr::null_mut()) }.map(|_| 0);
    }
    Ok(index + length)
}

fn power(py: Py, wrap: Wrap, p: *mut PyObject, wrapped: *mut c_void, values: &[Value]) -> PyResult {
    one_or_two(py, values)?;
    let other = values[0].to_object();
    let modulus = values
        .get(1)
        .map_or_else(|| none().to_owned(), Value::to_object);
    let (o, m) = (other.as_object().as_ptr(), modulus.as_object().as_ptr());
    let (a, b) = if wrap == Wrap::TernarySwapped {
        (o, p)
    } else {
        (p, o)
    };
    // SAFETY: the slot is called with living operands; its result is a new reference.
    unsafe { from_c(py, function!(ternaryfunc, wrapped)(a, b, m)) }
}

fn get(py: Py, p: *mut PyObject, wrapped: *mut c_void, values: &[Value]) -> PyResult {
    let boxed: Vec<Owned> = values.iter().map(Value::to_object).collect();
    let argument = |i: usize| match boxed.get(i) {
        Some(o) if !o.is_none() => o.as_object().as_ptr(),
        _ => std::ptr::null_mut(),
    };
    if argument(0).is_null() && argument(1).is_null() {
        return crate::raise!(py, TypeError, "__get__(None, None) is invalid");
    }
    // SAFETY: the slot is called with an instance of its type, living objects or NULL.
    unsafe {
        from_c(
            py,
            function!(descrgetfunc, wrapped)(p, argument(0), argument(1)),
        )
    }
}

fn call(
    py: Py,
    descr: &WrapperDescr,
    this: &Object,
    values: &[Value],
    names: Option<&Tuple>,
) -> PyResult {
    let wrapped = descr.wrapped();
    if wrapped.cast_const() == native_call_slot as *const c_void
        && let Some(def) = native_call_def(descr.owner())
    {
        return def.call(py, Some(this), values, names);
    }
    let (args, kwargs) = protocol::call::pack(py, values, names)?;
    let kwargs = kwargs
        .as_ref()
        .map_or(std::ptr::null_mut(), |k| k.as_object().as_ptr());
    // SAFETY: the slot is called with an instance of its type, a tuple, a dict or NULL.
    unsafe {
        from_c(
            py,
            function!(ternaryfunc, wrapped)(this.as_ptr(), args.as_object().as_ptr(), kwargs),
        )
    }
}

fn init(
    py: Py,
    descr: &WrapperDescr,
    this: &Object,
    values: &[Value],
    names: Option<&Tuple>,
) -> PyResult {
    let wrapped = descr.wrapped();
    if wrapped.cast_const() == native_init_slot as *const c_void
        && let Some(def) = native_init_def(descr.owner())
    {
        return def
            .call(py, Some(this), values, names)
            .map(|_| Value::none());
    }
    let (args, kwargs) = protocol::call::pack(py, values, names)?;
    let kwargs = kwargs
        .as_ref()
        .map_or(std::ptr::null_mut(), |k| k.as_object().as_ptr());
    // SAFETY: the slot is called with an instance of its type, a tuple, a dict or NULL.
    let result: c_int =
        unsafe { function!(initproc, wrapped)(this.as_ptr(), args.as_object().as_ptr(), kwargs) };
    done(status(py, result))
}

/// Refuses `object.__setattr__(x, ...)` and the like where the type of `x`, or one that
/// it derives from, has a native `tp_setattro` of its own that would be skipped.
fn check_not_skipping(py: Py, this: &Object, wrapped: *mut c_void, what: &str) -> PyResult<()> {
    let is_python = |ty: &Type| address(ty.raw().tp_setattro) == objects::setattr as *const c_void;
    let slot = |ty: &Type| address(ty.raw().tp_setattro);
    let own = slot(this.ty());
    let along: Vec<&Type> = this.ty().mro_types().collect();
    let defining = along.iter().rev().find(|t| !is_python(t) && slot(t) == own);
    let mut at = Some(defining.copied().unwrap_or(this.ty()));
    while let Some(ty) = at {
        if slot(ty) == wrapped.cast_const() {
            return Ok(());
        }
        if !is_python(ty) {
            return crate::raise!(
                py,
                TypeError,
                "can't apply this {what} to {} object",
                this.ty().name()
            );
        }
        at = ty.base();
    }
    Ok(())
}
