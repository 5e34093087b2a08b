//! Slot functions of the buffer protocol (PEP 688): `__buffer__`, `__release_buffer__`.

use std::ffi::c_int;

use krait_abi::*;

use super::numbers::{gil, operand};
use super::special::{self, value};
use crate::class_cell;
use crate::gc::Visitor;
use crate::native::{Class, Instance, TypeBuilder};
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::memoryview::MemoryView;
use crate::types::typeobject::Type;
use crate::value::Value;

/// Stands between a buffer's user and the memoryview that `__buffer__` returned, so
/// that the release reaches the object.
struct BufferWrapper {
    view: std::cell::RefCell<Option<(Owned, Owned)>>,
}

impl Class for BufferWrapper {
    const NAME: &'static str = "_buffer_wrapper";
    const GC: bool = true;
    class_cell!();
    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor().buffer(None, Some(release_wrapper));
    }
    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.view);
    }
}

type GetBuffer = unsafe extern "C-unwind" fn(*mut PyObject, *mut Py_buffer, c_int) -> c_int;

fn get_of(object: &Object) -> Option<GetBuffer> {
    // SAFETY: slot tables live as long as the type.
    unsafe { object.ty().raw().tp_as_buffer.as_ref() }.and_then(|b| b.bf_getbuffer)
}

/// `bf_getbuffer`.
pub(super) unsafe extern "C-unwind" fn get(
    object: *mut PyObject,
    buffer: *mut Py_buffer,
    flags: c_int,
) -> c_int {
    // SAFETY: the operand lives during the call; C passes a buffer to fill.
    match unsafe { fill(gil(), operand(object), buffer, flags) } {
        Ok(()) => 0,
        Err(_) => -1,
    }
}

/// # Safety
/// The buffer may be written to.
unsafe fn fill(py: Py, this: &Object, buffer: *mut Py_buffer, flags: c_int) -> PyResult<()> {
    let view = special::call(
        py,
        crate::intern!("__buffer__"),
        &[value(this), Value::int(i64::from(flags))],
    )?;
    let view = view.into_object();
    let get = if view.ty().name() == "memoryview" {
        get_of(&view)
    } else {
        None
    };
    let Some(get) = get else {
        return crate::raise!(py, TypeError, "__buffer__ returned non-memoryview object");
    };
    // SAFETY: the view's own slot fills the buffer; its reference to the view is then
    // exchanged for one to the wrapper.
    unsafe {
        protocol::status(py, get(view.as_object().as_ptr(), buffer, flags))?;
        let pair = std::cell::RefCell::new(Some((view, this.to_owned())));
        let wrapper = Instance::new(py, BufferWrapper { view: pair });
        let old = std::mem::replace(&mut (*buffer).obj, wrapper.into_ptr());
        if !old.is_null() {
            Object::decref(old);
        }
    }
    Ok(())
}

/// `bf_releasebuffer` of the wrapper.
unsafe extern "C-unwind" fn release_wrapper(object: *mut PyObject, buffer: *mut Py_buffer) {
    // SAFETY: called with the wrapper that is the buffer's owner.
    let wrapper = unsafe { Object::from_ptr(object).cast_unchecked::<Instance<BufferWrapper>>() };
    let Some((view, this)) = wrapper.view.borrow_mut().take() else {
        return;
    };
    // SAFETY: slot tables live as long as the type; the buffer came from the view.
    unsafe {
        if let Some(release) = release_of(view.ty()) {
            release(view.as_object().as_ptr(), buffer);
        }
    }
    // A view of the object itself releases it when it dies; one of other memory does not.
    let own = view
        .downcast::<MemoryView>()
        .is_some_and(|v| std::ptr::eq(v.view().obj, this.as_object().as_ptr()));
    if !own
        && release_of(this.ty()).is_some_and(|slot| std::ptr::fn_addr_eq(slot, release as Release))
    {
        call_release(gil(), &this, Value::from(view));
    }
}

type Release = unsafe extern "C-unwind" fn(*mut PyObject, *mut Py_buffer);

fn release_of(ty: &Type) -> Option<Release> {
    // SAFETY: slot tables live as long as the type.
    unsafe { ty.raw().tp_as_buffer.as_ref() }.and_then(|b| b.bf_releasebuffer)
}

/// Calls `__release_buffer__`; what it raises cannot be raised here.
fn call_release(py: Py, this: &Object, view: Value) {
    let pending = py.thread().take_exception();
    if special::call_maybe(
        py,
        crate::intern!("__release_buffer__"),
        &[value(this), view],
    )
    .is_err()
    {
        crate::errors::write_unraisable(py, None, Some(this));
    }
    if let Some(pending) = pending {
        py.thread().set_exception(pending);
    }
}

/// `bf_releasebuffer` of classes: `__release_buffer__` with a view that may not be kept, then
/// the native function of the class's bases. (A buffer of the class's own `__buffer__` is
/// released by the wrapper.)
pub(super) unsafe extern "C-unwind" fn release(object: *mut PyObject, buffer: *mut Py_buffer) {
    let py = gil();
    // SAFETY: the exporter lives during the call, and the buffer is one that it lent.
    let (this, lent) = unsafe { (operand(object), &*buffer) };
    let pending = py.thread().take_exception();
    match MemoryView::from_buffer(py, lent) {
        Ok(view) => {
            view.restrict();
            call_release(py, this, Value::from(Layout::to_owned(&*view)));
            if view.release(py).is_err() {
                crate::errors::write_unraisable(py, None, Some(this));
            }
        }
        Err(_) => crate::errors::write_unraisable(py, None, Some(this)),
    }
    if let Some(pending) = pending {
        py.thread().set_exception(pending);
    }
    let native = this
        .ty()
        .mro_types()
        .skip(1)
        .filter_map(release_of)
        .find(|slot| !std::ptr::fn_addr_eq(*slot, release as Release));
    if let Some(slot) = native {
        // SAFETY: the slot of a base of the object's type.
        unsafe { slot(object, buffer) }
    }
}

/// `x.__buffer__(flags)` of a native type: a memoryview of it.
pub(super) fn wrapped_get(py: Py, this: &Object, flags: &Value, slot: GetBuffer) -> PyResult {
    let number = protocol::number::to_index(py, flags, &crate::exceptions::OverflowError)?;
    let Ok(flags) = c_int::try_from(number) else {
        return crate::raise!(py, OverflowError, "buffer flags out of range");
    };
    // SAFETY: the wrapper is called with an instance of the slot's type.
    unsafe { MemoryView::from_slot(py, this, flags, slot) }.map(Value::from)
}

/// `x.__release_buffer__(view)` of a native type.
pub(super) fn wrapped_release(py: Py, this: &Object, view: &Value) -> PyResult {
    let Some(view) = view.downcast::<MemoryView>() else {
        return crate::raise!(py, TypeError, "expected a memoryview object");
    };
    if view.is_released() || view.view().obj.is_null() {
        return crate::raise!(
            py,
            ValueError,
            "memoryview's buffer has already been released"
        );
    }
    if !std::ptr::eq(view.view().obj, this.as_ptr()) {
        return crate::raise!(py, ValueError, "memoryview's buffer is not this object");
    }
    view.release(py)?;
    Ok(Value::none())
}

/// Makes the wrapper's type.
pub fn define() {
    Instance::<BufferWrapper>::type_object();
}
