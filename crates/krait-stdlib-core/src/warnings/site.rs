//! Where a warning comes from: the frame that `stacklevel` names, its registry and module.

use krait_object::{
    Dict, Layout, Owned, Py, PyResult, Str, Tuple, Type, Value, exceptions, intern, protocol, raise,
};
use krait_vm::FrameObject;
use krait_vm::frame;

use super::explicit::{Warning, issue};

/// `warn(message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=())`
pub fn warn_function(
    py: Py,
    message: &Value,
    category: Option<&Value>,
    stacklevel: Option<i64>,
    source: Option<&Value>,
    skip_file_prefixes: Option<&Value>,
) -> PyResult<()> {
    let category = category_of(py, message, category)?;
    let empty = Tuple::empty();
    let prefixes = match skip_file_prefixes {
        None => &*empty,
        Some(prefixes) => prefix_tuple(py, prefixes)?,
    };
    let mut level = stacklevel.unwrap_or(1);
    if !prefixes.is_empty() {
        level = level.max(2);
    }
    let source = source.filter(|s| !s.is_none());
    warn(py, message, &category, level, source, prefixes)
}

fn prefix_tuple(py: Py, prefixes: &Value) -> PyResult<&Tuple> {
    let Some(tuple) = prefixes.downcast::<Tuple>() else {
        return raise!(
            py,
            TypeError,
            "warn() argument 'skip_file_prefixes' must be tuple, not {}",
            prefixes.ty().name()
        );
    };
    for prefix in tuple.iter() {
        if prefix.downcast::<Str>().is_none() {
            return raise!(
                py,
                TypeError,
                "Found non-str '{}' in skip_file_prefixes.",
                prefix.ty().name()
            );
        }
    }
    Ok(tuple)
}

/// The class of a warning: the message's own where it is one.
fn category_of(py: Py, message: &Value, category: Option<&Value>) -> PyResult {
    if protocol::is_instance(py, message, exceptions::Warning.as_object())? {
        return Ok(Value::from(message.ty().to_owned()));
    }
    let Some(category) = category.filter(|c| !c.is_none()) else {
        let class: &Type = &exceptions::UserWarning;
        return Ok(Value::from(class.to_owned()));
    };
    let fits = match category.downcast::<Type>() {
        Some(class) => {
            protocol::is_subclass(py, class.as_object(), exceptions::Warning.as_object())?
        }
        None => false,
    };
    if !fits {
        return raise!(
            py,
            TypeError,
            "category must be a Warning subclass, not '{}'",
            category.ty().name()
        );
    }
    Ok(category.clone())
}

/// Issues a warning from the frame so many levels out.
pub fn warn(
    py: Py,
    message: &Value,
    category: &Value,
    stack_level: i64,
    source: Option<&Value>,
    skip: &Tuple,
) -> PyResult<()> {
    let frame = frame_at(py, stack_level, skip)?;
    let (globals, filename, line) = match &frame {
        Some(frame) => {
            let globals =
                protocol::get_attr(py, &Value::from(frame.clone()), intern!("f_globals"))?;
            (globals, frame.code().filename(), frame.line())
        }
        None => {
            // Not by import: that does not work any more while the program ends.
            let Some(globals) = crate::sys::namespace(py) else {
                return Ok(());
            };
            (Value::from(globals), Str::intern("<sys>"), 0)
        }
    };
    let Some(globals) = globals.downcast::<Dict>() else {
        return raise!(py, SystemError, "globals are no dict");
    };
    let registry = registry_of(py, globals)?;
    let module = match globals.get_str_key(py, intern!("__name__")) {
        Some(name) if name.is_none() || name.downcast::<Str>().is_some() => name,
        _ => Value::from(Str::intern("<string>")),
    };
    issue(
        py,
        &Warning {
            category: category.clone(),
            message: message.clone(),
            filename: Value::from(filename),
            line: i64::from(line),
            module: Some(module),
            registry: Some(registry),
            source: source.cloned(),
            text_of_line: None,
        },
    )
}

/// `__warningregistry__` of a module, made where it is missing.
fn registry_of(py: Py, globals: &Dict) -> PyResult {
    let name = intern!("__warningregistry__");
    if let Some(registry) = globals.get_str_key(py, name) {
        return Ok(registry);
    }
    let registry = Value::from(Dict::new());
    globals.set_value(py, &Value::from(name.to_owned_str()), registry.clone())?;
    Ok(registry)
}

fn frame_at(py: Py, mut level: i64, skip: &Tuple) -> PyResult<Option<Owned<FrameObject>>> {
    let mut frame = frame::frame_object(py, 0);
    let all = level <= 0
        || frame
            .as_ref()
            .is_none_or(|f| is_internal(&f.code().filename()));
    level -= 1;
    while level > 0
        && let Some(current) = frame
    {
        frame = current.back(py);
        if !all {
            while let Some(candidate) = &frame
                && (is_internal(&candidate.code().filename()) || is_skipped(candidate, skip))
            {
                frame = candidate.back(py);
            }
        }
        level -= 1;
    }
    Ok(frame)
}

/// The import system's own frames are not shown.
fn is_internal(filename: &Str) -> bool {
    let text = filename.to_rust();
    text.contains("importlib") && text.contains("_bootstrap")
}

fn is_skipped(frame: &FrameObject, skip: &Tuple) -> bool {
    if skip.is_empty() {
        return false;
    }
    let filename = frame.code().filename();
    let text = filename.to_rust();
    skip.iter()
        .filter_map(|p| p.downcast::<Str>())
        .any(|prefix| text.starts_with(&*prefix.to_rust()))
}
