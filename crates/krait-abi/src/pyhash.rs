//! `pyhash.h`: numbers of the hash functions.

use crate::{Py_hash_t, Py_ssize_t};
use core::ffi::{c_char, c_int, c_void};

pub const PyHASH_MULTIPLIER: usize = 1_000_003;
pub const PyHASH_BITS: c_int = 61;
pub const PyHASH_MODULUS: usize = (1 << PyHASH_BITS) - 1;
pub const PyHASH_INF: Py_hash_t = 314159;
pub const PyHASH_IMAG: usize = PyHASH_MULTIPLIER;
pub const Py_HASH_EXTERNAL: c_int = 0;
pub const Py_HASH_SIPHASH24: c_int = 1;
pub const Py_HASH_FNV: c_int = 2;
pub const Py_HASH_SIPHASH13: c_int = 3;

/// The hash function of bytes and strings (`PyHash_GetFuncDef`).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyHash_FuncDef {
    pub hash: Option<unsafe extern "C-unwind" fn(*const c_void, Py_ssize_t) -> Py_hash_t>,
    pub name: *const c_char,
    pub hash_bits: c_int,
    pub seed_bits: c_int,
}

zeroable!(PyHash_FuncDef);
