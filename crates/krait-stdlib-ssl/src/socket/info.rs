//! What was agreed with the peer, and who it is.

use krait_object::native::TypeBuilder;
use krait_object::{Bytes, Dict, List, Owned, Py, PyResult, Str, Tuple, Value, protocol, raise};
use krait_tls::cert::Certificate;
use krait_tls::config::Mode;
use krait_tls::suites::Suite;

use super::This;
use crate::certificate;

fn getpeercert(py: Py, this: &This, binary: Option<bool>) -> PyResult {
    if !this.done.get() {
        return raise!(py, ValueError, "handshake not done yet");
    }
    let Some(cert) = this.engine().peer_chain().into_iter().next() else {
        return Ok(Value::none());
    };
    if binary == Some(true) {
        return Ok(Value::from(Bytes::new(&cert.der)));
    }
    // What was not verified is not shown.
    if this.context().mode.get() == Mode::None {
        return Ok(Value::from(Dict::new()));
    }
    certificate::dict(py, &cert).map(Value::from)
}

fn chain_value(py: Py, chain: Vec<std::sync::Arc<Certificate>>) -> Option<Owned<List>> {
    if chain.is_empty() {
        return None;
    }
    let objects = chain.into_iter().map(|cert| certificate::object(py, cert));
    Some(List::from_values(objects))
}

fn verified_chain(py: Py, this: &This) -> Option<Owned<List>> {
    let chain = this.engine().verified_chain();
    chain_value(py, chain.unwrap_or_default())
}

fn unverified_chain(py: Py, this: &This) -> Option<Owned<List>> {
    let chain = this.engine().peer_chain();
    chain_value(py, chain)
}

fn suite_value(suite: &Suite, version: &str) -> Value {
    Value::from(Tuple::from_values([
        Value::from(Str::new(suite.name)),
        Value::from(Str::new(version)),
        Value::int(suite.bits),
    ]))
}

fn own_version(suite: &Suite) -> &'static str {
    if suite.tls13 { "TLSv1.3" } else { "TLSv1.2" }
}

fn shared_ciphers(_py: Py, this: &This) -> Option<Owned<List>> {
    if !this.server_side || !this.done.get() {
        return None;
    }
    let offered = this.engine().offered_suites();
    let values = offered.into_iter().map(|s| suite_value(s, own_version(s)));
    Some(List::from_values(values))
}

fn channel_binding(py: Py, this: &This, kind: Option<&Value>) -> PyResult<()> {
    if let Some(kind) = kind {
        let text = protocol::expect_str(py, kind, "cb_type must be a string")?;
        if !text.eq_str("tls-unique") {
            let shown = text.to_rust();
            return raise!(
                py,
                ValueError,
                "'{shown}' channel binding type not implemented"
            );
        }
    }
    if !this.done.get() {
        return Ok(());
    }
    raise!(
        py,
        NotImplementedError,
        "rustls does not tell the value of 'tls-unique'"
    )
}

fn post_handshake(py: Py, _this: &This) -> PyResult<()> {
    raise!(
        py,
        NotImplementedError,
        "Post-handshake auth is not supported by your OpenSSL version."
    )
}

pub fn define(b: &mut TypeBuilder<This>) {
    b.method("getpeercert($self, der=False, /)", getpeercert)
        .method("get_verified_chain($self, /)", verified_chain)
        .method("get_unverified_chain($self, /)", unverified_chain)
        .method("cipher($self, /)", |_py: Py, this: &This| {
            let suite = this.engine().suite();
            suite.map(|s| suite_value(s, own_version(s)))
        })
        .method("shared_ciphers($self, /)", shared_ciphers)
        .method("version($self, /)", |_py: Py, this: &This| {
            let version = this.engine().version();
            version.filter(|_| this.done.get())
        })
        .method(
            "selected_alpn_protocol($self, /)",
            |_py: Py, this: &This| {
                let protocol = this.engine().alpn().map(<[u8]>::to_vec);
                protocol.map(|p| String::from_utf8_lossy(&p).into_owned())
            },
        )
        .method("compression($self, /)", |_py: Py, _this: &This| {
            Value::none()
        })
        .method(
            "get_channel_binding($self, /, cb_type='tls-unique')",
            channel_binding,
        )
        .method("verify_client_post_handshake($self, /)", post_handshake);
}
