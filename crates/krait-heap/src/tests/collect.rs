//! Collections: what is found, in which order things happen, and what is remembered.

use std::ptr::null_mut;

use super::*;
use crate::{collect, counts, generation_stats, is_finalized, is_tracked};

fn full(hooks: &mut Hooks) -> crate::Collected {
    // SAFETY: the tests hold the lock.
    unsafe { collect(2, hooks) }
}

#[test]
fn a_cycle_is_collected_and_what_is_held_is_not() {
    let _gil = gil();
    // SAFETY: the lock is held; nodes are live where they are used.
    unsafe {
        let before = tracked(None);
        let kept = node(&types().plain, 2);
        let (a, b) = (node(&types().plain, 1), node(&types().plain, 2));
        set(a, 0, b);
        set(b, 0, a);
        set(b, 1, kept);
        (*a).weak = 1;
        drop_ref(a);
        drop_ref(b);
        assert_eq!(tracked(None), before + 3);
        let mut hooks = Hooks::default();
        let result = full(&mut hooks);
        assert_eq!((result.collected, result.uncollectable), (2, 0));
        assert_eq!(hooks.cleared_weakrefs, 1);
        assert_eq!(tracked(None), before + 1);
        assert_eq!((*kept).head.ob_refcnt, 1);
        drop_ref(kept);
    }
}

#[test]
fn survivors_age_and_young_collections_leave_them_alone() {
    let _gil = gil();
    // SAFETY: the lock is held; nodes are live where they are used.
    unsafe {
        let mut hooks = Hooks::default();
        full(&mut hooks);
        let old = tracked(Some(2));
        let a = node(&types().plain, 1);
        set(a, 0, a);
        assert_eq!(tracked(Some(0)), 1);
        assert_eq!(collect(0, &mut hooks).candidates, 1);
        assert_eq!((tracked(Some(0)), tracked(Some(1))), (0, 1));
        drop_ref(a);
        assert_eq!(collect(0, &mut hooks), Default::default());
        assert_eq!(counts()[1..], [2, 0]);
        let held = node(&types().plain, 0);
        let result = collect(1, &mut hooks);
        assert_eq!((result.candidates, result.collected), (2, 1));
        assert_eq!(tracked(Some(2)), old + 1);
        assert_eq!(counts()[1..], [0, 1]);
        drop_ref(held);
    }
}

#[test]
fn finalizers_run_once_and_can_bring_back() {
    let _gil = gil();
    // SAFETY: the lock is held; nodes are live where they are used.
    unsafe {
        let (a, b) = (node(&types().finalized, 1), node(&types().plain, 1));
        set(a, 0, b);
        set(b, 0, a);
        drop_ref(a);
        drop_ref(b);
        let mut hooks = Hooks {
            on_finalize: Some(|node| (*node).head.ob_refcnt += 1),
            ..Hooks::default()
        };
        assert_eq!(full(&mut hooks).collected, 0);
        assert_eq!(hooks.finalized, [a]);
        assert!(is_finalized(a.cast()) && is_tracked(b.cast()));
        drop_ref(a);
        assert_eq!(full(&mut hooks).collected, 2);
        assert_eq!(hooks.finalized.len(), 1);
    }
}

#[test]
fn finalizers_may_break_the_cycle_themselves() {
    let _gil = gil();
    // SAFETY: the lock is held; nodes are live where they are used.
    unsafe {
        let before = tracked(None);
        let (a, b) = (node(&types().finalized, 1), node(&types().finalized, 1));
        set(a, 0, b);
        set(b, 0, a);
        drop_ref(a);
        drop_ref(b);
        let mut hooks = Hooks {
            on_finalize: Some(|it| {
                set(it, 0, null_mut());
                // Takes the place of what has just been released.
                let other = node(&types().plain, 1);
                set(other, 0, other);
                drop_ref(other);
            }),
            ..Hooks::default()
        };
        full(&mut hooks);
        hooks.on_finalize = None;
        full(&mut hooks);
        assert_eq!(tracked(None), before);
    }
}

#[test]
fn legacy_finalizers_keep_what_they_reach() {
    let _gil = gil();
    // SAFETY: the lock is held; nodes are live where they are used.
    unsafe {
        let (a, b, c) = (
            node(&types().legacy, 2),
            node(&types().plain, 1),
            node(&types().plain, 2),
        );
        set(a, 0, b);
        set(b, 0, a);
        set(c, 0, a);
        set(c, 1, c);
        [a, b, c].into_iter().for_each(|n| drop_ref(n));
        let mut hooks = Hooks::default();
        let result = full(&mut hooks);
        assert_eq!((result.collected, result.uncollectable), (1, 2));
        assert_eq!(hooks.garbage, [a.cast()]);
        assert!(generation_stats()[2].uncollectable >= 2);
        set(a, 0, null_mut());
        drop_ref(a);
    }
}

