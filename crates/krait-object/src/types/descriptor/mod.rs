//! Descriptors of native types and native function objects, in CPython's layouts.

use std::ffi::{CStr, c_int, c_void};

use krait_abi::*;

use super::str::Str;
use super::typeobject::Type;
use crate::native::NativeDef;
use crate::native::call::c_pointer;
use crate::object::{Layout, Object, Owned};
use crate::py::{Py, PyResult};
use crate::value::Value;

mod docs;
pub mod function;
pub mod getset;
pub mod member;
pub mod method;
pub mod shown;

pub use function::NativeFunctionObject;
pub use getset::{GetSet, dict_getset, getset, native_dict_getset};
pub use member::Member;
pub use method::{ClassMethodDescriptor, MethodDescriptor};

/// A function object of a native definition.
pub fn function(def: &'static NativeDef, this: Option<Owned>, module: Option<Value>) -> Value {
    Value::from(NativeFunctionObject::new(
        c_pointer(def),
        this,
        module.map(Value::into_object),
    ))
}

/// A method descriptor of a native definition.
pub fn method(owner: &Type, def: &'static NativeDef) -> Value {
    Value::from(method::new(&method::METHOD, owner, c_pointer(def)))
}

/// A class method's descriptor.
pub fn class_method(owner: &Type, def: &'static NativeDef) -> Value {
    Value::from(method::new(&method::CLASS_METHOD, owner, c_pointer(def)))
}

/// A static method: the function object in a `staticmethod`.
pub fn static_method(owner: &Type, def: &'static NativeDef) -> Value {
    let owner = owner.as_object().to_owned();
    super::class_static::static_method_of(function(def, Some(owner), None))
}

/// Fills the head that all descriptors begin with.
///
/// # Safety
/// The block is fresh and at least as large as the head.
unsafe fn fill_head(raw: *mut PyObject, owner: &Type, name: &str) {
    // SAFETY: as the contract says; the references pass to the descriptor.
    unsafe {
        let head = raw.cast::<PyDescrObject>();
        (*head).d_type = owner.to_owned().into_raw().cast();
        (*head).d_name = Str::intern(name).into_ptr();
        (*head).d_qualname = std::ptr::null_mut();
    }
}

/// The name of a C definition as text.
///
/// # Safety
/// The pointer is null or to a C string that lives as long as the result is used.
unsafe fn c_text<'a>(text: *const std::ffi::c_char) -> &'a str {
    if text.is_null() {
        return "";
    }
    // SAFETY: as the contract says.
    unsafe { CStr::from_ptr(text) }.to_str().unwrap_or("?")
}

/// The head of a descriptor.
fn head<T: Layout>(this: &T) -> &PyDescrObject {
    // SAFETY: only called with layouts that begin with the head.
    unsafe { &*this.as_object().as_ptr().cast::<PyDescrObject>() }
}

fn owner<T: Layout>(this: &T) -> &Type {
    // SAFETY: a descriptor keeps its type alive.
    unsafe { Type::from_ptr(head(this).d_type) }
}

fn name<T: Layout>(this: &T) -> &Str {
    // SAFETY: a descriptor owns its name, a str.
    unsafe { Object::from_ptr(head(this).d_name).cast_unchecked() }
}

/// The name of any descriptor of this module.
pub(super) fn name_of(descriptor: &Value) -> &Str {
    let object = descriptor.as_object().unwrap_or(crate::singletons::none());
    debug_assert!(!object.is_none());
    name(object)
}

fn qualname<T: Layout>(py: Py, this: &T) -> PyResult {
    let owner = Value::from(owner(this).to_owned());
    let outer = crate::protocol::get_attr(py, &owner, crate::intern!("__qualname__"))?;
    let outer = crate::protocol::str(py, &outer)?;
    Ok(Value::from(Str::new(&format!(
        "{}.{}",
        outer.to_rust(),
        name(this).to_rust()
    ))))
}

/// Splits CPython's convention of a signature before the doc: `f(a)\n--\n\n...`.
pub fn split_doc(doc: &str, name: &str) -> (Option<String>, String) {
    let short = name.rsplit('.').next().unwrap_or(name);
    if let Some(rest) = doc.strip_prefix(short)
        && rest.starts_with('(')
        && let Some((signature, doc)) = rest.split_once(")\n--\n\n")
    {
        return (Some(format!("{signature})")), doc.to_string());
    }
    (None, doc.to_string())
}

