//! Calls: of anything callable, of methods by name, of special methods.

use std::ffi::CStr;

use krait_abi::*;

use super::attr;
use crate::native::NativeDef;
use crate::native::call::METH_KRAIT;
use crate::object::{Layout, Object, Owned};
use crate::py::{Py, PyResult};
use crate::types::descriptor::{MethodDescriptor, NativeFunctionObject};
use crate::types::dict::Dict;
use crate::types::module::Module;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::typeobject::{Type, native_call_slot};
use crate::value::Value;

/// `callable(*values)`.
#[inline]
pub fn call(py: Py, callable: &Value, values: &[Value]) -> PyResult {
    call_with(py, callable, values, None)
}

/// `callable(*values)` where the last values are named by `kwnames`.
#[inline]
pub fn call_with(py: Py, callable: &Value, values: &[Value], kwnames: Option<&Tuple>) -> PyResult {
    match callable.as_object() {
        Some(object) => call_object(py, object, values, kwnames),
        None => not_callable(py, callable),
    }
}

/// TypeError; for a module with a function of its own name, with that function's name.
#[cold]
fn not_callable<T>(py: Py, value: &Value) -> PyResult<T> {
    let mut hint = String::new();
    if let Some(module) = value.downcast::<Module>()
        && let Some(name) = module.dict().get_str_key(py, crate::intern!("__name__"))
        && let Some(name) = name.downcast::<Str>()
    {
        let full = name.to_rust();
        let last = full.rsplit('.').next().unwrap_or(&full);
        let found = super::lookup_attr(py, value, &Str::intern(last))?;
        if found.is_some_and(|f| is_callable(&f)) {
            hint = format!(". Did you mean: '{full}.{last}(...)'?");
        }
    }
    crate::raise!(
        py,
        TypeError,
        "'{}' object is not callable{hint}",
        value.ty().name()
    )
}

/// The call itself, by the fastest way the callable's type knows.
pub fn call_object(
    py: Py,
    callable: &Object,
    values: &[Value],
    kwnames: Option<&Tuple>,
) -> PyResult {
    py.thread().check_native_stack(py, "")?;
    if let Some(function) = callable.downcast_exact::<NativeFunctionObject>()
        && let Some(def) = function.native_def()
    {
        return def.call(py, function.receiver(), values, kwnames);
    }
    if let Some(method) = callable.downcast_exact::<MethodDescriptor>()
        && let Some(def) = method.native_def()
    {
        return call_unbound(py, def, method.owner(), values, kwnames);
    }
    if let Some(class) = callable.downcast_exact::<Type>() {
        return crate::types::type_new::call_type(py, class, values, kwnames);
    }
    let ty = callable.ty();
    if ty.raw().tp_vectorcall_offset > 0 && ty.has_flag(Py_TPFLAGS_HAVE_VECTORCALL) {
        // SAFETY: the type says where its instances keep the function.
        let function = unsafe {
            *callable
                .as_ptr()
                .byte_add(ty.raw().tp_vectorcall_offset as usize)
                .cast::<vectorcallfunc>()
        };
        if let Some(function) = function {
            return call_vector(py, callable, function, values, kwnames);
        }
    }
    call_slot(py, callable, values, kwnames)
}

/// The call by `tp_call`, whatever else the callable's type knows.
pub fn call_slot(py: Py, callable: &Object, values: &[Value], kwnames: Option<&Tuple>) -> PyResult {
    let ty = callable.ty();
    let Some(slot) = ty.raw().tp_call else {
        return not_callable(py, &Value::from(callable.to_owned()));
    };
    if slot as *const std::ffi::c_void == native_call_slot as *const std::ffi::c_void
        && let Some(def) = crate::types::typeobject::native_call_def(ty)
    {
        return def.call(py, Some(callable), values, kwnames);
    }
    let (args, kwargs) = pack(py, values, kwnames)?;
    let kwargs = kwargs
        .as_ref()
        .map_or(std::ptr::null_mut(), |k| k.as_object().as_ptr());
    // SAFETY: a type's slot is called with its instance, a tuple, and a dict or NULL.
    unsafe {
        checked(
            py,
            callable,
            slot(callable.as_ptr(), args.as_object().as_ptr(), kwargs),
        )
    }
}

