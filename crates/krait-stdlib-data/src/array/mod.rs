//! `array`.

use krait_object::native::Instance;
use krait_object::native::module::NativeModule;
use krait_object::{Builtin, Layout, ModuleBuilder, PyResult, Str, Value, intern, protocol};

mod edit;
mod items;
mod iter;
mod kind;
mod object;
mod pickle;
mod transfer;

use object::Array;

pub const MODULE: NativeModule = NativeModule {
    name: "array",
    init,
};

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value("__doc__", Value::from(Str::new(DOC)))?;
    let array = Value::from(Instance::<Array>::type_object().to_owned());
    let abc = krait_object::hooks::import_module(m.py, "collections.abc")?;
    let mutable = protocol::get_attr(m.py, &abc, intern!("MutableSequence"))?;
    protocol::call_method(
        m.py,
        &mutable,
        intern!("register"),
        std::slice::from_ref(&array),
    )?;
    m.value("array", array.clone())?;
    m.value("ArrayType", array)?;
    m.class::<iter::ArrayIter>()?;
    m.text("typecodes", "bBuwhHiIlLqQfd")?;
    m.function(
        "_array_reconstructor($module, arraytype, typecode, mformat_code, items, /)",
        pickle::reconstruct,
    )?;
    Ok(())
}

const DOC: &str = "This module defines an object type which can efficiently represent\n\
an array of basic values: characters, integers, floating-point\n\
numbers.  Arrays are sequence types and behave very much like lists,\n\
except that the type of objects stored in them is constrained.\n";
