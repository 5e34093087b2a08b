//! TLS without Python: certificates, their verification, keys, cipher suites, and
//! connections on `rustls` that work on bytes in memory.
//!
//! Verification follows OpenSSL's rules and gives OpenSSL's error numbers, because that
//! is what Python's `ssl` documents; cryptography is ring's throughout.
#![forbid(unsafe_code)]

pub mod cert;
pub mod config;
pub mod crl;
pub mod der;
pub mod engine;
pub mod hostname;
pub mod key;
pub mod name;
pub mod oid;
pub mod pem;
mod rfc1421;
pub mod session;
pub mod store;
pub mod suites;
#[cfg(test)]
mod tests;
pub mod verify;

pub use config::Settings;
pub use engine::{Engine, Fault};
pub use rustls;
pub use rustls::ProtocolVersion;

/// Fills bytes from the system's random number generator.
pub fn random(bytes: &mut [u8]) -> bool {
    use ring::rand::SecureRandom;
    ring::rand::SystemRandom::new().fill(bytes).is_ok()
}
