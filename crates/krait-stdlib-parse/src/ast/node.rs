//! `ast.AST`: the base of all nodes. What a node holds are its attributes.

use krait_object::native::KwArgs;
use krait_object::protocol;
use krait_object::types::generic_alias::GenericAlias;
use krait_object::types::list::List;
use krait_object::types::union::Union;
use krait_object::{
    Args, Class, Dict, Instance, Layout, Owned, Py, PyResult, Str, Tuple, Type, TypeBuilder, Value,
    errors, exceptions, intern, raise,
};

use super::{classes, show};

/// The body holds nothing: all is in the instance's attributes.
pub struct Ast;

pub type This = Instance<Ast>;

fn class_value(this: &This) -> Value {
    Value::from(this.as_object().ty().to_owned())
}

/// A tuple or list attribute of the class; empty where there is none.
pub fn names_of(py: Py, this: &This, attribute: &'static Str) -> PyResult<Vec<Value>> {
    match protocol::lookup_attr(py, &class_value(this), attribute)? {
        Some(names) => protocol::iter::collect(py, &names),
        None => Ok(Vec::new()),
    }
}

fn position(py: Py, names: &[Value], wanted: &Value) -> PyResult<Option<usize>> {
    for (i, name) in names.iter().enumerate() {
        if protocol::equal(py, name, wanted)? {
            return Ok(Some(i));
        }
    }
    Ok(None)
}

fn attribute_name(py: Py, name: &Value) -> PyResult<&Str> {
    protocol::expect_str(py, name, "attribute name must be string")
}

fn deprecated(py: Py, text: &str) -> PyResult<()> {
    errors::warn(py, &exceptions::DeprecationWarning, text, 1)
}

fn init(py: Py, this: &This, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    let target = Value::from(this.to_owned());
    let class = this.as_object().ty();
    let fields = names_of(py, this, intern!("_fields"))?;
    if args.0.len() > fields.len() {
        let (most, name) = (fields.len(), class.short_name());
        let plural = if most == 1 { "" } else { "s" };
        return raise!(
            py,
            TypeError,
            "{name} constructor takes at most {most} positional argument{plural}"
        );
    }
    let mut missing = vec![true; fields.len()];
    for (i, value) in args.0.iter().enumerate() {
        protocol::set_attr(py, &target, attribute_name(py, &fields[i])?, value)?;
        missing[i] = false;
    }
    for (key, value) in kwargs.0.map(|k| k.to_vec()).unwrap_or_default() {
        match position(py, &fields, &key)? {
            Some(i) if !std::mem::replace(&mut missing[i], false) => {
                let name = protocol::repr(py, &key)?;
                let class = class.full_name();
                return raise!(
                    py,
                    TypeError,
                    "{class} got multiple values for argument {}",
                    name.to_rust()
                );
            }
            Some(_) => {}
            None => check_attribute(py, this, &key)?,
        }
        protocol::set_attr(py, &target, attribute_name(py, &key)?, &value)?;
    }
    fill(py, this, &fields, &missing)
}

/// Warns about a keyword that is neither field nor attribute.
fn check_attribute(py: Py, this: &This, key: &Value) -> PyResult<()> {
    let attributes = names_of(py, this, intern!("_attributes"))?;
    if position(py, &attributes, key)?.is_some() {
        return Ok(());
    }
    let name = protocol::repr(py, key)?;
    let text = format!(
        "{}.__init__ got an unexpected keyword argument {}. Support for arbitrary keyword arguments is deprecated and \
         will be removed in Python 3.15.",
        this.as_object().ty().full_name(),
        name.to_rust()
    );
    deprecated(py, &text)
}

