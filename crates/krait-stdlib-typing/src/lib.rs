//! `_typing`: type variables, type aliases and `Generic`, on which `typing` is built.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;

pub mod typing;

/// The modules of this crate.
pub const MODULES: &[NativeModule] = &[typing::MODULE];
