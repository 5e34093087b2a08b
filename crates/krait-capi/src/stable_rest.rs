//! What the stable ABI has beside the headers of today: functions that are older than
//! their replacements, the embedding functions that mean something inside a running
//! program, `pytime.h`, and threads of `pythread.h`.

use std::ffi::{CStr, c_char, c_int, c_long, c_ulong, c_void};
use std::sync::OnceLock;

use krait_abi::*;
use krait_object::types::buffer::Buffer;
use krait_object::{
    Bytes, Dict, Object, Owned, Py, PyResult, Str, Tuple, Value, hooks, protocol, raise,
};
use krait_stdlib_core::sys;

use crate::border::{Ptr, export};
use crate::text;

/// Memory of an object that exports it, borrowed without a view, as the oldest buffer
/// functions did.
fn old_buffer(py: Py, object: &Value, writable: bool) -> PyResult<(*mut c_void, isize)> {
    let buffer = if writable {
        Buffer::writable(py, object)?
    } else {
        Buffer::new(py, object)?
    };
    Ok((buffer.raw().buf, buffer.raw().len))
}

/// What the process was started with, as wide texts that live as long as it.
fn wide_arguments(py: Py) -> &'static [usize] {
    static WIDE: OnceLock<Vec<usize>> = OnceLock::new();
    WIDE.get_or_init(|| {
        let arguments = sys::get(py, "orig_argv");
        let arguments = arguments
            .as_ref()
            .and_then(|a| a.downcast::<krait_object::List>());
        let mut wide: Vec<usize> = arguments
            .map_or_else(Vec::new, |list| list.to_vec())
            .iter()
            .filter_map(|argument| argument.downcast::<Str>())
            .map(|argument| wide_text(argument) as usize)
            .collect();
        wide.push(0);
        wide
    })
}

/// Wide text that lives as long as the process.
fn wide_text(text: &Str) -> *const i32 {
    let mut wide: Vec<i32> = text.code_points().map(|c| c as i32).collect();
    wide.push(0);
    Vec::leak(wide).as_ptr()
}

/// The length of wide text.
///
/// # Safety
/// The text ends with a zero.
pub unsafe fn wide_len(text: *const i32) -> usize {
    // SAFETY: the contract.
    (0..).take_while(|&i| unsafe { *text.add(i) } != 0).count()
}

/// # Safety
/// The text ends with a zero.
unsafe fn from_wide(text: *const i32) -> Owned<Str> {
    // SAFETY: the contract.
    unsafe {
        let units: Vec<u32> = (0..wide_len(text)).map(|i| *text.add(i) as u32).collect();
        Str::from_u32(&units)
    }
}

/// A block of `PyMem_RawMalloc` with these items and a zero.
///
/// # Safety
/// The caller frees it.
unsafe fn raw_copy<T: Copy + Default>(items: &[T]) -> *mut T {
    // SAFETY: the block has room for all items and one more.
    unsafe {
        let block = libc::malloc((items.len() + 1) * size_of::<T>()).cast::<T>();
        if !block.is_null() {
            std::ptr::copy_nonoverlapping(items.as_ptr(), block, items.len());
            *block.add(items.len()) = T::default();
        }
        block
    }
}

/// Bytes of the file system's encoding as code points: what is not UTF-8 becomes lone
/// surrogates.
fn decode_locale(bytes: &[u8]) -> Vec<i32> {
    let mut out = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.extend(chunk.valid().chars().map(|c| c as i32));
        out.extend(chunk.invalid().iter().map(|&b| 0xDC00 + i32::from(b)));
    }
    out
}

/// The reverse; none where there is another surrogate.
pub fn encode_locale(text: &[i32]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    for &code in text {
        match code {
            0xDC80..=0xDCFF => out.push((code - 0xDC00) as u8),
            _ => out.extend_from_slice(
                char::from_u32(code as u32)?
                    .encode_utf8(&mut [0; 4])
                    .as_bytes(),
            ),
        }
    }
    Some(out)
}

/// Nanoseconds of a clock.
fn clock(which: libc::clockid_t) -> i64 {
    // SAFETY: the system fills the struct.
    unsafe {
        let mut now: libc::timespec = std::mem::zeroed();
        libc::clock_gettime(which, &raw mut now);
        now.tv_sec * 1_000_000_000 + now.tv_nsec
    }
}

