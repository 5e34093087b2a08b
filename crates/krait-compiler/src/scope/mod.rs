//! Scopes: which name means what where (CPython's Python/symtable.c).
//!
//! [`build`] walks the tree once and notes definitions and uses; [`analyze`] then
//! decides for each name of each scope whether it is local, global, a cell or free.
//! Scopes of comprehensions that are inlined (PEP 709) stay scopes of their own: code
//! generation gives their variables registers of their own.

mod analyze;
mod build;

use crate::ast::{Module, Name};
use crate::errors::Compile;
use crate::hash::{Map, Set};
use krait_bytecode::Position;

/// Index of a scope.
pub type ScopeId = usize;

/// What opened a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    /// The module, prompt input or expression.
    Module,
    /// A class body.
    Class,
    /// A function, lambda, comprehension or generator expression.
    Function,
    /// Annotations, evaluated lazily (PEP 649).
    Annotation,
    /// Bound, constraints or default of a type parameter.
    TypeVariable,
    /// Value of a type alias.
    TypeAlias,
    /// Type parameters of a generic.
    TypeParameters,
}

/// Kind of comprehension, if a scope is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum CompKind {
    No,
    List,
    Set,
    Dict,
    Generator,
}

/// What a name resolves to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of CPython")]
pub enum Resolution {
    Local,
    GlobalExplicit,
    GlobalImplicit,
    Free,
    Cell,
}

/// Facts noted about a name.
pub mod def {
    /// `global x`
    pub const GLOBAL: u32 = 1;
    /// Assigned.
    pub const LOCAL: u32 = 2;
    /// Parameter.
    pub const PARAM: u32 = 4;
    /// `nonlocal x`
    pub const NONLOCAL: u32 = 8;
    /// Read.
    pub const USE: u32 = 16;
    /// Free in a method and bound in the class around it.
    pub const FREE_CLASS: u32 = 64;
    /// Imported.
    pub const IMPORT: u32 = 128;
    /// Annotated.
    pub const ANNOT: u32 = 256;
    /// Iteration variable of a comprehension.
    pub const COMP_ITER: u32 = 512;
    /// Type parameter.
    pub const TYPE_PARAM: u32 = 1024;
    /// All that binds.
    pub const BOUND: u32 = LOCAL | PARAM | IMPORT | TYPE_PARAM;
}

/// A name in a scope.
#[derive(Clone, Copy, Debug)]
pub struct Symbol {
    /// Bits of [`def`].
    pub flags: u32,
    /// Decided by the analysis.
    pub resolution: Resolution,
}

/// A scope.
#[derive(Clone, Debug)]
pub struct Scope {
    /// What opened it.
    pub kind: ScopeKind,
    /// Its name (`<module>`, `f`, `<lambda>`, ...).
    pub name: Name,
    /// The scope around it.
    pub parent: Option<ScopeId>,
    /// Scopes inside it.
    pub children: Vec<ScopeId>,
    /// Its names.
    pub symbols: Map<Name, Symbol>,
    /// Its names in the order they occurred.
    pub order: Vec<Name>,
    /// Parameters in the order of their registers.
    pub parameters: Vec<Name>,
    /// Inside a function.
    pub nested: bool,
    /// Has a `yield` (or is a generator expression).
    pub generator: bool,
    /// `async def`, or has an `await`.
    pub coroutine: bool,
    /// Declared `async def`.
    pub async_def: bool,
    /// Directly in a class body.
    pub method: bool,
    /// Comprehension or generator expression.
    pub comprehension: CompKind,
    /// Code is generated in the scope around it.
    pub inlined: bool,
    /// Class: a method uses `__class__` or `super`.
    pub needs_class_closure: bool,
    /// Class: an annotation scope looks names up in the class namespace.
    pub needs_classdict: bool,
    /// Annotation and type scopes in a class.
    pub can_see_class_scope: bool,
    /// Some annotation stands in a conditional block.
    pub has_conditional_annotations: bool,
    /// The scope of the body's variable annotations.
    pub annotation_block: Option<ScopeId>,
    /// Names that mangle in a generic class's type parameter scope.
    pub mangled_names: Option<Set<Name>>,
    /// Names assigned by `:=` in this function (by comprehensions in it, too).
    pub walrus: Set<Name>,
    /// What a TypeVariable scope is part of, for error texts.
    pub scope_info: &'static str,
    /// First position.
    pub at: Position,
    in_conditional_block: bool,
    in_unevaluated_annotation: bool,
    comp_iter_target: bool,
    comp_iter_expr: u32,
    directives: Vec<(Name, Position)>,
}

