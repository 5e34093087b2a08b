//! `open`: from a path or descriptor and a mode to the stack of streams.

use krait_object::types::str::Str;
use krait_object::{
    Bytes, Owned, Py, PyResult, Value, errors, exceptions, intern, protocol, raise,
};
use krait_text::codecs::{Policy, SurrogateForm, encode_utf8};

use crate::buffered::{random, reader, writer};
use crate::module::DEFAULT_BUFFER_SIZE;
use crate::raw_call::call0;
use crate::text::lines::Newline;
use crate::text::{self, Settings};
use crate::{base, fault, fileio};

/// The largest buffer that is chosen by itself.
pub const LARGEST_BUFFER: i64 = 8 * 1024 * 1024;

/// What `open` is told besides the file.
pub struct Options<'a> {
    pub mode: &'a str,
    pub buffering: i64,
    pub encoding: Option<&'a Value>,
    pub errors: Option<&'a Value>,
    pub newline: Option<&'a Value>,
    pub closefd: bool,
    pub opener: Option<&'a Value>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options {
            mode: "r",
            buffering: -1,
            encoding: None,
            errors: None,
            newline: None,
            closefd: true,
            opener: None,
        }
    }
}

/// A mode of `open`.
#[derive(Clone, Copy, Default)]
struct OpenMode {
    raw: fileio::Mode,
    updating: bool,
    text: bool,
    binary: bool,
    kinds: usize,
}

impl OpenMode {
    fn parse(py: Py, text: &str) -> PyResult<OpenMode> {
        let mut mode = OpenMode::default();
        for (i, c) in text.char_indices() {
            match c {
                'x' => (mode.raw.creating, mode.kinds) = (true, mode.kinds + 1),
                'r' => (mode.raw.readable, mode.kinds) = (true, mode.kinds + 1),
                'w' => (mode.raw.truncating, mode.kinds) = (true, mode.kinds + 1),
                'a' => (mode.raw.appending, mode.kinds) = (true, mode.kinds + 1),
                '+' => mode.updating = true,
                't' => mode.text = true,
                'b' => mode.binary = true,
                _ => return raise!(py, ValueError, "invalid mode: '{text}'"),
            }
            if text[..i].contains(c) {
                return raise!(py, ValueError, "invalid mode: '{text}'");
            }
        }
        if mode.text && mode.binary {
            return raise!(py, ValueError, "can't have text and binary mode at once");
        }
        if mode.kinds > 1 {
            return raise!(
                py,
                ValueError,
                "must have exactly one of create/read/write/append mode"
            );
        }
        if mode.kinds == 0 {
            return raise!(
                py,
                ValueError,
                "Must have exactly one of create/read/write/append mode and at most one plus"
            );
        }
        mode.raw.writable = mode.updating || !mode.raw.readable;
        mode.raw.readable |= mode.updating;
        Ok(mode)
    }
}

/// `os.fspath`.
pub fn fs_path(py: Py, path: &Value) -> PyResult {
    if path.downcast::<Str>().is_some() || path.downcast::<Bytes>().is_some() {
        return Ok(path.clone());
    }
    let object = path.to_object();
    let Some(method) = protocol::attr::lookup_special(py, &object, intern!("__fspath__"))?
        .filter(|m| !m.is_none())
    else {
        let ty = path.ty().name();
        return raise!(
            py,
            TypeError,
            "expected str, bytes or os.PathLike object, not {ty}"
        );
    };
    let result = protocol::call(py, &method, &[])?;
    if result.downcast::<Str>().is_some() || result.downcast::<Bytes>().is_some() {
        return Ok(result);
    }
    let (ty, got) = (path.ty().name(), result.ty().name());
    raise!(
        py,
        TypeError,
        "expected {ty}.__fspath__() to return str or bytes, not {got}"
    )
}

/// A file name's bytes: UTF-8, with escaped bytes restored.
pub fn fs_encode(py: Py, text: &Str) -> PyResult<Vec<u8>> {
    let chars = text.chars();
    let mut at = 0;
    let encoded = encode_utf8(chars, &mut |fault| {
        at = fault.start;
        Policy::SurrogateEscape.encode(chars, fault, SurrogateForm::Utf8)
    });
    match encoded {
        Ok(bytes) => Ok(bytes),
        Err(_) => errors::surrogates_not_allowed(py, text, at),
    }
}

