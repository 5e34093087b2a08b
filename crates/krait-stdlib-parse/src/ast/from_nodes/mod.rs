//! Nodes of Python as a tree of the compiler.
//!
//! Anything may stand in a node's attributes; what cannot be part of a tree is refused
//! here. What makes no sense in a tree (`validate`) is refused afterwards.

use std::cell::Cell;

use krait_bytecode::{NO_COLUMN, Position};
use krait_compiler::ast::{Ctx, Module, Name};
use krait_object::types::list::List;
use krait_object::{Int, Owned, Py, PyResult, Str, Value, protocol, raise};

use super::classes::{Classes, NodeClass, classes};

mod constant;
mod expr;
mod pattern;
mod stmt;

/// The class that a tree must have for a mode of `compile()`, if it has it.
pub fn check_mode(py: Py, node: &Value, mode: &str) -> PyResult<&'static str> {
    let wanted = match mode {
        "eval" => "Expression",
        "single" => "Interactive",
        "func_type" => "FunctionType",
        _ => "Module",
    };
    if classes(py)?
        .of(node)
        .is_none_or(|class| class.name != wanted)
    {
        return raise!(
            py,
            TypeError,
            "expected {wanted} node, got {}",
            node.ty().short_name()
        );
    }
    Ok(wanted)
}

/// The tree of a module, and its depth.
pub fn module(py: Py, node: &Value, mode: &str) -> PyResult<(Module, usize)> {
    let reader = Reader {
        py,
        classes: classes(py)?,
        depth: Cell::new(0),
        deepest: Cell::new(0),
    };
    let wanted = check_mode(py, node, mode)?;
    let node = Node {
        reader: &reader,
        value: node,
        class: wanted,
    };
    let module = match wanted {
        "Module" => Module::Module(node.stmts("body")?),
        "Interactive" => Module::Interactive(node.stmts("body")?),
        "Expression" => Module::Expression(Box::new(node.expr("body")?)),
        _ => return raise!(py, SystemError, "a FunctionType cannot be compiled"),
    };
    Ok((module, reader.deepest.get()))
}

pub(super) struct Reader {
    py: Py,
    classes: &'static Classes,
    depth: Cell<usize>,
    deepest: Cell<usize>,
}

/// A node whose fields are read.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    reader: &'a Reader,
    value: &'a Value,
    class: &'static str,
}

impl Reader {
    /// Reads something inside, one level deeper.
    fn deeper<T>(&self, kind: &str, read: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
        self.py
            .thread()
            .check_native_stack(self.py, &format!(" while traversing '{kind}' node"))?;
        self.depth.set(self.depth.get() + 1);
        self.deepest.set(self.deepest.get().max(self.depth.get()));
        let result = read();
        self.depth.set(self.depth.get() - 1);
        result
    }

    /// The class of a node of a sum.
    fn class_in(&self, value: &Value, sum: &str) -> PyResult<&'static NodeClass> {
        match self.classes.of(value) {
            Some(class) if class.sum == sum => Ok(class),
            _ => {
                let shown = protocol::repr(self.py, value)?;
                raise!(
                    self.py,
                    TypeError,
                    "expected some sort of {sum}, but got {}",
                    shown.to_rust()
                )
            }
        }
    }

    fn int(&self, value: &Value) -> PyResult<i64> {
        let is_int = value.as_small_int().is_some() || value.downcast::<Int>().is_some();
        match protocol::number::int_of(value) {
            Some(number) if is_int && i32::try_from(number).is_ok() => Ok(number),
            _ if is_int => raise!(
                self.py,
                OverflowError,
                "Python int too large to convert to C int"
            ),
            _ => {
                let shown = protocol::repr(self.py, value)?;
                raise!(
                    self.py,
                    ValueError,
                    "invalid integer value: {}",
                    shown.to_rust()
                )
            }
        }
    }

    /// An identifier; `None` for Python's None.
    fn identifier(&self, value: &Value) -> PyResult<Option<Name>> {
        if value.is_none() {
            return Ok(None);
        }
        match value.downcast_exact::<Str>() {
            Some(name) => {
                let name = name.to_utf8(self.py)?;
                if matches!(&*name, "None" | "True" | "False") {
                    return raise!(
                        self.py,
                        ValueError,
                        "identifier field can't represent '{name}' constant"
                    );
                }
                Ok(Some(name.as_ref().into()))
            }
            None => raise!(self.py, TypeError, "AST identifier must be of type str"),
        }
    }

    /// The place of a node that has one; `kind` is its sum or product.
    fn position(&self, value: &Value, kind: &str, end_optional: bool) -> PyResult<Position> {
        let [line, col, end_line, end_col] = &self.classes.places;
        let line = self.place(value, kind, line, None)?;
        let col = self.place(value, kind, col, None)?;
        let end_line = self.place(value, kind, end_line, end_optional.then_some(line))?;
        let end_col = self.place(value, kind, end_col, end_optional.then_some(col))?;
        self.check_position(line, col, end_line, end_col)?;
        let column = |c: i64| u32::try_from(c).unwrap_or(NO_COLUMN);
        Ok(Position {
            line: u32::try_from(line).unwrap_or(0),
            end_line: u32::try_from(end_line).unwrap_or(0),
            col: column(col),
            end_col: column(end_col),
        })
    }

    fn place(
        &self,
        value: &Value,
        kind: &str,
        name: &Owned<Str>,
        default: Option<i64>,
    ) -> PyResult<i64> {
        let found = protocol::lookup_attr(self.py, value, name)?;
        match (found.filter(|f| default.is_none() || !f.is_none()), default) {
            (Some(found), _) => self.int(&found),
            (None, Some(default)) => Ok(default),
            (None, None) => {
                let name = name.to_rust();
                raise!(
                    self.py,
                    TypeError,
                    "required field \"{name}\" missing from {kind}"
                )
            }
        }
    }

    fn check_position(&self, line: i64, col: i64, end_line: i64, end_col: i64) -> PyResult<()> {
        if line > end_line {
            return raise!(
                self.py,
                ValueError,
                "AST node line range ({line}, {end_line}) is not valid"
            );
        }
        if (line < 0 && end_line != line) || (col < 0 && col != end_col) {
            return raise!(
                self.py,
                ValueError,
                "AST node column range ({col}, {end_col}) for line range ({line}, {end_line}) is not valid"
            );
        }
        if line == end_line && col > end_col {
            return raise!(
                self.py,
                ValueError,
                "line {line}, column {col}-{end_col} is not a valid range"
            );
        }
        Ok(())
    }

    fn ctx(&self, value: &Value) -> PyResult<Ctx> {
        Ok(match self.class_in(value, "expr_context")?.name {
            "Store" => Ctx::Store,
            "Del" => Ctx::Del,
            _ => Ctx::Load,
        })
    }
}

