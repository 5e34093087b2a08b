//! The stack of an unpickler, with its marks.
//!
//! What always holds: marks rise, and nothing below the last mark is popped but with it.

use krait_object::{Py, PyResult, Value};

use crate::errors::unpickling;

#[derive(Default)]
pub struct Stack {
    values: Vec<Value>,
    marks: Vec<usize>,
}

impl Stack {
    #[inline]
    pub fn push(&mut self, value: Value) {
        self.values.push(value);
    }

    pub fn mark(&mut self) {
        self.marks.push(self.values.len());
    }

    /// Below what nothing is popped.
    fn fence(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    #[cold]
    fn underflow<T>(&self, py: Py) -> PyResult<T> {
        if self.marks.is_empty() {
            unpickling(py, "unpickling stack underflow")
        } else {
            unpickling(py, "unexpected MARK found")
        }
    }

    #[inline]
    pub fn pop(&mut self, py: Py) -> PyResult {
        if self.values.len() <= self.fence() {
            return self.underflow(py);
        }
        match self.values.pop() {
            Some(value) => Ok(value),
            None => self.underflow(py),
        }
    }

    #[inline]
    pub fn top(&self, py: Py) -> PyResult {
        if self.values.len() <= self.fence() {
            return self.underflow(py);
        }
        match self.values.last() {
            Some(value) => Ok(value.clone()),
            None => self.underflow(py),
        }
    }

    pub fn set_top(&mut self, py: Py, value: Value) -> PyResult<()> {
        self.pop(py)?;
        self.push(value);
        Ok(())
    }

    /// The last values, which are taken off.
    pub fn pop_many(&mut self, py: Py, count: usize) -> PyResult<Vec<Value>> {
        if self.values.len() < self.fence() + count {
            return self.underflow(py);
        }
        Ok(self.values.split_off(self.values.len() - count))
    }

    /// The values above the last mark, which goes with them.
    pub fn pop_mark(&mut self, py: Py) -> PyResult<Vec<Value>> {
        match self.marks.pop() {
            Some(mark) => Ok(self.values.split_off(mark)),
            None => unpickling(py, "could not find MARK"),
        }
    }

    /// `POP`: a value, or a mark where nothing is above it.
    pub fn pop_any(&mut self, py: Py) -> PyResult<()> {
        if self.marks.last() == Some(&self.values.len()) {
            self.marks.pop();
            return Ok(());
        }
        self.pop(py).map(drop)
    }
}
