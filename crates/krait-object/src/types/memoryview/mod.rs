//! `memoryview`: CPython's structs, a managed buffer shared by the views of it.
//!
//! What always holds: a view's shape and strides are set (null for 0 dimensions) and
//! lie, with the suboffsets, in its own `ob_array`; the memory stays in place until the
//! view is released, and a view is not released while others have buffers of it.

use std::cell::UnsafeCell;

use krait_abi::*;

use super::buffer;
use super::bytes::Bytes;
use super::typeobject::{StaticType, Type};
use crate::errors;
use crate::native::TypeBuilder;
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::value::Value;

pub mod cast;
pub mod compare;
pub mod element;
pub mod export;
pub mod iterator;
pub mod methods;
pub mod picklebuffer;
pub mod region;
pub mod subscript;

use region::Region;

/// A `memoryview`.
#[repr(transparent)]
pub struct MemoryView(UnsafeCell<PyMemoryViewObject>);

/// The buffer that views share; released with the last of them.
#[repr(transparent)]
pub struct ManagedBuffer(UnsafeCell<_PyManagedBufferObject>);

#[unsafe(export_name = "PyMemoryView_Type")]
pub static MEMORYVIEW: StaticType = StaticType::new();
#[unsafe(export_name = "_PyManagedBuffer_Type")]
pub static MANAGED_BUFFER: StaticType = StaticType::new();

// SAFETY: the struct begins with the header.
unsafe impl Layout for MemoryView {}
// SAFETY: memoryview cannot be subclassed, and its instances have the layout.
unsafe impl Builtin for MemoryView {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &MEMORYVIEW
    }
    #[inline(always)]
    fn is_instance(object: &Object) -> bool {
        std::ptr::eq(object.ty(), Self::type_object())
    }
}

// SAFETY: the struct begins with the header.
unsafe impl Layout for ManagedBuffer {}

const HEAD: usize = std::mem::offset_of!(PyMemoryViewObject, ob_array);

impl ManagedBuffer {
    /// Gets a buffer of an object.
    fn new(py: Py, exporter: &Object, flags: i32) -> PyResult<Owned<ManagedBuffer>> {
        // SAFETY: slot tables live as long as the type; the slot fills the struct, which
        // is at its final place.
        unsafe {
            let slot = exporter
                .ty()
                .raw()
                .tp_as_buffer
                .as_ref()
                .and_then(|b| b.bf_getbuffer);
            let Some(slot) = slot else {
                return not_bytes_like(py, exporter);
            };
            ManagedBuffer::fill(py, exporter, flags, slot)
        }
    }

    /// Gets a buffer of an object by a getbuffer function.
    ///
    /// # Safety
    /// The function is the slot of a type that the object is an instance of.
    unsafe fn fill(
        py: Py,
        exporter: &Object,
        flags: i32,
        slot: unsafe extern "C-unwind" fn(*mut PyObject, *mut Py_buffer, i32) -> i32,
    ) -> PyResult<Owned<ManagedBuffer>> {
        // SAFETY: the contract; the slot fills the struct, which is at its final place.
        unsafe {
            let managed = ManagedBuffer::allocate();
            let filled = protocol::status(
                py,
                slot(exporter.as_ptr(), &raw mut (*managed.0.get()).master, flags),
            );
            if let Err(raised) = filled {
                (*managed.0.get()).master.obj = std::ptr::null_mut();
                return Err(raised);
            }
            krait_heap::track(managed.as_object().as_ptr().cast());
            Ok(managed)
        }
    }

    /// One without a buffer yet.
    fn allocate() -> Owned<ManagedBuffer> {
        // SAFETY: the block is fresh and large enough; all fields are written here.
        unsafe {
            let size = size_of::<_PyManagedBufferObject>();
            let ptr = krait_heap::alloc_object(size, true).cast::<_PyManagedBufferObject>();
            if ptr.is_null() {
                errors::out_of_memory();
            }
            (*ptr).ob_base = PyObject::new_heap(MANAGED_BUFFER.as_type_ptr());
            (*ptr).flags = 0;
            (*ptr).exports = 0;
            (*ptr).master = Py_buffer::ZERO;
            Owned::from_raw(ptr.cast())
        }
    }

