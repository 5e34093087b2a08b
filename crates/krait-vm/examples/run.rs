//! Runs a file: `run FILE.py`. For the interpreter's own tests until there is a program.

use krait_compiler::{Mode, Options};
use krait_object::native::{Args, KwArgs, ModuleBuilder};
use krait_object::object::Layout;
use krait_object::protocol;
use krait_object::py::{Py, PyResult};
use krait_object::types::dict::Dict;
use krait_object::types::str::Str;
use krait_object::value::Value;

fn print(py: Py, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    let mut line = String::new();
    for (i, value) in args.0.iter().enumerate() {
        if i > 0 {
            line.push(' ');
        }
        line.push_str(&protocol::str(py, value)?.to_rust());
    }
    let end = kwargs.0.and_then(|k| k.get_str(py, "end"));
    let end = end.and_then(|e| e.downcast::<Str>().map(|t| t.to_rust().into_owned()));
    print!("{line}{}", end.unwrap_or_else(|| "\n".to_owned()));
    Ok(())
}

fn main() {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: run FILE.py");
        std::process::exit(2);
    };
    let source = std::fs::read(&path).unwrap_or_default();
    let state = Box::leak(krait_object::thread::ThreadState::new(1));
    // SAFETY: the only thread; the state lives for ever.
    let py = unsafe {
        krait_object::thread::set_current(state);
        Py::assume()
    };
    krait_object::init(py, (1, 2));
    krait_vm::init(py);
    std::process::exit(run(py, &source, &path));
}

fn run(py: Py, source: &[u8], path: &str) -> i32 {
    let result = builtins(py).and_then(|globals| {
        let code = krait_vm::compile(py, source, &Str::new(path), Mode::Exec, &Options::default())?;
        krait_vm::run_code(py, &code, &globals, None)
    });
    if result.is_ok() {
        return 0;
    }
    if let Some(exception) = py.thread().take_exception() {
        let value = Value::from(exception);
        let name = value.ty().name().to_owned();
        let text = protocol::str(py, &value)
            .map(|t| t.to_rust().into_owned())
            .unwrap_or_default();
        eprintln!("{name}: {text}");
        report(py, &value);
    }
    1
}

/// The lines of the traceback, innermost last.
fn report(py: Py, exception: &Value) {
    let Ok(mut at) = protocol::get_attr_str(py, exception, "__traceback__") else {
        return;
    };
    while !at.is_none() {
        let get =
            |v: &Value, n: &str| protocol::get_attr_str(py, v, n).unwrap_or_else(|_| Value::none());
        let code = get(&get(&at, "tb_frame"), "f_code");
        let text = |v: Value| {
            protocol::str(py, &v)
                .map(|t| t.to_rust().into_owned())
                .unwrap_or_default()
        };
        eprintln!(
            "  line {} in {}",
            text(get(&at, "tb_lineno")),
            text(get(&code, "co_qualname"))
        );
        at = get(&at, "tb_next");
    }
}

fn builtins(py: Py) -> PyResult<krait_object::object::Owned<Dict>> {
    let b = ModuleBuilder::new(py, "builtins");
    b.function(
        "print(*args, sep=' ', end='\\n', file=None, flush=False)",
        print,
    )?;
    b.function(
        "__build_class__(func, name, /, *bases, **kwds)",
        krait_vm::build_class,
    )?;
    let module = b.finish();
    for ty in types() {
        module.dict().set_value(
            py,
            &Value::from(Str::intern(ty.name())),
            Value::from(ty.to_owned()),
        )?;
    }
    for (name, ty) in krait_object::exceptions::exception_names() {
        module.dict().set_value(
            py,
            &Value::from(Str::intern(name)),
            Value::from(ty.to_owned()),
        )?;
    }
    krait_vm::set_builtins(py, module);
    let globals = Dict::new();
    globals.set_value(
        py,
        &Value::from(Str::intern("__name__")),
        Value::from(Str::intern("__main__")),
    )?;
    Ok(globals)
}

fn types() -> Vec<&'static krait_object::types::typeobject::Type> {
    use krait_object::types::*;
    vec![
        &int::INT,
        &float::FLOAT,
        &str::STR,
        &list::LIST,
        &tuple::TUPLE,
        &dict::DICT,
        &range::RANGE,
        &typeobject::TYPE,
        &typeobject::OBJECT,
    ]
}
