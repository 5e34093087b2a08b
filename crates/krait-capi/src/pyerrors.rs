//! `pyerrors.h` and `warnings.h`: the error indicator.

use std::ffi::{CStr, c_char, c_int};

use krait_object::exceptions::{self, BaseException};
use krait_object::{
    Builtin, Layout, Object, Owned, Py, PyResult, Raised, Str, Tuple, Type, Value, errors, intern,
    protocol, raise,
};

use crate::border::{Ptr, bad_internal_call, export};
use crate::text;
use crate::varargs::{RawVa, Va};

/// An exception of a class with what C gives as its value: an instance as it is, a tuple
/// as the arguments, None as no arguments.
pub fn make(py: Py, class: &Value, value: Option<&Value>) -> PyResult<Owned> {
    let Some(value) = value.filter(|v| !v.is_none()) else {
        return protocol::call(py, class, &[]).map(Value::into_object);
    };
    if let (Some(object), Some(ty)) = (value.as_object(), class.downcast::<Type>())
        && exceptions::is_exception(object)
        && object.ty().is_subtype_of(ty)
    {
        return Ok(object.to_owned());
    }
    match value.downcast::<Tuple>() {
        Some(tuple) => protocol::call::call_tuple(py, class, tuple, None),
        None => protocol::call(py, class, std::slice::from_ref(value)),
    }
    .map(Value::into_object)
}

/// `PyErr_SetObject`
pub fn set_object(py: Py, class: Option<&Value>, value: Option<&Value>) {
    let Some(class) = class else {
        drop(py.thread().take_exception());
        return;
    };
    let is_class = class
        .as_object()
        .is_some_and(exceptions::is_exception_class);
    if !is_class {
        let shown =
            protocol::repr(py, class).map_or_else(|_| String::new(), |s| s.to_rust().into_owned());
        let _: PyResult<()> = raise!(
            py,
            SystemError,
            "_PyErr_SetObject: exception {shown} is not a BaseException subclass"
        );
        return;
    }
    drop(py.thread().take_exception());
    let Ok(exception) = make(py, class, value) else {
        return;
    };
    let Raised = errors::raise_object(py, exception);
}

fn set_text(py: Py, class: Option<&Value>, text: &CStr) {
    match text::utf8(py, text.to_bytes()) {
        Ok(text) => set_object(py, class, Some(&Value::from(text))),
        Err(Raised) => {}
    }
}

/// Whether an exception, or class, is of a class, or of one of a tuple of them.
fn matches(given: Option<&Object>, wanted: Option<&Object>) -> bool {
    let (Some(given), Some(wanted)) = (given, wanted) else {
        return false;
    };
    if let Some(tuple) = wanted.downcast::<Tuple>() {
        return tuple.iter().any(|one| matches(Some(given), Some(one)));
    }
    let class = if exceptions::is_exception(given) {
        given.ty().as_object()
    } else {
        given
    };
    match (class.downcast::<Type>(), wanted.downcast::<Type>()) {
        (Some(class), Some(wanted)) if exceptions::is_exception_class(wanted.as_object()) => {
            class.is_subtype_of(wanted)
        }
        _ => class.is(wanted),
    }
}

/// Sets OSError (or another class) from `errno`.
fn from_errno(py: Py, class: &Value, first: Option<&Value>, second: Option<&Value>) -> Ptr {
    let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
    if errno == libc::EINTR && (krait_object::hooks::get(py).signals)(py).is_err() {
        return std::ptr::null_mut();
    }
    let mut values = vec![
        Value::int(errno.into()),
        Value::from(Str::new(&if errno == 0 {
            "Error".to_string()
        } else {
            errors::os_error_text(errno)
        })),
    ];
    if let Some(first) = first {
        values.push(first.clone());
        if let Some(second) = second {
            values.push(Value::int(0));
            values.push(second.clone());
        }
    }
    if let Ok(exception) = protocol::call(py, class, &values) {
        let object = exception.into_object();
        let class = Value::from(object.ty().to_owned());
        set_object(py, Some(&class), Some(&Value::from(object)));
    }
    std::ptr::null_mut()
}

fn file_name(py: Py, name: Option<&CStr>) -> PyResult<Option<Value>> {
    name.map(|n| text::decode(py, n.to_bytes(), "utf-8", "surrogateescape").map(Value::from))
        .transpose()
}

