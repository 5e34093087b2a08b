//! Two-stage tables: a code point's block, then its value in the block.

/// A table over all code points.
pub struct Trie<I: 'static, D: 'static> {
    pub index: &'static [I],
    pub data: &'static [D],
    pub shift: u32,
}

impl<I: Copy + Into<usize>, D: Copy + Into<usize>> Trie<I, D> {
    /// The value of a code point; those beyond the table have its last block.
    #[inline]
    pub fn get(&self, code: u32) -> usize {
        let block: usize = match self.index.get((code >> self.shift) as usize) {
            Some(block) => (*block).into(),
            None => self.index[self.index.len() - 1].into(),
        };
        let low = code as usize & ((1 << self.shift) - 1);
        self.data[(block << self.shift) + low].into()
    }
}

/// A file of 16-bit numbers, at compile time.
pub const fn words<const N: usize>(bytes: &[u8]) -> [u16; N] {
    assert!(bytes.len() == N * 2);
    let mut words = [0; N];
    let mut at = 0;
    while at < N {
        words[at] = u16::from_le_bytes([bytes[at * 2], bytes[at * 2 + 1]]);
        at += 1;
    }
    words
}

/// A file of signed 32-bit numbers, at compile time.
pub const fn longs<const N: usize>(bytes: &[u8]) -> [i32; N] {
    assert!(bytes.len() == N * 4);
    let mut longs = [0; N];
    let mut at = 0;
    while at < N {
        let [a, b] = [bytes[at * 4], bytes[at * 4 + 1]];
        longs[at] = i32::from_le_bytes([a, b, bytes[at * 4 + 2], bytes[at * 4 + 3]]);
        at += 1;
    }
    longs
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
