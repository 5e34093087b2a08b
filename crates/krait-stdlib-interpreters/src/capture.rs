//! What an interpreter tells another of an exception, which cannot leave it itself.

use krait_object::Layout as _;
use krait_object::types::namespace;
use krait_object::{Owned, Py, PyResult, Str, Value, exceptions, intern, protocol};
use krait_stdlib_core::import;

type Text = Option<String>;

/// A snapshot of an exception.
#[derive(Default)]
pub struct Captured {
    name: Text,
    qualname: Text,
    module: Text,
    message: Text,
    display: Text,
}

/// The text of a value that should be a string; what goes wrong is left out.
fn text(py: Py, value: PyResult) -> Text {
    match value {
        Ok(value) => value
            .downcast::<Str>()
            .map(|text| text.to_rust().into_owned()),
        Err(_) => {
            drop(py.thread().take_exception());
            None
        }
    }
}

/// As the program would see the exception on standard error, without the last line break.
fn display(py: Py, exception: &Value) -> Text {
    let lines = || {
        let traceback = import::import_module(py, "traceback")?;
        let class = protocol::get_attr(py, &traceback, intern!("TracebackException"))?;
        let from = std::slice::from_ref(exception);
        let whole = protocol::call_method(py, &class, intern!("from_exception"), from)?;
        let lines = protocol::call_method(py, &whole, intern!("format"), &[])?;
        protocol::call_method(py, &Value::from(Str::new("")), intern!("join"), &[lines])
    };
    let mut text = text(py, lines())?;
    if text.ends_with('\n') {
        text.pop();
    }
    Some(text)
}

impl Captured {
    pub fn of(py: Py, exception: &Value) -> Captured {
        let class = Value::from(exception.ty().to_owned());
        let attribute = |name| text(py, protocol::get_attr(py, &class, name));
        Captured {
            name: attribute(intern!("__name__")),
            qualname: attribute(intern!("__qualname__")),
            module: attribute(intern!("__module__")),
            message: text(py, protocol::str(py, exception).map(Value::from)),
            display: display(py, exception),
        }
    }

    /// The exception that is set, which is taken.
    pub fn take(py: Py) -> Captured {
        match py.thread().take_exception() {
            Some(exception) => Captured::of(py, &Value::from(exception)),
            None => Captured::default(),
        }
    }

    /// As it would be shown on standard error.
    pub fn display(self) -> Text {
        self.display
    }

    /// The class and the message in one line.
    pub fn formatted(&self) -> Text {
        let Some(name) = self.qualname.as_ref().or(self.name.as_ref()) else {
            return self.message.clone();
        };
        let module = self.module.as_deref();
        let shown = match module.filter(|m| !matches!(*m, "builtins" | "__main__")) {
            Some(module) => format!("{module}.{name}"),
            None => name.clone(),
        };
        Some(match &self.message {
            Some(message) => format!("{shown}: {message}"),
            None => shown,
        })
    }

    pub fn to_namespace(&self, py: Py) -> PyResult {
        let of_text = |text: &Text| match text {
            Some(text) => Value::from(Str::new(text)),
            None => Value::none(),
        };
        let class = namespace::new(py)?;
        for (name, text) in [
            ("__name__", &self.name),
            ("__qualname__", &self.qualname),
            ("__module__", &self.module),
        ] {
            protocol::set_attr(py, &class, &Str::intern(name), &of_text(text))?;
        }
        let whole = namespace::new(py)?;
        for (name, value) in [
            ("type", class),
            ("msg", of_text(&self.message)),
            ("formatted", of_text(&self.formatted())),
            ("errdisplay", of_text(&self.display)),
        ] {
            protocol::set_attr(py, &whole, &Str::intern(name), &value)?;
        }
        Ok(whole)
    }
}

/// `capture_exception`
pub fn capture_exception(py: Py, exception: Option<&Value>) -> PyResult {
    let given = match exception.filter(|e| !e.is_none()) {
        Some(exception) => Some(exception.clone()),
        None => py.thread().handled_exception().map(Value::from),
    };
    let Some(exception) = given else {
        return Ok(Value::none());
    };
    if !exception.ty().is_subtype_of(&exceptions::BaseException) {
        let shown: Owned<Str> = protocol::repr(py, &exception)?;
        return krait_object::raise!(py, TypeError, "expected exception, got {}", shown.to_rust());
    }
    Captured::of(py, &exception).to_namespace(py)
}
