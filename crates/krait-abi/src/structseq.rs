//! `structseq.h`: tuples with named fields.

use crate::PyTupleObject;
use core::ffi::{c_char, c_int};

/// A field; a null name ends the array.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyStructSequence_Field {
    pub name: *const c_char,
    pub doc: *const c_char,
}

/// Declares a type of tuples with named fields.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyStructSequence_Desc {
    pub name: *const c_char,
    pub doc: *const c_char,
    pub fields: *mut PyStructSequence_Field,
    /// How many of the fields are items of the tuple.
    pub n_in_sequence: c_int,
}

pub type PyStructSequence = PyTupleObject;

zeroable!(PyStructSequence_Field, PyStructSequence_Desc);
