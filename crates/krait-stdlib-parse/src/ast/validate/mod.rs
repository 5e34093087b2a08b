//! What must hold of a tree that was not made by the parser.

use krait_bytecode::Const;
use krait_compiler::ast::{Arguments, Comprehension, Ctx, Expr, ExprKind, Keyword, Module, Name};
use krait_object::{Py, PyResult, raise};

mod pattern;
mod stmt;

/// Refuses a tree that makes no sense.
pub fn module(py: Py, module: &Module) -> PyResult<()> {
    let check = Check { py };
    match module {
        Module::Module(body) | Module::Interactive(body) => check.stmts(body),
        Module::Expression(expr) => check.expr(expr, Ctx::Load),
    }
}

#[derive(Clone, Copy)]
struct Check {
    py: Py,
}

fn context_name(ctx: Ctx) -> &'static str {
    match ctx {
        Ctx::Load => "Load",
        Ctx::Store => "Store",
        Ctx::Del => "Del",
    }
}

impl Check {
    fn fail(&self, text: &str) -> PyResult<()> {
        raise!(self.py, ValueError, "{text}")
    }

    fn name(&self, name: &Name) -> PyResult<()> {
        match &**name {
            "None" | "True" | "False" => self.fail(&format!(
                "identifier field can't represent '{name}' constant"
            )),
            _ => Ok(()),
        }
    }

    fn not_empty<T>(&self, items: &[T], what: &str, owner: &str) -> PyResult<()> {
        if items.is_empty() {
            self.fail(&format!("empty {what} on {owner}"))
        } else {
            Ok(())
        }
    }

    fn exprs(&self, exprs: &[Expr], ctx: Ctx) -> PyResult<()> {
        exprs.iter().try_for_each(|e| self.expr(e, ctx))
    }

    fn opt(&self, expr: Option<&Expr>) -> PyResult<()> {
        expr.map_or(Ok(()), |e| self.expr(e, Ctx::Load))
    }

    fn opt_box(&self, expr: &Option<Box<Expr>>) -> PyResult<()> {
        self.opt(expr.as_deref())
    }

    /// Checks an expression that is used in a context.
    fn expr(&self, expr: &Expr, ctx: Ctx) -> PyResult<()> {
        self.py
            .thread()
            .check_native_stack(self.py, " during compilation")?;
        self.context(expr, ctx)?;
        let load = |e: &Expr| self.expr(e, Ctx::Load);
        match &expr.kind {
            ExprKind::BoolOp { values, .. } => {
                if values.len() < 2 {
                    return self.fail("BoolOp with less than 2 values");
                }
                self.exprs(values, Ctx::Load)
            }
            ExprKind::BinOp { left, right, .. } => load(left).and_then(|()| load(right)),
            ExprKind::UnaryOp { operand, .. } => load(operand),
            ExprKind::Lambda(lambda) => self
                .arguments(&lambda.args)
                .and_then(|()| load(&lambda.body)),
            ExprKind::IfExp { test, body, orelse } => load(test)
                .and_then(|()| load(body))
                .and_then(|()| load(orelse)),
            ExprKind::Dict { keys, values } => {
                if keys.len() != values.len() {
                    return self.fail("Dict doesn't have the same number of keys as values");
                }
                keys.iter().try_for_each(|key| self.opt(key.as_ref()))?;
                self.exprs(values, Ctx::Load)
            }
            ExprKind::Set(elts) => self.exprs(elts, Ctx::Load),
            ExprKind::ListComp(comp)
            | ExprKind::SetComp(comp)
            | ExprKind::GeneratorExp(comp)
            | ExprKind::DictComp(comp) => {
                self.generators(&comp.generators)?;
                load(&comp.elt)?;
                self.opt(comp.value.as_ref())
            }
            ExprKind::Yield(value) => self.opt_box(value),
            ExprKind::YieldFrom(value) | ExprKind::Await(value) => load(value),
            ExprKind::Compare {
                left,
                ops,
                comparators,
            } => {
                if comparators.is_empty() {
                    return self.fail("Compare with no comparators");
                }
                if comparators.len() != ops.len() {
                    return self.fail("Compare has a different number of comparators and operands");
                }
                self.exprs(comparators, Ctx::Load)?;
                load(left)
            }
            ExprKind::Call {
                func,
                args,
                keywords,
            } => {
                load(func)?;
                self.exprs(args, Ctx::Load)?;
                self.keywords(keywords)
            }
            ExprKind::JoinedStr(values) | ExprKind::TemplateStr(values) => {
                self.exprs(values, Ctx::Load)
            }
            ExprKind::FormattedValue(part) | ExprKind::Interpolation(part) => {
                load(&part.value)?;
                self.opt(part.format_spec.as_ref())
            }
            ExprKind::Attribute { value, .. } => load(value),
            ExprKind::Subscript { value, slice, .. } => load(slice).and_then(|()| load(value)),
            ExprKind::Starred { value, ctx } => self.expr(value, *ctx),
            ExprKind::Slice { lower, upper, step } => [lower, upper, step]
                .into_iter()
                .try_for_each(|part| self.opt_box(part)),
            ExprKind::List { elts, ctx } | ExprKind::Tuple { elts, ctx } => self.exprs(elts, *ctx),
            ExprKind::NamedExpr { value, .. } => load(value),
            ExprKind::Name { .. } | ExprKind::Constant { .. } => Ok(()),
        }
    }

