//! `contextvars.Context`, and the thread's current one.

use std::cell::{Cell, RefCell};

use krait_object::gc::Visitor;
use krait_object::native::{Args, Class, Instance, KwArgs, TypeBuilder};
use krait_object::protocol::{self, CompareOp};
use krait_object::types::sequence::not_implemented;
use krait_object::{
    Dict, Layout, List, Object, Owned, Py, PyResult, Tuple, Type, Value, errors, raise,
};

use super::variable::{self, ContextVar};

/// Values of context variables.
pub struct Context {
    variables: RefCell<Owned<Dict>>,
    /// Whether a thread is in it.
    entered: Cell<bool>,
    /// The context that was current before `enter`.
    previous: RefCell<Option<Owned>>,
}

pub(super) type This = Instance<Context>;

/// The thread's context, made where there is none yet.
pub(super) fn current(py: Py) -> Owned<This> {
    if let Some(context) = py.thread().context()
        && let Ok(context) = context.downcast_owned::<This>()
    {
        return context;
    }
    let context = make(py, Dict::new());
    py.thread().set_context(Some(context.clone().upcast()));
    context
}

fn make(py: Py, variables: Owned<Dict>) -> Owned<This> {
    Instance::new(
        py,
        Context {
            variables: RefCell::new(variables),
            entered: Cell::new(false),
            previous: RefCell::new(None),
        },
    )
}

impl Context {
    pub(super) fn copy(&self, py: Py) -> Owned<This> {
        make(py, self.variables.borrow().clone())
    }

    pub(super) fn get(&self, py: Py, variable: &Instance<ContextVar>) -> PyResult<Option<Value>> {
        // (Variables are compared by identity: no Python code runs.)
        let variables = self.variables.borrow();
        let mut place = variable.place.get();
        let value = variables.get_again(
            py,
            variable.as_object(),
            variable::hash(variable),
            &mut place,
        );
        variable.place.set(place);
        value
    }

    /// The dict, not shared with any other context.
    fn own_variables(&self) -> Owned<Dict> {
        let mut place = self.variables.borrow_mut();
        if place.as_object().refcount() > 1 {
            let copy = place.copy();
            *place = copy;
        }
        place.clone()
    }

    pub(super) fn set(
        &self,
        py: Py,
        variable: &Instance<ContextVar>,
        value: Value,
    ) -> PyResult<()> {
        let key = Value::from(variable.to_owned());
        self.own_variables()
            .set_hashed(py, &key, variable::hash(variable), value)
    }

    pub(super) fn remove(&self, py: Py, variable: &Instance<ContextVar>) -> PyResult<()> {
        let key = Value::from(variable.to_owned());
        self.own_variables().remove(py, &key).map(drop)
    }
}

/// Makes the context current for a while.
pub(super) struct Entered<'a> {
    py: Py,
    context: &'a This,
    before: Option<Owned>,
}

