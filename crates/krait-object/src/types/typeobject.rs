//! `Type`: CPython's `PyTypeObject` with what Krait hangs on it.
//!
//! What always holds of a ready type: it has a dict, a base (but for `object`), an MRO
//! tuple and a deallocator; its slots agree with the special methods found along the
//! MRO; `version` changes whenever an attribute lookup on it may change.

use std::cell::{Cell, OnceCell, RefCell};
use std::ffi::{CStr, c_void};
use std::ops::Deref;

use krait_abi::*;

use super::attached::Attached;
use super::attributes::{AttributeStore, Shape};
use super::dict::Dict;
use super::pending::Pending;
use super::str::Str;
use super::tuple::Tuple;
use crate::errors;
use crate::native::NativeDef;
use crate::object::{Builtin, Layout, Object, Owned};
use crate::py::{GilCell, Py, PyResult, Raised};
use crate::value::Value;

/// Any type object.
#[repr(transparent)]
pub struct Type(std::cell::UnsafeCell<PyTypeObject>);

// SAFETY: a PyTypeObject begins with the header.
unsafe impl Layout for Type {}
// SAFETY: instances of `type` and of metaclasses are type objects.
unsafe impl Builtin for Type {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &TYPE
    }
    #[inline(always)]
    fn is_instance(object: &Object) -> bool {
        object.ty().has_flag(Py_TPFLAGS_TYPE_SUBCLASS)
    }
}

/// A type object in static memory.
#[repr(transparent)]
pub struct StaticType(Static<PyTypeObject>);

impl StaticType {
    #[allow(clippy::new_without_default, reason = "only for statics")]
    pub const fn new() -> StaticType {
        StaticType(Static::new(PyTypeObject::ZERO))
    }

    pub const fn as_type_ptr(&self) -> *mut PyTypeObject {
        self.0.as_ptr()
    }

    #[inline(always)]
    pub fn is_ready(&self) -> bool {
        self.has_flag(Py_TPFLAGS_READY)
    }
}

impl Deref for StaticType {
    type Target = Type;
    #[inline(always)]
    fn deref(&self) -> &Type {
        // SAFETY: a static type lives for ever and has a type's layout.
        unsafe { Type::from_ptr(self.0.as_ptr()) }
    }
}

/// `type` itself.
#[unsafe(export_name = "PyType_Type")]
pub static TYPE: StaticType = StaticType::new();
/// `object`.
#[unsafe(export_name = "PyBaseObject_Type")]
pub static OBJECT: StaticType = StaticType::new();

/// Set in `tp_flags` of types whose instances have room behind `tp_basicsize` (a bit that
/// CPython leaves to Stackless Python).
pub const STORAGE_BEHIND: std::ffi::c_ulong = 1 << 15;

/// `tp_iternext` as a function of Rust, which boxes no numbers.
pub type NextValue = unsafe fn(Py, &Object) -> PyResult<Option<Value>>;

/// `this[index]` by a small index, without a box; `None` where the slots are to be asked.
pub type ItemAt = unsafe fn(Py, &Object, i64) -> Option<Value>;

/// `this[index] = value` in the same way; false where the slots are to be asked, and nothing
/// is done then.
pub type AssignAt = unsafe fn(Py, &Object, i64, &Value) -> bool;

