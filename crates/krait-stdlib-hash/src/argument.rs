//! Arguments of hash functions.

use std::ops::Deref;

use krait_object::native::FromArg;
use krait_object::native::arg::At;
use krait_object::types::buffer;
use krait_object::types::bytes::BytesLike;
use krait_object::{Bytes, Py, PyResult, Str, Value, protocol, raise};

/// Data to be hashed: any bytes-like object.
pub struct Data<'a>(BytesLike<'a>);

impl<'a> Data<'a> {
    pub fn new(py: Py, value: &'a Value) -> PyResult<Data<'a>> {
        if let Some(bytes) = value.downcast_exact::<Bytes>() {
            return Ok(Data(BytesLike::Plain(bytes.as_slice())));
        }
        if value.downcast::<Str>().is_some() {
            return raise!(py, TypeError, "Strings must be encoded before hashing");
        }
        if !buffer::has_buffer(value) {
            return raise!(py, TypeError, "object supporting the buffer API required");
        }
        BytesLike::new(py, value).map(Data)
    }

    /// The first data of a constructor, whose parameter has an old name too.
    pub fn initial(
        py: Py,
        data: Option<&'a Value>,
        string: Option<&'a Value>,
    ) -> PyResult<Option<Data<'a>>> {
        if data.is_some() && string.is_some() {
            return raise!(
                py,
                TypeError,
                "'data' and 'string' are mutually exclusive and support for 'string' keyword \
                 parameter is slated for removal in a future version."
            );
        }
        data.or(string)
            .map(|value| Data::new(py, value))
            .transpose()
    }
}

impl FromArg for Data<'_> {
    type Item<'a> = Data<'a>;

    fn from_arg<'a>(py: Py, value: &'a Value, _at: At) -> PyResult<Data<'a>> {
        Data::new(py, value)
    }
}

impl Deref for Data<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// An integer of 64 bits without sign; `WIDE` where C's type is `unsigned long long`.
pub struct Unsigned<const WIDE: bool>(pub u64);

impl<const WIDE: bool> FromArg for Unsigned<WIDE> {
    type Item<'a> = Unsigned<WIDE>;

    fn from_arg(py: Py, value: &Value, _at: At) -> PyResult<Unsigned<WIDE>> {
        let index = protocol::number::index(py, value)?;
        let wide = protocol::number::index_to_i128(py, &index)?;
        let negative = match wide {
            Some(wide) => wide < 0,
            None => index
                .downcast::<krait_object::Int>()
                .is_some_and(krait_object::Int::is_negative),
        };
        if negative {
            return raise!(py, ValueError, "Cannot convert negative int");
        }
        match wide.and_then(|wide| u64::try_from(wide).ok()) {
            Some(number) => Ok(Unsigned(number)),
            None if WIDE => raise!(
                py,
                OverflowError,
                "Python int too large for C unsigned long long"
            ),
            None => raise!(
                py,
                OverflowError,
                "Python int too large for C unsigned long"
            ),
        }
    }
}
