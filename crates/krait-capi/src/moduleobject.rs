//! `moduleobject.h` and the module part of `modsupport.h`: modules written in C.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_long, c_void};

use krait_abi::*;
use krait_object::exceptions;
use krait_object::interpreter;
use krait_object::native::TypeBuilder;
use krait_object::protocol;
use krait_object::types::descriptor::NativeFunctionObject;
use krait_object::types::typeobject::{StaticType, Type};
use krait_object::{
    GilCell, Layout, Module, Object, Owned, Py, PyResult, Str, Value, errors, intern, raise,
};

use crate::border::{Ptr, export};
use crate::text;

/// The type of `PyModuleDef`s that are returned by `PyInit_*` functions.
#[unsafe(export_name = "PyModuleDef_Type")]
pub static MODULE_DEF: StaticType = StaticType::new();

/// The object that a `PyModuleDef` begins with.
#[repr(transparent)]
pub struct DefObject(std::cell::UnsafeCell<PyModuleDef>);
// SAFETY: a PyModuleDef begins with the header.
unsafe impl Layout for DefObject {}

unsafe extern "C-unwind" fn never_dies(_object: Ptr) {}

/// Makes the type ready.
pub fn define() {
    let mut b = TypeBuilder::<DefObject>::new(&MODULE_DEF, "moduledef", size_of::<PyModuleDef>());
    b.dealloc_raw(never_dies).no_constructor();
    b.finish();
}

/// Modules that `PyState_FindModule` finds, by their definition.
static BY_DEF: GilCell<RefCell<Option<HashMap<usize, Owned>>>> = GilCell::new(RefCell::new(None));
/// The full name of the module whose single-phase initialisation runs.
static PACKAGE_CONTEXT: GilCell<RefCell<Option<String>>> = GilCell::new(RefCell::new(None));

/// Runs a `PyInit_*` function with the module's full name known.
pub fn with_package_context<R>(py: Py, name: &str, run: impl FnOnce() -> R) -> R {
    let before = PACKAGE_CONTEXT.get(py).replace(Some(name.to_string()));
    let result = run();
    drop(PACKAGE_CONTEXT.get(py).replace(before));
    result
}

pub fn remember(py: Py, def: *mut PyModuleDef, module: &Object) {
    let mut map = BY_DEF.get(py).borrow_mut();
    let old = map
        .get_or_insert_with(HashMap::new)
        .insert(def as usize, module.to_owned());
    drop(map);
    drop(old);
}

fn find(py: Py, def: *mut PyModuleDef) -> Option<Owned> {
    BY_DEF
        .get(py)
        .borrow()
        .as_ref()?
        .get(&(def as usize))
        .cloned()
}

fn new_named(py: Py, name: &Str) -> Owned<Module> {
    Module::new(py, name)
}

/// The text of a C string that may be NULL.
///
/// # Safety
/// The pointer is null or to a C string.
unsafe fn shown<'a>(text: *const c_char) -> std::borrow::Cow<'a, str> {
    if text.is_null() {
        return "".into();
    }
    // SAFETY: the contract.
    unsafe { CStr::from_ptr(text) }.to_string_lossy()
}

/// Adds functions to an object's dict, bound to it.
///
/// # Safety
/// The array ends with an entry without name and lives as long as the process.
unsafe fn add_functions(
    py: Py,
    target: &Object,
    name: Option<&Value>,
    mut def: *mut PyMethodDef,
) -> PyResult<()> {
    // SAFETY: the contract.
    unsafe {
        while !def.is_null() && !(*def).ml_name.is_null() {
            if (*def).ml_flags & (METH_CLASS | METH_STATIC) != 0 {
                return raise!(
                    py,
                    ValueError,
                    "module functions cannot set METH_CLASS or METH_STATIC"
                );
            }
            let function =
                NativeFunctionObject::new(def, Some(target.to_owned()), name.map(Value::to_object));
            let key = text::name(py, CStr::from_ptr((*def).ml_name))?;
            protocol::set_attr(
                py,
                &Value::from(target.to_owned()),
                &key,
                &Value::from(function),
            )?;
            def = def.add(1);
        }
    }
    Ok(())
}

