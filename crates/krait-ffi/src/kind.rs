//! Types as libffi knows them: `Kind`.

use std::cell::UnsafeCell;
use std::rc::Rc;

use libffi_sys as ffi;

/// The basic types of C.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scalar {
    Void,
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F32,
    F64,
    LongDouble,
    Pointer,
    ComplexF32,
    ComplexF64,
    ComplexLongDouble,
}

/// A type: a basic one, or a struct of others.
#[derive(Clone)]
pub struct Kind(Form);

#[derive(Clone)]
enum Form {
    Basic(*mut ffi::ffi_type),
    Struct(Rc<Struct>),
}

struct Struct {
    /// libffi fills sizes in that are zero.
    raw: UnsafeCell<ffi::ffi_type>,
    /// What `raw` points to.
    _elements: Box<[*mut ffi::ffi_type]>,
    _parts: Vec<Kind>,
}

impl Kind {
    pub fn basic(scalar: Scalar) -> Kind {
        let raw = match scalar {
            Scalar::Void => &raw mut ffi::ffi_type_void,
            Scalar::U8 => &raw mut ffi::ffi_type_uint8,
            Scalar::I8 => &raw mut ffi::ffi_type_sint8,
            Scalar::U16 => &raw mut ffi::ffi_type_uint16,
            Scalar::I16 => &raw mut ffi::ffi_type_sint16,
            Scalar::U32 => &raw mut ffi::ffi_type_uint32,
            Scalar::I32 => &raw mut ffi::ffi_type_sint32,
            Scalar::U64 => &raw mut ffi::ffi_type_uint64,
            Scalar::I64 => &raw mut ffi::ffi_type_sint64,
            Scalar::F32 => &raw mut ffi::ffi_type_float,
            Scalar::F64 => &raw mut ffi::ffi_type_double,
            Scalar::LongDouble => &raw mut ffi::ffi_type_longdouble,
            Scalar::Pointer => &raw mut ffi::ffi_type_pointer,
            Scalar::ComplexF32 => &raw mut ffi::ffi_type_complex_float,
            Scalar::ComplexF64 => &raw mut ffi::ffi_type_complex_double,
            Scalar::ComplexLongDouble => &raw mut ffi::ffi_type_complex_longdouble,
        };
        Kind(Form::Basic(raw))
    }

    /// A struct or union of a known size.
    pub fn aggregate(size: usize, align: usize, parts: Vec<Kind>) -> Kind {
        let mut elements: Box<[*mut ffi::ffi_type]> = parts
            .iter()
            .map(Kind::raw)
            .chain(std::iter::once(std::ptr::null_mut()))
            .collect();
        let raw = ffi::ffi_type {
            size,
            alignment: u16::try_from(align).unwrap_or(u16::MAX),
            type_: ffi::FFI_TYPE_STRUCT,
            elements: elements.as_mut_ptr(),
        };
        Kind(Form::Struct(Rc::new(Struct {
            raw: UnsafeCell::new(raw),
            _elements: elements,
            _parts: parts,
        })))
    }

    pub(crate) fn raw(&self) -> *mut ffi::ffi_type {
        match &self.0 {
            Form::Basic(raw) => *raw,
            Form::Struct(inner) => inner.raw.get(),
        }
    }

    pub fn is_aggregate(&self) -> bool {
        matches!(self.0, Form::Struct(_))
    }

    pub fn is_void(&self) -> bool {
        matches!(self.0, Form::Basic(raw) if std::ptr::eq(raw, &raw const ffi::ffi_type_void))
    }

    pub fn size(&self) -> usize {
        // SAFETY: libffi's own description or the one kept here.
        unsafe { (*self.raw()).size }
    }

    pub fn align(&self) -> usize {
        // SAFETY: as above.
        usize::from(unsafe { (*self.raw()).alignment })
    }
}

/// Types in a row, as libffi wants them, which live as long as this.
pub(crate) struct Row {
    kinds: Vec<Kind>,
    raw: Vec<*mut ffi::ffi_type>,
}

impl Row {
    pub(crate) fn new(kinds: Vec<Kind>) -> Row {
        let raw = kinds.iter().map(Kind::raw).collect();
        Row { kinds, raw }
    }

    pub(crate) fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Describes a function with these arguments.
    ///
    /// The result points into the row and to the result's type.
    pub(crate) fn prepare(&mut self, result: &Kind) -> Option<ffi::ffi_cif> {
        let mut cif = ffi::ffi_cif::default();
        // SAFETY: the arrays hold so many types, all of them alive.
        let status = unsafe {
            ffi::ffi_prep_cif(
                &raw mut cif,
                ffi::ffi_abi_FFI_DEFAULT_ABI,
                self.len() as u32,
                result.raw(),
                self.raw.as_mut_ptr(),
            )
        };
        (status == ffi::ffi_status_FFI_OK).then_some(cif)
    }
}
