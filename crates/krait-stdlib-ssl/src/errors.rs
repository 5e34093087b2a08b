//! SSLError and its subclasses.

use std::cell::RefCell;

use krait_object::exceptions::{self, OSError};
use krait_object::native::{TypeBuilder, TypeCell};
use krait_object::protocol::{self, set_attr};
use krait_object::types::typeobject::TYPE;
use krait_object::{
    Dict, GilCell, Layout, ModuleBuilder, Owned, Py, PyResult, Raised, Str, Tuple, Type, Value,
    errors, intern,
};
use krait_tls::Fault;
use krait_tls::verify::{self, Failure, Host};

mod reasons;

/// Numbers of errors (`SSL_ERROR_*`).
const SSL: i64 = 1;
const WANT_READ: i64 = 2;
const WANT_WRITE: i64 = 3;
const ZERO_RETURN: i64 = 6;
const EOF: i64 = 8;

static SSL_ERROR: TypeCell = TypeCell::new();

/// The subclasses, in the order of `NAMES`.
static CLASSES: GilCell<RefCell<Vec<Value>>> = GilCell::new(RefCell::new(Vec::new()));

const NAMES: [&str; 6] = [
    "SSLZeroReturnError",
    "SSLWantReadError",
    "SSLWantWriteError",
    "SSLSyscallError",
    "SSLEOFError",
    "SSLCertVerificationError",
];

/// The text where there is one, else what the arguments show.
fn str(py: Py, this: &OSError) -> PyResult<Owned<Str>> {
    if let Some(text) = this
        .strerror
        .get()
        .and_then(|t| t.downcast_owned::<Str>().ok())
    {
        return Ok(text);
    }
    let args = errors::args_of(this.as_object()).unwrap_or_else(Tuple::empty);
    protocol::str(py, &Value::from(args))
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    let py = m.py;
    if !SSL_ERROR.is_ready() {
        let mut b = TypeBuilder::<OSError>::new(&SSL_ERROR, "ssl.SSLError", size_of::<OSError>());
        b.base(&exceptions::OSError)
            .subclassable()
            .doc("An error occurred in the SSL implementation.")
            .str(str);
        b.finish();
    }
    let base: &Type = &SSL_ERROR;
    m.value("SSLError", Value::from(base.to_owned()))?;
    let mut classes = Vec::new();
    for name in NAMES {
        let mut bases = vec![Value::from(base.to_owned())];
        if name == "SSLCertVerificationError" {
            bases.push(Value::from(exceptions::ValueError.to_owned()));
        }
        let dict = Dict::new();
        dict.set_str(py, intern!("__module__"), Value::from(Str::intern("ssl")))?;
        let arguments = [
            Value::from(Str::intern(name)),
            Value::from(Tuple::from_values(bases)),
            Value::from(dict),
        ];
        let class = protocol::call(py, &Value::from(TYPE.to_owned()), &arguments)?;
        m.value(name, class.clone())?;
        classes.push(class);
    }
    *CLASSES.get(py).borrow_mut() = classes;
    Ok(())
}

fn class_named(py: Py, name: &str) -> Value {
    let at = NAMES.iter().position(|n| *n == name);
    let found = at.and_then(|at| CLASSES.get(py).borrow().get(at).cloned());
    let base: &Type = &SSL_ERROR;
    found.unwrap_or_else(|| Value::from(base.to_owned()))
}

/// An error with its number, where in the library it is from and why.
struct Report<'a> {
    class: &'a str,
    number: i64,
    library: Option<&'a str>,
    reason: Option<&'a str>,
    text: &'a str,
}

#[cold]
fn report(py: Py, report: Report<'_>) -> PyResult {
    let text = match (report.library, report.reason) {
        (Some(library), Some(reason)) => format!("[{library}: {reason}] {}", report.text),
        (Some(library), None) => format!("[{library}] {}", report.text),
        _ => report.text.to_owned(),
    };
    let arguments = [Value::int(report.number), Value::from(Str::new(&text))];
    let error = protocol::call(py, &class_named(py, report.class), &arguments)?;
    let word = |w: Option<&str>| w.map_or_else(Value::none, |w| Value::from(Str::new(w)));
    set_attr(py, &error, intern!("reason"), &word(report.reason))?;
    set_attr(py, &error, intern!("library"), &word(report.library))?;
    Ok(error)
}

