//! `Engine`: the running state of any hash function.

use digest::{Digest as _, ExtendableOutput, Update, XofReader};

/// The longest digest of a function with a fixed one.
pub const MAX_DIGEST: usize = 64;

/// A finished digest.
pub struct Digest {
    bytes: [u8; MAX_DIGEST],
    len: usize,
}

impl Digest {
    pub fn of(parts: &[&[u8]]) -> Digest {
        let (mut bytes, mut len) = ([0; MAX_DIGEST], 0);
        for part in parts {
            bytes[len..len + part.len()].copy_from_slice(part);
            len += part.len();
        }
        Digest { bytes, len }
    }

    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// A hash function's state. It lives inside one heap object, so that its size is that of
/// the largest.
#[derive(Clone)]
pub enum Engine {
    Md5(md5::Md5),
    Sha1(sha1::Sha1),
    Md5Sha1(md5::Md5, sha1::Sha1),
    Sha224(sha2::Sha224),
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
    Sha512T224(sha2::Sha512_224),
    Sha512T256(sha2::Sha512_256),
    Sha3T224(sha3::Sha3_224),
    Sha3T256(sha3::Sha3_256),
    Sha3T384(sha3::Sha3_384),
    Sha3T512(sha3::Sha3_512),
    Shake128(shake::Shake128),
    Shake256(shake::Shake256),
    Ripemd160(ripemd::Ripemd160),
    Sm3(sm3::Sm3),
    Blake2b(blake2b_simd::State),
    Blake2s(blake2s_simd::State),
}

/// Does the same with the state of whichever function: first for those of the `digest`
/// traits with a fixed output, then for the others.
macro_rules! each {
    ($engine:expr, $h:ident => $fixed:expr, $($others:tt)*) => {
        match $engine {
            Engine::Md5($h) => $fixed,
            Engine::Sha1($h) => $fixed,
            Engine::Sha224($h) => $fixed,
            Engine::Sha256($h) => $fixed,
            Engine::Sha384($h) => $fixed,
            Engine::Sha512($h) => $fixed,
            Engine::Sha512T224($h) => $fixed,
            Engine::Sha512T256($h) => $fixed,
            Engine::Sha3T224($h) => $fixed,
            Engine::Sha3T256($h) => $fixed,
            Engine::Sha3T384($h) => $fixed,
            Engine::Sha3T512($h) => $fixed,
            Engine::Ripemd160($h) => $fixed,
            Engine::Sm3($h) => $fixed,
            $($others)*
        }
    };
}

impl Engine {
    pub fn update(&mut self, data: &[u8]) {
        each!(self, h => Update::update(h, data),
            Engine::Md5Sha1(a, b) => {
                Update::update(a, data);
                Update::update(b, data);
            }
            Engine::Shake128(h) => h.update(data),
            Engine::Shake256(h) => h.update(data),
            Engine::Blake2b(h) => {
                h.update(data);
            }
            Engine::Blake2s(h) => {
                h.update(data);
            }
        );
    }

    /// The digest so far; empty for a function whose output has no fixed length.
    pub fn digest(&self) -> Digest {
        each!(self, h => Digest::of(&[&h.clone().finalize()]),
            Engine::Md5Sha1(a, b) => {
                Digest::of(&[&a.clone().finalize(), &b.clone().finalize()])
            }
            Engine::Blake2b(h) => Digest::of(&[h.finalize().as_bytes()]),
            Engine::Blake2s(h) => Digest::of(&[h.finalize().as_bytes()]),
            Engine::Shake128(_) | Engine::Shake256(_) => Digest::of(&[])
        )
    }

    /// Fills the output; only for a function whose output has no fixed length.
    pub fn squeeze(&self, out: &mut [u8]) {
        match self {
            Engine::Shake128(h) => h.clone().finalize_xof().read(out),
            Engine::Shake256(h) => h.clone().finalize_xof().read(out),
            _ => {}
        }
    }
}
