//! Where the system keeps trusted certificates.
//!
//! A program that runs on every distribution looks where they keep them; environment
//! variables come first, as in OpenSSL.

use std::path::{Path, PathBuf};

use krait_object::{ModuleBuilder, Py, PyResult, Str, Value};

use super::This;

const FILE_VARIABLE: &str = "SSL_CERT_FILE";
const FOLDER_VARIABLE: &str = "SSL_CERT_DIR";

const FILES: [&str; 5] = [
    "/etc/ssl/cert.pem",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
];

const FOLDERS: [&str; 2] = ["/etc/ssl/certs", "/etc/pki/tls/certs"];

fn first_of(paths: &[&'static str]) -> &'static str {
    let found = paths.iter().find(|p| Path::new(p).exists());
    found.copied().unwrap_or(paths[0])
}

/// The system's file or folders are looked into when a certificate is asked for.
pub fn set_default(_py: Py, this: &This) {
    match std::env::var_os(FILE_VARIABLE) {
        // One that is named is read at once; that it cannot be read is no error.
        Some(file) => {
            if let Ok(Some(bundle)) = krait_tls::store::read_bundle(Path::new(&file)) {
                bundle.certs.iter().for_each(|cert| {
                    this.store.add(cert.clone());
                });
            }
        }
        None => this.store.add_file(PathBuf::from(first_of(&FILES))),
    }
    match std::env::var_os(FOLDER_VARIABLE) {
        Some(folders) => std::env::split_paths(&folders).for_each(|f| this.store.add_folder(f)),
        None => this.store.add_folder(PathBuf::from(first_of(&FOLDERS))),
    }
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("get_default_verify_paths($module, /)", |_py: Py| {
        let text = |t: &str| Value::from(Str::new(t));
        (
            text(FILE_VARIABLE),
            text(first_of(&FILES)),
            text(FOLDER_VARIABLE),
            text(first_of(&FOLDERS)),
        )
    })?;
    Ok(())
}
