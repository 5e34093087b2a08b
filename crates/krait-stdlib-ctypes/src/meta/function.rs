//! The metaclass of function types: `_argtypes_`, `_restype_`, `_flags_`.

use krait_object::native::TypeBuilder;
use krait_object::{Args, KwArgs, Py, PyResult, Type, intern, raise};

use crate::codes;
use crate::function::{checker_of, converters_of};
use crate::storage::{self, Role, Storage};

pub fn define(b: &mut TypeBuilder<Type>) {
    super::common::define_all(b);
    b.doc("metatype for C function pointers")
        .init("__init__($self, /, *args, **kwargs)", init);
}

fn init(py: Py, this: &Type, _args: Args<'_>, _kwargs: KwArgs) -> PyResult<()> {
    let storage = storage::attach(py, this, Storage::pointer(Role::Function))?;
    // What the arguments are cannot be said: they need nothing but a `from_param`.
    storage.set_format("X{}".to_string());
    let own = |name| storage::own_attribute(py, this, name);
    match own(intern!("_flags_")).filter(codes::is_int) {
        Some(flags) => storage.flags.set(codes::masked(py, &flags)?),
        None => {
            return raise!(
                py,
                TypeError,
                "class must define _flags_ which must be an integer"
            );
        }
    }
    if let Some(argtypes) = own(intern!("_argtypes_")) {
        let converters = converters_of(py, &argtypes)?;
        storage.argtypes.replace(Some(argtypes));
        storage.converters.replace(Some(converters));
    }
    if let Some(restype) = own(intern!("_restype_")) {
        let checker = checker_of(py, &restype, "_restype_")?;
        storage.restype.replace(Some(restype));
        storage.checker.replace(checker);
    }
    Ok(())
}
