//! HMAC (RFC 2104) over any engine.

use crate::algorithm::Algorithm;
use crate::engine::{Digest, Engine};

/// The longest block of a hash function.
const MAX_BLOCK: usize = 144;

/// A keyed hash: both states have seen the padded key.
#[derive(Clone)]
pub struct Hmac {
    inner: Engine,
    outer: Engine,
}

impl Hmac {
    /// The function has a digest of fixed length.
    pub fn new(algorithm: &Algorithm, key: &[u8]) -> Hmac {
        let mut block = [0; MAX_BLOCK];
        let block = &mut block[..algorithm.block_size];
        if key.len() > block.len() {
            let mut engine = (algorithm.start)();
            engine.update(key);
            let digest = engine.digest();
            block[..digest.as_slice().len()].copy_from_slice(digest.as_slice());
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        let start = |block: &[u8]| {
            let mut engine = (algorithm.start)();
            engine.update(block);
            engine
        };
        block.iter_mut().for_each(|b| *b ^= 0x36);
        let inner = start(block);
        block.iter_mut().for_each(|b| *b ^= 0x36 ^ 0x5c);
        let outer = start(block);
        Hmac { inner, outer }
    }

    pub fn update(&mut self, data: &[u8]) {
        self.inner.update(data);
    }

    pub fn digest(&self) -> Digest {
        let mut outer = self.outer.clone();
        outer.update(self.inner.digest().as_slice());
        outer.digest()
    }
}

/// The digest of one message.
pub fn compute(algorithm: &Algorithm, key: &[u8], message: &[u8]) -> Digest {
    let mut hmac = Hmac::new(algorithm, key);
    hmac.update(message);
    hmac.digest()
}
