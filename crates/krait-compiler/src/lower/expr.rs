//! Expressions.

use super::{Lower, parse_int};
use crate::ast::{self, BinOp, CmpOp, Ctx, Expr, ExprKind, UnaryOp};
use crate::errors::{Compile, CompileError, ErrorKind};
use crate::hash::Set;
use krait_bytecode::Const;
use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange};

impl Lower<'_> {
    pub(super) fn expr(&mut self, expr: &ruff::Expr) -> Compile<Expr> {
        let at = self.at(expr);
        let kind = self.expr_kind(expr)?;
        Ok(Expr { kind, at })
    }

    /// The parser crate takes `yield | x`.
    fn check_operand(&self, operand: &ruff::Expr) -> Compile<()> {
        if !matches!(operand, ruff::Expr::Yield(_) | ruff::Expr::YieldFrom(_)) {
            return Ok(());
        }
        let before = &self.source.text[..operand.range().start().to_usize()];
        if before.trim_end().ends_with('(') {
            return Ok(());
        }
        self.error(operand.range(), "invalid syntax")
    }

    fn expr_kind(&mut self, expr: &ruff::Expr) -> Compile<ExprKind> {
        match expr {
            ruff::Expr::BinOp(e) => self.check_operand(&e.left)?,
            ruff::Expr::Compare(e) => self.check_operand(&e.left)?,
            ruff::Expr::BoolOp(e) => e.values.iter().try_for_each(|v| self.check_operand(v))?,
            ruff::Expr::If(e) => self.check_operand(&e.body)?,
            _ => {}
        }
        Ok(match expr {
            ruff::Expr::BoolOp(e) => ExprKind::BoolOp {
                is_and: e.op == ruff::BoolOp::And,
                values: self.exprs(&e.values)?,
            },
            ruff::Expr::Named(e) => {
                // Whether the name may be assigned is asked behind other checks.
                let target = match &*e.target {
                    ruff::Expr::Name(name) => Box::new(Expr {
                        kind: ExprKind::Name {
                            id: self.name(name.id.as_str()),
                            ctx: Ctx::Store,
                        },
                        at: self.at(name),
                    }),
                    target => self.boxed(target)?,
                };
                ExprKind::NamedExpr {
                    target,
                    value: self.boxed(&e.value)?,
                }
            }
            ruff::Expr::BinOp(e) => ExprKind::BinOp {
                left: self.boxed(&e.left)?,
                op: binary_operator(e.op),
                right: self.boxed(&e.right)?,
            },
            ruff::Expr::UnaryOp(e) => {
                let op = match e.op {
                    ruff::UnaryOp::Invert => UnaryOp::Invert,
                    ruff::UnaryOp::Not => UnaryOp::Not,
                    ruff::UnaryOp::UAdd => UnaryOp::UAdd,
                    ruff::UnaryOp::USub => UnaryOp::USub,
                };
                ExprKind::UnaryOp {
                    op,
                    operand: self.boxed(&e.operand)?,
                }
            }
            ruff::Expr::Lambda(e) => {
                let args = match &e.parameters {
                    Some(parameters) => self.parameters(parameters)?,
                    None => ast::Arguments::default(),
                };
                ExprKind::Lambda(Box::new(ast::Lambda {
                    args,
                    body: self.expr(&e.body)?,
                }))
            }
            ruff::Expr::If(e) => ExprKind::IfExp {
                test: self.boxed(&e.test)?,
                body: self.boxed(&e.body)?,
                orelse: self.boxed(&e.orelse)?,
            },
            ruff::Expr::Dict(e) => {
                let mut keys = Vec::with_capacity(e.items.len());
                let mut values = Vec::with_capacity(e.items.len());
                for item in &e.items {
                    keys.push(item.key.as_ref().map(|key| self.expr(key)).transpose()?);
                    values.push(self.expr(&item.value)?);
                }
                ExprKind::Dict { keys, values }
            }
            ruff::Expr::Set(e) => ExprKind::Set(self.exprs(&e.elts)?),
            ruff::Expr::ListComp(e) => {
                ExprKind::ListComp(self.comp(&e.elt, None, &e.generators)?)
            }
            ruff::Expr::SetComp(e) => ExprKind::SetComp(self.comp(&e.elt, None, &e.generators)?),
            ruff::Expr::DictComp(e) => {
                let Some(key) = &e.key else {
                    return self.error(
                        e.range,
                        "dict unpacking cannot be used in dict comprehension",
                    );
                };
                ExprKind::DictComp(self.comp(key, Some(&e.value), &e.generators)?)
            }
            ruff::Expr::Generator(e) => {
                ExprKind::GeneratorExp(self.comp(&e.elt, None, &e.generators)?)
            }
            ruff::Expr::Await(e) => ExprKind::Await(self.boxed(&e.value)?),
            ruff::Expr::Yield(e) => ExprKind::Yield(self.optional(e.value.as_deref())?),
            ruff::Expr::YieldFrom(e) => ExprKind::YieldFrom(self.boxed(&e.value)?),
            ruff::Expr::Compare(e) => ExprKind::Compare {
                left: self.boxed(&e.left)?,
                ops: e.ops.iter().map(|op| compare_operator(*op)).collect(),
                comparators: self.exprs(&e.comparators)?,
            },
            ruff::Expr::Call(e) => self.call(e)?,
            ruff::Expr::FString(e) => self.fstring(e)?,
            ruff::Expr::TString(e) => self.tstring(e)?,
            ruff::Expr::StringLiteral(e) => self.string(e)?,
            ruff::Expr::BytesLiteral(e) => self.bytes(e)?,
            ruff::Expr::NumberLiteral(e) => {
                let value = match &e.value {
                    ruff::Number::Int(int) => match int.as_i64() {
                        Some(small) => Const::Int(small),
                        None => match parse_int(self.slice(e.range)) {
                            Ok(value) => value,
                            Err(message) => return self.error(e.range, message),
                        },
                    },
                    ruff::Number::Float(value) => Const::Float(*value),
                    ruff::Number::Complex { real, imag } => Const::Complex(*real, *imag),
                };
                ExprKind::Constant {
                    value,
                    kind_u: false,
                }
            }
            ruff::Expr::BooleanLiteral(e) => ExprKind::Constant {
                value: Const::Bool(e.value),
                kind_u: false,
            },
            ruff::Expr::NoneLiteral(_) => ExprKind::Constant {
                value: Const::None,
                kind_u: false,
            },
            ruff::Expr::EllipsisLiteral(_) => ExprKind::Constant {
                value: Const::Ellipsis,
                kind_u: false,
            },
            ruff::Expr::Attribute(e) => {
                let ctx = context(e.ctx);
                match (ctx, e.attr.id.as_str()) {
                    (Ctx::Store, name) => self.check_target(name, e.range)?,
                    (Ctx::Del, "__debug__") => {
                        return Err(super::forbidden(
                            self.range(e.range),
                            "cannot delete __debug__",
                        ));
                    }
                    _ => {}
                }
                ExprKind::Attribute {
                    value: self.boxed(&e.value)?,
                    attr: self.ident(&e.attr),
                    ctx,
                }
            }
            ruff::Expr::Subscript(e) => ExprKind::Subscript {
                value: self.boxed(&e.value)?,
                slice: self.boxed(&e.slice)?,
                ctx: context(e.ctx),
            },
            ruff::Expr::Starred(e) => ExprKind::Starred {
                value: self.boxed(&e.value)?,
                ctx: context(e.ctx),
            },
            ruff::Expr::Name(e) => {
                let ctx = context(e.ctx);
                match (ctx, e.id.as_str()) {
                    (Ctx::Store, name) => self.check_target(name, e.range)?,
                    (Ctx::Del, "__debug__") => {
                        return Err(super::forbidden(
                            self.range(e.range),
                            "cannot delete __debug__",
                        ));
                    }
                    // Other letters that normalize to a keyword.
                    (_, name @ ("None" | "True" | "False")) => {
                        let message = format!("identifier field can't represent '{name}' constant");
                        return Err(CompileError::new(ErrorKind::Value, message));
                    }
                    _ => {}
                }
                ExprKind::Name {
                    id: self.name(e.id.as_str()),
                    ctx,
                }
            }
            ruff::Expr::List(e) => ExprKind::List {
                elts: self.exprs(&e.elts)?,
                ctx: context(e.ctx),
            },
            ruff::Expr::Tuple(e) => ExprKind::Tuple {
                elts: self.exprs(&e.elts)?,
                ctx: context(e.ctx),
            },
            ruff::Expr::Slice(e) => ExprKind::Slice {
                lower: self.optional(e.lower.as_deref())?,
                upper: self.optional(e.upper.as_deref())?,
                step: self.optional(e.step.as_deref())?,
            },
            ruff::Expr::IpyEscapeCommand(e) => return self.error(e.range, "invalid syntax"),
        })
    }

    fn comp(
        &mut self,
        elt: &ruff::Expr,
        value: Option<&ruff::Expr>,
        generators: &[ruff::Comprehension],
    ) -> Compile<Box<ast::Comp>> {
        if let ruff::Expr::Starred(star) = elt {
            return self.error(
                star.range,
                "iterable unpacking cannot be used in comprehension",
            );
        }
        let elt = self.expr(elt)?;
        let value = value.map(|value| self.expr(value)).transpose()?;
        let mut clauses = Vec::with_capacity(generators.len());
        for clause in generators {
            clauses.push(ast::Comprehension {
                target: self.expr(&clause.target)?,
                iter: self.expr(&clause.iter)?,
                ifs: self.exprs(&clause.ifs)?,
                is_async: clause.is_async,
            });
        }
        Ok(Box::new(ast::Comp {
            elt,
            value,
            generators: clauses,
        }))
    }

    fn call(&mut self, call: &ruff::ExprCall) -> Compile<ExprKind> {
        let func = self.boxed(&call.func)?;
        let (mut args, keywords) = self.arguments(&call.arguments)?;
        if let (Some(ruff::Expr::Generator(inner)), Some(arg)) =
            (call.arguments.args.first(), args.first_mut())
            && !inner.parenthesized
        {
            // The parentheses of the call are the generator expression's own.
            arg.at = self.range(call.arguments.range);
        }
        Ok(ExprKind::Call {
            func,
            args,
            keywords,
        })
    }

    pub(super) fn arguments(
        &mut self,
        arguments: &ruff::Arguments,
    ) -> Compile<(Vec<Expr>, Vec<ast::Keyword>)> {
        let args = self.exprs(&arguments.args)?;
        let mut keywords = Vec::with_capacity(arguments.keywords.len());
        let mut seen = Set::default();
        for keyword in &arguments.keywords {
            let arg = keyword.arg.as_ref().map(|arg| self.ident(arg));
            if let Some(name) = &arg {
                self.check_target(name, keyword.range)?;
                if !seen.insert(name.clone()) {
                    let message = format!("keyword argument repeated: {name}");
                    return Self::late_error(self.range(keyword.range), message);
                }
            }
            let value = self.expr(&keyword.value)?;
            keywords.push(ast::Keyword {
                arg,
                value,
                at: self.at(keyword),
            });
        }
        Ok((args, keywords))
    }

    pub(super) fn parameters(&mut self, list: &ruff::Parameters) -> Compile<ast::Arguments> {
        let mut out = ast::Arguments::default();
        for parameter in &list.posonlyargs {
            out.posonlyargs.push(self.parameter(&parameter.parameter)?);
            self.default(parameter, &mut out)?;
        }
        for parameter in &list.args {
            out.args.push(self.parameter(&parameter.parameter)?);
            self.default(parameter, &mut out)?;
        }
        if let Some(parameter) = &list.vararg {
            out.vararg = Some(Box::new(self.parameter(parameter)?));
        }
        for parameter in &list.kwonlyargs {
            out.kwonlyargs.push(self.parameter(&parameter.parameter)?);
            let default = parameter
                .default
                .as_deref()
                .map(|d| self.expr(d))
                .transpose()?;
            out.kw_defaults.push(default);
        }
        if let Some(parameter) = &list.kwarg {
            out.kwarg = Some(Box::new(self.parameter(parameter)?));
        }
        Ok(out)
    }

    fn default(
        &mut self,
        parameter: &ruff::ParameterWithDefault,
        out: &mut ast::Arguments,
    ) -> Compile<()> {
        match &parameter.default {
            Some(default) => {
                let default = self.expr(default)?;
                out.defaults.push(default);
                Ok(())
            }
            None if !out.defaults.is_empty() => {
                let message = "parameter without a default follows parameter with a default";
                self.error(parameter.range, message)
            }
            None => Ok(()),
        }
    }

    fn parameter(&mut self, parameter: &ruff::Parameter) -> Compile<ast::Arg> {
        self.check_target(parameter.name.id.as_str(), parameter.name.range())?;
        let name = parameter.name.range();
        let end = parameter
            .annotation
            .as_ref()
            .map_or(name.end(), |a| a.range().end());
        Ok(ast::Arg {
            arg: self.ident(&parameter.name),
            annotation: self.optional(parameter.annotation.as_deref())?,
            at: self.range(TextRange::new(name.start(), end)),
        })
    }
}

