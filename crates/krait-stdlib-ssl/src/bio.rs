//! `MemoryBIO`: bytes between a connection and the program that carries them.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use krait_object::native::{Class, TypeBuilder};
use krait_object::{Bytes, Instance, Owned, Py, PyResult, Type, class_cell};
use krait_stdlib_os::blocking::Data;

use crate::errors;

/// A queue of bytes with an end.
#[derive(Default)]
pub struct Bio {
    bytes: RefCell<VecDeque<u8>>,
    ended: Cell<bool>,
}

type This = Instance<Bio>;

impl Bio {
    /// Whether nothing is there and nothing will come.
    pub fn at_end(&self) -> bool {
        self.ended.get() && self.bytes.borrow().is_empty()
    }

    /// Takes all bytes.
    pub fn take_all(&self) -> Vec<u8> {
        std::mem::take(&mut *self.bytes.borrow_mut()).into()
    }

    pub fn put(&self, bytes: &[u8]) {
        self.bytes.borrow_mut().extend(bytes);
    }
}

fn read(_py: Py, this: &This, size: Option<i32>) -> PyResult<Owned<Bytes>> {
    let mut bytes = this.bytes.borrow_mut();
    let all = bytes.len();
    let count = match size.map(usize::try_from) {
        Some(Ok(size)) => size.min(all),
        _ => all,
    };
    let (first, second) = bytes.as_slices();
    let split = count.min(first.len());
    let made = Bytes::build(count, |room| {
        room[..split].copy_from_slice(&first[..split]);
        room[split..].copy_from_slice(&second[..count - split]);
    });
    bytes.drain(..count);
    match made {
        Some(made) => Ok(made),
        None => krait_object::errors::no_memory(),
    }
}

fn write(py: Py, this: &This, data: Data) -> PyResult<usize> {
    if this.ended.get() {
        return errors::plain(py, "cannot write() after write_eof()");
    }
    this.put(data.as_slice());
    Ok(data.len())
}

impl Class for Bio {
    const NAME: &'static str = "_ssl.MemoryBIO";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.new_with("MemoryBIO()", |py: Py, class: &Type| {
            Instance::new_in(py, class, Bio::default())
        })
        .method("read($self, size=-1, /)", read)
        .method("write($self, b, /)", write)
        .method("write_eof($self, /)", |_py: Py, this: &This| {
            this.ended.set(true);
        })
        .getter("pending", |_py: Py, this: &This| this.bytes.borrow().len())
        .getter("eof", |_py: Py, this: &This| this.at_end());
    }
}
