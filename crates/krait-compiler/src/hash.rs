//! Maps and sets of the compiler's own, hashed by a multiplication per eight bytes.
//!
//! A small source makes many small tables, for which the standard library's keyed hash costs
//! more than all else. Nothing here is seen in the order of a table.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A map.
pub type Map<K, V> = HashMap<K, V, BuildHasherDefault<Folding>>;
/// A set.
pub type Set<K> = HashSet<K, BuildHasherDefault<Folding>>;

/// Multiplies and folds the product's halves into each other, so that every bit of the input
/// reaches every bit of the hash.
#[derive(Clone, Copy, Debug, Default)]
pub struct Folding(u64);

/// The golden ratio's fraction: no pattern in its bits.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
/// Where the state would be zero, and stay so.
const OFFSET: u64 = 0x2545_f491_4f6c_dd1d;

impl Hasher for Folding {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.write_u64(u64::from_le_bytes(*word));
        }
        // The rest, or the last eight bytes: some of them a second time.
        let last = match (rest, bytes.last_chunk::<8>()) {
            ([], _) => return,
            (_, Some(last)) => u64::from_le_bytes(*last),
            _ => rest.iter().fold(1, |last, byte| last << 8 | *byte as u64),
        };
        self.write_u64(last);
    }

    #[inline]
    fn write_u8(&mut self, number: u8) {
        self.write_u64(number as u64);
    }

    #[inline]
    fn write_u32(&mut self, number: u32) {
        self.write_u64(number as u64);
    }

    #[inline]
    fn write_u64(&mut self, number: u64) {
        let product = (self.0 ^ number ^ OFFSET) as u128 * FACTOR as u128;
        self.0 = product as u64 ^ (product >> 64) as u64;
    }

    #[inline]
    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}
