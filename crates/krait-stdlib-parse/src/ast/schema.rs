//! The node types of Python 3.14's abstract grammar (the `ast` module's documentation,
//! section "Abstract grammar").

/// Sums and products; `@` marks those whose nodes have a place in the source, `@!` those
/// whose end may not be left out.
pub const GRAMMAR: &str = "
mod = Module(stmt* body, type_ignore* type_ignores) | Interactive(stmt* body) | Expression(expr body)
    | FunctionType(expr* argtypes, expr returns)
@stmt = FunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params)
    | AsyncFunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params)
    | ClassDef(identifier name, expr* bases, keyword* keywords, stmt* body, expr* decorator_list, type_param* type_params)
    | Return(expr? value)
    | Delete(expr* targets)
    | Assign(expr* targets, expr value, string? type_comment)
    | TypeAlias(expr name, type_param* type_params, expr value)
    | AugAssign(expr target, operator op, expr value)
    | AnnAssign(expr target, expr annotation, expr? value, int simple)
    | For(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)
    | AsyncFor(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)
    | While(expr test, stmt* body, stmt* orelse)
    | If(expr test, stmt* body, stmt* orelse)
    | With(withitem* items, stmt* body, string? type_comment)
    | AsyncWith(withitem* items, stmt* body, string? type_comment)
    | Match(expr subject, match_case* cases)
    | Raise(expr? exc, expr? cause)
    | Try(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)
    | TryStar(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)
    | Assert(expr test, expr? msg)
    | Import(alias* names)
    | ImportFrom(identifier? module, alias* names, int? level)
    | Global(identifier* names)
    | Nonlocal(identifier* names)
    | Expr(expr value)
    | Pass | Break | Continue
@expr = BoolOp(boolop op, expr* values)
    | NamedExpr(expr target, expr value)
    | BinOp(expr left, operator op, expr right)
    | UnaryOp(unaryop op, expr operand)
    | Lambda(arguments args, expr body)
    | IfExp(expr test, expr body, expr orelse)
    | Dict(expr?* keys, expr* values)
    | Set(expr* elts)
    | ListComp(expr elt, comprehension* generators)
    | SetComp(expr elt, comprehension* generators)
    | DictComp(expr key, expr value, comprehension* generators)
    | GeneratorExp(expr elt, comprehension* generators)
    | Await(expr value)
    | Yield(expr? value)
    | YieldFrom(expr value)
    | Compare(expr left, cmpop* ops, expr* comparators)
    | Call(expr func, expr* args, keyword* keywords)
    | FormattedValue(expr value, int conversion, expr? format_spec)
    | Interpolation(expr value, constant str, int conversion, expr? format_spec)
    | JoinedStr(expr* values)
    | TemplateStr(expr* values)
    | Constant(constant value, string? kind)
    | Attribute(expr value, identifier attr, expr_context ctx)
    | Subscript(expr value, expr slice, expr_context ctx)
    | Starred(expr value, expr_context ctx)
    | Name(identifier id, expr_context ctx)
    | List(expr* elts, expr_context ctx)
    | Tuple(expr* elts, expr_context ctx)
    | Slice(expr? lower, expr? upper, expr? step)
expr_context = Load | Store | Del
boolop = And | Or
operator = Add | Sub | Mult | MatMult | Div | Mod | Pow | LShift | RShift | BitOr | BitXor | BitAnd | FloorDiv
unaryop = Invert | Not | UAdd | USub
cmpop = Eq | NotEq | Lt | LtE | Gt | GtE | Is | IsNot | In | NotIn
comprehension(expr target, expr iter, expr* ifs, int is_async)
@excepthandler = ExceptHandler(expr? type, identifier? name, stmt* body)
arguments(arg* posonlyargs, arg* args, arg? vararg, arg* kwonlyargs, expr?* kw_defaults, arg? kwarg, expr* defaults)
@arg(identifier arg, expr? annotation, string? type_comment)
@keyword(identifier? arg, expr value)
@alias(identifier name, identifier? asname)
withitem(expr context_expr, expr? optional_vars)
match_case(pattern pattern, expr? guard, stmt* body)
@!pattern = MatchValue(expr value)
    | MatchSingleton(constant value)
    | MatchSequence(pattern* patterns)
    | MatchMapping(expr* keys, pattern* patterns, identifier? rest)
    | MatchClass(expr cls, pattern* patterns, identifier* kwd_attrs, pattern* kwd_patterns)
    | MatchStar(identifier? name)
    | MatchAs(pattern? pattern, identifier? name)
    | MatchOr(pattern* patterns)
