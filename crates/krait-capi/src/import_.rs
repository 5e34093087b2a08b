//! `import.h`, `sysmodule.h`, `ceval.h`, `pythonrun.h`, `compile.h`, `fileobject.h`,
//! `marshal.h`, `osmodule.h`, `pylifecycle.h`.

use std::ffi::{CStr, c_char, c_int, c_long};

use krait_abi::*;
use krait_object::{
    Bytes, Dict, Layout, Module, Object, Owned, Py, PyResult, Str, Tuple, Value, errors,
    exceptions, hooks, protocol, raise,
};
use krait_stdlib_core::{import, run as source, sys};
use krait_vm::{CodeObject, FrameObject};

use crate::border::{Ptr, bad_internal_call, export};
use crate::text;

fn modules(py: Py) -> PyResult {
    match sys::get(py, "modules") {
        Some(modules) => Ok(modules),
        None => raise!(py, RuntimeError, "unable to get sys.modules"),
    }
}

/// `import name` as the running code's `__import__` does it: the module itself.
fn import_by_hook(py: Py, name: &Value) -> PyResult {
    let globals = krait_vm::frame::globals_if_any(py);
    let function = match &globals {
        Some(globals) => match globals.get_str(py, "__builtins__") {
            Some(builtins) => match builtins.downcast::<Dict>() {
                Some(dict) => dict.get_str(py, "__import__"),
                None => protocol::lookup_attr(py, &builtins, &Str::intern("__import__"))?,
            },
            None => None,
        },
        None => None,
    };
    let function = match function {
        Some(function) => function,
        None => sys::builtin(py, "__import__")?,
    };
    let globals = globals.map_or_else(Value::none, Value::from);
    let fromlist = Value::from(Tuple::from_values([Value::from(Str::new("__doc__"))]));
    protocol::call(
        py,
        &function,
        &[
            name.clone(),
            globals.clone(),
            globals,
            fromlist,
            Value::int(0),
        ],
    )?;
    let found = protocol::get_item(py, &modules(py)?, name);
    match errors::suppress(py, found, &exceptions::KeyError)? {
        Some(module) => Ok(module),
        None => errors::key_error(py, name),
    }
}

fn get_module(py: Py, name: &Value) -> PyResult<Option<Value>> {
    let found = protocol::get_item(py, &modules(py)?, name);
    errors::suppress(py, found, &exceptions::KeyError)
}

/// The module of the name in `sys.modules`, made there if need be.
fn add_module(py: Py, name: &Value) -> PyResult {
    if let Some(found) = get_module(py, name)?
        && found.downcast::<Module>().is_some()
    {
        return Ok(found);
    }
    let Some(text) = name.downcast::<Str>() else {
        return raise!(py, TypeError, "module name must be a string");
    };
    let module = Value::from(Module::new(py, text));
    protocol::set_item(py, &modules(py)?, name, &module)?;
    Ok(module)
}

/// A pointer to what `sys.modules` or another container keeps.
fn borrowed(value: &Value) -> Ptr {
    value
        .as_object()
        .map_or(std::ptr::null_mut(), Object::as_ptr)
}

fn exec_code(py: Py, name: &Value, code: &Value, path: Option<&Value>) -> PyResult {
    let module = add_module(py, name)?;
    let Some(dict) = module.downcast::<Module>().map(|m| m.dict()) else {
        return raise!(py, TypeError, "not a module");
    };
    if !dict.contains_str(py, &Str::intern("__builtins__")) {
        dict.set_str(py, &Str::intern("__builtins__"), sys::builtins(py)?)?;
    }
    if let Some(path) = path {
        dict.set_str(py, &Str::intern("__file__"), path.clone())?;
    }
    let locals = Value::from(dict.clone());
    eval(py, code, &dict, &locals)?;
    get_module(py, name)?.map_or_else(|| errors::key_error(py, name), Ok)
}

fn eval(py: Py, code: &Value, globals: &Dict, locals: &Value) -> PyResult {
    match code.downcast::<CodeObject>() {
        Some(code) => krait_vm::run::run_code(py, code, globals, locals, None),
        None => bad_internal_call(py),
    }
}

