//! Certificates as Python sees them: a dict of their content, DER, PEM, objects.

use std::sync::Arc;

use krait_object::native::{Class, TypeBuilder};
use krait_object::protocol::CompareOp;
use krait_object::{
    Bytes, Dict, Instance, ModuleBuilder, Object, Owned, Py, PyResult, Str, Tuple, Value,
    class_cell, raise, singletons,
};
use krait_stdlib_os::paths::FsBytes;
use krait_tls::cert::{Certificate as Parsed, GeneralName};
use krait_tls::name::Names;
use krait_tls::{der, name, oid, pem};

use crate::errors;

const PEM: i64 = 1;
const DER: i64 = 2;

fn text(text: &str) -> Value {
    Value::from(Str::new(text))
}

fn pair(name: &str, value: Value) -> Value {
    Value::from(Tuple::from_values([text(name), value]))
}

fn names_value(names: &Names) -> Value {
    let groups = names.iter().map(|group| {
        let pairs = group
            .iter()
            .map(|(kind, value)| pair(oid::long_name(kind), text(value)));
        Value::from(Tuple::from_values(pairs.collect::<Vec<_>>()))
    });
    Value::from(Tuple::from_values(groups.collect::<Vec<_>>()))
}

fn address_text(bytes: &[u8]) -> String {
    match bytes {
        [a, b, c, d] => format!("{a}.{b}.{c}.{d}"),
        _ if bytes.len() == 16 => {
            let groups = bytes
                .chunks(2)
                .map(|g| format!("{:X}", u16::from_be_bytes([g[0], g[1]])));
            groups.collect::<Vec<_>>().join(":")
        }
        _ => "<invalid>".to_owned(),
    }
}

fn alt_name(general: &GeneralName) -> Value {
    match general {
        GeneralName::Email(value) => pair("email", text(value)),
        GeneralName::Dns(value) => pair("DNS", text(value)),
        GeneralName::Uri(value) => pair("URI", text(value)),
        GeneralName::Directory(whole) => pair(
            "DirName",
            names_value(&name::parse(whole).unwrap_or_default()),
        ),
        GeneralName::Address(bytes) => pair("IP Address", text(&address_text(bytes))),
        GeneralName::Registered(id) => pair("Registered ID", text(id)),
        GeneralName::Other(0xA3) => pair("X400Name", text("<unsupported>")),
        GeneralName::Other(0xA5) => pair("EdiPartyName", text("<unsupported>")),
        GeneralName::Other(_) => pair("othername", text("<unsupported>")),
    }
}

fn serial_text(serial: &[u8]) -> String {
    let start = usize::from(serial.len() > 1 && serial[0] == 0);
    serial[start..].iter().map(|b| format!("{b:02X}")).collect()
}

/// The content as `getpeercert()` gives it.
pub fn dict(py: Py, cert: &Parsed) -> PyResult<Owned<Dict>> {
    let dict = Dict::new();
    let put = |key: &str, value: Value| dict.set_value(py, &Value::from(Str::intern(key)), value);
    let uris = |uris: &[String]| {
        let values: Vec<Value> = uris.iter().map(|u| text(u)).collect();
        Value::from(Tuple::from_values(values))
    };
    put("subject", names_value(&cert.subject_names()))?;
    put("issuer", names_value(&cert.issuer_names()))?;
    put("version", Value::int(i64::from(cert.version)))?;
    put("serialNumber", text(&serial_text(&cert.serial)))?;
    put("notBefore", text(&der::time_text(cert.not_before)))?;
    put("notAfter", text(&der::time_text(cert.not_after)))?;
    if !cert.alt_names.is_empty() {
        let names: Vec<Value> = cert.alt_names.iter().map(alt_name).collect();
        put("subjectAltName", Value::from(Tuple::from_values(names)))?;
    }
    for (key, found) in [
        ("OCSP", &cert.ocsp),
        ("caIssuers", &cert.ca_issuers),
        ("crlDistributionPoints", &cert.crl_points),
    ] {
        if !found.is_empty() {
            put(key, uris(found))?;
        }
    }
    Ok(dict)
}

/// `_ssl.Certificate`.
pub struct Certificate(pub Arc<Parsed>);

type This = Instance<Certificate>;

/// The object of a certificate.
pub fn object(py: Py, cert: Arc<Parsed>) -> Value {
    Value::from(Instance::new(py, Certificate(cert)))
}

fn public_bytes(py: Py, this: &This, format: Option<i64>) -> PyResult {
    match format.unwrap_or(PEM) {
        PEM => Ok(text(&pem::encode("CERTIFICATE", &this.0.der))),
        DER => Ok(Value::from(Bytes::new(&this.0.der))),
        _ => raise!(py, ValueError, "Unsupported format"),
    }
}

/// The subject on one line, as RFC 2253 writes it but in its own order.
fn repr(_py: Py, this: &This) -> String {
    let names = this.0.subject_names();
    let groups = names.iter().map(|group| {
        let parts = group.iter().map(|(kind, value)| {
            let short = oid::known(kind).map_or(kind.as_str(), |k| k.1);
            format!("{short}={value}")
        });
        parts.collect::<Vec<_>>().join("+")
    });
    let subject = groups.collect::<Vec<_>>().join(", ");
    format!("<_ssl.Certificate '{subject}'>")
}

fn compare(_py: Py, this: &This, other: &Object, op: CompareOp) -> Value {
    let Some(other) = other.downcast::<This>() else {
        return Value::from_static(singletons::not_implemented());
    };
    match op {
        CompareOp::Eq => Value::bool(this.0.der == other.0.der),
        CompareOp::Ne => Value::bool(this.0.der != other.0.der),
        _ => Value::from_static(singletons::not_implemented()),
    }
}

impl Class for Certificate {
    const NAME: &'static str = "_ssl.Certificate";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor()
            .repr(repr)
            .compare(compare)
            .hash(|py: Py, this: &This| {
                krait_object::protocol::hash(py, &Value::from(Bytes::new(&this.0.subject)))
            })
            .method("public_bytes($self, /, format=Encoding.PEM)", public_bytes)
            .method("get_info($self, /)", |py: Py, this: &This| {
                dict(py, &this.0)
            });
    }
}

fn decode_file(py: Py, path: FsBytes) -> PyResult<Owned<Dict>> {
    use std::os::unix::ffi::OsStrExt;
    let read = std::fs::read(std::ffi::OsStr::from_bytes(path.0.as_bytes()));
    let Ok(content) = read else {
        return errors::plain(py, "Can't open file");
    };
    let blocks = pem::blocks(&content).unwrap_or_default();
    let parsed = blocks
        .iter()
        .find(|b| krait_tls::store::is_certificate(&b.label))
        .and_then(|b| Parsed::parse(&b.data));
    match parsed {
        Some(cert) => dict(py, &cert),
        None => errors::plain(py, "Error decoding PEM-encoded file"),
    }
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("_test_decode_cert($module, path, /)", decode_file)?;
    Ok(())
}
