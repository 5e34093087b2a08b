//! Runs a file: `run FILE.py`. For the interpreter's own tests until there is a program.

use krait_compiler::{Mode, Options};
use krait_object::native::{Args, KwArgs, ModuleBuilder};
use krait_object::object::Layout;
use krait_object::protocol;
use krait_object::py::{Py, PyResult};
use krait_object::types::dict::Dict;
use krait_object::types::str::Str;
use krait_object::value::Value;

fn print(
    py: Py,
    args: Args<'_>,
    sep: Option<&Value>,
    end: Option<&Value>,
    _file: Option<&Value>,
    _flush: Option<&Value>,
) -> PyResult<()> {
    let text = |v: Option<&Value>, default: &str| match v.and_then(|v| v.downcast::<Str>()) {
        Some(text) => text.to_rust().into_owned(),
        None => default.to_owned(),
    };
    let parts: PyResult<Vec<String>> = args
        .0
        .iter()
        .map(|v| protocol::str(py, v).map(|t| t.to_rust().into_owned()))
        .collect();
    print!("{}{}", parts?.join(&text(sep, " ")), text(end, "\n"));
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
        if std::env::var_os("KRAIT_DIS").is_some() {
            eprintln!("{}", krait_bytecode::disassemble(code.data()));
        }
        krait_vm::run::run_code(py, &code, &globals, &Value::from(globals.clone()), None)
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
        build_class,
    )?;
    simple(&b)?;
    let module = b.finish();
    for ty in krait_object::types::public_types() {
        module.dict().set_value(
            py,
            &Value::from(Str::intern(ty.name())),
            Value::from(ty.to_owned()),
        )?;
    }
    for ty in [
        &*krait_object::types::typeobject::TYPE,
        &krait_object::types::typeobject::OBJECT,
        &krait_object::singletons::BOOL,
    ] {
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
    krait_vm::set_builtins(py, module.dict());
    let prelude = krait_vm::compile(
        py,
        PRELUDE.as_bytes(),
        &Str::new("<prelude>"),
        Mode::Exec,
        &Options::default(),
    )?;
    krait_vm::run::run_code(
        py,
        &prelude,
        &module.dict(),
        &Value::from(module.dict()),
        None,
    )?;
    let globals = Dict::new();
    globals.set_value(
        py,
        &Value::from(Str::intern("__name__")),
        Value::from(Str::intern("__main__")),
    )?;
    Ok(globals)
}

fn build_class(py: Py, f: &Value, name: &Value, bases: Args<'_>, kwargs: KwArgs) -> PyResult {
    krait_vm::build_class::build_class(py, f, name, bases.0, kwargs.0)
}

/// The builtins that are one call each.
fn simple(b: &ModuleBuilder) -> PyResult<()> {
    b.function("refs(o, /)", |_py, v: &Value| {
        v.as_object().map_or(0, |o| i64::from(o.refcount()))
    })?;
    b.function("refs(o, /)", |_py, v: &Value| {
        v.as_object().map_or(0, |o| i64::from(o.refcount()))
    })?
    .function("repr(o, /)", |py, v: &Value| protocol::repr(py, v))?
    .function("ascii(o, /)", |py, v: &Value| protocol::ascii(py, v))?
    .function("len(o, /)", |py, v: &Value| protocol::length(py, v))?
    .function("iter(o, /)", |py, v: &Value| protocol::iter(py, v))?
    .function("hash(o, /)", |py, v: &Value| protocol::hash(py, v))?
    .function("callable(o, /)", |_py, v: &Value| {
        protocol::call::is_callable(v)
    })?
    .function("locals()", krait_vm::frame::current_locals)?
    .function("globals()", krait_vm::frame::current_globals)?
    .function("isinstance(o, c, /)", |py, v: &Value, c: &Value| {
        protocol::is_instance(py, v, &c.to_object())
    })?
    .function("issubclass(o, c, /)", |py, v: &Value, c: &Value| {
        protocol::is_subclass(py, &v.to_object(), &c.to_object())
    })?
    .function(
        "setattr(o, n, v, /)",
        |py, o: &Value, n: &Str, v: &Value| protocol::set_attr(py, o, n, v),
    )?
    .function(
        "hasattr(o, n, /)",
        |py, o: &Value, n: &Str| -> PyResult<bool> {
            Ok(protocol::lookup_attr(py, o, n)?.is_some())
        },
    )?
    .function(
        "getattr(o, n, d=<none>, /)",
        |py, o: &Value, n: &Str, d: Option<&Value>| -> PyResult {
            match d {
                None => protocol::get_attr(py, o, n),
                Some(d) => Ok(protocol::lookup_attr(py, o, n)?.unwrap_or_else(|| d.clone())),
            }
        },
    )?
    .function(
        "next(i, d=<none>, /)",
        |py, i: &Value, d: Option<&Value>| -> PyResult {
            match protocol::next(py, &i.to_object())? {
                Some(v) => Ok(v),
                None => match d {
                    Some(d) => Ok(d.clone()),
                    None => Err(krait_object::errors::stop_iteration(py, &Value::none())),
                },
            }
        },
    )?
    .function("sum(i, /)", |py, i: &Value| -> PyResult {
        let mut total = Value::int(0);
        for v in protocol::iter::collect(py, i)? {
            total = protocol::number::binary(py, protocol::number::BinaryOp::Add, &total, &v)?;
        }
        Ok(total)
    })?
    .function(
        "sorted(i, /, *, key=None, reverse=False)",
        |py, i: &Value, key: Option<&Value>, r: Option<bool>| -> PyResult {
            let list = protocol::iter::to_list(py, i)?;
            krait_object::types::list::sort::sort(py, &list, key, r.unwrap_or(false))?;
            Ok(Value::from(list))
        },
    )?;
    Ok(())
}

/// Those that Python can do.
const PRELUDE: &str = r#"
def ord(c): return int.from_bytes(c.encode('utf-32-le'), 'little')
def abs(x): return x.__abs__()
def divmod(a, b): return a.__divmod__(b)
def any(it):
    for x in it:
        if x: return True
    return False
def all(it):
    for x in it:
        if not x: return False
    return True
def _pick(args, key, better, default):
    it = iter(args[0] if len(args) == 1 else args)
    best = next(it, default)
    bk = key(best) if key else best
    for x in it:
        k = key(x) if key else x
        if better(k, bk): best, bk = x, k
    return best
def max(*args, key=None, default=None): return _pick(args, key, lambda a, b: a > b, default)
def min(*args, key=None, default=None): return _pick(args, key, lambda a, b: a < b, default)
def format(v, spec=''): return type(v).__format__(v, spec)
def delattr(o, n): o.__delattr__(n)
def pow(a, b, c=None): return a ** b if c is None else a.__pow__(b, c)
def round(x, n=None): return x.__round__() if n is None else x.__round__(n)
def chr(n): return '%c' % n
def hex(n): return '%#x' % n
def bin(n): return f'{n:#b}'
def oct(n): return '%#o' % n
def id(x): return 1
def dir(x): return sorted(x.__dir__())
def vars(x): return x.__dict__
"#;