    #[inline(always)]
    fn raw(&self) -> *mut _PyManagedBufferObject {
        self.0.get()
    }

    fn release(&self) {
        let raw = self.raw();
        // SAFETY: the struct is initialised; only the GIL's holder is here. The flag
        // makes sure that the buffer is released once.
        unsafe {
            if (*raw).flags & _Py_MANAGED_BUFFER_RELEASED != 0 {
                return;
            }
            (*raw).flags |= _Py_MANAGED_BUFFER_RELEASED;
            buffer::release(Py::assume(), &mut (*raw).master);
        }
    }
}

#[cold]
fn not_bytes_like<T>(py: Py, object: &Object) -> PyResult<T> {
    let got = object.ty().name();
    crate::raise!(
        py,
        TypeError,
        "memoryview: a bytes-like object is required, not '{got}'"
    )
}

impl MemoryView {
    #[inline(always)]
    pub fn raw(&self) -> *mut PyMemoryViewObject {
        self.0.get()
    }

    /// The view's own buffer.
    #[inline(always)]
    pub fn view(&self) -> &Py_buffer {
        // SAFETY: initialised, and changed only before anyone else knows the view.
        unsafe { &(*self.raw()).view }
    }

    #[inline(always)]
    fn flags(&self) -> i32 {
        // SAFETY: the head is initialised.
        unsafe { (*self.raw()).flags }
    }

    #[inline(always)]
    fn managed(&self) -> &ManagedBuffer {
        // SAFETY: the view owns a reference to it.
        unsafe { Object::from_ptr((*self.raw()).mbuf.cast()).cast_unchecked() }
    }

    #[inline(always)]
    pub fn ndim(&self) -> usize {
        self.view().ndim as usize
    }

