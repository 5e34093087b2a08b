//! A warning whose place is known: filters, registries, and what follows from them.

use krait_object::{
    Dict, Layout, Py, PyResult, Str, Tuple, Value, errors, exceptions, intern, protocol, raise,
};

use super::filters::{Choice, already_warned, choose, note, once};
use super::show::show;

/// A warning with its place.
pub struct Warning {
    pub category: Value,
    /// A text or an instance of a warning class.
    pub message: Value,
    pub filename: Value,
    pub line: i64,
    pub module: Option<Value>,
    /// A dict or None.
    pub registry: Option<Value>,
    /// The object that the warning is about.
    pub source: Option<Value>,
    /// The line of the program, where it is known already.
    pub text_of_line: Option<Value>,
}

/// `warn_explicit(message, category, filename, lineno, module, registry, module_globals, source)`
#[expect(
    clippy::too_many_arguments,
    reason = "the parameters of Python's function"
)]
pub fn warn_explicit(
    py: Py,
    message: &Value,
    category: &Value,
    filename: &Str,
    lineno: i64,
    module: Option<&Value>,
    registry: Option<&Value>,
    module_globals: Option<&Value>,
    source: Option<&Value>,
) -> PyResult<()> {
    let globals = module_globals.filter(|g| !g.is_none());
    if let Some(globals) = globals
        && globals.downcast::<Dict>().is_none()
    {
        return raise!(
            py,
            TypeError,
            "module_globals must be a dict, not '{}'",
            globals.ty().name()
        );
    }
    let text_of_line = match globals {
        Some(globals) => line_from_loader(py, globals, lineno)?,
        None => None,
    };
    let warning = Warning {
        category: category.clone(),
        message: message.clone(),
        filename: Value::from(filename.to_owned_str()),
        line: lineno,
        module: module.cloned(),
        registry: registry.cloned(),
        source: source.filter(|s| !s.is_none()).cloned(),
        text_of_line,
    };
    issue(py, &warning)
}

/// A line of a module's source, as its loader has it.
fn line_from_loader(py: Py, globals: &Value, line: i64) -> PyResult<Option<Value>> {
    let external = crate::import::import_module(py, "_frozen_importlib_external")?;
    let bless = intern!("_bless_my_loader");
    let globals_given = std::slice::from_ref(globals);
    let loader = protocol::call_method(py, &external, bless, globals_given)?;
    let name = globals.downcast::<Dict>();
    let name = name.and_then(|globals| globals.get_str_key(py, intern!("__name__")));
    let (Some(name), false) = (name, loader.is_none()) else {
        return Ok(None);
    };
    let Some(get_source) = protocol::lookup_attr(py, &loader, intern!("get_source"))? else {
        return Ok(None);
    };
    // The loader of a program knows it by another name than `__main__`.
    let source = protocol::call(py, &get_source, &[name]);
    let source = errors::suppress(py, source, &exceptions::ImportError)?;
    let Some(source) = source.as_ref().and_then(|s| s.downcast::<Str>()) else {
        return Ok(None);
    };
    let source = source.to_rust();
    let index = usize::try_from(line)
        .ok()
        .and_then(|line| line.checked_sub(1));
    let found = index.and_then(|index| source.lines().nth(index));
    Ok(found.map(|found| Value::from(Str::new(found))))
}

/// Issues a warning: it is ignored, shown or raised.
pub fn issue(py: Py, warning: &Warning) -> PyResult<()> {
    let module = match &warning.module {
        Some(module) if module.is_none() => return Ok(()),
        Some(module) => module.clone(),
        None => module_of(py, &warning.filename),
    };
    let registry = warning.registry.as_ref().filter(|r| !r.is_none());
    let registry = match registry.map(|r| r.downcast::<Dict>()) {
        Some(None) => return raise!(py, TypeError, "'registry' must be a dict or None"),
        Some(registry) => registry,
        None => None,
    };
    let (message, category, text) = parts(py, warning)?;
    let line = Value::int(warning.line);
    let key = Value::from(Tuple::from_values([text.clone(), category.clone(), line]));
    if let Some(registry) = registry
        && already_warned(py, registry, &key, false)?
    {
        return Ok(());
    }
    let choice = choose(py, &category, &text, warning.line, &module)?;
    let action = choice
        .action
        .downcast::<Str>()
        .map(|a| a.to_rust().into_owned());
    match action.as_deref() {
        Some("error") => return Err(errors::raise_object(py, message.to_object())),
        Some("ignore") => return Ok(()),
        action => {
            if is_shown(py, action, &choice, registry, (&text, &category, &key))? {
                return Ok(());
            }
        }
    }
    show(py, warning, &message, &category, &text)
}

/// Notes the warning in the registry that its action names; whether it was there before.
fn is_shown(
    py: Py,
    action: Option<&str>,
    choice: &Choice,
    registry: Option<&Dict>,
    (text, category, key): (&Value, &Value, &Value),
) -> PyResult<bool> {
    let remember = || match registry {
        Some(registry) => registry.set_value(py, key, Value::bool(true)),
        None => Ok(()),
    };
    match action {
        Some("once") => {
            remember()?;
            let once = once(py)?;
            let once = registry.or_else(|| once.downcast::<Dict>());
            once.map_or(Ok(false), |r| note(py, r, text, category, false))
        }
        Some("always" | "all") => Ok(false),
        Some("module") => {
            remember()?;
            registry.map_or(Ok(false), |r| note(py, r, text, category, true))
        }
        Some("default") => remember().map(|()| false),
        _ => raise!(
            py,
            RuntimeError,
            "Unrecognized action ({}) in warnings.filters:\n {}",
            protocol::repr(py, &choice.action)?.to_rust(),
            protocol::repr(py, &choice.item)?.to_rust()
        ),
    }
}

/// The message as an instance, its class, and its text.
fn parts(py: Py, warning: &Warning) -> PyResult<(Value, Value, Value)> {
    let message = &warning.message;
    if protocol::is_instance(py, message, exceptions::Warning.as_object())? {
        let text = Value::from(protocol::str(py, message)?);
        let class = Value::from(message.ty().to_owned());
        return Ok((message.clone(), class, text));
    }
    let instance = protocol::call(py, &warning.category, std::slice::from_ref(message))?;
    if !instance.as_object().is_some_and(exceptions::is_exception) {
        let shown = protocol::repr(py, &warning.category)?;
        return raise!(
            py,
            TypeError,
            "calling {} should have returned an instance of BaseException, not {}",
            shown.to_rust(),
            instance.ty().name()
        );
    }
    Ok((instance, warning.category.clone(), message.clone()))
}

/// A module's name from its file's.
fn module_of(_py: Py, filename: &Value) -> Value {
    let Some(filename) = filename.downcast::<Str>() else {
        return Value::from(Str::intern("<unknown>"));
    };
    let text = filename.to_rust();
    if text.is_empty() {
        return Value::from(Str::intern("<unknown>"));
    }
    match text.strip_suffix(".py") {
        Some(stem) => Value::from(Str::new(stem)),
        None => Value::from(filename.to_owned_str()),
    }
}
