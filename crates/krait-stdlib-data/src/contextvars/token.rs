//! `contextvars.Token`: how to undo a `set`.

use std::cell::{Cell, OnceCell};

use krait_object::gc::Visitor;
use krait_object::native::{Args, Class, Instance, KwArgs, TypeBuilder};
use krait_object::types::sequence;
use krait_object::{
    GilCell, Layout, Owned, Py, PyResult, Type, Value, class_cell, protocol, raise,
};

use super::context::{self, This as ContextObject};
use super::variable::This as VariableObject;

/// The state of a variable before a `set`.
pub struct Token {
    context: Owned<ContextObject>,
    variable: Owned<VariableObject>,
    old: Option<Value>,
    used: Cell<bool>,
}

type This = Instance<Token>;

impl Token {
    pub(super) fn make(
        py: Py,
        context: Owned<ContextObject>,
        variable: Owned<VariableObject>,
        old: Option<Value>,
    ) -> Owned<This> {
        Instance::new(
            py,
            Token {
                context,
                variable,
                old,
                used: Cell::new(false),
            },
        )
    }
}

/// What cannot be done with a token, for an error.
fn described(py: Py, this: &This) -> PyResult<String> {
    Ok(protocol::repr(py, &Value::from(this.to_owned()))?
        .to_rust()
        .into_owned())
}

/// Gives the variable back the value that it had.
pub(super) fn undo(py: Py, token: &This, variable: &VariableObject) -> PyResult<()> {
    if token.used.get() {
        let text = described(py, token)?;
        return raise!(py, RuntimeError, "{text} has already been used once");
    }
    if !std::ptr::eq(&*token.variable, variable) {
        let text = described(py, token)?;
        return raise!(
            py,
            ValueError,
            "{text} was created by a different ContextVar"
        );
    }
    let context = context::current(py);
    if !std::ptr::eq(&*context, &*token.context) {
        let text = described(py, token)?;
        return raise!(py, ValueError, "{text} was created in a different Context");
    }
    token.used.set(true);
    match &token.old {
        Some(old) => context.set(py, variable, old.clone()),
        None => context.remove(py, variable),
    }
}

/// `Token.MISSING`.
struct Missing;

static MISSING: GilCell<OnceCell<Owned<Instance<Missing>>>> = GilCell::new(OnceCell::new());

pub(super) fn missing(py: Py) -> Value {
    Value::from(
        MISSING
            .get(py)
            .get_or_init(|| Instance::new(py, Missing))
            .clone(),
    )
}

impl Class for Missing {
    const NAME: &'static str = "Token.MISSING";
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor()
            .repr(|_py: Py, _this: &Instance<Missing>| "<Token.MISSING>");
    }
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let variable = protocol::repr(py, &Value::from(this.variable.clone()))?;
    let used = if this.used.get() { " used" } else { "" };
    Ok(format!(
        "<Token{used} var={} at {:p}>",
        variable.to_rust(),
        this.as_object().as_ptr()
    ))
}

impl Class for Token {
    const NAME: &'static str = "_contextvars.Token";
    const GC: bool = true;
    fn cell() -> &'static krait_object::native::TypeCell {
        &krait_object::types::exported::CONTEXT_TOKEN
    }

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.new_with(
            "Token(*args, **kwargs)",
            |py: Py, _class: &Type, _a: Args<'_>, _k: KwArgs| -> PyResult {
                raise!(
                    py,
                    RuntimeError,
                    "Tokens can only be created by ContextVars"
                )
            },
        )
        .unhashable()
        .repr(repr)
        .getter("var", |_py: Py, this: &This| this.variable.clone())
        .getter("old_value", |py: Py, this: &This| {
            this.old.clone().unwrap_or_else(|| missing(py))
        })
        .method_doc(
            "__enter__($self, /)",
            "Enter into Token context manager.",
            |_py: Py, this: &This| this.to_owned(),
        )
        .method_doc(
            "__exit__($self, type, val, tb, /)",
            "Exit from Token context manager, restore the linked ContextVar.",
            |py: Py, this: &This, _type: &Value, _val: &Value, _tb: &Value| {
                undo(py, this, &this.variable)
            },
        )
        .class_method(
            "__class_getitem__($type, object, /)",
            sequence::class_getitem,
        );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.context);
        visitor.field(&self.variable);
        visitor.field(&self.old);
    }
}