/// The three parts that older code passes around.
fn fetch(py: Py, class: *mut Ptr, value: *mut Ptr, traceback: *mut Ptr) {
    let exception = py.thread().take_exception();
    // SAFETY: C passes places for the three.
    unsafe {
        match exception {
            None => {
                (*class, *value, *traceback) = (
                    std::ptr::null_mut(),
                    std::ptr::null_mut(),
                    std::ptr::null_mut(),
                )
            }
            Some(exception) => {
                *class = exception.ty().as_object().to_owned().into_ptr();
                *traceback = BaseException::from_object(&exception)
                    .and_then(|b| b.traceback())
                    .map_or(std::ptr::null_mut(), Owned::into_ptr);
                *value = exception.into_ptr();
            }
        }
    }
}

fn restore(py: Py, class: Option<Owned>, value: Option<Owned>, traceback: Option<Owned>) {
    let Some(class) = class else {
        drop(py.thread().take_exception());
        return;
    };
    let class = Value::from(class);
    let value = value.map(Value::from);
    drop(py.thread().take_exception());
    match make(py, &class, value.as_ref()) {
        Ok(exception) => {
            if let Some(body) = BaseException::from_object(&exception) {
                match traceback.filter(|t| !t.is_none()) {
                    Some(traceback) => body.set_traceback(Some(traceback)),
                    None => body.set_traceback(None),
                }
            }
            py.thread().set_exception(exception);
        }
        Err(Raised) => {}
    }
}

/// Makes an instance of what `PyErr_Fetch` gave.
unsafe fn normalize(py: Py, class: *mut Ptr, value: *mut Ptr, traceback: *mut Ptr) {
    // SAFETY: C passes places that hold null or owned references.
    unsafe {
        if (*class).is_null() {
            return;
        }
        if !(*value).is_null() && exceptions::is_exception(Object::from_ptr(*value)) {
            return;
        }
        let given = (!(*value).is_null()).then(|| Value::from(Object::from_ptr(*value).to_owned()));
        let kind = Value::from(Object::from_ptr(*class).to_owned());
        let made = match make(py, &kind, given.as_ref()) {
            Ok(made) => made,
            Err(Raised) => match py.thread().take_exception() {
                Some(other) => other,
                None => return,
            },
        };
        let new_class = made.ty().as_object().to_owned().into_ptr();
        let (old_class, old_value) = (
            std::mem::replace(&mut *class, new_class),
            std::mem::replace(&mut *value, made.into_ptr()),
        );
        Object::decref(old_class);
        if !old_value.is_null() {
            Object::decref(old_value);
        }
        let _ = traceback;
    }
}

fn new_class(
    py: Py,
    name: &CStr,
    doc: Option<&CStr>,
    base: Option<&Value>,
    dict: Option<&Value>,
) -> PyResult {
    let name = name.to_string_lossy();
    let Some((module, short)) = name.rsplit_once('.') else {
        return raise!(
            py,
            SystemError,
            "PyErr_NewException: name must be module.class"
        );
    };
    let namespace = match dict.and_then(|d| d.downcast::<krait_object::Dict>()) {
        Some(dict) => dict.to_owned(),
        None => krait_object::Dict::new(),
    };
    if let Some(doc) = doc {
        namespace.set_str(
            py,
            intern!("__doc__"),
            Value::from(text::utf8(py, doc.to_bytes())?),
        )?;
    }
    if !namespace.contains_str(py, intern!("__module__")) {
        namespace.set_str(py, intern!("__module__"), Value::from(Str::new(module)))?;
    }
    let bases = match base {
        Some(base) => match base.downcast::<Tuple>() {
            Some(bases) => bases.to_owned(),
            None => Tuple::from_values([base.clone()]),
        },
        None => Tuple::from_objects([exceptions::Exception.as_object()]),
    };
    let metatype = protocol::attr::type_value::<Type>();
    protocol::call(
        py,
        &metatype,
        &[
            Value::from(Str::new(short)),
            Value::from(bases),
            Value::from(namespace),
        ],
    )
}

fn body(py: Py, exception: &Object) -> PyResult<&BaseException> {
    match BaseException::from_object(exception) {
        Some(body) => Ok(body),
        None => bad_internal_call(py),
    }
}

