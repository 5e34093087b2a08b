//! What `bytes` and `bytearray` have in common: the trait by which their methods,
//! written once, see them.

use super::Bytes;
use crate::object::{Builtin, Layout, Owned};
use crate::py::PyResult;
use crate::types::bytearray::ByteArray;

/// A type whose instances are a run of bytes.
///
/// A slice got from `data` must not be kept across anything that may run Python code:
/// a bytearray can change. Arguments are therefore converted first.
pub trait ByteString: Builtin {
    /// The bytes as they are now.
    fn data(&self) -> &[u8];

    /// Keeps the bytes in place and number while the result exists.
    fn pin(&self) -> Pin;

    /// The whole as a result: the object itself where it is a plain `bytes`, else a copy.
    fn whole(&self) -> Owned<Self>;

    /// An object of the type itself, filled in place; `None` where memory is exhausted.
    fn build_in_place(len: usize, fill: impl FnOnce(&mut [u8])) -> Option<Owned<Self>>;

    /// An object of the type itself with these bytes.
    fn of(data: &[u8]) -> Owned<Self> {
        match Self::build_in_place(data.len(), |out| out.copy_from_slice(data)) {
            Some(object) => object,
            None => crate::errors::out_of_memory(),
        }
    }

    /// As `build_in_place`, with MemoryError.
    fn try_build(len: usize, fill: impl FnOnce(&mut [u8])) -> PyResult<Owned<Self>> {
        match Self::build_in_place(len, fill) {
            Some(object) => Ok(object),
            None => crate::errors::no_memory(),
        }
    }

    /// A copy changed in place.
    fn mapped(&self, change: impl FnOnce(&mut [u8])) -> PyResult<Owned<Self>> {
        Self::try_build(self.data().len(), |out| {
            out.copy_from_slice(self.data());
            change(out);
        })
    }

    /// A part; the whole where the part is all of it.
    fn part(&self, start: usize, end: usize) -> Owned<Self> {
        if start == 0 && end == self.data().len() {
            return self.whole();
        }
        Self::of(&self.data()[start..end.max(start)])
    }
}

/// Holds a bytearray's bytes in place, as an export does.
pub struct Pin(Option<Owned<ByteArray>>);

impl Pin {
    /// Of a bytearray.
    pub fn new(array: &ByteArray) -> Pin {
        array.count_export(1);
        Pin(Some(Layout::to_owned(array)))
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        if let Some(array) = &self.0 {
            array.count_export(-1);
        }
    }
}

impl ByteString for Bytes {
    fn pin(&self) -> Pin {
        Pin(None)
    }

    #[inline(always)]
    fn data(&self) -> &[u8] {
        self.as_slice()
    }

    fn whole(&self) -> Owned<Bytes> {
        if self.as_object().is_exact::<Bytes>() {
            Layout::to_owned(self)
        } else {
            Bytes::new(self.as_slice())
        }
    }

    fn build_in_place(len: usize, fill: impl FnOnce(&mut [u8])) -> Option<Owned<Bytes>> {
        Bytes::build(len, fill)
    }
}

impl ByteString for ByteArray {
    fn pin(&self) -> Pin {
        Pin::new(self)
    }

    #[inline(always)]
    fn data(&self) -> &[u8] {
        self.as_slice()
    }

    fn whole(&self) -> Owned<ByteArray> {
        ByteArray::of(self.as_slice())
    }

    fn build_in_place(len: usize, fill: impl FnOnce(&mut [u8])) -> Option<Owned<ByteArray>> {
        ByteArray::build(len, fill)
    }
}
