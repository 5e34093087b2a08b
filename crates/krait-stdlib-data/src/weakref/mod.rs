//! `_weakref`.

use krait_object::native::module::NativeModule;
use krait_object::types::weakref::{self, CALLABLE_PROXY, PROXY, REF, WeakRef};
use krait_object::{Dict, Layout, ModuleBuilder, Owned, Py, PyResult, Str, Value};

pub const MODULE: NativeModule = NativeModule {
    name: "_weakref",
    init,
};

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value(
        "__doc__",
        Value::from(Str::new("Weak-reference support module.")),
    )?;
    m.value("ref", Value::from(REF.to_owned()))?;
    m.value("ReferenceType", Value::from(REF.to_owned()))?;
    m.value("ProxyType", Value::from(PROXY.to_owned()))?;
    m.value("CallableProxyType", Value::from(CALLABLE_PROXY.to_owned()))?;
    m.function_doc(
        "getweakrefcount($module, object, /)",
        "Return the number of weak references to 'object'.",
        |_py: Py, object: &Value| object.as_object().map_or(0, weakref::count),
    )?;
    m.function_doc(
        "getweakrefs($module, object, /)",
        "Return a list of all weak reference objects pointing to 'object'.",
        |_py: Py, object: Owned| weakref::references(&object),
    )?;
    m.function_doc("proxy($module, object, callback=None, /)", PROXY_DOC, proxy)?;
    m.function_doc(
        "_remove_dead_weakref($module, dct, key, /)",
        "Atomically remove key from dict if it points to a dead weakref.",
        |py: Py, dct: &Dict, key: &Value| weakref::remove_dead(py, dct, key),
    )?;
    Ok(())
}

fn proxy(py: Py, object: Owned, callback: Option<Owned>) -> PyResult<Owned<WeakRef>> {
    weakref::new_proxy(py, &object, callback.as_deref())
}

const PROXY_DOC: &str = "Create a proxy object that weakly references 'object'.\n\n\
'callback', if given, is called with a reference to the\nproxy when 'object' is about to be finalized.";
