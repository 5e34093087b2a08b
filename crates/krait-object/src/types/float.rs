//! `float`: CPython's struct.

use krait_abi::*;

use super::typeobject::{StaticType, Type};
use crate::errors;
use crate::object::{Builtin, Layout, Object, Owned};

pub mod methods;

/// A `float` on the heap.
#[repr(transparent)]
pub struct Float(PyFloatObject, crate::object::Counted);

#[unsafe(export_name = "PyFloat_Type")]
pub static FLOAT: StaticType = StaticType::new();

// SAFETY: the struct begins with the header.
unsafe impl Layout for Float {}
// SAFETY: instances of float and its subtypes have the layout.
unsafe impl Builtin for Float {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &FLOAT
    }
}

impl Float {
    #[inline(always)]
    pub fn get(&self) -> f64 {
        self.0.ob_fval
    }

    #[inline]
    pub fn new(value: f64) -> Owned<Float> {
        // SAFETY: the block is fresh and large enough; all fields are written here.
        unsafe {
            let ptr =
                krait_heap::alloc_object(size_of::<PyFloatObject>(), false).cast::<PyFloatObject>();
            if ptr.is_null() {
                errors::out_of_memory();
            }
            (*ptr).ob_base = PyObject::new_heap(FLOAT.as_type_ptr());
            (*ptr).ob_fval = value;
            Owned::from_raw(ptr.cast())
        }
    }

    /// An instance of a subclass.
    pub fn new_in(class: &Type, value: f64) -> crate::py::PyResult<Owned> {
        let raw = class.allocate(0)?;
        // SAFETY: the block has the class's size, which covers the struct.
        unsafe {
            (*raw.cast::<PyFloatObject>()).ob_fval = value;
            class.track_new(raw);
            Ok(Owned::from_raw(raw.cast()))
        }
    }
}

pub(crate) unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying object.
    unsafe { Type::from_ptr((*object).ob_type).free_instance(object) }
}

pub(crate) fn define() {
    let mut b =
        crate::native::TypeBuilder::<Float>::new(&FLOAT, "float", size_of::<PyFloatObject>());
    b.subclassable()
        .flags(_Py_TPFLAGS_MATCH_SELF)
        .dealloc_raw(dealloc);
    methods::define(&mut b);
    b.silent().finish();
}

/// The object as a float, for code that has checked the type.
pub fn value_of(object: &Object) -> Option<f64> {
    object.downcast::<Float>().map(Float::get)
}
