//! Attributes and the constructor of functions.

use krait_abi::PyFunctionObject;
use krait_bytecode::flags;
use krait_object::native::TypeBuilder;
use krait_object::object::{Layout, Object, Owned};
use krait_object::protocol;
use krait_object::py::{Py, PyResult};
use krait_object::types::dict::Dict;
use krait_object::types::str::Str;
use krait_object::types::tuple::Tuple;
use krait_object::types::typeobject::Type;
use krait_object::value::Value;
use krait_object::{errors, exceptions, raise};

use super::{Extras, Function};
use crate::cell::Cell;
use crate::code::CodeObject;
use krait_object::types::method::Method;

fn field(this: &Function, place: impl Fn(&PyFunctionObject) -> *mut krait_abi::PyObject) -> Value {
    // SAFETY: a living function's field is null or an owned object.
    unsafe {
        let object = place(&*this.raw());
        if object.is_null() {
            Value::none()
        } else {
            Value::unboxed(Object::from_ptr(object))
        }
    }
}

/// A setter that takes only instances of a type.
macro_rules! typed_setter {
    ($name:ident, $slot:ident, $check:expr, $none:expr, $text:literal) => {
        fn $name(py: Py, this: &Function, value: Option<&Object>) -> PyResult<()> {
            let check: fn(&Object) -> bool = $check;
            let new = match value {
                Some(value) if check(value) => Some(value.to_owned()),
                Some(value) if $none && value.is_none() => None,
                None if $none => None,
                _ => return raise!(py, TypeError, $text),
            };
            // SAFETY: the place is an owned field.
            unsafe { this.replace(|h| &raw mut (*h).$slot, new) };
            Ok(())
        }
    };
}

fn is_str(object: &Object) -> bool {
    object.downcast::<Str>().is_some()
}

fn is_tuple(object: &Object) -> bool {
    object.downcast::<Tuple>().is_some()
}

fn is_dict(object: &Object) -> bool {
    object.downcast::<Dict>().is_some()
}

typed_setter!(
    set_name,
    func_name,
    is_str,
    false,
    "__name__ must be set to a string object"
);
typed_setter!(
    set_qualname,
    func_qualname,
    is_str,
    false,
    "__qualname__ must be set to a string object"
);
typed_setter!(
    set_defaults,
    func_defaults,
    is_tuple,
    true,
    "__defaults__ must be set to a tuple object"
);
typed_setter!(
    set_kwdefaults,
    func_kwdefaults,
    is_dict,
    true,
    "__kwdefaults__ must be set to a dict object"
);
typed_setter!(
    set_type_params,
    func_typeparams,
    is_tuple,
    false,
    "__type_params__ must be set to a tuple"
);
fn set_dict(py: Py, this: &Function, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return raise!(py, TypeError, "cannot delete __dict__");
    };
    if !is_dict(value) {
        return raise!(
            py,
            TypeError,
            "__dict__ must be set to a dictionary, not a '{}'",
            value.ty().name()
        );
    }
    // SAFETY: the place is an owned field.
    unsafe { this.replace(|h| &raw mut (*h).func_dict, Some(value.to_owned())) };
    Ok(())
}

fn set_code(py: Py, this: &Function, value: Option<&Object>) -> PyResult<()> {
    let Some(code) = value.and_then(|v| v.downcast_exact::<CodeObject>()) else {
        return raise!(py, TypeError, "__code__ must be set to a code object");
    };
    let cells = this.closure().map_or(0, |c| c.len());
    let free = usize::from(code.shape().freevars);
    if free != cells {
        return raise!(
            py,
            ValueError,
            "{}() requires a code object with {cells} free vars, not {free}",
            this.name().to_rust()
        );
    }
    const KINDS: u32 = flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR;
    if (code.body.flags ^ this.code().body.flags) & KINDS != 0 {
        errors::warn(
            py,
            &exceptions::DeprecationWarning,
            "Assigning a code object of non-matching type is deprecated (e.g., from a generator to a plain function)",
            1,
        )?;
    }
    this.set_code(code.to_owned());
    Ok(())
}

fn set_doc(_py: Py, this: &Function, value: Option<&Object>) -> PyResult<()> {
    this.set_doc(value.map_or_else(Value::none, Value::unboxed));
    Ok(())
}

