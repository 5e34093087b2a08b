//! `_ssl`: what Python's `ssl` is built on, over krait-tls.
//!
//! Protocol work is done in memory by a `krait_tls::Engine`; here are Python's objects,
//! the transports (sockets and memory) and the waiting. No lock on an engine is held
//! while the GIL is being taken or a transport waited for.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;
use krait_object::{ModuleBuilder, PyResult, Tuple, Value};

mod bio;
mod certificate;
mod constants;
mod context;
mod errors;
mod objects;
mod random;
mod session;
mod socket;

/// The modules of this crate.
pub const MODULES: &[NativeModule] = &[NativeModule { name: "_ssl", init }];

/// The version of OpenSSL whose API this is: the one that Python 3.14 is made for.
const VERSION: [i64; 5] = [3, 0, 0, 0, 0];

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.text(
        "__doc__",
        "Implementation module for SSL socket operations.  See the socket module\nfor documentation.",
    )?;
    constants::define(m)?;
    errors::define(m)?;
    let version = || Value::from(Tuple::from_values(VERSION.map(Value::int)));
    m.value("OPENSSL_VERSION_INFO", version())?
        .value("_OPENSSL_API_VERSION", version())?
        .int("OPENSSL_VERSION_NUMBER", 0x3000_0000)?
        .text(
            "OPENSSL_VERSION",
            "OpenSSL 3.0.0 API, provided by rustls 0.23 with ring",
        )?
        .text("_DEFAULT_CIPHERS", context::DEFAULT_CIPHERS)?;
    m.class::<context::Context>()?
        .class::<socket::Socket>()?
        .class::<bio::Bio>()?
        .class::<session::Session>()?
        .class::<certificate::Certificate>()?;
    random::define(m)?;
    objects::define(m)?;
    certificate::define(m)?;
    context::paths::define(m)
}
