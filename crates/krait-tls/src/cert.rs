//! X.509 certificates (RFC 5280).

use crate::der::{self, BOOLEAN, INTEGER, OCTET_STRING, OID, Reader, SEQUENCE};
use crate::{name, oid};

/// A name in an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GeneralName {
    Email(String),
    Dns(String),
    Uri(String),
    /// The encoded name.
    Directory(Vec<u8>),
    /// 4 or 16 bytes; twice as many, with a mask, in name constraints.
    Address(Vec<u8>),
    /// A dotted identifier.
    Registered(String),
    Other(u8),
}

/// What a key may be used for: bits as RFC 5280 numbers them, from the highest.
pub const DIGITAL_SIGNATURE: u16 = 0x8000;
pub const KEY_ENCIPHERMENT: u16 = 0x2000;
pub const KEY_AGREEMENT: u16 = 0x0800;
pub const KEY_CERT_SIGN: u16 = 0x0400;
pub const CRL_SIGN: u16 = 0x0200;

/// `BasicConstraints`.
#[derive(Clone, Copy, Debug)]
pub struct Basic {
    pub ca: bool,
    pub path_len: Option<u64>,
    pub critical: bool,
}

/// `NameConstraints`.
#[derive(Clone, Debug, Default)]
pub struct Constraints {
    pub permitted: Vec<GeneralName>,
    pub excluded: Vec<GeneralName>,
}

/// A certificate, taken apart.
#[derive(Debug)]
pub struct Certificate {
    pub der: Vec<u8>,
    /// The range of the signed part in `der`.
    signed: std::ops::Range<usize>,
    /// 1, 2 or 3.
    pub version: u8,
    pub serial: Vec<u8>,
    /// Contents of the algorithm identifiers: in the signed part, and outside of it.
    pub inner_algorithm: Vec<u8>,
    pub algorithm: Vec<u8>,
    pub signature: Vec<u8>,
    /// Encoded names, and the form they are compared in.
    pub issuer: Vec<u8>,
    pub subject: Vec<u8>,
    pub issuer_key: Vec<u8>,
    pub subject_key: Vec<u8>,
    pub not_before: i64,
    pub not_after: i64,
    pub spki: Vec<u8>,
    /// The content of the public key's algorithm identifier, and its bits.
    pub key_algorithm: Vec<u8>,
    pub key: Vec<u8>,
    pub basic: Option<Basic>,
    pub key_usage: Option<u16>,
    pub extended_usage: Option<Vec<String>>,
    pub has_alt_names: bool,
    pub alt_names_critical: bool,
    pub alt_names: Vec<GeneralName>,
    pub subject_id: Option<Vec<u8>>,
    pub has_authority_id: bool,
    pub authority_id: Option<Vec<u8>>,
    pub authority_serial: Option<Vec<u8>>,
    pub ids_critical: (bool, bool),
    pub constraints: Option<Constraints>,
    pub ocsp: Vec<String>,
    pub ca_issuers: Vec<String>,
    pub crl_points: Vec<String>,
    /// Whether there is a critical extension that nothing here looks at.
    pub unknown_critical: bool,
    pub extensions: usize,
}

impl Certificate {
    /// Takes a certificate apart; `None` where it is none.
    pub fn parse(der: &[u8]) -> Option<Certificate> {
        let mut all = Reader::new(der);
        let outer = all.expect(SEQUENCE)?;
        let mut parts = Reader::new(outer.body);
        let signed = parts.expect(SEQUENCE)?;
        let algorithm = parts.expect(SEQUENCE)?;
        let signature = der::bit_string(parts.next()?)?;
        let start = outer.whole.len() - outer.body.len();
        let mut cert = Certificate::parse_signed(signed.body)?;
        cert.signed = start..start + signed.whole.len();
        cert.der = outer.whole.to_vec();
        cert.algorithm = algorithm.body.to_vec();
        cert.signature = signature.to_vec();
        Some(cert)
    }

