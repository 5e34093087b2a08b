//! The module's functions.

use krait_object::native::Instance;
use krait_object::native::module::NativeModule;
use krait_object::types::memoryview::picklebuffer::PickleBuffer;
use krait_object::{Builtin, Bytes, ModuleBuilder, Owned, Py, PyResult, Value};

use crate::errors;
use crate::pickler::Pickler;
use crate::unpickler::{Input, Loader, Settings, Unpickler};

pub const MODULE: NativeModule = NativeModule {
    name: "_pickle",
    init,
};

fn dump(
    py: Py,
    object: &Value,
    file: &Value,
    protocol: Option<&Value>,
    fix_imports: Option<bool>,
    callback: Option<&Value>,
) -> PyResult<()> {
    let pickler = Pickler::default();
    pickler.set_protocol(py, protocol, fix_imports.unwrap_or(true), callback)?;
    pickler.set_file(py, file)?;
    pickler.dump(py, object)
}

fn dumps(
    py: Py,
    object: &Value,
    protocol: Option<&Value>,
    fix_imports: Option<bool>,
    callback: Option<&Value>,
) -> PyResult<Owned<Bytes>> {
    let pickler = Pickler::default();
    pickler.set_protocol(py, protocol, fix_imports.unwrap_or(true), callback)?;
    pickler.dump(py, object)?;
    Ok(pickler.take_bytes())
}

fn load(
    py: Py,
    file: &Value,
    fix_imports: Option<bool>,
    encoding: Option<String>,
    on_error: Option<String>,
    buffers: Option<&Value>,
) -> PyResult {
    let input = Input::of_file(py, file)?;
    let settings = Settings::new(py, fix_imports, encoding, on_error, buffers)?;
    Loader::new(input, settings).load(py)
}

fn loads(
    py: Py,
    data: &Value,
    fix_imports: Option<bool>,
    encoding: Option<String>,
    on_error: Option<String>,
    buffers: Option<&Value>,
) -> PyResult {
    let input = Input::of_object(py, data)?;
    let settings = Settings::new(py, fix_imports, encoding, on_error, buffers)?;
    Loader::new(input, settings).load(py)
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.text(
        "__doc__",
        "Optimized C implementation for the Python pickle module.",
    )?;
    let classes = errors::classes(m.py)?;
    m.value("PickleError", Value::from(classes.error.clone()))?;
    m.value("PicklingError", Value::from(classes.pickling.clone()))?;
    m.value("UnpicklingError", Value::from(classes.unpickling.clone()))?;
    m.class::<Pickler>()?;
    m.class::<Unpickler>()?;
    m.type_object(Instance::<PickleBuffer>::type_object())?;
    m.function(
        "dump($module, /, obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)",
        dump,
    )?;
    m.function(
        "dumps($module, /, obj, protocol=None, *, fix_imports=True, buffer_callback=None)",
        dumps,
    )?;
    m.function(
        "load($module, /, file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
        load,
    )?;
    m.function(
        "loads($module, data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
        loads,
    )?;
    Ok(())
}
