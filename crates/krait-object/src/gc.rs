//! What types tell the cycle collector: visiting of owned references. The collector's
//! own part stands in [`collector`], the inspection of the heap in [`inspect`],
//! whether a program's end needs it at all in [`silent`].

use std::cell::{Cell, OnceCell, RefCell};
use std::ffi::{c_int, c_void};

use krait_abi::{PyObject, visitproc};

use crate::object::{Layout, Object, Owned};
use crate::value::{Unpacked, Value};

pub mod collector;
pub mod inspect;
pub mod silent;

/// Reports references to the collector during `tp_traverse`.
pub struct Visitor {
    visit: visitproc,
    arg: *mut c_void,
    result: c_int,
}

impl Visitor {
    pub fn new(visit: visitproc, arg: *mut c_void) -> Visitor {
        Visitor {
            visit,
            arg,
            result: 0,
        }
    }

    #[inline(always)]
    pub fn visit(&mut self, object: &Object) {
        self.visit_ptr(object.as_ptr());
    }

    #[inline(always)]
    #[expect(
        clippy::not_unsafe_ptr_arg_deref,
        reason = "a visitor is only at work in `tp_traverse`, which shows its own references"
    )]
    pub fn visit_ptr(&mut self, object: *mut PyObject) {
        if self.result == 0
            && !object.is_null()
            && let Some(visit) = self.visit
        {
            // SAFETY: `tp_traverse` calls the visitor with owned references.
            self.result = unsafe { visit(object, self.arg) };
        }
    }

    /// Reports objects that lie side by side; places without one are null.
    ///
    /// # Safety
    /// There are `count` places at `items`.
    #[inline(always)]
    pub unsafe fn visit_items(&mut self, items: *const *mut PyObject, count: usize) {
        if let Some(visit) = self.visit
            && self.result == 0
        {
            // SAFETY: the contract; `tp_traverse` calls the visitor with owned references.
            self.result = unsafe { krait_heap::visit_items(visit, self.arg, items, count) };
        }
    }

    /// Reports everything that a field owns.
    #[inline(always)]
    pub fn field(&mut self, field: &impl Trace) {
        field.trace(self);
    }

    /// What `tp_traverse` returns.
    pub fn result(&self) -> c_int {
        self.result
    }
}

/// Something that owns references.
pub trait Trace {
    fn trace(&self, visitor: &mut Visitor);
}

impl<T: Layout> Trace for Owned<T> {
    #[inline(always)]
    fn trace(&self, visitor: &mut Visitor) {
        visitor.visit(self.as_object());
    }
}

impl Trace for Value {
    #[inline(always)]
    fn trace(&self, visitor: &mut Visitor) {
        if let Unpacked::Object(object) = self.unpack() {
            visitor.visit(object);
        }
    }
}

impl<T: Trace> Trace for Option<T> {
    fn trace(&self, visitor: &mut Visitor) {
        self.iter().for_each(|t| t.trace(visitor));
    }
}

impl<T: Trace> Trace for Vec<T> {
    fn trace(&self, visitor: &mut Visitor) {
        self.iter().for_each(|t| t.trace(visitor));
    }
}

impl<T: Trace> Trace for std::collections::VecDeque<T> {
    fn trace(&self, visitor: &mut Visitor) {
        self.iter().for_each(|t| t.trace(visitor));
    }
}

impl<T: Trace> Trace for Cell<T> {
    fn trace(&self, visitor: &mut Visitor) {
        // SAFETY: visiting runs no Python code, so the cell is not changed meanwhile.
        unsafe { &*self.as_ptr() }.trace(visitor);
    }
}

impl<T: Trace> Trace for RefCell<T> {
    fn trace(&self, visitor: &mut Visitor) {
        // SAFETY: a borrow may be open further up the stack; visiting only reads and
        // runs no Python code, and the GIL keeps other threads out.
        unsafe { &*self.as_ptr() }.trace(visitor);
    }
}

impl<T: Trace> Trace for OnceCell<T> {
    fn trace(&self, visitor: &mut Visitor) {
        self.get().into_iter().for_each(|t| t.trace(visitor));
    }
}

impl<A: Trace, B: Trace> Trace for (A, B) {
    fn trace(&self, visitor: &mut Visitor) {
        self.0.trace(visitor);
        self.1.trace(visitor);
    }
}
