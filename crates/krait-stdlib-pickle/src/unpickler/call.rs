//! Calls: `REDUCE`, `__new__` of classes, and instances of Python 2's classes.

use krait_object::protocol;
use krait_object::{Builtin, Dict, Layout, Py, PyResult, Tuple, Type, Value, intern, raise};

use super::Loader;
use crate::errors::unpickling;
use crate::opcode::*;

/// `class.__new__(class, *args, **kwargs)`.
fn make(py: Py, what: &str, class: &Value, args: &Value, kwargs: Option<&Value>) -> PyResult {
    if class.downcast::<Type>().is_none() {
        let text = format!(
            "{what} class argument must be a type, not {}",
            class.ty().name()
        );
        return unpickling(py, &text);
    }
    let Some(args) = args.downcast::<Tuple>() else {
        let text = format!(
            "{what} args argument must be a tuple, not {}",
            args.ty().name()
        );
        return unpickling(py, &text);
    };
    let kwargs = match kwargs {
        None => None,
        Some(kwargs) => match kwargs.downcast::<Dict>() {
            Some(kwargs) => Some(kwargs),
            None => {
                let text = format!(
                    "{what} kwargs argument must be a dict, not {}",
                    kwargs.ty().name()
                );
                return unpickling(py, &text);
            }
        },
    };
    let new = protocol::get_attr(py, class, intern!("__new__"))?;
    if args.is_empty() && kwargs.is_none() {
        return protocol::call(py, &new, std::slice::from_ref(class));
    }
    let mut all = Vec::with_capacity(args.len() + 1);
    all.push(class.clone());
    all.extend(args.iter().map(Value::unboxed));
    match kwargs {
        None => protocol::call(py, &new, &all),
        Some(kwargs) => {
            protocol::call::call_tuple(py, &new, &Tuple::from_values(all), Some(kwargs))
        }
    }
}

/// An instance of an old class: called where there are arguments or where it asks for it.
fn instantiate(py: Py, class: &Value, args: Vec<Value>) -> PyResult {
    let plain = class.ty().is_subtype_of(Type::type_object());
    let wants_init = !args.is_empty()
        || !plain
        || protocol::lookup_attr(py, class, intern!("__getinitargs__"))?.is_some();
    if wants_init {
        return protocol::call(py, class, &args);
    }
    let new = protocol::get_attr(py, class, intern!("__new__"))?;
    protocol::call(py, &new, std::slice::from_ref(class))
}

impl Loader {
    pub(super) fn load_call(&mut self, py: Py, code: u8) -> PyResult<()> {
        let value = match code {
            REDUCE => {
                let args = self.stack.pop(py)?;
                let function = self.stack.pop(py)?;
                match args.downcast::<Tuple>() {
                    Some(args) => protocol::call(py, &function, args.to_owned().as_values())?,
                    None => return raise!(py, TypeError, "argument list must be a tuple"),
                }
            }
            NEWOBJ => {
                let args = self.stack.pop(py)?;
                let class = self.stack.pop(py)?;
                make(py, "NEWOBJ", &class, &args, None)?
            }
            NEWOBJ_EX => {
                let kwargs = self.stack.pop(py)?;
                let args = self.stack.pop(py)?;
                let class = self.stack.pop(py)?;
                make(py, "NEWOBJ_EX", &class, &args, Some(&kwargs))?
            }
            OBJ => {
                let mut args = self.stack.pop_mark(py)?;
                if args.is_empty() {
                    return unpickling(py, "unpickling stack underflow");
                }
                let class = args.remove(0);
                instantiate(py, &class, args)?
            }
            _ => {
                let module = self.name_line(py)?;
                let name = self.name_line(py)?;
                let class = self.class(py, &module, &name)?;
                let args = self.stack.pop_mark(py)?;
                instantiate(py, &class, args)?
            }
        };
        self.stack.push(value);
        Ok(())
    }
}
