//! Certificate revocation lists (RFC 5280, section 5).

use std::collections::HashSet;

use crate::der::{self, GENERALIZED_TIME, INTEGER, Reader, SEQUENCE, UTC_TIME};
use crate::name;

/// A list, taken apart.
#[derive(Debug)]
pub struct Crl {
    pub signed: Vec<u8>,
    pub algorithm: Vec<u8>,
    pub signature: Vec<u8>,
    /// The issuer in the form that names are compared in.
    pub issuer_key: Vec<u8>,
    pub this_update: i64,
    pub next_update: Option<i64>,
    /// Serial numbers of revoked certificates.
    pub revoked: HashSet<Vec<u8>>,
}

impl Crl {
    pub fn parse(bytes: &[u8]) -> Option<Crl> {
        let mut parts = der::sequence(bytes)?;
        let signed = parts.expect(SEQUENCE)?;
        let algorithm = parts.expect(SEQUENCE)?.body.to_vec();
        let signature = der::bit_string(parts.next()?)?.to_vec();
        let mut r = Reader::new(signed.body);
        r.optional(INTEGER)?;
        r.expect(SEQUENCE)?;
        let issuer_key = name::canonical(r.expect(SEQUENCE)?.whole)?;
        let this_update = der::time(r.next()?)?;
        let next_update = match r.peek() {
            Some(UTC_TIME | GENERALIZED_TIME) => Some(der::time(r.next()?)?),
            _ => None,
        };
        let mut revoked = HashSet::new();
        if let Some(list) = r.optional(SEQUENCE)? {
            for entry in Reader::new(list.body) {
                revoked.insert(Reader::new(entry.body).expect(INTEGER)?.body.to_vec());
            }
        }
        Some(Crl {
            signed: signed.whole.to_vec(),
            algorithm,
            signature,
            issuer_key,
            this_update,
            next_update,
            revoked,
        })
    }
}
