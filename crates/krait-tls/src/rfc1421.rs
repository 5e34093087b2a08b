//! Private keys encrypted in the form of RFC 1421 (`Proc-Type: 4,ENCRYPTED`, `DEK-Info:`),
//! which OpenSSL calls traditional: a block cipher in CBC mode, its key made from the
//! password and the first eight bytes of the IV by MD5.

use aes::{Aes128, Aes192, Aes256};
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipher, BlockDecryptMut, KeyInit, KeyIvInit};
use des::{Des, TdesEde3};
use md5::{Digest, Md5};

use crate::key::Fault;

/// The plain data; `info` is the value of `DEK-Info`: `NAME,IV in hexadecimal`.
pub fn decrypt(info: &str, data: &[u8], password: &[u8]) -> Result<Vec<u8>, Fault> {
    let (name, iv) = info.split_once(',').ok_or(Fault::BadContent)?;
    let iv = hexadecimal(iv.trim()).ok_or(Fault::BadContent)?;
    let run = match name.trim() {
        "AES-128-CBC" => cbc_decrypt::<Aes128>,
        "AES-192-CBC" => cbc_decrypt::<Aes192>,
        "AES-256-CBC" => cbc_decrypt::<Aes256>,
        "DES-EDE3-CBC" => cbc_decrypt::<TdesEde3>,
        "DES-CBC" => cbc_decrypt::<Des>,
        _ => return Err(Fault::UnsupportedEncryption),
    };
    run(&iv, data, password)
}

fn cbc_decrypt<C>(iv: &[u8], data: &[u8], password: &[u8]) -> Result<Vec<u8>, Fault>
where
    C: BlockCipher + BlockDecryptMut + KeyInit,
{
    let salt = iv.get(..8).ok_or(Fault::BadContent)?;
    let key = derive(password, salt, C::key_size());
    let cipher = Decryptor::<C>::new_from_slices(&key, iv).map_err(|_| Fault::BadContent)?;
    cipher
        .decrypt_padded_vec_mut::<Pkcs7>(data)
        .map_err(|_| Fault::BadDecrypt)
}

/// OpenSSL's `EVP_BytesToKey` with MD5 and one iteration: each digest is of the one before
/// it, the password and the salt.
fn derive(password: &[u8], salt: &[u8], len: usize) -> Vec<u8> {
    let (mut key, mut last) = (Vec::new(), Vec::new());
    while key.len() < len {
        let digest = Md5::new()
            .chain_update(&last)
            .chain_update(password)
            .chain_update(salt);
        last = digest.finalize().to_vec();
        key.extend_from_slice(&last);
    }
    key.truncate(len);
    key
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
    let digits = digits.filter(|d| d.len().is_multiple_of(2))?;
    Some(
        digits
            .chunks_exact(2)
            .map(|d| (d[0] * 16 + d[1]) as u8)
            .collect(),
    )
}
