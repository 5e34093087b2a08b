//! From events of the parser to the builder of trees, or to the methods of another target.

use krait_object::{Dict, Owned, Py, PyResult, Str, Value, errors, exceptions, intern, protocol};

use super::builder::This as Builder;
use super::parser::{This, entities, fail, universal};
use crate::expat::{Chunk, Code, Declaration, Event, Name};
use krait_object::slot::Slot;

fn text(value: &str) -> Value {
    Value::from(Str::new(value))
}

/// What is absent is the empty text.
fn or_empty(value: Option<&str>) -> Value {
    text(value.unwrap_or(""))
}

fn attributes(py: Py, this: &This, attributes: &[(Name, Chunk)]) -> PyResult<Option<Owned<Dict>>> {
    if attributes.is_empty() {
        return Ok(None);
    }
    let dict = Dict::with_capacity(attributes.len());
    for (name, value) in attributes {
        let value = text(this.parser.borrow().piece(value));
        dict.set_value(py, &this.name(name), value)?;
    }
    Ok(Some(dict))
}

/// Gives an event to the builder.
pub fn build(py: Py, this: &This, builder: &Builder, event: Event) -> PyResult<()> {
    let reports = &builder.reports;
    match event {
        Event::StartElement {
            name,
            attributes: given,
            ..
        } => {
            let attrib = attributes(py, this, &given)?;
            builder.start(py, this.name(&name), attrib).map(drop)
        }
        Event::EndElement(_) => builder.end(py).map(drop),
        Event::Text(data) => {
            builder.text(this.parser.borrow().piece(&data));
            Ok(())
        }
        Event::Comment(data) => builder.comment(py, text(&data)).map(drop),
        Event::StartNamespace { prefix, uri } => {
            let pair = || {
                let parts = [or_empty(prefix.as_deref()), or_empty(uri.as_deref())];
                Value::from(krait_object::Tuple::from_values(parts))
            };
            reports.report(py, &reports.start_ns, pair)
        }
        Event::EndNamespace(_) => reports.report(py, &reports.end_ns, Value::none),
        Event::Default(markup) => match undefined_entity(py, this, &markup)? {
            Some(value) => {
                builder.data(&value);
                Ok(())
            }
            None => Ok(()),
        },
        Event::Declaration(declaration) => match *declaration {
            Declaration::ProcessingInstruction { target, data } if builder.uses_pi() => {
                builder.pi(py, text(&target), text(&data)).map(drop)
            }
            other => doctype(py, this, other),
        },
        _ => Ok(()),
    }
}

fn call_method(py: Py, method: &Slot, values: &[Value]) -> PyResult<()> {
    match method.get() {
        Some(method) => protocol::call(py, &method, values).map(drop),
        None => Ok(()),
    }
}

/// Calls the target's method for an event.
pub fn call(py: Py, this: &This, event: Event) -> PyResult<()> {
    let methods = &this.methods;
    match event {
        Event::StartElement {
            name,
            attributes: given,
            ..
        } => {
            let attrib = attributes(py, this, &given)?.unwrap_or_else(Dict::new);
            let values = [this.name(&name), Value::from(attrib)];
            call_method(py, &methods.start, &values)
        }
        Event::EndElement(name) => call_method(py, &methods.end, &[this.name(&name)]),
        Event::Text(data) => {
            let data = text(this.parser.borrow().piece(&data));
            call_method(py, &methods.data, &[data])
        }
        Event::Comment(data) => call_method(py, &methods.comment, &[text(&data)]),
        Event::StartNamespace { prefix, uri } => {
            let values = [or_empty(prefix.as_deref()), or_empty(uri.as_deref())];
            call_method(py, &methods.start_ns, &values)
        }
        Event::EndNamespace(prefix) => {
            call_method(py, &methods.end_ns, &[or_empty(prefix.as_deref())])
        }
        Event::Default(markup) => match undefined_entity(py, this, &markup)? {
            Some(value) => call_method(py, &methods.data, &[value]),
            None => Ok(()),
        },
        Event::Declaration(declaration) => match *declaration {
            Declaration::ProcessingInstruction { target, data } => {
                call_method(py, &methods.pi, &[text(&target), text(&data)])
            }
            other => doctype(py, this, other),
        },
        _ => Ok(()),
    }
}

/// What the program says that an entity is which the document does not declare; ParseError
/// where it says nothing. Other markup is nothing.
fn undefined_entity(py: Py, this: &This, markup: &str) -> PyResult<Option<Value>> {
    let Some(name) = markup.strip_prefix('&').filter(|rest| !rest.is_empty()) else {
        return Ok(None);
    };
    let name = text(name.strip_suffix(';').unwrap_or(name));
    if let Some(entities) = entities(this)
        && let Some(value) = entities.get(py, &name)?
    {
        return Ok(Some(value));
    }
    let shown: String = markup.chars().take(100).collect();
    let what = format!("undefined entity {shown}");
    fail(py, this, Code::UndefinedEntity, Some(&what))
}

fn doctype(py: Py, this: &This, declaration: Declaration) -> PyResult<()> {
    let Declaration::StartDoctype {
        name,
        system,
        public,
        ..
    } = declaration
    else {
        return Ok(());
    };
    let optional = |value: Option<String>| value.map_or_else(Value::none, |v| universal(&v));
    let values = [universal(&name), optional(public), optional(system)];
    if this.methods.doctype.is_set() {
        return call_method(py, &this.methods.doctype, &values);
    }
    let own = Value::from(krait_object::Layout::to_owned(this));
    if protocol::lookup_attr(py, &own, intern!("doctype"))?.is_some() {
        errors::warn(
            py,
            &exceptions::RuntimeWarning,
            "The doctype() method of XMLParser is ignored.  Define doctype() method on the \
             TreeBuilder target.",
            1,
        )?;
    }
    Ok(())
}
