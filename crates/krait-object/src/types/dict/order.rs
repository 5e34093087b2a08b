//! The order of a dict's items, as `collections.OrderedDict` changes it.

use super::Dict;
use super::table::Table;
use crate::py::{Py, PyResult};
use crate::value::Value;

impl Dict {
    /// The first item, which stays.
    pub fn first(&self) -> Option<(Value, Value)> {
        self.iter_step(&mut 0)
    }

    /// Takes the first item out.
    pub fn pop_first(&self) -> Option<(Value, Value)> {
        let first = self.next_living(&mut 0)?;
        self.take_at(first)
    }

    /// The item before `pos`, which moves to it; start with `usize::MAX` for the last.
    pub fn step_back(&self, pos: &mut usize) -> Option<(Value, Value)> {
        self.back_step(pos)
    }

    /// Where stepping back starts.
    pub fn end(&self) -> usize {
        self.filled()
    }

    /// Moves the item of a key behind all others, or before them. False where the key is
    /// not there.
    pub fn move_to_end(&self, py: Py, key: &Value, last: bool) -> PyResult<bool> {
        let (hash, Some(index)) = self.locate(py, key)? else {
            return Ok(false);
        };
        let at_end = if last {
            index + 1 == self.filled()
        } else {
            self.next_living(&mut 0) == Some(index)
        };
        if at_end {
            return Ok(true);
        }
        let rest = if last {
            None
        } else {
            Table::with_room(self.len())
        };
        if !last && rest.is_none() {
            return crate::errors::no_memory();
        }
        let Some((key, value)) = self.take_at(index) else {
            return Ok(false);
        };
        let Some(old) = rest.and_then(|new| {
            let old = self.table();
            self.set_table(Some(new));
            old
        }) else {
            self.append(py, hash, key, value)?;
            return Ok(true);
        };
        let used = self.len();
        // SAFETY: the new table has room for all items; the old one has left the dict, and
        // the references in it move over.
        unsafe {
            (*self.raw()).ma_used = 0;
            self.append(py, hash, key, value)?;
            let new = self.table().unwrap_or(old);
            for i in 0..old.filled() {
                let entry = *old.entry(i);
                if entry.key != 0 {
                    new.append(entry);
                }
            }
            (*self.raw()).ma_used = used as isize + 1;
            old.release();
        }
        Ok(true)
    }
}
