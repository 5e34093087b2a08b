//! `MultibyteCodec`: an encoding as an object, and what its users share.

use krait_object::native::TypeBuilder;
use krait_object::types::bytes::BytesLike;
use krait_object::{
    Bytes, Class, Instance, Object, Owned, Py, PyResult, Str, Type, Value, class_cell, hooks,
    intern, protocol, raise,
};

use super::decode::decode_all;
use super::encode::encode_all;
use super::engine::Engine;

/// An encoding by name.
pub struct Codec {
    pub name: &'static str,
    pub engine: Engine,
}

/// `_multibytecodec.MultibyteCodec`.
pub struct MultibyteCodec(pub &'static Codec);

/// The error handler of a name.
pub fn lookup_handler(py: Py, name: &str) -> PyResult {
    let codecs = hooks::import_module(py, "_codecs")?;
    let lookup = protocol::get_attr(py, &codecs, intern!("lookup_error"))?;
    protocol::call(py, &lookup, &[Value::from(Str::new(name))])
}

/// A text to encode: a `str`, or what `str()` makes of something else.
pub fn text_of(py: Py, value: &Value) -> PyResult<Owned<Str>> {
    match value.downcast::<Str>() {
        Some(text) => Ok(text.to_owned_str()),
        None => protocol::str(py, value),
    }
}

fn encode(
    py: Py,
    this: &Instance<MultibyteCodec>,
    input: &Value,
    errors: Option<String>,
) -> PyResult<(Vec<u8>, usize)> {
    let text = text_of(py, input)?;
    let handler = errors.as_deref().unwrap_or("strict");
    let mut state = this.0.engine.encoder_state();
    let mut out = encode_all(py, this.0, &mut state, &text, handler)?;
    this.0.engine.reset(&mut state, &mut out);
    Ok((out, text.len()))
}

fn decode(
    py: Py,
    this: &Instance<MultibyteCodec>,
    input: BytesLike<'_>,
    errors: Option<String>,
) -> PyResult<(Owned<Str>, usize)> {
    let handler = errors.as_deref().unwrap_or("strict");
    let mut out = Vec::with_capacity(input.len());
    decode_all(
        py,
        this.0,
        &mut this.0.engine.decoder_state(),
        &input,
        handler,
        true,
        &mut out,
    )?;
    Ok((Str::from_u32(&out), input.len()))
}

impl Class for MultibyteCodec {
    const NAME: &'static str = "_multibytecodec.MultibyteCodec";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor()
            .method_doc(
                "encode($self, /, input, errors=None)",
                "Return an encoded string version of 'input'.\n\n\
                 'errors' may be given to set a different error handling scheme. Default is\n\
                 'strict' meaning that encoding errors raise a UnicodeEncodeError. Other possible\n\
                 values are 'ignore', 'replace' and 'xmlcharrefreplace' as well as any other name\n\
                 registered with codecs.register_error that can handle UnicodeEncodeErrors.",
                encode,
            )
            .method_doc(
                "decode($self, /, input, errors=None)",
                "Decodes 'input'.\n\n\
                 'errors' may be given to set a different error handling scheme. Default is\n\
                 'strict' meaning that encoding errors raise a UnicodeDecodeError. Other possible\n\
                 values are 'ignore' and 'replace' as well as any other name registered with\n\
                 codecs.register_error that is able to handle UnicodeDecodeErrors.\"",
                decode,
            );
    }
}

/// The codec that a class says it is for.
pub fn codec_of(py: Py, class: &Type) -> PyResult<&'static Codec> {
    let class = Value::from(krait_object::Layout::to_owned(class));
    let codec = protocol::get_attr(py, &class, intern!("codec"))?;
    match codec.downcast::<Instance<MultibyteCodec>>() {
        Some(codec) => Ok(codec.0),
        None => raise!(py, TypeError, "codec is unexpected type"),
    }
}

/// The `errors` attribute's new value.
pub fn errors_value(py: Py, value: Option<&Object>) -> PyResult<String> {
    let Some(value) = value else {
        return raise!(py, AttributeError, "cannot delete attribute");
    };
    match value.downcast::<Str>() {
        Some(name) => name.to_utf8(py).map(|name| name.into_owned()),
        None => raise!(py, TypeError, "errors must be a string"),
    }
}

/// Bytes as an object.
pub fn bytes(data: &[u8]) -> Value {
    Value::from(Bytes::new(data))
}
