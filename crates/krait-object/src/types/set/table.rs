//! The table behind sets: open addressing in CPython's own struct, with keys as `Value`
//! words.
//!
//! The order in which a set gives its elements is visible to programs, so the probing, the
//! sizes and the moments of growth are CPython's: a run of ten neighbouring entries is
//! looked at before the next jump. What always holds: a key word of zero is an entry never
//! used (its hash is zero), `REMOVED` one that was; `fill` counts the entries that are not
//! unused; at least two fifths of the table are unused.

use krait_abi::{PySet_MINSIZE, PySetObject, setentry};

use super::super::dict::Test;
use super::super::dict::{copy_word, drop_word, normal_word, quick_equal};
use super::AnySet;
use crate::errors;
use crate::py::{Py, PyResult};
use crate::value::Value;

/// The key word of an entry whose element was removed. No value has this word.
const REMOVED: u64 = 1;
const REMOVED_HASH: isize = -1;
const LINEAR_PROBES: usize = 9;

/// An element of a set, not counted: good until anything else runs.
#[derive(Clone, Copy)]
pub(super) struct Borrowed {
    word: u64,
    hash: i64,
    /// No Python code has run since the walk over its set began: it has not come before.
    first: bool,
}

/// Where a search ended.
enum Probe {
    Found(usize),
    /// The unused entry where the key would go.
    Unused(usize),
    /// Some key can only be compared by Python code.
    Unknown,
}

/// The entries of a hash in the order of probing.
struct Sequence {
    at: usize,
    perturb: usize,
    probes: usize,
    mask: usize,
}

impl Sequence {
    #[inline(always)]
    fn new(hash: i64, mask: usize) -> Sequence {
        let at = hash as usize & mask;
        Sequence {
            at,
            perturb: hash as usize,
            probes: Sequence::run(at, mask),
            mask,
        }
    }

    #[inline(always)]
    fn run(at: usize, mask: usize) -> usize {
        if at + LINEAR_PROBES <= mask {
            LINEAR_PROBES
        } else {
            0
        }
    }

    #[inline(always)]
    fn advance(&mut self, start: &mut usize) {
        if self.probes > 0 {
            self.probes -= 1;
            self.at += 1;
            return;
        }
        self.perturb >>= 5;
        *start = start
            .wrapping_mul(5)
            .wrapping_add(1)
            .wrapping_add(self.perturb)
            & self.mask;
        self.at = *start;
        self.probes = Sequence::run(self.at, self.mask);
    }
}

impl AnySet {
    #[inline(always)]
    pub(super) fn raw(&self) -> *mut PySetObject {
        self.0.get()
    }

    #[inline(always)]
    fn mask(&self) -> usize {
        // SAFETY: the head is initialised.
        unsafe { (*self.raw()).mask as usize }
    }

    #[inline(always)]
    fn fill(&self) -> usize {
        // SAFETY: the head is initialised.
        unsafe { (*self.raw()).fill as usize }
    }

