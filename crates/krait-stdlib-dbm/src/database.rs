//! The two files of a database. Pages are found by extendible hashing: the `.dir` file has a
//! tree of bits that says how many bits of a key's hash choose its page in the `.pag` file.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Result};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use crate::page::{Page, Pair, SIZE};

/// How often pages are divided for a pair at most: keys may have one hash.
const MOST_SPLITS: u32 = 10;

/// What a database is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Read,
    Write,
    Create,
    New,
}

#[derive(Debug)]
pub struct Database {
    pages: File,
    directory: File,
    /// What is in `directory`.
    bits: Vec<u8>,
    pub read_only: bool,
}

/// Where a key belongs.
struct Place {
    /// The bit of the directory that would say that the page is divided.
    bit: u64,
    /// The bits of the hash that chose the page.
    mask: u32,
    number: u64,
}

fn hash(key: &[u8]) -> u32 {
    let add = |hash: u32, &byte: &u8| {
        hash.wrapping_mul(65599)
            .wrapping_add_signed(i32::from(byte.cast_signed()))
    };
    key.iter().fold(0, add)
}

fn corrupt() -> Error {
    Error::new(ErrorKind::InvalidData, "the page is damaged")
}

impl Database {
    /// Opens the database whose files' names begin with a path.
    pub fn open(path: &Path, mode: Mode, permissions: u32) -> Result<Database> {
        let mut options = OpenOptions::new();
        options
            .read(true)
            .write(mode != Mode::Read)
            .create(matches!(mode, Mode::Create | Mode::New))
            .truncate(mode == Mode::New)
            .mode(permissions);
        let open = |suffix: &str| {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            options.open(name)
        };
        let (pages, directory) = (open(".pag")?, open(".dir")?);
        let mut bits = vec![0; directory.metadata()?.len() as usize];
        directory.read_exact_at(&mut bits, 0)?;
        Ok(Database {
            pages,
            directory,
            bits,
            read_only: mode == Mode::Read,
        })
    }

    fn bit(&self, bit: u64) -> bool {
        let byte = usize::try_from(bit / 8)
            .ok()
            .and_then(|at| self.bits.get(at));
        byte.is_some_and(|byte| byte & (1 << (bit % 8)) != 0)
    }

    fn set_bit(&mut self, bit: u64) -> Result<()> {
        let at = (bit / 8) as usize;
        if at >= self.bits.len() {
            self.bits.resize(at + 1, 0);
        }
        self.bits[at] |= 1 << (bit % 8);
        self.directory.write_all_at(&self.bits[at..=at], bit / 8)
    }

    fn place(&self, hash: u32) -> Place {
        let (mut bit, mut depth) = (0, 0);
        while depth < 31 && self.bit(bit) {
            bit = 2 * bit + if hash & (1 << depth) != 0 { 2 } else { 1 };
            depth += 1;
        }
        let mask = (1 << depth) - 1;
        let number = u64::from(hash & mask);
        Place { bit, mask, number }
    }

    /// A page; one that was never written is empty.
    fn page(&self, number: u64) -> Result<Page> {
        let (mut bytes, mut filled) = ([0; SIZE], 0);
        while filled < SIZE {
            let at = number * SIZE as u64 + filled as u64;
            match self.pages.read_at(&mut bytes[filled..], at) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Page::read(&bytes).ok_or_else(corrupt)
    }

    fn write(&self, number: u64, page: &Page) -> Result<()> {
        self.pages.write_all_at(&page.write(), number * SIZE as u64)
    }

    pub fn get(&self, key: &[u8]) -> Result<Option<Box<[u8]>>> {
        let mut page = self.page(self.place(hash(key)).number)?;
        Ok(page.find(key).map(|at| page.0.swap_remove(at).value))
    }

    /// Stores a value in the place of the one that the key may have.
    pub fn set(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        let pair = Pair {
            key: key.into(),
            value: value.into(),
        };
        if !Page(vec![pair.clone()]).fits() {
            return Err(Error::from(ErrorKind::InvalidInput));
        }
        let hash = hash(key);
        let mut place = self.place(hash);
        let mut page = self.page(place.number)?;
        if let Some(at) = page.find(key) {
            page.0.remove(at);
        }
        page.0.push(pair);
        for _ in 0..MOST_SPLITS {
            if page.fits() {
                return self.write(place.number, &page);
            }
            page = self.split(page, &mut place, hash)?;
        }
        Err(Error::from(ErrorKind::InvalidInput))
    }

    /// Divides a page by the next bit of its keys' hashes; the place and the page that is
    /// given back are the ones for a hash, and not written yet.
    fn split(&mut self, page: Page, place: &mut Place, hash_: u32) -> Result<Page> {
        let next = place.mask + 1;
        let (ones, zeros) = page
            .0
            .into_iter()
            .partition(|pair| hash(&pair.key) & next != 0);
        let (ones, zeros) = (Page(ones), Page(zeros));
        let (zero, one) = (place.number, place.number | u64::from(next));
        // A page that is still too full has its own turn.
        let (own, own_number, other, other_number) = match hash_ & next != 0 {
            true => (ones, one, zeros, zero),
            false => (zeros, zero, ones, one),
        };
        self.write(other_number, &other)?;
        self.set_bit(place.bit)?;
        place.bit = 2 * place.bit + if hash_ & next != 0 { 2 } else { 1 };
        place.mask |= next;
        place.number = own_number;
        Ok(own)
    }

    /// Removes a key; false where it is not there.
    pub fn delete(&mut self, key: &[u8]) -> Result<bool> {
        let number = self.place(hash(key)).number;
        let mut page = self.page(number)?;
        let Some(at) = page.find(key) else {
            return Ok(false);
        };
        page.0.remove(at);
        self.write(number, &page)?;
        Ok(true)
    }

    /// Removes everything.
    pub fn clear(&mut self) -> Result<()> {
        self.bits.clear();
        self.directory.set_len(0)?;
        self.pages.set_len(0)
    }

    /// The pairs, page by page.
    pub fn pairs(&self) -> impl Iterator<Item = Result<Page>> + '_ {
        let length = self.pages.metadata().map_or(0, |data| data.len());
        (0..length.div_ceil(SIZE as u64)).map(|number| self.page(number))
    }
}
