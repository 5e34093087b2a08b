//! C functions as callables: the vectorcall entry of each calling convention of
//! `PyMethodDef`, for function objects and for method descriptors.
//!
//! Corresponds to CPython's `methodobject.c` and the calling part of `descrobject.c`.

use std::ffi::{CStr, c_int};

use krait_abi::*;

use crate::object::{Layout, Object};
use crate::protocol::{self, call::is_native_def, call::native_vectorcall};
use crate::py::{Py, PyResult, Raised};
use crate::types::dict::Dict;
use crate::types::tuple::Tuple;
use crate::types::typeobject::Type;
use crate::value::Value;

type Ptr = *mut PyObject;

/// A call as the conventions need it.
struct Target {
    function: unsafe extern "C-unwind" fn(Ptr, Ptr) -> Ptr,
    this: Ptr,
    class: *mut PyTypeObject,
    values: *const Ptr,
    count: usize,
    names: Ptr,
}

/// What holds the definition.
trait Holder {
    /// # Safety
    /// The arguments are those of a vectorcall of such a holder.
    unsafe fn target(
        callable: Ptr,
        values: *const Ptr,
        count: usize,
        names: Ptr,
    ) -> PyResult<Target>;
}

/// A `builtin_function_or_method`.
struct Function;
/// A `method_descriptor`.
struct Method;

impl Holder for Function {
    #[inline(always)]
    unsafe fn target(
        callable: Ptr,
        values: *const Ptr,
        count: usize,
        names: Ptr,
    ) -> PyResult<Target> {
        // SAFETY: the callable is a function object of a C definition, which has a function.
        unsafe {
            let object = callable.cast::<PyCFunctionObject>();
            let def = (*object).m_ml;
            let flags = (*def).ml_flags;
            Ok(Target {
                function: (*def).ml_meth.unwrap_unchecked(),
                this: if flags & METH_STATIC != 0 {
                    std::ptr::null_mut()
                } else {
                    (*object).m_self
                },
                class: if flags & METH_METHOD != 0 {
                    (*object.cast::<PyCMethodObject>()).mm_class
                } else {
                    std::ptr::null_mut()
                },
                values,
                count,
                names,
            })
        }
    }
}

impl Holder for Method {
    #[inline(always)]
    unsafe fn target(
        callable: Ptr,
        values: *const Ptr,
        count: usize,
        names: Ptr,
    ) -> PyResult<Target> {
        // SAFETY: the callable is a method descriptor of a C definition, and so many values
        // are there.
        unsafe {
            let descr = callable.cast::<PyMethodDescrObject>();
            let def = (*descr).d_method;
            let owner = (*descr).d_common.d_type;
            if count < 1 {
                return unbound(callable);
            }
            let this = *values;
            if (*this).ob_type != owner
                && !Type::from_ptr((*this).ob_type).is_subtype_of(Type::from_ptr(owner))
            {
                return wrong_receiver(def, owner, this);
            }
            Ok(Target {
                function: (*def).ml_meth.unwrap_unchecked(),
                this,
                class: owner,
                values: values.add(1),
                count: count - 1,
                names,
            })
        }
    }
}

fn gil() -> Py {
    // SAFETY: vectorcall functions are called with the GIL held.
    unsafe { Py::assume() }
}

/// The name that error texts show: `module.qualname()`.
fn shown_name(py: Py, callable: Ptr) -> PyResult<String> {
    // SAFETY: the callable lives during the call.
    let callable = Value::from(unsafe { Object::from_ptr(callable) }.to_owned());
    let qualname = protocol::get_attr(py, &callable, crate::intern!("__qualname__"))?;
    let qualname = protocol::str(py, &qualname)?.to_rust().into_owned();
    let module = protocol::lookup_attr(py, &callable, crate::intern!("__module__"))?;
    match module.filter(|m| !m.is_none()) {
        Some(module) => {
            let module = protocol::str(py, &module)?;
            if module.eq_str("builtins") {
                Ok(format!("{qualname}()"))
            } else {
                Ok(format!("{}.{qualname}()", module.to_rust()))
            }
        }
        None => Ok(format!("{qualname}()")),
    }
}