    /// Number of elements.
    #[inline(always)]
    pub fn len(&self) -> usize {
        // SAFETY: the head is initialised.
        unsafe { (*self.raw()).used as usize }
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// # Safety
    /// `i` is at most the mask.
    #[inline(always)]
    unsafe fn entry(&self, i: usize) -> *mut setentry {
        // SAFETY: the table has mask + 1 entries.
        unsafe { (*self.raw()).table.add(i) }
    }

    /// The key word and hash of an entry.
    #[inline(always)]
    fn read(&self, i: usize) -> (u64, i64) {
        debug_assert!(i <= self.mask());
        // SAFETY: callers stay within the mask.
        unsafe {
            let entry = self.entry(i);
            ((*entry).key as u64, (*entry).hash as i64)
        }
    }

    fn small_table(&self) -> *mut setentry {
        // SAFETY: the small table lies in the set itself.
        unsafe { (&raw mut (*self.raw()).smalltable).cast() }
    }

    /// Gives a fresh or emptied set the table in itself.
    ///
    /// # Safety
    /// The present table holds no references any more, and is not a block of its own.
    pub(super) unsafe fn reset(&self) {
        let raw = self.raw();
        // SAFETY: all fields are the set's own.
        unsafe {
            (*raw).fill = 0;
            (*raw).used = 0;
            (*raw).mask = PySet_MINSIZE as isize - 1;
            (*raw).table = self.small_table();
            (*raw).finger = 0;
            self.small_table().write_bytes(0, PySet_MINSIZE);
        }
    }

    #[inline]
    fn probe(&self, wanted: u64, hash: i64) -> Probe {
        let mut sequence = Sequence::new(hash, self.mask());
        let mut start = sequence.at;
        loop {
            let (key, found) = self.read(sequence.at);
            if key == 0 {
                return Probe::Unused(sequence.at);
            }
            if found == hash && key != REMOVED {
                match quick_equal(key, wanted) {
                    Test::Equal => return Probe::Found(sequence.at),
                    Test::Unknown => return Probe::Unknown,
                    Test::Different => {}
                }
            }
            sequence.advance(&mut start);
        }
    }

    /// The search that runs Python code. It starts again when that has changed the set.
    #[cold]
    #[inline(never)]
    fn probe_slowly(&self, py: Py, key: &Value, hash: i64) -> PyResult<Probe> {
        let wanted = normal_word(key.word());
        'again: loop {
            let (mask, table) = (self.mask(), self.table_address());
            let mut sequence = Sequence::new(hash, mask);
            let mut start = sequence.at;
            loop {
                let (stored, found) = self.read(sequence.at);
                if stored == 0 {
                    return Ok(Probe::Unused(sequence.at));
                }
                if found == hash && stored != REMOVED {
                    match quick_equal(stored, wanted) {
                        Test::Equal => return Ok(Probe::Found(sequence.at)),
                        Test::Different => {}
                        Test::Unknown => {
                            // SAFETY: a stored key is a living value.
                            let held = unsafe { copy_word(stored) };
                            let equal = crate::protocol::equal(py, &held, key)?;
                            let same = self.table_address() == table
                                && self.mask() == mask
                                && self.read(sequence.at).0 == stored;
                            if !same {
                                continue 'again;
                            }
                            if equal {
                                return Ok(Probe::Found(sequence.at));
                            }
                        }
                    }
                }
                sequence.advance(&mut start);
            }
        }
    }

    fn table_address(&self) -> usize {
        // SAFETY: the head is initialised.
        unsafe { (*self.raw()).table as usize }
    }

    #[inline]
    fn search(&self, py: Py, key: &Value, hash: i64) -> PyResult<Probe> {
        match self.probe(normal_word(key.word()), hash) {
            Probe::Unknown => self.probe_slowly(py, key, hash),
            probe => Ok(probe),
        }
    }

    /// Whether the element in an entry of another set or dict is here too. `Err` where only
    /// Python code can tell.
    #[inline(always)]
    pub(super) fn holds_word(&self, word: u64, hash: i64) -> Result<bool, ()> {
        match self.probe(word, hash) {
            Probe::Found(_) => Ok(true),
            Probe::Unused(_) => Ok(false),
            Probe::Unknown => Err(()),
        }
    }

    /// Calls with each element of this set, its hash, and whether another set has it too,
    /// until that gives false. Elements that come and go meanwhile may be left out.
    #[inline(always)]
    pub(super) fn each_in(
        &self,
        py: Py,
        other: &AnySet,
        mut found: impl FnMut(Borrowed, bool) -> PyResult<bool>,
    ) -> PyResult<()> {
        let (mut at, mut first) = (0, true);
        while at <= self.mask() {
            let (word, hash) = self.read(at);
            at += 1;
            if word <= REMOVED {
                continue;
            }
            let more = match other.holds_word(word, hash) {
                Ok(there) => found(Borrowed { word, hash, first }, there)?,
                Err(()) => {
                    first = false;
                    // SAFETY: a stored key is a living value, which is kept meanwhile.
                    let key = unsafe { copy_word(word) };
                    let there = other.contains_hashed(py, &key, hash)?;
                    found(Borrowed { word, hash, first }, there)?
                }
            };
            if !more {
                break;
            }
        }
        Ok(())
    }

