//! A builtin module of a C definition: what `_imp.create_builtin` does with the tables of
//! functions that CPython is linked with.

use krait_abi::{PyModuleDef, PyObject};
use krait_capi::moduleobject;
use krait_object::native::module::ModuleBuilder;
use krait_object::{PyResult, Raised, raise};

/// An initialisation function (`PyInit_*`) that returns a definition (PEP 489).
pub type Init = unsafe extern "C-unwind" fn() -> *mut PyObject;

/// Fills the module of what the definition says: functions, documentation, state, and what its
/// execution slots do.
pub fn adopt(builder: &ModuleBuilder, init: Init) -> PyResult<()> {
    let py = builder.py;
    krait_capi::prepare(py)?;
    // SAFETY: the initialisation functions of this crate return a static definition.
    unsafe {
        let made = init();
        if made.is_null() || !std::ptr::eq((*made).ob_type, moduleobject::MODULE_DEF.as_type_ptr())
        {
            if py.thread().has_exception() {
                return Err(Raised);
            }
            return raise!(py, SystemError, "a builtin module without a definition");
        }
        moduleobject::fill(py, builder.module(), made.cast::<PyModuleDef>())
    }
}
