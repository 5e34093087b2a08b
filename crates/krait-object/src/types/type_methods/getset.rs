//! The computed attributes of classes.

use super::{annotations, bases, check_set, names, set_entry};
use crate::native::TypeBuilder;
use crate::object::{Layout, Object};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::descriptor::split_doc;
use crate::types::mappingproxy;
use crate::types::tuple::Tuple;
use crate::types::typeobject::Type;
use crate::value::Value;

/// The documentation of a native type as C keeps it.
pub(crate) fn native_doc(ty: &Type) -> Option<&str> {
    if ty.is_heap_type() { None } else { c_doc(ty) }
}

/// What is at `tp_doc`.
fn c_doc(ty: &Type) -> Option<&str> {
    let doc = ty.raw().tp_doc;
    if doc.is_null() {
        return None;
    }
    // SAFETY: a type's documentation is a C string that lives as long as the type.
    unsafe { std::ffi::CStr::from_ptr(doc) }.to_str().ok()
}

/// Gives a type that is not made by a class statement its entry `__doc__`, which its
/// instances show too.
pub fn set_native_doc(py: Py, ty: &Type) -> PyResult<()> {
    let (dict, key) = (ty.dict(), crate::intern!("__doc__"));
    if dict.get_str_key(py, key).is_some() {
        return Ok(());
    }
    let doc = ty.raw().tp_doc;
    let value = if doc.is_null() {
        Value::none()
    } else {
        // SAFETY: a type's documentation is a C string that lives as long as the type.
        let doc = unsafe { std::ffi::CStr::from_ptr(doc) }.to_string_lossy();
        Value::from(crate::types::str::Str::new(
            &split_doc(&doc, ty.full_name()).1,
        ))
    };
    dict.set_value(py, &Value::unboxed(key.as_object()), value)
}

fn doc(py: Py, ty: &Type) -> PyResult {
    if let Some(doc) = native_doc(ty) {
        return Ok(Value::from(crate::types::str::Str::new(
            &split_doc(doc, ty.full_name()).1,
        )));
    }
    let Some(found) = ty.dict().get_str_key(py, crate::intern!("__doc__")) else {
        return Ok(Value::none());
    };
    let Some(descriptor) = found.as_object() else {
        return Ok(found);
    };
    let Some(get) = descriptor.ty().raw().tp_descr_get else {
        return Ok(found);
    };
    // SAFETY: the descriptor's own slot, without an instance.
    unsafe {
        protocol::from_c(
            py,
            get(
                descriptor.as_ptr(),
                std::ptr::null_mut(),
                ty.as_object().as_ptr(),
            ),
        )
    }
}

fn set_doc(py: Py, ty: &Type, value: Option<&Object>) -> PyResult<()> {
    let value = check_set(py, ty, value, "__doc__")?;
    set_entry(py, ty, crate::intern!("__doc__"), Value::unboxed(value))
}

/// From the documentation, or from the native constructor where that can be told.
fn text_signature(_py: Py, ty: &Type) -> Option<String> {
    if let Some(doc) = c_doc(ty)
        && let (Some(signature), _) = split_doc(doc, ty.full_name())
    {
        return Some(signature);
    }
    if ty
        .ext()
        .native_new
        .get()
        .or(ty.ext().native_init.get())
        .is_some()
        && let Some(shown) = crate::types::descriptor::shown::of_type(ty.full_name())
    {
        return shown.map(str::to_string);
    }
    if ty.is(&crate::types::typeobject::OBJECT) {
        return Some("()".to_string());
    }
    let ext = ty.ext();
    let def = ext.native_init.get().or(ext.native_new.get())?;
    let signature = &def.text[def.text.find('(')?..];
    (!signature.contains('*') && !signature.contains("[,")).then(|| signature.to_string())
}

fn type_params(py: Py, ty: &Type) -> Value {
    if ty.is(&crate::types::typeobject::TYPE) {
        // What stands in its namespace is this very descriptor.
        return Value::from(Tuple::empty());
    }
    let own = ty.dict().get_str_key(py, crate::intern!("__type_params__"));
    own.unwrap_or_else(|| Value::from(Tuple::empty()))
}

fn set_type_params(py: Py, ty: &Type, value: Option<&Object>) -> PyResult<()> {
    let value = check_set(py, ty, value, "__type_params__")?;
    set_entry(
        py,
        ty,
        crate::intern!("__type_params__"),
        Value::unboxed(value),
    )
}

pub(super) fn define(b: &mut TypeBuilder<Type>) {
    b.getset("__name__", names::name, names::set_name)
        .getset(
            "__qualname__",
            |_py, ty: &Type| names::qualname(ty),
            names::set_qualname,
        )
        .getset("__module__", names::get_module, names::set_module)
        .getset("__bases__", bases::get_bases, bases::set_bases)
        .getter("__mro__", bases::get_mro)
        .getset(
            "__abstractmethods__",
            bases::get_abstract,
            bases::set_abstract,
        )
        .getter("__dict__", |py, ty: &Type| {
            mappingproxy::proxy_of(py, Value::from(ty.dict().to_owned()))
        })
        .getset("__doc__", doc, set_doc)
        .getter("__text_signature__", text_signature)
        .getset(
            "__annotations__",
            annotations::get_annotations,
            annotations::set_annotations,
        )
        .getset(
            "__annotate__",
            annotations::get_annotate,
            annotations::set_annotate,
        )
        .getset("__type_params__", type_params, set_type_params)
        .field("__base__", |_py, ty: &Type| ty.base().map(|b| b.to_owned()))
        .field("__basicsize__", |_py, ty: &Type| ty.raw().tp_basicsize)
        .field("__itemsize__", |_py, ty: &Type| ty.raw().tp_itemsize)
        .getter("__flags__", |_py, ty: &Type| ty.raw().tp_flags)
        .getter("__weakrefoffset__", |_py, ty: &Type| {
            ty.raw().tp_weaklistoffset
        })
        .getter("__dictoffset__", |_py, ty: &Type| ty.raw().tp_dictoffset);
}
