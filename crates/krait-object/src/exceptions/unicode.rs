//! UnicodeEncodeError, UnicodeDecodeError, UnicodeTranslateError.
//!
//! `start` and `end` are kept as given; the texts only look at the object where they
//! lie within it.

use super::base;
use super::layout::{CodecError, slot_attribute};
use crate::native::{Args, KwArgs, TypeBuilder};
use crate::object::{Layout, Object, Owned};
use crate::protocol::{self, number};
use crate::py::{Py, PyResult};
use crate::types::buffer::Buffer;
use crate::types::bytes::Bytes;
use crate::types::str::{Str, StrBuilder};
use crate::value::Value;
use krait_text::TextWriter;

fn expect_count(py: Py, args: &[Value], count: usize) -> PyResult<()> {
    if args.len() == count {
        return Ok(());
    }
    crate::raise!(
        py,
        TypeError,
        "function takes exactly {count} arguments ({} given)",
        args.len()
    )
}

fn text_argument(py: Py, args: &[Value], index: usize) -> PyResult<Owned> {
    match args[index].downcast::<Str>() {
        Some(_) => Ok(args[index].to_object()),
        None => {
            let got = if args[index].is_none() {
                "None"
            } else {
                args[index].ty().name()
            };
            crate::raise!(
                py,
                TypeError,
                "argument {} must be str, not {got}",
                index + 1
            )
        }
    }
}

fn position(py: Py, value: &Value) -> PyResult<isize> {
    number::to_index(py, value, &super::OverflowError)
}

fn init_encode(py: Py, this: &CodecError, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    base::init(py, &this.base, args.0, kwargs)?;
    expect_count(py, args.0, 5)?;
    let (encoding, object) = (text_argument(py, args.0, 0)?, text_argument(py, args.0, 1)?);
    set_range(py, this, &args.0[2..4])?;
    let reason = text_argument(py, args.0, 4)?;
    this.encoding.set(Some(encoding));
    this.object.set(Some(object));
    this.reason.set(Some(reason));
    Ok(())
}

fn init_decode(py: Py, this: &CodecError, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    base::init(py, &this.base, args.0, kwargs)?;
    expect_count(py, args.0, 5)?;
    let encoding = text_argument(py, args.0, 0)?;
    set_range(py, this, &args.0[2..4])?;
    let reason = text_argument(py, args.0, 4)?;
    let object = match args.0[1].downcast::<Bytes>() {
        Some(bytes) => bytes.as_object().to_owned(),
        None => Bytes::new(Buffer::new(py, &args.0[1])?.as_slice()).upcast(),
    };
    this.encoding.set(Some(encoding));
    this.object.set(Some(object));
    this.reason.set(Some(reason));
    Ok(())
}

fn init_translate(py: Py, this: &CodecError, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    base::init(py, &this.base, args.0, kwargs)?;
    expect_count(py, args.0, 4)?;
    let object = text_argument(py, args.0, 0)?;
    set_range(py, this, &args.0[1..3])?;
    let reason = text_argument(py, args.0, 3)?;
    this.object.set(Some(object));
    this.reason.set(Some(reason));
    Ok(())
}

fn set_range(py: Py, this: &CodecError, range: &[Value]) -> PyResult<()> {
    let (start, end) = (position(py, &range[0])?, position(py, &range[1])?);
    this.start.set(start);
    this.end.set(end);
    Ok(())
}

/// The one position that the error is about, where there is just one within the object.
fn single(this: &CodecError, len: usize) -> Option<usize> {
    let (start, end) = (this.start.get(), this.end.get());
    (start >= 0 && (start as usize) < len && end == start + 1 && end as usize <= len)
        .then_some(start as usize)
}

fn range_text(this: &CodecError) -> String {
    format!("{}-{}: ", this.start.get(), this.end.get().wrapping_sub(1))
}

/// A character as the texts show it.
fn escaped(code: u32) -> String {
    match code {
        0..0x100 => format!("\\x{code:02x}"),
        0x100..0x1_0000 => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    }
}

/// What the texts quote; asked for first, since it may change the object.
struct Quoted {
    encoding: Option<Owned<Str>>,
    reason: Owned<Str>,
}

impl Quoted {
    fn new(py: Py, this: &CodecError, codec: bool) -> PyResult<Quoted> {
        let reason = protocol::str(py, &this.reason.value())?;
        let encoding = match codec {
            true => Some(protocol::str(py, &this.encoding.value())?),
            false => None,
        };
        Ok(Quoted { encoding, reason })
    }