type_ignore = TypeIgnore(int lineno, string tag)
@!type_param = TypeVar(identifier name, expr? bound, expr? default_value)
    | ParamSpec(identifier name, expr? default_value)
    | TypeVarTuple(identifier name, expr? default_value)
";

/// How many values a field has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Count {
    One,
    Optional,
    List,
}

/// A field of a node.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    pub ty: &'static str,
    pub count: Count,
}

/// A constructor: a type of node.
#[derive(Debug)]
pub struct Constructor {
    pub name: &'static str,
    /// As it stands in the grammar.
    pub text: &'static str,
    pub fields: Vec<Field>,
}

/// A sum of constructors, or a product (its only constructor has its name).
#[derive(Debug)]
pub struct Rule {
    pub name: &'static str,
    pub product: bool,
    pub placed: bool,
    pub end_optional: bool,
    pub constructors: Vec<Constructor>,
}

/// The rules of the grammar.
pub fn rules() -> Vec<Rule> {
    let mut lines: Vec<(usize, usize)> = Vec::new();
    let mut start = 0;
    for line in GRAMMAR.split_inclusive('\n') {
        let end = start + line.len();
        match lines.last_mut() {
            Some(last) if line.starts_with(' ') => last.1 = end,
            _ if line.trim().is_empty() => {}
            _ => lines.push((start, end)),
        }
        start = end;
    }
    lines
        .into_iter()
        .map(|(start, end)| rule(GRAMMAR[start..end].trim_end()))
        .collect()
}

fn rule(text: &'static str) -> Rule {
    let bare = text.trim_start_matches(['@', '!']);
    let marks = &text[..text.len() - bare.len()];
    let (name, body, product) = match bare.split_once(" = ") {
        Some((name, body)) => (name, body, false),
        None => (bare.split('(').next().unwrap_or(bare), bare, true),
    };
    Rule {
        name,
        product,
        placed: marks.contains('@'),
        end_optional: !marks.contains('!'),
        constructors: body.split('|').map(|one| constructor(one.trim())).collect(),
    }
}

fn constructor(text: &'static str) -> Constructor {
    let (name, rest) = text.split_once('(').unwrap_or((text, ""));
    let fields = rest.trim_end_matches(')').split(", ").filter_map(|field| {
        let (ty, name) = field.split_once(' ')?;
        let count = match ty {
            list if list.ends_with('*') => Count::List,
            optional if optional.ends_with('?') => Count::Optional,
            _ => Count::One,
        };
        Some(Field {
            name,
            ty: ty.trim_end_matches(['*', '?']),
            count,
        })
    });
    Constructor {
        name,
        text,
        fields: fields.collect(),
    }
}

impl Rule {
    /// The class's `__doc__`.
    pub fn doc(&self) -> String {
        let texts: Vec<&str> = self.constructors.iter().map(|c| c.text).collect();
        if self.product {
            return texts.concat();
        }
        let simple = self.constructors.iter().all(|c| c.fields.is_empty());
        let separator = if simple {
            " | ".to_string()
        } else {
            format!("\n{} | ", " ".repeat(self.name.len()))
        };
        format!("{} = {}", self.name, texts.join(&separator))
    }
}
