//! Trees of the compiler as nodes of Python.

use krait_compiler::ast::{Ctx, Module, Name};
use krait_compiler::func_type::FunctionType;
use krait_compiler::type_comments::TypeComments;
use krait_object::types::attributes;
use krait_object::types::list::List;
use krait_object::{Instance, Layout, Owned, Py, PyResult, Str, Type, Value, raise};

use krait_bytecode::Position;

use super::classes::{Classes, classes};
use super::node::Ast;

mod expr;
mod pattern;
mod stmt;

/// The nodes of a module.
pub fn module(py: Py, module: &Module, comments: &TypeComments) -> PyResult {
    let maker = Maker {
        py,
        classes: classes(py)?,
        empty: Str::new(""),
        comments,
    };
    match module {
        Module::Module(body) => maker.node("Module", [maker.stmts(body)?, maker.type_ignores()?]),
        Module::Interactive(body) => maker.node("Interactive", [maker.stmts(body)?]),
        Module::Expression(expr) => maker.node("Expression", [maker.expr(expr)?]),
    }
}

/// The node of a signature.
pub fn function_type(py: Py, signature: &FunctionType) -> PyResult {
    let maker = Maker {
        py,
        classes: classes(py)?,
        empty: Str::new(""),
        comments: &TypeComments::default(),
    };
    let values = [
        maker.exprs(&signature.argtypes)?,
        maker.expr(&signature.returns)?,
    ];
    maker.node("FunctionType", values)
}

struct Maker<'a> {
    py: Py,
    classes: &'static Classes,
    /// The file name of code constants, of which trees have none.
    empty: Owned<Str>,
    comments: &'a TypeComments,
}

impl Maker<'_> {
    fn type_ignores(&self) -> PyResult {
        let list = List::new();
        for (line, tag) in &self.comments.ignores {
            let values = [Value::int(i64::from(*line)), Value::from(Str::new(tag))];
            list.push_value(self.node("TypeIgnore", values)?);
        }
        Ok(Value::from(list))
    }

    /// The type comment of a statement or parameter.
    fn type_comment(&self, at: Position) -> Value {
        match self.comments.of(at) {
            Some(text) => Value::from(Str::new(text)),
            None => Value::none(),
        }
    }

    /// A node with its fields in the grammar's order.
    fn node<const N: usize>(&self, name: &'static str, values: [Value; N]) -> PyResult {
        self.make(name, values, None)
    }

    /// A node with a place.
    fn node_at<const N: usize>(
        &self,
        name: &'static str,
        at: Position,
        values: [Value; N],
    ) -> PyResult {
        self.make(name, values, Some(at))
    }

    fn make<const N: usize>(
        &self,
        name: &'static str,
        values: [Value; N],
        at: Option<Position>,
    ) -> PyResult {
        let Some(class) = self.classes.node(name) else {
            return raise!(self.py, SystemError, "there is no node {name}");
        };
        let Some(ty) = class.class.downcast::<Type>() else {
            return raise!(self.py, SystemError, "{name} is no class");
        };
        let made = Instance::new_in(self.py, ty, Ast)?;
        let object = made.as_object();
        for (field, value) in class.fields.iter().zip(values) {
            attributes::set(self.py, object, field, value)?;
        }
        if let Some(at) = at {
            let places = [at.line, at.col, at.end_line, at.end_col];
            for (name, place) in self.classes.places.iter().zip(places) {
                attributes::set(self.py, object, name, Value::int(i64::from(place)))?;
            }
        }
        Ok(Value::from(made))
    }

    /// The one instance of a node without fields.
    fn single(&self, name: &'static str) -> PyResult {
        match self.classes.node(name) {
            Some(class) => class.single(self.py),
            None => raise!(self.py, SystemError, "there is no node {name}"),
        }
    }

    fn ctx(&self, ctx: Ctx) -> PyResult {
        self.single(match ctx {
            Ctx::Load => "Load",
            Ctx::Store => "Store",
            Ctx::Del => "Del",
        })
    }

    fn name(&self, name: &Name) -> Value {
        Value::from(Str::intern(name))
    }

    fn opt_name(&self, name: &Option<Name>) -> Value {
        name.as_ref()
            .map_or_else(Value::none, |name| self.name(name))
    }

    fn names(&self, names: &[Name]) -> Value {
        Value::from(List::from_values(names.iter().map(|name| self.name(name))))
    }

    /// A list of what `each` makes.
    fn list<T>(&self, items: &[T], each: impl Fn(&T) -> PyResult) -> PyResult {
        let list = List::with_capacity(items.len());
        for item in items {
            list.push_value(each(item)?);
        }
        Ok(Value::from(list))
    }

    fn check_depth(&self) -> PyResult<()> {
        self.py
            .thread()
            .check_native_stack(self.py, " during ast construction")
    }
}
