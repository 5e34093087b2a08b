//! X.501 names.

use crate::der::{OID, Reader, SEQUENCE, SET};
use crate::oid;

/// Attributes (dotted identifier, value), grouped as relative names.
pub type Names = Vec<Vec<(String, String)>>;

/// The relative names of an encoded name.
pub fn parse(whole: &[u8]) -> Option<Names> {
    let outer = Reader::new(whole).expect(SEQUENCE)?;
    let mut names = Vec::new();
    let mut sets = Reader::new(outer.body);
    while !sets.is_empty() {
        let set = sets.expect(SET)?;
        let mut group = Vec::new();
        let mut pairs = Reader::new(set.body);
        while !pairs.is_empty() {
            let mut pair = Reader::new(pairs.expect(SEQUENCE)?.body);
            let kind = pair.expect(OID)?;
            let value = pair.next()?;
            group.push((oid::dotted(kind.body)?, text(value.tag, value.body)));
        }
        names.push(group);
    }
    Some(names)
}

/// The text of a string of any of ASN.1's kinds.
pub fn text(tag: u8, body: &[u8]) -> String {
    match tag {
        0x0C => String::from_utf8_lossy(body).into_owned(),
        // BMPString: two bytes a character.
        0x1E => {
            let units: Vec<u16> = body
                .chunks_exact(2)
                .map(|b| u16::from_be_bytes([b[0], b[1]]))
                .collect();
            String::from_utf16_lossy(&units)
        }
        // UniversalString: four bytes a character.
        0x1C => body
            .chunks_exact(4)
            .filter_map(|b| char::from_u32(u32::from_be_bytes([b[0], b[1], b[2], b[3]])))
            .collect(),
        _ => body.iter().map(|&b| char::from(b)).collect(),
    }
}

/// The form that names are compared in: text in UTF-8, lower case, with single spaces.
/// Names that differ only in these are equal (RFC 5280 7.1).
pub fn canonical(whole: &[u8]) -> Option<Vec<u8>> {
    let outer = Reader::new(whole).expect(SEQUENCE)?;
    let mut bytes = Vec::with_capacity(whole.len());
    let mut sets = Reader::new(outer.body);
    while !sets.is_empty() {
        let mut set = Vec::new();
        let mut pairs = Reader::new(sets.expect(SET)?.body);
        while !pairs.is_empty() {
            let mut pair = Reader::new(pairs.expect(SEQUENCE)?.body);
            let kind = pair.expect(OID)?;
            let value = pair.next()?;
            let mut inner = kind.whole.to_vec();
            if matches!(value.tag, 0x0C | 0x13 | 0x14 | 0x16 | 0x1A | 0x1C | 0x1E) {
                let folded = fold(&text(value.tag, value.body));
                put(&mut inner, 0x0C, folded.as_bytes());
            } else {
                inner.extend_from_slice(value.whole);
            }
            put(&mut set, SEQUENCE, &inner);
        }
        put(&mut bytes, SET, &set);
    }
    Some(bytes)
}

fn fold(text: &str) -> String {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    words.join(" ").to_ascii_lowercase()
}

/// Writes an element.
pub fn put(to: &mut Vec<u8>, tag: u8, body: &[u8]) {
    to.push(tag);
    match body.len() {
        n @ ..0x80 => to.push(n as u8),
        n @ ..0x100 => to.extend_from_slice(&[0x81, n as u8]),
        n @ ..0x1_0000 => to.extend_from_slice(&[0x82, (n >> 8) as u8, n as u8]),
        n => to.extend_from_slice(&[0x83, (n >> 16) as u8, (n >> 8) as u8, n as u8]),
    }
    to.extend_from_slice(body);
}

/// The number that files of a certificate folder are named with.
pub fn folder_hash(canonical: &[u8]) -> u32 {
    let digest = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, canonical);
    let first = digest.as_ref();
    u32::from_le_bytes([first[0], first[1], first[2], first[3]])
}
