//! `array.array`: construction, and the type.

use std::rc::Rc;

use krait_object::native::{Args, Class, Instance, KwArgs, TypeBuilder};
use krait_object::protocol::{self, Iter};
use krait_object::types::bytes_builder::BytesBuilder;
use krait_object::types::sequence;
use krait_object::types::shared_bytes::SharedBytes;
use krait_object::{
    Bytes, Layout, List, Owned, Py, PyResult, Str, Tuple, Type, Value, class_cell, errors,
    exceptions, intern, raise,
};

use super::kind::{self, Item, Kind, TypeCode};

/// Numbers or characters of one kind, in a row.
pub struct Array {
    pub(super) code: TypeCode,
    pub(super) bytes: Rc<SharedBytes>,
}

pub(super) type This = Instance<Array>;

pub(super) const RESIZE: &str = "cannot resize an array that is exporting buffers";

impl Array {
    pub(super) fn len(&self) -> usize {
        self.bytes.read().len() / self.code.size
    }

    /// The item at an index.
    #[inline]
    pub(super) fn get(&self, py: Py, index: usize) -> PyResult<Option<Value>> {
        let Some(start) = index.checked_mul(self.code.size) else {
            return Ok(None);
        };
        let bytes = self.bytes.read();
        let item = bytes.get(start..start + self.code.size);
        item.map(|b| self.code.read(py, b)).transpose()
    }

    /// Replaces the item at an index; nothing where there is none.
    pub(super) fn put(&self, index: usize, item: Item) {
        let (start, size) = (index * self.code.size, self.code.size);
        if let Some(place) = self.bytes.write().get_mut(start..start + size) {
            place.copy_from_slice(&item[..size]);
        }
    }

    /// BufferError while the items are lent, since their number changes.
    pub(super) fn check_resize(&self, py: Py) -> PyResult<()> {
        if self.bytes.is_lent() {
            raise!(py, BufferError, "{RESIZE}")
        } else {
            Ok(())
        }
    }

    pub(super) fn push(&self, py: Py, item: Item) -> PyResult<()> {
        self.check_resize(py)?;
        self.bytes.change(py)?.extend(&item[..self.code.size])
    }

    /// Appends whole items.
    pub(super) fn push_bytes(&self, py: Py, bytes: &[u8]) -> PyResult<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.check_resize(py)?;
        self.bytes.change(py)?.extend(bytes)
    }

    /// A copy of the items' bytes.
    pub(super) fn to_vec(&self) -> Vec<u8> {
        self.bytes.read().to_vec()
    }

    /// Replaces so many bytes at a place by others.
    pub(super) fn splice(&self, py: Py, start: usize, end: usize, new: &[u8]) -> PyResult<()> {
        if end - start == new.len() {
            self.bytes.write()[start..end].copy_from_slice(new);
            return Ok(());
        }
        self.check_resize(py)?;
        let tail = self.bytes.read()[end..].to_vec();
        let mut bytes = self.bytes.change(py)?;
        bytes.truncate(start);
        bytes.extend(new)?;
        bytes.extend(&tail)
    }
}

/// A new array of a class with items as bytes.
pub(super) fn make(py: Py, class: &Type, code: TypeCode, bytes: &[u8]) -> PyResult<Owned<This>> {
    let mut builder = BytesBuilder::new();
    builder.extend(bytes)?;
    Instance::new_in(
        py,
        class,
        Array {
            code,
            bytes: SharedBytes::new(builder),
        },
    )
}

pub(super) fn type_code(py: Py, argument: &Value, who: &str) -> PyResult<u32> {
    let Some(text) = argument.downcast::<Str>() else {
        let name = argument.ty().name();
        return raise!(
            py,
            TypeError,
            "{who} must be a unicode character, not {name}"
        );
    };
    let mut codes = text.code_points();
    match (codes.next(), codes.next()) {
        (Some(code), None) => Ok(code),
        _ => raise!(
            py,
            TypeError,
            "{who} must be a unicode character, not a string of length {}",
            text.len()
        ),
    }
}

fn new(py: Py, class: &Type, args: Args<'_>, kwargs: KwArgs) -> PyResult<Owned<This>> {
    let plain = class.is(<This as krait_object::Builtin>::type_object());
    if plain && kwargs.0.is_some_and(|k| !k.is_empty()) {
        return raise!(py, TypeError, "array.array() takes no keyword arguments");
    }
    let (letter, initial) = match args.0 {
        [letter] => (letter, None),
        [letter, initial] => (letter, Some(initial)),
        [] => return raise!(py, TypeError, "array() takes at least 1 argument (0 given)"),
        more => {
            return raise!(
                py,
                TypeError,
                "array() takes at most 2 arguments ({} given)",
                more.len()
            );
        }
    };
    let letter = type_code(py, letter, "array() argument 1")?;
    let Some(code) = kind::of_letter(letter) else {
        return raise!(
            py,
            ValueError,
            "bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)"
        );
    };
    if code.letter == b'u' {
        let text = "The 'u' type code is deprecated and will be removed in Python 3.16";
        errors::warn(py, &exceptions::DeprecationWarning, text, 1)?;
    }
    let array = make(py, class, code, &[])?;
    if let Some(initial) = initial {
        fill(py, &array, initial)?;
    }
    Ok(array)
}

