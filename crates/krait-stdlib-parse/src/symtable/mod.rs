//! `_symtable`: the compiler's scopes, for the module `symtable`.

use std::cell::Cell;

use krait_compiler::ast::{Module, StmtKind};
use krait_compiler::scope::{CompKind, Resolution, Scope, ScopeId, ScopeKind, SymbolTable, def};
use krait_compiler::{CompileError, ErrorKind, Mode, Options};
use krait_object::native::ModuleBuilder;
use krait_object::native::module::NativeModule;
use krait_object::types::buffer;
use krait_object::types::list::List;
use krait_object::{Dict, Py, PyResult, Raised, Str, Value, raise};
use krait_vm::eval;
use krait_vm::source::Input;

mod entry;

use entry::Entry;

pub const MODULE: NativeModule = NativeModule {
    name: "_symtable",
    init,
};

/// Where the resolution stands in a symbol's flags.
const SCOPE_OFF: u32 = 12;
/// A cell variable of a comprehension whose code is in the scope around it.
const COMP_CELL: u32 = 2048;

fn init(m: &ModuleBuilder) -> PyResult<()> {
    let constants = [
        ("USE", def::USE),
        ("DEF_GLOBAL", def::GLOBAL),
        ("DEF_NONLOCAL", def::NONLOCAL),
        ("DEF_LOCAL", def::LOCAL),
        ("DEF_PARAM", def::PARAM),
        ("DEF_TYPE_PARAM", def::TYPE_PARAM),
        ("DEF_FREE_CLASS", def::FREE_CLASS),
        ("DEF_IMPORT", def::IMPORT),
        ("DEF_BOUND", def::LOCAL | def::PARAM | def::IMPORT),
        ("DEF_ANNOT", def::ANNOT),
        ("DEF_COMP_ITER", def::COMP_ITER),
        ("DEF_COMP_CELL", COMP_CELL),
        ("SCOPE_OFF", SCOPE_OFF),
        (
            "SCOPE_MASK",
            def::GLOBAL | def::LOCAL | def::PARAM | def::NONLOCAL,
        ),
        ("LOCAL", resolution(Resolution::Local)),
        ("GLOBAL_EXPLICIT", resolution(Resolution::GlobalExplicit)),
        ("GLOBAL_IMPLICIT", resolution(Resolution::GlobalImplicit)),
        ("FREE", resolution(Resolution::Free)),
        ("CELL", resolution(Resolution::Cell)),
        ("TYPE_FUNCTION", kind(ScopeKind::Function)),
        ("TYPE_CLASS", kind(ScopeKind::Class)),
        ("TYPE_MODULE", kind(ScopeKind::Module)),
        ("TYPE_ANNOTATION", kind(ScopeKind::Annotation)),
        ("TYPE_TYPE_ALIAS", kind(ScopeKind::TypeAlias)),
        ("TYPE_TYPE_PARAMETERS", kind(ScopeKind::TypeParameters)),
        ("TYPE_TYPE_VARIABLE", kind(ScopeKind::TypeVariable)),
    ];
    for (name, value) in constants {
        m.int(name, i64::from(value))?;
    }
    m.function_doc(
        "symtable($module, source, filename, startstr, /)",
        "Return symbol and scope dictionaries used internally by compiler.",
        symtable,
    )?;
    Ok(())
}

fn resolution(resolution: Resolution) -> u32 {
    match resolution {
        Resolution::Local => 1,
        Resolution::GlobalExplicit => 2,
        Resolution::GlobalImplicit => 3,
        Resolution::Free => 4,
        Resolution::Cell => 5,
    }
}

fn kind(kind: ScopeKind) -> u32 {
    match kind {
        ScopeKind::Function => 0,
        ScopeKind::Class => 1,
        ScopeKind::Module => 2,
        ScopeKind::Annotation => 3,
        ScopeKind::TypeAlias => 4,
        ScopeKind::TypeParameters => 5,
        ScopeKind::TypeVariable => 6,
    }
}

fn source_bytes(py: Py, source: &Value) -> PyResult<(Vec<u8>, bool)> {
    let (bytes, is_text) = match source.downcast::<Str>() {
        Some(text) => (text.to_utf8(py)?.as_bytes().to_vec(), true),
        None if buffer::has_buffer(source) => (buffer::to_bytes(py, source)?, false),
        None => {
            return raise!(
                py,
                TypeError,
                "symtable() arg 1 must be a string or bytes object"
            );
        }
    };
    if bytes.contains(&0) {
        return raise!(
            py,
            SyntaxError,
            "source code string cannot contain null bytes"
        );
    }
    Ok((bytes, is_text))
}

