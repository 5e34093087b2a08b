//! `_json`: reading and writing JSON for the package `json`.
//!
//! Text is read unit by unit where it lies (a string cannot change), keys that occur
//! again share one string, and what is written goes into one growing buffer.

use std::cell::OnceCell;

use krait_object::native::ModuleBuilder;
use krait_object::native::module::NativeModule;
use krait_object::{GilCell, Owned, Py, PyResult, Str, Value, hooks, protocol, raise};

mod decode;
mod encode;
mod encoder;
mod keys;
mod number;
mod quote;
mod scanner;
mod text;

pub const MODULE: NativeModule = NativeModule {
    name: "_json",
    init,
};

/// The two functions that encoders know how to do without calling them.
struct Quoting {
    ascii: Value,
    plain: Value,
}

static QUOTING: GilCell<OnceCell<Quoting>> = GilCell::new(OnceCell::new());

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.function_doc(
        "encode_basestring_ascii($self, object, /)",
        "encode_basestring_ascii(string) -> string\n\nReturn an ASCII-only JSON representation of a Python string",
        |py, text: &Value| quote::quoted(string(py, text)?, true),
    )?
    .function_doc(
        "encode_basestring($self, object, /)",
        "encode_basestring(string) -> string\n\nReturn a JSON representation of a Python string",
        |py, text: &Value| quote::quoted(string(py, text)?, false),
    )?
    .function_doc(
        "scanstring(string, end, strict=True, /)",
        "scanstring(string, end, strict=True) -> (string, end)\n\nScan the string for a JSON string. End is the index \
         of the\ncharacter in string after the quote that started the JSON string.",
        scan_string,
    )?
    .value("make_scanner", type_of::<scanner::Scanner>())?
    .value("make_encoder", type_of::<encoder::Encoder>())?;
    let function = |name: &str| m.dict().get_str(m.py, name).unwrap_or_else(Value::none);
    let quoting = Quoting {
        ascii: function("encode_basestring_ascii"),
        plain: function("encode_basestring"),
    };
    let _ = QUOTING.get(m.py).set(quoting);
    Ok(())
}

fn type_of<T: krait_object::Class>() -> Value {
    use krait_object::{Builtin, Instance, Layout};
    Value::from(Instance::<T>::type_object().to_owned())
}

/// A `str` argument.
fn string(py: Py, value: &Value) -> PyResult<&Str> {
    match value.downcast::<Str>() {
        Some(text) => Ok(text),
        None => raise!(
            py,
            TypeError,
            "first argument must be a string, not {}",
            value.ty().name()
        ),
    }
}

fn scan_string(
    py: Py,
    text: &Value,
    end: isize,
    strict: Option<bool>,
) -> PyResult<(Owned<Str>, usize)> {
    let doc = string(py, text)?;
    match usize::try_from(end) {
        Ok(start) if start <= doc.len() => text::scan(py, doc, start, strict.unwrap_or(true)),
        _ => raise!(py, ValueError, "end is out of bounds"),
    }
}

/// Raises `json.JSONDecodeError(message, document, position)`.
#[cold]
fn decode_error<T>(py: Py, message: &str, doc: &Str, at: usize) -> PyResult<T> {
    let module = hooks::import_module(py, "json.decoder")?;
    let class = protocol::get_attr_str(py, &module, "JSONDecodeError")?;
    let arguments = [
        Value::from(Str::new(message)),
        Value::from(doc.to_owned_str()),
        Value::int(at as i64),
    ];
    let error = protocol::call(py, &class, &arguments)?;
    Err(krait_object::errors::raise_object(py, error.into_object()))
}

/// How a function given as encoder quotes strings; `None` where it is another function.
fn known_quoting(py: Py, encoder: &Value) -> Option<bool> {
    let known = QUOTING.get(py).get()?;
    match () {
        () if encoder.is(&known.ascii) => Some(true),
        () if encoder.is(&known.plain) => Some(false),
        () => None,
    }
}
