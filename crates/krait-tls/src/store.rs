//! Trusted certificates and revocation lists.
//!
//! A store is shared by a context and its connections, and may grow while they live.
//! Folders are looked into when an issuer is asked for, by the hash of its name; the
//! system's bundles are read when that has not helped.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::cert::Certificate;
use crate::crl::Crl;
use crate::{name, pem};

#[derive(Default)]
struct Content {
    /// In the order of their coming.
    certs: Vec<Arc<Certificate>>,
    /// By the subject's name: places in `certs`.
    by_subject: HashMap<Vec<u8>, Vec<usize>>,
    crls: Vec<Arc<Crl>>,
    folders: Vec<PathBuf>,
    /// Bundles that are read when a certificate is not found otherwise.
    files: Vec<PathBuf>,
}

/// The store.
#[derive(Default)]
pub struct Store(Mutex<Content>);

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

impl Content {
    fn add(&mut self, cert: Arc<Certificate>) -> bool {
        let places = self.by_subject.entry(cert.subject_key.clone()).or_default();
        if places.iter().any(|&at| self.certs[at].der == cert.der) {
            return false;
        }
        places.push(self.certs.len());
        self.certs.push(cert);
        true
    }

    fn named(&self, subject: &[u8]) -> Vec<Arc<Certificate>> {
        let places = self.by_subject.get(subject).map_or(&[][..], Vec::as_slice);
        places.iter().map(|&at| self.certs[at].clone()).collect()
    }

    fn read_files(&mut self) {
        for file in std::mem::take(&mut self.files) {
            let text = std::fs::read(file).unwrap_or_default();
            for cert in certificates(&text).unwrap_or_default() {
                self.add(cert);
            }
        }
    }

    /// Adds what the folders have under the name.
    fn look_into_folders(&mut self, subject: &[u8]) {
        let hash = name::folder_hash(subject);
        let folders = self.folders.clone();
        for folder in folders {
            for number in 0.. {
                let path = folder.join(format!("{hash:08x}.{number}"));
                let Ok(text) = std::fs::read(path) else { break };
                for cert in certificates(&text).unwrap_or_default() {
                    self.add(cert);
                }
            }
            for number in 0.. {
                let path = folder.join(format!("{hash:08x}.r{number}"));
                let Ok(text) = std::fs::read(path) else { break };
                let blocks = pem::blocks(&text).unwrap_or_default();
                let lists = blocks.iter().filter(|b| b.label == "X509 CRL");
                self.crls
                    .extend(lists.filter_map(|b| Crl::parse(&b.data)).map(Arc::new));
            }
        }
    }
}

impl Store {
    fn lock(&self) -> MutexGuard<'_, Content> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a certificate; whether it was not there yet.
    pub fn add(&self, cert: Arc<Certificate>) -> bool {
        self.lock().add(cert)
    }

    pub fn add_crl(&self, crl: Crl) {
        self.lock().crls.push(Arc::new(crl));
    }

    /// A bundle to be read when it is needed.
    pub fn add_file(&self, file: PathBuf) {
        self.lock().files.push(file);
    }

    pub fn add_folder(&self, folder: PathBuf) {
        self.lock().folders.push(folder);
    }

    pub fn certificates(&self) -> Vec<Arc<Certificate>> {
        self.lock().certs.clone()
    }

    pub fn crl_count(&self) -> usize {
        self.lock().crls.len()
    }

    /// Certificates of a subject; folders are looked into where there is none yet.
    pub fn named(&self, subject: &[u8]) -> Vec<Arc<Certificate>> {
        let mut content = self.lock();
        let mut found = content.named(subject);
        if found.is_empty() && !content.folders.is_empty() {
            content.look_into_folders(subject);
            found = content.named(subject);
        }
        if found.is_empty() && !content.files.is_empty() {
            content.read_files();
            found = content.named(subject);
        }
        found
    }

    /// Whether this very certificate is trusted.
    pub fn has(&self, cert: &Certificate) -> bool {
        self.named(&cert.subject_key)
            .iter()
            .any(|c| c.der == cert.der)
    }

    pub fn crls_of(&self, issuer: &[u8]) -> Vec<Arc<Crl>> {
        let content = self.lock();
        let of = content.crls.iter().filter(|c| c.issuer_key == issuer);
        of.cloned().collect()
    }
}

/// The certificates of a PEM text.
pub fn certificates(text: &[u8]) -> Option<Vec<Arc<Certificate>>> {
    let blocks = pem::blocks(text).ok()?;
    let mut certs = Vec::new();
    for block in blocks {
        if is_certificate(&block.label) {
            certs.push(Arc::new(Certificate::parse(&block.data)?));
        }
    }
    Some(certs)
}

/// Whether a block of the label is a certificate.
pub fn is_certificate(label: &str) -> bool {
    matches!(
        label,
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE"
    )
}