/// `callable(*args)` where the callable's type has a `tp_call` of C or of a class and no
/// faster way: the tuple itself is handed over. `None` for all other callables.
pub fn call_packed(py: Py, callable: &Value, args: &Tuple) -> Option<PyResult> {
    let object = callable.as_object()?;
    let ty = object.ty();
    let slot = ty.raw().tp_call?;
    let known = object.downcast_exact::<NativeFunctionObject>().is_some()
        || object.downcast_exact::<MethodDescriptor>().is_some()
        || object.downcast_exact::<Type>().is_some()
        || slot as *const std::ffi::c_void == native_call_slot as *const std::ffi::c_void
        || (ty.raw().tp_vectorcall_offset > 0 && ty.has_flag(Py_TPFLAGS_HAVE_VECTORCALL));
    if known {
        return None;
    }
    if let Err(raised) = py.thread().check_native_stack(py, "") {
        return Some(Err(raised));
    }
    // SAFETY: a type's slot is called with its instance and a tuple.
    Some(unsafe {
        let arguments = args.as_object().as_ptr();
        checked(
            py,
            object,
            slot(object.as_ptr(), arguments, std::ptr::null_mut()),
        )
    })
}

/// The result of a C function that was called: NULL must come with an exception, and any
/// other result without.
///
/// # Safety
/// The pointer is null or a new reference.
#[inline(always)]
unsafe fn checked(py: Py, callable: &Object, result: *mut PyObject) -> PyResult {
    if result.is_null() != py.thread().has_exception() {
        // SAFETY: the contract.
        return unsafe { inconsistent(py, Ok(callable), result) };
    }
    if result.is_null() {
        return Err(crate::py::Raised);
    }
    // SAFETY: a new reference.
    Ok(unsafe { Value::from_word(result as u64) })
}

/// SystemError for a result that does not go with the exception; the message begins with what
/// was called, or with the text that stands for it.
///
/// # Safety
/// The pointer is null or a new reference.
#[cold]
#[inline(never)]
pub unsafe fn inconsistent(
    py: Py,
    callable: Result<&Object, &CStr>,
    result: *mut PyObject,
) -> PyResult {
    if !result.is_null() {
        // SAFETY: the reference is ours, and nobody gets it.
        unsafe { Object::decref(result) }
    }
    let cause = py.thread().take_exception();
    let shown = match callable {
        Ok(callable) => super::repr(py, &Value::from(callable.to_owned()))?
            .to_rust()
            .into_owned(),
        Err(text) => text.to_string_lossy().into_owned(),
    };
    let what = if result.is_null() {
        "returned NULL without setting an exception"
    } else {
        "returned a result with an exception set"
    };
    let failed = crate::raise!(py, SystemError, "{shown} {what}");
    if let (Some(cause), Some(new)) = (cause, py.thread().exception())
        && let Some(body) = crate::exceptions::BaseException::from_object(&new)
    {
        body.set_cause(Some(cause.clone()));
        body.set_context(Some(cause));
    }
    failed
}

/// A method's definition called with the receiver as first value.
#[inline]
pub fn call_unbound(
    py: Py,
    def: &'static NativeDef,
    owner: &Type,
    values: &[Value],
    kwnames: Option<&Tuple>,
) -> PyResult {
    let positional = values.len() - kwnames.map_or(0, |k| k.len());
    crate::native::call::check_receiver(py, def, owner, values[..positional].first())?;
    let (this, rest) = (values[0].to_object(), &values[1..]);
    def.call(py, Some(&this), rest, kwnames)
}

/// Calls a C function of the vectorcall protocol; unboxed values are boxed.
pub fn call_vector(
    py: Py,
    callable: &Object,
    function: unsafe extern "C-unwind" fn(
        *mut PyObject,
        *const *mut PyObject,
        usize,
        *mut PyObject,
    ) -> *mut PyObject,
    values: &[Value],
    kwnames: Option<&Tuple>,
) -> PyResult {
    let names = kwnames.map_or(std::ptr::null_mut(), |k| k.as_object().as_ptr());
    let positional = values.len() - kwnames.map_or(0, |k| k.len());
    if values.iter().all(|v| v.as_object().is_some()) {
        // SAFETY: pointer words are object pointers; they live during the call.
        return unsafe {
            checked(
                py,
                callable,
                function(callable.as_ptr(), values.as_ptr().cast(), positional, names),
            )
        };
    }
    let boxed = Boxed::new(values);
    // SAFETY: so many object pointers, which live during the call.
    unsafe {
        checked(
            py,
            callable,
            function(callable.as_ptr(), boxed.as_ptr(), positional, names),
        )
    }
}