    /// Adds an element of another set to this one, which is being made of nothing else.
    #[inline]
    pub(super) fn add_borrowed(&self, py: Py, element: Borrowed) -> PyResult<()> {
        if !element.first {
            // SAFETY: the element is alive.
            let key = unsafe { copy_word(element.word) };
            return self.add_hashed(py, &key, element.hash).map(|_| ());
        }
        let mut sequence = Sequence::new(element.hash, self.mask());
        let mut start = sequence.at;
        while self.read(sequence.at).0 != 0 {
            sequence.advance(&mut start);
        }
        // SAFETY: the entry is unused; the other set's element is alive, and is counted.
        unsafe {
            std::mem::forget(copy_word(element.word));
            *self.entry(sequence.at) = setentry {
                key: element.word as *mut _,
                hash: element.hash as isize,
            };
        }
        self.one_more()
    }

    /// Counts an element that was put into an unused entry; makes the table larger in time.
    #[inline(always)]
    fn one_more(&self) -> PyResult<()> {
        // SAFETY: the head is initialised.
        unsafe {
            (*self.raw()).fill += 1;
            (*self.raw()).used += 1;
        }
        if self.fill() * 5 >= self.mask() * 3 {
            let used = self.len();
            self.resize(if used > 50_000 { used * 2 } else { used * 4 })?;
        }
        Ok(())
    }

    /// Whether an element with this hash is there.
    #[inline]
    pub(crate) fn contains_hashed(&self, py: Py, key: &Value, hash: i64) -> PyResult<bool> {
        Ok(matches!(self.search(py, key, hash)?, Probe::Found(_)))
    }

    /// Adds an element; whether it is new.
    #[inline]
    pub(crate) fn add_hashed(&self, py: Py, key: &Value, hash: i64) -> PyResult<bool> {
        let Probe::Unused(at) = self.search(py, key, hash)? else {
            return Ok(false);
        };
        let word = normal_word(key.word());
        if word == key.word() {
            std::mem::forget(key.clone());
        }
        // SAFETY: the entry is unused; the reference counted above passes to it.
        unsafe {
            *self.entry(at) = setentry {
                key: word as *mut _,
                hash: hash as isize,
            };
        }
        self.one_more()?;
        Ok(true)
    }

    /// Removes an element with this hash; gives it where it was there.
    pub(crate) fn remove_hashed(&self, py: Py, key: &Value, hash: i64) -> PyResult<Option<Value>> {
        match self.search(py, key, hash)? {
            Probe::Found(at) => Ok(Some(self.take_at(at))),
            _ => Ok(None),
        }
    }

    fn take_at(&self, at: usize) -> Value {
        // SAFETY: callers found a living element there; its reference passes on.
        unsafe {
            let entry = self.entry(at);
            let word = (*entry).key as u64;
            *entry = setentry {
                key: REMOVED as *mut _,
                hash: REMOVED_HASH,
            };
            (*self.raw()).used -= 1;
            Value::from_word(word)
        }
    }

    /// Takes some element out: the next one behind the place of the last.
    pub(crate) fn take_any(&self) -> Option<Value> {
        if self.is_empty() {
            return None;
        }
        let mask = self.mask();
        // SAFETY: the head is initialised.
        let mut at = unsafe { (*self.raw()).finger } as usize & mask;
        while self.read(at).0 <= REMOVED {
            at = (at + 1) & mask;
        }
        let value = self.take_at(at);
        // SAFETY: as above.
        unsafe { (*self.raw()).finger = at as isize + 1 }
        Some(value)
    }

