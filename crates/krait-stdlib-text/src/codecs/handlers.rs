//! The built-in error handlers as functions: what `codecs.lookup_error` gives.

use krait_object::{
    Bytes, Dict, Layout, ModuleBuilder, Owned, Py, PyResult, Str, Tuple, Value, errors, exceptions,
    intern, protocol, raise,
};
use krait_text::codecs::{Fault, Handled, Policy};

use super::errors::surrogate_form;

/// What a UnicodeError object says.
struct Report {
    object: Value,
    encoding: String,
    start: usize,
    end: usize,
}

/// The kind of a UnicodeError.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Encode,
    Decode,
    Translate,
}

fn kind_of(exception: &Value) -> Option<Kind> {
    let ty = exception.ty();
    if ty.is_subtype_of(&exceptions::UnicodeEncodeError) {
        Some(Kind::Encode)
    } else if ty.is_subtype_of(&exceptions::UnicodeDecodeError) {
        Some(Kind::Decode)
    } else if ty.is_subtype_of(&exceptions::UnicodeTranslateError) {
        Some(Kind::Translate)
    } else {
        None
    }
}

fn report(py: Py, exception: &Value, kind: Kind) -> PyResult<Report> {
    let object = protocol::get_attr(py, exception, intern!("object"))?;
    let len = match (kind, object.downcast::<Bytes>(), object.downcast::<Str>()) {
        (Kind::Decode, Some(bytes), _) => bytes.len(),
        (Kind::Encode | Kind::Translate, _, Some(text)) => text.len(),
        (Kind::Decode, ..) => {
            return raise!(
                py,
                TypeError,
                "UnicodeError 'object' attribute must be a bytes"
            );
        }
        _ => {
            return raise!(
                py,
                TypeError,
                "UnicodeError 'object' attribute must be a string"
            );
        }
    };
    let place = |name: &Str| -> PyResult<i64> {
        let value = protocol::get_attr(py, exception, name)?;
        Ok(protocol::number::int_of(&value).unwrap_or(0))
    };
    let (start, end) = (place(intern!("start"))?, place(intern!("end"))?);
    let len = len as i64;
    let start = start.clamp(0, (len - 1).max(0));
    let end = end.clamp(len.min(1), len).max(start);
    let encoding = match kind {
        Kind::Translate => String::new(),
        _ => match protocol::get_attr(py, exception, intern!("encoding"))?.downcast::<Str>() {
            Some(name) => name.to_rust().into_owned(),
            None => {
                return raise!(
                    py,
                    TypeError,
                    "UnicodeError 'encoding' attribute must be a string"
                );
            }
        },
    };
    Ok(Report {
        object,
        encoding,
        start: start as usize,
        end: end as usize,
    })
}

#[cold]
fn cannot_handle<T>(py: Py, exception: &Value) -> PyResult<T> {
    let got = exception.ty().name();
    raise!(
        py,
        TypeError,
        "don't know how to handle {got} in error callback"
    )
}

/// Raises what a codec passed.
fn reraise<T>(py: Py, exception: &Value) -> PyResult<T> {
    match exception
        .as_object()
        .filter(|o| exceptions::is_exception(o))
    {
        Some(object) => Err(errors::raise_object(py, Layout::to_owned(object))),
        None => raise!(py, TypeError, "codec must pass exception instance"),
    }
}

/// Which kinds of errors a policy deals with.
fn deals_with(policy: Policy, kind: Kind) -> bool {
    match policy {
        Policy::Ignore | Policy::Replace | Policy::BackslashReplace => true,
        Policy::XmlCharRefReplace | Policy::NameReplace => kind == Kind::Encode,
        Policy::SurrogateEscape | Policy::SurrogatePass => kind != Kind::Translate,
        Policy::Strict => false,
    }
}

/// Answers an exception as the policy says.
fn answer(py: Py, exception: &Value, policy: Policy) -> PyResult {
    if policy == Policy::Strict {
        return reraise(py, exception);
    }
    let Some(kind) = kind_of(exception).filter(|kind| deals_with(policy, *kind)) else {
        return cannot_handle(py, exception);
    };
    let report = report(py, exception, kind)?;
    let fault = Fault {
        start: report.start,
        end: report.end,
        reason: "",
    };
    let form = surrogate_form(&report.encoding);
    let handled = match (
        report.object.downcast::<Bytes>(),
        report.object.downcast::<Str>(),
    ) {
        (Some(bytes), _) => policy.decode(bytes.as_slice(), &fault, form),
        (_, Some(_)) if kind == Kind::Translate && policy != Policy::BackslashReplace => {
            policy.translate(&fault)
        }
        (_, Some(text)) => policy.encode(text.chars(), &fault, form),
        _ => Handled::Fail,
    };
    let (replacement, at) = match handled {
        Handled::Replace(text, at) => (Value::from(Str::from_u32(&text)), at),
        Handled::ReplaceBytes(bytes, at) => (Value::from(Bytes::new(&bytes)), at),
        Handled::Fail => return reraise(py, exception),
    };
    Ok(Value::from(Tuple::from_values([
        replacement,
        Value::int(at as i64),
    ])))
}

macro_rules! handlers {
    ($module:expr; $($text:literal $policy:ident),* $(,)?) => { $(
        $module.function($text, |py, exception: &Value| answer(py, exception, Policy::$policy))?;
    )* };
}

/// The names of the built-in handlers and the names of their functions.
pub const BUILTIN: [(&str, &str); 8] = [
    ("strict", "strict_errors"),
    ("ignore", "ignore_errors"),
    ("replace", "replace_errors"),
    ("xmlcharrefreplace", "xmlcharrefreplace_errors"),
    ("backslashreplace", "backslashreplace_errors"),
    ("namereplace", "namereplace_errors"),
    ("surrogatepass", "surrogatepass"),
    ("surrogateescape", "surrogateescape"),
];

/// All built-in handlers by name.
pub fn builtin(py: Py) -> PyResult<Owned<Dict>> {
    let m = ModuleBuilder::new(py, "_codecs");
    handlers! { m;
        "strict_errors(object, /)" Strict,
        "ignore_errors(object, /)" Ignore,
        "replace_errors(object, /)" Replace,
        "xmlcharrefreplace_errors(object, /)" XmlCharRefReplace,
        "backslashreplace_errors(object, /)" BackslashReplace,
        "namereplace_errors(object, /)" NameReplace,
        "surrogatepass(object, /)" SurrogatePass,
        "surrogateescape(object, /)" SurrogateEscape,
    }
    let functions = m.dict();
    let all = Dict::new();
    for (name, function) in BUILTIN {
        if let Some(function) = functions.get_str(py, function) {
            all.set_value(py, &Value::from(Str::intern(name)), function)?;
        }
    }
    Ok(all)
}