#[cold]
fn unbound<T>(callable: Ptr) -> PyResult<T> {
    let name = shown_name(gil(), callable)?;
    crate::raise!(gil(), TypeError, "unbound method {name} needs an argument")
}

#[cold]
unsafe fn wrong_receiver<T>(
    def: *const PyMethodDef,
    owner: *mut PyTypeObject,
    this: Ptr,
) -> PyResult<T> {
    // SAFETY: all three are alive.
    unsafe {
        crate::raise!(
            gil(),
            TypeError,
            "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
            CStr::from_ptr((*def).ml_name).to_string_lossy(),
            Type::from_ptr(owner).name(),
            Object::from_ptr(this).ty().name()
        )
    }
}

#[cold]
fn refuse(callable: Ptr, text: &str) -> Ptr {
    if let Ok(name) = shown_name(gil(), callable) {
        let _: Result<(), Raised> = crate::raise!(gil(), TypeError, "{name} {text}");
    }
    std::ptr::null_mut()
}

/// Whether keywords were given.
unsafe fn has_names(names: Ptr) -> bool {
    // SAFETY: null or a tuple.
    !names.is_null() && unsafe { (*names.cast::<PyVarObject>()).ob_size } > 0
}

/// The positional values as a tuple.
unsafe fn packed(target: &Target) -> crate::object::Owned<Tuple> {
    // SAFETY: so many objects are there.
    let values = unsafe { borrowed(target.values, target.count) };
    Tuple::from_objects(values.iter().map(|&v| {
        // SAFETY: as above.
        unsafe { Object::from_ptr(v) }
    }))
}

unsafe fn borrowed<'a>(values: *const Ptr, count: usize) -> &'a [Ptr] {
    if count == 0 {
        return &[];
    }
    // SAFETY: the caller's values.
    unsafe { std::slice::from_raw_parts(values, count) }
}

