//! `socket`: making, connecting, closing.
//!
//! What always holds: `fd` is -1 where there is no open socket; where `timeout` is not
//! negative the descriptor does not block.

use std::cell::Cell;

use krait_object::native::{Args, Class, TypeBuilder};
use krait_object::protocol::{self, number};
use krait_object::{
    Float, Instance, KwArgs, Layout, ModuleBuilder, Owned, Py, PyResult, Type, Value, class_cell,
    errors, exceptions, raise,
};
use krait_sys::libc::{self, SOCK_CLOEXEC, SOCK_NONBLOCK};
use krait_sys::{Errno, file, socket as sys};

use super::address::{self, Purpose};
use super::wait::{Deadline, Ready, call, wait_ready};
use super::{STATE, message, options, transfer};
use crate::blocking::{audit, fail, os, run_signals};
use crate::time::convert::{Round, nanoseconds};

/// A socket.
pub struct Socket {
    pub fd: Cell<i32>,
    pub family: Cell<i32>,
    pub kind: Cell<i32>,
    pub protocol: Cell<i32>,
    /// Nanoseconds; -1 blocks for ever, 0 does not block.
    pub timeout: Cell<i64>,
}

pub type This = Instance<Socket>;

impl Socket {
    fn closed() -> Socket {
        Socket {
            fd: Cell::new(-1),
            family: Cell::new(0),
            kind: Cell::new(0),
            protocol: Cell::new(0),
            timeout: Cell::new(-1),
        }
    }

    /// Takes a descriptor over; the default timeout applies unless the kind says that it
    /// does not block.
    fn set(&self, py: Py, fd: i32, family: i32, kind: i32, protocol: i32) -> PyResult<()> {
        self.fd.set(fd);
        self.family.set(family);
        self.kind.set(kind & !(SOCK_NONBLOCK | SOCK_CLOEXEC));
        self.protocol.set(protocol);
        let default = STATE.get(py).default_timeout.get();
        if kind & SOCK_NONBLOCK != 0 {
            self.timeout.set(0);
        } else {
            self.timeout.set(default);
            if default >= 0 {
                os(py, file::set_blocking(fd, false))?;
            }
        }
        Ok(())
    }

    fn set_timeout(&self, py: Py, timeout: i64) -> PyResult<()> {
        self.timeout.set(timeout);
        os(py, file::set_blocking(self.fd.get(), timeout < 0))
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let fd = self.fd.replace(-1);
        if fd >= 0 {
            // Nobody is left to be told of an error.
            let _ = file::close(fd);
        }
    }
}

/// A timeout: `None` blocks for ever.
fn timeout_of(py: Py, value: &Value) -> PyResult<i64> {
    if value.is_none() {
        return Ok(-1);
    }
    let huge = value
        .as_double()
        .or_else(|| value.downcast::<Float>().map(Float::get))
        .is_some_and(|f| f.abs() > 9.2e9);
    if huge {
        return raise!(py, OverflowError, "timestamp out of range for C PyTime_t");
    }
    let nanos = nanoseconds(py, value, Round::Timeout)?;
    if nanos < 0 {
        return raise!(py, ValueError, "Timeout value out of range");
    }
    Ok(nanos)
}

fn timeout_value(nanos: i64) -> Option<f64> {
    (nanos >= 0).then_some(nanos as f64 / 1e9)
}

fn init(
    py: Py,
    this: &This,
    family: Option<i32>,
    kind: Option<i32>,
    protocol: Option<i32>,
    fileno: Option<&Value>,
) -> PyResult<()> {
    let given = [family, kind, protocol].map(|n| n.filter(|&n| n != -1));
    let values = [family, kind, protocol].map(|n| Value::int(i64::from(n.unwrap_or(-1))));
    let own = Value::from(this.to_owned());
    audit(
        py,
        "socket.__new__",
        &[own, values[0].clone(), values[1].clone(), values[2].clone()],
    )?;
    let [family, kind, protocol] = given;
    let Some(fileno) = fileno.filter(|f| !f.is_none()) else {
        let (family, kind) = (
            family.unwrap_or(libc::AF_INET),
            kind.unwrap_or(libc::SOCK_STREAM),
        );
        let protocol = protocol.unwrap_or(0);
        let fd = os(
            py,
            py.allow_threads(|| sys::socket(family, kind | SOCK_CLOEXEC, protocol)),
        )?;
        return this.set(py, fd, family, kind, protocol);
    };
    let wide = number::index_to_i128(py, fileno)?;
    let fd = match wide.and_then(|w| i32::try_from(w).ok()) {
        Some(fd) if fd < 0 => return raise!(py, ValueError, "negative file descriptor"),
        Some(fd) => fd,
        None => {
            return raise!(
                py,
                OverflowError,
                "Python int too large to convert to C int"
            );
        }
    };
    let found = os(py, sys::getsockname(fd))?;
    let family = family.unwrap_or_else(|| address::family_of(&found));
    let kind = match kind {
        Some(kind) => kind,
        None => os(py, options::int_option(fd, libc::SOL_SOCKET, libc::SO_TYPE))?,
    };
    let protocol = match protocol {
        Some(protocol) => protocol,
        None => os(
            py,
            options::int_option(fd, libc::SOL_SOCKET, libc::SO_PROTOCOL),
        )?,
    };
    this.set(py, fd, family, kind, protocol)
}

