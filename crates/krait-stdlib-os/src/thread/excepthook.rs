//! `_thread._excepthook`: what is shown of an exception that ends a thread.

use krait_object::{
    Layout, ModuleBuilder, Py, PyResult, Str, Tuple, Value, exceptions, hooks, intern, protocol,
    raise,
};

structseqs! {
    except_hook_args "_thread._ExceptHookArgs" "ExceptHookArgs\n\nType used to pass arguments to threading.excepthook." 4 [
        "exc_type" "Exception type",
        "exc_value" "Exception value",
        "exc_traceback" "Exception traceback",
        "thread" "Thread",
    ];
}

fn write(py: Py, file: &Value, text: &str) -> PyResult<()> {
    protocol::call_method(py, file, intern!("write"), &[Value::from(Str::new(text))]).map(drop)
}

/// The stream for messages: `sys.stderr`, or what the thread object kept of it.
fn stream(py: Py, thread: &Value) -> PyResult<Option<Value>> {
    let sys = hooks::import_module(py, "sys")?;
    let file = protocol::lookup_attr(py, &sys, intern!("stderr"))?.filter(|f| !f.is_none());
    if file.is_some() || thread.is_none() {
        return Ok(file);
    }
    Ok(protocol::lookup_attr(py, thread, intern!("_stderr"))?.filter(|f| !f.is_none()))
}

fn excepthook(py: Py, args: &Value) -> PyResult<()> {
    let ours = args.as_object().filter(|o| o.ty().is(except_hook_args(py)));
    let Some(tuple) = ours.and_then(|o| o.downcast::<Tuple>()) else {
        return raise!(
            py,
            TypeError,
            "_thread.excepthook argument type must be ExceptHookArgs"
        );
    };
    let items = tuple.as_values().to_vec();
    if items[0].is_object(exceptions::SystemExit.as_object()) {
        return Ok(());
    }
    let Some(file) = stream(py, &items[3])? else {
        return Ok(());
    };
    let name = match protocol::lookup_attr(py, &items[3], intern!("_name"))? {
        Some(name) if !items[3].is_none() => protocol::str(py, &name)?.to_rust().into_owned(),
        _ => krait_sys::thread::ident().to_string(),
    };
    write(py, &file, &format!("Exception in thread {name}:\n"))?;
    let traceback = hooks::import_module(py, "traceback")?;
    let print = protocol::get_attr_str(py, &traceback, "print_exception")?;
    let names = Tuple::from_values([Value::from(Str::intern("file"))]);
    let mut values = items[..3].to_vec();
    if values[1].is_none() {
        values[1] = protocol::call(py, &values[0], &[])?;
    }
    values.push(file.clone());
    protocol::call_with(py, &print, &values, Some(&names))?;
    protocol::call_method(py, &file, intern!("flush"), &[]).map(drop)
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.value(
        "_ExceptHookArgs",
        Value::from(except_hook_args(m.py).to_owned()),
    )?
    .function("_excepthook($module, args, /)", excepthook)?;
    Ok(())
}
