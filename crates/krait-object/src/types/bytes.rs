//! `bytes`: CPython's struct.

use std::cell::OnceCell;
use std::sync::atomic::{AtomicBool, Ordering};

use krait_abi::*;

use super::int::Int;
use super::str::Str;
use super::typeobject::{StaticType, Type};
use crate::errors;
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol::CompareOp;
use crate::py::{GilCell, Py, PyResult};

pub mod argument;
pub mod build;
pub mod hex;
pub mod iterator;
pub mod methods;
pub mod percent;
pub mod search;
pub mod shape;
pub mod shared;

pub use argument::BytesLike;
pub use shared::ByteString;

/// A `bytes`. The empty one and those of one byte exist once.
#[repr(transparent)]
pub struct Bytes(std::cell::UnsafeCell<PyBytesObject>);

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
        // SAFETY: the head is initialised.
        unsafe { (*self.0.get()).ob_base.ob_size as usize }
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline(always)]
    pub fn as_slice(&self) -> &[u8] {
        // SAFETY: the bytes follow the head, and never change.
        unsafe {
            std::slice::from_raw_parts(
                (&raw const (*self.0.get()).ob_sval).cast::<u8>(),
                self.len(),
            )
        }
    }

    pub fn new(data: &[u8]) -> Owned<Bytes> {
        if data.len() < 2 {
            return single(data);
        }
        // SAFETY: the block has room for the data, and is the only one to know of it.
        unsafe {
            let Some(bytes) = Bytes::unfilled(data.len()) else {
                errors::out_of_memory()
            };
            let place = (&raw mut (*bytes.0.get()).ob_sval).cast::<u8>();
            std::ptr::copy_nonoverlapping(data.as_ptr(), place, data.len());
            bytes
        }
    }

    /// Bytes filled in place; `None` where memory is exhausted.
    pub fn build(len: usize, fill: impl FnOnce(&mut [u8])) -> Option<Owned<Bytes>> {
        if len < 2 {
            let mut data = [0; 1];
            fill(&mut data[..len]);
            return Some(single(&data[..len]));
        }
        Bytes::allocate(len, fill)
    }

    /// Bytes of an object of their own, also where they are none or one.
    pub fn allocate(len: usize, fill: impl FnOnce(&mut [u8])) -> Option<Owned<Bytes>> {
        // SAFETY: zero-filled before it is lent, and nobody else knows the object yet.
        unsafe {
            let bytes = Bytes::unfilled(len)?;
            let data = (&raw mut (*bytes.0.get()).ob_sval).cast::<u8>();
            std::ptr::write_bytes(data, 0, len);
            fill(std::slice::from_raw_parts_mut(data, len));
            Some(bytes)
        }
    }

    /// As `allocate`, with whatever the memory holds; `None` where memory is exhausted.
    ///
    /// # Safety
    /// The bytes are written before anyone reads them.
    pub unsafe fn unfilled(len: usize) -> Option<Owned<Bytes>> {
        let size = len
            .checked_add(HEAD + 1)
            .filter(|&size| size <= isize::MAX as usize)?;
        // SAFETY: the block is fresh and large enough; the head and the final zero are
        // written here.
        unsafe {
            let ptr = krait_heap::alloc_object(size, false).cast::<PyBytesObject>();
            if ptr.is_null() {
                return None;
            }
            (*ptr).ob_base = PyVarObject::new_heap(BYTES.as_type_ptr(), len as isize);
            (*ptr).ob_shash = -1;
            *(&raw mut (*ptr).ob_sval).cast::<u8>().add(len) = 0;
            Some(Owned::from_raw(ptr.cast()))
        }
    }

    /// The object with another length, at another place perhaps; `None` where memory is
    /// exhausted, and the object is gone then. New bytes at the end are not filled.
    ///
    /// # Safety
    /// Nobody else has a reference to the object, which is of exactly this type; the new
    /// bytes are written before anyone reads them.
    pub unsafe fn resized(this: Owned<Bytes>, len: usize) -> Option<Owned<Bytes>> {
        let size = len
            .checked_add(HEAD + 1)
            .filter(|&size| size <= isize::MAX as usize)?;
        let old = this.into_ptr();
        // SAFETY: the only reference, as the contract says; head and final zero are written.
        unsafe {
            let moved = krait_heap::resize_object(old.cast(), size).cast::<PyBytesObject>();
            if moved.is_null() {
                Object::decref(old);
                return None;
            }
            (*moved).ob_base.ob_size = len as isize;
            (*moved).ob_shash = -1;
            *(&raw mut (*moved).ob_sval).cast::<u8>().add(len) = 0;
            Some(Owned::from_raw(moved.cast()))
        }
    }

    /// An instance of a subclass.
    pub fn new_in(class: &Type, data: &[u8]) -> crate::py::PyResult<Owned> {
        let raw = class.allocate(data.len())?;
        // SAFETY: the block has room for the bytes and a final zero.
        unsafe {
            let bytes = raw.cast::<PyBytesObject>();
            (*bytes).ob_shash = -1;
            std::ptr::copy_nonoverlapping(
                data.as_ptr(),
                (&raw mut (*bytes).ob_sval).cast::<u8>(),
                data.len(),
            );
            class.track_new(raw);
            Ok(Owned::from_raw(raw.cast()))
        }
    }

    /// The cached hash; -1 where it is not known yet.
    pub fn cached_hash(&self) -> isize {
        // SAFETY: a plain read of the field that `set_cached_hash` may write.
        unsafe { (*self.0.get()).ob_shash }
    }

    pub fn set_cached_hash(&self, hash: isize) {
        // SAFETY: the GIL is held; the field is only read by value.
        unsafe { (*self.0.get()).ob_shash = hash }
    }
}