    /// The memory's shape and place.
    #[inline(always)]
    pub fn region(&self) -> Region<'_> {
        // SAFETY: a view's shape, strides and suboffsets are arrays of `ndim` numbers.
        unsafe { Region::of_view(self.view()) }
    }

    #[inline(always)]
    pub fn is_released(&self) -> bool {
        // SAFETY: the head is initialised.
        self.flags() & _Py_MEMORYVIEW_RELEASED != 0
            || unsafe { (*self.managed().raw()).flags } & _Py_MANAGED_BUFFER_RELEASED != 0
    }

    /// ValueError on a released view.
    #[inline(always)]
    pub fn check(&self, py: Py) -> PyResult<()> {
        if self.is_released() {
            return crate::raise!(
                py,
                ValueError,
                "operation forbidden on released memoryview object"
            );
        }
        Ok(())
    }

    /// ValueError where no new views may be made of this one.
    fn check_restricted(&self, py: Py) -> PyResult<()> {
        if self.flags() & _Py_MEMORYVIEW_RESTRICTED != 0 {
            return crate::raise!(
                py,
                ValueError,
                "cannot create new view on restricted memoryview"
            );
        }
        Ok(())
    }

    /// `memoryview(object)`.
    pub fn of(py: Py, object: &Object) -> PyResult<Owned<MemoryView>> {
        MemoryView::from_object(py, object, PyBUF_FULL_RO)
    }

    /// A view of an object's memory, got with the `PyBUF_*` flags.
    pub fn from_object(py: Py, object: &Object, flags: i32) -> PyResult<Owned<MemoryView>> {
        if let Some(view) = object.downcast::<MemoryView>() {
            view.check_restricted(py)?;
            view.check(py)?;
            return view.again(py);
        }
        let managed = ManagedBuffer::new(py, object, flags)?;
        // SAFETY: the exporter filled the buffer.
        let master = unsafe { &(*managed.raw()).master };
        if master.ndim as usize > PyBUF_MAX_NDIM as usize {
            return too_many_dimensions(py);
        }
        MemoryView::over(py, &managed, master, master.ndim as usize)
    }

    /// Another view of the same memory.
    pub fn again(&self, py: Py) -> PyResult<Owned<MemoryView>> {
        MemoryView::over(py, self.managed(), self.view(), self.ndim())
    }

    /// A view of memory that belongs to nobody in particular (`PyMemoryView_FromMemory`).
    ///
    /// # Safety
    /// So many bytes stay in place at the address, and may be written unless `readonly`.
    pub unsafe fn from_memory(
        py: Py,
        data: *mut u8,
        len: usize,
        readonly: bool,
    ) -> PyResult<Owned<MemoryView>> {
        let mut view = Py_buffer::ZERO;
        view.buf = data.cast();
        view.len = len as isize;
        view.itemsize = 1;
        view.readonly = i32::from(readonly);
        view.ndim = 1;
        view.format = c"B".as_ptr().cast_mut();
        MemoryView::from_buffer(py, &view)
    }

    /// A view described by a buffer without owner (`PyMemoryView_FromBuffer`).
    pub fn from_buffer(py: Py, buffer: &Py_buffer) -> PyResult<Owned<MemoryView>> {
        let managed = ManagedBuffer::allocate();
        // SAFETY: the managed buffer is fresh; the owner is left out of the copy.
        unsafe {
            (*managed.raw()).master = *buffer;
            (*managed.raw()).master.obj = std::ptr::null_mut();
            krait_heap::track(managed.as_object().as_ptr().cast());
            let master = &(*managed.raw()).master;
            MemoryView::over(py, &managed, master, buffer.ndim as usize)
        }
    }

    /// A view described by a buffer whose memory is an object's, which lives as long.
    pub fn owning(py: Py, owner: &Object, buffer: &Py_buffer) -> PyResult<Owned<MemoryView>> {
        let managed = ManagedBuffer::allocate();
        // SAFETY: the managed buffer is fresh; it takes a reference to the owner.
        unsafe {
            (*managed.raw()).master = *buffer;
            owner.incref();
            (*managed.raw()).master.obj = owner.as_ptr();
            krait_heap::track(managed.as_object().as_ptr().cast());
            let master = &(*managed.raw()).master;
            MemoryView::over(py, &managed, master, buffer.ndim as usize)
        }
    }

    /// A view of what a getbuffer function gives of an object.
    ///
    /// # Safety
    /// The function is the slot of a type that the object is an instance of.
    pub unsafe fn from_slot(
        py: Py,
        object: &Object,
        flags: i32,
        slot: unsafe extern "C-unwind" fn(*mut PyObject, *mut Py_buffer, i32) -> i32,
    ) -> PyResult<Owned<MemoryView>> {
        // SAFETY: the contract.
        let managed = unsafe { ManagedBuffer::fill(py, object, flags, slot)? };
        // SAFETY: the exporter filled the buffer.
        let master = unsafe { &(*managed.raw()).master };
        if master.ndim as usize > PyBUF_MAX_NDIM as usize {
            return too_many_dimensions(py);
        }
        MemoryView::over(py, &managed, master, master.ndim as usize)
    }

    /// Forbids new views of this one: its memory is lent for a call only.
    pub fn restrict(&self) {
        // SAFETY: the struct is initialised; only the GIL's holder is here.
        unsafe { (*self.raw()).flags |= _Py_MEMORYVIEW_RESTRICTED }
    }

    /// A view of a managed buffer, with room for so many dimensions; those of the
    /// source are taken over as far as there is room.
    fn over(
        py: Py,
        managed: &ManagedBuffer,
        from: &Py_buffer,
        ndim: usize,
    ) -> PyResult<Owned<MemoryView>> {
        let raw = MEMORYVIEW.allocate(3 * ndim)?.cast::<PyMemoryViewObject>();
        // SAFETY: the block is zeroed and has room for the arrays; the view is not yet
        // known to anyone, and is complete before it is tracked.
        unsafe {
            (*raw).hash = -1;
            (*raw).view = *from;
            let view = &mut (*raw).view;
            view.format = if from.format.is_null() {
                c"B".as_ptr().cast_mut()
            } else {
                from.format
            };
            let array = (&raw mut (*raw).ob_array).cast::<isize>();
            view.shape = if ndim > 0 {
                array
            } else {
                std::ptr::null_mut()
            };
            view.strides = if ndim > 0 {
                array.add(ndim)
            } else {
                std::ptr::null_mut()
            };
            view.suboffsets = std::ptr::null_mut();
            if ndim > 0 && ndim == from.ndim as usize {
                region::copy_dimensions(from, view, array.add(2 * ndim));
            }
            (*raw).mbuf = managed.raw();
            managed.as_object().incref();
            (*managed.raw()).exports += 1;
            let this = Owned::<MemoryView>::from_raw(raw.cast());
            this.set_flags();
            MEMORYVIEW.track_new(raw.cast());
            let _ = py;
            Ok(this)
        }
    }

    /// Sets the flags that say how the memory is laid out.
    fn set_flags(&self) {
        let region = self.region();
        let mut flags = self.flags() & (_Py_MEMORYVIEW_RELEASED | _Py_MEMORYVIEW_RESTRICTED);
        if region.shape.is_empty() {
            flags |= _Py_MEMORYVIEW_SCALAR | _Py_MEMORYVIEW_C | _Py_MEMORYVIEW_FORTRAN;
        }
        if region.is_c_contiguous() {
            flags |= _Py_MEMORYVIEW_C;
        }
        if region.is_f_contiguous() {
            flags |= _Py_MEMORYVIEW_FORTRAN;
        }
        if !region.suboffsets.is_empty() {
            flags |= _Py_MEMORYVIEW_PIL;
            flags &= !(_Py_MEMORYVIEW_C | _Py_MEMORYVIEW_FORTRAN);
        }
        // SAFETY: called while the view is made.
        unsafe { (*self.raw()).flags = flags }
    }

    /// Gives the view's share of the buffer back; BufferError while others use it.
    pub fn release(&self, py: Py) -> PyResult<()> {
        let raw = self.raw();
        // SAFETY: the struct is initialised; the flag makes sure that it happens once.
        unsafe {
            if (*raw).flags & _Py_MEMORYVIEW_RELEASED != 0 {
                return Ok(());
            }
            let exports = (*raw).exports;
            if exports > 0 {
                let plural = if exports == 1 { "" } else { "s" };
                return crate::raise!(
                    py,
                    BufferError,
                    "memoryview has {exports} exported buffer{plural}"
                );
            }
            (*raw).flags |= _Py_MEMORYVIEW_RELEASED;
            let managed = self.managed();
            (*managed.raw()).exports -= 1;
            if (*managed.raw()).exports == 0 {
                managed.release();
            }
        }
        Ok(())
    }
}

