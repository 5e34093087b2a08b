//! Character tables: from bytes to characters and back. `tables/generate.py` says how they
//! are laid out.

use std::sync::OnceLock;

/// Marks among the single bytes.
const ILLEGAL: u32 = 0xffff_ffff;
const LEAD: u32 = 0xffff_fffe;

/// What a byte means at the start of a character.
pub enum Single {
    Character(u32),
    /// More bytes are needed.
    Lead,
    Illegal,
}

/// Characters by two bytes.
#[derive(Default)]
struct Grid {
    lead: (u16, u16),
    trail: (u16, u16),
    cells: Vec<u16>,
}

impl Grid {
    fn get(&self, lead: u8, trail: u8) -> Option<u32> {
        let (row, column) = (u16::from(lead), u16::from(trail));
        let inside = |n: u16, (low, high): (u16, u16)| (low..=high).contains(&n);
        if !inside(row, self.lead) || !inside(column, self.trail) {
            return None;
        }
        let width = usize::from(self.trail.1 - self.trail.0) + 1;
        let at = usize::from(row - self.lead.0) * width + usize::from(column - self.trail.0);
        match self.cells.get(at) {
            Some(0) | None => None,
            Some(code) => Some(u32::from(*code)),
        }
    }

    fn each(&self, mut look: impl FnMut(u32, u32)) {
        let mut cells = self.cells.iter();
        for lead in self.lead.0..=self.lead.1 {
            for trail in self.trail.0..=self.trail.1 {
                if let Some(&code) = cells.next()
                    && code != 0
                {
                    look(u32::from(lead) << 8 | u32::from(trail), u32::from(code));
                }
            }
        }
    }
}

/// Bytes as a number by character, in pages of 256 characters.
type Reverse = Vec<Option<Box<[u32; 256]>>>;

/// A run of GB 18030's codes of four bytes.
struct Range {
    linear: u32,
    code: u32,
    length: u32,
}

/// The characters of one encoding.
pub struct Table {
    singles: Vec<u32>,
    double: Grid,
    /// Those of three bytes, the first of which is 0x8F.
    triple: Grid,
    reverse: Reverse,
    ranges: Vec<Range>,
    /// Bytes of characters beyond the basic plane and of pairs, in order.
    extras: Vec<Extra>,
    /// The pairs among them.
    pairs: Vec<Extra>,
}

/// Two code points by their bytes; the second is 0 for none.
#[derive(Clone, Copy)]
struct Extra {
    bytes: u32,
    codes: (u32, u32),
}

/// Pages of characters up to the last that any of these encodings has.
const PAGES: usize = 0x300;

/// Reads a table's words.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn word(&mut self) -> u32 {
        match self.0.split_first_chunk::<4>() {
            Some((bytes, rest)) => {
                self.0 = rest;
                u32::from_le_bytes(*bytes)
            }
            None => 0,
        }
    }

    fn half(&mut self) -> u16 {
        match self.0.split_first_chunk::<2>() {
            Some((bytes, rest)) => {
                self.0 = rest;
                u16::from_le_bytes(*bytes)
            }
            None => 0,
        }
    }

    fn grid(&mut self) -> Grid {
        let lead = (self.half(), self.half());
        let trail = (self.half(), self.half());
        let side = |(low, high): (u16, u16)| usize::from((high + 1).saturating_sub(low));
        let cells = (0..side(lead) * side(trail)).map(|_| self.half()).collect();
        Grid { lead, trail, cells }
    }
}

impl Table {
    fn read(bytes: &[u8]) -> Table {
        let mut reader = Reader(bytes);
        let singles: Vec<u32> = (0..256).map(|_| reader.word()).collect();
        let (double, triple) = (reader.grid(), reader.grid());
        let mut table = Table {
            singles,
            double,
            triple,
            reverse: (0..PAGES).map(|_| None).collect(),
            ranges: Vec::new(),
            extras: Vec::new(),
            pairs: Vec::new(),
        };
        table.fill_reverse();
        for _ in 0..reader.word() {
            let (code, number) = (reader.word(), reader.word());
            table.set(code, number, true);
        }
        for _ in 0..reader.word() {
            table.ranges.push(Range {
                linear: reader.word(),
                code: reader.word(),
                length: reader.word(),
            });
        }
        for _ in 0..reader.word() {
            let (bytes, codes) = (reader.word(), (reader.word(), reader.word()));
            let extra = Extra { bytes, codes };
            if codes.1 == 0 {
                table.set(codes.0, bytes, false);
            } else {
                table.pairs.push(extra);
            }
            table.extras.push(extra);
        }
        table.extras.sort_unstable_by_key(|extra| extra.bytes);
        table
    }

