//! `_csv`: reading and writing of delimited text for the module `csv`.

use std::cell::{Cell, OnceCell};

use krait_object::exceptions::Exception;
use krait_object::native::module::NativeModule;
use krait_object::native::{KwArgs, ModuleBuilder};
use krait_object::protocol::{self, attr::type_value};
use krait_object::types::list::List;
use krait_object::{
    Args, Dict, GilCell, Int, Layout, Owned, Py, PyResult, Raised, Str, Tuple, Type, Value, raise,
};

mod dialect;
mod options;
mod parser;
mod reader;
mod writer;

pub const MODULE: NativeModule = NativeModule { name: "_csv", init };

/// What all readers, writers and dialects share.
struct Shared {
    error: Value,
    dialects: Owned<Dict>,
    field_limit: Cell<isize>,
}

static SHARED: GilCell<OnceCell<Shared>> = GilCell::new(OnceCell::new());
const FIELD_LIMIT: isize = 128 * 1024;

fn shared(py: Py) -> PyResult<&'static Shared> {
    let cell: &'static OnceCell<Shared> = SHARED.get(py);
    if let Some(shared) = cell.get() {
        return Ok(shared);
    }
    let namespace = Dict::new();
    namespace.set_str(
        py,
        &Str::intern("__module__"),
        Value::from(Str::intern("_csv")),
    )?;
    let bases = Tuple::from_objects([Exception.as_object()]);
    let arguments = [
        Value::from(Str::intern("Error")),
        Value::from(bases),
        Value::from(namespace),
    ];
    let error = protocol::call(py, &type_value::<Type>(), &arguments)?;
    let made = Shared {
        error,
        dialects: Dict::new(),
        field_limit: Cell::new(FIELD_LIMIT),
    };
    Ok(cell.get_or_init(|| made))
}

/// Raises `_csv.Error`.
#[cold]
fn error<T>(py: Py, text: &str) -> PyResult<T> {
    let class = &shared(py)?.error;
    match class.downcast::<Type>() {
        Some(class) => Err(krait_object::errors::raise_text(
            py,
            class,
            format_args!("{text}"),
        )),
        None => Err(Raised),
    }
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    let shared = shared(m.py)?;
    for (value, name) in [
        "QUOTE_MINIMAL",
        "QUOTE_ALL",
        "QUOTE_NONNUMERIC",
        "QUOTE_NONE",
        "QUOTE_STRINGS",
        "QUOTE_NOTNULL",
    ]
    .iter()
    .enumerate()
    {
        m.int(name, value as i64)?;
    }
    m.value("_dialects", Value::from(shared.dialects.clone()))?;
    m.value("Error", shared.error.clone())?;
    m.class::<dialect::Dialect>()?;
    m.value("Reader", dialect::type_of::<reader::Reader>())?;
    m.value("Writer", dialect::type_of::<writer::Writer>())?;
    m.function_doc(
        "reader(*args, **fmtparams)",
        "Return a reader object that will process lines from the given iterable.",
        reader::reader,
    )?;
    m.function_doc(
        "writer(*args, **fmtparams)",
        "Return a writer object that will write user data on the given file object.",
        writer::writer,
    )?;
    m.function_doc(
        "list_dialects($module, /)",
        "Return a list of all known dialect names.",
        list_dialects,
    )?;
    m.function_doc(
        "register_dialect(*args, **fmtparams)",
        "Create a mapping from a string name to a CVS dialect.",
        register,
    )?;
    m.function_doc(
        "unregister_dialect($module, /, name)",
        "Delete the name/dialect mapping associated with a string name.",
        unregister,
    )?;
    m.function_doc(
        "get_dialect($module, /, name)",
        "Return the dialect instance associated with name.",
        registered,
    )?;
    m.function_doc(
        "field_size_limit($module, /, new_limit=<unrepresentable>)",
        "Sets an upper limit on parsed fields.",
        field_size_limit,
    )?;
    Ok(())
}

fn list_dialects(py: Py) -> PyResult<Owned<List>> {
    Ok(List::from_values(shared(py)?.dialects.keys_vec()))
}

/// Splits off the one or two positional arguments of a function.
fn one_or_two<'a>(py: Py, name: &str, args: &Args<'a>) -> PyResult<(&'a Value, Option<&'a Value>)> {
    match args.0 {
        [] => raise!(py, TypeError, "{name} expected at least 1 argument, got 0"),
        [one] => Ok((one, None)),
        [one, two] => Ok((one, Some(two))),
        more => raise!(
            py,
            TypeError,
            "{name} expected at most 2 arguments, got {}",
            more.len()
        ),
    }
}

fn register(py: Py, args: Args<'_>, params: KwArgs) -> PyResult<()> {
    let (name, dialect) = one_or_two(py, "register_dialect", &args)?;
    if name.downcast::<Str>().is_none() {
        return raise!(py, TypeError, "dialect name must be a string");
    }
    let made = dialect::from_arguments(py, dialect, params.0.as_deref())?;
    shared(py)?.dialects.set_value(py, name, Value::from(made))
}

/// The dialect of a name.
fn registered(py: Py, name: &Value) -> PyResult {
    match shared(py)?.dialects.get(py, name)? {
        Some(dialect) => Ok(dialect),
        None => error(py, "unknown dialect"),
    }
}

fn unregister(py: Py, name: &Value) -> PyResult<()> {
    match shared(py)?.dialects.remove(py, name)? {
        Some(_) => Ok(()),
        None => error(py, "unknown dialect"),
    }
}

fn field_size_limit(py: Py, new_limit: Option<&Value>) -> PyResult<isize> {
    let shared = shared(py)?;
    let old = shared.field_limit.get();
    if let Some(limit) = new_limit {
        if limit.as_small_int().is_none() && limit.downcast_exact::<Int>().is_none() {
            return raise!(py, TypeError, "limit must be an integer");
        }
        match protocol::number::int_of(limit) {
            Some(limit) => shared.field_limit.set(limit as isize),
            None => {
                return raise!(
                    py,
                    OverflowError,
                    "Python int too large to convert to C ssize_t"
                );
            }
        }
    }
    Ok(old)
}
