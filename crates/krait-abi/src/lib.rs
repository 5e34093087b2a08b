//! What C can see of Python: the structs, function pointer types and constants of
//! CPython 3.14's public headers, for the ordinary 64-bit build with the GIL.
//!
//! One file mirrors one header. Names are C's spellings. What always holds:
//!
//! * Every `#[repr(C)]` struct here has the size and the field offsets that a C compiler
//!   gives the header's struct, and every constant has the header's value;
//!   `tests/layout.rs` compares both with the real headers.
//! * Every struct is plain data (`Copy`) for which all bytes zero is a valid value, its
//!   `ZERO`, so that static objects are written as
//!   `PyTypeObject { tp_name: ..., ..PyTypeObject::ZERO }`.
//! * Function pointer types are nullable (`Option`), as in C, and may unwind.
//! * Nothing is exported to C from here, and nothing is called: the one operation that
//!   would need the runtime, freeing an object, is passed in (see [`refcount`]).
#![expect(
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    reason = "names are those of CPython's headers"
)]

/// Gives plain C structs their all-zero value and lets them stand in a `static`.
///
/// `zeroable!(PyFloatObject)` declares `PyFloatObject::ZERO`. To be used only for
/// `#[repr(C)]` structs made of integers, floats, raw pointers, nullable function
/// pointers, arrays of them and other such structs.
macro_rules! zeroable {
    ($($name:ident),+ $(,)?) => {$(
        impl $name {
            /// The struct with all bytes zero.
            pub const ZERO: Self =
                // SAFETY: by this macro's contract every field accepts all bytes zero.
                unsafe { core::mem::zeroed() };
        }
        // SAFETY: plain data; a pointer in it can be followed only in unsafe code,
        // which has to hold the GIL for it.
        unsafe impl Send for $name {}
        // SAFETY: as above; the struct has no interior mutability.
        unsafe impl Sync for $name {}
    )+};
}

/// Declares a type of which C knows only the name; used behind pointers.
macro_rules! opaque {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[repr(C)]
        pub struct $name {
            _opaque: [u8; 0],
        }
    )+};
}

mod bytearrayobject;
mod bytesobject;
mod cellobject;
mod classobject;
mod code;
mod compile;
mod complexobject;
mod context;
mod datetime;
mod descrobject;
mod dictobject;
mod floatobject;
mod frame;
mod funcobject;
mod genobject;
mod import;
mod listobject;
mod lock;
mod longintrepr;
mod memoryobject;
mod methodobject;
mod modsupport;
mod moduleobject;
mod monitoring;
mod object;
mod pybuffer;
mod pycapsule;
mod pyerrors;
mod pyhash;
mod pymem;
mod pystate;
pub mod refcount;
mod setobject;
mod sliceobject;
mod statics;
mod structmember;
mod structseq;
mod traceback;
mod tupleobject;
mod typeobject;
mod typeslots;
mod unicodeobject;
mod weakrefobject;

pub use bytearrayobject::*;
pub use bytesobject::*;
pub use cellobject::*;
pub use classobject::*;
pub use code::*;
pub use compile::*;
pub use complexobject::*;
pub use context::*;
pub use datetime::*;
pub use descrobject::*;
pub use dictobject::*;
pub use floatobject::*;
pub use frame::*;
pub use funcobject::*;
pub use genobject::*;
pub use import::*;
pub use listobject::*;
pub use lock::*;
pub use longintrepr::*;
pub use memoryobject::*;
pub use methodobject::*;
pub use modsupport::*;
pub use moduleobject::*;
pub use monitoring::*;
pub use object::*;
pub use pybuffer::*;
pub use pycapsule::*;
pub use pyerrors::*;
pub use pyhash::*;
pub use pymem::*;
pub use pystate::*;
pub use refcount::*;
pub use setobject::*;
pub use sliceobject::*;
pub use statics::*;
pub use structmember::*;
pub use structseq::*;
pub use traceback::*;
pub use tupleobject::*;
pub use typeobject::*;
pub use typeslots::*;
pub use unicodeobject::*;
pub use weakrefobject::*;
