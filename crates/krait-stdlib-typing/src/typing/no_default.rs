//! `typing.NoDefault`: says that a type parameter has no default.

use std::cell::OnceCell;

use krait_object::{
    Args, Class, GilCell, Instance, KwArgs, Py, PyResult, TypeBuilder, Value, raise,
};

struct NoDefaultType;

static NO_DEFAULT: GilCell<OnceCell<Value>> = GilCell::new(OnceCell::new());

/// The one instance.
pub fn no_default(py: Py) -> Value {
    NO_DEFAULT
        .get(py)
        .get_or_init(|| Value::from(Instance::new(py, NoDefaultType)))
        .clone()
}

pub fn is_no_default(py: Py, value: &Value) -> bool {
    value.is(&no_default(py))
}

impl Class for NoDefaultType {
    const NAME: &'static str = "NoDefaultType";
    krait_object::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.doc("The type of the NoDefault singleton.")
            .new_with(
                "NoDefaultType(*args, **kwargs)",
                |py, _class: &krait_object::Type, args: Args<'_>, kwargs: KwArgs| -> PyResult {
                    if !args.0.is_empty() || kwargs.0.is_some() {
                        return raise!(py, TypeError, "NoDefaultType takes no arguments");
                    }
                    Ok(no_default(py))
                },
            )
            .repr(|_py, _this: &Instance<NoDefaultType>| "typing.NoDefault")
            .method(
                "__reduce__($self, /)",
                |_py, _this: &Instance<NoDefaultType>| "NoDefault",
            );
    }
}
