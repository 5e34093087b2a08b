//! First pass: notes definitions and uses of names, opening scopes on the way.

use super::{CompKind, Resolution, Scope, ScopeId, ScopeKey, ScopeKind, ScopePart, Symbol};
use super::{SymbolTable, def, mangle};
use crate::ast::*;
use crate::errors::{Compile, CompileError};
use crate::hash::Map;
use krait_bytecode::Position;

pub(super) fn build(
    module: &Module,
    future_annotations: bool,
    top_level_await: bool,
) -> Compile<SymbolTable> {
    let table = SymbolTable {
        scopes: Vec::new(),
        keys: Map::default(),
    };
    let mut builder = Builder {
        table,
        current: 0,
        private: None,
        future_annotations,
        top_level_await,
    };
    let at = Position {
        line: 0,
        end_line: 0,
        col: 0,
        end_col: 0,
    };
    builder
        .table
        .scopes
        .push(Scope::new(ScopeKind::Module, "top".into(), None, at));
    match module {
        Module::Module(body) | Module::Interactive(body) => builder.body(body)?,
        Module::Expression(expr) => builder.expr(expr)?,
    }
    Ok(builder.table)
}

struct Builder {
    table: SymbolTable,
    current: ScopeId,
    private: Option<Name>,
    future_annotations: bool,
    top_level_await: bool,
}

type Done = Compile<()>;

fn fail<T>(at: Position, message: impl Into<String>) -> Compile<T> {
    Err(CompileError::at(at, message))
}

impl Builder {
    fn cur(&mut self) -> &mut Scope {
        &mut self.table.scopes[self.current]
    }

    fn enter(&mut self, kind: ScopeKind, name: &str, key: ScopeKey, at: Position) -> ScopeId {
        let id = self.make(kind, name, key, at);
        self.enter_existing(id, at);
        id
    }

    fn make(&mut self, kind: ScopeKind, name: &str, key: ScopeKey, at: Position) -> ScopeId {
        let parent = self.current;
        let mut scope = Scope::new(kind, name.into(), Some(parent), at);
        let outer = &self.table.scopes[parent];
        scope.nested = outer.nested || outer.is_function_like();
        scope.method = kind == ScopeKind::Function && outer.kind == ScopeKind::Class;
        scope.comp_iter_expr = outer.comp_iter_expr;
        if kind != ScopeKind::Class {
            scope.mangled_names = outer.mangled_names.clone();
        }
        self.table.scopes.push(scope);
        let id = self.table.scopes.len() - 1;
        self.table.keys.insert(key, id);
        id
    }

    /// Goes into a scope; the first time it becomes a child of the current one.
    fn enter_existing(&mut self, id: ScopeId, _at: Position) {
        let parent = self.current;
        let kind = self.table.scopes[id].kind;
        let unseen = kind == ScopeKind::Annotation && self.future_annotations;
        if !unseen && !self.table.scopes[parent].children.contains(&id) {
            self.table.scopes[parent].children.push(id);
        }
        self.current = id;
        let lazy = matches!(
            kind,
            ScopeKind::Annotation | ScopeKind::TypeVariable | ScopeKind::TypeAlias
        );
        if lazy && self.table.scopes[id].parameters.is_empty() {
            let format: Name = ".format".into();
            let symbol = Symbol {
                flags: def::PARAM | def::USE,
                resolution: Resolution::Local,
            };
            let scope = &mut self.table.scopes[id];
            scope.symbols.insert(format.clone(), symbol);
            scope.order.push(format.clone());
            scope.parameters.push(format);
        }
    }

    fn exit(&mut self) {
        if let Some(parent) = self.cur().parent {
            self.current = parent;
        }
    }

    fn mangled(&self, name: &Name) -> Name {
        let scope = &self.table.scopes[self.current];
        if let Some(names) = &scope.mangled_names
            && !names.contains(name)
        {
            return name.clone();
        }
        mangle(self.private.as_deref(), name)
    }

