//! `code.h` and `frameobject.h`.

use std::ffi::{CStr, c_int, c_void};

use krait_abi::*;
use krait_object::{
    Bytes, Dict, Layout, Object, Owned, Py, PyResult, Str, Tuple, Value, errors, exceptions,
    protocol, raise,
};
use krait_vm::code::{extra, lines};
use krait_vm::{CodeObject, FrameObject};

use crate::border::{bad_internal_call, export};
use crate::import_::{compile, file_named};
use crate::text;

/// A variable of a frame.
fn variable(py: Py, frame: &Value, name: &Value) -> PyResult {
    if name.downcast::<Str>().is_none() {
        return raise!(py, TypeError, "name must be str, not {}", name.ty().name());
    }
    let locals = protocol::get_attr_str(py, frame, "f_locals")?;
    let found = protocol::get_item(py, &locals, name);
    match errors::suppress(py, found, &exceptions::KeyError)? {
        Some(value) => Ok(value),
        None => {
            let shown = protocol::repr(py, name)?;
            raise!(py, NameError, "variable {} does not exist", shown.to_rust())
        }
    }
}

/// The code of C's argument, which is checked.
fn code_of(py: Py, object: Option<&Object>) -> PyResult<&CodeObject> {
    match object.and_then(|o| o.downcast::<CodeObject>()) {
        Some(code) => Ok(code),
        None => bad_internal_call(py),
    }
}

export! {
    fn PyUnstable_Eval_RequestCodeExtraIndex(py, free: extra::Free) -> isize {
        extra::request_index(py, free).map_or(-1, |index| index as isize)
    }
    fn PyUnstable_Code_GetExtra(py, code: Option<&Object>, index: isize, found: *mut *mut c_void) -> PyResult<()> {
        *found = extra::get(py, code_of(py, code)?, index);
        Ok(())
    }
    fn PyUnstable_Code_SetExtra(py, code: Option<&Object>, index: isize, value: *mut c_void) -> PyResult<()> {
        match extra::set(py, code_of(py, code)?, index, value) {
            true => Ok(()),
            false => bad_internal_call(py),
        }
    }
    // Its optimiser has gone from CPython: the code stays as it is.
    fn PyCode_Optimize(_py, code: &Value, _consts: Option<&Object>, _names: Option<&Object>, _lines: Option<&Object>) -> Value { code.clone() }
    fn PyCode_Addr2Location(
        _py, code: &CodeObject, offset: c_int, line: *mut c_int, column: *mut c_int, end_line: *mut c_int, end_column: *mut c_int,
    ) -> c_int {
        let at = code.position_at((offset.max(0) / 2) as u32);
        let or_none = |n: Option<i64>| n.map_or(-1, |n| n as c_int);
        let shown = |n: u32| or_none((n != 0).then_some(n.into()));
        (*line, *end_line) = (shown(at.line), shown(at.end_line));
        (*column, *end_column) = (or_none(lines::column(at.col)), or_none(lines::column(at.end_col)));
        1
    }
}

