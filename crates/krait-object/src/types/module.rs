//! `module`.

use std::ffi::{c_int, c_void};

use krait_abi::*;

use super::dict::Dict;
use super::str::Str;
use super::typeobject::{StaticType, Type, address};
use crate::gc::Visitor;
use crate::native::TypeBuilder;
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::value::Value;

/// A module. C sees only the header; the dict's place is `tp_dictoffset`.
#[repr(C)]
pub struct Module {
    header: PyObject,
    dict: *mut PyObject,
    /// The C definition and state of extension modules.
    pub def: std::cell::Cell<*mut PyModuleDef>,
    pub state: std::cell::Cell<*mut c_void>,
    weakrefs: *mut PyObject,
}

#[unsafe(export_name = "PyModule_Type")]
pub static MODULE: StaticType = StaticType::new();

// SAFETY: repr(C), and the header comes first.
unsafe impl Layout for Module {}
// SAFETY: instances of module and its subtypes have the layout.
unsafe impl Builtin for Module {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &MODULE
    }
}

impl Module {
    /// A module with the usual attributes.
    pub fn new(py: Py, name: &Str) -> Owned<Module> {
        match Module::new_in(py, &MODULE).and_then(|m| m.initialise(py, name, None).map(|()| m)) {
            Ok(module) => module,
            Err(_) => crate::errors::out_of_memory(),
        }
    }

    fn new_in(_py: Py, class: &Type) -> PyResult<Owned<Module>> {
        let raw = class.allocate(0)?;
        // SAFETY: the block has the class's size, which covers the struct.
        unsafe {
            (*raw.cast::<Module>()).dict = Dict::new().into_ptr();
            class.track_new(raw);
            Ok(Owned::from_raw(raw.cast()))
        }
    }

    fn initialise(&self, py: Py, name: &Str, doc: Option<&Value>) -> PyResult<()> {
        let dict = self.dict();
        let set = |key: &'static Str, value: Value| {
            dict.set_value(py, &Value::from(key.to_owned_str()), value)
        };
        set(crate::intern!("__name__"), Value::from(name.to_owned_str()))?;
        set(
            crate::intern!("__doc__"),
            doc.cloned().unwrap_or_else(Value::none),
        )?;
        set(crate::intern!("__package__"), Value::none())?;
        set(crate::intern!("__loader__"), Value::none())?;
        set(crate::intern!("__spec__"), Value::none())
    }

    /// The namespace.
    #[inline]
    pub fn dict(&self) -> Owned<Dict> {
        // SAFETY: a module owns its dict from its making to its end.
        unsafe { Object::from_ptr(self.dict).cast_unchecked::<Dict>() }.to_owned()
    }

    pub fn name(&self, py: Py) -> Option<Owned<Str>> {
        let name = self.dict().get_str_key(py, crate::intern!("__name__"))?;
        name.downcast::<Str>().map(Str::to_owned_str)
    }
}

unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying module.
    unsafe {
        let ty = Type::from_ptr((*object).ob_type);
        ty.untrack(object);
        ty.clear_weakrefs(object);
        let module = object.cast::<Module>();
        if let Some(free) = (*module).def.get().as_ref().and_then(|d| d.m_free) {
            free(object.cast());
        }
        if !(*module).dict.is_null() {
            Object::decref((*module).dict);
        }
        krait_heap::free_raw((*module).state.get().cast());
        ty.free_instance(object);
    }
}

unsafe extern "C-unwind" fn traverse(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut c_void,
) -> c_int {
    let mut visitor = Visitor::new(visit, arg);
    // SAFETY: called with a living module.
    visitor.visit_ptr(unsafe { (*object.cast::<Module>()).dict });
    visitor.result()
}

unsafe extern "C-unwind" fn clear(object: *mut PyObject) -> c_int {
    // SAFETY: called with a living module; its dict stays, but is emptied.
    unsafe { Object::from_ptr(object).cast_unchecked::<Module>() }
        .dict()
        .clear();
    0
}

impl Module {
    /// Whether attributes of the module are looked up as `lookup` does.
    pub fn is_ordinary(&self) -> bool {
        let getattro = |ty: &Type| address(ty.raw().tp_getattro);
        getattro(self.as_object().ty()) == getattro(&MODULE)
    }

    /// An attribute, of the module or by its `__getattr__`; where there is none, the dict
    /// that does not have it.
    pub fn lookup(&self, py: Py, name: &Str) -> PyResult<Result<Value, Owned<Dict>>> {
        if let Some(value) = protocol::attr::generic_lookup(py, self.as_object(), name)? {
            return Ok(Ok(value));
        }
        let value = Value::from(Layout::to_owned(self));
        let found = protocol::get_attr(py, &value, crate::intern!("__dict__"))?;
        let Some(dict) = found.downcast::<Dict>() else {
            return crate::raise!(
                py,
                TypeError,
                "{}.__dict__ is not a dictionary",
                self.as_object().ty().name()
            );
        };
        match dict.get_str_key(py, crate::intern!("__getattr__")) {
            Some(hook) => protocol::call(py, &hook, &[Value::from(name.to_owned_str())]).map(Ok),
            None => Ok(Err(Layout::to_owned(dict))),
        }
    }
}