    fn parse_signed(body: &[u8]) -> Option<Certificate> {
        let mut r = Reader::new(body);
        let version = match r.optional(0xA0)? {
            Some(tagged) => der::small(Reader::new(tagged.body).expect(INTEGER)?.body)? + 1,
            None => 1,
        };
        let serial = r.expect(INTEGER)?.body.to_vec();
        let inner_algorithm = r.expect(SEQUENCE)?.body.to_vec();
        let issuer = r.expect(SEQUENCE)?.whole.to_vec();
        let mut validity = Reader::new(r.expect(SEQUENCE)?.body);
        let (not_before, not_after) = (der::time(validity.next()?)?, der::time(validity.next()?)?);
        let subject = r.expect(SEQUENCE)?.whole.to_vec();
        let spki = r.expect(SEQUENCE)?;
        let mut key = Reader::new(spki.body);
        let key_algorithm = key.expect(SEQUENCE)?.body.to_vec();
        let key_bits = der::bit_string(key.next()?)?.to_vec();
        let mut cert = Certificate {
            der: Vec::new(),
            signed: 0..0,
            version: u8::try_from(version).ok()?,
            serial,
            inner_algorithm,
            algorithm: Vec::new(),
            signature: Vec::new(),
            issuer_key: name::canonical(&issuer)?,
            subject_key: name::canonical(&subject)?,
            issuer,
            subject,
            not_before,
            not_after,
            spki: spki.whole.to_vec(),
            key_algorithm,
            key: key_bits,
            basic: None,
            key_usage: None,
            extended_usage: None,
            has_alt_names: false,
            alt_names_critical: false,
            alt_names: Vec::new(),
            subject_id: None,
            has_authority_id: false,
            authority_id: None,
            authority_serial: None,
            ids_critical: (false, false),
            constraints: None,
            ocsp: Vec::new(),
            ca_issuers: Vec::new(),
            crl_points: Vec::new(),
            unknown_critical: false,
            extensions: 0,
        };
        for rest in r {
            if rest.tag == 0xA3 {
                for extension in der::sequence(rest.body)? {
                    cert.extensions += 1;
                    cert.take_extension(Reader::new(extension.body))?;
                }
            }
        }
        Some(cert)
    }

    fn take_extension(&mut self, mut r: Reader<'_>) -> Option<()> {
        let id = oid::dotted(r.expect(OID)?.body)?;
        let critical = r
            .optional(BOOLEAN)?
            .is_some_and(|b| b.body.first() != Some(&0));
        let value = r.expect(OCTET_STRING)?.body;
        match id.as_str() {
            "2.5.29.19" => self.basic = Some(basic(value, critical)?),
            "2.5.29.15" => self.key_usage = Some(usage(value)?),
            "2.5.29.37" => {
                let ids = der::sequence(value)?.filter_map(|e| oid::dotted(e.body));
                self.extended_usage = Some(ids.collect());
            }
            "2.5.29.17" => {
                self.has_alt_names = true;
                self.alt_names_critical = critical;
                self.alt_names = der::sequence(value)?.filter_map(general_name).collect();
            }
            "2.5.29.14" => {
                self.subject_id = Some(Reader::new(value).expect(OCTET_STRING)?.body.to_vec());
                self.ids_critical.0 = critical;
            }
            "2.5.29.35" => {
                self.has_authority_id = true;
                self.ids_critical.1 = critical;
                for part in der::sequence(value)? {
                    match part.tag {
                        0x80 => self.authority_id = Some(part.body.to_vec()),
                        0x82 => self.authority_serial = Some(part.body.to_vec()),
                        _ => {}
                    }
                }
            }
            "2.5.29.30" => self.constraints = Some(constraints(value)?),
            "1.3.6.1.5.5.7.1.1" => self.take_access(value)?,
            "2.5.29.31" => self.crl_points = crl_points(value)?,
            "2.5.29.32" | "2.5.29.36" | "2.5.29.33" | "2.5.29.54" => {}
            _ => self.unknown_critical |= critical,
        }
        Some(())
    }

