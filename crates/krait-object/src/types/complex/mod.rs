//! `complex`: CPython's struct.

use krait_abi::*;

use super::typeobject::{StaticType, Type};
use crate::errors;
use crate::native::TypeBuilder;
use crate::object::{Builtin, Layout, Object, Owned};
use crate::py::PyResult;

pub mod arith;
mod construct;
mod methods;

use arith::Parts;

/// A `complex`.
#[repr(transparent)]
pub struct Complex(PyComplexObject, crate::object::Counted);

#[unsafe(export_name = "PyComplex_Type")]
pub static COMPLEX: StaticType = StaticType::new();

// SAFETY: the struct begins with the header.
unsafe impl Layout for Complex {}
// SAFETY: instances of complex and its subtypes have the layout.
unsafe impl Builtin for Complex {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &COMPLEX
    }
}

impl Complex {
    #[inline(always)]
    pub fn real(&self) -> f64 {
        self.0.cval.real
    }

    #[inline(always)]
    pub fn imag(&self) -> f64 {
        self.0.cval.imag
    }

    #[inline(always)]
    pub fn parts(&self) -> Parts {
        Parts {
            real: self.real(),
            imag: self.imag(),
        }
    }

    #[inline]
    pub fn new(real: f64, imag: f64) -> Owned<Complex> {
        // SAFETY: the block is fresh and large enough; all fields are written here.
        unsafe {
            let ptr = krait_heap::alloc_object(size_of::<PyComplexObject>(), false)
                .cast::<PyComplexObject>();
            if ptr.is_null() {
                errors::out_of_memory();
            }
            (*ptr).ob_base = PyObject::new_heap(COMPLEX.as_type_ptr());
            (*ptr).cval = Py_complex { real, imag };
            Owned::from_raw(ptr.cast())
        }
    }

    fn from_parts(parts: Parts) -> Owned<Complex> {
        Complex::new(parts.real, parts.imag)
    }

    /// An instance of the class or a subclass.
    pub fn new_in(class: &Type, real: f64, imag: f64) -> PyResult<Owned> {
        if class.is(&COMPLEX) {
            return Ok(Complex::new(real, imag).upcast());
        }
        let raw = class.allocate(0)?;
        // SAFETY: the block has the class's size, which covers the struct.
        unsafe {
            (*raw.cast::<PyComplexObject>()).cval = Py_complex { real, imag };
            class.track_new(raw);
            Ok(Owned::<Object>::from_raw(raw.cast()))
        }
    }
}

pub use construct::of_value;

pub(crate) fn define() {
    let mut b = TypeBuilder::<Complex>::new(&COMPLEX, "complex", size_of::<PyComplexObject>());
    b.subclassable().dealloc_raw(super::float::dealloc);
    methods::define(&mut b);
    b.silent().finish();
}
