//! `_io.IncrementalNewlineDecoder`, and the newline translation that it shares with the
//! native decoders.

use std::cell::Cell;

use krait_object::gc::Visitor;
use krait_object::native::TypeBuilder;
use krait_object::{
    Bytes, Class, Instance, Owned, Py, PyResult, Str, StrBuilder, Tuple, Type, Value, class_cell,
    intern, protocol, raise,
};
use krait_text::TextWriter;

use super::lines::holds;
use crate::raw_call::call0;
use krait_object::slot::Slot;

const CR: u8 = 1;
const LF: u8 = 2;
const CRLF: u8 = 4;

/// Newlines on their way through a decoder.
#[derive(Default)]
pub struct NewlineState {
    /// Whether newlines become `'\n'`; otherwise they are only noted.
    pub translate: Cell<bool>,
    /// A carriage return at the end waits for what follows.
    pub pending: Cell<bool>,
    seen: Cell<u8>,
}

impl NewlineState {
    pub fn new(translate: bool) -> NewlineState {
        NewlineState {
            translate: Cell::new(translate),
            ..NewlineState::default()
        }
    }

    pub fn reset(&self) {
        self.seen.set(0);
        self.pending.set(false);
    }

    fn note(&self, kinds: u8) {
        self.seen.set(self.seen.get() | kinds);
    }

    /// Passes text on; without carriage returns it stays the very object.
    pub fn process(&self, text: Owned<Str>, is_final: bool) -> Owned<Str> {
        let chars = text.chars();
        if !self.pending.get() && !holds(chars, b'\r') {
            if self.seen.get() & LF == 0 && holds(chars, b'\n') {
                self.note(LF);
            }
            return text;
        }
        let mut out = StrBuilder::like(&text, 1);
        let mut waiting = self.pending.replace(false);
        if waiting && text.is_empty() && !is_final {
            self.pending.set(true);
            return text;
        }
        let translate = self.translate.get();
        for code in chars.iter() {
            if waiting {
                waiting = false;
                if code == 10 {
                    self.note(CRLF);
                    if !translate {
                        out.push(13);
                    }
                    out.push(10);
                    continue;
                }
                self.note(CR);
                out.push(if translate { 10 } else { 13 });
            }
            match code {
                13 => waiting = true,
                10 => {
                    self.note(LF);
                    out.push(10);
                }
                other => out.push(other),
            }
        }
        if waiting {
            if is_final {
                self.note(CR);
                out.push(if translate { 10 } else { 13 });
            } else {
                self.pending.set(true);
            }
        }
        out.finish()
    }

    /// The kinds of newlines met so far: None, a string, or a tuple of them.
    pub fn newlines(&self) -> Value {
        let kinds = [(CR, "\r"), (LF, "\n"), (CRLF, "\r\n")];
        let seen = kinds.iter().filter(|(bit, _)| self.seen.get() & bit != 0);
        let mut texts: Vec<Value> = seen.map(|(_, text)| Value::from(Str::new(text))).collect();
        match texts.len() {
            0 => Value::none(),
            1 => texts.remove(0),
            _ => Value::from(Tuple::from_values(texts)),
        }
    }
}

/// `IncrementalNewlineDecoder`: on another decoder, or on text where that is None.
#[derive(Default)]
pub struct NewlineDecoder {
    decoder: Slot,
    state: NewlineState,
}

type This = Instance<NewlineDecoder>;

/// A newline decoder on a decoder object.
pub fn wrap(py: Py, decoder: Value, translate: bool) -> Value {
    let body = NewlineDecoder {
        decoder: Slot::new(decoder),
        state: NewlineState::new(translate),
    };
    Value::from(Instance::new(py, body))
}

impl NewlineDecoder {
    fn inner(&self, py: Py) -> PyResult<Option<Value>> {
        match self.decoder.get() {
            None => raise!(
                py,
                ValueError,
                "IncrementalNewlineDecoder.__init__() not called"
            ),
            Some(decoder) => Ok((!decoder.is_none()).then_some(decoder)),
        }
    }
}

fn init(
    py: Py,
    this: &This,
    decoder: &Value,
    translate: bool,
    _errors: Option<&Value>,
) -> PyResult<()> {
    let _ = py;
    this.decoder.set(decoder.clone());
    this.state.translate.set(translate);
    this.state.reset();
    Ok(())
}

fn decode(py: Py, this: &This, input: &Value, is_final: Option<bool>) -> PyResult<Owned<Str>> {
    let is_final = is_final.unwrap_or(false);
    let output = match this.inner(py)? {
        Some(decoder) => protocol::call_method(
            py,
            &decoder,
            intern!("decode"),
            &[input.clone(), Value::bool(is_final)],
        )?,
        None => input.clone(),
    };
    match output.into_object().downcast_owned::<Str>() {
        Ok(text) => Ok(this.state.process(text, is_final)),
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

fn getstate(py: Py, this: &This) -> PyResult<(Value, Value)> {
    let (buffer, flag) = match this.inner(py)? {
        None => (Value::from(Bytes::new(&[])), 0),
        Some(decoder) => super::codec::state_of(py, &decoder)?,
    };
    Ok((
        buffer,
        Value::int(flag << 1 | i64::from(this.state.pending.get())),
    ))
}

fn setstate(py: Py, this: &This, state: &Value) -> PyResult {
    let Some(parts) = state.downcast::<Tuple>() else {
        return raise!(py, TypeError, "state argument must be a tuple");
    };
    let [buffer, flag] = parts.as_values() else {
        return raise!(
            py,
            TypeError,
            "function takes exactly 2 arguments ({} given)",
            parts.len()
        );
    };
    let inner = this.inner(py)?;
    let flag =
        protocol::number::to_index(py, flag, &krait_object::exceptions::OverflowError)? as i64;
    this.state.pending.set(flag & 1 != 0);
    let Some(decoder) = inner else {
        return Ok(Value::none());
    };
    let state = Tuple::from_values([buffer.clone(), Value::int(flag >> 1)]);
    protocol::call_method(py, &decoder, intern!("setstate"), &[Value::from(state)])
}

fn reset(py: Py, this: &This) -> PyResult {
    let inner = this.inner(py)?;
    this.state.reset();
    match inner {
        Some(decoder) => call0(py, &decoder, intern!("reset")),
        None => Ok(Value::none()),
    }
}

impl Class for NewlineDecoder {
    const NAME: &'static str = "_io.IncrementalNewlineDecoder";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.subclassable()
            .doc("Codec used when reading a file in universal newlines mode.")
            .new_bare(|py, class: &Type| Instance::new_in(py, class, NewlineDecoder::default()))
            .init(
                "IncrementalNewlineDecoder(decoder, translate, errors='strict')",
                init,
            )
            .method("decode($self, /, input, final=False)", decode)
            .method("getstate($self, /)", getstate)
            .method("setstate($self, state, /)", setstate)
            .method("reset($self, /)", reset)
            .getter("newlines", |py, this: &This| {
                this.inner(py).map(|_| this.state.newlines())
            });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.decoder);
    }

    fn clear(&self) {
        self.decoder.clear();
    }
}
