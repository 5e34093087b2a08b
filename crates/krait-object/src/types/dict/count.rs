//! Counting in a dict, as `collections.Counter` does.

use super::{Dict, copy_word};
use crate::protocol::number::{self, BinaryOp};
use crate::py::{Py, PyResult};
use crate::value::{self, Value};

impl Dict {
    /// `self[key] = self.get(key, 0) + 1`, looking the key up once where it can.
    pub fn count(&self, py: Py, key: &Value) -> PyResult<()> {
        let (hash, Some(index)) = self.locate(py, key)? else {
            return self.set_value(py, key, Value::int(1));
        };
        let Some(table) = self.table() else {
            return Ok(());
        };
        // SAFETY: `locate` found a living entry there, and nothing has run since.
        let old = unsafe {
            let slot = &raw mut (*table.entry(index)).value;
            if *slot >= value::INT_TAG {
                let next = value::word_to_int(*slot) + 1;
                if value::fits(next) {
                    *slot = value::int_to_word(next);
                    return Ok(());
                }
            }
            copy_word(*slot)
        };
        let new = number::binary(py, BinaryOp::Add, &old, &Value::int(1))?;
        self.set_hashed(py, key, hash, new)
    }
}
