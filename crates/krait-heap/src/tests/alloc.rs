//! Classes, blocks, resizing, and giving memory back.

use super::gil;
use crate::classes::{CLASSES, MAX_SMALL, class_of, class_size, shared_blocks, shared_class};
use crate::{
    alloc_object, alloc_raw, alloc_raw_zeroed, allocated_blocks, free_object, free_raw, is_gc,
    is_pool_address, realloc_raw, resize_object, usable_size,
};

#[test]
fn classes_fit_and_waste_little() {
    for size in 1..=MAX_SMALL {
        let class = class_of(size);
        assert!(class < CLASSES);
        assert!(class_size(class) >= size);
        assert!(class_size(class).is_multiple_of(16));
        assert!(
            class == 1 || class_size(class - 1) < size,
            "size {size} class {class}"
        );
    }
    assert!(class_size(CLASSES - 1) > MAX_SMALL);
}

#[test]
fn classes_share_with_one_not_much_larger() {
    for class in 0..CLASSES {
        let shared = shared_class(class);
        assert!(shared < CLASSES && shared >= class && shared_class(shared) == shared);
        let most = (2 * class_size(class)).max(65);
        assert!(class_size(shared) < most, "class {class}");
        assert!(shared_blocks(class) < u8::MAX);
    }
}

#[test]
fn a_size_that_is_not_rare_gets_blocks_of_its_own() {
    let _gil = gil();
    // SAFETY: the lock is held; each block is released once.
    unsafe {
        for gc in [false, true] {
            let blocks: Vec<_> = (0..300).map(|_| alloc_object(1100, gc)).collect();
            let sizes: Vec<_> = blocks.iter().map(|&block| usable_size(block)).collect();
            assert!(sizes.iter().all(|size| [1152, 2048].contains(size)));
            assert_eq!(sizes[256..], [1152; 44]);
            blocks.into_iter().for_each(|block| free_object(block));
        }
    }
}

#[test]
fn blocks_are_aligned_distinct_and_counted() {
    let _gil = gil();
    // SAFETY: the lock is held; each block is released once.
    unsafe {
        let before = allocated_blocks();
        let mut blocks = Vec::new();
        for size in (0..6000).step_by(7).chain([100_000, 5_000_000]) {
            for gc in [false, true] {
                let block = alloc_object(size, gc);
                assert!(!block.is_null() && block.addr().is_multiple_of(16));
                assert!(usable_size(block) >= size);
                assert_eq!(is_gc(block), gc);
                assert_eq!(is_pool_address(block), gc || size <= MAX_SMALL);
                block.write_bytes(blocks.len() as u8, size);
                blocks.push((block, size));
            }
        }
        assert_eq!(allocated_blocks(), before + blocks.len());
        for (i, &(block, size)) in blocks.iter().enumerate() {
            assert!(
                std::slice::from_raw_parts(block, size)
                    .iter()
                    .all(|&b| b == i as u8)
            );
        }
        for (block, _) in blocks {
            free_object(block);
        }
        assert_eq!(allocated_blocks(), before);
    }
}

#[test]
fn too_much_is_refused() {
    let _gil = gil();
    // SAFETY: the lock is held.
    unsafe {
        for size in [usize::MAX, usize::MAX / 2, isize::MAX as usize, 1 << 45] {
            assert!(alloc_object(size, true).is_null());
        }
        assert!(alloc_raw(usize::MAX).is_null());
        assert!(alloc_raw_zeroed(usize::MAX - 5).is_null());
        let block = alloc_raw(10);
        assert!(realloc_raw(block, usize::MAX).is_null());
        free_raw(block);
        free_raw(std::ptr::null_mut());
    }
}

#[test]
fn resizing_keeps_contents_and_marks() {
    let _gil = gil();
    // SAFETY: the lock is held; the block is always the newest one.
    unsafe {
        for gc in [false, true] {
            let mut block = alloc_object(40, gc);
            block.write_bytes(7, 40);
            crate::set_finalized(block);
            for size in [48, 500, 5000, 70_000, 1_000_000, 4097, 4096, 100, 33] {
                block = resize_object(block, size);
                assert!(usable_size(block) >= size);
                let kept = std::slice::from_raw_parts(block, 33);
                assert!(kept.iter().all(|&b| b == 7), "size {size} gc {gc}");
                assert_eq!(crate::is_finalized(block), gc);
                assert_eq!(is_gc(block), gc);
            }
            free_object(block);
        }
        let zeroed = alloc_raw_zeroed(3000);
        assert!(
            std::slice::from_raw_parts(zeroed, 3000)
                .iter()
                .all(|&b| b == 0)
        );
        free_raw(zeroed);
    }
}

#[test]
fn memory_of_many_empty_pages_goes_back() {
    let _gil = gil();
    let resident = || {
        let text = std::fs::read_to_string("/proc/self/statm").unwrap();
        text.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
    };
    // SAFETY: the lock is held; each block is released once.
    unsafe {
        let before = resident();
        let mut blocks: Vec<_> = (0..500_000).map(|_| alloc_object(128, true)).collect();
        blocks.iter().for_each(|b| b.write_bytes(1, 128));
        assert!(resident() > before + 60_000_000);
        for block in blocks.drain(..) {
            free_object(block);
        }
        drop(blocks);
        assert!(resident() < before + 12_000_000);
        crate::trim();
        let again = alloc_object(128, true);
        again.write_bytes(1, 128);
        free_object(again);
    }
}

#[test]
fn the_reservation_makes_room_for_others() {
    let _gil = gil();
    // SAFETY: the lock is held; each block is released once.
    unsafe {
        let small = alloc_object(10, true);
        crate::limit_address_space(8 << 30);
        assert!(alloc_object(6 << 30, true).is_null());
        let large = alloc_object(100 << 20, true);
        assert!(is_gc(large) && is_gc(small));
        free_object(large);
        free_object(small);
    }
}
