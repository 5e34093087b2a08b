//! How native code issues warnings: through the `warnings` module, which is imported at
//! the first one.

use krait_object::{Layout, Py, PyResult, Str, Type, Value, intern, protocol};

/// `warnings.warn(text, category, stack_level)` as seen from the running Python code.
pub fn warn(py: Py, category: &Type, text: &str, stack_level: i32) -> PyResult<()> {
    let warnings = crate::import::import_module(py, "warnings")?;
    let arguments = [
        Value::from(Str::new(text)),
        Value::from(category.to_owned()),
        Value::int(i64::from(stack_level.max(1))),
    ];
    protocol::call_method(py, &warnings, intern!("warn"), &arguments).map(drop)
}

/// A warning about a line of source that is being compiled.
pub fn warn_explicit(
    py: Py,
    category: &Type,
    text: &str,
    filename: &str,
    line: u32,
) -> PyResult<()> {
    let warnings = crate::import::import_module(py, "warnings")?;
    let arguments = [
        Value::from(Str::new(text)),
        Value::from(category.to_owned()),
        Value::from(Str::new(filename)),
        Value::int(i64::from(line)),
    ];
    protocol::call_method(py, &warnings, intern!("warn_explicit"), &arguments).map(drop)
}

/// `_warnings`: what the import system asks for before any file can be read. The filters
/// and everything else are the library's own `_py_warnings`.
pub const MODULE: krait_object::native::module::NativeModule =
    krait_object::native::module::NativeModule {
        name: "_warnings",
        init,
    };

fn forward(py: Py, name: &str, args: &[Value], kwargs: Option<&krait_object::Dict>) -> PyResult {
    let warnings = crate::import::import_module(py, "_py_warnings")?;
    let function = protocol::get_attr_str(py, &warnings, name)?;
    protocol::call::call_tuple(
        py,
        &function,
        &krait_object::Tuple::from_slice(args),
        kwargs,
    )
}

fn init(m: &krait_object::ModuleBuilder) -> PyResult<()> {
    use krait_object::{Args, KwArgs};
    m.function(
        "warn(*args, **kwargs)",
        |py, args: Args<'_>, kwargs: KwArgs| forward(py, "warn", args.0, kwargs.0.as_deref()),
    )?
    .function(
        "warn_explicit(*args, **kwargs)",
        |py, args: Args<'_>, kwargs: KwArgs| {
            forward(py, "warn_explicit", args.0, kwargs.0.as_deref())
        },
    )?;
    Ok(())
}