/// What Krait keeps for a type beyond CPython's struct.
#[derive(Default)]
pub struct TypeExt {
    pub native_new: Cell<Option<&'static NativeDef>>,
    pub native_init: Cell<Option<&'static NativeDef>>,
    pub native_call: Cell<Option<&'static NativeDef>>,
    /// The type's own `tp_iternext`, for callers who take values.
    pub native_next: Cell<Option<NextValue>>,
    /// The type's own short cuts of `mp_subscript` and `mp_ass_subscript`.
    pub item_at: Cell<Option<ItemAt>>,
    pub assign_at: Cell<Option<AssignAt>>,
    /// Where Krait's attribute storage begins in instances; 0 where there is none,
    /// -1 where it follows the variable part.
    pub attrs_offset: Cell<isize>,
    /// How many attributes fit into the instance itself.
    pub inline_attrs: Cell<u32>,
    pub root_shape: Cell<*mut Shape>,
    /// Living direct subclasses, not counted.
    pub subclasses: RefCell<Vec<*mut PyTypeObject>>,
    /// Root shapes that were given up while instances still had their shapes.
    pub retired_shapes: RefCell<Vec<*mut Shape>>,
    /// Where the fixed part of instances ends: the weak reference list's head and the
    /// attribute storage, if they lie behind it, move further in subclasses that add to
    /// the fixed part. 0 where all of `tp_basicsize` is fixed.
    pub fixed_size: Cell<usize>,
    /// How many attributes the classes' own code is known to set.
    pub static_attrs: Cell<u32>,
    /// Bytes of instances behind `tp_basicsize`: places that C code must not see in the
    /// size, since it compares that with its struct's. With `STORAGE_BEHIND` only.
    pub hidden: Cell<usize>,
    /// Offsets of the places in the instance that the type's `__slots__` made.
    pub slot_offsets: RefCell<Vec<usize>>,
    /// How many fields a struct sequence shows, and has.
    pub(super) fields: Cell<Option<(usize, usize)>>,
    /// Nothing but memory is given back where an instance ends.
    pub silent: Cell<bool>,
    /// What the dict will hold, until something looks into it.
    pub(super) pending: super::pending::Place,
    /// What a native metaclass keeps with the class.
    pub(super) attached: OnceCell<Box<dyn Attached>>,
}

/// Next type version to be handed out.
static NEXT_VERSION: GilCell<Cell<u32>> = GilCell::new(Cell::new(1));

impl Type {
    /// # Safety
    /// The pointer is to a living type.
    #[inline(always)]
    pub const unsafe fn from_ptr<'a>(ptr: *mut PyTypeObject) -> &'a Type {
        // SAFETY: same layout; the contract says that it lives.
        unsafe { &*ptr.cast::<Type>() }
    }

    #[inline(always)]
    pub const fn as_type_ptr(&self) -> *mut PyTypeObject {
        self.0.get()
    }

    /// The C struct, for reading slots.
    #[inline(always)]
    pub fn raw(&self) -> &PyTypeObject {
        // SAFETY: the struct lives; slots are only replaced under the GIL, and no
        // reader keeps the reference across Python code.
        unsafe { &*self.0.get() }
    }

    #[inline(always)]
    pub fn has_flag(&self, flag: std::ffi::c_ulong) -> bool {
        self.raw().tp_flags & flag != 0
    }

    /// Whether attributes of the class cannot be set: a builtin one.
    pub fn is_immutable(&self) -> bool {
        self.has_flag(Py_TPFLAGS_IMMUTABLETYPE)
    }

    #[inline(always)]
    pub fn is(&self, other: &Type) -> bool {
        std::ptr::eq(self, other)
    }

    #[inline(always)]
    pub fn is_heap_type(&self) -> bool {
        self.has_flag(Py_TPFLAGS_HEAPTYPE)
    }

    /// Whether the two are the same, or this one derives from the other.
    #[inline(always)]
    pub fn is_subtype_of(&self, other: &Type) -> bool {
        self.is(other) || self.is_proper_subtype(other)
    }

    #[inline(never)]
    fn is_proper_subtype(&self, other: &Type) -> bool {
        match self.mro() {
            Some(mro) => mro
                .iter()
                .any(|t| std::ptr::eq(t.as_ptr().cast(), other.as_type_ptr())),
            None => {
                let mut base = self.base();
                while let Some(b) = base {
                    if b.is(other) {
                        return true;
                    }
                    base = b.base();
                }
                other.is(&OBJECT)
            }
        }
    }

