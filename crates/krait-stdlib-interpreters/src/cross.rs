//! What can go from one interpreter to another: `Data`, taken from an object in the one, of
//! which the other makes an object of its own.
//!
//! Some types go by themselves; others are pickled, and functions that need nothing of their
//! module go as their code.

use krait_object::types::memoryview::MemoryView;
use krait_object::types::tuple::Tuple;
use krait_object::{
    Bytes, Float, Int, Layout, Py, PyResult, Str, Unpacked, Value, protocol, raise,
};
use krait_stdlib_core::marshal;
use krait_vm::{CodeObject, Function};

use crate::channels::{self, EndRef};
use crate::errors;
use crate::pickled::{self, Pickled};
use crate::queues::{self, QueueRef};
use crate::script;

/// What is left of an object on its way.
pub enum Data {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Box<[u32]>),
    Bytes(Box<[u8]>),
    Tuple(Vec<Data>),
    /// The memory itself is shared.
    View(Value),
    Queue(QueueRef),
    Channel(EndRef),
    Pickled(Pickled),
    /// By `marshal`.
    Marshalled(Vec<u8>),
    /// The code of a function that runs in the other interpreter's `__main__`.
    Function(Vec<u8>),
}

/// How an object is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Only what goes by itself.
    Shareable,
    /// That, functions as their code, and what can be pickled.
    Fallback,
    Pickle,
    Marshal,
    Code,
    Function,
    Script,
    PureScript,
}

/// Takes an object.
pub fn take(py: Py, value: &Value, mode: Mode) -> PyResult<Data> {
    match mode {
        Mode::Shareable => shareable(py, value, false),
        Mode::Fallback => with_fallback(py, value),
        Mode::Pickle => pickled::dump(py, value).map(Data::Pickled),
        Mode::Marshal => marshalled(py, value).map(Data::Marshalled),
        Mode::Code => match value.downcast::<CodeObject>() {
            Some(_) => marshalled(py, value).map(Data::Marshalled),
            None => not_of_kind(py, "expected code"),
        },
        Mode::Function => function(py, value),
        Mode::Script | Mode::PureScript => {
            let pure = mode == Mode::PureScript;
            match script::code_of(py, value, pure) {
                Ok(code) => marshalled(py, &Value::from(code)).map(Data::Marshalled),
                Err(_) => errors::not_shareable(py, Str::new("object not a valid script")),
            }
        }
    }
}

#[cold]
fn not_of_kind<T>(py: Py, text: &str) -> PyResult<T> {
    errors::not_shareable(py, Str::new(text))
}

fn marshalled(py: Py, value: &Value) -> PyResult<Vec<u8>> {
    marshal::dumps(py, value, 5, true)
        .or_else(|_| errors::not_shareable(py, Str::new("object could not be marshalled")))
}

fn function(py: Py, value: &Value) -> PyResult<Data> {
    let Some(function) = value.downcast::<Function>() else {
        return not_of_kind(py, "expected a function");
    };
    if script::check_stateless(py, function).is_err() {
        let text = "only stateless functions are shareable";
        return errors::not_shareable(py, Str::new(text));
    }
    let code = Value::from(Layout::to_owned(function.code()));
    marshalled(py, &code).map(Data::Function)
}

fn with_fallback(py: Py, value: &Value) -> PyResult<Data> {
    let first = shareable(py, value, true);
    if first.is_ok() || !errors::is_not_shareable(py)? {
        return first;
    }
    let why = py.thread().take_exception();
    if value.downcast::<Function>().is_some() {
        if let Ok(data) = function(py, value) {
            return Ok(data);
        }
        drop(py.thread().take_exception());
    }
    if let Ok(pickled) = pickled::dump(py, value) {
        return Ok(Data::Pickled(pickled));
    }
    drop(py.thread().take_exception());
    if let Some(why) = why {
        py.thread().set_exception(why);
    }
    Err(krait_object::Raised)
}

