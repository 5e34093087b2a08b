//! `_io.BufferedReader`.

use krait_object::gc::Visitor;
use krait_object::native::TypeBuilder;
use krait_object::{Class, Instance, Owned, Py, PyResult, Value, class_cell, intern};

use super::{Buffered, HasBuffer, shared};
use crate::base;
use crate::module::DEFAULT_BUFFER_SIZE;

/// `BufferedReader`.
pub struct BufferedReader(Buffered);

type This = Instance<BufferedReader>;

impl HasBuffer for BufferedReader {
    fn core(&self) -> &Buffered {
        &self.0
    }
}

impl From<Buffered> for BufferedReader {
    fn from(core: Buffered) -> Self {
        BufferedReader(core)
    }
}

/// A stream on a raw file that is known to fit.
pub fn create(py: Py, raw: &Value, size: i64) -> PyResult<Owned<This>> {
    let this = Instance::new(py, BufferedReader(Buffered::new(true, false)));
    this.core().open(py, raw, size)?;
    Ok(this)
}

fn init(py: Py, this: &This, raw: &Value, size: Option<i64>) -> PyResult<()> {
    this.core().state.set(super::State::New);
    base::check_readable(py, raw)?;
    this.core()
        .open(py, raw, size.unwrap_or(DEFAULT_BUFFER_SIZE as i64))
}

impl Class for BufferedReader {
    const NAME: &'static str = "_io.BufferedReader";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        shared::define::<Self, true, false>(b);
        shared::define_reading::<Self>(b);
        b.doc("Create a new buffered reader using the given readable raw IO object.")
            .init("BufferedReader(raw, buffer_size=DEFAULT_BUFFER_SIZE)", init)
            .method("flush($self, /)", |py, this: &This| {
                this.core().forward(py, intern!("flush"))
            });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.0);
    }

    fn clear(&self) {
        self.0.clear();
    }
}
