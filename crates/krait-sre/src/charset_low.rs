//! The first 256 characters of a set, as bits: made of whole items instead of by looking
//! every character up.

use std::sync::OnceLock;

use crate::charset::{Fold, Item, Props, in_category, in_items, in_locale};
use crate::code::category;

/// One bit for each of the first 256 characters.
#[derive(Clone, Copy, Default)]
struct Bits([u64; 4]);

impl Bits {
    fn of(test: impl Fn(u32) -> bool) -> Bits {
        let mut bits = Bits::default();
        for ch in (0..256).filter(|ch| test(*ch)) {
            bits.add(ch);
        }
        bits
    }

    fn add(&mut self, ch: u32) {
        if let Some(word) = self.0.get_mut(ch as usize >> 6) {
            *word |= 1 << (ch & 63);
        }
    }

    fn has(self, ch: u32) -> bool {
        self.0[ch as usize >> 6] >> (ch & 63) & 1 != 0
    }

    fn range(first: u32, last: u32) -> Bits {
        let mut bits = Bits::default();
        for (i, word) in bits.0.iter_mut().enumerate() {
            let base = i as u32 * 64;
            let (from, to) = (first.max(base), last.min(base + 63));
            if from <= to {
                *word = u64::MAX >> (63 - (to - from)) << (from - base);
            }
        }
        bits
    }

    /// From words of 32 characters each.
    fn words(words: impl Fn(usize) -> u32) -> Bits {
        Bits(std::array::from_fn(|i| {
            u64::from(words(i * 2)) | u64::from(words(i * 2 + 1)) << 32
        }))
    }
}

/// The characters of a category. Those of Unicode and ASCII are always the same ones.
fn of_category(number: u32, props: Props) -> Bits {
    static KNOWN: [OnceLock<Bits>; 32] = [const { OnceLock::new() }; 32];
    let test = |ch| in_category(number, ch, props);
    match KNOWN.get(number as usize) {
        Some(known) if number & !1 != category::LOC_WORD => *known.get_or_init(|| Bits::of(test)),
        _ => Bits::of(test),
    }
}

fn of_item(item: &Item, props: Props) -> Bits {
    match item {
        Item::Negate => Bits::default(),
        Item::Literal(ch) => Bits::range(*ch, *ch),
        Item::Range(first, last) => Bits::range(*first, *last),
        Item::Bitmap(words) => Bits::words(|i| words[i]),
        Item::Blocks(numbers, words) => {
            let block = numbers[0] as usize * 8;
            Bits::words(|i| words[block + i])
        }
        Item::Category(number) => of_category(*number, props),
        Item::RangeUpper(first, last) => {
            let range = *first..=*last;
            Bits::of(|ch| range.contains(&ch) || range.contains(&props.upper(ch)))
        }
    }
}

/// What the first item that has a character says of it.
fn of_items(items: &[Item], props: Props) -> Bits {
    let (mut inside, mut decided, mut found) = (Bits::default(), Bits::default(), true);
    for item in items {
        if matches!(item, Item::Negate) {
            found = !found;
            continue;
        }
        let has = of_item(item, props);
        for i in 0..4 {
            if found {
                inside.0[i] |= has.0[i] & !decided.0[i];
            }
            decided.0[i] |= has.0[i];
        }
    }
    if !found {
        for i in 0..4 {
            inside.0[i] |= !decided.0[i];
        }
    }
    inside
}

/// The lower case of the first 256 characters.
fn lower(props: Props) -> &'static [u32; 256] {
    static KNOWN: OnceLock<[u32; 256]> = OnceLock::new();
    KNOWN.get_or_init(|| std::array::from_fn(|ch| props.lower(ch as u32)))
}

/// Whether each of the first 256 characters is in the set.
pub(crate) fn table(items: &[Item], fold: Fold, props: Props) -> [bool; 256] {
    let bits = of_items(items, props);
    let folded = |ch: u32| match bits.0.get(ch as usize >> 6) {
        Some(_) => bits.has(ch),
        None => in_items(items, ch, props),
    };
    std::array::from_fn(|at| {
        let ch = at as u32;
        match fold {
            Fold::None => bits.has(ch),
            Fold::Ascii => bits.has(u32::from((at as u8).to_ascii_lowercase())),
            Fold::Unicode => folded(lower(props)[at]),
            Fold::Locale => in_locale(items, at as u8, props),
        }
    })
}
