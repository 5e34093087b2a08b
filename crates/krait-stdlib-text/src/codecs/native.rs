//! The codecs written in Rust, by encoding.

use krait_object::{Bytes, Owned, Py, PyResult, Str, StrBuilder};
use krait_text::TextWriter;
use krait_text::codecs::{self, Endian};

use super::errors;

/// A native encoding of text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Native {
    Utf8,
    Utf7,
    /// Without an endianness a byte order mark decides.
    Utf16(Option<Endian>),
    Utf32(Option<Endian>),
    Ascii,
    Latin1,
}

/// What decoding gave.
pub struct Decoded {
    pub text: Owned<Str>,
    /// Bytes used.
    pub used: usize,
    /// The endianness given or found.
    pub endian: Option<Endian>,
}

impl Native {
    /// The encodings that `str.encode` and `bytes.decode` know without the registry, by
    /// normalised name.
    pub fn named(normalized: &str) -> Option<Native> {
        Some(match normalized {
            "utf_8" | "utf8" => Native::Utf8,
            "utf_16" | "utf16" => Native::Utf16(None),
            "utf_32" | "utf32" => Native::Utf32(None),
            "ascii" | "us_ascii" => Native::Ascii,
            "latin_1" | "latin1" | "iso_8859_1" | "iso8859_1" => Native::Latin1,
            _ => return None,
        })
    }

    /// The name that exceptions show when encoding.
    fn name(self) -> &'static str {
        match self {
            Native::Utf8 => "utf-8",
            Native::Utf7 => "utf7",
            Native::Utf16(None) => "utf-16",
            Native::Utf16(Some(Endian::Little)) => "utf-16-le",
            Native::Utf16(Some(Endian::Big)) => "utf-16-be",
            Native::Utf32(None) => "utf-32",
            Native::Utf32(Some(Endian::Little)) => "utf-32-le",
            Native::Utf32(Some(Endian::Big)) => "utf-32-be",
            Native::Ascii => "ascii",
            Native::Latin1 => "latin-1",
        }
    }

    /// The encoding with the endianness that the bytes begin with.
    fn resolved(self, bytes: &[u8]) -> Native {
        match self {
            Native::Utf16(None) if bytes.starts_with(&[0xFE, 0xFF]) => {
                Native::Utf16(Some(Endian::Big))
            }
            Native::Utf16(None) => Native::Utf16(Some(Endian::Little)),
            Native::Utf32(None) if bytes.starts_with(&[0, 0, 0xFE, 0xFF]) => {
                Native::Utf32(Some(Endian::Big))
            }
            Native::Utf32(None) => Native::Utf32(Some(Endian::Little)),
            given => given,
        }
    }

    /// Decodes; what is incomplete at the end stays unused unless it is the final chunk.
    pub fn decode(
        self,
        py: Py,
        bytes: &[u8],
        policy: Option<&str>,
        final_chunk: bool,
    ) -> PyResult<Decoded> {
        let mut out = StrBuilder::with_capacity(match self {
            // It finds out itself.
            Native::Utf8 => 0,
            Native::Utf7 | Native::Ascii | Native::Latin1 => bytes.len(),
            Native::Utf16(_) => bytes.len() / 2,
            Native::Utf32(_) => bytes.len() / 4,
        });
        let mut first_endian = None;
        let resolved = self.resolved(bytes);
        let used = errors::decoding(py, resolved.name(), policy, bytes, |part, handler| {
            // A byte order mark stands at the beginning only.
            let here = if std::ptr::eq(part, bytes) {
                self
            } else {
                resolved
            };
            match here {
                Native::Utf8 => codecs::decode_utf8(part, final_chunk, handler, &mut out),
                Native::Utf7 => codecs::decode_utf7(part, final_chunk, handler, &mut out),
                Native::Ascii => codecs::decode_ascii(part, handler, &mut out),
                Native::Latin1 => {
                    out.push_units(part);
                    Ok(part.len())
                }
                Native::Utf16(endian) | Native::Utf32(endian) => {
                    let decoded = if matches!(here, Native::Utf16(_)) {
                        codecs::decode_utf16(part, endian, final_chunk, handler, &mut out)
                    } else {
                        codecs::decode_utf32(part, endian, final_chunk, handler, &mut out)
                    };
                    decoded.map(|(used, found)| {
                        first_endian.get_or_insert(found);
                        used
                    })
                }
            }
        })?;
        Ok(Decoded {
            text: out.finish(),
            used,
            endian: first_endian.flatten(),
        })
    }

    /// The text where there is nothing to handle: the quick way for whole inputs.
    pub fn decode_plain(self, bytes: &[u8]) -> Option<Owned<Str>> {
        match self {
            Native::Utf8 => Str::from_utf8(bytes),
            Native::Ascii => bytes.is_ascii().then(|| Str::from_latin1(bytes)),
            Native::Latin1 => Some(Str::from_latin1(bytes)),
            _ => None,
        }
    }

    /// Encodes.
    pub fn encode(self, py: Py, text: &Str, policy: Option<&str>) -> PyResult<Owned<Bytes>> {
        if let (Native::Utf8 | Native::Ascii | Native::Latin1, Some(ascii)) =
            (self, text.as_ascii())
        {
            return Ok(Bytes::new(ascii.as_bytes()));
        }
        errors::encoding(py, self.name(), policy, text, |chars, handler| match self {
            Native::Utf8 => codecs::encode_utf8(chars, handler),
            Native::Utf7 => Ok(codecs::encode_utf7(chars)),
            Native::Ascii => codecs::encode_ascii(chars, handler),
            Native::Latin1 => codecs::encode_latin1(chars, handler),
            Native::Utf16(endian) => codecs::encode_utf16(chars, endian, handler),
            Native::Utf32(endian) => codecs::encode_utf32(chars, endian, handler),
        })
    }
}
