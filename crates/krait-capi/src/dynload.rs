//! Extension modules: `_imp.create_dynamic` and `_imp.exec_dynamic`.

use std::ffi::{CStr, CString, c_void};

use krait_object::native::ModuleBuilder;
use krait_object::{
    Layout, Module, Object, Owned, Py, PyResult, Raised, Str, Value, intern, protocol, raise,
};

use crate::border::Ptr;
use crate::moduleobject::{self, MODULE_DEF, import_error};

type Init = unsafe extern "C-unwind" fn() -> Ptr;

/// The name of a module's initialisation function: `PyInit_` and the last part of the
/// name, for which Punycode stands where it is not ASCII (PEP 489).
fn init_symbol(py: Py, name: &str) -> PyResult<String> {
    let last = name.rsplit('.').next().unwrap_or(name);
    if last.is_ascii() {
        return Ok(format!("PyInit_{last}"));
    }
    let encoded = protocol::call_method_str(
        py,
        &Value::from(Str::new(last)),
        "encode",
        &[Value::from(Str::new("punycode"))],
    )?;
    let Some(bytes) = encoded.downcast::<krait_object::Bytes>() else {
        return raise!(py, TypeError, "encode() gave no bytes");
    };
    let text = String::from_utf8_lossy(bytes.as_slice()).replace('-', "_");
    Ok(format!("PyInitU_{text}"))
}

/// The initialisation function of a shared object.
fn load(py: Py, name: &Value, path: &Value) -> PyResult<Init> {
    let (Some(name_text), Some(path_text)) = (name.downcast::<Str>(), path.downcast::<Str>())
    else {
        return raise!(py, TypeError, "spec.name and spec.origin must be strings");
    };
    let symbol = init_symbol(py, &name_text.to_rust())?;
    let encoded = crate::unicodeobject::fs_bytes(py, path_text)?;
    let Ok(file) = CString::new(encoded) else {
        return raise!(py, ValueError, "embedded null character");
    };
    let file = krait_sys::stand_in::real(&file);
    // What objects of its types do when they end is not known.
    krait_object::gc::silent::note(py);
    let Ok(symbol_c) = CString::new(symbol.as_str()) else {
        return raise!(py, ValueError, "embedded null character");
    };
    if krait_sys::elf::is_cut(&file) {
        let text = format!("{}: file too short", file.to_string_lossy());
        return import_error(py, &text, name, path);
    }
    // SAFETY: dlopen and dlsym take C strings; the object stays loaded for ever.
    unsafe {
        let handle = libc::dlopen(file.as_ptr(), libc::RTLD_NOW);
        if handle.is_null() {
            let error = libc::dlerror();
            let text = if error.is_null() {
                "unknown dlopen() error".to_string()
            } else {
                CStr::from_ptr(error).to_string_lossy().into_owned()
            };
            return import_error(py, &text, name, path);
        }
        let init = libc::dlsym(handle, symbol_c.as_ptr());
        if init.is_null() {
            let text = format!("dynamic module does not define module export function ({symbol})");
            return import_error(py, &text, name, path);
        }
        Ok(std::mem::transmute::<*mut c_void, Init>(init))
    }
}

/// Calls an initialisation function; what it gives must be a module or a definition.
fn initialise(py: Py, init: Init, name: &str) -> PyResult<Owned> {
    // SAFETY: the function has this signature; its result is a new reference or an
    // immortal definition.
    let made = moduleobject::with_package_context(py, name, || unsafe { init() });
    let short = name;
    if made.is_null() {
        if py.thread().has_exception() {
            return Err(Raised);
        }
        return raise!(
            py,
            SystemError,
            "initialization of {short} failed without raising an exception"
        );
    }
    if py.thread().has_exception() {
        return moduleobject::unreported(
            py,
            &format!("initialization of {short} raised unreported exception"),
        );
    }
    // SAFETY: as above.
    unsafe {
        if (*made).ob_type.is_null() {
            return raise!(
                py,
                SystemError,
                "init function of {short} returned uninitialized object"
            );
        }
        Ok(Owned::from_raw(made.cast()))
    }
}

