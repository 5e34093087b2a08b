//! Shared objects as files.

use std::ffi::{CStr, OsStr};
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;

/// What of the file's head counts: where the program headers stand, how large one is and how
/// many there are.
const HEAD: usize = 64;
const OFFSET: usize = 32;
const SIZE: usize = 54;
const COUNT: usize = 56;

/// Fields of a program header.
const PROGRAM_HEADER: usize = 56;
const LOADED: u32 = 1;
const PLACE: usize = 8;
const LENGTH: usize = 32;

fn short(bytes: &[u8], at: usize) -> u64 {
    u64::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]))
}

fn long(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(word)
}

/// Whether a shared object of 64 bits ends before what is to be loaded of it: the linker maps
/// such a file, and the process dies when it reads what is not there. What cannot be read or is
/// none is left to the linker.
pub fn is_cut(path: &CStr) -> bool {
    cut(path).unwrap_or(false)
}

fn cut(path: &CStr) -> Option<bool> {
    let file = File::open(OsStr::from_bytes(path.to_bytes())).ok()?;
    let len = file.metadata().ok()?.len();
    let mut head = [0; HEAD];
    file.read_exact_at(&mut head, 0).ok()?;
    if !head.starts_with(b"\x7fELF\x02\x01") || short(&head, SIZE) < PROGRAM_HEADER as u64 {
        return None;
    }
    for i in 0..short(&head, COUNT) {
        let mut entry = [0; PROGRAM_HEADER];
        let place = long(&head, OFFSET).checked_add(i * short(&head, SIZE))?;
        if file.read_exact_at(&mut entry, place).is_err() {
            return Some(true);
        }
        let loaded = u32::from_le_bytes([entry[0], entry[1], entry[2], entry[3]]) == LOADED;
        let end = long(&entry, PLACE).checked_add(long(&entry, LENGTH));
        if loaded && end.is_none_or(|end| end > len) {
            return Some(true);
        }
    }
    Some(false)
}
