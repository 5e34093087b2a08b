//! The syntax tree, node for node Python's `ast` module (Parser/Python.asdl).
//!
//! It is made from source by [`crate::lower`] or by the `ast` module from Python
//! objects; scopes and code generation read nothing else. Positions count columns in
//! UTF-8 bytes from 0.

use krait_bytecode::{Const, Position};
use std::sync::Arc;

/// An identifier.
pub type Name = Arc<str>;

/// What is compiled.
#[derive(Clone, Debug)]
pub enum Module {
    /// A file.
    Module(Vec<Stmt>),
    /// One statement typed at a prompt.
    Interactive(Vec<Stmt>),
    /// An expression.
    Expression(Box<Expr>),
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// Which.
    pub kind: StmtKind,
    /// Where.
    pub at: Position,
}

/// Statements, as in Python's `ast`.
#[derive(Clone, Debug)]
#[expect(
    missing_docs,
    reason = "names and fields are those of Python's ast module"
)]
pub enum StmtKind {
    FunctionDef(Box<FunctionDef>),
    ClassDef(Box<ClassDef>),
    Return(Option<Box<Expr>>),
    Delete(Vec<Expr>),
    Assign {
        targets: Vec<Expr>,
        value: Box<Expr>,
    },
    TypeAlias {
        name: Box<Expr>,
        type_params: Vec<TypeParam>,
        value: Box<Expr>,
    },
    AugAssign {
        target: Box<Expr>,
        op: BinOp,
        value: Box<Expr>,
    },
    AnnAssign {
        target: Box<Expr>,
        annotation: Box<Expr>,
        value: Option<Box<Expr>>,
        simple: bool,
    },
    For(Box<For>),
    While {
        test: Box<Expr>,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    If {
        test: Box<Expr>,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    With {
        items: Vec<WithItem>,
        body: Vec<Stmt>,
        is_async: bool,
    },
    Match {
        subject: Box<Expr>,
        cases: Vec<MatchCase>,
    },
    Raise {
        exc: Option<Box<Expr>>,
        cause: Option<Box<Expr>>,
    },
    Try(Box<Try>),
    Assert {
        test: Box<Expr>,
        msg: Option<Box<Expr>>,
    },
    Import(Vec<Alias>),
    ImportFrom {
        module: Option<Name>,
        names: Vec<Alias>,
        level: u32,
    },
    Global(Vec<Name>),
    Nonlocal(Vec<Name>),
    Expr(Box<Expr>),
    Pass,
    Break,
    Continue,
}

/// `def` and `async def`.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "fields are those of Python's ast module")]
pub struct FunctionDef {
    pub name: Name,
    pub args: Arguments,
    pub body: Vec<Stmt>,
    pub decorator_list: Vec<Expr>,
    pub returns: Option<Box<Expr>>,
    pub type_params: Vec<TypeParam>,
    pub is_async: bool,
}

/// `class`.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "fields are those of Python's ast module")]
pub struct ClassDef {
    pub name: Name,
    pub bases: Vec<Expr>,
    pub keywords: Vec<Keyword>,
    pub body: Vec<Stmt>,
    pub decorator_list: Vec<Expr>,
    pub type_params: Vec<TypeParam>,
}

/// `for` and `async for`.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "fields are those of Python's ast module")]
pub struct For {
    pub target: Expr,
    pub iter: Expr,
    pub body: Vec<Stmt>,
    pub orelse: Vec<Stmt>,
    pub is_async: bool,
}

/// `try`.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "fields are those of Python's ast module")]
pub struct Try {
    pub body: Vec<Stmt>,
    pub handlers: Vec<ExceptHandler>,
    pub orelse: Vec<Stmt>,
    pub finalbody: Vec<Stmt>,
    pub is_star: bool,
}

/// An `except` clause.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "fields are those of Python's ast module")]
pub struct ExceptHandler {
    pub typ: Option<Box<Expr>>,
    pub name: Option<Name>,
    pub body: Vec<Stmt>,
    pub at: Position,
}

/// An item of `with`.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "fields are those of Python's ast module")]
pub struct WithItem {
    pub context_expr: Expr,
    pub optional_vars: Option<Box<Expr>>,
}

/// A name in an import.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "fields are those of Python's ast module")]
pub struct Alias {
    pub name: Name,
    pub asname: Option<Name>,
    pub at: Position,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// Which.
    pub kind: ExprKind,
    /// Where.
    pub at: Position,
}

/// Expressions, as in Python's `ast`.
#[derive(Clone, Debug)]
#[expect(
    missing_docs,
    reason = "names and fields are those of Python's ast module"
)]
pub enum ExprKind {
    BoolOp {
        is_and: bool,
        values: Vec<Expr>,
    },
    NamedExpr {
        target: Box<Expr>,
        value: Box<Expr>,
    },
    BinOp {
        left: Box<Expr>,
        op: BinOp,
        right: Box<Expr>,
    },
    UnaryOp {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    Lambda(Box<Lambda>),
    IfExp {
        test: Box<Expr>,
        body: Box<Expr>,
        orelse: Box<Expr>,
    },
    /// A key of None is `**value`.
    Dict {
        keys: Vec<Option<Expr>>,
        values: Vec<Expr>,
    },
    Set(Vec<Expr>),
    ListComp(Box<Comp>),
    SetComp(Box<Comp>),
    DictComp(Box<Comp>),
    GeneratorExp(Box<Comp>),
    Await(Box<Expr>),
    Yield(Option<Box<Expr>>),
    YieldFrom(Box<Expr>),
    Compare {
        left: Box<Expr>,
        ops: Vec<CmpOp>,
        comparators: Vec<Expr>,
    },
    Call {
        func: Box<Expr>,
        args: Vec<Expr>,
        keywords: Vec<Keyword>,
    },
    FormattedValue(Box<Formatted>),
    Interpolation(Box<Formatted>),
    JoinedStr(Vec<Expr>),
    TemplateStr(Vec<Expr>),
    Constant {
        value: Const,
        kind_u: bool,
    },
    Attribute {
        value: Box<Expr>,
        attr: Name,
        ctx: Ctx,
    },
    Subscript {
        value: Box<Expr>,
        slice: Box<Expr>,
        ctx: Ctx,
    },
    Starred {
        value: Box<Expr>,
        ctx: Ctx,
    },
    Name {
        id: Name,
        ctx: Ctx,
    },
    List {
        elts: Vec<Expr>,
        ctx: Ctx,
    },
    Tuple {
        elts: Vec<Expr>,
        ctx: Ctx,
    },
    Slice {
        lower: Option<Box<Expr>>,
        upper: Option<Box<Expr>>,
        step: Option<Box<Expr>>,
    },
}

/// `{value!conversion:format_spec}` of an f-string or t-string.
#[derive(Clone, Debug)]
pub struct Formatted {
    /// The expression.
    pub value: Expr,
    /// -1 or the letter `s`, `r`, `a`.
    pub conversion: i32,
    /// A JoinedStr.
    pub format_spec: Option<Expr>,
    /// The expression's source (t-strings only).
    pub source: Const,
}

/// `lambda`.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "fields are those of Python's ast module")]
pub struct Lambda {
    pub args: Arguments,
    pub body: Expr,
}

/// A comprehension or generator expression.
#[derive(Clone, Debug)]
pub struct Comp {
    /// The element, or the key of a dict comprehension.
    pub elt: Expr,
    /// The value of a dict comprehension.
    pub value: Option<Expr>,
    /// The `for` clauses.
    pub generators: Vec<Comprehension>,
}

/// A `for` clause of a comprehension.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "fields are those of Python's ast module")]
pub struct Comprehension {
    pub target: Expr,
    pub iter: Expr,
    pub ifs: Vec<Expr>,
    pub is_async: bool,
}

/// A keyword argument; `arg` None is `**value`.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "fields are those of Python's ast module")]
pub struct Keyword {
    pub arg: Option<Name>,
    pub value: Expr,
    pub at: Position,
}

/// A parameter.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "fields are those of Python's ast module")]
pub struct Arg {
    pub arg: Name,
    pub annotation: Option<Box<Expr>>,
    pub at: Position,
}

/// A parameter list.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "fields are those of Python's ast module")]
pub struct Arguments {
    pub posonlyargs: Vec<Arg>,
    pub args: Vec<Arg>,
    pub vararg: Option<Box<Arg>>,
    pub kwonlyargs: Vec<Arg>,
    pub kw_defaults: Vec<Option<Expr>>,
    pub kwarg: Option<Box<Arg>>,
    pub defaults: Vec<Expr>,
}

impl Arguments {
    /// All parameters in the order of their registers.
    pub fn all(&self) -> impl Iterator<Item = &Arg> {
        let positional = self.posonlyargs.iter().chain(&self.args);
        let rest = self
            .vararg
            .as_deref()
            .into_iter()
            .chain(self.kwarg.as_deref());
        positional.chain(&self.kwonlyargs).chain(rest)
    }
}

/// A type parameter (PEP 695, 696).
#[derive(Clone, Debug)]
pub struct TypeParam {
    /// Which kind.
    pub kind: TypeParamKind,
    /// Its name.
    pub name: Name,
    /// The bound or the tuple of constraints (TypeVar only).
    pub bound: Option<Box<Expr>>,
    /// The default.
    pub default: Option<Box<Expr>>,
    /// Where.
    pub at: Position,
}

/// Kinds of type parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "names are those of Python's ast module")]
pub enum TypeParamKind {
    TypeVar,
    ParamSpec,
    TypeVarTuple,
}

/// A `case` block.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "fields are those of Python's ast module")]
pub struct MatchCase {
    pub pattern: Pattern,
    pub guard: Option<Box<Expr>>,
    pub body: Vec<Stmt>,
}

/// A pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// Which.
    pub kind: PatternKind,
    /// Where.
    pub at: Position,
}

