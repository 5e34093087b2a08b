//! The registries: search functions for codecs, and error handlers by name.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use krait_object::{
    Dict, InterpreterCell, ModuleBuilder, Owned, Py, PyResult, Raised, Str, Tuple, Value, errors,
    exceptions, hooks, intern, protocol, raise,
};

use super::handlers;

struct State {
    search: RefCell<Vec<Value>>,
    /// Codecs found, by normalised name.
    found: Owned<Dict>,
    handlers: Owned<Dict>,
    /// The package `encodings` has been asked for.
    imported: Cell<bool>,
}

static STATE: InterpreterCell<OnceCell<Rc<State>>> = InterpreterCell::new(OnceCell::new);

fn state(py: Py) -> PyResult<Rc<State>> {
    if let Some(state) = STATE.get(py).get() {
        return Ok(state.clone());
    }
    let handlers = handlers::builtin(py)?;
    let made = Rc::new(State {
        search: RefCell::new(Vec::new()),
        found: Dict::new(),
        handlers,
        imported: Cell::new(false),
    });
    Ok(STATE.get(py).get_or_init(|| made).clone())
}

/// An encoding's name as search functions get it: lower case, runs of anything but
/// letters, digits and dots as one underscore, other than ASCII left out.
pub fn normalized(encoding: &str) -> String {
    let (mut out, mut gap) = (String::with_capacity(encoding.len()), false);
    for c in encoding.chars() {
        if c.is_ascii_alphanumeric() || c == '.' {
            if gap && !out.is_empty() {
                out.push('_');
            }
            gap = false;
            out.push(c.to_ascii_lowercase());
        } else if c.is_ascii() {
            gap = true;
        }
    }
    out
}

/// Makes sure that the package `encodings` has registered its search function.
fn import_encodings(py: Py, state: &State) -> PyResult<()> {
    if state.imported.replace(true) || !state.search.borrow().is_empty() {
        return Ok(());
    }
    hooks::import_module(py, "encodings").map(drop)
}

/// The codec of a name: what a search function gave, a tuple of four.
pub fn find_codec(py: Py, encoding: &str) -> PyResult<Owned<Tuple>> {
    let state = state(py)?;
    let name = Value::from(Str::intern(&normalized(encoding)));
    if let Some(found) = state.found.get(py, &name)? {
        return as_tuple(py, &found);
    }
    import_encodings(py, &state)?;
    let mut at = 0;
    loop {
        let function = state.search.borrow().get(at).cloned();
        let Some(function) = function else { break };
        at += 1;
        let found = protocol::call(py, &function, std::slice::from_ref(&name))?;
        if found.is_none() {
            continue;
        }
        let codec = as_tuple(py, &found)?;
        state.found.set_value(py, &name, found)?;
        return Ok(codec);
    }
    raise!(py, LookupError, "unknown encoding: {encoding}")
}

fn as_tuple(py: Py, found: &Value) -> PyResult<Owned<Tuple>> {
    match found.downcast::<Tuple>().filter(|t| t.len() == 4) {
        Some(codec) => Ok(krait_object::Layout::to_owned(codec)),
        None => raise!(py, TypeError, "codec search functions must return 4-tuples"),
    }
}

/// The handler of a name.
pub fn find_handler(py: Py, name: &str) -> PyResult {
    match state(py)?.handlers.get(py, &Value::from(Str::new(name)))? {
        Some(handler) => Ok(handler),
        None => raise!(py, LookupError, "unknown error handler name '{name}'"),
    }
}

/// Which way a codec is used.
#[derive(Clone, Copy, PartialEq)]
pub enum Direction {
    Encode,
    Decode,
}

impl Direction {
    fn verb(self) -> &'static str {
        if self == Direction::Encode {
            "encoding"
        } else {
            "decoding"
        }
    }
}

/// Notes on a codec's exception which codec it was.
#[cold]
fn note(py: Py, encoding: &str, direction: Direction) -> Raised {
    if let Some(exception) = py.thread().take_exception() {
        let value = Value::from(exception.clone());
        let text = Value::from(Str::new(&format!(
            "{} with '{encoding}' codec failed",
            direction.verb()
        )));
        if protocol::call_method(py, &value, intern!("add_note"), &[text]).is_err() {
            drop(py.thread().take_exception());
        }
        py.thread().set_exception(exception);
    }
    Raised
}

