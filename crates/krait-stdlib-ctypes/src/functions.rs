//! The module's functions and constants.

use krait_ffi::{entry, errno, library, memory, object};
use krait_object::{
    Bytes, List, ModuleBuilder, Object, Owned, Py, PyResult, Str, Tuple, Type, Value, intern,
    protocol, raise,
};
use krait_stdlib_os::paths;

use crate::argument::{Passed, PassedObject};
use crate::calls::{self, Signature};
use crate::data::{self, This};
use crate::function::c_name;
use crate::storage::{self, Storage, flag};
use crate::{codes, keep, types};

const RTLD_NOW: i32 = 2;
const RTLD_GLOBAL: i64 = 0x100;

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    entry::set_cast(m.py, cast);
    for (name, address) in entry::addresses() {
        m.value(name, codes::address_value(address))?;
    }
    m.int("FUNCFLAG_CDECL", flag::CDECL as i64)?
        .int("FUNCFLAG_PYTHONAPI", flag::PYTHON_API as i64)?
        .int("FUNCFLAG_USE_ERRNO", flag::USE_ERRNO as i64)?
        .int("FUNCFLAG_USE_LASTERROR", flag::USE_LAST_ERROR as i64)?
        .int("CTYPES_MAX_ARGCOUNT", calls::MOST_ARGUMENTS as i64)?
        .int("SIZEOF_TIME_T", 8)?
        .int("RTLD_LOCAL", 0)?
        .int("RTLD_GLOBAL", RTLD_GLOBAL)?;
    m.function("get_errno()", |_py| errno::get())?
        .function("set_errno(value, /)", |_py, value: i32| errno::set(value))?
        .function("_unpickle(type, state, /)", unpickle)?
        .function_doc(
            "buffer_info(object, /)",
            "Return buffer interface information",
            buffer_info,
        )?
        .function("resize(obj, size, /)", resize)?
        .function_doc(
            "dlopen(name, flag=0, /)",
            "dlopen(name, flag={RTLD_GLOBAL|RTLD_LOCAL}) open a shared library",
            dlopen,
        )?
        .function_doc("dlclose(handle, /)", "dlclose a library", dlclose)?
        .function_doc(
            "dlsym(handle, name, /)",
            "find symbol in shared library",
            dlsym,
        )?
        .function_doc(
            "dllist()",
            "dllist() return a list of loaded shared libraries",
            |_py| {
                List::from_values(
                    library::loaded()
                        .iter()
                        .map(|name| Value::from(paths::decode(name))),
                )
            },
        )?
        .function_doc(
            "alignment(object, /)",
            "alignment(C type) -> integer\nalignment(C instance) -> integer\n\
             Return the alignment requirements of a C instance",
            alignment,
        )?
        .function_doc(
            "sizeof(obj, /)",
            "Return the size in bytes of a C instance.",
            size_of,
        )?
        .function_doc(
            "byref(obj, offset=0, /)",
            "Return a pointer lookalike to a C instance, only usable as function argument.",
            byref,
        )?
        .function_doc(
            "addressof(obj, /)",
            "Return the address of the C instance internal buffer",
            |_py, this: &This| codes::address_value(this.address.get()),
        )?;
    m.function(
        "call_function(function, arguments, /)",
        |py, function: &Value, arguments: &Tuple| call_unknown(py, function, arguments, 0),
    )?
    .function(
        "call_cdeclfunction(function, arguments, /)",
        |py, function: &Value, arguments: &Tuple| {
            call_unknown(py, function, arguments, flag::CDECL)
        },
    )?
    .function("PyObj_FromPtr(address, /)", |py, address: &Value| {
        let address = address_of(py, address)?;
        match object::borrowed(py, address) {
            Some(found) => Ok(Value::from(found)),
            None => raise!(py, ValueError, "PyObject is NULL"),
        }
    })?
    .function("Py_INCREF(object, /)", |_py, object: &Value| {
        // One reference more than anybody gives back: that is what the function is for.
        std::mem::forget(object.clone());
        object.clone()
    })?
    .function("Py_DECREF(object, /)", |py, value: &Value| {
        let result = value.clone();
        if let Some(object) = value.as_object() {
            object::release(py, object);
        }
        result
    })?;
    Ok(())
}

/// A type's or an instance's storage.
fn storage_of(value: &Value) -> Option<&Storage> {
    let of_type = value.as_object().and_then(storage::of_object);
    of_type.or_else(|| {
        value.downcast::<This>()?;
        storage::of(value.ty())
    })
}

fn size_of(py: Py, value: &Value) -> PyResult<usize> {
    if let Some(storage) = value.as_object().and_then(storage::of_object) {
        return Ok(storage.size.get());
    }
    match value.downcast::<This>() {
        Some(this) => Ok(this.size.get()),
        None => raise!(py, TypeError, "this type has no size"),
    }
}

fn alignment(py: Py, value: &Value) -> PyResult<usize> {
    match storage_of(value) {
        Some(storage) => Ok(storage.align.get()),
        None => raise!(py, TypeError, "no alignment info"),
    }
}

fn buffer_info(py: Py, value: &Value) -> PyResult {
    let Some(storage) = storage_of(value) else {
        return raise!(py, TypeError, "not a ctypes type or object");
    };
    let shape = storage.shape.iter().map(|&n| Value::int(n as i64));
    let shape = Tuple::from_values(shape.collect::<Vec<_>>());
    let format = storage.format().to_string_lossy();
    Ok(Value::from(Tuple::from_values([
        Value::from(Str::new(&format)),
        Value::int(storage.shape.len() as i64),
        Value::from(shape),
    ])))
}

