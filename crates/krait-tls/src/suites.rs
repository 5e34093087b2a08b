//! Cipher suites under OpenSSL's names, and OpenSSL's language for choosing them.

use std::sync::{Arc, LazyLock};

use rustls::crypto::{CryptoProvider, ring};
use rustls::{CipherSuite, SupportedCipherSuite};

/// All of ring's algorithms.
pub fn provider() -> &'static Arc<CryptoProvider> {
    static PROVIDER: LazyLock<Arc<CryptoProvider>> =
        LazyLock::new(|| Arc::new(ring::default_provider()));
    &PROVIDER
}

/// What OpenSSL tells of a suite.
#[derive(Debug)]
pub struct Suite {
    pub id: CipherSuite,
    pub name: &'static str,
    pub tls13: bool,
    /// The certificate's kind: `RSA`, `ECDSA`, or `any`.
    pub auth: &'static str,
    /// `AESGCM(256)`.
    pub encryption: &'static str,
    pub symmetric: &'static str,
    pub bits: i64,
}

macro_rules! suite {
    ($id:ident, $name:literal, $tls13:literal, $auth:literal, $enc:literal, $symmetric:literal, $bits:literal) => {
        Suite {
            id: CipherSuite::$id,
            name: $name,
            tls13: $tls13,
            auth: $auth,
            encryption: $enc,
            symmetric: $symmetric,
            bits: $bits,
        }
    };
}

/// The suites, the preferred one first.
#[rustfmt::skip]
pub static ALL: &[Suite] = &[
    suite!(TLS13_AES_256_GCM_SHA384, "TLS_AES_256_GCM_SHA384", true, "any", "AESGCM(256)", "aes-256-gcm", 256),
    suite!(TLS13_CHACHA20_POLY1305_SHA256, "TLS_CHACHA20_POLY1305_SHA256", true, "any", "CHACHA20/POLY1305(256)", "chacha20-poly1305", 256),
    suite!(TLS13_AES_128_GCM_SHA256, "TLS_AES_128_GCM_SHA256", true, "any", "AESGCM(128)", "aes-128-gcm", 128),
    suite!(TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "ECDHE-ECDSA-AES256-GCM-SHA384", false, "ECDSA", "AESGCM(256)", "aes-256-gcm", 256),
    suite!(TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "ECDHE-RSA-AES256-GCM-SHA384", false, "RSA", "AESGCM(256)", "aes-256-gcm", 256),
    suite!(TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-ECDSA-CHACHA20-POLY1305", false, "ECDSA", "CHACHA20/POLY1305(256)", "chacha20-poly1305", 256),
    suite!(TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-RSA-CHACHA20-POLY1305", false, "RSA", "CHACHA20/POLY1305(256)", "chacha20-poly1305", 256),
    suite!(TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, "ECDHE-ECDSA-AES128-GCM-SHA256", false, "ECDSA", "AESGCM(128)", "aes-128-gcm", 128),
    suite!(TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "ECDHE-RSA-AES128-GCM-SHA256", false, "RSA", "AESGCM(128)", "aes-128-gcm", 128),
];

/// The suite of an identifier.
pub fn by_id(id: CipherSuite) -> Option<&'static Suite> {
    ALL.iter().find(|s| s.id == id)
}

/// rustls's suites for a list of ours.
pub fn supported(chosen: &[&'static Suite]) -> Vec<SupportedCipherSuite> {
    let all = &provider().cipher_suites;
    let find = |s: &&'static Suite| all.iter().find(|c| c.suite() == s.id).copied();
    chosen.iter().filter_map(find).collect()
}

impl Suite {
    /// OpenSSL's line about it.
    pub fn description(&self) -> String {
        let (protocol, kx) = if self.tls13 {
            ("TLSv1.3", "any")
        } else {
            ("TLSv1.2", "ECDH")
        };
        format!(
            "{:<30} {protocol} Kx={kx:<8} Au={:<5} Enc={:<22} Mac=AEAD",
            self.name, self.auth, self.encryption
        )
    }

    /// Whether a word of a cipher string names the suite or a group that it is in.
    fn has_trait(&self, word: &str) -> bool {
        let aes = self.encryption.starts_with("AES");
        match word {
            "ALL" | "DEFAULT" | "HIGH" | "TLSv1.2" | "ECDHE" | "EECDH" | "kECDHE" | "kEECDH"
            | "ECDH" | "AEAD" | "FIPS" => true,
            "AES" | "AESGCM" => aes,
            "AES128" => aes && self.bits == 128,
            "AES256" => aes && self.bits == 256,
            "CHACHA20" => !aes,
            "ECDSA" | "aECDSA" => self.auth == "ECDSA",
            "RSA" | "aRSA" => self.auth == "RSA",
            "SHA256" | "SHA384" => false,
            name => self.name == name,
        }
    }
}

/// Chooses the suites of TLS 1.2 by a cipher string; those of 1.3 are always there.
/// `None` where nothing is chosen.
pub fn choose(text: &str) -> Option<Vec<&'static Suite>> {
    let old = || ALL.iter().filter(|s| !s.tls13);
    let mut chosen: Vec<&'static Suite> = Vec::new();
    let mut killed: Vec<&'static Suite> = Vec::new();
    let words = text.split([':', ' ', ',', ';']).filter(|w| !w.is_empty());
    for word in words {
        if word.starts_with('@') {
            if word == "@STRENGTH" {
                chosen.sort_by_key(|s| -s.bits);
            }
            continue;
        }
        let (sign, word) = match word.as_bytes()[0] {
            sign @ (b'!' | b'-' | b'+') => (sign, &word[1..]),
            _ => (b' ', word),
        };
        let named: Vec<&Suite> = old()
            .filter(|s| word.split('+').all(|part| s.has_trait(part)))
            .collect();
        match sign {
            b'!' | b'-' => {
                chosen.retain(|s| !named.iter().any(|n| n.id == s.id));
                if sign == b'!' {
                    killed.extend(named);
                }
            }
            b'+' => {
                let (moved, kept): (Vec<_>, Vec<_>) = chosen
                    .into_iter()
                    .partition(|s| named.iter().any(|n| n.id == s.id));
                chosen = kept;
                chosen.extend(moved);
            }
            _ => {
                for suite in named {
                    let out = chosen.iter().chain(&killed).any(|s| s.id == suite.id);
                    if !out {
                        chosen.push(suite);
                    }
                }
            }
        }
    }
    (!chosen.is_empty()).then(|| ALL.iter().filter(|s| s.tls13).chain(chosen).collect())
}
