//! `_interpreters`.

use std::rc::Rc;

use krait_object::interpreter::{self, Config, Interpreter, Whence};
use krait_object::native::module::NativeModule;
use krait_object::{
    Dict, KwArgs, List, ModuleBuilder, Owned, Py, PyResult, Str, Tuple, Value, protocol, raise,
};
use krait_vm::{CodeObject, Function, subinterpreter};

use crate::capture::capture_exception;
use crate::cross::{self, Data, Mode};
use crate::session::{self, Ended};
use crate::{config, errors, script};

pub const MODULE: NativeModule = NativeModule {
    name: "_interpreters",
    init,
};

/// An ID as a number, `what` being whose it is.
pub fn id_of(py: Py, value: &Value, what: &str) -> PyResult<i64> {
    if !protocol::number::is_index(value) {
        let got = value.ty().name();
        return raise!(py, TypeError, "{what} ID must be an int, got {got}");
    }
    let wide = protocol::number::index_to_i128(py, value)?;
    match wide.map(i64::try_from) {
        Some(Ok(id)) if id >= 0 => Ok(id),
        Some(Ok(id)) => raise!(
            py,
            ValueError,
            "{what} ID must be a non-negative int, got {id}"
        ),
        _ => raise!(py, OverflowError, "{what} ID is too large"),
    }
}

/// The interpreter of an ID.
pub fn named(py: Py, id: &Value) -> PyResult<Rc<Interpreter>> {
    let id = id_of(py, id, "interpreter")?;
    match interpreter::find(py, id) {
        Some(interpreter) => Ok(interpreter),
        None => errors::not_found(py, id),
    }
}

/// As `named`, for doing something with it that its condition, or who made it, may forbid.
fn resolve(
    py: Py,
    id: &Value,
    restrict: Option<bool>,
    ready: bool,
    doing: &str,
) -> PyResult<Rc<Interpreter>> {
    let found = named(py, id)?;
    if ready && !found.ready.get() {
        let text = format!("cannot {doing} interpreter {} (not ready)", found.id);
        return errors::interpreter(py, &text);
    }
    if restrict.unwrap_or(false) && found.whence != Whence::Library {
        let text = format!("cannot {doing} unrecognized interpreter {}", found.id);
        return errors::interpreter(py, &text);
    }
    Ok(found)
}

fn new_config(py: Py, name: Option<&Value>, overrides: KwArgs) -> PyResult {
    let name = match name {
        None => "isolated".to_string(),
        Some(name) => match name.downcast::<Str>() {
            Some(name) => name.to_utf8(py)?.into_owned(),
            None => {
                let got = name.ty().name();
                return raise!(py, TypeError, "argument 1 must be str, not {got}");
            }
        },
    };
    let mut config = config::by_name(py, &name)?;
    if let Some(overrides) = overrides.0 {
        config::update(py, &mut config, &overrides, true)?;
    }
    config::to_namespace(py, config)
}

fn create(py: Py, given: Option<&Value>, reqrefs: Option<bool>) -> PyResult<i64> {
    let config: Config = config::from_value(py, given)?;
    let made = if config.is_possible() {
        subinterpreter::create(py, Whence::Library, config).ok()
    } else {
        None
    };
    let Some(made) = made else {
        return errors::interpreter(py, "interpreter creation failed");
    };
    made.needs_references.set(reqrefs.unwrap_or(false));
    Ok(made.id)
}

fn destroy(py: Py, id: &Value, restrict: Option<bool>) -> PyResult<()> {
    let found = resolve(py, id, restrict, false, "destroy")?;
    if found.id == py.thread().interpreter.get() {
        return errors::interpreter(py, "cannot destroy the current interpreter");
    }
    if found.is_main() {
        return errors::interpreter(py, "cannot destroy the main interpreter");
    }
    if found.running_main.get() {
        return errors::interpreter(py, "interpreter running");
    }
    subinterpreter::destroy(py, &found);
    Ok(())
}