/// Warning options as `sys.warnoptions` holds them.
fn warn_options(py: Py) -> PyResult {
    match sys::get(py, "warnoptions") {
        Some(options) => Ok(options),
        None => raise!(py, RuntimeError, "lost sys.warnoptions"),
    }
}

/// What `PyEval_GetLocals` lent last: a snapshot that nobody else keeps.
static LENT_LOCALS: krait_object::GilCell<std::cell::RefCell<Option<Value>>> =
    krait_object::GilCell::new(std::cell::RefCell::new(None));

export! {
    fn PyCFunction_Call(py, callable: &Value, args: &Tuple, kwargs: Option<&Object>) -> PyResult {
        protocol::call::call_tuple(py, callable, args, kwargs.and_then(|k| k.downcast::<Dict>()))
    }
    fn PyEval_CallObjectWithKeywords(py, callable: &Value, args: Option<&Object>, kwargs: Option<&Object>) -> PyResult {
        let kwargs = kwargs.and_then(|k| k.downcast::<Dict>());
        match args {
            None => protocol::call::call_tuple(py, callable, &Tuple::empty(), kwargs),
            Some(args) => match args.downcast::<Tuple>() {
                Some(args) => protocol::call::call_tuple(py, callable, args, kwargs),
                None => raise!(py, TypeError, "argument list must be a tuple"),
            },
        }
    }
    fn PyEval_GetLocals(py) -> PyResult<Ptr> {
        let locals = krait_vm::frame::current_locals(py)?;
        let lent = locals.as_object().map_or(std::ptr::null_mut(), Object::as_ptr);
        drop(LENT_LOCALS.get(py).replace(Some(locals)));
        Ok(lent)
    }
    fn PyObject_AsCharBuffer(py, object: &Value, data: *mut *const c_char, len: *mut isize) -> PyResult<()> {
        let (start, length) = old_buffer(py, object, false)?;
        *data = start.cast_const().cast();
        *len = length;
        Ok(())
    }
    fn PyObject_AsReadBuffer(py, object: &Value, data: *mut *const c_void, len: *mut isize) -> PyResult<()> {
        let (start, length) = old_buffer(py, object, false)?;
        *data = start.cast_const();
        *len = length;
        Ok(())
    }
    fn PyObject_AsWriteBuffer(py, object: &Value, data: *mut *mut c_void, len: *mut isize) -> PyResult<()> {
        let (start, length) = old_buffer(py, object, true)?;
        *data = start;
        *len = length;
        Ok(())
    }
    fn PyObject_CheckReadBuffer(py, object: &Value) -> bool {
        let found = Buffer::new(py, object).is_ok();
        drop(py.thread().take_exception());
        found
    }
    fn PyUnicode_GetSize(py, string: &Object) -> PyResult<usize> {
        match string.downcast::<Str>() {
            Some(string) => Ok(string.len()),
            None => raise!(py, TypeError, "bad argument type for built-in operation"),
        }
    }
    fn PyUnicode_KIND(_py, string: &Str) -> u32 { string.kind() as u32 }
    fn PyType_SUPPORTS_WEAKREFS(_py, ty: &krait_object::Type) -> bool { ty.raw().tp_weaklistoffset != 0 }
    fn PyObject_GET_WEAKREFS_LISTPTR(_py, object: &Object) -> *mut c_void {
        krait_object::types::weakref::list_of(object).map_or(std::ptr::null_mut(), |p| p.cast())
    }
    fn PyUnicode_AsDecodedObject(py, object: &Value, encoding: Option<&CStr>, errors: Option<&CStr>) -> PyResult { recoded(py, "decode", object, encoding, errors) }
    fn PyUnicode_AsDecodedUnicode(py, object: &Value, encoding: Option<&CStr>, errors: Option<&CStr>) -> PyResult { recoded(py, "decode", object, encoding, errors) }
    fn PyUnicode_AsEncodedObject(py, object: &Value, encoding: Option<&CStr>, errors: Option<&CStr>) -> PyResult { recoded(py, "encode", object, encoding, errors) }
    fn PyUnicode_AsEncodedUnicode(py, object: &Value, encoding: Option<&CStr>, errors: Option<&CStr>) -> PyResult { recoded(py, "encode", object, encoding, errors) }
    fn PyFunction_SetClosure(py, function: &Value, closure: &Value) -> PyResult<()> {
        protocol::set_attr(py, function, &Str::intern("__closure__"), closure)
    }
    fn PyImport_ImportFrozenModule(py, name: &CStr) -> PyResult<c_int> { frozen(py, &name.to_string_lossy()) }
    fn PyImport_ImportFrozenModuleObject(py, name: &Str) -> PyResult<c_int> { frozen(py, &name.to_rust()) }
    fn PySys_AddWarnOption(py, option: *const i32) {
        let added = warn_options(py).and_then(|o| protocol::call_method_str(py, &o, "append", &[Value::from(from_wide(option))]));
        if added.is_err() { drop(py.thread().take_exception()) }
    }
    fn PySys_AddWarnOptionUnicode(py, option: &Value) {
        let added = warn_options(py).and_then(|o| protocol::call_method_str(py, &o, "append", std::slice::from_ref(option)));
        if added.is_err() { drop(py.thread().take_exception()) }
    }
    fn PySys_HasWarnOptions(py) -> bool { warn_options(py).and_then(|o| protocol::truth(py, &o)).unwrap_or(false) }
    fn PySys_ResetWarnOptions(py) {
        if warn_options(py).and_then(|o| protocol::call_method_str(py, &o, "clear", &[])).is_err() { drop(py.thread().take_exception()) }
    }
    fn PySys_AddXOption(py, option: *const i32) {
        let text = from_wide(option).to_rust().into_owned();
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Value::from(Str::new(value))),
            None => (text.as_str(), Value::bool(true)),
        };
        let set = sys::get(py, "_xoptions").map(|o| protocol::set_item(py, &o, &Value::from(Str::new(name)), &value));
        if matches!(set, Some(Err(_))) { drop(py.thread().take_exception()) }
    }
    fn Py_GetArgcArgv(py, count: *mut c_int, texts: *mut *const usize) {
        let arguments = wide_arguments(py);
        *count = arguments.len() as c_int - 1;
        *texts = arguments.as_ptr();
    }
    fn PySys_SetArgv(py, count: c_int, arguments: *const *const i32) { set_argv(py, count, arguments, true) }
    fn PySys_SetArgvEx(py, count: c_int, arguments: *const *const i32, update: c_int) { set_argv(py, count, arguments, update != 0) }
    fn PySys_SetPath(py, path: *const i32) {
        let text = from_wide(path).to_rust().into_owned();
        let list = krait_object::List::from_values(text.split(':').map(|p| Value::from(Str::new(p))));
        if sys::set(py, "path", Value::from(list)).is_err() { drop(py.thread().take_exception()) }
    }
    fn PyThread_GetInfo(py) -> PyResult {
        match sys::get(py, "thread_info") {
            Some(info) => Ok(info),
            None => raise!(py, RuntimeError, "lost sys.thread_info"),
        }
    }
    fn PyThread_start_new_thread(_py, function: freefunc, argument: *mut c_void) -> c_ulong {
        crate::pythread::start(function, argument).unwrap_or(c_ulong::MAX)
    }
    fn PyMarshal_ReadLongFromFile(_py, file: *mut libc::FILE) -> c_long { i32::from_le_bytes(read_bytes(file)).into() }
    fn PyMarshal_ReadShortFromFile(_py, file: *mut libc::FILE) -> c_int { i16::from_le_bytes(read_bytes(file)).into() }
    fn PyMarshal_WriteLongToFile(_py, value: c_long, file: *mut libc::FILE, _version: c_int) {
        let bytes = (value as i32).to_le_bytes();
        libc::fwrite(bytes.as_ptr().cast(), 1, 4, file);
    }
    fn PyMarshal_WriteObjectToFile(py, object: &Value, file: *mut libc::FILE, version: c_int) {
        let made = hooks::import_module(py, "marshal")
            .and_then(|m| protocol::call_method_str(py, &m, "dumps", &[object.clone(), Value::int(version.into())]));
        if let Ok(data) = made && let Some(bytes) = data.downcast::<Bytes>() {
            libc::fwrite(bytes.as_slice().as_ptr().cast(), 1, bytes.len(), file);
        }
    }
    fn PyTime_AsSecondsDouble(_py, time: i64) -> f64 { time as f64 / 1e9 }
    fn PyTime_Time(_py, result: *mut i64) -> c_int { *result = clock(libc::CLOCK_REALTIME); 0 }
    fn PyTime_Monotonic(_py, result: *mut i64) -> c_int { *result = clock(libc::CLOCK_MONOTONIC); 0 }
    fn PyTime_PerfCounter(_py, result: *mut i64) -> c_int { *result = clock(libc::CLOCK_MONOTONIC); 0 }
    fn PyTime_TimeRaw(_py, result: *mut i64) -> c_int { *result = clock(libc::CLOCK_REALTIME); 0 }
    fn PyTime_MonotonicRaw(_py, result: *mut i64) -> c_int { *result = clock(libc::CLOCK_MONOTONIC); 0 }
    fn PyTime_PerfCounterRaw(_py, result: *mut i64) -> c_int { *result = clock(libc::CLOCK_MONOTONIC); 0 }

    fn Py_DecodeLocale(_py, data: &CStr, length: *mut usize) -> *mut i32 {
        let wide = decode_locale(data.to_bytes());
        if !length.is_null() { *length = wide.len() }
        raw_copy(&wide)
    }
    fn Py_EncodeLocale(_py, wide: *const i32, error: *mut usize) -> *mut c_char {
        let text = std::slice::from_raw_parts(wide, wide_len(wide));
        match encode_locale(text) {
            Some(bytes) => {
                if !error.is_null() { *error = usize::MAX }
                raw_copy(&bytes).cast()
            }
            None => {
                let bad = text.iter().position(|&c| encode_locale(&[c]).is_none()).unwrap_or(0);
                if !error.is_null() { *error = bad }
                std::ptr::null_mut()
            }
        }
    }
    fn Py_PACK_FULL_VERSION(_py, x: c_int, y: c_int, z: c_int, level: c_int, serial: c_int) -> u32 {
        ((x as u32 & 0xFF) << 24) | ((y as u32 & 0xFF) << 16) | ((z as u32 & 0xFF) << 8) | ((level as u32 & 0xF) << 4) | (serial as u32 & 0xF)
    }
    fn Py_PACK_VERSION(_py, x: c_int, y: c_int) -> u32 { ((x as u32 & 0xFF) << 24) | ((y as u32 & 0xFF) << 16) }
    fn PyOS_mystrnicmp(_py, a: *const c_char, b: *const c_char, count: isize) -> c_int {
        libc::strncasecmp(a, b, count.max(0) as usize)
    }
}

