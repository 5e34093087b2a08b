//! `memory_iterator`.

use std::cell::Cell;

use super::MemoryView;
use super::element::Element;
use crate::gc::Visitor;
use crate::native::{Class, Instance, TypeBuilder};
use crate::object::{Layout, Owned};
use crate::py::{Py, PyResult};
use crate::types::iterators::Held;
use crate::value::Value;

/// An iterator over the items of a view of one dimension.
pub struct MemoryIterator {
    view: Held<MemoryView>,
    element: Element,
    index: Cell<usize>,
}

impl MemoryIterator {
    fn step(&self, py: Py) -> PyResult<Option<Value>> {
        // SAFETY: reading an item of a native format runs no Python code.
        let Some(view) = (unsafe { self.view.peek() }) else {
            return Ok(None);
        };
        view.check(py)?;
        let (region, at) = (view.region(), self.index.get());
        if at < region.shape[0] as usize {
            self.index.set(at + 1);
            // SAFETY: the region has an item there.
            return Ok(Some(unsafe { self.element.read(region.item(at as isize)) }));
        }
        self.view.clear();
        Ok(None)
    }
}

impl Class for MemoryIterator {
    const NAME: &'static str = "memory_iterator";
    const GC: bool = true;
    crate::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.no_constructor()
            .iter(|_py, this: &Instance<Self>| Layout::to_owned(this))
            .next(|py, this: &Instance<Self>| this.step(py));
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.view);
    }
}

/// `iter(view)`.
pub(super) fn iter(py: Py, this: &MemoryView) -> PyResult<Owned<Instance<MemoryIterator>>> {
    this.check(py)?;
    match this.ndim() {
        0 => crate::raise!(py, TypeError, "invalid indexing of 0-dim memory"),
        1 => {
            let element = Element::supported(py, this.view())?;
            let view = Held::new(Layout::to_owned(this));
            Ok(Instance::new(
                py,
                MemoryIterator {
                    view,
                    element,
                    index: Cell::new(0),
                },
            ))
        }
        _ => crate::raise!(
            py,
            NotImplementedError,
            "multi-dimensional sub-views are not implemented"
        ),
    }
}
