//! Source as Python gives it, decoded: text, bytes in an encoding, a program's file.
//!
//! The compiler knows UTF-8, Latin-1 and ASCII; all other encodings of PEP 263 are
//! Python's codecs, whose errors become syntax errors here.

use krait_compiler::Mode;
use krait_compiler::errors::CompileError;
use krait_compiler::source::{Source, find_cookie};
use krait_object::errors;
use krait_object::exceptions;
use krait_object::hooks;
use krait_object::intern;
use krait_object::object::{Layout, Owned};
use krait_object::protocol;
use krait_object::py::{Py, PyResult, Raised};
use krait_object::raise;
use krait_object::types::bytes::Bytes;
use krait_object::types::str::Str;
use krait_object::types::tuple::Tuple;
use krait_object::value::Value;

/// Source that is not decoded yet.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The text in UTF-8, or what an encoding cookie says.
    pub bytes: &'a [u8],
    /// UTF-8 whatever a cookie says.
    pub is_text: bool,
    /// It was read from the file of that name: messages say so.
    pub is_file: bool,
    /// What messages call it.
    pub filename: &'a Str,
}

/// Decodes source for a mode.
pub fn decode(py: Py, input: Input<'_>, mode: Mode) -> PyResult<Source> {
    if let Some(at) = input.bytes.iter().position(|byte| *byte == 0) {
        return Err(null_byte(py, input, at));
    }
    let foreign = match input.is_text {
        true => None,
        false => find_cookie(input.bytes).filter(|name| !is_native(name)),
    };
    let decoded = match foreign {
        Some(encoding) => Source::decode(by_codec(py, input, &encoding)?.as_bytes(), true),
        None => Source::decode(input.bytes, input.is_text),
    };
    match decoded {
        Ok(mut source) => {
            source.ended = mode == Mode::Exec;
            Ok(source)
        }
        Err(error) if error.line == 0 && !input.is_text => {
            Err(without_line(py, input.filename, &error.message))
        }
        Err(mut error) => {
            if input.is_file {
                name_file(&mut error, input.filename);
            }
            Err(crate::eval::raise_compile_error(py, &error, input.filename))
        }
    }
}

/// A file name as `compile()` takes it: text, bytes or a path.
pub fn filename(py: Py, name: &Value) -> PyResult<Owned<Str>> {
    if let Some(known) = plain_filename(py, name)? {
        return Ok(known);
    }
    let fspath = protocol::call_special(py, &name.to_object(), intern!("__fspath__"), &[])?;
    let Some(path) = fspath else {
        return raise!(
            py,
            TypeError,
            "expected str, bytes or os.PathLike object, not {}",
            name.ty().name()
        );
    };
    match plain_filename(py, &path)? {
        Some(known) => Ok(known),
        None => raise!(
            py,
            TypeError,
            "expected {}.__fspath__() to return str or bytes, not {}",
            name.ty().name(),
            path.ty().name()
        ),
    }
}

fn plain_filename(py: Py, name: &Value) -> PyResult<Option<Owned<Str>>> {
    if let Some(text) = name.downcast::<Str>() {
        return Ok(Some(text.to_owned_str()));
    }
    let Some(bytes) = name.downcast::<Bytes>() else {
        return Ok(None);
    };
    let decode = hooks::get(py).decode;
    let text = decode(py, bytes.as_object(), "utf-8", "surrogateescape")?;
    protocol::str(py, &text).map(Some)
}

/// Encodings that the compiler decodes itself.
fn is_native(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "-");
    ["utf-8", "latin-1", "iso-8859-1", "iso-latin-1"]
        .into_iter()
        .any(|known| match name.strip_prefix(known) {
            Some(rest) => rest.is_empty() || rest.starts_with('-'),
            None => false,
        })
}

/// Decodes by Python's codec of a name.
fn by_codec(py: Py, input: Input<'_>, encoding: &str) -> PyResult<String> {
    let data = Bytes::new(input.bytes);
    let decoded = (hooks::get(py).decode)(py, data.as_object(), encoding, "strict");
    let text = match decoded {
        Ok(text) => protocol::str(py, &text)?.to_utf8(py)?.into_owned(),
        Err(raised) => {
            let error = errors::take_if(py, &exceptions::LookupError)
                .or_else(|| errors::take_if(py, &exceptions::ValueError))
                .ok_or(raised)?;
            let message = protocol::str(py, &Value::from(error))?;
            return Err(without_line(py, input.filename, &message.to_rust()));
        }
    };
    Ok(text)
}

/// A syntax error in front of the first line.
fn without_line(py: Py, filename: &Str, message: &str) -> Raised {
    let place = [
        Value::from(filename.to_owned_str()),
        Value::int(0),
        Value::int(-1),
        Value::none(),
    ];
    let arguments = [
        Value::from(Str::new(message)),
        Value::from(Tuple::from_values(place)),
    ];
    errors::raise_args(py, &exceptions::SyntaxError, &arguments)
}

/// Source must not contain null bytes.
fn null_byte(py: Py, input: Input<'_>, at: usize) -> Raised {
    if !input.is_file {
        let message = format_args!("source code string cannot contain null bytes");
        return errors::raise_text(py, &exceptions::SyntaxError, message);
    }
    let before = &input.bytes[..at];
    let start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |i| i + 1);
    let message = "source code cannot contain null bytes";
    let mut error = CompileError::new(krait_compiler::ErrorKind::Syntax, message);
    error.line = before.iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
    error.end_line = error.line;
    error.text = Some(String::from_utf8_lossy(&before[start..]).into_owned());
    crate::eval::raise_compile_error(py, &error, input.filename)
}

/// What is known of the file is told.
fn name_file(error: &mut CompileError, filename: &Str) {
    if let Some((head, tail)) = error.message.split_once(" on line ") {
        error.message = format!("{head} in file {} on line {tail}", filename.to_rust());
    }
    error.undecoded = false;
}
