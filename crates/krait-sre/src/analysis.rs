//! What can be known about a pattern before matching: widths, the characters that may
//! come first, what follows, whether a repeat can never profit from giving back.

use crate::charset::{Fold, Props, Set, class, class_of};
use crate::code::{at, category};
use crate::parse::{Node, One};

/// How many nodes a question about what follows may look at.
const BUDGET: u32 = 200;

/// A superset of the characters that a match may begin with.
#[derive(Clone)]
pub(crate) struct First {
    /// Of the first 256.
    pub(crate) low: [bool; 256],
    /// Classes (see [`class`]) of those above.
    pub(crate) high: u8,
    /// Whether there need not be such a character, or nothing is known. (Where there must
    /// be, the match may still be empty: a lookahead says what comes and takes nothing.)
    pub(crate) nullable: bool,
}

impl First {
    fn nothing() -> First {
        First {
            low: [false; 256],
            high: 0,
            nullable: false,
        }
    }

    fn everything() -> First {
        First {
            low: [true; 256],
            high: class::ALL,
            nullable: true,
        }
    }

    /// The only character that a match may begin with.
    pub(crate) fn single(&self) -> Option<u8> {
        match self.few(1)?[..] {
            [byte] => Some(byte),
            _ => None,
        }
    }

    /// The characters, if there are at most `limit` and all are below 256.
    pub(crate) fn few(&self, limit: usize) -> Option<Vec<u8>> {
        if self.nullable || self.high != 0 {
            return None;
        }
        let bytes = (0..=255).filter(|&b: &u8| self.low[b as usize]);
        let bytes: Vec<u8> = bytes.take(limit + 1).collect();
        (bytes.len() <= limit && !bytes.is_empty()).then_some(bytes)
    }

    /// Whether a character, or the end, says nothing about what to do.
    pub(crate) fn admits_everything(&self) -> bool {
        self.nullable
    }
}

/// What comes after a place in the pattern.
#[derive(Clone, Copy)]
pub(crate) enum Follow<'a> {
    /// Success, of the pattern or of a group that is then fixed.
    End,
    /// Something that is not looked at.
    Unknown,
    /// These, then the rest.
    Then(&'a [Node], &'a Follow<'a>),
    /// The loop's body once more, or the rest.
    Loop(&'a [Node], &'a Follow<'a>),
}

/// Answers questions about the nodes of one pattern.
#[derive(Clone, Copy)]
pub(crate) struct Analysis<'a> {
    pub(crate) sets: &'a [Set],
    pub(crate) props: Props,
}

