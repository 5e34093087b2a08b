//! Expressions.

use krait_bytecode::Const;
use krait_compiler::ast::{
    Arg, Arguments, BinOp, CmpOp, Comp, Comprehension, Expr, ExprKind, Formatted, Keyword, Lambda,
    UnaryOp,
};
use krait_object::{PyResult, Value, raise};

use super::{Node, Reader, constant};

fn comparison(name: &str) -> CmpOp {
    match name {
        "NotEq" => CmpOp::NotEq,
        "Lt" => CmpOp::Lt,
        "LtE" => CmpOp::LtE,
        "Gt" => CmpOp::Gt,
        "GtE" => CmpOp::GtE,
        "Is" => CmpOp::Is,
        "IsNot" => CmpOp::IsNot,
        "In" => CmpOp::In,
        "NotIn" => CmpOp::NotIn,
        _ => CmpOp::Eq,
    }
}

fn binary_operator(name: &str) -> BinOp {
    match name {
        "Sub" => BinOp::Sub,
        "Mult" => BinOp::Mult,
        "MatMult" => BinOp::MatMult,
        "Div" => BinOp::Div,
        "Mod" => BinOp::Mod,
        "Pow" => BinOp::Pow,
        "LShift" => BinOp::LShift,
        "RShift" => BinOp::RShift,
        "BitOr" => BinOp::BitOr,
        "BitXor" => BinOp::BitXor,
        "BitAnd" => BinOp::BitAnd,
        "FloorDiv" => BinOp::FloorDiv,
        _ => BinOp::Add,
    }
}

fn unary_operator(name: &str) -> UnaryOp {
    match name {
        "Not" => UnaryOp::Not,
        "UAdd" => UnaryOp::UAdd,
        "USub" => UnaryOp::USub,
        _ => UnaryOp::Invert,
    }
}

impl Reader {
    /// An expression; `None` for Python's None.
    pub(super) fn opt_expr(&self, value: &Value) -> PyResult<Option<Expr>> {
        if value.is_none() {
            return Ok(None);
        }
        let at = self.position(value, "expr", true)?;
        let class = self.class_in(value, "expr")?;
        let node = Node {
            reader: self,
            value,
            class: class.name,
        };
        self.deeper("expr", || {
            Ok(Some(Expr {
                kind: node.expr_kind()?,
                at,
            }))
        })
    }

    fn keyword(&self, value: &Value) -> PyResult<Keyword> {
        let node = Node {
            reader: self,
            value,
            class: "keyword",
        };
        let (arg, inner) = (node.opt_name("arg")?, node.expr("value")?);
        Ok(Keyword {
            arg,
            value: inner,
            at: self.position(value, "keyword", true)?,
        })
    }

    fn arg(&self, value: &Value) -> PyResult<Arg> {
        let node = Node {
            reader: self,
            value,
            class: "arg",
        };
        let arg = node.name("arg")?;
        let annotation = node.opt_boxed("annotation")?;
        node.check_text("type_comment")?;
        Ok(Arg {
            arg,
            annotation,
            at: self.position(value, "arg", true)?,
        })
    }

    fn generator(&self, value: &Value) -> PyResult<Comprehension> {
        let node = Node {
            reader: self,
            value,
            class: "comprehension",
        };
        Ok(Comprehension {
            target: node.expr("target")?,
            iter: node.expr("iter")?,
            ifs: node.exprs("ifs")?,
            is_async: node.int("is_async")? != 0,
        })
    }
}