fn warn(py: Py, category: Option<&Value>, message: Value, level: isize) -> PyResult<()> {
    let warnings = krait_object::hooks::import_module(py, "warnings")?;
    let category = match category {
        Some(category) => category.clone(),
        None => Value::from(Layout::to_owned(&*exceptions::RuntimeWarning)),
    };
    protocol::call_method_str(
        py,
        &warnings,
        "warn",
        &[message, category, Value::int(level as i64)],
    )
    .map(drop)
}

export! {
    fn PyErr_Occurred(py) -> Ptr {
        let current = (*py.thread().raw()).current_exception;
        if current.is_null() { current } else { (*current).ob_type.cast() }
    }
    fn PyErr_Clear(py) { drop(py.thread().take_exception()) }
    fn PyErr_SetNone(py, class: Option<&Value>) { set_object(py, class, None) }
    fn PyErr_SetObject(py, class: Option<&Value>, value: Option<&Value>) { set_object(py, class, value) }
    fn _PyErr_SetKeyError(py, key: &Value) { let _: PyResult<()> = errors::key_error(py, key); }
    fn PyErr_SetString(py, class: Option<&Value>, text: &CStr) { set_text(py, class, text) }
    fn PyErr_Fetch(py, class: *mut Ptr, value: *mut Ptr, traceback: *mut Ptr) { fetch(py, class, value, traceback) }
    fn PyErr_Restore(py, class: Option<Owned>, value: Option<Owned>, traceback: Option<Owned>) {
        restore(py, class, value, traceback)
    }
    fn PyErr_NormalizeException(py, class: *mut Ptr, value: *mut Ptr, traceback: *mut Ptr) { normalize(py, class, value, traceback) }
    fn PyErr_GetRaisedException(py) -> Option<Owned> { py.thread().take_exception() }
    fn PyErr_SetRaisedException(py, exception: Option<Owned>) {
        match exception {
            Some(exception) => py.thread().set_exception(exception),
            None => drop(py.thread().take_exception()),
        }
    }
    fn _PyErr_ChainExceptions1(py, exception: Option<Owned>) {
        let Some(exception) = exception else { return };
        match py.thread().exception() {
            Some(current) => {
                if let Some(body) = BaseException::from_object(&current) { body.set_context(Some(exception)) }
            }
            None => py.thread().set_exception(exception),
        }
    }
    fn PyErr_GetHandledException(py) -> Option<Owned> { py.thread().handled_exception() }
    fn PyErr_SetHandledException(py, exception: Option<&Object>) {
        let new = exception.map_or(std::ptr::null_mut(), |e| e.to_owned().into_ptr());
        let item = (*py.thread().raw()).exc_info;
        let old = std::mem::replace(&mut (*item).exc_value, new);
        if !old.is_null() { Object::decref(old) }
    }
    fn PyErr_GetExcInfo(py, class: *mut Ptr, value: *mut Ptr, traceback: *mut Ptr) {
        match py.thread().handled_exception() {
            Some(exception) => {
                *class = exception.ty().as_object().to_owned().into_ptr();
                *traceback = BaseException::from_object(&exception).and_then(|b| b.traceback()).map_or(std::ptr::null_mut(), Owned::into_ptr);
                *value = exception.into_ptr();
            }
            None => {
                let none = krait_object::singletons::none();
                (*class, *value, *traceback) = (none.as_ptr(), none.as_ptr(), none.as_ptr());
            }
        }
    }
    fn PyErr_SetExcInfo(py, class: Option<Owned>, value: Option<Owned>, traceback: Option<Owned>) {
        drop((class, traceback));
        let new = value.map_or(std::ptr::null_mut(), Owned::into_ptr);
        let item = (*py.thread().raw()).exc_info;
        let old = std::mem::replace(&mut (*item).exc_value, new);
        if !old.is_null() { Object::decref(old) }
    }
    fn PyErr_ExceptionMatches(py, class: Option<&Object>) -> bool {
        let current = py.thread().exception();
        matches(current.as_deref(), class)
    }
    fn PyErr_GivenExceptionMatches(_py, given: Option<&Object>, class: Option<&Object>) -> bool { matches(given, class) }
    fn PyErr_BadArgument(py) -> bool {
        let _: PyResult<()> = raise!(py, TypeError, "bad argument type for built-in operation");
        false
    }
    fn PyErr_BadInternalCall(py) { let _: PyResult<()> = bad_internal_call(py); }
    fn _PyErr_BadInternalCall(py, file: &CStr, line: c_int) {
        let _: PyResult<()> = raise!(py, SystemError, "{}:{line}: bad argument to internal function", file.to_string_lossy());
    }
    fn PyErr_NoMemory(_py) -> Ptr {
        let _: PyResult<()> = errors::no_memory();
        std::ptr::null_mut()
    }
    fn PyErr_SetFromErrno(py, class: &Value) -> Ptr { from_errno(py, class, None, None) }
    fn PyErr_SetFromErrnoWithFilename(py, class: &Value, name: Option<&CStr>) -> PyResult<Ptr> {
        let name = file_name(py, name)?;
        Ok(from_errno(py, class, name.as_ref(), None))
    }
    fn PyErr_SetFromErrnoWithFilenameObject(py, class: &Value, name: Option<&Value>) -> Ptr { from_errno(py, class, name, None) }
    fn PyErr_SetFromErrnoWithFilenameObjects(py, class: &Value, name: Option<&Value>, second: Option<&Value>) -> Ptr {
        from_errno(py, class, name, second)
    }
    fn PyErr_SetImportError(py, message: Option<&Value>, name: Option<&Value>, path: Option<&Value>) -> Ptr {
        import_error(py, None, message, name, path)
    }
    fn PyErr_SetImportErrorSubclass(py, class: Option<&Value>, message: Option<&Value>, name: Option<&Value>, path: Option<&Value>) -> Ptr {
        import_error(py, class, message, name, path)
    }
    fn PyErr_NewException(py, name: &CStr, base: Option<&Value>, dict: Option<&Value>) -> PyResult { new_class(py, name, None, base, dict) }
    fn PyErr_NewExceptionWithDoc(py, name: &CStr, doc: Option<&CStr>, base: Option<&Value>, dict: Option<&Value>) -> PyResult {
        new_class(py, name, doc, base, dict)
    }
    fn PyErr_WriteUnraisable(py, object: Option<&Object>) { errors::write_unraisable(py, None, object) }
    fn PyErr_Print(py) { print(py, true) }
    fn PyErr_PrintEx(py, set_last: c_int) { print(py, set_last != 0) }
    fn PyErr_Display(py, _class: Ptr, value: Option<&Value>, _traceback: Ptr) {
        if let Some(value) = value { krait_stdlib_core::sys::display(py, value) }
    }
    fn PyErr_DisplayException(py, value: &Value) { krait_stdlib_core::sys::display(py, value) }
    fn PyErr_CheckSignals(py) -> PyResult<()> { krait_vm::breaker::check_signals(py) }
    fn PyOS_InterruptOccurred(py) -> bool { krait_vm::threads::is_main(py) && krait_sys::signal::take(libc::SIGINT) }
    fn PySignal_SetWakeupFd(_py, fd: c_int) -> c_int { krait_sys::signal::set_wakeup_fd(fd.max(-1), true) }
    fn PyErr_SetInterrupt(_py) { libc::raise(libc::SIGINT); }
    fn PyErr_SetInterruptEx(_py, signal: c_int) -> c_int {
        if !(1..65).contains(&signal) { return -1 }
        libc::raise(signal);
        0
    }
    fn PyErr_WarnEx(py, category: Option<&Value>, text: &CStr, level: isize) -> PyResult<()> {
        let message = text::utf8(py, text.to_bytes())?;
        warn(py, category, Value::from(message), level)
    }
    fn PyErr_WarnExplicitObject(py, category: Option<&Value>, message: &Value, file: &Value, line: c_int, module: Option<&Value>, registry: Option<&Value>) -> PyResult<()> {
        warn_explicit(py, category, message.clone(), file.clone(), line, module, registry)
    }
    fn PyErr_WarnExplicit(py, category: Option<&Value>, text: &CStr, file: &CStr, line: c_int, module: Option<&CStr>, registry: Option<&Value>) -> PyResult<()> {
        let module = module.map(|m| text::name(py, m).map(Value::from)).transpose()?;
        let file = text::decode(py, file.to_bytes(), "utf-8", "surrogateescape")?;
        let message = text::utf8(py, text.to_bytes())?;
        warn_explicit(py, category, Value::from(message), Value::from(file), line, module.as_ref(), registry)
    }
    fn krait_err_warn_explicit(
        py, category: Option<&Value>, message: Option<Owned>, file: &CStr, line: c_int, module: Option<&CStr>, registry: Option<&Value>,
    ) -> PyResult<()> {
        let Some(message) = message else { return Err(Raised) };
        let module = module.map(|m| text::name(py, m).map(Value::from)).transpose()?;
        let file = text::decode(py, file.to_bytes(), "utf-8", "surrogateescape")?;
        warn_explicit(py, category, Value::from(message), Value::from(file), line, module.as_ref(), registry)
    }
    fn krait_err_resource(py, message: Option<Owned>, level: isize) -> PyResult<()> {
        let class = Value::from(Layout::to_owned(&*exceptions::ResourceWarning));
        match message {
            Some(message) => warn(py, Some(&class), Value::from(message), level),
            None => Err(Raised),
        }
    }
    fn krait_err_set(py, class: Option<&Value>, message: Option<Owned>) -> Ptr {
        if let Some(message) = message { set_object(py, class, Some(&Value::from(message))) }
        std::ptr::null_mut()
    }
    fn krait_err_warn(py, category: Option<&Value>, message: Option<Owned>, level: isize) -> PyResult<()> {
        match message {
            Some(message) => warn(py, category, Value::from(message), level),
            None => Err(Raised),
        }
    }
    fn krait_err_unraisable(py, format: Option<&CStr>, va: *mut RawVa) {
        // The format's own work must not meet the exception.
        let pending = py.thread().take_exception();
        let text = format.map(|f| crate::unicode_format::format(py, f.to_bytes(), &mut Va::new(va)));
        let text = text.and_then(Result::ok).map(|t| t.to_rust().into_owned());
        match pending {
            Some(pending) => py.thread().set_exception(pending),
            None => drop(py.thread().take_exception()),
        }
        errors::write_unraisable(py, text.as_deref(), None)
    }
    fn PyErr_SyntaxLocationObject(py, file: &Value, line: c_int, column: c_int) { syntax_location(py, Some(file.clone()), line, column) }
    fn PyErr_SyntaxLocation(py, file: &CStr, line: c_int) {
        let name = text::decode(py, file.to_bytes(), "utf-8", "surrogateescape").ok().map(Value::from);
        syntax_location(py, name, line, -1)
    }
    fn PyErr_SyntaxLocationEx(py, file: &CStr, line: c_int, column: c_int) {
        let name = text::decode(py, file.to_bytes(), "utf-8", "surrogateescape").ok().map(Value::from);
        syntax_location(py, name, line, column)
    }
    fn PyErr_ProgramText(py, file: &CStr, line: c_int) -> PyResult<Option<Value>> {
        let name = text::decode(py, file.to_bytes(), "utf-8", "surrogateescape")?;
        program_text(py, Value::from(name), line)
    }
    fn PyErr_ProgramTextObject(py, file: &Value, line: c_int) -> PyResult<Option<Value>> { program_text(py, file.clone(), line) }
    fn PyErr_RangedSyntaxLocationObject(py, file: &Value, line: c_int, column: c_int, _end_line: c_int, _end_column: c_int) {
        syntax_location(py, Some(file.clone()), line, column)
    }
}