    /// `tp_name`: for heap types the plain name, for static ones with the module.
    pub fn full_name(&self) -> &str {
        let name = self.raw().tp_name;
        if name.is_null() {
            return "?";
        }
        // SAFETY: a type's name is a C string that lives as long as the type.
        unsafe { CStr::from_ptr(name) }.to_str().unwrap_or("?")
    }

    /// `tp_name` as CPython's error texts show it (`%T` without module for heap types).
    pub fn name(&self) -> &str {
        self.full_name()
    }

    /// The last part of the name, as `__name__` gives it for static types.
    pub fn short_name(&self) -> &str {
        let name = self.full_name();
        if self.is_heap_type() {
            name
        } else {
            name.rsplit('.').next().unwrap_or(name)
        }
    }

    pub fn base(&self) -> Option<&Type> {
        let base = self.raw().tp_base;
        // SAFETY: a type keeps its base alive.
        (!base.is_null()).then(|| unsafe { Type::from_ptr(base) })
    }

    pub fn mro(&self) -> Option<&Tuple> {
        let mro = self.raw().tp_mro;
        // SAFETY: a type's MRO is a tuple that it owns.
        (!mro.is_null()).then(|| unsafe { Object::from_ptr(mro).cast_unchecked() })
    }

    /// The types along the MRO. Collected first, since a lookup may run code that
    /// changes `__bases__`.
    pub fn mro_types(&self) -> impl Iterator<Item = &Type> {
        let mro = self.mro();
        let count = mro.map_or(0, |m| m.len());
        (0..count).filter_map(move |i| {
            mro.and_then(|m| m.get_ref(i))
                .and_then(|t| t.downcast::<Type>())
        })
    }

    pub fn bases(&self) -> Option<&Tuple> {
        let bases = self.raw().tp_bases;
        // SAFETY: a type's bases are a tuple that it owns.
        (!bases.is_null()).then(|| unsafe { Object::from_ptr(bases).cast_unchecked() })
    }

    /// The type's own dict, which native types get when something first looks into it.
    #[inline(always)]
    pub fn dict(&self) -> &Dict {
        if self.raw().tp_dict.is_null() {
            super::pending::complete(self);
        }
        // SAFETY: a type owns its dict.
        unsafe { Object::from_ptr(self.raw().tp_dict).cast_unchecked() }
    }

    /// Whether the dict of a native type is still to be made.
    pub fn is_pending(&self) -> bool {
        self.raw().tp_dict.is_null() && self.ext().pending.borrow().is_some()
    }

    /// Gives a type that C has not made ready a dict; whether it had none.
    pub fn give_dict(&self) -> bool {
        let missing = self.raw().tp_dict.is_null() && !self.is_pending();
        self.dict();
        missing
    }

    /// What Krait keeps for the type.
    #[inline(always)]
    pub fn ext(&self) -> &TypeExt {
        let raw = self.as_type_ptr();
        // SAFETY: `tp_cache` is Krait's; the record lives as long as the type.
        unsafe {
            if (*raw).tp_cache.is_null() {
                make_ext(raw);
            }
            &*(*raw).tp_cache.cast::<TypeExt>()
        }
    }

    #[inline(always)]
    fn ext_if_any(&self) -> Option<&TypeExt> {
        // SAFETY: `tp_cache` is Krait's, null where the type has no record yet.
        unsafe { self.raw().tp_cache.cast::<TypeExt>().as_ref() }
    }

    /// The type's own `tp_iternext` in Rust; none where it is inherited or C's.
    #[inline(always)]
    pub(crate) fn native_next(&self) -> Option<NextValue> {
        self.ext_if_any()?.native_next.get()
    }

    /// `object[index]` by the short cut of the object's type.
    #[inline(always)]
    pub fn item_at(py: Py, object: &Object, index: i64) -> Option<Value> {
        let get = object.ty().ext_if_any()?.item_at.get()?;
        // SAFETY: the function is of the object's own type.
        unsafe { get(py, object, index) }
    }