    fn lookup(&self, name: &Name) -> u32 {
        self.table.scopes[self.current].flags(&self.mangled(name))
    }

    fn add(&mut self, name: &Name, flag: u32, at: Position) -> Done {
        if flag & def::TYPE_PARAM != 0
            && let Some(names) = &mut self.cur().mangled_names
        {
            names.insert(name.clone());
        }
        let mangled = self.mangled(name);
        self.add_to(self.current, mangled, flag, at)
    }

    fn add_to(&mut self, id: ScopeId, name: Name, flag: u32, at: Position) -> Done {
        let scope = &mut self.table.scopes[id];
        let known = scope.symbols.get_mut(&name);
        let before = known.as_ref().map_or(0, |symbol| symbol.flags);
        if flag & before & def::PARAM != 0 {
            return fail(
                at,
                format!("duplicate argument '{name}' in function definition"),
            );
        }
        if flag & before & def::TYPE_PARAM != 0 {
            return fail(at, format!("duplicate type parameter '{name}'"));
        }
        let mut flags = before | flag;
        if scope.comp_iter_target && flag & def::LOCAL != 0 {
            if flags & (def::GLOBAL | def::NONLOCAL) != 0 {
                let message = format!(
                    "comprehension inner loop cannot rebind assignment expression target '{name}'"
                );
                return fail(at, message);
            }
            flags |= def::COMP_ITER;
        }
        let symbol = Symbol {
            flags,
            resolution: Resolution::GlobalImplicit,
        };
        match known {
            Some(known) => *known = symbol,
            None => {
                scope.symbols.insert(name.clone(), symbol);
                scope.order.push(name.clone());
            }
        }
        if flag & def::PARAM != 0 {
            scope.parameters.push(name);
        } else if flag & def::GLOBAL != 0 && id != 0 {
            let module = &mut self.table.scopes[0];
            let flags = module.flags(&name) | flag;
            let symbol = Symbol {
                flags,
                resolution: Resolution::GlobalImplicit,
            };
            if module.symbols.insert(name.clone(), symbol).is_none() {
                module.order.push(name);
            }
        }
        Ok(())
    }

    fn add_str(&mut self, name: &str, flag: u32) -> Done {
        let at = self.cur().at;
        self.add(&name.into(), flag, at)
    }

