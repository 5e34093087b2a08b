//! Keys of objects: one string for each that occurs again, so that its hash is only
//! computed once and dicts compare it by identity.

use krait_object::{Owned, Str};
use krait_text::chars::Unit;

const SLOTS: usize = 256;
/// Longer keys are not worth looking up.
const MOST: usize = 48;

/// A small table of strings; a slot keeps the last one that fell on it.
#[derive(Default)]
pub struct Keys {
    slots: Vec<Option<Owned<Str>>>,
}

fn place<U: Unit>(units: &[U]) -> usize {
    let hash = units.iter().fold(units.len() as u32, |hash, unit| {
        (hash ^ unit.code()).wrapping_mul(0x9E37_79B1)
    });
    (hash >> 24) as usize % SLOTS
}

impl Keys {
    /// The string of a part of the document.
    #[inline]
    pub fn get<U: Unit>(&mut self, doc: &Str, units: &[U], start: usize, end: usize) -> Owned<Str> {
        let part = &units[start..end];
        if part.len() > MOST {
            return doc.slice(start, end);
        }
        if self.slots.is_empty() {
            self.slots.resize(SLOTS, None);
        }
        let slot = &mut self.slots[place(part)];
        if let Some(known) = slot
            && known.len() == part.len()
            && same(known, part)
        {
            return known.clone();
        }
        let new = doc.slice(start, end);
        *slot = Some(new.clone());
        new
    }
}

#[inline]
fn same<U: Unit>(known: &Str, part: &[U]) -> bool {
    match U::borrow(known.chars()) {
        Some(units) => units.iter().zip(part).all(|(a, b)| a.code() == b.code()),
        None => known.code_points().zip(part).all(|(a, b)| a == b.code()),
    }
}
