//! From events to calls of handlers.

use krait_object::{Dict, List, Py, PyResult, Str, Value, protocol};

use super::declarations;
use super::handlers::Handler;
use super::object::XmlParser;
use crate::expat::{Chunk, Code, Event, Name};

pub(super) fn text(value: &str) -> Value {
    Value::from(Str::new(value))
}

pub(super) fn optional(value: Option<&str>) -> Value {
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
fn intern_name(py: Py, this: &XmlParser, name: &Name) -> PyResult<Value> {
    if let Some(Some(known)) = this.names.borrow().get(name.number()) {
        return Ok(known.clone());
    }
    let value = intern(py, this, text(name))?;
    let mut names = this.names.borrow_mut();
    if names.len() <= name.number() {
        names.resize(name.number() + 1, None);
    }
    names[name.number()] = Some(value.clone());
    Ok(value)
}

/// The text of the event that was given last.
fn chunk_text(this: &XmlParser, chunk: &Chunk) -> Value {
    text(this.parser.borrow().piece(chunk))
}

pub(super) fn intern_text(py: Py, this: &XmlParser, value: Option<&str>) -> PyResult<Value> {
    match value {
        Some(value) => intern(py, this, text(value)),
        None => Ok(Value::none()),
    }
}

pub(super) fn call(
    py: Py,
    this: &XmlParser,
    handler: Handler,
    values: &[Value],
) -> PyResult<Value> {
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

fn characters(py: Py, this: &XmlParser, data: &Chunk) -> PyResult<()> {
    let size = this.buffer_size.get();
    let used = this.buffer.borrow().as_ref().map(|buffer| buffer.len());
    let Some(used) = used else {
        return call(py, this, Handler::CharacterData, &[chunk_text(this, data)]).map(drop);
    };
    let len = this.parser.borrow().piece(data).len();
    if used + len > size {
        flush(py, this)?;
        // The handler may have taken itself away.
        if this.handlers.get(Handler::CharacterData).is_none() {
            return Ok(());
        }
    }
    if len > size {
        return call(py, this, Handler::CharacterData, &[chunk_text(this, data)]).map(drop);
    }
    let mut buffer = this.buffer.borrow_mut();
    match &mut *buffer {
        Some(buffer) => buffer.push_str(this.parser.borrow().piece(data)),
        // The handler may have switched the buffer off.
        None => {
            drop(buffer);
            call(py, this, Handler::CharacterData, &[chunk_text(this, data)])?;
        }
    }
    Ok(())
}

/// Calls a handler whose answer is an integer; zero ends the parsing with an error.
pub(super) fn ask(
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
    name: &Name,
    attributes: &[(Name, Chunk)],
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
            list.push_value(chunk_text(this, value));
        }
        Value::from(list)
    } else {
        let dict = Dict::new();
        for (name, value) in &attributes[..count] {
            dict.set_value(py, &intern_name(py, this, name)?, chunk_text(this, value))?;
        }
        Value::from(dict)
    };
    call(py, this, Handler::StartElement, &[name, container]).map(drop)
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
        Event::EndDoctype => (Handler::EndDoctypeDecl, vec![]),
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
        Event::Declaration(declaration) => {
            return declarations::declared(py, this, declaration);
        }
    };
    call(py, this, handler, &values).map(drop)
}