fn close(py: Py, this: &This) -> PyResult<()> {
    let fd = this.fd.replace(-1);
    if fd < 0 {
        return Ok(());
    }
    // A peer that has reset the connection is no error of closing.
    match py.allow_threads(|| file::close(fd)) {
        Err(error) if error.0 != libc::ECONNRESET => fail(py, error),
        _ => Ok(()),
    }
}

fn finalize(py: Py, this: &This) {
    if this.fd.get() < 0 {
        return;
    }
    let saved = py.thread().take_exception();
    let shown = protocol::repr::repr_object(py, this.as_object());
    let warned = shown.and_then(|text| {
        let text = format!("unclosed {}", text.to_rust());
        errors::warn_of_resource(py, &text, this.as_object())
    });
    if warned.is_err() {
        if errors::matches(py, &exceptions::Warning) {
            errors::write_unraisable(py, None, Some(this.as_object()));
        } else {
            drop(py.thread().take_exception());
        }
    }
    let fd = this.fd.replace(-1);
    if fd >= 0 {
        let _ = file::close(fd);
    }
    if let Some(saved) = saved {
        py.thread().set_exception(saved);
    }
}

fn accept(py: Py, this: &This) -> PyResult<(i32, Value)> {
    let (fd, peer) = call(py, this, Ready::Read, |fd| sys::accept(fd, SOCK_CLOEXEC))?;
    match address::to_value(py, fd, &peer) {
        Ok(value) => Ok((fd, value)),
        Err(raised) => {
            let _ = file::close(fd);
            Err(raised)
        }
    }
}

/// Connects; `Ok(Some)` is the error that a connection's making ended with.
fn try_connect(py: Py, this: &This, address: &[u8]) -> PyResult<Option<Errno>> {
    let fd = this.fd.get();
    let error = match py.allow_threads(|| sys::connect(fd, address)) {
        Ok(_) => return Ok(None),
        Err(error) => error,
    };
    let timeout = this.timeout.get();
    let wait = match error.0 {
        // The connection goes on being made after a signal.
        libc::EINTR => {
            run_signals(py)?;
            timeout != 0
        }
        libc::EINPROGRESS => timeout > 0,
        _ => false,
    };
    if !wait {
        return Ok(Some(error));
    }
    wait_ready(py, fd, Ready::Connected, Deadline::of(this))?;
    match os(
        py,
        options::int_option(fd, libc::SOL_SOCKET, libc::SO_ERROR),
    )? {
        0 | libc::EISCONN => Ok(None),
        error => Ok(Some(Errno(error))),
    }
}

fn connect(py: Py, this: &This, target: &Value) -> PyResult<()> {
    let address = address::of_value(py, this, target, Purpose::Connect)?;
    audit(
        py,
        "socket.connect",
        &[Value::from(this.to_owned()), target.clone()],
    )?;
    match try_connect(py, this, &address)? {
        None => Ok(()),
        Some(error) => fail(py, error),
    }
}

fn connect_ex(py: Py, this: &This, target: &Value) -> PyResult<i32> {
    let address = address::of_value(py, this, target, Purpose::ConnectEx)?;
    audit(
        py,
        "socket.connect",
        &[Value::from(this.to_owned()), target.clone()],
    )?;
    match try_connect(py, this, &address) {
        Ok(None) => Ok(0),
        Ok(Some(error)) => Ok(error.0),
        Err(raised) => match errors::take_if(py, &exceptions::TimeoutError) {
            Some(_) => Ok(libc::EWOULDBLOCK),
            None => Err(raised),
        },
    }
}

fn bind(py: Py, this: &This, target: &Value) -> PyResult<()> {
    let address = address::of_value(py, this, target, Purpose::Bind)?;
    audit(
        py,
        "socket.bind",
        &[Value::from(this.to_owned()), target.clone()],
    )?;
    let fd = this.fd.get();
    os(py, py.allow_threads(|| sys::bind(fd, &address))).map(drop)
}

fn peer(py: Py, this: &This, own: bool) -> PyResult {
    let fd = this.fd.get();
    let found = py.allow_threads(|| {
        if own {
            sys::getsockname(fd)
        } else {
            sys::getpeername(fd)
        }
    });
    let found = os(py, found)?;
    address::to_value(py, fd, &found)
}