    /// Makes a table for more than so many elements, and moves all into it.
    pub(super) fn resize(&self, least: usize) -> PyResult<()> {
        let mut size = PySet_MINSIZE;
        while size <= least {
            let Some(doubled) = size.checked_mul(2).filter(|&s| s < 1 << 48) else {
                return errors::no_memory();
            };
            size = doubled;
        }
        let raw = self.raw();
        // SAFETY: the old table's entries are moved to the new one, which has room for
        // them; the old block is freed. A small table is copied out before it is reused.
        unsafe {
            let (old, old_size) = ((*raw).table, self.mask() + 1);
            let was_small = old == self.small_table();
            let copy = (*raw).smalltable;
            let source: *const setentry = if was_small { copy.as_ptr() } else { old };
            let table = if size == PySet_MINSIZE {
                self.small_table().write_bytes(0, PySet_MINSIZE);
                self.small_table()
            } else {
                let block =
                    krait_heap::alloc_raw_zeroed(size * size_of::<setentry>()).cast::<setentry>();
                if block.is_null() {
                    return errors::no_memory();
                }
                block
            };
            (*raw).table = table;
            (*raw).mask = size as isize - 1;
            (*raw).fill = (*raw).used;
            for i in 0..old_size {
                let entry = *source.add(i);
                if entry.key as u64 > REMOVED {
                    self.insert_clean(entry);
                }
            }
            if !was_small {
                krait_heap::free_raw(old.cast());
            }
        }
        Ok(())
    }

    /// Puts an entry into a table that has no removed ones and not this key. Counts nothing.
    ///
    /// # Safety
    /// There is an unused entry; the reference in the entry passes to the table.
    unsafe fn insert_clean(&self, entry: setentry) {
        let mut sequence = Sequence::new(entry.hash as i64, self.mask());
        let mut start = sequence.at;
        while self.read(sequence.at).0 != 0 {
            sequence.advance(&mut start);
        }
        // SAFETY: the place is within the table and unused.
        unsafe { *self.entry(sequence.at) = entry }
    }

    /// Makes room for so many more elements, as CPython does before a merge.
    pub(super) fn make_room(&self, more: usize) -> PyResult<()> {
        if (self.fill() + more) * 5 >= self.mask() * 3 {
            self.resize((self.len() + more) * 2)?;
        }
        Ok(())
    }

    /// Adds all elements of another set.
    pub(crate) fn merge_set(&self, py: Py, other: &AnySet) -> PyResult<()> {
        if std::ptr::eq(self, other) || other.is_empty() {
            return Ok(());
        }
        self.make_room(other.len())?;
        if self.fill() != 0 {
            let mut pos = 0;
            while let Some((hash, key)) = other.hashed_step(&mut pos) {
                self.add_hashed(py, &key, hash)?;
            }
            return Ok(());
        }
        let same_form = self.mask() == other.mask() && other.fill() == other.len();
        // SAFETY: this set is empty and has room for all; each copied word's reference is
        // counted. No Python code runs.
        unsafe {
            for i in 0..=other.mask() {
                let entry = *other.entry(i);
                if entry.key as u64 > REMOVED {
                    std::mem::forget(copy_word(entry.key as u64));
                    if same_form {
                        *self.entry(i) = entry;
                    } else {
                        self.insert_clean(entry);
                    }
                }
            }
            (*self.raw()).fill = other.len() as isize;
            (*self.raw()).used = other.len() as isize;
        }
        Ok(())
    }

    /// The next element at or after `pos`, which moves behind it.
    #[inline(always)]
    pub fn iter_step(&self, pos: &mut usize) -> Option<Value> {
        self.hashed_step(pos).map(|(_, key)| key)
    }

    /// As `iter_step`, with the element's hash.
    #[inline(always)]
    pub(crate) fn hashed_step(&self, pos: &mut usize) -> Option<(i64, Value)> {
        let mask = self.mask();
        while *pos <= mask {
            let (key, hash) = self.read(*pos);
            *pos += 1;
            if key > REMOVED {
                // SAFETY: a stored key is a living value.
                return Some((hash, unsafe { copy_word(key) }));
            }
        }
        None
    }

    /// The hashes of all elements.
    pub(super) fn hashes(&self) -> impl Iterator<Item = i64> {
        (0..=self.mask())
            .map(|i| self.read(i))
            .filter(|&(key, _)| key > REMOVED)
            .map(|(_, hash)| hash)
    }

