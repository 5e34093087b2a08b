//! `_hashlib`: OpenSSL's interface to hash functions, as `hashlib` and `hmac` use it.

use std::cell::OnceCell;

use krait_object::exceptions::new_class::LazyClass;
use krait_object::native::module::NativeModule;
use krait_object::types::mappingproxy;
use krait_object::{
    Dict, GilCell, ModuleBuilder, Owned, Py, PyResult, Str, Value, errors, exceptions, intern,
    protocol, raise,
};

use crate::GIL_MINSIZE;
use crate::algorithm::{self, Algorithm};

mod compare;
mod derive;
mod hash;
mod keyed;

pub const MODULE: NativeModule = NativeModule {
    name: "_hashlib",
    init,
};

static UNSUPPORTED: LazyClass = LazyClass::new("_hashlib.UnsupportedDigestmodError", || {
    &exceptions::ValueError
});

/// The constructor functions with the names of what they make.
static CONSTRUCTORS: GilCell<OnceCell<Owned<Dict>>> = GilCell::new(OnceCell::new());

/// The function of a name.
pub fn by_name(py: Py, name: &Str) -> PyResult<&'static Algorithm> {
    let name = name.to_utf8(py)?;
    if name.contains('\0') {
        return raise!(py, ValueError, "embedded null character");
    }
    match algorithm::by_openssl_name(&name) {
        Some(algorithm) => Ok(algorithm),
        None => UNSUPPORTED.raise(py, "[digital envelope routines] unsupported"),
    }
}

/// The function that a `digestmod` stands for: its name or its constructor.
pub fn by_digestmod(py: Py, digestmod: &Value) -> PyResult<&'static Algorithm> {
    if let Some(name) = digestmod.downcast::<Str>() {
        return by_name(py, name);
    }
    let known = match CONSTRUCTORS.get(py).get() {
        Some(constructors) => constructors.get(py, digestmod)?,
        None => None,
    };
    if let Some(name) = known.as_ref().and_then(|name| name.downcast::<Str>()) {
        return by_name(py, name);
    }
    let shown = protocol::str(py, digestmod)?;
    UNSUPPORTED.raise(py, &format!("Unsupported digestmod {}", shown.to_rust()))
}

/// Raises what OpenSSL's error queue would say; functions of any output length have no
/// HMAC.
pub fn check_fixed(py: Py, algorithm: &'static Algorithm) -> PyResult<&'static Algorithm> {
    if algorithm.is_extendable() {
        return raise!(py, ValueError, "no reason supplied");
    }
    Ok(algorithm)
}

fn names(py: Py) -> PyResult {
    let names = algorithm::ALL
        .iter()
        .map(|a| Value::from(Str::intern(a.name)));
    let list = Value::from(krait_object::List::from_values(names));
    let builtins = krait_object::hooks::import_module(py, "builtins")?;
    let frozenset = protocol::attr::get_attr(py, &builtins, intern!("frozenset"))?;
    protocol::call(py, &frozenset, &[list])
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    let py = m.py;
    m.value(
        "__doc__",
        Value::from(Str::new("OpenSSL interface for hashlib module")),
    )?;
    m.value(
        "UnsupportedDigestmodError",
        Value::from(UNSUPPORTED.get(py)?.clone()),
    )?;
    m.int("_GIL_MINSIZE", GIL_MINSIZE as i64)?;
    m.value("openssl_md_meth_names", names(py)?)?;
    hash::register(m)?;
    keyed::register(m)?;
    derive::register(m)?;
    m.function_doc(
        "compare_digest($module, a, b, /)",
        compare::DOC,
        compare::compare_digest,
    )?;
    m.function_doc("get_fips_mode($module, /)", FIPS_DOC, |_py: Py| 0i64)?;
    let constructors = Dict::new();
    for &name in hash::CONSTRUCTED {
        let function = m
            .dict()
            .get(py, &Value::from(Str::intern(&format!("openssl_{name}"))))?;
        let Some(function) = function else {
            return raise!(py, SystemError, "a constructor is missing");
        };
        constructors.set_value(py, &function, Value::from(Str::intern(name)))?;
    }
    let proxy = mappingproxy::proxy_of(py, Value::from(constructors.clone()));
    m.value("_constructors", Value::from(proxy))?;
    drop(CONSTRUCTORS.get(py).set(constructors));
    Ok(())
}

/// MemoryError where an output buffer could not be had.
pub fn or_no_memory<T>(made: Option<T>) -> PyResult<T> {
    made.map_or_else(errors::no_memory, Ok)
}

const FIPS_DOC: &str = "Determine the OpenSSL FIPS mode of operation.\n\n\
    For OpenSSL 3.0.0 and newer it returns the state of the default provider\n\
    in the default OSSL context. It's not quite the same as FIPS_mode() but\n\
    good enough for unittests.\n\n\
    Effectively any non-zero return value indicates FIPS mode;\n\
    values other than 1 may have additional significance.";
