//! `__new__`: the builtin function in the dict of each native type that has a
//! constructor, and the slot function that calls a Python `__new__`.

use std::cell::OnceCell;
use std::ffi::c_void;

use krait_abi::*;

use super::numbers::gil;
use crate::native::NativeDef;
use crate::native::call::DefKind;
use crate::native::slots::to_c;
use crate::object::{Layout, Object};
use crate::protocol;
use crate::py::{GilCell, Py, PyResult};
use crate::types::descriptor::{self, NativeFunctionObject};
use crate::types::dict::Dict;
use crate::types::tuple::Tuple;
use crate::types::typeobject::{Type, address, native_new_def, native_new_slot};
use crate::value::Value;

static DEFINITION: GilCell<OnceCell<&'static NativeDef>> = GilCell::new(OnceCell::new());

/// The one definition behind every `__new__` of a native type.
fn definition(py: Py) -> &'static NativeDef {
    DEFINITION.get(py).get_or_init(|| {
        let doc = "Create and return a new object.  See help(type) for accurate signature.";
        NativeDef::new(
            "",
            "__new__($type, *args, **kwargs)",
            doc,
            DefKind::Function,
            entry,
        )
    })
}

/// Puts `__new__` into the dict of a type that has a constructor of its own, unless something
/// else of the name is there.
pub(super) fn add_new(py: Py, ty: &Type) -> PyResult<()> {
    let name = crate::intern!("__new__");
    if ty.dict().contains_str(py, name) {
        return Ok(());
    }
    let function = descriptor::function(definition(py), Some(ty.as_object().to_owned()), None);
    ty.dict().set_str(py, name, function)
}

/// The type whose native constructor a `__new__` found in a dict calls.
pub fn constructor_owner(value: &Value) -> Option<&Type> {
    let function = value.downcast_exact::<NativeFunctionObject>()?;
    let def = function.native_def()?;
    let ours = DEFINITION.get(gil()).get()?;
    if std::ptr::eq(def, *ours) {
        function.receiver()?.downcast::<Type>()
    } else {
        None
    }
}

fn is_native(ty: &Type) -> bool {
    address(ty.raw().tp_new) == native_new_slot as *const c_void
}

fn same_definition(a: &Type, b: &Type) -> bool {
    match (native_new_def(a), native_new_def(b)) {
        (Some(a), Some(b)) => std::ptr::eq(a, b),
        (None, None) => true,
        _ => false,
    }
}

/// Whether two types have the same native constructor.
pub fn same_constructor(a: &Type, b: &Type) -> bool {
    address(a.raw().tp_new) == address(b.raw().tp_new) && (!is_native(a) || same_definition(a, b))
}

/// What `tp_new` of a class must be where the MRO leads to the `__new__` of `owner`: that of
/// the base that gives the layout, which need not be `owner`.
pub(super) fn inherited_constructor(ty: &Type, owner: &Type) -> Option<*mut c_void> {
    let from = if ty.is(owner) { Some(ty) } else { ty.base() };
    let constructor = from.map(|from| address(from.raw().tp_new).cast_mut());
    constructor.filter(|c| !c.is_null())
}

/// `T.__new__(S, ...)` for a native T: checks that the constructor makes what S needs.
fn entry(
    py: Py,
    _def: &'static NativeDef,
    this: Option<&Object>,
    values: &[Value],
    names: Option<&Tuple>,
) -> PyResult {
    let Some(owner) = this.and_then(|t| t.downcast::<Type>()) else {
        return crate::raise!(py, TypeError, "__new__() called with non-type 'self'");
    };
    let positional = values.len() - names.map_or(0, |n| n.len());
    let Some(first) = values[..positional].first() else {
        return crate::raise!(
            py,
            TypeError,
            "{}.__new__(): not enough arguments",
            owner.name()
        );
    };
    let Some(class) = first.downcast::<Type>() else {
        return crate::raise!(
            py,
            TypeError,
            "{}.__new__(X): X is not a type object ({})",
            owner.name(),
            first.ty().name()
        );
    };
    check_safe(py, owner, class)?;
    construct(py, owner, class, &values[1..], names)
}

