//! `pymem.h` and `objimpl.h`: memory, and the making and tracking of objects.

use std::ffi::{c_int, c_void};

use krait_abi::*;
use krait_object::gc::collector;
use krait_object::{Object, PyResult, Type, errors};

use crate::border::{Ptr, export};

/// The size that CPython asks for where none is wanted.
fn at_least_one(size: usize) -> usize {
    size.max(1)
}

/// A size that an allocation may have.
fn checked(count: usize, size: usize) -> Option<usize> {
    count
        .checked_mul(size)
        .filter(|&s| s <= isize::MAX as usize)
}

/// # Safety
/// The GIL is held.
unsafe fn allocate(size: usize) -> *mut c_void {
    if size > isize::MAX as usize {
        return std::ptr::null_mut();
    }
    // SAFETY: the contract.
    unsafe { krait_heap::alloc_raw(at_least_one(size)).cast() }
}

unsafe fn allocate_zeroed(count: usize, size: usize) -> *mut c_void {
    match checked(count, size) {
        // SAFETY: the GIL is held.
        Some(size) => unsafe { krait_heap::alloc_raw_zeroed(at_least_one(size)).cast() },
        None => std::ptr::null_mut(),
    }
}

unsafe fn reallocate(block: *mut c_void, size: usize) -> *mut c_void {
    if size > isize::MAX as usize {
        return std::ptr::null_mut();
    }
    // SAFETY: the GIL is held, and the block is of the same heap or null.
    unsafe { krait_heap::realloc_raw(block.cast(), at_least_one(size)).cast() }
}

unsafe fn release(block: *mut c_void) {
    // SAFETY: as above.
    unsafe {
        if !block.is_null() {
            krait_heap::untrack(block.cast());
            krait_heap::free_raw(block.cast());
        }
    }
}

macro_rules! allocators {
    ($($malloc:ident $calloc:ident $realloc:ident $free:ident;)*) => { export! { $(
        fn $malloc(_py, size: usize) -> *mut c_void { allocate(size) }
        fn $calloc(_py, count: usize, size: usize) -> *mut c_void { allocate_zeroed(count, size) }
        fn $realloc(_py, block: *mut c_void, size: usize) -> *mut c_void { reallocate(block, size) }
        fn $free(_py, block: *mut c_void) { release(block) }
    )* } };
}

allocators! {
    PyMem_Malloc PyMem_Calloc PyMem_Realloc PyMem_Free;
    PyObject_Malloc PyObject_Calloc PyObject_Realloc PyObject_Free;
}

// The raw domain needs no GIL: it is the C library's.
export! {
    fn PyMem_RawMalloc(_py, size: usize) -> *mut c_void { libc::malloc(at_least_one(size)) }
    fn PyMem_RawCalloc(_py, count: usize, size: usize) -> *mut c_void {
        if count == 0 || size == 0 { libc::calloc(1, 1) } else { libc::calloc(count, size) }
    }
    fn PyMem_RawRealloc(_py, block: *mut c_void, size: usize) -> *mut c_void { libc::realloc(block, at_least_one(size)) }
    fn PyMem_RawFree(_py, block: *mut c_void) { libc::free(block) }
    fn _PyMem_Strdup(_py, text: &std::ffi::CStr) -> *mut std::ffi::c_char {
        let bytes = text.to_bytes_with_nul();
        let copy = allocate(bytes.len()).cast::<u8>();
        if !copy.is_null() { std::ptr::copy_nonoverlapping(bytes.as_ptr(), copy, bytes.len()) }
        copy.cast()
    }
    fn PyObject_GetArenaAllocator(_py, allocator: *mut PyObjectArenaAllocator) { *allocator = arenas() }
    fn PyMem_GetAllocator(_py, domain: PyMemAllocatorDomain, allocator: *mut PyMemAllocatorEx) {
        *allocator = if domain == PYMEM_DOMAIN_RAW { raw_allocator() } else { heap_allocator() }
    }
}

unsafe extern "C-unwind" fn map(_context: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: a fresh private mapping.
    let block = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            size,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    };
    if block == libc::MAP_FAILED {
        std::ptr::null_mut()
    } else {
        block
    }
}

unsafe extern "C-unwind" fn unmap(_context: *mut c_void, block: *mut c_void, size: usize) {
    // SAFETY: a mapping that `map` made.
    unsafe { libc::munmap(block, size) };
}

/// Arenas by the system's mappings, as CPython makes them.
fn arenas() -> PyObjectArenaAllocator {
    PyObjectArenaAllocator {
        ctx: std::ptr::null_mut(),
        alloc: Some(map),
        free: Some(unmap),
    }
}