    fn body(&mut self, body: &[Stmt]) -> Done {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn exprs(&mut self, list: &[Expr]) -> Done {
        list.iter().try_for_each(|expr| self.expr(expr))
    }

    fn optional(&mut self, expr: Option<&Expr>) -> Done {
        expr.map_or(Ok(()), |expr| self.expr(expr))
    }

    /// Runs `inside` with the mark that annotations are conditional.
    fn conditional(&mut self, inside: impl FnOnce(&mut Self) -> Done) -> Done {
        let before = std::mem::replace(&mut self.cur().in_conditional_block, true);
        inside(self)?;
        self.cur().in_conditional_block = before;
        Ok(())
    }

    fn stmt(&mut self, stmt: &Stmt) -> Done {
        match &stmt.kind {
            StmtKind::FunctionDef(f) => self.function(f, stmt.at),
            StmtKind::ClassDef(c) => self.class(c, stmt.at),
            StmtKind::TypeAlias {
                name,
                type_params,
                value,
            } => self.type_alias(stmt, name, type_params, value),
            StmtKind::Return(value) => self.optional(value.as_deref()),
            StmtKind::Delete(targets) => self.exprs(targets),
            StmtKind::Assign { targets, value } => {
                self.exprs(targets)?;
                self.expr(value)
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target)?;
                if let ExprKind::Name { id, .. } = &target.kind {
                    self.add(id, def::USE, target.at)?;
                }
                self.expr(value)
            }
            StmtKind::AnnAssign {
                target,
                annotation,
                value,
                simple,
            } => self.ann_assign(target, annotation, value.as_deref(), *simple),
            StmtKind::For(f) => {
                self.awaits_at_top(f.is_async);
                self.expr(&f.target)?;
                self.expr(&f.iter)?;
                self.conditional(|this| {
                    this.body(&f.body)?;
                    this.body(&f.orelse)
                })
            }
            StmtKind::While { test, body, orelse } | StmtKind::If { test, body, orelse } => {
                self.expr(test)?;
                self.conditional(|this| {
                    this.body(body)?;
                    this.body(orelse)
                })
            }
            StmtKind::With {
                items,
                body,
                is_async,
            } => self.conditional(|this| {
                this.awaits_at_top(*is_async);
                for item in items {
                    this.expr(&item.context_expr)?;
                    this.optional(item.optional_vars.as_deref())?;
                }
                this.body(body)
            }),
            StmtKind::Match { subject, cases } => {
                self.expr(subject)?;
                self.conditional(|this| {
                    for case in cases {
                        this.pattern(&case.pattern)?;
                        this.optional(case.guard.as_deref())?;
                        this.body(&case.body)?;
                    }
                    Ok(())
                })
            }
            StmtKind::Raise { exc, cause } => {
                self.optional(exc.as_deref())?;
                self.optional(cause.as_deref())
            }
            StmtKind::Try(t) => self.conditional(|this| {
                this.body(&t.body)?;
                for handler in &t.handlers {
                    this.optional(handler.typ.as_deref())?;
                    if let Some(name) = &handler.name {
                        this.add(name, def::LOCAL, handler.at)?;
                    }
                    this.body(&handler.body)?;
                }
                this.body(&t.orelse)?;
                this.body(&t.finalbody)
            }),
            StmtKind::Assert { test, msg } => {
                self.expr(test)?;
                self.optional(msg.as_deref())
            }
            StmtKind::Import(names) | StmtKind::ImportFrom { names, .. } => {
                names.iter().try_for_each(|alias| self.alias(alias))
            }
            StmtKind::Global(names) => self.directive(names, def::GLOBAL, "global", stmt.at),
            StmtKind::Nonlocal(names) => self.directive(names, def::NONLOCAL, "nonlocal", stmt.at),
            StmtKind::Expr(value) => self.expr(value),
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => Ok(()),
        }
    }

    fn alias(&mut self, alias: &Alias) -> Done {
        if &*alias.name == "*" {
            if self.cur().kind != ScopeKind::Module {
                return fail(alias.at, "import * only allowed at module level");
            }
            return Ok(());
        }
        let name: Name = match &alias.asname {
            Some(asname) => asname.clone(),
            None => alias.name.split('.').next().unwrap_or_default().into(),
        };
        self.add(&name, def::IMPORT | def::LOCAL, alias.at)
    }

    fn directive(&mut self, names: &[Name], flag: u32, word: &str, at: Position) -> Done {
        for name in names {
            let known = self.lookup(name);
            let message = if known & def::PARAM != 0 {
                format!("name '{name}' is parameter and {word}")
            } else if known & def::USE != 0 {
                format!("name '{name}' is used prior to {word} declaration")
            } else if known & def::ANNOT != 0 {
                format!("annotated name '{name}' can't be {word}")
            } else if known & def::LOCAL != 0 {
                format!("name '{name}' is assigned to before {word} declaration")
            } else {
                self.add(name, flag, at)?;
                let mangled = self.mangled(name);
                self.cur().directives.push((mangled, at));
                continue;
            };
            return fail(at, message);
        }
        Ok(())
    }