/// Borrowed objects of a C array.
///
/// # Safety
/// So many objects live at the address during the call.
unsafe fn objects<'a>(items: *const Ptr, count: c_int) -> &'a [&'a Object] {
    if count <= 0 {
        return &[];
    }
    // SAFETY: the contract; a reference to an object is its pointer.
    unsafe { std::slice::from_raw_parts(items.cast(), count as usize) }
}

fn globals_of(py: Py, globals: &Object) -> PyResult<&Dict> {
    match globals.downcast::<Dict>() {
        Some(dict) => Ok(dict),
        None => raise!(
            py,
            SystemError,
            "globals must be a real dict; try eval(code, {{}}, mapping)"
        ),
    }
}

export! {
    fn PyImport_ImportModule(py, name: &CStr) -> PyResult { import_by_hook(py, &text::key(py, name)?) }
    fn PyImport_ImportModuleNoBlock(py, name: &CStr) -> PyResult { import_by_hook(py, &text::key(py, name)?) }
    fn PyImport_Import(py, name: &Value) -> PyResult { import_by_hook(py, name) }
    fn PyImport_ImportModuleLevelObject(py, name: &Value, globals: Option<&Value>, locals: Option<&Value>, fromlist: Option<&Value>, level: c_int) -> PyResult {
        let none = Value::none();
        import::import(py, name, globals.unwrap_or(&none), locals.unwrap_or(&none), fromlist.unwrap_or(&none), level.into())
    }
    fn PyImport_ImportModuleLevel(py, name: &CStr, globals: Option<&Value>, locals: Option<&Value>, fromlist: Option<&Value>, level: c_int) -> PyResult {
        let none = Value::none();
        import::import(py, &text::key(py, name)?, globals.unwrap_or(&none), locals.unwrap_or(&none), fromlist.unwrap_or(&none), level.into())
    }
    fn PyImport_ImportModuleAttr(py, module: &Value, attribute: &Str) -> PyResult {
        protocol::get_attr(py, &import_by_hook(py, module)?, attribute)
    }
    fn PyImport_ImportModuleAttrString(py, module: &CStr, attribute: &CStr) -> PyResult {
        let module = import_by_hook(py, &text::key(py, module)?)?;
        protocol::get_attr(py, &module, &*text::name(py, attribute)?)
    }
    fn PyImport_GetModule(py, name: &Value) -> PyResult<Option<Value>> { get_module(py, name) }
    fn PyImport_GetModuleDict(py) -> PyResult<Ptr> { modules(py).map(|m| borrowed(&m)) }
    fn PyImport_AddModule(py, name: &CStr) -> PyResult<Ptr> { add_module(py, &text::key(py, name)?).map(|m| borrowed(&m)) }
    fn PyImport_AddModuleObject(py, name: &Value) -> PyResult<Ptr> { add_module(py, name).map(|m| borrowed(&m)) }
    fn PyImport_AddModuleRef(py, name: &CStr) -> PyResult { add_module(py, &text::key(py, name)?) }
    fn PyImport_ReloadModule(py, module: &Value) -> PyResult {
        protocol::call_method_str(py, &hooks::import_module(py, "importlib")?, "reload", std::slice::from_ref(module))
    }
    fn PyImport_ExecCodeModule(py, name: &CStr, code: &Value) -> PyResult { exec_code(py, &text::key(py, name)?, code, None) }
    fn PyImport_ExecCodeModuleEx(py, name: &CStr, code: &Value, path: Option<&CStr>) -> PyResult {
        let path = path.map(|p| text::decode(py, p.to_bytes(), "utf-8", "surrogateescape").map(Value::from)).transpose()?;
        exec_code(py, &text::key(py, name)?, code, path.as_ref())
    }
    fn PyImport_ExecCodeModuleWithPathnames(py, name: &CStr, code: &Value, path: Option<&CStr>, _cached: Option<&CStr>) -> PyResult {
        let path = path.map(|p| text::decode(py, p.to_bytes(), "utf-8", "surrogateescape").map(Value::from)).transpose()?;
        exec_code(py, &text::key(py, name)?, code, path.as_ref())
    }
    fn PyImport_ExecCodeModuleObject(py, name: &Value, code: &Value, path: Option<&Value>, _cached: Option<&Value>) -> PyResult {
        exec_code(py, name, code, path)
    }
    fn PyImport_GetMagicNumber(py) -> PyResult<c_long> {
        let util = hooks::import_module(py, "importlib.util")?;
        let magic = protocol::get_attr_str(py, &util, "MAGIC_NUMBER")?;
        Ok(magic.downcast::<Bytes>().map_or(-1, |b| b.as_slice().iter().rev().fold(0, |n, &b| (n << 8) | c_long::from(b))))
    }
    fn PyImport_GetMagicTag(_py) -> *const c_char { c"krait-314".as_ptr() }
    fn PyImport_GetImporter(py, path: &Value) -> PyResult {
        protocol::call_method_str(py, &hooks::import_module(py, "pkgutil")?, "get_importer", std::slice::from_ref(path))
    }
}

