//! `_decimal`: decimal floating point as the General Decimal Arithmetic Specification has
//! it. The arithmetic is in `number`, what Python sees of it in `object`.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;

mod number;
mod object;

/// All modules of the crate, for the import system's table.
pub const MODULES: &[NativeModule] = &[object::MODULE];