/// Whether annotations are kept as text.
fn has_future_annotations(module: &Module) -> bool {
    let (Module::Module(body) | Module::Interactive(body)) = module else {
        return false;
    };
    body.iter().any(|stmt| match &stmt.kind {
        StmtKind::ImportFrom {
            module: Some(module),
            names,
            ..
        } => &**module == "__future__" && names.iter().any(|alias| &*alias.name == "annotations"),
        _ => false,
    })
}

fn symtable(py: Py, source: &Value, filename: &Value, start: &Str) -> PyResult {
    let filename = krait_vm::source::filename(py, filename)?;
    let mode = match &*start.to_rust() {
        "exec" => Mode::Exec,
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        _ => {
            return raise!(
                py,
                ValueError,
                "symtable() arg 3 must be 'exec' or 'eval' or 'single'"
            );
        }
    };
    let (bytes, is_text) = source_bytes(py, source)?;
    let options = Options {
        ignore_cookie: is_text,
        ..Options::default()
    };
    let input = Input {
        bytes: &bytes,
        is_text,
        is_file: false,
        filename: &filename,
    };
    let source = krait_vm::source::decode(py, input, mode)?;
    let parsed = krait_compiler::parse(&source, mode, &options);
    let table = parsed.and_then(|parsed| {
        let lazy = has_future_annotations(&parsed.module);
        let need = 512 * 1024 + parsed.depth * 4096;
        let made = krait_stack::with_room(need, need, move || {
            let table = SymbolTable::new(&parsed.module, lazy, false).map_err(|mut error| {
                error.bare = true;
                error
            });
            drop(parsed.module);
            table
        });
        made.unwrap_or_else(|| Err(CompileError::new(ErrorKind::Memory, "")))
    });
    match table {
        Ok(table) => Tables {
            py,
            table: &table,
            next: Cell::new(0),
        }
        .entry(0),
        Err(error) => Err::<Value, Raised>(eval::raise_compile_error(py, &error, &filename)),
    }
}

/// Makes the objects of all scopes.
struct Tables<'a> {
    py: Py,
    table: &'a SymbolTable,
    next: Cell<i64>,
}

/// The name that CPython shows for a scope.
fn shown_name(scope: &Scope) -> &str {
    match (&*scope.name, scope.comprehension) {
        ("<module>", _) => "top",
        (_, CompKind::Generator) => "genexpr",
        (_, CompKind::List) => "listcomp",
        (_, CompKind::Set) => "setcomp",
        (_, CompKind::Dict) => "dictcomp",
        ("<lambda>", _) => "lambda",
        (name, _) => name,
    }
}

impl Tables<'_> {
    fn entry(&self, id: ScopeId) -> PyResult {
        self.py
            .thread()
            .check_native_stack(self.py, " during compilation")?;
        let scope = &self.table.scopes[id];
        let symbols = Dict::new();
        let children = List::new();
        self.add_symbols(scope, &symbols, false)?;
        self.add_children(scope, &symbols, &children)?;
        let number = self.next.get() + 1;
        self.next.set(number);
        let names = scope
            .parameters
            .iter()
            .map(|name| Value::from(Str::intern(name)));
        let body = Entry {
            id: number,
            name: Str::intern(shown_name(scope)),
            symbols,
            varnames: List::from_values(names),
            children,
            nested: scope.nested,
            kind: kind(scope.kind),
            line: if scope.kind == ScopeKind::Module {
                0
            } else {
                scope.at.line
            },
        };
        Ok(entry::new(self.py, body))
    }

    /// Names of a scope; those of a comprehension only where they are new.
    fn add_symbols(&self, scope: &Scope, symbols: &Dict, inlined: bool) -> PyResult<()> {
        for name in &scope.order {
            let Some(symbol) = scope.symbols.get(name) else {
                continue;
            };
            if inlined && (symbol.flags & def::PARAM != 0 || &**name == ".0") {
                continue;
            }
            let key = Value::from(Str::intern(name));
            if inlined && symbols.contains(self.py, &key)? {
                continue;
            }
            let mut flags = symbol.flags | resolution(symbol.resolution) << SCOPE_OFF;
            if inlined && symbol.resolution == Resolution::Cell {
                flags |= COMP_CELL;
            }
            symbols.set_value(self.py, &key, Value::int(i64::from(flags)))?;
        }
        Ok(())
    }

    /// Scopes inside; a comprehension whose code is in this scope gives its own.
    fn add_children(&self, scope: &Scope, symbols: &Dict, children: &List) -> PyResult<()> {
        for &child in &scope.children {
            let inner = &self.table.scopes[child];
            if inner.inlined {
                self.add_symbols(inner, symbols, true)?;
                self.add_children(inner, symbols, children)?;
            } else {
                children.push_value(self.entry(child)?);
            }
        }
        Ok(())
    }
}
