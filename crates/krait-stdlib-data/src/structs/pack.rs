//! Packing.

use krait_object::protocol::number;
use krait_object::types::buffer::{Buffer, bytes_of};
use krait_object::types::complex;
use krait_object::{Int, Py, PyResult, Value, errors, exceptions, protocol, raise};

use super::layout::{Description, Kind, Run};
use super::{error, half};

/// The values packed.
pub(super) fn pack(py: Py, layout: &Description, values: &[Value], who: &str) -> PyResult<Vec<u8>> {
    if values.len() != layout.values {
        let (wanted, given) = (layout.values, values.len());
        return error(
            py,
            &format!("{who} expected {wanted} items for packing (got {given})"),
        );
    }
    let mut out = Vec::new();
    if out.try_reserve_exact(layout.size).is_err() {
        return errors::no_memory();
    }
    out.resize(layout.size, 0);
    let mut values = values.iter();
    for run in &layout.runs {
        for (i, value) in values.by_ref().take(run.count).enumerate() {
            let start = run.offset + i * run.size;
            let place = &mut out[start..start + run.size];
            one(py, run, value, place, layout.big_endian)?;
        }
    }
    Ok(out)
}

fn one(py: Py, run: &Run, value: &Value, place: &mut [u8], big: bool) -> PyResult<()> {
    match run.kind {
        Kind::Pad => {}
        Kind::Signed | Kind::Unsigned => {
            if let Some(i) = value.as_small_int()
                && fits(i128::from(i), run)
            {
                put(place, i as u64, big);
                return Ok(());
            }
            let wide = integer(py, value)?;
            match wide.filter(|&w| fits(w, run)) {
                Some(wide) => put(place, wide as u64, big),
                None => return out_of_range(py, run),
            }
        }
        Kind::Pointer => match integer(py, value)? {
            Some(wide) if (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&wide) => {
                put(place, wide as u64, big);
            }
            _ => return error(py, "int too large to convert"),
        },
        Kind::Bool => place[0] = u8::from(protocol::truth(py, value)?),
        Kind::Char => match value
            .downcast::<krait_object::Bytes>()
            .map(|b| b.as_slice())
        {
            Some(&[byte]) => place[0] = byte,
            _ => return error(py, "char format requires a bytes object of length 1"),
        },
        Kind::Bytes | Kind::Pascal => string(py, run, value, place)?,
        _ => floating(py, run, value, place, big)?,
    }
    Ok(())
}

fn fits(value: i128, run: &Run) -> bool {
    let bits = 8 * run.size as u32;
    match run.kind {
        Kind::Signed => (-(1i128 << (bits - 1))..1i128 << (bits - 1)).contains(&value),
        _ => (0..1i128 << bits).contains(&value),
    }
}

#[cold]
fn out_of_range(py: Py, run: &Run) -> PyResult<()> {
    let bits = 8 * run.size as u32;
    let (low, high) = match run.kind {
        Kind::Signed => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
        _ => (0, (1i128 << bits) - 1),
    };
    error(
        py,
        &format!(
            "'{}' format requires {low} <= number <= {high}",
            run.letter as char
        ),
    )
}

/// An integer argument; nothing where it is very large.
fn integer(py: Py, value: &Value) -> PyResult<Option<i128>> {
    if let Some(i) = value.as_small_int() {
        return Ok(Some(i128::from(i)));
    }
    if let Some(int) = value.downcast::<Int>() {
        return Ok(int.to_i128());
    }
    if !number::is_index(value) {
        return error(py, "required argument is not an integer");
    }
    number::index_to_i128(py, value)
}

/// Writes the low bytes.
#[inline(always)]
fn put(place: &mut [u8], value: u64, big: bool) {
    let bytes = value.to_le_bytes();
    let count = place.len().min(8);
    place[..count].copy_from_slice(&bytes[..count]);
    if big {
        place.reverse();
    }
}

fn string(py: Py, run: &Run, value: &Value, place: &mut [u8]) -> PyResult<()> {
    let plain = value
        .downcast::<krait_object::Bytes>()
        .map(|b| b.as_slice());
    let other = if plain.is_none() {
        bytes_of(value)
    } else {
        None
    };
    let Some(given) = plain.or(other.as_deref()) else {
        return error(
            py,
            &format!(
                "argument for '{}' must be a bytes object",
                run.letter as char
            ),
        );
    };
    if run.kind == Kind::Bytes {
        let count = given.len().min(place.len());
        place[..count].copy_from_slice(&given[..count]);
    } else if let Some((length, rest)) = place.split_first_mut() {
        let count = given.len().min(rest.len());
        rest[..count].copy_from_slice(&given[..count]);
        *length = count.min(255) as u8;
    }
    Ok(())
}

