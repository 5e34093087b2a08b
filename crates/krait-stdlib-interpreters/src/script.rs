//! Code that can run in another interpreter: it needs nothing of where it was written.

use krait_bytecode::{Op, Word, flags};
use krait_compiler::Mode;
use krait_object::types::buffer;
use krait_object::{Dict, Layout, Owned, Py, PyResult, Str, Value, protocol, raise};
use krait_stdlib_core::{run, sys};
use krait_vm::code::attrs;
use krait_vm::{CodeObject, Function};

/// Code that makes an object with frames of its own, not a run of it.
const SUSPENDS: u32 = flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR;

/// The words of a code, each instruction's first one.
fn instructions(code: &CodeObject) -> Vec<Word> {
    let words = &code.data().words;
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(&word) = words.get(at) {
        found.push(word);
        at += 1 + word.op().map_or(0, Op::extra_words);
    }
    found
}

/// The names of globals that a code reads, and of attributes, each once.
pub fn names_read(code: &CodeObject) -> (Vec<Owned<Str>>, Vec<Owned<Str>>) {
    let names = attrs::names(code);
    let (mut globals, mut attributes) = (Vec::new(), Vec::new());
    for word in instructions(code) {
        let (at, list) = match word.op() {
            Some(Op::LOAD_GLOBAL) => {
                let at = usize::from(word.b()) | usize::from(word.c()) << 16;
                (at, &mut globals)
            }
            Some(Op::LOAD_ATTR | Op::LOAD_METHOD) => {
                let at = usize::from(word.c()) | usize::from(word.flag() & 0x7f) << 16;
                (at, &mut attributes)
            }
            _ => continue,
        };
        if let Some(name) = names.get_str(at)
            && !list.iter().any(|known: &Owned<Str>| known.eq(name))
        {
            list.push(name.to_owned_str());
        }
    }
    (globals, attributes)
}

/// Whether every end of a code gives None.
fn gives_only_none(py: Py, code: &CodeObject) -> PyResult<bool> {
    if code.has_flag(SUSPENDS) {
        return Ok(false);
    }
    let code_value = Value::from(Layout::to_owned(code));
    let consts = protocol::get_attr_str(py, &code_value, "co_consts")?;
    let none_at = |at: usize| match consts.downcast::<krait_object::Tuple>() {
        Some(consts) => consts.get(at).is_some_and(|c| c.is_none()),
        None => false,
    };
    let (mut only, mut before) = (true, None::<Word>);
    for word in instructions(code) {
        match word.op() {
            Some(Op::RETURN_CONST) => {
                only &= none_at(usize::from(word.b()) | usize::from(word.c()) << 16);
            }
            Some(Op::RETURN) => {
                let none =
                    before.is_some_and(|b| b.op() == Some(Op::LOAD_NONE) && b.a() == word.a());
                only &= none;
            }
            _ => {}
        }
        before = Some(word);
    }
    Ok(only)
}

/// Checks that a code is no closure, and, where the namespaces are given, that it reads no
/// global but builtins.
pub fn check_code(
    py: Py,
    code: &CodeObject,
    globals: Option<&Dict>,
    builtins: Option<&Dict>,
) -> PyResult<()> {
    if !attrs::freevars(code).is_empty() {
        return raise!(py, ValueError, "closures not supported");
    }
    for name in names_read(code).0 {
        let own = globals.is_some_and(|dict| dict.get_str_key(py, &name).is_some());
        let builtin = builtins.is_none_or(|dict| dict.get_str_key(py, &name).is_some());
        if own || !builtin {
            return raise!(py, ValueError, "globals not supported");
        }
    }
    Ok(())
}

/// Checks that a function needs nothing but its code.
pub fn check_stateless(py: Py, function: &Function) -> PyResult<()> {
    if function.defaults().is_some_and(|d| !d.is_empty()) {
        return raise!(py, ValueError, "defaults not supported");
    }
    if function.kwdefaults().is_some_and(|d| !d.is_empty()) {
        return raise!(py, ValueError, "keyword defaults not supported");
    }
    if function.closure().is_some_and(|c| !c.is_empty()) {
        return raise!(py, ValueError, "closures not supported");
    }
    let builtins = function.builtins().downcast::<Dict>();
    check_code(py, function.code(), Some(function.globals()), builtins)
}

/// Checks that a code takes no arguments and gives nothing back.
fn check_script(py: Py, code: &CodeObject) -> PyResult<()> {
    if code.body.shape.parameter_count() > 0 {
        return raise!(py, ValueError, "code with args not supported");
    }
    if !gives_only_none(py, code)? {
        return raise!(py, ValueError, "code that returns a value is not a script");
    }
    Ok(())
}

/// Text is compiled as a file of the name `<script>`.
fn compile(py: Py, value: &Value) -> PyResult<Owned<CodeObject>> {
    let (source, is_text) = if let Some(text) = value.downcast::<Str>() {
        (text.to_utf8(py)?.into_owned().into_bytes(), true)
    } else if buffer::has_buffer(value) {
        (buffer::to_bytes(py, value)?, false)
    } else {
        let shown = protocol::repr(py, value)?;
        return raise!(py, TypeError, "unsupported script {}", shown.to_rust());
    };
    if source.contains(&0) {
        return raise!(
            py,
            SyntaxError,
            "source code string cannot contain null bytes"
        );
    }
    let name = Str::intern("<script>");
    run::compile_source(py, &source, is_text, &name, Mode::Exec, 0, 0)
}

/// The code of a script: text, code, or a function's; a `pure` one reads no globals but
/// builtins.
pub fn code_of(py: Py, value: &Value, pure: bool) -> PyResult<Owned<CodeObject>> {
    let code = if let Some(code) = value.downcast::<CodeObject>() {
        Layout::to_owned(code)
    } else if let Some(function) = value.downcast::<Function>() {
        Layout::to_owned(function.code())
    } else {
        return compile(py, value);
    };
    let builtins = sys::builtins(py)?;
    let builtins = builtins
        .downcast::<krait_object::Module>()
        .map(krait_object::Module::dict);
    check_code(py, &code, None, builtins.as_deref().filter(|_| pure))?;
    check_script(py, &code)?;
    Ok(code)
}
