//! Items of lists and dicts that come from an iterator (`__reduce__`'s fourth and fifth
//! part).

use krait_object::protocol::Iter;
use krait_object::{Object, Py, PyResult, Tuple, Value, raise};

use super::Pickler;
use crate::opcode::*;

/// The items of an iterator, at most a batch.
fn next_batch(py: Py, items: &mut Iter) -> PyResult<Vec<Value>> {
    let mut batch = Vec::new();
    while batch.len() < BATCH {
        match items.next(py)? {
            Some(item) => batch.push(item),
            None => break,
        }
    }
    Ok(batch)
}

impl Pickler {
    pub(super) fn append_all(&self, py: Py, items: &Value, whole: &Object) -> PyResult<()> {
        let mut items = Iter::new(py, items)?;
        let mut index = 0;
        if !self.is_binary() {
            while let Some(item) = items.next(py)? {
                self.save_item(py, &item, whole, index)?;
                self.put(&[APPEND]);
                index += 1;
            }
            return Ok(());
        }
        loop {
            let Some(first) = items.next(py)? else {
                return Ok(());
            };
            let Some(second) = items.next(py)? else {
                self.save_item(py, &first, whole, index)?;
                self.put(&[APPEND]);
                return Ok(());
            };
            self.put(&[MARK]);
            self.save_item(py, &first, whole, index)?;
            index += 1;
            let (mut next, mut count) = (Some(second), 1);
            while let Some(item) = next.take() {
                self.save_item(py, &item, whole, index)?;
                index += 1;
                count += 1;
                if count < BATCH {
                    next = items.next(py)?;
                }
            }
            self.put(&[APPENDS]);
            if count < BATCH {
                return Ok(());
            }
        }
    }

    fn pair_of(&self, py: Py, item: &Value) -> PyResult<(Value, Value)> {
        match item.downcast::<Tuple>().filter(|t| t.len() == 2) {
            Some(pair) => match (pair.get(0), pair.get(1)) {
                (Some(key), Some(value)) => Ok((key, value)),
                _ => raise!(py, TypeError, "dict items iterator must return 2-tuples"),
            },
            None => raise!(py, TypeError, "dict items iterator must return 2-tuples"),
        }
    }

    pub(super) fn set_all(&self, py: Py, items: &Value, whole: &Object) -> PyResult<()> {
        let mut items = Iter::new(py, items)?;
        if !self.is_binary() {
            while let Some(item) = items.next(py)? {
                let (key, value) = self.pair_of(py, &item)?;
                self.save_pair(py, &key, &value, whole)?;
                self.put(&[SETITEM]);
            }
            return Ok(());
        }
        loop {
            let batch = next_batch(py, &mut items)?;
            match batch.as_slice() {
                [] => return Ok(()),
                [only] => {
                    let (key, value) = self.pair_of(py, only)?;
                    self.save_pair(py, &key, &value, whole)?;
                    self.put(&[SETITEM]);
                    return Ok(());
                }
                _ => {}
            }
            self.put(&[MARK]);
            for item in &batch {
                let (key, value) = self.pair_of(py, item)?;
                self.save_pair(py, &key, &value, whole)?;
            }
            self.put(&[SETITEMS]);
            if batch.len() < BATCH {
                return Ok(());
            }
        }
    }

    /// Whether an optional part of a reduced value is an iterator.
    pub(super) fn check_iterator(py: Py, value: &Value, which: &str, name: &str) -> PyResult<()> {
        let is_iterator = value
            .as_object()
            .is_some_and(|o| o.ty().raw().tp_iternext.is_some());
        if is_iterator {
            return Ok(());
        }
        let got = crate::errors::type_name(py, value.ty());
        crate::errors::pickling(
            py,
            &format!("{which} item of the tuple returned by {name} must be an iterator, not {got}"),
        )
    }
}
