//! Python source to Krait bytecode.
//!
//! [`compile`] does all of it; its steps are public for the `ast` module: [`parse`]
//! gives the tree ([`ast`]), [`compile_ast`] makes code of one. In between come
//! [`fold`], [`scope`], [`codegen`] and [`assemble`]. Nothing here knows Python objects,
//! nothing panics on any source, and deep sources get a stack that is large enough or
//! an error before anything recurses.
#![forbid(unsafe_code)]

mod assemble;
pub mod ast;
pub mod codegen;
pub mod errors;
pub mod feature;
pub mod fold;
pub mod func_type;
mod future;
pub mod hash;
pub mod lower;
pub mod scan;
pub mod scope;
pub mod source;
pub mod tokens;
pub mod type_comments;
pub mod unparse;
pub mod visit;

use ast::Module;
use errors::Compile;
pub use errors::{CompileError, ErrorKind, Warning};
use krait_bytecode::Code;
use ruff_python_ast::{Mod, PythonVersion};
use ruff_python_parser::{Mode as ParserMode, ParseOptions};
use source::Source;
use std::sync::Arc;

/// What kind of source it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A file.
    Exec,
    /// An expression.
    Eval,
    /// One statement at a prompt; values of expressions are printed.
    Single,
}

/// Settings of a compilation.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `CO_FUTURE_*` bits inherited or given by flags.
    pub future: u32,
    /// 0, 1 (`-O`: no asserts) or 2 (`-OO`: no docstrings either).
    pub optimize: u8,
    /// PyCF_ALLOW_TOP_LEVEL_AWAIT
    pub top_level_await: bool,
    /// PyCF_IGNORE_COOKIE: the source is UTF-8 whatever it says.
    pub ignore_cookie: bool,
    /// PyCF_ALLOW_INCOMPLETE_INPUT: source that ends too early gives [`ErrorKind::Incomplete`].
    pub allow_incomplete: bool,
    /// PyCF_DONT_IMPLY_DEDENT: a prompt's input must end its blocks with an empty line.
    pub dont_imply_dedent: bool,
}

/// The most digits of a decimal integer literal (`sys.set_int_max_str_digits`); 0 is no
/// limit.
pub static MAX_INT_DIGITS: std::sync::atomic::AtomicUsize =
    std::sync::atomic::AtomicUsize::new(4300);

/// What a compilation gives.
#[derive(Clone, Debug)]
pub struct Output {
    /// The module's code.
    pub code: Arc<Code>,
    /// Warnings, in the order they are to be issued.
    pub warnings: Vec<Warning>,
}

/// What parsing gives.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The tree.
    pub module: Module,
    /// Warnings about literals.
    pub warnings: Vec<Warning>,
    /// Estimate of the tree's depth.
    pub depth: usize,
}

/// Source to code.
pub fn compile(
    source: &[u8],
    filename: &str,
    mode: Mode,
    options: &Options,
) -> Result<Output, Box<CompileError>> {
    let mut source = Source::decode(source, options.ignore_cookie)?;
    source.ended = mode == Mode::Exec;
    compile_source(&source, filename, mode, options)
}

/// Decoded source to code.
pub fn compile_source(
    source: &Source,
    filename: &str,
    mode: Mode,
    options: &Options,
) -> Result<Output, Box<CompileError>> {
    let scanned = scan::scan(source).map_err(|error| source.finish_error(error))?;
    on_stack(scanned.depth, || {
        let Parsed {
            module,
            mut warnings,
            ..
        } = parse_scanned(source, mode, options, scanned)?;
        // Errors behind the parser count columns in bytes and show the file's line, in CPython too.
        let output = generate(module, filename, options)?;
        warnings.extend(
            output
                .warnings
                .into_iter()
                .map(|warning| in_characters(source, warning)),
        );
        Ok(Output {
            code: output.code,
            warnings,
        })
    })
}

