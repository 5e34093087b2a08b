//! `set` and `frozenset`: one struct, CPython's, and one table.

use std::cell::{OnceCell, UnsafeCell};
use std::ffi::{c_int, c_void};
use std::ops::Deref;

use krait_abi::*;

use super::dict::{Dict, explain, hash_value, quiet_hash};
use super::typeobject::{StaticType, Type};
use crate::gc::Visitor;
use crate::native::TypeBuilder;
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol;
use crate::py::{GilCell, Py, PyResult};
use crate::value::Value;

mod compare;
mod iterator;
mod methods;
mod operations;
mod table;

pub use iterator::SetIter;

/// A `set` or a `frozenset`.
#[repr(transparent)]
pub struct AnySet(UnsafeCell<PySetObject>);

/// A `set`.
#[repr(transparent)]
pub struct Set(AnySet);

/// A `frozenset`.
#[repr(transparent)]
pub struct FrozenSet(AnySet);

#[unsafe(export_name = "PySet_Type")]
pub static SET: StaticType = StaticType::new();
#[unsafe(export_name = "PyFrozenSet_Type")]
pub static FROZENSET: StaticType = StaticType::new();

// SAFETY: the struct begins with the header.
unsafe impl Layout for AnySet {}
// SAFETY: as above.
unsafe impl Layout for Set {}
// SAFETY: as above.
unsafe impl Layout for FrozenSet {}

// SAFETY: instances of set and frozenset and of their subtypes have the layout.
unsafe impl Builtin for AnySet {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &SET
    }
    #[inline(always)]
    fn is_instance(object: &Object) -> bool {
        let ty = object.ty();
        ty.is(&SET) || ty.is(&FROZENSET) || ty.is_subtype_of(&SET) || ty.is_subtype_of(&FROZENSET)
    }
}
// SAFETY: instances of set and its subtypes have the layout.
unsafe impl Builtin for Set {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &SET
    }
}
// SAFETY: instances of frozenset and its subtypes have the layout.
unsafe impl Builtin for FrozenSet {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &FROZENSET
    }
}

impl Deref for Set {
    type Target = AnySet;
    #[inline(always)]
    fn deref(&self) -> &AnySet {
        &self.0
    }
}

impl Deref for FrozenSet {
    type Target = AnySet;
    #[inline(always)]
    fn deref(&self) -> &AnySet {
        &self.0
    }
}

/// The one empty frozenset of exact type.
static EMPTY: GilCell<OnceCell<Owned<FrozenSet>>> = GilCell::new(OnceCell::new());

/// A set element's hash; the TypeError of one without says that it is about a set.
#[inline(always)]
pub(crate) fn hash_element(py: Py, element: &Value) -> PyResult<i64> {
    hash_value(py, element).map_err(|raised| explain(py, element, "as a set element", raised))
}

/// A new empty set of a type.
fn allocate(class: &Type) -> PyResult<Owned<AnySet>> {
    let raw = class.allocate(0)?;
    // SAFETY: the block has the class's size, which covers the struct.
    unsafe {
        let set = Owned::<AnySet>::from_raw(raw.cast());
        (*set.raw()).hash = -1;
        set.reset();
        class.track_new(raw);
        Ok(set)
    }
}

fn allocate_exact(class: &Type) -> Owned<AnySet> {
    match allocate(class) {
        Ok(set) => set,
        Err(_) => crate::errors::out_of_memory(),
    }
}

impl Set {
    /// An empty set.
    pub fn new() -> Owned<Set> {
        // SAFETY: an instance of set was made.
        unsafe { allocate_exact(&SET).cast_unchecked_owned() }
    }

    /// An empty instance of a subclass.
    pub fn new_in(class: &Type) -> PyResult<Owned<Set>> {
        // SAFETY: an instance of set or a subclass was made.
        Ok(unsafe { allocate(class)?.cast_unchecked_owned() })
    }

    /// A set of the elements of an iterable.
    pub fn from_iterable(py: Py, iterable: &Value) -> PyResult<Owned<Set>> {
        let set = Set::new();
        set.update(py, iterable)?;
        Ok(set)
    }

    /// Adds an element; whether it is new.
    pub fn add(&self, py: Py, element: &Value) -> PyResult<bool> {
        let hash = hash_element(py, element)?;
        self.add_hashed(py, element, hash)
    }

