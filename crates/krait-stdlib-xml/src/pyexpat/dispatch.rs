//! From events to calls of handlers.

use std::rc::Rc;

use krait_object::{Dict, List, Owned, Py, PyResult, Str, Tuple, Value, protocol, raise};

use super::handlers::Handler;
use super::object::XmlParser;
use crate::expat::{Code, Event, Model};

fn text(value: &str) -> Value {
    Value::from(Str::new(value))
}

fn optional(value: Option<&str>) -> Value {
    value.map_or_else(Value::none, text)
}

/// The one object for a name, from the parser's `intern`.
fn intern(py: Py, this: &XmlParser, value: Value) -> PyResult<Value> {
    let Some(dict) = &this.intern else {
        return Ok(value);
    };
    if let Some(known) = dict.get(py, &value)? {
        return Ok(known);
    }
    dict.set_value(py, &value, value.clone())?;
    Ok(value)
}

/// The same for a name that the parser has only once.
fn intern_name(py: Py, this: &XmlParser, name: &Rc<str>) -> PyResult<Value> {
    let place = name.as_ptr();
    if let Some((_, known)) = this.names.borrow().get(&place) {
        return Ok(known.clone());
    }
    let value = intern(py, this, text(name))?;
    let entry = (name.clone(), value.clone());
    this.names.borrow_mut().insert(place, entry);
    Ok(value)
}

fn intern_text(py: Py, this: &XmlParser, value: Option<&str>) -> PyResult<Value> {
    match value {
        Some(value) => intern(py, this, text(value)),
        None => Ok(Value::none()),
    }
}

fn call(py: Py, this: &XmlParser, handler: Handler, values: &[Value]) -> PyResult<Value> {
    let Some(function) = this.handlers.get(handler) else {
        return Ok(Value::none());
    };
    let outer = this.in_callback.replace(true);
    let result = protocol::call(py, &function, values);
    this.in_callback.set(outer);
    result
}

/// Hands over the text that waits.
pub fn flush(py: Py, this: &XmlParser) -> PyResult<()> {
    let waiting = match &mut *this.buffer.borrow_mut() {
        Some(buffer) if !buffer.is_empty() => text(&std::mem::take(buffer)),
        _ => return Ok(()),
    };
    call(py, this, Handler::CharacterData, &[waiting]).map(drop)
}

fn characters(py: Py, this: &XmlParser, data: &str) -> PyResult<()> {
    let size = this.buffer_size.get();
    let used = match &*this.buffer.borrow() {
        Some(buffer) => Some(buffer.len()),
        None => None,
    };
    let Some(used) = used else {
        return call(py, this, Handler::CharacterData, &[text(data)]).map(drop);
    };
    if used + data.len() > size {
        flush(py, this)?;
        // The handler may have taken itself away.
        if this.handlers.get(Handler::CharacterData).is_none() {
            return Ok(());
        }
    }
    if data.len() > size {
        return call(py, this, Handler::CharacterData, &[text(data)]).map(drop);
    }
    let mut buffer = this.buffer.borrow_mut();
    match &mut *buffer {
        Some(buffer) => buffer.push_str(data),
        // The handler may have switched the buffer off.
        None => {
            drop(buffer);
            call(py, this, Handler::CharacterData, &[text(data)])?;
        }
    }
    Ok(())
}

/// Calls a handler whose answer is an integer; zero ends the parsing with an error.
fn ask(
    py: Py,
    this: &XmlParser,
    handler: Handler,
    values: &[Value],
    refused: Code,
) -> PyResult<()> {
    let answer = call(py, this, handler, values)?;
    let number = protocol::number::index_to_i128(py, &answer);
    match number {
        Ok(Some(0)) => this.parser.borrow_mut().fail(refused),
        Ok(_) => {}
        Err(raised) => {
            this.parser.borrow_mut().fail(refused);
            return Err(raised);
        }
    }
    Ok(())
}

fn start_element(
    py: Py,
    this: &XmlParser,
    name: &Rc<str>,
    attributes: &[(Rc<str>, String)],
    specified: usize,
) -> PyResult<()> {
    let count = if this.specified.get() {
        specified
    } else {
        attributes.len()
    };
    let name = intern_name(py, this, name)?;
    let container = if this.ordered.get() {
        let list = List::with_capacity(count * 2);
        for (name, value) in &attributes[..count] {
            list.push_value(intern_name(py, this, name)?);
            list.push_value(text(value));
        }
        Value::from(list)
    } else {
        let dict = Dict::new();
        for (name, value) in &attributes[..count] {
            dict.set_value(py, &intern_name(py, this, name)?, text(value))?;
        }
        Value::from(dict)
    };
    call(py, this, Handler::StartElement, &[name, container]).map(drop)
}

/// A content model as nested tuples.
fn model_tuple(py: Py, this: &XmlParser, model: &Model) -> PyResult<Owned<Tuple>> {
    let mut children = Vec::with_capacity(model.children.len());
    for child in &model.children {
        children.push(Value::from(model_tuple(py, this, child)?));
    }
    Ok(Tuple::from_values([
        Value::int(model.kind),
        Value::int(model.quantifier),
        intern_text(py, this, model.name.as_deref())?,
        Value::from(Tuple::from_values(children)),
    ]))
}

