//! Slots and methods of `bytes`, and those that `bytearray` shares.

use std::ffi::c_int;

use krait_abi::{Py_buffer, PyObject};

use super::{ByteString, Bytes, BytesLike, build, hex, iterator, percent, search, shape};
use crate::native::TypeBuilder;
use crate::object::{Layout, Object, Owned};
use crate::protocol::CompareOp;
use crate::py::{Py, PyResult};
use crate::types::buffer;
use crate::types::sequence::{self, is_exactly, not_implemented, position};
use crate::types::slice::Slice;
use crate::types::str::methods::construct;
use crate::types::str::{Str, StrBuilder};
use crate::types::tuple::Tuple;
use crate::types::typeobject::Type;
use crate::value::Value;

fn new(
    py: Py,
    class: &Type,
    source: Option<&Value>,
    encoding: Option<&Value>,
    errors: Option<&Value>,
) -> PyResult {
    let made = build::construct_bytes(py, source, encoding, errors)?;
    if is_exactly::<Bytes>(class) {
        return Ok(Value::from(made));
    }
    Bytes::new_in(class, made.as_slice()).map(Value::from)
}

fn compare(py: Py, this: &Bytes, other: &Object, op: CompareOp) -> PyResult {
    let Some(other) = other.downcast::<Bytes>() else {
        super::compared(py, "bytes", other, op)?;
        return Ok(not_implemented());
    };
    let (a, b) = (this.as_slice(), other.as_slice());
    Ok(Value::bool(match op {
        CompareOp::Eq => a == b,
        CompareOp::Ne => a != b,
        _ => op.holds(a.cmp(b)),
    }))
}

fn str(py: Py, this: &Bytes) -> PyResult<Owned<Str>> {
    super::taken_for_text(py, "str() on a bytes instance")?;
    Ok(repr(py, this))
}

fn hash(this: &Bytes) -> i64 {
    match this.cached_hash() {
        -1 => {
            let hash = crate::hash::bytes(this.as_slice());
            this.set_cached_hash(hash as isize);
            hash
        }
        hash => hash as i64,
    }
}

/// The bytes that a slice selects, as an object of the type.
pub(in crate::types) fn sliced<T: ByteString>(
    py: Py,
    this: &T,
    slice: &Slice,
) -> PyResult<Owned<T>> {
    let unpacked = slice.unpack(py)?;
    let data = this.data();
    let (start, _stop, step, count) = unpacked.adjust(data.len());
    if step == 1 {
        return Ok(this.part(start as usize, start as usize + count));
    }
    T::try_build(count, |out| {
        if count > 0 {
            krait_text::lanes::pick_into(data, start, step, out);
        }
    })
}

fn subscript(py: Py, this: &Bytes, key: &Object) -> PyResult {
    if let Some(slice) = key.downcast::<Slice>() {
        return sliced(py, this, slice).map(Value::from);
    }
    let index = sequence::index_argument(py, &Value::unboxed(key), "byte")?;
    item(py, this, position(index, this.len()))
}

fn item(py: Py, this: &Bytes, at: Option<usize>) -> PyResult {
    match at.and_then(|at| this.as_slice().get(at)) {
        Some(byte) => Ok(Value::int(i64::from(*byte))),
        None => crate::raise!(py, IndexError, "index out of range"),
    }
}

fn decode<T: ByteString>(
    py: Py,
    this: &T,
    encoding: Option<&Value>,
    errors: Option<&Value>,
) -> PyResult<Owned<Str>> {
    let encoding = construct::name(py, encoding, "encoding", "decode")?;
    let errors = construct::name(py, errors, "errors", "decode")?;
    let encoding = encoding.as_deref().unwrap_or("utf-8");
    let utf8 = ["utf-8", "utf8", "utf_8", "UTF-8"].contains(&encoding);
    if utf8 && let Some(text) = Str::from_utf8(this.data()) {
        return Ok(text);
    }
    let this = Value::from(this.to_owned());
    construct::decode(py, &this, encoding, errors.as_deref().unwrap_or("strict"))
}

unsafe extern "C-unwind" fn get_buffer(
    object: *mut PyObject,
    view: *mut Py_buffer,
    flags: c_int,
) -> c_int {
    // SAFETY: called with the GIL and an instance, whose bytes never move.
    let filled = unsafe {
        let this = Object::from_ptr(object).cast_unchecked::<Bytes>();
        let data = this.as_slice();
        buffer::fill_info(
            Py::assume(),
            view,
            object,
            data.as_ptr().cast_mut(),
            data.len(),
            true,
            flags,
        )
    };
    if filled.is_ok() { 0 } else { -1 }
}

/// What both types have.
pub(in crate::types) fn define_shared<T: ByteString>(b: &mut TypeBuilder<T>) {
    b.len(|_py, this: &T| Ok(this.data().len()))
        .contains(search::contains::<T>)
        .concat(build::concat::<T>)
        .repeat(build::repeat::<T>)
        .remainder(percent::remainder::<T>)
        .method("join($self, iterable_of_bytes, /)", build::join::<T>)
        .method(
            "decode($self, /, encoding='utf-8', errors='strict')",
            decode::<T>,
        );
    search::define(b);
    shape::define(b);
    hex::define(b);
}

fn repr(_py: Py, this: &Bytes) -> Owned<Str> {
    let mut out = StrBuilder::with_capacity(this.len() + 3);
    krait_text::repr::bytes_repr(this.as_slice(), &mut out);
    out.finish()
}

pub(super) fn define(b: &mut TypeBuilder<Bytes>) {
    b.doc("bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\nbytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer\nbytes(int) -> bytes object of size given by the parameter initialized with null bytes\nbytes() -> empty bytes object\n\nConstruct an immutable array of bytes from:\n  - an iterable yielding integers in range(256)\n  - a text string encoded using the specified encoding\n  - any object implementing the buffer API.\n  - an integer")
        .new_with("bytes(source=<unrepresentable>, encoding=<unrepresentable>, errors=<unrepresentable>)", new)
        .repr(repr)
        .str(str)
        .hash(|_py, this: &Bytes| Ok(hash(this)))
        .compare(compare)
        .item(|py, this: &Bytes, index: isize| item(py, this, usize::try_from(index).ok()))
        .subscript(subscript)
        .item_at(|_, this: &Bytes, index| super::byte_at(this.as_slice(), index))
        .iter(iterator::of_bytes)
        .buffer(Some(get_buffer), None)
        .method("__bytes__($self, /)", |_py, this: &Bytes| this.whole())
        .method("__getnewargs__($self, /)", |_py, this: &Bytes| {
            Value::from(Tuple::from_values([Value::from(Bytes::new(this.as_slice()))]))
        });
    define_shared(b);
}

/// The bytes of a buffer object compared with others; `None` where one has no buffer.
pub(in crate::types) fn compare_buffers(
    py: Py,
    a: &Object,
    b: &Object,
    op: CompareOp,
) -> PyResult<Option<bool>> {
    let (a, b) = (Value::from(a.to_owned()), Value::from(b.to_owned()));
    if !buffer::has_buffer(&a) || !buffer::has_buffer(&b) {
        return Ok(None);
    }
    let (a, b) = (BytesLike::new(py, &a)?, BytesLike::new(py, &b)?);
    if a.len() != b.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Some(op == CompareOp::Ne));
    }
    Ok(Some(op.holds((*a).cmp(&*b))))
}
