//! `binascii`: binary data as text, and two checksums.

use std::ops::Deref;

use krait_object::exceptions::new_class::LazyClass;
use krait_object::native::FromArg;
use krait_object::native::arg::At;
use krait_object::native::module::NativeModule;
use krait_object::types::bytes::BytesLike;
use krait_object::{ModuleBuilder, Py, PyResult, Str, Value, errors, exceptions, raise};

use crate::checksum::{self, Low32};

mod base64;
mod crc_hqx;
mod hex;
mod qp;
mod uu;

pub const MODULE: NativeModule = NativeModule {
    name: "binascii",
    init,
};

static ERROR: LazyClass = LazyClass::new("binascii.Error", || &exceptions::ValueError);
static INCOMPLETE: LazyClass = LazyClass::new("binascii.Incomplete", || &exceptions::Exception);

/// Bytes, or text of ASCII characters.
pub struct AsciiText<'a>(BytesLike<'a>);

impl FromArg for AsciiText<'_> {
    type Item<'a> = AsciiText<'a>;

    fn from_arg<'a>(py: Py, value: &'a Value, _at: At) -> PyResult<AsciiText<'a>> {
        if let Some(text) = value.downcast::<Str>() {
            return match text.as_ascii() {
                Some(ascii) => Ok(AsciiText(BytesLike::Plain(ascii.as_bytes()))),
                None => raise!(
                    py,
                    ValueError,
                    "string argument should contain only ASCII characters"
                ),
            };
        }
        match BytesLike::new(py, value) {
            Ok(bytes) => Ok(AsciiText(bytes)),
            Err(raised) => {
                let refused = errors::matches(py, &exceptions::TypeError)
                    || errors::matches(py, &exceptions::BufferError);
                if !refused {
                    return Err(raised);
                }
                drop(py.thread().take_exception());
                let got = value.ty().name();
                raise!(
                    py,
                    TypeError,
                    "argument should be bytes, buffer or ASCII string, not '{got}'"
                )
            }
        }
    }
}

impl Deref for AsciiText<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

fn crc_hqx(py: Py, data: BytesLike<'_>, crc: Low32) -> u32 {
    checksum::run(py, crc.0 & 0xffff, &data, crc_hqx::update)
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value(
        "__doc__",
        Value::from(Str::new("Conversion between binary data and ASCII")),
    )?;
    m.value("Error", Value::from(ERROR.get(m.py)?.clone()))?;
    m.value("Incomplete", Value::from(INCOMPLETE.get(m.py)?.clone()))?;
    m.function_doc(
        "a2b_uu($module, data, /)",
        "Decode a line of uuencoded data.",
        uu::decode,
    )?;
    m.function_doc(
        "b2a_uu($module, data, /, *, backtick=False)",
        "Uuencode line of data.",
        uu::encode,
    )?;
    m.function_doc(
        "a2b_base64($module, data, /, *, strict_mode=False)",
        base64::DECODE_DOC,
        base64::decode,
    )?;
    m.function_doc(
        "b2a_base64($module, data, /, *, newline=True)",
        "Base64-code line of data.",
        base64::encode,
    )?;
    m.function_doc("a2b_hex($module, hexstr, /)", hex::DECODE_DOC, hex::decode)?;
    m.function_doc(
        "unhexlify($module, hexstr, /)",
        hex::DECODE_DOC,
        hex::decode,
    )?;
    m.function_doc(
        "b2a_hex($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)",
        hex::ENCODE_DOC,
        hex::encode,
    )?;
    m.function_doc(
        "hexlify($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)",
        hex::ENCODE_DOC,
        hex::encode,
    )?;
    m.function_doc(
        "crc_hqx($module, data, crc, /)",
        "Compute CRC-CCITT incrementally.",
        crc_hqx,
    )?;
    m.function_doc(
        "crc32($module, data, crc=0, /)",
        "Compute CRC-32 incrementally.",
        checksum::crc32,
    )?;
    m.function_doc(
        "a2b_qp($module, /, data, header=False)",
        "Decode a string of qp-encoded data.",
        qp::decode,
    )?;
    m.function_doc(
        "b2a_qp($module, /, data, quotetabs=False, istext=True, header=False)",
        qp::ENCODE_DOC,
        qp::encode,
    )?;
    Ok(())
}
