//! Native modules that compute digests of bytes: hash functions, keyed hashes, key
//! derivation. `_hashlib` has OpenSSL's interface over the same implementations.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;

mod algorithm;
mod argument;
mod blake2;
mod engine;
mod hmac;
mod keyed;
mod object;
mod openssl;
mod sha3;
mod simple;

/// Data of at least so many bytes is hashed without the GIL.
const GIL_MINSIZE: usize = 2048;

/// All modules of the crate, for the import system's table.
pub const MODULES: &[NativeModule] = &[
    simple::MD5,
    simple::SHA1,
    simple::SHA2,
    sha3::MODULE,
    blake2::MODULE,
    keyed::MODULE,
    openssl::MODULE,
];