/// Gives fields that were left out their defaults: an empty list, `Load()`; optional ones
/// have theirs on the class.
fn fill(py: Py, this: &This, fields: &[Value], missing: &[bool]) -> PyResult<()> {
    if !missing.contains(&true) {
        return Ok(());
    }
    let Some(types) = protocol::lookup_attr(py, &class_value(this), intern!("_field_types"))?
    else {
        return Ok(());
    };
    let Some(types) = types.downcast::<Dict>() else {
        return Ok(());
    };
    let target = Value::from(this.to_owned());
    let class = this.as_object().ty().full_name();
    for (field, _) in fields.iter().zip(missing).filter(|(_, missing)| **missing) {
        let name = attribute_name(py, field)?;
        let Some(ty) = types.get(py, field)? else {
            let text = format!(
                "Field {} is missing from {class}._field_types. This will become an error in Python 3.15.",
                protocol::repr(py, field)?.to_rust()
            );
            deprecated(py, &text)?;
            continue;
        };
        if ty.downcast::<Instance<Union>>().is_some() {
            continue;
        }
        if ty.downcast::<Instance<GenericAlias>>().is_some() {
            protocol::set_attr(py, &target, name, &Value::from(List::new()))?;
        } else if let Some(load) = classes::load_for(py, &ty)? {
            protocol::set_attr(py, &target, name, &load)?;
        } else {
            let text = format!(
                "{class}.__init__ missing 1 required positional argument: '{}'. This will become an error in \
                 Python 3.15.",
                name.to_rust()
            );
            deprecated(py, &text)?;
        }
    }
    Ok(())
}

/// The class, as many `None`s as it has fields (so that making one gives no warning), and
/// the attributes.
fn reduce(py: Py, this: &This) -> PyResult {
    let count = names_of(py, this, intern!("_fields"))?.len();
    let nones = Tuple::from_values(vec![Value::none(); count]);
    let dict = attributes(py, this);
    Ok(Value::from(Tuple::from_values([
        class_value(this),
        Value::from(nones),
        Value::from(dict),
    ])))
}

fn attributes(py: Py, this: &This) -> Owned<Dict> {
    protocol::attr::instance_dict(py, this.as_object()).unwrap_or_else(Dict::new)
}

fn replace(py: Py, this: &This, changes: KwArgs) -> PyResult {
    let class = class_value(this);
    let name = this.as_object().ty().full_name();
    let fields = names_of(py, this, intern!("_fields"))?;
    let known: Vec<Value> = fields
        .iter()
        .cloned()
        .chain(names_of(py, this, intern!("_attributes"))?)
        .collect();
    let all = Dict::new();
    for (key, value) in attributes(py, this).to_vec() {
        if position(py, &known, &key)?.is_some() {
            all.set_value(py, &key, value)?;
        }
    }
    for (key, value) in changes.0.map(|c| c.to_vec()).unwrap_or_default() {
        if position(py, &known, &key)?.is_none() {
            let key = protocol::repr(py, &key)?;
            let key = key.to_rust();
            return raise!(
                py,
                TypeError,
                "{name}.__replace__ got an unexpected keyword argument {key}."
            );
        }
        all.set_value(py, &key, value)?;
    }
    for field in &fields {
        let has_default = protocol::lookup_attr(py, &class, attribute_name(py, field)?)?.is_some();
        if !has_default && all.get(py, field)?.is_none() {
            let field = protocol::repr(py, field)?;
            let field = field.to_rust();
            return raise!(
                py,
                TypeError,
                "{name}.__replace__ missing 1 keyword argument: {field}."
            );
        }
    }
    protocol::call::call_tuple(py, &class, &Tuple::empty(), Some(&all))
}

impl Class for Ast {
    const NAME: &'static str = "ast.AST";
    const GC: bool = true;
    krait_object::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        let empty = || Value::from(Tuple::empty());
        b.mutable()
            .subclassable()
            .with_dict()
            .attr_value("_fields", empty())
            .attr_value("__match_args__", empty())
            .attr_value("_attributes", empty())
            .attr_value("__module__", Value::from(Str::intern("ast")))
            .new_with(
                "AST(*args, **kwargs)",
                |py, class: &Type, _a: Args<'_>, _k: KwArgs| Instance::new_in(py, class, Ast),
            )
            .init("AST(*args, **kwargs)", init)
            .repr(show::repr)
            .method("__reduce__($self, /)", reduce)
            .method("__replace__($self, /, **fields)", replace);
    }
}