export! {
    fn PySys_GetObject(py, name: &CStr) -> Ptr { sys::get(py, &name.to_string_lossy()).map_or(std::ptr::null_mut(), |v| lend_sys(py, name, v)) }
    fn PySys_GetAttr(py, name: &Str) -> PyResult { sys_attribute(py, &name.to_rust()) }
    fn PySys_GetAttrString(py, name: &CStr) -> PyResult { sys_attribute(py, &name.to_string_lossy()) }
    fn PySys_GetOptionalAttr(py, name: &Str, result: *mut Ptr) -> bool {
        *result = sys::get(py, &name.to_rust()).map_or(std::ptr::null_mut(), |v| v.into_object().into_ptr());
        !(*result).is_null()
    }
    fn PySys_GetOptionalAttrString(py, name: &CStr, result: *mut Ptr) -> bool {
        *result = sys::get(py, &name.to_string_lossy()).map_or(std::ptr::null_mut(), |v| v.into_object().into_ptr());
        !(*result).is_null()
    }
    fn PySys_SetObject(py, name: &CStr, value: Option<&Value>) -> PyResult<()> {
        match value {
            Some(value) => sys::set(py, &name.to_string_lossy(), value.clone()),
            None => {
                let module = hooks::import_module(py, "sys")?;
                let deleted = protocol::del_attr(py, &module, &*text::name(py, name)?);
                errors::suppress(py, deleted, &exceptions::AttributeError).map(drop)
            }
        }
    }
    fn PySys_GetXOptions(py) -> PyResult<Ptr> {
        match sys::get(py, "_xoptions").filter(|options| options.downcast::<Dict>().is_some()) {
            Some(options) => Ok(borrowed(&options)),
            None => {
                let fresh = Value::from(Dict::new());
                sys::set(py, "_xoptions", fresh.clone())?;
                Ok(borrowed(&fresh))
            }
        }
    }
    fn PySys_AuditTuple(py, event: &CStr, args: Option<&Object>) -> PyResult<()> {
        let args = args.and_then(|a| a.downcast::<Tuple>());
        (hooks::get(py).audit)(py, &event.to_string_lossy(), args.map_or(&[], |a| a.as_values()))
    }
    fn krait_sys_write(py, stream: &CStr, message: Option<Owned>) {
        let pending = py.thread().take_exception();
        if let Some(message) = message {
            let target = sys::get(py, &stream.to_string_lossy()).filter(|s| !s.is_none());
            let written = target.map(|t| protocol::call_method_str(py, &t, "write", &[Value::from(message)]));
            if matches!(written, Some(Err(_))) { drop(py.thread().take_exception()) }
        }
        if let Some(pending) = pending { py.thread().set_exception(pending) }
    }
}

fn sys_attribute(py: Py, name: &str) -> PyResult {
    match sys::get(py, name) {
        Some(value) => Ok(value),
        None => raise!(py, RuntimeError, "lost sys.{name}"),
    }
}

/// The name of a function, else that of the type; kept by the object.
fn function_name(py: Py, object: &Value) -> PyResult<*const c_char> {
    if let Some(method) = object.downcast::<krait_object::types::method::Method>() {
        return function_name(py, &Value::from(method.function().to_owned()));
    }
    if let Some(function) =
        object.downcast::<krait_object::types::descriptor::NativeFunctionObject>()
    {
        // SAFETY: a builtin function's definition lives as long as the function.
        return unsafe {
            let raw = function.as_object().as_ptr().cast::<PyCFunctionObject>();
            Ok((*(*raw).m_ml).ml_name)
        };
    }
    if object.downcast::<krait_vm::Function>().is_some() {
        // The function keeps its name.
        let name = protocol::get_attr(py, object, &Str::intern("__name__"))?.into_object();
        if let Some(name) = name.downcast::<Str>() {
            return crate::unicodeobject::as_utf8(py, name).map(|(text, _)| text);
        }
    }
    Ok(object.ty().raw().tp_name)
}