unsafe fn set_doc(py: Py, target: &Object, doc: *const c_char) -> PyResult<()> {
    if doc.is_null() {
        return Ok(());
    }
    // SAFETY: a definition's documentation is a C string.
    let doc = text::utf8(py, unsafe { CStr::from_ptr(doc) }.to_bytes())?;
    protocol::set_attr(
        py,
        &Value::from(target.to_owned()),
        intern!("__doc__"),
        &Value::from(doc),
    )
}

/// Gives a module its state, zeroed.
fn make_state(module: &Module, size: isize) -> PyResult<()> {
    // SAFETY: the GIL is held; the block passes to the module, which frees it.
    let state = unsafe { krait_heap::alloc_raw_zeroed((size.max(1)) as usize) };
    if state.is_null() {
        return errors::no_memory();
    }
    module.state.set(state.cast());
    Ok(())
}

/// A module by single-phase initialisation.
unsafe fn create(py: Py, def: *mut PyModuleDef) -> PyResult<Owned<Module>> {
    // SAFETY: C passes a definition that lives as long as the process.
    unsafe {
        init_def(def);
        let mut name = shown((*def).m_name).into_owned();
        if !(*def).m_slots.is_null() {
            return raise!(
                py,
                SystemError,
                "module {name}: PyModule_Create is incompatible with m_slots"
            );
        }
        let context = PACKAGE_CONTEXT.get(py).borrow().clone();
        if let Some(full) = context
            && full.rsplit('.').next() == Some(name.as_str())
        {
            *PACKAGE_CONTEXT.get(py).borrow_mut() = None;
            name = full;
        }
        let name = Str::intern(&name);
        let module = new_named(py, &name);
        if (*def).m_size > 0 {
            make_state(&module, (*def).m_size)?;
        }
        add_functions(
            py,
            module.as_object(),
            Some(&Value::from(name)),
            (*def).m_methods,
        )?;
        set_doc(py, module.as_object(), (*def).m_doc)?;
        module.def.set(def);
        Ok(module)
    }
}

/// Makes a definition an object.
///
/// # Safety
/// The definition lives as long as the process.
unsafe fn init_def(def: *mut PyModuleDef) {
    static NEXT_INDEX: GilCell<std::cell::Cell<isize>> = GilCell::new(std::cell::Cell::new(1));
    // SAFETY: the contract; the GIL is held.
    unsafe {
        if (*def).m_base.m_index == 0 {
            let next = NEXT_INDEX.get(Py::assume());
            (*def).m_base.m_index = next.get();
            next.set(next.get() + 1);
            (*def).m_base.ob_base = PyObject::head_init(MODULE_DEF.as_type_ptr());
        }
    }
}

/// What the slots of a definition ask for.
struct Slots {
    create: *mut c_void,
    has_exec: bool,
    /// What it says of several interpreters, and whether it does.
    interpreters: *mut c_void,
    has_interpreters: bool,
}

unsafe fn read_slots(py: Py, def: *mut PyModuleDef, name: &str) -> PyResult<Slots> {
    let mut slots = Slots {
        create: std::ptr::null_mut(),
        has_exec: false,
        interpreters: Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED,
        has_interpreters: false,
    };
    // SAFETY: the slots are an array that ends with number 0.
    unsafe {
        let mut at = (*def).m_slots;
        while !at.is_null() && (*at).slot != 0 {
            match (*at).slot {
                Py_mod_create if !slots.create.is_null() => {
                    return raise!(py, SystemError, "module {name} has multiple create slots");
                }
                Py_mod_create => slots.create = (*at).value,
                Py_mod_exec => slots.has_exec = true,
                Py_mod_multiple_interpreters if slots.has_interpreters => {
                    return raise!(
                        py,
                        SystemError,
                        "module {name} has more than one 'multiple interpreters' slots"
                    );
                }
                Py_mod_multiple_interpreters => {
                    slots.interpreters = (*at).value;
                    slots.has_interpreters = true;
                }
                Py_mod_gil => {}
                unknown => {
                    return raise!(
                        py,
                        SystemError,
                        "module {name} uses unknown slot ID {unknown}"
                    );
                }
            }
            at = at.add(1);
        }
    }
    Ok(slots)
}

/// SystemError of a function that went well and has raised, whose exception is the cause.
pub fn unreported<T>(py: Py, text: &str) -> PyResult<T> {
    let cause = py.thread().take_exception();
    let result = raise!(py, SystemError, "{text}");
    if let (Some(cause), Some(new)) = (cause, py.thread().exception())
        && let Some(new) = new.downcast::<exceptions::BaseException>()
    {
        new.set_cause(Some(cause));
    }
    result
}

