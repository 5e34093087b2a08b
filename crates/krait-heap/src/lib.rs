//! Krait's private heap: size-class pools, large blocks and the cycle collector.
//!
//! What pymalloc and `gc.c` are for CPython. All memory of the pools lies in one
//! reserved range of addresses, cut into pages of 32 KiB. A page holds blocks of
//! one size and of one kind: objects the collector may have to walk ("gc") or
//! anything else ("plain"). Whether a block is tracked, finalised, young or frozen
//! is written in the page's table, never in the object: an object has CPython's
//! sixteen bytes of header and nothing in front of them.
//!
//! # Contract of every `unsafe` function here
//!
//! The caller holds the GIL (there is one heap, no locks and no atomics), and a
//! pointer passed in is the start of a live block of this heap, unless the function
//! says that it takes any pointer.
//!
//! # What always holds
//!
//! * `page_of(p)` of a block is its page's header; blocks are 16-byte aligned.
//! * A page with free blocks is in its bin's list; a page found full is in none, until
//!   enough of its blocks are free again.
//! * A gc page is on the young list if one of its blocks is tracked in generation 0,
//!   on the middle list if one is in generation 1, and always on the list of all.
//! * While a collection runs no page leaves the heap, so that marks stay readable.

mod alloc;
mod classes;
mod collect;
mod finalizers;
mod generations;
mod global;
mod graph;
mod large;
mod marks;
mod object;
mod pages;
mod raw;
mod region;
mod small;
mod spare;
mod stats;
mod trace;
mod track;
#[cfg(feature = "validate")]
mod validate;

pub use alloc::{alloc_object, free_object, is_gc, is_pool_address, resize_object, usable_size};
pub use classes::MAX_SMALL;
pub use collect::{Collected, CollectorHooks, Unreachable, Weakrefs, collect, collect_due};
pub use generations::{
    GENERATIONS, GenerationStats, collection_due, counts, disable, due_generation, enable,
    generation_stats, is_collecting, is_enabled, old_are_initial, set_due_notifier, set_thresholds,
    thresholds,
};
pub use graph::{prefetch, visit_items};
pub use large::limit_arenas;
pub use raw::{alloc_raw, alloc_raw_zeroed, free_raw, realloc_raw};
pub use stats::{allocated_blocks, debug_stats};
pub use trace::{TraceHooks, start_tracing, stop_tracing};
pub use track::{
    age, all_objects, for_each_object, for_each_tracked, freeze, frozen_count, is_finalized,
    is_tracked, set_finalized, track, unfreeze, untrack,
};
#[cfg(feature = "validate")]
pub use validate::validate;

pub use region::{limit_address_space, open_spare, trim, when_grown};
pub use spare::{ProgramMemory, keep_spare};

#[cfg(test)]
mod tests;