impl<'a> Entered<'a> {
    pub(super) fn enter(py: Py, context: &'a This) -> PyResult<Entered<'a>> {
        if context.entered.replace(true) {
            let text = protocol::repr(py, &Value::from(context.to_owned()))?;
            return raise!(
                py,
                RuntimeError,
                "cannot enter context: {} is already entered",
                text.to_rust()
            );
        }
        let before = py.thread().context();
        py.thread().set_context(Some(context.to_owned().upcast()));
        Ok(Entered {
            py,
            context,
            before,
        })
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.context.entered.set(false);
        self.py.thread().set_context(self.before.take());
    }
}

/// Makes a context current until `exit` (`PyContext_Enter`).
pub(super) fn enter(py: Py, this: &This) -> PyResult<()> {
    let mut entered = Entered::enter(py, this)?;
    let before = entered.before.take();
    std::mem::forget(entered);
    drop(this.previous.replace(before));
    Ok(())
}

/// Makes the context current again that was before `enter` (`PyContext_Exit`).
pub(super) fn exit(py: Py, this: &This) -> PyResult<()> {
    if !this.entered.get() {
        let text = protocol::repr(py, &Value::from(this.to_owned()))?;
        return raise!(
            py,
            RuntimeError,
            "cannot exit context: {} has not been entered",
            text.to_rust()
        );
    }
    let current = py.thread().context();
    if !current.is_some_and(|c| c.is(this.as_object())) {
        return raise!(
            py,
            RuntimeError,
            "cannot exit context: thread state references a different context object"
        );
    }
    this.entered.set(false);
    py.thread().set_context(this.previous.take());
    Ok(())
}

fn run(py: Py, this: &This, args: Args<'_>, kwargs: KwArgs) -> PyResult {
    let Some((callable, args)) = args.0.split_first() else {
        return raise!(
            py,
            TypeError,
            "run() missing 1 required positional argument"
        );
    };
    let _entered = Entered::enter(py, this)?;
    match kwargs.0 {
        None => protocol::call(py, callable, args),
        Some(kwargs) => {
            protocol::call::call_tuple(py, callable, &Tuple::from_slice(args), Some(&kwargs))
        }
    }
}

/// A key that must be a context variable.
fn key_of(py: Py, key: &Value) -> PyResult<&Instance<ContextVar>> {
    match key.downcast::<Instance<ContextVar>>() {
        Some(variable) => Ok(variable),
        None => {
            let text = protocol::repr(py, key)?;
            raise!(
                py,
                TypeError,
                "a ContextVar key was expected, got {}",
                text.to_rust()
            )
        }
    }
}

fn get(py: Py, this: &This, key: &Value, default: Option<&Value>) -> PyResult {
    let found = this.get(py, key_of(py, key)?)?;
    Ok(found
        .or_else(|| default.cloned())
        .unwrap_or_else(Value::none))
}

fn subscript(py: Py, this: &This, key: &Object) -> PyResult {
    let key = Value::from(key.to_owned());
    match this.get(py, key_of(py, &key)?)? {
        Some(value) => Ok(value),
        None => errors::key_error(py, &key),
    }
}

fn compare(py: Py, this: &This, other: &Object, op: CompareOp) -> PyResult {
    let Some(other) = other
        .downcast::<This>()
        .filter(|_| matches!(op, CompareOp::Eq | CompareOp::Ne))
    else {
        return Ok(not_implemented());
    };
    let (a, b) = (
        this.variables.borrow().clone(),
        other.variables.borrow().clone(),
    );
    let equal = std::ptr::eq(&*a, &*b) || a.equals(py, &b)?;
    Ok(Value::bool(equal == (op == CompareOp::Eq)))
}

/// An iterator over what the variables are now.
fn iterator(py: Py, this: &This, pick: fn(Value, Value) -> Value) -> PyResult<Owned> {
    let items = this.variables.borrow().to_vec();
    let list = List::from_values(items.into_iter().map(|(k, v)| pick(k, v)));
    protocol::iter(py, &Value::from(list))
}

impl Class for Context {
    const NAME: &'static str = "_contextvars.Context";
    const GC: bool = true;
    fn cell() -> &'static krait_object::native::TypeCell {
        &krait_object::types::exported::CONTEXT
    }

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.with_weakrefs()
            .new_with(
                "Context(*args, **kwargs)",
                |py: Py, _class: &Type, args: Args<'_>, kwargs: KwArgs| {
                    if !args.0.is_empty() || kwargs.0.is_some_and(|k| !k.is_empty()) {
                        return raise!(py, TypeError, "Context() does not accept any arguments");
                    }
                    Ok(make(py, Dict::new()))
                },
            )
            .mapping_len(|_py: Py, this: &This| Ok(this.variables.borrow().len()))
            .subscript(subscript)
            .contains(|py: Py, this: &This, key: &Object| {
                let key = Value::from(key.to_owned());
                Ok(this.get(py, key_of(py, &key)?)?.is_some())
            })
            .iter(|py: Py, this: &This| iterator(py, this, |k, _| k))
            .compare(compare)
            .unhashable()
            .method("run($self, /, *args, **kwargs)", run)
            .method("copy($self, /)", |py: Py, this: &This| this.copy(py))
            .method("get($self, key, default=None, /)", get)
            .method("keys($self, /)", |py: Py, this: &This| {
                iterator(py, this, |k, _| k)
            })
            .method("values($self, /)", |py: Py, this: &This| {
                iterator(py, this, |_, v| v)
            })
            .method("items($self, /)", |py: Py, this: &This| {
                iterator(py, this, |k, v| Value::from(Tuple::from_values([k, v])))
            });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.variables);
    }

    fn clear(&self) {
        let old = self.variables.replace(Dict::new());
        drop(old);
    }
}