/// Values as C reads them: objects lent as they are, immediates boxed for the time.
struct Boxed {
    few: [*mut PyObject; Boxed::ROOM],
    many: Vec<*mut PyObject>,
    /// What was made, and is given back at the end.
    made: Vec<Owned>,
    /// The same for those of `few`, a bit for each.
    made_few: u8,
}

impl Boxed {
    const ROOM: usize = 8;

    #[inline]
    fn new(values: &[Value]) -> Boxed {
        let mut this = Boxed {
            few: [std::ptr::null_mut(); Boxed::ROOM],
            many: Vec::new(),
            made: Vec::new(),
            made_few: 0,
        };
        if values.len() > Boxed::ROOM {
            this.many.extend(values.iter().map(|value| {
                value.as_object().map_or_else(
                    || {
                        this.made.push(value.to_object());
                        this.made[this.made.len() - 1].as_object().as_ptr()
                    },
                    Object::as_ptr,
                )
            }));
            return this;
        }
        for (at, value) in values.iter().enumerate() {
            this.few[at] = match value.as_object() {
                Some(object) => object.as_ptr(),
                None => {
                    this.made_few |= 1 << at;
                    value.to_object().into_ptr()
                }
            };
        }
        this
    }

    fn as_ptr(&self) -> *const *mut PyObject {
        if self.many.is_empty() {
            self.few.as_ptr()
        } else {
            self.many.as_ptr()
        }
    }
}

impl Drop for Boxed {
    fn drop(&mut self) {
        let mut left = self.made_few;
        while left != 0 {
            // SAFETY: a reference that `new` has made, given back once.
            unsafe { Object::decref(self.few[left.trailing_zeros() as usize]) };
            left &= left - 1;
        }
    }
}

/// Values as C's tuple and dict.
pub fn pack(
    py: Py,
    values: &[Value],
    kwnames: Option<&Tuple>,
) -> PyResult<(Owned<Tuple>, Option<Owned<Dict>>)> {
    let (positional, named) = values.split_at(values.len() - kwnames.map_or(0, |k| k.len()));
    let args = Tuple::from_slice(positional);
    let Some(names) = kwnames.filter(|n| !n.is_empty()) else {
        return Ok((args, None));
    };
    let kwargs = Dict::new();
    for (name, value) in names.iter().zip(named) {
        kwargs.set_value(py, &Value::from(name.to_owned()), value.clone())?;
    }
    Ok((args, Some(kwargs)))
}

/// C's tuple and dict as values and names, lent to `then`.
pub fn with_flat_arguments<R>(
    py: Py,
    args: Option<&Tuple>,
    kwargs: Option<&Dict>,
    then: impl FnOnce(&[Value], Option<&Tuple>) -> PyResult<R>,
) -> PyResult<R> {
    let positional = args.map_or(&[][..], |a| a.as_values());
    let Some(kwargs) = kwargs.filter(|k| !k.is_empty()) else {
        return then(positional, None);
    };
    let mut values = positional.to_vec();
    let mut names = Vec::with_capacity(kwargs.len());
    let mut at = 0;
    while let Some((name, value)) = kwargs.iter_step(&mut at) {
        if name.downcast::<Str>().is_none() {
            return crate::raise!(py, TypeError, "keywords must be strings");
        }
        names.push(name);
        values.push(value);
    }
    let names = Tuple::from_values(names);
    then(&values, Some(&names))
}

/// `callable(*args, **kwargs)` from a tuple and a dict.
pub fn call_tuple(py: Py, callable: &Value, args: &Tuple, kwargs: Option<&Dict>) -> PyResult {
    with_flat_arguments(py, Some(args), kwargs, |values, names| {
        call_with(py, callable, values, names)
    })
}

/// `value.name(*values)`.
pub fn call_method(py: Py, value: &Value, name: &Str, values: &[Value]) -> PyResult {
    if let Some(object) = value.as_object()
        && let Some(found) = object.ty().lookup(py, name)
        && let Some(method) = found.downcast_exact::<MethodDescriptor>()
        && let Some(def) = method.native_def()
        && attr::instance_attribute(py, object, name).is_none()
    {
        return def.call(py, Some(object), values, None);
    }
    let method = attr::get_attr(py, value, name)?;
    call(py, &method, values)
}