    fn function(&mut self, f: &FunctionDef, at: Position) -> Done {
        self.add(&f.name, def::LOCAL, at)?;
        self.exprs(&f.args.defaults)?;
        for default in f.args.kw_defaults.iter().flatten() {
            self.expr(default)?;
        }
        self.exprs(&f.decorator_list)?;
        if !f.type_params.is_empty() {
            let key = ScopeKey::new(f, ScopePart::TypeParams);
            self.enter_type_params(&f.name, key, at, false)?;
            if !f.args.defaults.is_empty() {
                self.add_str(".defaults", def::PARAM)?;
            }
            if f.args.kw_defaults.iter().any(Option::is_some) {
                self.add_str(".kwdefaults", def::PARAM)?;
            }
            self.type_params(&f.type_params)?;
        }
        let key = ScopeKey::new(f, ScopePart::Body);
        let id = self.make(ScopeKind::Function, &f.name, key, at);
        self.annotations(f, at)?;
        self.enter_existing(id, at);
        for arg in f.args.all() {
            self.add(&arg.arg, def::PARAM, arg.at)?;
        }
        self.cur().async_def = f.is_async;
        self.cur().coroutine = f.is_async;
        self.body(&f.body)?;
        self.exit();
        if !f.type_params.is_empty() {
            self.exit();
        }
        Ok(())
    }

    /// The scope of a function's annotations.
    fn annotations(&mut self, f: &FunctionDef, at: Position) -> Done {
        let outer = self.cur();
        let in_class = outer.can_see_class_scope || outer.kind == ScopeKind::Class;
        let key = ScopeKey::new(f, ScopePart::Annotations);
        self.enter(ScopeKind::Annotation, "__annotate__", key, at);
        if in_class {
            self.see_class()?;
        }
        for arg in f.args.all() {
            self.optional(arg.annotation.as_deref())?;
        }
        self.optional(f.returns.as_deref())?;
        self.exit();
        Ok(())
    }

    fn see_class(&mut self) -> Done {
        self.cur().can_see_class_scope = true;
        self.add_str("__classdict__", def::USE)
    }

    fn class(&mut self, c: &ClassDef, at: Position) -> Done {
        self.add(&c.name, def::LOCAL, at)?;
        self.exprs(&c.decorator_list)?;
        let outer_private = self.private.clone();
        if !c.type_params.is_empty() {
            let key = ScopeKey::new(c, ScopePart::TypeParams);
            self.enter_type_params(&c.name, key, at, true)?;
            self.private = Some(c.name.clone());
            self.cur().mangled_names = Some(Default::default());
            self.type_params(&c.type_params)?;
        }
        self.exprs(&c.bases)?;
        for keyword in &c.keywords {
            self.expr(&keyword.value)?;
        }
        self.enter(
            ScopeKind::Class,
            &c.name,
            ScopeKey::new(c, ScopePart::Body),
            at,
        );
        self.private = Some(c.name.clone());
        if !c.type_params.is_empty() {
            self.add_str("__type_params__", def::LOCAL)?;
            self.add_str(".type_params", def::USE)?;
        }
        self.body(&c.body)?;
        self.exit();
        if !c.type_params.is_empty() {
            self.exit();
        }
        self.private = outer_private;
        Ok(())
    }

    fn enter_type_params(&mut self, name: &str, key: ScopeKey, at: Position, class: bool) -> Done {
        let outer = self.cur();
        let in_class = outer.kind == ScopeKind::Class;
        self.enter(ScopeKind::TypeParameters, name, key, at);
        if in_class {
            self.see_class()?;
        }
        if class {
            self.add_str(".type_params", def::LOCAL | def::USE)?;
            self.add_str(".generic_base", def::LOCAL | def::USE)?;
        }
        Ok(())
    }

    fn type_params(&mut self, params: &[TypeParam]) -> Done {
        for param in params {
            self.add(&param.name, def::TYPE_PARAM | def::LOCAL, param.at)?;
            if let Some(bound) = &param.bound {
                let constraints = matches!(bound.kind, ExprKind::Tuple { .. });
                let info = if constraints {
                    "a TypeVar constraint"
                } else {
                    "a TypeVar bound"
                };
                self.lazy_type(param, ScopePart::Bound, bound, info)?;
            }
            if let Some(default) = &param.default {
                let info = match param.kind {
                    TypeParamKind::TypeVar => "a TypeVar default",
                    TypeParamKind::ParamSpec => "a ParamSpec default",
                    TypeParamKind::TypeVarTuple => "a TypeVarTuple default",
                };
                self.lazy_type(param, ScopePart::Default, default, info)?;
            }
            if &*param.name == "__classdict__" {
                let message = "reserved name '__classdict__' cannot be used for type parameter";
                return fail(param.at, message);
            }
        }
        Ok(())
    }

