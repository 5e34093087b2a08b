//! The table behind a dict: entries in the order of insertion, and beside them an index
//! from hashes to entries.
//!
//! One raw block holds a head, the entries, and the index. Up to `LINEAR` entries there
//! is no index: the entries' hashes are compared one after the other. What always holds:
//!
//! * an entry whose key word is zero has been deleted; its value word is zero too;
//! * every living entry is reached from its hash; at least half of the index is empty;
//! * `filled + free <= capacity`, and no entry at or above `filled` has been written.
//!
//! Probing follows CPython's sequence (`hash & mask`, perturbed by the higher bits), so
//! that runs of small integers stay next to each other in the index.

use std::ptr::NonNull;

use krait_heap::{alloc_raw, free_raw};

/// One item of a dict. Words are those of `Value`s that the table owns.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Entry {
    pub hash: i64,
    pub key: u64,
    pub value: u64,
}

#[repr(C, align(8))]
struct Head {
    /// How many entries there is room for.
    capacity: u32,
    /// Entries written so far, with the deleted ones.
    filled: u32,
    /// How many more entries may be appended.
    free: u32,
    /// Binary logarithm of the index's length; 0 where there is no index.
    bits: u32,
    /// All entries below this one have been deleted: the start of every walk, so that
    /// taking items out at the front again and again does not pass over holes.
    first: u32,
}

/// Up to this capacity the entries are searched one by one.
pub const LINEAR: u32 = 8;
/// The capacity of a dict's first table.
const FIRST: u32 = 4;
/// The largest capacity: index numbers are 32 bits wide.
const LARGEST: u32 = 1 << 30;

const EMPTY: u32 = u32::MAX;
const DELETED: u32 = u32::MAX - 1;

/// A place of the index.
trait Place: Copy {
    fn read(self) -> u32;
    fn write(number: u32) -> Self;
}

macro_rules! places {
    ($($t:ty),*) => { $(
        impl Place for $t {
            #[inline(always)]
            fn read(self) -> u32 {
                // The two highest numbers mean the same in every width.
                if self >= <$t>::MAX - 1 { u32::MAX - u32::from(<$t>::MAX - self) } else { u32::from(self) }
            }
            #[inline(always)]
            fn write(number: u32) -> $t {
                number as $t
            }
        }
    )* };
}
places!(u8, u16, u32);

/// What a test says of an entry with the wanted hash.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Test {
    Equal,
    Different,
    /// Only Python code can tell.
    Unknown,
}

/// Where a search ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Found {
    At(usize),
    Missing,
    /// At an entry whose key only Python code can compare.
    Unknown,
}

/// A table's address. Whoever has one takes care that the table is alive.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Table(NonNull<Head>);

/// The capacity a table needs for so many items, or nothing where that is too much.
fn capacity_for(items: usize) -> Option<u32> {
    let wanted = u32::try_from(items).ok().filter(|&n| n <= LARGEST)?;
    Some(wanted.max(FIRST).next_power_of_two())
}

/// Width in bytes of the index's places.
#[inline(always)]
fn width(bits: u32) -> usize {
    if bits <= 8 {
        1
    } else if bits <= 16 {
        2
    } else {
        4
    }
}

impl Table {
    /// # Safety
    /// Null, or the address of a living table.
    #[inline(always)]
    pub unsafe fn from_raw(address: *mut u8) -> Option<Table> {
        NonNull::new(address.cast::<Head>()).map(Table)
    }

    #[inline(always)]
    pub fn as_raw(self) -> *mut u8 {
        self.0.as_ptr().cast()
    }

    #[inline(always)]
    fn head(self) -> *mut Head {
        self.0.as_ptr()
    }

    /// # Safety
    /// The table is alive.
    #[inline(always)]
    pub unsafe fn capacity(self) -> u32 {
        // SAFETY: the contract.
        unsafe { (*self.head()).capacity }
    }

    /// # Safety
    /// The table is alive.
    #[inline(always)]
    pub unsafe fn filled(self) -> usize {
        // SAFETY: the contract.
        unsafe { (*self.head()).filled as usize }
    }

    /// No entry below this one is alive.
    ///
    /// # Safety
    /// The table is alive.
    #[inline(always)]
    pub unsafe fn first(self) -> usize {
        // SAFETY: the contract.
        unsafe { (*self.head()).first as usize }
    }

    /// # Safety
    /// The table is alive.
    #[inline(always)]
    pub unsafe fn free(self) -> u32 {
        // SAFETY: the contract.
        unsafe { (*self.head()).free }
    }

    /// # Safety
    /// The table is alive and `i` below its capacity.
    #[inline(always)]
    pub unsafe fn entry(self, i: usize) -> *mut Entry {
        // SAFETY: the entries follow the head.
        unsafe { self.head().add(1).cast::<Entry>().add(i) }
    }

    /// # Safety
    /// The table is alive and has an index.
    #[inline(always)]
    unsafe fn index<P: Place>(self) -> *mut P {
        // SAFETY: the index follows the entries.
        unsafe { self.entry((*self.head()).capacity as usize).cast::<P>() }
    }

