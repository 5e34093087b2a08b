//! Private keys and the chains that go with them.

use std::sync::Arc;

use rustls::crypto::KeyProvider;
use rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer,
};
use rustls::sign::CertifiedKey;

use crate::cert::Certificate;
use crate::{pem, rfc1421, suites};

/// Why a key or chain cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// No block of the kind.
    NoStartLine,
    BadEndLine,
    BadBase64,
    /// Not a certificate or key inside.
    BadContent,
    /// The password is wrong or missing.
    BadDecrypt,
    /// A form of encryption that is not supported.
    UnsupportedEncryption,
    /// A kind of key that is not supported.
    UnsupportedKey,
    /// The key is too short to be safe.
    KeyTooSmall,
    /// The key is not the certificate's.
    Mismatch,
}

impl From<pem::Fault> for Fault {
    fn from(fault: pem::Fault) -> Fault {
        match fault {
            pem::Fault::BadEndLine => Fault::BadEndLine,
            pem::Fault::BadBase64 => Fault::BadBase64,
        }
    }
}

/// The certificates of a chain file, the own one first.
pub fn chain(text: &[u8]) -> Result<Vec<Arc<Certificate>>, Fault> {
    let mut certs = Vec::new();
    for block in pem::blocks(text)? {
        if crate::store::is_certificate(&block.label) {
            certs.push(Arc::new(
                Certificate::parse(&block.data).ok_or(Fault::BadContent)?,
            ));
        }
    }
    if certs.is_empty() {
        return Err(Fault::NoStartLine);
    }
    Ok(certs)
}

/// The first private key of a text; the password is asked for where it is encrypted.
pub fn private_key<E>(
    text: &[u8],
    mut password: impl FnMut() -> Result<Option<Vec<u8>>, E>,
) -> Result<Result<PrivateKeyDer<'static>, Fault>, E> {
    let blocks = match pem::blocks(text) {
        Ok(blocks) => blocks,
        Err(fault) => return Ok(Err(fault.into())),
    };
    for block in blocks {
        match block.label.as_str() {
            "PRIVATE KEY" => return Ok(Ok(PrivatePkcs8KeyDer::from(block.data).into())),
            "RSA PRIVATE KEY" | "EC PRIVATE KEY" => {
                let data = match traditional(&block, &mut password)? {
                    Ok(data) => data,
                    Err(fault) => return Ok(Err(fault)),
                };
                return Ok(Ok(if block.label.starts_with("RSA") {
                    PrivatePkcs1KeyDer::from(data).into()
                } else {
                    PrivateSec1KeyDer::from(data).into()
                }));
            }
            "ENCRYPTED PRIVATE KEY" => {
                let Some(password) = password()? else {
                    return Ok(Err(Fault::BadDecrypt));
                };
                return Ok(decrypt(&block.data, &password));
            }
            _ => {}
        }
    }
    Ok(Err(Fault::NoStartLine))
}

/// What is in a block of a key's own form, which may be encrypted (`rfc1421`).
fn traditional<E>(
    block: &pem::Block,
    mut password: impl FnMut() -> Result<Option<Vec<u8>>, E>,
) -> Result<Result<Vec<u8>, Fault>, E> {
    let header = |name| {
        block
            .headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v)
    };
    if !header("Proc-Type").is_some_and(|value| value.contains("ENCRYPTED")) {
        return Ok(Ok(block.data.clone()));
    }
    let Some(info) = header("DEK-Info") else {
        return Ok(Err(Fault::BadContent));
    };
    Ok(match password()? {
        Some(password) => rfc1421::decrypt(info, &block.data, &password),
        None => Err(Fault::BadDecrypt),
    })
}

fn decrypt(data: &[u8], password: &[u8]) -> Result<PrivateKeyDer<'static>, Fault> {
    let info = pkcs8::EncryptedPrivateKeyInfo::try_from(data).map_err(|_| Fault::BadContent)?;
    match info.decrypt(password) {
        Ok(plain) => Ok(PrivatePkcs8KeyDer::from(plain.as_bytes().to_vec()).into()),
        Err(_) => Err(Fault::BadDecrypt),
    }
}

/// Joins chain and key.
pub fn identity(
    chain: &[Arc<Certificate>],
    key: PrivateKeyDer<'static>,
) -> Result<Arc<CertifiedKey>, Fault> {
    let provider: &dyn KeyProvider = suites::provider().key_provider;
    let key = provider
        .load_private_key(key)
        .map_err(|error| match error.to_string() {
            text if text.contains("TooSmall") => Fault::KeyTooSmall,
            _ => Fault::UnsupportedKey,
        })?;
    if let Some(public) = key.public_key()
        && let Some(own) = chain.first()
        && public.as_ref() != own.spki
    {
        return Err(Fault::Mismatch);
    }
    let certs = chain
        .iter()
        .map(|c| CertificateDer::from(c.der.clone()))
        .collect();
    Ok(Arc::new(CertifiedKey::new(certs, key)))
}