    /// `object[index] = value` by the short cut of the object's type; false where it has none
    /// for this.
    #[inline(always)]
    pub fn assign_at(py: Py, object: &Object, index: i64, value: &Value) -> bool {
        let ext = object.ty().ext_if_any();
        // SAFETY: as above.
        ext.and_then(|ext| ext.assign_at.get())
            .is_some_and(|set| unsafe { set(py, object, index, value) })
    }

    /// The version for caches; given out at first use, and again after a change.
    #[inline(always)]
    pub fn version(&self, py: Py) -> u32 {
        match self.raw().tp_version_tag {
            0 => self.assign_version(py),
            version => version,
        }
    }

    #[cold]
    fn assign_version(&self, py: Py) -> u32 {
        let next = NEXT_VERSION.get(py);
        let version = next.get();
        if version == u32::MAX {
            return 0; // never matches: a cache keeps no zero
        }
        next.set(version + 1);
        if let Some(mro) = self.mro() {
            for base in mro.iter().filter_map(|b| b.downcast::<Type>()) {
                if !base.is(self) {
                    base.version(py);
                }
            }
        }
        // SAFETY: the GIL is held, and nobody holds a reference into the field.
        unsafe {
            (*self.as_type_ptr()).tp_version_tag = version;
            (*self.as_type_ptr()).tp_flags |= Py_TPFLAGS_VALID_VERSION_TAG;
        }
        version
    }

    /// Tells caches that lookups on the type and its subclasses may have changed.
    pub fn modified(&self) {
        // SAFETY: the GIL is held, and nobody holds a reference into the field.
        unsafe {
            if (*self.as_type_ptr()).tp_version_tag == 0 {
                return;
            }
            (*self.as_type_ptr()).tp_version_tag = 0;
            (*self.as_type_ptr()).tp_flags &= !Py_TPFLAGS_VALID_VERSION_TAG;
        }
        for sub in self.subclasses() {
            sub.modified();
        }
    }

    /// Living direct subclasses.
    pub fn subclasses(&self) -> Vec<Owned<Type>> {
        let list = self.ext().subclasses.borrow();
        // SAFETY: a subclass takes itself off the list before it dies.
        let types = list.iter().map(|&t| unsafe { Type::from_ptr(t) });
        // One whose count is zero is on its way out.
        types
            .filter(|t| t.as_object().refcount() != 0)
            .map(Layout::to_owned)
            .collect()
    }

    /// The attribute found along the MRO, without descriptors or metaclass.
    #[inline]
    pub fn lookup(&self, py: Py, name: &Str) -> Option<Value> {
        super::method_cache::lookup(py, self, name)
    }

    /// The lookup itself; `method_cache` stands before it.
    pub(super) fn lookup_uncached(&self, py: Py, name: &Str) -> Option<Value> {
        let Some(mro) = self.mro() else {
            return self.dict().get_str_key(py, name);
        };
        mro.iter()
            .filter_map(|t| t.downcast::<Type>())
            .find_map(|t| t.dict().get_str_key(py, name))
    }

    /// A fresh zeroed instance with its header set, not yet tracked by the collector.
    pub fn allocate(&self, items: usize) -> PyResult<*mut PyObject> {
        let raw = self.raw();
        let mut size = raw.tp_basicsize as usize;
        debug_assert!(
            size >= size_of::<PyObject>(),
            "instance of a type without size"
        );
        if raw.tp_itemsize != 0 {
            let Some(extra) = (items + 1).checked_mul(raw.tp_itemsize as usize) else {
                return errors::no_memory();
            };
            size = (size + extra).next_multiple_of(8);
            if self.ext().attrs_offset.get() < 0 {
                size += AttributeStore::size(self.ext().inline_attrs.get());
            }
        }
        if self.has_flag(STORAGE_BEHIND) {
            size += self.ext().hidden.get();
        }
        // SAFETY: the block is fresh and of the size asked for.
        unsafe {
            let ptr = krait_heap::alloc_object(size, self.has_flag(Py_TPFLAGS_HAVE_GC))
                .cast::<PyObject>();
            if ptr.is_null() {
                return errors::no_memory();
            }
            std::ptr::write_bytes(ptr.cast::<u8>(), 0, size);
            (*ptr).ob_refcnt = 1;
            (*ptr).ob_type = self.as_type_ptr();
            if raw.tp_itemsize != 0 && !self.has_flag(Py_TPFLAGS_LONG_SUBCLASS) {
                (*ptr.cast::<PyVarObject>()).ob_size = items as isize;
            }
            if self.is_heap_type() {
                self.as_object().incref();
            }
            Ok(ptr)
        }
    }

