//! `ZstdDict`, and what a `zstd_dict` argument may be.

use std::sync::Arc;

use krait_object::native::TypeBuilder;
use krait_object::types::bytes::BytesLike;
use krait_object::{
    Bytes, Class, Instance, Layout, Owned, Py, PyResult, Tuple, Type, Value, class_cell, raise,
};
use krait_sys::zstd::{Dictionary, Load, LoadError};

use super::{ERROR, fail, parameters};

const DOC: &str = "Represents a Zstandard dictionary.\n\n  dict_content\n    \
    The content of a Zstandard dictionary as a bytes-like object.\n  is_raw\n    \
    If true, perform no checks on *dict_content*, useful for some\n    \
    advanced cases. Otherwise, check that the content represents\n    \
    a Zstandard dictionary created by the zstd library or CLI.\n\n\
    The dictionary can be used for compression or decompression, and can be\n\
    shared by multiple ZstdCompressor or ZstdDecompressor objects.";

/// `compression.zstd.ZstdDict`.
pub struct ZstdDict(Arc<Dictionary>);

type This = Instance<ZstdDict>;

fn new(
    py: Py,
    class: &Type,
    content: BytesLike<'_>,
    is_raw: Option<bool>,
) -> PyResult<Owned<This>> {
    if content.len() < 8 {
        return raise!(
            py,
            ValueError,
            "Zstandard dictionary content too short (must have at least eight bytes)"
        );
    }
    let dictionary = Dictionary::new(&content);
    if !is_raw.unwrap_or(false) && dictionary.id() == 0 {
        return raise!(py, ValueError, "invalid Zstandard dictionary");
    }
    Instance::new_in(py, class, ZstdDict(dictionary))
}

/// The dictionary with a number that says how to load it.
fn with_kind(this: &This, kind: i64) -> Owned<Tuple> {
    Tuple::from_values([Value::from(this.to_owned()), Value::int(kind)])
}

impl Class for ZstdDict {
    const NAME: &'static str = "compression.zstd.ZstdDict";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.doc(DOC)
            .new_with("ZstdDict(dict_content, /, *, is_raw=False)", new)
            .repr(|_py, this: &This| {
                let (id, size) = (this.0.id(), this.0.content().len());
                format!("<ZstdDict dict_id={id} dict_size={size}>")
            })
            .len(|_py, this: &This| Ok(this.0.content().len()))
            .getter("dict_id", |_py, this: &This| this.0.id())
            .getter("dict_content", |_py, this: &This| {
                Bytes::new(this.0.content())
            })
            .getter("as_digested_dict", |_py, this: &This| with_kind(this, 0))
            .getter("as_undigested_dict", |_py, this: &This| with_kind(this, 1))
            .getter("as_prefix", |_py, this: &This| with_kind(this, 2));
    }
}

/// The dictionary of a `zstd_dict` argument, and how to load it where that is said.
pub fn of(py: Py, argument: &Value) -> PyResult<(Arc<Dictionary>, Option<Load>)> {
    if let Some(dict) = argument.downcast::<This>() {
        return Ok((dict.0.clone(), None));
    }
    if let Some(pair) = argument.downcast_exact::<Tuple>().filter(|t| t.len() == 2)
        && let [dict, kind] = pair.as_values()
        && let Some(dict) = dict.downcast::<This>()
    {
        let known = match krait_object::protocol::number::is_index(kind) {
            true => Some(parameters::int(py, kind)?),
            false => None,
        };
        let kind = match known {
            Some(0) => Some(Load::Digested),
            Some(1) => Some(Load::Undigested),
            Some(2) => Some(Load::Prefix),
            _ => None,
        };
        if kind.is_some() {
            return Ok((dict.0.clone(), kind));
        }
    }
    raise!(
        py,
        TypeError,
        "zstd_dict argument should be a ZstdDict object."
    )
}

/// Raises what a failed load means.
#[cold]
pub fn not_loaded<T>(py: Py, error: &LoadError, class: &str, purpose: &str) -> PyResult<T> {
    match error {
        LoadError::NotDigested => {
            let text =
                format!("Failed to create a {class} instance from Zstandard dictionary content.");
            ERROR.raise(py, &text)
        }
        LoadError::Code(code) => {
            let doing = format!("load Zstandard dictionary or prefix for {purpose}");
            fail(py, &doing, *code)
        }
    }
}