export! {
    fn PyFrame_GetBack(py, frame: &FrameObject) -> Option<Owned<FrameObject>> { frame.back(py) }
    fn PyFrame_GetCode(_py, frame: &FrameObject) -> Owned<CodeObject> { frame.code().to_owned() }
    fn PyFrame_GetLineNumber(_py, frame: &FrameObject) -> c_int { frame.line() as c_int }
    fn PyFrame_GetLocals(py, frame: &Value) -> PyResult { protocol::get_attr_str(py, frame, "f_locals") }
    fn PyFrame_GetGlobals(py, frame: &Value) -> PyResult { protocol::get_attr_str(py, frame, "f_globals") }
    fn PyFrame_GetBuiltins(py, frame: &Value) -> PyResult { protocol::get_attr_str(py, frame, "f_builtins") }
    fn PyFrame_GetLasti(py, frame: &Value) -> PyResult<c_int> {
        protocol::get_attr_str(py, frame, "f_lasti").map(|v| protocol::number::int_of(&v).unwrap_or(-1) as c_int)
    }
    fn PyFrame_GetGenerator(py, frame: &Value) -> PyResult<Option<Value>> {
        protocol::get_attr_str(py, frame, "f_generator").map(|g| (!g.is_none()).then_some(g))
    }
    fn PyFrame_GetVar(py, frame: &Value, name: &Value) -> PyResult { variable(py, frame, name) }
    fn PyFrame_GetVarString(py, frame: &Value, name: &CStr) -> PyResult { variable(py, frame, &text::key(py, name)?) }
    // A frame's registers are its variables: there is nothing to copy.
    fn PyFrame_FastToLocals(_py, _frame: &Object) {}
    fn PyFrame_FastToLocalsWithError(_py, _frame: &Object) -> c_int { 0 }
    fn PyFrame_LocalsToFast(_py, _frame: &Object, _clear: c_int) {}
    fn PyCode_GetCode(py, code: &Value) -> PyResult { protocol::get_attr_str(py, code, "co_code") }
    fn PyCode_GetVarnames(py, code: &Value) -> PyResult { protocol::get_attr_str(py, code, "co_varnames") }
    fn PyCode_GetCellvars(py, code: &Value) -> PyResult { protocol::get_attr_str(py, code, "co_cellvars") }
    fn PyCode_GetFreevars(py, code: &Value) -> PyResult { protocol::get_attr_str(py, code, "co_freevars") }
    fn PyCode_Addr2Line(_py, code: &CodeObject, offset: c_int) -> c_int { code.line_at((offset.max(0) / 2) as u32) as c_int }
    fn PyCode_NewEmpty(py, file: &CStr, name: &CStr, line: c_int) -> PyResult<Owned<CodeObject>> { empty_code(py, file, name, line) }
}

/// A code object without instructions, for tracebacks of C code.
fn empty_code(py: Py, file: &CStr, name: &CStr, line: c_int) -> PyResult<Owned<CodeObject>> {
    let filename = file_named(py, file)?;
    let code = compile(py, c"None", &filename, Py_file_input, std::ptr::null(), -1)?;
    let name = Value::from(text::utf8(py, name.to_bytes())?);
    let names = ["co_name", "co_qualname", "co_firstlineno", "co_linetable"];
    let names = Tuple::from_values(names.map(|n| Value::from(Str::intern(n))));
    let replace = protocol::get_attr_str(py, &Value::from(code), "replace")?;
    // Eight units without columns on the first line, as often as the instructions can need.
    let lines = Value::from(Bytes::new(&b"\xef\0".repeat(8)));
    let values = [
        name.clone(),
        name,
        Value::int(i64::from(line.max(0))),
        lines,
    ];
    let made = protocol::call_with(py, &replace, &values, Some(&names))?;
    match made.into_object().downcast_owned::<CodeObject>() {
        Ok(code) => Ok(code),
        Err(_) => bad_internal_call(py),
    }
}

export! {
    fn PyFrame_New(py, _state: *mut PyThreadState, code: &CodeObject, globals: &Dict, _locals: Option<&Object>) -> Owned<FrameObject> {
        krait_vm::frame::detached(py, code, globals)
    }
    fn PyUnstable_Code_NewWithPosOnlyArgs(
        py, argcount: c_int, posonly: c_int, kwonly: c_int, nlocals: c_int, stacksize: c_int, flags: c_int,
        code: &Value, consts: &Value, names: &Value, varnames: &Value, freevars: &Value, cellvars: &Value,
        filename: &Value, name: &Value, qualname: &Value, line: c_int, linetable: &Value, exceptions: &Value,
    ) -> PyResult {
        new_code(py, &[argcount, posonly, kwonly, nlocals, stacksize, flags], &[code, consts, names, varnames], &[freevars, cellvars], &[filename, name, qualname], line, &[linetable, exceptions])
    }
    fn PyUnstable_Code_New(
        py, argcount: c_int, kwonly: c_int, nlocals: c_int, stacksize: c_int, flags: c_int,
        code: &Value, consts: &Value, names: &Value, varnames: &Value, freevars: &Value, cellvars: &Value,
        filename: &Value, name: &Value, qualname: &Value, line: c_int, linetable: &Value, exceptions: &Value,
    ) -> PyResult {
        new_code(py, &[argcount, 0, kwonly, nlocals, stacksize, flags], &[code, consts, names, varnames], &[freevars, cellvars], &[filename, name, qualname], line, &[linetable, exceptions])
    }
}

