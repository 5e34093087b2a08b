//! Memory by address.
//!
//! What is asked of the program: the bytes named are mapped, and nobody else relies on
//! them not to change. Addresses need no alignment.

use std::cell::UnsafeCell;

use krait_object::{Py, PyResult, Str, Value, raise};

/// A pointer to memory that somebody has exposed: C, or `Block` and `Slot` here.
fn at(address: usize) -> *mut u8 {
    std::ptr::with_exposed_provenance_mut(address)
}

/// Reads so many bytes.
#[inline]
pub fn read<const N: usize>(address: usize) -> [u8; N] {
    // SAFETY: what the module asks of the program.
    unsafe { at(address).cast::<[u8; N]>().read_unaligned() }
}

/// Writes bytes.
#[inline]
pub fn write(address: usize, bytes: &[u8]) {
    // SAFETY: what the module asks of the program; the bytes may even be the same.
    unsafe { std::ptr::copy(bytes.as_ptr(), at(address), bytes.len()) }
}

/// Copies bytes from one place to another; they may overlap.
pub fn copy(from: usize, to: usize, len: usize) {
    if len > 0 {
        // SAFETY: what the module asks of the program.
        unsafe { std::ptr::copy(at(from), at(to), len) }
    }
}

/// A copy of bytes.
pub fn to_vec(address: usize, len: usize) -> Vec<u8> {
    if len == 0 {
        return Vec::new();
    }
    // SAFETY: what the module asks of the program; copied before anything else runs.
    unsafe { std::slice::from_raw_parts(at(address), len) }.to_vec()
}

/// A copy of a C string, without the zero at its end.
pub fn c_string(address: usize) -> Vec<u8> {
    // SAFETY: what the module asks of the program: a zero ends the bytes.
    unsafe { std::ffi::CStr::from_ptr(at(address).cast()) }
        .to_bytes()
        .to_vec()
}

/// A copy of wide characters.
pub fn wide(address: usize, len: usize) -> Vec<u32> {
    (0..len)
        .map(|i| u32::from_ne_bytes(read(address + 4 * i)))
        .collect()
}

/// A copy of the wide characters before a zero, of at most so many.
pub fn wide_string(address: usize, most: usize) -> Vec<u32> {
    (0..most)
        .map(|i| u32::from_ne_bytes(read(address + 4 * i)))
        .take_while(|&c| c != 0)
        .collect()
}

/// The string of some wide characters, which need not be characters at all.
pub fn wide_text(py: Py, units: &[u32]) -> PyResult {
    match units.iter().find(|&&unit| unit > u32::from(char::MAX)) {
        Some(unit) => raise!(
            py,
            ValueError,
            "character U+{unit:x} is not in range [U+0000; U+10ffff]"
        ),
        None => Ok(Value::from(Str::from_u32(units))),
    }
}

/// The bytes' address, from where C reads them.
pub fn exposed(bytes: &[u8]) -> usize {
    bytes.as_ptr().expose_provenance()
}

/// Zeroed memory, aligned for every C type, freed when dropped.
pub struct Block {
    start: *mut u8,
    len: usize,
}

impl Block {
    /// `None` where there is not so much memory.
    pub fn new(len: usize) -> Option<Block> {
        // SAFETY: a plain allocation; `calloc` aligns for every C type.
        let start = unsafe { libc::calloc(len.max(1), 1) }.cast::<u8>();
        (!start.is_null()).then_some(Block { start, len })
    }

    pub fn of_bytes(bytes: &[u8]) -> Option<Block> {
        let block = Block::new(bytes.len())?;
        write(block.address(), bytes);
        Some(block)
    }

    pub fn address(&self) -> usize {
        self.start.expose_provenance()
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: the allocation is the block's own.
        unsafe { libc::free(self.start.cast()) }
    }
}

/// Room for any value of a basic C type, inside whatever holds the slot. Objects lie at
/// multiples of 8 only; libffi copies what needs more.
#[repr(C, align(8))]
pub struct Slot(UnsafeCell<[u8; Slot::SIZE]>);

impl Slot {
    pub const SIZE: usize = 32;

    /// A slot of zeros.
    pub fn new() -> Slot {
        Slot(UnsafeCell::new([0; Slot::SIZE]))
    }

    /// Where it is, as long as it is not moved.
    #[inline]
    pub fn address(&self) -> usize {
        self.0.get().expose_provenance()
    }

    /// The first bytes.
    #[inline]
    pub fn read<const N: usize>(&self) -> [u8; N] {
        const { assert!(N <= Slot::SIZE) };
        read(self.address())
    }
}

impl Default for Slot {
    fn default() -> Slot {
        Slot::new()
    }
}

impl Clone for Slot {
    fn clone(&self) -> Slot {
        Slot(UnsafeCell::new(self.read()))
    }
}
