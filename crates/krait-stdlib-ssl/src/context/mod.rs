//! `_SSLContext`: settings that connections are made from.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use krait_object::gc::{Trace, Visitor};
use krait_object::native::{Class, TypeBuilder};
use krait_object::{
    Instance, Owned, Py, PyResult, Type, Value, class_cell, errors, exceptions, raise,
};
use krait_tls::config::Mode;
use krait_tls::rustls::server::{ProducesTickets, ServerSessionMemoryCache};
use krait_tls::rustls::sign::CertifiedKey;
use krait_tls::rustls::{self, NamedGroup, SupportedProtocolVersion};
use krait_tls::store::Store;
use krait_tls::suites::{self, Suite};
use krait_tls::{Settings, verify};

use crate::errors as ssl_errors;
use keylog::KeyFile;

mod attributes;
mod ciphers;
mod keylog;
mod loading;
pub mod paths;
mod trust;
mod wrap;

/// What a context allows at first.
pub const DEFAULT_CIPHERS: &str =
    "@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM";

pub const PROTOCOL_TLS: i64 = 2;
pub const PROTOCOL_TLSV1_2: i64 = 5;
pub const PROTOCOL_TLS_CLIENT: i64 = 16;
pub const PROTOCOL_TLS_SERVER: i64 = 17;

const MINIMUM: i64 = -2;
const MAXIMUM: i64 = -1;
const TLSV1_2: i64 = 0x303;
const TLSV1_3: i64 = 0x304;

const OP_NO_TICKET: u64 = 0x4000;
const OP_NO_TLSV1_2: u64 = 0x800_0000;
const OP_NO_TLSV1_3: u64 = 0x2000_0000;
const OP_SERVER_PREFERENCE: u64 = 0x40_0000;
pub const OP_IGNORE_EOF: u64 = 0x80;
/// OP_ALL, no SSL 3, no compression, the server's preference, compatibility with middle
/// boxes: CPython's choice.
const DEFAULT_OPTIONS: u64 = 0x8252_0050;

/// Counts that `session_stats()` shows.
#[derive(Default)]
pub struct Counts {
    pub connect: Cell<i64>,
    pub connect_good: Cell<i64>,
    pub accept: Cell<i64>,
    pub accept_good: Cell<i64>,
    pub hits: Cell<i64>,
}

/// A context.
pub struct Context {
    pub protocol: i64,
    pub mode: Cell<Mode>,
    pub check_hostname: Cell<bool>,
    pub host_flags: Cell<u32>,
    pub verify_flags: Cell<u64>,
    pub options: Cell<u64>,
    minimum: Cell<i64>,
    maximum: Cell<i64>,
    tickets: Cell<usize>,
    suites: RefCell<Vec<&'static Suite>>,
    groups: RefCell<Vec<NamedGroup>>,
    alpn: RefCell<Vec<Vec<u8>>>,
    identities: RefCell<Vec<Arc<CertifiedKey>>>,
    pub store: Arc<Store>,
    sessions: Arc<ServerSessionMemoryCache>,
    ticketer: RefCell<Option<Arc<dyn ProducesTickets>>>,
    keys: RefCell<Option<KeyFile>>,
    pub sni_callback: RefCell<Option<Value>>,
    pub counts: Counts,
}

pub type This = Instance<Context>;

