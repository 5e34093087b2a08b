//! `MultibyteIncrementalEncoder` and `MultibyteIncrementalDecoder`.

use std::cell::{Cell, RefCell};

use krait_object::native::TypeBuilder;
use krait_object::types::bytes::BytesLike;
use krait_object::{
    Bytes, Class, Instance, Int, Owned, Py, PyResult, Str, Tuple, Type, Value, class_cell, errors,
    exceptions, protocol, raise,
};

use super::codec::{Codec, codec_of, errors_value, text_of};
use super::decode::decode_all;
use super::encode::encode_on;
use super::engine::State;

/// The most bytes of an incomplete character.
const MOST_PENDING: usize = 8;

/// The number that bytes are shown as, the least significant first.
fn number_of(bytes: &[u8]) -> Value {
    let number = bytes
        .iter()
        .rev()
        .fold(0i128, |number, &byte| number << 8 | i128::from(byte));
    match i64::try_from(number) {
        Ok(small) => Value::int(small),
        Err(_) => Value::from(Int::from_i128(number)),
    }
}

/// The bytes of a number that is shown for a state.
fn bytes_of(py: Py, number: &Value) -> PyResult<[u8; 16]> {
    let wide = protocol::number::index_to_i128(py, number)?;
    match wide.and_then(|wide| u128::try_from(wide).ok()) {
        Some(number) => Ok(number.to_le_bytes()),
        None => raise!(py, OverflowError, "int too big to convert"),
    }
}

fn state_of(py: Py, number: &Value) -> PyResult<State> {
    match bytes_of(py, number)?.split_first_chunk::<8>() {
        Some((state, rest)) if rest.iter().all(|&byte| byte == 0) => Ok(State(*state)),
        _ => raise!(py, OverflowError, "int too big to convert"),
    }
}

/// `MultibyteIncrementalEncoder`.
pub struct Encoder {
    codec: &'static Codec,
    state: Cell<State>,
    /// A character whose bytes depend on the next.
    pending: RefCell<Vec<u32>>,
    errors: RefCell<String>,
}

type EncoderObject = Instance<Encoder>;

fn encode(
    py: Py,
    this: &EncoderObject,
    input: &Value,
    is_final: Option<bool>,
) -> PyResult<Vec<u8>> {
    let text = text_of(py, input)?;
    let errors = this.errors.borrow().clone();
    let is_final = is_final.unwrap_or(false);
    let mut state = this.state.get();
    let pending = &this.pending;
    let mut out = encode_on(
        py, this.codec, &mut state, pending, &text, &errors, is_final,
    )?;
    if is_final {
        this.codec.engine.reset(&mut state, &mut out);
    }
    this.state.set(state);
    Ok(out)
}

/// The state as a number: how many bytes are pending, these in UTF-8, then the shift state.
fn encoder_state(py: Py, this: &EncoderObject) -> PyResult {
    let pending = Str::from_u32(&this.pending.borrow());
    let pending = pending.to_utf8(py)?;
    let mut bytes = vec![pending.len() as u8];
    bytes.extend_from_slice(pending.as_bytes());
    bytes.extend_from_slice(&this.state.get().0);
    Ok(number_of(&bytes))
}

fn set_encoder_state(py: Py, this: &EncoderObject, state: &Value) -> PyResult<()> {
    let bytes = bytes_of(py, state)?;
    let (pending, rest) = (usize::from(bytes[0]), &bytes[1..]);
    if pending > MOST_PENDING {
        return raise!(py, UnicodeError, "pending buffer too large");
    }
    let (pending, rest) = rest.split_at(pending);
    let text = protocol::call_method_str(
        py,
        &Value::from(Bytes::new(pending)),
        "decode",
        &[Value::from(Str::new("utf-8"))],
    )?;
    let mut shift = [0; 8];
    for (to, from) in shift.iter_mut().zip(rest) {
        *to = *from;
    }
    if let Some(text) = text.downcast::<Str>() {
        this.pending.replace(text.code_points().collect());
    }
    this.state.set(State(shift));
    Ok(())
}

