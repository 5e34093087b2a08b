//! `_socket`.
//!
//! A socket object holds a descriptor and a timeout. Addresses are C structs built and
//! read byte by byte (`address`), so nothing here needs unsafe code.

use std::cell::{Cell, RefCell};

use krait_object::native::module::NativeModule;
use krait_object::{
    Builtin, GilCell, Instance, Layout, ModuleBuilder, Py, PyResult, Str, Value, exceptions,
};
use krait_sys::libc;
use krait_sys::names::GaiError;

mod address;
mod constants;
mod convert;
mod host;
mod message;
mod object;
mod options;
mod resolve;
mod transfer;
mod wait;

pub use object::Socket;

pub const MODULE: NativeModule = NativeModule {
    name: "_socket",
    init,
};

/// The module's own exceptions, and the timeout of new sockets in nanoseconds (-1: none).
struct State {
    gaierror: RefCell<Option<Value>>,
    herror: RefCell<Option<Value>>,
    default_timeout: Cell<i64>,
}

static STATE: GilCell<State> = GilCell::new(State {
    gaierror: RefCell::new(None),
    herror: RefCell::new(None),
    default_timeout: Cell::new(-1),
});

fn raise_pair<T>(py: Py, class: Option<Value>, code: i32, text: &[u8]) -> PyResult<T> {
    let class = class.unwrap_or_else(|| Value::from(exceptions::OSError.to_owned()));
    let text = Str::new(&String::from_utf8_lossy(text));
    crate::exceptions::raise(
        py,
        &class,
        &[Value::int(i64::from(code)), Value::from(text)],
    )
}

/// `gaierror`, or OSError where the system itself has failed.
#[cold]
fn gai_error<T>(py: Py, error: GaiError) -> PyResult<T> {
    if error.code == libc::EAI_SYSTEM {
        return crate::blocking::fail(py, error.errno);
    }
    let class = STATE.get(py).gaierror.borrow().clone();
    raise_pair(
        py,
        class,
        error.code,
        &krait_sys::names::gai_text(error.code),
    )
}

/// `herror`.
#[cold]
fn host_error<T>(py: Py, code: i32) -> PyResult<T> {
    let class = STATE.get(py).herror.borrow().clone();
    raise_pair(py, class, code, &krait_sys::names::host_text(code))
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    let py = m.py;
    m.text(
        "__doc__",
        "Implementation module for socket operations.\n\nSee the socket module for documentation.",
    )?;
    crate::numbers::add_numbers(m, constants::NUMBERS)?;
    m.value("has_ipv6", Value::bool(true))?
        .text("BDADDR_ANY", "00:00:00:00:00:00")?
        .text("BDADDR_LOCAL", "00:00:00:FF:FF:FF")?
        .value("error", Value::from(exceptions::OSError.to_owned()))?
        .value("timeout", Value::from(exceptions::TimeoutError.to_owned()))?;
    for (name, place) in [
        ("gaierror", &STATE.get(py).gaierror),
        ("herror", &STATE.get(py).herror),
    ] {
        let class =
            crate::exceptions::new_class(py, &format!("socket.{name}"), &exceptions::OSError)?;
        *place.borrow_mut() = Some(class.clone());
        m.value(name, class)?;
    }
    m.class::<Socket>()?;
    m.value(
        "SocketType",
        Value::from(Instance::<Socket>::type_object().to_owned()),
    )?;
    object::define(m)?;
    message::define(m)?;
    convert::define(m)?;
    host::define(m)?;
    resolve::define(m)
}