fn program_text(py: Py, file: Value, line: c_int) -> PyResult<Option<Value>> {
    let linecache = krait_object::hooks::import_module(py, "linecache")?;
    let text =
        protocol::call_method_str(py, &linecache, "getline", &[file, Value::int(line.into())])?;
    Ok(protocol::truth(py, &text)?.then_some(text))
}

/// Adds a place to the SyntaxError that is set.
fn syntax_location(py: Py, file: Option<Value>, line: c_int, column: c_int) {
    let Some(exception) = py.thread().take_exception() else {
        return;
    };
    let target = Value::from(exception.clone());
    let column = if column < 0 {
        Value::none()
    } else {
        Value::int(i64::from(column) + 1)
    };
    let settings = [
        ("lineno", Value::int(line.into())),
        ("offset", column.clone()),
        ("end_lineno", Value::none()),
        ("end_offset", Value::none()),
        ("filename", file.unwrap_or_else(Value::none)),
    ];
    for (name, value) in settings {
        if protocol::set_attr(py, &target, &Str::intern(name), &value).is_err() {
            drop(py.thread().take_exception());
        }
    }
    py.thread().set_exception(exception);
}

fn warn_explicit(
    py: Py,
    category: Option<&Value>,
    message: Value,
    file: Value,
    line: c_int,
    module: Option<&Value>,
    registry: Option<&Value>,
) -> PyResult<()> {
    let warnings = krait_object::hooks::import_module(py, "warnings")?;
    let category = category
        .cloned()
        .unwrap_or_else(|| Value::from(Layout::to_owned(&*exceptions::RuntimeWarning)));
    let values = [
        message,
        category,
        file,
        Value::int(line.into()),
        module.cloned().unwrap_or_else(Value::none),
        registry.cloned().unwrap_or_else(Value::none),
    ];
    protocol::call_method_str(py, &warnings, "warn_explicit", &values).map(drop)
}

