//! `TypeBuilder`: declares a type's slots, methods and attributes from Rust functions.
//!
//! A type of a native module is a plain struct that implements `Class`; its instances
//! are `Instance<T>`: the object header followed by the struct. Builtin types with a
//! struct of CPython's use the builder with that layout directly.

use std::ffi::{c_int, c_void};
use std::marker::PhantomData;
use std::ops::Deref;

use krait_abi::*;

use super::call::{
    DefKind, NativeDef, NativeFunction, NativeMethod, bare_entry, function_entry, method_entry,
};
use super::leak;
use super::ret::IntoResult;
use super::slots;
use crate::gc::Visitor;
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol::CompareOp;
use crate::py::{Py, PyResult};
use crate::types::attributes;
use crate::types::pending::{Attr, Pending};
use crate::types::str::Str;
use crate::types::typeobject::{StaticType, Type, ready};
use crate::value::{IntoObject, Value};

/// Where a native class keeps its type object: `static CELL: TypeCell`.
pub type TypeCell = StaticType;

/// A type implemented by a Rust struct.
///
/// Fields that change are `Cell`s or `RefCell`s; no `RefCell` borrow may be held
/// across a call that can run Python code.
pub trait Class: Sized + 'static {
    /// Full name with module: `collections.deque`.
    const NAME: &'static str;
    /// Whether instances hold references that `traverse` reports.
    const GC: bool = false;
    /// Of instances that are not the collector's: whether nothing but memory, descriptors and
    /// references is given back where one ends. (Others say it by [`TypeBuilder::silent`].)
    const SILENT: bool = !std::mem::needs_drop::<Self>();
    /// The class's own `static TypeCell`.
    fn cell() -> &'static TypeCell;
    /// Declares slots, methods and attributes.
    fn define(b: &mut TypeBuilder<Instance<Self>>);
    /// Reports every owned reference.
    fn traverse(&self, _visitor: &mut Visitor) {}
    /// Gives up references that can be part of a cycle.
    fn clear(&self) {}
    /// The list of living instances and the instance's place on it, for classes with one.
    fn roll(&self) -> Option<(&'static super::Roll, &super::Place)> {
        None
    }
}

/// Implements the part of `Class` that is always the same:
/// `class_cell!();` inside `impl Class for T`.
#[macro_export]
macro_rules! class_cell {
    () => {
        fn cell() -> &'static $crate::native::TypeCell {
            static CELL: $crate::native::TypeCell = $crate::native::TypeCell::new();
            &CELL
        }
    };
}

/// An object whose body is a Rust struct. Dereferences to the struct.
#[repr(C)]
pub struct Instance<T: Class> {
    header: PyObject,
    body: T,
    counted: crate::object::Counted,
}

// SAFETY: repr(C), and the header comes first.
unsafe impl<T: Class> Layout for Instance<T> {}

// SAFETY: the type's basic size covers the layout, and subtypes only add to it.
unsafe impl<T: Class> Builtin for Instance<T> {
    #[inline(always)]
    fn type_object() -> &'static Type {
        let cell = T::cell();
        if !cell.is_ready() {
            define_class::<T>();
        }
        cell
    }
}

impl<T: Class> Deref for Instance<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        &self.body
    }
}

impl<T: Class> Instance<T> {
    /// A new object of the class itself.
    pub fn new(py: Py, body: T) -> Owned<Instance<T>> {
        match Instance::new_in(py, Self::type_object(), body) {
            Ok(object) => object,
            Err(_) => crate::errors::out_of_memory(),
        }
    }

    /// Puts the object on the class's list, if it is not there yet.
    pub fn enlist(&self, py: Py) {
        if let Some((roll, place)) = self.body.roll() {
            roll.add(py, self.as_object().as_ptr(), place);
        }
    }

    /// Takes the object off the class's list.
    pub fn delist(&self, py: Py) {
        if let Some((roll, place)) = self.body.roll() {
            roll.remove(py, self.as_object().as_ptr(), place);
        }
    }