/// What `sys` keeps, as an object that it lends.
fn lend_sys(py: Py, name: &CStr, value: Value) -> Ptr {
    match value.as_object() {
        Some(object) => object.as_ptr(),
        None => {
            let module = hooks::import_module(py, "sys").ok();
            let dict = module.and_then(|m| m.downcast::<Module>().map(|m| m.dict()));
            let key = Value::from(Str::intern(&name.to_string_lossy()));
            dict.and_then(|d| d.boxed_value(py, &key).ok().flatten())
                .unwrap_or(std::ptr::null_mut())
        }
    }
}

export! {
    fn PyEval_GetBuiltins(py) -> PyResult<Ptr> { Ok(krait_vm::builtins_dict(py).as_object().as_ptr()) }
    fn PyEval_GetFrameBuiltins(py) -> PyResult { krait_vm::frame::current_builtins(py) }
    fn PyEval_GetGlobals(py) -> Ptr {
        krait_vm::frame::globals_if_any(py).map_or(std::ptr::null_mut(), |g| g.as_object().as_ptr())
    }
    fn PyEval_GetFrameGlobals(py) -> Option<Owned<Dict>> { krait_vm::frame::globals_if_any(py) }
    fn PyEval_GetFrameLocals(py) -> PyResult { krait_vm::frame::current_locals(py) }
    fn PyEval_GetFrame(py) -> Ptr {
        // The frame keeps its object.
        krait_vm::frame_object(py, 0).map_or(std::ptr::null_mut(), |f| f.as_object().as_ptr())
    }
    fn PyEval_EvalCode(py, code: &Value, globals: &Object, locals: Option<&Value>) -> PyResult {
        let globals = globals_of(py, globals)?;
        let same = Value::from(globals.to_owned());
        eval(py, code, globals, locals.unwrap_or(&same))
    }
    fn PyEval_EvalCodeEx(py, code: &Object, globals: &Object, locals: Option<&Value>, args: *const Ptr, argc: c_int, kwds: *const Ptr, kwdc: c_int,
                         defs: *const Ptr, defc: c_int, kwdefs: Option<&Object>, closure: Option<&Object>) -> PyResult {
        let Some(code) = code.downcast::<CodeObject>() else { return bad_internal_call(py) };
        let globals = globals_of(py, globals)?;
        let extras = krait_vm::function::Extras {
            defaults: (defc > 0).then(|| Tuple::from_objects(objects(defs, defc).iter().copied()).upcast()),
            kwdefaults: kwdefs.map(|k| k.to_owned()),
            closure: closure.map(|c| c.to_owned()),
            ..Default::default()
        };
        let function = krait_vm::Function::new(py, code.to_owned(), globals.to_owned(), extras);
        if !code.has_flag(krait_bytecode::flags::OPTIMIZED) {
            let same = Value::from(globals.to_owned());
            return krait_vm::run::run_function(py, &function, locals.unwrap_or(&same).clone());
        }
        let pairs = objects(kwds, kwdc.max(0) * 2);
        let names = Tuple::from_objects(pairs.iter().step_by(2).copied());
        let values: Vec<Value> = objects(args, argc).iter().chain(pairs.iter().skip(1).step_by(2))
            .map(|object| Value::from((*object).to_owned())).collect();
        protocol::call_with(py, &Value::from(function), &values, (!names.is_empty()).then_some(&*names))
    }
    fn PyEval_EvalFrameEx(py, _frame: &FrameObject, _throw: c_int) -> PyResult { raise!(py, SystemError, "frames cannot be evaluated again") }
    fn PyEval_EvalFrame(py, _frame: &FrameObject) -> PyResult { raise!(py, SystemError, "frames cannot be evaluated again") }
    fn PyEval_GetFuncName(py, object: &Value) -> PyResult<*const c_char> { function_name(py, object) }
    fn PyEval_GetFuncDesc(_py, object: &Value) -> *const c_char {
        let callable = object.downcast::<krait_vm::Function>().is_some()
            || object.downcast::<krait_object::types::method::Method>().is_some()
            || object.downcast::<krait_object::types::descriptor::NativeFunctionObject>().is_some();
        if callable { c"()".as_ptr() } else { c" object".as_ptr() }
    }
    fn PyEval_MergeCompilerFlags(py, flags: *mut PyCompilerFlags) -> bool {
        let inherited = krait_vm::frame::inherited_flags(py) as c_int;
        if !flags.is_null() { (*flags).cf_flags |= inherited; }
        inherited != 0
    }
    fn PyEval_SetProfile(py, function: Py_tracefunc, object: Option<&Object>) {
        krait_vm::trace::set_c_function(py, krait_vm::trace::Which::Profile, function, object.map(|o| o.to_owned()))
    }
    fn PyEval_SetTrace(py, function: Py_tracefunc, object: Option<&Object>) {
        krait_vm::trace::set_c_function(py, krait_vm::trace::Which::Trace, function, object.map(|o| o.to_owned()))
    }
    fn PyEval_SetProfileAllThreads(py, function: Py_tracefunc, object: Option<&Object>) {
        krait_vm::trace::set_c_function_everywhere(py, krait_vm::trace::Which::Profile, function, object)
    }
    fn PyEval_SetTraceAllThreads(py, function: Py_tracefunc, object: Option<&Object>) {
        krait_vm::trace::set_c_function_everywhere(py, krait_vm::trace::Which::Trace, function, object)
    }
    fn Py_GetRecursionLimit(py) -> c_int { krait_vm::recursion_limit(py) as c_int }
    fn Py_SetRecursionLimit(py, limit: c_int) {
        if krait_vm::set_recursion_limit(py, limit.max(1) as usize).is_err() { drop(py.thread().take_exception()) }
    }
}

