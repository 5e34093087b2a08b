//! What makes a reduced object when it is unpickled: a call, or `__new__` of its class.

use krait_object::{Dict, Layout, Object, Py, PyResult, Tuple, Value, intern, protocol};

use super::Pickler;
use super::reduce::Reduced;
use crate::errors::pickling;
use crate::imports;
use crate::opcode::*;

/// `object.__class__`.
fn class_of(py: Py, object: &Object) -> PyResult {
    protocol::get_attr(py, &Value::from(object.to_owned()), intern!("__class__"))
}

fn check_class(py: Py, class: &Value, object: &Object, function: &str) -> PyResult<()> {
    if protocol::lookup_attr(py, class, intern!("__new__"))?.is_none() {
        let text = format!("first argument to {function}() has no __new__");
        return pickling(py, &text);
    }
    let own = class_of(py, object)?;
    if !own.is(class) {
        let (own, class) = (protocol::repr(py, &own)?, protocol::repr(py, class)?);
        let text = format!(
            "first argument to {function}() must be {}, not {}",
            own.to_rust(),
            class.to_rust()
        );
        return pickling(py, &text);
    }
    Ok(())
}

impl Pickler {
    pub(super) fn save_construction(
        &self,
        py: Py,
        object: &Object,
        parts: &Reduced,
    ) -> PyResult<()> {
        if self.protocol.get() >= 2 {
            match Self::function_name(py, &parts.function)?.as_str() {
                "__newobj__" => return self.save_newobj(py, object, &parts.args),
                "__newobj_ex__" => return self.save_newobj_ex(py, object, &parts.args),
                _ => {}
            }
        }
        self.save_noted(py, &parts.function, object, "reconstructor")?;
        self.save_noted(py, &parts.args, object, "reconstructor arguments")?;
        self.put(&[REDUCE]);
        Ok(())
    }

    fn save_newobj(&self, py: Py, object: &Object, args: &Value) -> PyResult<()> {
        let args = args.downcast::<Tuple>().map(|a| a.as_values());
        let Some([class, rest @ ..]) = args else {
            return pickling(py, "__newobj__ expected at least 1 argument, got 0");
        };
        check_class(py, class, object, "__newobj__")?;
        self.save_noted(py, class, object, "class")?;
        let rest = Value::from(Tuple::from_slice(rest));
        self.save_noted(py, &rest, object, "__new__ arguments")?;
        self.put(&[NEWOBJ]);
        Ok(())
    }

    fn save_newobj_ex(&self, py: Py, object: &Object, args: &Value) -> PyResult<()> {
        let values = args.downcast::<Tuple>().map(|a| a.as_values());
        let Some([class, args, kwargs]) = values else {
            let got = values.map_or(0, <[Value]>::len);
            let text = format!("__newobj_ex__ expected 3 arguments, got {got}");
            return pickling(py, &text);
        };
        if args.downcast::<Tuple>().is_none() {
            let got = crate::errors::type_name(py, args.ty());
            let text = format!("second argument to __newobj_ex__() must be a tuple, not {got}");
            return pickling(py, &text);
        }
        if kwargs.downcast::<Dict>().is_none() {
            let got = crate::errors::type_name(py, kwargs.ty());
            let text = format!("third argument to __newobj_ex__() must be a dict, not {got}");
            return pickling(py, &text);
        }
        check_class(py, class, object, "__newobj_ex__")?;
        if self.protocol.get() >= 4 {
            self.save_noted(py, class, object, "class")?;
            self.save_noted(py, args, object, "__new__ arguments")?;
            self.save_noted(py, kwargs, object, "__new__ arguments")?;
            self.put(&[NEWOBJ_EX]);
            return Ok(());
        }
        let function = old_constructor(py, class, args, kwargs)?;
        self.save_noted(py, &function, object, "reconstructor")?;
        self.save(py, &Value::from(Tuple::empty()))?;
        self.put(&[REDUCE]);
        Ok(())
    }
}

/// Before protocol 4: `partial(class.__new__, class, *args, **kwargs)`.
fn old_constructor(py: Py, class: &Value, args: &Value, kwargs: &Value) -> PyResult {
    let new = protocol::get_attr(py, class, intern!("__new__"))?;
    let mut all = vec![new, class.clone()];
    if let Some(args) = args.downcast::<Tuple>() {
        all.extend(args.iter().map(Value::unboxed));
    }
    let all = Tuple::from_values(all);
    let partial = imports::PARTIAL.get(py)?;
    protocol::call::call_tuple(py, &partial, &all, kwargs.downcast::<Dict>())
}
