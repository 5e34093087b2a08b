//! The handshake, with the callback that chooses a server's context by the name that
//! the client asks for.

use std::sync::PoisonError;

use krait_object::protocol;
use krait_object::{Layout, Py, PyResult, Str, Value, errors as core_errors};

use super::This;
use super::transport::{self, Doing, Line};
use crate::errors;

const HANDSHAKE_FAILURE: u8 = 40;
const INTERNAL_ERROR: u8 = 80;

/// `do_handshake()`.
pub fn run(py: Py, this: &This) -> PyResult<()> {
    super::transfer::check_end(py, this)?;
    let line = transport::line(py, this, Doing::Handshake)?;
    advance(py, this, line.as_ref())
}

/// Goes on with the handshake until it is done.
pub fn advance(py: Py, this: &This, line: Option<&Line>) -> PyResult<()> {
    if !this.started.replace(true) {
        count(this, false);
    }
    loop {
        let hello = this.engine().hello();
        if let Some(hello) = hello {
            answer(py, this, line, hello.server_name.as_deref())?;
        }
        transport::flush(py, this, line)?;
        let engine = this.engine();
        if !engine.is_handshaking() {
            break;
        }
        if engine.has_failed() {
            drop(engine);
            return errors::eof(py);
        }
        let waiting = engine.has_input();
        drop(engine);
        if waiting {
            transport::pump(py, this, line)?;
            let still = this.engine();
            if !still.has_input() || still.hello().is_some() || !still.is_handshaking() {
                continue;
            }
        }
        if !transport::fill(py, this, line)? {
            return errors::eof(py);
        }
    }
    this.done.set(true);
    if !this.counted.replace(true) {
        count(this, true);
    }
    Ok(())
}

fn count(this: &This, good: bool) {
    let context = this.context();
    let counts = &context.counts;
    let place = match (this.server_side, good) {
        (false, false) => &counts.connect,
        (false, true) => &counts.connect_good,
        (true, false) => &counts.accept,
        (true, true) => &counts.accept_good,
    };
    place.set(place.get() + 1);
    if good && this.engine().was_resumed() {
        counts.hits.set(counts.hits.get() + 1);
    }
}

/// Answers the client's first message.
fn answer(py: Py, this: &This, line: Option<&Line>, name: Option<&str>) -> PyResult<()> {
    if let Some(alert) = ask_callback(py, this, name) {
        this.engine().refuse(alert);
        transport::flush(py, this, line)?;
        return errors::reasoned(py, "SSL", "CALLBACK_FAILED", "callback failed");
    }
    let settings = this.settings(py)?;
    let engine = &this.engine;
    let result = py.allow_threads(|| {
        engine
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .accept(&settings)
    });
    match result {
        Ok(()) => Ok(()),
        Err(fault) => transport::refuse(py, this, line, &fault),
    }
}

/// Tells `sni_callback` of the name; the alert where it does not like it.
fn ask_callback(py: Py, this: &This, name: Option<&str>) -> Option<u8> {
    let context = this.context();
    let callback = context.sni_callback.borrow().clone()?;
    // A connection without an owner is passed itself.
    let owner = if this.owner.borrow().is_none() {
        this.as_object().to_owned()
    } else {
        match this.owner() {
            Some(owner) => owner,
            // Nobody is left who could be asked about it.
            None => return Some(INTERNAL_ERROR),
        }
    };
    let name = name.map_or_else(Value::none, |n| Value::from(Str::new(n)));
    let arguments = [Value::from(owner), name, Value::from(context)];
    match protocol::call(py, &callback, &arguments) {
        Ok(result) if result.is_none() => None,
        Ok(result) => match protocol::number::index_to_i128(py, &result) {
            Ok(number) => Some(number.map_or(INTERNAL_ERROR, |n| n as u8)),
            Err(_) => {
                core_errors::write_unraisable(py, None, Some(&result.to_object()));
                Some(INTERNAL_ERROR)
            }
        },
        Err(_) => {
            core_errors::write_unraisable(py, None, Some(&callback.to_object()));
            Some(HANDSHAKE_FAILURE)
        }
    }
}
