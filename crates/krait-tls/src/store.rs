//! Trusted certificates and revocation lists.
//!
//! A store is shared by a context and its connections, and may grow while they live.
//! Folders are looked into when an issuer is asked for, by the hash of its name; the
//! system's bundles are read when that has not helped.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

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
            if let Ok(Some(bundle)) = read_bundle(&file) {
                for cert in &bundle.certs {
                    self.add(cert.clone());
                }
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

    pub fn add_crl(&self, crl: Arc<Crl>) {
        self.lock().crls.push(crl);
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

/// What a file of trusted certificates has.
pub struct Bundle {
    pub certs: Vec<Arc<Certificate>>,
    pub crls: Vec<Arc<Crl>>,
}

impl Bundle {
    fn parse(text: &[u8]) -> Option<Bundle> {
        let (mut certs, mut crls) = (Vec::new(), Vec::new());
        for block in pem::blocks(text).ok()? {
            if is_certificate(&block.label) {
                certs.push(Arc::new(Certificate::parse(&block.data)?));
            } else if block.label == "X509 CRL" {
                crls.push(Arc::new(Crl::parse(&block.data)?));
            }
        }
        Some(Bundle { certs, crls })
    }
}

/// A file as it was when it was read.
struct Kept {
    path: PathBuf,
    changed: Option<SystemTime>,
    len: u64,
    bundle: Arc<Bundle>,
}

/// The bundles that were read last: programs make many contexts from the same ones.
static KEPT: Mutex<Vec<Kept>> = Mutex::new(Vec::new());

const MOST_KEPT: usize = 4;
/// Smaller files are not worth it.
const WORTH_KEEPING: u64 = 16 * 1024;

/// Reads a file; `None` inside where it is no bundle.
pub fn read_bundle(path: &Path) -> std::io::Result<Option<Arc<Bundle>>> {
    let about = std::fs::metadata(path)?;
    let (len, changed) = (about.len(), about.modified().ok());
    let kept = |k: &Kept| k.path == path && k.len == len && k.changed == changed;
    let lock = || KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = lock().iter().find(|k| kept(k)) {
        return Ok(Some(known.bundle.clone()));
    }
    let Some(bundle) = Bundle::parse(&std::fs::read(path)?).map(Arc::new) else {
        return Ok(None);
    };
    if len >= WORTH_KEEPING {
        let mut all = lock();
        all.retain(|k| k.path != path);
        if all.len() >= MOST_KEPT {
            all.remove(0);
        }
        all.push(Kept {
            path: path.to_owned(),
            changed,
            len,
            bundle: bundle.clone(),
        });
    }
    Ok(Some(bundle))
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