    /// Bytes of a table.
    fn size(capacity: u32, bits: u32) -> usize {
        let index = if bits == 0 { 0 } else { width(bits) << bits };
        size_of::<Head>() + capacity as usize * size_of::<Entry>() + index
    }

    /// # Safety
    /// The table is alive.
    pub unsafe fn memory(self) -> usize {
        // SAFETY: the contract.
        unsafe { Table::size((*self.head()).capacity, (*self.head()).bits) }
    }

    /// An empty table with room for so many items; nothing where memory is exhausted.
    pub fn with_room(items: usize) -> Option<Table> {
        let capacity = capacity_for(items)?;
        let bits = if capacity <= LINEAR {
            0
        } else {
            capacity.trailing_zeros() + 1
        };
        // SAFETY: the block is fresh and as large as head, entries and index together.
        unsafe {
            let block = alloc_raw(Table::size(capacity, bits));
            let table = Table::from_raw(block)?;
            *table.head() = Head {
                capacity,
                filled: 0,
                free: capacity,
                bits,
                first: 0,
            };
            if bits != 0 {
                table.index::<u8>().write_bytes(0xFF, width(bits) << bits);
            }
            Some(table)
        }
    }

    /// Gives the block back; the entries must have been taken out.
    ///
    /// # Safety
    /// The table is alive, and nobody uses it afterwards.
    pub unsafe fn release(self) {
        // SAFETY: the contract.
        unsafe { free_raw(self.as_raw()) }
    }

    /// The first entry with this hash for which the test does not say "different".
    ///
    /// # Safety
    /// The table is alive, and the test changes nothing.
    #[inline(always)]
    pub unsafe fn search(self, hash: i64, test: impl FnMut(u64) -> Test) -> Found {
        // SAFETY: the contract; the width belongs to the number of bits.
        unsafe {
            match (*self.head()).bits {
                0 => self.search_linear(hash, test),
                1..=8 => self.search_index::<u8>(hash, test),
                9..=16 => self.search_index::<u16>(hash, test),
                _ => self.search_index::<u32>(hash, test),
            }
        }
    }

    #[inline(always)]
    unsafe fn search_linear(self, hash: i64, mut test: impl FnMut(u64) -> Test) -> Found {
        // SAFETY: entries below `filled` have been written.
        unsafe {
            let first = self.entry(0);
            for i in 0..(*self.head()).filled as usize {
                let entry = first.add(i);
                if (*entry).hash == hash && (*entry).key != 0 {
                    match test((*entry).key) {
                        Test::Equal => return Found::At(i),
                        Test::Unknown => return Found::Unknown,
                        Test::Different => {}
                    }
                }
            }
            Found::Missing
        }
    }

    #[inline(always)]
    unsafe fn search_index<P: Place>(self, hash: i64, mut test: impl FnMut(u64) -> Test) -> Found {
        // SAFETY: positions are masked; numbers below DELETED are those of entries; an
        // empty place ends the loop.
        unsafe {
            let mask = (1usize << (*self.head()).bits) - 1;
            let index = self.index::<P>();
            let mut perturb = hash as u64;
            let mut at = hash as usize & mask;
            loop {
                let number = (*index.add(at)).read();
                if number < DELETED {
                    let entry = self.entry(number as usize);
                    if (*entry).hash == hash {
                        match test((*entry).key) {
                            Test::Equal => return Found::At(number as usize),
                            Test::Unknown => return Found::Unknown,
                            Test::Different => {}
                        }
                    }
                } else if number == EMPTY {
                    return Found::Missing;
                }
                perturb >>= 5;
                at = at
                    .wrapping_mul(5)
                    .wrapping_add(perturb as usize)
                    .wrapping_add(1)
                    & mask;
            }
        }
    }

    /// Appends an item whose key is not there yet. The words' references pass to the
    /// table.
    ///
    /// # Safety
    /// The table is alive and `free` is not zero.
    #[inline(always)]
    pub unsafe fn append(self, entry: Entry) {
        // SAFETY: the contract: there is room for one more.
        unsafe {
            let head = self.head();
            let number = (*head).filled;
            *self.entry(number as usize) = entry;
            (*head).filled = number + 1;
            (*head).free -= 1;
            match (*head).bits {
                0 => {}
                1..=8 => self.note::<u8>(entry.hash, number),
                9..=16 => self.note::<u16>(entry.hash, number),
                _ => self.note::<u32>(entry.hash, number),
            }
        }
    }

    /// Writes an entry's number into the first place that is free for its hash.
    #[inline(always)]
    unsafe fn note<P: Place>(self, hash: i64, number: u32) {
        // SAFETY: positions are masked; the index always has an empty place.
        unsafe {
            let mask = (1usize << (*self.head()).bits) - 1;
            let index = self.index::<P>();
            let mut perturb = hash as u64;
            let mut at = hash as usize & mask;
            while (*index.add(at)).read() < DELETED {
                perturb >>= 5;
                at = at
                    .wrapping_mul(5)
                    .wrapping_add(perturb as usize)
                    .wrapping_add(1)
                    & mask;
            }
            *index.add(at) = P::write(number);
        }
    }

