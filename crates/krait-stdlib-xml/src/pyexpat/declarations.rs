//! Handlers of declarations, instructions and references to external entities.

use krait_object::{Owned, Py, PyResult, Tuple, Value};

use super::dispatch::{ask, call, intern_text, optional, text};
use super::handlers::Handler;
use super::object::XmlParser;
use crate::expat::{Code, Declaration, Model};

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

/// Calls the handler of a declaration.
pub fn declared(py: Py, this: &XmlParser, declaration: &Declaration) -> PyResult<()> {
    let name = |value: Option<&str>| intern_text(py, this, value);
    let (handler, values): (Handler, Vec<Value>) = match declaration {
        Declaration::ProcessingInstruction { target, data } => (
            Handler::ProcessingInstruction,
            vec![name(Some(target))?, text(data)],
        ),
        Declaration::StartDoctype {
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
        Declaration::XmlDecl {
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
        Declaration::ExternalEntityRef {
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
        Declaration::EntityDecl {
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
        Declaration::UnparsedEntityDecl {
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
        Declaration::NotationDecl {
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
        Declaration::ElementDecl {
            name: element,
            model,
        } => (
            Handler::ElementDecl,
            vec![
                name(Some(element))?,
                Value::from(model_tuple(py, this, model)?),
            ],
        ),
        Declaration::AttlistDecl {
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
    };
    call(py, this, handler, &values).map(drop)
}
