//! `pycapsule.h`: the capsule's struct is hidden from C, its destructor's type is not.

use crate::PyObject;

/// Called with a capsule that is about to be freed.
pub type PyCapsule_Destructor = Option<unsafe extern "C-unwind" fn(*mut PyObject)>;
