//! Two-stage tables: a code point's block, then its value in the block.

/// A table over all code points.
pub struct Trie {
    pub index: &'static [u8],
    pub data: &'static [u8],
    pub shift: u32,
    pub wide_index: bool,
    pub wide_data: bool,
}

impl Trie {
    /// The value of a code point; code points beyond the table have its last value.
    #[inline]
    pub fn get(&self, code: u32) -> usize {
        let width = usize::from(self.wide_index) + 1;
        let last = self.index.len() / width - 1;
        let block = number(
            self.index,
            self.wide_index,
            ((code >> self.shift) as usize).min(last),
        );
        let low = code as usize & ((1 << self.shift) - 1);
        number(self.data, self.wide_data, (block << self.shift) + low)
    }
}

#[inline]
fn number(table: &[u8], wide: bool, index: usize) -> usize {
    if wide {
        usize::from(u16_at(table, index))
    } else {
        usize::from(table[index])
    }
}

/// The 16-bit number at `index`.
#[inline]
pub fn u16_at(table: &[u8], index: usize) -> u16 {
    let at = index * 2;
    u16::from_le_bytes([table[at], table[at + 1]])
}

/// The 24-bit number at `index`.
#[inline]
pub fn u24_at(table: &[u8], index: usize) -> u32 {
    let at = index * 3;
    u32::from_le_bytes([table[at], table[at + 1], table[at + 2], 0])
}

/// The signed 32-bit number at `index`.
#[inline]
pub fn i32_at(table: &[u8], index: usize) -> i32 {
    let at = index * 4;
    i32::from_le_bytes([table[at], table[at + 1], table[at + 2], table[at + 3]])
}