    /// Hands a filled instance to the collector, where its type takes part.
    ///
    /// # Safety
    /// The object came from `allocate` and all its fields are valid.
    #[inline(always)]
    pub unsafe fn track_new(&self, object: *mut PyObject) {
        if self.has_flag(Py_TPFLAGS_HAVE_GC) {
            // SAFETY: it is a block of the collector's pages.
            unsafe { krait_heap::track(object.cast()) }
        }
    }

    /// # Safety
    /// The object is an instance of this type.
    #[inline(always)]
    pub unsafe fn untrack(&self, object: *mut PyObject) {
        if self.has_flag(Py_TPFLAGS_HAVE_GC) {
            // SAFETY: it is a block of the collector's pages.
            unsafe { krait_heap::untrack(object.cast()) }
        }
    }

    /// Clears the weak references to a dying instance, where its type allows any.
    ///
    /// # Safety
    /// The object is a dying instance of this type.
    #[inline(always)]
    pub unsafe fn clear_weakrefs(&self, object: *mut PyObject) {
        if self.raw().tp_weaklistoffset > 0 {
            // SAFETY: the type says where the list's head is.
            unsafe { super::weakref::object_dies(object) }
        }
    }

    /// Ends a native instance: attribute storage and memory. The reference to its type
    /// is given back by `subtype_dealloc`, as in CPython.
    ///
    /// # Safety
    /// The object is dead and its native part has been dropped.
    #[inline]
    pub unsafe fn free_instance(&self, object: *mut PyObject) {
        // SAFETY: nobody uses the object any more.
        unsafe {
            if self.ext().attrs_offset.get() != 0 {
                AttributeStore::clear_all(object);
            }
            krait_heap::free_object(object.cast());
        }
    }

    /// Where the fixed part of instances ends.
    pub fn fixed_size(&self) -> usize {
        match self.ext().fixed_size.get() {
            0 => self.raw().tp_basicsize as usize,
            size => size,
        }
    }

    /// Says for a class and its subclasses whether sequence or mapping patterns match their
    /// instances (`__abc_tpflags__`); the flag is one of the two, or none. Immutable types
    /// stay as they are.
    pub fn set_collection_flag(&self, flag: std::ffi::c_ulong) {
        const BOTH: std::ffi::c_ulong = Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_MAPPING;
        let old = self.raw().tp_flags;
        if self.has_flag(Py_TPFLAGS_IMMUTABLETYPE) || old & BOTH == flag {
            return;
        }
        // SAFETY: the GIL is held; the flag is only read by value.
        unsafe { (*self.as_type_ptr()).tp_flags = old & !BOTH | flag & BOTH };
        self.modified();
        for class in self.subclasses() {
            class.set_collection_flag(flag);
        }
    }

    /// From now on instances keep no more than so many attributes in themselves.
    pub fn limit_inline_attributes(&self, count: u32) {
        let ext = self.ext();
        if ext.inline_attrs.get() <= count {
            return;
        }
        let root = ext.root_shape.replace(std::ptr::null_mut());
        if !root.is_null() {
            // Instances that exist have shapes below it.
            ext.retired_shapes.borrow_mut().push(root);
        }
        // What follows a variable part is sized by the number, and shrinks for new ones.
        ext.inline_attrs.set(count);
        self.modified();
    }

