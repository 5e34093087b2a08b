//! How text streams decode and encode: natively where the encoding is UTF-8, Latin-1 or
//! ASCII with one of Python's own error handlers, else by the codec's incremental objects.

use std::cell::RefCell;
use std::rc::Rc;

use krait_object::gc::{Trace, Visitor};
use krait_object::types::buffer::Buffer;
use krait_object::{
    Bytes, Owned, Py, PyResult, Raised, Str, StrBuilder, Tuple, Value, errors, exceptions, hooks,
    intern, protocol, raise,
};
use krait_text::codecs::{
    CodecError, Fault, Handled, Policy, SurrogateForm, decode_ascii, decode_utf8, encode_ascii,
    encode_latin1, encode_utf8,
};

use super::newline::{self, NewlineState};
use crate::raw_call::call0;

/// An encoding that is built in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Native {
    Utf8,
    Latin1,
    Ascii,
}

impl Native {
    /// The encoding of this name, as `encodings` normalises names.
    pub fn named(name: &str) -> Option<Native> {
        let name: String = name
            .chars()
            .map(|c| {
                if c == '_' || c == ' ' {
                    '-'
                } else {
                    c.to_ascii_lowercase()
                }
            })
            .collect();
        Some(match &*name {
            "utf-8" | "utf8" | "u8" | "cp65001" => Native::Utf8,
            "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "8859" | "cp819" | "l1" => {
                Native::Latin1
            }
            "ascii" | "us-ascii" | "646" => Native::Ascii,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Native::Utf8 => "utf-8",
            Native::Latin1 => "latin-1",
            Native::Ascii => "ascii",
        }
    }

    fn form(self) -> SurrogateForm {
        if self == Native::Utf8 {
            SurrogateForm::Utf8
        } else {
            SurrogateForm::None
        }
    }
}

/// A built-in encoding with a built-in error handler.
#[derive(Clone, Copy)]
pub struct NativeCodec {
    pub native: Native,
    pub policy: Policy,
}

impl NativeCodec {
    pub fn named(encoding: &str, errors: &str) -> Option<NativeCodec> {
        Some(NativeCodec {
            native: Native::named(encoding)?,
            policy: Policy::named(errors)?,
        })
    }

    #[cold]
    fn decode_error(self, py: Py, bytes: &[u8], fault: Fault) -> Raised {
        let arguments = [
            Value::from(Str::intern(self.native.name())),
            Value::from(Bytes::new(bytes)),
            Value::int(fault.start as i64),
            Value::int(fault.end as i64),
            Value::from(Str::new(fault.reason)),
        ];
        errors::raise_args(py, &exceptions::UnicodeDecodeError, &arguments)
    }

    #[cold]
    fn encode_error(self, py: Py, text: &Str, fault: Fault) -> Raised {
        let arguments = [
            Value::from(Str::intern(self.native.name())),
            Value::from(text.to_owned_str()),
            Value::int(fault.start as i64),
            Value::int(fault.end as i64),
            Value::from(Str::new(fault.reason)),
        ];
        errors::raise_args(py, &exceptions::UnicodeEncodeError, &arguments)
    }

    /// Decodes with the error handler; the text and how many bytes it took.
    fn decode_slowly(self, py: Py, bytes: &[u8], is_final: bool) -> PyResult<(Owned<Str>, usize)> {
        let mut last = Fault {
            start: 0,
            end: 0,
            reason: "",
        };
        let handler = &mut |fault: &Fault| -> Handled {
            last = *fault;
            self.policy.decode(bytes, fault, self.native.form())
        };
        let mut out = StrBuilder::new();
        let decoded = match self.native {
            Native::Utf8 => decode_utf8(bytes, is_final, handler, &mut out),
            Native::Ascii => decode_ascii(bytes, handler, &mut out),
            Native::Latin1 => return Ok((Str::from_latin1(bytes), bytes.len())),
        };
        match decoded {
            Ok(used) => Ok((out.finish(), used)),
            Err(CodecError::Fault(fault)) => Err(self.decode_error(py, bytes, fault)),
            Err(CodecError::Handler) => Err(self.decode_error(py, bytes, last)),
        }
    }

