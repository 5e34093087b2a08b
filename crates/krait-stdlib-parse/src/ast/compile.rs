//! `_compile`: trees from source, and code from trees, for `compile()`.

use krait_compiler::ast::Module;
use krait_compiler::errors::{CompileError, ErrorKind};
use krait_compiler::source::Source;
use krait_compiler::type_comments::{self, TypeComments};
use krait_compiler::{Mode, Options, Parsed, Warning};
use krait_object::types::buffer;
use krait_object::{Instance, Py, PyResult, Str, Value, hooks, protocol, raise};
use krait_vm::eval;
use krait_vm::source::Input;

use super::node::Ast;
use super::{from_nodes, to_nodes, validate};

const DONT_IMPLY_DEDENT: i64 = 0x200;
const ONLY_AST: i64 = 0x400;
const IGNORE_COOKIE: i64 = 0x800;
const TYPE_COMMENTS: i64 = 0x1000;
const TOP_LEVEL_AWAIT: i64 = 0x2000;
const ALLOW_INCOMPLETE_INPUT: i64 = 0x4000;
const OPTIMIZED_AST: i64 = 0x8000 | ONLY_AST;
const FUTURE_MASK: i64 = 0x1fe_0000;

/// Room that dropping one level of a tree takes on the stack, at most.
const DROP_FRAME: usize = 1024;

fn options(py: Py, flags: i64, optimize: i64, is_text: bool) -> PyResult<Options> {
    let optimize = if optimize < 0 {
        let sys = hooks::import_module(py, "sys")?;
        let flags = protocol::get_attr_str(py, &sys, "flags")?;
        protocol::number::int_of(&protocol::get_attr_str(py, &flags, "optimize")?).unwrap_or(0)
    } else {
        optimize
    };
    Ok(Options {
        future: (flags & FUTURE_MASK) as u32,
        optimize: optimize.clamp(0, 2) as u8,
        top_level_await: flags & TOP_LEVEL_AWAIT != 0,
        ignore_cookie: is_text || flags & IGNORE_COOKIE != 0,
        dont_imply_dedent: flags & DONT_IMPLY_DEDENT != 0,
        allow_incomplete: flags & ALLOW_INCOMPLETE_INPUT != 0,
    })
}

/// Source, or a tree, to a tree or code.
pub fn compile(
    py: Py,
    source: &Value,
    filename: &Str,
    mode: &Str,
    flags: i64,
    optimize: i64,
    feature_version: i64,
) -> PyResult {
    let mode = mode.to_rust().into_owned();
    if source.downcast::<Instance<Ast>>().is_none() {
        return parse(
            py,
            source,
            filename,
            &mode,
            flags,
            optimize,
            feature_version,
        );
    }
    if flags & OPTIMIZED_AST == ONLY_AST {
        from_nodes::check_mode(py, source, &mode)?;
        return Ok(source.clone());
    }
    let (module, depth) = from_nodes::module(py, source, &mode)?;
    let checked = validate::module(py, &module);
    if checked.is_err() {
        discard(module, depth);
        return Err(krait_object::Raised);
    }
    let options = options(py, flags, optimize, true)?;
    if flags & ONLY_AST != 0 {
        let none = TypeComments::default();
        return nodes(py, module, depth, &options, true, filename, &none);
    }
    match krait_compiler::compile_ast(module, &filename.to_rust(), &options, depth) {
        Ok(output) => eval::finish(py, output, filename).map(Value::from),
        Err(error) => Err(eval::raise_compile_error(py, &error, filename)),
    }
}

/// Drops a tree, however deep it is.
fn discard(module: Module, depth: usize) {
    let need = 64 * 1024 + depth * DROP_FRAME;
    // (Where there is no memory for a stack, the tree stays.)
    let module = std::mem::ManuallyDrop::new(module);
    krait_stack::with_room(need, need, || {
        drop(std::mem::ManuallyDrop::into_inner(module));
    });
}

