//! `MultibyteIncrementalEncoder` and `MultibyteIncrementalDecoder`.

use std::cell::{Cell, RefCell};

use krait_object::native::TypeBuilder;
use krait_object::types::bytes::BytesLike;
use krait_object::{
    Bytes, Class, Instance, Int, Owned, Py, PyResult, Str, Tuple, Type, Value, class_cell,
    protocol, raise,
};

use super::codec::{Codec, codec_of, errors_value, text_of};
use super::decode::decode_all;
use super::encode::encode_all;
use super::engine::State;

/// The most bytes of an incomplete character.
const MOST_PENDING: usize = 8;

/// The number that a state is shown as.
fn state_number(state: State) -> Value {
    match i64::try_from(u64::from_le_bytes(state.0)) {
        Ok(small) => Value::int(small),
        Err(_) => Value::from(Int::from_i128(u64::from_le_bytes(state.0).into())),
    }
}

fn state_of(py: Py, number: &Value) -> PyResult<State> {
    let wide = protocol::number::index_to_i128(py, number)?;
    match wide.and_then(|wide| u64::try_from(wide).ok()) {
        Some(number) => Ok(State(number.to_le_bytes())),
        None => raise!(py, OverflowError, "int too big to convert"),
    }
}

/// `MultibyteIncrementalEncoder`. No character of these encodings waits for the next.
pub struct Encoder {
    codec: &'static Codec,
    state: Cell<State>,
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
    let mut state = this.state.get();
    let mut out = encode_all(py, this.codec, &mut state, &text, &errors)?;
    if is_final.unwrap_or(false) {
        this.codec.engine.reset(&mut state, &mut out);
    }
    this.state.set(state);
    Ok(out)
}

impl Class for Encoder {
    const NAME: &'static str = "_multibytecodec.MultibyteIncrementalEncoder";
    class_cell!();

    fn define(b: &mut TypeBuilder<EncoderObject>) {
        b.subclassable()
            .new_with(
                "MultibyteIncrementalEncoder(errors='strict')",
                |py: Py, class: &Type, errors: Option<String>| {
                    let body = Encoder {
                        codec: codec_of(py, class)?,
                        state: Cell::new(State::default()),
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
            .method("getstate($self, /)", |_py: Py, this: &EncoderObject| {
                // A byte that counts pending characters stands before the state.
                let [a, b, c, d, e, f, g, _] = this.state.get().0;
                state_number(State([0, a, b, c, d, e, f, g]))
            })
            .method(
                "setstate($self, state, /)",
                |py: Py, this: &EncoderObject, state: &Value| {
                    let [pending, a, b, c, d, e, f, g] = state_of(py, state)?.0;
                    if pending > 0 {
                        return raise!(py, UnicodeError, "pending buffer too large");
                    }
                    this.state.set(State([a, b, c, d, e, f, g, 0]));
                    Ok(())
                },
            )
            .method("reset($self, /)", |_py: Py, this: &EncoderObject| {
                this.state.set(State::default());
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
        return raise!(py, UnicodeError, "pending buffer too large");
    }
    this.pending.replace(pending.as_slice().to_vec());
    this.state.set(state);
    Ok(())
}

impl Class for Decoder {
    const NAME: &'static str = "_multibytecodec.MultibyteIncrementalDecoder";
    class_cell!();

    fn define(b: &mut TypeBuilder<DecoderObject>) {
        b.subclassable()
            .new_with(
                "MultibyteIncrementalDecoder(errors='strict')",
                |py: Py, class: &Type, errors: Option<String>| {
                    let body = Decoder {
                        codec: codec_of(py, class)?,
                        state: Cell::new(State::default()),
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
                Tuple::from_values([pending, state_number(this.state.get())])
            })
            .method("setstate($self, state, /)", set_state)
            .method("reset($self, /)", |_py: Py, this: &DecoderObject| {
                this.state.set(State::default());
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