fn import_error(
    py: Py,
    class: Option<&Value>,
    message: Option<&Value>,
    name: Option<&Value>,
    path: Option<&Value>,
) -> Ptr {
    let base = Value::from(Layout::to_owned(&*exceptions::ImportError));
    let class = class.unwrap_or(&base);
    let Some(message) = message else {
        let _: PyResult<()> = raise!(py, TypeError, "expected a message argument");
        return std::ptr::null_mut();
    };
    let names = Tuple::from_values([
        Value::from(Str::intern("name")),
        Value::from(Str::intern("path")),
    ]);
    let none = Value::none();
    let values = [
        message.clone(),
        name.unwrap_or(&none).clone(),
        path.unwrap_or(&none).clone(),
    ];
    if let Ok(exception) = protocol::call_with(py, class, &values, Some(&names)) {
        let Raised = errors::raise_object(py, exception.into_object());
    }
    std::ptr::null_mut()
}

/// Keeps an exception for debuggers: `sys.last_exc` and its older parts.
fn set_last(py: Py, exception: &Value) {
    let traceback = exception
        .as_object()
        .and_then(BaseException::from_object)
        .and_then(|b| b.traceback())
        .map_or_else(Value::none, Value::from);
    let parts = [
        ("last_exc", exception.clone()),
        ("last_type", Value::from(exception.ty().to_owned())),
        ("last_value", exception.clone()),
        ("last_traceback", traceback),
    ];
    for (name, value) in parts {
        if krait_stdlib_core::sys::set(py, name, value).is_err() {
            drop(py.thread().take_exception());
        }
    }
}

