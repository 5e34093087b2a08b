//! PEM: blocks of base64 between `-----BEGIN X-----` and `-----END X-----`.

/// One block.
pub struct Block {
    pub label: String,
    /// `Name: value` lines before the data (RFC 1421), as encrypted keys of old have.
    pub headers: Vec<(String, String)>,
    pub data: Vec<u8>,
}

/// What is wrong with a block.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// The end line is missing or names another label.
    BadEndLine,
    BadBase64,
}

/// All blocks of a text; what stands between them is no matter.
pub fn blocks(text: &[u8]) -> Result<Vec<Block>, Fault> {
    let text = String::from_utf8_lossy(text);
    let mut lines = text.lines().map(str::trim_end);
    let mut blocks = Vec::new();
    while let Some(line) = lines.next() {
        let Some(label) = line
            .strip_prefix("-----BEGIN ")
            .and_then(|l| l.strip_suffix("-----"))
        else {
            continue;
        };
        let end = format!("-----END {label}-----");
        let (mut headers, mut base64, mut ended) = (Vec::new(), String::new(), false);
        for line in lines.by_ref() {
            if line == end {
                ended = true;
                break;
            }
            if line.starts_with("-----") {
                return Err(Fault::BadEndLine);
            }
            match line.split_once(": ") {
                Some((name, value)) => headers.push((name.to_owned(), value.to_owned())),
                None => base64.push_str(line.trim()),
            }
        }
        if !ended {
            return Err(Fault::BadEndLine);
        }
        blocks.push(Block {
            label: label.to_owned(),
            headers,
            data: decode(base64.as_bytes()).ok_or(Fault::BadBase64)?,
        });
    }
    Ok(blocks)
}

fn digit(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

fn decode(text: &[u8]) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let last = text.len().saturating_sub(4);
    for (at, group) in text.chunks_exact(4).enumerate() {
        let pads = group.iter().rev().take_while(|&&b| b == b'=').count();
        if pads > 2 || (pads > 0 && at * 4 != last) {
            return None;
        }
        let mut bits = 0;
        for &byte in &group[..4 - pads] {
            bits = (bits << 6) | digit(byte)?;
        }
        bits <<= 6 * pads;
        bytes.extend_from_slice(&bits.to_be_bytes()[1..4 - pads]);
    }
    Some(bytes)
}

/// A block as text.
pub fn encode(label: &str, data: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in data.chunks(48) {
        for group in line.chunks(3) {
            let mut bytes = [0; 4];
            bytes[1..=group.len()].copy_from_slice(group);
            let bits = u32::from_be_bytes(bytes);
            for place in 0..4 {
                let digit = DIGITS[(bits >> (18 - 6 * place)) as usize & 63];
                text.push(if place <= group.len() {
                    digit as char
                } else {
                    '='
                });
            }
        }
        text.push('\n');
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}