/// Compiles a text in the mode of a start symbol.
pub(crate) fn compile(
    py: Py,
    text: &CStr,
    filename: &Str,
    start: c_int,
    flags: *const PyCompilerFlags,
    optimize: c_int,
) -> PyResult<Owned<CodeObject>> {
    let mode = match start {
        Py_file_input => krait_compiler::Mode::Exec,
        Py_eval_input => krait_compiler::Mode::Eval,
        Py_single_input => krait_compiler::Mode::Single,
        _ => return raise!(py, ValueError, "unknown start symbol"),
    };
    // SAFETY: C passes flags or NULL.
    let flags = unsafe { flags.as_ref() }.map_or(0, |f| i64::from(f.cf_flags));
    source::compile_source(
        py,
        text.to_bytes(),
        false,
        filename,
        mode,
        flags,
        optimize.into(),
    )
}

fn run_text(
    py: Py,
    text: &CStr,
    start: c_int,
    globals: &Object,
    locals: Option<&Value>,
    flags: *const PyCompilerFlags,
) -> PyResult {
    let code = compile(py, text, &Str::new("<string>"), start, flags, -1)?;
    let globals = globals_of(py, globals)?;
    if !globals.contains_str(py, &Str::intern("__builtins__")) {
        globals.set_str(py, &Str::intern("__builtins__"), sys::builtins(py)?)?;
    }
    let same = Value::from(globals.to_owned());
    krait_vm::run::run_code(py, &code, globals, locals.unwrap_or(&same), None)
}

fn simple(py: Py, text: &CStr, flags: *const PyCompilerFlags) -> c_int {
    let done = import::import_module(py, "__main__").and_then(|main| {
        let dict = main.downcast::<Module>().map(|m| m.dict());
        match dict {
            Some(dict) => run_text(py, text, Py_file_input, dict.as_object(), None, flags),
            None => raise!(py, RuntimeError, "__main__ is no module"),
        }
    });
    if done.is_err() {
        // SAFETY: the GIL is held.
        unsafe { crate::pyerrors::PyErr_Print() };
        return -1;
    }
    0
}

