//! From bytes to text, with error handlers.

use krait_object::{Bytes, Py, PyResult, Str, Tuple, Value, errors, exceptions, protocol, raise};

use super::codec::{Codec, lookup_handler};
use super::encode::position;
use super::engine::{Decoded, State};

/// Decodes as much as there is; what is incomplete at the end is an error if it is final.
/// Gives how many bytes were used.
pub fn decode_all(
    py: Py,
    codec: &Codec,
    state: &mut State,
    input: &[u8],
    handler: &str,
    is_final: bool,
    out: &mut Vec<u32>,
) -> PyResult<usize> {
    let mut pos = 0;
    while pos < input.len() {
        let (len, reason) = match codec.engine.decode(state, &input[pos..]) {
            Decoded::Character(code, len) => {
                out.push(code);
                pos += len;
                continue;
            }
            Decoded::Pair(first, second, len) => {
                out.extend([first, second]);
                pos += len;
                continue;
            }
            Decoded::Shift(len) => {
                pos += len;
                continue;
            }
            Decoded::Incomplete if !is_final => break,
            Decoded::Incomplete => (input.len() - pos, "incomplete multibyte sequence"),
            Decoded::Illegal(len) => (len, "illegal multibyte sequence"),
        };
        pos = refused(py, codec, input, (pos, len), reason, handler, out)?;
    }
    Ok(pos)
}

/// Bytes that are no character: where to go on.
fn refused(
    py: Py,
    codec: &Codec,
    input: &[u8],
    (pos, len): (usize, usize),
    reason: &str,
    handler: &str,
    out: &mut Vec<u32>,
) -> PyResult<usize> {
    match handler {
        "ignore" => return Ok(pos + len),
        "replace" => {
            out.push(0xfffd);
            return Ok(pos + len);
        }
        _ => {}
    }
    let arguments = [
        Value::from(Str::new(codec.name)),
        Value::from(Bytes::new(input)),
        Value::int(pos as i64),
        Value::int((pos + len) as i64),
        Value::from(Str::new(reason)),
    ];
    if handler == "strict" {
        return Err(errors::raise_args(
            py,
            &exceptions::UnicodeDecodeError,
            &arguments,
        ));
    }
    let error = exceptions::instantiate(py, &exceptions::UnicodeDecodeError, &arguments)?;
    let handler = lookup_handler(py, handler)?;
    let answer = protocol::call(py, &handler, &[Value::from(error)])?;
    let parts = answer.downcast::<Tuple>().filter(|t| t.len() == 2);
    let found = match parts.map(|t| t.as_values()) {
        Some([text, next]) => text.downcast::<Str>().map(|text| (text, next)),
        _ => None,
    };
    let Some((text, next)) = found else {
        return raise!(
            py,
            TypeError,
            "decoding error handler must return (str, int) tuple"
        );
    };
    out.extend(text.code_points());
    position(py, next, input.len(), "decoding")
}