/// `__doc__` and `__text_signature__` of a C or Krait method definition.
///
/// # Safety
/// The definition is alive.
unsafe fn doc_of(def: *const PyMethodDef) -> (Option<String>, Option<String>) {
    // SAFETY: as the contract says.
    unsafe {
        if crate::protocol::call::is_native_def(def) {
            let def = NativeDef::from_c(def);
            let (text, name) = (def.text, def.name());
            let signature = text
                .find('(')
                .and_then(|at| shown::of_function(def.owner, name, &text[at..]));
            let doc = def.doc().or_else(|| docs::doc(def.owner, name));
            return (signature, doc.map(str::to_string));
        }
        let doc = if (*def).ml_doc.is_null() {
            ""
        } else {
            c_text((*def).ml_doc)
        };
        let (signature, doc) = split_doc(doc, c_text((*def).ml_name));
        let signature = signature.or_else(|| signature_of_flags((*def).ml_flags));
        (signature, (!doc.is_empty()).then_some(doc))
    }
}

/// The signature of a C function that documents none, where its calling convention says it.
fn signature_of_flags(flags: c_int) -> Option<String> {
    let first = match flags & (METH_CLASS | METH_STATIC) {
        METH_CLASS => "$type, ",
        METH_STATIC => "",
        _ => "$self, ",
    };
    let (others, rest) = match flags & !(METH_CLASS | METH_STATIC | METH_COEXIST) {
        METH_NOARGS => ("", if first.is_empty() { "" } else { "/" }),
        METH_O => ("object, ", "/"),
        _ => return None,
    };
    Some(format!("({first}{others}{rest})"))
}

unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying descriptor.
    unsafe {
        let ty = Type::from_ptr((*object).ob_type);
        ty.untrack(object);
        let head = object.cast::<PyDescrObject>();
        for owned in [
            (*head).d_type.cast::<PyObject>(),
            (*head).d_name,
            (*head).d_qualname,
        ] {
            if !owned.is_null() {
                Object::decref(owned);
            }
        }
        ty.free_instance(object);
    }
}

unsafe extern "C-unwind" fn traverse(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut c_void,
) -> c_int {
    let mut visitor = crate::gc::Visitor::new(visit, arg);
    // SAFETY: called with a living descriptor.
    visitor.visit_ptr(unsafe { (*object.cast::<PyDescrObject>()).d_type.cast() });
    visitor.result()
}

unsafe extern "C-unwind" fn no_clear(_object: *mut PyObject) -> c_int {
    0
}

/// What all descriptor types share.
fn common<T: Layout>(b: &mut crate::native::TypeBuilder<T>) {
    b.dealloc_raw(dealloc)
        .gc_raw(traverse, no_clear)
        .no_constructor()
        .field("__objclass__", |_py, this: &T| owner(this).to_owned())
        .field("__name__", |_py, this: &T| name(this).to_owned_str())
        .getter("__qualname__", |py, this: &T| qualname(py, this));
}

/// What those descriptor types have that can be pickled: an attribute of their class gives
/// them again.
fn picklable<T: Layout>(b: &mut crate::native::TypeBuilder<T>) {
    b.method("__reduce__($self, /)", |py, this: &T| -> PyResult {
        let builtins = crate::hooks::import_module(py, "builtins")?;
        let getattr = crate::protocol::get_attr(py, &builtins, crate::intern!("getattr"))?;
        let args = [
            Value::from(owner(this).to_owned()),
            Value::from(name(this).to_owned_str()),
        ];
        let args = super::tuple::Tuple::from_values(args);
        Ok(Value::from(super::tuple::Tuple::from_values([
            getattr,
            Value::from(args),
        ])))
    });
}

/// Checks that the receiver of a get or set is an instance of the descriptor's type.
fn check_instance<T: Layout>(py: Py, this: &T, instance: &Object) -> PyResult<()> {
    if instance.ty().is_subtype_of(owner(this)) {
        return Ok(());
    }
    crate::raise!(
        py,
        TypeError,
        "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
        name(this).to_rust(),
        owner(this).name(),
        instance.ty().name()
    )
}

pub(crate) fn define() {
    function::define();
    method::define();
    getset::define();
    member::define();
}