fn get_attribute(py: Py, this: &Module, name: &Object) -> PyResult {
    let Some(name) = name.downcast::<Str>() else {
        return crate::raise!(
            py,
            TypeError,
            "attribute name must be string, not '{}'",
            name.ty().name()
        );
    };
    match this.lookup(py, name)? {
        Ok(value) => Ok(value),
        Err(dict) => missing(py, this, &dict, name),
    }
}

#[cold]
fn missing(py: Py, this: &Module, dict: &Dict, name: &Str) -> PyResult {
    let text = match dict.get_str_key(py, crate::intern!("__name__")) {
        Some(module) if module.downcast::<Str>().is_some() => {
            let spec = dict.get_str_key(py, crate::intern!("__spec__"));
            missing_text(py, &module, spec.as_ref(), name)?
        }
        _ => format!("module has no attribute '{}'", name.to_rust()),
    };
    Err(protocol::attr::attribute_error(
        py,
        &text,
        this.as_object(),
        name,
    ))
}

/// What is said of a module with a name.
fn missing_text(py: Py, module: &Value, spec: Option<&Value>, name: &Str) -> PyResult<String> {
    use super::module_origin::{is_uninitialized_submodule, standing};
    let standing = standing(py, spec, module)?;
    let shown = protocol::str(py, module)?;
    let (module, name_text) = (shown.to_rust(), name.to_rust());
    let what = format!("module '{module}' has no attribute '{name_text}'");
    let origin = standing.origin.as_deref();
    Ok(match origin {
        Some(file) if standing.shadows_stdlib => format!(
            "{what} (consider renaming '{file}' since it has the same name as the standard \
             library module named '{module}' and prevents importing that standard library module)"
        ),
        Some(file) if standing.initializing && standing.shadows => format!(
            "{what} (consider renaming '{file}' if it has the same name as a library you \
             intended to import)"
        ),
        _ if standing.initializing => {
            let from = origin.map_or_else(String::new, |file| format!(" from '{file}'"));
            format!(
                "partially initialized module '{module}'{from} has no attribute '{name_text}' \
                 (most likely due to a circular import)"
            )
        }
        _ if is_uninitialized_submodule(py, spec, name)? => format!(
            "cannot access submodule '{name_text}' of module '{module}' (most likely due to a \
             circular import)"
        ),
        _ => what,
    })
}

fn repr(py: Py, this: &Module) -> PyResult {
    let importlib = crate::hooks::import_module(py, "importlib._bootstrap")?;
    protocol::call_method(
        py,
        &importlib,
        crate::intern!("_module_repr"),
        &[Value::from(this.to_owned())],
    )
}

fn dir(py: Py, this: &Module) -> PyResult {
    let found = protocol::get_attr(
        py,
        &Value::from(this.to_owned()),
        crate::intern!("__dict__"),
    )?;
    let Some(dict) = found.downcast::<Dict>() else {
        return crate::raise!(
            py,
            TypeError,
            "{}.__dict__ is not a dictionary",
            this.as_object().ty().name()
        );
    };
    if let Some(hook) = dict.get_str_key(py, crate::intern!("__dir__")) {
        return protocol::call(py, &hook, &[]);
    }
    Ok(Value::from(protocol::iter::to_list(
        py,
        &Value::from(dict.to_owned()),
    )?))
}

pub(crate) fn define() {
    let mut b = TypeBuilder::<Module>::new(&MODULE, "module", size_of::<Module>());
    b.subclassable()
        .doc("Create a module object.\n\nThe name must be a string; the optional docstring can have any type.")
        .dealloc_raw(dealloc)
        .gc_raw(traverse, clear)
        .with_raw(|raw| {
            raw.tp_dictoffset = std::mem::offset_of!(Module, dict) as isize;
            raw.tp_weaklistoffset = std::mem::offset_of!(Module, weakrefs) as isize;
        })
        .new_with("module(*args, **kwargs)", |py, class: &Type, _a: crate::native::Args<'_>, _k: crate::native::KwArgs| {
            Module::new_in(py, class)
        })
        .init("module(name, doc=None)", |py, this: &Module, name: &Str, doc: Option<&Value>| {
            this.initialise(py, name, doc)
        })
        .get_attribute(get_attribute)
        .repr(repr)
        .method("__dir__($self, /)", dir)
        .getter("__dict__", |_py, this: &Module| this.dict());
    super::module_annotations::define(&mut b);
    b.silent().finish();
}
