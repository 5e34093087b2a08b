//! What `ctypes` is for: memory at addresses that a program names, calls of C functions
//! that it describes, C functions made from Python's, shared libraries.
//!
//! None of this can be made safe: whether an address may be read or a description fits the
//! function, only the program knows, and where it is wrong the process crashes, on CPython
//! as here. The functions are safe to *call* by Rust's letter, so that `krait-stdlib-ctypes`
//! needs no `unsafe`; what they ask of the program stands at each. Nobody else uses them.

pub mod call;
pub mod closure;
pub mod entry;
pub mod errno;
pub mod kind;
pub mod lend;
pub mod library;
pub mod long_double;
pub mod memory;
pub mod object;

pub use call::{Argument, Given, Outcome, call};
pub use closure::Closure;
pub use kind::{Kind, Scalar};
pub use memory::{Block, Slot};