fn fill(py: Py, array: &This, initial: &Value) -> PyResult<()> {
    let code = array.code;
    let letter = code.letter as char;
    if let Some(text) = initial.downcast::<Str>() {
        if code.kind != Kind::Char {
            return raise!(
                py,
                TypeError,
                "cannot use a str to initialize an array with typecode '{letter}'"
            );
        }
        return push_text(py, array, text);
    }
    if let Some(other) = initial.downcast::<This>() {
        if other.code.kind == Kind::Char && code.kind != Kind::Char {
            return raise!(
                py,
                TypeError,
                "cannot use a unicode array to initialize an array with typecode '{letter}'"
            );
        }
        if other.code == code {
            return array.push_bytes(py, &other.to_vec());
        }
    } else if let Some(bytes) = initial.downcast::<Bytes>() {
        return super::transfer::push_whole(py, array, bytes.as_slice());
    } else if initial.ty().short_name() == "bytearray"
        && let Some(bytes) = krait_object::types::buffer::bytes_of(initial)
    {
        return super::transfer::push_whole(py, array, &bytes);
    }
    extend(py, array, initial)
}

/// Appends the characters of a text.
pub(super) fn push_text(py: Py, array: &Array, text: &Str) -> PyResult<()> {
    let bytes: Vec<u8> = text.code_points().flat_map(u32::to_le_bytes).collect();
    array.push_bytes(py, &bytes)
}

/// Appends the items of any iterable.
pub(super) fn extend(py: Py, array: &Array, iterable: &Value) -> PyResult<()> {
    let mut items = Iter::new(py, iterable)?;
    while let Some(item) = items.next(py)? {
        array.push(py, array.code.write(py, &item)?)?;
    }
    Ok(())
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let name = this.as_object().ty().short_name();
    let letter = this.code.letter as char;
    if this.len() == 0 {
        return Ok(format!("{name}('{letter}')"));
    }
    let content = match this.code.kind {
        Kind::Char => text_of(py, this)?,
        _ => Value::from(to_list(py, this)?),
    };
    Ok(format!(
        "{name}('{letter}', {})",
        protocol::repr(py, &content)?.to_rust()
    ))
}

pub(super) fn text_of(py: Py, this: &Array) -> PyResult {
    let bytes = this.to_vec();
    let codes: Vec<u32> = bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|c| u32::from_le_bytes(*c))
        .collect();
    match codes.iter().find(|&&c| c > u32::from(char::MAX)) {
        None => Ok(Value::from(Str::from_u32(&codes))),
        Some(code) if this.code.letter == b'u' => raise!(
            py,
            ValueError,
            "character U+{code:x} is not in range [U+0000; U+10ffff]"
        ),
        Some(_) => {
            let arguments = ["utf-32-le", "surrogatepass"].map(|a| Value::from(Str::new(a)));
            let bytes = Value::from(Bytes::new(&bytes));
            protocol::call_method(py, &bytes, intern!("decode"), &arguments)
        }
    }
}

pub(super) fn to_list(py: Py, this: &Array) -> PyResult<Owned<List>> {
    let list = List::with_capacity(this.len());
    for index in 0..this.len() {
        match this.get(py, index)? {
            Some(item) => list.push_value(item),
            None => break,
        }
    }
    Ok(list)
}

impl Class for Array {
    const NAME: &'static str = "array.array";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.subclassable()
            .flags(SEQUENCE)
            .with_weakrefs()
            .doc(DOC)
            .new_with("__new__($type, *args, **kwargs)", new)
            .repr(repr)
            .unhashable()
            .lends(|_py: Py, this: &This| {
                Ok(this
                    .bytes
                    .lease(false)
                    .items(this.code.format, this.code.size))
            })
            .getter("typecode", |_py: Py, this: &This| {
                Str::from_u32(&[u32::from(this.code.letter)])
            })
            .getter("itemsize", |_py: Py, this: &This| this.code.size)
            .method("__sizeof__($self, /)", |_py: Py, this: &This| {
                this.as_object().ty().raw().tp_basicsize as usize + this.bytes.read().len()
            })
            .method("buffer_info($self, /)", |_py: Py, this: &This| {
                let address = Value::int(this.bytes.read().as_ptr().addr() as i64);
                Tuple::from_values([address, Value::int(this.len() as i64)])
            })
            .class_method(
                "__class_getitem__($type, object, /)",
                sequence::class_getitem,
            );
        super::items::define(b);
        super::edit::define(b);
        super::transfer::define(b);
        super::pickle::define(b);
    }
}

/// `Py_TPFLAGS_SEQUENCE`: matched by sequence patterns.
const SEQUENCE: u64 = 1 << 5;

const DOC: &str = "array(typecode [, initializer]) -> array\n\n\
Return a new array whose items are restricted by typecode, and\n\
initialized from the optional initializer value, which must be a list,\n\
string or iterable over elements of the appropriate type.\n\n\
The type codes, and the least number of bytes that an item of each takes:\n\n\
\x20   'b'   signed integer      1\n\
\x20   'B'   unsigned integer    1\n\
\x20   'u'   Unicode character   2 (see note)\n\
\x20   'w'   Unicode character   4\n\
\x20   'h'   signed integer      2\n\
\x20   'H'   unsigned integer    2\n\
\x20   'i'   signed integer      2\n\
\x20   'I'   unsigned integer    2\n\
\x20   'l'   signed integer      4\n\
\x20   'L'   unsigned integer    4\n\
\x20   'q'   signed integer      8\n\
\x20   'Q'   unsigned integer    8\n\
\x20   'f'   floating-point      4\n\
\x20   'd'   floating-point      8\n\n\
Note: 'u' is C's wchar_t; it is deprecated, use 'w'.";