unsafe extern "C-unwind" fn heap_malloc(_c: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: allocators of these domains are called with the GIL held.
    unsafe { allocate(size) }
}
unsafe extern "C-unwind" fn heap_calloc(_c: *mut c_void, count: usize, size: usize) -> *mut c_void {
    // SAFETY: as above.
    unsafe { allocate_zeroed(count, size) }
}
unsafe extern "C-unwind" fn heap_realloc(
    _c: *mut c_void,
    block: *mut c_void,
    size: usize,
) -> *mut c_void {
    // SAFETY: as above.
    unsafe { reallocate(block, size) }
}
unsafe extern "C-unwind" fn heap_free(_c: *mut c_void, block: *mut c_void) {
    // SAFETY: as above.
    unsafe { release(block) }
}
unsafe extern "C-unwind" fn raw_malloc(_c: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: malloc takes any size.
    unsafe { libc::malloc(at_least_one(size)) }
}
unsafe extern "C-unwind" fn raw_calloc(_c: *mut c_void, count: usize, size: usize) -> *mut c_void {
    // SAFETY: calloc takes any sizes.
    unsafe { libc::calloc(count.max(1), at_least_one(size)) }
}
unsafe extern "C-unwind" fn raw_realloc(
    _c: *mut c_void,
    block: *mut c_void,
    size: usize,
) -> *mut c_void {
    // SAFETY: the block is malloc's or null.
    unsafe { libc::realloc(block, at_least_one(size)) }
}
unsafe extern "C-unwind" fn raw_free(_c: *mut c_void, block: *mut c_void) {
    // SAFETY: the block is malloc's or null.
    unsafe { libc::free(block) }
}

fn heap_allocator() -> PyMemAllocatorEx {
    PyMemAllocatorEx {
        ctx: std::ptr::null_mut(),
        malloc: Some(heap_malloc),
        calloc: Some(heap_calloc),
        realloc: Some(heap_realloc),
        free: Some(heap_free),
    }
}

fn raw_allocator() -> PyMemAllocatorEx {
    PyMemAllocatorEx {
        ctx: std::ptr::null_mut(),
        malloc: Some(raw_malloc),
        calloc: Some(raw_calloc),
        realloc: Some(raw_realloc),
        free: Some(raw_free),
    }
}

/// Writes the header of an object in fresh memory.
///
/// # Safety
/// The memory has room for the type's instances.
unsafe fn init(object: Ptr, ty: *mut PyTypeObject) -> Ptr {
    // SAFETY: the contract.
    unsafe {
        if object.is_null() {
            let _: PyResult<()> = errors::no_memory();
            return object;
        }
        (*object) = PyObject::new_heap(ty);
        if (*ty).tp_flags & Py_TPFLAGS_HEAPTYPE != 0 {
            Object::from_ptr(ty.cast()).incref();
        }
        object
    }
}

/// Bytes of an instance with so many items.
unsafe fn size_of(ty: *mut PyTypeObject, items: isize) -> usize {
    // SAFETY: the type is alive.
    unsafe {
        let size = (*ty).tp_basicsize as usize + items.max(0) as usize * (*ty).tp_itemsize as usize;
        size.next_multiple_of(8)
    }
}

/// An instance that the collector does not see; only its header is written.
unsafe fn new_plain(ty: *mut PyTypeObject, size: usize) -> Ptr {
    // SAFETY: the type is alive and the GIL held.
    unsafe {
        let hidden = hidden(ty);
        let object = if hidden == 0 {
            allocate(size)
        } else {
            allocate_zeroed(1, size + hidden)
        };
        init(object.cast(), ty)
    }
}

/// Bytes of instances that the type's size does not show.
unsafe fn hidden(ty: *mut PyTypeObject) -> usize {
    // SAFETY: the type is alive.
    unsafe {
        if (*ty).tp_flags & krait_object::types::typeobject::STORAGE_BEHIND == 0 {
            return 0;
        }
        Type::from_ptr(ty).ext().hidden.get()
    }
}

/// An instance that the collector can see, zeroed behind its header.
unsafe fn new_gc(ty: *mut PyTypeObject, size: usize) -> Ptr {
    // SAFETY: the type is alive and the GIL held.
    unsafe {
        let size = size + hidden(ty);
        let object = krait_heap::alloc_object(size, true);
        if !object.is_null() {
            object.write_bytes(0, size);
        }
        init(object.cast(), ty)
    }
}