fn set_module(_py: Py, this: &Function, value: Option<&Object>) -> PyResult<()> {
    // SAFETY: the place is an owned field.
    unsafe { this.replace(|h| &raw mut (*h).func_module, value.map(Layout::to_owned)) };
    Ok(())
}

fn dict(_py: Py, this: &Function) -> Owned<Dict> {
    // SAFETY: null or an owned dict.
    unsafe {
        let place = &raw mut (*this.raw()).func_dict;
        if (*place).is_null() {
            *place = Dict::new().into_ptr();
        }
        Object::from_ptr(*place).cast_unchecked::<Dict>().to_owned()
    }
}

/// `__annotations__`: made by `__annotate__` when first asked for (PEP 649).
fn annotations(py: Py, this: &Function) -> PyResult {
    // SAFETY: null or an owned object.
    let (stored, annotate) =
        unsafe { ((*this.raw()).func_annotations, (*this.raw()).func_annotate) };
    if !stored.is_null() {
        // SAFETY: as above.
        let stored = unsafe { Object::from_ptr(stored) };
        let dict = match stored.downcast::<Tuple>() {
            None => return Ok(Value::from(stored.to_owned())),
            Some(pairs) => pairs_to_dict(py, pairs)?,
        };
        // SAFETY: the place is an owned field.
        unsafe {
            this.replace(
                |h| &raw mut (*h).func_annotations,
                Some(dict.clone().upcast()),
            )
        };
        return Ok(Value::from(dict));
    }
    let mut result = Value::from(Dict::new());
    // SAFETY: as above.
    let annotate = (!annotate.is_null())
        .then(|| Value::from(unsafe { Object::from_ptr(annotate) }.to_owned()));
    if let Some(annotate) = annotate.filter(protocol::call::is_callable) {
        result = protocol::call(py, &annotate, &[Value::int(1)])?;
        if result.downcast::<Dict>().is_none() {
            return raise!(
                py,
                TypeError,
                "__annotate__ returned non-dict of type '{}'",
                result.ty().name()
            );
        }
    }
    // SAFETY: the place is an owned field.
    unsafe { this.replace(|h| &raw mut (*h).func_annotations, Some(result.to_object())) };
    Ok(result)
}

fn pairs_to_dict(py: Py, pairs: &Tuple) -> PyResult<Owned<Dict>> {
    let dict = Dict::new();
    for pair in pairs.as_slice().chunks_exact(2) {
        dict.set_value(py, &Value::unboxed(pair[0]), Value::unboxed(pair[1]))?;
    }
    Ok(dict)
}

fn set_annotations(py: Py, this: &Function, value: Option<&Object>) -> PyResult<()> {
    let new = match value {
        Some(value) if is_dict(value) => Some(value.to_owned()),
        Some(value) if !value.is_none() => {
            return raise!(
                py,
                TypeError,
                "__annotations__ must be set to a dict object"
            );
        }
        _ => None,
    };
    // SAFETY: the places are owned fields.
    unsafe {
        this.replace(|h| &raw mut (*h).func_annotations, new);
        this.replace(|h| &raw mut (*h).func_annotate, None);
    }
    Ok(())
}

fn set_annotate(py: Py, this: &Function, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return raise!(py, TypeError, "__annotate__ cannot be deleted");
    };
    let value = Value::from(value.to_owned());
    if value.is_none() {
        // SAFETY: the place is an owned field.
        unsafe { this.replace(|h| &raw mut (*h).func_annotate, None) };
        return Ok(());
    }
    if !protocol::call::is_callable(&value) {
        return raise!(py, TypeError, "__annotate__ must be callable or None");
    }
    // SAFETY: the places are owned fields.
    unsafe {
        this.replace(|h| &raw mut (*h).func_annotate, Some(value.into_object()));
        this.replace(|h| &raw mut (*h).func_annotations, None);
    }
    Ok(())
}

fn type_params(_py: Py, this: &Function) -> Value {
    let params = field(this, |h| h.func_typeparams);
    if params.is_none() {
        Value::from(Tuple::empty())
    } else {
        params
    }
}

fn bind(_py: Py, this: &Function, instance: Option<&Object>, _owner: Option<&Object>) -> Owned {
    match instance {
        Some(instance)
            if !instance.is_none() || _owner.is_none_or(|o| instance.ty().as_object().is(o)) =>
        {
            Method::new(this.as_object().to_owned(), instance.to_owned()).upcast()
        }
        _ => this.as_object().to_owned(),
    }
}

