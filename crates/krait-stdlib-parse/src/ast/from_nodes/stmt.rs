//! Statements.

use krait_compiler::ast::{
    Alias, ClassDef, ExceptHandler, For, FunctionDef, MatchCase, Stmt, StmtKind, Try, TypeParam,
    TypeParamKind, WithItem,
};
use krait_object::{PyResult, Value, raise};

use super::{Node, Reader};

impl Reader {
    fn opt_stmt(&self, value: &Value) -> PyResult<Option<Stmt>> {
        if value.is_none() {
            return Ok(None);
        }
        let at = self.position(value, "stmt", true)?;
        let class = self.class_in(value, "stmt")?;
        let node = Node {
            reader: self,
            value,
            class: class.name,
        };
        self.deeper("stmt", || {
            Ok(Some(Stmt {
                kind: node.stmt_kind()?,
                at,
            }))
        })
    }

    fn alias(&self, value: &Value) -> PyResult<Alias> {
        let node = Node {
            reader: self,
            value,
            class: "alias",
        };
        let (name, asname) = (node.name("name")?, node.opt_name("asname")?);
        Ok(Alias {
            name,
            asname,
            at: self.position(value, "alias", true)?,
        })
    }

    fn handler(&self, value: &Value) -> PyResult<ExceptHandler> {
        let at = self.position(value, "excepthandler", true)?;
        self.class_in(value, "excepthandler")?;
        let node = Node {
            reader: self,
            value,
            class: "ExceptHandler",
        };
        let (typ, name) = (node.opt_boxed("type")?, node.opt_name("name")?);
        Ok(ExceptHandler {
            typ,
            name,
            body: node.stmts("body")?,
            at,
        })
    }

    fn type_param(&self, value: &Value) -> PyResult<TypeParam> {
        let at = self.position(value, "type_param", false)?;
        let class = self.class_in(value, "type_param")?;
        let node = Node {
            reader: self,
            value,
            class: class.name,
        };
        let kind = match class.name {
            "TypeVar" => TypeParamKind::TypeVar,
            "ParamSpec" => TypeParamKind::ParamSpec,
            _ => TypeParamKind::TypeVarTuple,
        };
        let bound = if kind == TypeParamKind::TypeVar {
            node.opt_boxed("bound")?
        } else {
            None
        };
        Ok(TypeParam {
            kind,
            name: node.name("name")?,
            bound,
            default: node.opt_boxed("default_value")?,
            at,
        })
    }
}