impl Node<'_> {
    pub(super) fn expr(&self, field: &str) -> PyResult<Expr> {
        let expr = self.reader.opt_expr(&self.field(field)?)?;
        self.required(field, expr)
    }

    pub(super) fn boxed(&self, field: &str) -> PyResult<Box<Expr>> {
        self.expr(field).map(Box::new)
    }

    pub(super) fn opt_boxed(&self, field: &str) -> PyResult<Option<Box<Expr>>> {
        match self.get(field)? {
            Some(value) => Ok(self.reader.opt_expr(&value)?.map(Box::new)),
            None => Ok(None),
        }
    }

    pub(super) fn exprs(&self, field: &str) -> PyResult<Vec<Expr>> {
        self.list(field, |value| match self.reader.opt_expr(value)? {
            Some(expr) => Ok(expr),
            None => raise!(self.py(), ValueError, "None disallowed in expression list"),
        })
    }

    fn opt_exprs(&self, field: &str) -> PyResult<Vec<Option<Expr>>> {
        self.list(field, |value| self.reader.opt_expr(value))
    }

    pub(super) fn keywords(&self, field: &str) -> PyResult<Vec<Keyword>> {
        self.list(field, |value| self.reader.keyword(value))
    }

    /// The name of the operator in a field.
    fn operator(&self, field: &str, sum: &str) -> PyResult<&'static str> {
        Ok(self.reader.class_in(&self.field(field)?, sum)?.name)
    }

    pub(super) fn binary_operator(&self) -> PyResult<BinOp> {
        self.operator("op", "operator").map(binary_operator)
    }

    fn context(&self) -> PyResult<krait_compiler::ast::Ctx> {
        match self.get("ctx")? {
            Some(value) => self.reader.ctx(&value),
            None => Ok(krait_compiler::ast::Ctx::Load),
        }
    }

    pub(super) fn constant(&self, field: &str) -> PyResult<Const> {
        constant::constant(self.py(), &self.field(field)?)
    }

    fn generators(&self) -> PyResult<Vec<Comprehension>> {
        self.list("generators", |value| self.reader.generator(value))
    }

    fn comprehension(&self) -> PyResult<Box<Comp>> {
        Ok(Box::new(Comp {
            elt: self.expr("elt")?,
            value: None,
            generators: self.generators()?,
        }))
    }

    fn formatted(&self, source: Const) -> PyResult<Box<Formatted>> {
        let value = self.expr("value")?;
        let conversion = self.int("conversion")? as i32;
        if !matches!(conversion, -1 | 97 | 114 | 115) {
            return raise!(
                self.py(),
                SystemError,
                "Unrecognized conversion character {conversion}"
            );
        }
        let format_spec = self.opt_boxed("format_spec")?.map(|spec| *spec);
        Ok(Box::new(Formatted {
            value,
            conversion,
            format_spec,
            source,
        }))
    }

    fn expr_kind(&self) -> PyResult<ExprKind> {
        Ok(match self.class {
            "BoolOp" => ExprKind::BoolOp {
                is_and: self.operator("op", "boolop")? == "And",
                values: self.exprs("values")?,
            },
            "NamedExpr" => ExprKind::NamedExpr {
                target: self.boxed("target")?,
                value: self.boxed("value")?,
            },
            "BinOp" => ExprKind::BinOp {
                left: self.boxed("left")?,
                op: self.binary_operator()?,
                right: self.boxed("right")?,
            },
            "UnaryOp" => ExprKind::UnaryOp {
                op: unary_operator(self.operator("op", "unaryop")?),
                operand: self.boxed("operand")?,
            },
            "Lambda" => ExprKind::Lambda(Box::new(Lambda {
                args: self.arguments("args")?,
                body: self.expr("body")?,
            })),
            "IfExp" => ExprKind::IfExp {
                test: self.boxed("test")?,
                body: self.boxed("body")?,
                orelse: self.boxed("orelse")?,
            },
            "Dict" => ExprKind::Dict {
                keys: self.opt_exprs("keys")?,
                values: self.exprs("values")?,
            },
            "Set" => ExprKind::Set(self.exprs("elts")?),
            "ListComp" => ExprKind::ListComp(self.comprehension()?),
            "SetComp" => ExprKind::SetComp(self.comprehension()?),
            "GeneratorExp" => ExprKind::GeneratorExp(self.comprehension()?),
            "DictComp" => ExprKind::DictComp(Box::new(Comp {
                elt: self.expr("key")?,
                value: Some(self.expr("value")?),
                generators: self.generators()?,
            })),
            "Await" => ExprKind::Await(self.boxed("value")?),
            "Yield" => ExprKind::Yield(self.opt_boxed("value")?),
            "YieldFrom" => ExprKind::YieldFrom(self.boxed("value")?),
            _ => return self.more_expr_kind(),
        })
    }

    fn more_expr_kind(&self) -> PyResult<ExprKind> {
        Ok(match self.class {
            "Compare" => ExprKind::Compare {
                left: self.boxed("left")?,
                ops: self.list("ops", |op| {
                    Ok(comparison(self.reader.class_in(op, "cmpop")?.name))
                })?,
                comparators: self.exprs("comparators")?,
            },
            "Call" => ExprKind::Call {
                func: self.boxed("func")?,
                args: self.exprs("args")?,
                keywords: self.keywords("keywords")?,
            },
            "FormattedValue" => ExprKind::FormattedValue(self.formatted(Const::None)?),
            "Interpolation" => {
                let source = self.constant("str")?;
                ExprKind::Interpolation(self.formatted(source)?)
            }
            "JoinedStr" => ExprKind::JoinedStr(self.exprs("values")?),
            "TemplateStr" => ExprKind::TemplateStr(self.exprs("values")?),
            "Constant" => ExprKind::Constant {
                value: self.constant("value")?,
                kind_u: self
                    .check_text("kind")?
                    .is_some_and(|kind| kind.eq_str("u")),
            },
            "Attribute" => ExprKind::Attribute {
                value: self.boxed("value")?,
                attr: self.name("attr")?,
                ctx: self.context()?,
            },
            "Subscript" => ExprKind::Subscript {
                value: self.boxed("value")?,
                slice: self.boxed("slice")?,
                ctx: self.context()?,
            },
            "Starred" => ExprKind::Starred {
                value: self.boxed("value")?,
                ctx: self.context()?,
            },
            "Name" => ExprKind::Name {
                id: self.name("id")?,
                ctx: self.context()?,
            },
            "List" => ExprKind::List {
                elts: self.exprs("elts")?,
                ctx: self.context()?,
            },
            "Tuple" => ExprKind::Tuple {
                elts: self.exprs("elts")?,
                ctx: self.context()?,
            },
            _ => ExprKind::Slice {
                lower: self.opt_boxed("lower")?,
                upper: self.opt_boxed("upper")?,
                step: self.opt_boxed("step")?,
            },
        })
    }

    pub(super) fn arguments(&self, field: &str) -> PyResult<Arguments> {
        let value = self.field(field)?;
        let node = self.reader_node(&value, "arguments");
        let arg = |value: &Value| self.reader.arg(value);
        let opt_arg = |field: &str| -> PyResult<Option<Box<Arg>>> {
            match node.get(field)?.filter(|v| !v.is_none()) {
                Some(value) => Ok(Some(Box::new(self.reader.arg(&value)?))),
                None => Ok(None),
            }
        };
        Ok(Arguments {
            posonlyargs: node.list("posonlyargs", arg)?,
            args: node.list("args", arg)?,
            vararg: opt_arg("vararg")?,
            kwonlyargs: node.list("kwonlyargs", arg)?,
            kw_defaults: node.opt_exprs("kw_defaults")?,
            kwarg: opt_arg("kwarg")?,
            defaults: node.exprs("defaults")?,
        })
    }

    /// A node without a place of its own, read with the same reader.
    pub(super) fn reader_node<'b>(&'b self, value: &'b Value, class: &'static str) -> Node<'b> {
        Node {
            reader: self.reader,
            value,
            class,
        }
    }
}
