//! `bytes`: CPython's struct.

use krait_abi::*;

use super::typeobject::{StaticType, Type};
use crate::errors;
use crate::object::{Builtin, Layout, Object, Owned};

pub mod methods;

/// A `bytes`.
#[repr(transparent)]
pub struct Bytes(PyBytesObject);

#[unsafe(export_name = "PyBytes_Type")]
pub static BYTES: StaticType = StaticType::new();

const HEAD: usize = std::mem::offset_of!(PyBytesObject, ob_sval);

// SAFETY: the struct begins with the header.
unsafe impl Layout for Bytes {}
// SAFETY: instances of bytes and its subtypes have the layout.
unsafe impl Builtin for Bytes {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &BYTES
    }
    #[inline(always)]
    fn is_instance(object: &Object) -> bool {
        object.ty().has_flag(Py_TPFLAGS_BYTES_SUBCLASS)
    }
}

impl Bytes {
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.0.ob_base.ob_size as usize
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline(always)]
    pub fn as_slice(&self) -> &[u8] {
        // SAFETY: the bytes follow the head, and never change.
        unsafe { std::slice::from_raw_parts((&raw const self.0.ob_sval).cast::<u8>(), self.len()) }
    }

    pub fn new(data: &[u8]) -> Owned<Bytes> {
        match Bytes::build(data.len(), |buffer| buffer.copy_from_slice(data)) {
            Some(bytes) => bytes,
            None => errors::out_of_memory(),
        }
    }

    /// Bytes filled in place; `None` where memory is exhausted.
    pub fn build(len: usize, fill: impl FnOnce(&mut [u8])) -> Option<Owned<Bytes>> {
        // SAFETY: the block is fresh and large enough, and zero-filled before it is lent.
        unsafe {
            let ptr = krait_heap::alloc_object(HEAD + len + 1, false).cast::<PyBytesObject>();
            if ptr.is_null() {
                return None;
            }
            (*ptr).ob_base = PyVarObject::new_heap(BYTES.as_type_ptr(), len as isize);
            (*ptr).ob_shash = -1;
            let data = (&raw mut (*ptr).ob_sval).cast::<u8>();
            std::ptr::write_bytes(data, 0, len + 1);
            fill(std::slice::from_raw_parts_mut(data, len));
            Some(Owned::from_raw(ptr.cast()))
        }
    }

    /// An instance of a subclass.
    pub fn new_in(class: &Type, data: &[u8]) -> crate::py::PyResult<Owned> {
        let raw = class.allocate(data.len())?;
        // SAFETY: the block has room for the bytes and a final zero.
        unsafe {
            let bytes = raw.cast::<PyBytesObject>();
            (*bytes).ob_shash = -1;
            std::ptr::copy_nonoverlapping(data.as_ptr(), (&raw mut (*bytes).ob_sval).cast::<u8>(), data.len());
            class.track_new(raw);
            Ok(Owned::from_raw(raw.cast()))
        }
    }

    /// The cached hash; -1 where it is not known yet.
    pub fn cached_hash(&self) -> isize {
        // SAFETY: a plain read of the field that `set_cached_hash` may write.
        unsafe { (&raw const self.0.ob_shash).read_volatile() }
    }

    pub fn set_cached_hash(&self, hash: isize) {
        // SAFETY: the GIL is held; the field is only read by value.
        unsafe { (&raw const self.0.ob_shash).cast_mut().write_volatile(hash) }
    }
}

pub(crate) fn define() {
    let mut b = crate::native::TypeBuilder::<Bytes>::new(&BYTES, "bytes", HEAD + 1);
    b.item_size(1)
        .subclassable()
        .flags(Py_TPFLAGS_BYTES_SUBCLASS | _Py_TPFLAGS_MATCH_SELF)
        .dealloc_raw(super::float::dealloc);
    methods::define(&mut b);
    b.finish();
}
