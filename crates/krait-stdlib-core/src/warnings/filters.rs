//! Which action a warning meets, and the registries of what was shown already.

use krait_object::{Dict, List, Py, PyResult, Str, Tuple, Value, intern, protocol, raise};

use super::{STATE, library, once_registry, own_filters};

/// An action with the filter that gave it.
pub struct Choice {
    pub action: Value,
    pub item: Value,
}

/// The action for a warning.
pub fn choose(
    py: Py,
    category: &Value,
    text: &Value,
    line: i64,
    module: &Value,
) -> PyResult<Choice> {
    if let Some(filters) = context_filters(py)?
        && let Some(choice) = search(
            py,
            &filters,
            "_warnings_context.filters",
            category,
            text,
            line,
            module,
        )?
    {
        return Ok(choice);
    } else if let Some(filters) = global_filters(py)?
        && let Some(choice) = search(
            py,
            &filters,
            "warnings.filters",
            category,
            text,
            line,
            module,
        )?
    {
        return Ok(choice);
    }
    let action = match library(py, intern!("defaultaction"))? {
        Some(action) => action,
        None => Value::from(Str::intern("default")),
    };
    check_action(py, &action, "defaultaction")?;
    Ok(Choice {
        action,
        item: Value::none(),
    })
}

/// The filters of the current context, where the program asks for such.
fn context_filters(py: Py) -> PyResult<Option<Value>> {
    if !crate::sys::flag(py, "context_aware_warnings") {
        return Ok(None);
    }
    let Some(variable) = STATE.get(py).context.get().cloned() else {
        return Ok(None);
    };
    let context = protocol::call_method(py, &variable, intern!("get"), &[Value::none()])?;
    if context.is_none() {
        return Ok(None);
    }
    protocol::get_attr(py, &context, intern!("_filters")).map(Some)
}

/// The filters of the module `warnings`; those that it had last, or those from before it was
/// imported, where it has none.
fn global_filters(py: Py) -> PyResult<Option<Value>> {
    let state = STATE.get(py);
    let last = &state.last_filters;
    if let Some(filters) = library(py, intern!("filters"))? {
        drop(last.replace(Some(filters.clone())));
        return Ok(Some(filters));
    }
    let filters = last.borrow().clone();
    Ok(Some(
        filters.unwrap_or_else(|| Value::from(own_filters(py))),
    ))
}

fn search(
    py: Py,
    filters: &Value,
    name: &str,
    category: &Value,
    text: &Value,
    line: i64,
    module: &Value,
) -> PyResult<Option<Choice>> {
    let Some(list) = filters.downcast::<List>() else {
        return raise!(py, ValueError, "{name} must be a list");
    };
    let mut index = 0;
    // The list may change while patterns and classes are asked.
    while let Some(item) = list.get(index) {
        let parts = match item.downcast::<Tuple>() {
            Some(tuple) if tuple.len() == 5 => tuple,
            _ => return raise!(py, ValueError, "{name} item {index} isn't a 5-tuple"),
        };
        let part = |i: usize| parts.get(i).unwrap_or_else(Value::none);
        let action = part(0);
        check_action(py, &action, "action")?;
        let fits = matches(py, &part(1), text)?
            && is_category(py, category, &part(2))?
            && matches(py, &part(3), module)?
            && is_line(py, &part(4), line)?;
        if fits {
            return Ok(Some(Choice { action, item }));
        }
        index += 1;
    }
    Ok(None)
}

fn check_action(py: Py, action: &Value, what: &str) -> PyResult<()> {
    if action.downcast::<Str>().is_none() {
        return raise!(
            py,
            TypeError,
            "{what} must be a string, not '{}'",
            action.ty().name()
        );
    }
    Ok(())
}

fn is_category(py: Py, category: &Value, wanted: &Value) -> PyResult<bool> {
    protocol::is_subclass(py, &category.to_object(), &wanted.to_object())
}

fn is_line(py: Py, wanted: &Value, line: i64) -> PyResult<bool> {
    let wanted =
        protocol::number::to_index(py, wanted, &krait_object::exceptions::OverflowError)? as i64;
    Ok(wanted == 0 || wanted == line)
}

/// Whether a filter's pattern fits: None fits all, a string the very same text.
fn matches(py: Py, pattern: &Value, text: &Value) -> PyResult<bool> {
    if pattern.is_none() {
        return Ok(true);
    }
    if pattern.as_object().is_some_and(|o| o.is_exact::<Str>()) {
        return protocol::equal(py, pattern, text);
    }
    let found = protocol::call_method(py, pattern, intern!("match"), std::slice::from_ref(text))?;
    protocol::truth(py, &found)
}

/// Whether a registry says that the warning was shown; a stale registry is emptied.
pub fn already_warned(py: Py, registry: &Dict, key: &Value, note: bool) -> PyResult<bool> {
    let current = STATE.get(py).version.get();
    let name = intern!("version");
    let version = registry.get_str_key(py, name);
    if version.as_ref().and_then(Value::as_small_int) != Some(current) {
        registry.clear();
        registry.set_value(py, &Value::from(name.to_owned_str()), Value::int(current))?;
    } else if let Some(shown) = registry.get(py, key)?
        && protocol::truth(py, &shown)?
    {
        return Ok(true);
    }
    if note {
        registry.set_value(py, key, Value::bool(true))?;
    }
    Ok(false)
}

/// Notes a warning in a registry under its text and category; whether it was there.
pub fn note(
    py: Py,
    registry: &Dict,
    text: &Value,
    category: &Value,
    with_zero: bool,
) -> PyResult<bool> {
    let mut parts = vec![text.clone(), category.clone()];
    if with_zero {
        parts.push(Value::int(0));
    }
    let key = Value::from(Tuple::from_values(parts));
    already_warned(py, registry, &key, true)
}

/// `warnings.onceregistry`.
pub fn once(py: Py) -> PyResult<Value> {
    let registry = match library(py, intern!("onceregistry"))? {
        Some(registry) => registry,
        None => Value::from(once_registry(py)),
    };
    if registry.downcast::<Dict>().is_none() {
        return raise!(
            py,
            TypeError,
            "_warnings.onceregistry must be a dict, not '{}'",
            registry.ty().name()
        );
    }
    Ok(registry)
}
