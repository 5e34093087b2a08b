//! Tuples, lists, dicts and sets.

use krait_object::types::set::AnySet;
use krait_object::{Dict, Layout, List, Object, Py, PyResult, Raised, Tuple, Value, raise};

use super::Pickler;
use crate::errors::{add_note, type_name};
use crate::opcode::*;

impl Pickler {
    /// Saves a part; a failure is noted with the whole and the place.
    #[inline]
    pub(super) fn save_item(
        &self,
        py: Py,
        value: &Value,
        whole: &Object,
        index: usize,
    ) -> PyResult<()> {
        match self.save(py, value) {
            Ok(()) => Ok(()),
            Err(_) => Err(note_item(py, whole, index)),
        }
    }

    pub(super) fn save_tuple(&self, py: Py, tuple: &Tuple) -> PyResult<()> {
        let (object, len) = (tuple.as_object(), tuple.len());
        if len == 0 {
            if self.is_binary() {
                self.put(&[EMPTY_TUPLE]);
            } else {
                self.put(&[MARK, TUPLE]);
            }
            return Ok(());
        }
        let short = len <= 3 && self.protocol.get() >= 2;
        if !short {
            self.put(&[MARK]);
        }
        for index in 0..len {
            if let Some(item) = tuple.get(index) {
                self.save_item(py, &item, object, index)?;
            }
        }
        if let Some(known) = self.known(object) {
            // The tuple is recursive, and has been saved by one of its items: what is on
            // the stack goes.
            if short {
                self.put(&[POP; 3][..len]);
            } else if self.is_binary() {
                self.put(&[POP_MARK]);
            } else {
                self.put(&vec![POP; len + 1]);
            }
            self.put_get(known);
            return Ok(());
        }
        self.put(&[if short {
            [TUPLE1, TUPLE2, TUPLE3][len - 1]
        } else {
            TUPLE
        }]);
        self.memoize(object);
        Ok(())
    }

    pub(super) fn save_list(&self, py: Py, list: &List) -> PyResult<()> {
        let object = list.as_object();
        self.enter_fast(py, object)?;
        if self.is_binary() {
            self.put(&[EMPTY_LIST]);
        } else {
            self.put(&[MARK, LIST]);
        }
        self.memoize(object);
        let result = self.list_items(py, list);
        self.leave_fast();
        result
    }

    fn list_items(&self, py: Py, list: &List) -> PyResult<()> {
        let object = list.as_object();
        let mut at = 0;
        if !self.is_binary() {
            while let Some(item) = list.get(at) {
                self.save_item(py, &item, object, at)?;
                self.put(&[APPEND]);
                at += 1;
            }
            return Ok(());
        }
        if list.len() == 1 {
            if let Some(item) = list.get(0) {
                self.save_item(py, &item, object, 0)?;
            }
            self.put(&[APPEND]);
            return Ok(());
        }
        while at < list.len() {
            self.put(&[MARK]);
            let end = at + BATCH;
            while at < end
                && let Some(item) = list.get(at)
            {
                self.save_item(py, &item, object, at)?;
                at += 1;
            }
            self.put(&[APPENDS]);
        }
        Ok(())
    }

    pub(super) fn save_dict(&self, py: Py, dict: &Dict) -> PyResult<()> {
        let object = dict.as_object();
        self.enter_fast(py, object)?;
        if self.is_binary() {
            self.put(&[EMPTY_DICT]);
        } else {
            self.put(&[MARK, DICT]);
        }
        self.memoize(object);
        let result = self.dict_items(py, dict);
        self.leave_fast();
        result
    }

    /// A key and its value.
    pub(super) fn save_pair(
        &self,
        py: Py,
        key: &Value,
        value: &Value,
        whole: &Object,
    ) -> PyResult<()> {
        self.save(py, key)?;
        match self.save(py, value) {
            Ok(()) => Ok(()),
            Err(_) => Err(note_key(py, whole, key)),
        }
    }

    fn dict_items(&self, py: Py, dict: &Dict) -> PyResult<()> {
        let (object, len) = (dict.as_object(), dict.len());
        let mut at = 0;
        let changed = || {
            if dict.len() == len {
                return Ok(());
            }
            raise!(py, RuntimeError, "dictionary changed size during iteration")
        };
        if !self.is_binary() {
            while let Some((key, value)) = dict.iter_step(&mut at) {
                self.save_pair(py, &key, &value, object)?;
                self.put(&[SETITEM]);
                changed()?;
            }
            return Ok(());
        }
        if len == 1 {
            if let Some((key, value)) = dict.iter_step(&mut at) {
                self.save_pair(py, &key, &value, object)?;
            }
            self.put(&[SETITEM]);
            return Ok(());
        }
        let mut left = len;
        while left > 0 {
            self.put(&[MARK]);
            let mut count = 0;
            while count < BATCH
                && let Some((key, value)) = dict.iter_step(&mut at)
            {
                self.save_pair(py, &key, &value, object)?;
                changed()?;
                count += 1;
            }
            self.put(&[SETITEMS]);
            if count < BATCH {
                break;
            }
            left = left.saturating_sub(count);
        }
        Ok(())
    }

