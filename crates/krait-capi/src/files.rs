//! C's files: `fileutils.h`, the opening of code in `fileobject.h`, and the map of generated
//! code that profilers read (`sysmodule.h`).

use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::{Mutex, PoisonError};

use krait_object::{
    Bytes, Layout, Owned, Py, PyResult, Str, Value, errors, hooks, protocol, raise,
};
use krait_stdlib_core::{marshal, sys};

use crate::border::{Ptr, export};
use crate::codecs::fs_converted;
use crate::text;

/// Opens a path of Python's for C; no other program that is started inherits the file.
fn open(py: Py, path: &Value, mode: &CStr) -> PyResult<*mut libc::FILE> {
    let converted = fs_converted(py, path)?;
    let bytes = converted
        .downcast::<Bytes>()
        .map_or(&[][..], |b| b.as_slice());
    let Ok(name) = CString::new(bytes) else {
        return raise!(py, ValueError, "embedded null byte");
    };
    let mode = CString::new([mode.to_bytes(), b"e"].concat()).unwrap_or_default();
    // SAFETY: both are C strings.
    let file = py.allow_threads(|| unsafe { libc::fopen(name.as_ptr(), mode.as_ptr()) } as usize);
    if file == 0 {
        let error = std::io::Error::last_os_error();
        return errors::io_error(py, &error, Some(&path.to_object()));
    }
    Ok(file as *mut libc::FILE)
}

/// A line of at most `size - 1` bytes, whatever ends it; the result is its length, 0 at the
/// end of the file.
///
/// # Safety
/// So many bytes may be written, and the file is open.
unsafe fn universal_line(buffer: *mut c_char, size: c_int, file: *mut libc::FILE) -> usize {
    const NEWLINE: c_int = b'\n' as c_int;
    let (mut at, mut after_return) = (0, false);
    // SAFETY: the contract.
    unsafe {
        while at + 1 < size {
            let mut byte = libc::fgetc(file);
            if byte == NEWLINE && after_return {
                byte = libc::fgetc(file);
            }
            if byte == libc::EOF {
                break;
            }
            after_return = byte == c_int::from(b'\r');
            if after_return {
                byte = NEWLINE;
            }
            *buffer.add(at as usize) = byte as c_char;
            at += 1;
            if byte == NEWLINE {
                break;
            }
        }
        *buffer.add(at as usize) = 0;
        if after_return {
            let next = libc::fgetc(file);
            if next != NEWLINE && next != libc::EOF {
                libc::ungetc(next, file);
            }
        }
    }
    at as usize
}

/// # Safety
/// As for `universal_line`, and with a place for the length or null.
unsafe fn universal_line_of(
    buffer: *mut c_char,
    size: c_int,
    file: *mut libc::FILE,
    object: Ptr,
    length: *mut usize,
) -> *mut c_char {
    // SAFETY: the contract.
    unsafe {
        if !object.is_null() {
            *libc::__errno_location() = libc::ENXIO;
            return std::ptr::null_mut();
        }
        let found = universal_line(buffer, size, file);
        if !length.is_null() && found > 0 {
            *length = found;
        }
        if found == 0 {
            std::ptr::null_mut()
        } else {
            buffer
        }
    }
}

/// A file of C's that marshal data is read from; nothing behind the value is taken.
struct CFile {
    file: *mut libc::FILE,
    bytes: Vec<u8>,
}

impl marshal::Source for CFile {
    fn take(&mut self, py: Py, count: usize) -> PyResult<&[u8]> {
        /// The most that is asked at once: what data says of its length may be wrong.
        const PIECE: usize = 1 << 20;
        self.bytes.clear();
        while self.bytes.len() < count {
            let (have, wanted) = (self.bytes.len(), (count - self.bytes.len()).min(PIECE));
            self.bytes.resize(have + wanted, 0);
            // SAFETY: C's file is open, and the vector has so many bytes more.
            let got = unsafe {
                libc::fread(
                    self.bytes.as_mut_ptr().add(have).cast(),
                    1,
                    wanted,
                    self.file,
                )
            };
            if got < wanted {
                return raise!(py, EOFError, "EOF read where not expected");
            }
        }
        Ok(&self.bytes)
    }

