//! `_functools`: `partial`, `reduce`, `cmp_to_key`, `lru_cache`'s wrapper.

use krait_object::native::module::NativeModule;
use krait_object::protocol::{self, Iter};
use krait_object::{ModuleBuilder, Py, PyResult, Str, Value, errors, exceptions, raise};

mod cmp_to_key;
mod lru_cache;
mod lru_table;
mod partial;
mod partial_new;
mod placeholder;

pub const MODULE: NativeModule = NativeModule {
    name: "_functools",
    init,
};

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value(
        "__doc__",
        Value::from(Str::new("Tools that operate on functions.")),
    )?;
    m.function(
        "reduce($module, function, iterable, /, initial=<unrepresentable>)",
        reduce,
    )?;
    m.function("cmp_to_key($module, /, mycmp)", cmp_to_key::cmp_to_key)?;
    m.class::<partial::Partial>()?;
    m.class::<placeholder::Placeholder>()?;
    m.value("Placeholder", placeholder::get(m.py))?;
    m.class::<lru_cache::LruCache>()?;
    Ok(())
}

fn reduce(py: Py, function: &Value, iterable: &Value, initial: Option<&Value>) -> PyResult {
    let mut items = match Iter::new(py, iterable) {
        Ok(items) => items,
        Err(raised) => {
            if errors::take_if(py, &exceptions::TypeError).is_some() {
                return raise!(py, TypeError, "reduce() arg 2 must support iteration");
            }
            return Err(raised);
        }
    };
    let mut result = match initial {
        Some(value) => value.clone(),
        None => match items.next(py)? {
            Some(first) => first,
            None => {
                return raise!(
                    py,
                    TypeError,
                    "reduce() of empty iterable with no initial value"
                );
            }
        },
    };
    while let Some(item) = items.next(py)? {
        result = protocol::call(py, function, &[result, item])?;
    }
    Ok(result)
}