    /// Adds the encoded text to bytes.
    #[inline]
    pub fn encode(self, py: Py, text: &Str, out: &mut Vec<u8>) -> PyResult<()> {
        if let Some(ascii) = text.as_ascii() {
            out.extend_from_slice(ascii.as_bytes());
            return Ok(());
        }
        if self.native == Native::Latin1 && text.kind() == 1 {
            out.extend_from_slice(text.raw_bytes());
            return Ok(());
        }
        self.encode_slowly(py, text, out)
    }

    fn encode_slowly(self, py: Py, text: &Str, out: &mut Vec<u8>) -> PyResult<()> {
        let chars = text.chars();
        let mut last = Fault {
            start: 0,
            end: 0,
            reason: "",
        };
        let handler = &mut |fault: &Fault| -> Handled {
            last = *fault;
            self.policy.encode(chars, fault, self.native.form())
        };
        let encoded = match self.native {
            Native::Utf8 => encode_utf8(chars, handler),
            Native::Ascii => encode_ascii(chars, handler),
            Native::Latin1 => encode_latin1(chars, handler),
        };
        match encoded {
            Ok(bytes) if out.is_empty() => *out = bytes,
            Ok(bytes) => out.extend_from_slice(&bytes),
            Err(CodecError::Fault(fault)) => return Err(self.encode_error(py, text, fault)),
            Err(CodecError::Handler) => return Err(self.encode_error(py, text, last)),
        }
        Ok(())
    }
}

/// How many bytes at the end begin a character of UTF-8 that is not complete.
fn incomplete_tail(bytes: &[u8]) -> usize {
    for (back, &byte) in bytes.iter().rev().take(3).enumerate() {
        let needs = match byte {
            0x80..0xC0 => continue,
            0xC2..0xE0 => 2,
            0xE0..0xF0 => 3,
            0xF0..0xF5 => 4,
            _ => 1,
        };
        return if needs > back + 1 { back + 1 } else { 0 };
    }
    0
}

/// A built-in incremental decoder.
pub struct NativeDecoder {
    codec: NativeCodec,
    /// Bytes of an incomplete character.
    pending: RefCell<Vec<u8>>,
    /// Newline translation, where newlines are universal.
    newlines: Option<NewlineState>,
}

impl NativeDecoder {
    fn decode(&self, py: Py, bytes: &[u8], is_final: bool) -> PyResult<Owned<Str>> {
        let text = self.decode_characters(py, bytes, is_final)?;
        Ok(match &self.newlines {
            Some(newlines) => newlines.process(text, is_final),
            None => text,
        })
    }

    fn decode_characters(&self, py: Py, bytes: &[u8], is_final: bool) -> PyResult<Owned<Str>> {
        match self.codec.native {
            Native::Latin1 => return Ok(Str::from_latin1(bytes)),
            Native::Ascii if bytes.is_ascii() => return Ok(Str::from_latin1(bytes)),
            Native::Ascii => {
                return self
                    .codec
                    .decode_slowly(py, bytes, true)
                    .map(|(text, _)| text);
            }
            Native::Utf8 => {}
        }
        if self.pending.borrow().is_empty() {
            let tail = if is_final { 0 } else { incomplete_tail(bytes) };
            let (whole, rest) = bytes.split_at(bytes.len() - tail);
            if let Some(text) = Str::from_utf8(whole) {
                if !rest.is_empty() {
                    self.pending.borrow_mut().extend_from_slice(rest);
                }
                return Ok(text);
            }
        }
        let mut all = self.pending.borrow().clone();
        all.extend_from_slice(bytes);
        let (text, used) = self.codec.decode_slowly(py, &all, is_final)?;
        all.drain(..used);
        *self.pending.borrow_mut() = all;
        Ok(text)
    }