    fn lazy_type(
        &mut self,
        param: &TypeParam,
        part: ScopePart,
        expr: &Expr,
        info: &'static str,
    ) -> Done {
        let in_class = self.cur().can_see_class_scope;
        let key = ScopeKey::new(param, part);
        self.enter(ScopeKind::TypeVariable, &param.name, key, expr.at);
        self.cur().scope_info = info;
        if in_class {
            self.see_class()?;
        }
        self.expr(expr)?;
        self.exit();
        Ok(())
    }

    fn type_alias(&mut self, stmt: &Stmt, name: &Expr, params: &[TypeParam], value: &Expr) -> Done {
        self.expr(name)?;
        let outer = self.cur();
        let in_class = outer.kind == ScopeKind::Class || outer.can_see_class_scope;
        let label = name
            .as_name()
            .cloned()
            .unwrap_or_else(|| "<unknown>".into());
        if !params.is_empty() {
            let key = ScopeKey::new(stmt, ScopePart::TypeParams);
            self.enter_type_params(&label, key, stmt.at, false)?;
            self.type_params(params)?;
        }
        self.enter(
            ScopeKind::TypeAlias,
            &label,
            ScopeKey::new(stmt, ScopePart::Body),
            stmt.at,
        );
        if in_class {
            self.see_class()?;
        }
        self.expr(value)?;
        self.exit();
        if !params.is_empty() {
            self.exit();
        }
        Ok(())
    }

    fn ann_assign(
        &mut self,
        target: &Expr,
        annotation: &Expr,
        value: Option<&Expr>,
        simple: bool,
    ) -> Done {
        if let ExprKind::Name { id, .. } = &target.kind {
            let known = self.lookup(id);
            if known & (def::GLOBAL | def::NONLOCAL) != 0 && self.current != 0 && simple {
                let word = if known & def::GLOBAL != 0 {
                    "global"
                } else {
                    "nonlocal"
                };
                return fail(target.at, format!("annotated name '{id}' can't be {word}"));
            }
            if simple {
                self.add(id, def::ANNOT | def::LOCAL, target.at)?;
            } else if value.is_some() {
                self.add(id, def::LOCAL, target.at)?;
            }
        } else {
            self.expr(target)?;
        }
        self.variable_annotation(annotation)?;
        self.optional(value)
    }

    fn variable_annotation(&mut self, annotation: &Expr) -> Done {
        let kind = self.cur().kind;
        let unevaluated = self.cur().is_function_like();
        let conditional = kind == ScopeKind::Module
            || kind == ScopeKind::Class && self.cur().in_conditional_block;
        self.cur().has_conditional_annotations |= conditional;
        match self.cur().annotation_block {
            Some(block) => self.enter_existing(block, annotation.at),
            None => {
                let key = ScopeKey::new(annotation, ScopePart::Annotations);
                let parent = self.current;
                let block = self.enter(ScopeKind::Annotation, "__annotate__", key, annotation.at);
                self.table.scopes[parent].annotation_block = Some(block);
                if kind == ScopeKind::Class {
                    self.see_class()?;
                }
            }
        }
        if conditional {
            self.add_str("__conditional_annotations__", def::USE)?;
        }
        self.cur().in_unevaluated_annotation = unevaluated;
        self.expr(annotation)?;
        self.cur().in_unevaluated_annotation = false;
        self.exit();
        Ok(())
    }

