//! `SSLSession`: what a client goes on with in a new connection.
//!
//! rustls does not tell the identifier and the lifetime of a ticket: the identifier is
//! this object's own, and `ticket_lifetime_hint` is absent.

use std::sync::Arc;

use krait_object::native::{Class, TypeBuilder};
use krait_object::protocol::CompareOp;
use krait_object::{Instance, Object, Owned, Py, Value, class_cell};
use krait_tls::session::Session as Tickets;

/// A session of a client.
pub struct Session {
    pub tickets: Arc<Tickets>,
    /// The address of the context that it was made under.
    pub context: usize,
    id: [u8; 32],
    time: i64,
}

type This = Instance<Session>;

impl Session {
    pub fn new(
        py: Py,
        tickets: Arc<Tickets>,
        context: usize,
        id: [u8; 32],
        time: i64,
    ) -> Owned<This> {
        Instance::new(
            py,
            Session {
                tickets,
                context,
                id,
                time,
            },
        )
    }
}

fn compare(_py: Py, this: &This, other: &Object, op: CompareOp) -> Value {
    let Some(other) = other.downcast::<This>() else {
        return Value::from_static(krait_object::singletons::not_implemented());
    };
    match op {
        CompareOp::Eq => Value::bool(this.id == other.id),
        CompareOp::Ne => Value::bool(this.id != other.id),
        _ => Value::from_static(krait_object::singletons::not_implemented()),
    }
}

impl Class for Session {
    const NAME: &'static str = "_ssl.SSLSession";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor()
            .unhashable()
            .compare(compare)
            .getter("has_ticket", |_py: Py, this: &This| {
                this.tickets.is_usable()
            })
            .getter("id", |_py: Py, this: &This| this.id.to_vec())
            .getter("time", |_py: Py, this: &This| this.time)
            // OpenSSL's and rustls's own limit for sessions, in seconds.
            .getter("timeout", |_py: Py, _this: &This| 7200i64);
    }
}