    fn state(&self) -> (Vec<u8>, i64) {
        let flag = self.newlines.as_ref().is_some_and(|n| n.pending.get());
        (self.pending.borrow().clone(), i64::from(flag))
    }

    fn set_state(&self, pending: &[u8], flag: i64) {
        *self.pending.borrow_mut() = pending.to_vec();
        if let Some(newlines) = &self.newlines {
            newlines.pending.set(flag & 1 != 0);
        }
    }

    fn reset(&self) {
        self.pending.borrow_mut().clear();
        if let Some(newlines) = &self.newlines {
            newlines.reset();
        }
    }
}

/// A stream's decoder.
#[derive(Clone)]
pub enum Decoder {
    Native(Rc<NativeDecoder>),
    Object(Value),
}

/// The state of a decoder object: its bytes and its flags.
pub fn state_of(py: Py, decoder: &Value) -> PyResult<(Value, i64)> {
    let state = call0(py, decoder, intern!("getstate"))?;
    let parts = state.downcast::<Tuple>().map(Tuple::as_values);
    let Some([buffer, flags]) = parts else {
        return raise!(py, TypeError, "illegal decoder state");
    };
    if buffer.downcast::<Bytes>().is_none() {
        let got = buffer.ty().name();
        return raise!(
            py,
            TypeError,
            "illegal decoder state: the first item should be a bytes object, not '{got}'"
        );
    }
    if !protocol::number::is_index(flags) {
        return raise!(py, TypeError, "illegal decoder state");
    }
    let flags = protocol::number::to_index(py, flags, &exceptions::OverflowError)?;
    Ok((buffer.clone(), flags as i64))
}

impl Decoder {
    /// A decoder of a built-in encoding.
    pub fn native(codec: NativeCodec, universal: bool, translate: bool) -> Decoder {
        Decoder::Native(Rc::new(NativeDecoder {
            codec,
            pending: RefCell::default(),
            newlines: universal.then(|| NewlineState::new(translate)),
        }))
    }

    /// A codec's decoder.
    pub fn object(py: Py, decoder: Value, universal: bool, translate: bool) -> Decoder {
        Decoder::Object(if universal {
            newline::wrap(py, decoder, translate)
        } else {
            decoder
        })
    }

    pub fn decode_bytes(
        &self,
        py: Py,
        bytes: &Owned<Bytes>,
        is_final: bool,
    ) -> PyResult<Owned<Str>> {
        match self {
            Decoder::Native(native) => native.decode(py, bytes.as_slice(), is_final),
            Decoder::Object(_) => self.decode(py, &Value::from(bytes.clone()), is_final),
        }
    }

    /// Decodes a bytes-like object.
    pub fn decode(&self, py: Py, input: &Value, is_final: bool) -> PyResult<Owned<Str>> {
        let decoder = match self {
            Decoder::Native(native) => {
                if let Some(bytes) = input.downcast_exact::<Bytes>() {
                    return native.decode(py, bytes.as_slice(), is_final);
                }
                let buffer = Buffer::new(py, input)?;
                return native.decode(py, buffer.as_slice(), is_final);
            }
            Decoder::Object(decoder) => decoder,
        };
        let result = protocol::call_method(
            py,
            decoder,
            intern!("decode"),
            &[input.clone(), Value::bool(is_final)],
        )?;
        match result.into_object().downcast_owned::<Str>() {
            Ok(text) => Ok(text),
            Err(other) => {
                raise!(
                    py,
                    TypeError,
                    "decoder should return a string result, not '{}'",
                    other.ty().name()
                )
            }
        }
    }

