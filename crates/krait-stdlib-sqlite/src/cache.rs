//! A connection's recently used statements.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use krait_object::{Owned, Str};

use crate::statement::Statement;

struct Entry {
    sql: Owned<Str>,
    statement: Rc<Statement>,
    used: u64,
}

#[derive(Default)]
struct Content {
    /// By the hash of the text.
    entries: HashMap<i64, Vec<Entry>>,
    count: usize,
    clock: u64,
}

/// Statements by their text, the least recently used one going first.
pub struct Cache {
    capacity: usize,
    content: RefCell<Content>,
}

impl Cache {
    pub fn new(capacity: usize) -> Cache {
        Cache {
            capacity,
            content: RefCell::default(),
        }
    }

    pub fn get(&self, sql: &Str) -> Option<Rc<Statement>> {
        let mut content = self.content.borrow_mut();
        content.clock += 1;
        let now = content.clock;
        let found = content.entries.get_mut(&sql.hash())?;
        let entry = found.iter_mut().find(|e| e.sql.eq(sql))?;
        entry.used = now;
        Some(entry.statement.clone())
    }

    /// Keeps a statement. What has to go for it is given back, to be dropped by the
    /// caller when nothing is borrowed.
    pub fn put(&self, sql: &Str, statement: Rc<Statement>) -> Option<Rc<Statement>> {
        if self.capacity == 0 {
            return None;
        }
        let mut content = self.content.borrow_mut();
        let dropped = if content.count >= self.capacity {
            content.remove_oldest()
        } else {
            None
        };
        content.clock += 1;
        content.count += 1;
        let entry = Entry {
            sql: sql.to_owned_str(),
            statement,
            used: content.clock,
        };
        content.entries.entry(sql.hash()).or_default().push(entry);
        dropped
    }

    pub fn clear(&self) {
        let content = self.content.take();
        drop(content);
    }
}

impl Content {
    fn remove_oldest(&mut self) -> Option<Rc<Statement>> {
        let all = self.entries.iter();
        let ages = all.flat_map(|(hash, list)| list.iter().map(|e| (e.used, *hash)));
        let (used, hash) = ages.min()?;
        let list = self.entries.get_mut(&hash)?;
        let at = list.iter().position(|e| e.used == used)?;
        let entry = list.swap_remove(at);
        if list.is_empty() {
            self.entries.remove(&hash);
        }
        self.count -= 1;
        Some(entry.statement)
    }
}