/// Runs a file's text as a module's.
fn run_file(
    py: Py,
    file: *mut libc::FILE,
    name: &CStr,
    start: c_int,
    globals: &Value,
    locals: &Value,
    close: bool,
) -> PyResult {
    let mut source = Vec::new();
    let mut block = [0u8; 4096];
    loop {
        // SAFETY: C passes an open file; so many bytes fit into the block.
        let count = unsafe { libc::fread(block.as_mut_ptr().cast(), 1, block.len(), file) };
        if count == 0 {
            break;
        }
        source.extend_from_slice(&block[..count]);
    }
    if close {
        // SAFETY: as above; the caller gives the file up.
        unsafe { libc::fclose(file) };
    }
    let mode = match start {
        Py_eval_input => "eval",
        Py_single_input => "single",
        _ => "exec",
    };
    let filename = text::decode_fs(py, name.to_bytes())?;
    let compile = sys::builtin(py, "compile")?;
    let code = protocol::call(
        py,
        &compile,
        &[
            Value::from(Bytes::new(&source)),
            Value::from(filename),
            Value::from(Str::new(mode)),
        ],
    )?;
    let run = sys::builtin(py, if mode == "eval" { "eval" } else { "exec" })?;
    protocol::call(py, &run, &[code, globals.clone(), locals.clone()])
}