impl Class for Encoder {
    const NAME: &'static str = "_multibytecodec.MultibyteIncrementalEncoder";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<EncoderObject>) {
        b.subclassable()
            .new_with(
                "MultibyteIncrementalEncoder(errors='strict')",
                |py: Py, class: &Type, errors: Option<String>| {
                    let codec = codec_of(py, class)?;
                    let body = Encoder {
                        codec,
                        state: Cell::new(codec.engine.encoder_state()),
                        pending: RefCell::new(Vec::new()),
                        errors: RefCell::new(errors.unwrap_or_else(|| "strict".into())),
                    };
                    Instance::new_in(py, class, body)
                },
            )
            .init(
                "MultibyteIncrementalEncoder(errors='strict')",
                |_py: Py, _this: &EncoderObject, _errors: Option<&Value>| (),
            )
            .method("encode($self, /, input, final=False)", encode)
            .method("getstate($self, /)", encoder_state)
            .method("setstate($self, state, /)", set_encoder_state)
            .method("reset($self, /)", |_py: Py, this: &EncoderObject| {
                this.state.set(this.codec.engine.encoder_state());
                this.pending.borrow_mut().clear();
            })
            .getset(
                "errors",
                |_py: Py, this: &EncoderObject| this.errors.borrow().clone(),
                |py, this, value| {
                    this.errors.replace(errors_value(py, value)?);
                    Ok(())
                },
            );
    }
}

/// `MultibyteIncrementalDecoder`.
pub struct Decoder {
    codec: &'static Codec,
    state: Cell<State>,
    pending: RefCell<Vec<u8>>,
    errors: RefCell<String>,
}

type DecoderObject = Instance<Decoder>;

fn decode(
    py: Py,
    this: &DecoderObject,
    input: BytesLike<'_>,
    is_final: Option<bool>,
) -> PyResult<Owned<Str>> {
    let is_final = is_final.unwrap_or(false);
    let errors = this.errors.borrow().clone();
    let mut all = this.pending.borrow().clone();
    all.extend_from_slice(&input);
    let (mut state, mut out) = (this.state.get(), Vec::with_capacity(all.len()));
    let used = decode_all(
        py, this.codec, &mut state, &all, &errors, is_final, &mut out,
    )?;
    if all.len() - used > MOST_PENDING {
        return raise!(py, UnicodeError, "pending buffer overflow");
    }
    this.state.set(state);
    this.pending.replace(all.split_off(used));
    Ok(Str::from_u32(&out))
}

fn set_state(py: Py, this: &DecoderObject, state: &Tuple) -> PyResult<()> {
    let [pending, number] = state.as_values() else {
        return raise!(py, TypeError, "setstate(): illegal state argument");
    };
    let Some(pending) = pending.downcast::<Bytes>() else {
        return raise!(py, TypeError, "setstate(): illegal state argument");
    };
    let state = state_of(py, number)?;
    if pending.len() > MOST_PENDING {
        let arguments = [
            Value::from(Str::new(this.codec.name)),
            Value::from(Bytes::new(pending.as_slice())),
            Value::int(0),
            Value::int(pending.len() as i64),
            Value::from(Str::new("pending buffer too large")),
        ];
        let class = &exceptions::UnicodeDecodeError;
        return Err(errors::raise_args(py, class, &arguments));
    }
    this.pending.replace(pending.as_slice().to_vec());
    this.state.set(state);
    Ok(())
}

impl Class for Decoder {
    const NAME: &'static str = "_multibytecodec.MultibyteIncrementalDecoder";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<DecoderObject>) {
        b.subclassable()
            .new_with(
                "MultibyteIncrementalDecoder(errors='strict')",
                |py: Py, class: &Type, errors: Option<String>| {
                    let codec = codec_of(py, class)?;
                    let body = Decoder {
                        codec,
                        state: Cell::new(codec.engine.decoder_state()),
                        pending: RefCell::new(Vec::new()),
                        errors: RefCell::new(errors.unwrap_or_else(|| "strict".into())),
                    };
                    Instance::new_in(py, class, body)
                },
            )
            .init(
                "MultibyteIncrementalDecoder(errors='strict')",
                |_py: Py, _this: &DecoderObject, _errors: Option<&Value>| (),
            )
            .method("decode($self, /, input, final=False)", decode)
            .method("getstate($self, /)", |_py: Py, this: &DecoderObject| {
                let pending = Value::from(Bytes::new(&this.pending.borrow()));
                Tuple::from_values([pending, number_of(&this.state.get().0)])
            })
            .method("setstate($self, state, /)", set_state)
            .method("reset($self, /)", |_py: Py, this: &DecoderObject| {
                this.state.set(this.codec.engine.decoder_state());
                this.pending.borrow_mut().clear();
            })
            .getset(
                "errors",
                |_py: Py, this: &DecoderObject| this.errors.borrow().clone(),
                |py, this, value| {
                    this.errors.replace(errors_value(py, value)?);
                    Ok(())
                },
            );
    }
}
