//! `pycore_hashtable.h`: a hash table of C pointers, in a struct that C looks into. Each
//! bucket is a list of entries, the newest first.

use std::ffi::{c_int, c_void};

use crate::pymem::{PyMem_Free, PyMem_Malloc};
use crate::pystate::export_free;

type Key = *const c_void;
type HashFunction = unsafe extern "C-unwind" fn(Key) -> u64;
type Compare = unsafe extern "C-unwind" fn(Key, Key) -> c_int;
type Destroy = Option<unsafe extern "C-unwind" fn(*mut c_void)>;
type GetEntry = unsafe extern "C-unwind" fn(*mut Table, Key) -> *mut Entry;
type Visit = unsafe extern "C-unwind" fn(*mut Table, Key, *const c_void, *mut c_void) -> c_int;

/// `_Py_hashtable_entry_t`
#[repr(C)]
pub struct Entry {
    next: *mut Entry,
    hash: u64,
    key: *mut c_void,
    value: *mut c_void,
}

/// `_Py_hashtable_allocator_t`
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Allocator {
    malloc: unsafe extern "C-unwind" fn(usize) -> *mut c_void,
    free: unsafe extern "C-unwind" fn(*mut c_void),
}

/// `_Py_hashtable_t`
#[repr(C)]
pub struct Table {
    entries: usize,
    /// A power of two.
    bucket_count: usize,
    buckets: *mut *mut Entry,
    get_entry: GetEntry,
    hash: HashFunction,
    compare: Compare,
    destroy_key: Destroy,
    destroy_value: Destroy,
    allocator: Allocator,
}

const LEAST_BUCKETS: usize = 16;

/// How many buckets a table with so many entries gets: about a third of them are used.
fn buckets_for(entries: usize) -> usize {
    (entries * 10 / 3).max(LEAST_BUCKETS).next_power_of_two()
}

unsafe extern "C-unwind" fn find(table: *mut Table, key: Key) -> *mut Entry {
    // SAFETY: a table of C's, with functions that take its keys.
    unsafe {
        let hash = ((*table).hash)(key);
        let mut entry = *(*table).place(hash);
        while !entry.is_null()
            && ((*entry).hash != hash || ((*table).compare)(key, (*entry).key) == 0)
        {
            entry = (*entry).next;
        }
        entry
    }
}

impl Table {
    /// The bucket of a hash.
    fn place(&self, hash: u64) -> *mut *mut Entry {
        self.buckets
            .wrapping_add(hash as usize & (self.bucket_count - 1))
    }

    /// Empty buckets; null where there is no memory.
    unsafe fn make_buckets(&self, count: usize) -> *mut *mut Entry {
        let size = count * size_of::<*mut Entry>();
        // SAFETY: the table's own allocator.
        unsafe {
            let made = (self.allocator.malloc)(size).cast::<*mut Entry>();
            if !made.is_null() {
                std::ptr::write_bytes(made, 0, count);
            }
            made
        }
    }

    /// Moves the entries to as many buckets as they want now; whether there was memory.
    unsafe fn rehash(&mut self) -> bool {
        let count = buckets_for(self.entries);
        if count == self.bucket_count {
            return true;
        }
        // SAFETY: the table is C's, its buckets and entries are its own.
        unsafe {
            let made = self.make_buckets(count);
            if made.is_null() {
                return false;
            }
            let (old, old_count) = (self.buckets, self.bucket_count);
            (self.buckets, self.bucket_count) = (made, count);
            for i in 0..old_count {
                let mut entry = *old.add(i);
                while !entry.is_null() {
                    let next = (*entry).next;
                    let place = self.place((*entry).hash);
                    (*entry).next = std::mem::replace(&mut *place, entry);
                    entry = next;
                }
            }
            (self.allocator.free)(old.cast());
        }
        true
    }

    unsafe fn set(&mut self, key: Key, value: *mut c_void) -> c_int {
        // SAFETY: as above.
        unsafe {
            let entry = (self.allocator.malloc)(size_of::<Entry>()).cast::<Entry>();
            if entry.is_null() {
                return -1;
            }
            let hash = (self.hash)(key);
            self.entries += 1;
            if self.entries * 2 > self.bucket_count && !self.rehash() {
                self.entries -= 1;
                (self.allocator.free)(entry.cast());
                return -1;
            }
            let place = self.place(hash);
            let key = key.cast_mut();
            let next = *place;
            *entry = Entry {
                next,
                hash,
                key,
                value,
            };
            *place = entry;
        }
        0
    }

