//! Calls of C functions (CPython's `_ctypes_callproc`).

use krait_ffi::call::{Failure, Manner};
use krait_ffi::{Argument, Kind, Scalar, memory, object};
use krait_object::{Owned, Py, PyResult, Raised, Tuple, Type, Value, errors, protocol, raise};

use crate::argument::{self, Converted};
use crate::storage::{self, flag};
use crate::{codes, data, types};

/// The most arguments that a function gets.
pub const MOST_ARGUMENTS: usize = 1024;

/// How a function is called and what becomes of its result.
pub struct Signature {
    pub flags: u64,
    /// The `from_param` of the types of the first arguments.
    pub converters: Option<Owned<Tuple>>,
    /// The type of the result; an `int` where nothing was said.
    pub restype: Option<Value>,
    /// `_check_retval_` of that type.
    pub checker: Option<Value>,
}

impl Signature {
    /// A function of which nothing is known.
    pub fn unknown(flags: u64) -> Signature {
        Signature {
            flags,
            converters: None,
            restype: None,
            checker: None,
        }
    }
}

fn convert_all(py: Py, values: &[Value], converters: Option<&Tuple>) -> PyResult<Vec<Converted>> {
    let mut all = Vec::with_capacity(values.len());
    for (i, value) in values.iter().enumerate() {
        // More arguments than types may be given.
        let made = match converters.and_then(|c| c.get(i)) {
            Some(converter) => protocol::call(py, &converter, std::slice::from_ref(value))
                .and_then(|passed| argument::convert(py, &passed, i + 1)),
            None => argument::convert(py, value, i + 1),
        };
        match made {
            Ok(made) => all.push(made),
            Err(_) => {
                let class = crate::argument_error(py)?;
                return Err(data::extend_error(
                    py,
                    class,
                    &format!("argument {}: ", i + 1),
                ));
            }
        }
    }
    Ok(all)
}

/// The kind of a result type.
fn result_kind(restype: Option<&Value>) -> Kind {
    let Some(restype) = restype else {
        return Kind::basic(Scalar::I32);
    };
    if restype.is_none() {
        return Kind::basic(Scalar::Void);
    }
    match restype.as_object().and_then(storage::of_object) {
        Some(storage) => storage.kind.borrow().clone(),
        None => Kind::basic(Scalar::I32),
    }
}

/// Calls the function at an address.
pub fn call(py: Py, function: usize, values: &[Value], signature: &Signature) -> PyResult {
    if values.len() > MOST_ARGUMENTS {
        let class = crate::argument_error(py)?;
        return Err(errors::raise_text(
            py,
            class,
            format_args!(
                "too many arguments ({}), maximum is {MOST_ARGUMENTS}",
                values.len()
            ),
        ));
    }
    let converted = convert_all(py, values, signature.converters.as_deref())?;
    let kind = result_kind(signature.restype.as_ref());
    let manner = Manner {
        keep_gil: signature.flags & flag::PYTHON_API != 0,
        own_errno: signature.flags & flag::USE_ERRNO != 0,
    };
    let arguments: Vec<&Argument> = converted.iter().map(|c| &c.argument).collect();
    let outcome = match krait_ffi::call(py, function, &arguments, &kind, manner) {
        Ok(outcome) => outcome,
        Err(Failure::Signature) => return raise!(py, RuntimeError, "ffi_prep_cif failed"),
        Err(Failure::Memory) => return errors::no_memory(),
    };
    if manner.keep_gil && py.thread().has_exception() {
        return Err(Raised);
    }
    result(py, signature, outcome.address())
}

/// The Python value of a result.
fn result(py: Py, signature: &Signature, address: usize) -> PyResult {
    let int = || Value::int(i64::from(i32::from_ne_bytes(memory::read(address))));
    let Some(restype) = &signature.restype else {
        return Ok(int());
    };
    if restype.is_none() {
        return Ok(Value::none());
    }
    let class = restype.downcast::<Type>();
    let Some((class, storage)) = class.and_then(|c| Some((c, storage::of(c)?))) else {
        return protocol::call(py, restype, &[int()]);
    };
    let value = match storage.code.get() {
        Some(code) if !types::is_own_simple(class) => {
            if code.letter == b'O' {
                // A function of the API gives its result away.
                object::given(py, usize::from_ne_bytes(memory::read(address)))?
            } else {
                codes::get(py, code, address, storage.size.get(), None)?
            }
        }
        _ => Value::from(data::copied(py, class, address)?),
    };
    match &signature.checker {
        Some(checker) => protocol::call(py, checker, &[value]),
        None => Ok(value),
    }
}
