//! Native modules about the form of bytes: text encodings of binary data, checksums,
//! compression.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;

mod binascii;
mod checksum;
mod guarded;
mod zlib;

/// All modules of the crate, for the import system's table.
pub const MODULES: &[NativeModule] = &[binascii::MODULE, zlib::MODULE];
