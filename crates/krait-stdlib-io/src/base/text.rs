//! `_io._TextIOBase`: what text streams promise.

use krait_object::native::TypeBuilder;
use krait_object::{Class, Instance, PyResult, Value, class_cell};

use super::{IoBase, base_of};
use crate::fault::unsupported;

/// `_TextIOBase`.
pub struct TextIoBase;

type This = Instance<TextIoBase>;

impl Class for TextIoBase {
    const NAME: &'static str = "_io._TextIOBase";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.base(base_of::<IoBase>())
            .subclassable()
            .with_dict()
            .with_weakrefs()
            .doc("Base class for text I/O.")
            .method("detach($self, /)", |py, _this: &This| -> PyResult {
                unsupported(py, "detach")
            })
            .method(
                "read($self, size=-1, /)",
                |py, _this: &This, _size: Option<&Value>| -> PyResult { unsupported(py, "read") },
            )
            .method(
                "readline($self, size=-1, /)",
                |py, _this: &This, _size: Option<&Value>| -> PyResult {
                    unsupported(py, "readline")
                },
            )
            .method(
                "write($self, s, /)",
                |py, _this: &This, _s: &Value| -> PyResult { unsupported(py, "write") },
            )
            .getter("encoding", |_py, _this: &This| Value::none())
            .getter("newlines", |_py, _this: &This| Value::none())
            .getter("errors", |_py, _this: &This| Value::none());
    }
}
