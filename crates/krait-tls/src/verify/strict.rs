//! What RFC 5280 asks of certificates and OpenSSL checks only when told to be strict.

use super::Failure;
use crate::cert::{CRL_SIGN, Certificate, KEY_CERT_SIGN};

pub fn text(code: i64) -> &'static str {
    match code {
        79 => "invalid CA certificate",
        80 => "Path length invalid for non-CA cert",
        81 => "Path length given without key usage keyCertSign",
        82 => "Key usage keyCertSign invalid for non-CA cert",
        83 => "Issuer name empty",
        84 => "Subject name empty",
        85 => "Missing Authority Key Identifier",
        86 => "Missing Subject Key Identifier",
        87 => "Empty Subject Alternative Name extension",
        88 => "Subject empty and Subject Alt Name extension not critical",
        89 => "Basic Constraints of CA cert not marked critical",
        90 => "Authority Key Identifier marked critical",
        91 => "Subject Key Identifier marked critical",
        92 => "CA cert does not include key usage extension",
        93 => "Using cert extension requires at least X509v3",
        77 => "Certificate signature algorithm inconsistent",
        _ => "unknown certificate verification error",
    }
}

/// Checks one certificate of a chain; the last one is the trusted one.
pub fn check(cert: &Certificate, is_last: bool) -> Result<(), Failure> {
    let fail = |bad: bool, code: i64| if bad { Err(Failure(code)) } else { Ok(()) };
    let ca = cert.basic.is_some_and(|b| b.ca);
    let signs = cert.key_usage.is_none_or(|u| u & KEY_CERT_SIGN != 0);
    if cert.basic.is_some_and(|b| b.path_len.is_some()) {
        fail(!ca, 80)?;
        fail(!signs, 81)?;
    }
    fail(ca && cert.basic.is_some_and(|b| !b.critical), 89)?;
    if ca {
        fail(cert.key_usage.is_none(), 92)?;
    } else {
        fail(cert.key_usage.is_some_and(|u| u & KEY_CERT_SIGN != 0), 82)?;
    }
    fail(cert.issuer_key.is_empty(), 83)?;
    let signs_lists = cert.key_usage.is_some_and(|u| u & CRL_SIGN != 0);
    let no_subject = cert.subject_key.is_empty();
    fail(no_subject && (ca || signs_lists || !cert.has_alt_names), 84)?;
    fail(
        no_subject && cert.has_alt_names && !cert.alt_names_critical,
        88,
    )?;
    fail(cert.has_alt_names && cert.alt_names.is_empty(), 87)?;
    fail(cert.algorithm != cert.inner_algorithm, 77)?;
    fail(cert.ids_critical.1, 90)?;
    fail(cert.ids_critical.0, 91)?;
    if cert.version < 3 {
        return fail(cert.extensions > 0, 93);
    }
    fail(!is_last && cert.authority_id.is_none(), 85)?;
    fail(ca && cert.subject_id.is_none(), 86)
}