fn list_all(py: Py, require_ready: Option<bool>) -> Owned<List> {
    let list = List::new();
    for found in interpreter::all(py) {
        if found.ready.get() || !require_ready.unwrap_or(false) {
            list.push_value(summary(&found));
        }
    }
    list
}

fn summary(found: &Interpreter) -> Value {
    let parts = [Value::int(found.id), Value::int(found.whence as i64)];
    Value::from(Tuple::from_values(parts))
}

/// What a visit has come to, as its caller sees it: the value, and the picture of an exception.
fn outcome<T>(py: Py, ended: Ended<T>) -> PyResult<(Option<T>, Value)> {
    match ended {
        Ended::Well(value) => Ok((Some(value), Value::none())),
        Ended::Raised(captured) => Ok((None, captured.to_namespace(py)?)),
        Ended::NotShareable(text, why) => session::not_shareable(py, &text, why.as_deref()),
    }
}

/// Names and values for a `__main__`.
fn shared(py: Py, names: Option<&Dict>) -> PyResult<Vec<(String, Data)>> {
    let mut taken = Vec::new();
    for (name, value) in names.map(Dict::to_vec).unwrap_or_default() {
        let Some(name) = name.downcast::<Str>() else {
            return raise!(py, TypeError, "bad argument type for built-in operation");
        };
        let name = name.to_utf8(py)?.into_owned();
        if name.contains('\0') {
            return raise!(py, ValueError, "found embedded NULL character");
        }
        taken.push((name, cross::take(py, &value, Mode::Shareable)?));
    }
    Ok(taken)
}

fn bind(py: Py, names: &Dict, shared: &[(String, Data)]) -> PyResult<()> {
    for (name, data) in shared {
        let value = data.make(py)?;
        names.set_value(py, &Value::from(Str::intern(name)), value)?;
    }
    Ok(())
}

/// An argument that must be a dict where it is given.
fn dict_argument<'a>(
    py: Py,
    value: Option<&'a Value>,
    function: &str,
    at: usize,
) -> PyResult<Option<&'a Dict>> {
    let Some(value) = value else {
        return Ok(None);
    };
    match value.downcast::<Dict>() {
        Some(dict) => Ok(Some(dict)),
        None => {
            let got = if value.is_none() {
                "None"
            } else {
                value.ty().name()
            };
            raise!(
                py,
                TypeError,
                "_interpreters.{function}() argument {at} must be dict, not {got}"
            )
        }
    }
}

/// Runs code in an interpreter's `__main__`; the picture of what it raised, or None.
fn run(py: Py, interpreter: &Rc<Interpreter>, code: &Value, names: Option<&Dict>) -> PyResult {
    let shared = shared(py, names)?;
    let code = script::code_of(py, code, false)?;
    let code = cross::take(py, &Value::from(code), Mode::Marshal)?;
    let ended = session::visit(py, interpreter, |py, names| {
        bind(py, names, &shared)?;
        let code = code.make(py)?;
        let Some(code) = code.downcast::<CodeObject>() else {
            return raise!(py, TypeError, "expected code");
        };
        let locals = Value::from(names.clone());
        krait_vm::run::run_code(py, code, names, &locals, None).map(drop)
    })?;
    outcome(py, ended).map(|(_, captured)| captured)
}

fn exec(
    py: Py,
    id: &Value,
    code: &Value,
    shared: Option<&Value>,
    restrict: Option<bool>,
) -> PyResult {
    let names = dict_argument(py, shared, "exec", 3)?;
    let found = resolve(py, id, restrict, true, "exec code for")?;
    run(py, &found, code, names)
}

fn run_string(
    py: Py,
    id: &Value,
    text: &Value,
    shared: Option<&Value>,
    restrict: Option<bool>,
) -> PyResult {
    if text.downcast::<Str>().is_none() {
        let got = text.ty().name();
        return raise!(
            py,
            TypeError,
            "_interpreters.run_string() argument 2 must be str, not {got}"
        );
    }
    let names = dict_argument(py, shared, "run_string", 3)?;
    let found = resolve(py, id, restrict, true, "run a string in")?;
    run(py, &found, text, names)
}

