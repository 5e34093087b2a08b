//! `iter_unpack`.

use std::cell::{Cell, RefCell};

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::types::buffer::Buffer;
use krait_object::{Layout, Owned, Py, PyResult, Value, class_cell};

use super::layout::Layouts;
use super::{error, unpack};

/// The layouts in a buffer, one after the other.
pub(super) struct UnpackIter {
    layout: Layouts,
    buffer: RefCell<Option<Buffer>>,
    /// The object that the buffer is of.
    source: Value,
    at: Cell<usize>,
}

type This = Instance<UnpackIter>;

impl UnpackIter {
    pub(super) fn over(py: Py, layout: Layouts, source: &Value) -> PyResult<Owned<This>> {
        if layout.size == 0 {
            return error(py, "cannot iteratively unpack with a struct of length 0");
        }
        let buffer = Buffer::new(py, source)?;
        if buffer.len() % layout.size != 0 {
            let size = layout.size;
            return error(
                py,
                &format!("iterative unpacking requires a buffer of a multiple of {size} bytes"),
            );
        }
        let body = UnpackIter {
            layout,
            buffer: RefCell::new(Some(buffer)),
            source: source.clone(),
            at: Cell::new(0),
        };
        Ok(Instance::new(py, body))
    }

    fn step(&self) -> Option<Value> {
        let size = self.layout.size;
        let at = self.at.get();
        let values = {
            let buffer = self.buffer.borrow();
            let data = buffer.as_ref()?.as_slice().get(at..at + size);
            data.map(|data| unpack::values(&self.layout, data))
        };
        match values {
            Some(values) => {
                self.at.set(at + size);
                Some(Value::from(values))
            }
            None => {
                let buffer = self.buffer.take();
                drop(buffer);
                None
            }
        }
    }
}

impl Class for UnpackIter {
    const NAME: &'static str = "_struct.unpack_iterator";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.no_constructor()
            .iter(|_py: Py, this: &This| this.to_owned())
            .next(|_py: Py, this: &This| Ok(this.step()))
            .method("__length_hint__($self, /)", |_py: Py, this: &This| {
                let left = this
                    .buffer
                    .borrow()
                    .as_ref()
                    .map_or(0, |b| b.len() - this.at.get());
                left / this.layout.size
            });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.source);
    }
}