    /// Gives instances Krait's attribute storage after their present struct.
    pub fn add_attribute_storage(&self) {
        let (raw, ext) = (self.as_type_ptr(), self.ext());
        // SAFETY: the type is being built.
        unsafe {
            if (*raw).tp_itemsize != 0 {
                ext.attrs_offset.set(-1);
            } else {
                (*raw).tp_basicsize = ((*raw).tp_basicsize as usize).next_multiple_of(8) as isize;
                if ext.fixed_size.get() == 0 {
                    ext.fixed_size.set((*raw).tp_basicsize as usize);
                }
                ext.attrs_offset.set((*raw).tp_basicsize);
                (*raw).tp_basicsize += AttributeStore::size(ext.inline_attrs.get()) as isize;
            }
            (*raw).tp_dictoffset = -1;
            (*raw).tp_flags |= Py_TPFLAGS_MANAGED_DICT;
        }
    }
}

impl std::fmt::Debug for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<type {}>", self.full_name())
    }
}

#[cold]
#[inline(never)]
fn make_ext(raw: *mut PyTypeObject) {
    // SAFETY: the GIL is held; the field is Krait's and empty.
    unsafe { (*raw).tp_cache = Box::into_raw(Box::<TypeExt>::default()).cast() }
}

/// Gives the types that others are made with their sizes and flags, before any type is
/// defined: descriptors, strings and dicts are made while these types are built.
pub(crate) fn bootstrap() {
    use super::slotdefs::wrapper::WRAPPER_DESCRIPTOR;
    use super::{bytes, descriptor, dict, int, list, str, tuple};
    let gc = Py_TPFLAGS_HAVE_GC;
    let types: [(&StaticType, usize, std::ffi::c_ulong); 14] = [
        (
            &TYPE,
            size_of::<PyHeapTypeObject>(),
            Py_TPFLAGS_TYPE_SUBCLASS | gc,
        ),
        (&OBJECT, size_of::<PyObject>(), 0),
        (&str::STR, 0, Py_TPFLAGS_UNICODE_SUBCLASS),
        (
            &dict::DICT,
            size_of::<PyDictObject>(),
            Py_TPFLAGS_DICT_SUBCLASS | gc,
        ),
        (&tuple::TUPLE, 0, Py_TPFLAGS_TUPLE_SUBCLASS | gc),
        (
            &list::LIST,
            size_of::<PyListObject>(),
            Py_TPFLAGS_LIST_SUBCLASS | gc,
        ),
        (&int::INT, 0, Py_TPFLAGS_LONG_SUBCLASS),
        (&bytes::BYTES, 0, Py_TPFLAGS_BYTES_SUBCLASS),
        (&WRAPPER_DESCRIPTOR, size_of::<PyWrapperDescrObject>(), gc),
        (
            &descriptor::function::FUNCTION,
            size_of::<PyCFunctionObject>(),
            gc,
        ),
        (
            &descriptor::getset::GETSET,
            size_of::<PyGetSetDescrObject>(),
            gc,
        ),
        (
            &descriptor::member::MEMBER,
            size_of::<PyMemberDescrObject>(),
            gc,
        ),
        (
            &descriptor::method::METHOD,
            size_of::<PyMethodDescrObject>(),
            gc,
        ),
        (
            &descriptor::method::CLASS_METHOD,
            size_of::<PyMethodDescrObject>(),
            gc,
        ),
    ];
    for (ty, size, flags) in types {
        let raw = ty.as_type_ptr();
        // SAFETY: called once, before any type is in use.
        unsafe {
            (*raw).ob_base.ob_base = PyObject::head_init(TYPE.as_type_ptr());
            (*raw).tp_basicsize = size as isize;
            (*raw).tp_flags |= flags;
            if (*raw).tp_dealloc.is_none() {
                (*raw).tp_dealloc = Some(early_dealloc);
            }
        }
    }
}

/// Ends what dies before its type is defined: a few names, whose memory stays.
unsafe extern "C-unwind" fn early_dealloc(object: *mut PyObject) {
    // SAFETY: a dead object is not to be visited.
    unsafe { krait_heap::untrack(object.cast()) }
}

