//! What is known of a C type: `Storage` (CPython's `StgInfo`), kept with its class.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::ffi::{CStr, CString};

use krait_ffi::{Kind, Scalar};
use krait_object::gc::Visitor;
use krait_object::types::attached::Attached;
use krait_object::types::weakref::WeakRef;
use krait_object::{Layout, Object, Owned, Py, PyResult, Str, Tuple, Type, Value, raise};

use crate::codes::Code;

/// What instances of a type are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    Simple,
    /// A structure or union.
    Structure,
    Pointer,
    Array,
    Function,
}

/// Flags of a function type (`_flags_`).
pub mod flag {
    pub const CDECL: u64 = 1;
    pub const PYTHON_API: u64 = 4;
    pub const USE_ERRNO: u64 = 8;
    pub const USE_LAST_ERROR: u64 = 16;
}

/// A C type's layout and the rest.
pub struct Storage {
    pub role: Role,
    pub size: Cell<usize>,
    pub align: Cell<usize>,
    /// Of arrays the number of items, of structures that of fields with their bases'.
    pub length: Cell<usize>,
    pub kind: RefCell<Kind>,
    /// The fields' kinds, of a structure.
    pub parts: RefCell<Vec<Kind>>,
    /// The letter of a basic type.
    pub code: Cell<Option<Code>>,
    /// What a pointer points to, an array is made of.
    pub item: RefCell<Option<Owned<Type>>>,
    format: OnceCell<CString>,
    pub shape: Box<[isize]>,
    /// Whether it is or holds a pointer: such memory cannot be pickled.
    pub has_pointer: Cell<bool>,
    /// Whether `_fields_` can no longer be set.
    pub is_final: Cell<bool>,
    /// A function type's `_flags_`.
    pub flags: Cell<u64>,
    pub argtypes: RefCell<Option<Value>>,
    pub converters: RefCell<Option<Owned<Tuple>>>,
    pub restype: RefCell<Option<Value>>,
    pub checker: RefCell<Option<Value>>,
    /// `__pointer_type__`
    pub pointer_type: RefCell<Option<Value>>,
    /// The array types made of it, weakly.
    pub arrays: RefCell<HashMap<usize, Owned<WeakRef>>>,
}

impl Storage {
    pub fn new(role: Role, size: usize, align: usize, kind: Kind) -> Storage {
        Storage::with_shape(role, size, align, kind, Box::new([]))
    }

    pub fn with_shape(
        role: Role,
        size: usize,
        align: usize,
        kind: Kind,
        shape: Box<[isize]>,
    ) -> Storage {
        Storage {
            role,
            size: Cell::new(size),
            align: Cell::new(align),
            length: Cell::new(0),
            kind: RefCell::new(kind),
            parts: RefCell::default(),
            code: Cell::new(None),
            item: RefCell::default(),
            format: OnceCell::new(),
            shape,
            has_pointer: Cell::new(false),
            is_final: Cell::new(false),
            flags: Cell::new(0),
            argtypes: RefCell::default(),
            converters: RefCell::default(),
            restype: RefCell::default(),
            checker: RefCell::default(),
            pointer_type: RefCell::default(),
            arrays: RefCell::default(),
        }
    }

    /// The type of something that is a pointer in memory.
    pub fn pointer(role: Role) -> Storage {
        let storage = Storage::new(role, 8, 8, Kind::basic(Scalar::Pointer));
        storage.length.set(1);
        storage.has_pointer.set(true);
        storage
    }

    /// PEP 3118's description of the memory.
    pub fn format(&self) -> &CStr {
        self.format.get().map_or(c"B", |format| format)
    }

    /// Sets the description, once.
    pub fn set_format(&self, format: String) {
        if let Ok(format) = CString::new(format) {
            let _ = self.format.set(format);
        }
    }

    /// The item's class.
    pub fn item_class(&self, py: Py) -> PyResult<Owned<Type>> {
        match self.item.borrow().as_ref() {
            Some(item) => Ok(item.clone()),
            None => raise!(py, TypeError, "abstract class"),
        }
    }

    /// Whether items are characters of this letter, which stand for strings.
    pub fn items_are(&self, letter: u8) -> bool {
        let item = self.item.borrow();
        let item = item.as_ref().and_then(|class| of(class));
        item.is_some_and(|item| item.is_plain(letter))
    }

    /// Whether it is a basic type of this letter, in native order.
    pub fn is_plain(&self, letter: u8) -> bool {
        self.code.get() == Some(Code::native(letter))
    }
}

impl Attached for Storage {
    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.item);
        visitor.field(&self.argtypes);
        visitor.field(&self.converters);
        visitor.field(&self.restype);
        visitor.field(&self.checker);
        visitor.field(&self.pointer_type);
    }

    fn clear(&self) {
        drop(self.item.take());
        drop(self.argtypes.take());
        drop(self.converters.take());
        drop(self.restype.take());
        drop(self.checker.take());
        drop(self.pointer_type.take());
    }
}

/// The storage of a C type; none of other classes and of abstract ones.
pub fn of(class: &Type) -> Option<&Storage> {
    class.attached::<Storage>()
}

/// The storage of an object that may be a C type.
pub fn of_object(object: &Object) -> Option<&Storage> {
    object.downcast::<Type>().and_then(of)
}

/// As `of`, where a type without storage is an error.
pub fn required(py: Py, class: &Type) -> PyResult<&Storage> {
    match of(class) {
        Some(storage) => Ok(storage),
        None => raise!(py, TypeError, "abstract class"),
    }
}

/// Gives a new class its storage.
pub fn attach(py: Py, class: &Type, storage: Storage) -> PyResult<&Storage> {
    if !class.attach(storage) {
        return raise!(
            py,
            SystemError,
            "StgInfo of '{}' is already initialized.",
            class.name()
        );
    }
    required(py, class)
}

/// An attribute of a class's own dict.
pub fn own_attribute(py: Py, class: &Type, name: &Str) -> Option<Value> {
    class.dict().get_str_key(py, name)
}

/// The class as a value.
pub fn class_value(class: &Type) -> Value {
    Value::from(class.to_owned())
}
