//! What is passed to a C function: `CArgObject`, which `byref` and `from_param` give, and
//! the conversion of Python values to arguments.

use krait_ffi::{Argument, Block, Given, Kind, Scalar, Slot, memory};
use krait_object::gc::Visitor;
use krait_object::native::TypeBuilder;
use krait_object::{
    Bytes, Class, Instance, Layout, Owned, Py, PyResult, Str, Value, class_cell, errors, intern,
    protocol, raise,
};

use crate::codes::{self, Code};
use crate::data::{self, This};
use crate::storage::Role;
use crate::text::WideText;

/// A C value on its way into a function.
pub struct Passed {
    /// The letter of its type.
    pub tag: u8,
    kind: Kind,
    slot: Slot,
    /// What must live as long (`_obj`).
    pub object: Option<Value>,
}

pub type PassedObject = Instance<Passed>;

impl Class for Passed {
    const NAME: &'static str = "_ctypes.CArgObject";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<PassedObject>) {
        b.no_constructor()
            .repr(repr)
            .field("_obj", |_py, this: &PassedObject| this.object.clone());
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.object);
    }
}

impl Passed {
    /// An address.
    pub fn pointer(py: Py, tag: u8, address: usize, object: Value) -> Owned<PassedObject> {
        let slot = Slot::new();
        memory::write(slot.address(), &address.to_ne_bytes());
        let passed = Passed {
            tag,
            kind: Kind::basic(Scalar::Pointer),
            slot,
            object: Some(object),
        };
        Instance::new(py, passed)
    }

    /// A Python value as a C value of a basic type.
    pub fn of_value(
        py: Py,
        code: Code,
        value: &Value,
        size: usize,
    ) -> PyResult<Owned<PassedObject>> {
        let slot = Slot::new();
        let object = codes::set(py, code, slot.address(), value, size, None)?;
        let passed = Passed {
            tag: code.letter,
            kind: Kind::basic(codes::scalar(code.letter).unwrap_or(Scalar::Pointer)),
            slot,
            object: Some(object),
        };
        Ok(Instance::new(py, passed))
    }
}

fn repr(py: Py, this: &PassedObject) -> PyResult<String> {
    let tag = this.tag as char;
    let word = || u64::from_ne_bytes(this.slot.read());
    let float = |value: f64| -> PyResult<String> {
        let shown = protocol::repr(py, &Value::float(value))?;
        Ok(format!("<cparam '{tag}' ({})>", shown.to_rust()))
    };
    Ok(match this.tag {
        b'b' | b'B' => format!("<cparam '{tag}' ({})>", word() as i8),
        b'h' | b'H' => format!("<cparam '{tag}' ({})>", word() as i16),
        b'i' | b'I' => format!("<cparam '{tag}' ({})>", word() as i32),
        b'l' | b'L' | b'q' | b'Q' => format!("<cparam '{tag}' ({})>", word() as i64),
        b'd' => float(f64::from_ne_bytes(this.slot.read()))?,
        b'f' => float(f64::from(f32::from_ne_bytes(this.slot.read())))?,
        b'c' => {
            let byte = word() as u8;
            if (byte.is_ascii_graphic() || byte == b' ') && byte != b'\\' && byte != b'\'' {
                format!("<cparam '{tag}' ('{}')>", byte as char)
            } else {
                format!("<cparam '{tag}' ('\\x{byte:02x}')>")
            }
        }
        b'z' | b'Z' | b'P' => format!("<cparam '{tag}' ({:#x})>", word()),
        _ => format!("<cparam '{tag}' at {:p}>", this.as_object().as_ptr()),
    })
}

/// An argument, and what must live until the function has returned.
pub struct Converted {
    pub argument: Argument,
    _kept: Option<Value>,
}

fn converted(kind: Kind, given: Given, kept: Option<Value>) -> Converted {
    Converted {
        argument: Argument { kind, given },
        _kept: kept,
    }
}

fn address(target: usize, kept: Option<Value>) -> Converted {
    let slot = Slot::new();
    memory::write(slot.address(), &target.to_ne_bytes());
    converted(Kind::basic(Scalar::Pointer), Given::Value(slot), kept)
}

/// An instance as an argument.
fn of_instance(py: Py, this: &This, value: &Value) -> PyResult<Converted> {
    let storage = data::storage_of(py, this)?;
    let kept = Some(value.clone());
    Ok(match storage.role {
        Role::Array => address(this.address.get(), kept),
        Role::Pointer | Role::Function => address(this.pointer(), kept),
        Role::Structure => {
            // A copy: while the function runs, another thread may change the instance.
            let Some(copy) = Block::of_bytes(&this.bytes()) else {
                return errors::no_memory();
            };
            converted(storage.kind.borrow().clone(), Given::Block(copy), kept)
        }
        Role::Simple => {
            let slot = Slot::new();
            let size = this.size.get().min(Slot::SIZE);
            memory::copy(this.address.get(), slot.address(), size);
            converted(storage.kind.borrow().clone(), Given::Value(slot), kept)
        }
    })
}

/// Converts a value to an argument; `index` counts from one.
pub fn convert(py: Py, value: &Value, index: usize) -> PyResult<Converted> {
    if let Some(this) = value.downcast::<This>() {
        return of_instance(py, this, value);
    }
    if let Some(passed) = value.downcast::<PassedObject>() {
        let given = Given::Value(passed.slot.clone());
        return Ok(converted(passed.kind.clone(), given, Some(value.clone())));
    }
    if value.is_none() {
        return Ok(address(0, None));
    }
    if codes::is_int(value) {
        return of_int(py, value);
    }
    if let Some(bytes) = value.downcast::<Bytes>() {
        let start = memory::exposed(bytes.as_slice());
        return Ok(address(start, Some(value.clone())));
    }
    if let Some(text) = value.downcast::<Str>() {
        let copy = WideText::new(py, text)?;
        return Ok(address(copy.address(), Some(Value::from(copy))));
    }
    match protocol::lookup_attr(py, value, intern!("_as_parameter_"))? {
        Some(parameter) => {
            py.thread()
                .check_native_stack(py, " while processing _as_parameter_")?;
            convert(py, &parameter, index)
        }
        None => raise!(py, TypeError, "Don't know how to convert parameter {index}"),
    }
}

/// A plain int is passed as a C `int`; what does not fit into 64 bits is an error.
fn of_int(py: Py, value: &Value) -> PyResult<Converted> {
    let wide = protocol::number::index_to_i128(py, value)?;
    let fits = wide.is_some_and(|w| i64::try_from(w).is_ok() || u64::try_from(w).is_ok());
    let Some(wide) = wide.filter(|_| fits) else {
        return raise!(py, OverflowError, "int too long to convert");
    };
    let slot = Slot::new();
    memory::write(slot.address(), &(wide as i32).to_ne_bytes());
    Ok(converted(
        Kind::basic(Scalar::I32),
        Given::Value(slot),
        None,
    ))
}