    unsafe fn steal(&mut self, key: Key) -> *mut c_void {
        // SAFETY: as above.
        unsafe {
            let hash = (self.hash)(key);
            let mut place = self.place(hash);
            while !(*place).is_null() {
                let entry = *place;
                if (*entry).hash == hash && (self.compare)(key, (*entry).key) != 0 {
                    let value = (*entry).value;
                    *place = (*entry).next;
                    self.entries -= 1;
                    (self.allocator.free)(entry.cast());
                    if self.entries * 10 < self.bucket_count {
                        self.rehash();
                    }
                    return value;
                }
                place = &raw mut (*entry).next;
            }
        }
        std::ptr::null_mut()
    }

    /// Takes all entries out and ends what they hold.
    unsafe fn clear(&mut self) {
        // SAFETY: as above.
        unsafe {
            for i in 0..self.bucket_count {
                let mut entry = std::mem::replace(&mut *self.buckets.add(i), std::ptr::null_mut());
                while !entry.is_null() {
                    let next = (*entry).next;
                    if let Some(destroy) = self.destroy_key {
                        destroy((*entry).key);
                    }
                    if let Some(destroy) = self.destroy_value {
                        destroy((*entry).value);
                    }
                    (self.allocator.free)(entry.cast());
                    entry = next;
                }
            }
        }
        self.entries = 0;
    }

    unsafe fn each(&mut self, visit: Visit, data: *mut c_void) -> c_int {
        let table: *mut Table = self;
        // SAFETY: as above; the function does not change the table.
        unsafe {
            for i in 0..(*table).bucket_count {
                let mut entry = *(*table).buckets.add(i);
                while !entry.is_null() {
                    match visit(table, (*entry).key, (*entry).value, data) {
                        0 => entry = (*entry).next,
                        stop => return stop,
                    }
                }
            }
        }
        0
    }
}

unsafe fn new(
    hash: HashFunction,
    compare: Compare,
    destroy_key: Destroy,
    destroy_value: Destroy,
    allocator: *const Allocator,
) -> *mut Table {
    let own = Allocator {
        malloc: PyMem_Malloc,
        free: PyMem_Free,
    };
    // SAFETY: C passes an allocator or null.
    unsafe {
        let allocator = if allocator.is_null() { own } else { *allocator };
        let table = (allocator.malloc)(size_of::<Table>()).cast::<Table>();
        if table.is_null() {
            return table;
        }
        table.write(Table {
            entries: 0,
            bucket_count: LEAST_BUCKETS,
            buckets: std::ptr::null_mut(),
            get_entry: find,
            hash,
            compare,
            destroy_key,
            destroy_value,
            allocator,
        });
        (*table).buckets = (*table).make_buckets(LEAST_BUCKETS);
        if (*table).buckets.is_null() {
            (allocator.free)(table.cast());
            return std::ptr::null_mut();
        }
        table
    }
}

export_free! {
    fn _Py_hashtable_new(hash: HashFunction, compare: Compare) -> *mut Table { new(hash, compare, None, None, std::ptr::null()) }
    fn _Py_hashtable_new_full(hash: HashFunction, compare: Compare, destroy_key: Destroy, destroy_value: Destroy, allocator: *const Allocator) -> *mut Table {
        new(hash, compare, destroy_key, destroy_value, allocator)
    }
    fn _Py_hashtable_destroy(table: *mut Table) {
        (*table).clear();
        let free = (*table).allocator.free;
        free((*table).buckets.cast());
        free(table.cast());
    }
    fn _Py_hashtable_clear(table: *mut Table) {
        (*table).clear();
        (*table).rehash();
    }
    fn _Py_hashtable_set(table: *mut Table, key: Key, value: *mut c_void) -> c_int { (*table).set(key, value) }
    fn _Py_hashtable_get(table: *mut Table, key: Key) -> *mut c_void {
        let entry = ((*table).get_entry)(table, key);
        if entry.is_null() { std::ptr::null_mut() } else { (*entry).value }
    }
    fn _Py_hashtable_steal(table: *mut Table, key: Key) -> *mut c_void { (*table).steal(key) }
    fn _Py_hashtable_foreach(table: *mut Table, visit: Visit, data: *mut c_void) -> c_int { (*table).each(visit, data) }
    fn _Py_hashtable_len(table: *const Table) -> usize { (*table).entries }
    fn _Py_hashtable_size(table: *const Table) -> usize {
        size_of::<Table>() + (*table).bucket_count * size_of::<*mut Entry>() + (*table).entries * size_of::<Entry>()
    }
    fn _Py_hashtable_hash_ptr(key: Key) -> u64 { (key as u64).rotate_right(4) }
    fn _Py_hashtable_compare_direct(a: Key, b: Key) -> c_int { c_int::from(a == b) }
}