fn run_func(
    py: Py,
    id: &Value,
    function: &Value,
    shared: Option<&Value>,
    restrict: Option<bool>,
) -> PyResult {
    if function.downcast::<Function>().is_none() && function.downcast::<CodeObject>().is_none() {
        let got = function.ty().name();
        return raise!(
            py,
            TypeError,
            "_interpreters.run_func() argument 2 must be a function, not {got}"
        );
    }
    let names = dict_argument(py, shared, "run_func", 3)?;
    let found = resolve(py, id, restrict, true, "run a function in")?;
    run(py, &found, function, names)
}

fn call(
    py: Py,
    id: &Value,
    callable: &Value,
    args: Option<&Value>,
    kwargs: Option<&Value>,
    restrict: Option<bool>,
) -> PyResult<(Value, Value)> {
    let args = args.filter(|a| !a.is_none());
    if let Some(args) = args.filter(|a| a.downcast::<Tuple>().is_none()) {
        let got = args.ty().name();
        return raise!(
            py,
            TypeError,
            "_interpreters.call() argument 3 must be tuple, not {got}"
        );
    }
    dict_argument(py, kwargs.filter(|k| !k.is_none()), "call", 4)?;
    let found = resolve(py, id, restrict, true, "make a call in")?;
    if !protocol::call::is_callable(callable) {
        let shown = protocol::repr(py, callable)?;
        return raise!(
            py,
            TypeError,
            "expected a callable, got {}",
            shown.to_rust()
        );
    }
    let take = |value: &Value| cross::take(py, value, Mode::Fallback);
    let function = take(callable).or_else(|raised| {
        if callable.downcast::<Function>().is_none() {
            return Err(raised);
        }
        drop(py.thread().take_exception());
        cross::take(py, callable, Mode::Function)
    })?;
    let args = args.map(take).transpose()?;
    let kwargs = kwargs.filter(|k| !k.is_none()).map(take).transpose()?;
    let ended = session::visit(py, &found, |py, _| {
        let make = |data: &Data, text: &str| {
            let made = data.make(py);
            made.or_else(|_| errors::not_shareable(py, Str::new(text)))
        };
        let function = make(&function, "func not shareable")?;
        let args = args.as_ref().map(|data| make(data, "args not shareable"));
        let args = args.transpose()?;
        let kwargs = kwargs
            .as_ref()
            .map(|data| make(data, "kwargs not shareable"));
        let kwargs = kwargs.transpose()?;
        let args = args.as_ref().and_then(|a| a.downcast::<Tuple>());
        let kwargs = kwargs.as_ref().and_then(|k| k.downcast::<Dict>());
        let result = match args {
            Some(args) => protocol::call::call_tuple(py, &function, args, kwargs),
            None => protocol::call::call_tuple(py, &function, &Tuple::empty(), kwargs),
        }?;
        let taken = cross::take(py, &result, Mode::Fallback);
        taken.or_else(|_| {
            let text = "object does not support cross-interpreter data";
            errors::not_shareable(py, Str::new(text))
        })
    })?;
    let (result, captured) = outcome(py, ended)?;
    match result {
        Some(data) => Ok((data.make(py)?, captured)),
        None => Ok((Value::none(), captured)),
    }
}

fn set_main_attrs(py: Py, id: &Value, updates: &Value, restrict: Option<bool>) -> PyResult<()> {
    let names = dict_argument(py, Some(updates), "set___main___attrs", 2)?;
    let found = resolve(py, id, restrict, true, "update __main__ for")?;
    let Some(names) = names.filter(|names| !names.is_empty()) else {
        return raise!(py, ValueError, "arg 2 must be a non-empty dict");
    };
    let shared = shared(py, Some(names))?;
    let ended = session::visit(py, &found, |py, names| bind(py, names, &shared))?;
    match ended {
        Ended::Well(()) => Ok(()),
        Ended::NotShareable(text, why) => session::not_shareable(py, &text, why.as_deref()),
        Ended::Raised(captured) => {
            errors::interpreter(py, &captured.formatted().unwrap_or_default())
        }
    }
}

