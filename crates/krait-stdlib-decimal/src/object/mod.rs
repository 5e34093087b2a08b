//! `_decimal`.

use krait_object::native::module::NativeModule;
use krait_object::{ModuleBuilder, Py, PyResult, Value, hooks, protocol};

use crate::number::{self, Rounding};

#[macro_use]
mod shared;

mod construct;
mod context;
mod context_manager;
mod context_methods;
mod context_new;
mod context_ops;
mod convert;
mod current;
mod decimal;
mod decimal_compare;
mod decimal_methods;
mod decimal_numeric;
mod format;
mod format_spec;
mod from;
mod signal_dict;
mod signals;

pub const MODULE: NativeModule = NativeModule {
    name: "_decimal",
    init,
};

fn init(m: &ModuleBuilder) -> PyResult<()> {
    let py = m.py;
    m.text("__doc__", "C decimal arithmetic module")?;
    let signals = signals::classes(py)?;
    for (name, class) in signals.named() {
        m.value(name, Value::from(class.clone()))?;
    }
    m.class::<decimal::DecimalObject>()?;
    m.class::<context::ContextObject>()?;
    let tuple = from::tuple_class(py)?;
    m.value("DecimalTuple", tuple)?;
    signal_dict::prepare(py)?;
    decimal::register(py)?;
    context::define_templates(m)?;
    current::define(m)?;
    m.value("HAVE_CONTEXTVAR", Value::bool(true))?;
    m.value("HAVE_THREADS", Value::bool(true))?;
    m.int("MAX_PREC", number::MAX_PREC)?;
    m.int("MAX_EMAX", number::MAX_EMAX)?;
    m.int("MIN_EMIN", number::MIN_EMIN)?;
    m.int("MIN_ETINY", number::MIN_ETINY)?;
    m.int("IEEE_CONTEXT_MAX_BITS", 512)?;
    for (_, name) in Rounding::ALL {
        m.value(name, Value::from(krait_object::Str::intern(name)))?;
    }
    m.text("__version__", "1.70")?;
    m.text("__libmpdec_version__", "2.5.1")?;
    Ok(())
}

/// An attribute of a module of Python's.
fn imported(py: Py, module: &str, name: &str) -> PyResult {
    let module = hooks::import_module(py, module)?;
    protocol::get_attr_str(py, &module, name)
}