/// The nodes of a tree, which is optimised first where that is wanted.
fn nodes(
    py: Py,
    mut module: Module,
    depth: usize,
    options: &Options,
    fold: bool,
    filename: &Str,
    comments: &TypeComments,
) -> PyResult {
    if fold {
        let lazy = options.future & krait_bytecode::flags::FUTURE_ANNOTATIONS != 0;
        let need = 256 * 1024 + depth * DROP_FRAME;
        let folded = krait_stack::with_room(need, need, || {
            krait_compiler::fold::fold(&mut module, options.optimize, lazy)
        });
        match folded {
            Some(warnings) => issue(py, &warnings, filename)?,
            None => return krait_object::errors::no_memory(),
        }
    }
    let made = to_nodes::module(py, &module, comments);
    discard(module, depth);
    made
}

/// Checks the syntax against an older version of Python, and finds type comments.
fn extras(
    parsed: &Parsed,
    source: &Source,
    older: Option<u32>,
    with_comments: bool,
) -> Result<TypeComments, Box<CompileError>> {
    let need = 256 * 1024 + parsed.depth * DROP_FRAME;
    let checked = krait_stack::with_room(need, need, || {
        if let Some(minor) = older {
            krait_compiler::feature::check(&parsed.module, source, minor)?;
        }
        match with_comments {
            true => type_comments::find(&parsed.module, source),
            false => Ok(TypeComments::default()),
        }
    });
    checked.unwrap_or_else(|| Err(CompileError::new(ErrorKind::Memory, "")))
}

/// The text of a source argument.
fn text(py: Py, source: &Value, ignore_cookie: bool) -> PyResult<(Vec<u8>, bool)> {
    let (bytes, is_text) = match source.downcast::<Str>() {
        Some(text) => (text.to_utf8(py)?.as_bytes().to_vec(), true),
        None if buffer::has_buffer(source) => (buffer::to_bytes(py, source)?, false),
        None => {
            return raise!(
                py,
                TypeError,
                "compile() arg 1 must be a string, bytes or AST object"
            );
        }
    };
    Ok((bytes, is_text || ignore_cookie))
}

fn parse(
    py: Py,
    source: &Value,
    filename: &Str,
    mode: &str,
    flags: i64,
    optimize: i64,
    feature_version: i64,
) -> PyResult {
    let (bytes, is_text) = text(py, source, flags & IGNORE_COOKIE != 0)?;
    let options = options(py, flags, optimize, is_text)?;
    let signature = mode == "func_type";
    let mode = match mode {
        "eval" | "func_type" => Mode::Eval,
        "single" => Mode::Single,
        _ => Mode::Exec,
    };
    let input = Input {
        bytes: &bytes,
        is_text,
        is_file: false,
        filename,
    };
    let source = krait_vm::source::decode(py, input, mode)?;
    if signature {
        return match krait_compiler::func_type::parse(&source) {
            Ok(signature) => to_nodes::function_type(py, &signature),
            Err(error) => Err(eval::raise_compile_error(py, &error, filename)),
        };
    }
    let parsed = krait_compiler::parse(&source, mode, &options).and_then(|parsed| {
        let older = u32::try_from(feature_version)
            .ok()
            .filter(|minor| *minor < 14);
        let extras = extras(&parsed, &source, older, flags & TYPE_COMMENTS != 0);
        match extras {
            Ok(comments) => Ok((parsed, comments)),
            Err(error) => {
                discard(parsed.module, parsed.depth);
                Err(source.finish_error(error))
            }
        }
    });
    match parsed {
        Ok((parsed, comments)) => {
            let issued = issue(py, &parsed.warnings, filename);
            if issued.is_err() {
                discard(parsed.module, parsed.depth);
                return Err(krait_object::Raised);
            }
            let fold = flags & OPTIMIZED_AST == OPTIMIZED_AST;
            let depth = parsed.depth;
            nodes(
                py,
                parsed.module,
                depth,
                &options,
                fold,
                filename,
                &comments,
            )
        }
        Err(error) => Err(eval::raise_compile_error(py, &error, filename)),
    }
}

/// Issues the compiler's warnings.
fn issue(py: Py, warnings: &[Warning], filename: &Str) -> PyResult<()> {
    warnings
        .iter()
        .try_for_each(|warning| eval::issue(py, warning, filename))
}