    /// Removes an element; whether it was there. A set that is looked for is taken as the
    /// frozenset that equals it.
    pub fn discard(&self, py: Py, element: &Value) -> PyResult<bool> {
        let taken = with_key(py, element, |key| {
            let hash = hash_element(py, key)?;
            self.remove_hashed(py, key, hash)
        })?;
        Ok(taken.is_some())
    }

    /// Takes some element out.
    pub fn pop(&self) -> Option<Value> {
        self.take_any()
    }
}

impl FrozenSet {
    /// The empty frozenset.
    pub fn empty(py: Py) -> Owned<FrozenSet> {
        // SAFETY: an instance of frozenset is made.
        EMPTY
            .get(py)
            .get_or_init(|| unsafe { allocate_exact(&FROZENSET).cast_unchecked_owned() })
            .clone()
    }

    /// A frozenset of the elements of an iterable.
    pub fn from_iterable(py: Py, iterable: &Value) -> PyResult<Owned<FrozenSet>> {
        if let Some(same) = iterable.downcast_exact::<FrozenSet>() {
            return Ok(Layout::to_owned(same));
        }
        let set = allocate_exact(&FROZENSET);
        set.update(py, iterable)?;
        if set.is_empty() {
            return Ok(FrozenSet::empty(py));
        }
        // SAFETY: an instance of frozenset was made.
        Ok(unsafe { set.cast_unchecked_owned() })
    }

    /// An instance of a subclass with the elements of an iterable.
    fn new_in(py: Py, class: &Type, iterable: Option<&Value>) -> PyResult<Owned<FrozenSet>> {
        if class.is(&FROZENSET) {
            return match iterable {
                Some(iterable) => FrozenSet::from_iterable(py, iterable),
                None => Ok(FrozenSet::empty(py)),
            };
        }
        let set = allocate(class)?;
        if let Some(iterable) = iterable {
            set.update(py, iterable)?;
        }
        // SAFETY: an instance of a subclass of frozenset was made.
        Ok(unsafe { set.cast_unchecked_owned() })
    }

    /// The hash, independent of the order of the elements.
    pub fn hash(&self) -> i64 {
        // SAFETY: the field is the set's own.
        let cached = unsafe { (*self.raw()).hash };
        if cached != -1 {
            return cached as i64;
        }
        let hash = self.hash_elements();
        // SAFETY: as above.
        unsafe { (*self.raw()).hash = hash as isize }
        hash
    }

    fn hash_elements(&self) -> i64 {
        let shuffle = |h: i64| {
            let h = h as u64;
            ((h ^ 89_869_747) ^ (h << 16)).wrapping_mul(3_644_798_167)
        };
        let mut hash = self.hashes().fold(0, |sum, h| sum ^ shuffle(h));
        hash ^= (self.len() as u64 + 1).wrapping_mul(1_927_868_237);
        hash ^= (hash >> 11) ^ (hash >> 25);
        hash = hash.wrapping_mul(69_069).wrapping_add(907_133_923);
        if hash == u64::MAX {
            590_923_713
        } else {
            hash as i64
        }
    }
}

impl AnySet {
    /// An object that is a set or frozenset and of no subclass.
    #[inline(always)]
    pub fn of_exact(object: &Object) -> Option<&AnySet> {
        let ty = object.ty();
        // SAFETY: instances of both have the layout.
        (ty.is(&SET) || ty.is(&FROZENSET)).then(|| unsafe { object.cast_unchecked() })
    }

    /// Whether an element is there. A set that is looked for is taken as the frozenset that
    /// equals it.
    #[inline]
    pub fn contains(&self, py: Py, element: &Value) -> PyResult<bool> {
        with_key(py, element, |key| {
            let hash = hash_element(py, key)?;
            self.contains_hashed(py, key, hash)
        })
    }

    /// Whether an element is there; nothing where only Python code can tell.
    #[inline]
    pub fn has_quietly(&self, element: &Value) -> Option<bool> {
        let hash = quiet_hash(element)?;
        self.holds_word(element.word(), hash).ok()
    }

    /// A new set or frozenset with the same elements: of plain type.
    pub fn copy_as(&self, py: Py, frozen: bool) -> PyResult<Owned<AnySet>> {
        let new = allocate(if frozen { &FROZENSET } else { &SET })?;
        new.merge_set(py, self)?;
        Ok(new)
    }

