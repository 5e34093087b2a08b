//! `decimal.Decimal`.

use std::cell::Cell;

use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::{Builtin, Layout, Owned, Py, PyResult, Str, Type, Value, class_cell, protocol};
use krait_text::Chars;

use super::{
    construct, current, decimal_compare, decimal_methods, decimal_numeric, format, from, imported,
};
use crate::number::Decimal;

pub struct DecimalObject {
    /// -1 until it is computed.
    pub hash: Cell<i64>,
    pub value: Decimal,
}

pub type This = Instance<DecimalObject>;

pub fn new(py: Py, value: Decimal) -> Owned<This> {
    Instance::new(
        py,
        DecimalObject {
            hash: Cell::new(-1),
            value,
        },
    )
}

/// An instance of a class that may be a subclass, whose constructor is called then.
pub fn of_class(py: Py, class: &Type, value: Decimal) -> PyResult {
    let exact = Value::from(new(py, value));
    if class.is(This::type_object()) {
        return Ok(exact);
    }
    protocol::call(py, &Value::from(class.to_owned()), &[exact])
}

/// Makes the class a number, and its tuples sequences.
pub fn register(py: Py) -> PyResult<()> {
    let number = imported(py, "numbers", "Number")?;
    let class = Value::from(This::type_object().to_owned());
    protocol::call_method_str(py, &number, "register", &[class])?;
    let rational = imported(py, "numbers", "Rational")?;
    super::convert::keep_rational(py, rational);
    Ok(())
}

fn str(py: Py, this: &This) -> PyResult<Owned<Str>> {
    let capitals = current::get(py)?.get().capitals;
    let text = this.value.to_ascii(false, capitals);
    Ok(Str::from_chars(Chars::Latin1(&text)))
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let capitals = current::get(py)?.get().capitals;
    Ok(format!(
        "Decimal('{}')",
        this.value.to_text(false, capitals)
    ))
}

impl Class for DecimalObject {
    const NAME: &'static str = "decimal.Decimal";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.subclassable()
            .doc("Construct a new Decimal object.\n\nvalue can be an integer, string, tuple, or another Decimal object.  If\nno value is given, return Decimal('0'). The context does not affect\nthe conversion and is only passed to determine if the InvalidOperation\ntrap is active.")
            .new_with("Decimal(value=\"0\", context=None)", construct::new)
            .repr(repr)
            .str(str)
            .method("__format__($self, fmtarg, override=<unrepresentable>, /)", format::format)
            .method("__reduce__($self, /)", |py: Py, this: &This| -> PyResult<(Value, Value)> {
                let class = Value::from(this.as_object().ty().to_owned());
                let text = Value::from(str(py, this)?);
                Ok((class, Value::from(krait_object::Tuple::from_values([text]))))
            });
        from::define(b);
        decimal_compare::define(b);
        decimal_numeric::define(b);
        decimal_methods::define(b);
    }
}
