//! What the dict of a native type will hold, until something looks into it.
//!
//! Krait defines hundreds of types at each start, and a program looks into few of them:
//! definitions, descriptors and wrappers of the others are not made. `Type::dict` is the
//! only way to the dict, and makes it; nobody can tell when that was. As in CPython's
//! static builtin types, `tp_dict` is null before.

use std::cell::RefCell;
use std::ffi::c_void;

use krait_abi::PyObject;

use super::descriptor::{self, member};
use super::dict::Dict;
use super::slotdefs;
use super::str::Str;
use super::structseq;
use super::typeobject::Type;
use crate::errors;
use crate::native::NativeDef;
use crate::native::call::{DefKind, Entry};
use crate::object::Owned;
use crate::py::{Py, PyResult};
use crate::value::Value;

type Get = unsafe extern "C-unwind" fn(*mut PyObject, *mut c_void) -> *mut PyObject;
type Set = unsafe extern "C-unwind" fn(*mut PyObject, *mut PyObject, *mut c_void) -> i32;

/// An entry that the type's definition declares.
pub enum Attr {
    /// A method, class method or static method.
    Function {
        text: &'static str,
        doc: &'static str,
        kind: DefKind,
        entry: Entry,
    },
    /// A computed attribute.
    GetSet {
        name: &'static str,
        get: Get,
        set: Option<Set>,
    },
    /// A field that functions read and write.
    Field {
        name: &'static str,
        get: Get,
        set: Option<Set>,
    },
    /// `__dict__` of the instances.
    Dict,
    /// An item of a struct sequence, by its number.
    Item {
        of: &'static structseq::Description,
        number: usize,
    },
    /// What is made of the description of a struct sequence.
    Described {
        name: &'static str,
        of: &'static structseq::Description,
        make: fn(&structseq::Description) -> Value,
    },
    Value {
        name: Owned<Str>,
        value: Value,
    },
}

/// The entries of one type.
pub struct Pending {
    /// The type's name, for error texts.
    owner: &'static str,
    attrs: Vec<Attr>,
    /// The slots of the type's own that get wrappers.
    wrapped: slotdefs::Lines,
    /// Whether `__new__` is there.
    constructor: bool,
    /// Whether `__hash__` is None since `__eq__` has none beside it.
    unhashable: bool,
}

/// Where a type keeps what is pending.
pub type Place = RefCell<Option<Box<Pending>>>;

impl Pending {
    pub fn new(owner: &'static str) -> Pending {
        Pending {
            owner,
            attrs: Vec::new(),
            wrapped: slotdefs::Lines::default(),
            constructor: false,
            unhashable: false,
        }
    }

    pub fn add(&mut self, attr: Attr) {
        self.attrs.push(attr);
    }

    /// Notes what the type's slots add, before it inherits any; whether instances have an
    /// equality or a hash of the type's own.
    pub(super) fn note_slots(&mut self, py: Py, ty: &Type) -> bool {
        self.attrs.shrink_to_fit();
        self.wrapped = slotdefs::own_lines(py, ty);
        self.constructor = slotdefs::has_own_constructor(ty);
        let declared = |name| self.attrs.iter().any(|attr| attr.is_named(name));
        let raw = ty.raw();
        raw.tp_richcompare.is_some()
            || raw.tp_hash.is_some()
            || declared("__eq__")
            || declared("__hash__")
    }

    /// The type has turned out to be unhashable.
    pub(super) fn set_unhashable(&mut self) {
        self.unhashable = true;
    }

    /// Whether the dict will have a name that the definition declares.
    pub(super) fn declares(&self, name: &str) -> bool {
        self.attrs.iter().any(|attr| attr.is_named(name))
    }

    /// Puts everything into the dict, in CPython's order: what the slots give, of which the
    /// definition may have its own, what that declares, the documentation.
    fn fill(self, py: Py, ty: &Type, dict: &Dict) -> PyResult<()> {
        slotdefs::add_lines(py, ty, self.wrapped, self.constructor)?;
        for attr in self.attrs {
            let (name, value) = attr.make(ty, self.owner);
            dict.set_value(py, &name, value)?;
        }
        super::type_methods::set_native_doc(py, ty)?;
        let hash = crate::intern!("__hash__");
        if self.unhashable && !dict.contains_str(py, hash) {
            dict.set_str(py, hash, Value::none())?;
        }
        Ok(())
    }
}

impl Attr {
    fn is_named(&self, wanted: &str) -> bool {
        match self {
            Attr::Function { text, .. } => text
                .trim_start_matches(['!', '?', ':'])
                .strip_prefix(wanted)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('(')),
            Attr::GetSet { name, .. } | Attr::Field { name, .. } => *name == wanted,
            Attr::Dict => wanted == "__dict__",
            Attr::Item { of, number } => of.fields[*number].0 == wanted,
            Attr::Described { name, .. } => *name == wanted,
            Attr::Value { name, .. } => name.eq_str(wanted),
        }
    }

    fn make(self, ty: &Type, owner: &'static str) -> (Value, Value) {
        let named = |value: Value| {
            let name = descriptor::name_of(&value).to_owned_str();
            (Value::from(name), value)
        };
        match self {
            Attr::Function {
                text,
                doc,
                kind,
                entry,
            } => {
                let def = NativeDef::new(owner, text, doc, kind, entry);
                match kind {
                    DefKind::ClassMethod => named(descriptor::class_method(ty, def)),
                    DefKind::StaticMethod => (
                        Value::from(Str::intern(def.name())),
                        descriptor::static_method(ty, def),
                    ),
                    _ => named(descriptor::method(ty, def)),
                }
            }
            Attr::GetSet { name, get, set } => named(descriptor::getset(ty, name, get, set)),
            Attr::Field { name, get, set } => {
                named(Value::from(member::computed(ty, name, get, set)))
            }
            Attr::Dict => named(descriptor::native_dict_getset()),
            Attr::Item { of, number } => named(structseq::item_descriptor(ty, of, number)),
            Attr::Described { name, of, make } => (Value::from(Str::intern(name)), make(of)),
            Attr::Value { name, value } => (Value::from(name), value),
        }
    }
}

/// Makes the dict of a type, or puts into it what is pending.
#[cold]
#[inline(never)]
pub(super) fn complete(ty: &Type) {
    // SAFETY: types are looked at with the GIL held.
    let py = unsafe { Py::assume() };
    let pending = ty.ext().pending.take();
    let raw = ty.as_type_ptr();
    if ty.raw().tp_dict.is_null() {
        let room = |p: &Pending| p.attrs.len() + p.wrapped.count() + 2;
        let dict = Dict::with_capacity(pending.as_deref().map_or(0, room));
        // SAFETY: the type has no dict, and owns this one.
        unsafe { (*raw).tp_dict = dict.into_ptr() };
    }
    if let Some(pending) = pending
        && pending.fill(py, ty, ty.dict()).is_err()
    {
        errors::out_of_memory()
    }
}
