//! What the module keeps: the functions of Python modules that elements use, and the
//! factories of comments and processing instructions.

use std::cell::RefCell;

use krait_object::exceptions::new_class::LazyClass;
use krait_object::py::GilCell;
use krait_object::{Py, PyResult, Value, exceptions, hooks, protocol, raise};

/// `xml.etree.ElementTree.ParseError`.
pub static PARSE_ERROR: LazyClass = LazyClass::new("xml.etree.ElementTree.ParseError", || {
    &exceptions::SyntaxError
});

#[derive(Default)]
struct State {
    deepcopy: Option<Value>,
    element_path: Option<Value>,
    comment_factory: Option<Value>,
    pi_factory: Option<Value>,
}

static STATE: GilCell<RefCell<Option<State>>> = GilCell::new(RefCell::new(None));

fn with<R>(py: Py, look: impl FnOnce(&mut State) -> R) -> R {
    look(STATE.get(py).borrow_mut().get_or_insert_default())
}

/// Finds the modules, when the module is imported first.
pub fn init(py: Py) -> PyResult<()> {
    if with(py, |state| state.element_path.is_some()) {
        return Ok(());
    }
    let copy = hooks::import_module(py, "copy")?;
    let deepcopy = protocol::get_attr_str(py, &copy, "deepcopy")?;
    hooks::import_module(py, "xml.etree.ElementPath")?;
    let sys = hooks::import_module(py, "sys")?;
    let modules = protocol::get_attr_str(py, &sys, "modules")?;
    let name = Value::from(krait_object::Str::intern("xml.etree.ElementPath"));
    let path = protocol::get_item(py, &modules, &name)?;
    let old = with(py, |state| {
        (
            state.deepcopy.replace(deepcopy),
            state.element_path.replace(path),
        )
    });
    drop(old);
    Ok(())
}

pub fn deepcopy(py: Py) -> PyResult<Value> {
    match with(py, |state| state.deepcopy.clone()) {
        Some(function) => Ok(function),
        None => raise!(py, RuntimeError, "deepcopy helper not found"),
    }
}

pub fn element_path(py: Py) -> PyResult<Value> {
    match with(py, |state| state.element_path.clone()) {
        Some(module) => Ok(module),
        None => raise!(py, RuntimeError, "xml.etree.ElementPath was not imported"),
    }
}

pub fn comment_factory(py: Py) -> Option<Value> {
    with(py, |state| state.comment_factory.clone())
}

pub fn pi_factory(py: Py) -> Option<Value> {
    with(py, |state| state.pi_factory.clone())
}

fn expect_callable(py: Py, what: &str, value: &Value) -> PyResult<Option<Value>> {
    if value.is_none() {
        return Ok(None);
    }
    if !protocol::call::is_callable(value) {
        let got = value.ty().name();
        return raise!(py, TypeError, "{what} factory must be callable, not {got}");
    }
    Ok(Some(value.clone()))
}

/// `_set_factories`: what they were.
pub fn set_factories(
    py: Py,
    comment_factory: &Value,
    pi_factory: &Value,
) -> PyResult<(Option<Value>, Option<Value>)> {
    let comment = expect_callable(py, "Comment", comment_factory)?;
    let pi = expect_callable(py, "PI", pi_factory)?;
    Ok(with(py, |state| {
        (
            std::mem::replace(&mut state.comment_factory, comment),
            std::mem::replace(&mut state.pi_factory, pi),
        )
    }))
}