    /// The next element as an object that the set owns, boxed where it stands, with its hash
    /// (`_PySet_NextEntry`).
    pub fn boxed_entry(&self, pos: &mut usize) -> Option<(*mut krait_abi::PyObject, i64)> {
        while *pos <= self.mask() {
            let i = *pos;
            *pos += 1;
            let (key, hash) = self.read(i);
            if key > REMOVED {
                // SAFETY: the entry's word is a living value's.
                let object = unsafe {
                    super::super::dict::box_in_place((&raw mut (*self.entry(i)).key).cast())
                };
                return Some((object, hash));
            }
        }
        None
    }

    /// Removes all elements. The set is empty before the first of them dies.
    pub fn clear(&self) {
        if self.fill() == 0 {
            return;
        }
        let raw = self.raw();
        // SAFETY: the entries are taken out of the set before any is released; a block is
        // freed once.
        unsafe {
            let (table, size) = ((*raw).table, self.mask() + 1);
            let small = (*raw).smalltable;
            let was_small = table == self.small_table();
            self.reset();
            let source: *const setentry = if was_small { small.as_ptr() } else { table };
            for i in 0..size {
                let word = (*source.add(i)).key as u64;
                if word > REMOVED {
                    drop_word(word);
                }
            }
            if !was_small {
                krait_heap::free_raw(table.cast());
            }
        }
    }

    /// Releases the elements of a dying set, which nothing can reach any more.
    ///
    /// # Safety
    /// The set is not used afterwards.
    pub(super) unsafe fn release(&self) {
        let raw = self.raw();
        // SAFETY: the contract; a block is freed once.
        unsafe {
            let (table, mut left) = ((*raw).table, (*raw).used);
            // Most entries of most tables are unused: four at a time, as many as every
            // table has a multiple of.
            for group in (0..=self.mask()).step_by(4) {
                if left == 0 {
                    break;
                }
                let words = [0, 1, 2, 3].map(|i| (*table.add(group + i)).key as u64);
                if words[0] | words[1] | words[2] | words[3] <= REMOVED {
                    continue;
                }
                for word in words {
                    if word > REMOVED {
                        left -= 1;
                        drop_word(word);
                    }
                }
            }
            if table != self.small_table() {
                krait_heap::free_raw(table.cast());
            }
        }
    }

    /// Exchanges the elements of two sets.
    pub(super) fn swap(&self, other: &AnySet) {
        if std::ptr::eq(self, other) {
            return;
        }
        let (a, b) = (self.raw(), other.raw());
        // SAFETY: two different sets; a table within a set is not exchanged as an address
        // but as contents.
        unsafe {
            let (small_a, small_b) = (
                (*a).table == self.small_table(),
                (*b).table == other.small_table(),
            );
            std::mem::swap(&mut (*a).smalltable, &mut (*b).smalltable);
            std::mem::swap(&mut (*a).fill, &mut (*b).fill);
            std::mem::swap(&mut (*a).used, &mut (*b).used);
            std::mem::swap(&mut (*a).mask, &mut (*b).mask);
            std::mem::swap(&mut (*a).table, &mut (*b).table);
            if small_b {
                (*a).table = self.small_table();
            }
            if small_a {
                (*b).table = other.small_table();
            }
            (*a).hash = -1;
            (*b).hash = -1;
        }
    }

    /// Visits every owned reference.
    pub(super) fn visit_all(&self, visitor: &mut crate::gc::Visitor) {
        for i in 0..=self.mask() {
            let (key, _) = self.read(i);
            if key > REMOVED && crate::value::is_pointer(key) {
                visitor.visit_ptr(key as *mut krait_abi::PyObject);
            }
        }
    }

    /// Bytes of a table outside the set itself.
    pub(super) fn table_memory(&self) -> usize {
        if self.table_address() == self.small_table() as usize {
            0
        } else {
            (self.mask() + 1) * size_of::<setentry>()
        }
    }
}
