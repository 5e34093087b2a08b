//! Making connections from contexts.

use krait_object::native::TypeBuilder;
use krait_object::types::weakref;
use krait_object::{Instance, Owned, Py, PyResult, Str, Value, raise};
use krait_stdlib_os::socket::Socket as RawSocket;

use super::{PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER, This};
use crate::bio::Bio;
use crate::errors;
use crate::socket::{self, Socket, Transport};

/// The name of the server, which must be usable as one.
fn host_name(py: Py, name: Option<&Value>) -> PyResult<Option<String>> {
    let Some(name) = name.filter(|n| !n.is_none()) else {
        return Ok(None);
    };
    let Some(text) = name.downcast::<Str>() else {
        let got = name.ty().short_name();
        return raise!(
            py,
            TypeError,
            "_wrap_socket() argument 'server_hostname' must be str or None, not {got}"
        );
    };
    let text = text.to_utf8(py)?.into_owned();
    if text.contains('\0') {
        return raise!(
            py,
            TypeError,
            "argument must be encoded string without null bytes, not str"
        );
    }
    if text.is_empty() || text.starts_with('.') {
        return raise!(
            py,
            ValueError,
            "server_hostname cannot be an empty string or start with a leading dot."
        );
    }
    Ok(Some(text))
}

fn check_side(py: Py, this: &This, server: bool) -> PyResult<()> {
    match (server, this.protocol) {
        (true, PROTOCOL_TLS_CLIENT) => errors::plain(
            py,
            "Cannot create a server socket with a PROTOCOL_TLS_CLIENT context",
        ),
        (false, PROTOCOL_TLS_SERVER) => errors::plain(
            py,
            "Cannot create a client socket with a PROTOCOL_TLS_SERVER context",
        ),
        _ => Ok(()),
    }
}

fn wrap_socket(
    py: Py,
    this: &This,
    sock: &Instance<RawSocket>,
    server_side: bool,
    server_hostname: Option<&Value>,
    owner: Option<&Value>,
    session: Option<&Value>,
) -> PyResult<Owned<Instance<Socket>>> {
    let name = host_name(py, server_hostname)?;
    check_side(py, this, server_side)?;
    let socket = weakref::new_ref(py, krait_object::Layout::as_object(sock), None)?;
    let transport = Transport::Socket(socket);
    socket::make(py, this, transport, server_side, name, owner, session)
}

#[expect(
    clippy::too_many_arguments,
    reason = "the arguments of the Python method"
)]
fn wrap_bio(
    py: Py,
    this: &This,
    incoming: &Instance<Bio>,
    outgoing: &Instance<Bio>,
    server_side: bool,
    server_hostname: Option<&Value>,
    owner: Option<&Value>,
    session: Option<&Value>,
) -> PyResult<Owned<Instance<Socket>>> {
    let name = host_name(py, server_hostname)?;
    check_side(py, this, server_side)?;
    let own = krait_object::Layout::to_owned;
    let transport = Transport::Memory {
        incoming: own(incoming),
        outgoing: own(outgoing),
    };
    socket::make(py, this, transport, server_side, name, owner, session)
}

pub fn define(b: &mut TypeBuilder<This>) {
    b.method(
        "_wrap_socket($self, /, sock, server_side, server_hostname=None, *, owner=None, session=None)",
        wrap_socket,
    )
    .method(
        "_wrap_bio($self, /, incoming, outgoing, server_side, server_hostname=None, *, owner=None, session=None)",
        wrap_bio,
    );
}