fn check_safe(py: Py, owner: &Type, class: &Type) -> PyResult<()> {
    if !class.is_subtype_of(owner) {
        let (o, c) = (owner.name(), class.name());
        return crate::raise!(
            py,
            TypeError,
            "{o}.__new__({c}): {c} is not a subtype of {o}"
        );
    }
    if class.has_flag(krait_abi::Py_TPFLAGS_DISALLOW_INSTANTIATION) {
        return crate::raise!(
            py,
            TypeError,
            "cannot create '{}' instances",
            class.full_name()
        );
    }
    let mut native = Some(class);
    while let Some(ty) = native
        && address(ty.raw().tp_new) == call_new as *const c_void
    {
        native = ty.base();
    }
    match native {
        Some(native) if !same_constructor(native, owner) => {
            let (o, c, n) = (owner.name(), class.name(), native.name());
            if native.has_flag(krait_abi::Py_TPFLAGS_DISALLOW_INSTANTIATION) {
                return crate::raise!(py, TypeError, "cannot create '{c}' instances");
            }
            crate::raise!(
                py,
                TypeError,
                "{o}.__new__({c}) is not safe, use {n}.__new__()"
            )
        }
        _ => Ok(()),
    }
}

/// Calls the constructor of `owner` for a new instance of `class`.
pub(crate) fn construct(
    py: Py,
    owner: &Type,
    class: &Type,
    values: &[Value],
    names: Option<&Tuple>,
) -> PyResult {
    let slot = owner.raw().tp_new;
    if address(slot) == crate::types::object_type::object_new as *const c_void {
        return crate::types::object_type::construct(py, class, !values.is_empty());
    }
    if is_native(owner)
        && let Some(def) = native_new_def(owner)
    {
        return def.call(py, Some(class.as_object()), values, names);
    }
    let Some(slot) = slot else {
        return crate::raise!(py, TypeError, "cannot create '{}' instances", class.name());
    };
    let (args, kwargs) = protocol::call::pack(py, values, names)?;
    let kwargs = kwargs
        .as_ref()
        .map_or(std::ptr::null_mut(), |k| k.as_object().as_ptr());
    // SAFETY: a constructor is called with a subtype, a tuple, and a dict or NULL.
    unsafe {
        protocol::from_c(
            py,
            slot(class.as_type_ptr(), args.as_object().as_ptr(), kwargs),
        )
    }
}

/// The native constructor that is all that calling the class amounts to: there is no
/// `__init__` after it.
pub fn only_constructor(class: &Type) -> Option<&'static NativeDef> {
    let init = address(class.raw().tp_init);
    let without_init =
        init.is_null() || init == crate::types::object_type::object_init as *const c_void;
    let plain = is_native(class)
        && without_init
        && !class.is(&crate::types::typeobject::TYPE)
        && !class.has_flag(Py_TPFLAGS_DISALLOW_INSTANTIATION);
    plain.then(|| native_new_def(class)).flatten()
}

/// Whether instances are made by a `__new__` that is looked up as an attribute.
pub fn has_python_new(class: &Type) -> bool {
    address(class.raw().tp_new) == call_new as *const c_void
}

/// Calls the class's own `tp_new`.
#[inline]
pub fn construct_own(py: Py, class: &Type, values: &[Value], names: Option<&Tuple>) -> PyResult {
    if has_python_new(class) {
        return call_python(py, class, values, names);
    }
    construct(py, class, class, values, names)
}

/// `tp_new` of classes with a Python `__new__`.
#[inline(never)]
pub(crate) unsafe extern "C-unwind" fn call_new(
    class: *mut PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: C calls the slot with a type, a tuple, and a dict or NULL.
    let (class, args, kwargs) = unsafe {
        (
            Type::from_ptr(class),
            (!args.is_null()).then(|| Object::from_ptr(args).cast_unchecked::<Tuple>()),
            (!kwargs.is_null()).then(|| Object::from_ptr(kwargs).cast_unchecked::<Dict>()),
        )
    };
    let py = gil();
    to_c(protocol::call::with_flat_arguments(
        py,
        args,
        kwargs,
        |values, names| call_python(py, class, values, names),
    ))
}

/// Calls the `__new__` found on a class, whatever it is.
pub(crate) fn call_python(
    py: Py,
    class: &Type,
    values: &[Value],
    names: Option<&Tuple>,
) -> PyResult {
    py.thread()
        .check_native_stack(py, " while calling a Python object")?;
    let class = Value::from(class.to_owned());
    let function = protocol::get_attr(py, &class, crate::intern!("__new__"))?;
    protocol::call::with_first(&class, values, |all| {
        protocol::call_with(py, &function, all, names)
    })
}
