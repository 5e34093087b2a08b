//! Static objects that C and Rust both write to.
//!
//! C's `PyTypeObject PyLong_Type = {...};` is a variable: the runtime completes it and
//! counts nothing in it, but C code may store to it. [`Static`] is such a variable with
//! the same address and layout as its content.

use core::cell::UnsafeCell;

/// A global variable of C, guarded by the GIL.
///
/// ```
/// use krait_abi::{PyTypeObject, Static};
/// static EXAMPLE: Static<PyTypeObject> = Static::new(PyTypeObject {
///     tp_name: c"example".as_ptr(),
///     ..PyTypeObject::ZERO
/// });
/// assert_eq!(EXAMPLE.as_ptr() as usize, &raw const EXAMPLE as usize);
/// ```
#[repr(transparent)]
pub struct Static<T>(UnsafeCell<T>);

// SAFETY: the content is reachable only through the raw pointer of `as_ptr`; whoever
// follows that in unsafe code has to hold the GIL.
unsafe impl<T> Sync for Static<T> {}

impl<T> Static<T> {
    /// A variable with this content.
    pub const fn new(content: T) -> Self {
        Self(UnsafeCell::new(content))
    }

    /// The variable's address.
    #[inline(always)]
    pub const fn as_ptr(&self) -> *mut T {
        self.0.get()
    }
}
