//! The structs of exceptions: CPython's, with fields that can be used safely.
//!
//! What always holds: a `Slot` is null or owns one reference. A struct whose bytes are
//! all zero is a valid exception, which is what `Type::allocate` gives.

use std::cell::Cell;
use std::ffi::{c_char, c_int, c_void};
use std::mem::offset_of;

use krait_abi::*;

use crate::gc::{Trace, Visitor};
use crate::object::{Builtin, Layout, Object, Owned};
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::typeobject::Type;
use crate::value::Value;

/// A field that is null or owns a reference.
#[repr(transparent)]
pub struct Slot(Cell<*mut PyObject>);

impl Slot {
    /// A new reference to the content.
    #[inline]
    pub fn get(&self) -> Option<Owned> {
        let pointer = self.0.get();
        // SAFETY: not null, so the slot owns a reference to a living object.
        (!pointer.is_null()).then(|| unsafe { Object::from_ptr(pointer) }.to_owned())
    }

    /// The content as a value, `None` where there is none.
    pub fn value(&self) -> Value {
        self.get().map_or_else(Value::none, |o| Value::unboxed(&o))
    }

    /// The content where it is a string.
    pub fn text(&self) -> Option<Owned<Str>> {
        self.get().and_then(|o| o.downcast_owned().ok())
    }

    /// Replaces the content; the old one is released last.
    #[inline]
    pub fn set(&self, content: Option<Owned>) {
        let old = self
            .0
            .replace(content.map_or(std::ptr::null_mut(), Owned::into_ptr));
        if !old.is_null() {
            // SAFETY: the slot owned the reference.
            unsafe { Object::decref(old) }
        }
    }

    /// Stores a new reference to the object.
    pub fn store(&self, content: Option<&Object>) {
        self.set(content.map(|o| o.to_owned()));
    }

    #[inline]
    pub fn is_set(&self) -> bool {
        !self.0.get().is_null()
    }

    /// Whether two slots hold the same object, or both nothing.
    pub fn same(&self, other: &Slot) -> bool {
        self.0.get() == other.0.get()
    }

    /// Whether the slot holds that object.
    pub fn holds(&self, object: &Object) -> bool {
        self.0.get() == object.as_ptr()
    }

    /// The address of the field, for C's borrowed results.
    pub fn as_ptr(&self) -> *mut *mut PyObject {
        self.0.as_ptr()
    }
}

impl Trace for Slot {
    fn trace(&self, visitor: &mut Visitor) {
        visitor.visit_ptr(self.0.get());
    }
}

/// The struct of an exception: says which slots it owns.
///
/// # Safety
/// Zeroed memory is valid, `BaseException` is its first field, and `each_slot` names
/// every slot once.
pub unsafe trait Exception: Layout {
    fn each_slot(&self, f: &mut impl FnMut(&Slot));
}

macro_rules! layouts {
    ($($name:ident = $c:ident { $($slot:ident),* } $({ $($plain:ident: $t:ty),* })?;)*) => { $(
        #[doc = concat!("`", stringify!($c), "`.")]
        #[repr(C)]
        pub struct $name {
            pub base: BaseException,
            $(pub $slot: Slot,)*
        }
        const _: () = assert!(size_of::<$name>() == size_of::<$c>());
        $(const _: () = assert!(offset_of!($name, $slot) == offset_of!($c, $slot));)*
        // SAFETY: repr(C), and the first field begins with the header.
        unsafe impl Layout for $name {}
        // SAFETY: all slots are named; BaseException comes first.
        unsafe impl Exception for $name {
            fn each_slot(&self, f: &mut impl FnMut(&Slot)) {
                self.base.each_slot(f);
                $(f(&self.$slot);)*
            }
        }
        // SAFETY: instances of the type and of its subtypes have the layout.
        unsafe impl Builtin for $name {
            fn type_object() -> &'static Type {
                &super::table::$name
            }
        }
    )* };
}

/// `PyBaseExceptionObject`: what every exception begins with.
#[repr(C)]
pub struct BaseException {
    header: PyObject,
    pub(super) dict: Slot,
    pub(super) args: Slot,
    pub(super) notes: Slot,
    pub(super) traceback: Slot,
    pub(super) context: Slot,
    pub(super) cause: Slot,
    pub(super) suppress_context: Cell<c_char>,
}

const _: () = assert!(size_of::<BaseException>() == size_of::<PyBaseExceptionObject>());
const _: () = assert!(offset_of!(BaseException, dict) == offset_of!(PyBaseExceptionObject, dict));
const _: () = assert!(offset_of!(BaseException, cause) == offset_of!(PyBaseExceptionObject, cause));
const _: () = assert!(
    offset_of!(BaseException, suppress_context)
        == offset_of!(PyBaseExceptionObject, suppress_context)
);

// SAFETY: repr(C), and the header comes first.
unsafe impl Layout for BaseException {}
// SAFETY: all slots are named; zeroed fields are valid.
unsafe impl Exception for BaseException {
    fn each_slot(&self, f: &mut impl FnMut(&Slot)) {
        for slot in [
            &self.dict,
            &self.args,
            &self.notes,
            &self.traceback,
            &self.context,
            &self.cause,
        ] {
            f(slot);
        }
    }
}
// SAFETY: instances of BaseException and its subtypes have the layout.
unsafe impl Builtin for BaseException {
    fn type_object() -> &'static Type {
        &super::table::BaseException
    }
    #[inline(always)]
    fn is_instance(object: &Object) -> bool {
        object.ty().has_flag(Py_TPFLAGS_BASE_EXC_SUBCLASS)
    }
}

