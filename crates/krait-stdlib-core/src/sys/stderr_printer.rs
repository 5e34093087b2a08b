//! `stderrprinter`: what `sys.stderr` is until the standard streams are made.

use std::io::Write;

use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::{Py, PyResult, Str, Value, class_cell};

/// The body, which needs nothing.
pub struct StderrPrinter;

type This = Instance<StderrPrinter>;

fn write(py: Py, _this: &This, text: &Str) -> PyResult<usize> {
    let shown = text.to_rust();
    // Nobody could be told of a failure.
    let _ = py.allow_threads(|| std::io::stderr().write_all(shown.as_bytes()));
    Ok(text.len())
}

impl Class for StderrPrinter {
    const NAME: &'static str = "stderrprinter";
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.no_constructor()
            .method("write($self, text, /)", write)
            .method("flush($self, /)", |_py: Py, _this: &This| ())
            .method("close($self, /)", |_py: Py, _this: &This| ())
            .method("fileno($self, /)", |_py: Py, _this: &This| 2i64)
            .method("isatty($self, /)", |_py: Py, _this: &This| {
                std::io::IsTerminal::is_terminal(&std::io::stderr())
            })
            .getter("closed", |_py: Py, _this: &This| false)
            .getter("mode", |_py: Py, _this: &This| "w")
            .getter("encoding", |_py: Py, _this: &This| Value::none());
    }
}

/// A new one.
pub fn new(py: Py) -> Value {
    Value::from(Instance::new(py, StderrPrinter))
}
