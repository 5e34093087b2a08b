//! Objects that are pickled by what their `__reduce__` gives.

use krait_object::{Layout, Object, Py, PyResult, Str, Tuple, Value, intern, protocol};

use super::Pickler;
use crate::errors::{self, add_note, pickling, type_name};
use crate::opcode::*;

/// The parts of a reduced value; those that are None or missing are nothing.
pub(super) struct Reduced {
    pub function: Value,
    pub args: Value,
    pub state: Option<Value>,
    pub list_items: Option<Value>,
    pub dict_items: Option<Value>,
    pub state_setter: Option<Value>,
}

impl Pickler {
    /// What a reducer has given: a global's name, or the parts of a call.
    pub(super) fn save_reduced(
        &self,
        py: Py,
        object: &Object,
        value: &Value,
        reduced: &Value,
    ) -> PyResult<()> {
        if reduced.downcast::<Str>().is_some() {
            return self.save_global(py, value, Some(reduced));
        }
        let result = self.save_tuple_of(py, object, reduced);
        if result.is_err() {
            let name = type_name(py, object.ty());
            return Err(add_note(py, &format!("when serializing {name} object")));
        }
        result
    }

    fn save_tuple_of(&self, py: Py, object: &Object, reduced: &Value) -> PyResult<()> {
        let Some(tuple) = reduced.downcast::<Tuple>() else {
            let got = type_name(py, reduced.ty());
            let text = format!("__reduce__ must return a string or tuple, not {got}");
            return pickling(py, &text);
        };
        if !(2..=6).contains(&tuple.len()) {
            return pickling(
                py,
                "tuple returned by __reduce__ must contain 2 through 6 elements",
            );
        }
        let part = |i: usize| tuple.get(i).filter(|v| !v.is_none());
        let parts = Reduced {
            function: tuple.get(0).unwrap_or_else(Value::none),
            args: tuple.get(1).unwrap_or_else(Value::none),
            state: part(2),
            list_items: part(3),
            dict_items: part(4),
            state_setter: part(5),
        };
        self.save_parts(py, object, &parts)
    }

    /// A call of a function, without state.
    pub(super) fn save_call(
        &self,
        py: Py,
        object: &Object,
        function: Value,
        args: Value,
    ) -> PyResult<()> {
        let parts = Reduced {
            function,
            args,
            state: None,
            list_items: None,
            dict_items: None,
            state_setter: None,
        };
        self.save_parts(py, object, &parts)
    }

    fn check_parts(py: Py, parts: &Reduced) -> PyResult<()> {
        if !protocol::call::is_callable(&parts.function) {
            let got = type_name(py, parts.function.ty());
            return pickling(
                py,
                &format!(
                    "first item of the tuple returned by __reduce__ must be callable, not {got}"
                ),
            );
        }
        if parts.args.downcast::<Tuple>().is_none() {
            let got = type_name(py, parts.args.ty());
            return pickling(
                py,
                &format!(
                    "second item of the tuple returned by __reduce__ must be a tuple, not {got}"
                ),
            );
        }
        if let Some(items) = &parts.list_items {
            Self::check_iterator(py, items, "fourth", "__reduce__")?;
        }
        if let Some(items) = &parts.dict_items {
            Self::check_iterator(py, items, "fifth", "__reduce__")?;
        }
        if let Some(setter) = &parts.state_setter
            && !protocol::call::is_callable(setter)
        {
            let got = type_name(py, setter.ty());
            return pickling(
                py,
                &format!(
                    "sixth item of the tuple returned by __reduce__ must be callable, not {got}"
                ),
            );
        }
        Ok(())
    }

    fn save_parts(&self, py: Py, object: &Object, parts: &Reduced) -> PyResult<()> {
        Self::check_parts(py, parts)?;
        self.enter_fast(py, object)?;
        let result = self.save_checked(py, object, parts);
        self.leave_fast();
        result
    }

    fn save_checked(&self, py: Py, object: &Object, parts: &Reduced) -> PyResult<()> {
        self.save_construction(py, object, parts)?;
        match self.known(object) {
            Some(known) => {
                // The object is recursive, and was saved by one of its parts.
                self.put(&[POP]);
                self.put_get(known);
            }
            None => self.memoize(object),
        }
        if let Some(items) = &parts.list_items {
            self.append_all(py, items, object)?;
        }
        if let Some(items) = &parts.dict_items {
            self.set_all(py, items, object)?;
        }
        match (&parts.state, &parts.state_setter) {
            (None, _) => Ok(()),
            (Some(state), None) => {
                self.save_noted(py, state, object, "state")?;
                self.put(&[BUILD]);
                Ok(())
            }
            (Some(state), Some(setter)) => {
                self.save_noted(py, setter, object, "state setter")?;
                self.save(py, &Value::from(object.to_owned()))?;
                self.save_noted(py, state, object, "state")?;
                // The setter's result is of no interest.
                self.put(&[TUPLE2, REDUCE, POP]);
                Ok(())
            }
        }
    }

    /// Saves a part; a failure is noted with what it is of the object.
    pub(super) fn save_noted(
        &self,
        py: Py,
        value: &Value,
        object: &Object,
        what: &str,
    ) -> PyResult<()> {
        match self.save(py, value) {
            Ok(()) => Ok(()),
            Err(_) => {
                let name = errors::type_name(py, object.ty());
                Err(add_note(py, &format!("when serializing {name} {what}")))
            }
        }
    }

    /// The name of the function, by which two of copyreg's are known.
    pub(super) fn function_name(py: Py, function: &Value) -> PyResult<String> {
        let name = protocol::lookup_attr(py, function, intern!("__name__"))?;
        Ok(name
            .as_ref()
            .and_then(|n| n.downcast::<Str>())
            .map(|n| n.to_rust().into_owned())
            .unwrap_or_default())
    }
}