    fn pattern(&mut self, pattern: &Pattern) -> Done {
        let patterns = |this: &mut Self, list: &[Pattern]| -> Done {
            list.iter().try_for_each(|pattern| this.pattern(pattern))
        };
        match &pattern.kind {
            PatternKind::MatchValue(value) => self.expr(value),
            PatternKind::MatchSingleton(_) => Ok(()),
            PatternKind::MatchSequence(list) | PatternKind::MatchOr(list) => patterns(self, list),
            PatternKind::MatchStar(name) => match name {
                Some(name) => self.add(name, def::LOCAL, pattern.at),
                None => Ok(()),
            },
            PatternKind::MatchMapping {
                keys,
                patterns: values,
                rest,
            } => {
                self.exprs(keys)?;
                patterns(self, values)?;
                match rest {
                    Some(rest) => self.add(rest, def::LOCAL, pattern.at),
                    None => Ok(()),
                }
            }
            PatternKind::MatchClass {
                cls,
                patterns: positional,
                kwd_patterns,
                ..
            } => {
                self.expr(cls)?;
                patterns(self, positional)?;
                patterns(self, kwd_patterns)
            }
            PatternKind::MatchAs {
                pattern: inner,
                name,
            } => {
                if let Some(inner) = inner {
                    self.pattern(inner)?;
                }
                match name {
                    Some(name) => self.add(name, def::LOCAL, pattern.at),
                    None => Ok(()),
                }
            }
        }
    }