export! {
    fn PyObject_Init(_py, object: Ptr, ty: *mut PyTypeObject) -> Ptr { init(object, ty) }
    fn PyObject_InitVar(_py, object: *mut PyVarObject, ty: *mut PyTypeObject, items: isize) -> *mut PyVarObject {
        let made = init(object.cast(), ty).cast::<PyVarObject>();
        if !made.is_null() { (*made).ob_size = items; }
        made
    }
    fn _PyObject_New(_py, ty: *mut PyTypeObject) -> Ptr { new_plain(ty, (*ty).tp_basicsize as usize) }
    fn _PyObject_NewVar(_py, ty: *mut PyTypeObject, items: isize) -> Ptr {
        let object = new_plain(ty, size_of(ty, items));
        if !object.is_null() { (*object.cast::<PyVarObject>()).ob_size = items; }
        object
    }
    fn _PyObject_GC_New(_py, ty: *mut PyTypeObject) -> Ptr { new_gc(ty, (*ty).tp_basicsize as usize) }
    fn _PyObject_GC_NewVar(_py, ty: *mut PyTypeObject, items: isize) -> Ptr {
        let object = new_gc(ty, size_of(ty, items));
        if !object.is_null() { (*object.cast::<PyVarObject>()).ob_size = items; }
        object
    }
    fn PyUnstable_Object_GC_NewWithExtraData(_py, ty: *mut PyTypeObject, extra: usize) -> Ptr {
        new_gc(ty, (*ty).tp_basicsize as usize + extra)
    }
    fn _PyObject_GC_Resize(_py, object: *mut PyVarObject, items: isize) -> *mut PyVarObject {
        let ty = (*object).ob_base.ob_type;
        let new = krait_heap::resize_object(object.cast(), size_of(ty, items)).cast::<PyVarObject>();
        if new.is_null() {
            let _: PyResult<()> = errors::no_memory();
            return new;
        }
        (*new).ob_size = items;
        new
    }
    fn PyObject_GC_Track(_py, object: *mut c_void) { krait_heap::track(object.cast()) }
    fn PyObject_GC_UnTrack(_py, object: *mut c_void) { krait_heap::untrack(object.cast()) }
    fn PyObject_GC_Del(_py, object: *mut c_void) { release(object) }
    fn PyObject_GC_IsTracked(_py, object: Ptr) -> bool { krait_heap::is_tracked(object.cast()) }
    fn PyObject_GC_IsFinalized(_py, object: Ptr) -> bool { krait_heap::is_finalized(object.cast()) }
    fn PyObject_IS_GC(_py, object: &Object) -> bool {
        object.ty().has_flag(Py_TPFLAGS_HAVE_GC) && object.ty().raw().tp_is_gc.is_none_or(|f| f(object.as_ptr()) != 0)
    }
    fn PyGC_Collect(py) -> isize { collector::collect(py, 2) as isize }
    fn PyGC_Enable(py) -> bool {
        let before = collector::is_enabled(py);
        collector::enable(py);
        before
    }
    fn PyGC_Disable(py) -> bool {
        let before = collector::is_enabled(py);
        collector::disable(py);
        before
    }
    fn PyGC_IsEnabled(py) -> bool { collector::is_enabled(py) }
    fn PyUnstable_GC_VisitObjects(_py, visit: visitproc, arg: *mut c_void) {
        let mut all = Vec::new();
        krait_heap::for_each_tracked(None, |object| all.push(object));
        if let Some(visit) = visit {
            for object in all {
                if visit(object.cast(), arg) == 0 { break }
            }
        }
    }
    fn PyObject_CallFinalizer(_py, object: Ptr) { finalize(object) }
    fn PyObject_CallFinalizerFromDealloc(_py, object: Ptr) -> c_int { finalize_dying(object) }
}

/// Runs an object's finaliser unless it has run.
unsafe fn finalize(object: Ptr) {
    // SAFETY: the object is alive.
    unsafe {
        let Some(slot) = (*(*object).ob_type).tp_finalize else {
            return;
        };
        if krait_heap::is_finalized(object.cast()) {
            return;
        }
        slot(object);
        krait_heap::set_finalized(object.cast());
    }
}

/// As `finalize`, in a deallocator: -1 where somebody holds the object again.
unsafe fn finalize_dying(object: Ptr) -> c_int {
    // SAFETY: the object's count is zero, and it is otherwise intact.
    unsafe {
        if (*object).ob_refcnt != 0 {
            errors::fatal(
                "PyObject_CallFinalizerFromDealloc",
                "called on an object with a non-zero count",
            );
        }
        (*object).ob_refcnt = 1;
        finalize(object);
        (*object).ob_refcnt -= 1;
        if (*object).ob_refcnt == 0 {
            return 0;
        }
        Type::from_ptr((*object).ob_type).track_new(object);
        -1
    }
}
