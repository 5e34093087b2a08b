//! `load_cert_chain`: the own certificate with its private key.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;

use krait_object::native::TypeBuilder;
use krait_object::protocol::{self, call::is_callable};
use krait_object::types::bytearray::ByteArray;
use krait_object::{Bytes, Py, PyResult, Str, Value, errors, exceptions, raise};
use krait_stdlib_os::paths;
use krait_tls::key::{self, Fault};
use krait_tls::rustls::SignatureAlgorithm;

use super::This;
use crate::errors as ssl_errors;

/// The content of a file, read without the GIL, and its path.
pub fn read_file(py: Py, path: &Value) -> PyResult<(Vec<u8>, CString)> {
    let path = paths::fs_converter(py, path)?;
    let name = std::path::Path::new(std::ffi::OsStr::from_bytes(path.as_bytes()));
    match py.allow_threads(|| std::fs::read(name)) {
        Ok(content) => Ok((content, path)),
        Err(error) => errors::io_error(py, &error, None),
    }
}

/// A path argument that gives its own text where it is none.
fn checked_path<'a>(py: Py, path: &'a Value, name: &str) -> PyResult<&'a Value> {
    let result = paths::fs_converter(py, path);
    match errors::suppress(py, result, &exceptions::TypeError)? {
        Some(_) => Ok(path),
        None => raise!(py, TypeError, "{name} should be a valid filesystem path"),
    }
}

/// The longest password.
const LONGEST: usize = 1024;

fn password_bytes(py: Py, value: &Value, wrong: &str) -> PyResult<Vec<u8>> {
    let bytes = if let Some(text) = value.downcast::<Str>() {
        text.to_utf8(py)?.into_owned().into_bytes()
    } else if let Some(bytes) = value.downcast::<Bytes>() {
        bytes.as_slice().to_vec()
    } else if let Some(array) = value.downcast::<ByteArray>() {
        array.as_slice().to_vec()
    } else {
        return raise!(py, TypeError, "{wrong}");
    };
    if bytes.len() > LONGEST {
        return raise!(
            py,
            ValueError,
            "password cannot be longer than {LONGEST} bytes"
        );
    }
    Ok(bytes)
}

/// Gives the password: as it is, or what a callable returns.
fn ask(py: Py, password: Option<&Value>) -> PyResult<Option<Vec<u8>>> {
    let Some(password) = password.filter(|p| !p.is_none()) else {
        return Ok(None);
    };
    if is_callable(password) {
        let given = protocol::call(py, password, &[])?;
        return password_bytes(py, &given, "password callback must return a string").map(Some);
    }
    password_bytes(py, password, "password should be a string or callable").map(Some)
}

#[cold]
fn fail<T>(py: Py, fault: &Fault) -> PyResult<T> {
    match fault {
        Fault::NoStartLine
        | Fault::BadEndLine
        | Fault::BadBase64
        | Fault::BadContent
        | Fault::BadDecrypt => ssl_errors::library(py, "SSL", "PEM lib"),
        Fault::UnsupportedEncryption => {
            let text = "keys encrypted in the form of RFC 1421 cannot be read: use PKCS #8";
            ssl_errors::reasoned(py, "PEM", "UNSUPPORTED_ENCRYPTION", text)
        }
        Fault::UnsupportedKey => {
            let text = "unknown or unsupported kind of private key";
            ssl_errors::reasoned(py, "SSL", "UNKNOWN_CERTIFICATE_TYPE", text)
        }
        Fault::KeyTooSmall => {
            ssl_errors::reasoned(py, "SSL", "EE_KEY_TOO_SMALL", "ee key too small")
        }
        Fault::Mismatch => {
            ssl_errors::reasoned(py, "X509", "KEY_VALUES_MISMATCH", "key values mismatch")
        }
    }
}

fn load_cert_chain(
    py: Py,
    this: &This,
    certfile: &Value,
    keyfile: Option<&Value>,
    password: Option<&Value>,
) -> PyResult<()> {
    let certfile = checked_path(py, certfile, "certfile")?;
    let keyfile = match keyfile {
        Some(keyfile) => checked_path(py, keyfile, "keyfile")?,
        None => certfile,
    };
    if let Some(password) = password.filter(|p| !p.is_none() && !is_callable(p)) {
        password_bytes(py, password, "password should be a string or callable")?;
    }
    let (cert_text, _) = read_file(py, certfile)?;
    let chain = match key::chain(&cert_text) {
        Ok(chain) => chain,
        Err(fault) => return fail(py, &fault),
    };
    let (key_text, _) = read_file(py, keyfile)?;
    let key = match key::private_key(&key_text, || ask(py, password))? {
        Ok(key) => key,
        Err(fault) => return fail(py, &fault),
    };
    match key::identity(&chain, key) {
        Ok(identity) => {
            // One for each kind of key; keys on curves are quicker, and come first.
            let mut all = this.identities.borrow_mut();
            let kind = identity.key.algorithm();
            all.retain(|i| i.key.algorithm() != kind);
            all.push(identity);
            all.sort_by_key(|i| i.key.algorithm() == SignatureAlgorithm::RSA);
            Ok(())
        }
        Err(fault) => fail(py, &fault),
    }
}

pub fn define(b: &mut TypeBuilder<This>) {
    b.method(
        "load_cert_chain($self, /, certfile, keyfile=None, password=None)",
        load_cert_chain,
    );
}
