//! The reserved range of addresses: where pages and spans come from and go back to.
//!
//! Pages and spans are taken from the low end upward and then reused. Their address
//! space is never given back; memory is, in bulk (`madvise`), once more than a few MiB
//! lie idle.

use std::sync::OnceLock;

use crate::global::{COLD, HOT};
use crate::pages::{PAGE_SIZE, Page};
use crate::small;

/// Address space to ask for; halved until the system agrees.
const RESERVE: usize = 512 << 30;
const RESERVE_MIN: usize = 64 << 20;
/// Memory is made accessible in pieces of at least this size.
const ARENA: usize = 1 << 20;
/// What the system gives in one piece where it is asked to (x86-64's and most others').
const HUGE: usize = 2 << 20;
/// The heap begins with one such piece, of which Rust's small blocks get so much: together with
/// the pages, a start uses most of it.
const FOR_SMALL: usize = 12 * small::CHUNK;
/// A heap that has grown so far gets all its memory in such pieces; what is not used of the
/// last one then counts little.
const HUGE_FROM: usize = 64 << 20;
const _: () = assert!(
    HUGE.is_multiple_of(ARENA)
        && FOR_SMALL.is_multiple_of(PAGE_SIZE)
        && HUGE_FROM.is_multiple_of(HUGE)
);
/// Idle memory kept ready, for pages and for spans.
const IDLE: usize = 4 << 20;

/// Pages that belong to nobody.
pub(crate) struct PageStock {
    /// Released pages whose memory is still there.
    dirty: Vec<*mut Page>,
    /// Released pages whose memory went back to the system.
    clean: Vec<*mut Page>,
    /// The lowest page never used.
    next: *mut u8,
    /// End of the accessible memory above `next`.
    committed: *mut u8,
    /// End of the region, as far as it may be used.
    end: *mut u8,
    /// How much has to be accessible for [`when_grown`]'s function to be called next.
    tell_at: usize,
    /// Whether [`SPARE_PAGES`] pages behind `end` are kept back.
    spare_behind: bool,
    /// Pages kept back in their place once those have been given out.
    spare: Vec<*mut Page>,
}

/// More than a start takes.
const GROWN: usize = 3 << 20;

/// What is called when the heap has grown.
static NOTIFY: OnceLock<fn()> = OnceLock::new();

/// Has a function called when the heap has grown beyond what a start takes, and each time that
/// it has grown by half after that. It must not use the heap.
pub fn when_grown(notify: fn()) {
    let _ = NOTIFY.set(notify);
}

/// Pages for what has to be done when memory is exhausted.
const SPARE_PAGES: usize = 16;

impl PageStock {
    pub(crate) const fn new() -> PageStock {
        let null = std::ptr::null_mut();
        PageStock {
            dirty: Vec::new(),
            clean: Vec::new(),
            next: null,
            committed: null,
            end: null,
            tell_at: GROWN,
            spare_behind: false,
            spare: Vec::new(),
        }
    }

    /// Idle pages, with and without memory.
    pub(crate) fn idle(&self) -> (usize, usize) {
        (self.dirty.len(), self.clean.len())
    }

    /// Makes the first piece of a region accessible. (Where it cannot be, the first page tells.)
    ///
    /// # Safety
    /// Nothing of the region is in use yet.
    unsafe fn begin(&mut self) {
        if self.end.addr() - self.next.addr() < HUGE || !make_accessible(self.next, HUGE) {
            return;
        }
        provide_piece(self.next);
        self.committed = self.next.wrapping_add(HUGE);
        for _ in 0..FOR_SMALL / small::CHUNK {
            // SAFETY: nobody else gets this part of the piece.
            unsafe { small::give_chunk(self.next) };
            self.next = self.next.wrapping_add(small::CHUNK);
        }
    }

    /// Bytes of accessible memory for single pages.
    pub(crate) fn committed_bytes(&self, base: usize) -> usize {
        self.committed.addr().saturating_sub(base)
    }

    /// Calls the function of [`when_grown`] if it is time.
    fn tell_if_grown(&mut self, base: usize) {
        let grown = self.committed_bytes(base);
        if grown >= self.tell_at {
            self.tell_at = grown + grown / 2;
            if let Some(notify) = NOTIFY.get() {
                notify();
            }
        }
    }
}

