//! Trusted certificates of contexts.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use krait_object::native::TypeBuilder;
use krait_object::types::buffer::{self, Buffer};
use krait_object::{Bytes, Dict, List, Owned, Py, PyResult, Str, Value, errors, exceptions, raise};
use krait_stdlib_os::paths as fs;
use krait_tls::cert::Certificate;
use krait_tls::der::Reader;
use krait_tls::store;

use super::This;
use crate::certificate;
use crate::errors as ssl_errors;

/// Adds what a PEM file has.
fn load_file(py: Py, this: &This, path: &Value) -> PyResult<()> {
    let path = fs::fs_converter(py, path)?;
    let path = Path::new(std::ffi::OsStr::from_bytes(path.as_bytes()));
    let bundle = match py.allow_threads(|| store::read_bundle(path)) {
        Ok(Some(bundle)) => bundle,
        Ok(None) => return ssl_errors::library(py, "X509", "PEM lib"),
        Err(error) => return errors::io_error(py, &error, None),
    };
    if bundle.certs.is_empty() && bundle.crls.is_empty() {
        return ssl_errors::reasoned(
            py,
            "X509",
            "NO_CERTIFICATE_OR_CRL_FOUND",
            "no certificate or crl found",
        );
    }
    for cert in &bundle.certs {
        this.store.add(cert.clone());
    }
    for list in &bundle.crls {
        this.store.add_crl(list.clone());
    }
    Ok(())
}

fn load_pem_text(py: Py, this: &This, text: &Str) -> PyResult<()> {
    let Some(ascii) = text.as_ascii() else {
        return raise!(
            py,
            TypeError,
            "cadata should be an ASCII string or a bytes-like object"
        );
    };
    if ascii.is_empty() {
        return raise!(py, ValueError, "Empty certificate data");
    }
    match store::certificates(ascii.as_bytes()) {
        Some(certs) if certs.is_empty() => {
            let text = "no start line: cadata does not contain a certificate";
            ssl_errors::reasoned(py, "PEM", "NO_START_LINE", text)
        }
        Some(certs) => {
            for cert in certs {
                this.store.add(cert);
            }
            Ok(())
        }
        None => ssl_errors::library(py, "PEM", "PEM lib"),
    }
}

fn load_der(py: Py, this: &This, bytes: &[u8]) -> PyResult<()> {
    if bytes.is_empty() {
        return raise!(py, ValueError, "Empty certificate data");
    }
    let mut reader = Reader::new(bytes);
    let mut count = 0;
    while !reader.is_empty() {
        let cert = reader.next().and_then(|e| Certificate::parse(e.whole));
        match cert {
            Some(cert) => {
                this.store.add(Arc::new(cert));
                count += 1;
            }
            None if count > 0 => {
                let text = "not enough data";
                return ssl_errors::reasoned(py, "ASN1", "NOT_ENOUGH_DATA", text);
            }
            None => {
                let text = "not enough data: cadata does not contain a certificate";
                return ssl_errors::reasoned(py, "ASN1", "NOT_ENOUGH_DATA", text);
            }
        }
    }
    Ok(())
}

fn path_argument<'a>(py: Py, value: Option<&'a Value>, name: &str) -> PyResult<Option<&'a Value>> {
    let Some(value) = value else { return Ok(None) };
    let result = fs::fs_converter(py, value);
    match errors::suppress(py, result, &exceptions::TypeError)? {
        Some(_) => Ok(Some(value)),
        None => raise!(py, TypeError, "{name} should be a valid filesystem path"),
    }
}

fn load_verify_locations(
    py: Py,
    this: &This,
    cafile: Option<&Value>,
    capath: Option<&Value>,
    cadata: Option<&Value>,
) -> PyResult<()> {
    if cafile.is_none() && capath.is_none() && cadata.is_none() {
        return raise!(
            py,
            TypeError,
            "cafile, capath and cadata cannot be all omitted"
        );
    }
    let cafile = path_argument(py, cafile, "cafile")?;
    let capath = path_argument(py, capath, "capath")?;
    if let Some(data) = cadata {
        if let Some(text) = data.downcast::<Str>() {
            load_pem_text(py, this, text)?;
        } else if buffer::has_buffer(data) {
            load_der(py, this, Buffer::new(py, data)?.as_slice())?;
        } else {
            return raise!(
                py,
                TypeError,
                "cadata should be an ASCII string or a bytes-like object"
            );
        }
    }
    if let Some(file) = cafile {
        load_file(py, this, file)?;
    }
    if let Some(folder) = capath {
        let folder = fs::fs_converter(py, folder)?;
        let folder = std::ffi::OsStr::from_bytes(folder.as_bytes());
        this.store.add_folder(PathBuf::from(folder));
    }
    Ok(())
}

fn get_ca_certs(py: Py, this: &This, binary: Option<bool>) -> PyResult<Owned<List>> {
    let list = List::new();
    for cert in this.store.certificates() {
        if !cert.is_ca(false) {
            continue;
        }
        list.push_value(match binary {
            Some(true) => Value::from(Bytes::new(&cert.der)),
            _ => Value::from(certificate::dict(py, &cert)?),
        });
    }
    Ok(list)
}

fn cert_store_stats(py: Py, this: &This) -> PyResult<Owned<Dict>> {
    let certs = this.store.certificates();
    let authorities = certs.iter().filter(|c| c.is_ca(false)).count();
    let dict = Dict::new();
    for (name, count) in [
        ("x509", certs.len()),
        ("crl", this.store.crl_count()),
        ("x509_ca", authorities),
    ] {
        dict.set_value(
            py,
            &Value::from(Str::intern(name)),
            Value::int(count as i64),
        )?;
    }
    Ok(dict)
}

pub fn define(b: &mut TypeBuilder<This>) {
    b.method(
        "load_verify_locations($self, /, cafile=None, capath=None, cadata=None)",
        load_verify_locations,
    )
    .method("get_ca_certs($self, /, binary_form=False)", get_ca_certs)
    .method("cert_store_stats($self, /)", cert_store_stats)
    .method(
        "set_default_verify_paths($self, /)",
        super::paths::set_default,
    );
}
