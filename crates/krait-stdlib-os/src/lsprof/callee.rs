//! What a profiler counts by: code objects, and native functions by their definitions.

use krait_object::types::descriptor::{MethodDescriptor, NativeFunctionObject};
use krait_object::types::module::Module;
use krait_object::{Layout, Object, Py, Str, Value, intern, protocol};

/// Something that was called.
pub struct Callee<'a> {
    /// The same for all calls of it, and for nothing else that lives.
    pub key: usize,
    what: What<'a>,
}

enum What<'a> {
    Code(&'a Value),
    /// A function, and what it is bound to.
    Native(&'a Object, Option<&'a Object>),
}

impl<'a> Callee<'a> {
    pub fn of_code(code: &'a Value) -> Callee<'a> {
        let key = code.as_object().map_or(0, |c| c.as_ptr() as usize);
        Callee {
            key,
            what: What::Code(code),
        }
    }

    /// A native function, or a method of a native type that is called with its receiver.
    pub fn of_native(callable: &'a Value, receiver: &'a Value) -> Option<Callee<'a>> {
        let object = callable.as_object()?;
        if let Some(function) = object.downcast::<NativeFunctionObject>() {
            return Some(Callee {
                key: function.definition() as usize,
                what: What::Native(object, function.receiver()),
            });
        }
        let method = object.downcast::<MethodDescriptor>()?;
        Some(Callee {
            key: method.definition() as usize,
            what: What::Native(object, receiver.as_object()),
        })
    }

    /// The code object, or the text that stands for a native function.
    pub fn shown(&self, py: Py) -> Value {
        match self.what {
            What::Code(code) => code.clone(),
            What::Native(function, receiver) => {
                let text = native_text(py, function, receiver);
                drop(py.thread().take_exception());
                Value::from(Str::new(&text))
            }
        }
    }
}

fn native_text(py: Py, function: &Object, receiver: Option<&Object>) -> String {
    let function_value = Value::from(function.to_owned());
    let text = |name| {
        let value = protocol::get_attr(py, &function_value, name);
        value
            .ok()
            .and_then(|v| v.downcast::<Str>().map(|s| s.to_rust().into_owned()))
    };
    if function.downcast::<MethodDescriptor>().is_some() {
        if let Ok(shown) = protocol::repr::repr_object(py, function) {
            return shown.to_rust().into_owned();
        }
    } else if let Some(receiver) = receiver.filter(|r| r.downcast::<Module>().is_none()) {
        // What the receiver's type calls by that name says which method it is.
        let name = text(intern!("__name__")).map(|n| Str::intern(&n));
        let found = name.and_then(|n| receiver.ty().lookup(py, &n));
        if let Some(found) = found
            && let Ok(shown) = protocol::repr(py, &found)
        {
            return shown.to_rust().into_owned();
        }
    }
    let name = text(intern!("__name__")).unwrap_or_default();
    match text(intern!("__module__")) {
        Some(module) => format!("<built-in method {module}.{name}>"),
        None => format!("<built-in method {name}>"),
    }
}
