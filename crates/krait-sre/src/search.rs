//! Where a match can begin: skips ahead in a search.

use crate::analysis::{Analysis, First, literal_prefix, looks_at_groups};
use crate::code::at;
use crate::parse::{Greed, Node, One, Tree, unlimited};
use crate::unit::{Literal, Unit};

/// What is known about the beginning of a match.
pub(crate) enum Strategy {
    /// Nothing.
    Everywhere,
    /// Only the beginning of the subject.
    Beginning,
    /// Only beginnings of lines.
    Lines,
    /// The place where the search begins, and beginnings of lines after it: the pattern
    /// begins with `.*`, which has tried all places of a line from the first.
    LinesAfter,
    /// Only the place where the search begins: `(?s:.*)`.
    Here,
    /// One character.
    Char(u32),
    /// One of at most three.
    Few(Vec<u8>),
    /// One of many.
    Table { low: Box<[bool; 256]>, high: bool },
    /// A literal of at least two characters.
    Literal(Box<Literal>),
}

impl Strategy {
    /// The best for a pattern, and whether a place found is a match already.
    pub(crate) fn choose(tree: &Tree, analysis: Analysis) -> (Strategy, bool) {
        let first_node = tree.nodes.iter().find(|n| !matches!(n, Node::Mark(_)));
        match first_node {
            Some(Node::At(at::BEGINNING | at::BEGINNING_STRING)) => {
                return (Strategy::Beginning, false);
            }
            Some(Node::At(at::BEGINNING_LINE)) => return (Strategy::Lines, false),
            Some(Node::RepeatOne {
                greed: Greed::Greedy,
                min: 0,
                max,
                one,
            }) if unlimited(*max) && !looks_at_groups(&tree.nodes) => match one {
                One::Any => return (Strategy::LinesAfter, false),
                One::All => return (Strategy::Here, false),
                _ => {}
            },
            _ => {}
        }
        let (prefix, whole) = literal_prefix(&tree.nodes);
        match prefix[..] {
            [] => {}
            [ch] => return (Strategy::Char(ch), whole),
            _ => return (Strategy::Literal(Box::new(Literal::new(prefix))), whole),
        }
        (by_first(&analysis.first(&tree.nodes)), false)
    }

    /// The first place from `at` on where a match may begin; `begin` is where the
    /// search began.
    #[inline]
    pub(crate) fn next<U: Unit>(&self, text: &[U], at: usize, begin: usize) -> Option<usize> {
        let rest = text.get(at..)?;
        let found = match self {
            Strategy::Everywhere => 0,
            Strategy::Beginning => return (at == 0).then_some(0),
            Strategy::Here => return (at == begin).then_some(at),
            Strategy::LinesAfter if at == begin => 0,
            Strategy::Lines | Strategy::LinesAfter => {
                if at == 0 || text[at - 1].code() == '\n' as u32 {
                    0
                } else {
                    U::find(rest, U::from_code('\n' as u32)?)? + 1
                }
            }
            Strategy::Char(ch) => U::find(rest, U::from_code(*ch)?)?,
            Strategy::Few(bytes) => U::find_any(rest, bytes)?,
            Strategy::Table { low, high } => rest
                .iter()
                .position(|u| low.get(u.code() as usize).copied().unwrap_or(*high))?,
            Strategy::Literal(literal) => U::find_literal(rest, literal)?,
        };
        Some(at + found)
    }
}

fn by_first(first: &First) -> Strategy {
    if first.admits_everything() {
        return Strategy::Everywhere;
    }
    if let Some(byte) = first.single() {
        return Strategy::Char(byte as u32);
    }
    if let Some(bytes) = first.few(3) {
        return Strategy::Few(bytes);
    }
    Strategy::Table {
        low: Box::new(first.low),
        high: first.high != 0,
    }
}
