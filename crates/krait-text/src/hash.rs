//! Hashes, with the values CPython has on 64-bit machines.
//!
//! No hash is -1, which C functions return for an error.

use crate::{Chars, Unit};

/// A hash as `hash()` returns it.
pub type Hash = i64;

/// Numbers hash to their value modulo this prime, so that equal numbers of all types
/// hash alike.
pub const MODULUS: u64 = (1 << BITS) - 1;
const BITS: u32 = 61;
/// The hash of infinity.
pub const INFINITY: Hash = 314_159;
/// What the imaginary part of a complex number is multiplied by.
const IMAGINARY: u64 = 1_000_003;

#[inline]
fn not_error(hash: Hash) -> Hash {
    if hash == -1 { -2 } else { hash }
}

/// The key of the hashes of strings and bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashKey {
    pub k0: u64,
    pub k1: u64,
}

impl HashKey {
    /// The key that `PYTHONHASHSEED` gives: 0 switches randomisation off.
    pub fn from_seed(seed: u32) -> HashKey {
        let mut state = seed;
        let mut next = || {
            (0..8).fold(0u64, |key, place| {
                state = state.wrapping_mul(214_013).wrapping_add(2_531_011);
                key | u64::from(state >> 16 & 0xFF) << (place * 8)
            })
        };
        match seed {
            0 => HashKey { k0: 0, k1: 0 },
            _ => HashKey {
                k0: next(),
                k1: next(),
            },
        }
    }

    /// The hash of bytes.
    pub fn bytes(&self, bytes: &[u8]) -> Hash {
        self.units(bytes)
    }

    /// The hash of a string.
    pub fn text(&self, text: Chars<'_>) -> Hash {
        match text {
            Chars::Latin1(units) => self.units(units),
            Chars::U16(units) => self.units(units),
            Chars::U32(units) => self.units(units),
        }
    }

    /// SipHash-1-3 over the little-endian bytes of the units.
    #[inline]
    fn units<U: Unit>(&self, units: &[U]) -> Hash {
        if units.is_empty() {
            return 0;
        }
        let mut state = Sip::new(self);
        let per_word = 8 / U::SIZE;
        let word = |units: &[U]| {
            units.iter().enumerate().fold(0u64, |word, (place, unit)| {
                word | u64::from(unit.code()) << (place * U::SIZE * 8)
            })
        };
        let mut words = units.chunks_exact(per_word);
        for units in &mut words {
            state.word(word(units));
        }
        let length = (units.len() * U::SIZE) as u64;
        state.word(length << 56 | word(words.remainder()));
        not_error(state.finish() as Hash)
    }
}

struct Sip {
    v0: u64,
    v1: u64,
    v2: u64,
    v3: u64,
}

impl Sip {
    #[inline]
    fn new(key: &HashKey) -> Sip {
        Sip {
            v0: key.k0 ^ 0x736f_6d65_7073_6575,
            v1: key.k1 ^ 0x646f_7261_6e64_6f6d,
            v2: key.k0 ^ 0x6c79_6765_6e65_7261,
            v3: key.k1 ^ 0x7465_6462_7974_6573,
        }
    }

    #[inline(always)]
    fn round(&mut self) {
        self.v0 = self.v0.wrapping_add(self.v1);
        self.v2 = self.v2.wrapping_add(self.v3);
        self.v1 = self.v1.rotate_left(13) ^ self.v0;
        self.v3 = self.v3.rotate_left(16) ^ self.v2;
        self.v0 = self.v0.rotate_left(32);
        self.v2 = self.v2.wrapping_add(self.v1);
        self.v0 = self.v0.wrapping_add(self.v3);
        self.v1 = self.v1.rotate_left(17) ^ self.v2;
        self.v3 = self.v3.rotate_left(21) ^ self.v0;
        self.v2 = self.v2.rotate_left(32);
    }

    #[inline(always)]
    fn word(&mut self, word: u64) {
        self.v3 ^= word;
        self.round();
        self.v0 ^= word;
    }

    #[inline]
    fn finish(mut self) -> u64 {
        self.v2 ^= 0xFF;
        self.round();
        self.round();
        self.round();
        self.v0 ^ self.v1 ^ self.v2 ^ self.v3
    }
}

