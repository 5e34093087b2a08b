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

mod bytesobject;
mod descrobject;
mod dictobject;
mod floatobject;
mod listobject;
mod longintrepr;
mod methodobject;
mod moduleobject;
mod object;
mod pybuffer;
pub mod refcount;
mod setobject;
mod statics;
mod structmember;
mod tupleobject;
mod typeobject;
mod typeslots;
mod unicodeobject;

pub use bytesobject::*;
pub use descrobject::*;
pub use dictobject::*;
pub use floatobject::*;
pub use listobject::*;
pub use longintrepr::*;
pub use methodobject::*;
pub use moduleobject::*;
pub use object::*;
pub use pybuffer::*;
pub use refcount::*;
pub use setobject::*;
pub use statics::*;
pub use structmember::*;
pub use tupleobject::*;
pub use typeobject::*;
pub use typeslots::*;
pub use unicodeobject::*;
