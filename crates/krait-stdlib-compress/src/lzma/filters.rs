//! Filter specifiers: dicts that name a filter and its options.

use krait_object::types::bytes::BytesLike;
use krait_object::{
    Dict, Int, Owned, Py, PyResult, Str, Value, errors, exceptions, intern, protocol, raise,
};
use krait_sys::lzma::{self, Filter, LzmaField, LzmaOptions, Options};

use super::{ERROR, PRESET_DEFAULT, fail};

pub const LZMA1: u64 = 0x4000_0000_0000_0001;
pub const LZMA2: u64 = 0x21;
pub const DELTA: u64 = 3;

pub const PROPERTIES_DOC: &str = "Return a bytes object encoding the options (properties) of the filter specified by *filter* \
     (a dict).\n\nThe result does not include the filter ID itself, only the options.";

/// The filters of machine code: x86, PowerPC, IA-64, ARM, ARM Thumb, SPARC.
fn is_branch(id: u64) -> bool {
    (4..=9).contains(&id)
}

/// An unsigned integer of a C type.
pub fn unsigned(py: Py, value: &Value, c_type: &str) -> PyResult<u64> {
    let index = protocol::number::index(py, value)?;
    let wide = protocol::number::index_to_i128(py, &index)?;
    let negative = match wide {
        Some(wide) => wide < 0,
        None => index.downcast::<Int>().is_some_and(Int::is_negative),
    };
    if negative {
        return raise!(py, ValueError, "Cannot convert negative int");
    }
    let highest = if c_type == "uint32_t" {
        u64::from(u32::MAX)
    } else {
        u64::MAX
    };
    let number = wide.and_then(|wide| u64::try_from(wide).ok());
    match number.filter(|&n| n <= highest) {
        Some(number) => Ok(number),
        None => raise!(py, OverflowError, "Python int too large for C {c_type}"),
    }
}

/// The options of an LZMA preset, or LZMAError.
pub fn preset(py: Py, preset: u32) -> PyResult<LzmaOptions> {
    match LzmaOptions::preset(preset) {
        Some(options) => Ok(options),
        None => ERROR.raise(py, &format!("Invalid compression preset: {preset}")),
    }
}

/// An entry of a specifier, where it has one.
fn entry(py: Py, specifier: &Value, key: &str) -> PyResult<Option<Value>> {
    let key = Value::from(Str::intern(key));
    if let Some(dict) = specifier.downcast_exact::<Dict>() {
        return dict.get(py, &key);
    }
    let found = protocol::get_item(py, specifier, &key);
    errors::suppress(py, found, &exceptions::KeyError)
}

/// The options of a specifier as pairs; fails for keys that the filter does not have.
fn options(py: Py, specifier: &Value, known: &[&str], what: &str) -> PyResult<Vec<(usize, u32)>> {
    let invalid = || raise!(py, ValueError, "Invalid filter specifier for {what} filter");
    let Some(dict) = specifier.downcast::<Dict>() else {
        return invalid();
    };
    let mut found = Vec::new();
    for (key, value) in dict.to_vec() {
        let Some(name) = key.downcast::<Str>() else {
            return invalid();
        };
        if name.eq_str("id") || name.eq_str("preset") && what == "LZMA" {
            continue;
        }
        let Some(index) = known.iter().position(|k| name.eq_str(k)) else {
            return invalid();
        };
        match unsigned(py, &value, "uint32_t") {
            Ok(number) => found.push((index, number as u32)),
            Err(_) => {
                drop(py.thread().take_exception());
                return invalid();
            }
        }
    }
    Ok(found)
}

const LZMA_FIELDS: [(&str, LzmaField); 8] = [
    ("dict_size", LzmaField::DictSize),
    ("lc", LzmaField::Lc),
    ("lp", LzmaField::Lp),
    ("pb", LzmaField::Pb),
    ("mode", LzmaField::Mode),
    ("nice_len", LzmaField::NiceLen),
    ("mf", LzmaField::Mf),
    ("depth", LzmaField::Depth),
];