    fn next(&mut self, _py: Py) -> PyResult<Option<u8>> {
        // SAFETY: C's file is open.
        let byte = unsafe { libc::fgetc(self.file) };
        Ok(u8::try_from(byte).ok())
    }
}

fn is_interactive(py: Py) -> bool {
    let flags = sys::get(py, "flags");
    let flag = flags.and_then(|f| protocol::get_attr_str(py, &f, "interactive").ok());
    flag.and_then(|f| protocol::number::int_of(&f)).unwrap_or(0) != 0
}

fn open_code(py: Py, path: &Value) -> PyResult {
    if path.downcast::<Str>().is_none() {
        return raise!(
            py,
            TypeError,
            "'path' must be 'str', not '{}'",
            path.ty().name()
        );
    }
    let io = hooks::import_module(py, "_io")?;
    protocol::call_method_str(py, &io, "open_code", std::slice::from_ref(path))
}

export! {
    fn Py_fopen(py, path: &Value, mode: &CStr) -> PyResult<*mut libc::FILE> { open(py, path, mode) }
    fn Py_fclose(_py, file: *mut libc::FILE) -> c_int { libc::fclose(file) }
    fn Py_UniversalNewlineFgets(_py, buffer: *mut c_char, size: c_int, file: *mut libc::FILE, object: Ptr) -> *mut c_char {
        universal_line_of(buffer, size, file, object, std::ptr::null_mut())
    }
    fn _Py_UniversalNewlineFgetsWithSize(_py, buffer: *mut c_char, size: c_int, file: *mut libc::FILE, object: Ptr, length: *mut usize) -> *mut c_char {
        universal_line_of(buffer, size, file, object, length)
    }
    fn Py_FdIsInteractive(py, file: *mut libc::FILE, name: Option<&CStr>) -> bool {
        let unnamed = name.is_none_or(|n| n == c"<stdin>" || n == c"???");
        libc::isatty(libc::fileno(file)) != 0 || (is_interactive(py) && unnamed)
    }
    fn PyFile_OpenCode(py, path: &CStr) -> PyResult { open_code(py, &Value::from(text::utf8(py, path.to_bytes())?)) }
    fn PyFile_OpenCodeObject(py, path: &Value) -> PyResult { open_code(py, path) }
    fn PyMarshal_ReadLastObjectFromFile(py, file: *mut libc::FILE) -> PyResult {
        let mut data = Vec::new();
        let mut piece = [0u8; 4096];
        loop {
            match libc::fread(piece.as_mut_ptr().cast(), 1, piece.len(), file) {
                0 => break,
                read => data.extend_from_slice(&piece[..read]),
            }
        }
        let marshal = hooks::import_module(py, "marshal")?;
        protocol::call_method_str(py, &marshal, "loads", &[Value::from(Bytes::new(&data))])
    }
    fn PyMarshal_ReadObjectFromFile(py, file: *mut libc::FILE) -> PyResult {
        marshal::read(py, CFile { file, bytes: Vec::new() }, true)
    }
    fn Py_GETENV(py, name: &CStr) -> *const c_char {
        let flags = sys::get(py, "flags");
        let ignored = flags.and_then(|f| protocol::get_attr_str(py, &f, "ignore_environment").ok());
        if ignored.and_then(|i| protocol::number::int_of(&i)).unwrap_or(0) != 0 { return std::ptr::null() }
        libc::getenv(name.as_ptr())
    }
}

/// `/tmp/perf-PID.map`, once somebody writes to it.
static MAP: Mutex<Option<File>> = Mutex::new(None);

