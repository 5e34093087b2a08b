//! Size classes: 16 bytes apart up to 512, then eight to each doubling up to 4096.
//!
//! The steps above 512 keep the waste inside a block below an eighth. Blocks of the largest
//! class are a little longer than it says: if they lay 4096 bytes apart, a copy from one to
//! another would read, as far as a processor can tell early, where it has just written, and
//! wait for that.

/// Blocks of up to this many bytes come from pools.
pub const MAX_SMALL: usize = 4096;

/// Up to here a class is the size divided by 16, rounded up.
pub(crate) const MAX_LINEAR: usize = 512;

/// What keeps blocks of the largest class from lying at the same place of their pages.
const STAGGER: usize = 64;

/// Number of classes; class 0 (size zero) has the same blocks as class 1.
pub(crate) const CLASSES: usize = 33 + 24;

const LAST: usize = CLASSES - 1;

/// Bytes that a class has of another's page, or at least [`FEW`] blocks.
const SHARED: usize = 4000;
const FEW: usize = 16;

/// Bins are laid out `[plain classes | gc classes]`, this far apart.
pub(crate) const GC_BINS: usize = 64;

/// The class of a size of at most [`MAX_LINEAR`] bytes.
#[inline(always)]
pub(crate) const fn linear_class(size: usize) -> usize {
    (size + 15) >> 4
}

/// The class of a size of at most [`MAX_SMALL`] bytes.
pub(crate) const fn class_of(size: usize) -> usize {
    if size <= MAX_LINEAR {
        return linear_class(size);
    }
    let top = (size - 1).ilog2() as usize;
    33 + (top - 9) * 8 + (((size - 1) >> (top - 3)) & 7)
}

/// The block size of a class, in bytes.
pub(crate) const fn class_size(class: usize) -> usize {
    match class {
        0 => 16,
        1..=32 => class << 4,
        LAST => MAX_SMALL + STAGGER,
        _ => {
            let step = class - 33;
            (9 + step % 8) << (6 + step / 8)
        }
    }
}

/// The class whose page a class uses while it has but a few blocks: the largest of its doubling.
pub(crate) const fn shared_class(class: usize) -> usize {
    match class {
        0..=4 => 4,
        5..=32 => class.next_power_of_two(),
        _ => class.next_multiple_of(8),
    }
}

/// So many blocks a class has of another's page where they take memory: most sizes are rare in
/// most programs, and a page of their own would take more.
pub(crate) const fn shared_blocks(class: usize) -> u8 {
    let blocks = SHARED / class_size(class);
    if blocks < FEW {
        FEW as u8
    } else {
        blocks as u8
    }
}
