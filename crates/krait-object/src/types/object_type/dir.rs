//! `object.__dir__`.

use crate::object::{Layout, Object};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::dict::Dict;
use crate::types::list::List;
use crate::types::tuple::Tuple;
use crate::value::Value;

/// The names in the instance's dict, its class and the class's bases.
pub(super) fn object_dir(py: Py, this: &Object) -> PyResult {
    let value = Value::from(this.to_owned());
    let own = protocol::lookup_attr(py, &value, crate::intern!("__dict__"))?;
    let dict = match own.as_ref().and_then(|d| d.downcast::<Dict>()) {
        Some(own) => own.copy(),
        None => Dict::new(),
    };
    if let Some(class) = protocol::lookup_attr(py, &value, crate::intern!("__class__"))? {
        merge_class_dict(py, &dict, &class)?;
    }
    Ok(Value::from(List::from_values(dict.keys_vec())))
}

/// Adds a class's names and those of its bases to a dict.
pub(in crate::types) fn merge_class_dict(py: Py, dict: &Dict, class: &Value) -> PyResult<()> {
    py.thread()
        .check_native_stack(py, " while listing attributes")?;
    if let Some(own) = protocol::lookup_attr(py, class, crate::intern!("__dict__"))? {
        dict.update(py, &own)?;
    }
    let Some(bases) = protocol::lookup_attr(py, class, crate::intern!("__bases__"))? else {
        return Ok(());
    };
    if let Some(bases) = bases.downcast::<Tuple>() {
        for base in bases.iter() {
            merge_class_dict(py, dict, &Value::from(base.to_owned()))?;
        }
    }
    Ok(())
}
