//! The memory of buffers. A fresh block is not written: the system has zeros for what is
//! touched of it. One of the usual size waits for the next stream when its own is closed.

use std::cell::RefCell;
use std::rc::Rc;

use krait_object::types::bytes_builder::BytesBuilder;
use krait_object::types::shared_bytes::SharedBytes;
use krait_object::{GilCell, Py, PyResult};

use crate::module::DEFAULT_BUFFER_SIZE;

static SPARE: GilCell<RefCell<Option<Rc<SharedBytes>>>> = GilCell::new(RefCell::new(None));

/// Memory of a size, with anything in it.
pub(super) fn take(py: Py, size: usize) -> PyResult<Rc<SharedBytes>> {
    if size == DEFAULT_BUFFER_SIZE
        && let Some(spare) = SPARE.get(py).take()
    {
        return Ok(spare);
    }
    BytesBuilder::zeroed(size).map(SharedBytes::new)
}

/// No memory.
pub(super) fn none() -> Rc<SharedBytes> {
    SharedBytes::new(BytesBuilder::new())
}

/// Takes memory back that its stream needs no more.
pub(super) fn give_back(py: Py, memory: Rc<SharedBytes>) {
    let usual = memory.read().len() == DEFAULT_BUFFER_SIZE;
    if usual && Rc::strong_count(&memory) == 1 && !memory.is_lent() {
        let before = SPARE.get(py).replace(Some(memory));
        drop(before);
    }
}
