//! The objects that a pickler has seen, by identity.
//!
//! Open addressing over the addresses; an object in the memo is kept alive, so that its
//! address means it alone.

use krait_object::gc::Visitor;
use krait_object::{Layout, Object, Owned, Value};

struct Entry {
    object: Owned,
    index: u64,
}

#[derive(Default)]
pub struct Memo {
    entries: Vec<Entry>,
    /// One more than the entry's place, or 0; the length is a power of two.
    slots: Vec<u32>,
}

fn address(object: &Object) -> usize {
    object.as_ptr().addr()
}

/// Mixes an address; objects are 16 bytes apart at least.
#[inline]
fn mix(address: usize) -> usize {
    (address >> 4).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20
}

impl Memo {
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Bytes that the memo takes.
    pub fn size(&self) -> usize {
        self.slots.capacity() * 4 + self.entries.capacity() * size_of::<Entry>()
    }

    fn slot_of(&self, object: &Object) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = mix(address(object)) & mask;
        loop {
            match self.slots[at] {
                0 => return at,
                place if self.entries[place as usize - 1].object.is(object) => return at,
                _ => at = (at + 1) & mask,
            }
        }
    }

    /// The number under which the unpickler will have the object.
    #[inline]
    pub fn get(&self, object: &Object) -> Option<u64> {
        if self.slots.is_empty() {
            return None;
        }
        match self.slots[self.slot_of(object)] {
            0 => None,
            place => Some(self.entries[place as usize - 1].index),
        }
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(16);
        self.slots = vec![0; size];
        for place in 0..self.entries.len() {
            let at = self.slot_of(&self.entries[place].object);
            self.slots[at] = place as u32 + 1;
        }
    }

    /// Adds an object, or gives one that is there another number.
    pub fn insert(&mut self, object: &Object, index: u64) {
        if (self.entries.len() + 1) * 3 > self.slots.len() * 2 {
            self.grow();
        }
        let at = self.slot_of(object);
        match self.slots[at] {
            0 => {
                self.entries.push(Entry {
                    object: object.to_owned(),
                    index,
                });
                self.slots[at] = self.entries.len() as u32;
            }
            place => self.entries[place as usize - 1].index = index,
        }
    }

    /// Identity, number and object of all.
    pub fn items(&self) -> Vec<(usize, u64, Value)> {
        self.entries
            .iter()
            .map(|e| (address(&e.object), e.index, Value::from(e.object.clone())))
            .collect()
    }

    pub fn visit(&self, visitor: &mut Visitor) {
        for entry in &self.entries {
            visitor.field(&entry.object);
        }
    }
}
