//! `errno`.

use krait_object::native::module::NativeModule;
use krait_object::{Dict, ModuleBuilder, PyResult, Str, Value};

mod constants;

pub const MODULE: NativeModule = NativeModule {
    name: "errno",
    init,
};

/// Names that are not the first for their number.
const SECOND_NAMES: [&str; 3] = ["EDEADLK", "EOPNOTSUPP", "EWOULDBLOCK"];

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.text(
        "__doc__",
        "This module makes available standard errno system symbols.",
    )?;
    crate::numbers::add_numbers(m, constants::NUMBERS)?;
    let codes = Dict::new();
    for (name, number) in constants::NUMBERS
        .iter()
        .filter(|(name, _)| !SECOND_NAMES.contains(name))
    {
        codes.set_value(m.py, &Value::int(*number), Value::from(Str::intern(name)))?;
    }
    m.value("errorcode", Value::from(codes))?;
    Ok(())
}