    /// The elements with what is written before and after each batch.
    fn elements(&self, py: Py, set: &AnySet, batches: bool) -> PyResult<()> {
        let (object, len) = (set.as_object(), set.len());
        let (mut at, mut left) = (0, len);
        loop {
            if batches {
                if left == 0 {
                    return Ok(());
                }
                self.put(&[MARK]);
            }
            let mut count = 0;
            while (!batches || count < BATCH)
                && let Some(element) = set.iter_step(&mut at)
            {
                if self.save(py, &element).is_err() {
                    return Err(note_element(py, object));
                }
                if set.len() != len {
                    return raise!(py, RuntimeError, "set changed size during iteration");
                }
                count += 1;
            }
            if !batches {
                return Ok(());
            }
            self.put(&[ADDITEMS]);
            left = left.saturating_sub(count);
        }
    }

    /// Before protocol 4: the type called with a list.
    fn save_old_set(&self, py: Py, object: &Object) -> PyResult<()> {
        let set = Value::from(object.to_owned());
        let list = krait_object::protocol::iter::to_list(py, &set)?;
        let class = Value::from(object.ty().to_owned());
        let args = Value::from(Tuple::from_values([Value::from(list)]));
        self.save_call(py, object, class, args)
    }

    pub(super) fn save_set(&self, py: Py, object: &Object) -> PyResult<()> {
        if self.protocol.get() < 4 {
            return self.save_old_set(py, object);
        }
        let Some(set) = object.downcast::<AnySet>() else {
            return Ok(());
        };
        self.put(&[EMPTY_SET]);
        self.memoize(object);
        self.elements(py, set, true)
    }

    pub(super) fn save_frozenset(&self, py: Py, object: &Object) -> PyResult<()> {
        if self.protocol.get() < 4 {
            return self.save_old_set(py, object);
        }
        let Some(set) = object.downcast::<AnySet>() else {
            return Ok(());
        };
        self.put(&[MARK]);
        self.elements(py, set, false)?;
        if let Some(known) = self.known(object) {
            self.put(&[POP_MARK]);
            self.put_get(known);
            return Ok(());
        }
        self.put(&[FROZENSET]);
        self.memoize(object);
        Ok(())
    }

    /// Fast mode keeps no memo: beyond a depth, objects that are being pickled are looked
    /// for, so that a cycle fails.
    pub(super) fn enter_fast(&self, py: Py, object: &Object) -> PyResult<()> {
        if self.fast.get() == 0 {
            return Ok(());
        }
        let depth = self.fast_depth.get() + 1;
        self.fast_depth.set(depth);
        let address = object.as_ptr().addr();
        let mut seen = self.fast_seen.borrow_mut();
        if depth >= 50 && seen.contains(&address) {
            drop(seen);
            self.fast_depth.set(0);
            return raise!(
                py,
                ValueError,
                "fast mode: can't pickle cyclic objects including object type {} at {:p}",
                object.ty().name(),
                object.as_ptr()
            );
        }
        seen.push(address);
        Ok(())
    }

    pub(super) fn leave_fast(&self) {
        if self.fast.get() != 0 {
            self.fast_depth.set(self.fast_depth.get().saturating_sub(1));
            self.fast_seen.borrow_mut().pop();
        }
    }
}

#[cold]
fn note_item(py: Py, whole: &Object, index: usize) -> Raised {
    let name = type_name(py, whole.ty());
    add_note(py, &format!("when serializing {name} item {index}"))
}

#[cold]
fn note_element(py: Py, whole: &Object) -> Raised {
    let name = type_name(py, whole.ty());
    add_note(py, &format!("when serializing {name} element"))
}

#[cold]
fn note_key(py: Py, whole: &Object, key: &Value) -> Raised {
    let pending = py.thread().take_exception();
    let name = type_name(py, whole.ty());
    let key = krait_object::protocol::repr(py, key);
    let text = match key {
        Ok(key) => format!("when serializing {name} item {}", key.to_rust()),
        Err(_) => {
            drop(py.thread().take_exception());
            format!("when serializing {name} item")
        }
    };
    if let Some(pending) = pending {
        py.thread().set_exception(pending);
    }
    add_note(py, &text)
}
