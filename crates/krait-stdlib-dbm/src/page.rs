//! One page: pairs of a key and a value.
//!
//! It begins with numbers of 16 bits: how many offsets follow, then for each pair where its
//! key begins and where its value does. The bytes lie from the page's end downwards, each up
//! to where the one before it begins.

/// The size of a page in bytes.
pub const SIZE: usize = 1024;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    pub key: Box<[u8]>,
    pub value: Box<[u8]>,
}

impl Pair {
    /// The room that it takes, with its offsets.
    fn room(&self) -> usize {
        self.key.len() + self.value.len() + 4
    }
}

/// The pairs of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page(pub Vec<Pair>);

impl Page {
    /// The page in the bytes; `None` where they are no page.
    pub fn read(bytes: &[u8; SIZE]) -> Option<Page> {
        let number =
            |at: usize| usize::from(u16::from_ne_bytes([bytes[2 * at], bytes[2 * at + 1]]));
        let count = number(0);
        if !count.is_multiple_of(2) || 2 * (count + 1) > SIZE {
            return None;
        }
        let (mut pairs, mut end) = (Vec::with_capacity(count / 2), SIZE);
        for at in (1..=count).step_by(2) {
            let (key, value) = (number(at), number(at + 1));
            pairs.push(Pair {
                key: bytes.get(key..end)?.into(),
                value: bytes.get(value..key)?.into(),
            });
            end = value;
        }
        (end >= 2 * (count + 1)).then_some(Page(pairs))
    }

    /// The bytes of a page that fits.
    pub fn write(&self) -> [u8; SIZE] {
        let mut bytes = [0; SIZE];
        let mut put = |at: usize, number: usize| {
            bytes[2 * at..][..2].copy_from_slice(&(number as u16).to_ne_bytes());
        };
        put(0, 2 * self.0.len());
        let mut end = SIZE;
        for (at, pair) in self.0.iter().enumerate() {
            let key = end - pair.key.len();
            let value = key - pair.value.len();
            put(2 * at + 1, key);
            put(2 * at + 2, value);
            end = value;
        }
        let mut end = SIZE;
        for part in self.0.iter().flat_map(|pair| [&pair.key, &pair.value]) {
            bytes[end - part.len()..end].copy_from_slice(part);
            end -= part.len();
        }
        bytes
    }

    pub fn fits(&self) -> bool {
        2 + self.0.iter().map(Pair::room).sum::<usize>() <= SIZE
    }

    pub fn find(&self, key: &[u8]) -> Option<usize> {
        self.0.iter().position(|pair| *pair.key == *key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_wrote() {
        let pair = |key: &[u8], value: &[u8]| Pair {
            key: key.into(),
            value: value.into(),
        };
        let page = Page(vec![pair(b"a", b"one"), pair(b"", b"two"), pair(b"c", b"")]);
        assert_eq!(Page::read(&page.write()), Some(page));
        assert_eq!(Page::read(&[0; SIZE]), Some(Page::default()));
        assert_eq!(Page::read(&[0xFF; SIZE]), None);
        assert!(Page(vec![pair(&[0; 1000], &[0; 18])]).fits());
        assert!(!Page(vec![pair(&[0; 1000], &[0; 19])]).fits());
    }
}
