//! A random program: nodes made, linked, dropped and collected, against a model.

use std::collections::HashSet;
use std::ptr::null_mut;

use super::*;

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit
    }
}

/// All nodes that can be reached from the held ones.
unsafe fn reachable(held: &[*mut Node]) -> HashSet<*mut Node> {
    let mut found: HashSet<_> = held.iter().copied().collect();
    let mut stack = held.to_vec();
    while let Some(node) = stack.pop() {
        // SAFETY: held nodes are live, and so is all they refer to.
        for &target in unsafe { refs(node).iter() }.filter(|t| !t.is_null()) {
            if found.insert(target) {
                stack.push(target);
            }
        }
    }
    found
}

fn random_len(random: &mut Random) -> usize {
    match random.below(100) {
        0 => 600 + random.below(5000),
        1..10 => random.below(300),
        _ => random.below(8),
    }
}

#[test]
fn random_graphs() {
    let _gil = gil();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut hooks = Hooks {
        // Some finalisers make garbage, some break their object's cycle.
        on_finalize: Some(|it| {
            let other = node(&types().plain, 1);
            // SAFETY: the lock is held; a finaliser's object is live.
            unsafe {
                set(other, 0, other);
                drop_ref(other);
                if (*it).len > 2 {
                    set(it, 0, null_mut());
                }
            }
        }),
        ..Hooks::default()
    };
    // SAFETY: the lock is held; `held` owns a reference to each of its nodes.
    unsafe {
        let before = tracked(None);
        let mut held: Vec<*mut Node> = Vec::new();
        for step in 0..200_000 {
            match random.below(10) {
                0..4 => {
                    let ty = if random.below(10) == 0 {
                        &types().finalized
                    } else {
                        &types().plain
                    };
                    held.push(node(ty, random_len(&mut random)));
                }
                4..8 if held.len() > 1 => {
                    let from = held[random.below(held.len())];
                    let to = held[random.below(held.len())];
                    if (*from).len > 0 {
                        set(from, random.below((*from).len), to);
                    }
                }
                _ if held.len() > 300 || random.below(4) == 0 && !held.is_empty() => {
                    let index = random.below(held.len());
                    drop_ref(held.swap_remove(index));
                }
                _ => {}
            }
            if step % 1000 == 0 {
                let wanted = reachable(&held);
                crate::collect(random.below(3), &mut hooks);
                assert_eq!(reachable(&held), wanted);
            }
        }
        for _ in 0..2 {
            crate::collect(2, &mut hooks);
        }
        assert_eq!(tracked(None) - before, reachable(&held).len());
        held.into_iter().for_each(|n| drop_ref(n));
        for _ in 0..2 {
            crate::collect(2, &mut hooks);
        }
        assert_eq!(tracked(None), before);
    }
}