pub(crate) fn file_named(py: Py, name: &CStr) -> PyResult<Owned<Str>> {
    text::decode(py, name.to_bytes(), "utf-8", "surrogateescape")
}

export! {
    fn Py_CompileString(py, text: &CStr, filename: &CStr, start: c_int) -> PyResult<Owned<CodeObject>> {
        compile(py, text, &*file_named(py, filename)?, start, std::ptr::null(), -1)
    }
    fn Py_CompileStringFlags(py, text: &CStr, filename: &CStr, start: c_int, flags: *const PyCompilerFlags) -> PyResult<Owned<CodeObject>> {
        compile(py, text, &*file_named(py, filename)?, start, flags, -1)
    }
    fn Py_CompileStringExFlags(py, text: &CStr, filename: &CStr, start: c_int, flags: *const PyCompilerFlags, optimize: c_int) -> PyResult<Owned<CodeObject>> {
        compile(py, text, &*file_named(py, filename)?, start, flags, optimize)
    }
    fn Py_CompileStringObject(py, text: &CStr, filename: &Str, start: c_int, flags: *const PyCompilerFlags, optimize: c_int) -> PyResult<Owned<CodeObject>> {
        compile(py, text, filename, start, flags, optimize)
    }
    fn PyRun_String(py, text: &CStr, start: c_int, globals: &Object, locals: Option<&Value>) -> PyResult {
        run_text(py, text, start, globals, locals, std::ptr::null())
    }
    fn PyRun_StringFlags(py, text: &CStr, start: c_int, globals: &Object, locals: Option<&Value>, flags: *const PyCompilerFlags) -> PyResult {
        run_text(py, text, start, globals, locals, flags)
    }
    fn PyRun_SimpleString(py, text: &CStr) -> c_int { simple(py, text, std::ptr::null()) }
    fn PyRun_SimpleStringFlags(py, text: &CStr, flags: *const PyCompilerFlags) -> c_int { simple(py, text, flags) }

    fn PyFile_WriteObject(py, object: Option<&Value>, file: Option<&Value>, flags: c_int) -> PyResult<()> {
        let Some(file) = file else { return raise!(py, TypeError, "writeobject with NULL file") };
        let write = protocol::get_attr_str(py, file, "write")?;
        let shown = match object {
            None => Str::new("<NULL>"),
            Some(object) if flags & Py_PRINT_RAW != 0 => protocol::str(py, object)?,
            Some(object) => protocol::repr(py, object)?,
        };
        protocol::call(py, &write, &[Value::from(shown)]).map(drop)
    }
    fn PyFile_WriteString(py, text: &CStr, file: Option<&Value>) -> PyResult<()> {
        let Some(file) = file else {
            if py.thread().has_exception() { return Err(krait_object::Raised) }
            return raise!(py, SystemError, "null file for PyFile_WriteString");
        };
        protocol::call_method_str(py, file, "write", &[Value::from(text::utf8(py, text.to_bytes())?)]).map(drop)
    }
    fn PyFile_GetLine(py, file: &Value, count: c_int) -> PyResult {
        let values = if count <= 0 { vec![] } else { vec![Value::int(count.into())] };
        protocol::call_method_str(py, file, "readline", &values)
    }
    fn PyFile_FromFd(py, fd: c_int, _name: Option<&CStr>, mode: Option<&CStr>, buffering: c_int, encoding: Option<&CStr>, errors: Option<&CStr>, newline: Option<&CStr>, close: c_int) -> PyResult {
        let text = |t: Option<&CStr>| t.map_or_else(Value::none, |t| Value::from(Str::new(&t.to_string_lossy())));
        let mode = mode.map_or_else(|| Value::from(Str::new("r")), |m| Value::from(Str::new(&m.to_string_lossy())));
        let io = hooks::import_module(py, "io")?;
        protocol::call_method_str(py, &io, "open", &[Value::int(fd.into()), mode, Value::int(buffering.into()), text(encoding), text(errors), text(newline), Value::bool(close != 0)])
    }
    fn PyObject_AsFileDescriptor(py, object: &Value) -> PyResult<c_int> { file_descriptor(py, object) }
    fn PyOS_FSPath(py, path: &Value) -> PyResult { fs_path(py, path) }

    fn PyMarshal_WriteObjectToString(py, object: &Value, version: c_int) -> PyResult {
        protocol::call_method_str(py, &hooks::import_module(py, "marshal")?, "dumps", &[object.clone(), Value::int(version.into())])
    }
    fn PyMarshal_ReadObjectFromString(py, data: *const c_char, len: isize) -> PyResult {
        let bytes = Bytes::new(crate::unicodeobject::bytes(data, len));
        protocol::call_method_str(py, &hooks::import_module(py, "marshal")?, "loads", &[Value::from(bytes)])
    }
    fn _Py_FatalErrorFunc(_py, function: Option<&CStr>, text: &CStr) {
        errors::fatal(&function.map_or_else(String::new, |f| f.to_string_lossy().into_owned()), &text.to_string_lossy())
    }
    fn Py_FatalError(_py, text: &CStr) { errors::fatal("", &text.to_string_lossy()) }
    fn Py_GetVersion(py) -> *const c_char { sys_text(py, "version") }
    fn Py_GetPlatform(_py) -> *const c_char { c"linux".as_ptr() }
    fn Py_GetCopyright(py) -> *const c_char { sys_text(py, "copyright") }
    fn Py_GetCompiler(_py) -> *const c_char { c"\n[rustc]".as_ptr() }
    fn Py_GetBuildInfo(_py) -> *const c_char { c"krait".as_ptr() }
}

