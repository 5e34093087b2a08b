//! Python objects by their addresses (`py_object`, the C API).
//!
//! What is asked of the program: an address that is not zero is that of a living object.

use krait_abi::PyObject;
use krait_object::{Object, Owned, Py, PyResult, Raised, Value, raise};

fn pointer(address: usize) -> *mut PyObject {
    std::ptr::with_exposed_provenance_mut(address)
}

/// The object's address.
pub fn address_of(object: &Object) -> usize {
    object.as_ptr().expose_provenance()
}

/// A new reference to the object; `None` for zero.
pub fn borrowed(_py: Py, address: usize) -> Option<Owned> {
    use krait_object::Layout;
    // SAFETY: what the module asks of the program.
    (address != 0).then(|| unsafe { Object::from_ptr(pointer(address)) }.to_owned())
}

/// The object whose reference passes to the caller: what a function of the C API gives.
/// Zero means that it has raised.
pub fn given(py: Py, address: usize) -> PyResult {
    if address != 0 {
        // SAFETY: what the module asks of the program.
        let object: Owned = unsafe { Owned::from_raw(pointer(address).cast()) };
        return Ok(Value::from(object));
    }
    if py.thread().has_exception() {
        return Err(Raised);
    }
    raise!(py, ValueError, "PyObject is NULL")
}

/// Gives back a reference that the program has counted itself.
pub fn release(_py: Py, object: &Object) {
    // SAFETY: what the program asks for; it holds a reference.
    unsafe { Object::decref(object.as_ptr()) }
}