impl Node<'_> {
    pub(super) fn stmts(&self, field: &str) -> PyResult<Vec<Stmt>> {
        self.list(field, |value| match self.reader.opt_stmt(value)? {
            Some(stmt) => Ok(stmt),
            None => raise!(self.py(), ValueError, "None disallowed in statement list"),
        })
    }

    fn aliases(&self) -> PyResult<Vec<Alias>> {
        self.list("names", |value| self.reader.alias(value))
    }

    fn type_params(&self) -> PyResult<Vec<TypeParam>> {
        self.list("type_params", |value| self.reader.type_param(value))
    }

    fn stmt_kind(&self) -> PyResult<StmtKind> {
        Ok(match self.class {
            "FunctionDef" | "AsyncFunctionDef" => StmtKind::FunctionDef(Box::new(self.function()?)),
            "ClassDef" => StmtKind::ClassDef(Box::new(self.class_def()?)),
            "Return" => StmtKind::Return(self.opt_boxed("value")?),
            "Delete" => StmtKind::Delete(self.exprs("targets")?),
            "Assign" => {
                let (targets, value) = (self.exprs("targets")?, self.boxed("value")?);
                self.check_text("type_comment")?;
                StmtKind::Assign { targets, value }
            }
            "TypeAlias" => StmtKind::TypeAlias {
                name: self.boxed("name")?,
                type_params: self.type_params()?,
                value: self.boxed("value")?,
            },
            "AugAssign" => StmtKind::AugAssign {
                target: self.boxed("target")?,
                op: self.binary_operator()?,
                value: self.boxed("value")?,
            },
            "AnnAssign" => StmtKind::AnnAssign {
                target: self.boxed("target")?,
                annotation: self.boxed("annotation")?,
                value: self.opt_boxed("value")?,
                simple: self.int("simple")? != 0,
            },
            "For" | "AsyncFor" => StmtKind::For(Box::new(self.for_loop()?)),
            "While" => StmtKind::While {
                test: self.boxed("test")?,
                body: self.stmts("body")?,
                orelse: self.stmts("orelse")?,
            },
            "If" => StmtKind::If {
                test: self.boxed("test")?,
                body: self.stmts("body")?,
                orelse: self.stmts("orelse")?,
            },
            "With" | "AsyncWith" => self.with_stmt()?,
            "Match" => StmtKind::Match {
                subject: self.boxed("subject")?,
                cases: self.cases()?,
            },
            _ => return self.more_stmt_kind(),
        })
    }

    fn more_stmt_kind(&self) -> PyResult<StmtKind> {
        Ok(match self.class {
            "Raise" => StmtKind::Raise {
                exc: self.opt_boxed("exc")?,
                cause: self.opt_boxed("cause")?,
            },
            "Try" | "TryStar" => StmtKind::Try(Box::new(Try {
                body: self.stmts("body")?,
                handlers: self.list("handlers", |value| self.reader.handler(value))?,
                orelse: self.stmts("orelse")?,
                finalbody: self.stmts("finalbody")?,
                is_star: self.class == "TryStar",
            })),
            "Assert" => StmtKind::Assert {
                test: self.boxed("test")?,
                msg: self.opt_boxed("msg")?,
            },
            "Import" => StmtKind::Import(self.aliases()?),
            "ImportFrom" => self.import_from()?,
            "Global" => StmtKind::Global(self.names("names")?),
            "Nonlocal" => StmtKind::Nonlocal(self.names("names")?),
            "Expr" => StmtKind::Expr(self.boxed("value")?),
            "Break" => StmtKind::Break,
            "Continue" => StmtKind::Continue,
            _ => StmtKind::Pass,
        })
    }

    fn function(&self) -> PyResult<FunctionDef> {
        let name = self.name("name")?;
        let args = self.arguments("args")?;
        let body = self.stmts("body")?;
        let decorator_list = self.exprs("decorator_list")?;
        let returns = self.opt_boxed("returns")?;
        self.check_text("type_comment")?;
        let type_params = self.type_params()?;
        let is_async = self.class == "AsyncFunctionDef";
        Ok(FunctionDef {
            name,
            args,
            body,
            decorator_list,
            returns,
            type_params,
            is_async,
        })
    }

    fn class_def(&self) -> PyResult<ClassDef> {
        Ok(ClassDef {
            name: self.name("name")?,
            bases: self.exprs("bases")?,
            keywords: self.keywords("keywords")?,
            body: self.stmts("body")?,
            decorator_list: self.exprs("decorator_list")?,
            type_params: self.type_params()?,
        })
    }

    fn for_loop(&self) -> PyResult<For> {
        let target = self.expr("target")?;
        let iter = self.expr("iter")?;
        let (body, orelse) = (self.stmts("body")?, self.stmts("orelse")?);
        self.check_text("type_comment")?;
        Ok(For {
            target,
            iter,
            body,
            orelse,
            is_async: self.class == "AsyncFor",
        })
    }

    fn with_stmt(&self) -> PyResult<StmtKind> {
        let items = self.list("items", |value| {
            let node = self.reader_node(value, "withitem");
            Ok(WithItem {
                context_expr: node.expr("context_expr")?,
                optional_vars: node.opt_boxed("optional_vars")?,
            })
        })?;
        let body = self.stmts("body")?;
        self.check_text("type_comment")?;
        Ok(StmtKind::With {
            items,
            body,
            is_async: self.class == "AsyncWith",
        })
    }

    fn cases(&self) -> PyResult<Vec<MatchCase>> {
        self.list("cases", |value| {
            let node = self.reader_node(value, "match_case");
            Ok(MatchCase {
                pattern: node.pattern("pattern")?,
                guard: node.opt_boxed("guard")?,
                body: node.stmts("body")?,
            })
        })
    }

    fn import_from(&self) -> PyResult<StmtKind> {
        let module = self.opt_name("module")?;
        let names = self.aliases()?;
        let level = match self.get("level")?.filter(|v| !v.is_none()) {
            Some(value) => self.reader.int(&value)?,
            None => 0,
        };
        match u32::try_from(level) {
            Ok(level) => Ok(StmtKind::ImportFrom {
                module,
                names,
                level,
            }),
            Err(_) => raise!(self.py(), ValueError, "Negative ImportFrom level"),
        }
    }
}
