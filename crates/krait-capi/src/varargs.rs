//! The C shims' side in Rust: how variable arguments are taken, and what keeps the shims
//! in the program.

use std::ffi::{c_int, c_long, c_void};

/// A `krait_va` of the shims: variable arguments, taken one after the other.
#[repr(C)]
pub struct RawVa {
    _opaque: [u8; 0],
}

unsafe extern "C" {
    fn krait_va_pointer(va: *mut RawVa) -> *mut c_void;
    fn krait_va_int(va: *mut RawVa) -> c_int;
    fn krait_va_long(va: *mut RawVa) -> c_long;
    fn krait_va_double(va: *mut RawVa) -> f64;
}

/// Variable arguments of a call that is running.
pub struct Va(*mut RawVa);

impl Va {
    /// # Safety
    /// The shim that passes the pointer is running, and its caller passed what the format
    /// string says that is read by the `Va`.
    pub unsafe fn new(raw: *mut RawVa) -> Va {
        Va(raw)
    }

    /// The next argument, a pointer.
    pub fn pointer<T>(&mut self) -> *mut T {
        // SAFETY: the contract of `new`.
        unsafe { krait_va_pointer(self.0).cast() }
    }

    /// The next argument, an `int` or something narrower.
    pub fn int(&mut self) -> c_int {
        // SAFETY: the contract of `new`.
        unsafe { krait_va_int(self.0) }
    }

    /// The next argument, of 64 bits.
    pub fn long(&mut self) -> c_long {
        // SAFETY: the contract of `new`.
        unsafe { krait_va_long(self.0) }
    }

    pub fn double(&mut self) -> f64 {
        // SAFETY: the contract of `new`.
        unsafe { krait_va_double(self.0) }
    }
}

/// A symbol of the shims, of which only the address counts.
type Symbol = unsafe extern "C" fn();

macro_rules! shims {
    ($($name:ident)*) => {
        unsafe extern "C" {
            $(fn $name();)*
        }

        /// All shims: the linker takes from a library only what is referred to.
        #[used]
        static KEPT: [Symbol; [$(stringify!($name)),*].len()] = [$($name),*];
    };
}

shims! {
    PyArg_Parse
    PyArg_ParseTuple
    PyArg_ParseTupleAndKeywords
    PyArg_UnpackTuple
    PyArg_VaParse
    PyArg_VaParseTupleAndKeywords
    PyBytes_FromFormat
    PyBytes_FromFormatV
    PyErr_Format
    PyErr_FormatUnraisable
    PyErr_FormatV
    PyErr_ResourceWarning
    PyErr_WarnExplicitFormat
    PyErr_WarnFormat
    PyEval_CallFunction
    PyEval_CallMethod
    PyOS_mystricmp
    PyOS_snprintf
    PyOS_strtol
    PyOS_strtoul
    PyOS_vsnprintf
    PyObject_CallFunction
    PyObject_CallFunctionObjArgs
    PyObject_CallMethod
    PyObject_CallMethodObjArgs
    PySys_Audit
    PySys_FormatStderr
    PySys_FormatStdout
    PySys_WriteStderr
    PySys_WriteStdout
    PyTuple_Pack
    PyUnicodeWriter_Format
    PyUnicode_FromFormat
    PyUnicode_FromFormatV
    Py_BuildValue
    Py_VaBuildValue
    _PyArg_ParseStack
    _PyArg_ParseStackAndKeywords
    _PyArg_ParseTupleAndKeywordsFast
    _PyArg_ParseTupleAndKeywords_SizeT
    _PyArg_ParseTuple_SizeT
    _PyArg_Parse_SizeT
    _PyArg_VaParseTupleAndKeywords_SizeT
    _PyArg_VaParse_SizeT
    _PyErr_Format
    _PyErr_FormatFromCause
    _PyErr_FormatNote
    _PyErr_FormatV
    _PyObject_CallFunction_SizeT
    _PyObject_CallMethod
    _PyObject_CallMethodId
    _PyObject_CallMethod_SizeT
    _Py_BuildValue_SizeT
    _Py_VaBuildValue_SizeT
}
