//! `cell`: a variable shared between a function and those defined in it.
//!
//! The layout is CPython's, so the content is an object: values are boxed when stored
//! and unboxed when loaded.

use krait_abi::{PyCellObject, PyObject, visitproc};
use krait_object::gc::Visitor;
use krait_object::native::TypeBuilder;
use krait_object::object::{Builtin, Layout, Object, Owned};
use krait_object::protocol::{self, CompareOp};
use krait_object::py::{Py, PyResult};
use krait_object::types::typeobject::{StaticType, Type};
use krait_object::value::Value;
use krait_object::{raise, singletons};

/// A `cell`.
#[repr(transparent)]
pub struct Cell(std::cell::UnsafeCell<PyCellObject>);

#[unsafe(export_name = "PyCell_Type")]
pub static CELL: StaticType = StaticType::new();

// SAFETY: the struct begins with the header.
unsafe impl Layout for Cell {}
// SAFETY: cell cannot be subclassed.
unsafe impl Builtin for Cell {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &CELL
    }
}

impl Cell {
    #[inline(always)]
    pub fn raw(&self) -> *mut PyCellObject {
        self.0.get()
    }

    pub fn new(content: Option<Value>) -> Owned<Cell> {
        let content = content.map_or(std::ptr::null_mut(), |v| v.into_object().into_ptr());
        // SAFETY: the block is fresh and large enough; all fields are written here.
        unsafe {
            let ptr =
                krait_heap::alloc_object(size_of::<PyCellObject>(), true).cast::<PyCellObject>();
            if ptr.is_null() {
                krait_object::errors::out_of_memory();
            }
            (*ptr).ob_base = PyObject::new_heap(CELL.as_type_ptr());
            (*ptr).ob_ref = content;
            krait_heap::track(ptr.cast());
            Owned::from_raw(ptr.cast())
        }
    }

    /// The content, unboxed; `None` while the variable is unbound.
    #[inline(always)]
    pub fn get(&self) -> Option<Value> {
        // SAFETY: null or an owned object.
        unsafe {
            let content = (*self.raw()).ob_ref;
            if content.is_null() {
                None
            } else {
                Some(Value::unboxed(Object::from_ptr(content)))
            }
        }
    }

    /// Replaces the content by an owned object. The old one, or null, is the caller's.
    #[inline(always)]
    pub fn replace_object(&self, new: *mut PyObject) -> *mut PyObject {
        // SAFETY: null or an owned object.
        unsafe { std::mem::replace(&mut (*self.raw()).ob_ref, new) }
    }

    /// Replaces the content; the old one is released last.
    #[inline(always)]
    pub fn set(&self, value: Option<Value>) {
        let new = value.map_or(std::ptr::null_mut(), |v| v.into_object().into_ptr());
        // SAFETY: null or an owned object; the new reference passes to the cell.
        unsafe {
            let old = std::mem::replace(&mut (*self.raw()).ob_ref, new);
            if !old.is_null() {
                Object::decref(old);
            }
        }
    }
}

unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying cell.
    unsafe {
        krait_heap::untrack(object.cast());
        Object::from_ptr(object).cast_unchecked::<Cell>().set(None);
        CELL.free_instance(object);
    }
}

unsafe extern "C-unwind" fn traverse(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut std::ffi::c_void,
) -> i32 {
    let mut visitor = Visitor::new(visit, arg);
    // SAFETY: called with a living cell.
    visitor.visit_ptr(unsafe { (*object.cast::<PyCellObject>()).ob_ref });
    visitor.result()
}

unsafe extern "C-unwind" fn clear(object: *mut PyObject) -> i32 {
    // SAFETY: called with a living cell.
    unsafe { Object::from_ptr(object).cast_unchecked::<Cell>() }.set(None);
    0
}

fn contents(py: Py, this: &Cell) -> PyResult {
    match this.get() {
        Some(value) => Ok(value),
        None => raise!(py, ValueError, "Cell is empty"),
    }
}

fn set_contents(_py: Py, this: &Cell, value: Option<&Object>) -> PyResult<()> {
    this.set(value.map(Value::unboxed));
    Ok(())
}

fn repr(_py: Py, this: &Cell) -> String {
    let address = this.as_object().as_ptr();
    match this.get() {
        None => format!("<cell at {address:p}: empty>"),
        Some(value) => {
            let content = value.to_object();
            let at = content.as_object().as_ptr();
            format!(
                "<cell at {address:p}: {} object at {at:p}>",
                value.ty().name()
            )
        }
    }
}

fn compare(py: Py, this: &Cell, other: &Object, op: CompareOp) -> PyResult {
    let Some(other) = other.downcast_exact::<Cell>() else {
        return Ok(Value::from_static(singletons::not_implemented()));
    };
    match (this.get(), other.get()) {
        (Some(a), Some(b)) => protocol::rich_compare(py, &a, &b, op),
        (a, b) => Ok(Value::bool(op.holds(a.is_some().cmp(&b.is_some())))),
    }
}

fn new(_py: Py, _class: &Type, contents: Option<&Value>) -> Owned<Cell> {
    Cell::new(contents.cloned())
}

pub(crate) fn define() {
    let mut b = TypeBuilder::<Cell>::new(&CELL, "cell", size_of::<PyCellObject>());
    b.doc("Create a new cell object.\n\n  contents\n    the contents of the cell. If not specified, the cell will be empty,\n    and \n further attempts to access its cell_contents attribute will\n    raise a ValueError.")
        .new_with("cell(contents=<unrepresentable>, /)", new)
        .repr(repr)
        .compare(compare)
        .unhashable()
        .getset("cell_contents", contents, set_contents)
        .dealloc_raw(dealloc)
        .gc_raw(traverse, clear);
    b.silent().finish();
}
