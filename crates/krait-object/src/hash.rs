//! Hashes of text and bytes: SipHash-1-3 with a key chosen at start
//! (`PYTHONHASHSEED`).

use std::cell::Cell;

use crate::py::{GilCell, Py};

static KEY: GilCell<Cell<(u64, u64)>> = GilCell::new(Cell::new((0, 0)));

/// Sets the key, before the first string is hashed.
pub fn set_key(py: Py, key: (u64, u64)) {
    KEY.get(py).set(key);
}

/// The key.
pub fn key(py: Py) -> (u64, u64) {
    KEY.get(py).get()
}

/// The hash of a string's or bytes' memory; 0 for nothing, never -1.
pub fn bytes(data: &[u8]) -> i64 {
    if data.is_empty() {
        return 0;
    }
    // SAFETY: only code that holds the GIL hashes.
    let key = KEY.get(unsafe { Py::assume() }).get();
    match siphash13(key, data) as i64 {
        -1 => -2,
        hash => hash,
    }
}

/// SipHash-1-3 with a key of the caller's.
pub fn keyed(key: (u64, u64), data: &[u8]) -> u64 {
    siphash13(key, data)
}

/// The bytes behind the last whole word, from the lowest on.
#[inline(always)]
fn behind_words(data: &[u8]) -> u64 {
    let count = data.len() % 8;
    if let Some(last) = data.last_chunk::<8>() {
        // The last eight bytes have them at their upper end.
        return u64::from_le_bytes(*last)
            .checked_shr(64 - 8 * count as u32)
            .unwrap_or(0);
    }
    let (mut word, mut at) = (0, 0);
    if let Some(four) = data.first_chunk::<4>() {
        (word, at) = (u64::from(u32::from_le_bytes(*four)), 4);
    }
    if let Some(two) = data[at..].first_chunk::<2>() {
        word |= u64::from(u16::from_le_bytes(*two)) << (8 * at);
        at += 2;
    }
    if let Some(one) = data.get(at) {
        word |= u64::from(*one) << (8 * at);
    }
    word
}

/// SipHash with one compression and three finalisation rounds.
fn siphash13((k0, k1): (u64, u64), data: &[u8]) -> u64 {
    let mut v = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    let (words, _) = data.as_chunks::<8>();
    for word in words {
        let m = u64::from_le_bytes(*word);
        v[3] ^= m;
        round(&mut v);
        v[0] ^= m;
    }
    let m = behind_words(data) | ((data.len() as u64) << 56);
    v[3] ^= m;
    round(&mut v);
    v[0] ^= m;
    v[2] ^= 0xFF;
    round(&mut v);
    round(&mut v);
    round(&mut v);
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

#[inline(always)]
fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[2] = v[2].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[1]);
    v[0] = v[0].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].rotate_left(32);
}