/// Refuses an extension that says, or by the way it initialises itself shows, that it cannot be
/// in several interpreters.
pub fn check_interpreter(py: Py, name: &str) -> PyResult<()> {
    let own = interpreter::current(py);
    let checks = match krait_stdlib_core::import::multi_interp_override(py) {
        0 => own.config.check_multi_interp_extensions,
        chosen => chosen > 0,
    };
    if own.is_main() || !checks {
        return Ok(());
    }
    raise!(
        py,
        ImportError,
        "module {name} does not support loading in subinterpreters"
    )
}

/// A module by multi-phase initialisation, not yet executed.
///
/// # Safety
/// The definition lives as long as the process.
pub unsafe fn from_def_and_spec(py: Py, def: *mut PyModuleDef, spec: &Value) -> PyResult<Owned> {
    let name = protocol::get_attr(py, spec, intern!("name"))?;
    let Some(name_text) = name.downcast::<Str>().map(|n| n.to_rust().into_owned()) else {
        return raise!(py, TypeError, "spec.name must be a string");
    };
    // SAFETY: the contract; the create function has the slot's signature.
    unsafe {
        init_def(def);
        if (*def).m_size < 0 {
            return raise!(
                py,
                SystemError,
                "module {name_text}: m_size may not be negative for multi-phase initialization"
            );
        }
        let slots = read_slots(py, def, &name_text)?;
        let config = interpreter::current(py).config;
        if slots.interpreters == Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED
            || (slots.interpreters != Py_MOD_PER_INTERPRETER_GIL_SUPPORTED
                && config.gil == interpreter::Lock::Own)
        {
            check_interpreter(py, &name_text)?;
        }
        let module = if slots.create.is_null() {
            match name.downcast::<Str>() {
                Some(name) => new_named(py, name).upcast(),
                None => return raise!(py, SystemError, "nameless module"),
            }
        } else {
            type Create = unsafe extern "C-unwind" fn(Ptr, *mut PyModuleDef) -> Ptr;
            let create = std::mem::transmute::<*mut c_void, Create>(slots.create);
            let spec = spec.to_object();
            let made = create(spec.as_object().as_ptr(), def);
            if made.is_null() && !py.thread().has_exception() {
                return raise!(
                    py,
                    SystemError,
                    "creation of module {name_text} failed without setting an exception"
                );
            }
            if !made.is_null() && py.thread().has_exception() {
                drop(Owned::<Object>::from_raw(made.cast()));
                return unreported(
                    py,
                    &format!("creation of module {name_text} raised unreported exception"),
                );
            }
            protocol::owned_from_c(py, made)?
        };
        match module.downcast::<Module>() {
            Some(m) => m.def.set(def),
            None if (*def).m_size > 0
                || (*def).m_traverse.is_some()
                || (*def).m_clear.is_some()
                || (*def).m_free.is_some() =>
            {
                return raise!(
                    py,
                    SystemError,
                    "module {name_text} is not a module object, but requests module state"
                );
            }
            None if slots.has_exec => {
                return raise!(
                    py,
                    SystemError,
                    "module {name_text} specifies execution slots, but did not create a ModuleType instance"
                );
            }
            None => {}
        }
        add_functions(py, &module, Some(&name), (*def).m_methods)?;
        set_doc(py, &module, (*def).m_doc)?;
        Ok(module)
    }
}

/// Runs the execution slots of a module's definition.
///
/// # Safety
/// The definition is the module's.
pub unsafe fn exec_def(py: Py, module: &Module, def: *mut PyModuleDef) -> PyResult<()> {
    let name = module
        .name(py)
        .map_or_else(String::new, |n| n.to_rust().into_owned());
    // SAFETY: the contract; an execution function has the slot's signature.
    unsafe {
        if (*def).m_size >= 0 && module.state.get().is_null() {
            make_state(module, (*def).m_size)?;
        }
        let mut at = (*def).m_slots;
        while !at.is_null() && (*at).slot != 0 {
            if (*at).slot == Py_mod_exec {
                type Exec = unsafe extern "C-unwind" fn(Ptr) -> c_int;
                let exec = std::mem::transmute::<*mut c_void, Exec>((*at).value);
                let status = exec(module.as_object().as_ptr());
                if status != 0 {
                    if !py.thread().has_exception() {
                        return raise!(
                            py,
                            SystemError,
                            "execution of module {name} failed without setting an exception"
                        );
                    }
                    return Err(krait_object::Raised);
                }
                if py.thread().has_exception() {
                    return unreported(
                        py,
                        &format!("execution of module {name} raised unreported exception"),
                    );
                }
            }
            at = at.add(1);
        }
    }
    Ok(())
}