    fn expr(&mut self, expr: &Expr) -> Done {
        match &expr.kind {
            ExprKind::NamedExpr { target, value } => self.named_expr(expr, target, value),
            ExprKind::BoolOp { values, .. } => self.exprs(values),
            ExprKind::BinOp { left, right, .. } => {
                self.expr(left)?;
                self.expr(right)
            }
            ExprKind::UnaryOp { operand, .. } => self.expr(operand),
            ExprKind::Lambda(lambda) => self.lambda(expr, lambda),
            ExprKind::IfExp { test, body, orelse } => {
                self.expr(test)?;
                self.expr(body)?;
                self.expr(orelse)
            }
            ExprKind::Dict { keys, values } => {
                for key in keys.iter().flatten() {
                    self.expr(key)?;
                }
                self.exprs(values)
            }
            ExprKind::Set(elts) => self.exprs(elts),
            ExprKind::ListComp(comp) => self.comprehension(expr, comp, CompKind::List),
            ExprKind::SetComp(comp) => self.comprehension(expr, comp, CompKind::Set),
            ExprKind::DictComp(comp) => self.comprehension(expr, comp, CompKind::Dict),
            ExprKind::GeneratorExp(comp) => self.comprehension(expr, comp, CompKind::Generator),
            ExprKind::Await(value) => self.await_expr(expr, value),
            ExprKind::Yield(value) => {
                self.not_in_annotation("yield expression", expr.at)?;
                self.optional(value.as_deref())?;
                self.yields(expr.at)
            }
            ExprKind::YieldFrom(value) => {
                self.not_in_annotation("yield expression", expr.at)?;
                self.expr(value)?;
                self.yields(expr.at)
            }
            ExprKind::Compare {
                left, comparators, ..
            } => {
                self.expr(left)?;
                self.exprs(comparators)
            }
            ExprKind::Call {
                func,
                args,
                keywords,
            } => {
                self.expr(func)?;
                self.exprs(args)?;
                keywords
                    .iter()
                    .try_for_each(|keyword| self.expr(&keyword.value))
            }
            ExprKind::FormattedValue(field) | ExprKind::Interpolation(field) => {
                self.expr(&field.value)?;
                self.optional(field.format_spec.as_ref())
            }
            ExprKind::JoinedStr(values) | ExprKind::TemplateStr(values) => self.exprs(values),
            ExprKind::Constant { .. } => Ok(()),
            ExprKind::Attribute { value, .. } | ExprKind::Starred { value, .. } => self.expr(value),
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value)?;
                self.expr(slice)
            }
            ExprKind::Slice { lower, upper, step } => {
                self.optional(lower.as_deref())?;
                self.optional(upper.as_deref())?;
                self.optional(step.as_deref())
            }
            ExprKind::Name { id, ctx } => self.name(id, *ctx, expr.at),
            ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => self.exprs(elts),
        }
    }

    fn name(&mut self, id: &Name, ctx: Ctx, at: Position) -> Done {
        if self.cur().in_unevaluated_annotation {
            return Ok(());
        }
        let flag = if ctx == Ctx::Load {
            def::USE
        } else {
            def::LOCAL
        };
        self.add(id, flag, at)?;
        if ctx == Ctx::Load && &**id == "super" && self.cur().is_function_like() {
            self.add(&"__class__".into(), def::USE, at)?;
        }
        Ok(())
    }

    fn yields(&mut self, at: Position) -> Done {
        let scope = self.cur();
        scope.generator = true;
        let kind = match scope.comprehension {
            CompKind::No => return Ok(()),
            CompKind::List => "list comprehension",
            CompKind::Set => "set comprehension",
            CompKind::Dict => "dict comprehension",
            CompKind::Generator => "generator expression",
        };
        fail(at, format!("'yield' inside {kind}"))
    }

    /// `async for` and `async with` at module level make it a coroutine, where that is
    /// allowed.
    fn awaits_at_top(&mut self, is_async: bool) {
        if is_async && self.top_level_await && self.current == 0 {
            self.cur().coroutine = true;
        }
    }

    fn await_expr(&mut self, expr: &Expr, value: &Expr) -> Done {
        self.not_in_annotation("await expression", expr.at)?;
        let top = self.top_level_await && self.current == 0;
        let scope = self.cur();
        if !top {
            if !scope.is_function_like() {
                return fail(expr.at, "'await' outside function");
            }
            if !scope.async_def && scope.comprehension == CompKind::No {
                return fail(expr.at, "'await' outside async function");
            }
        }
        self.expr(value)?;
        self.cur().coroutine = true;
        Ok(())
    }

    fn not_in_annotation(&mut self, what: &str, at: Position) -> Done {
        let scope = self.cur();
        let place = match scope.kind {
            ScopeKind::Annotation => "an annotation",
            ScopeKind::TypeVariable => scope.scope_info,
            ScopeKind::TypeAlias => "a type alias",
            ScopeKind::TypeParameters => "the definition of a generic",
            _ => return Ok(()),
        };
        fail(at, format!("{what} cannot be used within {place}"))
    }

    fn lambda(&mut self, expr: &Expr, lambda: &Lambda) -> Done {
        self.exprs(&lambda.args.defaults)?;
        for default in lambda.args.kw_defaults.iter().flatten() {
            self.expr(default)?;
        }
        let key = ScopeKey::new(lambda, ScopePart::Body);
        self.enter(ScopeKind::Function, "<lambda>", key, expr.at);
        for arg in lambda.args.all() {
            self.add(&arg.arg, def::PARAM, arg.at)?;
        }
        self.expr(&lambda.body)?;
        self.exit();
        Ok(())
    }

    fn named_expr(&mut self, expr: &Expr, target: &Expr, value: &Expr) -> Done {
        self.not_in_annotation("named expression", expr.at)?;
        if self.cur().comp_iter_expr > 0 {
            let message =
                "assignment expression cannot be used in a comprehension iterable expression";
            return fail(expr.at, message);
        }
        let Some(name) = target.as_name() else {
            return fail(
                target.at,
                "cannot use assignment expressions with this target",
            );
        };
        if &**name == "__debug__" {
            return Err(crate::lower::forbidden(
                target.at,
                "cannot assign to __debug__",
            ));
        }
        if self.cur().comprehension != CompKind::No {
            self.extend_named_expr(name, target.at)?;
        }
        let mangled = self.mangled(name);
        let mut id = self.current;
        loop {
            self.table.scopes[id].walrus.insert(mangled.clone());
            match self.table.scopes[id].parent {
                Some(parent) if self.table.scopes[id].comprehension != CompKind::No => id = parent,
                _ => break,
            }
        }
        self.expr(value)?;
        self.expr(target)
    }

    /// The target of `:=` in a comprehension belongs to the scope around it (PEP 572).
    fn extend_named_expr(&mut self, name: &Name, at: Position) -> Done {
        let mangled = self.mangled(name);
        let mut id = self.current;
        loop {
            let scope = &self.table.scopes[id];
            let within = "assignment expression within a comprehension cannot be used";
            if scope.comprehension != CompKind::No {
                if scope.flags(&mangled) & def::COMP_ITER != 0 {
                    let message = format!(
                        "assignment expression cannot rebind comprehension iteration variable '{name}'"
                    );
                    return fail(at, message);
                }
                match scope.parent {
                    Some(parent) => id = parent,
                    None => return Ok(()),
                }
                continue;
            }
            match scope.kind {
                ScopeKind::Function => {
                    let global = scope.flags(&mangled) & def::GLOBAL != 0;
                    let flag = if global { def::GLOBAL } else { def::NONLOCAL };
                    self.add(name, flag, at)?;
                    self.cur().directives.push((mangled.clone(), at));
                    return self.add_to(id, mangled, def::LOCAL, at);
                }
                ScopeKind::Module => {
                    self.add(name, def::GLOBAL, at)?;
                    self.cur().directives.push((mangled.clone(), at));
                    return self.add_to(id, mangled, def::GLOBAL, at);
                }
                ScopeKind::Class => return fail(at, format!("{within} in a class body")),
                ScopeKind::TypeParameters => {
                    return fail(at, format!("{within} within the definition of a generic"));
                }
                ScopeKind::TypeAlias => return fail(at, format!("{within} in a type alias")),
                ScopeKind::TypeVariable => {
                    return fail(at, format!("{within} in a TypeVar bound"));
                }
                ScopeKind::Annotation => {
                    return self.not_in_annotation("named expression", at);
                }
            }
        }
    }

    fn comprehension(&mut self, expr: &Expr, comp: &Comp, kind: CompKind) -> Done {
        let Some((first, rest)) = comp.generators.split_first() else {
            return fail(expr.at, "comprehension with no generators");
        };
        self.cur().comp_iter_expr += 1;
        self.expr(&first.iter)?;
        self.cur().comp_iter_expr -= 1;
        let name = match kind {
            CompKind::List => "<listcomp>",
            CompKind::Set => "<setcomp>",
            CompKind::Dict => "<dictcomp>",
            _ => "<genexpr>",
        };
        let key = ScopeKey::new(comp, ScopePart::Body);
        self.enter(ScopeKind::Function, name, key, expr.at);
        self.cur().comprehension = kind;
        self.cur().coroutine |= first.is_async;
        self.add(&".0".into(), def::PARAM, expr.at)?;
        self.comp_target(&first.target)?;
        self.exprs(&first.ifs)?;
        for clause in rest {
            self.comp_target(&clause.target)?;
            self.cur().comp_iter_expr += 1;
            self.expr(&clause.iter)?;
            self.cur().comp_iter_expr -= 1;
            self.exprs(&clause.ifs)?;
            self.cur().coroutine |= clause.is_async;
        }
        self.optional(comp.value.as_ref())?;
        self.expr(&comp.elt)?;
        let generator = kind == CompKind::Generator;
        self.cur().generator = generator;
        let is_async = self.cur().coroutine && !generator;
        self.exit();
        if !is_async {
            return Ok(());
        }
        let top = self.top_level_await && self.current == 0;
        let outer = self.cur();
        if !outer.async_def && outer.comprehension == CompKind::No && !top {
            let message = "asynchronous comprehension outside of an asynchronous function";
            return fail(expr.at, message);
        }
        outer.coroutine = true;
        Ok(())
    }

    fn comp_target(&mut self, target: &Expr) -> Done {
        self.cur().comp_iter_target = true;
        self.expr(target)?;
        self.cur().comp_iter_target = false;
        Ok(())
    }
}
