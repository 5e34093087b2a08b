//! Modules: the object, and the builder for native ones.

use super::builder::Class;
use super::call::{DefKind, NativeDef, NativeFunction, function_entry};
use crate::native::Instance;
use crate::object::{Builtin, Owned};
use crate::py::{Py, PyResult};
use crate::types::descriptor;
use crate::types::dict::Dict;
use crate::types::module::Module;
use crate::types::str::Str;
use crate::types::typeobject::Type;
use crate::value::Value;

/// Fills a native module: `fn init(m: &ModuleBuilder) -> PyResult<()>`.
pub struct ModuleBuilder {
    pub py: Py,
    name: &'static str,
    /// The name as functions have it in `__module__`.
    shown: Owned<Str>,
    module: Owned<Module>,
}

/// A native module as the import system's table lists it.
#[derive(Clone, Copy)]
pub struct NativeModule {
    pub name: &'static str,
    pub init: fn(&ModuleBuilder) -> PyResult<()>,
}

impl ModuleBuilder {
    pub fn new(py: Py, name: &'static str) -> ModuleBuilder {
        let shown = Str::intern(name);
        ModuleBuilder {
            py,
            name,
            module: Module::new(py, &shown),
            shown,
        }
    }

    pub fn module(&self) -> &Owned<Module> {
        &self.module
    }

    pub fn dict(&self) -> Owned<Dict> {
        self.module.dict()
    }

    pub fn finish(self) -> Owned<Module> {
        self.module
    }

    /// A function: `fn(Py, args...) -> R`.
    pub fn function<M, F: NativeFunction<M>>(&self, text: &'static str, f: F) -> PyResult<&Self> {
        self.function_doc(text, "", f)
    }

    pub fn function_doc<M, F: NativeFunction<M>>(
        &self,
        text: &'static str,
        doc: &'static str,
        _f: F,
    ) -> PyResult<&Self> {
        let owner = if self.name == "builtins" {
            ""
        } else {
            self.name
        };
        let def = NativeDef::new(owner, text, doc, DefKind::Function, function_entry::<M, F>);
        let name = Value::from(self.shown.clone());
        self.value(
            def.name(),
            descriptor::function(def, Some(self.module.clone().upcast()), Some(name)),
        )
    }

    /// A constant or any other attribute.
    pub fn value(&self, name: &str, value: Value) -> PyResult<&Self> {
        self.dict()
            .set_value(self.py, &Value::from(Str::intern(name)), value)?;
        Ok(self)
    }

    pub fn int(&self, name: &str, value: i64) -> PyResult<&Self> {
        self.value(name, Value::int(value))
    }

    pub fn text(&self, name: &str, value: &str) -> PyResult<&Self> {
        self.value(name, Value::from(Str::new(value)))
    }

    /// The type of a native class, under the last part of its name.
    pub fn class<T: Class>(&self) -> PyResult<&Self> {
        self.type_object(Instance::<T>::type_object())
    }

    pub fn type_object(&self, ty: &Type) -> PyResult<&Self> {
        self.value(
            ty.short_name(),
            Value::from(crate::object::Layout::to_owned(ty)),
        )
    }
}
