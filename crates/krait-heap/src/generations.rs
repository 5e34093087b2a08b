//! When to collect: allocation counts, thresholds and statistics of the generations.
//!
//! The rules are those of the `gc` module: a young collection after `threshold0` more
//! allocations than releases, a middle one after `threshold1` young ones, a full one
//! after `threshold2` middle ones if a quarter of the heap is new. While young collections
//! find next to nothing, as when a program is imported or builds what it keeps, they wait
//! for some times as many allocations; unless the program has set the thresholds itself.

use crate::collect::Collected;
use crate::global::{Global, HOT};

/// Young, middle and old.
pub const GENERATIONS: usize = 3;

/// What `gc.get_stats` tells of a generation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GenerationStats {
    /// Collections of this generation.
    pub collections: usize,
    /// Objects collected in them.
    pub collected: usize,
    /// Objects found unreachable that could not be collected.
    pub uncollectable: usize,
}

struct State {
    enabled: bool,
    thresholds: [i32; GENERATIONS],
    /// A young collection waits for so many times the threshold.
    patience: u32,
    /// The program has set the thresholds: they mean what they say.
    exact: bool,
    /// Young and middle collections since the next older one; index 0 is unused.
    counts: [u32; GENERATIONS],
    stats: [GenerationStats; GENERATIONS],
    /// Objects that survived the last full collection.
    long_lived: usize,
    /// Objects that have become old since then.
    long_lived_pending: usize,
    /// No object has become old since all were made old at once.
    initial: bool,
    notifier: Option<fn()>,
}

static STATE: Global<State> = Global::new(State {
    enabled: true,
    thresholds: [2000, 10, 10],
    patience: 1,
    exact: false,
    counts: [0; GENERATIONS],
    stats: [GenerationStats {
        collections: 0,
        collected: 0,
        uncollectable: 0,
    }; GENERATIONS],
    long_lived: 0,
    long_lived_pending: 0,
    initial: false,
    notifier: None,
});

/// Counts the allocation of a gc object.
#[inline(always)]
pub(crate) unsafe fn count_allocation() {
    // SAFETY: the GIL is held.
    unsafe {
        let hot = HOT.get();
        let young = (*hot).young + 1;
        (*hot).young = young;
        if young > (*hot).limit {
            becomes_due();
        }
    }
}

/// Counts the release of a gc object.
#[inline(always)]
pub(crate) unsafe fn count_release() {
    // SAFETY: the GIL is held.
    unsafe { (*HOT.get()).young = (*HOT.get()).young.saturating_sub(1) }
}

#[cold]
#[inline(never)]
unsafe fn becomes_due() {
    // SAFETY: the GIL is held.
    unsafe {
        // Nothing more to notice until the collection has run.
        (*HOT.get()).limit = u32::MAX;
        (*HOT.get()).due = true;
        if let Some(notify) = (*STATE.get()).notifier {
            notify();
        }
    }
}

/// Recomputes when the next collection is due.
pub(crate) unsafe fn update_limit() {
    // SAFETY: the GIL is held.
    unsafe {
        let (hot, state) = (HOT.get(), STATE.get());
        let active = (*state).enabled && !(*hot).collecting && (*state).thresholds[0] > 0;
        (*hot).limit = if active {
            ((*state).thresholds[0].max(0) as u32).saturating_mul((*state).patience)
        } else {
            u32::MAX
        };
        (*hot).due = false;
    }
}

/// Whether a collection should be run at the next safe point.
///
/// # Safety
/// The caller holds the GIL.
#[inline]
pub unsafe fn collection_due() -> bool {
    // SAFETY: the GIL is held.
    unsafe { (*HOT.get()).due }
}

/// A function called whenever a collection becomes due. It runs inside an allocation:
/// it may set a flag and nothing else.
///
/// # Safety
/// The caller holds the GIL.
pub unsafe fn set_due_notifier(notifier: fn()) {
    // SAFETY: the GIL is held.
    unsafe { (*STATE.get()).notifier = Some(notifier) }
}

/// Turns automatic collection on.
///
/// # Safety
/// The caller holds the GIL.
pub unsafe fn enable() {
    // SAFETY: the GIL is held.
    unsafe {
        (*STATE.get()).enabled = true;
        update_limit();
    }
}

/// Turns automatic collection off.
///
/// # Safety
/// The caller holds the GIL.
pub unsafe fn disable() {
    // SAFETY: the GIL is held.
    unsafe {
        (*STATE.get()).enabled = false;
        update_limit();
    }
}

/// Whether automatic collection is on.
///
/// # Safety
/// The caller holds the GIL.
pub unsafe fn is_enabled() -> bool {
    // SAFETY: the GIL is held.
    unsafe { (*STATE.get()).enabled }
}

