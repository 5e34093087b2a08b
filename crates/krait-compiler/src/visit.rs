//! Small walks over expressions.

use crate::ast::*;

/// Calls `each` for the direct parts of an expression; inside lambdas and comprehensions
/// too (the latter belong to the same function where `:=` is concerned).
pub fn children<'a>(expr: &'a Expr, each: &mut dyn FnMut(&'a Expr)) {
    match &expr.kind {
        ExprKind::BoolOp { values, .. } | ExprKind::Set(values) => values.iter().for_each(each),
        ExprKind::JoinedStr(values) | ExprKind::TemplateStr(values) => values.iter().for_each(each),
        ExprKind::NamedExpr { target, value } => {
            each(target);
            each(value);
        }
        ExprKind::BinOp { left, right, .. } => {
            each(left);
            each(right);
        }
        ExprKind::UnaryOp { operand, .. } => each(operand),
        ExprKind::Lambda(lambda) => {
            lambda.args.defaults.iter().for_each(&mut *each);
            lambda.args.kw_defaults.iter().flatten().for_each(each);
        }
        ExprKind::IfExp { test, body, orelse } => {
            each(test);
            each(body);
            each(orelse);
        }
        ExprKind::Dict { keys, values } => {
            keys.iter().flatten().for_each(&mut *each);
            values.iter().for_each(each);
        }
        ExprKind::ListComp(comp)
        | ExprKind::SetComp(comp)
        | ExprKind::DictComp(comp)
        | ExprKind::GeneratorExp(comp) => {
            each(&comp.elt);
            comp.value.iter().for_each(&mut *each);
            for clause in &comp.generators {
                each(&clause.target);
                each(&clause.iter);
                clause.ifs.iter().for_each(&mut *each);
            }
        }
        ExprKind::Await(value) | ExprKind::YieldFrom(value) => each(value),
        ExprKind::Yield(value) => value.iter().for_each(|value| each(value)),
        ExprKind::Compare {
            left, comparators, ..
        } => {
            each(left);
            comparators.iter().for_each(each);
        }
        ExprKind::Call {
            func,
            args,
            keywords,
        } => {
            each(func);
            args.iter().for_each(&mut *each);
            keywords.iter().for_each(|keyword| each(&keyword.value));
        }
        ExprKind::FormattedValue(field) | ExprKind::Interpolation(field) => {
            each(&field.value);
            field.format_spec.iter().for_each(each);
        }
        ExprKind::Attribute { value, .. } | ExprKind::Starred { value, .. } => each(value),
        ExprKind::Subscript { value, slice, .. } => {
            each(value);
            each(slice);
        }
        ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => elts.iter().for_each(each),
        ExprKind::Slice { lower, upper, step } => {
            for part in [lower, upper, step].into_iter().flatten() {
                each(part);
            }
        }
        ExprKind::Constant { .. } | ExprKind::Name { .. } => {}
    }
}

/// Names that `:=` assigns in an expression, as often as they occur.
pub fn walrus_targets(expr: &Expr, names: &mut Vec<Name>) {
    if let ExprKind::NamedExpr { target, .. } = &expr.kind
        && let Some(name) = target.as_name()
    {
        names.push(name.clone());
    }
    children(expr, &mut |child| walrus_targets(child, names));
}

/// The names of an expression in the order in which its value takes them; of a comprehension
/// only what it goes over.
pub fn names<'a>(expr: &'a Expr, names: &mut Vec<&'a Name>) {
    match &expr.kind {
        ExprKind::Name { id, .. } => names.push(id),
        ExprKind::NamedExpr { target, value } => {
            self::names(value, names);
            self::names(target, names);
        }
        ExprKind::ListComp(comp)
        | ExprKind::SetComp(comp)
        | ExprKind::DictComp(comp)
        | ExprKind::GeneratorExp(comp) => {
            if let Some(first) = comp.generators.first() {
                self::names(&first.iter, names);
            }
        }
        _ => children(expr, &mut |child| self::names(child, names)),
    }
}

/// The expressions of a statement itself, not those of statements inside it.
pub fn own_expressions(stmt: &Stmt) -> Vec<&Expr> {
    let mut out: Vec<&Expr> = Vec::new();
    match &stmt.kind {
        StmtKind::FunctionDef(f) => {
            out.extend(&f.decorator_list);
            out.extend(&f.args.defaults);
            out.extend(f.args.kw_defaults.iter().flatten());
        }
        StmtKind::ClassDef(c) => {
            out.extend(&c.decorator_list);
            out.extend(&c.bases);
            out.extend(c.keywords.iter().map(|keyword| &keyword.value));
        }
        StmtKind::Return(value) => out.extend(value.as_deref()),
        StmtKind::Delete(targets) => out.extend(targets),
        StmtKind::Assign { targets, value } => {
            out.extend(targets);
            out.push(value);
        }
        StmtKind::AugAssign { target, value, .. } => out.extend([&**target, &**value]),
        StmtKind::AnnAssign {
            target,
            annotation,
            value,
            ..
        } => {
            out.extend([&**target, &**annotation]);
            out.extend(value.as_deref());
        }
        StmtKind::For(f) => out.extend([&f.iter, &f.target]),
        StmtKind::While { test, .. } | StmtKind::If { test, .. } => out.push(test),
        StmtKind::With { items, .. } => {
            for item in items {
                out.push(&item.context_expr);
                out.extend(item.optional_vars.as_deref());
            }
        }
        StmtKind::Match { subject, .. } => out.push(subject),
        StmtKind::Raise { exc, cause } => {
            out.extend(exc.as_deref());
            out.extend(cause.as_deref());
        }
        StmtKind::Assert { test, msg } => {
            out.push(test);
            out.extend(msg.as_deref());
        }
        StmtKind::Expr(value) => out.push(value),
        _ => {}
    }
    out
}
