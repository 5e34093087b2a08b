//! `cpython/lock.h`: one-byte locks, which C locks inline when they are free.

/// A lock; all zero is unlocked. C changes `_bits` atomically.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyMutex {
    pub _bits: u8,
}

zeroable!(PyMutex);

pub const _Py_UNLOCKED: u8 = 0;
pub const _Py_LOCKED: u8 = 1;
