//! `contextvars.ContextVar`.

use std::cell::Cell;

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::types::sequence;
use krait_object::{
    Layout, Owned, Py, PyResult, Str, Type, Value, errors, exceptions, protocol, raise,
};

use super::context;
use super::token::{self, Token};

/// A context variable.
pub struct ContextVar {
    name: Value,
    default: Option<Value>,
    /// Where the variable was last found among those of a context.
    pub(super) place: Cell<usize>,
}

pub(super) type This = Instance<ContextVar>;

impl ContextVar {
    /// The default that a call gives, else the variable's own.
    pub(super) fn or_default(&self, given: Option<&Value>) -> Option<Value> {
        given.or(self.default.as_ref()).cloned()
    }
}

/// A variable's hash: its identity's.
#[inline]
pub(super) fn hash(variable: &This) -> i64 {
    (variable.as_object().as_ptr().addr() >> 4) as i64
}

fn new(
    py: Py,
    class: &Type,
    name: Option<&Value>,
    default: Option<&Value>,
) -> PyResult<Owned<This>> {
    let Some(name) = name else {
        return raise!(
            py,
            TypeError,
            "ContextVar() takes exactly 1 positional argument (0 given)"
        );
    };
    if name.downcast::<Str>().is_none() {
        return raise!(py, TypeError, "context variable name must be a str");
    }
    krait_object::protocol::hash(py, name)?;
    Instance::new_in(
        py,
        class,
        ContextVar {
            name: name.clone(),
            default: default.cloned(),
            place: Cell::new(0),
        },
    )
}

/// The variable's value in the current context, if it has one there.
pub(super) fn current_value(py: Py, this: &This) -> PyResult<Option<Value>> {
    match py
        .thread()
        .context()
        .and_then(|c| c.downcast_owned::<context::This>().ok())
    {
        Some(context) => context.get(py, this),
        None => Ok(None),
    }
}

fn get(py: Py, this: &This, default: Option<&Value>) -> PyResult {
    if let Some(value) = current_value(py, this)? {
        return Ok(value);
    }
    match this.or_default(default) {
        Some(default) => Ok(default),
        None => {
            let own = Value::from(this.to_owned());
            Err(errors::raise_value(py, &exceptions::LookupError, own))
        }
    }
}

pub(super) fn set(py: Py, this: &This, value: &Value) -> PyResult<Owned<Instance<Token>>> {
    let context = context::current(py);
    let old = context.get(py, this)?;
    context.set(py, this, value.clone())?;
    Ok(Token::make(py, context, this.to_owned(), old))
}

pub(super) fn reset(py: Py, this: &This, token: &Value) -> PyResult<()> {
    match token.downcast::<Instance<Token>>() {
        Some(token) => token::undo(py, token, this),
        None => {
            let text = protocol::repr(py, token)?;
            raise!(
                py,
                TypeError,
                "expected an instance of Token, got {}",
                text.to_rust()
            )
        }
    }
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let name = protocol::repr(py, &this.name)?;
    let default = match &this.default {
        None => String::new(),
        Some(default) => format!(" default={}", protocol::repr(py, default)?.to_rust()),
    };
    Ok(format!(
        "<ContextVar name={}{default} at {:p}>",
        name.to_rust(),
        this.as_object().as_ptr()
    ))
}

impl Class for ContextVar {
    const NAME: &'static str = "_contextvars.ContextVar";
    const GC: bool = true;
    fn cell() -> &'static krait_object::native::TypeCell {
        &krait_object::types::exported::CONTEXT_VAR
    }

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.new_with(
            "ContextVar(name=<unrepresentable>, *, default=<unrepresentable>)",
            new,
        )
        .hash(|_py: Py, this: &This| Ok(hash(this)))
        .repr(repr)
        .getter("name", |_py: Py, this: &This| this.name.clone())
        .method("get($self, default=<unrepresentable>, /)", get)
        .method("set($self, value, /)", set)
        .method("reset($self, token, /)", reset)
        .class_method(
            "__class_getitem__($type, object, /)",
            sequence::class_getitem,
        );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.name);
        visitor.field(&self.default);
    }
}