/// `_imp.create_dynamic(spec, file=None)`
fn create_dynamic(py: Py, spec: &Value, _file: Option<&Value>) -> PyResult {
    crate::prepare(py)?;
    let name = protocol::get_attr(py, spec, intern!("name"))?;
    let path = protocol::get_attr(py, spec, intern!("origin"))?;
    let text = match name.downcast::<Str>() {
        Some(name) => name.to_rust().into_owned(),
        None => return raise!(py, TypeError, "spec.name must be a string"),
    };
    if let Some(known) = single_phase_again(py, &text, &path)? {
        moduleobject::check_interpreter(py, &text)?;
        return Ok(known);
    }
    let init = load(py, &name, &path)?;
    let made = initialise(py, init, &text)?;
    if made.ty().is(&MODULE_DEF) {
        // SAFETY: an object of the type is a definition, which lives for ever.
        let module =
            unsafe { moduleobject::from_def_and_spec(py, made.as_object().as_ptr().cast(), spec) }?;
        return Ok(Value::from(module));
    }
    moduleobject::check_interpreter(py, &text)?;
    finish_single_phase(py, &made, &text, &path)?;
    Ok(Value::from(made))
}

/// What a single-phase module needs after its making.
fn finish_single_phase(py: Py, made: &Object, name: &str, path: &Value) -> PyResult<()> {
    let Some(module) = made.downcast::<Module>() else {
        return raise!(
            py,
            SystemError,
            "initialization of {name} did not return an extension module"
        );
    };
    let def = module.def.get();
    if def.is_null() {
        return raise!(
            py,
            SystemError,
            "initialization of {name} did not return an extension module"
        );
    }
    module
        .dict()
        .set_str(py, intern!("__file__"), path.clone())?;
    moduleobject::remember(py, def, made);
    KNOWN.get(py).borrow_mut().push(Known {
        name: name.to_string(),
        path: path.clone(),
        module: made.to_owned(),
    });
    Ok(())
}

/// Forgets a single-phase module: its initialisation function is called again.
pub fn forget(py: Py, name: &str, path: &Value) -> PyResult<()> {
    let known = KNOWN.get(py).take();
    for one in known {
        if one.name != name || !protocol::equal(py, &one.path, path)? {
            KNOWN.get(py).borrow_mut().push(one);
        }
    }
    Ok(())
}

/// A single-phase module, whose initialisation function is called once only.
struct Known {
    name: String,
    path: Value,
    module: Owned,
}

static KNOWN: krait_object::GilCell<std::cell::RefCell<Vec<Known>>> =
    krait_object::GilCell::new(std::cell::RefCell::new(Vec::new()));

/// The module of a single-phase extension that was loaded before. One that keeps global
/// state (`m_size` of -1) is the same object again; of others the dict comes again as it
/// was, or the initialisation function is called again.
fn single_phase_again(py: Py, name: &str, path: &Value) -> PyResult<Option<Value>> {
    let found = {
        let known = KNOWN.get(py).borrow();
        let mut matching = Vec::new();
        for one in known.iter().filter(|k| k.name == name) {
            matching.push((one.path.clone(), one.module.clone()));
        }
        matching
    };
    for (known_path, module) in found {
        let same_state = module.downcast::<Module>().is_some_and(|m| {
            // SAFETY: a definition lives as long as the process.
            unsafe { m.def.get().as_ref() }.is_some_and(|d| d.m_size < 0)
        });
        if same_state && protocol::equal(py, &known_path, path)? {
            return Ok(Some(Value::from(module)));
        }
    }
    Ok(None)
}

/// `_imp.exec_dynamic(mod)`
fn exec_dynamic(py: Py, module: &Value) -> PyResult<i64> {
    let Some(module) = module.downcast::<Module>() else {
        return Ok(0);
    };
    let def = module.def.get();
    if def.is_null() || !module.state.get().is_null() {
        return Ok(0);
    }
    // SAFETY: a module's definition lives as long as the process.
    unsafe {
        if (*def).m_slots.is_null() {
            return Ok(0);
        }
        moduleobject::exec_def(py, module, def)?;
    }
    Ok(0)
}

/// Adds the two functions to `_imp`.
pub fn install(py: Py) -> PyResult<()> {
    let imp = krait_stdlib_core::import::import_module(py, "_imp")?;
    let Some(imp) = imp.downcast::<Module>() else {
        return raise!(py, SystemError, "_imp is no module");
    };
    let functions = ModuleBuilder::new(py, "_imp");
    functions
        .function("create_dynamic(spec, file=None, /)", create_dynamic)?
        .function("exec_dynamic(mod, /)", exec_dynamic)?;
    for name in ["create_dynamic", "exec_dynamic"] {
        let name = Str::intern(name);
        if let Some(function) = functions.dict().get_str_key(py, &name) {
            imp.dict().set_str(py, &name, function)?;
        }
    }
    Ok(())
}
