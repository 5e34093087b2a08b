//! `pycapsule.h`: a pointer of C's with a name.

use std::ffi::{CStr, c_char, c_int, c_void};

use krait_abi::*;
use krait_object::native::TypeBuilder;
use krait_object::types::typeobject::{StaticType, Type};
use krait_object::{
    Builtin, Layout, Module, Object, Owned, Py, PyResult, Str, Value, hooks, protocol, raise,
};

use crate::border::{Ptr, export};

/// A capsule.
#[repr(C)]
pub struct Capsule {
    header: PyObject,
    pointer: std::cell::Cell<*mut c_void>,
    name: std::cell::Cell<*const c_char>,
    context: std::cell::Cell<*mut c_void>,
    destructor: std::cell::Cell<PyCapsule_Destructor>,
}

#[unsafe(export_name = "PyCapsule_Type")]
pub static CAPSULE: StaticType = StaticType::new();

// SAFETY: repr(C), and the header comes first.
unsafe impl Layout for Capsule {}
// SAFETY: instances of the type have the layout; it cannot be subclassed.
unsafe impl Builtin for Capsule {
    fn type_object() -> &'static Type {
        &CAPSULE
    }
}

unsafe extern "C-unwind" fn dealloc(object: Ptr) {
    // SAFETY: called once with a dying capsule, which its destructor still may read.
    unsafe {
        if let Some(destructor) = (*object.cast::<Capsule>()).destructor.get() {
            destructor(object);
        }
        CAPSULE.free_instance(object);
    }
}

/// `types.CapsuleType`.
pub fn add_type(py: Py, module: &Module) -> PyResult<()> {
    let name = Str::intern("CapsuleType");
    module
        .dict()
        .set_str(py, &name, Value::from(CAPSULE.to_owned()))
}

/// Makes the type ready.
pub fn define() {
    let mut b = TypeBuilder::<Capsule>::new(&CAPSULE, "PyCapsule", size_of::<Capsule>());
    b.dealloc_raw(dealloc)
        .no_constructor()
        .repr(|_py, this: &Capsule| {
            let name = this.name.get();
            let (quote, name) = if name.is_null() {
                ("", "NULL".into())
            } else {
                // SAFETY: a capsule's name outlives it.
                ("\"", unsafe { CStr::from_ptr(name) }.to_string_lossy())
            };
            format!(
                "<capsule object {quote}{name}{quote} at {:#x}>",
                this.as_object().as_ptr() as usize
            )
        });
    b.finish();
}

/// Whether two names are equal, or both missing.
///
/// # Safety
/// Both are C strings or null.
unsafe fn same(a: *const c_char, b: *const c_char) -> bool {
    if a.is_null() || b.is_null() {
        return a == b;
    }
    // SAFETY: the contract.
    unsafe { CStr::from_ptr(a) == CStr::from_ptr(b) }
}

fn legal<'a>(py: Py, object: Option<&'a Object>, function: &str) -> PyResult<&'a Capsule> {
    let capsule = object
        .and_then(|o| o.downcast_exact::<Capsule>())
        .filter(|c| !c.pointer.get().is_null());
    match capsule {
        Some(capsule) => Ok(capsule),
        None => raise!(
            py,
            ValueError,
            "{function} called with invalid PyCapsule object"
        ),
    }
}

/// `PyCapsule_Import`: `module.attribute...`, the module imported as far as need be.
fn import(py: Py, name: &CStr) -> PyResult<*mut c_void> {
    let text = name.to_string_lossy().into_owned();
    let mut parts = text.split('.');
    let first = parts.next().unwrap_or("");
    let mut object = hooks::import_module(py, first)?;
    let mut path = first.to_string();
    for part in parts {
        path = format!("{path}.{part}");
        object = match protocol::lookup_attr(py, &object, &Str::intern(part))? {
            Some(found) => found,
            None if path != text => hooks::import_module(py, &path)?,
            None => {
                return raise!(
                    py,
                    AttributeError,
                    "module '{first}' has no attribute '{part}'"
                );
            }
        };
    }
    let capsule = object
        .as_object()
        .and_then(|o| o.downcast_exact::<Capsule>());
    match capsule {
        // SAFETY: both names are C strings.
        Some(capsule) if unsafe { same(capsule.name.get(), name.as_ptr()) } => {
            Ok(capsule.pointer.get())
        }
        _ => raise!(
            py,
            AttributeError,
            "PyCapsule_Import \"{text}\" is not valid"
        ),
    }
}

