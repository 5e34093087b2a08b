//! `type`: slots, methods and attributes of classes themselves.

use std::ffi::{c_int, c_void};
use std::mem::offset_of;

use krait_abi::*;

use super::dict::Dict;
use super::list::List;
use super::object_type::merge_class_dict;
use super::str::Str;
use super::tuple::Tuple;
use super::typeobject::{OBJECT, TYPE, Type, native_call_slot, native_new_slot};
use crate::native::call::DefKind;
use crate::native::{Args, KwArgs, NativeDef, TypeBuilder};
use crate::object::{Layout, Object, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::value::Value;

mod annotations;
mod attribute;
mod bases;
pub(crate) mod getset;
mod lifetime;
pub mod names;

pub use attribute::{type_getattr, type_getattr_slot, type_setattr, type_setattr_slot};
pub use getset::set_native_doc;
pub use names::{displayed_name, module_of, qualname};

fn call_entry(
    py: Py,
    _def: &'static NativeDef,
    this: Option<&Object>,
    values: &[Value],
    names: Option<&Tuple>,
) -> PyResult {
    // SAFETY: whoever calls the definition passes a type.
    let class = unsafe { this.unwrap_unchecked().cast_unchecked::<Type>() };
    super::type_new::call_type(py, class, values, names)
}

/// Gives `type` its call and constructor, which take their arguments as they come.
fn set_entries(b: &mut TypeBuilder<Type>) {
    let call = NativeDef::new(
        "",
        "__call__($self, /, *args, **kwargs)",
        "",
        DefKind::Call,
        call_entry,
    );
    let new = NativeDef::new(
        "",
        "type(*args, **kwargs)",
        "",
        DefKind::New,
        super::type_new::entry,
    );
    b.type_object().ext().native_call.set(Some(call));
    b.type_object().ext().native_new.set(Some(new));
    b.with_raw(|raw| {
        raw.tp_call = Some(native_call_slot);
        raw.tp_new = Some(native_new_slot);
        raw.tp_getattro = Some(type_getattr_slot);
        raw.tp_setattro = Some(type_setattr_slot);
        raw.tp_dealloc = Some(lifetime::dealloc);
        raw.tp_is_gc = Some(is_gc);
        raw.tp_vectorcall_offset = offset_of!(PyTypeObject, tp_vectorcall) as isize;
        raw.tp_weaklistoffset = offset_of!(PyTypeObject, tp_weaklist) as isize;
        raw.tp_dictoffset = offset_of!(PyTypeObject, tp_dict) as isize;
    });
}

unsafe extern "C-unwind" fn is_gc(ty: *mut PyObject) -> c_int {
    // SAFETY: called with a type.
    unsafe {
        Type::from_ptr(ty.cast::<PyTypeObject>())
            .is_heap_type()
            .into()
    }
}

fn init(py: Py, _this: &Type, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    if args.0.len() == 1 && kwargs.0.is_some_and(|k| !k.is_empty()) {
        return crate::raise!(py, TypeError, "type.__init__() takes no keyword arguments");
    }
    match args.0.len() {
        1 | 3 => Ok(()),
        _ => crate::raise!(py, TypeError, "type.__init__() takes 1 or 3 arguments"),
    }
}

fn repr(py: Py, this: &Type) -> PyResult<String> {
    Ok(format!("<class '{}'>", displayed_name(py, this)?))
}

fn mro(py: Py, this: &Type) -> PyResult {
    let mro = super::mro::c3(py, this)?;
    Ok(Value::from(List::from_owned(
        mro.iter().map(|t| t.to_owned()).collect::<Vec<_>>(),
    )))
}

fn subclasses(_py: Py, this: &Type) -> Owned<List> {
    List::from_owned(this.subclasses().into_iter().map(Owned::upcast))
}

/// `type.__dir__`: the class's names and those of its bases, not the metaclass's.
fn dir(py: Py, this: &Type) -> PyResult {
    let dict = Dict::new();
    merge_class_dict(py, &dict, &Value::from(this.to_owned()))?;
    Ok(Value::from(List::from_values(dict.keys_vec())))
}

fn sizeof(_py: Py, this: &Type) -> usize {
    if this.is_heap_type() {
        size_of::<PyHeapTypeObject>()
    } else {
        size_of::<PyTypeObject>()
    }
}

unsafe extern "C-unwind" fn traverse(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut c_void,
) -> c_int {
    // SAFETY: called with a living type.
    unsafe { lifetime::traverse(object, visit, arg) }
}

unsafe extern "C-unwind" fn clear(object: *mut PyObject) -> c_int {
    // SAFETY: called with a living type.
    unsafe { lifetime::clear(object) }
}

/// Makes the type.
pub(crate) fn define() {
    let mut b = TypeBuilder::<Type>::new(&TYPE, "type", size_of::<PyHeapTypeObject>());
    set_entries(&mut b);
    b.base(&OBJECT)
        .item_size(size_of::<PyMemberDef>())
        .subclassable()
        .flags(Py_TPFLAGS_TYPE_SUBCLASS | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_ITEMS_AT_END)
        .doc("type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type")
        .gc_raw(traverse, clear)
        .init("type(*args, **kwargs)", init)
        .repr(repr)
        .or(|py, a: &Object, b: &Object| (crate::hooks::get(py).make_union)(py, a, b))
        .method_doc(
            "mro($self, /)",
            "Return a type's method resolution order.",
            mro,
        )
        .method_doc(
            "__subclasses__($self, /)",
            "Return a list of immediate subclasses.",
            subclasses,
        )
        .class_method(
            "__prepare__($type, /, *args, **kwargs)",
            |_py, _class: &Type, _a: Args<'_>, _k: KwArgs| Dict::new(),
        )
        .method_doc(
            "__instancecheck__($self, instance, /)",
            "Check if an object is an instance.",
            |py, this: &Type, instance: &Value| {
                protocol::real_is_instance(py, instance, this.as_object())
            },
        )
        .method_doc(
            "__subclasscheck__($self, subclass, /)",
            "Check if a class is a subclass.",
            |py, this: &Type, derived: &Value| {
                protocol::real_is_subclass(py, &derived.to_object(), this.as_object())
            },
        )
        .method_doc(
            "__dir__($self, /)",
            "Specialized __dir__ implementation for types.",
            dir,
        )
        .method_doc(
            "__sizeof__($self, /)",
            "Return memory consumption of the type object.",
            sizeof,
        );
    getset::define(&mut b);
    b.silent().finish();
}

/// Whether `check_set` lets an attribute of the class itself be set; for deletion the
/// value is missing.
fn check_set<'a>(py: Py, ty: &Type, value: Option<&'a Object>, name: &str) -> PyResult<&'a Object> {
    if ty.has_flag(Py_TPFLAGS_IMMUTABLETYPE) {
        return crate::raise!(
            py,
            TypeError,
            "cannot set '{name}' attribute of immutable type '{}'",
            ty.name()
        );
    }
    match value {
        Some(value) => {
            crate::hooks::attribute_is_set(py, ty.as_object(), name, value)?;
            Ok(value)
        }
        None => {
            crate::raise!(
                py,
                TypeError,
                "cannot delete '{name}' attribute of immutable type '{}'",
                ty.name()
            )
        }
    }
}

/// Sets a plain entry of a class's dict.
fn set_entry(py: Py, ty: &Type, name: &'static Str, value: Value) -> PyResult<()> {
    ty.modified();
    ty.dict().set_str(py, name, value)
}

/// Makes `object`, `type` and the types that both need; the first types of all.
pub(crate) fn define_core() {
    super::typeobject::bootstrap();
    super::object_type::define();
    define();
    super::slotdefs::wrapper::define();
    super::super_type::define();
    super::mappingproxy::define();
}
