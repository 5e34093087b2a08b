//! Codecs by mapping: `charmap_decode`, `charmap_encode`, `charmap_build`.

use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::types::bytes::BytesLike;
use krait_object::{
    Bytes, Dict, ModuleBuilder, Py, PyResult, Str, StrBuilder, Tuple, Value, class_cell, protocol,
    raise,
};
use krait_text::TextWriter;
use krait_text::codecs::{self, EncodingMap, Mapping};

use super::errors::{decoded_pair, decoding, encoding};
use super::native::Native;
use super::registry::missing_entry;
use super::unicode::policy_name;

/// The inverse of a decoding table.
pub struct EncodingMapObject {
    map: EncodingMap,
}

impl Class for EncodingMapObject {
    const NAME: &'static str = "EncodingMap";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor()
            .method("size($self, /)", |_py, _this: &Instance<Self>| {
                size_of::<EncodingMap>()
            });
    }
}

fn charmap_build(py: Py, table: &Str) -> PyResult {
    let chars = table.chars();
    let length = chars.len().min(256);
    let plain = chars.len() >= 256
        && chars.at(0) == 0
        && (1..256).all(|i| !matches!(chars.at(i), 0 | 0x1_0000..));
    if plain {
        let map = EncodingMap::new(chars.slice(0, 256));
        return Ok(Value::from(Instance::new(py, EncodingMapObject { map })));
    }
    let dict = Dict::new();
    for i in 0..length {
        dict.set_value(py, &Value::int(chars.at(i).into()), Value::int(i as i64))?;
    }
    Ok(Value::from(dict))
}

/// Writes what a byte becomes by a mapping.
fn push_mapped(py: Py, mapping: &Value, byte: u8, out: &mut StrBuilder) -> PyResult<Mapping<()>> {
    let found = protocol::get_item(py, mapping, &Value::int(byte.into()));
    let Some(found) = missing_entry(py, found)?.filter(|f| !f.is_none()) else {
        return Ok(Mapping::Undefined);
    };
    if let Some(text) = found.downcast::<Str>() {
        let chars = text.chars();
        if chars.len() == 1 && chars.at(0) == 0xFFFE {
            return Ok(Mapping::Undefined);
        }
        out.push_text(text);
        return Ok(Mapping::To(()));
    }
    if !protocol::is_a::<krait_object::Int>(&found) && found.as_small_int().is_none() {
        return raise!(
            py,
            TypeError,
            "character mapping must return integer, None or str"
        );
    }
    match protocol::number::int_of(&found).and_then(|code| u32::try_from(code).ok()) {
        Some(0xFFFE) => Ok(Mapping::Undefined),
        Some(code) if code <= 0x10_FFFF => {
            out.push(code);
            Ok(Mapping::To(()))
        }
        _ => raise!(
            py,
            TypeError,
            "character mapping must be in range(0x110000)"
        ),
    }
}

/// What a mapping says about a character.
fn bytes_for(py: Py, mapping: &Value, code: u32) -> PyResult<Mapping<Vec<u8>>> {
    let found = protocol::get_item(py, mapping, &Value::int(code.into()));
    let Some(found) = missing_entry(py, found)?.filter(|f| !f.is_none()) else {
        return Ok(Mapping::Undefined);
    };
    if let Some(bytes) = found.downcast::<Bytes>() {
        return Ok(Mapping::To(bytes.as_slice().to_vec()));
    }
    if !protocol::is_a::<krait_object::Int>(&found) && found.as_small_int().is_none() {
        let got = found.ty().name();
        return raise!(
            py,
            TypeError,
            "character mapping must return integer, bytes or None, not {got}"
        );
    }
    match protocol::number::int_of(&found).and_then(|code| u8::try_from(code).ok()) {
        Some(byte) => Ok(Mapping::To(vec![byte])),
        None => raise!(py, TypeError, "character mapping must be in range(256)"),
    }
}

fn charmap_decode(
    py: Py,
    data: BytesLike<'_>,
    errors: Option<&Str>,
    mapping: Option<&Value>,
) -> PyResult {
    let policy = policy_name(errors);
    let Some(mapping) = mapping else {
        let decoded = Native::Latin1.decode(py, &data, policy.as_deref(), true)?;
        return Ok(decoded_pair(decoded.text, decoded.used));
    };
    let mut out = StrBuilder::with_capacity(data.len());
    match mapping.downcast_exact::<Str>() {
        Some(table) => decoding(py, "charmap", policy.as_deref(), &data, |part, handler| {
            codecs::decode_charmap(part, table.chars(), handler, &mut out)
        })?,
        None => decoding(py, "charmap", policy.as_deref(), &data, |part, handler| {
            let lookup = |byte, out: &mut StrBuilder| {
                push_mapped(py, mapping, byte, out).unwrap_or(Mapping::Fail)
            };
            codecs::decode_charmap_with(part, lookup, handler, &mut out)
        })?,
    };
    Ok(decoded_pair(out.finish(), data.len()))
}

fn charmap_encode(py: Py, text: &Str, errors: Option<&Str>, mapping: Option<&Value>) -> PyResult {
    let policy = policy_name(errors);
    let bytes = match mapping {
        None => Native::Latin1.encode(py, text, policy.as_deref())?,
        Some(mapping) => match mapping.downcast::<Instance<EncodingMapObject>>() {
            Some(map) => encoding(py, "charmap", policy.as_deref(), text, |chars, handler| {
                map.map.encode(chars, handler)
            })?,
            None => encoding(py, "charmap", policy.as_deref(), text, |chars, handler| {
                let lookup = |code| bytes_for(py, mapping, code).unwrap_or(Mapping::Fail);
                codecs::encode_charmap(chars, lookup, handler)
            })?,
        },
    };
    Ok(Value::from(Tuple::from_values([
        Value::from(bytes),
        Value::int(text.len() as i64),
    ])))
}

pub(super) fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function(
        "charmap_decode(data, errors=None, mapping=None, /)",
        charmap_decode,
    )?
    .function(
        "charmap_encode(str, errors=None, mapping=None, /)",
        charmap_encode,
    )?
    .function("charmap_build(map, /)", charmap_build)?;
    Ok(())
}
