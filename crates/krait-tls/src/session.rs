//! What a client keeps of a connection to go on with it later.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::NamedGroup;
use rustls::client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::ServerName;

use crate::config::Origin;

#[derive(Default)]
struct Content {
    tls12: Option<Tls12ClientSessionValue>,
    tls13: Vec<Tls13ClientSessionValue>,
    /// Tickets that the server has sent for this session.
    received: u64,
    /// What checked the server. rustls goes on with a session under the same only.
    origin: Option<Origin>,
}

/// The tickets of one session.
#[derive(Default)]
pub struct Session(Mutex<Content>);

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session")
    }
}

impl Session {
    fn lock(&self) -> MutexGuard<'_, Content> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is something to go on with.
    pub fn is_usable(&self) -> bool {
        let content = self.lock();
        content.tls12.is_some() || !content.tls13.is_empty()
    }

    pub(crate) fn origin(&self) -> Option<Origin> {
        self.lock().origin.clone()
    }

    pub(crate) fn set_origin(&self, origin: Origin) {
        self.lock().origin = Some(origin);
    }

    /// How many tickets have come.
    pub fn received(&self) -> u64 {
        self.lock().received
    }
}

/// Where a connection looks for what it can go on with, and where it keeps what it gets.
#[derive(Debug)]
pub(crate) struct Places {
    pub from: Option<Arc<Session>>,
    pub to: Arc<Session>,
}

impl ClientSessionStore for Places {
    fn set_kx_hint(&self, _name: ServerName<'static>, _group: NamedGroup) {}

    fn kx_hint(&self, _name: &ServerName<'_>) -> Option<NamedGroup> {
        None
    }

    fn set_tls12_session(&self, _name: ServerName<'static>, value: Tls12ClientSessionValue) {
        let mut content = self.to.lock();
        content.received += 1;
        content.tls12 = Some(value);
    }

    fn tls12_session(&self, _name: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.from.as_ref()?.lock().tls12.clone()
    }

    fn remove_tls12_session(&self, _name: &ServerName<'static>) {
        if let Some(from) = &self.from {
            from.lock().tls12 = None;
        }
    }

    fn insert_tls13_ticket(&self, _name: ServerName<'static>, value: Tls13ClientSessionValue) {
        let mut content = self.to.lock();
        content.received += 1;
        content.tls13.push(value);
        // As many as a server sends at once are enough.
        if content.tls13.len() > 8 {
            content.tls13.remove(0);
        }
    }

    fn take_tls13_ticket(&self, _name: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        // A ticket is used once.
        self.from.as_ref()?.lock().tls13.pop()
    }
}
