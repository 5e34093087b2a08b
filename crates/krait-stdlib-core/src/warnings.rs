//! How native code issues warnings: through the `warnings` module, which is imported at
//! the first one.

use krait_object::{Layout, Py, PyResult, Str, Type, Value, intern, protocol};

/// `warnings.warn(text, category, stack_level)` as seen from the running Python code.
pub fn warn(py: Py, category: &Type, text: &str, stack_level: i32) -> PyResult<()> {
    let warnings = crate::import::import_module(py, "warnings")?;
    let arguments =
        [Value::from(Str::new(text)), Value::from(category.to_owned()), Value::int(i64::from(stack_level.max(1)))];
    protocol::call_method(py, &warnings, intern!("warn"), &arguments).map(drop)
}

/// A warning about a line of source that is being compiled.
pub fn warn_explicit(py: Py, category: &Type, text: &str, filename: &str, line: u32) -> PyResult<()> {
    let warnings = crate::import::import_module(py, "warnings")?;
    let arguments = [
        Value::from(Str::new(text)),
        Value::from(category.to_owned()),
        Value::from(Str::new(filename)),
        Value::int(i64::from(line)),
    ];
    protocol::call_method(py, &warnings, intern!("warn_explicit"), &arguments).map(drop)
}
