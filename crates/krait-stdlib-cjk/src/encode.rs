//! From text to bytes, with error handlers.

use std::cell::RefCell;

use krait_object::{
    Bytes, Owned, Py, PyResult, Str, Tuple, Value, errors, exceptions, protocol, raise,
};

use super::codec::{Codec, lookup_handler};
use super::engine::{Encoded, Next, State};

/// Encodes a text. A handler other than the usual ones is looked up by name. Unless it is
/// final, a last character whose bytes depend on the next one is left; gives how many
/// characters were used.
fn encode_some(
    py: Py,
    codec: &Codec,
    state: &mut State,
    text: &Str,
    handler: &str,
    is_final: bool,
) -> PyResult<(Vec<u8>, usize)> {
    let mut out = Vec::with_capacity(text.len() * 2);
    let mut pos = 0;
    let chars = text.chars();
    while let Some(code) = chars.get(pos) {
        let next = match chars.get(pos + 1) {
            Some(next) => Next::Character(next),
            None if is_final => Next::End,
            None => Next::Unknown,
        };
        match codec.engine.encode(state, code, next, &mut out) {
            Encoded::Characters(count) => pos += count,
            Encoded::Waits => break,
            Encoded::Illegal => pos = refused(py, codec, state, text, pos, handler, &mut out)?,
        }
    }
    Ok((out, pos))
}

/// Encodes characters that are pending and the text after them; what is left is pending.
pub fn encode_on(
    py: Py,
    codec: &Codec,
    state: &mut State,
    pending: &RefCell<Vec<u32>>,
    text: &Str,
    handler: &str,
    is_final: bool,
) -> PyResult<Vec<u8>> {
    let text = joined(&pending.borrow(), text);
    let (out, used) = encode_some(py, codec, state, &text, handler, is_final)?;
    pending.replace(text.code_points().skip(used).collect());
    Ok(out)
}

fn joined(pending: &[u32], text: &Str) -> Owned<Str> {
    if pending.is_empty() {
        return text.to_owned_str();
    }
    let mut all = pending.to_vec();
    all.extend(text.code_points());
    Str::from_u32(&all)
}

/// Encodes all of a text.
pub fn encode_all(
    py: Py,
    codec: &Codec,
    state: &mut State,
    text: &Str,
    handler: &str,
) -> PyResult<Vec<u8>> {
    encode_some(py, codec, state, text, handler, true).map(|(bytes, _)| bytes)
}

/// A character that has no bytes: where to go on.
fn refused(
    py: Py,
    codec: &Codec,
    state: &mut State,
    text: &Str,
    pos: usize,
    handler: &str,
    out: &mut Vec<u8>,
) -> PyResult<usize> {
    match handler {
        "ignore" => return Ok(pos + 1),
        "replace" => {
            codec.engine.encode(state, u32::from(b'?'), Next::End, out);
            return Ok(pos + 1);
        }
        _ => {}
    }
    let arguments = [
        Value::from(Str::new(codec.name)),
        Value::from(text.to_owned_str()),
        Value::int(pos as i64),
        Value::int(pos as i64 + 1),
        Value::from(Str::new("illegal multibyte sequence")),
    ];
    if handler == "strict" {
        return Err(errors::raise_args(
            py,
            &exceptions::UnicodeEncodeError,
            &arguments,
        ));
    }
    let error = exceptions::instantiate(py, &exceptions::UnicodeEncodeError, &arguments)?;
    let handler = lookup_handler(py, handler)?;
    let answer = protocol::call(py, &handler, &[Value::from(error)])?;
    let parts = answer.downcast::<Tuple>().filter(|t| t.len() == 2);
    let Some([replacement, next]) = parts.map(|t| t.as_values()) else {
        return wrong_answer(py);
    };
    if let Some(bytes) = replacement.downcast::<Bytes>() {
        out.extend_from_slice(bytes.as_slice());
    } else if let Some(replacement) = replacement.downcast::<Str>() {
        let made = encode_all(py, codec, state, replacement, "strict")?;
        out.extend_from_slice(&made);
    } else {
        return wrong_answer(py);
    }
    position(py, next, text.len(), "encoding")
}

fn wrong_answer<T>(py: Py) -> PyResult<T> {
    raise!(
        py,
        TypeError,
        "encoding error handler must return (str, int) tuple"
    )
}

/// The place where a handler wants to go on.
pub fn position(py: Py, next: &Value, len: usize, what: &str) -> PyResult<usize> {
    if !protocol::number::is_index(next) {
        return raise!(
            py,
            TypeError,
            "{what} error handler must return (str, int) tuple"
        );
    }
    let given = protocol::number::to_index(py, next, &exceptions::IndexError)?;
    let place = if given < 0 {
        given + len as isize
    } else {
        given
    };
    match usize::try_from(place) {
        Ok(place) if place <= len => Ok(place),
        _ => raise!(
            py,
            IndexError,
            "position {place} from error handler out of bounds"
        ),
    }
}