impl Analysis<'_> {
    fn add_one(&self, one: One, out: &mut First) {
        match one {
            One::Literal(ch) => match out.low.get_mut(ch as usize) {
                Some(slot) => *slot = true,
                None => out.high |= class_of(ch, self.props),
            },
            One::NotLiteral(ch) => self.all_but(ch, out),
            One::Any => self.all_but('\n' as u32, out),
            One::All => self.all_but(u32::MAX, out),
            One::Set(id) => {
                let set = &self.sets[id as usize];
                for (slot, &yes) in out.low.iter_mut().zip(&set.low) {
                    *slot |= yes;
                }
                out.high |= set.high_classes();
            }
        }
    }

    fn all_but(&self, ch: u32, out: &mut First) {
        for (i, slot) in out.low.iter_mut().enumerate() {
            *slot |= i as u32 != ch;
        }
        out.high = class::ALL;
    }

    /// The characters that a sequence may begin with.
    pub(crate) fn first(&self, nodes: &[Node]) -> First {
        let mut out = First::nothing();
        let mut budget = BUDGET;
        out.nullable = self.collect(nodes, &mut out, &mut budget);
        if budget == 0 {
            First::everything()
        } else {
            out
        }
    }

    /// The characters that may come at a place.
    pub(crate) fn first_of_follow(&self, follow: Follow) -> First {
        let mut out = First::nothing();
        let mut budget = BUDGET;
        let mut place = follow;
        out.nullable = loop {
            match place {
                Follow::End | Follow::Unknown => break true,
                Follow::Then(nodes, rest) => {
                    if !self.collect(nodes, &mut out, &mut budget) {
                        break false;
                    }
                    place = *rest;
                }
                Follow::Loop(body, rest) => {
                    self.collect(body, &mut out, &mut budget);
                    place = *rest;
                }
            }
        };
        if budget == 0 {
            First::everything()
        } else {
            out
        }
    }

    /// Adds what a sequence may begin with; whether it may be empty.
    fn collect(&self, nodes: &[Node], out: &mut First, budget: &mut u32) -> bool {
        for node in nodes {
            if *budget == 0 {
                return true;
            }
            *budget -= 1;
            let empty = match node {
                Node::Fail => return false,
                Node::One(one) => {
                    self.add_one(*one, out);
                    false
                }
                // A lookahead says as well what comes.
                Node::Look {
                    behind: 0,
                    negative: false,
                    body,
                } => self.collect(body, out, budget),
                Node::At(_) | Node::Mark(_) | Node::Look { .. } => true,
                Node::GroupRef { .. } => {
                    self.all_but(u32::MAX, out);
                    true
                }
                Node::GroupExists { yes, no, .. } => {
                    let yes = self.collect(yes, out, budget);
                    self.collect(no, out, budget) || yes
                }
                Node::Branch(alternatives) => {
                    let mut empty = false;
                    for alternative in alternatives {
                        empty |= self.collect(alternative, out, budget);
                    }
                    empty
                }
                Node::RepeatOne { min, one, .. } => {
                    self.add_one(*one, out);
                    *min == 0
                }
                Node::Repeat { min, body, .. } => self.collect(body, out, budget) || *min == 0,
                Node::Atomic(body) => self.collect(body, out, budget),
            };
            if !empty {
                return false;
            }
        }
        true
    }

    /// Whether nothing is lost when a repeat of single characters never gives one back.
    pub(crate) fn never_gives_back(&self, one: One, min: u32, follow: Follow) -> bool {
        let mut place = follow;
        while let Follow::Then(nodes, rest) = place {
            match nodes.iter().find(|n| !matches!(n, Node::Mark(_))) {
                None => place = *rest,
                Some(Node::At(kind)) => {
                    if self.place_forbids(one, min, *kind) {
                        return true;
                    }
                    break;
                }
                Some(_) => break,
            }
        }
        if matches!(place, Follow::End) {
            return true;
        }
        let next = self.first_of_follow(follow);
        let mut own = First::nothing();
        self.add_one(one, &mut own);
        let apart = own.low.iter().zip(&next.low).all(|(&a, &b)| !(a && b));
        !next.nullable && apart && own.high & next.high == 0
    }

    /// Whether a place cannot be where a repeat could still have gone on.
    fn place_forbids(&self, one: One, min: u32, kind: u32) -> bool {
        let mut own = First::nothing();
        self.add_one(one, &mut own);
        match kind {
            at::END_STRING => true,
            at::END | at::END_LINE => !own.low['\n' as usize],
            at::BOUNDARY if min > 0 => self.inside(&own, category::WORD),
            at::UNI_BOUNDARY if min > 0 => self.inside(&own, category::UNI_WORD),
            _ => false,
        }
    }

    fn inside(&self, own: &First, category: u32) -> bool {
        let set = Set::category(category, self.props);
        let low = own.low.iter().zip(&set.low).all(|(&a, &b)| !a || b);
        low && own.high & !set.high_classes() == 0
    }

    /// The fewest characters that a sequence takes.
    pub(crate) fn min_width(&self, nodes: &[Node]) -> usize {
        nodes.iter().fold(0usize, |sum, node| {
            sum.saturating_add(self.node_width(node))
        })
    }

    fn node_width(&self, node: &Node) -> usize {
        match node {
            Node::One(_) => 1,
            Node::Fail
            | Node::At(_)
            | Node::Mark(_)
            | Node::GroupRef { .. }
            | Node::Look { .. } => 0,
            Node::GroupExists { yes, no, .. } => self.min_width(yes).min(self.min_width(no)),
            Node::Branch(alternatives) => alternatives
                .iter()
                .map(|a| self.min_width(a))
                .min()
                .unwrap_or(0),
            Node::RepeatOne { min, .. } => *min as usize,
            Node::Repeat { min, body, .. } => self.min_width(body).saturating_mul(*min as usize),
            Node::Atomic(body) => self.min_width(body),
        }
    }
}

/// Whether a sequence looks at what groups have matched.
pub(crate) fn looks_at_groups(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::GroupRef { .. } | Node::GroupExists { .. } => true,
        Node::Branch(alternatives) => alternatives.iter().any(|a| looks_at_groups(a)),
        Node::Repeat { body, .. } | Node::Atomic(body) | Node::Look { body, .. } => {
            looks_at_groups(body)
        }
        _ => false,
    })
}

/// Whether a sequence sets marks.
pub(crate) fn sets_marks(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Mark(_) => true,
        Node::GroupExists { yes, no, .. } => sets_marks(yes) || sets_marks(no),
        Node::Branch(alternatives) => alternatives.iter().any(|a| sets_marks(a)),
        Node::Repeat { body, .. } | Node::Atomic(body) | Node::Look { body, .. } => {
            sets_marks(body)
        }
        _ => false,
    })
}

/// The literal that every match begins with, and whether it is the whole pattern.
pub(crate) fn literal_prefix(nodes: &[Node]) -> (Vec<u32>, bool) {
    let mut out = Vec::new();
    let whole = add_prefix(nodes, &mut out);
    let only = whole && nodes.iter().all(|n| matches!(n, Node::One(_)));
    (out, only)
}

fn add_prefix(nodes: &[Node], out: &mut Vec<u32>) -> bool {
    for node in nodes {
        match node {
            Node::One(One::Literal(ch)) => out.push(*ch),
            Node::Mark(_) | Node::At(_) => {}
            Node::Atomic(body) if add_prefix(body, out) => {}
            Node::Repeat { min, body, .. } if *min > 0 => {
                add_prefix(body, out);
                return false;
            }
            _ => return false,
        }
    }
    true
}

/// How a referenced group is compared: what the two characters become first.
pub(crate) fn same(a: u32, b: u32, fold: Fold, props: Props) -> bool {
    a == b || fold != Fold::None && fold.apply(a, props) == fold.apply(b, props)
}