fn lzma_options(py: Py, specifier: &Value) -> PyResult<Options> {
    let number = match entry(py, specifier, "preset")? {
        Some(value) => unsigned(py, &value, "uint32_t")? as u32,
        None => PRESET_DEFAULT,
    };
    let mut filled = preset(py, number)?;
    let known = LZMA_FIELDS.map(|(name, _)| name);
    for (index, value) in options(py, specifier, &known, "LZMA")? {
        filled.set(LZMA_FIELDS[index].1, value);
    }
    Ok(Options::Lzma(filled))
}

/// The filter of a specifier.
fn parse(py: Py, specifier: &Value) -> PyResult<Filter> {
    if protocol::attr::lookup_attr(py, specifier, intern!("__getitem__"))?.is_none() {
        return raise!(
            py,
            TypeError,
            "Filter specifier must be a dict or dict-like object"
        );
    }
    let Some(id) = entry(py, specifier, "id")? else {
        return raise!(py, ValueError, "Filter specifier must have an \"id\" entry");
    };
    let id = unsigned(py, &id, "lzma_vli")?;
    let options = match id {
        LZMA1 | LZMA2 => lzma_options(py, specifier)?,
        DELTA => {
            let given = options(py, specifier, &["dist"], "delta")?;
            Options::Delta(given.last().map_or(1, |o| o.1))
        }
        id if is_branch(id) => {
            let given = options(py, specifier, &["start_offset"], "BCJ")?;
            Options::Branch(given.last().map_or(0, |o| o.1))
        }
        _ => return raise!(py, ValueError, "Invalid filter ID: {id}"),
    };
    Ok(Filter { id, options })
}

/// A chain of filters from a sequence of specifiers.
pub fn chain(py: Py, specifiers: &Value) -> PyResult<Vec<Filter>> {
    let length = protocol::length(py, specifiers)?;
    if specifiers.downcast::<Dict>().is_some() {
        return raise!(py, TypeError, "dict is not a sequence");
    }
    if length > lzma::FILTERS_MAX {
        return raise!(
            py,
            ValueError,
            "Too many filters - liblzma supports a maximum of {}",
            lzma::FILTERS_MAX
        );
    }
    (0..length)
        .map(|i| {
            let specifier = protocol::get_item(py, specifiers, &Value::int(i as i64))?;
            parse(py, &specifier)
        })
        .collect()
}

pub fn encode_properties(py: Py, filter: &Value) -> PyResult<Vec<u8>> {
    let filter = parse(py, filter)?;
    lzma::encode_properties(&filter).or_else(|status| fail(py, status))
}

pub fn decode_properties(py: Py, id: &Value, properties: BytesLike<'_>) -> PyResult<Owned<Dict>> {
    let id = unsigned(py, id, "lzma_vli")?;
    let options = match lzma::decode_properties(id, &properties) {
        Ok(options) => options,
        Err(status) => return fail(py, status),
    };
    let dict = Dict::new();
    let set = |name: &str, value: u64| {
        let value = match i64::try_from(value) {
            Ok(value) => Value::int(value),
            Err(_) => Value::from(Int::from_i128(value.into())),
        };
        dict.set_value(py, &Value::from(Str::intern(name)), value)
    };
    set("id", id)?;
    match (id, options) {
        (LZMA1, Options::Lzma(options)) => {
            for (name, field) in &LZMA_FIELDS[..4] {
                set(name, options.get(*field).into())?;
            }
        }
        (LZMA2, Options::Lzma(options)) => {
            set("dict_size", options.get(LzmaField::DictSize).into())?;
        }
        (DELTA, Options::Delta(dist)) => set("dist", dist.into())?,
        (id, Options::Branch(offset)) if is_branch(id) => set("start_offset", offset.into())?,
        (id, Options::Default) if is_branch(id) => {}
        _ => return raise!(py, ValueError, "Invalid filter ID: {id}"),
    }
    Ok(dict)
}
