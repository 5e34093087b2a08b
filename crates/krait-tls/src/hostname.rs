//! Whether a certificate is for a host (RFC 6125, as OpenSSL checks it).

use std::net::IpAddr;

use crate::cert::{Certificate, GeneralName};

/// Switches of the check (`X509_CHECK_FLAG_*`).
pub const ALWAYS_CHECK_SUBJECT: u32 = 0x1;
pub const NO_WILDCARDS: u32 = 0x2;
pub const NO_PARTIAL_WILDCARDS: u32 = 0x4;
pub const MULTI_LABEL_WILDCARDS: u32 = 0x8;
pub const SINGLE_LABEL_SUBDOMAINS: u32 = 0x10;
pub const NEVER_CHECK_SUBJECT: u32 = 0x20;

/// Whether the certificate names the host.
pub fn matches_host(cert: &Certificate, host: &str, flags: u32) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let mut any_dns = false;
    for name in &cert.alt_names {
        if let GeneralName::Dns(pattern) = name {
            any_dns = true;
            if matches(pattern, host, flags) {
                return true;
            }
        }
    }
    if (any_dns && flags & ALWAYS_CHECK_SUBJECT == 0) || flags & NEVER_CHECK_SUBJECT != 0 {
        return false;
    }
    let common = cert.subject_names();
    common
        .iter()
        .flatten()
        .any(|(oid, value)| oid == "2.5.4.3" && matches(value, host, flags))
}

/// Whether the certificate names the address.
pub fn matches_address(cert: &Certificate, address: IpAddr) -> bool {
    let bytes = match address {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    };
    cert.alt_names
        .iter()
        .any(|name| matches!(name, GeneralName::Address(a) if *a == bytes))
}

fn matches(pattern: &str, host: &str, flags: u32) -> bool {
    if pattern.eq_ignore_ascii_case(host) {
        return true;
    }
    if flags & NO_WILDCARDS != 0 {
        return false;
    }
    let Some((label, rest)) = pattern.split_once('.') else {
        return false;
    };
    // The wildcard must be in the first label, of a name with three labels or more.
    if rest.contains('*') || rest.split('.').count() < 2 || rest.split('.').any(str::is_empty) {
        return false;
    }
    let Some((before, after)) = label.split_once('*') else {
        return false;
    };
    let partial = !before.is_empty() || !after.is_empty();
    let internationalized = label.to_ascii_lowercase().starts_with("xn--");
    if after.contains('*') || (partial && (flags & NO_PARTIAL_WILDCARDS != 0 || internationalized))
    {
        return false;
    }
    let Some((host_label, host_rest)) = host.split_once('.') else {
        return false;
    };
    if !rest.eq_ignore_ascii_case(host_rest) || host_label.is_empty() {
        return false;
    }
    if partial && host_label.to_ascii_lowercase().starts_with("xn--") {
        return false;
    }
    let (host_label, before) = (host_label.to_ascii_lowercase(), before.to_ascii_lowercase());
    let after = after.to_ascii_lowercase();
    host_label.len() > before.len() + after.len() - usize::from(partial)
        && host_label.starts_with(&before)
        && host_label.ends_with(&after)
}