/// A text of `sys`, which the string keeps.
fn sys_text(py: Py, name: &str) -> *const c_char {
    let Some(value) = sys::get(py, name) else {
        return c"".as_ptr();
    };
    match value.downcast::<Str>() {
        Some(text) => crate::unicodeobject::as_utf8(py, text).map_or(c"".as_ptr(), |(p, _)| p),
        None => c"".as_ptr(),
    }
}

pub fn file_descriptor(py: Py, object: &Value) -> PyResult<c_int> {
    let number = match protocol::number::int_of(object) {
        Some(number) => number,
        // (Too wide for any C integer.)
        None if object.downcast::<krait_object::Int>().is_some() => i64::MAX,
        None => match protocol::lookup_attr(py, object, &Str::intern("fileno"))? {
            Some(method) => {
                let made = protocol::call(py, &method, &[])?;
                match protocol::number::int_of(&made) {
                    Some(number) => number,
                    None => return raise!(py, TypeError, "fileno() returned a non-integer"),
                }
            }
            None => {
                return raise!(
                    py,
                    TypeError,
                    "argument must be an int, or have a fileno() method."
                );
            }
        },
    };
    match c_int::try_from(number) {
        Ok(fd) if fd >= 0 => Ok(fd),
        Ok(fd) => raise!(
            py,
            ValueError,
            "file descriptor cannot be a negative integer ({fd})"
        ),
        Err(_) => raise!(
            py,
            OverflowError,
            "Python int too large to convert to C int"
        ),
    }
}

pub fn fs_path(py: Py, path: &Value) -> PyResult {
    if path.downcast::<Str>().is_some() || path.downcast::<Bytes>().is_some() {
        return Ok(path.clone());
    }
    let object = path.to_object();
    let Some(made) = protocol::call_special(py, &object, krait_object::intern!("__fspath__"), &[])?
    else {
        return raise!(
            py,
            TypeError,
            "expected str, bytes or os.PathLike object, not {}",
            path.ty().name()
        );
    };
    if made.downcast::<Str>().is_some() || made.downcast::<Bytes>().is_some() {
        return Ok(made);
    }
    raise!(
        py,
        TypeError,
        "expected {}.__fspath__() to return str or bytes, not {}",
        path.ty().name(),
        made.ty().name()
    )
}

export! {
    fn PyTraceBack_Here(py, frame: &FrameObject) -> PyResult<()> {
        krait_vm::frame::traceback::add_here(py, frame);
        Ok(())
    }
    fn PyTraceBack_Print(py, traceback: &Value, file: &Value) -> PyResult<()> {
        if !traceback.is_none() && traceback.downcast::<krait_vm::frame::traceback::Traceback>().is_none() {
            return bad_internal_call(py);
        }
        let text = Value::from(Str::new(&sys::traceback_text(py, traceback)));
        protocol::call_method_str(py, file, "write", &[text]).map(drop)
    }
}
