//! What `localcontext()` gives.

use krait_object::native::{Args, Class, Instance, TypeBuilder};
use krait_object::{Owned, Py, PyResult, class_cell};

use super::context::This as ContextObject;
use super::current;

pub struct ContextManager {
    local: Owned<ContextObject>,
    global: Owned<ContextObject>,
}

pub type This = Instance<ContextManager>;

impl ContextManager {
    pub fn make(py: Py, local: Owned<ContextObject>, global: Owned<ContextObject>) -> Owned<This> {
        Instance::new(py, ContextManager { local, global })
    }
}

impl Class for ContextManager {
    const NAME: &'static str = "decimal.ContextManager";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.no_constructor()
            .method("__enter__($self, /)", |py: Py, this: &This| {
                current::set(py, &this.local)?;
                PyResult::Ok(this.local.clone())
            })
            .method(
                "__exit__($self, /, *args)",
                |py: Py, this: &This, _args: Args<'_>| -> PyResult<bool> {
                    current::set(py, &this.global)?;
                    Ok(false)
                },
            );
    }
}
