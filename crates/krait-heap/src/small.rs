//! Small blocks of Rust's own collections.
//!
//! Each thread has a cache: a list of free blocks for each size, and a chunk from which new
//! ones are cut. It takes and releases blocks without a lock, and without a header in front of
//! them: whoever releases a block says how long it is. Lists that grow long, of blocks that
//! other threads took, go to all threads in batches, and what a thread leaves behind at its end
//! the next one takes over. Memory never goes back to the system; it is what small blocks took
//! at most.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};

/// Longer blocks are the C library's.
pub(crate) const MAX: usize = 512;
/// Blocks are aligned to this, and their sizes are this far apart.
pub(crate) const ALIGN: usize = 16;
const CLASSES: usize = MAX / ALIGN;

/// Bytes that a thread takes at once. (They cost address space only, until they are used.)
pub(crate) const CHUNK: usize = 32 << 10;
/// Free blocks of one size that a thread keeps for itself at most.
const KEPT: u32 = 128;

/// A free block.
struct Free {
    next: *mut Free,
    /// In the first block of a batch: the next batch.
    next_batch: *mut Free,
}

/// What a thread has.
struct Cache {
    lists: [List; CLASSES],
    /// What is left of the chunk.
    rest: *mut u8,
    left: usize,
    /// The next cache that nobody has.
    next: *mut Cache,
}

#[derive(Clone, Copy)]
struct List {
    first: *mut Free,
    count: u32,
}

/// Things that nobody has, one behind the other. What is taken out is taken out whole, and what
/// is not wanted of it put back: so no link is read that another thread may change.
struct Stack<T>(AtomicPtr<T>);

impl<T> Stack<T> {
    const fn new() -> Self {
        Stack(AtomicPtr::new(null_mut()))
    }

    /// # Safety
    /// The item is the caller's, and `link` gives the place of its link.
    unsafe fn push(&self, item: *mut T, link: impl Fn(*mut T) -> *mut *mut T) {
        let mut first = self.0.load(Ordering::Relaxed);
        loop {
            // SAFETY: the contract.
            unsafe { *link(item) = first };
            match self
                .0
                .compare_exchange_weak(first, item, Ordering::Release, Ordering::Relaxed)
            {
                Ok(_) => return,
                Err(now) => first = now,
            }
        }
    }

    /// # Safety
    /// `link` gives the place of an item's link.
    unsafe fn pop(&self, link: impl Fn(*mut T) -> *mut *mut T) -> Option<*mut T> {
        if self.0.load(Ordering::Relaxed).is_null() {
            return None;
        }
        let first = self.0.swap(null_mut(), Ordering::Acquire);
        if first.is_null() {
            return None;
        }
        // SAFETY: all that was in the stack is this thread's now.
        unsafe { self.put_back(*link(first), link) };
        Some(first)
    }

    /// # Safety
    /// The items are the caller's, and `link` gives the place of an item's link.
    unsafe fn put_back(&self, mut items: *mut T, link: impl Fn(*mut T) -> *mut *mut T) {
        while !items.is_null()
            && self
                .0
                .compare_exchange(null_mut(), items, Ordering::Release, Ordering::Relaxed)
                .is_err()
        {
            // What came meanwhile, a few, goes before them.
            let others = self.0.swap(null_mut(), Ordering::Acquire);
            let mut last = others;
            // SAFETY: the contract; the others are this thread's now too.
            unsafe {
                while !last.is_null() && !(*link(last)).is_null() {
                    last = *link(last);
                }
                if !last.is_null() {
                    *link(last) = items;
                    items = others;
                }
            }
        }
    }
}

static CACHES: Stack<Cache> = Stack::new();
/// Chunks that no thread has cut yet; else they are the C library's.
static CHUNKS: Stack<Free> = Stack::new();
static BATCHES: [Stack<Free>; CLASSES] = [const { Stack::new() }; CLASSES];

/// The place of a cache's link.
fn cache_link(cache: *mut Cache) -> *mut *mut Cache {
    // SAFETY: only an address inside the cache is made.
    unsafe { &raw mut (*cache).next }
}

/// The place of a batch's link.
fn batch_link(first: *mut Free) -> *mut *mut Free {
    // SAFETY: only an address inside the block is made.
    unsafe { &raw mut (*first).next_batch }
}

