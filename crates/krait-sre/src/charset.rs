//! Sets of characters: a table for the first 256, and a rule for those above.

use crate::charset_low;
use crate::code::category;

/// What matching has to know about characters. Code points may be lone surrogates.
///
/// The functions for the locale have the answers of the "C" locale unless they are
/// given. They are asked once, when the pattern is made.
pub trait UnicodeProps: Sync {
    /// The simple lower-case mapping.
    fn lower(&self, ch: u32) -> u32;
    /// The simple upper-case mapping.
    fn upper(&self, ch: u32) -> u32;
    /// `str.isalnum` of one character.
    fn is_alnum(&self, ch: u32) -> bool;
    /// `str.isspace` of one character.
    fn is_space(&self, ch: u32) -> bool;
    /// `str.isdecimal` of one character.
    fn is_decimal(&self, ch: u32) -> bool;
    /// Whether `str.splitlines` breaks after the character.
    fn is_linebreak(&self, ch: u32) -> bool {
        matches!(ch, 0x0A..=0x0D | 0x1C..=0x1E | 0x85 | 0x2028 | 0x2029)
    }
    /// `tolower` in the locale.
    fn locale_lower(&self, byte: u8) -> u8 {
        byte.to_ascii_lowercase()
    }
    /// `toupper` in the locale.
    fn locale_upper(&self, byte: u8) -> u8 {
        byte.to_ascii_uppercase()
    }
    /// `isalnum` in the locale.
    fn locale_alnum(&self, byte: u8) -> bool {
        byte.is_ascii_alphanumeric()
    }
}

/// How to reach the properties; the same for all parts of a pattern.
pub(crate) type Props = &'static dyn UnicodeProps;

/// What is done to a character of the subject before it is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fold {
    None,
    /// ASCII letters to lower case.
    Ascii,
    /// The simple lower-case mapping.
    Unicode,
    /// Lower and upper case of the locale are both looked up.
    Locale,
}

impl Fold {
    pub(crate) fn apply(self, ch: u32, props: Props) -> u32 {
        match self {
            Fold::None => ch,
            Fold::Ascii => u8::try_from(ch).map_or(ch, |b| b.to_ascii_lowercase() as u32),
            Fold::Unicode => props.lower(ch),
            Fold::Locale => u8::try_from(ch).map_or(ch, |b| props.locale_lower(b) as u32),
        }
    }
}

/// One word of a set's description.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    Negate,
    Literal(u32),
    Range(u32, u32),
    /// A range that the upper case of the character may also be in.
    RangeUpper(u32, u32),
    /// Bits of the first 256 characters.
    Bitmap([u32; 8]),
    /// Bits of the first 65536: a block number for each 256, and the blocks.
    Blocks(Box<[u8]>, Box<[u32]>),
    Category(u32),
}

/// The rule for characters from 256 on.
#[derive(Clone, Debug)]
enum High {
    None,
    All,
    /// A Unicode category.
    Category(u32),
    Items(Fold, Box<[Item]>),
}

/// A set of characters.
#[derive(Clone)]
pub(crate) struct Set {
    pub(crate) low: [bool; 256],
    high: High,
    props: Props,
}

impl std::fmt::Debug for Set {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Set({:?})", self.high)
    }
}

/// Classes that part the characters from 256 on, for a cheap proof that two sets have
/// nothing in common.
pub(crate) mod class {
    pub(crate) const DECIMAL: u8 = 1;
    pub(crate) const LETTER: u8 = 2;
    pub(crate) const SPACE: u8 = 4;
    pub(crate) const OTHER: u8 = 8;
    pub(crate) const ALL: u8 = 15;
}

/// The class of one character.
pub(crate) fn class_of(ch: u32, props: Props) -> u8 {
    if props.is_space(ch) {
        class::SPACE
    } else if props.is_decimal(ch) {
        class::DECIMAL
    } else if props.is_alnum(ch) {
        class::LETTER
    } else {
        class::OTHER
    }
}

impl Set {
    /// The set that a description stands for, looked up after folding.
    pub(crate) fn new(items: Vec<Item>, fold: Fold, props: Props) -> Set {
        let low = charset_low::table(&items, fold, props);
        let high = high_rule(items, fold);
        Set { low, high, props }
    }

    /// The characters of a category.
    pub(crate) fn category(category: u32, props: Props) -> Set {
        Set::new(vec![Item::Category(category)], Fold::None, props)
    }

    /// Whether the character is in the set.
    #[inline(always)]
    pub(crate) fn contains(&self, ch: u32) -> bool {
        match self.low.get(ch as usize) {
            Some(&yes) => yes,
            None => self.contains_high(ch),
        }
    }

