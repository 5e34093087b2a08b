//! Exception classes that native modules define.

use std::cell::OnceCell;

use crate::object::{Layout, Owned};
use crate::protocol;
use crate::py::{GilCell, Py, PyResult};
use crate::types::dict::Dict;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::typeobject::Type;
use crate::value::Value;

/// A new class with a name like `zlib.error`, derived from another (`PyErr_NewException`).
pub fn new_class(py: Py, name: &str, base: &Type) -> PyResult<Owned<Type>> {
    new_class_doc(py, name, "", base)
}

/// The same with a docstring (`PyErr_NewExceptionWithDoc`).
pub fn new_class_doc(py: Py, name: &str, doc: &str, base: &Type) -> PyResult<Owned<Type>> {
    let (module, short) = name.rsplit_once('.').unwrap_or(("builtins", name));
    let namespace = Dict::new();
    namespace.set_str(
        py,
        crate::intern!("__module__"),
        Value::from(Str::intern(module)),
    )?;
    if !doc.is_empty() {
        namespace.set_str(py, crate::intern!("__doc__"), Value::from(Str::new(doc)))?;
    }
    let arguments = [
        Value::from(Str::intern(short)),
        Value::from(Tuple::from_values([Value::from(base.to_owned())])),
        Value::from(namespace),
    ];
    let metatype = protocol::attr::type_value::<Type>();
    match protocol::call(py, &metatype, &arguments)?
        .into_object()
        .downcast_owned::<Type>()
    {
        Ok(class) => Ok(class),
        Err(_) => crate::raise!(py, SystemError, "type() made no class"),
    }
}

/// An exception class of a native module, made when it is needed first:
/// `static ERROR: LazyClass = LazyClass::new("zlib.error", || &exceptions::Exception);`
pub struct LazyClass {
    name: &'static str,
    doc: &'static str,
    base: fn() -> &'static Type,
    class: GilCell<OnceCell<Owned<Type>>>,
}

impl LazyClass {
    pub const fn new(name: &'static str, base: fn() -> &'static Type) -> LazyClass {
        LazyClass::with_doc(name, "", base)
    }

    pub const fn with_doc(
        name: &'static str,
        doc: &'static str,
        base: fn() -> &'static Type,
    ) -> LazyClass {
        LazyClass {
            name,
            doc,
            base,
            class: GilCell::new(OnceCell::new()),
        }
    }

    pub fn get(&self, py: Py) -> PyResult<&Owned<Type>> {
        let cell = self.class.get(py);
        if let Some(class) = cell.get() {
            return Ok(class);
        }
        let class = new_class_doc(py, self.name, self.doc, (self.base)())?;
        Ok(cell.get_or_init(|| class))
    }

    /// Raises it with a text.
    #[cold]
    pub fn raise<T>(&self, py: Py, text: &str) -> PyResult<T> {
        let class = self.get(py)?;
        Err(crate::errors::raise_text(py, class, format_args!("{text}")))
    }
}