    /// The first bytes of a character count.
    fn fill_reverse(&mut self) {
        for byte in 0..256u32 {
            let code = self.singles[byte as usize];
            if code < LEAD {
                self.set(code, byte, false);
            }
        }
        let mut pairs = Vec::new();
        self.double.each(|bytes, code| pairs.push((code, bytes)));
        self.triple
            .each(|bytes, code| pairs.push((code, 0x8f_0000 | bytes)));
        for (code, bytes) in pairs {
            self.set(code, bytes, false);
        }
    }

    fn set(&mut self, code: u32, number: u32, replace: bool) {
        let Some(page) = self.reverse.get_mut((code >> 8) as usize) else {
            return;
        };
        let page = page.get_or_insert_with(|| Box::new([0; 256]));
        let cell = &mut page[(code & 255) as usize];
        if replace || *cell == 0 {
            *cell = number;
        }
    }

    pub fn single(&self, byte: u8) -> Single {
        match self.singles[usize::from(byte)] {
            ILLEGAL => Single::Illegal,
            LEAD => Single::Lead,
            code => Single::Character(code),
        }
    }

    pub fn double(&self, lead: u8, trail: u8) -> Option<u32> {
        self.double.get(lead, trail)
    }

    pub fn triple(&self, lead: u8, trail: u8) -> Option<u32> {
        self.triple.get(lead, trail)
    }

    pub fn has_triples(&self) -> bool {
        !self.triple.cells.is_empty()
    }

    /// A character beyond the basic plane or a pair, by its bytes as a number; the second
    /// is 0 for none.
    pub fn extra(&self, bytes: u32) -> Option<(u32, u32)> {
        let at = self
            .extras
            .binary_search_by_key(&bytes, |extra| extra.bytes);
        Some(self.extras[at.ok()?].codes)
    }

    /// The bytes of a pair of characters as a number.
    pub fn bytes_of_pair(&self, pair: (u32, u32)) -> Option<u32> {
        let found = self.pairs.iter().find(|extra| extra.codes == pair);
        found.map(|extra| extra.bytes)
    }

    /// Whether a character may be the first of a pair.
    pub fn begins_pair(&self, code: u32) -> bool {
        self.pairs.iter().any(|pair| pair.codes.0 == code)
    }

    /// The bytes of a character as a number; 0 for none.
    pub fn bytes_of(&self, code: u32) -> u32 {
        match self.reverse.get((code >> 8) as usize) {
            Some(Some(page)) => page[(code & 255) as usize],
            _ => 0,
        }
    }

    /// The character of a code of four bytes, by its linear number.
    pub fn of_linear(&self, linear: u32) -> Option<u32> {
        let after = self.ranges.partition_point(|r| r.linear <= linear);
        let range = self.ranges.get(after.checked_sub(1)?)?;
        let offset = linear - range.linear;
        (offset < range.length).then_some(range.code + offset)
    }

    /// The linear number of a character with a code of four bytes.
    pub fn linear_of(&self, code: u32) -> Option<u32> {
        self.ranges
            .iter()
            .find(|r| (r.code..r.code + r.length).contains(&code))
            .map(|r| r.linear + (code - r.code))
    }
}

macro_rules! tables {
    ($($ident:ident $name:literal)*) => { $(
        /// The table, read when it is needed first.
        pub fn $ident() -> &'static Table {
            static TABLE: OnceLock<Table> = OnceLock::new();
            TABLE.get_or_init(|| {
                Table::read(include_bytes!(concat!("../tables/", $name, ".bin")))
            })
        }
    )* };
}
tables! {
    gb2312 "gb2312" gbk "gbk" gb18030 "gb18030" big5 "big5" cp950 "cp950" euc_kr "euc_kr"
    cp949 "cp949" johab "johab" shift_jis "shift_jis" cp932 "cp932" euc_jp "euc_jp"
    euc_jisx0213 "euc_jisx0213" euc_jis_2004 "euc_jis_2004"
    shift_jisx0213 "shift_jisx0213" shift_jis_2004 "shift_jis_2004" big5hkscs "big5hkscs"
}
