//! Codecs and hashes against the reference.

mod common;

use common::{Report, Text, double, rows};
use krait_text::codecs::*;
use krait_text::hash::*;
use krait_text::{Chars, TextWriter};

fn cp1252() -> Text {
    let undefined = [0x81, 0x8D, 0x8F, 0x90, 0x9D];
    let high = "€\u{0}‚ƒ„…†‡ˆ‰Š‹Œ\u{0}Ž\u{0}\u{0}‘’“”•–—˜™š›œ\u{0}žŸ";
    let mut table: Vec<u32> = (0..256).collect();
    for (place, c) in high.chars().enumerate() {
        table[0x80 + place] = u32::from(c);
    }
    undefined
        .iter()
        .for_each(|byte| table[*byte as usize] = 0xFFFE);
    Text::of(&table)
}

fn form(encoding: &str) -> SurrogateForm {
    match encoding {
        "utf-8" => SurrogateForm::Utf8,
        "utf-16" | "utf-16-le" => SurrogateForm::Utf16Le,
        "utf-16-be" => SurrogateForm::Utf16Be,
        "utf-32" | "utf-32-le" => SurrogateForm::Utf32Le,
        "utf-32-be" => SurrogateForm::Utf32Be,
        _ => SurrogateForm::None,
    }
}

fn endian(encoding: &str) -> Option<Endian> {
    match encoding.rsplit('-').next() {
        Some("le") => Some(Endian::Little),
        Some("be") => Some(Endian::Big),
        _ => None,
    }
}

fn decode(
    encoding: &str,
    bytes: &[u8],
    last: bool,
    handler: &mut Handler<'_>,
    out: &mut Vec<u32>,
) -> Decoded {
    let order = endian(encoding);
    match encoding {
        "utf-8" => decode_utf8(bytes, last, handler, out),
        "utf-7" => decode_utf7(bytes, last, handler, out),
        "ascii" => decode_ascii(bytes, handler, out),
        "latin-1" => {
            out.push_units(bytes);
            Ok(bytes.len())
        }
        "cp1252" => decode_charmap(bytes, cp1252().chars(), handler, out),
        "unicode_escape" => {
            decode_unicode_escape(bytes, last, handler, out).map(|found| found.used)
        }
        "raw_unicode_escape" => decode_raw_unicode_escape(bytes, last, handler, out),
        _ if encoding.starts_with("utf-16") => {
            decode_utf16(bytes, order, last, handler, out).map(|(used, _)| used)
        }
        _ => decode_utf32(bytes, order, last, handler, out).map(|(used, _)| used),
    }
}

fn encode(
    encoding: &str,
    text: Chars<'_>,
    handler: &mut Handler<'_>,
) -> Result<Vec<u8>, CodecError> {
    match encoding {
        "utf-8" => encode_utf8(text, handler),
        "utf-7" => Ok(encode_utf7(text)),
        "ascii" => encode_ascii(text, handler),
        "latin-1" => encode_latin1(text, handler),
        "cp1252" => EncodingMap::new(cp1252().chars()).encode(text, handler),
        "unicode_escape" => Ok(encode_unicode_escape(text)),
        "raw_unicode_escape" => Ok(encode_raw_unicode_escape(text)),
        _ if encoding.starts_with("utf-16") => encode_utf16(text, endian(encoding), handler),
        _ => encode_utf32(text, endian(encoding), handler),
    }
}

fn hexed(codes: impl Iterator<Item = u32>) -> String {
    codes
        .map(|code| format!("{code:x}"))
        .collect::<Vec<_>>()
        .join(" ")
}

fn bytes_hexed(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .join(" ")
}

fn failure(errors: &str, fault: Option<Fault>) -> String {
    match fault {
        Some(fault) if errors == "strict" => {
            format!("!{} {} {}", fault.start, fault.end, fault.reason)
        }
        _ => "!".into(),
    }
}