/// Calls the handler of an event.
pub fn event(py: Py, this: &XmlParser, event: Event) -> PyResult<()> {
    if let Event::Text(data) = &event {
        return characters(py, this, data);
    }
    flush(py, this)?;
    let name = |value: Option<&str>| intern_text(py, this, value);
    let (handler, values): (Handler, Vec<Value>) = match &event {
        Event::Text(_) => return Ok(()),
        Event::StartElement {
            name,
            attributes,
            specified,
        } => return start_element(py, this, name, attributes, *specified),
        Event::EndElement(element) => {
            let element = intern_name(py, this, element)?;
            return call(py, this, Handler::EndElement, &[element]).map(drop);
        }
        Event::Comment(data) => (Handler::Comment, vec![text(data)]),
        Event::ProcessingInstruction { target, data } => (
            Handler::ProcessingInstruction,
            vec![name(Some(target))?, text(data)],
        ),
        Event::StartCdata => (Handler::StartCdataSection, vec![]),
        Event::EndCdata => (Handler::EndCdataSection, vec![]),
        Event::Default(data) => {
            let expands = this.handlers.get(Handler::DefaultExpand).is_some();
            let handler = if expands {
                Handler::DefaultExpand
            } else {
                Handler::Default
            };
            (handler, vec![text(data)])
        }
        Event::StartNamespace { prefix, uri } => (
            Handler::StartNamespaceDecl,
            vec![name(prefix.as_deref())?, name(uri.as_deref())?],
        ),
        Event::EndNamespace(prefix) => (Handler::EndNamespaceDecl, vec![name(prefix.as_deref())?]),
        Event::StartDoctype {
            name: doctype,
            system,
            public,
            internal,
        } => (
            Handler::StartDoctypeDecl,
            vec![
                name(Some(doctype))?,
                name(system.as_deref())?,
                name(public.as_deref())?,
                Value::int((*internal).into()),
            ],
        ),
        Event::EndDoctype => (Handler::EndDoctypeDecl, vec![]),
        Event::XmlDecl {
            version,
            encoding,
            standalone,
        } => (
            Handler::XmlDecl,
            vec![
                optional(version.as_deref()),
                optional(encoding.as_deref()),
                Value::int((*standalone).into()),
            ],
        ),
        Event::SkippedEntity {
            name: entity,
            parameter,
        } => (
            Handler::SkippedEntity,
            vec![name(Some(entity))?, Value::int((*parameter).into())],
        ),
        Event::NotStandalone => {
            return ask(py, this, Handler::NotStandalone, &[], Code::NotStandalone);
        }
        Event::ExternalEntityRef {
            context,
            base,
            system,
            public,
        } => {
            let values = [
                optional(context.as_deref()),
                name(base.as_deref())?,
                name(system.as_deref())?,
                name(public.as_deref())?,
            ];
            let refused = Code::ExternalEntityHandling;
            return ask(py, this, Handler::ExternalEntityRef, &values, refused);
        }
        declaration => return declared(py, this, declaration),
    };
    call(py, this, handler, &values).map(drop)
}

/// Calls the handler of a declaration.
fn declared(py: Py, this: &XmlParser, event: &Event) -> PyResult<()> {
    let name = |value: Option<&str>| intern_text(py, this, value);
    let (handler, values) = match event {
        Event::EntityDecl {
            name: entity,
            parameter,
            value,
            base,
            system,
            public,
            notation,
        } => (
            Handler::EntityDecl,
            vec![
                name(Some(entity))?,
                Value::int((*parameter).into()),
                optional(value.as_deref()),
                name(base.as_deref())?,
                name(system.as_deref())?,
                name(public.as_deref())?,
                name(notation.as_deref())?,
            ],
        ),
        Event::UnparsedEntityDecl {
            name: entity,
            base,
            system,
            public,
            notation,
        } => (
            Handler::UnparsedEntityDecl,
            vec![
                name(Some(entity))?,
                name(base.as_deref())?,
                name(system.as_deref())?,
                name(public.as_deref())?,
                name(Some(notation))?,
            ],
        ),
        Event::NotationDecl {
            name: notation,
            base,
            system,
            public,
        } => (
            Handler::NotationDecl,
            vec![
                name(Some(notation))?,
                name(base.as_deref())?,
                name(system.as_deref())?,
                name(public.as_deref())?,
            ],
        ),
        Event::ElementDecl {
            name: element,
            model,
        } => (
            Handler::ElementDecl,
            vec![
                name(Some(element))?,
                Value::from(model_tuple(py, this, model)?),
            ],
        ),
        Event::AttlistDecl {
            element,
            attribute,
            kind,
            default,
            required,
        } => (
            Handler::AttlistDecl,
            vec![
                name(Some(element))?,
                name(Some(attribute))?,
                text(kind),
                optional(default.as_deref()),
                Value::int((*required).into()),
            ],
        ),
        _ => return raise!(py, SystemError, "an event without a handler"),
    };
    call(py, this, handler, &values).map(drop)
}