    /// A new object of the class or a subclass of it.
    pub fn new_in(py: Py, class: &Type, body: T) -> PyResult<Owned<Instance<T>>> {
        let raw = class.allocate(0)?;
        if const { !T::GC } && (const { !T::SILENT } || class.raw().tp_finalize.is_some()) {
            crate::gc::silent::note(py);
        }
        // SAFETY: the block has the class's basic size, which covers the layout; the
        // header is written, the body is not yet, and nobody else knows the object.
        unsafe {
            let ptr = raw.cast::<Instance<T>>();
            std::ptr::write(&raw mut (*ptr).body, body);
            class.track_new(raw);
            Ok(Owned::from_raw(ptr))
        }
    }
}

#[cold]
fn define_class<T: Class>() {
    let mut b = TypeBuilder::<Instance<T>>::new(T::cell(), T::NAME, size_of::<Instance<T>>());
    b.dealloc_raw(instance_dealloc::<T>);
    if T::GC {
        b.gc_raw(instance_traverse::<T>, instance_clear::<T>);
    }
    T::cell().ext().silent.set(!T::GC && T::SILENT);
    T::define(&mut b);
    b.finish();
}

unsafe extern "C-unwind" fn instance_dealloc<T: Class>(object: *mut PyObject) {
    // SAFETY: called once, by the deallocation of an instance; a finaliser that has run
    // for a subclass does not run again.
    unsafe {
        let ty = Type::from_ptr((*object).ob_type);
        if let Some(finalize) = ty.raw().tp_finalize
            && crate::types::type_new::instance::resurrected(object, finalize)
        {
            return;
        }
        ty.untrack(object);
        ty.clear_weakrefs(object);
        if let Some((roll, place)) = (*object.cast::<Instance<T>>()).body.roll() {
            roll.remove(Py::assume(), object, place);
        }
        std::ptr::drop_in_place(&raw mut (*object.cast::<Instance<T>>()).body);
        ty.free_instance(object);
    }
}

unsafe extern "C-unwind" fn instance_traverse<T: Class>(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut c_void,
) -> c_int {
    // SAFETY: called with instances of the type.
    let this = unsafe { Object::from_ptr(object).cast_unchecked::<Instance<T>>() };
    let mut visitor = Visitor::new(visit, arg);
    // Storage that only a subclass has is shown by the subclass.
    if T::cell().ext().attrs_offset.get() != 0 {
        attributes::traverse(this.as_object(), &mut visitor);
    }
    this.body.traverse(&mut visitor);
    visitor.result()
}

unsafe extern "C-unwind" fn instance_clear<T: Class>(object: *mut PyObject) -> c_int {
    // SAFETY: called with instances of the type.
    let this = unsafe { Object::from_ptr(object).cast_unchecked::<Instance<T>>() };
    this.body.clear();
    attributes::clear(this.as_object());
    0
}

/// Builds one type. `finish` makes it ready.
pub struct TypeBuilder<T: Layout> {
    ty: &'static StaticType,
    name: &'static str,
    pending: Option<Pending>,
    marker: PhantomData<T>,
}

macro_rules! number_slots {
    ($($method:ident $slot:ident),* $(,)?) => { $(
        /// The number slot of the same name; either operand may be the instance.
        pub fn $method<R: IntoResult, F: Copy + 'static + Fn(Py, &Object, &Object) -> R>(&mut self, _f: F) -> &mut Self {
            self.number().$slot = Some(slots::binary::<R, F>);
            self
        }
    )* };
}

macro_rules! inplace_slots {
    ($($method:ident $slot:ident),* $(,)?) => { $(
        /// The in-place number slot of the same name.
        pub fn $method<R: IntoResult, F: Copy + 'static + Fn(Py, &T, &Object) -> R>(&mut self, _f: F) -> &mut Self {
            self.number().$slot = Some(slots::with_object::<T, R, F>);
            self
        }
    )* };
}

macro_rules! unary_slots {
    ($($method:ident $group:ident $slot:ident),* $(,)?) => { $(
        /// The slot of the same name.
        pub fn $method<R: IntoResult, F: Copy + 'static + Fn(Py, &T) -> R>(&mut self, _f: F) -> &mut Self {
            self.$group().$slot = Some(slots::unary::<T, R, F>);
            self
        }
    )* };
}

