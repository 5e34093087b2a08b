//! Building and checking chains of certificates, as OpenSSL does it: RFC 5280 with
//! OpenSSL's switches, order of checks and error numbers.

use std::net::IpAddr;
use std::sync::Arc;

use rustls::pki_types::SignatureVerificationAlgorithm;

use crate::cert::{Certificate, DIGITAL_SIGNATURE, KEY_AGREEMENT, KEY_CERT_SIGN, KEY_ENCIPHERMENT};
use crate::hostname;
use crate::store::Store;

mod constraints;
mod strict;

/// Switches (`X509_V_FLAG_*`).
pub const CRL_CHECK: u64 = 0x4;
pub const CRL_CHECK_ALL: u64 = 0x8;
pub const IGNORE_CRITICAL: u64 = 0x10;
pub const X509_STRICT: u64 = 0x20;
pub const ALLOW_PROXY_CERTS: u64 = 0x40;
pub const TRUSTED_FIRST: u64 = 0x8000;
pub const PARTIAL_CHAIN: u64 = 0x8_0000;
pub const NO_CHECK_TIME: u64 = 0x20_0000;

/// The longest chain.
const DEPTH: usize = 100;

/// Who presents the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Server,
    Client,
}

/// Whom the certificate must be for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    Name(String),
    Address(IpAddr),
}

/// What is asked of a chain.
#[derive(Clone, Debug)]
pub struct Policy {
    pub purpose: Purpose,
    pub flags: u64,
    pub host: Option<Host>,
    pub host_flags: u32,
    /// Seconds since 1970.
    pub now: i64,
}

/// An error number of OpenSSL's (`X509_V_ERR_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure(pub i64);

type Chain = Vec<Arc<Certificate>>;

/// OpenSSL's text of an error number.
pub fn text(code: i64) -> &'static str {
    match code {
        2 => "unable to get issuer certificate",
        3 => "unable to get certificate CRL",
        7 => "certificate signature failure",
        8 => "CRL signature failure",
        9 => "certificate is not yet valid",
        10 => "certificate has expired",
        11 => "CRL is not yet valid",
        12 => "CRL has expired",
        18 => "self-signed certificate",
        19 => "self-signed certificate in certificate chain",
        20 => "unable to get local issuer certificate",
        22 => "certificate chain too long",
        23 => "certificate revoked",
        25 => "path length constraint exceeded",
        26 => "unsuitable certificate purpose",
        34 => "unhandled critical extension",
        47 => "permitted subtree violation",
        48 => "excluded subtree violation",
        51 => "unsupported name constraint type",
        62 => "hostname mismatch",
        64 => "IP address mismatch",
        68 => "CA signature digest algorithm too weak",
        _ => strict::text(code),
    }
}

/// The chain from a certificate to one that is trusted, where all checks are passed.
pub fn verify(
    store: &Store,
    leaf: &Arc<Certificate>,
    others: &[Arc<Certificate>],
    policy: &Policy,
) -> Result<Chain, Failure> {
    let chain = build(store, leaf, others, policy)?;
    check_extensions(&chain, policy)?;
    check_host(leaf, policy)?;
    check_revocation(store, &chain, policy)?;
    check_signatures(&chain, policy)?;
    constraints::check(&chain)?;
    Ok(chain)
}

fn build(
    store: &Store,
    leaf: &Arc<Certificate>,
    others: &[Arc<Certificate>],
    policy: &Policy,
) -> Result<Chain, Failure> {
    let mut chain = vec![leaf.clone()];
    let mut trusted = 0;
    loop {
        let top = chain[chain.len() - 1].clone();
        let anchor = store.has(&top);
        if anchor && (top.is_self_signed() || policy.flags & PARTIAL_CHAIN != 0) {
            return Ok(chain);
        }
        if chain.len() > DEPTH {
            return Err(Failure(22));
        }
        let fresh = |c: &Arc<Certificate>| chain.iter().all(|have| have.der != c.der);
        let candidates = store.named(&top.issuer_key);
        if let Some(issuer) = best_issuer(&top, candidates.iter().filter(|c| fresh(c)), policy) {
            trusted += 1;
            chain.push(issuer);
            continue;
        }
        if top.is_self_signed() {
            return Err(Failure(if chain.len() == 1 { 18 } else { 19 }));
        }
        match best_issuer(&top, others.iter().filter(|c| fresh(c)), policy) {
            Some(issuer) if trusted == 0 => chain.push(issuer),
            _ => return Err(Failure(if trusted > 0 { 2 } else { 20 })),
        }
    }
}

/// Of those that can have issued the certificate: one that has signed it and is valid,
/// else one that has signed it, else the first.
fn best_issuer<'a>(
    cert: &Certificate,
    candidates: impl Iterator<Item = &'a Arc<Certificate>>,
    policy: &Policy,
) -> Option<Arc<Certificate>> {
    let mut possible: Vec<&Arc<Certificate>> =
        candidates.filter(|c| can_have_issued(c, cert)).collect();
    if possible.len() > 1 {
        possible.sort_by_key(|c| {
            let valid = (c.not_before..=c.not_after).contains(&policy.now);
            (check_signature(cert, c).is_err(), !valid)
        });
    }
    possible.first().map(|c| (*c).clone())
}

