//! Slots of `bytearray`, its constructor, pickling and representation.

use krait_abi::PyByteArrayObject;
use krait_text::TextWriter;

use super::{ByteArray, change, slices};
use crate::native::{Args, KwArgs, TypeBuilder};
use crate::object::{Layout, Object, Owned};
use crate::protocol::CompareOp;
use crate::py::{Py, PyResult};
use crate::types::bytes::methods::{compare_buffers, define_shared};
use crate::types::bytes::{ByteString, Bytes, byte_at, compared, iterator, taken_for_text};
use crate::types::sequence::{not_implemented, position};
use crate::types::str::{Str, StrBuilder};
use crate::types::tuple::Tuple;
use crate::types::typeobject::Type;
use crate::value::Value;

fn new(_py: Py, class: &Type, _args: Args<'_>, _kwargs: KwArgs) -> PyResult {
    let raw = class.allocate(0)?;
    // SAFETY: the zeroed struct is an empty array.
    unsafe {
        class.track_new(raw);
        Ok(Value::from(Owned::<Object>::from_raw(raw.cast())))
    }
}

fn assign_at(_py: Py, this: &ByteArray, index: i64, value: &Value) -> bool {
    let byte = value
        .as_small_int()
        .and_then(|byte| u8::try_from(byte).ok());
    match (position(index as isize, this.len()), byte) {
        (Some(at), Some(byte)) => {
            this.as_mut_slice()[at] = byte;
            true
        }
        _ => false,
    }
}

fn repr(_py: Py, this: &ByteArray) -> Owned<Str> {
    let data = this.as_slice();
    let quote = if data.contains(&b'\'') && !data.contains(&b'"') {
        "\""
    } else {
        "'"
    };
    let mut out = StrBuilder::with_capacity(data.len() + 15);
    out.push_str(this.as_object().ty().short_name());
    out.push_ascii("(b");
    out.push_ascii(quote);
    for &byte in data {
        match byte {
            b'\'' | b'\\' => out.push_units(&[b'\\', byte]),
            b'\t' => out.push_ascii("\\t"),
            b'\n' => out.push_ascii("\\n"),
            b'\r' => out.push_ascii("\\r"),
            0x20..0x7F => out.push(u32::from(byte)),
            _ => out.push_ascii(&format!("\\x{byte:02x}")),
        }
    }
    out.push_ascii(quote);
    out.push_ascii(")");
    out.finish()
}

fn compare(py: Py, this: &ByteArray, other: &Object, op: CompareOp) -> PyResult {
    Ok(match compare_buffers(py, this.as_object(), other, op)? {
        Some(result) => Value::bool(result),
        None => {
            compared(py, "bytearray", other, op)?;
            not_implemented()
        }
    })
}

fn str(py: Py, this: &ByteArray) -> PyResult<Owned<Str>> {
    taken_for_text(py, "str() on a bytearray instance")?;
    Ok(repr(py, this))
}

/// `(class, arguments, attributes)` for `pickle`.
fn reduced(py: Py, this: &ByteArray, protocol: i32) -> PyResult {
    let data = this.as_slice();
    let arguments = if protocol < 3 {
        Tuple::from_values([
            Value::from(Str::from_latin1(data)),
            Value::from(Str::new("latin-1")),
        ])
    } else if data.is_empty() {
        Tuple::empty()
    } else {
        Tuple::from_values([Value::from(Bytes::new(data))])
    };
    let value = Value::from(Layout::to_owned(this));
    let state = crate::protocol::call_method(py, &value, crate::intern!("__getstate__"), &[])?;
    Ok(Value::from(Tuple::from_values([
        slices::class_of(this),
        Value::from(arguments),
        state,
    ])))
}

fn size_of_array(_py: Py, this: &ByteArray) -> usize {
    // SAFETY: the head is initialised.
    let alloc = unsafe { (*this.raw()).ob_alloc };
    size_of::<PyByteArrayObject>() + alloc as usize
}

pub(super) fn define(b: &mut TypeBuilder<ByteArray>) {
    b.doc("bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\nbytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer\nbytearray(int) -> bytes array of size given by the parameter initialized with null bytes\nbytearray() -> empty bytes array\n\nConstruct a mutable bytearray object from:\n  - an iterable yielding integers in range(256)\n  - a text string encoded using the specified encoding\n  - a bytes or a buffer object\n  - any object implementing the buffer API.\n  - an integer")
        .new_with("bytearray(*args, **kwargs)", new)
        .init(
            "bytearray($self, source=<unrepresentable>, encoding=<unrepresentable>, errors=<unrepresentable>)",
            change::init,
        )
        .repr(repr)
        .str(str)
        .unhashable()
        .compare(compare)
        .item(|py, this: &ByteArray, index: isize| slices::item(py, this, usize::try_from(index).ok()))
        .assign_item(|py, this: &ByteArray, index: isize, value: Option<&Object>| {
            slices::assign_at(py, this, |len| usize::try_from(index).ok().filter(|&i| i < len), value)
        })
        .subscript(slices::subscript)
        .item_at(|_, this: &ByteArray, index| byte_at(this.as_slice(), index))
        .assign_subscript(slices::assign)
        .assign_at(assign_at)
        .iter(iterator::of_bytearray)
        .method("copy($self, /)", |_py, this: &ByteArray| this.whole())
        .method("__reduce__($self, /)", |py, this: &ByteArray| reduced(py, this, 2))
        .method("__reduce_ex__($self, proto=0, /)", |py, this: &ByteArray, protocol: Option<i32>| {
            reduced(py, this, protocol.unwrap_or(0))
        })
        .method("__alloc__($self, /)", |_py, this: &ByteArray| {
            // SAFETY: the head is initialised.
            unsafe { (*this.raw()).ob_alloc }
        })
        .method("__sizeof__($self, /)", size_of_array);
    change::define(b);
    define_shared(b);
}