layouts! {
    BaseExceptionGroup = PyBaseExceptionGroupObject { msg, excs, excs_str };
    SyntaxError = PySyntaxErrorObject {
        msg, filename, lineno, offset, end_lineno, end_offset, text, print_file_and_line, metadata
    };
    ImportError = PyImportErrorObject { msg, name, path, name_from };
    SystemExit = PySystemExitObject { code };
    StopIteration = PyStopIterationObject { value };
    NameError = PyNameErrorObject { name };
    AttributeError = PyAttributeErrorObject { obj, name };
}

/// `PyOSErrorObject`.
#[repr(C)]
pub struct OSError {
    pub base: BaseException,
    pub myerrno: Slot,
    pub strerror: Slot,
    pub filename: Slot,
    pub filename2: Slot,
    /// `BlockingIOError.characters_written`; -1 where it is not set.
    pub written: Cell<isize>,
}

const _: () = assert!(size_of::<OSError>() == size_of::<PyOSErrorObject>());
// SAFETY: repr(C), and the first field begins with the header.
unsafe impl Layout for OSError {}
// SAFETY: all slots are named; BaseException comes first.
unsafe impl Exception for OSError {
    fn each_slot(&self, f: &mut impl FnMut(&Slot)) {
        self.base.each_slot(f);
        for slot in [
            &self.myerrno,
            &self.strerror,
            &self.filename,
            &self.filename2,
        ] {
            f(slot);
        }
    }
}
// SAFETY: instances of OSError and its subtypes have the layout.
unsafe impl Builtin for OSError {
    fn type_object() -> &'static Type {
        &super::table::OSError
    }
}

/// `PyUnicodeErrorObject`: `UnicodeEncodeError`, `UnicodeDecodeError` and
/// `UnicodeTranslateError`, but not their base `UnicodeError`.
#[repr(C)]
pub struct CodecError {
    pub base: BaseException,
    pub encoding: Slot,
    pub object: Slot,
    pub start: Cell<isize>,
    pub end: Cell<isize>,
    pub reason: Slot,
}

const _: () = assert!(size_of::<CodecError>() == size_of::<PyUnicodeErrorObject>());
// SAFETY: repr(C), and the first field begins with the header.
unsafe impl Layout for CodecError {}
// SAFETY: all slots are named; BaseException comes first.
unsafe impl Exception for CodecError {
    fn each_slot(&self, f: &mut impl FnMut(&Slot)) {
        self.base.each_slot(f);
        for slot in [&self.encoding, &self.object, &self.reason] {
            f(slot);
        }
    }
}

impl CodecError {
    /// The object as one of the three Unicode errors with fields.
    pub fn from_object(object: &Object) -> Option<&CodecError> {
        let ty = object.ty();
        let kinds: [&Type; 3] = [
            &super::UnicodeEncodeError,
            &super::UnicodeDecodeError,
            &super::UnicodeTranslateError,
        ];
        // SAFETY: these types and their subtypes have the layout.
        kinds
            .iter()
            .any(|k| ty.is_subtype_of(k))
            .then(|| unsafe { object.cast_unchecked() })
    }
}

/// Makes an instance of an exception class with its `args`, nothing else.
pub(super) fn allocate<L: Exception>(
    class: &Type,
    args: Owned<Tuple>,
) -> crate::py::PyResult<Owned<L>> {
    let raw = class.allocate(0)?;
    // SAFETY: the block has the class's size, which covers the layout, and is zeroed,
    // which is a valid content.
    unsafe {
        let exception = Owned::<L>::from_raw(raw.cast());
        raw.cast::<BaseException>()
            .as_ref()
            .unwrap_unchecked()
            .args
            .set(Some(args.upcast()));
        class.track_new(raw);
        Ok(exception)
    }
}

pub(super) unsafe extern "C-unwind" fn dealloc<L: Exception>(object: *mut PyObject) {
    // SAFETY: called once with a dying instance of the layout.
    unsafe {
        let ty = Type::from_ptr((*object).ob_type);
        ty.untrack(object);
        ty.clear_weakrefs(object);
        Object::from_ptr(object)
            .cast_unchecked::<L>()
            .each_slot(&mut |slot| slot.set(None));
        ty.free_instance(object);
    }
}

pub(super) unsafe extern "C-unwind" fn traverse<L: Exception>(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut c_void,
) -> c_int {
    let mut visitor = Visitor::new(visit, arg);
    // SAFETY: called with a living instance of the layout.
    unsafe { Object::from_ptr(object).cast_unchecked::<L>() }
        .each_slot(&mut |slot| visitor.field(slot));
    visitor.result()
}

pub(super) unsafe extern "C-unwind" fn clear<L: Exception>(object: *mut PyObject) -> c_int {
    // SAFETY: called with a living instance of the layout.
    unsafe { Object::from_ptr(object).cast_unchecked::<L>() }.each_slot(&mut |slot| slot.set(None));
    0
}

/// An attribute that reads and writes a slot; deletion empties it.
macro_rules! slot_attribute {
    ($b:expr, $layout:ident, $slot:ident) => {
        slot_attribute!($b, $layout, $slot, stringify!($slot))
    };
    ($b:expr, $layout:ident, $slot:ident, $name:expr) => {
        $b.settable_field(
            $name,
            |_py: crate::py::Py, this: &crate::exceptions::layout::$layout| this.$slot.value(),
            |_py: crate::py::Py,
             this: &crate::exceptions::layout::$layout,
             value: Option<&crate::object::Object>| {
                this.$slot.store(value);
                Ok(())
            },
        )
    };
}
pub(super) use slot_attribute;