fn context(ctx: ruff::ExprContext) -> Ctx {
    match ctx {
        ruff::ExprContext::Store => Ctx::Store,
        ruff::ExprContext::Del => Ctx::Del,
        _ => Ctx::Load,
    }
}

pub(super) fn binary_operator(op: ruff::Operator) -> BinOp {
    match op {
        ruff::Operator::Add => BinOp::Add,
        ruff::Operator::Sub => BinOp::Sub,
        ruff::Operator::Mult => BinOp::Mult,
        ruff::Operator::MatMult => BinOp::MatMult,
        ruff::Operator::Div => BinOp::Div,
        ruff::Operator::Mod => BinOp::Mod,
        ruff::Operator::Pow => BinOp::Pow,
        ruff::Operator::LShift => BinOp::LShift,
        ruff::Operator::RShift => BinOp::RShift,
        ruff::Operator::BitOr => BinOp::BitOr,
        ruff::Operator::BitXor => BinOp::BitXor,
        ruff::Operator::BitAnd => BinOp::BitAnd,
        ruff::Operator::FloorDiv => BinOp::FloorDiv,
    }
}

fn compare_operator(op: ruff::CmpOp) -> CmpOp {
    match op {
        ruff::CmpOp::Eq => CmpOp::Eq,
        ruff::CmpOp::NotEq => CmpOp::NotEq,
        ruff::CmpOp::Lt => CmpOp::Lt,
        ruff::CmpOp::LtE => CmpOp::LtE,
        ruff::CmpOp::Gt => CmpOp::Gt,
        ruff::CmpOp::GtE => CmpOp::GtE,
        ruff::CmpOp::Is => CmpOp::Is,
        ruff::CmpOp::IsNot => CmpOp::IsNot,
        ruff::CmpOp::In => CmpOp::In,
        ruff::CmpOp::NotIn => CmpOp::NotIn,
    }
}
