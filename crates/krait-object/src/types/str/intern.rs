//! Interned strings: equal contents, one object.
//!
//! The table holds no references; a dying interned string leaves it. Strings of one
//! Latin-1 character and the empty string exist once and are immortal.

use std::cell::{OnceCell, RefCell};

use hashbrown::HashTable;
use krait_abi::{SSTATE_INTERNED_IMMORTAL, SSTATE_INTERNED_MORTAL};

use super::Str;
use crate::object::{Layout, Owned};
use crate::py::{GilCell, Py};

/// A string of the table. The string's own hash is the table's.
struct Entry(*const Str);

impl Entry {
    #[inline(always)]
    fn get(&self) -> &Str {
        // SAFETY: a string leaves the table before it dies.
        unsafe { &*self.0 }
    }

    fn hash(&self) -> u64 {
        self.get().hash() as u64
    }
}

static TABLE: GilCell<RefCell<HashTable<Entry>>> = GilCell::new(RefCell::new(HashTable::new()));

/// The string of the table with this hash of which the test holds.
#[inline(always)]
fn find(hash: i64, test: impl Fn(&Str) -> bool) -> Option<Owned<Str>> {
    let table = TABLE.get(gil()).borrow();
    let found = table.find(hash as u64, |entry| test(entry.get()))?;
    Some(found.get().to_owned_str())
}

/// So many strings every start interns.
const AT_START: usize = 3000;

struct Singles {
    empty: Owned<Str>,
    chars: Vec<Owned<Str>>,
}

static SINGLES: GilCell<OnceCell<Singles>> = GilCell::new(OnceCell::new());

fn gil() -> Py {
    // SAFETY: only code that holds the GIL makes strings.
    unsafe { Py::assume() }
}

fn singles() -> &'static Singles {
    SINGLES.get(gil()).get_or_init(|| {
        // Without memory for it the table grows as it is filled.
        let _ = TABLE
            .get(gil())
            .borrow_mut()
            .try_reserve(AT_START, Entry::hash);
        let make = |bytes: &[u8], max| {
            let string = Str::allocate(bytes.len(), max).fill(bytes);
            add(&string);
            string.set_interned(SSTATE_INTERNED_IMMORTAL);
            string.as_object().immortalize();
            string
        };
        Singles {
            empty: make(&[], 0),
            chars: (0..=255u8).map(|b| make(&[b], u32::from(b))).collect(),
        }
    })
}

/// The empty string.
pub fn empty() -> Owned<Str> {
    singles().empty.clone()
}

/// The string of one Latin-1 character.
pub fn latin1_char(code: u8) -> Owned<Str> {
    singles().chars[usize::from(code)].clone()
}

/// The interned string of the same contents; the given one where there is none yet.
pub fn intern(string: Owned<Str>) -> Owned<Str> {
    if string.is_interned() || !string.as_object().is_exact::<Str>() {
        return string;
    }
    if let Some(found) = find(string.hash(), |other| other.eq(&string)) {
        return found;
    }
    add(&string);
    string
}

/// Adds a string that is not in the table.
fn add(string: &Str) {
    let mut table = TABLE.get(gil()).borrow_mut();
    // Without memory for the table it stays as it is.
    if table.try_reserve(1, Entry::hash).is_ok() {
        string.set_interned(SSTATE_INTERNED_MORTAL);
        table.insert_unique(string.hash() as u64, Entry(string), Entry::hash);
    }
}

/// The interned string of a text; where there is one already, no other is made.
pub fn of_text(text: &str) -> Owned<Str> {
    of_ascii(text.as_bytes()).unwrap_or_else(|| intern(Str::new(text)))
}

/// The same for bytes that should be UTF-8.
pub fn of_utf8(bytes: &[u8]) -> Option<Owned<Str>> {
    match of_ascii(bytes) {
        Some(string) => Some(string),
        None => std::str::from_utf8(bytes).ok().map(of_text),
    }
}

/// The same for ASCII text of more than one character.
fn of_ascii(bytes: &[u8]) -> Option<Owned<Str>> {
    if bytes.len() < 2 || !bytes.is_ascii() {
        return None;
    }
    let hash = crate::hash::bytes(bytes);
    let same = |other: &Str| {
        other
            .as_ascii()
            .is_some_and(|text| text.as_bytes() == bytes)
    };
    if let Some(found) = find(hash, same) {
        return Some(found);
    }
    let string = Str::from_ascii(bytes);
    string.set_hash(hash);
    add(&string);
    Some(string)
}

/// The interned string of the same contents, if there is one.
pub fn lookup(string: &Str) -> Option<Owned<Str>> {
    if string.is_interned() {
        return Some(string.to_owned_str());
    }
    find(string.hash(), |other| other.eq(string))
}

/// Interns for the life of the process, for names that Rust code holds.
pub fn forever(text: &str) -> &'static Str {
    let string = of_text(text);
    string.set_interned(SSTATE_INTERNED_IMMORTAL);
    string.as_object().immortalize();
    // SAFETY: an immortal object is never freed.
    unsafe { &*string.into_raw() }
}

/// How many strings are interned.
pub fn count() -> usize {
    TABLE.get(gil()).borrow().len()
}

/// Takes a dying string out of the table.
pub(super) fn forget(string: &Str) {
    let mut table = TABLE.get(gil()).borrow_mut();
    if let Ok(entry) = table.find_entry(string.hash() as u64, |entry| {
        entry.0 == std::ptr::from_ref(string)
    }) {
        entry.remove();
    }
}

/// A name known when Krait is compiled: `intern!("append")` is a `&'static Str`,
/// made at first use.
#[macro_export]
macro_rules! intern {
    ($text:expr) => {{
        static NAME: $crate::types::str::intern::Name =
            $crate::types::str::intern::Name::new($text);
        NAME.get()
    }};
}

/// The place of one `intern!`.
pub struct Name {
    text: &'static str,
    string: GilCell<OnceCell<&'static Str>>,
}

impl Name {
    pub const fn new(text: &'static str) -> Name {
        Name {
            text,
            string: GilCell::new(OnceCell::new()),
        }
    }

    #[inline(always)]
    pub fn get(&self) -> &'static Str {
        self.string.get(gil()).get_or_init(|| forever(self.text))
    }
}
