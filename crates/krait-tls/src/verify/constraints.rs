//! Name constraints (RFC 5280, section 4.2.1.10).

use super::Failure;
use crate::cert::{Certificate, Constraints, GeneralName};
use crate::name;

const PERMITTED: Failure = Failure(47);
const EXCLUDED: Failure = Failure(48);
const UNSUPPORTED: Failure = Failure(51);

/// Checks every certificate against the constraints of those above it.
pub fn check(chain: &[std::sync::Arc<Certificate>]) -> Result<(), Failure> {
    for (at, issuer) in chain.iter().enumerate().skip(1) {
        let Some(constraints) = &issuer.constraints else {
            continue;
        };
        for (below, cert) in chain.iter().enumerate().take(at) {
            // A self-issued intermediate is not constrained.
            if below == 0 || !cert.is_self_issued() {
                check_names(cert, constraints)?;
            }
        }
    }
    Ok(())
}

fn check_names(cert: &Certificate, constraints: &Constraints) -> Result<(), Failure> {
    let mut names = cert.alt_names.clone();
    if !cert.subject_key.is_empty() {
        names.push(GeneralName::Directory(cert.subject.clone()));
    }
    let has_dns = names.iter().any(|n| matches!(n, GeneralName::Dns(_)));
    for (kind, value) in cert.subject_names().into_iter().flatten() {
        match kind.as_str() {
            "1.2.840.113549.1.9.1" => names.push(GeneralName::Email(value)),
            // A common name that is used as host name is constrained as one.
            "2.5.4.3" if !has_dns && looks_like_host(&value) => names.push(GeneralName::Dns(value)),
            _ => {}
        }
    }
    names.iter().try_for_each(|n| check_name(n, constraints))
}

fn looks_like_host(text: &str) -> bool {
    text.contains('.')
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._*".contains(&b))
}

fn check_name(name: &GeneralName, constraints: &Constraints) -> Result<(), Failure> {
    let mut permitted = None;
    for base in &constraints.permitted {
        if same_kind(name, base) {
            permitted = Some(permitted == Some(true) || is_within(name, base)?);
        }
    }
    if permitted == Some(false) {
        return Err(PERMITTED);
    }
    for base in &constraints.excluded {
        if same_kind(name, base) && is_within(name, base)? {
            return Err(EXCLUDED);
        }
    }
    Ok(())
}

fn same_kind(a: &GeneralName, b: &GeneralName) -> bool {
    match (a, b) {
        (GeneralName::Other(a), GeneralName::Other(b)) => a == b,
        _ => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

fn is_within(name: &GeneralName, base: &GeneralName) -> Result<bool, Failure> {
    Ok(match (name, base) {
        (GeneralName::Dns(name), GeneralName::Dns(base)) => host_within(name, base),
        (GeneralName::Email(name), GeneralName::Email(base)) => email_within(name, base),
        (GeneralName::Uri(name), GeneralName::Uri(base)) => {
            let rest = name.split_once("://").ok_or(UNSUPPORTED)?.1;
            let host = rest.split(['/', '?', '#']).next().unwrap_or("");
            let host = host.rsplit('@').next().unwrap_or(host);
            let host = host.split(':').next().unwrap_or(host);
            match base.strip_prefix('.') {
                Some(_) => ends_with(host, base) && host.len() > base.len(),
                None => host.eq_ignore_ascii_case(base),
            }
        }
        (GeneralName::Address(name), GeneralName::Address(base)) => {
            let (net, mask) = base.split_at(base.len() / 2);
            name.len() == net.len()
                && name
                    .iter()
                    .zip(net)
                    .zip(mask)
                    .all(|((a, n), m)| a & m == n & m)
        }
        (GeneralName::Directory(whole), GeneralName::Directory(base)) => {
            match (name::canonical(whole), name::canonical(base)) {
                (Some(name), Some(base)) => name.starts_with(&base),
                _ => return Err(UNSUPPORTED),
            }
        }
        _ => return Err(UNSUPPORTED),
    })
}

fn ends_with(text: &str, end: &str) -> bool {
    text.len() >= end.len()
        && text.as_bytes()[text.len() - end.len()..].eq_ignore_ascii_case(end.as_bytes())
}

/// The base itself, and what has more labels before it.
fn host_within(name: &str, base: &str) -> bool {
    if base.is_empty() {
        return true;
    }
    if !ends_with(name, base) {
        return false;
    }
    let before = name.len() - base.len();
    before == 0 || base.starts_with('.') || name.as_bytes()[before - 1] == b'.'
}

/// A whole address, all of a host, or all below a domain.
fn email_within(name: &str, base: &str) -> bool {
    let Some((local, host)) = name.rsplit_once('@') else {
        return false;
    };
    match base.rsplit_once('@') {
        Some((base_local, base_host)) => {
            (base_local.is_empty() || base_local == local) && host.eq_ignore_ascii_case(base_host)
        }
        None if base.starts_with('.') => ends_with(host, base),
        None => host.eq_ignore_ascii_case(base),
    }
}