    /// Takes an item out; its references pass to the caller.
    ///
    /// # Safety
    /// The table is alive, and `number` is that of a living entry.
    pub unsafe fn take(self, number: usize) -> Entry {
        // SAFETY: the contract.
        unsafe {
            let head = self.head();
            let entry = self.entry(number);
            let taken = *entry;
            (*entry).key = 0;
            (*entry).value = 0;
            match (*head).bits {
                0 => {}
                1..=8 => self.forget::<u8>(taken.hash, number as u32),
                9..=16 => self.forget::<u16>(taken.hash, number as u32),
                _ => self.forget::<u32>(taken.hash, number as u32),
            }
            let filled = (*head).filled;
            if number as u32 == (*head).first {
                let mut first = number as u32;
                while first < filled && (*self.entry(first as usize)).key == 0 {
                    first += 1;
                }
                (*head).first = first;
            }
            (*head).first = (*head).first.min(filled);
            taken
        }
    }

    /// Gives up the entries deleted at the end, so that `popitem` finds the last one at
    /// once. Without an index their room can be used again.
    ///
    /// # Safety
    /// The table is alive.
    pub unsafe fn trim(self) {
        // SAFETY: the contract.
        unsafe {
            let head = self.head();
            while (*head).filled > 0 && (*self.entry((*head).filled as usize - 1)).key == 0 {
                (*head).filled -= 1;
                if (*head).bits == 0 {
                    (*head).free += 1;
                }
            }
            (*head).first = (*head).first.min((*head).filled);
        }
    }

    unsafe fn forget<P: Place>(self, hash: i64, number: u32) {
        // SAFETY: positions are masked; the entry's number is in the index.
        unsafe {
            let mask = (1usize << (*self.head()).bits) - 1;
            let index = self.index::<P>();
            let mut perturb = hash as u64;
            let mut at = hash as usize & mask;
            while (*index.add(at)).read() != number {
                perturb >>= 5;
                at = at
                    .wrapping_mul(5)
                    .wrapping_add(perturb as usize)
                    .wrapping_add(1)
                    & mask;
            }
            *index.add(at) = P::write(DELETED);
        }
    }

    /// Moves all items to a new table with room for so many; this one is released.
    ///
    /// # Safety
    /// The table is alive and not used afterwards where there is a result; `items` is
    /// at least the number of its living entries.
    pub unsafe fn rebuilt(self, items: usize) -> Option<Table> {
        let new = Table::with_room(items)?;
        // SAFETY: the contract: there is room for all; the references move over.
        unsafe {
            for i in 0..self.filled() {
                let entry = *self.entry(i);
                if entry.key != 0 {
                    new.append(entry);
                }
            }
            self.release();
        }
        Some(new)
    }

    /// A byte-wise copy, without counting references.
    ///
    /// # Safety
    /// The table is alive.
    pub unsafe fn duplicate(self) -> Option<Table> {
        // SAFETY: both blocks have the same size. Entries not written yet are copied as
        // the memory they are.
        unsafe {
            let size = self.memory();
            let block = alloc_raw(size);
            if !block.is_null() {
                std::ptr::copy_nonoverlapping(self.as_raw(), block, size);
            }
            Table::from_raw(block)
        }
    }
}

/// The numbers of the entries with a hash, for a search that runs Python code between
/// two of them. It reads the table anew at each step.
pub struct Candidates {
    hash: i64,
    perturb: u64,
    at: usize,
    started: bool,
}

impl Candidates {
    pub fn new(hash: i64) -> Candidates {
        Candidates {
            hash,
            perturb: hash as u64,
            at: hash as usize,
            started: false,
        }
    }

    /// The next entry with the hash.
    ///
    /// # Safety
    /// The table is alive, and the same at each step, or of the same capacity.
    pub unsafe fn next(&mut self, table: Table) -> Option<usize> {
        // SAFETY: the contract; all positions are checked or masked.
        unsafe {
            let bits = (*table.head()).bits;
            if bits == 0 {
                if !self.started {
                    self.started = true;
                    self.at = 0;
                }
                while self.at < table.filled() {
                    let entry = table.entry(self.at);
                    self.at += 1;
                    if (*entry).hash == self.hash && (*entry).key != 0 {
                        return Some(self.at - 1);
                    }
                }
                return None;
            }
            let mask = (1usize << bits) - 1;
            loop {
                let at = self.at & mask;
                let number = match bits {
                    1..=8 => (*table.index::<u8>().add(at)).read(),
                    9..=16 => (*table.index::<u16>().add(at)).read(),
                    _ => (*table.index::<u32>().add(at)).read(),
                };
                if number == EMPTY {
                    return None;
                }
                self.perturb >>= 5;
                self.at = at
                    .wrapping_mul(5)
                    .wrapping_add(self.perturb as usize)
                    .wrapping_add(1);
                if number < DELETED && (*table.entry(number as usize)).hash == self.hash {
                    return Some(number as usize);
                }
            }
        }
    }
}
