//! Native modules about the form of bytes: text encodings of binary data, checksums,
//! compression.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;

mod binascii;
mod bounded;
mod bz2;
mod checksum;
mod lzma;
mod zlib;
mod zstd;

/// All modules of the crate, for the import system's table.
pub const MODULES: &[NativeModule] = &[
    binascii::MODULE,
    bz2::MODULE,
    lzma::MODULE,
    zlib::MODULE,
    zstd::MODULE,
];