/// Reserves the region. False when the system has not even the smallest one.
#[cold]
fn reserve() -> bool {
    let mut limit = libc::rlimit {
        rlim_cur: libc::RLIM_INFINITY,
        rlim_max: libc::RLIM_INFINITY,
    };
    // SAFETY: getrlimit fills the struct it is given.
    unsafe { libc::getrlimit(libc::RLIMIT_AS, &raw mut limit) };
    let mut size = RESERVE;
    while size as u64 > limit.rlim_cur / 2 && size > RESERVE_MIN {
        size /= 2;
    }
    while size >= RESERVE_MIN {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        // SAFETY: a fresh private mapping at an address of the system's choice.
        let start = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                size + HUGE,
                libc::PROT_NONE,
                flags,
                -1,
                0,
            )
        };
        if start != libc::MAP_FAILED {
            crate::large::keep_freed_memory();
            crate::large::provide_first();
            let start = start.cast::<u8>();
            let base = start.map_addr(|a| a.next_multiple_of(HUGE));
            // SAFETY: the caller holds the GIL, as everybody who allocates.
            unsafe {
                (*HOT.get()).base = base.addr();
                (*HOT.get()).size = size;
                let stock = &mut (*COLD.get()).stock;
                stock.next = base;
                stock.committed = base;
                stock.end = base.add(size - SPARE_PAGES * PAGE_SIZE);
                stock.spare_behind = true;
                stock.begin();
            }
            return true;
        }
        size /= 2;
    }
    false
}

fn make_accessible(start: *mut u8, length: usize) -> bool {
    // SAFETY: callers pass ranges inside the reserved region.
    unsafe { libc::mprotect(start.cast(), length, libc::PROT_READ | libc::PROT_WRITE) == 0 }
}

