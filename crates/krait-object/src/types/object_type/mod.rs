//! `object`: construction, text, comparison, and what all objects have.

use std::ffi::{c_int, c_void};

use krait_abi::*;

use super::inherit::allocate_by_slot;
use super::slotdefs::special;
use super::str::Str;
use super::tuple::Tuple;
use super::typeobject::{OBJECT, Type, address};
use crate::native::slots::to_c;
use crate::native::{Args, KwArgs, TypeBuilder};
use crate::object::{Layout, Object, Owned};
use crate::protocol::attr::{generic_getattr_slot, generic_setattr_slot};
use crate::protocol::{self, CompareOp};
use crate::py::{Py, PyResult};
use crate::value::Value;

mod class_assign;
mod dir;
mod reduce;

pub use class_assign::check_compatible;
pub(super) use dir::merge_class_dict;

fn gil() -> Py {
    // SAFETY: slots are only called with the GIL held (C API rule).
    unsafe { Py::assume() }
}

/// Whether C's tuple and dict hold any argument.
///
/// # Safety
/// The pointers are a tuple and a dict, each alive or null.
unsafe fn any_arguments(args: *mut PyObject, kwargs: *mut PyObject) -> bool {
    // SAFETY: as the contract says.
    unsafe {
        (!args.is_null() && !Object::from_ptr(args).cast_unchecked::<Tuple>().is_empty())
            || (!kwargs.is_null()
                && !Object::from_ptr(kwargs)
                    .cast_unchecked::<super::dict::Dict>()
                    .is_empty())
    }
}

/// `tp_new` of `object`.
///
/// # Safety
/// Called as C calls the slot: with the GIL and living arguments of its kinds.
#[inline(never)]
pub unsafe extern "C-unwind" fn object_new(
    class: *mut PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: C calls the slot with a type, a tuple, and a dict or NULL.
    to_c(unsafe { construct(gil(), Type::from_ptr(class), any_arguments(args, kwargs)) })
}

/// `tp_init` of `object`.
///
/// # Safety
/// Called as C calls the slot: with the GIL and living arguments of its kinds.
#[inline(never)]
pub unsafe extern "C-unwind" fn object_init(
    object: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> c_int {
    // SAFETY: C calls the slot with an instance, a tuple, and a dict or NULL.
    let (ty, excess) = unsafe {
        (
            Type::from_ptr((*object).ob_type),
            any_arguments(args, kwargs),
        )
    };
    if check_init(gil(), ty, excess).is_ok() {
        0
    } else {
        -1
    }
}

/// Whether instances are made by `object.__new__`.
#[inline(always)]
pub fn has_plain_new(ty: &Type) -> bool {
    address(ty.raw().tp_new) == object_new as *const c_void
}

fn has_plain_init(ty: &Type) -> bool {
    address(ty.raw().tp_init) == object_init as *const c_void
}

/// `object.__new__(class, ...)`. Surplus arguments are an error where nobody else can
/// have meant them: the class overrides `__new__`, or does not override `__init__`.
pub(super) fn construct(py: Py, class: &Type, excess: bool) -> PyResult {
    if excess {
        if !has_plain_new(class) {
            return crate::raise!(
                py,
                TypeError,
                "object.__new__() takes exactly one argument (the type to instantiate)"
            );
        }
        if has_plain_init(class) {
            return crate::raise!(py, TypeError, "{}() takes no arguments", class.name());
        }
    }
    new_instance(py, class).map(Value::from)
}

/// The checks of `object.__init__`.
pub(super) fn check_init(py: Py, ty: &Type, excess: bool) -> PyResult<()> {
    if !excess {
        return Ok(());
    }
    if !has_plain_init(ty) {
        return crate::raise!(
            py,
            TypeError,
            "object.__init__() takes exactly one argument (the instance to initialize)"
        );
    }
    if has_plain_new(ty) {
        return crate::raise!(
            py,
            TypeError,
            "{}.__init__() takes exactly one argument (the instance to initialize)",
            ty.name()
        );
    }
    Ok(())
}

/// A new, not yet initialised instance of a class whose `__new__` is `object`'s.
#[inline]
pub fn new_instance(py: Py, class: &Type) -> PyResult<Owned> {
    if class.has_flag(Py_TPFLAGS_IS_ABSTRACT) {
        return abstract_class(py, class);
    }
    let object = allocate_by_slot(py, class)?;
    // SAFETY: a new reference to a whole instance.
    Ok(unsafe { Owned::from_raw(object.cast()) })
}

#[cold]
fn abstract_class(py: Py, class: &Type) -> PyResult<Owned> {
    let names = protocol::get_attr(
        py,
        &Value::from(class.to_owned()),
        crate::intern!("__abstractmethods__"),
    )?;
    let mut texts = Vec::new();
    for name in protocol::iter::collect(py, &names)? {
        match name.downcast::<Str>() {
            Some(name) => texts.push(name.to_rust().into_owned()),
            None => {
                return crate::raise!(
                    py,
                    TypeError,
                    "sequence item {}: expected str instance, {} found",
                    texts.len(),
                    name.ty().name()
                );
            }
        }
    }
    texts.sort();
    crate::raise!(
        py,
        TypeError,
        "Can't instantiate abstract class {} without an implementation for abstract method{} '{}'",
        class.name(),
        if texts.len() > 1 { "s" } else { "" },
        texts.join("', '")
    )
}

unsafe extern "C-unwind" fn object_dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying object.
    unsafe {
        let ty = Type::from_ptr((*object).ob_type);
        ty.untrack(object);
        ty.free_instance(object);
    }
}