/// `open(...)` as Python calls it.
#[expect(clippy::too_many_arguments, reason = "they are Python's")]
pub fn function(
    py: Py,
    file: &Value,
    mode: Option<&Str>,
    buffering: Option<i32>,
    encoding: Option<&Value>,
    errors: Option<&Value>,
    newline: Option<&Value>,
    closefd: Option<bool>,
    opener: Option<&Value>,
) -> PyResult {
    for (name, value) in [
        ("encoding", encoding),
        ("errors", errors),
        ("newline", newline),
    ] {
        if let Some(value) = value.filter(|v| v.downcast::<Str>().is_none()) {
            return raise!(
                py,
                TypeError,
                "open() argument '{name}' must be str or None, not {}",
                value.ty().name()
            );
        }
    }
    let mode = match mode {
        Some(mode) => mode.to_utf8(py)?,
        None => "r".into(),
    };
    let options = Options {
        mode: &mode,
        buffering: i64::from(buffering.unwrap_or(-1)),
        encoding,
        errors,
        newline,
        closefd: closefd.unwrap_or(true),
        opener,
    };
    open(py, file, &options)
}

pub fn open(py: Py, file: &Value, options: &Options<'_>) -> PyResult {
    let file = if protocol::number::is_index(file) || file.as_double().is_some() {
        file.clone()
    } else {
        fs_path(py, file)?
    };
    let mode = OpenMode::parse(py, options.mode)?;
    check_options(py, mode, options)?;
    let raw = fileio::create(py, &file, mode.raw, options.closefd, options.opener)?;
    let top = Value::from(raw.clone());
    match stack(py, raw, mode, options) {
        Ok(stream) => Ok(stream),
        Err(raised) => fault::both(py, Err(raised), || call0(py, &top, intern!("close"))),
    }
}

fn check_options(py: Py, mode: OpenMode, options: &Options<'_>) -> PyResult<()> {
    if !mode.binary {
        return Ok(());
    }
    for (name, given) in [
        ("an encoding", options.encoding.is_some()),
        ("an errors", options.errors.is_some()),
        ("a newline", options.newline.is_some()),
    ] {
        if given {
            return raise!(py, ValueError, "binary mode doesn't take {name} argument");
        }
    }
    if options.buffering == 1 {
        let text = "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used";
        errors::warn(py, &exceptions::RuntimeWarning, text, 1)?;
    }
    Ok(())
}

/// Puts buffer and text layer on a raw file, as mode and options ask for.
fn stack(py: Py, raw: Owned<fileio::This>, mode: OpenMode, options: &Options<'_>) -> PyResult {
    let terminal = options.buffering < 0 && raw.is_terminal(py)?;
    let line_buffering = options.buffering == 1 || terminal;
    let size = match options.buffering {
        1.. if line_buffering => -1,
        size => size,
    };
    let size = if size < 0 {
        raw.block_size()
            .clamp(DEFAULT_BUFFER_SIZE as i64, LARGEST_BUFFER)
    } else {
        size
    };
    let raw = Value::from(raw);
    if size == 0 {
        if !mode.binary {
            return raise!(py, ValueError, "can't have unbuffered text I/O");
        }
        return Ok(raw);
    }
    let buffer = if mode.updating {
        base::check_seekable(py, &raw)?;
        Value::from(random::create(py, &raw, size)?)
    } else if mode.raw.writable {
        Value::from(writer::create(py, &raw, size)?)
    } else {
        Value::from(reader::create(py, &raw, size)?)
    };
    if mode.binary {
        return Ok(buffer);
    }
    let given = |value: Option<&Value>| value.cloned().unwrap_or_else(Value::none);
    let wrapped = Newline::of(py, options.newline).and_then(|newline| {
        let settings = Settings {
            encoding: given(options.encoding),
            errors: given(options.errors),
            newline,
            line_buffering,
            write_through: false,
        };
        text::create(py, &buffer, settings)
    });
    let wrapper = match wrapped {
        Ok(wrapper) => Value::from(wrapper),
        Err(raised) => {
            return fault::both(py, Err(raised), || call0(py, &buffer, intern!("close")));
        }
    };
    let mode = Value::from(Str::new(options.mode));
    protocol::set_attr(py, &wrapper, intern!("mode"), &mode)?;
    Ok(wrapper)
}
