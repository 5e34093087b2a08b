//! Making dictionaries from samples.

use krait_object::types::bytes_builder::BytesBuilder;
use krait_object::{
    Bytes, Int, Owned, Py, PyResult, Tuple, Value, errors, exceptions, protocol, raise,
};
use krait_sys::zstd;

use super::fail;

pub const TRAIN_DOC: &str = "Train a Zstandard dictionary on sample data.\n\n  samples_bytes\n    \
    Concatenation of samples.\n  samples_sizes\n    Tuple of samples' sizes.\n  dict_size\n    \
    The size of the dictionary.";
pub const FINALIZE_DOC: &str = "Finalize a Zstandard dictionary.\n\n  custom_dict_bytes\n    \
    Custom dictionary content.\n  samples_bytes\n    Concatenation of samples.\n  samples_sizes\n    \
    Tuple of samples' sizes.\n  dict_size\n    The size of the dictionary.\n  compression_level\n    \
    Optimize for a specific Zstandard compression level, 0 means default.";

/// The sizes of the samples, which must be that of all together; an output buffer.
fn prepare(
    py: Py,
    samples: &Bytes,
    sizes: &Tuple,
    dict_size: isize,
) -> PyResult<(Vec<usize>, BytesBuilder)> {
    if dict_size <= 0 {
        return raise!(
            py,
            ValueError,
            "dict_size argument should be positive number."
        );
    }
    if u32::try_from(sizes.len()).is_err() {
        return raise!(
            py,
            ValueError,
            "The number of samples should be <= {}.",
            u32::MAX
        );
    }
    let (mut numbers, mut sum) = (Vec::with_capacity(sizes.len()), 0usize);
    for size in sizes.as_values() {
        numbers.push(size_of_sample(py, size)?);
        sum = sum.wrapping_add(numbers[numbers.len() - 1]);
    }
    let sane = numbers.iter().all(|&n| n <= samples.len());
    if sum != samples.len() || !sane {
        return raise!(
            py,
            ValueError,
            "The samples size tuple doesn't match the concatenation's size."
        );
    }
    let mut out = BytesBuilder::with_capacity(dict_size as usize)?;
    out.resize(dict_size as usize)?;
    Ok((numbers, out))
}

/// A `size_t`; negative numbers fit nothing and are refused with the sum.
fn size_of_sample(py: Py, size: &Value) -> PyResult<usize> {
    if size.as_small_int().is_none() && size.downcast::<Int>().is_none() {
        return raise!(py, TypeError, "an integer is required");
    }
    let wide = protocol::number::index_to_i128(py, size);
    let wide = errors::suppress(py, wide, &exceptions::OverflowError)?.flatten();
    Ok(wide
        .and_then(|wide| usize::try_from(wide).ok())
        .unwrap_or(usize::MAX))
}

pub fn train(py: Py, samples: &Bytes, sizes: &Tuple, dict_size: isize) -> PyResult<Owned<Bytes>> {
    let (sizes, mut out) = prepare(py, samples, sizes, dict_size)?;
    let (samples, room) = (samples.as_slice(), out.as_mut_slice());
    match py.allow_threads(|| zstd::train(samples, &sizes, room)) {
        Ok(len) => out.truncate(len),
        Err(code) => return fail(py, "train the Zstandard dictionary", code),
    }
    Ok(out.finish())
}

pub fn finalize(
    py: Py,
    content: &Bytes,
    samples: &Bytes,
    sizes: &Tuple,
    dict_size: isize,
    level: i32,
) -> PyResult<Owned<Bytes>> {
    let (sizes, mut out) = prepare(py, samples, sizes, dict_size)?;
    let (content, samples, room) = (content.as_slice(), samples.as_slice(), out.as_mut_slice());
    match py.allow_threads(|| zstd::finalize(content, samples, &sizes, level, room)) {
        Ok(len) => out.truncate(len),
        Err(code) => return fail(py, "finalize the Zstandard dictionary", code),
    }
    Ok(out.finish())
}