fn incref(py: Py, id: &Value, implieslink: Option<bool>, restrict: Option<bool>) -> PyResult<()> {
    let found = resolve(py, id, restrict, true, "incref")?;
    if implieslink.unwrap_or(false) {
        found.needs_references.set(true);
    }
    found.references.set(found.references.get() + 1);
    Ok(())
}

fn decref(py: Py, id: &Value, restrict: Option<bool>) -> PyResult<()> {
    let found = resolve(py, id, restrict, true, "decref")?;
    let left = found.references.get() - 1;
    found.references.set(left.max(0));
    let ends = left == 0 && found.needs_references.get();
    if ends && !found.running_main.get() && found.id != py.thread().interpreter.get() {
        subinterpreter::destroy(py, &found);
    }
    Ok(())
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    let py = m.py;
    m.text("__doc__", "This module provides primitive operations to manage Python interpreters.\nThe 'interpreters' module provides a more convenient interface.")?;
    let classes = errors::classes(py)?;
    m.value("InterpreterError", Value::from(classes.interpreter.clone()))?
        .value(
            "InterpreterNotFoundError",
            Value::from(classes.not_found.clone()),
        )?
        .value(
            "NotShareableError",
            Value::from(classes.not_shareable.clone()),
        )?;
    for (name, whence) in [
        ("WHENCE_UNKNOWN", Whence::Unknown),
        ("WHENCE_RUNTIME", Whence::Runtime),
        ("WHENCE_LEGACY_CAPI", Whence::LegacyCApi),
        ("WHENCE_CAPI", Whence::CApi),
        ("WHENCE_XI", Whence::CrossInterpreter),
        ("WHENCE_STDLIB", Whence::Library),
    ] {
        m.int(name, whence as i64)?;
    }
    m.function("new_config(name='isolated', /, **overrides)", new_config)?
        .function("create(config=None, *, reqrefs=False)", create)?
        .function("destroy(id, *, restrict=False)", destroy)?
        .function("list_all(*, require_ready=False)", list_all)?
        .function("get_current()", |py: Py| summary(&interpreter::current(py)))?
        .function("get_main()", |py: Py| {
            interpreter::find(py, 0).map(|main| summary(&main))
        })?
        .function(
            "is_running(id, *, restrict=False)",
            |py: Py, id: &Value, restrict: Option<bool>| {
                let found = resolve(py, id, restrict, true, "check if running for")?;
                Ok::<_, krait_object::Raised>(found.running_main.get())
            },
        )?
        .function(
            "get_config(id, *, restrict=False)",
            |py: Py, id: &Value, restrict: Option<bool>| {
                let found = resolve(py, id, restrict, false, "get the config of")?;
                config::to_namespace(py, found.config)
            },
        )?
        .function("whence(id)", |py: Py, id: &Value| {
            Ok::<_, krait_object::Raised>(named(py, id)?.whence as i64)
        })?
        .function(
            "exec(id, code, shared=<unrepresentable>, *, restrict=False)",
            exec,
        )?
        .function(
            "run_string(id, script, shared=<unrepresentable>, *, restrict=False)",
            run_string,
        )?
        .function(
            "run_func(id, func, shared=<unrepresentable>, *, restrict=False)",
            run_func,
        )?
        .function(
            "call(id, callable, args=None, kwargs=None, *, restrict=False)",
            call,
        )?
        .function(
            "set___main___attrs(id, updates, *, restrict=False)",
            set_main_attrs,
        )?
        .function("incref(id, *, implieslink=False, restrict=False)", incref)?
        .function("decref(id, *, restrict=False)", decref)?
        .function("is_shareable(obj)", |py: Py, value: &Value| {
            cross::is_shareable(py, value)
        })?
        .function("capture_exception(exc=None)", capture_exception)?;
    Ok(())
}