/// A float argument; whatever keeps it from being one, `struct.error` tells.
fn float(py: Py, value: &Value) -> PyResult<f64> {
    match number::to_f64(py, value) {
        Ok(x) => Ok(x),
        Err(_) => {
            py.thread().take_exception();
            error(py, "required argument is not a float")
        }
    }
}

fn floating(py: Py, run: &Run, value: &Value, place: &mut [u8], big: bool) -> PyResult<()> {
    match run.kind {
        Kind::Half => match half::from_f64(float(py, value)?) {
            Some(bits) => put(place, u64::from(bits), big),
            None => return raise!(py, OverflowError, "float too large to pack with e format"),
        },
        Kind::Float => put(place, u64::from(single(py, float(py, value)?)?), big),
        Kind::Double => put(place, float(py, value)?.to_bits(), big),
        _ => {
            let (real, imag) = match complex::of_value(py, value) {
                Ok(parts) => parts,
                Err(raised) => {
                    if errors::take_if(py, &exceptions::TypeError).is_none() {
                        return Err(raised);
                    }
                    return error(py, "required argument is not a complex");
                }
            };
            let half = place.len() / 2;
            let (first, second) = place.split_at_mut(half);
            for (place, part) in [(first, real), (second, imag)] {
                let bits = if run.kind == Kind::ComplexFloat {
                    u64::from(single(py, part)?)
                } else {
                    part.to_bits()
                };
                put(place, bits, big);
            }
        }
    }
    Ok(())
}

/// The bits of the nearest single-precision float.
fn single(py: Py, x: f64) -> PyResult<u32> {
    let narrow = x as f32;
    if narrow.is_infinite() && x.is_finite() {
        return raise!(py, OverflowError, "float too large to pack with f format");
    }
    Ok(narrow.to_bits())
}

/// Packs into a buffer.
pub(super) fn into(
    py: Py,
    layout: &Description,
    buffer: &Value,
    offset: &Value,
    values: &[Value],
) -> PyResult<()> {
    if values.len() != layout.values {
        let (wanted, given) = (layout.values, values.len());
        return error(
            py,
            &format!("pack_into expected {wanted} items for packing (got {given})"),
        );
    }
    let offset = number::to_index(py, offset, &exceptions::IndexError)?;
    let start = {
        let target = writable(py, buffer)?;
        place(py, layout.size, target.len(), offset)?
    };
    let packed = pack(py, layout, values, "pack_into")?;
    // The values' own code may have changed the buffer: it is asked for again.
    let target = writable(py, buffer)?;
    if let Some(place) = target
        .as_mut_slice()
        .and_then(|t| t.get_mut(start..start + packed.len()))
    {
        place.copy_from_slice(&packed);
    }
    Ok(())
}

fn writable(py: Py, buffer: &Value) -> PyResult<Buffer> {
    match Buffer::writable(py, buffer) {
        Ok(target) => Ok(target),
        Err(_) => {
            py.thread().take_exception();
            let name = buffer.ty().name();
            raise!(
                py,
                TypeError,
                "argument must be read-write bytes-like object, not {name}"
            )
        }
    }
}

/// Where to write in a buffer of a length.
fn place(py: Py, size: usize, len: usize, offset: isize) -> PyResult<usize> {
    let from_end = offset.unsigned_abs();
    if offset < 0 {
        if from_end < size {
            return error(
                py,
                &format!("no space to pack {size} bytes at offset {offset}"),
            );
        }
        if from_end > len {
            return error(
                py,
                &format!("offset {offset} out of range for {len}-byte buffer"),
            );
        }
        return Ok(len - from_end);
    }
    let start = offset as usize;
    if len.checked_sub(start).is_none_or(|room| room < size) {
        let least = start.saturating_add(size);
        return error(
            py,
            &format!(
                "pack_into requires a buffer of at least {least} bytes for packing {size} bytes at offset {start} (actual buffer size is {len})"
            ),
        );
    }
    Ok(start)
}