thread_local! {
    /// The thread's cache, while it has one.
    static CACHE: Cell<*mut Cache> = const { Cell::new(null_mut()) };
    static HAS_ENDED: Cell<bool> = const { Cell::new(false) };
    static END: End = const { End };
}

/// The end of a thread gives its cache up.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        HAS_ENDED.set(true);
        let cache = CACHE.replace(null_mut());
        if !cache.is_null() {
            // SAFETY: the thread uses it no more.
            unsafe { CACHES.push(cache, cache_link) };
        }
    }
}

/// A cache that nobody has, or a new one; null where there is no memory.
fn obtain() -> *mut Cache {
    // SAFETY: the link is the cache's. A new cache is written before it is used.
    unsafe {
        if let Some(cache) = CACHES.pop(cache_link) {
            return cache;
        }
        let cache = System.alloc(Layout::new::<Cache>()).cast::<Cache>();
        if !cache.is_null() {
            let list = List {
                first: null_mut(),
                count: 0,
            };
            cache.write(Cache {
                lists: [list; CLASSES],
                rest: null_mut(),
                left: 0,
                next: null_mut(),
            });
        }
        cache
    }
}

/// Does something with a cache where the thread has none: it gets one, unless it is at its end.
#[cold]
#[inline(never)]
fn with_other<R>(none: R, action: impl FnOnce(*mut Cache) -> R) -> R {
    let cache = obtain();
    if cache.is_null() {
        return none;
    }
    if HAS_ENDED.get() {
        let result = action(cache);
        // SAFETY: it was obtained here, and is used no more.
        unsafe { CACHES.push(cache, cache_link) };
        return result;
    }
    CACHE.set(cache);
    // (This may allocate.)
    END.with(|_| ());
    action(cache)
}

fn class_of(size: usize) -> usize {
    size.wrapping_sub(1) / ALIGN
}

/// A block of at least `size` bytes, from 1 to [`MAX`], or null.
#[inline]
pub(crate) fn alloc(size: usize) -> *mut u8 {
    let cache = CACHE.get();
    if cache.is_null() {
        // SAFETY: a cache that is this thread's.
        return with_other(null_mut(), |cache| unsafe { take(cache, class_of(size)) });
    }
    // SAFETY: the thread's own cache.
    unsafe { take(cache, class_of(size)) }
}

/// # Safety
/// The cache is the thread's.
#[inline(always)]
unsafe fn take(cache: *mut Cache, class: usize) -> *mut u8 {
    // SAFETY: the contract; what is in a list is free.
    unsafe {
        let list = &raw mut (*cache).lists[class];
        let first = (*list).first;
        if first.is_null() {
            return cut(cache, class);
        }
        (*list).first = (*first).next;
        (*list).count -= 1;
        first.cast()
    }
}

/// A block where the list has none.
///
/// # Safety
/// The cache is the thread's.
#[inline(never)]
unsafe fn cut(cache: *mut Cache, class: usize) -> *mut u8 {
    let size = (class + 1) * ALIGN;
    // SAFETY: the contract; a batch that was taken is this thread's.
    unsafe {
        if let Some(first) = BATCHES[class].pop(batch_link) {
            let list = &raw mut (*cache).lists[class];
            (*list).first = (*first).next;
            (*list).count = KEPT - 1;
            return first.cast();
        }
        if (*cache).left < size && !new_chunk(cache, size) {
            return null_mut();
        }
        let block = (*cache).rest;
        (*cache).rest = block.add(size);
        (*cache).left -= size;
        block
    }
}

/// # Safety
/// The cache is the thread's.
#[cold]
unsafe fn new_chunk(cache: *mut Cache, wanted: usize) -> bool {
    // SAFETY: the contract; what is left of a chunk is in nobody's use.
    unsafe {
        let mut size = CHUNK;
        let mut chunk = match CHUNKS.pop(batch_link) {
            Some(chunk) => chunk.cast(),
            None => System.alloc(layout(size)),
        };
        if chunk.is_null() {
            size = wanted;
            chunk = System.alloc(layout(size));
        }
        if chunk.is_null() {
            return false;
        }
        if (*cache).left > 0 {
            let rest = (*cache).rest;
            put(cache, rest, class_of((*cache).left));
        }
        (*cache).rest = chunk;
        (*cache).left = size;
        true
    }
}

/// Gives the threads memory from which to cut blocks.
///
/// # Safety
/// [`CHUNK`] bytes, aligned to [`ALIGN`], that nobody else uses from now on.
pub(crate) unsafe fn give_chunk(start: *mut u8) {
    // SAFETY: the contract.
    unsafe { CHUNKS.push(start.cast(), batch_link) };
}