    /// Whether this is a frozenset.
    #[inline(always)]
    pub fn is_frozen(&self) -> bool {
        let object = self.as_object();
        !object.ty().is(&SET) && FrozenSet::is_instance(object)
    }

    /// The elements as they are now.
    pub fn to_vec(&self) -> Vec<Value> {
        let (mut pos, mut elements) = (0, Vec::with_capacity(self.len()));
        while let Some(element) = self.iter_step(&mut pos) {
            elements.push(element);
        }
        elements
    }

    /// Adds a new element to a set that is being made, of either kind (`PySet_Add`).
    pub fn add_unshared(&self, py: Py, element: &Value) -> PyResult<bool> {
        let hash = hash_element(py, element)?;
        self.add_hashed(py, element, hash)
    }

    /// Adds the keys of a dict.
    pub fn update_from_dict(&self, py: Py, dict: &Dict) -> PyResult<()> {
        self.make_room(dict.len())?;
        let mut pos = 0;
        while let Some((hash, key)) = dict.hashed_key_step(&mut pos) {
            self.add_hashed(py, &key, hash)?;
        }
        Ok(())
    }

    /// Adds all elements of an iterable.
    pub fn update(&self, py: Py, iterable: &Value) -> PyResult<()> {
        if let Some(set) = iterable.downcast::<AnySet>() {
            return self.merge_set(py, set);
        }
        if let Some(dict) = iterable.downcast_exact::<Dict>() {
            return self.update_from_dict(py, dict);
        }
        let mut elements = protocol::Iter::new(py, iterable)?;
        while let Some(element) = elements.next(py)? {
            self.add_unshared(py, &element)?;
        }
        Ok(())
    }
}

/// Calls with the element; where that is an unhashable set, with an equal frozenset.
fn with_key<R>(py: Py, element: &Value, mut run: impl FnMut(&Value) -> PyResult<R>) -> PyResult<R> {
    match run(element) {
        Err(raised) => {
            let Some(set) = element.downcast::<Set>() else {
                return Err(raised);
            };
            if !crate::errors::matches(py, &crate::exceptions::TypeError) {
                return Err(raised);
            }
            py.thread().take_exception();
            run(&Value::from(set.copy_as(py, true)?))
        }
        done => done,
    }
}

impl Owned<AnySet> {
    /// # Safety
    /// The object is of the type.
    unsafe fn cast_unchecked_owned<T: Layout>(self) -> Owned<T> {
        // SAFETY: both are the same struct; the reference passes on.
        unsafe { Owned::from_raw(self.into_raw().cast()) }
    }
}

unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying set.
    unsafe {
        let ty = Type::from_ptr((*object).ob_type);
        krait_heap::untrack(object.cast());
        ty.clear_weakrefs(object);
        Object::from_ptr(object)
            .cast_unchecked::<AnySet>()
            .release();
        ty.free_instance(object);
    }
}

unsafe extern "C-unwind" fn traverse(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut c_void,
) -> c_int {
    // SAFETY: called with a living set.
    let set = unsafe { Object::from_ptr(object).cast_unchecked::<AnySet>() };
    let mut visitor = Visitor::new(visit, arg);
    set.visit_all(&mut visitor);
    visitor.result()
}

unsafe extern "C-unwind" fn clear(object: *mut PyObject) -> c_int {
    // SAFETY: called with a living set.
    unsafe { Object::from_ptr(object).cast_unchecked::<AnySet>() }.clear();
    0
}

/// What both types have.
fn builder<T: Layout>(ty: &'static StaticType, name: &'static str) -> TypeBuilder<T> {
    let mut b = TypeBuilder::<T>::new(ty, name, size_of::<PySetObject>());
    b.subclassable()
        .flags(_Py_TPFLAGS_MATCH_SELF)
        .with_raw(|raw| {
            raw.tp_weaklistoffset = std::mem::offset_of!(PySetObject, weakreflist) as isize
        })
        .dealloc_raw(dealloc)
        .gc_raw(traverse, clear);
    b
}

/// Makes `set`, `frozenset` and their iterator ready.
pub(crate) fn define() {
    let mut b = builder::<Set>(&SET, "set");
    methods::define_set(&mut b);
    b.silent().finish();
    let mut b = builder::<FrozenSet>(&FROZENSET, "frozenset");
    methods::define_frozenset(&mut b);
    b.silent().finish();
    iterator::define();
}