/// Runs a codec that was found; gives the first item of its result.
pub fn run(
    py: Py,
    codec: &Tuple,
    encoding: &str,
    object: Value,
    errors: Option<&Value>,
    direction: Direction,
) -> PyResult {
    let Some(function) = codec.get(if direction == Direction::Encode { 0 } else { 1 }) else {
        return raise!(py, LookupError, "unknown encoding: {encoding}");
    };
    let mut arguments = vec![object];
    arguments.extend(errors.cloned());
    let result = match protocol::call(py, &function, &arguments) {
        Ok(result) => result,
        Err(Raised) => return Err(note(py, encoding, direction)),
    };
    match result
        .downcast::<Tuple>()
        .filter(|t| t.len() == 2)
        .and_then(|t| t.get(0))
    {
        Some(converted) => Ok(converted),
        None if direction == Direction::Encode => {
            raise!(
                py,
                TypeError,
                "encoder must return a tuple (object, integer)"
            )
        }
        None => raise!(
            py,
            TypeError,
            "decoder must return a tuple (object,integer)"
        ),
    }
}

/// As `find_codec`, but LookupError for codecs that do not convert between str and bytes.
pub fn find_text_codec(py: Py, encoding: &str, instead: &str) -> PyResult<Owned<Tuple>> {
    let codec = find_codec(py, encoding)?;
    let value = Value::from(codec.clone());
    if value.downcast_exact::<Tuple>().is_none() {
        let is_text = protocol::lookup_attr(py, &value, intern!("_is_text_encoding"))?;
        if let Some(is_text) = is_text
            && !protocol::truth(py, &is_text)?
        {
            return raise!(
                py,
                LookupError,
                "'{encoding}' is not a text encoding; use {instead} to handle arbitrary codecs"
            );
        }
    }
    Ok(codec)
}

fn register(py: Py, function: &Value) -> PyResult<()> {
    if !protocol::call::is_callable(function) {
        return raise!(py, TypeError, "argument must be callable");
    }
    state(py)?.search.borrow_mut().push(function.clone());
    Ok(())
}

fn unregister(py: Py, function: &Value) -> PyResult<()> {
    let state = state(py)?;
    let gone = {
        let mut search = state.search.borrow_mut();
        search
            .iter()
            .position(|f| f.is(function))
            .map(|at| search.remove(at))
    };
    if gone.is_some() {
        state.found.clear();
    }
    Ok(())
}

fn lookup(py: Py, encoding: String) -> PyResult<Owned<Tuple>> {
    check_null(py, &encoding)?;
    find_codec(py, &encoding)
}

fn check_null(py: Py, text: &str) -> PyResult<()> {
    if text.contains('\0') {
        return raise!(py, ValueError, "embedded null character");
    }
    Ok(())
}

fn register_error(py: Py, name: &Str, handler: &Value) -> PyResult<()> {
    if !protocol::call::is_callable(handler) {
        return raise!(py, TypeError, "handler must be callable");
    }
    state(py)?
        .handlers
        .set_value(py, &Value::from(name.to_owned_str()), handler.clone())
}

fn unregister_error(py: Py, name: &Str) -> PyResult<bool> {
    let text = name.to_rust();
    if handlers::BUILTIN
        .iter()
        .any(|(builtin, _)| *builtin == text)
    {
        return raise!(
            py,
            ValueError,
            "cannot un-register built-in error handler '{text}'"
        );
    }
    Ok(state(py)?
        .handlers
        .remove(py, &Value::from(name.to_owned_str()))?
        .is_some())
}

fn lookup_error(py: Py, name: String) -> PyResult {
    find_handler(py, &name)
}

fn convert(
    py: Py,
    object: &Value,
    encoding: Option<String>,
    errors: Option<&Str>,
    direction: Direction,
) -> PyResult {
    let encoding = encoding.unwrap_or_else(|| "utf-8".to_string());
    check_null(py, &encoding)?;
    let codec = find_codec(py, &encoding)?;
    let errors = errors.map(|e| Value::from(e.to_owned_str()));
    run(
        py,
        &codec,
        &encoding,
        object.clone(),
        errors.as_ref(),
        direction,
    )
}

fn encode(py: Py, object: &Value, encoding: Option<String>, errors: Option<&Str>) -> PyResult {
    convert(py, object, encoding, errors, Direction::Encode)
}

fn decode(py: Py, object: &Value, encoding: Option<String>, errors: Option<&Str>) -> PyResult {
    convert(py, object, encoding, errors, Direction::Decode)
}

/// The class of errors that a missing entry of a mapping raises.
pub fn missing_entry<T>(py: Py, result: PyResult<T>) -> PyResult<Option<T>> {
    errors::suppress(py, result, &exceptions::LookupError)
}

pub(super) fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("register(search_function, /)", register)?
        .function("unregister(search_function, /)", unregister)?
        .function("lookup(encoding, /)", lookup)?
        .function("register_error(errors, handler, /)", register_error)?
        .function("_unregister_error(errors, /)", unregister_error)?
        .function("lookup_error(name, /)", lookup_error)?
        .function("encode(obj, encoding='utf-8', errors='strict')", encode)?
        .function("decode(obj, encoding='utf-8', errors='strict')", decode)?;
    Ok(())
}