/// Completes a static type: base, MRO, inherited slots. Its dict is made when it is asked for.
pub fn ready(ty: &'static StaticType, mut pending: Pending) {
    let raw = ty.as_type_ptr();
    // SAFETY: the type is being built, nobody else uses it.
    unsafe {
        if (*raw).tp_base.is_null() && !std::ptr::eq(ty, &OBJECT) {
            (*raw).tp_base = OBJECT.as_type_ptr();
        }
        (*raw).tp_flags |= _Py_TPFLAGS_STATIC_BUILTIN;
        if (*raw).tp_bases.is_null() {
            (*raw).tp_bases = match ty.base() {
                Some(base) => Tuple::from_objects([base.as_object()]).into_ptr(),
                None => Tuple::empty().into_ptr(),
            };
        }
    }
    // SAFETY: types are built with the GIL held.
    let py = unsafe { Py::assume() };
    let own_equality = pending.note_slots(py, ty);
    *ty.ext().pending.borrow_mut() = Some(Box::new(pending));
    if inherit(py, ty, own_equality).is_err() {
        errors::fatal("a builtin type cannot be made ready", ty.full_name());
    }
    if !ty.raw().tp_dict.is_null() {
        super::pending::complete(ty);
    }
}

/// Completes a type of C's: MRO, inheritance, wrappers.
pub fn finish_ready(py: Py, ty: &Type) -> PyResult<()> {
    super::slotdefs::add_wrappers(py, ty)?;
    inherit(py, ty, super::inherit::defines_equality(py, ty))?;
    super::type_methods::set_native_doc(py, ty)
}

/// MRO and inheritance.
fn inherit(py: Py, ty: &Type, own_equality: bool) -> PyResult<()> {
    let mro = super::mro::compute(py, ty)?;
    // SAFETY: the type is being made ready; the MRO's reference passes to it.
    unsafe { (*ty.as_type_ptr()).tp_mro = mro.into_ptr() };
    super::inherit::inherit_all(py, ty, own_equality)?;
    // SAFETY: as above.
    unsafe { (*ty.as_type_ptr()).tp_flags |= Py_TPFLAGS_READY };
    if let Some(bases) = ty.bases() {
        for base in bases.iter().filter_map(|b| b.downcast::<Type>()) {
            base.ext().subclasses.borrow_mut().push(ty.as_type_ptr());
        }
    }
    Ok(())
}

/// The nearest definition along the MRO.
fn first_along_mro(
    ty: &Type,
    get: impl Fn(&TypeExt) -> Option<&'static NativeDef>,
) -> Option<&'static NativeDef> {
    if let Some(def) = get(ty.ext()) {
        return Some(def);
    }
    match ty.mro() {
        Some(mro) => mro
            .iter()
            .skip(1)
            .filter_map(|t| t.downcast::<Type>())
            .find_map(|t| get(t.ext())),
        None => nearest(ty, get),
    }
}

/// The nearest definition along the bases that give the layout.
fn nearest<'a>(
    ty: &'a Type,
    get: impl Fn(&TypeExt) -> Option<&'static NativeDef>,
) -> Option<&'static NativeDef> {
    let mut at: Option<&'a Type> = Some(ty);
    while let Some(t) = at {
        if let Some(def) = get(t.ext()) {
            return Some(def);
        }
        at = t.base();
    }
    None
}