struct Singles {
    empty: Owned<Bytes>,
    bytes: Vec<Owned<Bytes>>,
}

static SINGLES: GilCell<OnceCell<Singles>> = GilCell::new(OnceCell::new());

/// The immortal bytes object of no or one byte.
fn single(data: &[u8]) -> Owned<Bytes> {
    // SAFETY: only code that holds the GIL makes bytes.
    let py = unsafe { Py::assume() };
    let singles = SINGLES.get(py).get_or_init(|| {
        let make = |data: &[u8]| match Bytes::allocate(data.len(), |b| b.copy_from_slice(data)) {
            Some(bytes) => {
                bytes.as_object().immortalize();
                bytes
            }
            None => errors::out_of_memory(),
        };
        Singles {
            empty: make(&[]),
            bytes: (0..=255u8).map(|b| make(&[b])).collect(),
        }
    });
    match data {
        [] => singles.empty.clone(),
        [byte, ..] => singles.bytes[usize::from(*byte)].clone(),
    }
}

pub(crate) fn define() {
    let mut b = crate::native::TypeBuilder::<Bytes>::new(&BYTES, "bytes", HEAD + 1);
    b.item_size(1)
        .subclassable()
        .flags(Py_TPFLAGS_BYTES_SUBCLASS | _Py_TPFLAGS_MATCH_SELF)
        .dealloc_raw(super::float::dealloc);
    methods::define(&mut b);
    b.silent().finish();
}

/// The byte at an index, which may count from the end, as a number.
#[inline]
pub(in crate::types) fn byte_at(bytes: &[u8], index: i64) -> Option<crate::value::Value> {
    let at = super::sequence::position(index as isize, bytes.len())?;
    Some(crate::value::Value::int(bytes[at].into()))
}

/// Whether bytes that are taken for text are warned of (`-b`).
static WARNS_OF_TEXT: AtomicBool = AtomicBool::new(false);

/// Has bytes that are taken for text warned of.
pub fn warn_of_text() {
    WARNS_OF_TEXT.store(true, Ordering::Relaxed);
}

/// Warns that bytes are taken for text, where that is wanted.
pub(in crate::types) fn taken_for_text(py: Py, what: &str) -> PyResult<()> {
    if WARNS_OF_TEXT.load(Ordering::Relaxed) {
        return errors::warn(py, &crate::exceptions::BytesWarning, what, 1);
    }
    Ok(())
}

/// The same of a comparison with something that is not bytes.
pub(in crate::types) fn compared(
    py: Py,
    class: &str,
    other: &Object,
    op: CompareOp,
) -> PyResult<()> {
    if !WARNS_OF_TEXT.load(Ordering::Relaxed) || !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(());
    }
    if other.downcast::<Str>().is_some() {
        taken_for_text(py, &format!("Comparison between {class} and string"))?;
    }
    if class == "bytes" && other.downcast::<Int>().is_some() {
        taken_for_text(py, "Comparison between bytes and int")?;
    }
    Ok(())
}
