//! The copy of a string as wide characters that a `c_wchar_p` points to.

use krait_ffi::Block;
use krait_object::native::TypeBuilder;
use krait_object::types::str::Str;
use krait_object::{Class, Instance, Owned, Py, PyResult, class_cell, errors};

use crate::codes::write_wide;

/// Such a copy, kept by the object that points to it.
pub struct WideText {
    block: Block,
}

impl Class for WideText {
    const NAME: &'static str = "_ctypes.WideText";
    class_cell!();
    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor();
    }
}

impl WideText {
    pub fn new(py: Py, text: &Str) -> PyResult<Owned<Instance<WideText>>> {
        let Some(block) = Block::new(4 * (text.len() + 1)) else {
            return errors::no_memory();
        };
        write_wide(block.address(), text, text.len() + 1);
        Ok(Instance::new(py, WideText { block }))
    }

    pub fn address(&self) -> usize {
        self.block.address()
    }
}