/// Calls a native definition with C's argument tuple and keyword dict.
///
/// # Safety
/// The pointers are what C passes to `tp_new`, `tp_init` or `tp_call`.
unsafe fn call_with_tuple(
    py: Py,
    def: &'static NativeDef,
    this: &Object,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> PyResult {
    // SAFETY: a tuple and a dict or NULL, alive during the call.
    let (args, kwargs) = unsafe {
        (
            (!args.is_null()).then(|| Object::from_ptr(args).cast_unchecked::<Tuple>()),
            (!kwargs.is_null()).then(|| Object::from_ptr(kwargs).cast_unchecked::<Dict>()),
        )
    };
    crate::protocol::call::with_flat_arguments(py, args, kwargs, |values, names| {
        def.call(py, Some(this), values, names)
    })
}

/// `tp_new` of types with a native constructor.
///
/// # Safety
/// Called as C calls the slot: with the GIL and living arguments of its kinds.
#[inline(never)]
pub unsafe extern "C-unwind" fn native_new_slot(
    ty: *mut PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: C calls slots with the GIL and valid arguments.
    let (py, class) = unsafe { (Py::assume(), Type::from_ptr(ty)) };
    // A constructor that C calls for a class whose own layout is another base's.
    let def = native_new_def(class).or_else(|| first_along_mro(class, |e| e.native_new.get()));
    let Some(def) = def else {
        let failed = crate::raise!(py, TypeError, "cannot create '{}' instances", class.name());
        return crate::native::slots::to_c(failed);
    };
    // SAFETY: as above.
    crate::native::slots::to_c(unsafe { call_with_tuple(py, def, class.as_object(), args, kwargs) })
}

/// `tp_init` of types with a native initialiser.
///
/// # Safety
/// Called as C calls the slot: with the GIL and living arguments of its kinds.
#[inline(never)]
pub unsafe extern "C-unwind" fn native_init_slot(
    object: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> std::ffi::c_int {
    // SAFETY: C calls slots with the GIL and valid arguments.
    let (py, this) = unsafe { (Py::assume(), Object::from_ptr(object)) };
    let Some(def) = native_init_def(this.ty()) else {
        return 0;
    };
    // SAFETY: as above.
    if unsafe { call_with_tuple(py, def, this, args, kwargs) }.is_ok() {
        0
    } else {
        -1
    }
}

/// `tp_call` of types with a native call.
///
/// # Safety
/// Called as C calls the slot: with the GIL and living arguments of its kinds.
#[inline(never)]
pub unsafe extern "C-unwind" fn native_call_slot(
    object: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: C calls slots with the GIL and valid arguments.
    let (py, this) = unsafe { (Py::assume(), Object::from_ptr(object)) };
    let Some(def) = native_call_def(this.ty()) else {
        return std::ptr::null_mut();
    };
    // SAFETY: as above.
    crate::native::slots::to_c(unsafe { call_with_tuple(py, def, this, args, kwargs) })
}

/// The native definition behind a type's `tp_call`, if it is Krait's.
pub fn native_call_def(ty: &Type) -> Option<&'static NativeDef> {
    first_along_mro(ty, |e| e.native_call.get())
}

/// The native definition behind a type's `tp_new`, if it is Krait's.
pub fn native_new_def(ty: &Type) -> Option<&'static NativeDef> {
    nearest(ty, |e| e.native_new.get())
}

/// The native definition behind a type's `tp_init`, if it is Krait's.
pub fn native_init_def(ty: &Type) -> Option<&'static NativeDef> {
    first_along_mro(ty, |e| e.native_init.get())
}

/// `tp_hash` of unhashable types; extensions compare slots with it.
///
/// # Safety
/// Called as C calls the slot: with the GIL and living arguments of its kinds.
#[unsafe(export_name = "PyObject_HashNotImplemented")]
#[inline(never)]
pub unsafe extern "C-unwind" fn unhashable(object: *mut PyObject) -> isize {
    // SAFETY: C calls slots with the GIL and valid arguments.
    let (py, object) = unsafe { (Py::assume(), Object::from_ptr(object)) };
    let _: Result<(), Raised> =
        crate::raise!(py, TypeError, "unhashable type: '{}'", object.ty().name());
    -1
}

/// A function pointer as an address, for comparing slots.
pub fn address<F: Copy>(f: Option<F>) -> *const c_void {
    const { assert!(size_of::<Option<F>>() == size_of::<*const c_void>()) };
    // SAFETY: an optional function pointer is a pointer in size and form.
    unsafe { std::mem::transmute_copy(&f) }
}