impl Class for Socket {
    const NAME: &'static str = "_socket.socket";
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.subclassable()
            .new_with(
                "socket(*args, **kwargs)",
                |_py: Py, class: &Type, _args: Args<'_>, _kwargs: KwArgs| {
                    Instance::new_in(_py, class, Socket::closed())
                },
            )
            .init("socket(family=-1, type=-1, proto=-1, fileno=None)", init)
            .finalize(finalize)
            .repr(|_py: Py, this: &This| {
                let (fd, family, kind, protocol) = (
                    this.fd.get(),
                    this.family.get(),
                    this.kind.get(),
                    this.protocol.get(),
                );
                format!("<socket object, fd={fd}, family={family}, type={kind}, proto={protocol}>")
            })
            .getter("family", |_py: Py, this: &This| this.family.get())
            .getter("type", |_py: Py, this: &This| this.kind.get())
            .getter("proto", |_py: Py, this: &This| this.protocol.get())
            .getter("timeout", |_py: Py, this: &This| {
                timeout_value(this.timeout.get())
            })
            .method("_accept($self, /)", accept)
            .method("bind($self, object, /)", bind)
            .method("close($self, /)", close)
            .method("connect($self, object, /)", connect)
            .method("connect_ex($self, object, /)", connect_ex)
            .method("detach($self, /)", |_py: Py, this: &This| {
                this.fd.replace(-1)
            })
            .method("fileno($self, /)", |_py: Py, this: &This| this.fd.get())
            .method("getpeername($self, /)", |py: Py, this: &This| {
                peer(py, this, false)
            })
            .method("getsockname($self, /)", |py: Py, this: &This| {
                peer(py, this, true)
            })
            .method(
                "listen(backlog=min(SOMAXCONN, 128), /)",
                |py: Py, this: &This, backlog: Option<i32>| {
                    let (fd, backlog) = (
                        this.fd.get(),
                        backlog.unwrap_or(libc::SOMAXCONN.min(128)).max(0),
                    );
                    os(py, py.allow_threads(|| sys::listen(fd, backlog))).map(drop)
                },
            )
            .method(
                "shutdown($self, object, /)",
                |py: Py, this: &This, how: i32| {
                    let fd = this.fd.get();
                    os(py, py.allow_threads(|| sys::shutdown(fd, how))).map(drop)
                },
            )
            .method(
                "setblocking($self, object, /)",
                |py: Py, this: &This, on: bool| this.set_timeout(py, if on { -1 } else { 0 }),
            )
            .method("getblocking($self, /)", |_py: Py, this: &This| {
                this.timeout.get() != 0
            })
            .method(
                "settimeout($self, object, /)",
                |py: Py, this: &This, timeout: &Value| {
                    let timeout = timeout_of(py, timeout)?;
                    this.set_timeout(py, timeout)
                },
            )
            .method("gettimeout($self, /)", |_py: Py, this: &This| {
                timeout_value(this.timeout.get())
            });
        transfer::define_methods(b);
        message::define_methods(b);
        options::define_methods(b);
    }
}

/// A socket object of a descriptor that is its own from now on.
fn wrap(py: Py, fd: i32, family: i32, kind: i32, protocol: i32) -> PyResult<Owned<This>> {
    let this = Instance::new(py, Socket::closed());
    this.set(py, fd, family, kind, protocol)?;
    Ok(this)
}

fn socketpair(
    py: Py,
    family: Option<i32>,
    kind: Option<i32>,
    protocol: Option<i32>,
) -> PyResult<(Value, Value)> {
    let (family, kind) = (
        family.unwrap_or(libc::AF_UNIX),
        kind.unwrap_or(libc::SOCK_STREAM),
    );
    let protocol = protocol.unwrap_or(0);
    let (a, b) = os(
        py,
        py.allow_threads(|| sys::socketpair(family, kind | SOCK_CLOEXEC, protocol)),
    )?;
    let (a, b) = (
        wrap(py, a, family, kind, protocol)?,
        wrap(py, b, family, kind, protocol)?,
    );
    Ok((Value::from(a), Value::from(b)))
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function(
        "socketpair(family=AF_UNIX, type=SOCK_STREAM, proto=0, /)",
        socketpair,
    )?
    .function("getdefaulttimeout($self, /)", |py: Py| {
        timeout_value(STATE.get(py).default_timeout.get())
    })?
    .function(
        "setdefaulttimeout($self, object, /)",
        |py: Py, timeout: &Value| {
            let timeout = timeout_of(py, timeout)?;
            STATE.get(py).default_timeout.set(timeout);
            Ok::<_, krait_object::Raised>(())
        },
    )?
    .function("close($self, object, /)", |py: Py, fd: i32| {
        match py.allow_threads(|| file::close(fd)) {
            Err(error) if error.0 != libc::ECONNRESET => fail(py, error),
            _ => Ok(()),
        }
    })?
    .function("dup($self, object, /)", |py: Py, fd: i32| {
        os(py, file::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0))
    })?;
    Ok(())
}
