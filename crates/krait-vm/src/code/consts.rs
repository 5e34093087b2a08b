//! Constants: from data to values and back.

use std::sync::Arc;

use krait_bytecode::image::Group;
use krait_bytecode::{Code, Const, identifier_like};
use krait_object::object::{Layout, Owned};
use krait_object::py::{Py, PyResult};
use krait_object::raise;
use krait_object::singletons;
use krait_object::types::bytes::Bytes;
use krait_object::types::complex::Complex;
use krait_object::types::float::Float;
use krait_object::types::int::Int;
use krait_object::types::set::FrozenSet;
use krait_object::types::slice::Slice;
use krait_object::types::str::{Str, intern};
use krait_object::types::tuple::Tuple;
use krait_object::value::{Unpacked, Value};

use super::CodeObject;

/// What the texts and codes among constants are.
pub trait Source<T, C> {
    fn bytes<'t>(&'t self, text: &'t T) -> &'t [u8];
    /// A text as string.
    fn string(&self, text: &T) -> Owned<Str>;
    fn code(&self, code: &C) -> Value;
}

/// Texts and codes that stand in the constants; the codes get this file name.
pub struct Whole<'a>(pub &'a Owned<Str>);

impl Source<Arc<[u8]>, Arc<Code>> for Whole<'_> {
    fn bytes<'t>(&'t self, text: &'t Arc<[u8]>) -> &'t [u8] {
        text
    }

    fn string(&self, text: &Arc<[u8]>) -> Owned<Str> {
        let string = Str::from_wtf8(text);
        if identifier_like(text) {
            intern::intern(string)
        } else {
            string
        }
    }

    fn code(&self, code: &Arc<Code>) -> Value {
        Value::from(CodeObject::with_filename(code.clone(), self.0.clone()))
    }
}

/// The value of a constant.
#[inline(always)]
pub fn value<T, C>(constant: &Const<T, C>, source: &impl Source<T, C>) -> Value {
    match constant {
        Const::None => Value::none(),
        Const::Bool(b) => Value::bool(*b),
        Const::Ellipsis => Value::from_static(singletons::ellipsis()),
        Const::Int(i) => Value::int(*i),
        Const::BigInt(negative, digits) => Int::value_from_digits(*negative, digits),
        Const::Float(f) => Value::float(*f),
        Const::Complex(re, im) => Value::from(Complex::new(*re, *im)),
        Const::Str(text) => Value::from(source.string(text)),
        Const::Bytes(text) => Value::from(Bytes::new(source.bytes(text))),
        Const::Tuple(items) => group(Group::Tuple, values(items, source)),
        Const::FrozenSet(items) => group(Group::FrozenSet, values(items, source)),
        Const::Slice(parts) => group(Group::Slice, values(&**parts, source)),
        Const::Code(code) => source.code(code),
    }
}

fn values<T, C>(items: &[Const<T, C>], source: &impl Source<T, C>) -> Vec<Value> {
    items.iter().map(|c| value(c, source)).collect()
}

/// The value of a constant of others.
pub fn group(group: Group, items: Vec<Value>) -> Value {
    match (group, &*items) {
        (Group::FrozenSet, _) => frozen_set(items),
        (Group::Slice, [start, stop, step]) => Value::from(Slice::new(start, stop, step)),
        (Group::Tuple | Group::Slice, _) => Value::from(Tuple::from_values(items)),
    }
}

fn frozen_set(items: Vec<Value>) -> Value {
    // SAFETY: only code that holds the GIL makes objects.
    let py = unsafe { Py::assume() };
    match FrozenSet::from_iterable(py, &Value::from(Tuple::from_values(items))) {
        Ok(set) => Value::from(set),
        // Constants are hashable; only memory can have run out.
        Err(_) => krait_object::errors::out_of_memory(),
    }
}

/// The constant of a value, for `code.replace(co_consts=...)`.
pub fn constant(py: Py, value: &Value) -> PyResult<Const> {
    let object = match value.unpack() {
        Unpacked::Int(i) => return Ok(Const::Int(i)),
        Unpacked::Float(f) => return Ok(Const::Float(f)),
        Unpacked::Object(object) => object,
    };
    if object.is_none() {
        return Ok(Const::None);
    }
    if object.is(singletons::ellipsis()) {
        return Ok(Const::Ellipsis);
    }
    if object.is(singletons::true_object()) || object.is(singletons::false_object()) {
        return Ok(Const::Bool(object.is(singletons::true_object())));
    }
    if let Some(int) = object.downcast_exact::<Int>() {
        return Ok(match int.to_i64() {
            Some(i) => Const::Int(i),
            None => Const::BigInt(int.is_negative(), int.digits().into()),
        });
    }
    if let Some(f) = object.downcast_exact::<Float>() {
        return Ok(Const::Float(f.get()));
    }
    if let Some(c) = object.downcast_exact::<Complex>() {
        return Ok(Const::Complex(c.real(), c.imag()));
    }
    if let Some(s) = object.downcast_exact::<Str>() {
        return Ok(Const::Str(wtf8(s).into()));
    }
    if let Some(b) = object.downcast_exact::<Bytes>() {
        return Ok(Const::Bytes(b.as_slice().into()));
    }
    if let Some(t) = object.downcast_exact::<Tuple>() {
        py.thread().check_native_stack(py, "")?;
        let items: PyResult<Vec<Const>> =
            t.iter().map(|o| constant(py, &Value::unboxed(o))).collect();
        return Ok(Const::Tuple(items?.into()));
    }
    if let Some(code) = object.downcast_exact::<CodeObject>() {
        return Ok(Const::Code(Arc::clone(code.data())));
    }
    if object.downcast_exact::<FrozenSet>().is_some() {
        let all = krait_object::protocol::iter::collect(py, value)?;
        let items: PyResult<Vec<Const>> = all.iter().map(|v| constant(py, v)).collect();
        return Ok(Const::FrozenSet(items?.into()));
    }
    raise!(
        py,
        TypeError,
        "a constant cannot be of type '{}'",
        object.ty().name()
    )
}

/// A string as WTF-8.
pub fn wtf8(text: &Str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for c in text.code_points() {
        match char::from_u32(c) {
            Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => out.extend_from_slice(&[
                0xE0 | (c >> 12) as u8,
                0x80 | ((c >> 6) & 0x3F) as u8,
                0x80 | (c & 0x3F) as u8,
            ]),
        }
    }
    out
}

/// The object of any value, borrowed or boxed.
pub fn boxed(value: &Value) -> Owned {
    value
        .as_object()
        .map_or_else(|| value.to_object(), Layout::to_owned)
}
