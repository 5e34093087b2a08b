//! Parameters of compressors and decompressors: their names, and dicts of them.

use krait_object::native::FromArg;
use krait_object::native::arg::At;
use krait_object::{Dict, Owned, Py, PyResult, Value, raise};
use krait_sys::zstd::{self, Compressor, Decompressor};

use super::PARAMETER_TYPES;

/// The constant in the module, the name in error texts, and the number.
type Parameter = (&'static str, &'static str, i32);

pub const LEVEL: i32 = 100;
pub const WORKERS: i32 = 400;

pub const COMPRESSION: &[Parameter] = &[
    ("ZSTD_c_compressionLevel", "compression_level", LEVEL),
    ("ZSTD_c_windowLog", "window_log", 101),
    ("ZSTD_c_hashLog", "hash_log", 102),
    ("ZSTD_c_chainLog", "chain_log", 103),
    ("ZSTD_c_searchLog", "search_log", 104),
    ("ZSTD_c_minMatch", "min_match", 105),
    ("ZSTD_c_targetLength", "target_length", 106),
    ("ZSTD_c_strategy", "strategy", 107),
    (
        "ZSTD_c_enableLongDistanceMatching",
        "enable_long_distance_matching",
        160,
    ),
    ("ZSTD_c_ldmHashLog", "ldm_hash_log", 161),
    ("ZSTD_c_ldmMinMatch", "ldm_min_match", 162),
    ("ZSTD_c_ldmBucketSizeLog", "ldm_bucket_size_log", 163),
    ("ZSTD_c_ldmHashRateLog", "ldm_hash_rate_log", 164),
    ("ZSTD_c_contentSizeFlag", "content_size_flag", 200),
    ("ZSTD_c_checksumFlag", "checksum_flag", 201),
    ("ZSTD_c_dictIDFlag", "dict_id_flag", 202),
    ("ZSTD_c_nbWorkers", "nb_workers", WORKERS),
    ("ZSTD_c_jobSize", "job_size", 401),
    ("ZSTD_c_overlapLog", "overlap_log", 402),
];
pub const DECOMPRESSION: &[Parameter] = &[("ZSTD_d_windowLogMax", "window_log_max", 100)];

/// A C `int`.
pub fn int(py: Py, value: &Value) -> PyResult<i32> {
    if let Some(small) = value.as_small_int()
        && let Ok(number) = i32::try_from(small)
    {
        return Ok(number);
    }
    let wide = krait_object::protocol::number::index_to_i128(py, value)?;
    match wide.and_then(|wide| i32::try_from(wide).ok()) {
        Some(number) => Ok(number),
        None => raise!(
            py,
            OverflowError,
            "Python int too large to convert to C int"
        ),
    }
}

/// An `options` argument: a dict or none.
pub struct Options(pub Owned<Dict>);

impl FromArg for Options {
    type Item<'a> = Options;

    fn from_arg(py: Py, value: &Value, at: At) -> PyResult<Options> {
        match value.to_object().downcast_owned::<Dict>() {
            Ok(dict) => Ok(Options(dict)),
            Err(_) => at.mismatch(py, "dict", value),
        }
    }
}

/// Whether the key is of the enumeration for the other direction.
fn is_foreign(py: Py, key: &Value, other: usize) -> bool {
    match &*PARAMETER_TYPES.get(py).borrow() {
        Some(types) => key.ty().is(&types[other]),
        None => false,
    }
}

#[cold]
fn refuse<T>(
    py: Py,
    list: &[Parameter],
    kind: &str,
    (key, value): (i32, i32),
    bounds: Result<(i32, i32), zstd::Code>,
) -> PyResult<T> {
    let known = list.iter().find(|p| p.2 == key).map(|p| p.1.to_string());
    let name = known.unwrap_or_else(|| format!("unknown parameter (key {key})"));
    match bounds {
        Ok((low, high)) => raise!(
            py,
            ValueError,
            "{kind} parameter '{name}' received an illegal value {value}; \
             the valid range is [{low}, {high}]"
        ),
        Err(_) => raise!(py, ValueError, "invalid {kind} parameter '{name}'"),
    }
}

/// Sets a compression level.
pub fn set_level(py: Py, context: &mut Compressor, level: i32) -> PyResult<()> {
    let (low, high) = zstd::compression_bounds(LEVEL).unwrap_or((0, 0));
    if !(low..=high).contains(&level) {
        return raise!(
            py,
            ValueError,
            "illegal compression level {level}; the valid range is [{low}, {high}]"
        );
    }
    context
        .set(LEVEL, level)
        .or_else(|code| super::fail(py, "set compression level", code))
}

/// What a compressor must know of its options.
#[derive(Default)]
pub struct Settings {
    pub level: i32,
    pub threads: bool,
}

pub fn set_compression(
    py: Py,
    context: &mut Compressor,
    options: &Dict,
    settings: &mut Settings,
) -> PyResult<()> {
    for (key, value) in options.to_vec() {
        if is_foreign(py, &key, 1) {
            return raise!(
                py,
                TypeError,
                "compression options dictionary key must not be a DecompressionParameter attribute"
            );
        }
        let (key, value) = (int(py, &key)?, int(py, &value)?);
        if key == LEVEL {
            set_level(py, context, value)?;
            settings.level = value;
            continue;
        }
        settings.threads |= key == WORKERS && value != 0;
        if context.set(key, value).is_err() {
            let bounds = zstd::compression_bounds(key);
            return refuse(py, COMPRESSION, "compression", (key, value), bounds);
        }
    }
    Ok(())
}

pub fn set_decompression(py: Py, context: &mut Decompressor, options: &Dict) -> PyResult<()> {
    for (key, value) in options.to_vec() {
        if is_foreign(py, &key, 0) {
            return raise!(
                py,
                TypeError,
                "decompression options dictionary key must not be a CompressionParameter attribute"
            );
        }
        let (key, value) = (int(py, &key)?, int(py, &value)?);
        if context.set(key, value).is_err() {
            let bounds = zstd::decompression_bounds(key);
            return refuse(py, DECOMPRESSION, "decompression", (key, value), bounds);
        }
    }
    Ok(())
}
