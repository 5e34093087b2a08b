//! Keys from passwords: PBKDF2 (RFC 8018) and scrypt (RFC 7914).

use krait_object::types::bytes::BytesLike;
use krait_object::{Bytes, ModuleBuilder, Owned, Py, PyResult, Str, Value, protocol, raise};

use crate::algorithm::Algorithm;
use crate::argument::Unsigned;
use crate::hmac::Hmac;

use super::{by_name, check_fixed, or_no_memory};

const LONGEST: i64 = i32::MAX as i64;

/// Fills the output with derived blocks.
fn pbkdf2(algorithm: &Algorithm, password: &[u8], salt: &[u8], rounds: u32, out: &mut [u8]) {
    let keyed = Hmac::new(algorithm, password);
    for (number, block) in (1u32..).zip(out.chunks_mut(algorithm.digest_size)) {
        let mut hmac = keyed.clone();
        hmac.update(salt);
        hmac.update(&number.to_be_bytes());
        let mut last = hmac.digest();
        block.copy_from_slice(&last.as_slice()[..block.len()]);
        for _ in 1..rounds {
            let mut hmac = keyed.clone();
            hmac.update(last.as_slice());
            last = hmac.digest();
            for (byte, new) in block.iter_mut().zip(last.as_slice()) {
                *byte ^= new;
            }
        }
    }
}

fn pbkdf2_hmac(
    py: Py,
    hash_name: &Str,
    password: BytesLike<'_>,
    salt: BytesLike<'_>,
    iterations: i64,
    dklen: Option<&Value>,
) -> PyResult<Owned<Bytes>> {
    let algorithm = by_name(py, hash_name)?;
    let longest = i32::MAX as usize;
    if password.len() > longest {
        return raise!(py, OverflowError, "password is too long.");
    }
    if salt.len() > longest {
        return raise!(py, OverflowError, "salt is too long.");
    }
    if iterations < 1 {
        return raise!(py, ValueError, "iteration value must be greater than 0.");
    }
    if iterations > LONGEST {
        return raise!(py, OverflowError, "iteration value is too great.");
    }
    let length = match dklen {
        None => algorithm.digest_size as i64,
        Some(length) => {
            let wide = protocol::number::index_to_i128(py, length)?;
            match wide.and_then(|wide| i64::try_from(wide).ok()) {
                Some(length) => length,
                None => {
                    let text = "Python int too large to convert to C long";
                    return raise!(py, OverflowError, "{text}");
                }
            }
        }
    };
    if length < 1 {
        return raise!(py, ValueError, "key length must be greater than 0.");
    }
    if length > LONGEST {
        return raise!(py, OverflowError, "key length is too great.");
    }
    let algorithm = check_fixed(py, algorithm)?;
    let (password, salt): (&[u8], &[u8]) = (&password, &salt);
    or_no_memory(Bytes::build(length as usize, |out| {
        py.allow_threads(|| pbkdf2(algorithm, password, salt, iterations as u32, out));
    }))
}

/// What OpenSSL takes for a limit where none is given.
const DEFAULT_MEMORY: u64 = 32 * 1024 * 1024;

/// Checks what is left after the checks of single arguments; the exponent of `n`.
fn scrypt_parameters(py: Py, n: u64, r: u64, p: u64, memory: u64) -> PyResult<scrypt::Params> {
    let invalid = "Invalid parameter combination for n, r, p, maxmem.";
    if r == 0 || p == 0 {
        return raise!(py, ValueError, "{invalid}");
    }
    if p > ((1 << 30) - 1) / r {
        return raise!(
            py,
            ValueError,
            "[digital envelope routines] parameter too large"
        );
    }
    let needed = 128 * u128::from(r) * (u128::from(n) + 2 + u128::from(p));
    let too_wide = 16 * r <= 63 && n >= 1 << (16 * r);
    let memory = if memory == 0 { DEFAULT_MEMORY } else { memory };
    if too_wide || needed > u128::from(memory) {
        return raise!(
            py,
            ValueError,
            "[digital envelope routines] memory limit exceeded"
        );
    }
    match scrypt::Params::new(n.trailing_zeros() as u8, r as u32, p as u32) {
        Ok(parameters) => Ok(parameters),
        Err(_) => raise!(py, ValueError, "{invalid}"),
    }
}

#[expect(clippy::too_many_arguments, reason = "those of the Python function")]
fn scrypt_key(
    py: Py,
    password: BytesLike<'_>,
    salt: BytesLike<'_>,
    n: Unsigned<false>,
    r: Unsigned<false>,
    p: Unsigned<false>,
    maxmem: Option<i64>,
    dklen: Option<i64>,
) -> PyResult<Owned<Bytes>> {
    let longest = i32::MAX as usize;
    if password.len() > longest {
        return raise!(py, OverflowError, "password is too long.");
    }
    if salt.len() > longest {
        return raise!(py, OverflowError, "salt is too long.");
    }
    if n.0 < 2 || !n.0.is_power_of_two() {
        return raise!(py, ValueError, "n must be a power of 2.");
    }
    let (maxmem, dklen) = (maxmem.unwrap_or(0), dklen.unwrap_or(64));
    if !(0..=LONGEST).contains(&maxmem) {
        let text = "maxmem must be positive and smaller than";
        return raise!(py, ValueError, "{text} {LONGEST}");
    }
    if !(1..=LONGEST).contains(&dklen) {
        let text = "dklen must be greater than 0 and smaller than";
        return raise!(py, ValueError, "{text} {LONGEST}");
    }
    let parameters = scrypt_parameters(py, n.0, r.0, p.0, maxmem as u64)?;
    let (password, salt): (&[u8], &[u8]) = (&password, &salt);
    or_no_memory(Bytes::build(dklen as usize, |out| {
        // The length was checked, which is all that can fail.
        let _ = py.allow_threads(|| scrypt::scrypt(password, salt, &parameters, out));
    }))
}

pub fn register(m: &ModuleBuilder) -> PyResult<()> {
    m.function_doc(
        "pbkdf2_hmac($module, /, hash_name, password, salt, iterations,\n            dklen=None)",
        "Password based key derivation function 2 (PKCS #5 v2.0) with HMAC as pseudorandom \
         function.",
        pbkdf2_hmac,
    )?;
    m.function_doc(
        "scrypt($module, /, password, *, salt, n, r, p, maxmem=0, dklen=64)",
        "scrypt password-based key derivation function.",
        scrypt_key,
    )?;
    Ok(())
}