#[test]
fn codecs() {
    let mut report = Report::default();
    for row in rows("codecs") {
        let fields: Vec<String> = row.iter().map(Text::to_string_lossy).collect();
        let (kind, encoding, errors) = (fields[0].as_str(), fields[1].as_str(), &fields[2]);
        let policy = Policy::named(errors).unwrap_or(Policy::Strict);
        let mut last = None;
        let input = row[4].clone();
        let got = match kind {
            "decode" => {
                let bytes = input.bytes();
                let order = match (encoding, bytes) {
                    ("utf-16", [0xFE, 0xFF, ..]) => SurrogateForm::Utf16Be,
                    ("utf-32", [0, 0, 0xFE, 0xFF, ..]) => SurrogateForm::Utf32Be,
                    _ => form(encoding),
                };
                let mut handler = |fault: &Fault| {
                    last = Some(*fault);
                    policy.decode(bytes, fault, order)
                };
                let mut out = Vec::new();
                match decode(encoding, bytes, fields[3] == "1", &mut handler, &mut out) {
                    Ok(used) => format!("{used} {}", hexed(out.iter().copied())),
                    Err(_) => failure(errors, last),
                }
            }
            "encode" => {
                let mut handler = |fault: &Fault| {
                    last = Some(*fault);
                    policy.encode(input.chars(), fault, form(encoding))
                };
                match encode(encoding, input.chars(), &mut handler) {
                    Ok(bytes) => bytes_hexed(&bytes),
                    Err(_) => failure(errors, last),
                }
            }
            "escape_encode" => bytes_hexed(&bytes_escape_encode(input.bytes())),
            _ => match bytes_escape_decode(input.bytes(), |_| Some(b"?")) {
                Ok((bytes, _)) => bytes_hexed(&bytes),
                Err(_) => "!ValueError: Trailing \\ in string".into(),
            },
        };
        report.check(&&row[..5], &got, &fields[5]);
    }
    report.finish();
}

#[test]
fn utf8_of_any_length() {
    for piece in [
        "a",
        "é",
        "€",
        "😀",
        "abcdefghié",
        "abcdefgh€abcdefghijklmnop😀",
    ] {
        for count in 0..40 {
            let text = piece.repeat(count);
            let decoded = Text::written(|out| out.push_str(&text));
            assert_eq!(decoded, Text::from(text.as_str()));
            let back = encode_utf8(decoded.chars(), &mut |_| Handled::Fail);
            assert_eq!(back.as_deref(), Ok(text.as_bytes()));
        }
    }
}

fn numbers(text: &str) -> Vec<i64> {
    text.split_whitespace()
        .map(|number| number.parse().expect("a number"))
        .collect()
}

#[test]
fn hashes() {
    let mut report = Report::default();
    for row in rows("hash") {
        let fields: Vec<String> = row.iter().map(Text::to_string_lossy).collect();
        let key = || HashKey::from_seed(fields[1].parse().expect("a seed"));
        let got = match fields[0].as_str() {
            "text" => key().text(row[2].chars()),
            "bytes" => key().bytes(row[2].bytes()),
            "float" => hash_double(double(&fields[2])).expect("not NaN"),
            "int" => hash_int(fields[2].parse().expect("a number")),
            "digits" => {
                let digits: Vec<u32> = numbers(&fields[2]).iter().map(|d| *d as u32).collect();
                hash_digits(&digits, fields[1] == "-")
            }
            "tuple" => {
                let mut hash = TupleHash::new();
                numbers(&fields[2])
                    .iter()
                    .for_each(|item| hash.push(hash_int(*item)));
                hash.finish()
            }
            "set" => {
                let mut hash = SetHash::default();
                numbers(&fields[2])
                    .iter()
                    .for_each(|item| hash.push(hash_int(*item)));
                hash.finish()
            }
            _ => {
                let parts = numbers(&fields[2]);
                hash_complex(parts[0], parts[1])
            }
        };
        report.check(&&fields[..3], &got.to_string(), &fields[3]);
    }
    report.finish();
}