#[test]
fn save_all_clears_nothing() {
    let _gil = gil();
    // SAFETY: the lock is held; nodes are live where they are used.
    unsafe {
        let a = node(&types().plain, 1);
        set(a, 0, a);
        drop_ref(a);
        let mut hooks = Hooks {
            save_all: true,
            ..Hooks::default()
        };
        assert_eq!(full(&mut hooks).collected, 1);
        assert_eq!(hooks.garbage, [a.cast()]);
        assert_eq!((*a).head.ob_refcnt, 2);
        set(a, 0, null_mut());
        drop_ref(a);
    }
}

#[test]
fn immortal_and_foreign_objects_are_outside() {
    let _gil = gil();
    // SAFETY: the lock is held; nodes are live where they are used.
    unsafe {
        let mut foreign = Node {
            head: PyObject::ZERO,
            len: 0,
            weak: 0,
            refs: [],
        };
        foreign.head.ob_refcnt = 1;
        let (immortal, a) = (node(&types().plain, 1), node(&types().plain, 3));
        set(immortal, 0, a);
        set(a, 0, immortal);
        set(a, 1, &raw mut foreign);
        (*immortal).head.ob_refcnt = 3 << 30;
        drop_ref(a);
        let mut hooks = Hooks::default();
        let result = full(&mut hooks);
        assert_eq!(result.collected, 0);
        assert_eq!((*a).head.ob_refcnt, 1);
        (*immortal).head.ob_refcnt = 2;
        crate::untrack((&raw mut foreign).cast());
        assert!(!is_tracked((&raw mut foreign).cast()));
        set(immortal, 0, null_mut());
        drop_ref(immortal);
    }
}

#[test]
fn frozen_objects_are_not_looked_at() {
    let _gil = gil();
    // SAFETY: the lock is held; nodes are live where they are used.
    unsafe {
        let mut hooks = Hooks::default();
        let a = node(&types().plain, 1);
        set(a, 0, a);
        drop_ref(a);
        crate::freeze();
        assert!(crate::frozen_count() >= 1);
        assert_eq!(full(&mut hooks), Default::default());
        assert_eq!(tracked(None), 0);
        crate::unfreeze();
        assert_eq!(crate::frozen_count(), 0);
        assert_eq!(full(&mut hooks).collected, 1);
    }
}

#[test]
fn large_and_deep_structures() {
    let _gil = gil();
    // SAFETY: the lock is held; nodes are live where they are used.
    unsafe {
        let before = tracked(None);
        let mut big = node(&types().plain, 100_000);
        for i in 0..100_000 {
            let child = node(&types().plain, 1);
            set(child, 0, big);
            set(big, i, child);
            drop_ref(child);
        }
        // A chain as long, from which the big one hangs.
        for _ in 0..100_000 {
            let link = node(&types().plain, 1);
            set(link, 0, big);
            drop_ref(big);
            big = link;
        }
        let mut hooks = Hooks::default();
        assert_eq!(full(&mut hooks).collected, 0);
        drop_ref(big);
        assert_eq!(full(&mut hooks).collected, 100_001);
        assert_eq!(tracked(None), before);
    }
}

#[test]
fn due_after_the_threshold() {
    let _gil = gil();
    // SAFETY: the lock is held; nodes are live where they are used.
    unsafe {
        let mut hooks = Hooks::default();
        full(&mut hooks);
        let old = crate::thresholds();
        crate::set_thresholds([10, 2, 2]);
        let mut nodes = Vec::new();
        for i in 0..11 {
            assert_eq!(crate::collection_due(), i > 10);
            nodes.push(node(&types().plain, 0));
        }
        assert!(crate::collection_due());
        crate::disable();
        assert!(!crate::collection_due() && !crate::is_enabled());
        crate::enable();
        nodes.push(node(&types().plain, 0));
        assert!(crate::collection_due());
        assert_eq!(crate::collect_due(&mut hooks).candidates, 12);
        assert!(!crate::collection_due());
        assert_eq!(counts(), [0, 1, 0]);
        crate::set_thresholds(old);
        nodes.into_iter().for_each(|n| drop_ref(n));
    }
}

#[test]
fn the_debug_text_is_written() {
    let _gil = gil();
    let mut text = String::new();
    // SAFETY: the lock is held.
    unsafe { crate::debug_stats(&mut text).unwrap() };
    assert!(text.contains("Small block threshold = 4096"));
}
