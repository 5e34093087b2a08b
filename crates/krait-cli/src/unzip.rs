//! The files of a zip archive in memory: as much as the wheels inside the binary need.

use std::io::{Error, ErrorKind, Result};

fn number(bytes: &[u8], at: usize, width: usize) -> Option<usize> {
    let part = bytes.get(at..at.checked_add(width)?)?;
    Some(part.iter().rev().fold(0, |n, &b| n << 8 | usize::from(b)))
}

fn broken() -> Error {
    Error::new(ErrorKind::InvalidData, "the archive is damaged")
}

/// Calls `f` with the name and content of each file. Folders have no call.
pub fn each_file(zip: &[u8], mut f: impl FnMut(&str, &[u8]) -> Result<()>) -> Result<()> {
    let end = zip
        .windows(4)
        .rposition(|w| w == b"PK\x05\x06")
        .ok_or_else(broken)?;
    let mut at = number(zip, end + 16, 4).ok_or_else(broken)?;
    for _ in 0..number(zip, end + 10, 2).ok_or_else(broken)? {
        let field =
            |offset: usize, width: usize| number(zip, at + offset, width).ok_or_else(broken);
        let (method, packed, length) = (field(10, 2)?, field(20, 4)?, field(24, 4)?);
        let (name, extra, comment) = (field(28, 2)?, field(30, 2)?, field(32, 2)?);
        let local = field(42, 4)?;
        let file = zip.get(at + 46..at + 46 + name).ok_or_else(broken)?;
        let file = std::str::from_utf8(file).map_err(|_| broken())?;
        at += 46 + name + extra + comment;
        if file.ends_with('/') || file.contains("..") || file.starts_with('/') {
            continue;
        }
        let skip = |offset| number(zip, local + offset, 2).ok_or_else(broken);
        let start = local + 30 + skip(26)? + skip(28)?;
        let content = zip.get(start..start + packed).ok_or_else(broken)?;
        match method {
            0 => f(file, content)?,
            8 => {
                let content = miniz_oxide::inflate::decompress_to_vec_with_limit(content, length);
                f(file, &content.map_err(|_| broken())?)?;
            }
            _ => return Err(broken()),
        }
    }
    Ok(())
}
