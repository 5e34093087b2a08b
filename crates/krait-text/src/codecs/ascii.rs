//! ASCII and Latin-1.

use super::{CodecError, Decoded, Fault, Handler, encoded, replaced};
use crate::{Chars, TextWriter, Unit, with_units};

/// Decodes ASCII.
pub fn decode_ascii(bytes: &[u8], handler: &mut Handler<'_>, out: &mut impl TextWriter) -> Decoded {
    if bytes.is_ascii() {
        out.push_units(bytes);
        return Ok(bytes.len());
    }
    let mut at = 0;
    while at < bytes.len() {
        let run = bytes[at..]
            .iter()
            .take_while(|byte| byte.is_ascii())
            .count();
        out.push_units(&bytes[at..at + run]);
        at += run;
        if at < bytes.len() {
            let fault = (at, at + 1, "ordinal not in range(128)");
            at = replaced(handler, fault, bytes.len(), out)?;
        }
    }
    Ok(bytes.len())
}

/// Encodes as ASCII.
pub fn encode_ascii(text: Chars<'_>, handler: &mut Handler<'_>) -> Result<Vec<u8>, CodecError> {
    encode_below(text, 0x80, "ordinal not in range(128)", handler)
}

/// Encodes as Latin-1.
pub fn encode_latin1(text: Chars<'_>, handler: &mut Handler<'_>) -> Result<Vec<u8>, CodecError> {
    if let Chars::Latin1(units) = text {
        return Ok(units.to_vec());
    }
    encode_below(text, 0x100, "ordinal not in range(256)", handler)
}

fn encode_below(
    text: Chars<'_>,
    limit: u32,
    reason: &'static str,
    handler: &mut Handler<'_>,
) -> Result<Vec<u8>, CodecError> {
    if let Chars::Latin1(units) = text
        && units.is_ascii()
    {
        return Ok(units.to_vec());
    }
    let mut out = Vec::with_capacity(text.len());
    with_units!(text, units => {
        let mut at = 0;
        while let Some(unit) = units.get(at) {
            if unit.code() < limit {
                out.push(unit.code() as u8);
                at += 1;
                continue;
            }
            let run = units[at..].iter().take_while(|unit| unit.code() >= limit).count();
            let fault = Fault { start: at, end: at + run, reason };
            at = encoded(handler, fault, units.len(), 1, &mut out, |text, out| {
                let fits = text.iter().all(|code| code < limit);
                if fits {
                    out.extend(text.iter().map(|code| code as u8));
                }
                fits
            })?;
        }
    });
    Ok(out)
}
