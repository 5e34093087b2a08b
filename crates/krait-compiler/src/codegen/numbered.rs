//! Names and constants of a code object: each has its number, none is there twice.

use crate::hash::Map;
use std::hash::Hash;

/// The items in the order of their numbers.
pub struct Numbered<T> {
    /// The items.
    pub items: Vec<T>,
    /// Their numbers, once there are too many to look at all of them.
    index: Map<T, u32>,
}

const FEW: usize = 8;

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Numbered {
            items: Vec::new(),
            index: Map::default(),
        }
    }
}

impl<T: Clone + Eq + Hash> Numbered<T> {
    /// The number of an item, added if new.
    pub fn number(&mut self, item: &T) -> u32 {
        let known = if self.items.len() <= FEW {
            let known = self.items.iter().position(|known| known == item);
            known.map(|number| number as u32)
        } else {
            self.index.get(item).copied()
        };
        known.unwrap_or_else(|| self.add(item))
    }

    fn add(&mut self, item: &T) -> u32 {
        let number = self.items.len() as u32;
        self.items.push(item.clone());
        if self.items.len() == FEW + 1 {
            self.index = self.items.iter().cloned().zip(0..).collect();
        } else if self.items.len() > FEW {
            self.index.insert(item.clone(), number);
        }
        number
    }
}
