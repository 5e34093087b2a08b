//! Half-precision floats (IEEE 754 binary16).

/// The nearest half, ties to even; `None` where the number is too large.
pub(super) fn from_f64(x: f64) -> Option<u16> {
    let bits = x.to_bits();
    let sign = (bits >> 48 & 0x8000) as u16;
    if x.is_nan() {
        let payload = (bits >> 42 & 0x3FF) as u16;
        return Some(sign | 0x7C00 | if payload == 0 { 0x200 } else { payload });
    }
    if x.is_infinite() {
        return Some(sign | 0x7C00);
    }
    let size = x.abs();
    // Scaling by a power of two is exact: the unit of the result becomes one.
    let exponent = ((bits >> 52 & 0x7FF) as i32 - 1023).clamp(-14, 16);
    let unit = f64::from_bits(((1023 + exponent - 10) as u64) << 52);
    let units = (size / unit).round_ties_even();
    let value = units * unit;
    if value >= 65536.0 {
        return None;
    }
    if value < f64::from_bits((1023 - 14) << 52) {
        return Some(sign | units as u16);
    }
    let bits = value.to_bits();
    let exponent = (bits >> 52) as u16 - (1023 - 15);
    Some(sign | exponent << 10 | (bits >> 42 & 0x3FF) as u16)
}

pub(super) fn to_f64(half: u16) -> f64 {
    let sign = u64::from(half >> 15) << 63;
    let (exponent, fraction) = (u64::from(half >> 10 & 0x1F), u64::from(half & 0x3FF));
    match exponent {
        0 => {
            let value = fraction as f64 * f64::from_bits((1023 - 24) << 52);
            f64::from_bits(value.to_bits() | sign)
        }
        0x1F => f64::from_bits(sign | 0x7FF << 52 | fraction << 42),
        _ => f64::from_bits(sign | (exponent + 1023 - 15) << 52 | fraction << 42),
    }
}
