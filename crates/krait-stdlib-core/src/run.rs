//! Compiling and running source for `compile`, `exec`, `eval` and the program itself.

use std::sync::atomic::{AtomicBool, Ordering};

use krait_compiler::{Mode, Options};
use krait_object::{Dict, Owned, Py, PyResult, Str, Value, intern, protocol, raise};
use krait_vm::CodeObject;

use crate::sys;

/// `PyCF_*` flags of `compile()`.
pub const DONT_IMPLY_DEDENT: i64 = 0x200;
pub const ONLY_AST: i64 = 0x400;
pub const IGNORE_COOKIE: i64 = 0x800;
pub const TYPE_COMMENTS: i64 = 0x1000;
pub const ALLOW_TOP_LEVEL_AWAIT: i64 = 0x2000;
pub const ALLOW_INCOMPLETE_INPUT: i64 = 0x4000;
pub const OPTIMIZED_AST: i64 = 0x8000 | ONLY_AST;
/// `CO_FUTURE_*` bits.
pub const FUTURE_MASK: i64 = 0x1fe_0000;
pub const KNOWN_FLAGS: i64 = FUTURE_MASK
    | DONT_IMPLY_DEDENT
    | OPTIMIZED_AST
    | IGNORE_COOKIE
    | TYPE_COMMENTS
    | ALLOW_TOP_LEVEL_AWAIT
    | ALLOW_INCOMPLETE_INPUT
    | 0x10;

static FINALIZING: AtomicBool = AtomicBool::new(false);

pub fn is_finalizing() -> bool {
    FINALIZING.load(Ordering::Relaxed)
}

pub fn set_finalizing() {
    FINALIZING.store(true, Ordering::Relaxed);
}

/// A mode of `compile()` by its name.
pub fn mode_named(name: &str, flags: i64) -> Option<Mode> {
    match name {
        "exec" => Some(Mode::Exec),
        "eval" => Some(Mode::Eval),
        "single" => Some(Mode::Single),
        "func_type" if flags & ONLY_AST != 0 => Some(Mode::Eval),
        _ => None,
    }
}

/// Whether the value is a node of the `ast` module.
pub fn is_ast_node(py: Py, source: &Value) -> PyResult<bool> {
    let Some(modules) = sys::get(py, "modules") else {
        return Ok(false);
    };
    let name = Value::from(intern!("_ast").to_owned_str());
    let Some(ast) = modules
        .downcast::<Dict>()
        .map(|m| m.get(py, &name))
        .transpose()?
        .flatten()
    else {
        return Ok(false);
    };
    let class = protocol::get_attr(py, &ast, intern!("AST"))?;
    protocol::is_instance(py, source, &class.to_object())
}

/// Trees go through the `_ast` module, which knows the nodes' classes.
pub fn compile_ast(
    py: Py,
    source: &Value,
    filename: &Str,
    mode: &str,
    flags: i64,
    optimize: i64,
    feature_version: i64,
) -> PyResult {
    let ast = crate::import::import_module(py, "_ast")?;
    let Some(compile) = protocol::lookup_attr(py, &ast, intern!("_compile"))? else {
        return raise!(py, NotImplementedError, "this build cannot compile trees");
    };
    let arguments = [
        source.clone(),
        Value::from(filename.to_owned_str()),
        Value::from(Str::new(mode)),
        Value::int(flags),
        Value::int(optimize),
        Value::int(feature_version),
    ];
    protocol::call(py, &compile, &arguments)
}

/// What the flags of `compile()` ask of the compiler.
pub fn options(py: Py, flags: i64, optimize: i64, is_text: bool) -> Options {
    let optimize = if optimize < 0 {
        sys::flag_value(py, "optimize")
    } else {
        optimize
    };
    Options {
        future: (flags & FUTURE_MASK) as u32,
        optimize: optimize.clamp(0, 2) as u8,
        top_level_await: flags & ALLOW_TOP_LEVEL_AWAIT != 0,
        ignore_cookie: is_text || flags & IGNORE_COOKIE != 0,
        allow_incomplete: flags & ALLOW_INCOMPLETE_INPUT != 0,
        dont_imply_dedent: flags & DONT_IMPLY_DEDENT != 0,
    }
}

/// Source to code; text that is in another encoding is decoded by Python's codecs.
pub fn compile_source(
    py: Py,
    source: &[u8],
    is_text: bool,
    filename: &Str,
    mode: Mode,
    flags: i64,
    optimize: i64,
) -> PyResult<Owned<CodeObject>> {
    let options = options(py, flags, optimize, is_text);
    krait_vm::compile(py, source, filename, mode, &options)
}

/// A program's file to code.
pub fn compile_file(py: Py, source: &[u8], filename: &Str) -> PyResult<Owned<CodeObject>> {
    let input = krait_vm::source::Input {
        bytes: source,
        is_text: false,
        is_file: true,
        filename,
    };
    krait_vm::eval::compile_input(py, input, Mode::Exec, &options(py, 0, -1, false))
}
