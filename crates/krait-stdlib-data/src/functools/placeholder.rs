//! `functools.Placeholder`: a hole among the positional arguments of a `partial`.

use std::cell::OnceCell;

use krait_object::native::{Args, Class, Instance, KwArgs, TypeBuilder};
use krait_object::{GilCell, Owned, Py, PyResult, Type, Value, class_cell, raise};

/// The type of the one placeholder.
pub struct Placeholder;

type This = Instance<Placeholder>;

static ONE: GilCell<OnceCell<Owned<This>>> = GilCell::new(OnceCell::new());

/// The placeholder.
pub fn get(py: Py) -> Value {
    Value::from(
        ONE.get(py)
            .get_or_init(|| Instance::new(py, Placeholder))
            .clone(),
    )
}

/// Whether a value is the placeholder.
#[inline]
pub fn is(py: Py, value: &Value) -> bool {
    ONE.get(py)
        .get()
        .is_some_and(|one| value.is_object(krait_object::Layout::as_object(&**one)))
}

fn new(py: Py, _class: &Type, args: Args<'_>, kwargs: KwArgs) -> PyResult {
    if !args.0.is_empty() || kwargs.0.is_some_and(|k| !k.is_empty()) {
        return raise!(py, TypeError, "_PlaceholderType takes no arguments");
    }
    Ok(get(py))
}

impl Class for Placeholder {
    const NAME: &'static str = "functools._PlaceholderType";
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.doc("The type of the Placeholder singleton.\n\nUsed as a placeholder for partial arguments.")
            .new_with("__new__($type, *args, **kwargs)", new)
            .repr(|_py: Py, _this: &This| "Placeholder")
            .method("__reduce__($self, /)", |_py: Py, _this: &This| "Placeholder");
    }
}