/// Has the system provide memory that will be used: one call in place of a fault for each page
/// of its. What the memory holds does not change.
///
/// # Safety
/// The range is of the caller's accessible memory, and begins with a page.
pub(crate) unsafe fn provide(start: *mut u8, length: usize) {
    #[cfg(target_os = "linux")]
    // SAFETY: the contract. (Where there is no memory, the use of it will tell.)
    unsafe {
        libc::madvise(start.cast(), length, libc::MADV_POPULATE_WRITE);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (start, length);
}

/// Has the system provide [`HUGE`] bytes in one piece, if it has such a piece and its settings
/// allow it, in a twentieth of the time that so many single pages take. Only now: that it makes
/// one piece again of what is given back in part, as it would later on, is not wanted.
fn provide_piece(start: *mut u8) {
    #[cfg(target_os = "linux")]
    // SAFETY: the range is accessible memory of the region that nobody uses yet.
    unsafe {
        if libc::madvise(start.cast(), HUGE, libc::MADV_HUGEPAGE) == 0 {
            start.write_volatile(0);
            libc::madvise(start.cast(), HUGE, libc::MADV_NOHUGEPAGE);
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = start;
}

fn give_back(start: *mut u8, length: usize) {
    // SAFETY: callers pass accessible ranges of the region that nobody uses.
    unsafe { libc::madvise(start.cast(), length, libc::MADV_DONTNEED) };
}

/// Accessible memory from above all that was ever used, or null.
///
/// # Safety
/// The heap's contract.
unsafe fn take_fresh(length: usize) -> *mut u8 {
    // SAFETY: the GIL is held; no other reference to the stock exists here.
    let stock = unsafe { &mut (*COLD.get()).stock };
    if stock.next.is_null() && !reserve() {
        return std::ptr::null_mut();
    }
    let ready = stock.committed.addr() - stock.next.addr();
    if ready < length {
        // SAFETY: the GIL is held.
        let base = unsafe { (*HOT.get()).base };
        let room = stock.end.addr() - stock.committed.addr();
        // Grow by an eighth: a large heap calls the system seldom, a small one stays small.
        let committed = stock.committed_bytes(base);
        let wanted = (committed / 8).clamp(ARENA, 64 << 20);
        let end = (committed + wanted.max(length - ready)).next_multiple_of(ARENA);
        let end = match end > HUGE_FROM {
            true => end.next_multiple_of(HUGE),
            false => end,
        };
        let wanted = (end - committed).min(room);
        if wanted < length - ready || !make_accessible(stock.committed, wanted) {
            return std::ptr::null_mut();
        }
        stock.committed = stock.committed.wrapping_add(wanted);
        stock.tell_if_grown(base);
    }
    let start = stock.next;
    stock.next = start.wrapping_add(length);
    let piece = start.map_addr(|a| a.next_multiple_of(HUGE));
    // SAFETY: the GIL is held.
    let offset = piece.addr() - unsafe { (*HOT.get()).base };
    // (A long span may never be used whole.)
    if piece.addr() < stock.next.addr()
        && offset >= HUGE_FROM
        && piece.addr() + HUGE <= stock.committed.addr()
        && length < HUGE
    {
        provide_piece(piece);
    }
    start
}

/// An unused page, or null. Its contents are undefined.
///
/// # Safety
/// The heap's contract.
pub(crate) unsafe fn take_page() -> *mut Page {
    // SAFETY: the GIL is held; the reference to the stock ends before `take_fresh`.
    unsafe {
        let stock = &mut (*COLD.get()).stock;
        match stock.dirty.pop().or_else(|| stock.clean.pop()) {
            Some(page) => page,
            None => take_fresh(PAGE_SIZE).cast(),
        }
    }
}

/// Lets go of reserved address space, so that at most half of `limit` bytes are taken,
/// or what is in use if that is more. To be called when the process lowers its limit of
/// address space (`RLIMIT_AS`), which the reservation would otherwise fill alone.
///
/// # Safety
/// The heap's contract.
pub unsafe fn limit_address_space(limit: usize) {
    // SAFETY: the GIL is held; nothing above `committed` has ever been handed out.
    unsafe {
        let hot = HOT.get();
        if (*hot).base == 0 {
            return;
        }
        let stock = &mut (*COLD.get()).stock;
        let spare = stock.spare_behind as usize * SPARE_PAGES * PAGE_SIZE;
        let size = (limit / 2 / ARENA * ARENA).max(stock.committed_bytes((*hot).base) + spare);
        if size < (*hot).size {
            let end = stock.end.wrapping_sub((*hot).size - size);
            if libc::munmap(end.wrapping_add(spare).cast(), (*hot).size - size) == 0 {
                stock.end = end;
                (*hot).size = size;
            }
        }
    }
}

/// Gives out the pages kept back: memory is exhausted, and MemoryError is to be raised.
/// As many are kept back again when others have been released.
///
/// # Safety
/// The heap's contract.
pub unsafe fn open_spare() {
    // SAFETY: the GIL is held; no other reference to the stock exists here.
    let stock = unsafe { &mut (*COLD.get()).stock };
    if stock.spare_behind {
        stock.spare_behind = false;
        stock.end = stock.end.wrapping_add(SPARE_PAGES * PAGE_SIZE);
    } else if stock.dirty.try_reserve(stock.spare.len()).is_ok() {
        stock.dirty.append(&mut stock.spare);
    }
}

/// Takes back a page that is on no list.
///
/// # Safety
/// Nobody uses the page any more.
pub(crate) unsafe fn put_page(page: *mut Page) {
    // SAFETY: the GIL is held; no other reference to the stock exists here.
    let stock = unsafe { &mut (*COLD.get()).stock };
    if !stock.spare_behind
        && stock.spare.len() < SPARE_PAGES
        && stock.spare.try_reserve_exact(SPARE_PAGES).is_ok()
    {
        return stock.spare.push(page);
    }
    if stock.dirty.try_reserve(1).is_ok() {
        stock.dirty.push(page);
    }
    if stock.dirty.len() > IDLE / PAGE_SIZE {
        stock.clean_down_to(IDLE / PAGE_SIZE / 2);
    }
}

impl PageStock {
    /// Gives memory back until at most `keep` idle pages have some; neighbours at once.
    fn clean_down_to(&mut self, keep: usize) {
        let count = self.dirty.len().saturating_sub(keep);
        if count == 0 || self.clean.try_reserve(count).is_err() {
            return;
        }
        self.dirty.sort_unstable_by(|a, b| b.cmp(a));
        let mut run: (*mut u8, usize) = (std::ptr::null_mut(), 0);
        for page in self.dirty.drain(..count) {
            let start = page.cast::<u8>();
            if start.wrapping_add(PAGE_SIZE) == run.0 {
                run = (start, run.1 + PAGE_SIZE);
            } else {
                if run.1 > 0 {
                    give_back(run.0, run.1);
                }
                run = (start, PAGE_SIZE);
            }
            self.clean.push(page);
        }
        give_back(run.0, run.1);
    }
}

/// Gives all idle memory back to the operating system.
///
/// # Safety
/// The heap's contract.
pub unsafe fn trim() {
    // SAFETY: the GIL is held; no other reference to the fields exists here.
    unsafe {
        (*COLD.get()).stock.clean_down_to(0);
        (*COLD.get()).spans.clean();
    }
}

/// Span lengths are rounded up to eight steps in each doubling.
const SPAN_CLASSES: usize = 8 * 24;

/// Unused spans, by length.
pub(crate) struct FreeSpans {
    classes: [Vec<FreeSpan>; SPAN_CLASSES],
    idle_bytes: usize,
}

struct FreeSpan {
    page: *mut Page,
    dirty: bool,
}

/// The class of a span of `pages` pages, and the pages a span of that class has.
fn span_class(pages: usize) -> (usize, usize) {
    if pages <= 8 {
        return (pages, pages);
    }
    let shift = (pages - 1).ilog2() as usize - 3;
    let steps = ((pages - 1) >> shift) + 1;
    ((shift + 1) * 8 + steps - 8, steps << shift)
}

impl FreeSpans {
    pub(crate) const fn new() -> FreeSpans {
        FreeSpans {
            classes: [const { Vec::new() }; SPAN_CLASSES],
            idle_bytes: 0,
        }
    }

    fn clean(&mut self) {
        for (class, spans) in self.classes.iter_mut().enumerate() {
            for span in spans.iter_mut().filter(|s| s.dirty) {
                let pages = if class <= 8 {
                    class
                } else {
                    (class % 8 + 8) << (class / 8 - 1)
                };
                give_back(span.page.cast(), pages * PAGE_SIZE);
                span.dirty = false;
            }
        }
        self.idle_bytes = 0;
    }
}

/// An unused span of at least `pages` pages and how many it has; null when out of
/// memory.
///
/// # Safety
/// The heap's contract.
pub(crate) unsafe fn take_span(pages: usize) -> (*mut Page, usize) {
    const NONE: (*mut Page, usize) = (std::ptr::null_mut(), 0);
    let (class, pages) = span_class(pages);
    // SAFETY: the GIL is held; no other reference to the spans exists here.
    let spans = unsafe { &mut (*COLD.get()).spans };
    let Some(list) = spans.classes.get_mut(class) else {
        return NONE;
    };
    let length = pages * PAGE_SIZE;
    if let Some(span) = list.pop() {
        if span.dirty {
            spans.idle_bytes -= length;
        }
        return (span.page, pages);
    }
    // SAFETY: same contract.
    (unsafe { take_fresh(length) }.cast(), pages)
}

/// Takes back a span from [`take_span`].
///
/// # Safety
/// Nobody uses the span any more; `pages` is what `take_span` said.
pub(crate) unsafe fn put_span(page: *mut Page, pages: usize) {
    // SAFETY: the GIL is held; no other reference to the spans exists here.
    let spans = unsafe { &mut (*COLD.get()).spans };
    let (class, _) = span_class(pages);
    let length = pages * PAGE_SIZE;
    let dirty = spans.idle_bytes + length <= IDLE;
    if dirty {
        spans.idle_bytes += length;
    } else {
        give_back(page.cast(), length);
    }
    let list = &mut spans.classes[class];
    if list.try_reserve(1).is_ok() {
        list.push(FreeSpan { page, dirty });
    }
}
