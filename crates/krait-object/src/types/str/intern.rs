//! Interned strings: equal contents, one object.
//!
//! The table holds no references; a dying interned string leaves it. Strings of one
//! Latin-1 character and the empty string exist once and are immortal.

use std::borrow::Borrow;
use std::cell::{OnceCell, RefCell};
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use krait_abi::{SSTATE_INTERNED_IMMORTAL, SSTATE_INTERNED_MORTAL};

use super::Str;
use crate::object::{Layout, Owned};
use crate::py::{GilCell, Py};

struct Entry(*const Str);

impl Entry {
    fn get(&self) -> &Str {
        // SAFETY: a string leaves the table before it dies.
        unsafe { &*self.0 }
    }
}

impl Hash for Entry {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_i64(self.get().hash());
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Entry) -> bool {
        self.get().eq(other.get())
    }
}
impl Eq for Entry {}

/// What the table is searched for: a string, or a text that is none yet.
trait Sought {
    fn hash(&self) -> i64;
    fn ascii(&self) -> Option<&[u8]>;
}

impl Sought for Entry {
    fn hash(&self) -> i64 {
        self.get().hash()
    }
    fn ascii(&self) -> Option<&[u8]> {
        self.get().as_ascii().map(str::as_bytes)
    }
}

/// An ASCII text and its hash.
struct Ascii<'a>(&'a [u8], i64);

impl Sought for Ascii<'_> {
    fn hash(&self) -> i64 {
        self.1
    }
    fn ascii(&self) -> Option<&[u8]> {
        Some(self.0)
    }
}

impl<'a> Borrow<dyn Sought + 'a> for Entry {
    fn borrow(&self) -> &(dyn Sought + 'a) {
        self
    }
}

impl Hash for dyn Sought + '_ {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_i64(Sought::hash(self));
    }
}

impl PartialEq for dyn Sought + '_ {
    fn eq(&self, other: &Self) -> bool {
        self.ascii().is_some_and(|text| other.ascii() == Some(text))
    }
}
impl Eq for dyn Sought + '_ {}

/// The string's own hash is the table's.
#[derive(Default)]
struct Passed(u64);

impl Hasher for Passed {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes
            .iter()
            .for_each(|&b| self.0 = self.0.rotate_left(8) ^ u64::from(b));
    }
    fn write_i64(&mut self, i: i64) {
        self.0 = i as u64;
    }
}

type Table = HashSet<Entry, BuildHasherDefault<Passed>>;

static TABLE: GilCell<RefCell<Table>> = GilCell::new(RefCell::new(HashSet::with_hasher(
    BuildHasherDefault::new(),
)));

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
        let _ = TABLE.get(gil()).borrow_mut().try_reserve(AT_START);
        let make = |bytes: &[u8], max| {
            let string = Str::allocate(bytes.len(), max).fill(bytes);
            string.set_interned(SSTATE_INTERNED_IMMORTAL);
            string.as_object().immortalize();
            TABLE.get(gil()).borrow_mut().insert(Entry(&*string));
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
    if let Some(found) = TABLE.get(gil()).borrow().get(&Entry(&*string)) {
        return found.get().to_owned_str();
    }
    add(&string);
    string
}

/// Adds a string that is not in the table.
fn add(string: &Str) {
    let mut table = TABLE.get(gil()).borrow_mut();
    // Without memory for the table it stays as it is.
    if table.try_reserve(1).is_ok() {
        string.set_interned(SSTATE_INTERNED_MORTAL);
        table.insert(Entry(string));
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
    let sought = Ascii(bytes, hash);
    if let Some(found) = TABLE.get(gil()).borrow().get(&sought as &(dyn Sought + '_)) {
        return Some(found.get().to_owned_str());
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
    TABLE
        .get(gil())
        .borrow()
        .get(&Entry(string))
        .map(|e| e.get().to_owned_str())
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
    TABLE.get(gil()).borrow_mut().remove(&Entry(string));
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
