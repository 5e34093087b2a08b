//! The table of an `lru_cache`: results by flattened call arguments, on a list from the
//! least to the most recently used.
//!
//! A key is never made into a tuple: its values are kept as they came, with the hash of
//! the whole. What always holds: every entry in use is in the index exactly once and on
//! the list exactly once; `version` changes whenever an entry comes or goes.

use std::rc::Rc;

use krait_object::Value;
use krait_object::gc::Visitor;
use krait_text::memory::make_room;

/// No entry.
const NONE: u32 = u32::MAX;

struct Entry {
    hash: i64,
    key: Rc<Key>,
    result: Value,
    older: u32,
    newer: u32,
}

/// The arguments of a call.
pub(super) struct Key {
    /// Positional values, then names and values of keyword ones, then types.
    pub(super) values: Box<[Value]>,
    /// How many of the values are positional, and whether this is a lone int or str.
    pub(super) shape: u32,
}

/// What a look-up finds.
pub(super) enum Found {
    At(u32),
    Missing,
    /// An entry whose key only Python code can compare.
    Unknown(u32, Rc<Key>),
}

#[derive(Default)]
pub(super) struct LruTable {
    /// Open addressing: entry number plus one, zero where empty.
    index: Vec<u32>,
    entries: Vec<Option<Entry>>,
    free: Vec<u32>,
    oldest: Option<u32>,
    newest: Option<u32>,
    pub(super) version: u64,
}

impl LruTable {
    pub(super) fn len(&self) -> usize {
        self.entries.len() - self.free.len()
    }

    fn mask(&self) -> usize {
        self.index.len() - 1
    }

    fn entry(&self, number: u32) -> Option<&Entry> {
        self.entries.get(number as usize).and_then(Option::as_ref)
    }

    /// The entry of a hash for which `test` says true, or cannot say. Entries for which it
    /// said no before are told by `skip`, the number of those already compared.
    #[inline]
    pub(super) fn find(
        &self,
        hash: i64,
        mut skip: usize,
        mut test: impl FnMut(&Key) -> Option<bool>,
    ) -> Found {
        if self.index.is_empty() {
            return Found::Missing;
        }
        let mut at = spread(hash) & self.mask();
        loop {
            let number = self.index[at];
            if number == 0 {
                return Found::Missing;
            }
            if let Some(entry) = self.entry(number - 1)
                && entry.hash == hash
            {
                match test(&entry.key) {
                    Some(true) => return Found::At(number - 1),
                    Some(false) => {}
                    None if skip > 0 => skip -= 1,
                    None => return Found::Unknown(number - 1, entry.key.clone()),
                }
            }
            at = (at + 1) & self.mask();
        }
    }

    /// The result of an entry, which becomes the most recently used one.
    #[inline]
    pub(super) fn hit(&mut self, number: u32, ordered: bool) -> Option<Value> {
        if ordered && self.newest != Some(number) {
            self.unlink(number);
            self.link_newest(number);
        }
        self.entry(number).map(|e| e.result.clone())
    }

    fn unlink(&mut self, number: u32) {
        let Some(entry) = self.entry(number) else {
            return;
        };
        let (older, newer) = (entry.older, entry.newer);
        match self
            .entries
            .get_mut(older as usize)
            .and_then(Option::as_mut)
        {
            Some(entry) => entry.newer = newer,
            None => self.oldest = (newer != NONE).then_some(newer),
        }
        match self
            .entries
            .get_mut(newer as usize)
            .and_then(Option::as_mut)
        {
            Some(entry) => entry.older = older,
            None => self.newest = (older != NONE).then_some(older),
        }
    }

    fn link_newest(&mut self, number: u32) {
        let older = self.newest.unwrap_or(NONE);
        if let Some(entry) = self
            .entries
            .get_mut(number as usize)
            .and_then(Option::as_mut)
        {
            (entry.older, entry.newer) = (older, NONE);
        }
        match self
            .entries
            .get_mut(older as usize)
            .and_then(Option::as_mut)
        {
            Some(entry) => entry.newer = number,
            None => self.oldest = Some(number),
        }
        self.newest = Some(number);
    }

    /// Adds an entry whose key is not there.
    pub(super) fn insert(&mut self, hash: i64, key: Rc<Key>, result: Value) {
        self.version += 1;
        if (self.len() + 1) * 2 > self.index.len() {
            self.grow();
        }
        let entry = Some(Entry {
            hash,
            key,
            result,
            older: NONE,
            newer: NONE,
        });
        let number = match self.free.pop() {
            Some(number) => {
                self.entries[number as usize] = entry;
                number
            }
            None => {
                make_room(&mut self.entries, 1);
                self.entries.push(entry);
                self.entries.len() as u32 - 1
            }
        };
        self.note(hash, number);
        self.link_newest(number);
    }

    fn note(&mut self, hash: i64, number: u32) {
        let mut at = spread(hash) & self.mask();
        while self.index[at] != 0 {
            at = (at + 1) & self.mask();
        }
        self.index[at] = number + 1;
    }

    fn grow(&mut self) {
        let size = (self.index.len() * 2).max(16);
        let more = size - self.index.len();
        make_room(&mut self.index, more);
        self.index.clear();
        self.index.resize(size, 0);
        for number in 0..self.entries.len() as u32 {
            if let Some(hash) = self.entry(number).map(|e| e.hash) {
                self.note(hash, number);
            }
        }
    }

    /// Takes the least recently used entry out; the caller lets it go.
    pub(super) fn evict(&mut self) -> Option<(Rc<Key>, Value)> {
        let number = self.oldest?;
        self.version += 1;
        self.unlink(number);
        let entry = self.entries[number as usize].take()?;
        self.free.push(number);
        self.forget(entry.hash, number);
        Some((entry.key, entry.result))
    }

    /// Takes an entry out of the index and closes the gap.
    fn forget(&mut self, hash: i64, number: u32) {
        let mask = self.mask();
        let mut hole = spread(hash) & mask;
        while self.index[hole] != number + 1 {
            if self.index[hole] == 0 {
                return;
            }
            hole = (hole + 1) & mask;
        }
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            let next = self.index[at];
            if next == 0 {
                break;
            }
            let home = self.entry(next - 1).map_or(at, |e| spread(e.hash) & mask);
            // The entry may move back unless its home lies behind the hole.
            if (at.wrapping_sub(home) & mask) >= (at.wrapping_sub(hole) & mask) {
                self.index[hole] = next;
                hole = at;
            }
        }
        self.index[hole] = 0;
    }

    pub(super) fn trace(&self, visitor: &mut Visitor) {
        for entry in self.entries.iter().flatten() {
            entry.key.values.iter().for_each(|v| visitor.field(v));
            visitor.field(&entry.result);
        }
    }
}

/// Hashes of small integers are the integers; their order must not make clusters.
#[inline(always)]
fn spread(hash: i64) -> usize {
    ((hash as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20) as usize
}
