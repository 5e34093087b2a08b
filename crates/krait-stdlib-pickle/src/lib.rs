//! `_pickle`: Python objects as streams of bytes, protocols 0 to 5.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;

mod errors;
mod imports;
mod long;
mod module;
mod opcode;
mod pickler;
mod unpickler;

/// All modules of the crate, for the import system's table.
pub const MODULES: &[NativeModule] = &[module::MODULE];