/// `values[0].name(*values[1..])` where the last values are named by `kwnames`. A method
/// found on the type is called without being bound.
pub fn call_method_with(py: Py, name: &Str, values: &[Value], kwnames: Option<&Tuple>) -> PyResult {
    if let Some(object) = values[0].as_object()
        && attr::is_generic(object.ty())
        && let Some(found) = object.ty().lookup(py, name)
        && let Some(function) = found.as_object()
        && function.ty().has_flag(Py_TPFLAGS_METHOD_DESCRIPTOR)
        && (object.ty().raw().tp_dictoffset == 0
            || attr::instance_attribute(py, object, name).is_none())
    {
        return call_with(py, &found, values, kwnames);
    }
    let method = attr::get_attr(py, &values[0], name)?;
    call_with(py, &method, &values[1..], kwnames)
}

/// `value.name(*values)` for a name in Rust text.
pub fn call_method_str(py: Py, value: &Value, name: &str, values: &[Value]) -> PyResult {
    call_method(py, value, &Str::intern(name), values)
}

/// Lends `then` the values with another put before them.
#[inline]
pub fn with_first<R>(first: &Value, values: &[Value], then: impl FnOnce(&[Value]) -> R) -> R {
    const ROOM: usize = 8;
    if values.len() >= ROOM {
        let mut all = Vec::with_capacity(values.len() + 1);
        all.push(first.clone());
        all.extend_from_slice(values);
        return then(&all);
    }
    // The words are lent, and not given back.
    let mut words = [0u64; ROOM];
    words[0] = first.word();
    for (word, value) in words[1..].iter_mut().zip(values) {
        *word = value.word();
    }
    // SAFETY: so many words are those of values that live during the call.
    then(unsafe { std::slice::from_raw_parts(words.as_ptr().cast::<Value>(), values.len() + 1) })
}

/// As `with_first`, with an object, whose count stays what it is.
#[inline]
pub fn with_object_first<R>(
    first: &Object,
    values: &[Value],
    then: impl FnOnce(&[Value]) -> R,
) -> R {
    // SAFETY: an object's pointer is a value's word; it is lent and not dropped.
    let first = std::mem::ManuallyDrop::new(unsafe { Value::from_word(first.as_ptr() as u64) });
    with_first(&first, values, then)
}

/// Calls a special method looked up on the type; `None` where there is none.
pub fn call_special(
    py: Py,
    object: &Object,
    name: &Str,
    values: &[Value],
) -> PyResult<Option<Value>> {
    let Some(found) = object.ty().lookup(py, name) else {
        return Ok(None);
    };
    if let Some(function) = found.as_object()
        && function.ty().has_flag(Py_TPFLAGS_METHOD_DESCRIPTOR)
    {
        return with_object_first(object, values, |all| call(py, &found, all)).map(Some);
    }
    match attr::lookup_special(py, object, name)? {
        Some(bound) => call(py, &bound, values).map(Some),
        None => Ok(None),
    }
}

/// Whether `callable(value)` holds.
pub fn is_callable(value: &Value) -> bool {
    value
        .as_object()
        .is_some_and(|o| o.ty().raw().tp_call.is_some())
}

/// `vectorcall` of Krait's own native functions, for C callers.
///
/// # Safety
/// The callable lives, the names are a living tuple or null, and there are as many living
/// values as are counted and named; the GIL is held.
pub unsafe extern "C-unwind" fn native_vectorcall(
    callable: *mut PyObject,
    values: *const *mut PyObject,
    nargsf: usize,
    kwnames: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: C calls with the GIL, so many living objects, and a tuple or NULL; an
    // object pointer is a value's word.
    unsafe {
        let py = Py::assume();
        let names =
            (!kwnames.is_null()).then(|| Object::from_ptr(kwnames).cast_unchecked::<Tuple>());
        let count = PyVectorcall_NARGS(nargsf) as usize + names.map_or(0, |n| n.len());
        let values: &[Value] = if count == 0 {
            &[]
        } else {
            std::slice::from_raw_parts(values.cast(), count)
        };
        crate::native::slots::to_c(call_object(py, Object::from_ptr(callable), values, names))
    }
}

/// Whether a C method definition is one of Krait's.
#[expect(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "a definition lives as long as the type or module that it is of"
)]
pub fn is_native_def(def: *const PyMethodDef) -> bool {
    // SAFETY: a definition in use by an object is alive.
    !def.is_null() && unsafe { (*def).ml_flags } & METH_KRAIT != 0
}