impl<'a> Node<'a> {
    fn py(&self) -> Py {
        self.reader.py
    }

    fn get(&self, field: &str) -> PyResult<Option<Value>> {
        protocol::lookup_attr(self.py(), self.value, &Str::intern(field))
    }

    /// A field that must be there, though it may be None.
    fn field(&self, field: &str) -> PyResult {
        match self.get(field)? {
            Some(value) => Ok(value),
            None => raise!(
                self.py(),
                TypeError,
                "required field \"{field}\" missing from {}",
                self.class
            ),
        }
    }

    fn required<T>(&self, field: &str, value: Option<T>) -> PyResult<T> {
        match value {
            Some(value) => Ok(value),
            None => raise!(
                self.py(),
                ValueError,
                "field '{field}' is required for {}",
                self.class
            ),
        }
    }

    /// The items of a list field; empty where the field is missing.
    fn list<T>(&self, field: &str, each: impl Fn(&Value) -> PyResult<T>) -> PyResult<Vec<T>> {
        let Some(value) = self.get(field)? else {
            return Ok(Vec::new());
        };
        let Some(list) = value.downcast::<List>() else {
            let (class, name) = (self.class, value.ty().full_name());
            return raise!(
                self.py(),
                TypeError,
                "{class} field \"{field}\" must be a list, not a {name}"
            );
        };
        let length = list.len();
        let mut all = Vec::with_capacity(length);
        let mut at = 0;
        while let Some(item) = list.get(at) {
            all.push(each(&item)?);
            if list.len() != length {
                let class = self.class;
                return raise!(
                    self.py(),
                    RuntimeError,
                    "{class} field \"{field}\" changed size during iteration"
                );
            }
            at += 1;
        }
        Ok(all)
    }

    fn name(&self, field: &str) -> PyResult<Name> {
        let name = self.reader.identifier(&self.field(field)?)?;
        self.required(field, name)
    }

    fn opt_name(&self, field: &str) -> PyResult<Option<Name>> {
        self.get(field)?
            .map_or(Ok(None), |value| self.reader.identifier(&value))
    }

    fn names(&self, field: &str) -> PyResult<Vec<Name>> {
        self.list(field, |value| match self.reader.identifier(value)? {
            Some(name) => Ok(name),
            None => raise!(self.py(), ValueError, "None disallowed in identifier list"),
        })
    }

    fn int(&self, field: &str) -> PyResult<i64> {
        self.reader.int(&self.field(field)?)
    }

    /// A text that the compiler does not need; its type is checked.
    fn check_text(&self, field: &str) -> PyResult<Option<Owned<Str>>> {
        let Some(value) = self.get(field)?.filter(|v| !v.is_none()) else {
            return Ok(None);
        };
        match value.downcast_exact::<Str>() {
            Some(text) => Ok(Some(text.to_owned_str())),
            None if value.downcast_exact::<krait_object::Bytes>().is_some() => Ok(None),
            None => raise!(self.py(), TypeError, "AST string must be of type str"),
        }
    }
}