    fn compose(&self, middle: &str) -> Owned<Str> {
        let mut text = StrBuilder::new();
        if let Some(encoding) = &self.encoding {
            text.push_str("'");
            text.push_text(encoding);
            text.push_str("' codec ");
        }
        text.push_str(middle);
        text.push_text(&self.reason);
        text.finish()
    }
}

/// The object, which the error must have.
fn object(py: Py, this: &CodecError) -> PyResult<Owned> {
    match this.object.get() {
        Some(object) => Ok(object),
        None => crate::raise!(py, TypeError, "UnicodeError 'object' attribute is not set"),
    }
}

fn character_str(py: Py, this: &CodecError, codec: bool, verb: &str) -> PyResult<Owned<Str>> {
    if !this.object.is_set() {
        return Ok(Str::new(""));
    }
    let quoted = Quoted::new(py, this, codec)?;
    let object = object(py, this)?;
    let Some(object) = object.downcast::<Str>() else {
        return crate::raise!(
            py,
            TypeError,
            "UnicodeError 'object' attribute must be a string"
        );
    };
    let middle = match single(this, object.len()) {
        Some(at) => format!(
            "can't {verb} character '{}' in position {at}: ",
            escaped(object.chars().at(at))
        ),
        None => format!("can't {verb} characters in position {}", range_text(this)),
    };
    Ok(quoted.compose(&middle))
}

fn encode_str(py: Py, this: &CodecError) -> PyResult<Owned<Str>> {
    character_str(py, this, true, "encode")
}

fn translate_str(py: Py, this: &CodecError) -> PyResult<Owned<Str>> {
    character_str(py, this, false, "translate")
}

fn decode_str(py: Py, this: &CodecError) -> PyResult<Owned<Str>> {
    if !this.object.is_set() {
        return Ok(Str::new(""));
    }
    let quoted = Quoted::new(py, this, true)?;
    let object = object(py, this)?;
    let Some(bytes) = object.downcast::<Bytes>() else {
        return crate::raise!(
            py,
            TypeError,
            "UnicodeError 'object' attribute must be a bytes"
        );
    };
    let middle = match single(this, bytes.len()) {
        Some(at) => format!(
            "can't decode byte 0x{:02x} in position {at}: ",
            bytes.as_slice()[at]
        ),
        None => format!("can't decode bytes in position {}", range_text(this)),
    };
    Ok(quoted.compose(&middle))
}

/// The value for `start` or `end`.
fn new_position(py: Py, value: Option<&Object>) -> PyResult<isize> {
    let Some(value) = value else {
        return crate::raise!(py, TypeError, "can't delete numeric/char attribute");
    };
    let value = Value::unboxed(value);
    if value.as_small_int().is_none() && value.downcast::<crate::types::int::Int>().is_none() {
        return crate::raise!(py, TypeError, "an integer is required");
    }
    match number::int_of(&value) {
        Some(i) => Ok(i as isize),
        None => crate::raise!(
            py,
            OverflowError,
            "Python int too large to convert to C ssize_t"
        ),
    }
}

fn set_start(py: Py, this: &CodecError, value: Option<&Object>) -> PyResult<()> {
    this.start.set(new_position(py, value)?);
    Ok(())
}

fn set_end(py: Py, this: &CodecError, value: Option<&Object>) -> PyResult<()> {
    this.end.set(new_position(py, value)?);
    Ok(())
}

fn define_fields(b: &mut TypeBuilder<CodecError>) {
    slot_attribute!(b, CodecError, encoding);
    slot_attribute!(b, CodecError, object);
    slot_attribute!(b, CodecError, reason);
    b.settable_field(
        "start",
        |_py: Py, this: &CodecError| this.start.get(),
        set_start,
    )
    .settable_field("end", |_py: Py, this: &CodecError| this.end.get(), set_end);
}

pub(super) fn define_encode(b: &mut TypeBuilder<CodecError>) {
    define_fields(b);
    b.init("UnicodeEncodeError(*args, **kwargs)", init_encode)
        .str(encode_str);
}

pub(super) fn define_decode(b: &mut TypeBuilder<CodecError>) {
    define_fields(b);
    b.init("UnicodeDecodeError(*args, **kwargs)", init_decode)
        .str(decode_str);
}

pub(super) fn define_translate(b: &mut TypeBuilder<CodecError>) {
    define_fields(b);
    b.init("UnicodeTranslateError(*args, **kwargs)", init_translate)
        .str(translate_str);
}
