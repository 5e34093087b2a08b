//! Search: by a plain tag here, by paths in `xml.etree.ElementPath`.

use krait_object::native::{Instance, TypeBuilder};
use krait_object::{Bytes, Layout, List, Owned, Py, PyResult, Str, Value, protocol};

use super::children::child;
use super::element::{This, empty_text};
use super::iter::ElementIter;
use super::state;

/// Whether a tag may be a path: it has a character that paths are made of, outside of
/// braces, or names any namespace.
fn is_path(tag: &Value) -> bool {
    if let Some(text) = tag.downcast::<Str>() {
        return match text.as_ascii() {
            Some(text) => is_path_text(text.bytes().map(u32::from)),
            None => is_path_text(text.code_points()),
        };
    }
    match tag.downcast::<Bytes>() {
        Some(bytes) => is_path_text(bytes.as_slice().iter().map(|&b| u32::from(b))),
        None => true,
    }
}

fn is_path_text(text: impl Iterator<Item = u32>) -> bool {
    let (mut inside, mut start) = (false, [0; 3]);
    for (at, code) in text.enumerate() {
        if let Some(place) = start.get_mut(at) {
            *place = code;
        }
        if at == 2 {
            let [a, b, c] = start.map(|code| char::from_u32(code).unwrap_or('\0'));
            if a == '{' && (b == '}' || b == '*' && c == '}') {
                return true;
            }
        }
        match char::from_u32(code) {
            Some('{') => inside = true,
            Some('}') => inside = false,
            Some('/' | '*' | '[' | '@' | '.') if !inside => return true,
            _ => {}
        }
    }
    false
}

/// Calls a function of `xml.etree.ElementPath`, if the search needs it.
fn by_path(
    py: Py,
    name: &str,
    this: &This,
    path: &Value,
    default: Option<Value>,
    namespaces: Option<&Value>,
) -> Option<PyResult> {
    let namespaces = namespaces.filter(|value| !value.is_none());
    if namespaces.is_none() && name != "iterfind" && !is_path(path) {
        return None;
    }
    let mut values = vec![Value::from(this.to_owned()), path.clone()];
    values.extend(default);
    values.push(namespaces.cloned().unwrap_or_else(Value::none));
    let module = match state::element_path(py) {
        Ok(module) => module,
        Err(raised) => return Some(Err(raised)),
    };
    Some(protocol::call::call_method_str(py, &module, name, &values))
}

/// Calls for each child with the tag, until `each` says that it is enough.
fn with_tag(
    py: Py,
    this: &This,
    tag: &Value,
    mut each: impl FnMut(Owned<This>) -> bool,
) -> PyResult<()> {
    let mut index = 0;
    while let Some(child) = child(this, index) {
        if protocol::equal(py, &child.tag.value(), tag)? && !each(child) {
            break;
        }
        index += 1;
    }
    Ok(())
}

fn first(py: Py, this: &This, tag: &Value) -> PyResult<Option<Owned<This>>> {
    let mut found = None;
    with_tag(py, this, tag, |child| {
        found = Some(child);
        false
    })?;
    Ok(found)
}

fn find(py: Py, this: &This, path: &Value, namespaces: Option<&Value>) -> PyResult<Value> {
    if let Some(result) = by_path(py, "find", this, path, None, namespaces) {
        return result;
    }
    Ok(first(py, this, path)?.map_or_else(Value::none, Value::from))
}

fn find_text(
    py: Py,
    this: &This,
    path: &Value,
    default: Option<&Value>,
    namespaces: Option<&Value>,
) -> PyResult<Value> {
    let default = default.cloned().unwrap_or_else(Value::none);
    let given = Some(default.clone());
    if let Some(result) = by_path(py, "findtext", this, path, given, namespaces) {
        return result;
    }
    Ok(match first(py, this, path)? {
        None => default,
        Some(element) => match element.text.value() {
            none if none.is_none() => empty_text(),
            text => text,
        },
    })
}

fn find_all(py: Py, this: &This, path: &Value, namespaces: Option<&Value>) -> PyResult<Value> {
    if let Some(result) = by_path(py, "findall", this, path, None, namespaces) {
        return result;
    }
    let found = List::new();
    with_tag(py, this, path, |child| {
        found.push(child.upcast());
        true
    })?;
    Ok(Value::from(found))
}

fn iter_find(py: Py, this: &This, path: &Value, namespaces: Option<&Value>) -> PyResult<Value> {
    by_path(py, "iterfind", this, path, None, namespaces).unwrap_or_else(|| Ok(Value::none()))
}

fn iter(py: Py, this: &This, tag: Option<&Value>) -> Owned<Instance<ElementIter>> {
    let star = |tag: &Value| match (tag.downcast::<Str>(), tag.downcast::<Bytes>()) {
        (Some(text), _) => text.eq_str("*"),
        (_, Some(bytes)) => bytes.as_slice() == b"*",
        _ => false,
    };
    let tag = tag.filter(|tag| !tag.is_none() && !star(tag));
    ElementIter::over(py, this, tag.cloned(), false)
}

/// The methods.
pub fn define(b: &mut TypeBuilder<This>) {
    b.method("find($self, /, path, namespaces=None)", find)
        .method(
            "findtext($self, /, path, default=None, namespaces=None)",
            find_text,
        )
        .method("findall($self, /, path, namespaces=None)", find_all)
        .method("iterfind($self, /, path, namespaces=None)", iter_find)
        .method("iter($self, /, tag=None)", iter)
        .method("itertext($self, /)", |py: Py, this: &This| {
            ElementIter::over(py, this, None, true)
        });
}
