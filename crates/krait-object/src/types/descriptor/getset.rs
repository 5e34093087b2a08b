//! `getset_descriptor`.

use std::ffi::c_void;

use krait_abi::*;

use super::{c_text, check_instance, common, fill_head, name, owner};
use crate::native::TypeBuilder;
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol::{attribute_from_c, status};
use crate::py::{Py, PyResult};
use crate::types::typeobject::{OBJECT, StaticType, Type};
use crate::value::Value;

/// A `getset_descriptor`.
#[repr(transparent)]
pub struct GetSet(PyGetSetDescrObject, crate::object::Counted);

#[unsafe(export_name = "PyGetSetDescr_Type")]
pub static GETSET: StaticType = StaticType::new();

// SAFETY: the struct begins with the header.
unsafe impl Layout for GetSet {}
// SAFETY: instances of the type have the layout; it cannot be subclassed.
unsafe impl Builtin for GetSet {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &GETSET
    }
}

type Get = unsafe extern "C-unwind" fn(*mut PyObject, *mut c_void) -> *mut PyObject;
type Set = unsafe extern "C-unwind" fn(*mut PyObject, *mut PyObject, *mut c_void) -> i32;

/// A computed attribute of a native type.
pub fn getset(owner: &Type, name: &'static str, get: Get, set: Option<Set>) -> Value {
    documented(owner, name, get, set, None)
}

/// The same with a text for `__doc__`.
pub fn documented(
    owner: &Type,
    name: &'static str,
    get: Get,
    set: Option<Set>,
    doc: Option<&'static std::ffi::CStr>,
) -> Value {
    let def = Box::leak(Box::new(PyGetSetDef {
        name: crate::native::leak::c_string(name),
        get: Some(get),
        set,
        doc: doc.map_or(std::ptr::null(), std::ffi::CStr::as_ptr),
        closure: std::ptr::null_mut(),
    }));
    Value::from(new(owner, def))
}

/// A descriptor of a definition that lives as long as the process (or its type).
#[expect(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "a definition lives as long as the type or module that it is of"
)]
pub fn new(owner: &Type, def: *mut PyGetSetDef) -> Owned {
    let Ok(raw) = GETSET.allocate(0) else {
        crate::errors::out_of_memory()
    };
    // SAFETY: the block has the type's size; the definition is alive.
    unsafe {
        fill_head(raw, owner, c_text((*def).name));
        (*raw.cast::<PyGetSetDescrObject>()).d_getset = def;
        GETSET.track_new(raw);
        Owned::from_raw(raw.cast())
    }
}

/// `__dict__` of instances of classes written in Python.
pub fn dict_getset() -> Value {
    dict_descriptor(set_dict, Some(c"dictionary for instance variables"))
}

/// `__dict__` of instances of native types: it cannot be deleted.
pub fn native_dict_getset() -> Value {
    unsafe extern "C-unwind" fn set(
        object: *mut PyObject,
        value: *mut PyObject,
        closure: *mut c_void,
    ) -> i32 {
        if value.is_null() {
            // SAFETY: setters are called with the GIL.
            let _: PyResult<()> =
                crate::raise!(unsafe { Py::assume() }, TypeError, "cannot delete __dict__");
            return -1;
        }
        // SAFETY: the arguments pass on.
        unsafe { set_dict(object, value, closure) }
    }
    dict_descriptor(set, None)
}

unsafe extern "C-unwind" fn set_dict(
    object: *mut PyObject,
    value: *mut PyObject,
    _closure: *mut c_void,
) -> i32 {
    // SAFETY: setters are called with the GIL, a living object, a value or NULL.
    let (py, object) = unsafe { (Py::assume(), Object::from_ptr(object)) };
    // SAFETY: as above.
    let value = (!value.is_null()).then(|| unsafe { Object::from_ptr(value) });
    if crate::types::instance_dict::replace(py, object, value).is_ok() {
        0
    } else {
        -1
    }
}

fn dict_descriptor(set: Set, doc: Option<&'static std::ffi::CStr>) -> Value {
    unsafe extern "C-unwind" fn get(object: *mut PyObject, _closure: *mut c_void) -> *mut PyObject {
        // SAFETY: getters are called with the GIL and a living object.
        let (py, object) = unsafe { (Py::assume(), Object::from_ptr(object)) };
        crate::native::slots::to_c(match crate::protocol::attr::instance_dict(py, object) {
            Some(dict) => Ok(Value::from(dict)),
            None => crate::protocol::attr::no_attribute(py, object, crate::intern!("__dict__")),
        })
    }
    documented(&OBJECT, "__dict__", get, Some(set), doc)
}

impl GetSet {
    pub fn definition(&self) -> &PyGetSetDef {
        // SAFETY: the definition lives as long as the descriptor's type.
        unsafe { &*self.0.d_getset }
    }

    /// Whether it is for instances of the type.
    pub fn is_for(&self, ty: &Type) -> bool {
        ty.is_subtype_of(owner(self))
    }

    /// The attribute of an instance that it is for; `None` where it is not readable.
    #[inline]
    pub fn read(&self, _py: Py, instance: &Object) -> Option<PyResult> {
        debug_assert!(self.is_for(instance.ty()));
        let def = self.definition();
        let get = def.get?;
        // SAFETY: the receiver is an instance of the descriptor's type.
        Some(unsafe { attribute_from_c(get(instance.as_ptr(), def.closure)) })
    }
}

fn get(py: Py, this: &GetSet, instance: Option<&Object>, _owner: Option<&Object>) -> PyResult {
    let Some(instance) = instance else {
        return Ok(Value::from(this.to_owned()));
    };
    check_instance(py, this, instance)?;
    match this.read(py, instance) {
        Some(result) => result,
        None => crate::raise!(
            py,
            AttributeError,
            "attribute '{}' of '{}' objects is not readable",
            name(this).to_rust(),
            owner(this).name()
        ),
    }
}

fn set(py: Py, this: &GetSet, instance: &Object, value: Option<&Object>) -> PyResult<()> {
    check_instance(py, this, instance)?;
    let def = this.definition();
    match def.set {
        Some(set) => {
            let value = value.map_or(std::ptr::null_mut(), Object::as_ptr);
            // SAFETY: the receiver is an instance of the descriptor's type.
            status(py, unsafe { set(instance.as_ptr(), value, def.closure) }).map(|_| ())
        }
        None => crate::raise!(
            py,
            AttributeError,
            "attribute '{}' of '{}' objects is not writable",
            name(this).to_rust(),
            owner(this).name()
        ),
    }
}

pub(super) fn define() {
    let mut b = TypeBuilder::<GetSet>::new(
        &GETSET,
        "getset_descriptor",
        size_of::<PyGetSetDescrObject>(),
    );
    common(&mut b);
    b.repr(|_py, this: &GetSet| {
        format!(
            "<attribute '{}' of '{}' objects>",
            name(this).to_rust(),
            owner(this).name()
        )
    })
    .descr_get(get)
    .descr_set(set)
    .getter("__doc__", |_py, this: &GetSet| {
        let doc = this.definition().doc;
        // SAFETY: the definition's texts live as long as it.
        (!doc.is_null()).then(|| unsafe { c_text(doc) })
    });
    b.silent().finish();
}