/// Patterns, as in Python's `ast`.
#[derive(Clone, Debug)]
#[expect(
    missing_docs,
    reason = "names and fields are those of Python's ast module"
)]
pub enum PatternKind {
    MatchValue(Box<Expr>),
    MatchSingleton(Const),
    MatchSequence(Vec<Pattern>),
    MatchMapping {
        keys: Vec<Expr>,
        patterns: Vec<Pattern>,
        rest: Option<Name>,
    },
    MatchClass {
        cls: Box<Expr>,
        patterns: Vec<Pattern>,
        kwd_attrs: Vec<(Name, Position)>,
        kwd_patterns: Vec<Pattern>,
    },
    MatchStar(Option<Name>),
    MatchAs {
        pattern: Option<Box<Pattern>>,
        name: Option<Name>,
    },
    MatchOr(Vec<Pattern>),
}

/// Whether an expression is read, written or deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "names are those of Python's ast module")]
pub enum Ctx {
    Load,
    Store,
    Del,
}

/// Binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "names are those of Python's ast module")]
pub enum BinOp {
    Add,
    Sub,
    Mult,
    MatMult,
    Div,
    Mod,
    Pow,
    LShift,
    RShift,
    BitOr,
    BitXor,
    BitAnd,
    FloorDiv,
}

/// Unary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "names are those of Python's ast module")]
pub enum UnaryOp {
    Invert,
    Not,
    UAdd,
    USub,
}

/// Comparison operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "names are those of Python's ast module")]
pub enum CmpOp {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    Is,
    IsNot,
    In,
    NotIn,
}

impl Expr {
    /// The constant, if it is one.
    pub fn as_const(&self) -> Option<&Const> {
        match &self.kind {
            ExprKind::Constant { value, .. } => Some(value),
            _ => None,
        }
    }

    /// The identifier, if it is a name.
    pub fn as_name(&self) -> Option<&Name> {
        match &self.kind {
            ExprKind::Name { id, .. } => Some(id),
            _ => None,
        }
    }
}
