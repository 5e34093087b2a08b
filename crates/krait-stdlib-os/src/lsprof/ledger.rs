//! What a profiler has counted: times and calls of each callee, and of each pair of
//! caller and callee.

use std::collections::HashMap;

use krait_object::Value;

/// Times, in units of the profiler's timer, and numbers of calls.
#[derive(Clone, Copy, Default)]
pub struct Totals {
    /// Time from begin to end; of calls within themselves only the outermost counts.
    pub total: i64,
    /// The same without what was called from there.
    pub inline: i64,
    pub calls: i64,
    pub recursive: i64,
    /// Calls that have begun and not ended.
    depth: u32,
}

impl Totals {
    fn end(&mut self, total: i64, inline: i64) {
        self.depth = self.depth.saturating_sub(1);
        if self.depth == 0 {
            self.total = self.total.wrapping_add(total);
        } else {
            self.recursive += 1;
        }
        self.inline = self.inline.wrapping_add(inline);
        self.calls += 1;
    }
}

/// One callee.
#[derive(Clone)]
pub struct Entry {
    /// A code object, or the text that names a native function.
    pub code: Value,
    pub totals: Totals,
    /// What it called: the callees' places among the entries.
    pub callees: Vec<(usize, Totals)>,
}

impl Entry {
    fn callee(&mut self, place: usize) -> &mut Totals {
        let at = match self.callees.iter().position(|c| c.0 == place) {
            Some(at) => at,
            None => {
                self.callees.push((place, Totals::default()));
                self.callees.len() - 1
            }
        };
        &mut self.callees[at].1
    }
}

/// A call that has begun.
struct Running {
    entry: usize,
    began: i64,
    /// The time of what was called from there.
    inner: i64,
}

#[derive(Default)]
pub struct Ledger {
    pub entries: Vec<Entry>,
    /// The entries' places by their keys.
    places: HashMap<usize, usize>,
    running: Vec<Running>,
}

impl Ledger {
    pub fn find(&self, key: usize) -> Option<usize> {
        self.places.get(&key).copied()
    }

    pub fn add(&mut self, key: usize, code: Value) -> usize {
        let place = self.entries.len();
        self.entries.push(Entry {
            code,
            totals: Totals::default(),
            callees: Vec::new(),
        });
        self.places.insert(key, place);
        place
    }

    pub fn is_idle(&self) -> bool {
        self.running.is_empty()
    }

    /// The entry of the call that has begun last.
    pub fn current(&self) -> Option<usize> {
        self.running.last().map(|r| r.entry)
    }

    /// A call begins; `began` then says when.
    pub fn begin(&mut self, entry: usize, subcalls: bool) {
        let Some(callee) = self.entries.get_mut(entry) else {
            return;
        };
        callee.totals.depth += 1;
        if subcalls && let Some(caller) = self.current() {
            self.entries[caller].callee(entry).depth += 1;
        }
        self.running.push(Running {
            entry,
            began: 0,
            inner: 0,
        });
    }

    /// Sets when the last call has begun.
    pub fn began(&mut self, now: i64) {
        if let Some(call) = self.running.last_mut() {
            call.began = now;
        }
    }

    /// The last call ends. It is counted for the entry given, if any: what returns may be
    /// other than what was seen to begin.
    pub fn end(&mut self, entry: Option<usize>, now: i64, subcalls: bool) {
        let Some(call) = self.running.pop() else {
            return;
        };
        let Some(entry) = entry else {
            return;
        };
        let total = now.wrapping_sub(call.began);
        let inline = total.wrapping_sub(call.inner);
        if let Some(outer) = self.running.last_mut() {
            outer.inner = outer.inner.wrapping_add(total);
        }
        self.entries[entry].totals.end(total, inline);
        if subcalls && let Some(caller) = self.current() {
            let callees = &mut self.entries[caller].callees;
            if let Some((_, totals)) = callees.iter_mut().find(|c| c.0 == entry) {
                totals.end(total, inline);
            }
        }
    }
}
