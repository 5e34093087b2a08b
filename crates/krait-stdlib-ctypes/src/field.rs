//! `ctypes.CField`: the descriptor of a structure's or union's field.

use std::cell::Cell;

use krait_object::gc::Visitor;
use krait_object::native::TypeBuilder;
use krait_object::{
    Builtin, Class, Instance, Int, Layout, Object, Owned, Py, PyResult, Str, Type, Value,
    class_cell, protocol, raise,
};

use crate::codes::{self, Bits, Code};
use crate::data::{self, Place};
use crate::storage::{self, Role};

/// A field.
#[derive(Clone)]
pub struct Field {
    pub name: Owned<Str>,
    pub class: Owned<Type>,
    pub byte_offset: isize,
    pub byte_size: isize,
    pub bits: Option<Bits>,
    pub index: isize,
    /// Arrays of characters are read and written as strings.
    code: Option<Code>,
    pub is_anonymous: Cell<bool>,
}

pub type This = Instance<Field>;

impl Class for Field {
    const NAME: &'static str = "ctypes.CField";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.doc("Structure/Union member")
            .new_with(
                "CField(*, name, type, byte_size, byte_offset, index, _internal_use, \
                 bit_size=None, bit_offset=None)",
                new,
            )
            .repr(repr)
            .descr_get(get)
            .descr_set(set)
            .field("name", |_py, this: &This| this.name.clone())
            .field("type", |_py, this: &This| this.class.clone())
            .field("offset", |_py, this: &This| this.byte_offset)
            .field("byte_offset", |_py, this: &This| this.byte_offset)
            .field("byte_size", |_py, this: &This| this.byte_size)
            .field("bit_offset", |_py, this: &This| {
                this.bits.map_or(0, |bits| bits.offset)
            })
            .getter("size", |_py, this: &This| match this.bits {
                Some(bits) => (i64::from(bits.width) << 16) + i64::from(bits.offset),
                None => this.byte_size as i64,
            })
            .getter("bit_size", |_py, this: &This| match this.bits {
                Some(bits) => i128::from(bits.width),
                None => 8 * this.byte_size as i128,
            })
            .getter("is_bitfield", |_py, this: &This| this.bits.is_some())
            .getter("is_anonymous", |_py, this: &This| this.is_anonymous.get());
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.class);
    }
}

#[expect(clippy::too_many_arguments, reason = "the constructor's own")]
fn new(
    py: Py,
    class: &Type,
    name: &Str,
    ty: &Value,
    byte_size: isize,
    byte_offset: isize,
    index: isize,
    _internal_use: bool,
    bit_size: Option<&Value>,
    bit_offset: Option<&Value>,
) -> PyResult<Owned<This>> {
    let shown = protocol::repr(py, &Value::from(name.to_owned_str()))?;
    let shown = shown.to_rust();
    let field_type = ty.downcast::<Type>();
    let Some((field_type, storage)) = field_type.and_then(|t| Some((t, storage::of(t)?))) else {
        return raise!(py, TypeError, "type of field {shown} must be a C type");
    };
    if byte_size < 0 {
        return raise!(
            py,
            ValueError,
            "byte size of field {shown} must not be negative, got {byte_size}"
        );
    }
    if byte_size as usize != storage.size.get() {
        return raise!(
            py,
            ValueError,
            "byte size of field {shown} ({byte_size}) does not match type size ({})",
            storage.size.get()
        );
    }
    let bits = match bit_size {
        Some(size) => Some(bits_of(
            py, field_type, &shown, byte_size, size, bit_offset,
        )?),
        None => None,
    };
    let field = Field {
        name: name.to_owned_str(),
        class: field_type.to_owned(),
        byte_offset,
        byte_size,
        bits,
        index,
        code: text_code(storage),
        is_anonymous: Cell::new(false),
    };
    Instance::new_in(py, class, field)
}

/// Arrays of characters stand for strings in structures.
fn text_code(storage: &storage::Storage) -> Option<Code> {
    if storage.role != Role::Array {
        return None;
    }
    if storage.items_are(b'c') {
        Some(Code::native(b's'))
    } else if storage.items_are(b'u') {
        Some(Code::native(b'U'))
    } else {
        None
    }
}

fn bits_of(
    py: Py,
    class: &Type,
    shown: &str,
    byte_size: isize,
    size: &Value,
    offset: Option<&Value>,
) -> PyResult<Bits> {
    let number = |value: &Value| -> PyResult<i64> {
        match protocol::number::int_of(value) {
            Some(number) => Ok(number),
            None if value.downcast::<Int>().is_some() => {
                raise!(
                    py,
                    OverflowError,
                    "Python int too large to convert to C ssize_t"
                )
            }
            None => raise!(py, TypeError, "an integer is required"),
        }
    };
    let width = number(size)?;
    let offset = number(offset.unwrap_or(&Value::none()))?;
    let total = 8 * byte_size as i64;
    if offset < 0 {
        return raise!(
            py,
            ValueError,
            "bit offset of field {shown} out of range, got {offset}"
        );
    }
    if width <= 0 || width > total {
        return raise!(
            py,
            ValueError,
            "bit size of field {shown} out of range, got {width}"
        );
    }
    if offset > total - width {
        return raise!(
            py,
            ValueError,
            "bit field {shown} overflows its type ({offset} + {width} > {total})"
        );
    }
    let code = storage::of(class).and_then(|s| s.code.get());
    if !code.is_some_and(|code| codes::allows_bits(code.letter)) {
        return raise!(
            py,
            TypeError,
            "bit fields not allowed for type {}",
            class.name()
        );
    }
    Ok(Bits {
        offset: offset as u16,
        width: width as u16,
    })
}

impl Field {
    /// The field of an anonymous one as a field of the structure around it.
    pub fn moved(&self, py: Py, outer: &Field) -> Owned<This> {
        let mut field = self.clone();
        field.byte_offset += outer.byte_offset;
        field.index += outer.index;
        field.is_anonymous = Cell::new(false);
        Instance::new(py, field)
    }

    fn place<'a>(&self, owner: &'a data::This) -> Place<'a> {
        Place {
            owner,
            index: self.index as usize,
            address: owner.address.get().wrapping_add_signed(self.byte_offset),
            size: self.byte_size as usize,
            bits: self.bits,
        }
    }
}

fn get(py: Py, this: &This, instance: Option<&Object>, _owner: Option<&Object>) -> PyResult {
    let Some(instance) = instance else {
        return Ok(Value::from(this.to_owned()));
    };
    let owner = data::expect(py, instance)?;
    data::get(py, &this.class, this.code, this.place(owner))
}

fn set(py: Py, this: &This, instance: &Object, value: Option<&Object>) -> PyResult<()> {
    let owner = data::expect(py, instance)?;
    let Some(value) = value else {
        return raise!(py, TypeError, "can't delete attribute");
    };
    let value = Value::unboxed(value);
    data::set(py, &this.class, this.code, &value, this.place(owner))
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let name = protocol::repr(py, &Value::from(this.name.clone()))?;
    let head = format!(
        "<{} {} type={}, ofs={}",
        this.as_object().ty().full_name(),
        name.to_rust(),
        this.class.name(),
        this.byte_offset
    );
    Ok(match this.bits {
        Some(bits) => format!(
            "{head}, bit_size={}, bit_offset={}>",
            bits.width, bits.offset
        ),
        None => format!("{head}, size={}>", this.byte_size),
    })
}

/// The field in an object, where it is one.
pub fn of(value: &Value) -> Option<&This> {
    value
        .as_object()
        .filter(|object| This::is_instance(object))
        .and_then(|object| object.downcast())
}