fn simple_file(py: Py, file: *mut libc::FILE, name: &CStr, close: bool) -> c_int {
    let done = hooks::import_module(py, "__main__")
        .and_then(|main| protocol::get_attr_str(py, &main, "__dict__"))
        .and_then(|globals| run_file(py, file, name, Py_file_input, &globals, &globals, close));
    if done.is_err() {
        // SAFETY: the GIL is held.
        unsafe { crate::pyerrors::PyErr_Print() };
        return -1;
    }
    0
}

export! {
    fn PyRun_File(py, file: *mut libc::FILE, name: &CStr, start: c_int, globals: &Value, locals: &Value) -> PyResult { run_file(py, file, name, start, globals, locals, false) }
    fn PyRun_FileEx(py, file: *mut libc::FILE, name: &CStr, start: c_int, globals: &Value, locals: &Value, close: c_int) -> PyResult { run_file(py, file, name, start, globals, locals, close != 0) }
    fn PyRun_FileFlags(py, file: *mut libc::FILE, name: &CStr, start: c_int, globals: &Value, locals: &Value, _flags: *mut PyCompilerFlags) -> PyResult { run_file(py, file, name, start, globals, locals, false) }
    fn PyRun_FileExFlags(py, file: *mut libc::FILE, name: &CStr, start: c_int, globals: &Value, locals: &Value, close: c_int, _flags: *mut PyCompilerFlags) -> PyResult { run_file(py, file, name, start, globals, locals, close != 0) }
    fn PyRun_SimpleFile(py, file: *mut libc::FILE, name: &CStr) -> c_int { simple_file(py, file, name, false) }
    fn PyRun_SimpleFileEx(py, file: *mut libc::FILE, name: &CStr, close: c_int) -> c_int { simple_file(py, file, name, close != 0) }
    fn PyRun_SimpleFileExFlags(py, file: *mut libc::FILE, name: &CStr, close: c_int, _flags: *mut PyCompilerFlags) -> c_int { simple_file(py, file, name, close != 0) }
}

