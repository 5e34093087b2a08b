//! `pycore_sysmodule.h`, `pycore_import.h`, `pycore_pystate.h`, `pycore_pyhash.h`: attributes
//! of `sys`, the modules, the thread, the secret of the hashes.

use std::cell::UnsafeCell;
use std::ffi::{CStr, c_char, c_int, c_void};

use krait_abi::{PyInterpreterState, PyThreadState};
use krait_object::{Layout, Object, Py, PyResult, Str, Value, hash, protocol, raise};
use krait_stdlib_core::sys;

use crate::border::{Ptr, export};
use crate::object::name_of;

fn attribute(py: Py, name: &Str) -> PyResult<Option<Value>> {
    match sys::namespace(py) {
        Some(namespace) => Ok(namespace.get_str_key(py, name)),
        None => raise!(py, RuntimeError, "no sys module"),
    }
}

fn optional(py: Py, name: &Str, place: *mut Ptr) -> PyResult<bool> {
    let found = attribute(py, name)?;
    let is_there = found.is_some();
    // SAFETY: C passes a place for the result.
    unsafe { *place = found.map_or(std::ptr::null_mut(), |v| v.into_object().into_ptr()) };
    Ok(is_there)
}

fn required(py: Py, name: &Str) -> PyResult {
    match attribute(py, name)? {
        Some(value) => Ok(value),
        None => raise!(py, RuntimeError, "lost sys.{}", name.to_rust()),
    }
}

export! {
    fn _PySys_GetOptionalAttr(py, name: &Object, place: *mut Ptr) -> PyResult<bool> {
        *place = std::ptr::null_mut();
        optional(py, name_of(py, name)?, place)
    }
    fn _PySys_GetOptionalAttrString(py, name: &CStr, place: *mut Ptr) -> PyResult<bool> {
        *place = std::ptr::null_mut();
        optional(py, &*crate::text::name(py, name)?, place)
    }
    fn _PySys_GetRequiredAttr(py, name: &Object) -> PyResult { required(py, name_of(py, name)?) }
    fn _PySys_GetRequiredAttrString(py, name: &CStr) -> PyResult { required(py, &*crate::text::name(py, name)?) }
    fn _PySys_GetSizeOf(py, object: &Value) -> PyResult<usize> {
        let getsizeof = required(py, krait_object::intern!("getsizeof"))?;
        let size = protocol::call(py, &getsizeof, std::slice::from_ref(object))?;
        Ok(protocol::number::int_of(&size).unwrap_or(0) as usize)
    }
    fn _PyImport_SetModule(py, name: &Value, module: &Value) -> PyResult<()> {
        let modules = required(py, krait_object::intern!("modules"))?;
        protocol::set_item(py, &modules, name, module)
    }
    fn _PyEval_GetBuiltin(py, name: &Object) -> PyResult {
        let builtins = sys::builtins(py)?;
        match protocol::lookup_attr(py, &builtins, name_of(py, name)?)? {
            Some(found) => Ok(found),
            None => {
                let class = &krait_object::exceptions::AttributeError;
                Err(krait_object::errors::raise_value(py, class, Value::from(name.to_owned())))
            }
        }
    }
    fn _PyThreadState_GetCurrent(py) -> *mut PyThreadState { py.thread().raw() }
    fn _PyOS_IsMainThread(py) -> bool { krait_vm::threads::is_main(py) }
    fn _Py_IsInterpreterFinalizing(_py, _interpreter: *mut PyInterpreterState) -> bool {
        krait_stdlib_core::run::is_finalizing()
    }
    fn PyHash_GetFuncDef(_py) -> *const HashFunction { &raw const HASH_FUNCTION }
}

/// `PyHash_FuncDef`
#[repr(C)]
pub struct HashFunction {
    hash: unsafe extern "C-unwind" fn(*const c_void, isize) -> isize,
    name: *const c_char,
    hash_bits: c_int,
    seed_bits: c_int,
}
// SAFETY: the text is static, and nothing changes.
unsafe impl Sync for HashFunction {}

static HASH_FUNCTION: HashFunction = HashFunction {
    hash: crate::context::Py_HashBuffer,
    name: c"siphash13".as_ptr(),
    hash_bits: 64,
    seed_bits: 128,
};

/// `_Py_HashSecret_t`: 24 bytes, whose names are a union's. The first two words are the key
/// of the hashes of text; the last is salt for others (Expat's).
#[repr(C)]
pub struct HashSecret(UnsafeCell<[u64; 3]>);
// SAFETY: written once, before any C code runs.
unsafe impl Sync for HashSecret {}

#[unsafe(no_mangle)]
pub static _Py_HashSecret: HashSecret = HashSecret(UnsafeCell::new([0; 3]));

/// Gives C the key that the runtime was started with.
pub fn set_hash_secret(py: Py) {
    let key = hash::key(py);
    let salt = match key {
        // (`PYTHONHASHSEED=0` means no secret.)
        (0, 0) => 0,
        _ => hash::keyed(key, b"expat") | 1,
    };
    // SAFETY: C code that reads it does not run yet.
    unsafe { *_Py_HashSecret.0.get() = [key.0, key.1, salt] }
}
