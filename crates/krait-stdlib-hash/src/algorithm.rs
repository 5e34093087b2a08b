//! The table of hash functions.

use crate::engine::Engine;

/// A hash function with its default parameters.
pub struct Algorithm {
    /// The name in Python's spelling.
    pub name: &'static str,
    /// Bytes of the digest; 0 where the caller chooses.
    pub digest_size: usize,
    pub block_size: usize,
    pub start: fn() -> Engine,
    /// Other names that OpenSSL knows, in lower case.
    aliases: &'static [&'static str],
}

impl Algorithm {
    pub fn is_extendable(&self) -> bool {
        self.digest_size == 0
    }
}

macro_rules! algorithms {
    ($($ident:ident: $name:literal $digest:literal $block:literal $start:expr, $aliases:expr;)*) => {
        $(pub static $ident: Algorithm = Algorithm {
            name: $name,
            digest_size: $digest,
            block_size: $block,
            start: $start,
            aliases: &$aliases,
        };)*
        pub static ALL: &[&Algorithm] = &[$(&$ident),*];
    };
}
algorithms! {
    MD5: "md5" 16 64 || Engine::Md5(Default::default()), ["ssl3-md5"];
    SHA1: "sha1" 20 64 || Engine::Sha1(Default::default()), ["sha-1", "ssl3-sha1"];
    MD5_SHA1: "md5-sha1" 36 64 || Engine::Md5Sha1(Default::default(), Default::default()), [];
    SHA224: "sha224" 28 64 || Engine::Sha224(Default::default()), ["sha-224", "sha2-224"];
    SHA256: "sha256" 32 64 || Engine::Sha256(Default::default()), ["sha-256", "sha2-256"];
    SHA384: "sha384" 48 128 || Engine::Sha384(Default::default()), ["sha-384", "sha2-384"];
    SHA512: "sha512" 64 128 || Engine::Sha512(Default::default()), ["sha-512", "sha2-512"];
    SHA512_224: "sha512_224" 28 128 || Engine::Sha512T224(Default::default()),
        ["sha512-224", "sha-512/224", "sha2-512/224"];
    SHA512_256: "sha512_256" 32 128 || Engine::Sha512T256(Default::default()),
        ["sha512-256", "sha-512/256", "sha2-512/256"];
    SHA3_224: "sha3_224" 28 144 || Engine::Sha3T224(Default::default()), ["sha3-224"];
    SHA3_256: "sha3_256" 32 136 || Engine::Sha3T256(Default::default()), ["sha3-256"];
    SHA3_384: "sha3_384" 48 104 || Engine::Sha3T384(Default::default()), ["sha3-384"];
    SHA3_512: "sha3_512" 64 72 || Engine::Sha3T512(Default::default()), ["sha3-512"];
    SHAKE_128: "shake_128" 0 168 || Engine::Shake128(Default::default()),
        ["shake128", "shake-128"];
    SHAKE_256: "shake_256" 0 136 || Engine::Shake256(Default::default()),
        ["shake256", "shake-256"];
    RIPEMD160: "ripemd160" 20 64 || Engine::Ripemd160(Default::default()),
        ["ripemd", "rmd160", "ripemd-160"];
    SM3: "sm3" 32 64 || Engine::Sm3(Default::default()), [];
    BLAKE2B: "blake2b" 64 128 || Engine::Blake2b(blake2b_simd::State::new()),
        ["blake2b512", "blake2b-512"];
    BLAKE2S: "blake2s" 32 64 || Engine::Blake2s(blake2s_simd::State::new()),
        ["blake2s256", "blake2s-256"];
}

/// The function that OpenSSL finds under a name, in any case of letters.
pub fn by_openssl_name(name: &str) -> Option<&'static Algorithm> {
    ALL.iter().copied().find(|a| {
        name.eq_ignore_ascii_case(a.name) || a.aliases.iter().any(|n| name.eq_ignore_ascii_case(n))
    })
}
