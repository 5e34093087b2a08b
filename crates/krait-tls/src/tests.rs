//! What can be checked without a connection.

use crate::der::{Element, GENERALIZED_TIME, UTC_TIME, civil, time, time_text};
use crate::{key, name, oid, pem, suites};

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

const PLAIN_KEY: &str = "-----BEGIN EC PRIVATE KEY-----\n\
         MHcCAQEEINEzMDgZtIKAXXFIrr9f8tEoQcXLc1h9HABZRZtO4JggoAoGCCqGSM49\n\
         AwEHoUQDQgAE9+i8Y1q9hwH6HOIAlxsuUYqrtNOubbWKUiajLlJK+M+ixd9PJBk0\n\
         wBbGb+rFNZ/3OR3GZZDbb/+iyzJnB5sYsQ==\n\
         -----END EC PRIVATE KEY-----\n";

/// The same key as OpenSSL encrypts it with the password "secret".
const ENCRYPTED_KEYS: [&str; 4] = [
    "-----BEGIN EC PRIVATE KEY-----\n\
         Proc-Type: 4,ENCRYPTED\n\
         DEK-Info: AES-128-CBC,3B94149E97C9EDDB9DA1AD587A20A03F\n\
         \n\
         OB7nrqNRpU7sae/ZMsOHcv3zesWUhMY8024BAtJs1iwNUGeZLvwYHXo6wcWLfQkg\n\
         sG2PFXOclg3+Ukfb9DbvKQrunID9iVochAoOQG18QcoEasSNEb/tMuLe/DEwirHt\n\
         /9mj5zSYdfpD4QwirBVTl6ojxv3ci/w2siV460IEA+Q=\n\
         -----END EC PRIVATE KEY-----\n",
    "-----BEGIN EC PRIVATE KEY-----\n\
         Proc-Type: 4,ENCRYPTED\n\
         DEK-Info: AES-192-CBC,CADC49C2CE84731F20388C680D4402EF\n\
         \n\
         taUQ5pepyTY2WLitY4Y8GxPKd+pJUB2ZBcwWAIlg1X3bX3z6HL3t3c3OJDzZ5ke5\n\
         ZByW9XT5e08rspkvlcxMtQfm84eb09mULsyXkDh1xHT7+b2l31+MHtOW+BXVohce\n\
         vcifg8XiL2SnZcK3olHnj7ARMLRgci8DR0vjfNFXtDU=\n\
         -----END EC PRIVATE KEY-----\n",
    "-----BEGIN EC PRIVATE KEY-----\n\
         Proc-Type: 4,ENCRYPTED\n\
         DEK-Info: AES-256-CBC,0B7EE3F6C53FCB9E2DECD0C63836040A\n\
         \n\
         Etws4Sen7hiVYKeI9O5HEFUUJFQD+6DI1bRnNMihKZoeRbNbjwOAJ0+nCYUxuxOO\n\
         usTOrS4ylUrrDpcV8i2t/Zf2nHhtf8kCLM7zGqmGSyM2qr5q8JsSxkVfZUuWRyd4\n\
         7lOkg5Bqpt85beXMb3zs4wtl/j3WyymXVEuWbiqBurQ=\n\
         -----END EC PRIVATE KEY-----\n",
    "-----BEGIN EC PRIVATE KEY-----\n\
         Proc-Type: 4,ENCRYPTED\n\
         DEK-Info: DES-EDE3-CBC,A54CC19FFD827B14\n\
         \n\
         76/EZBVJtqQQH8ildTNltIjEuJG9b/9SdyhXyvCHsZNLs611jtVD4T8Qv/QkTxgV\n\
         nyaMQaVUiBYIv0/RGSqgO1dBiYkb9fdZQz90FRZfvu738561DmwwifnP/5HgPT7L\n\
         nAxH+/iQn+4a/lD0cQG/5RISg9Orv6jcCv3NJNeZVKE=\n\
         -----END EC PRIVATE KEY-----\n",
];

#[test]
fn keys_encrypted_in_the_form_of_rfc_1421() {
    let read = |text: &str, password: &str| {
        let password = Some(password.as_bytes().to_vec());
        key::private_key::<()>(text.as_bytes(), || Ok(password.clone()))
            .map(|key| key.map(|k| k.secret_der().to_vec()))
    };
    let plain = read(PLAIN_KEY, "");
    assert!(matches!(plain, Ok(Ok(_))));
    for text in ENCRYPTED_KEYS {
        assert_eq!(read(text, "secret"), plain);
        assert_ne!(read(text, "other"), plain);
    }
    let unknown = ENCRYPTED_KEYS[0].replace("AES-128-CBC", "IDEA-CBC");
    assert_eq!(
        read(&unknown, "secret"),
        Ok(Err(key::Fault::UnsupportedEncryption))
    );
}
