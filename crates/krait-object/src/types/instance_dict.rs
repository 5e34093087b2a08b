//! Assignment to `__dict__`.

use super::attributes;
use super::dict::Dict;
use super::module::Module;
use super::typeobject::Type;
use crate::object::{Layout, Object};
use crate::py::{Py, PyResult};

/// Replaces an instance's attributes by those of a dict; without one, by nothing. Those of
/// classes and modules cannot be replaced.
pub fn replace(py: Py, object: &Object, value: Option<&Object>) -> PyResult<()> {
    if object.downcast::<Type>().is_some() {
        return crate::raise!(
            py,
            AttributeError,
            "attribute '__dict__' of 'type' objects is not writable"
        );
    }
    if object.downcast::<Module>().is_some() {
        return crate::raise!(py, AttributeError, "readonly attribute");
    }
    let fresh;
    let value = match value {
        Some(value) => value,
        None => {
            fresh = Dict::new();
            fresh.as_object()
        }
    };
    let Some(dict) = value.downcast::<Dict>() else {
        return crate::raise!(
            py,
            TypeError,
            "__dict__ must be set to a dictionary, not a '{}'",
            value.ty().name()
        );
    };
    let offset = object.ty().raw().tp_dictoffset;
    match offset {
        0 => crate::raise!(py, AttributeError, "This object has no __dict__"),
        ..0 => {
            attributes::replace_dict(object, dict.to_owned());
            Ok(())
        }
        _ => {
            // SAFETY: the type says that an owned dict pointer is there.
            unsafe {
                let place = object
                    .as_ptr()
                    .byte_add(offset as usize)
                    .cast::<*mut krait_abi::PyObject>();
                let old = std::mem::replace(&mut *place, dict.to_owned().into_ptr());
                if !old.is_null() {
                    Object::decref(old);
                }
            }
            Ok(())
        }
    }
}