export! {
    fn PyCapsule_New(py, pointer: *mut c_void, name: *const c_char, destructor: PyCapsule_Destructor) -> PyResult<Owned> {
        if pointer.is_null() {
            return raise!(py, ValueError, "PyCapsule_New called with null pointer");
        }
        let raw = CAPSULE.allocate(0)?;
        let capsule = &*raw.cast::<Capsule>();
        capsule.pointer.set(pointer);
        capsule.name.set(name);
        capsule.destructor.set(destructor);
        Ok(Owned::from_raw(raw.cast()))
    }
    fn PyCapsule_IsValid(_py, object: Option<&Object>, name: *const c_char) -> bool {
        object.and_then(|o| o.downcast_exact::<Capsule>()).is_some_and(|c| !c.pointer.get().is_null() && same(c.name.get(), name))
    }
    fn PyCapsule_GetPointer(py, object: Option<&Object>, name: *const c_char) -> PyResult<*mut c_void> {
        let capsule = legal(py, object, "PyCapsule_GetPointer")?;
        if !same(capsule.name.get(), name) {
            return raise!(py, ValueError, "PyCapsule_GetPointer called with incorrect name");
        }
        Ok(capsule.pointer.get())
    }
    fn PyCapsule_GetName(py, object: Option<&Object>) -> PyResult<*const c_char> { legal(py, object, "PyCapsule_GetName").map(|c| c.name.get()) }
    fn PyCapsule_GetContext(py, object: Option<&Object>) -> PyResult<*mut c_void> { legal(py, object, "PyCapsule_GetContext").map(|c| c.context.get()) }
    fn PyCapsule_GetDestructor(py, object: Option<&Object>) -> PyResult<*mut c_void> {
        legal(py, object, "PyCapsule_GetDestructor").map(|c| c.destructor.get().map_or(std::ptr::null_mut(), |d| d as *mut c_void))
    }
    fn PyCapsule_SetPointer(py, object: Option<&Object>, pointer: *mut c_void) -> PyResult<()> {
        if pointer.is_null() {
            return raise!(py, ValueError, "PyCapsule_SetPointer called with null pointer");
        }
        legal(py, object, "PyCapsule_SetPointer").map(|c| c.pointer.set(pointer))
    }
    fn PyCapsule_SetName(py, object: Option<&Object>, name: *const c_char) -> PyResult<()> {
        legal(py, object, "PyCapsule_SetName").map(|c| c.name.set(name))
    }
    fn PyCapsule_SetContext(py, object: Option<&Object>, context: *mut c_void) -> PyResult<()> {
        legal(py, object, "PyCapsule_SetContext").map(|c| c.context.set(context))
    }
    fn PyCapsule_SetDestructor(py, object: Option<&Object>, destructor: PyCapsule_Destructor) -> PyResult<()> {
        legal(py, object, "PyCapsule_SetDestructor").map(|c| c.destructor.set(destructor))
    }
    fn PyCapsule_Import(py, name: &CStr, _no_block: c_int) -> PyResult<*mut c_void> { import(py, name) }
}

/// A capsule of a pointer and a name that live as long as the process.
#[expect(clippy::not_unsafe_ptr_arg_deref, reason = "the pointer is only kept")]
pub fn of_static(py: Py, pointer: *mut c_void, name: &'static CStr) -> PyResult {
    // SAFETY: both live for ever, and the GIL is held; the result is a new reference or NULL.
    unsafe { protocol::from_c(py, PyCapsule_New(pointer, name.as_ptr(), None)) }
}