    pub fn state(&self, py: Py) -> PyResult<(Owned<Bytes>, i64)> {
        match self {
            Decoder::Native(native) => {
                let (pending, flag) = native.state();
                Ok((Bytes::new(&pending), flag))
            }
            Decoder::Object(decoder) => {
                let (buffer, flags) = state_of(py, decoder)?;
                match buffer.into_object().downcast_owned::<Bytes>() {
                    Ok(bytes) => Ok((bytes, flags)),
                    Err(_) => raise!(py, TypeError, "illegal decoder state"),
                }
            }
        }
    }

    pub fn set_state(&self, py: Py, buffer: &[u8], flags: i64) -> PyResult<()> {
        match self {
            Decoder::Native(native) => {
                native.set_state(buffer, flags);
                Ok(())
            }
            Decoder::Object(decoder) => {
                let state =
                    Tuple::from_values([Value::from(Bytes::new(buffer)), Value::int(flags)]);
                protocol::call_method(py, decoder, intern!("setstate"), &[Value::from(state)])
                    .map(drop)
            }
        }
    }

    pub fn reset(&self, py: Py) -> PyResult<()> {
        match self {
            Decoder::Native(native) => {
                native.reset();
                Ok(())
            }
            Decoder::Object(decoder) => call0(py, decoder, intern!("reset")).map(drop),
        }
    }

    /// The kinds of newlines met so far.
    pub fn newlines(&self, py: Py) -> PyResult {
        match self {
            Decoder::Native(native) => Ok(native
                .newlines
                .as_ref()
                .map_or_else(Value::none, NewlineState::newlines)),
            Decoder::Object(decoder) => {
                Ok(protocol::lookup_attr(py, decoder, intern!("newlines"))?
                    .unwrap_or_else(Value::none))
            }
        }
    }
}

/// A stream's encoder.
#[derive(Clone)]
pub enum Encoder {
    Native(NativeCodec),
    Object(Value),
}

impl Encoder {
    /// Adds the encoded text to bytes.
    #[inline]
    pub fn encode(&self, py: Py, text: &Str, out: &mut Vec<u8>) -> PyResult<()> {
        match self {
            Encoder::Native(codec) => codec.encode(py, text, out),
            Encoder::Object(encoder) => {
                let text = Value::from(text.to_owned_str());
                let result = protocol::call_method(py, encoder, intern!("encode"), &[text])?;
                match result.downcast::<Bytes>() {
                    Some(bytes) => out.extend_from_slice(bytes.as_slice()),
                    None => {
                        let got = result.ty().name();
                        return raise!(
                            py,
                            TypeError,
                            "encoder should return a bytes object, not '{got}'"
                        );
                    }
                }
                Ok(())
            }
        }
    }

    /// Says whether the next text begins the stream, so that a byte order mark is due.
    pub fn at_start(&self, py: Py, start: bool) -> PyResult<()> {
        let Encoder::Object(encoder) = self else {
            return Ok(());
        };
        if start {
            return call0(py, encoder, intern!("reset")).map(drop);
        }
        protocol::call_method(py, encoder, intern!("setstate"), &[Value::int(0)]).map(drop)
    }
}

macro_rules! trace_objects {
    ($($T:ident),*) => { $(
        impl Trace for $T {
            fn trace(&self, visitor: &mut Visitor) {
                if let $T::Object(object) = self {
                    object.trace(visitor);
                }
            }
        }
    )* };
}
trace_objects!(Decoder, Encoder);

/// A text encoding's `CodecInfo`, or LookupError.
pub fn lookup(py: Py, encoding: &Value) -> PyResult {
    let codecs = hooks::import_module(py, "codecs")?;
    let info = protocol::call_method(
        py,
        &codecs,
        intern!("lookup"),
        std::slice::from_ref(encoding),
    )?;
    if let Some(flag) = protocol::lookup_attr(py, &info, intern!("_is_text_encoding"))?
        && !protocol::truth(py, &flag)?
    {
        let name = protocol::str(py, encoding)?;
        let name = name.to_rust();
        return raise!(py, LookupError, "'{name}' is not a text encoding");
    }
    Ok(info)
}