/// Called while reading lines from a terminal; C code may set it.
#[unsafe(no_mangle)]
pub static PyOS_InputHook: krait_abi::Static<Option<unsafe extern "C-unwind" fn() -> c_int>> =
    krait_abi::Static::new(None);

fn recoded(
    py: Py,
    how: &str,
    object: &Value,
    encoding: Option<&CStr>,
    errors: Option<&CStr>,
) -> PyResult {
    let text = |t: Option<&CStr>, default: &str| {
        Value::from(Str::new(&t.map_or(default.into(), |t| t.to_string_lossy())))
    };
    let codecs = hooks::import_module(py, "_codecs")?;
    protocol::call_method_str(
        py,
        &codecs,
        how,
        &[
            object.clone(),
            text(encoding, "utf-8"),
            text(errors, "strict"),
        ],
    )
}

/// Imports a module of the library that is in the program: 1, or 0 where there is none.
fn frozen(py: Py, name: &str) -> PyResult<c_int> {
    let imp = hooks::import_module(py, "_imp")?;
    let known = protocol::call_method_str(py, &imp, "is_frozen", &[Value::from(Str::new(name))])?;
    if !protocol::truth(py, &known)? {
        return Ok(0);
    }
    hooks::import_module(py, name).map(|_| 1)
}

/// # Safety
/// So many texts are there.
unsafe fn set_argv(py: Py, count: c_int, arguments: *const *const i32, update: bool) {
    // SAFETY: the contract.
    let all: Vec<Value> = (0..count.max(0) as usize)
        .map(|i| Value::from(unsafe { from_wide(*arguments.add(i)) }))
        .collect();
    let first = all
        .first()
        .and_then(|a| a.downcast::<Str>())
        .map(|a| a.to_rust().into_owned());
    if sys::set(
        py,
        "argv",
        Value::from(krait_object::List::from_values(all)),
    )
    .is_err()
    {
        drop(py.thread().take_exception());
    }
    if update && let (Some(first), Some(path)) = (first, sys::get(py, "path")) {
        let folder = std::path::Path::new(&first)
            .parent()
            .map_or(String::new(), |p| p.display().to_string());
        let inserted = protocol::call_method_str(
            py,
            &path,
            "insert",
            &[Value::int(0), Value::from(Str::new(&folder))],
        );
        if inserted.is_err() {
            drop(py.thread().take_exception());
        }
    }
}

/// # Safety
/// The file is open.
unsafe fn read_bytes<const N: usize>(file: *mut libc::FILE) -> [u8; N] {
    let mut bytes = [0; N];
    // SAFETY: the contract.
    unsafe { libc::fread(bytes.as_mut_ptr().cast(), 1, N, file) };
    bytes
}