    fn take_access(&mut self, value: &[u8]) -> Option<()> {
        for description in der::sequence(value)? {
            let mut r = Reader::new(description.body);
            let method = oid::dotted(r.expect(OID)?.body)?;
            if let Some(GeneralName::Uri(uri)) = general_name(r.next()?) {
                match method.as_str() {
                    "1.3.6.1.5.5.7.48.1" => self.ocsp.push(uri),
                    "1.3.6.1.5.5.7.48.2" => self.ca_issuers.push(uri),
                    _ => {}
                }
            }
        }
        Some(())
    }

    /// The signed part.
    pub fn signed(&self) -> &[u8] {
        &self.der[self.signed.clone()]
    }

    pub fn subject_names(&self) -> name::Names {
        name::parse(&self.subject).unwrap_or_default()
    }

    pub fn issuer_names(&self) -> name::Names {
        name::parse(&self.issuer).unwrap_or_default()
    }

    /// Whether subject and issuer are the same.
    pub fn is_self_issued(&self) -> bool {
        self.subject_key == self.issuer_key
    }

    /// Self-issued, and signed with a key that can be its own.
    pub fn is_self_signed(&self) -> bool {
        let own = match (&self.authority_id, &self.subject_id) {
            (Some(authority), Some(subject)) => authority == subject,
            _ => true,
        };
        self.is_self_issued() && own
    }

    /// Whether the certificate may sign others, as OpenSSL decides it; `strict` asks for
    /// the extension that says so.
    pub fn is_ca(&self, strict: bool) -> bool {
        if self.key_usage.is_some_and(|u| u & KEY_CERT_SIGN == 0) {
            return false;
        }
        match self.basic {
            Some(basic) => basic.ca,
            None => {
                !strict
                    && (self.key_usage.is_some() || (self.version == 1 && self.is_self_signed()))
            }
        }
    }
}

fn basic(value: &[u8], critical: bool) -> Option<Basic> {
    let mut r = der::sequence(value)?;
    let ca = r
        .optional(BOOLEAN)?
        .is_some_and(|b| b.body.first() != Some(&0));
    let path_len = match r.optional(INTEGER)? {
        Some(len) => Some(der::small(len.body)?),
        None => None,
    };
    Some(Basic {
        ca,
        path_len,
        critical,
    })
}

fn usage(value: &[u8]) -> Option<u16> {
    let bits = Reader::new(value).expect(der::BIT_STRING)?.body;
    let high = u16::from(bits.get(1).copied().unwrap_or(0)) << 8;
    Some(high | u16::from(bits.get(2).copied().unwrap_or(0)))
}

fn general_name(element: der::Element<'_>) -> Option<GeneralName> {
    let text = || name::text(0x16, element.body);
    Some(match element.tag {
        0x81 => GeneralName::Email(text()),
        0x82 => GeneralName::Dns(text()),
        0x86 => GeneralName::Uri(text()),
        0xA4 => GeneralName::Directory(element.body.to_vec()),
        0x87 => GeneralName::Address(element.body.to_vec()),
        0x88 => GeneralName::Registered(oid::dotted(element.body)?),
        tag => GeneralName::Other(tag),
    })
}

fn constraints(value: &[u8]) -> Option<Constraints> {
    let mut found = Constraints::default();
    for list in der::sequence(value)? {
        let names = Reader::new(list.body)
            .map(|subtree| general_name(Reader::new(subtree.body).next()?))
            .collect::<Option<Vec<_>>>()?;
        match list.tag {
            0xA0 => found.permitted = names,
            0xA1 => found.excluded = names,
            _ => return None,
        }
    }
    Some(found)
}

fn crl_points(value: &[u8]) -> Option<Vec<String>> {
    let mut uris = Vec::new();
    for point in der::sequence(value)? {
        for part in Reader::new(point.body).filter(|p| p.tag == 0xA0) {
            for full in Reader::new(part.body).filter(|p| p.tag == 0xA0) {
                for name in Reader::new(full.body) {
                    if let Some(GeneralName::Uri(uri)) = general_name(name) {
                        uris.push(uri);
                    }
                }
            }
        }
    }
    Some(uris)
}