fn can_have_issued(issuer: &Certificate, cert: &Certificate) -> bool {
    let id = match (&cert.authority_id, &issuer.subject_id) {
        (Some(wanted), Some(own)) => wanted == own,
        _ => true,
    };
    let serial = cert
        .authority_serial
        .as_ref()
        .is_none_or(|s| *s == issuer.serial);
    issuer.subject_key == cert.issuer_key
        && id
        && serial
        && issuer.key_usage.is_none_or(|u| u & KEY_CERT_SIGN != 0)
}

/// The algorithms that signatures are checked with.
fn algorithms() -> &'static [&'static dyn SignatureVerificationAlgorithm] {
    crate::suites::provider()
        .signature_verification_algorithms
        .all
}

fn check_signature(cert: &Certificate, issuer: &Certificate) -> Result<(), Failure> {
    let parts = (
        cert.signed(),
        cert.algorithm.as_slice(),
        cert.signature.as_slice(),
    );
    check_signed(parts, issuer).map_err(|weak| Failure(if weak { 68 } else { 7 }))
}

/// Whether the issuer has signed; the error tells whether the algorithm is not supported.
fn check_signed(
    (message, algorithm, signature): (&[u8], &[u8], &[u8]),
    issuer: &Certificate,
) -> Result<(), bool> {
    let mut known = false;
    for candidate in algorithms() {
        if candidate.signature_alg_id().as_ref() != algorithm {
            continue;
        }
        known = true;
        if candidate.public_key_alg_id().as_ref() == issuer.key_algorithm.as_slice()
            && candidate
                .verify_signature(&issuer.key, message, signature)
                .is_ok()
        {
            return Ok(());
        }
    }
    Err(!known)
}

fn check_extensions(chain: &Chain, policy: &Policy) -> Result<(), Failure> {
    let is_strict = policy.flags & X509_STRICT != 0;
    let mut path_len = 0;
    for (at, cert) in chain.iter().enumerate() {
        if cert.unknown_critical && policy.flags & IGNORE_CRITICAL == 0 {
            return Err(Failure(34));
        }
        if at > 0 && !cert.is_ca(is_strict) {
            return Err(Failure(79));
        }
        if is_strict && chain.len() > 1 {
            strict::check(cert, at + 1 == chain.len())?;
        }
        if !suits(cert, policy.purpose, at == 0) {
            return Err(Failure(26));
        }
        let most = cert.basic.and_then(|b| b.path_len);
        if at > 1 && most.is_some_and(|most| path_len > most) {
            return Err(Failure(25));
        }
        // A self-issued intermediate does not count.
        if at > 0 && !cert.is_self_issued() {
            path_len += 1;
        }
    }
    Ok(())
}

/// Whether the certificate may be used for the purpose.
fn suits(cert: &Certificate, purpose: Purpose, is_leaf: bool) -> bool {
    let wanted = match purpose {
        Purpose::Server => "1.3.6.1.5.5.7.3.1",
        Purpose::Client => "1.3.6.1.5.5.7.3.2",
    };
    if let Some(usages) = &cert.extended_usage
        && !usages.iter().any(|u| u == wanted)
    {
        return false;
    }
    let bits = match purpose {
        Purpose::Server => DIGITAL_SIGNATURE | KEY_ENCIPHERMENT | KEY_AGREEMENT,
        Purpose::Client => DIGITAL_SIGNATURE | KEY_AGREEMENT,
    };
    !is_leaf || cert.key_usage.is_none_or(|u| u & bits != 0)
}

fn check_host(leaf: &Certificate, policy: &Policy) -> Result<(), Failure> {
    match &policy.host {
        Some(Host::Name(name)) if !hostname::matches_host(leaf, name, policy.host_flags) => {
            Err(Failure(62))
        }
        Some(Host::Address(address)) if !hostname::matches_address(leaf, *address) => {
            Err(Failure(64))
        }
        _ => Ok(()),
    }
}

fn check_revocation(store: &Store, chain: &Chain, policy: &Policy) -> Result<(), Failure> {
    if policy.flags & CRL_CHECK == 0 {
        return Ok(());
    }
    let count = if policy.flags & CRL_CHECK_ALL != 0 {
        chain.len()
    } else {
        1
    };
    for (at, cert) in chain.iter().enumerate().take(count) {
        let issuer = chain.get(at + 1).unwrap_or(cert);
        let lists = store.crls_of(&cert.issuer_key);
        let Some(list) = lists.iter().max_by_key(|l| l.this_update) else {
            return Err(Failure(3));
        };
        if policy.flags & NO_CHECK_TIME == 0 {
            if list.this_update > policy.now {
                return Err(Failure(11));
            }
            if list.next_update.is_some_and(|next| next < policy.now) {
                return Err(Failure(12));
            }
        }
        let parts = (
            list.signed.as_slice(),
            list.algorithm.as_slice(),
            list.signature.as_slice(),
        );
        check_signed(parts, issuer).map_err(|_| Failure(8))?;
        if list.revoked.contains(&cert.serial) {
            return Err(Failure(23));
        }
    }
    Ok(())
}

/// Signatures and times, from the trusted end. The trusted certificate's own signature
/// says nothing and is not looked at.
fn check_signatures(chain: &Chain, policy: &Policy) -> Result<(), Failure> {
    for (at, cert) in chain.iter().enumerate().rev() {
        if let Some(issuer) = chain.get(at + 1) {
            check_signature(cert, issuer)?;
        }
        if policy.flags & NO_CHECK_TIME == 0 {
            if cert.not_before > policy.now {
                return Err(Failure(9));
            }
            if cert.not_after < policy.now {
                return Err(Failure(10));
            }
        }
    }
    Ok(())
}
