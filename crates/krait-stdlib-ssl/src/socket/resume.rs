//! Sessions: going on with an earlier connection.

use std::sync::Arc;

use krait_object::native::TypeBuilder;
use krait_object::{Instance, Layout, Object, Owned, Py, PyResult, raise};

use super::{This, client_engine, identity};
use crate::session::Session;

/// The session, once the handshake is done; servers have none to show.
fn get(py: Py, this: &This) -> Option<Owned<Instance<Session>>> {
    if let Some(session) = this.session.borrow().as_ref() {
        return Some(session.clone());
    }
    if this.server_side || !this.done.get() {
        return None;
    }
    let tickets = this.engine().session()?.clone();
    let mut id = [0; 32];
    krait_tls::random(&mut id);
    let now = krait_tls::config::now();
    let session = Session::new(py, tickets, identity(&this.context()), id, now);
    *this.session.borrow_mut() = Some(session.clone());
    Some(session)
}

/// Sets what the client goes on with; before the handshake only.
pub fn set(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    if value.is_none() {
        return super::undeletable(py);
    }
    let Some(session) = value.and_then(|v| v.downcast::<Instance<Session>>()) else {
        return raise!(py, TypeError, "Value is not a SSLSession.");
    };
    let context = this.context();
    if session.context != identity(&context) {
        return raise!(py, ValueError, "Session refers to a different SSLContext.");
    }
    if this.server_side {
        return raise!(
            py,
            ValueError,
            "Cannot set session for server-side SSLSocket."
        );
    }
    if this.started.get() {
        return raise!(py, ValueError, "Cannot set session after handshake.");
    }
    let tickets: Arc<_> = session.tickets.clone();
    let settings = this.settings(py)?;
    let engine = client_engine(
        py,
        &settings,
        this.host_name.as_deref(),
        this.host.clone(),
        Some(tickets.clone()),
    )?;
    *this.engine() = engine;
    *this.resume.borrow_mut() = Some(tickets);
    let old = this.session.replace(Some(session.to_owned()));
    drop(old);
    Ok(())
}

pub fn define(b: &mut TypeBuilder<This>) {
    b.getset("session", get, set)
        .getter("session_reused", |_py: Py, this: &This| {
            this.engine().was_resumed()
        });
}
