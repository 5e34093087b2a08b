//! How arrays are pickled: as bytes with a code of the machine's format.

use krait_object::native::TypeBuilder;
use krait_object::protocol;
use krait_object::types::str::methods::construct;
use krait_object::{
    Builtin, Bytes, Layout, Owned, Py, PyResult, Str, Tuple, Type, Value, hooks, intern, raise,
};

use super::kind::{self, Item, Kind, TypeCode};
use super::object::{This, make, push_text, to_list, type_code};
use super::transfer::push_whole;

/// A machine format: what its items are, their size, whether the high byte comes first.
struct Format {
    kind: Kind,
    size: usize,
    big: bool,
}

/// The format of a code.
fn format_of(code: i64) -> Option<Format> {
    let (kind, size) = match code {
        0 => (Kind::Unsigned, 1),
        1 => (Kind::Signed, 1),
        2 | 3 => (Kind::Unsigned, 2),
        4 | 5 => (Kind::Signed, 2),
        6 | 7 => (Kind::Unsigned, 4),
        8 | 9 => (Kind::Signed, 4),
        10 | 11 => (Kind::Unsigned, 8),
        12 | 13 => (Kind::Signed, 8),
        14 | 15 => (Kind::Float, 4),
        16 | 17 => (Kind::Float, 8),
        18 | 19 => (Kind::Char, 2),
        20 | 21 => (Kind::Char, 4),
        _ => return None,
    };
    Some(Format {
        kind,
        size,
        big: code > 1 && code % 2 == 1,
    })
}

/// The code of an array's items.
fn code_of(code: TypeCode) -> i64 {
    match (code.kind, code.size) {
        (Kind::Unsigned, 1) => 0,
        (Kind::Signed, 1) => 1,
        (Kind::Unsigned, 2) => 2,
        (Kind::Signed, 2) => 4,
        (Kind::Unsigned, 4) => 6,
        (Kind::Signed, 4) => 8,
        (Kind::Unsigned, _) => 10,
        (Kind::Signed, _) => 12,
        (Kind::Float, 4) => 14,
        (Kind::Float, _) => 16,
        (Kind::Char, _) => 20,
    }
}

fn reduce(py: Py, this: &This, protocol: &Value) -> PyResult {
    let Some(protocol) = protocol::number::int_of(protocol) else {
        return raise!(py, TypeError, "__reduce_ex__ argument should be an integer");
    };
    let own = Value::from(this.to_owned());
    let dict = protocol::lookup_attr(py, &own, intern!("__dict__"))?.unwrap_or_else(Value::none);
    let class = Value::from(this.as_object().ty().to_owned());
    let letter = Value::from(Str::from_u32(&[u32::from(this.code.letter)]));
    if protocol < 3 {
        let arguments = Tuple::from_values([letter, Value::from(to_list(py, this)?)]);
        return Ok(Value::from(Tuple::from_values([
            class,
            Value::from(arguments),
            dict,
        ])));
    }
    let module = hooks::import_module(py, "array")?;
    let maker = protocol::get_attr_str(py, &module, "_array_reconstructor")?;
    let items = Value::from(Bytes::new(&this.bytes.read()));
    let arguments = Tuple::from_values([class, letter, Value::int(code_of(this.code)), items]);
    Ok(Value::from(Tuple::from_values([
        maker,
        Value::from(arguments),
        dict,
    ])))
}

pub(super) fn reconstruct(
    py: Py,
    arraytype: &Type,
    typecode: &Value,
    mformat_code: i32,
    items: &Value,
) -> PyResult<Owned<This>> {
    if !arraytype.is_subtype_of(This::type_object()) {
        return raise!(
            py,
            TypeError,
            "{} is not a subtype of array.array",
            arraytype.short_name()
        );
    }
    let letter = type_code(py, typecode, "_array_reconstructor() argument 2")?;
    let Some(code) = kind::of_letter(letter) else {
        return raise!(py, ValueError, "second argument must be a valid type code");
    };
    let Some(format) = format_of(i64::from(mformat_code)) else {
        return raise!(
            py,
            ValueError,
            "third argument must be a valid machine format code."
        );
    };
    let Some(bytes) = items.downcast::<Bytes>() else {
        return raise!(
            py,
            TypeError,
            "fourth argument should be bytes, not {}",
            items.ty().name()
        );
    };
    if code_of(code) == i64::from(mformat_code) {
        let array = make(py, arraytype, code, &[])?;
        push_whole(py, &array, bytes.as_slice())?;
        return Ok(array);
    }
    converted(py, arraytype, code, &format, bytes)
}

/// An array from items in a foreign format.
fn converted(
    py: Py,
    class: &Type,
    code: TypeCode,
    format: &Format,
    bytes: &Bytes,
) -> PyResult<Owned<This>> {
    if format.kind == Kind::Char {
        let encoding = match (format.size, format.big) {
            (2, false) => "utf-16-le",
            (2, true) => "utf-16-be",
            (_, false) => "utf-32-le",
            (_, true) => "utf-32-be",
        };
        let text = construct::decode(py, &Value::from(bytes.to_owned()), encoding, "strict")?;
        let array = make(py, class, code, &[])?;
        push_text(py, &array, &text)?;
        return Ok(array);
    }
    if !bytes.len().is_multiple_of(format.size) {
        return raise!(py, ValueError, "bytes length not a multiple of item size");
    }
    // Integers keep their width: the type code that has it is taken.
    let source = match (format.kind, format.size) {
        (Kind::Unsigned, 1) => b'B',
        (Kind::Signed, 1) => b'b',
        (Kind::Unsigned, 2) => b'H',
        (Kind::Signed, 2) => b'h',
        (Kind::Unsigned, 4) => b'I',
        (Kind::Signed, 4) => b'i',
        (Kind::Unsigned, _) => b'L',
        (Kind::Signed, _) => b'l',
        (_, 4) => b'f',
        _ => b'd',
    };
    let Some(source) = kind::of_letter(u32::from(source)) else {
        return raise!(py, ValueError, "second argument must be a valid type code");
    };
    let target = if format.kind == Kind::Float {
        code
    } else {
        source
    };
    let array = make(py, class, target, &[])?;
    for chunk in bytes.as_slice().chunks(format.size) {
        let mut item: Item = [0; 8];
        item[..format.size].copy_from_slice(chunk);
        if format.big {
            item[..format.size].reverse();
        }
        array.push(py, target.write(py, &source.read(py, &item)?)?)?;
    }
    Ok(array)
}

pub(super) fn define(b: &mut TypeBuilder<This>) {
    b.method("__reduce_ex__($self, value, /)", reduce);
}
