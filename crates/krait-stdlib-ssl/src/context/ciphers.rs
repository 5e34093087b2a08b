//! Cipher suites, groups and application protocols of contexts.

use krait_object::native::TypeBuilder;
use krait_object::types::buffer::Buffer;
use krait_object::{Bytes, Dict, List, Owned, Py, PyResult, Str, Value, protocol, raise};
use krait_tls::rustls::NamedGroup;
use krait_tls::suites::{self, Suite};

use super::This;
use crate::errors;

/// OpenSSL's numbers have the library's mark above the protocol's.
const MARK: i64 = 0x300_0000;

fn described(py: Py, suite: &Suite) -> PyResult<Owned<Dict>> {
    let dict = Dict::new();
    let text = |t: &str| Value::from(Str::new(t));
    let (protocol, kea) = if suite.tls13 {
        ("TLSv1.3", "kx-any")
    } else {
        ("TLSv1.2", "kx-ecdhe")
    };
    let auth = format!("auth-{}", suite.auth.to_ascii_lowercase());
    for (key, value) in [
        ("id", Value::int(MARK | i64::from(u16::from(suite.id)))),
        ("name", text(suite.name)),
        ("protocol", text(protocol)),
        ("description", text(&suite.description())),
        ("strength_bits", Value::int(suite.bits)),
        ("alg_bits", Value::int(suite.bits)),
        ("aead", Value::bool(true)),
        ("symmetric", text(suite.symmetric)),
        ("digest", Value::none()),
        ("kea", text(kea)),
        ("auth", text(&auth)),
    ] {
        dict.set_value(py, &Value::from(Str::intern(key)), value)?;
    }
    Ok(dict)
}

fn get_ciphers(py: Py, this: &This) -> PyResult<Owned<List>> {
    let versions = this.versions();
    let spoken = |tls13: bool| {
        versions
            .iter()
            .any(|v| (v.version == krait_tls::ProtocolVersion::TLSv1_3) == tls13)
    };
    let list = List::new();
    for suite in this.suites.borrow().iter().filter(|s| spoken(s.tls13)) {
        list.push_value(Value::from(described(py, suite)?));
    }
    Ok(list)
}

fn set_ciphers(py: Py, this: &This, text: String) -> PyResult<()> {
    match suites::choose(&text) {
        Some(chosen) => {
            *this.suites.borrow_mut() = chosen;
            Ok(())
        }
        None => errors::plain(py, "No cipher can be selected."),
    }
}

fn set_ecdh_curve(py: Py, this: &This, name: &Value) -> PyResult<()> {
    let text = match (name.downcast::<Str>(), name.downcast::<Bytes>()) {
        (Some(text), _) => text.to_rust().into_owned(),
        (_, Some(bytes)) => String::from_utf8_lossy(bytes.as_slice()).into_owned(),
        _ => {
            let got = name.ty().short_name();
            return raise!(
                py,
                TypeError,
                "expected str, bytes or os.PathLike object, not {got}"
            );
        }
    };
    let group = match text.as_str() {
        "prime256v1" | "secp256r1" | "P-256" => NamedGroup::secp256r1,
        "secp384r1" | "P-384" => NamedGroup::secp384r1,
        "X25519" | "x25519" => NamedGroup::X25519,
        _ => {
            let shown = protocol::repr(py, name)?;
            return raise!(
                py,
                ValueError,
                "unknown elliptic curve name {}",
                shown.to_rust()
            );
        }
    };
    *this.groups.borrow_mut() = vec![group];
    Ok(())
}

/// Protocols come as on the wire: each with its length before it.
fn set_alpn(py: Py, this: &This, protocols: &Value) -> PyResult<()> {
    let buffer = Buffer::new(py, protocols)?;
    let mut rest = buffer.as_slice();
    let mut found = Vec::new();
    while let Some((&len, after)) = rest.split_first() {
        let Some((protocol, after)) = after.split_at_checked(usize::from(len)) else {
            break;
        };
        found.push(protocol.to_vec());
        rest = after;
    }
    *this.alpn.borrow_mut() = found;
    Ok(())
}

/// Parameters for a key exchange that no suite here has: they are read and checked to be
/// what they are called, and never needed.
fn load_dh_params(py: Py, _this: &This, path: &Value) -> PyResult<()> {
    let (content, _) = super::loading::read_file(py, path)?;
    let blocks = krait_tls::pem::blocks(&content).unwrap_or_default();
    if blocks
        .iter()
        .any(|b| matches!(b.label.as_str(), "DH PARAMETERS" | "X9.42 DH PARAMETERS"))
    {
        return Ok(());
    }
    errors::reasoned(py, "PEM", "NO_START_LINE", "no start line")
}

pub fn define(b: &mut TypeBuilder<This>) {
    b.method("get_ciphers($self, /)", get_ciphers)
        .method("set_ciphers($self, cipherlist, /)", set_ciphers)
        .method("set_ecdh_curve($self, name, /)", set_ecdh_curve)
        .method("_set_alpn_protocols($self, protos, /)", set_alpn)
        .method("load_dh_params($self, path, /)", load_dh_params);
}