fn byref(py: Py, this: &This, offset: Option<&Value>) -> PyResult<Owned<PassedObject>> {
    let offset = match offset {
        Some(offset) => protocol::number::to_clipped_index(py, offset)?,
        None => 0,
    };
    let address = this.address.get().wrapping_add_signed(offset);
    let object = Value::from(krait_object::Layout::to_owned(this));
    Ok(Passed::pointer(py, b'P', address, object))
}

fn resize(py: Py, this: &This, size: isize) -> PyResult<()> {
    let storage = data::storage_of(py, this)?;
    let least = storage.size.get();
    let Some(size) = usize::try_from(size).ok().filter(|&size| size >= least) else {
        return raise!(py, ValueError, "minimum size is {least}");
    };
    if !this.is_owner {
        return raise!(
            py,
            ValueError,
            "Memory cannot be resized because this object doesn't own it"
        );
    }
    this.resize(size, storage.align.get())
}

/// `_unpickle(type, (dict, data))`
fn unpickle(py: Py, class: &Value, state: &Tuple) -> PyResult {
    let made = protocol::call_method(py, class, intern!("__new__"), std::slice::from_ref(class))?;
    let arguments = data::arguments_of(state);
    protocol::call_method(py, &made, intern!("__setstate__"), &arguments)?;
    Ok(made)
}

/// An address given as an int.
fn address_of(py: Py, value: &Value) -> PyResult<usize> {
    if !codes::is_int(value) {
        return raise!(py, TypeError, "an integer is required");
    }
    let wide = protocol::number::index_to_i128(py, value)?;
    let fits = |w: i128| i64::try_from(w).is_ok() || u64::try_from(w).is_ok();
    match wide.filter(|&w| fits(w)) {
        Some(address) => Ok(address as usize),
        None => raise!(
            py,
            OverflowError,
            "Python int too large to convert to C long"
        ),
    }
}

/// OSError with the linker's text.
fn linker_error<T>(py: Py, text: Option<Vec<u8>>, other: &str) -> PyResult<T> {
    let text = text.map_or_else(
        || other.into(),
        |t| String::from_utf8_lossy(&t).into_owned(),
    );
    raise!(py, OSError, "{text}")
}

fn dlopen(py: Py, name: &Value, mode: Option<i32>) -> PyResult {
    let name = if name.is_none() {
        None
    } else {
        let name = paths::fs_converter(py, name)?;
        Some(krait_sys::stand_in::real(&name))
    };
    if let Some(cut) = name.as_deref().filter(|name| krait_sys::elf::is_cut(name)) {
        return raise!(py, OSError, "{}: file too short", cut.to_string_lossy());
    }
    match library::open(name.as_deref(), mode.unwrap_or(0) | RTLD_NOW) {
        Ok(handle) => Ok(codes::address_value(handle)),
        Err(text) => linker_error(py, text, "dlopen() error"),
    }
}

fn dlclose(py: Py, handle: &Value) -> PyResult<()> {
    let handle = address_of(py, handle)?;
    library::close(handle).or_else(|text| linker_error(py, text, "dlclose() error"))
}

fn dlsym(py: Py, handle: &Value, name: &Value) -> PyResult {
    let handle = address_of(py, handle)?;
    let bytes = match (name.downcast::<Str>(), name.downcast::<Bytes>()) {
        (Some(text), _) => text.to_utf8(py)?.as_bytes().to_vec(),
        (_, Some(bytes)) => bytes.as_slice().to_vec(),
        _ => {
            return raise!(
                py,
                TypeError,
                "dlsym() argument 2 must be str, not {}",
                name.ty().name()
            );
        }
    };
    let name = c_name(&bytes);
    match library::symbol(handle, &name) {
        Ok(address) => Ok(codes::address_value(address)),
        Err(text) => {
            let other = format!("symbol '{}' not found", name.to_string_lossy());
            linker_error(py, text, &other)
        }
    }
}

fn call_unknown(py: Py, function: &Value, arguments: &Tuple, flags: u64) -> PyResult {
    let function = address_of(py, function)?;
    let values = data::arguments_of(arguments);
    calls::call(py, function, &values, &Signature::unknown(flags))
}

/// `ctypes.cast`: a new instance of a pointer type with the address, which keeps what the
/// source keeps, and the source.
fn cast(py: Py, target: usize, source: &Object, class: &Object) -> PyResult {
    let class = check_pointer_type(py, class)?;
    let made = protocol::call(py, &storage::class_value(class), &[])?;
    let Some(this) = made.downcast::<This>() else {
        return raise!(py, TypeError, "cast() argument 2 must be a pointer type");
    };
    if let Some(source) = source.downcast::<This>() {
        keep::share(py, source, this)?;
    }
    memory::write(this.address.get(), &target.to_ne_bytes());
    Ok(made)
}

fn check_pointer_type(py: Py, object: &Object) -> PyResult<&Type> {
    let class = object.downcast::<Type>();
    let fits = class.is_some_and(|class| {
        let code = storage::of(class).and_then(|s| s.code.get());
        types::is_made_by(class, &types::META_POINTER)
            || types::is_made_by(class, &types::META_FUNCTION)
            || code.is_some_and(|code| b"PzZO".contains(&code.letter))
    });
    match class.filter(|_| fits) {
        Some(class) => Ok(class),
        None => raise!(
            py,
            TypeError,
            "cast() argument 2 must be a pointer type, not {}",
            class.unwrap_or(object.ty()).name()
        ),
    }
}