fn new(py: Py, class: &Type, protocol: i64) -> PyResult<Owned<This>> {
    let name = match protocol {
        PROTOCOL_TLS => Some("PROTOCOL_TLS"),
        PROTOCOL_TLSV1_2 => Some("PROTOCOL_TLSv1_2"),
        PROTOCOL_TLS_CLIENT | PROTOCOL_TLS_SERVER => None,
        _ => return raise!(py, ValueError, "invalid or unsupported protocol version"),
    };
    if let Some(name) = name {
        let text = format!("ssl.{name} is deprecated");
        errors::warn(py, &exceptions::DeprecationWarning, &text, 2)?;
    }
    let client = protocol == PROTOCOL_TLS_CLIENT;
    let (minimum, maximum) = match protocol {
        PROTOCOL_TLSV1_2 => (TLSV1_2, TLSV1_2),
        _ => (MINIMUM, MAXIMUM),
    };
    let context = Context {
        protocol,
        mode: Cell::new(if client { Mode::Required } else { Mode::None }),
        check_hostname: Cell::new(client),
        host_flags: Cell::new(krait_tls::hostname::NO_PARTIAL_WILDCARDS),
        verify_flags: Cell::new(verify::TRUSTED_FIRST),
        options: Cell::new(DEFAULT_OPTIONS),
        minimum: Cell::new(minimum),
        maximum: Cell::new(maximum),
        tickets: Cell::new(2),
        suites: RefCell::new(suites::ALL.iter().collect()),
        groups: RefCell::default(),
        alpn: RefCell::default(),
        identities: RefCell::default(),
        store: Arc::default(),
        sessions: ServerSessionMemoryCache::new(1024),
        ticketer: RefCell::default(),
        keys: RefCell::default(),
        sni_callback: RefCell::default(),
        counts: Counts::default(),
    };
    Instance::new_in(py, class, context)
}

impl Context {
    fn versions(&self) -> Vec<&'static SupportedProtocolVersion> {
        let (options, minimum) = (self.options.get(), self.minimum.get());
        let maximum = match self.maximum.get() {
            MAXIMUM => i64::MAX,
            most => most,
        };
        let allows =
            |version: i64, off: u64| options & off == 0 && minimum <= version && version <= maximum;
        let mut versions: Vec<&'static SupportedProtocolVersion> = Vec::new();
        if allows(TLSV1_3, OP_NO_TLSV1_3) {
            versions.push(&rustls::version::TLS13);
        }
        if allows(TLSV1_2, OP_NO_TLSV1_2) {
            versions.push(&rustls::version::TLS12);
        }
        versions
    }

    fn ticketer(&self) -> Option<Arc<dyn ProducesTickets>> {
        if self.options.get() & OP_NO_TICKET != 0 {
            return None;
        }
        let mut ticketer = self.ticketer.borrow_mut();
        if ticketer.is_none() {
            *ticketer = rustls::crypto::ring::Ticketer::new().ok();
        }
        ticketer.clone()
    }

    /// The settings as they are now.
    pub fn settings(&self, py: Py, server: bool) -> PyResult<Settings> {
        let versions = self.versions();
        if versions.is_empty() {
            let text = "no protocols available";
            return ssl_errors::reasoned(py, "SSL", "NO_PROTOCOLS_AVAILABLE", text);
        }
        Ok(Settings {
            versions,
            suites: self.suites.borrow().clone(),
            groups: self.groups.borrow().clone(),
            alpn: self.alpn.borrow().clone(),
            identities: self.identities.borrow().clone(),
            mode: self.mode.get(),
            store: self.store.clone(),
            flags: self.verify_flags.get(),
            host_flags: self.host_flags.get(),
            key_log: self.keys.borrow().as_ref().map(KeyFile::log),
            tickets: self.tickets.get(),
            server_order: self.options.get() & OP_SERVER_PREFERENCE != 0,
            sessions: self.sessions.clone(),
            ticketer: if server { self.ticketer() } else { None },
        })
    }
}

impl Class for Context {
    const NAME: &'static str = "_ssl._SSLContext";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.subclassable().new_with("_SSLContext(protocol, /)", new);
        attributes::define(b);
        ciphers::define(b);
        keylog::define(b);
        loading::define(b);
        trust::define(b);
        wrap::define(b);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        if let Ok(callback) = self.sni_callback.try_borrow() {
            callback.trace(visitor);
        }
    }

    fn clear(&self) {
        let callback = self.sni_callback.take();
        drop(callback);
    }
}
