//! Ints as the bytes of `LONG1` and `LONG4`: two's complement, little-endian, as short as
//! they can be.

use krait_int::{ByteOrder, from_bytes, to_bytes};
use krait_object::types::int::methods::{signed, to_value};
use krait_object::{Int, Value};

/// The bytes of a machine number.
pub fn encode_small(n: i64, out: &mut Vec<u8>) {
    let bytes = n.to_le_bytes();
    let mut len = bytes.len();
    let sign = if n < 0 { 0xFF } else { 0 };
    // The last byte kept shows the sign.
    while len > 1 && bytes[len - 1] == sign && (bytes[len - 2] ^ sign) & 0x80 == 0 {
        len -= 1;
    }
    out.extend_from_slice(&bytes[..len]);
}

/// The bytes of any int but zero.
pub fn encode(int: &Int) -> Vec<u8> {
    let number = signed(int);
    let top = number
        .digits
        .last()
        .map_or(0, |d| 32 - d.leading_zeros() as usize);
    let bits = number.digits.len().saturating_sub(1) * 30 + top;
    let len = bits / 8 + 1;
    let mut out = vec![0; len];
    // The length has room for the sign.
    let _ = to_bytes(number, &mut out, ByteOrder::Little, true);
    if int.is_negative() && len > 1 && out[len - 1] == 0xFF && out[len - 2] & 0x80 != 0 {
        out.pop();
    }
    out
}

pub fn decode(bytes: &[u8]) -> Value {
    if bytes.len() <= 8 {
        let mut all = match bytes.last() {
            Some(last) if last & 0x80 != 0 => [0xFF; 8],
            _ => [0; 8],
        };
        all[..bytes.len()].copy_from_slice(bytes);
        return Value::int(i64::from_le_bytes(all));
    }
    to_value(from_bytes(bytes, ByteOrder::Little, true))
}