/// `PyErr_PrintEx`: SystemExit ends the program.
fn print(py: Py, keep: bool) {
    let Some(exception) = py.thread().take_exception() else {
        return;
    };
    if exception.ty().is_subtype_of(&exceptions::SystemExit) {
        let code = protocol::get_attr_str(py, &Value::from(exception.clone()), "code");
        let code = code.ok().map_or(0, |c| {
            if c.is_none() {
                0
            } else {
                protocol::number::int_of(&c).unwrap_or(1)
            }
        });
        krait_stdlib_core::sys::flush_streams(py);
        std::process::exit(code as i32);
    }
    let value = Value::from(exception);
    if keep {
        set_last(py, &value);
    }
    krait_stdlib_core::sys::report_uncaught(py, &value);
}

macro_rules! exception_fields {
    ($($get:ident $getter:ident;)*) => { export! { $(
        fn $get(py, exception: &Object) -> PyResult<Option<Owned>> { Ok(body(py, exception)?.$getter()) }
    )* } };
}

exception_fields! {
    PyException_GetTraceback traceback;
    PyException_GetContext context;
    PyException_GetCause cause;
}

export! {
    fn PyException_SetTraceback(py, exception: &Object, traceback: Option<&Object>) -> PyResult<()> {
        let Some(traceback) = traceback else {
            return raise!(py, TypeError, "__traceback__ may not be deleted");
        };
        if traceback.is_none() {
            body(py, exception)?.set_traceback(None);
            return Ok(());
        }
        if krait_vm::frame::traceback::Traceback::is_instance(traceback) {
            body(py, exception)?.set_traceback(Some(traceback.to_owned()));
            return Ok(());
        }
        raise!(py, TypeError, "__traceback__ must be a traceback or None")
    }
    fn PyException_SetContext(py, exception: &Object, context: Option<Owned>) {
        if let Ok(body) = body(py, exception) { body.set_context(context) }
    }
    fn PyException_SetCause(py, exception: &Object, cause: Option<Owned>) {
        if let Ok(body) = body(py, exception) { body.set_cause(cause) }
    }
    fn PyException_GetArgs(py, exception: &Object) -> PyResult<Option<Owned<Tuple>>> { Ok(body(py, exception)?.args()) }
    fn PyException_SetArgs(py, exception: &Object, args: &Tuple) {
        if let Ok(body) = body(py, exception) { body.set_args(args.to_owned()) }
    }
    fn PyExceptionClass_Name(_py, class: &Type) -> *const c_char { class.raw().tp_name }
}