/// Fills a builtin module of a definition: functions, documentation, state and what the
/// execution slots do.
///
/// # Safety
/// The definition lives as long as the process.
pub unsafe fn fill(py: Py, module: &Module, def: *mut PyModuleDef) -> PyResult<()> {
    let name = module_text(py, module, intern!("__name__"), "nameless module")?;
    // SAFETY: the contract.
    unsafe {
        init_def(def);
        module.def.set(def);
        add_functions(
            py,
            module.as_object(),
            Some(&Value::from(name)),
            (*def).m_methods,
        )?;
        set_doc(py, module.as_object(), (*def).m_doc)?;
        exec_def(py, module, def)
    }
}

fn add(py: Py, module: &Module, name: &CStr, value: &Value) -> PyResult<()> {
    module
        .dict()
        .set_str(py, &*text::name(py, name)?, value.clone())
}

fn missing_value(py: Py) -> PyResult<()> {
    if py.thread().has_exception() {
        return Err(krait_object::Raised);
    }
    raise!(
        py,
        SystemError,
        "PyModule_AddObjectRef() must be called with an exception raised if value is NULL"
    )
}

fn module_text(py: Py, module: &Module, key: &'static Str, what: &str) -> PyResult<Owned<Str>> {
    match module
        .dict()
        .get_str_key(py, key)
        .map(|v| v.into_object().downcast_owned::<Str>())
    {
        Some(Ok(text)) => Ok(text),
        _ => raise!(py, SystemError, "{what}"),
    }
}

/// The C string of a str, kept with the str.
fn c_text(py: Py, text: &Str) -> PyResult<*const c_char> {
    crate::unicodeobject::as_utf8(py, text).map(|(p, _)| p)
}

/// Makes a module the one that `PyState_FindModule` finds for a definition.
///
/// # Safety
/// The definition is a living one.
unsafe fn add_to_state(py: Py, module: &Object, def: *mut PyModuleDef) -> PyResult<()> {
    // SAFETY: the contract.
    unsafe {
        if !(*def).m_slots.is_null() {
            return raise!(
                py,
                SystemError,
                "PyState_AddModule called on module with slots"
            );
        }
        init_def(def);
        remember(py, def, module);
    }
    Ok(())
}