/// Source to tree.
pub fn parse(source: &Source, mode: Mode, options: &Options) -> Result<Parsed, Box<CompileError>> {
    let scanned = scan::scan(source).map_err(|error| source.finish_error(error))?;
    on_stack(scanned.depth, || {
        parse_scanned(source, mode, options, scanned)
    })
}

/// Tree to code. `depth` is the tree's depth (the caller made the tree and knows it).
pub fn compile_ast(
    module: Module,
    filename: &str,
    options: &Options,
    depth: usize,
) -> Result<Output, Box<CompileError>> {
    on_stack(depth, || generate(module, filename, options))
}

fn parse_scanned(
    source: &Source,
    mode: Mode,
    options: &Options,
    scanned: scan::Scan,
) -> Result<Parsed, Box<CompileError>> {
    let failed = |mut error: Box<CompileError>, warnings| {
        error.warnings.splice(0..0, warnings);
        Err(source.finish_error(error))
    };
    // (Behind a lexical error brackets may nest deeper than any stack.)
    if let Some(lexical) = scanned.error {
        let error = errors::parser::with_lexical(source, mode, lexical, options);
        return failed(error, scanned.warnings);
    }
    let parser_mode = match mode {
        Mode::Eval => ParserMode::Expression,
        Mode::Exec | Mode::Single => ParserMode::Module,
    };
    let parser_options = ParseOptions::from(parser_mode).with_target_version(PythonVersion::PY314);
    let parsed = ruff_python_parser::parse_unchecked(&source.text, parser_options);
    if let Some(error) = errors::parser::first_error(source, mode, &parsed, options) {
        return failed(error, scanned.warnings);
    }
    let mut lower = lower::Lower::new(source);
    let module = match (parsed.syntax(), mode) {
        (Mod::Module(module), Mode::Single) => lower.body(&module.body).map(Module::Interactive),
        (Mod::Module(module), _) => lower.body(&module.body).map(Module::Module),
        (Mod::Expression(expr), _) => lower
            .expression(&expr.body)
            .map(|expr| Module::Expression(Box::new(expr))),
    };
    let module = module.map_err(|error| source.finish_error(error))?;
    let mut warnings = lower.warnings;
    warnings.extend(scanned.warnings);
    warnings.sort_by_key(|warning| (warning.line, warning.col));
    Ok(Parsed {
        module,
        warnings,
        depth: scanned.depth,
    })
}

fn generate(mut module: Module, filename: &str, options: &Options) -> Compile<Output> {
    let mut future = options.future;
    if let Module::Module(body) | Module::Interactive(body) = &module {
        future |= future::features(body)?;
    }
    let lazy = future & krait_bytecode::flags::FUTURE_ANNOTATIONS != 0;
    let mut warnings = fold::fold(&mut module, options.optimize, lazy);
    let table =
        scope::SymbolTable::new(&module, lazy, options.top_level_await).map_err(|mut error| {
            error.bare = true;
            error
        })?;
    let settings = codegen::Settings {
        filename: filename.into(),
        future,
        optimize: options.optimize,
        top_level_await: options.top_level_await,
    };
    let mut generator = codegen::Codegen::new(&table, &settings);
    let code = generator.module(&module)?;
    for warning in generator.warnings {
        // Code of `finally` is generated more than once.
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
    Ok(Output { code, warnings })
}

fn in_characters(source: &Source, mut warning: Warning) -> Warning {
    if warning.col > 0 {
        warning.col = source.char_col(warning.line, warning.col - 1);
    }
    if warning.end_col > 0 {
        warning.end_col = source.char_col(warning.end_line, warning.end_col - 1);
    }
    warning
}

/// Runs on a stack large enough for a tree of a depth; MemoryError if there is none.
fn on_stack<T>(depth: usize, run: impl FnOnce() -> Compile<T>) -> Compile<T> {
    const BASE: usize = 512 * 1024;
    const PER_LEVEL: usize = 24 * 1024;
    let need = BASE + depth * PER_LEVEL;
    let size = need + BASE;
    krait_stack::with_room(need, size, run)
        .unwrap_or_else(|| Err(CompileError::new(ErrorKind::Memory, "")))
}