fn raise<T>(py: Py, error: PyResult) -> PyResult<T> {
    let error = error?;
    Err(errors::raise_object(py, error.into_object()))
}

/// SSLError with a plain text.
#[cold]
pub fn plain<T>(py: Py, text: &str) -> PyResult<T> {
    let error = report(
        py,
        Report {
            class: "SSLError",
            number: 0,
            library: None,
            reason: None,
            text,
        },
    );
    raise(py, error)
}

/// SSLError from a part of the library, with a reason.
#[cold]
pub fn reasoned<T>(py: Py, library: &str, reason: &str, text: &str) -> PyResult<T> {
    let error = report(
        py,
        Report {
            class: "SSLError",
            number: SSL,
            library: Some(library),
            reason: Some(reason),
            text,
        },
    );
    raise(py, error)
}

/// SSLError from a part of the library, without a reason.
#[cold]
pub fn library<T>(py: Py, library: &str, text: &str) -> PyResult<T> {
    let error = report(
        py,
        Report {
            class: "SSLError",
            number: SSL,
            library: Some(library),
            reason: None,
            text,
        },
    );
    raise(py, error)
}

fn simple<T>(py: Py, class: &str, number: i64, text: &str) -> PyResult<T> {
    let error = report(
        py,
        Report {
            class,
            number,
            library: None,
            reason: None,
            text,
        },
    );
    raise(py, error)
}

#[cold]
pub fn want_read<T>(py: Py) -> PyResult<T> {
    let text = "The operation did not complete (read)";
    simple(py, "SSLWantReadError", WANT_READ, text)
}

#[cold]
pub fn want_write<T>(py: Py) -> PyResult<T> {
    let text = "The operation did not complete (write)";
    simple(py, "SSLWantWriteError", WANT_WRITE, text)
}

#[cold]
pub fn zero_return<T>(py: Py) -> PyResult<T> {
    let text = "TLS/SSL connection has been closed (EOF)";
    simple(py, "SSLZeroReturnError", ZERO_RETURN, text)
}

/// The transport ended without the peer's having said so.
#[cold]
pub fn eof<T>(py: Py) -> PyResult<T> {
    let error = report(
        py,
        Report {
            class: "SSLEOFError",
            number: EOF,
            library: Some("SSL"),
            reason: Some("UNEXPECTED_EOF_WHILE_READING"),
            text: "EOF occurred in violation of protocol",
        },
    );
    raise(py, error)
}

/// What went wrong in a connection.
#[cold]
pub fn fault<T>(py: Py, fault: &Fault, host: Option<&Host>) -> PyResult<T> {
    match fault {
        Fault::Verify(failure) => verification(py, *failure, host),
        Fault::Http => reasoned(py, "SSL", "HTTP_REQUEST", "http request"),
        Fault::Tls(error) => {
            let (reason, text) = reasons::of(error);
            reasoned(py, "SSL", &reason, &text)
        }
    }
}

fn verification<T>(py: Py, failure: Failure, host: Option<&Host>) -> PyResult<T> {
    let message = match (failure.0, host) {
        (62, Some(Host::Name(name))) => {
            format!("Hostname mismatch, certificate is not valid for '{name}'.")
        }
        (64, Some(Host::Address(address))) => {
            format!("IP address mismatch, certificate is not valid for '{address}'.")
        }
        (code, _) => verify::text(code).to_owned(),
    };
    let error = report(
        py,
        Report {
            class: "SSLCertVerificationError",
            number: SSL,
            library: Some("SSL"),
            reason: Some("CERTIFICATE_VERIFY_FAILED"),
            text: &format!("certificate verify failed: {message}"),
        },
    )?;
    set_attr(py, &error, intern!("verify_code"), &Value::int(failure.0))?;
    let message = Value::from(Str::new(&message));
    set_attr(py, &error, intern!("verify_message"), &message)?;
    Err::<T, Raised>(errors::raise_object(py, error.into_object()))
}
