//! The building of a union: flattening, and each alternative only once.

use super::Union;
use crate::errors;
use crate::exceptions::TypeError;
use crate::native::Instance;
use crate::object::{Layout, Object, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::singletons;
use crate::types::dict::Dict;
use crate::types::set::FrozenSet;
use crate::types::tuple::Tuple;
use crate::value::Value;

/// Alternatives so far.
pub(super) struct Builder {
    py: Py,
    args: Vec<Value>,
    seen: Owned<Dict>,
    unhashable: Vec<Value>,
    /// Whether things that are no types go through `typing._type_check`.
    checked: bool,
}

impl Builder {
    pub fn new(py: Py, checked: bool) -> Builder {
        Builder {
            py,
            args: Vec::new(),
            seen: Dict::new(),
            unhashable: Vec::new(),
            checked,
        }
    }

    /// Adds an alternative, or those of a union.
    pub fn add(&mut self, arg: &Object) -> PyResult<()> {
        if arg.is_none() {
            return self.add_one(Value::from(singletons::NONE_TYPE.as_object().to_owned()));
        }
        if let Some(union) = arg.downcast_exact::<Instance<Union>>() {
            return union
                .args
                .iter()
                .try_for_each(|one| self.add_one(Value::unboxed(one)));
        }
        let arg = Value::unboxed(arg);
        if !self.checked || arg.as_object().is_some_and(super::is_unionable) {
            return self.add_one(arg);
        }
        let checked = type_check(self.py, arg)?;
        match checked.downcast_exact::<Instance<Union>>() {
            Some(union) => union
                .args
                .iter()
                .try_for_each(|one| self.add_one(Value::unboxed(one))),
            None => self.add_one(checked),
        }
    }

    fn add_one(&mut self, arg: Value) -> PyResult<()> {
        let py = self.py;
        match errors::suppress(py, protocol::hash(py, &arg), &TypeError)? {
            Some(hash) => {
                if self.seen.get_hashed(py, &arg, hash)?.is_some() {
                    return Ok(());
                }
                self.seen.set_hashed(py, &arg, hash, Value::none())?;
            }
            None => {
                for known in &self.unhashable {
                    if protocol::equal(py, known, &arg)? {
                        return Ok(());
                    }
                }
                self.unhashable.push(arg.clone());
            }
        }
        self.args.push(arg);
        Ok(())
    }

    /// The union; a single alternative is itself.
    pub fn finish(self) -> PyResult {
        let py = self.py;
        match &self.args[..] {
            [] => return crate::raise!(py, TypeError, "Cannot take a Union of no types."),
            [one] => return Ok(one.clone()),
            _ => {}
        }
        let hashable = FrozenSet::from_iterable(py, &Value::from(self.seen))?;
        Ok(Value::from(Union::make(
            py,
            Tuple::from_slice(&self.args),
            hashable,
            self.unhashable,
        )))
    }
}

fn type_check(py: Py, arg: Value) -> PyResult {
    let typing = crate::hooks::import_module(py, "typing")?;
    let check = protocol::get_attr_str(py, &typing, "_type_check")?;
    let text = crate::types::str::Str::new("Union[arg, ...]: each arg must be a type.");
    protocol::call(py, &check, &[arg, Value::from(text)])
}