fn layout(size: usize) -> Layout {
    Layout::from_size_align(size, ALIGN).unwrap_or(Layout::new::<u128>())
}

/// Releases a block.
///
/// # Safety
/// It came from [`alloc`] with a size of the same class, and is used no more.
#[inline]
pub(crate) unsafe fn dealloc(block: *mut u8, size: usize) {
    let cache = CACHE.get();
    if cache.is_null() {
        // SAFETY: the contract, and a cache that is this thread's. (Without one the block is
        // lost.)
        return with_other((), |cache| unsafe { put(cache, block, class_of(size)) });
    }
    // SAFETY: the contract, and the thread's own cache.
    unsafe { put(cache, block, class_of(size)) }
}

/// # Safety
/// The cache is the thread's, and the block of the class.
#[inline(always)]
unsafe fn put(cache: *mut Cache, block: *mut u8, class: usize) {
    let block = block.cast::<Free>();
    // SAFETY: the contract.
    unsafe {
        let list = &raw mut (*cache).lists[class];
        (*block).next = (*list).first;
        (*list).first = block;
        (*list).count += 1;
        if (*list).count > KEPT {
            give_away(list, class);
        }
    }
}

/// Gives all but the first block of a list that has become too long to all threads.
///
/// # Safety
/// The list is one of the thread's, of this class.
#[cold]
unsafe fn give_away(list: *mut List, class: usize) {
    // SAFETY: the contract: the list has more than one block.
    unsafe {
        let kept = (*list).first;
        let batch = (*kept).next;
        (*kept).next = null_mut();
        (*list).count = 1;
        BATCHES[class].push(batch, batch_link);
    }
}

/// Whether two sizes have blocks of the same length.
#[inline]
pub(crate) fn is_same(a: usize, b: usize) -> bool {
    class_of(a) == class_of(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(size: usize, byte: u8) -> usize {
        let block = alloc(size);
        assert!(!block.is_null() && block.addr().is_multiple_of(ALIGN));
        // SAFETY: the block has so many bytes.
        unsafe { block.write_bytes(byte, size) };
        block.expose_provenance()
    }

    /// Releases a block that holds what was written.
    fn check(block: usize, size: usize, byte: u8) {
        let block = std::ptr::with_exposed_provenance_mut::<u8>(block);
        // SAFETY: the block has so many bytes, and was allocated with this size.
        unsafe {
            assert!(
                std::slice::from_raw_parts(block, size)
                    .iter()
                    .all(|b| *b == byte)
            );
            dealloc(block, size);
        }
    }

    #[test]
    fn blocks_do_not_overlap_and_are_used_again() {
        let sizes: Vec<usize> = (0..3000).map(|i| 1 + i * 7 % MAX).collect();
        for _ in 0..3 {
            let blocks: Vec<usize> = sizes
                .iter()
                .map(|size| filled(*size, *size as u8))
                .collect();
            for (block, size) in blocks.iter().zip(&sizes) {
                check(*block, *size, *size as u8);
            }
        }
        let first = filled(40, 1);
        check(first, 40, 1);
        assert_eq!(filled(48, 2), first);
        check(first, 48, 2);
    }

    #[test]
    fn blocks_that_another_thread_releases_come_back() {
        let mut seen = std::collections::HashSet::new();
        for round in 0..200u8 {
            let made = std::thread::spawn(move || {
                (0..1000).map(|_| filled(96, round)).collect::<Vec<_>>()
            });
            let blocks = made.join().expect("no panic");
            seen.extend(blocks.iter().copied());
            std::thread::spawn(move || blocks.iter().for_each(|block| check(*block, 96, round)))
                .join()
                .expect("no panic");
        }
        // 200,000 blocks were made, of which 1000 at a time.
        assert!(seen.len() < 5000, "{}", seen.len());
    }

    #[test]
    fn threads_at_once() {
        std::thread::scope(|scope| {
            for thread in 0..4u8 {
                scope.spawn(move || {
                    for round in 0..300usize {
                        let size = 1 + (round * 37 + usize::from(thread)) % MAX;
                        let blocks: Vec<_> = (0..400).map(|_| filled(size, thread)).collect();
                        blocks
                            .into_iter()
                            .for_each(|block| check(block, size, thread));
                    }
                });
            }
        });
    }
}