impl<T: Layout> TypeBuilder<T> {
    /// Starts a type; `size` is the instances' basic size.
    pub fn new(ty: &'static StaticType, name: &'static str, size: usize) -> TypeBuilder<T> {
        let raw = ty.as_type_ptr();
        // SAFETY: the static type is not in use before it is ready.
        unsafe {
            (*raw).ob_base.ob_base =
                PyObject::head_init(crate::types::typeobject::TYPE.as_type_ptr());
            (*raw).tp_name = leak::c_string(name);
            (*raw).tp_basicsize = size as isize;
            (*raw).tp_flags |= Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE;
        }
        TypeBuilder {
            ty,
            name,
            pending: Some(Pending::new(name)),
            marker: PhantomData,
        }
    }

    fn raw(&mut self) -> &mut PyTypeObject {
        // SAFETY: the builder is the only user of the type until `finish`.
        unsafe { &mut *self.ty.as_type_ptr() }
    }

    fn number(&mut self) -> &mut PyNumberMethods {
        group(&mut self.raw().tp_as_number, PyNumberMethods::ZERO)
    }

    fn sequence(&mut self) -> &mut PySequenceMethods {
        group(&mut self.raw().tp_as_sequence, PySequenceMethods::ZERO)
    }

    fn mapping(&mut self) -> &mut PyMappingMethods {
        group(&mut self.raw().tp_as_mapping, PyMappingMethods::ZERO)
    }

    fn asynchronous(&mut self) -> &mut PyAsyncMethods {
        group(&mut self.raw().tp_as_async, PyAsyncMethods::ZERO)
    }