/// `repr` of objects that have no better one: module, qualified name, address.
pub fn default_repr(py: Py, this: &Object) -> PyResult<Owned<Str>> {
    let name = super::type_methods::displayed_name(py, this.ty())?;
    Ok(Str::new(&format!(
        "<{name} object at {:#x}>",
        this.as_ptr() as usize
    )))
}

fn str(py: Py, this: &Object) -> PyResult {
    match this.ty().raw().tp_repr {
        // SAFETY: a type's slot is called with its instance.
        Some(repr) => unsafe { protocol::from_c(py, repr(this.as_ptr())) },
        None => default_repr(py, this).map(Value::from),
    }
}

fn compare(py: Py, this: &Object, other: &Object, op: CompareOp) -> PyResult {
    let not_implemented = || Value::from_static(crate::singletons::not_implemented());
    match op {
        CompareOp::Eq if this.is(other) => Ok(Value::bool(true)),
        CompareOp::Ne => {
            let Some(slot) = this.ty().raw().tp_richcompare else {
                return Ok(not_implemented());
            };
            // SAFETY: a type's slot is called with its instance.
            let equal =
                unsafe { protocol::from_c(py, slot(this.as_ptr(), other.as_ptr(), Py_EQ)) }?;
            if equal.is_object(crate::singletons::not_implemented()) {
                return Ok(equal);
            }
            Ok(Value::bool(!protocol::truth(py, &equal)?))
        }
        _ => Ok(not_implemented()),
    }
}

fn format(py: Py, this: &Object, spec: &Str) -> PyResult<Owned<Str>> {
    if !spec.is_empty() {
        return crate::raise!(
            py,
            TypeError,
            "unsupported format string passed to {}.__format__",
            this.ty().name()
        );
    }
    protocol::str(py, &special::value(this))
}

fn sizeof(_py: Py, this: &Object) -> usize {
    let raw = this.ty().raw();
    let items = if raw.tp_itemsize == 0 {
        0
    } else if this.ty().has_flag(Py_TPFLAGS_LONG_SUBCLASS) {
        // SAFETY: ints and their subtypes have the layout.
        unsafe { this.cast_unchecked::<super::int::Int>() }.digit_count()
    } else {
        // SAFETY: a type with items has variable-size instances.
        unsafe {
            (*this.as_ptr().cast::<PyVarObject>())
                .ob_size
                .unsigned_abs()
        }
    };
    raw.tp_basicsize as usize + items * raw.tp_itemsize as usize
}

fn init_subclass(py: Py, class: &Type, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    let name = super::type_methods::qualname(class).to_rust().into_owned();
    if kwargs.0.is_some_and(|k| !k.is_empty()) {
        return crate::raise!(
            py,
            TypeError,
            "{name}.__init_subclass__() takes no keyword arguments"
        );
    }
    if !args.0.is_empty() {
        let given = args.0.len();
        return crate::raise!(
            py,
            TypeError,
            "{name}.__init_subclass__() takes no arguments ({given} given)"
        );
    }
    Ok(())
}

/// Makes the type.
pub(crate) fn define() {
    let mut b = TypeBuilder::<Object>::new(&OBJECT, "object", size_of::<PyObject>());
    b.subclassable()
        .doc(
            "The base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new \
             featureless\ninstance that has no instance attributes and cannot be given any.\n",
        )
        .dealloc_raw(object_dealloc)
        .with_raw(|raw| {
            raw.tp_new = Some(object_new);
            raw.tp_init = Some(object_init);
            raw.tp_alloc = Some(super::inherit::generic_alloc);
            raw.tp_free = Some(super::inherit::generic_free);
            raw.tp_getattro = Some(generic_getattr_slot);
            raw.tp_setattro = Some(generic_setattr_slot);
        })
        .repr(default_repr)
        .str(str)
        .hash(|_py, this: &Object| Ok((this.as_ptr() as i64).rotate_right(4)))
        .compare(compare)
        .method_doc("__format__($self, format_spec, /)", "Default object formatter.\n\nReturn str(self) if format_spec is empty. Raise TypeError otherwise.", format)
        .method_doc("__sizeof__($self, /)", "Size of object in memory, in bytes.", sizeof)
        .method_doc("__dir__($self, /)", "Default dir() implementation.", dir::object_dir)
        .class_method("__init_subclass__($type, /, *args, **kwargs)", init_subclass)
        .class_method("__subclasshook__($type, object, /)", |_py, _class: &Type, _other: &Value| {
            Value::from_static(crate::singletons::not_implemented())
        })
        .getset("__class__", |_py, this: &Object| this.ty().to_owned(), class_assign::set_class);
    reduce::define(&mut b);
    b.silent().finish();
}
