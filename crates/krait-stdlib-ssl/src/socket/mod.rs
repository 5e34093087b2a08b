//! `_SSLSocket`: a connection over a socket or over memory.
//!
//! The engine is behind a lock since it works without the GIL; the lock is never held
//! while the GIL is waited for, nor during a call that can block.

use std::cell::{Cell, RefCell};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use krait_object::gc::{Trace, Visitor};
use krait_object::native::{Class, TypeBuilder};
use krait_object::types::weakref::{self, WeakRef};
use krait_object::{Instance, Layout, Object, Owned, Py, PyResult, Value, class_cell, raise};
use krait_tls::session::Session as Tickets;
use krait_tls::verify::Host;
use krait_tls::{Engine, Settings};

use crate::bio::Bio;
use crate::context::{self, Context};
use crate::errors;
use crate::session::Session;

mod handshake;
mod info;
mod resume;
mod transfer;
mod transport;

/// What carries the bytes.
pub enum Transport {
    /// A `_socket.socket`, which is not kept alive.
    Socket(Owned<WeakRef>),
    Memory {
        incoming: Owned<Instance<Bio>>,
        outgoing: Owned<Instance<Bio>>,
    },
}

/// A connection.
pub struct Socket {
    engine: Mutex<Engine>,
    /// Held by the thread that sends.
    sending: Mutex<()>,
    transport: Transport,
    context: RefCell<Owned<context::This>>,
    owner: RefCell<Option<Owned<WeakRef>>>,
    server_side: bool,
    host_name: Option<String>,
    /// What the server's certificate must be for.
    host: Option<Host>,
    /// What the client goes on with, and the session object once it was asked for.
    resume: RefCell<Option<Arc<Tickets>>>,
    session: RefCell<Option<Owned<Instance<Session>>>>,
    started: Cell<bool>,
    done: Cell<bool>,
    /// Data that the engine has taken and that was not sent at once.
    unsent: Cell<usize>,
    /// Whether the end was told to the peer.
    closing: Cell<bool>,
    /// Whether the transport has ended without the peer's word.
    cut_off: Cell<bool>,
    /// Whether the handshake's counts in the context are done.
    counted: Cell<bool>,
}

pub type This = Instance<Socket>;

impl Socket {
    fn engine(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn context(&self) -> Owned<context::This> {
        self.context.borrow().clone()
    }

    fn settings(&self, py: Py) -> PyResult<Settings> {
        self.context().settings(py, self.server_side)
    }

    /// The object that `ssl` shows to the program.
    fn owner(&self) -> Option<Owned> {
        self.owner.borrow().as_ref()?.upgrade()
    }
}

fn client_engine(
    py: Py,
    settings: &Settings,
    name: Option<&str>,
    host: Option<Host>,
    resume: Option<Arc<Tickets>>,
) -> PyResult<Engine> {
    match Engine::client(settings, name, host, resume) {
        Ok(engine) => Ok(engine),
        Err(error) => errors::fault(py, &krait_tls::Fault::Tls(error), None),
    }
}

/// A connection of a context.
pub fn make(
    py: Py,
    context: &context::This,
    transport: Transport,
    server_side: bool,
    host_name: Option<String>,
    owner: Option<&Value>,
    session: Option<&Value>,
) -> PyResult<Owned<This>> {
    let settings = context.settings(py, server_side)?;
    let host = host_name
        .as_deref()
        .filter(|_| context.check_hostname.get());
    let host = host.map(|name| match name.parse::<IpAddr>() {
        Ok(address) => Host::Address(address),
        Err(_) => Host::Name(name.to_owned()),
    });
    let engine = if server_side {
        Engine::server()
    } else {
        client_engine(py, &settings, host_name.as_deref(), host.clone(), None)?
    };
    let owner = match owner.filter(|o| !o.is_none()) {
        Some(owner) => Some(weakref::new_ref(py, &owner.to_object(), None)?),
        None => None,
    };
    let this = Instance::new(
        py,
        Socket {
            engine: Mutex::new(engine),
            sending: Mutex::new(()),
            transport,
            context: RefCell::new(context.to_owned()),
            owner: RefCell::new(owner),
            server_side,
            host_name,
            host,
            resume: RefCell::default(),
            session: RefCell::default(),
            started: Cell::new(false),
            done: Cell::new(false),
            unsent: Cell::new(0),
            closing: Cell::new(false),
            cut_off: Cell::new(false),
            counted: Cell::new(false),
        },
    );
    if let Some(session) = session.filter(|s| !s.is_none()) {
        resume::set(py, &this, Some(&session.to_object()))?;
    }
    Ok(this)
}

fn set_context(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    match value.and_then(|v| v.downcast::<context::This>()) {
        Some(context) => {
            let old = this.context.replace(context.to_owned());
            drop(old);
            Ok(())
        }
        None if value.is_none() => undeletable(py),
        None => raise!(py, TypeError, "The value must be a SSLContext"),
    }
}

#[cold]
fn undeletable<T>(py: Py) -> PyResult<T> {
    raise!(
        py,
        AttributeError,
        "attributes of '_ssl._SSLSocket' objects cannot be deleted"
    )
}

fn set_owner(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    let owner = match value {
        Some(value) if value.is_none() => None,
        Some(value) => Some(weakref::new_ref(py, value, None)?),
        None => return undeletable(py),
    };
    let old = this.owner.replace(owner);
    drop(old);
    Ok(())
}

impl Class for Socket {
    const NAME: &'static str = "_ssl._SSLSocket";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor()
            .getset(
                "context",
                |_py: Py, this: &This| this.context(),
                set_context,
            )
            .getset("owner", |_py: Py, this: &This| this.owner(), set_owner)
            .getter("server_side", |_py: Py, this: &This| this.server_side)
            .getter("server_hostname", |_py: Py, this: &This| {
                this.host_name.clone()
            })
            .method("do_handshake($self, /)", handshake::run);
        transfer::define(b);
        info::define(b);
        resume::define(b);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        if let Ok(context) = self.context.try_borrow() {
            context.trace(visitor);
        }
    }
}

/// The context's own number, by which sessions know it.
fn identity(context: &Instance<Context>) -> usize {
    std::ptr::from_ref(context).addr()
}