    pub fn type_object(&self) -> &'static Type {
        self.ty
    }

    pub fn base(&mut self, base: &'static Type) -> &mut Self {
        self.raw().tp_base = base.as_type_ptr();
        self
    }

    /// Subclasses may be made (`Py_TPFLAGS_BASETYPE`).
    pub fn subclassable(&mut self) -> &mut Self {
        self.flags(Py_TPFLAGS_BASETYPE)
    }

    pub fn flags(&mut self, flags: std::ffi::c_ulong) -> &mut Self {
        self.raw().tp_flags |= flags;
        self
    }

    /// The type's attributes can be set, as those of CPython's heap types without
    /// `Py_TPFLAGS_IMMUTABLETYPE`.
    pub fn mutable(&mut self) -> &mut Self {
        self.raw().tp_flags &= !Py_TPFLAGS_IMMUTABLETYPE;
        self
    }

    /// Nothing happens but that memory is given back, and references, where an instance ends.
    pub fn silent(&mut self) -> &mut Self {
        self.ty.ext().silent.set(true);
        self
    }

    /// Instances cannot be made by calling the type.
    pub fn no_constructor(&mut self) -> &mut Self {
        self.flags(Py_TPFLAGS_DISALLOW_INSTANTIATION)
    }

    pub fn item_size(&mut self, size: usize) -> &mut Self {
        self.raw().tp_itemsize = size as isize;
        self
    }

    /// Instances have a `__dict__`: Krait's attribute storage follows the struct.
    pub fn with_dict(&mut self) -> &mut Self {
        let ty: &'static Type = self.ty;
        ty.add_attribute_storage();
        self.attr(Attr::Dict)
    }

    /// Instances can be weakly referenced: a list head follows the struct.
    pub fn with_weakrefs(&mut self) -> &mut Self {
        let raw = self.raw();
        raw.tp_weaklistoffset = raw.tp_basicsize;
        raw.tp_basicsize += 8;
        self
    }

    pub fn doc(&mut self, doc: &'static str) -> &mut Self {
        self.raw().tp_doc = leak::c_string(doc);
        self
    }

    /// The constructor: `fn(Py, &Type, args...) -> R`.
    pub fn new_with<M, F: NativeMethod<Type, M>>(
        &mut self,
        text: &'static str,
        _f: F,
    ) -> &mut Self {
        let def = NativeDef::new(
            self.name,
            text,
            "",
            DefKind::New,
            method_entry::<Type, M, F>,
        );
        self.ty.ext().native_new.set(Some(def));
        self.raw().tp_new = Some(crate::types::typeobject::native_new_slot);
        self
    }

    /// The constructor of a type whose `__init__` alone looks at the arguments:
    /// `fn(Py, &Type) -> R`.
    pub fn new_bare<R: IntoResult, F: Copy + 'static + Fn(Py, &Type) -> R>(
        &mut self,
        _f: F,
    ) -> &mut Self {
        let def = NativeDef::new(
            self.name,
            "__new__(*args, **kwargs)",
            "",
            DefKind::New,
            bare_entry::<R, F>,
        );
        self.ty.ext().native_new.set(Some(def));
        self.raw().tp_new = Some(crate::types::typeobject::native_new_slot);
        self
    }

    /// `__init__`: `fn(Py, &T, args...) -> R`.
    pub fn init<M, F: NativeMethod<T, M>>(&mut self, text: &'static str, _f: F) -> &mut Self {
        let def = NativeDef::new(self.name, text, "", DefKind::Init, method_entry::<T, M, F>);
        self.ty.ext().native_init.set(Some(def));
        self.raw().tp_init = Some(crate::types::typeobject::native_init_slot);
        self
    }

    /// `__call__`: `fn(Py, &T, args...) -> R`.
    pub fn call<M, F: NativeMethod<T, M>>(&mut self, text: &'static str, _f: F) -> &mut Self {
        let def = NativeDef::new(self.name, text, "", DefKind::Call, method_entry::<T, M, F>);
        self.ty.ext().native_call.set(Some(def));
        self.raw().tp_call = Some(crate::types::typeobject::native_call_slot);
        self
    }

    /// `__call__` that takes the values as they come, for types that pass them on: the
    /// positional ones, then those named by the tuple.
    pub fn call_flat(&mut self, text: &'static str, entry: super::call::Entry) -> &mut Self {
        let def = NativeDef::new(self.name, text, "", DefKind::Call, entry);
        self.ty.ext().native_call.set(Some(def));
        self.raw().tp_call = Some(crate::types::typeobject::native_call_slot);
        self
    }

    /// A method: `fn(Py, &T, args...) -> R`.
    pub fn method<M, F: NativeMethod<T, M>>(&mut self, text: &'static str, f: F) -> &mut Self {
        self.method_doc(text, "", f)
    }

    pub fn method_doc<M, F: NativeMethod<T, M>>(
        &mut self,
        text: &'static str,
        doc: &'static str,
        _f: F,
    ) -> &mut Self {
        self.attr(Attr::Function {
            text,
            doc,
            kind: DefKind::Method,
            entry: method_entry::<T, M, F>,
        })
    }

    /// A class method: `fn(Py, &Type, args...) -> R`.
    pub fn class_method<M, F: NativeMethod<Type, M>>(
        &mut self,
        text: &'static str,
        _f: F,
    ) -> &mut Self {
        self.attr(Attr::Function {
            text,
            doc: "",
            kind: DefKind::ClassMethod,
            entry: method_entry::<Type, M, F>,
        })
    }

    /// A static method: `fn(Py, args...) -> R`.
    pub fn static_method<M, F: NativeFunction<M>>(
        &mut self,
        text: &'static str,
        _f: F,
    ) -> &mut Self {
        self.attr(Attr::Function {
            text,
            doc: "",
            kind: DefKind::StaticMethod,
            entry: function_entry::<M, F>,
        })
    }

    /// A read-only computed attribute.
    pub fn getter<R: IntoResult, F: Copy + 'static + Fn(Py, &T) -> R>(
        &mut self,
        name: &'static str,
        _f: F,
    ) -> &mut Self {
        self.attr(Attr::GetSet {
            name,
            get: slots::getter::<T, R, F>,
            set: None,
        })
    }

    /// A read-only field, shown as a `member_descriptor`.
    pub fn field<R: IntoResult, F: Copy + 'static + Fn(Py, &T) -> R>(
        &mut self,
        name: &'static str,
        _f: F,
    ) -> &mut Self {
        self.attr(Attr::Field {
            name,
            get: slots::getter::<T, R, F>,
            set: None,
        })
    }

    /// A field that can be set, shown as a `member_descriptor`; the setter gets `None` for
    /// deletion.
    pub fn settable_field<R, G, S>(&mut self, name: &'static str, _get: G, _set: S) -> &mut Self
    where
        R: IntoResult,
        G: Copy + 'static + Fn(Py, &T) -> R,
        S: Copy + 'static + Fn(Py, &T, Option<&Object>) -> PyResult<()>,
    {
        self.attr(Attr::Field {
            name,
            get: slots::getter::<T, R, G>,
            set: Some(slots::setter::<T, S>),
        })
    }

    /// A computed attribute that can be set; the setter gets `None` for deletion.
    pub fn getset<R, G, S>(&mut self, name: &'static str, _get: G, _set: S) -> &mut Self
    where
        R: IntoResult,
        G: Copy + 'static + Fn(Py, &T) -> R,
        S: Copy + 'static + Fn(Py, &T, Option<&Object>) -> PyResult<()>,
    {
        self.attr(Attr::GetSet {
            name,
            get: slots::getter::<T, R, G>,
            set: Some(slots::setter::<T, S>),
        })
    }

    /// A plain entry of the type's dict.
    pub fn attr_value(&mut self, name: &str, value: Value) -> &mut Self {
        let name = Str::intern(name);
        self.attr(Attr::Value { name, value })
    }

    /// An entry of the type's dict that is made with it.
    pub(crate) fn attr(&mut self, attr: Attr) -> &mut Self {
        if let Some(pending) = &mut self.pending {
            pending.add(attr);
        }
        self
    }

    unary_slots! {
        repr raw tp_repr, str raw tp_str, iter raw tp_iter,
        negative number nb_negative, positive number nb_positive, absolute number nb_absolute,
        invert number nb_invert, int number nb_int, float number nb_float, index number nb_index,
        await_ asynchronous am_await, aiter asynchronous am_aiter, anext asynchronous am_anext,
    }

    number_slots! {
        add nb_add, subtract nb_subtract, multiply nb_multiply, remainder nb_remainder,
        divmod nb_divmod, lshift nb_lshift, rshift nb_rshift, and nb_and, xor nb_xor, or nb_or,
        floor_divide nb_floor_divide, true_divide nb_true_divide,
        matrix_multiply nb_matrix_multiply,
    }

    inplace_slots! {
        inplace_add nb_inplace_add, inplace_subtract nb_inplace_subtract,
        inplace_multiply nb_inplace_multiply, inplace_and nb_inplace_and,
        inplace_xor nb_inplace_xor, inplace_or nb_inplace_or,
    }

    /// `nb_power`: `fn(Py, base, exponent, modulus or None) -> R`.
    pub fn power<R: IntoResult, F: Copy + 'static + Fn(Py, &Object, &Object, &Object) -> R>(
        &mut self,
        _f: F,
    ) -> &mut Self {
        self.number().nb_power = Some(slots::ternary::<R, F>);
        self
    }

    pub fn truth<F: Copy + 'static + Fn(Py, &T) -> PyResult<bool>>(&mut self, _f: F) -> &mut Self {
        self.number().nb_bool = Some(slots::truth::<T, F>);
        self
    }

    /// `tp_iternext`: `Ok(None)` ends the iteration.
    pub fn next<I: IntoObject, F: Copy + 'static + Fn(Py, &T) -> PyResult<Option<I>>>(
        &mut self,
        _f: F,
    ) -> &mut Self {
        self.raw().tp_iternext = Some(slots::next::<T, I, F>);
        self.ty
            .ext()
            .native_next
            .set(Some(slots::next_value::<T, I, F>));
        self
    }

    pub fn hash<F: Copy + 'static + Fn(Py, &T) -> PyResult<i64>>(&mut self, _f: F) -> &mut Self {
        self.raw().tp_hash = Some(slots::hash::<T, F>);
        self
    }

    /// Instances cannot be hashed (`__hash__ = None`).
    pub fn unhashable(&mut self) -> &mut Self {
        self.raw().tp_hash = Some(crate::types::typeobject::unhashable);
        self
    }

    /// `fn(Py, &T, &Object, CompareOp) -> R`; returns NotImplemented where it cannot.
    pub fn compare<R: IntoResult, F: Copy + 'static + Fn(Py, &T, &Object, CompareOp) -> R>(
        &mut self,
        _f: F,
    ) -> &mut Self {
        self.raw().tp_richcompare = Some(slots::compare::<T, R, F>);
        self
    }

    /// The length of a mapping-like type (`mp_length`).
    pub fn mapping_len<F: Copy + 'static + Fn(Py, &T) -> PyResult<usize>>(
        &mut self,
        _f: F,
    ) -> &mut Self {
        self.mapping().mp_length = Some(slots::length::<T, F>);
        self
    }

    /// The length of a sequence (`sq_length` and `mp_length`).
    pub fn len<F: Copy + 'static + Fn(Py, &T) -> PyResult<usize>>(&mut self, _f: F) -> &mut Self {
        self.mapping().mp_length = Some(slots::length::<T, F>);
        self.sequence().sq_length = Some(slots::length::<T, F>);
        self
    }

    /// `mp_subscript`: `this[key]`.
    pub fn subscript<R: IntoResult, F: Copy + 'static + Fn(Py, &T, &Object) -> R>(
        &mut self,
        _f: F,
    ) -> &mut Self {
        self.mapping().mp_subscript = Some(slots::with_object::<T, R, F>);
        self
    }

    /// A short cut of `subscript` for small indices: what it gives `None` for goes there.
    pub fn item_at<F: Copy + 'static + Fn(Py, &T, i64) -> Option<Value>>(
        &mut self,
        _f: F,
    ) -> &mut Self {
        self.ty.ext().item_at.set(Some(slots::item_at::<T, F>));
        self
    }

    /// A short cut of `assign_subscript` for small indices: what it answers with false goes
    /// there.
    pub fn assign_at<F: Copy + 'static + Fn(Py, &T, i64, &Value) -> bool>(
        &mut self,
        _f: F,
    ) -> &mut Self {
        self.ty.ext().assign_at.set(Some(slots::assign_at::<T, F>));
        self
    }

    /// `mp_ass_subscript`: `this[key] = value`, or deletion without a value.
    pub fn assign_subscript<
        F: Copy + 'static + Fn(Py, &T, &Object, Option<&Object>) -> PyResult<()>,
    >(
        &mut self,
        _f: F,
    ) -> &mut Self {
        self.mapping().mp_ass_subscript = Some(slots::assign::<T, F>);
        self
    }

    /// `sq_item`; gives the type the sequence protocol. IndexError ends old-style iteration.
    pub fn item<R: IntoResult, F: Copy + 'static + Fn(Py, &T, isize) -> R>(
        &mut self,
        _f: F,
    ) -> &mut Self {
        self.sequence().sq_item = Some(slots::with_index::<T, R, F>);
        self
    }

    pub fn assign_item<F: Copy + 'static + Fn(Py, &T, isize, Option<&Object>) -> PyResult<()>>(
        &mut self,
        _f: F,
    ) -> &mut Self {
        self.sequence().sq_ass_item = Some(slots::assign_index::<T, F>);
        self
    }

    pub fn contains<F: Copy + 'static + Fn(Py, &T, &Object) -> PyResult<bool>>(
        &mut self,
        _f: F,
    ) -> &mut Self {
        self.sequence().sq_contains = Some(slots::contains::<T, F>);
        self
    }

    pub fn concat<R: IntoResult, F: Copy + 'static + Fn(Py, &T, &Object) -> R>(
        &mut self,
        _f: F,
    ) -> &mut Self {
        self.sequence().sq_concat = Some(slots::with_object::<T, R, F>);
        self
    }

    pub fn repeat<R: IntoResult, F: Copy + 'static + Fn(Py, &T, isize) -> R>(
        &mut self,
        _f: F,
    ) -> &mut Self {
        self.sequence().sq_repeat = Some(slots::with_index::<T, R, F>);
        self
    }

    pub fn inplace_concat<R: IntoResult, F: Copy + 'static + Fn(Py, &T, &Object) -> R>(
        &mut self,
        _f: F,
    ) -> &mut Self {
        self.sequence().sq_inplace_concat = Some(slots::with_object::<T, R, F>);
        self
    }

    pub fn inplace_repeat<R: IntoResult, F: Copy + 'static + Fn(Py, &T, isize) -> R>(
        &mut self,
        _f: F,
    ) -> &mut Self {
        self.sequence().sq_inplace_repeat = Some(slots::with_index::<T, R, F>);
        self
    }

    /// `tp_getattro`.
    pub fn get_attribute<R: IntoResult, F: Copy + 'static + Fn(Py, &T, &Object) -> R>(
        &mut self,
        _f: F,
    ) -> &mut Self {
        self.raw().tp_getattro = Some(slots::with_object::<T, R, F>);
        self
    }

    /// `tp_setattro`.
    pub fn set_attribute<
        F: Copy + 'static + Fn(Py, &T, &Object, Option<&Object>) -> PyResult<()>,
    >(
        &mut self,
        _f: F,
    ) -> &mut Self {
        self.raw().tp_setattro = Some(slots::assign::<T, F>);
        self
    }

    /// `tp_descr_get`: `fn(Py, &T, instance, owner) -> R`.
    pub fn descr_get<
        R: IntoResult,
        F: Copy + 'static + Fn(Py, &T, Option<&Object>, Option<&Object>) -> R,
    >(
        &mut self,
        _f: F,
    ) -> &mut Self {
        self.raw().tp_descr_get = Some(slots::descr_get::<T, R, F>);
        self
    }

    /// `tp_descr_set`: `fn(Py, &T, instance, value or None)`.
    pub fn descr_set<F: Copy + 'static + Fn(Py, &T, &Object, Option<&Object>) -> PyResult<()>>(
        &mut self,
        _f: F,
    ) -> &mut Self {
        self.raw().tp_descr_set = Some(slots::assign::<T, F>);
        self
    }

    /// `tp_finalize`: runs before the object is torn down, and may resurrect it.
    pub fn finalize<F: Copy + 'static + Fn(Py, &T)>(&mut self, _f: F) -> &mut Self {
        self.raw().tp_finalize = Some(slots::finalize::<T, F>);
        self
    }

    /// `am_send`: what `await` and `yield from` drive.
    pub fn send<F: Copy + 'static + Fn(Py, &T, Value) -> PyResult<slots::Sent>>(
        &mut self,
        _f: F,
    ) -> &mut Self {
        self.asynchronous().am_send = Some(slots::send::<T, F>);
        self
    }

    /// The buffer protocol.
    pub fn buffer(&mut self, get: getbufferproc, release: releasebufferproc) -> &mut Self {
        let procs = group(&mut self.raw().tp_as_buffer, PyBufferProcs::ZERO);
        procs.bf_getbuffer = get;
        procs.bf_releasebuffer = release;
        self
    }

    /// `tp_dealloc`, for the builtin layouts.
    pub fn dealloc_raw(
        &mut self,
        dealloc: unsafe extern "C-unwind" fn(*mut PyObject),
    ) -> &mut Self {
        self.raw().tp_dealloc = Some(dealloc);
        self
    }

    /// `tp_traverse` and `tp_clear`, for the builtin layouts; the type joins the collector.
    pub fn gc_raw(
        &mut self,
        traverse: unsafe extern "C-unwind" fn(*mut PyObject, visitproc, *mut c_void) -> c_int,
        clear: unsafe extern "C-unwind" fn(*mut PyObject) -> c_int,
    ) -> &mut Self {
        self.raw().tp_traverse = Some(traverse);
        self.raw().tp_clear = Some(clear);
        self.flags(Py_TPFLAGS_HAVE_GC)
    }

    /// Direct access to the C struct, for the few slots without a method here.
    pub fn with_raw(&mut self, f: impl FnOnce(&mut PyTypeObject)) -> &mut Self {
        f(self.raw());
        self
    }

    /// Makes the type ready: bases, MRO, inherited slots.
    pub fn finish(&mut self) {
        if let Some(pending) = self.pending.take() {
            ready(self.ty, pending);
        }
    }
}

/// A group of slots, made where there is none yet.
fn group<G: 'static>(slot: &mut *mut G, empty: G) -> &'static mut G {
    if slot.is_null() {
        *slot = Box::into_raw(Box::new(empty));
    }
    // SAFETY: it was made here and lives as long as the process.
    unsafe { &mut **slot }
}