/// Whether a collection is running.
///
/// # Safety
/// The caller holds the GIL.
pub unsafe fn is_collecting() -> bool {
    // SAFETY: the GIL is held.
    unsafe { (*HOT.get()).collecting }
}

/// The thresholds; a first one of zero turns automatic collection off, a negative one is
/// always exceeded.
///
/// # Safety
/// The caller holds the GIL.
pub unsafe fn thresholds() -> [i32; GENERATIONS] {
    // SAFETY: the GIL is held.
    unsafe { (*STATE.get()).thresholds }
}

/// Sets the thresholds.
///
/// # Safety
/// The caller holds the GIL.
pub unsafe fn set_thresholds(thresholds: [i32; GENERATIONS]) {
    // SAFETY: the GIL is held.
    unsafe {
        (*STATE.get()).thresholds = thresholds;
        ((*STATE.get()).patience, (*STATE.get()).exact) = (1, true);
        update_limit();
    }
}

/// What `gc.get_count` returns.
///
/// # Safety
/// The caller holds the GIL.
pub unsafe fn counts() -> [u32; GENERATIONS] {
    // SAFETY: the GIL is held.
    unsafe {
        let counts = (*STATE.get()).counts;
        [(*HOT.get()).young, counts[1], counts[2]]
    }
}

/// What `gc.get_stats` tells of the generations.
///
/// # Safety
/// The caller holds the GIL.
pub unsafe fn generation_stats() -> [GenerationStats; GENERATIONS] {
    // SAFETY: the GIL is held.
    unsafe { (*STATE.get()).stats }
}

/// The oldest generation whose collection is due; the young one if none is.
///
/// # Safety
/// The caller holds the GIL.
pub unsafe fn due_generation() -> usize {
    // SAFETY: the GIL is held.
    unsafe {
        let state = STATE.get();
        let due = |g: usize| i64::from((*state).counts[g]) > i64::from((*state).thresholds[g]);
        if due(2) && (*state).long_lived_pending >= (*state).long_lived / 4 {
            2
        } else if due(1) {
            1
        } else {
            0
        }
    }
}

/// A collection of `generation` starts: its count and the younger ones begin anew.
pub(crate) unsafe fn collection_starts(generation: usize) {
    // SAFETY: the GIL is held.
    unsafe {
        let counts = &mut (*STATE.get()).counts;
        counts[..=generation].fill(0);
        if generation + 1 < GENERATIONS {
            counts[generation + 1] = counts[generation + 1].saturating_add(1);
        }
        (*HOT.get()).young = 0;
    }
}

/// The survivors of a collection have moved to the next generation.
pub(crate) unsafe fn survivors(generation: usize, count: usize) {
    // SAFETY: the GIL is held.
    unsafe {
        let state = STATE.get();
        (*state).initial &= generation == 0;
        match generation {
            2 => ((*state).long_lived, (*state).long_lived_pending) = (count, 0),
            1 => (*state).long_lived_pending += count,
            _ => {}
        }
    }
}

/// All objects have become old: nothing is due.
pub(crate) unsafe fn begin_anew(old: usize) {
    // SAFETY: the GIL is held.
    unsafe {
        let state = STATE.get();
        (*state).counts.fill(0);
        ((*state).long_lived, (*state).long_lived_pending) = (old, 0);
        (*state).initial = true;
        (*HOT.get()).young = 0;
        update_limit();
    }
}

/// Old objects have come that were none when all were made old.
pub(crate) unsafe fn old_ones_come() {
    // SAFETY: the GIL is held.
    unsafe { (*STATE.get()).initial = false }
}

/// Whether the old objects are those that were there at the last [`age`](crate::age).
///
/// # Safety
/// The caller holds the GIL.
pub unsafe fn old_are_initial() -> bool {
    // SAFETY: the GIL is held.
    unsafe { (*STATE.get()).initial }
}

/// The most that young collections wait for, in thresholds: what such a collection looks at
/// takes some milliseconds.
const MOST_PATIENCE: u32 = 4;
/// Where one in so many objects is garbage, collections are worth their while.
const WORTHWHILE: usize = 16;

/// Adds a finished collection to the statistics, and draws the consequences.
pub(crate) unsafe fn collection_ends(generation: usize, done: Collected) {
    // SAFETY: the GIL is held.
    unsafe {
        let state = &mut *STATE.get();
        let stats = &mut state.stats[generation];
        stats.collections += 1;
        stats.collected += done.collected;
        stats.uncollectable += done.uncollectable;
        if done.collected * WORTHWHILE >= done.candidates {
            state.patience = 1;
        } else if generation == 0 && !state.exact {
            state.patience = (state.patience * 2).min(MOST_PATIENCE);
        }
        update_limit();
    }
}