export! {
    fn PyModuleDef_Init(_py, def: *mut PyModuleDef) -> Ptr {
        init_def(def);
        def.cast()
    }
    fn PyModule_Create2(py, def: *mut PyModuleDef, _version: c_int) -> PyResult<Owned<Module>> { create(py, def) }
    fn PyModule_FromDefAndSpec2(py, def: *mut PyModuleDef, spec: &Value, _version: c_int) -> PyResult<Owned> {
        from_def_and_spec(py, def, spec)
    }
    fn PyModule_ExecDef(py, module: &Module, def: *mut PyModuleDef) -> PyResult<()> { exec_def(py, module, def) }
    fn PyModule_NewObject(py, name: &Str) -> Owned<Module> { new_named(py, name) }
    fn PyModule_New(py, name: &CStr) -> PyResult<Owned<Module>> { Ok(new_named(py, &*text::name(py, name)?)) }
    fn PyModule_GetDict(_py, module: &Module) -> Ptr {
        // Borrowed of the module, which keeps it.
        module.dict().as_object().as_ptr()
    }
    fn PyModule_GetNameObject(py, module: &Module) -> PyResult<Owned<Str>> {
        module_text(py, module, intern!("__name__"), "nameless module")
    }
    fn PyModule_GetName(py, module: &Module) -> PyResult<*const c_char> {
        c_text(py, &*module_text(py, module, intern!("__name__"), "nameless module")?)
    }
    fn PyModule_GetFilenameObject(py, module: &Module) -> PyResult<Owned<Str>> {
        module_text(py, module, intern!("__file__"), "module filename missing")
    }
    fn PyModule_GetFilename(py, module: &Module) -> PyResult<*const c_char> {
        c_text(py, &*module_text(py, module, intern!("__file__"), "module filename missing")?)
    }
    fn PyModule_GetState(_py, module: &Module) -> *mut c_void { module.state.get() }
    fn PyModule_GetDef(_py, module: &Module) -> *mut PyModuleDef { module.def.get() }
    fn PyModule_SetDocString(py, module: &Object, doc: *const c_char) -> PyResult<()> { set_doc(py, module, doc) }
    fn PyModule_AddFunctions(py, module: &Module, functions: *mut PyMethodDef) -> PyResult<()> {
        let name = module_text(py, module, intern!("__name__"), "nameless module")?;
        add_functions(py, module.as_object(), Some(&Value::from(name)), functions)
    }
    fn PyModule_AddObjectRef(py, module: &Module, name: &CStr, value: Option<&Value>) -> PyResult<()> {
        match value {
            Some(value) => add(py, module, name, value),
            None => missing_value(py),
        }
    }
    fn PyModule_Add(py, module: &Module, name: &CStr, value: Option<Owned>) -> PyResult<()> {
        match value {
            Some(value) => add(py, module, name, &Value::from(value)),
            None => missing_value(py),
        }
    }
    fn PyModule_AddObject(py, module: &Module, name: &CStr, value: Option<&Value>) -> PyResult<()> {
        // The reference is stolen, but on success only.
        let Some(value) = value else { return missing_value(py) };
        add(py, module, name, value)?;
        if let Some(object) = value.as_object() {
            drop(Owned::<Object>::from_raw(object.as_ptr().cast()));
        }
        Ok(())
    }
    fn PyModule_AddIntConstant(py, module: &Module, name: &CStr, value: c_long) -> PyResult<()> {
        add(py, module, name, &Value::int(value))
    }
    fn PyModule_AddStringConstant(py, module: &Module, name: &CStr, value: &CStr) -> PyResult<()> {
        add(py, module, name, &Value::from(text::utf8(py, value.to_bytes())?))
    }
    fn PyModule_AddType(py, module: &Module, ty: &Type) -> PyResult<()> {
        crate::typeobject::ready(py, ty)?;
        let name = Str::intern(ty.full_name().rsplit('.').next().unwrap_or(""));
        module.dict().set_str(py, &name, Value::from(ty.to_owned()))
    }
    fn PyUnstable_Module_SetGIL(_py, _module: &Module, _gil: *mut c_void) -> c_int { 0 }
    fn PyState_FindModule(py, def: *mut PyModuleDef) -> Ptr {
        // Borrowed of the table.
        find(py, def).map_or(std::ptr::null_mut(), |m| m.as_object().as_ptr())
    }
    fn PyState_AddModule(py, module: &Object, def: *mut PyModuleDef) -> PyResult<()> { add_to_state(py, module, def) }
    fn _PyState_AddModule(py, _thread: *const c_void, module: &Object, def: *mut PyModuleDef) -> PyResult<()> {
        if def.is_null() {
            // The caller has set the exception.
            return Err(krait_object::Raised);
        }
        add_to_state(py, module, def)
    }
    fn PyState_RemoveModule(py, def: *mut PyModuleDef) -> PyResult<()> {
        if !(*def).m_slots.is_null() {
            return raise!(py, SystemError, "PyState_RemoveModule called on module with slots");
        }
        let removed = BY_DEF.get(py).borrow_mut().as_mut().and_then(|m| m.remove(&(def as usize)));
        if removed.is_none() {
            return raise!(py, SystemError, "PyState_RemoveModule: module was not in the table");
        }
        Ok(())
    }
}

/// ImportError with the attributes `name` and `path`.
pub fn import_error<T>(py: Py, text: &str, name: &Value, path: &Value) -> PyResult<T> {
    let class = Value::from(Layout::to_owned(&*exceptions::ImportError));
    let names = krait_object::Tuple::from_values([
        Value::from(Str::intern("name")),
        Value::from(Str::intern("path")),
    ]);
    let values = [Value::from(Str::new(text)), name.clone(), path.clone()];
    let exception = protocol::call_with(py, &class, &values, Some(&names))?;
    Err(errors::raise_object(py, exception.into_object()))
}
