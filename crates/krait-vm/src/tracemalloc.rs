//! What `tracemalloc` knows: for each block that was given out while it was on, its size and
//! the lines of the program that asked for it.
//!
//! The heap calls in here from the midst of an allocation, so nothing here uses the heap
//! while the state is borrowed: tables lie in memory of the system's allocator, and names of
//! files are only counted.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

use krait_heap::TraceHooks;
use krait_object::object::Owned;
use krait_object::py::{GilCell, Py};
use krait_object::types::str::Str;

use crate::frame::Frame;
use crate::stack::Stack;

/// The lines that led to an allocation, the innermost first.
pub struct Lines {
    pub lines: Vec<(Owned<Str>, u32)>,
    /// How many there were before they were cut.
    pub total: usize,
}

/// A block.
#[derive(Clone)]
pub struct Block {
    pub domain: u32,
    pub size: usize,
    pub lines: Rc<Lines>,
}

/// What tells lines apart: the address of each file's name, and the number.
type Key = (Vec<(usize, u32)>, usize);

#[derive(Default)]
struct State {
    limit: usize,
    blocks: HashMap<(u32, usize), Block>,
    lines: HashMap<Key, Rc<Lines>>,
    current: usize,
    peak: usize,
}

/// Changed with the GIL; C that allocates without it may look.
static ON: AtomicBool = AtomicBool::new(false);

static STATE: GilCell<RefCell<Option<State>>> = GilCell::new(RefCell::new(None));

/// Works with the state, unless it is worked with already.
fn with<R>(py: Py, work: impl FnOnce(&mut State) -> R) -> Option<R> {
    let mut state = STATE.get(py).try_borrow_mut().ok()?;
    Some(work(state.get_or_insert_with(|| State {
        limit: 1,
        ..State::default()
    })))
}

/// Where the calling thread's program is, at most `limit` lines of it.
fn here(py: Py, limit: usize) -> (Key, Vec<Owned<Str>>) {
    let (mut places, mut names, mut total) = (Vec::new(), Vec::new(), 0);
    let stack = py.thread().vm().cast::<Stack>();
    // SAFETY: the GIL is held, so the calling thread's frames do not change meanwhile.
    unsafe {
        let mut frame = if stack.is_null() {
            std::ptr::null_mut()
        } else {
            (*stack).current
        };
        while !frame.is_null() {
            if total < limit {
                let code = Frame::code_ref(frame);
                let name = code.filename();
                places.push((&raw const *name as usize, code.line_at(Frame::index(frame))));
                names.push(name);
            }
            total += 1;
            frame = (*frame).previous;
        }
    }
    ((places, total), names)
}

impl State {
    fn add(&mut self, py: Py, domain: u32, address: usize, size: usize) {
        let (key, names) = here(py, self.limit);
        let lines = self.lines.entry(key).or_insert_with_key(|(places, total)| {
            let lines = names
                .into_iter()
                .zip(places)
                .map(|(name, (_, line))| (name, *line));
            Rc::new(Lines {
                lines: lines.collect(),
                total: *total,
            })
        });
        let lines = lines.clone();
        let block = Block {
            domain,
            size,
            lines,
        };
        if let Some(old) = self.blocks.insert((domain, address), block) {
            self.current -= old.size;
        }
        self.current += size;
        self.peak = self.peak.max(self.current);
    }

    fn remove(&mut self, domain: u32, address: usize) {
        if let Some(old) = self.blocks.remove(&(domain, address)) {
            self.current -= old.size;
        }
    }
}

fn allocated(block: *mut u8, size: usize) {
    // SAFETY: the heap is used with the GIL only.
    let py = unsafe { Py::assume() };
    with(py, |state| state.add(py, 0, block.addr(), size));
}

fn released(block: *mut u8) {
    // SAFETY: the heap is used with the GIL only.
    let py = unsafe { Py::assume() };
    with(py, |state| state.remove(0, block.addr()));
}

/// Begins to trace, with so many lines for each block.
pub fn start(py: Py, limit: usize) {
    with(py, |state| state.limit = limit);
    if !ON.swap(true, Ordering::Relaxed) {
        // SAFETY: the token proves the GIL; the functions do not use the heap.
        unsafe {
            krait_heap::start_tracing(TraceHooks {
                allocated,
                released,
            });
        }
    }
}

/// Ends tracing and forgets all.
pub fn stop(py: Py) {
    // SAFETY: the token proves the GIL, and a collection does not call this.
    unsafe { krait_heap::stop_tracing() };
    ON.store(false, Ordering::Relaxed);
    clear(py);
}

pub fn is_tracing() -> bool {
    ON.load(Ordering::Relaxed)
}

/// Forgets all blocks.
pub fn clear(py: Py) {
    let old = with(py, |state| {
        (state.current, state.peak) = (0, 0);
        (
            std::mem::take(&mut state.blocks),
            std::mem::take(&mut state.lines),
        )
    });
    // Names of files may end with them.
    drop(old);
}

pub fn limit(py: Py) -> usize {
    with(py, |state| state.limit).unwrap_or(1)
}

/// The size of all blocks, now and at most.
pub fn memory(py: Py) -> (usize, usize) {
    with(py, |state| (state.current, state.peak)).unwrap_or_default()
}

pub fn reset_peak(py: Py) {
    with(py, |state| state.peak = state.current);
}

/// What the tables take themselves.
pub fn own_memory(py: Py) -> usize {
    with(py, |state| {
        let blocks = state.blocks.capacity() * (size_of::<((u32, usize), Block)>() + 1);
        let lines = state.lines.keys().map(|(places, _)| places.len() * 32);
        blocks + lines.sum::<usize>() + state.lines.capacity() * size_of::<(Key, usize)>()
    })
    .unwrap_or(0)
}

/// All blocks.
pub fn blocks(py: Py) -> Vec<Block> {
    with(py, |state| state.blocks.values().cloned().collect()).unwrap_or_default()
}

/// The lines that led to a block.
pub fn lines_of(py: Py, domain: u32, address: usize) -> Option<Rc<Lines>> {
    with(py, |state| {
        let block = state.blocks.get(&(domain, address));
        block.map(|block| block.lines.clone())
    })?
}

/// Notes a block of somebody else's; false where nothing is traced.
pub fn track(py: Py, domain: u32, address: usize, size: usize) -> bool {
    is_tracing() && with(py, |state| state.add(py, domain, address, size)).is_some()
}

/// Forgets a block of somebody else's; false where nothing is traced.
pub fn untrack(py: Py, domain: u32, address: usize) -> bool {
    is_tracing() && with(py, |state| state.remove(domain, address)).is_some()
}
