//! Finding, setting and removing by key.
//!
//! A key's `__eq__` may change the dict in the middle of a search: the search keeps the
//! stored key alive, looks afterwards whether it still stands where it stood, and starts
//! again if it does not.

use super::super::str::Str;
use super::keys::{hash_key, normal_word, quick_equal, quiet_hash};
use super::table::Candidates;
use super::{Dict, Found, Test, copy_word};
use crate::object::{Layout, Object};
use crate::py::{Py, PyResult};
use crate::value::{Value, is_pointer};

impl Dict {
    /// The place of a key with this hash.
    pub(super) fn find(&self, py: Py, key: &Value, hash: i64) -> PyResult<Option<usize>> {
        let Some(table) = self.table() else {
            return Ok(None);
        };
        let wanted = normal_word(key.word());
        // SAFETY: the dict's table is alive, and the test runs no Python code.
        match unsafe { table.search(hash, |stored| quick_equal(stored, wanted)) } {
            Found::At(i) => Ok(Some(i)),
            Found::Missing => Ok(None),
            Found::Unknown => self.find_slowly(py, key, hash),
        }
    }

    #[cold]
    #[inline(never)]
    fn find_slowly(&self, py: Py, key: &Value, hash: i64) -> PyResult<Option<usize>> {
        let wanted = normal_word(key.word());
        'again: loop {
            let Some(table) = self.table() else {
                return Ok(None);
            };
            // SAFETY: the table is the dict's, which is checked again after each call
            // of Python code; entries are read while it is.
            unsafe {
                let capacity = table.capacity();
                let mut candidates = Candidates::new(hash);
                while let Some(i) = candidates.next(table) {
                    let stored = (*table.entry(i)).key;
                    match quick_equal(stored, wanted) {
                        Test::Equal => return Ok(Some(i)),
                        Test::Different => continue,
                        Test::Unknown => {}
                    }
                    let held = copy_word(stored);
                    let equal = crate::protocol::equal(py, &held, key)?;
                    let same = self.table() == Some(table)
                        && table.capacity() == capacity
                        && i < table.filled()
                        && (*table.entry(i)).key == stored;
                    if !same {
                        continue 'again;
                    }
                    if equal {
                        return Ok(Some(i));
                    }
                }
                return Ok(None);
            }
        }
    }

    /// The place of a key, and its hash.
    pub(super) fn locate(&self, py: Py, key: &Value) -> PyResult<(i64, Option<usize>)> {
        if let Some(text) = key.downcast_exact::<Str>() {
            let hash = text.hash();
            return match self.search_str(text, hash) {
                Found::At(i) => Ok((hash, Some(i))),
                Found::Missing => Ok((hash, None)),
                Found::Unknown => Ok((hash, self.find_slowly(py, key, hash)?)),
            };
        }
        let hash = hash_key(py, key)?;
        Ok((hash, self.find(py, key, hash)?))
    }

    /// The search for a string among keys that are most often the very same string.
    #[inline(always)]
    fn search_str(&self, key: &Str, hash: i64) -> Found {
        let Some(table) = self.table() else {
            return Found::Missing;
        };
        let wanted = key as *const Str as u64;
        // SAFETY: the dict's table is alive; the test runs no Python code.
        unsafe {
            table.search(hash, |stored| {
                if stored == wanted {
                    Test::Equal
                } else {
                    same_text(stored, key)
                }
            })
        }
    }

    /// The place of an exact string. An error in the `__eq__` of a foreign key of the same
    /// hash counts as unequal here.
    pub(super) fn find_str(&self, py: Py, key: &Str) -> Option<usize> {
        let hash = key.hash();
        match self.search_str(key, hash) {
            Found::At(i) => Some(i),
            Found::Missing => None,
            Found::Unknown => self.find_str_slowly(py, key, hash),
        }
    }

    #[cold]
    #[inline(never)]
    fn find_str_slowly(&self, py: Py, key: &Str, hash: i64) -> Option<usize> {
        match self.find_slowly(py, &Value::from(key.to_owned_str()), hash) {
            Ok(found) => found,
            Err(_) => {
                py.thread().take_exception();
                None
            }
        }
    }

    /// The value of a string key.
    #[inline]
    pub fn get_str_key(&self, py: Py, key: &Str) -> Option<Value> {
        let i = self.find_str(py, key)?;
        self.value_at(i)
    }

    /// The place of a string key that is expected at `place`, as keys are that were put in in
    /// a known order; `place` moves behind the key. No Python code runs: nothing is found
    /// where only a foreign key's `__eq__` could tell.
    #[inline(always)]
    fn find_near(&self, key: &Str, place: &mut usize) -> Option<usize> {
        let found = if self.is_at(key.as_object(), *place) {
            *place
        } else {
            self.find_quietly(key)?
        };
        *place = found + 1;
        Some(found)
    }

    /// Whether this very object is the key at a place.
    #[inline(always)]
    fn is_at(&self, key: &Object, place: usize) -> bool {
        // SAFETY: the dict's table is alive. (An entry that has a key is alive.)
        self.table().is_some_and(|table| unsafe {
            place < table.filled() && (*table.entry(place)).key == std::ptr::from_ref(key) as u64
        })
    }

    #[inline(never)]
    fn find_quietly(&self, key: &Str) -> Option<usize> {
        match self.search_str(key, key.hash()) {
            Found::At(i) => Some(i),
            Found::Missing | Found::Unknown => None,
        }
    }

    /// Whether the dict has a string key, for keys asked for in the dict's order: `place` is
    /// where the key is expected, at first 0. See [`Self::get_near`].
    #[inline(always)]
    pub fn contains_near(&self, key: &Str, place: &mut usize) -> bool {
        self.find_near(key, place).is_some()
    }

    /// The value of a string key, for keys asked for in the dict's order. No Python code runs:
    /// nothing is found where only a foreign key's `__eq__` could tell.
    #[inline(always)]
    pub fn get_near(&self, key: &Str, place: &mut usize) -> Option<Value> {
        let i = self.find_near(key, place)?;
        self.value_at(i)
    }

    /// The value of the key with this text.
    pub fn get_str(&self, py: Py, key: &str) -> Option<Value> {
        if self.is_empty() {
            return None;
        }
        self.get_str_key(py, &Str::new(key))
    }

    /// The value of a key.
    #[inline]
    pub fn get(&self, py: Py, key: &Value) -> PyResult<Option<Value>> {
        let (_, found) = self.locate(py, key)?;
        Ok(found.and_then(|i| self.value_at(i)))
    }

    /// The place of a key, where no Python code need run to tell: `Unknown` otherwise.
    #[inline(always)]
    fn look(&self, key: &Value) -> Found {
        match quiet_hash(key) {
            Some(hash) => self.look_hashed(key, hash),
            None => Found::Unknown,
        }
    }

    #[inline(always)]
    fn look_hashed(&self, key: &Value, hash: i64) -> Found {
        let Some(table) = self.table() else {
            return Found::Missing;
        };
        let wanted = key.word();
        // SAFETY: the dict's table is alive, and the test runs no Python code.
        unsafe { table.search(hash, |stored| quick_equal(stored, wanted)) }
    }

    /// Whether a key is there; nothing where only Python code can tell.
    #[inline]
    pub fn has_quietly(&self, key: &Value) -> Option<bool> {
        match self.look(key) {
            Found::At(_) => Some(true),
            Found::Missing => Some(false),
            Found::Unknown => None,
        }
    }

    /// The value of a key; nothing where it is missing or only Python code can tell.
    #[inline(never)]
    pub fn get_quietly(&self, key: &Value) -> Option<Value> {
        match self.look(key) {
            Found::At(i) => self.value_at(i),
            _ => None,
        }
    }

    /// `dict[key] = value`, where no Python code need run to find the key; nothing otherwise.
    /// Gives the value that was there, which the caller lets go of.
    #[inline]
    pub fn put_quietly(
        &self,
        py: Py,
        key: &Value,
        value: impl FnOnce() -> Value,
    ) -> Option<PyResult<Option<Value>>> {
        let hash = quiet_hash(key)?;
        match self.look_hashed(key, hash) {
            Found::At(i) => Some(Ok(self.exchange_at(i, value()))),
            Found::Missing => Some(self.append(py, hash, key.clone(), value()).map(|()| None)),
            Found::Unknown => None,
        }
    }

    /// The value of a key whose hash is known.
    #[inline]
    pub fn get_hashed(&self, py: Py, key: &Value, hash: i64) -> PyResult<Option<Value>> {
        Ok(self.find(py, key, hash)?.and_then(|i| self.value_at(i)))
    }

    /// Like [`Self::get_hashed`], for a key that is looked for again and again: `place` is
    /// where it was found before, in this dict or another.
    #[inline]
    pub fn get_again(
        &self,
        py: Py,
        key: &Object,
        hash: i64,
        place: &mut usize,
    ) -> PyResult<Option<Value>> {
        if self.is_at(key, *place) {
            return Ok(self.value_at(*place));
        }
        let Some(found) = self.find(py, &Value::from(key.to_owned()), hash)? else {
            return Ok(None);
        };
        *place = found;
        Ok(self.value_at(found))
    }

    #[inline]
    pub fn contains(&self, py: Py, key: &Value) -> PyResult<bool> {
        Ok(self.locate(py, key)?.1.is_some())
    }

    pub fn contains_str(&self, py: Py, key: &Str) -> bool {
        self.find_str(py, key).is_some()
    }

    /// `dict[key] = value`.
    pub fn set_value(&self, py: Py, key: &Value, value: Value) -> PyResult<()> {
        match self.locate(py, key)? {
            (_, Some(i)) => self.replace_at(i, value),
            (hash, None) => self.append(py, hash, stored_key(key), value)?,
        }
        Ok(())
    }

    /// `dict[key] = value` with the key's hash.
    pub fn set_hashed(&self, py: Py, key: &Value, hash: i64, value: Value) -> PyResult<()> {
        match self.find(py, key, hash)? {
            Some(i) => self.replace_at(i, value),
            None => self.append(py, hash, stored_key(key), value)?,
        }
        Ok(())
    }

    /// `dict[key] = value` for an exact string.
    pub fn set_str(&self, py: Py, key: &Str, value: Value) -> PyResult<()> {
        match self.find_str(py, key) {
            Some(i) => self.replace_at(i, value),
            None => self.append(py, key.hash(), Value::from(key.to_owned_str()), value)?,
        }
        Ok(())
    }

    /// The value that is there, or the given one, which is then put there.
    pub fn set_default(
        &self,
        py: Py,
        key: &Value,
        default: impl FnOnce() -> Value,
    ) -> PyResult<Value> {
        let (hash, found) = self.locate(py, key)?;
        if let Some(value) = found.and_then(|i| self.value_at(i)) {
            return Ok(value);
        }
        let value = default();
        self.append(py, hash, stored_key(key), value.clone())?;
        Ok(value)
    }

    /// Removes a key and gives its value.
    pub fn remove(&self, py: Py, key: &Value) -> PyResult<Option<Value>> {
        let Some(i) = self.locate(py, key)?.1 else {
            return Ok(None);
        };
        Ok(self.take_at(i).map(|(_, value)| value))
    }

    /// Takes a string key's value out.
    pub fn pop_str(&self, py: Py, key: &Str) -> Option<Value> {
        let i = self.find_str(py, key)?;
        self.take_at(i).map(|(_, value)| value)
    }

    /// Removes a string key; whether it was there.
    pub fn remove_str(&self, py: Py, key: &Str) -> bool {
        self.pop_str(py, key).is_some()
    }
}

/// A new reference to a key in the form it is stored in.
#[inline(always)]
fn stored_key(key: &Value) -> Value {
    let word = normal_word(key.word());
    if word == key.word() {
        return key.clone();
    }
    // SAFETY: the normal form of a number carries no reference.
    unsafe { Value::from_word(word) }
}

/// Whether a stored key with the same hash is this text.
#[inline(always)]
fn same_text(stored: u64, key: &Str) -> Test {
    if !is_pointer(stored) {
        return Test::Different;
    }
    // SAFETY: a stored key's object is alive.
    let object = unsafe { Object::from_ptr(stored as *mut krait_abi::PyObject) };
    match object.downcast_exact::<Str>() {
        Some(text) if text.eq(key) => Test::Equal,
        Some(_) => Test::Different,
        None => Test::Unknown,
    }
}