/// Attributes of the UnicodeErrors, which C reads one by one.
fn unicode_attribute(py: Py, exception: &Value, name: &str) -> PyResult {
    protocol::get_attr_str(py, exception, name)
}

fn unicode_index(py: Py, exception: &Value, name: &str, result: *mut isize) -> PyResult<()> {
    let value = unicode_attribute(py, exception, name)?;
    let index = protocol::number::to_index(py, &value, &exceptions::OverflowError)?;
    // SAFETY: C passes a place for the result.
    unsafe { *result = index };
    Ok(())
}

macro_rules! unicode_errors {
    ($($encoding:ident $object:ident $start:ident $end:ident $reason:ident $set_start:ident $set_end:ident $set_reason:ident;)*) => { export! { $(
        fn $encoding(py, exception: &Value) -> PyResult { unicode_attribute(py, exception, "encoding") }
        fn $object(py, exception: &Value) -> PyResult { unicode_attribute(py, exception, "object") }
        fn $start(py, exception: &Value, result: *mut isize) -> PyResult<()> { unicode_index(py, exception, "start", result) }
        fn $end(py, exception: &Value, result: *mut isize) -> PyResult<()> { unicode_index(py, exception, "end", result) }
        fn $reason(py, exception: &Value) -> PyResult { unicode_attribute(py, exception, "reason") }
        fn $set_start(py, exception: &Value, value: isize) -> PyResult<()> {
            protocol::set_attr(py, exception, &Str::intern("start"), &Value::int(value as i64))
        }
        fn $set_end(py, exception: &Value, value: isize) -> PyResult<()> {
            protocol::set_attr(py, exception, &Str::intern("end"), &Value::int(value as i64))
        }
        fn $set_reason(py, exception: &Value, value: &CStr) -> PyResult<()> {
            protocol::set_attr(py, exception, &Str::intern("reason"), &Value::from(text::utf8(py, value.to_bytes())?))
        }
    )* } };
}

unicode_errors! {
    PyUnicodeEncodeError_GetEncoding PyUnicodeEncodeError_GetObject PyUnicodeEncodeError_GetStart PyUnicodeEncodeError_GetEnd
        PyUnicodeEncodeError_GetReason PyUnicodeEncodeError_SetStart PyUnicodeEncodeError_SetEnd PyUnicodeEncodeError_SetReason;
    PyUnicodeDecodeError_GetEncoding PyUnicodeDecodeError_GetObject PyUnicodeDecodeError_GetStart PyUnicodeDecodeError_GetEnd
        PyUnicodeDecodeError_GetReason PyUnicodeDecodeError_SetStart PyUnicodeDecodeError_SetEnd PyUnicodeDecodeError_SetReason;
    krait_translate_encoding PyUnicodeTranslateError_GetObject PyUnicodeTranslateError_GetStart PyUnicodeTranslateError_GetEnd
        PyUnicodeTranslateError_GetReason PyUnicodeTranslateError_SetStart PyUnicodeTranslateError_SetEnd PyUnicodeTranslateError_SetReason;
}

export! {
    fn PyUnicodeDecodeError_Create(py, encoding: &CStr, data: *const c_char, len: isize, start: isize, end: isize, reason: &CStr) -> PyResult<Owned> {
        let values = [
            Value::from(text::utf8(py, encoding.to_bytes())?),
            Value::from(krait_object::Bytes::new(crate::unicodeobject::bytes(data, len))),
            Value::int(start as i64), Value::int(end as i64),
            Value::from(text::utf8(py, reason.to_bytes())?),
        ];
        exceptions::instantiate(py, &exceptions::UnicodeDecodeError, &values)
    }
}