impl Scope {
    fn new(kind: ScopeKind, name: Name, parent: Option<ScopeId>, at: Position) -> Scope {
        Scope {
            kind,
            name,
            parent,
            children: Vec::new(),
            symbols: Map::with_capacity_and_hasher(7, Default::default()),
            order: Vec::with_capacity(7),
            parameters: Vec::new(),
            nested: false,
            generator: false,
            coroutine: false,
            async_def: false,
            method: false,
            comprehension: CompKind::No,
            inlined: false,
            needs_class_closure: false,
            needs_classdict: false,
            can_see_class_scope: false,
            has_conditional_annotations: false,
            annotation_block: None,
            mangled_names: None,
            walrus: Set::default(),
            scope_info: "",
            at,
            in_conditional_block: false,
            in_unevaluated_annotation: false,
            comp_iter_target: false,
            comp_iter_expr: 0,
            directives: Vec::new(),
        }
    }

    /// Everything but modules and classes.
    pub fn is_function_like(&self) -> bool {
        !matches!(self.kind, ScopeKind::Module | ScopeKind::Class)
    }

    /// What a (mangled) name resolves to here.
    pub fn resolve(&self, name: &str) -> Option<Resolution> {
        self.symbols.get(name).map(|symbol| symbol.resolution)
    }

    fn flags(&self, name: &str) -> u32 {
        self.symbols.get(name).map_or(0, |symbol| symbol.flags)
    }
}

/// What in the tree a scope belongs to: a node's address and which of its scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScopeKey(usize, ScopePart);

/// Which scope of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScopePart {
    /// The body of a function, class, lambda or comprehension, or a type alias's value.
    Body,
    /// A function's annotations.
    Annotations,
    /// Type parameters.
    TypeParams,
    /// A type parameter's bound.
    Bound,
    /// A type parameter's default.
    Default,
}

impl ScopeKey {
    /// The key of a node.
    pub fn new<T>(node: &T, part: ScopePart) -> ScopeKey {
        ScopeKey(std::ptr::from_ref(node).addr(), part)
    }
}

/// All scopes of a tree; the first is the module's.
#[derive(Debug)]
pub struct SymbolTable {
    /// The scopes.
    pub scopes: Vec<Scope>,
    keys: Map<ScopeKey, ScopeId>,
}

impl SymbolTable {
    /// Builds and analyses the scopes of a tree.
    pub fn new(module: &Module, future_annotations: bool, top_level_await: bool) -> Compile<Self> {
        let mut table = build::build(module, future_annotations, top_level_await)?;
        analyze::analyze(&mut table)?;
        Ok(table)
    }

    /// The scope of a node.
    pub fn find<T>(&self, node: &T, part: ScopePart) -> Option<ScopeId> {
        self.keys.get(&ScopeKey::new(node, part)).copied()
    }
}

/// Name mangling: `__x` in class `C` is `_C__x`.
pub fn mangle(class: Option<&str>, name: &Name) -> Name {
    let Some(class) = class else {
        return name.clone();
    };
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
        return name.clone();
    }
    let class = class.trim_start_matches('_');
    if class.is_empty() {
        return name.clone();
    }
    format!("_{class}{name}").into()
}