/// Multiplies a residue by a power of two: a rotation of its 61 bits.
#[inline]
fn shifted(residue: u64, bits: u32) -> u64 {
    match bits % BITS {
        0 => residue,
        bits => (residue << bits & MODULUS) | residue >> (BITS - bits),
    }
}

#[inline]
fn signed(residue: u64, negative: bool) -> Hash {
    let residue = if residue == MODULUS {
        0
    } else {
        residue as Hash
    };
    not_error(if negative { -residue } else { residue })
}

/// The hash of a float; `None` for NaN, which hashes by identity.
pub fn hash_double(value: f64) -> Option<Hash> {
    if !value.is_finite() {
        return match value.is_nan() {
            true => None,
            false => Some(if value > 0.0 { INFINITY } else { -INFINITY }),
        };
    }
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, exponent) = match (bits >> 52 & 0x7FF) as i32 {
        0 => (fraction, -1074),
        biased => (fraction | 1 << 52, biased - 1075),
    };
    let residue = shifted(mantissa, exponent.rem_euclid(BITS as i32) as u32);
    Some(signed(residue, value < 0.0))
}

/// The hash of an integer that fits 64 bits.
#[inline]
pub fn hash_int(value: i64) -> Hash {
    let size = value.unsigned_abs();
    let folded = (size & MODULUS) + (size >> BITS);
    signed(
        if folded >= MODULUS {
            folded - MODULUS
        } else {
            folded
        },
        value < 0,
    )
}

/// The hash of an integer by its 30-bit digits, the least significant first.
pub fn hash_digits(digits: &[u32], negative: bool) -> Hash {
    let residue = digits.iter().rev().fold(0u64, |residue, digit| {
        let sum = shifted(residue, 30) + u64::from(*digit);
        if sum >= MODULUS { sum - MODULUS } else { sum }
    });
    signed(residue, negative)
}

/// The hash of a complex number by those of its parts.
pub fn hash_complex(real: Hash, imag: Hash) -> Hash {
    not_error((real as u64).wrapping_add(IMAGINARY.wrapping_mul(imag as u64)) as Hash)
}

/// The hash of an object by its address.
#[inline]
pub fn hash_pointer(address: usize) -> Hash {
    not_error((address as u64).rotate_right(4) as Hash)
}

const PRIME_1: u64 = 11_400_714_785_074_694_791;
const PRIME_2: u64 = 14_029_467_366_897_019_727;
const PRIME_5: u64 = 2_870_177_450_012_600_261;

/// The hash of a tuple, from those of its items.
#[derive(Clone, Copy, Debug)]
pub struct TupleHash {
    state: u64,
    length: u64,
}

impl Default for TupleHash {
    fn default() -> Self {
        TupleHash::new()
    }
}

impl TupleHash {
    pub fn new() -> TupleHash {
        TupleHash {
            state: PRIME_5,
            length: 0,
        }
    }

    /// Adds the next item's hash.
    #[inline]
    pub fn push(&mut self, hash: Hash) {
        let mixed = self.state.wrapping_add((hash as u64).wrapping_mul(PRIME_2));
        self.state = mixed.rotate_left(31).wrapping_mul(PRIME_1);
        self.length += 1;
    }

    #[inline]
    pub fn finish(self) -> Hash {
        match self.state.wrapping_add(self.length ^ PRIME_5 ^ 3_527_539) as Hash {
            -1 => 1_546_275_796,
            hash => hash,
        }
    }
}

/// The hash of a set, from those of its items in any order.
#[derive(Clone, Copy, Debug, Default)]
pub struct SetHash {
    state: u64,
    length: u64,
}

impl SetHash {
    /// Adds an item's hash.
    #[inline]
    pub fn push(&mut self, hash: Hash) {
        let hash = hash as u64;
        self.state ^= ((hash ^ 89_869_747) ^ (hash << 16)).wrapping_mul(3_644_798_167);
        self.length += 1;
    }

    pub fn finish(self) -> Hash {
        let mut hash = self.state ^ self.length.wrapping_add(1).wrapping_mul(1_927_868_237);
        hash ^= (hash >> 11) ^ (hash >> 25);
        hash = hash.wrapping_mul(69_069).wrapping_add(907_133_923);
        match hash as Hash {
            -1 => 590_923_713,
            hash => hash,
        }
    }
}
