//! Variables that C reads: exception classes, versions, tables.

use std::ffi::{c_char, c_int, c_ulong};

use krait_abi::*;
use krait_object::exceptions;

/// A variable of C's that holds a class.
#[repr(transparent)]
pub struct ClassPointer(*mut PyTypeObject);
// SAFETY: the pointer is to a static type and never changes.
unsafe impl Sync for ClassPointer {}

/// A variable of C's that holds a text.
#[repr(transparent)]
pub struct CText(pub *const c_char);
// SAFETY: the pointer is to a static text and never changes.
unsafe impl Sync for CText {}

macro_rules! exceptions {
    ($($variable:ident $class:ident)*) => { $(
        #[doc = concat!("`", stringify!($class), "`, as C knows it.")]
        #[unsafe(no_mangle)]
        pub static $variable: ClassPointer = ClassPointer(exceptions::$class.as_type_ptr());
    )* };
}

exceptions! {
    PyExc_BaseException BaseException PyExc_Exception Exception
    PyExc_BaseExceptionGroup BaseExceptionGroup PyExc_StopAsyncIteration StopAsyncIteration
    PyExc_StopIteration StopIteration PyExc_GeneratorExit GeneratorExit
    PyExc_ArithmeticError ArithmeticError PyExc_LookupError LookupError
    PyExc_AssertionError AssertionError PyExc_AttributeError AttributeError
    PyExc_BufferError BufferError PyExc_EOFError EOFError
    PyExc_FloatingPointError FloatingPointError PyExc_OSError OSError
    PyExc_ImportError ImportError PyExc_ModuleNotFoundError ModuleNotFoundError
    PyExc_IndexError IndexError PyExc_KeyError KeyError
    PyExc_KeyboardInterrupt KeyboardInterrupt PyExc_MemoryError MemoryError
    PyExc_NameError NameError PyExc_OverflowError OverflowError
    PyExc_RuntimeError RuntimeError PyExc_RecursionError RecursionError
    PyExc_NotImplementedError NotImplementedError PyExc_SyntaxError SyntaxError
    PyExc_IndentationError IndentationError PyExc_TabError TabError
    PyExc_ReferenceError ReferenceError PyExc_SystemError SystemError
    PyExc_SystemExit SystemExit PyExc_TypeError TypeError
    PyExc_UnboundLocalError UnboundLocalError PyExc_UnicodeError UnicodeError
    PyExc_UnicodeEncodeError UnicodeEncodeError PyExc_UnicodeDecodeError UnicodeDecodeError
    PyExc_UnicodeTranslateError UnicodeTranslateError PyExc_ValueError ValueError
    PyExc_ZeroDivisionError ZeroDivisionError PyExc_BlockingIOError BlockingIOError
    PyExc_BrokenPipeError BrokenPipeError PyExc_ChildProcessError ChildProcessError
    PyExc_ConnectionError ConnectionError PyExc_ConnectionAbortedError ConnectionAbortedError
    PyExc_ConnectionRefusedError ConnectionRefusedError
    PyExc_ConnectionResetError ConnectionResetError PyExc_FileExistsError FileExistsError
    PyExc_FileNotFoundError FileNotFoundError PyExc_InterruptedError InterruptedError
    PyExc_IsADirectoryError IsADirectoryError PyExc_NotADirectoryError NotADirectoryError
    PyExc_PermissionError PermissionError PyExc_ProcessLookupError ProcessLookupError
    PyExc_TimeoutError TimeoutError PyExc_EnvironmentError OSError PyExc_IOError OSError
    PyExc_Warning Warning PyExc_UserWarning UserWarning
    PyExc_DeprecationWarning DeprecationWarning
    PyExc_PendingDeprecationWarning PendingDeprecationWarning
    PyExc_SyntaxWarning SyntaxWarning PyExc_RuntimeWarning RuntimeWarning
    PyExc_FutureWarning FutureWarning PyExc_ImportWarning ImportWarning
    PyExc_UnicodeWarning UnicodeWarning PyExc_BytesWarning BytesWarning
    PyExc_ResourceWarning ResourceWarning PyExc_EncodingWarning EncodingWarning
    PyExc_PythonFinalizationError PythonFinalizationError
    _PyExc_IncompleteInputError _IncompleteInputError
}

/// `sys.hexversion`: the version of Python that this is.
#[unsafe(no_mangle)]
pub static Py_Version: c_ulong = 0x030E_0AF0;

#[unsafe(no_mangle)]
pub static Py_FileSystemDefaultEncoding: CText = CText(c"utf-8".as_ptr());
#[unsafe(no_mangle)]
pub static Py_FileSystemDefaultEncodeErrors: CText = CText(c"surrogateescape".as_ptr());
#[unsafe(no_mangle)]
pub static Py_HasFileSystemDefaultEncoding: c_int = 1;
#[unsafe(no_mangle)]
pub static Py_UTF8Mode: c_int = 1;
#[unsafe(no_mangle)]
pub static Py_hexdigits: CText = CText(c"0123456789abcdef".as_ptr());

/// Whether a byte is white space in `str` terms, for the header's macro.
#[unsafe(no_mangle)]
pub static _Py_ascii_whitespace: [u8; 128] = whitespace();

const fn whitespace() -> [u8; 128] {
    let mut table = [0; 128];
    let mut code = 9;
    while code <= 13 {
        table[code] = 1;
        code += 1;
    }
    let mut code = 28;
    while code <= 32 {
        table[code] = 1;
        code += 1;
    }
    table
}

const LOWER: u32 = 0x01;
const UPPER: u32 = 0x02;
const DIGIT: u32 = 0x04;
const XDIGIT: u32 = 0x08;
const SPACE: u32 = 0x10;

/// `pyctype.h`'s classes of ASCII characters.
#[unsafe(no_mangle)]
pub static _Py_ctype_table: [u32; 256] = classes();
#[unsafe(no_mangle)]
pub static _Py_ctype_tolower: [u8; 256] = mapped(true);
#[unsafe(no_mangle)]
pub static _Py_ctype_toupper: [u8; 256] = mapped(false);

const fn classes() -> [u32; 256] {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 128 {
        let byte = code as u8;
        let mut flags = 0;
        if byte.is_ascii_lowercase() {
            flags |= LOWER;
        }
        if byte.is_ascii_uppercase() {
            flags |= UPPER;
        }
        if byte.is_ascii_digit() {
            flags |= DIGIT;
        }
        if byte.is_ascii_hexdigit() {
            flags |= XDIGIT;
        }
        if byte == 32 || (byte >= 9 && byte <= 13) {
            flags |= SPACE;
        }
        table[code] = flags;
        code += 1;
    }
    table
}

const fn mapped(lower: bool) -> [u8; 256] {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        let byte = code as u8;
        table[code] = if lower {
            byte.to_ascii_lowercase()
        } else {
            byte.to_ascii_uppercase()
        };
        code += 1;
    }
    table
}

/// The comparison with exchanged operands.
#[unsafe(no_mangle)]
pub static _Py_SwappedOp: [c_int; 6] = [Py_GT, Py_GE, Py_EQ, Py_NE, Py_LT, Py_LE];
