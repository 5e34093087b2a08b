//! C functions that the Python part of ctypes calls by address: `_string_at_addr` and its
//! like. They are called with the GIL, as `PYFUNCTYPE` promises.

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};

use krait_abi::PyObject;
use krait_object::types::memoryview::MemoryView;
use krait_object::{Bytes, GilCell, Object, Py, PyResult, Value, raise};

use crate::memory;

/// `cast(pointer, source, type)`, as the crate above has it.
pub type Cast = fn(Py, usize, &Object, &Object) -> PyResult;

static CAST: GilCell<Cell<Option<Cast>>> = GilCell::new(Cell::new(None));

/// Says what `cast` does.
pub fn set_cast(py: Py, cast: Cast) {
    CAST.get(py).set(Some(cast));
}

/// The functions' addresses, by the names of the attributes that hold them.
pub fn addresses() -> [(&'static str, usize); 6] {
    let of = |function: *const c_void| function.expose_provenance();
    [
        ("_memmove_addr", of(libc::memmove as *const c_void)),
        ("_memset_addr", of(libc::memset as *const c_void)),
        ("_string_at_addr", of(string_at as *const c_void)),
        ("_cast_addr", of(cast as *const c_void)),
        ("_wstring_at_addr", of(wstring_at as *const c_void)),
        ("_memoryview_at_addr", of(memoryview_at as *const c_void)),
    ]
}

/// A result as C sees it.
fn guarded(work: impl FnOnce(Py) -> PyResult) -> *mut PyObject {
    // SAFETY: as the module says, the GIL is held.
    let py = unsafe { Py::assume() };
    let result = catch_unwind(AssertUnwindSafe(|| work(py)));
    let result = result.unwrap_or_else(|_| raise!(py, SystemError, "panic in ctypes"));
    result.map_or(std::ptr::null_mut(), |value| value.into_object().into_ptr())
}

/// The size that stands for one that is not known.
const UP_TO_ZERO: c_int = -1;

unsafe extern "C" fn string_at(start: *const u8, size: c_int) -> *mut PyObject {
    guarded(|py| {
        let start = start.expose_provenance();
        let bytes = match usize::try_from(size) {
            Ok(size) => memory::to_vec(start, size),
            Err(_) if size == UP_TO_ZERO => memory::c_string(start),
            Err(_) => {
                return raise!(
                    py,
                    SystemError,
                    "Negative size passed to PyBytes_FromStringAndSize"
                );
            }
        };
        Ok(Value::from(Bytes::new(&bytes)))
    })
}

unsafe extern "C" fn wstring_at(start: *const u32, size: c_int) -> *mut PyObject {
    guarded(|py| {
        let start = start.expose_provenance();
        let units = match usize::try_from(size) {
            Ok(size) => memory::wide(start, size),
            Err(_) if size == UP_TO_ZERO => memory::wide_string(start, usize::MAX),
            Err(_) => return raise!(py, SystemError, "bad argument to internal function"),
        };
        memory::wide_text(py, &units)
    })
}

unsafe extern "C" fn memoryview_at(start: *mut u8, size: isize, readonly: c_int) -> *mut PyObject {
    guarded(|py| {
        let Ok(len) = usize::try_from(size) else {
            return raise!(
                py,
                ValueError,
                "memoryview_at: size is negative (or overflowed): {size}"
            );
        };
        // SAFETY: what this crate asks of the program.
        unsafe { MemoryView::from_memory(py, start, len, readonly != 0) }.map(Value::from)
    })
}

unsafe extern "C" fn cast(
    pointer: *mut c_void,
    source: *mut PyObject,
    class: *mut PyObject,
) -> *mut PyObject {
    guarded(|py| {
        let Some(cast) = CAST.get(py).get() else {
            return raise!(py, SystemError, "ctypes is not loaded");
        };
        // SAFETY: `py_object` arguments are living objects.
        let (source, class) = unsafe { (Object::from_ptr(source), Object::from_ptr(class)) };
        cast(py, pointer.expose_provenance(), source, class)
    })
}
