//! Unpacking.

use krait_object::types::complex::Complex;
use krait_object::types::int::methods::to_value;
use krait_object::{Bytes, Owned, Py, PyResult, Tuple, Value};

use super::layout::{Description, Kind, Run};
use super::{error, half};

/// The values in bytes of exactly the layout's size.
pub(super) fn values(layout: &Description, data: &[u8]) -> Owned<Tuple> {
    let mut all: smallvec::SmallVec<[Value; 16]> = smallvec::SmallVec::with_capacity(layout.values);
    for run in &layout.runs {
        for i in 0..run.count {
            let start = run.offset + i * run.size;
            all.push(one(run, &data[start..start + run.size], layout.big_endian));
        }
    }
    Tuple::from_values(all)
}

/// The bytes as a number.
#[inline(always)]
fn get(place: &[u8], big: bool) -> u64 {
    let mut bytes = [0; 8];
    if big {
        for (to, from) in bytes.iter_mut().zip(place.iter().rev()) {
            *to = *from;
        }
    } else {
        bytes[..place.len()].copy_from_slice(place);
    }
    u64::from_le_bytes(bytes)
}

fn one(run: &Run, place: &[u8], big: bool) -> Value {
    match run.kind {
        Kind::Pad => Value::none(),
        Kind::Signed => {
            let shift = 64 - 8 * run.size as u32;
            Value::int((get(place, big) << shift) as i64 >> shift)
        }
        Kind::Unsigned | Kind::Pointer => match i64::try_from(get(place, big)) {
            Ok(i) => Value::int(i),
            Err(_) => to_value(krait_int::from_u64(get(place, big))),
        },
        Kind::Bool => Value::bool(place[0] != 0),
        Kind::Char | Kind::Bytes => Value::from(Bytes::new(place)),
        Kind::Pascal => {
            let (length, rest) = place
                .split_first()
                .map_or((0, place), |(l, r)| (usize::from(*l), r));
            Value::from(Bytes::new(&rest[..length.min(rest.len())]))
        }
        Kind::Half => Value::float(half::to_f64(get(place, big) as u16)),
        Kind::Float => Value::float(f64::from(f32::from_bits(get(place, big) as u32))),
        Kind::Double => Value::float(f64::from_bits(get(place, big))),
        Kind::ComplexFloat => {
            let part = |p: &[u8]| f64::from(f32::from_bits(get(p, big) as u32));
            Value::from(Complex::new(part(&place[..4]), part(&place[4..])))
        }
        Kind::ComplexDouble => {
            let part = |p: &[u8]| f64::from_bits(get(p, big));
            Value::from(Complex::new(part(&place[..8]), part(&place[8..])))
        }
    }
}

/// `unpack`: the buffer has exactly the layout's size.
pub(super) fn whole(py: Py, layout: &Description, buffer: &[u8]) -> PyResult<Owned<Tuple>> {
    if buffer.len() != layout.size {
        return error(
            py,
            &format!("unpack requires a buffer of {} bytes", layout.size),
        );
    }
    Ok(values(layout, buffer))
}

/// `unpack_from`.
pub(super) fn from(
    py: Py,
    layout: &Description,
    buffer: &[u8],
    offset: isize,
) -> PyResult<Owned<Tuple>> {
    let (size, len) = (layout.size, buffer.len());
    let from_end = offset.unsigned_abs();
    let start = if offset < 0 {
        if from_end < size {
            return error(
                py,
                &format!("not enough data to unpack {size} bytes at offset {offset}"),
            );
        }
        if from_end > len {
            return error(
                py,
                &format!("offset {offset} out of range for {len}-byte buffer"),
            );
        }
        len - from_end
    } else {
        from_end
    };
    if len.checked_sub(start).is_none_or(|room| room < size) {
        let least = start.saturating_add(size);
        return error(
            py,
            &format!(
                "unpack_from requires a buffer of at least {least} bytes for unpacking {size} bytes at offset {start} (actual buffer size is {len})"
            ),
        );
    }
    Ok(values(layout, &buffer[start..start + size]))
}