/// Keeps a view from being released while it exists.
pub struct Hold(Owned<MemoryView>);

impl Hold {
    pub fn new(view: &MemoryView) -> Hold {
        // SAFETY: the head is initialised.
        unsafe { (*view.raw()).exports += 1 }
        Hold(Layout::to_owned(view))
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe { (*self.0.raw()).exports -= 1 }
    }
}

#[cold]
fn too_many_dimensions<T>(py: Py) -> PyResult<T> {
    crate::raise!(
        py,
        ValueError,
        "memoryview: number of dimensions must not exceed {PyBUF_MAX_NDIM}"
    )
}

/// A copy of the bytes of an object that exports a buffer of any layout, in C order.
pub fn bytes_of(py: Py, value: &Value) -> PyResult<Vec<u8>> {
    let buffer = buffer::Buffer::with_flags(py, value, PyBUF_FULL_RO)?;
    region::with_region(buffer.raw(), |region| region.to_vec(false))
        .map_or_else(crate::errors::no_memory, Ok)
}

/// As `bytes_of`, as a bytes object.
pub fn copy_of(py: Py, value: &Value) -> PyResult<Owned<Bytes>> {
    let simple = buffer::Buffer::with_flags(py, value, PyBUF_FULL_RO)?;
    region::with_region(simple.raw(), |region| match region.as_contiguous() {
        Some(data) => Ok(Bytes::new(data)),
        None => region
            .to_vec(false)
            .map_or_else(crate::errors::no_memory, |data| Ok(Bytes::new(&data))),
    })
}

unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying view, which nobody has a buffer of.
    unsafe {
        MEMORYVIEW.untrack(object);
        let this = Object::from_ptr(object).cast_unchecked::<MemoryView>();
        // No exports are left: their owner would hold a reference.
        if this.release(Py::assume()).is_err() {
            drop(Py::assume().thread().take_exception());
        }
        MEMORYVIEW.clear_weakrefs(object);
        Object::decref((*this.raw()).mbuf.cast());
        MEMORYVIEW.free_instance(object);
    }
}

unsafe extern "C-unwind" fn traverse(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut std::ffi::c_void,
) -> i32 {
    let mut visitor = crate::gc::Visitor::new(visit, arg);
    // SAFETY: called with a living view.
    visitor.visit_ptr(unsafe { (*object.cast::<PyMemoryViewObject>()).mbuf.cast() });
    visitor.result()
}

unsafe extern "C-unwind" fn clear(object: *mut PyObject) -> i32 {
    // SAFETY: called with a living view and the GIL.
    unsafe {
        let this = Object::from_ptr(object).cast_unchecked::<MemoryView>();
        if (*this.raw()).exports == 0 && this.release(Py::assume()).is_err() {
            drop(Py::assume().thread().take_exception());
        }
    }
    0
}

unsafe extern "C-unwind" fn managed_dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying managed buffer, which has no views any more.
    unsafe {
        krait_heap::untrack(object.cast());
        Object::from_ptr(object)
            .cast_unchecked::<ManagedBuffer>()
            .release();
        MANAGED_BUFFER.free_instance(object);
    }
}

unsafe extern "C-unwind" fn managed_traverse(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut std::ffi::c_void,
) -> i32 {
    let mut visitor = crate::gc::Visitor::new(visit, arg);
    // SAFETY: called with a living managed buffer.
    visitor.visit_ptr(unsafe { (*object.cast::<_PyManagedBufferObject>()).master.obj.cast() });
    visitor.result()
}

unsafe extern "C-unwind" fn managed_clear(object: *mut PyObject) -> i32 {
    // SAFETY: called with a living managed buffer.
    unsafe { Object::from_ptr(object).cast_unchecked::<ManagedBuffer>() }.release();
    0
}

pub(crate) fn define() {
    let size = size_of::<_PyManagedBufferObject>();
    TypeBuilder::<ManagedBuffer>::new(&MANAGED_BUFFER, "managedbuffer", size)
        .no_constructor()
        .dealloc_raw(managed_dealloc)
        .gc_raw(managed_traverse, managed_clear)
        .finish();
    let mut b = TypeBuilder::<MemoryView>::new(&MEMORYVIEW, "memoryview", HEAD);
    b.item_size(size_of::<isize>())
        .flags(Py_TPFLAGS_SEQUENCE)
        .dealloc_raw(dealloc)
        .gc_raw(traverse, clear)
        .buffer(Some(export::get_buffer), Some(export::release_buffer))
        .with_raw(|raw| {
            raw.tp_weaklistoffset = std::mem::offset_of!(PyMemoryViewObject, weakreflist) as isize;
        });
    methods::define(&mut b);
    b.finish();
    picklebuffer::define();
}