    fn context(&self, expr: &Expr, wanted: Ctx) -> PyResult<()> {
        let actual = match &expr.kind {
            ExprKind::Attribute { ctx, .. }
            | ExprKind::Subscript { ctx, .. }
            | ExprKind::Starred { ctx, .. }
            | ExprKind::List { ctx, .. }
            | ExprKind::Tuple { ctx, .. } => *ctx,
            ExprKind::Name { id, ctx } => {
                self.name(id)?;
                *ctx
            }
            _ if wanted != Ctx::Load => {
                let name = context_name(wanted);
                return self.fail(&format!(
                    "expression which can't be assigned to in {name} context"
                ));
            }
            _ => return Ok(()),
        };
        if actual == wanted {
            return Ok(());
        }
        let (wanted, actual) = (context_name(wanted), context_name(actual));
        self.fail(&format!(
            "expression must have {wanted} context but has {actual} instead"
        ))
    }

    fn generators(&self, generators: &[Comprehension]) -> PyResult<()> {
        if generators.is_empty() {
            return self.fail("comprehension with no generators");
        }
        generators.iter().try_for_each(|g| {
            self.expr(&g.target, Ctx::Store)?;
            self.expr(&g.iter, Ctx::Load)?;
            self.exprs(&g.ifs, Ctx::Load)
        })
    }

    fn keywords(&self, keywords: &[Keyword]) -> PyResult<()> {
        keywords
            .iter()
            .try_for_each(|k| self.expr(&k.value, Ctx::Load))
    }

    fn arguments(&self, args: &Arguments) -> PyResult<()> {
        args.all()
            .try_for_each(|arg| self.opt_box(&arg.annotation))?;
        if args.defaults.len() > args.posonlyargs.len() + args.args.len() {
            return self.fail("more positional defaults than args on arguments");
        }
        if args.kw_defaults.len() != args.kwonlyargs.len() {
            return self.fail("length of kwonlyargs is not the same as kw_defaults on arguments");
        }
        self.exprs(&args.defaults, Ctx::Load)?;
        args.kw_defaults
            .iter()
            .try_for_each(|default| self.opt(default.as_ref()))
    }
}

/// Whether a constant may stand in a pattern by itself.
fn is_literal(value: &Const) -> bool {
    matches!(
        value,
        Const::Int(_)
            | Const::BigInt(..)
            | Const::Float(_)
            | Const::Complex(..)
            | Const::Str(_)
            | Const::Bytes(_)
    )
}
