//! `_io.BufferedRandom`.

use krait_object::gc::Visitor;
use krait_object::native::TypeBuilder;
use krait_object::{Class, Instance, Owned, Py, PyResult, Value, class_cell};

use super::{Buffered, HasBuffer, shared};
use crate::base;
use crate::module::DEFAULT_BUFFER_SIZE;

/// `BufferedRandom`.
pub struct BufferedRandom(Buffered);

type This = Instance<BufferedRandom>;

impl HasBuffer for BufferedRandom {
    fn core(&self) -> &Buffered {
        &self.0
    }
}

impl From<Buffered> for BufferedRandom {
    fn from(core: Buffered) -> Self {
        BufferedRandom(core)
    }
}

/// A stream on a raw file that is known to fit.
pub fn create(py: Py, raw: &Value, size: i64) -> PyResult<Owned<This>> {
    let this = Instance::new(py, BufferedRandom(Buffered::new(true, true)));
    this.core().open(py, raw, size)?;
    Ok(this)
}

fn init(py: Py, this: &This, raw: &Value, size: Option<i64>) -> PyResult<()> {
    this.core().state.set(super::State::New);
    base::check_seekable(py, raw)?;
    base::check_readable(py, raw)?;
    base::check_writable(py, raw)?;
    this.core()
        .open(py, raw, size.unwrap_or(DEFAULT_BUFFER_SIZE as i64))
}

impl Class for BufferedRandom {
    const NAME: &'static str = "_io.BufferedRandom";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        shared::define::<Self, true, true>(b);
        shared::define_reading::<Self>(b);
        shared::define_writing::<Self>(b);
        b.doc("A buffered interface to random access streams.")
            .init("BufferedRandom(raw, buffer_size=DEFAULT_BUFFER_SIZE)", init);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.0);
    }

    fn clear(&self) {
        self.0.clear();
    }
}
