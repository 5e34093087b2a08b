//! `_io.BufferedWriter`.

use krait_object::gc::Visitor;
use krait_object::native::TypeBuilder;
use krait_object::{Class, Instance, Owned, Py, PyResult, Value, class_cell};

use super::{Buffered, HasBuffer, shared};
use crate::base;
use crate::module::DEFAULT_BUFFER_SIZE;

/// `BufferedWriter`.
pub struct BufferedWriter(Buffered);

type This = Instance<BufferedWriter>;

impl HasBuffer for BufferedWriter {
    fn core(&self) -> &Buffered {
        &self.0
    }
}

impl From<Buffered> for BufferedWriter {
    fn from(core: Buffered) -> Self {
        BufferedWriter(core)
    }
}

/// A stream on a raw file that is known to fit.
pub fn create(py: Py, raw: &Value, size: i64) -> PyResult<Owned<This>> {
    let this = Instance::new(py, BufferedWriter(Buffered::new(false, true)));
    this.core().open(py, raw, size)?;
    Ok(this)
}

fn init(py: Py, this: &This, raw: &Value, size: Option<i64>) -> PyResult<()> {
    this.core().state.set(super::State::New);
    base::check_writable(py, raw)?;
    this.core()
        .open(py, raw, size.unwrap_or(DEFAULT_BUFFER_SIZE as i64))
}

impl Class for BufferedWriter {
    const NAME: &'static str = "_io.BufferedWriter";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        shared::define::<Self, false, true>(b);
        shared::define_writing::<Self>(b);
        b.doc("A buffer for a writeable sequential RawIO object.")
            .init("BufferedWriter(raw, buffer_size=DEFAULT_BUFFER_SIZE)", init);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.0);
    }

    fn clear(&self) {
        self.0.clear();
    }
}