fn with_map(work: impl FnOnce(&mut File) -> std::io::Result<()>) -> c_int {
    let mut map = MAP.lock().unwrap_or_else(PoisonError::into_inner);
    if map.is_none() {
        let opened = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW)
            .open(format!("/tmp/perf-{}.map", std::process::id()));
        match opened {
            Ok(file) => *map = Some(file),
            Err(_) => return -1,
        }
    }
    match map.as_mut().map(work) {
        Some(Ok(())) => 0,
        _ => -1,
    }
}

export! {
    fn PyUnstable_PerfMapState_Init(_py) -> c_int { with_map(|_| Ok(())) }
    fn PyUnstable_PerfMapState_Fini(_py) { *MAP.lock().unwrap_or_else(PoisonError::into_inner) = None }
    fn PyUnstable_WritePerfMapEntry(_py, code: *const c_void, size: c_uint, name: &CStr) -> c_int {
        let line = format!("{:x} {size:x} {}\n", code as usize, name.to_string_lossy());
        with_map(|map| map.write_all(line.as_bytes()))
    }
    fn PyUnstable_CopyPerfMapFile(_py, parent: &CStr) -> c_int {
        match std::fs::read(&*parent.to_string_lossy()) {
            Ok(content) => with_map(|map| map.write_all(&content)),
            Err(_) => -1,
        }
    }
}

/// Keeps C's audit function and its data for the hook that Python calls.
const AUDIT: &CStr = c"krait.audit_hook";

type AuditFunction = unsafe extern "C-unwind" fn(*const c_char, Ptr, *mut c_void) -> c_int;

unsafe extern "C-unwind" fn audit(this: Ptr, arguments: Ptr) -> Ptr {
    use krait_object::Tuple;
    // SAFETY: called by Python with the capsule below and a tuple of event and arguments.
    unsafe {
        let py = Py::assume();
        let function = crate::pycapsule::PyCapsule_GetPointer(this, AUDIT.as_ptr());
        let data = crate::pycapsule::PyCapsule_GetContext(this);
        let arguments = krait_object::Object::from_ptr(arguments).cast_unchecked::<Tuple>();
        let values = arguments.as_values();
        let event = values.first().and_then(|e| e.downcast::<Str>());
        let event = event.map(|e| CString::new(e.to_rust().as_bytes()).unwrap_or_default());
        let (Some(event), Some(given)) = (event, values.get(1)) else {
            return std::ptr::null_mut();
        };
        let function = std::mem::transmute::<*mut c_void, AuditFunction>(function);
        let given = given.to_object();
        if function(event.as_ptr(), given.as_object().as_ptr(), data) != 0 {
            return std::ptr::null_mut();
        }
        let _ = py;
        Value::none().into_object().into_ptr()
    }
}

fn add_audit_hook(py: Py, function: *mut c_void, data: *mut c_void) -> PyResult<()> {
    use krait_abi::{METH_VARARGS, PyMethodDef};
    let def = Box::leak(Box::new(PyMethodDef {
        ml_name: c"audit_hook".as_ptr(),
        ml_meth: Some(audit),
        ml_flags: METH_VARARGS,
        ml_doc: std::ptr::null(),
    }));
    // SAFETY: the capsule is new; the function and its data live as long as the process.
    let hook: Owned = unsafe {
        let capsule = crate::pycapsule::PyCapsule_New(function, AUDIT.as_ptr(), None);
        if capsule.is_null() {
            return Err(krait_object::Raised);
        }
        crate::pycapsule::PyCapsule_SetContext(capsule, data);
        let capsule = Owned::<krait_object::Object>::from_raw(capsule.cast());
        krait_object::types::descriptor::NativeFunctionObject::new(def, Some(capsule), None)
            .upcast()
    };
    let sys = hooks::import_module(py, "sys")?;
    protocol::call_method_str(py, &sys, "addaudithook", &[Value::from(hook)]).map(drop)
}

export! {
    fn PySys_AddAuditHook(py, function: *mut c_void, data: *mut c_void) -> PyResult<()> { add_audit_hook(py, function, data) }
}
