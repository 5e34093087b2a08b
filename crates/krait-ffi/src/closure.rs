//! C functions that call back into Python.

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use krait_object::{Py, errors};
use krait_vm::attach;
use libffi_sys as ffi;

use crate::errno;
use crate::kind::{Kind, Row};

/// What such a function does: it gets the addresses of its arguments and the place for its
/// result.
pub type Target = dyn Fn(Py, &[usize], usize);

/// A C function. Its code is freed with it.
pub struct Closure {
    raw: *mut ffi::ffi_closure,
    code: *mut c_void,
    _inner: Rc<Inner>,
}

struct Inner {
    cif: ffi::ffi_cif,
    row: Row,
    /// The types stay as long as code can be called.
    _result: Kind,
    own_errno: bool,
    target: Box<Target>,
}

impl Closure {
    /// `None` where libffi knows no such function, or there is no memory for it.
    pub fn new(
        _py: Py,
        arguments: Vec<Kind>,
        result: Kind,
        own_errno: bool,
        target: Box<Target>,
    ) -> Option<Closure> {
        let mut row = Row::new(arguments);
        let cif = row.prepare(&result)?;
        let inner = Rc::new(Inner {
            cif,
            row,
            _result: result,
            own_errno,
            target,
        });
        let mut code = std::ptr::null_mut();
        // SAFETY: libffi gives memory for a closure, writable at one address and executable
        // at another; what it keeps of `inner` lives as long as the closure.
        unsafe {
            let raw = ffi::ffi_closure_alloc(size_of::<ffi::ffi_closure>(), &raw mut code)
                .cast::<ffi::ffi_closure>();
            if raw.is_null() {
                return None;
            }
            let closure = Closure {
                raw,
                code,
                _inner: inner.clone(),
            };
            let status = ffi::ffi_prep_closure_loc(
                raw,
                (&raw const inner.cif).cast_mut(),
                Some(enter),
                Rc::as_ptr(&inner).cast_mut().cast(),
                code,
            );
            (status == ffi::ffi_status_FFI_OK).then_some(closure)
        }
    }

    /// The function's address.
    pub fn address(&self) -> usize {
        self.code.expose_provenance()
    }
}

impl Drop for Closure {
    fn drop(&mut self) {
        // SAFETY: allocated by `new`; whoever still calls it is wrong in C, too.
        unsafe { ffi::ffi_closure_free(self.raw.cast()) }
    }
}

/// Where C comes in, on any thread.
unsafe extern "C" fn enter(
    _cif: *mut ffi::ffi_cif,
    result: *mut c_void,
    arguments: *mut *mut c_void,
    data: *mut c_void,
) {
    let ran = catch_unwind(AssertUnwindSafe(|| {
        attach::with_gil(|py| {
            // SAFETY: the closure was made with this record, which is kept for the call even
            // if the closure dies in it; the count is touched with the GIL only.
            let inner = unsafe {
                let inner = data.cast::<Inner>().cast_const();
                Rc::increment_strong_count(inner);
                Rc::from_raw(inner)
            };
            let addresses: Vec<usize> = (0..inner.row.len())
                // SAFETY: libffi passes so many addresses.
                .map(|i| unsafe { *arguments.add(i) }.expose_provenance())
                .collect();
            if inner.own_errno {
                errno::exchange();
            }
            (inner.target)(py, &addresses, result.expose_provenance());
            if inner.own_errno {
                errno::exchange();
            }
        });
    }));
    if ran.is_err() {
        errors::fatal("a C function calling Python", "panic");
    }
}