macro_rules! convention {
    ($(#[$doc:meta])* $name:ident, keywords: $keywords:literal, |$target:ident, $callable:ident| $body:block) => {
        $(#[$doc])*
        unsafe extern "C-unwind" fn $name<H: Holder>(
            $callable: Ptr,
            values: *const Ptr,
            nargsf: usize,
            names: Ptr,
        ) -> Ptr {
            let count = PyVectorcall_NARGS(nargsf) as usize;
            // SAFETY: C calls with the GIL and so many living objects; the function has the
            // signature that the definition's flags say.
            unsafe {
                if !$keywords && has_names(names) {
                    return refuse($callable, "takes no keyword arguments");
                }
                let Ok($target) = H::target($callable, values, count, names) else {
                    return std::ptr::null_mut();
                };
                $body
            }
        }
    };
}

convention!(
    /// `METH_NOARGS`
    no_arguments,
    keywords: false,
    |target, callable| {
        if target.count != 0 {
            return refuse(callable, &format!("takes no arguments ({} given)", target.count));
        }
        (target.function)(target.this, std::ptr::null_mut())
    }
);

convention!(
    /// `METH_O`
    one_argument,
    keywords: false,
    |target, callable| {
        if target.count != 1 {
            return refuse(callable, &format!("takes exactly one argument ({} given)", target.count));
        }
        (target.function)(target.this, *target.values)
    }
);

convention!(
    /// `METH_VARARGS`
    tuple,
    keywords: false,
    |target, callable| {
        let _ = callable;
        let args = packed(&target);
        (target.function)(target.this, args.as_object().as_ptr())
    }
);

convention!(
    /// `METH_VARARGS | METH_KEYWORDS`
    tuple_and_dict,
    keywords: true,
    |target, callable| {
        let _ = callable;
        let args = packed(&target);
        let function: PyCFunctionWithKeywords =
            std::mem::transmute::<PyCFunction, PyCFunctionWithKeywords>(Some(target.function));
        let Some(function) = function else {
            return std::ptr::null_mut();
        };
        let Ok(kwargs) = keyword_dict(&target) else {
            return std::ptr::null_mut();
        };
        let kwargs = kwargs.as_ref().map_or(std::ptr::null_mut(), |k| k.as_object().as_ptr());
        function(target.this, args.as_object().as_ptr(), kwargs)
    }
);

convention!(
    /// `METH_FASTCALL`
    fast,
    keywords: false,
    |target, callable| {
        let _ = callable;
        let function: PyCFunctionFast =
            std::mem::transmute::<PyCFunction, PyCFunctionFast>(Some(target.function));
        let Some(function) = function else {
            return std::ptr::null_mut();
        };
        function(target.this, target.values, target.count as isize)
    }
);

convention!(
    /// `METH_FASTCALL | METH_KEYWORDS`
    fast_keywords,
    keywords: true,
    |target, callable| {
        let _ = callable;
        let function: PyCFunctionFastWithKeywords =
            std::mem::transmute::<PyCFunction, PyCFunctionFastWithKeywords>(Some(target.function));
        let Some(function) = function else {
            return std::ptr::null_mut();
        };
        function(target.this, target.values, target.count as isize, target.names)
    }
);

convention!(
    /// `METH_METHOD | METH_FASTCALL | METH_KEYWORDS`
    fast_method,
    keywords: true,
    |target, callable| {
        let _ = callable;
        let function: PyCMethod =
            std::mem::transmute::<PyCFunction, PyCMethod>(Some(target.function));
        let Some(function) = function else {
            return std::ptr::null_mut();
        };
        function(target.this, target.class, target.values, target.count as isize, target.names)
    }
);

/// The named values as a dict; none where there are none.
unsafe fn keyword_dict(target: &Target) -> PyResult<Option<crate::object::Owned<Dict>>> {
    // SAFETY: null or a tuple of names, whose values follow the positional ones.
    unsafe {
        if !has_names(target.names) {
            return Ok(None);
        }
        let names = Object::from_ptr(target.names).cast_unchecked::<Tuple>();
        let values = borrowed(target.values.add(target.count), names.len());
        let dict = Dict::with_capacity(names.len());
        for (name, &value) in names.iter().zip(values) {
            let value = Value::from(Object::from_ptr(value).to_owned());
            dict.set_value(gil(), &Value::from(name.to_owned()), value)?;
        }
        Ok(Some(dict))
    }
}

const CONVENTION: c_int =
    METH_VARARGS | METH_FASTCALL | METH_NOARGS | METH_O | METH_KEYWORDS | METH_METHOD;

fn entry<H: Holder>(flags: c_int) -> vectorcallfunc {
    const TUPLE_KEYWORDS: c_int = METH_VARARGS | METH_KEYWORDS;
    const FAST_KEYWORDS: c_int = METH_FASTCALL | METH_KEYWORDS;
    const FAST_METHOD: c_int = METH_METHOD | METH_FASTCALL | METH_KEYWORDS;
    match flags & CONVENTION {
        METH_NOARGS => Some(no_arguments::<H>),
        METH_O => Some(one_argument::<H>),
        METH_VARARGS => Some(tuple::<H>),
        TUPLE_KEYWORDS => Some(tuple_and_dict::<H>),
        METH_FASTCALL => Some(fast::<H>),
        FAST_KEYWORDS => Some(fast_keywords::<H>),
        FAST_METHOD => Some(fast_method::<H>),
        _ => None,
    }
}

/// The vectorcall function of a function object of a definition; `None` where the flags
/// name no calling convention.
///
/// # Safety
/// The definition is alive.
pub unsafe fn of_function(def: *const PyMethodDef) -> vectorcallfunc {
    if is_native_def(def) {
        return Some(native_vectorcall);
    }
    // SAFETY: the contract.
    entry::<Function>(unsafe { (*def).ml_flags })
}

/// The vectorcall function of a method descriptor of a definition.
///
/// # Safety
/// The definition is alive.
pub unsafe fn of_method(def: *const PyMethodDef) -> vectorcallfunc {
    if is_native_def(def) {
        return Some(native_vectorcall);
    }
    // SAFETY: the contract.
    entry::<Method>(unsafe { (*def).ml_flags })
}
