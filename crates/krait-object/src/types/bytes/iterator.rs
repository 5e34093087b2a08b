//! `bytes_iterator` and `bytearray_iterator`.

use std::cell::Cell;

use super::{ByteString, Bytes};
use crate::gc::Visitor;
use crate::native::{Class, Instance, TypeBuilder};
use crate::object::{Layout, Owned};
use crate::py::{Py, PyResult};
use crate::types::bytearray::ByteArray;
use crate::types::iterators::{Held, reduced};
use crate::types::tuple::Tuple;
use crate::value::Value;

/// A position in a run of bytes; the bytes are let go at the end.
pub struct Walk<T: ByteString> {
    source: Held<T>,
    index: Cell<usize>,
}

impl<T: ByteString> Walk<T> {
    fn new(source: &T) -> Walk<T> {
        Walk {
            source: Held::new(Layout::to_owned(source)),
            index: Cell::new(0),
        }
    }

    /// The next byte.
    #[inline]
    pub fn step(&self) -> Option<u8> {
        let at = self.index.get();
        // SAFETY: no Python code runs while the reference is used.
        match unsafe { self.source.peek() }?.data().get(at) {
            Some(byte) => {
                self.index.set(at + 1);
                Some(*byte)
            }
            None => {
                self.source.clear();
                None
            }
        }
    }

    fn length_hint(&self) -> usize {
        self.source
            .get()
            .map_or(0, |s| s.data().len().saturating_sub(self.index.get()))
    }

    fn reduce(&self, py: Py) -> PyResult {
        match self.source.get() {
            Some(source) => reduced(
                py,
                "iter",
                Value::from(source),
                Some(self.index.get() as isize),
            ),
            None => reduced(py, "iter", Value::from(Tuple::empty()), None),
        }
    }

    fn set_state(&self, state: isize) {
        let len = self.source.get().map_or(0, |s| s.data().len());
        self.index.set(usize::try_from(state).unwrap_or(0).min(len));
    }
}

macro_rules! iterator_class {
    ($class:ident, $of:ty, $name:literal, $make:ident, $cell:ident) => {
        #[doc = concat!("A `", $name, "`.")]
        pub struct $class(pub Walk<$of>);

        impl Class for $class {
            const NAME: &'static str = $name;
            const GC: bool = true;
            fn cell() -> &'static crate::native::TypeCell {
                &crate::types::exported::$cell
            }

            fn define(b: &mut TypeBuilder<Instance<Self>>) {
                b.no_constructor()
                    .iter(|_py, this: &Instance<Self>| Layout::to_owned(this))
                    .next(|_py, this: &Instance<Self>| {
                        Ok(this.0.step().map(|b| Value::int(b.into())))
                    })
                    .method("__length_hint__($self, /)", |_py, this: &Instance<Self>| {
                        this.0.length_hint()
                    })
                    .method("__reduce__($self, /)", |py, this: &Instance<Self>| {
                        this.0.reduce(py)
                    })
                    .method(
                        "__setstate__($self, object, /)",
                        |_py, this: &Instance<Self>, state: isize| {
                            this.0.set_state(state);
                        },
                    );
            }

            fn traverse(&self, visitor: &mut Visitor) {
                visitor.field(&self.0.source);
            }
        }

        /// An iterator over the object's bytes.
        pub fn $make(py: Py, this: &$of) -> Owned<Instance<$class>> {
            Instance::new(py, $class(Walk::new(this)))
        }
    };
}
iterator_class!(BytesIterator, Bytes, "bytes_iterator", of_bytes, BYTES_ITER);
iterator_class!(
    ByteArrayIterator,
    ByteArray,
    "bytearray_iterator",
    of_bytearray,
    BYTEARRAY_ITER
);