fn repr(_py: Py, this: &Function) -> String {
    format!(
        "<function {} at {:p}>",
        this.qualname(),
        this.as_object().as_ptr()
    )
}

#[expect(
    clippy::too_many_arguments,
    reason = "they are the parameters of types.FunctionType"
)]
fn new(
    py: Py,
    _class: &Type,
    code: &CodeObject,
    globals: &Dict,
    name: Option<&Value>,
    argdefs: Option<&Value>,
    closure: Option<&Value>,
    kwdefaults: Option<&Value>,
) -> PyResult<Owned<Function>> {
    let given = |value: Option<&Value>| value.filter(|v| !v.is_none()).map(Value::to_object);
    let (name, argdefs, closure, kwdefaults) = (
        given(name),
        given(argdefs),
        given(closure),
        given(kwdefaults),
    );
    if name.as_ref().is_some_and(|n| !is_str(n)) {
        return raise!(py, TypeError, "arg 3 (name) must be None or string");
    }
    if argdefs.as_ref().is_some_and(|d| !is_tuple(d)) {
        return raise!(py, TypeError, "arg 4 (defaults) must be None or tuple");
    }
    if kwdefaults.as_ref().is_some_and(|d| !is_dict(d)) {
        return raise!(py, TypeError, "arg 6 (kwdefaults) must be None or dict");
    }
    check_closure(py, code, closure.as_deref())?;
    let extras = Extras {
        defaults: argdefs,
        kwdefaults,
        closure,
        ..Extras::default()
    };
    let function = Function::new(py, code.to_owned(), globals.to_owned(), extras);
    if let Some(name) = name {
        // SAFETY: the place is an owned field.
        unsafe { function.replace(|h| &raw mut (*h).func_name, Some(name)) };
    }
    Ok(function)
}

/// Whether a closure fits a code, with CPython's errors.
pub fn check_closure(py: Py, code: &CodeObject, closure: Option<&Object>) -> PyResult<()> {
    let free = usize::from(code.shape().freevars);
    let Some(closure) = closure else {
        return if free == 0 {
            Ok(())
        } else {
            raise!(py, TypeError, "arg 5 (closure) must be tuple")
        };
    };
    let Some(cells) = closure.downcast::<Tuple>() else {
        return raise!(py, TypeError, "arg 5 (closure) must be None or tuple");
    };
    if cells.len() != free {
        return raise!(
            py,
            ValueError,
            "{} requires closure of length {free}, not {}",
            code.name().to_rust(),
            cells.len()
        );
    }
    match cells.iter().find(|c| c.downcast_exact::<Cell>().is_none()) {
        Some(other) => raise!(
            py,
            TypeError,
            "arg 5 (closure) expected cell, found {}",
            other.ty().name()
        ),
        None => Ok(()),
    }
}

pub(super) fn define(b: &mut TypeBuilder<Function>) {
    b.doc("Create a function object.")
        .new_with(
            "function(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)",
            new,
        )
        .repr(repr)
        .descr_get(bind)
        .getset(
            "__code__",
            |_py, f: &Function| f.code().to_owned(),
            set_code,
        )
        .getset(
            "__defaults__",
            |_py, f: &Function| field(f, |h| h.func_defaults),
            set_defaults,
        )
        .getset(
            "__kwdefaults__",
            |_py, f: &Function| field(f, |h| h.func_kwdefaults),
            set_kwdefaults,
        )
        .getset("__annotations__", annotations, set_annotations)
        .getset(
            "__annotate__",
            |_py, f: &Function| field(f, |h| h.func_annotate),
            set_annotate,
        )
        .getset("__dict__", dict, set_dict)
        .getset(
            "__name__",
            |_py, f: &Function| field(f, |h| h.func_name),
            set_name,
        )
        .getset(
            "__qualname__",
            |_py, f: &Function| field(f, |h| h.func_qualname),
            set_qualname,
        )
        .getset("__type_params__", type_params, set_type_params)
        .getset("__doc__", |_py, f: &Function| f.doc(), set_doc)
        .getset(
            "__module__",
            |_py, f: &Function| field(f, |h| h.func_module),
            set_module,
        )
        .field("__globals__", |_py, f: &Function| f.globals().to_owned())
        .field("__builtins__", |_py, f: &Function| f.builtins().to_owned())
        .field("__closure__", |_py, f: &Function| {
            field(f, |h| h.func_closure)
        });
}
