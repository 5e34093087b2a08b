//! What the heap tells about itself.

use std::fmt;

use crate::classes::{CLASSES, GC_BINS, MAX_SMALL, class_size};
use crate::global::{COLD, HOT};
use crate::pages::{PAGE_SIZE, Page};

/// What one class has in use.
#[derive(Clone, Copy, Default)]
struct ClassUse {
    pages: usize,
    used: usize,
    available: usize,
}

/// Live blocks: objects and raw memory, pooled and large.
///
/// # Safety
/// The caller holds the GIL.
pub unsafe fn allocated_blocks() -> usize {
    // SAFETY: pages on the lists are live.
    unsafe {
        let cold = COLD.get();
        let pages = (*cold)
            .gc_pages
            .as_slice()
            .iter()
            .chain((*cold).plain_pages.as_slice());
        pages.map(|&page| (*page).used as usize).sum::<usize>() + (*HOT.get()).malloced
    }
}

fn count(pages: &[*mut Page], uses: &mut [ClassUse; CLASSES]) -> (usize, usize) {
    let mut large = (0, 0);
    for &page in pages {
        // SAFETY: pages on the lists are live.
        let page = unsafe { &*page };
        if page.large {
            large = (large.0 + 1, large.1 + page.span * PAGE_SIZE);
            continue;
        }
        let class = &mut uses[page.bin as usize % GC_BINS];
        class.pages += 1;
        class.used += page.used as usize;
        class.available += (page.capacity - page.used) as usize;
    }
    large
}

fn write_table(out: &mut impl fmt::Write, kind: &str, uses: &[ClassUse]) -> fmt::Result {
    writeln!(out, "\n{kind} pools")?;
    writeln!(
        out,
        "class   size   num pools   blocks in use  avail blocks"
    )?;
    writeln!(
        out,
        "-----   ----   ---------   -------------  ------------"
    )?;
    for (class, of) in uses.iter().enumerate().filter(|(_, of)| of.pages > 0) {
        let size = class_size(class);
        writeln!(
            out,
            "{class:5} {size:6} {:11} {:15} {:13}",
            of.pages, of.used, of.available
        )?;
    }
    Ok(())
}

/// Writes the text of `sys._debugmallocstats()`.
///
/// # Safety
/// The caller holds the GIL.
pub unsafe fn debug_stats(out: &mut impl fmt::Write) -> fmt::Result {
    // SAFETY: the GIL is held, and `out` is not the heap.
    let (cold, hot) = unsafe { (&*COLD.get(), &*HOT.get()) };
    let mut plain = [ClassUse::default(); CLASSES];
    let mut gc = [ClassUse::default(); CLASSES];
    count(cold.plain_pages.as_slice(), &mut plain);
    let (large, large_bytes) = count(cold.gc_pages.as_slice(), &mut gc);
    writeln!(
        out,
        "Small block threshold = {MAX_SMALL}, in {} size classes.",
        CLASSES - 1
    )?;
    write_table(out, "plain", &plain)?;
    write_table(out, "gc", &gc)?;
    let (dirty, clean) = cold.stock.idle();
    let committed = cold.stock.committed_bytes(hot.base);
    writeln!(out, "\n# bytes made accessible            = {committed:15}")?;
    writeln!(out, "# unused pools, with memory        = {dirty:15}")?;
    writeln!(out, "# unused pools, memory given back  = {clean:15}")?;
    writeln!(out, "# bytes in a pool                  = {PAGE_SIZE:15}")?;
    writeln!(out, "# large gc objects                 = {large:15}")?;
    writeln!(out, "# bytes in large gc objects        = {large_bytes:15}")?;
    writeln!(
        out,
        "# large plain blocks               = {:15}",
        hot.malloced
    )
}