/// What goes by itself, by the object's exact type; items of tuples may go otherwise where there
/// is a `fallback`.
fn shareable(py: Py, value: &Value, fallback: bool) -> PyResult<Data> {
    match value.unpack() {
        Unpacked::Int(number) => return Ok(Data::Int(number)),
        Unpacked::Float(number) => return Ok(Data::Float(number)),
        Unpacked::Object(_) => {}
    }
    if value.is_none() {
        return Ok(Data::None);
    }
    for truth in [true, false] {
        if value.is(&Value::bool(truth)) {
            return Ok(Data::Bool(truth));
        }
    }
    if value.downcast_exact::<Int>().is_some() {
        return match protocol::number::int_of(value) {
            Some(number) => Ok(Data::Int(number)),
            None => {
                let _: PyResult<()> = raise!(py, OverflowError, "try sending as bytes");
                errors::no_cross_data(py, value)
            }
        };
    }
    if value.downcast_exact::<Float>().is_some() {
        return protocol::number::to_f64(py, value).map(Data::Float);
    }
    if let Some(text) = value.downcast_exact::<Str>() {
        return Ok(Data::Text(text.code_points().collect()));
    }
    if let Some(bytes) = value.downcast_exact::<Bytes>() {
        return Ok(Data::Bytes(bytes.as_slice().into()));
    }
    if let Some(tuple) = value.downcast_exact::<Tuple>() {
        let items = tuple.as_values().iter().map(|item| match fallback {
            true => with_fallback(py, item),
            false => shareable(py, item, false),
        });
        let items = items.collect::<PyResult<Vec<Data>>>().map(Data::Tuple);
        return match items {
            Err(_) if errors::is_not_shareable(py)? => errors::no_cross_data(py, value),
            items => items,
        };
    }
    if value.downcast_exact::<MemoryView>().is_some() {
        return Ok(Data::View(value.clone()));
    }
    if let Some(queue) = queues::data_of(py, value)? {
        return Ok(Data::Queue(queue));
    }
    if let Some(end) = channels::data_of(py, value)? {
        return Ok(Data::Channel(end));
    }
    errors::no_cross_data(py, value)
}

/// Whether an object goes by itself, by its type alone.
pub fn is_shareable(py: Py, value: &Value) -> PyResult<bool> {
    if matches!(value.unpack(), Unpacked::Int(_) | Unpacked::Float(_))
        || value.is_none()
        || value.is(&Value::bool(true))
        || value.is(&Value::bool(false))
        || value.downcast_exact::<Int>().is_some()
        || value.downcast_exact::<Float>().is_some()
        || value.downcast_exact::<Str>().is_some()
        || value.downcast_exact::<Bytes>().is_some()
        || value.downcast_exact::<Tuple>().is_some()
        || value.downcast_exact::<MemoryView>().is_some()
    {
        return Ok(true);
    }
    Ok(queues::is_queue(py, value) || channels::is_channel(py, value))
}

impl Data {
    /// Makes the object in the current interpreter.
    pub fn make(&self, py: Py) -> PyResult {
        Ok(match self {
            Data::None => Value::none(),
            Data::Bool(truth) => Value::bool(*truth),
            Data::Int(number) => Value::int(*number),
            Data::Float(number) => Value::float(*number),
            Data::Text(text) => Value::from(Str::from_u32(text)),
            Data::Bytes(bytes) => Value::from(Bytes::new(bytes)),
            Data::Tuple(items) => {
                let items = items.iter().map(|item| item.make(py));
                Value::from(Tuple::from_values(items.collect::<PyResult<Vec<_>>>()?))
            }
            Data::View(view) => Value::from(MemoryView::of(py, &view.to_object())?),
            Data::Queue(queue) => queue.make(py)?,
            Data::Channel(end) => end.make(py)?,
            Data::Pickled(pickled) => pickled.load(py)?,
            Data::Marshalled(bytes) => marshal::loads(py, bytes, true).or_else(|_| {
                errors::not_shareable(py, Str::new("object could not be unmarshalled"))
            })?,
            Data::Function(code) => {
                let code = marshal::loads(py, code, true)?;
                let Some(code) = code.downcast::<CodeObject>() else {
                    return raise!(py, TypeError, "expected code");
                };
                let globals = crate::session::main_namespace(py)?;
                Value::from(Function::new(
                    py,
                    Layout::to_owned(code),
                    globals,
                    krait_vm::function::Extras::default(),
                ))
            }
        })
    }
}

/// A mode by the name that tests give it.
pub fn mode_named(py: Py, name: &str) -> PyResult<Mode> {
    Ok(match name {
        "" | "xidata" => Mode::Shareable,
        "fallback" => Mode::Fallback,
        "pickle" => Mode::Pickle,
        "marshal" => Mode::Marshal,
        "code" => Mode::Code,
        "func" => Mode::Function,
        "script" => Mode::Script,
        "script-pure" => Mode::PureScript,
        _ => return raise!(py, ValueError, "unsupported mode '{name}'"),
    })
}