    fn contains_high(&self, ch: u32) -> bool {
        match &self.high {
            High::None => false,
            High::All => true,
            High::Category(category) => in_category(*category, ch, self.props),
            High::Items(fold, items) => lookup(items, *fold, ch, self.props),
        }
    }

    /// In which classes there may be characters of the set from 256 on.
    pub(crate) fn high_classes(&self) -> u8 {
        match &self.high {
            High::None => 0,
            High::All | High::Items(..) => class::ALL,
            High::Category(category) => {
                let classes = match category & !1 {
                    category::UNI_DIGIT => class::DECIMAL,
                    category::UNI_SPACE => class::SPACE,
                    category::UNI_WORD => class::DECIMAL | class::LETTER,
                    _ => return class::ALL,
                };
                if category & 1 == 1 {
                    !classes & class::ALL
                } else {
                    classes
                }
            }
        }
    }
}

fn high_rule(items: Vec<Item>, fold: Fold) -> High {
    if let [Item::Category(category)] = items[..]
        && category >= category::UNI_DIGIT
        && fold == Fold::None
    {
        return High::Category(category);
    }
    if let [Item::Negate, Item::Category(category)] = items[..]
        && category >= category::UNI_DIGIT
        && fold == Fold::None
    {
        return High::Category(category ^ 1);
    }
    let narrow = |item: &Item| match item {
        Item::Negate | Item::Bitmap(_) => true,
        Item::Literal(ch) => *ch < 256,
        Item::Range(_, last) => *last < 256,
        Item::Category(category) => *category < category::UNI_DIGIT && category & 1 == 0,
        Item::RangeUpper(..) | Item::Blocks(..) => false,
    };
    if fold != Fold::Unicode && items.iter().all(narrow) {
        let turns = items.iter().filter(|i| matches!(i, Item::Negate)).count();
        return if turns % 2 == 1 {
            High::All
        } else {
            High::None
        };
    }
    High::Items(fold, items.into_boxed_slice())
}

fn lookup(items: &[Item], fold: Fold, ch: u32, props: Props) -> bool {
    if fold == Fold::Locale
        && let Ok(byte) = u8::try_from(ch)
    {
        return in_locale(items, byte, props);
    }
    in_items(items, fold.apply(ch, props), props)
}

pub(crate) fn in_items(items: &[Item], ch: u32, props: Props) -> bool {
    search(items, |item| is_in(item, ch, props))
}

/// Whether a byte is in a set in one case or the other: it is not in a negated one where
/// either case is in what is negated.
pub(crate) fn in_locale(items: &[Item], byte: u8, props: Props) -> bool {
    let (lower, upper) = (props.locale_lower(byte), props.locale_upper(byte));
    search(items, |item| {
        is_in(item, u32::from(lower), props) || is_in(item, u32::from(upper), props)
    })
}

/// The first item that the character is in decides.
#[inline(always)]
fn search(items: &[Item], is_in: impl Fn(&Item) -> bool) -> bool {
    let mut found = true;
    for item in items {
        if let Item::Negate = item {
            found = !found;
        } else if is_in(item) {
            return found;
        }
    }
    !found
}

#[inline(always)]
fn is_in(item: &Item, ch: u32, props: Props) -> bool {
    match item {
        Item::Negate => false,
        Item::Literal(literal) => ch == *literal,
        Item::Range(first, last) => (*first..=*last).contains(&ch),
        Item::RangeUpper(first, last) => {
            let range = *first..=*last;
            range.contains(&ch) || range.contains(&props.upper(ch))
        }
        Item::Bitmap(bits) => ch < 256 && bits[ch as usize >> 5] >> (ch & 31) & 1 != 0,
        Item::Blocks(numbers, bits) => {
            ch < 65536 && {
                let block = numbers[ch as usize >> 8] as usize;
                bits[block * 8 + (ch as usize >> 5 & 7)] >> (ch & 31) & 1 != 0
            }
        }
        Item::Category(category) => in_category(*category, ch, props),
    }
}

pub(crate) fn in_category(category: u32, ch: u32, props: Props) -> bool {
    let byte = u8::try_from(ch).ok();
    let inside = match category & !1 {
        category::DIGIT => byte.is_some_and(|b| b.is_ascii_digit()),
        category::SPACE => byte.is_some_and(|b| matches!(b, b' ' | b'\t'..=b'\r')),
        category::WORD => byte.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_'),
        category::LINEBREAK => ch == '\n' as u32,
        category::LOC_WORD => byte.is_some_and(|b| props.locale_alnum(b) || b == b'_'),
        category::UNI_DIGIT => props.is_decimal(ch),
        category::UNI_SPACE => props.is_space(ch),
        category::UNI_WORD => ch == '_' as u32 || props.is_alnum(ch),
        _ => props.is_linebreak(ch),
    };
    inside != (category & 1 == 1)
}
