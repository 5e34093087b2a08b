//! The iterator of a generic alias: it gives the alias once, unpacked (`*tuple[int]`).

use std::cell::RefCell;

use super::GenericAlias;
use crate::gc::Visitor;
use crate::hooks;
use crate::native::{Class, Instance, TypeBuilder};
use crate::object::{Layout, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::tuple::Tuple;
use crate::value::Value;

pub struct AliasIter {
    alias: RefCell<Option<Owned<Instance<GenericAlias>>>>,
}

type This = Instance<AliasIter>;

impl AliasIter {
    pub fn over(py: Py, alias: &Instance<GenericAlias>) -> Owned<This> {
        Instance::new(
            py,
            AliasIter {
                alias: RefCell::new(Some(alias.to_owned())),
            },
        )
    }
}

fn next(py: Py, this: &This) -> PyResult<Option<Value>> {
    let alias = this.alias.take();
    Ok(alias.map(|a| {
        Value::from(GenericAlias::make(
            py,
            a.origin.clone(),
            a.args.clone(),
            true,
        ))
    }))
}

fn reduce(py: Py, this: &This) -> PyResult {
    let builtins = hooks::import_module(py, "builtins")?;
    let iter = protocol::get_attr_str(py, &builtins, "iter")?;
    let rest = this
        .alias
        .borrow()
        .clone()
        .map_or_else(|| Value::from(Tuple::empty()), Value::from);
    Ok(Value::from(Tuple::from_values([
        iter,
        Value::from(Tuple::from_values([rest])),
    ])))
}

impl Class for AliasIter {
    const NAME: &'static str = "generic_alias_iterator";
    const GC: bool = true;
    crate::class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.no_constructor()
            .iter(|_py, this: &This| this.to_owned())
            .next(next)
            .method("__reduce__($self, /)", reduce);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.alias);
    }

    fn clear(&self) {
        drop(self.alias.take());
    }
}
