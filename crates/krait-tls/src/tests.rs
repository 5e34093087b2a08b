//! What can be checked without a connection.

use crate::der::{Element, GENERALIZED_TIME, UTC_TIME, civil, time, time_text};
use crate::{name, oid, pem, suites};

fn at(tag: u8, text: &str) -> Option<i64> {
    let body = text.as_bytes();
    time(Element {
        tag,
        body,
        whole: body,
    })
}

#[test]
fn times() {
    assert_eq!(at(UTC_TIME, "180829142316Z"), Some(1_535_552_596));
    assert_eq!(at(GENERALIZED_TIME, "20180829142316Z"), Some(1_535_552_596));
    assert_eq!(at(UTC_TIME, "700101000000Z"), Some(0));
    assert_eq!(at(UTC_TIME, "701301000000Z"), None);
    assert_eq!(civil(1_535_552_596), [2018, 8, 29, 14, 23, 16]);
    assert_eq!(time_text(1_535_552_596), "Aug 29 14:23:16 2018 GMT");
}

#[test]
fn pem_round_trip() {
    for len in 0..100u8 {
        let data: Vec<u8> = (0..len).collect();
        let text = pem::encode("CERTIFICATE", &data);
        let blocks = pem::blocks(text.as_bytes()).unwrap_or_default();
        assert_eq!(blocks.len(), 1);
        assert_eq!(blocks[0].label, "CERTIFICATE");
        assert_eq!(blocks[0].data, data);
    }
    assert!(pem::blocks(b"-----BEGIN X-----\nAAAA\n").is_err());
}

#[test]
fn identifiers() {
    assert_eq!(oid::dotted(&[0x55, 4, 3]).as_deref(), Some("2.5.4.3"));
    let rsa = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1];
    assert_eq!(oid::dotted(&rsa).as_deref(), Some("1.2.840.113549.1.1.1"));
    assert_eq!(oid::long_name("2.5.4.3"), "commonName");
    assert!(!oid::is_dotted("commonName"));
}

#[test]
fn names_are_compared_folded() {
    let attribute = |tag: u8, text: &str| {
        let (mut pair, mut sequence, mut set) = (vec![6, 3, 0x55, 4, 3], Vec::new(), Vec::new());
        name::put(&mut pair, tag, text.as_bytes());
        name::put(&mut sequence, 0x30, &pair);
        name::put(&mut set, 0x31, &sequence);
        let mut whole = Vec::new();
        name::put(&mut whole, 0x30, &set);
        whole
    };
    let a = name::canonical(&attribute(0x13, " Some  Name "));
    assert_eq!(a, name::canonical(&attribute(0x0C, "some name")));
    assert_ne!(a, name::canonical(&attribute(0x0C, "other name")));
}

#[test]
fn cipher_strings() {
    let names = |text: &str| -> Option<Vec<&str>> {
        let chosen = suites::choose(text)?;
        Some(chosen.iter().filter(|s| !s.tls13).map(|s| s.name).collect())
    };
    assert_eq!(names("ALL").map(|n| n.len()), Some(6));
    assert_eq!(names("^$:,;?*'dorothyx"), None);
    assert_eq!(
        names("AESGCM:!aRSA").map(|n| n.len()),
        Some(2),
        "two suites of ECDSA with AES"
    );
    assert_eq!(
        names("ECDHE-RSA-AES128-GCM-SHA256"),
        Some(vec!["ECDHE-RSA-AES128-GCM-SHA256"])
    );
}
