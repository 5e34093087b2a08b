//! Expressions.

use krait_bytecode::Const;
use krait_compiler::ast::{
    Arg, Arguments, BinOp, CmpOp, Comp, Comprehension, Expr, ExprKind, Formatted, Keyword, UnaryOp,
};
use krait_object::{PyResult, Str, Value};
use krait_vm::code::consts;

use super::Maker;

pub(super) fn binary_operator(op: BinOp) -> &'static str {
    match op {
        BinOp::Add => "Add",
        BinOp::Sub => "Sub",
        BinOp::Mult => "Mult",
        BinOp::MatMult => "MatMult",
        BinOp::Div => "Div",
        BinOp::Mod => "Mod",
        BinOp::Pow => "Pow",
        BinOp::LShift => "LShift",
        BinOp::RShift => "RShift",
        BinOp::BitOr => "BitOr",
        BinOp::BitXor => "BitXor",
        BinOp::BitAnd => "BitAnd",
        BinOp::FloorDiv => "FloorDiv",
    }
}

fn comparison(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => "Eq",
        CmpOp::NotEq => "NotEq",
        CmpOp::Lt => "Lt",
        CmpOp::LtE => "LtE",
        CmpOp::Gt => "Gt",
        CmpOp::GtE => "GtE",
        CmpOp::Is => "Is",
        CmpOp::IsNot => "IsNot",
        CmpOp::In => "In",
        CmpOp::NotIn => "NotIn",
    }
}

fn unary_operator(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Invert => "Invert",
        UnaryOp::Not => "Not",
        UnaryOp::UAdd => "UAdd",
        UnaryOp::USub => "USub",
    }
}