/// A code object that C describes. Only what introspection shows of it can be had: code of
/// CPython's own instructions cannot be run here.
fn new_code(
    py: Py,
    counts: &[c_int; 6],
    code: &[&Value; 4],
    cells: &[&Value; 2],
    texts: &[&Value; 3],
    line: c_int,
    _tables: &[&Value; 2],
) -> PyResult {
    let [argcount, posonly, kwonly, _nlocals, _stacksize, flags] = *counts;
    let template = signature_template(py, argcount, posonly, kwonly, flags, code[3])?;
    let _ = cells;
    let names = ["co_filename", "co_name", "co_qualname", "co_firstlineno"];
    let names = Tuple::from_values(names.map(|n| Value::from(Str::intern(n))));
    let replace = protocol::get_attr_str(py, &template, "replace")?;
    let values = [
        texts[0].clone(),
        texts[1].clone(),
        texts[2].clone(),
        Value::int(line.into()),
    ];
    protocol::call_with(py, &replace, &values, Some(&names))
}

/// The code object of a function of the signature, made by compiling one.
fn signature_template(
    py: Py,
    argcount: c_int,
    posonly: c_int,
    kwonly: c_int,
    flags: c_int,
    varnames: &Value,
) -> PyResult {
    let Some(names) = varnames.downcast::<Tuple>() else {
        return bad_internal_call(py);
    };
    let name = |i: usize| {
        names
            .get_str(i)
            .map_or_else(|| format!("_{i}"), |s| s.to_rust().into_owned())
    };
    let (argcount, posonly, kwonly) = (
        argcount.max(0) as usize,
        posonly.max(0) as usize,
        kwonly.max(0) as usize,
    );
    let mut parts: Vec<String> = Vec::new();
    for i in 0..argcount {
        parts.push(name(i));
        if i + 1 == posonly {
            parts.push("/".to_string());
        }
    }
    let mut next = argcount + kwonly;
    if flags & CO_VARARGS != 0 {
        parts.push(format!("*{}", name(next)));
        next += 1;
    } else if kwonly > 0 {
        parts.push("*".to_string());
    }
    parts.extend((argcount..argcount + kwonly).map(name));
    if flags & CO_VARKEYWORDS != 0 {
        parts.push(format!("**{}", name(next)));
        next += 1;
    }
    let prefix = if flags & (CO_COROUTINE | CO_ASYNC_GENERATOR) != 0 {
        "async "
    } else {
        ""
    };
    let mut body: Vec<String> = (next..names.len())
        .map(|i| format!("{} = None", name(i)))
        .collect();
    if flags & (CO_GENERATOR | CO_ASYNC_GENERATOR) != 0 {
        body.push("yield".to_string());
    }
    body.push("pass".to_string());
    let source = format!("{prefix}def f({}): {}\n", parts.join(", "), body.join("; "));
    let Ok(text) = std::ffi::CString::new(source) else {
        return bad_internal_call(py);
    };
    let module = compile(
        py,
        &text,
        &Str::new("<c>"),
        Py_file_input,
        std::ptr::null(),
        -1,
    )?;
    let consts = protocol::get_attr_str(py, &Value::from(module), "co_consts")?;
    let Some(consts) = consts.downcast::<Tuple>() else {
        return bad_internal_call(py);
    };
    match consts.iter().find(|c| c.downcast::<CodeObject>().is_some()) {
        Some(code) => Ok(Value::from(code.to_owned())),
        None => bad_internal_call(py),
    }
}
