//! What the modules have of interpreters beside the main one and of what goes between them.

use std::rc::Rc;

use krait_compiler::Mode;
use krait_object::interpreter::{self, Config, Interpreter, Whence};
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::{Builtin, Module, ModuleBuilder, Py, PyResult, Str, Value, class_cell, raise};
use krait_stdlib_core::{import, run, sys};
use krait_stdlib_interpreters::cross::{self, Data};
use krait_stdlib_interpreters::{config_from_value, named};
use krait_vm::subinterpreter;

/// What `get_crossinterp_data` gives.
struct CrossData(Data);

impl Class for CrossData {
    const NAME: &'static str = "_testinternalcapi.CrossInterpreterData";
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor();
    }
}

fn run_in_main(py: Py, code: &str) -> PyResult<()> {
    let name = Str::intern("<string>");
    let code = run::compile_source(py, code.as_bytes(), true, &name, Mode::Exec, 0, -1)?;
    let main = import::import_module(py, "__main__")?;
    let Some(main) = main.downcast::<Module>() else {
        return raise!(py, RuntimeError, "__main__ is no module");
    };
    let names = main.dict();
    let locals = Value::from(names.clone());
    krait_vm::run::run_code(py, &code, &names, &locals, None).map(drop)
}

/// What `PyRun_SimpleString` does: the exception is shown.
fn run_simple(py: Py, code: &str) -> i64 {
    if run_in_main(py, code).is_ok() {
        return 0;
    }
    if let Some(exception) = py.thread().take_exception() {
        sys::report_uncaught(py, &Value::from(exception));
    }
    -1
}

fn create(py: Py, whence: Whence, config: Config) -> PyResult<Rc<Interpreter>> {
    match subinterpreter::create(py, whence, config) {
        Ok(created) => Ok(created),
        Err(_) => raise!(py, RuntimeError, "interpreter creation failed"),
    }
}

fn run_in_new(py: Py, code: &str, whence: Whence, config: Config) -> PyResult<i64> {
    let made = create(py, whence, config)?;
    let result = subinterpreter::within(py, &made, |py| run_simple(py, code));
    subinterpreter::destroy(py, &made);
    Ok(result)
}

/// `_testcapi`'s part.
pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    crate::time::define_public(m)?;
    m.function("run_in_subinterp(code, /)", |py: Py, code: String| {
        run_in_new(py, &code, Whence::LegacyCApi, Config::LEGACY)
    })?;
    Ok(())
}

fn whence_of(py: Py, number: i64) -> PyResult<Whence> {
    Ok(match number {
        0 => Whence::Unknown,
        1 => Whence::Runtime,
        2 => Whence::LegacyCApi,
        3 => Whence::CApi,
        4 => Whence::CrossInterpreter,
        5 => Whence::Library,
        _ => return raise!(py, ValueError, "unsupported whence {number}"),
    })
}

fn create_interpreter(py: Py, config: Option<&Value>, whence: Option<i64>) -> PyResult<i64> {
    let whence = whence_of(py, whence.unwrap_or(4))?;
    if whence == Whence::Unknown {
        // One of which nothing is there yet.
        return Ok(interpreter::add(py, whence, Config::LEGACY).id);
    }
    let config = match config.filter(|c| !c.is_none()) {
        Some(_) => config_from_value(py, config)?,
        None => Config::ISOLATED,
    };
    Ok(create(py, whence, config)?.id)
}

fn destroy_interpreter(py: Py, id: &Value, _basic: Option<bool>) -> PyResult<()> {
    let found = named(py, id)?;
    if found.ready.get() {
        subinterpreter::destroy(py, &found);
    } else {
        interpreter::remove(py, &found);
    }
    Ok(())
}

fn exec_interpreter(py: Py, id: &Value, code: String, main: Option<bool>) -> PyResult<i64> {
    let found = named(py, id)?;
    let main = main.unwrap_or(false);
    if main && found.running_main.replace(true) {
        return raise!(py, RuntimeError, "interpreter already running");
    }
    let result = subinterpreter::within(py, &found, |py| run_simple(py, &code));
    if main {
        found.running_main.set(false);
    }
    Ok(result)
}

fn take(py: Py, object: &Value, mode: Option<String>) -> PyResult {
    let mode = cross::mode_named(py, &mode.unwrap_or_default())?;
    let data = cross::take(py, object, mode)?;
    let class = Instance::<CrossData>::type_object();
    Instance::new_in(py, class, CrossData(data)).map(Value::from)
}

fn restore(py: Py, data: &Value) -> PyResult {
    match data.downcast::<Instance<CrossData>>() {
        Some(data) => data.0.make(py),
        None => raise!(py, TypeError, "expected cross-interpreter data"),
    }
}

/// `_testinternalcapi`'s part.
pub fn define_internal(m: &ModuleBuilder) -> PyResult<()> {
    crate::code::define(m)?;
    crate::time::define(m)?;
    m.function(
        "create_interpreter(config=None, *, whence=4)",
        create_interpreter,
    )?
    .function(
        "destroy_interpreter(id, *, basic=False)",
        destroy_interpreter,
    )?
    .function(
        "exec_interpreter(id, code, *, main=False)",
        exec_interpreter,
    )?
    .function("next_interpreter_id()", |py: Py| interpreter::next_id(py))?
    .function(
        "run_in_subinterp_with_config(code, config, *, xi=False)",
        |py: Py, code: String, config: &Value, xi: Option<bool>| {
            let config = config_from_value(py, Some(config))?;
            let whence = if xi.unwrap_or(false) {
                Whence::CrossInterpreter
            } else {
                Whence::CApi
            };
            run_in_new(py, &code, whence, config)
        },
    )?
    .function(
        "clear_extension(name, filename, /)",
        |py: Py, name: String, file: &Value| krait_capi::dynload::forget(py, &name, file),
    )?
    .function("get_crossinterp_data(obj, mode=None, /)", take)?
    .function("restore_crossinterp_data(data, /)", restore)?;
    Ok(())
}