impl Maker<'_> {
    pub(super) fn exprs(&self, exprs: &[Expr]) -> PyResult {
        self.list(exprs, |e| self.expr(e))
    }

    pub(super) fn opt_expr(&self, expr: Option<&Expr>) -> PyResult {
        expr.map_or_else(|| Ok(Value::none()), |e| self.expr(e))
    }

    pub(super) fn constant(&self, value: &Const) -> Value {
        consts::value(value, &consts::Whole(&self.empty))
    }

    pub(super) fn expr(&self, expr: &Expr) -> PyResult {
        self.check_depth()?;
        let at = expr.at;
        match &expr.kind {
            ExprKind::BoolOp { is_and, values } => {
                let op = self.single(if *is_and { "And" } else { "Or" })?;
                self.node_at("BoolOp", at, [op, self.exprs(values)?])
            }
            ExprKind::NamedExpr { target, value } => {
                self.node_at("NamedExpr", at, [self.expr(target)?, self.expr(value)?])
            }
            ExprKind::BinOp { left, op, right } => {
                let values = [
                    self.expr(left)?,
                    self.single(binary_operator(*op))?,
                    self.expr(right)?,
                ];
                self.node_at("BinOp", at, values)
            }
            ExprKind::UnaryOp { op, operand } => self.node_at(
                "UnaryOp",
                at,
                [self.single(unary_operator(*op))?, self.expr(operand)?],
            ),
            ExprKind::Lambda(lambda) => self.node_at(
                "Lambda",
                at,
                [self.arguments(&lambda.args)?, self.expr(&lambda.body)?],
            ),
            ExprKind::IfExp { test, body, orelse } => self.node_at(
                "IfExp",
                at,
                [self.expr(test)?, self.expr(body)?, self.expr(orelse)?],
            ),
            ExprKind::Dict { keys, values } => {
                let keys = self.list(keys, |key| self.opt_expr(key.as_ref()))?;
                self.node_at("Dict", at, [keys, self.exprs(values)?])
            }
            ExprKind::Set(elts) => self.node_at("Set", at, [self.exprs(elts)?]),
            ExprKind::ListComp(comp) => self.comprehension("ListComp", expr, comp),
            ExprKind::SetComp(comp) => self.comprehension("SetComp", expr, comp),
            ExprKind::GeneratorExp(comp) => self.comprehension("GeneratorExp", expr, comp),
            ExprKind::DictComp(comp) => {
                let values = [
                    self.expr(&comp.elt)?,
                    self.opt_expr(comp.value.as_ref())?,
                    self.list(&comp.generators, |g| self.generator(g))?,
                ];
                self.node_at("DictComp", at, values)
            }
            _ => self.more_expr(expr),
        }
    }

    fn more_expr(&self, expr: &Expr) -> PyResult {
        let at = expr.at;
        match &expr.kind {
            ExprKind::Await(value) => self.node_at("Await", at, [self.expr(value)?]),
            ExprKind::Yield(value) => self.node_at("Yield", at, [self.opt_expr(value.as_deref())?]),
            ExprKind::YieldFrom(value) => self.node_at("YieldFrom", at, [self.expr(value)?]),
            ExprKind::Compare {
                left,
                ops,
                comparators,
            } => {
                let ops = self.list(ops, |op| self.single(comparison(*op)))?;
                self.node_at(
                    "Compare",
                    at,
                    [self.expr(left)?, ops, self.exprs(comparators)?],
                )
            }
            ExprKind::Call {
                func,
                args,
                keywords,
            } => self.node_at(
                "Call",
                at,
                [
                    self.expr(func)?,
                    self.exprs(args)?,
                    self.keywords(keywords)?,
                ],
            ),
            ExprKind::FormattedValue(part) => self.formatted("FormattedValue", expr, part),
            ExprKind::Interpolation(part) => self.formatted("Interpolation", expr, part),
            ExprKind::JoinedStr(values) => self.node_at("JoinedStr", at, [self.exprs(values)?]),
            ExprKind::TemplateStr(values) => self.node_at("TemplateStr", at, [self.exprs(values)?]),
            ExprKind::Constant { value, kind_u } => {
                let kind = if *kind_u {
                    Value::from(Str::intern("u"))
                } else {
                    Value::none()
                };
                self.node_at("Constant", at, [self.constant(value), kind])
            }
            ExprKind::Attribute { value, attr, ctx } => self.node_at(
                "Attribute",
                at,
                [self.expr(value)?, self.name(attr), self.ctx(*ctx)?],
            ),
            ExprKind::Subscript { value, slice, ctx } => self.node_at(
                "Subscript",
                at,
                [self.expr(value)?, self.expr(slice)?, self.ctx(*ctx)?],
            ),
            ExprKind::Starred { value, ctx } => {
                self.node_at("Starred", at, [self.expr(value)?, self.ctx(*ctx)?])
            }
            ExprKind::Name { id, ctx } => {
                self.node_at("Name", at, [self.name(id), self.ctx(*ctx)?])
            }
            ExprKind::List { elts, ctx } => {
                self.node_at("List", at, [self.exprs(elts)?, self.ctx(*ctx)?])
            }
            ExprKind::Tuple { elts, ctx } => {
                self.node_at("Tuple", at, [self.exprs(elts)?, self.ctx(*ctx)?])
            }
            ExprKind::Slice { lower, upper, step } => {
                let part = |part: &Option<Box<Expr>>| self.opt_expr(part.as_deref());
                self.node_at("Slice", at, [part(lower)?, part(upper)?, part(step)?])
            }
            _ => krait_object::raise!(self.py, SystemError, "unexpected expression"),
        }
    }

    fn comprehension(&self, name: &'static str, expr: &Expr, comp: &Comp) -> PyResult {
        let generators = self.list(&comp.generators, |g| self.generator(g))?;
        self.node_at(name, expr.at, [self.expr(&comp.elt)?, generators])
    }

    fn generator(&self, generator: &Comprehension) -> PyResult {
        let values = [
            self.expr(&generator.target)?,
            self.expr(&generator.iter)?,
            self.exprs(&generator.ifs)?,
            Value::int(i64::from(generator.is_async)),
        ];
        self.node("comprehension", values)
    }

    fn formatted(&self, name: &'static str, expr: &Expr, part: &Formatted) -> PyResult {
        let value = self.expr(&part.value)?;
        let conversion = Value::int(i64::from(part.conversion));
        let spec = self.opt_expr(part.format_spec.as_ref())?;
        if name == "Interpolation" {
            return self.node_at(
                name,
                expr.at,
                [value, self.constant(&part.source), conversion, spec],
            );
        }
        self.node_at(name, expr.at, [value, conversion, spec])
    }

    pub(super) fn keywords(&self, keywords: &[Keyword]) -> PyResult {
        self.list(keywords, |k| {
            self.node_at(
                "keyword",
                k.at,
                [self.opt_name(&k.arg), self.expr(&k.value)?],
            )
        })
    }

    fn arg(&self, arg: &Arg) -> PyResult {
        let annotation = self.opt_expr(arg.annotation.as_deref())?;
        self.node_at(
            "arg",
            arg.at,
            [self.name(&arg.arg), annotation, self.type_comment(arg.at)],
        )
    }

    pub(super) fn arguments(&self, args: &Arguments) -> PyResult {
        let list = |args: &[Arg]| self.list(args, |a| self.arg(a));
        let single = |arg: &Option<Box<Arg>>| {
            arg.as_ref()
                .map_or_else(|| Ok(Value::none()), |a| self.arg(a))
        };
        let values = [
            list(&args.posonlyargs)?,
            list(&args.args)?,
            single(&args.vararg)?,
            list(&args.kwonlyargs)?,
            self.list(&args.kw_defaults, |d| self.opt_expr(d.as_ref()))?,
            single(&args.kwarg)?,
            self.exprs(&args.defaults)?,
        ];
        self.node("arguments", values)
    }
}
