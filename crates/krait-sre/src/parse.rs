//! Checks the code words and turns them into a tree. Nothing outside the code is read,
//! whatever the words are; what `_sre` would not accept is [`BadCode`].

use crate::charset::{Fold, Item, Props, Set};
use crate::code::{MAX_REPEAT, at, category, op};

/// The code is not what `re._compiler` emits ("invalid SRE code").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadCode;

/// How deep groups may be nested.
const MAX_DEPTH: u32 = 1500;

/// Something that matches exactly one character.
#[derive(Clone, Copy, Debug)]
pub(crate) enum One {
    Literal(u32),
    NotLiteral(u32),
    /// All but a line feed.
    Any,
    All,
    /// An index into the sets.
    Set(u32),
}

/// How a repeat chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

/// A part of a pattern.
#[derive(Debug)]
pub(crate) enum Node {
    Fail,
    One(One),
    At(u32),
    Mark(u32),
    GroupRef {
        group: u32,
        fold: Fold,
    },
    GroupExists {
        group: u32,
        yes: Vec<Node>,
        no: Vec<Node>,
    },
    Branch(Vec<Vec<Node>>),
    RepeatOne {
        greed: Greed,
        min: u32,
        max: u32,
        one: One,
    },
    Repeat {
        greed: Greed,
        min: u32,
        max: u32,
        body: Vec<Node>,
    },
    Atomic(Vec<Node>),
    Look {
        behind: u32,
        negative: bool,
        body: Vec<Node>,
    },
}

/// A checked pattern.
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
    pub(crate) sets: Vec<Set>,
}

/// Parses the code of a pattern with so many groups.
pub(crate) fn parse(code: &[u32], groups: u32, props: Props) -> Result<Tree, BadCode> {
    let mut parser = Parser {
        code,
        groups,
        props,
        sets: Vec::new(),
        depth: 0,
    };
    let (&last, body) = code.split_last().ok_or(BadCode)?;
    if last != op::SUCCESS {
        return Err(BadCode);
    }
    let mut at = 0;
    if body.first() == Some(&op::INFO) {
        let end = parser.skip(1, body.len())?;
        if end < 5 {
            return Err(BadCode);
        }
        at = end;
    }
    let nodes = parser.sequence(at, body.len())?;
    Ok(Tree {
        nodes,
        sets: parser.sets,
    })
}

struct Parser<'a> {
    code: &'a [u32],
    groups: u32,
    props: Props,
    sets: Vec<Set>,
    depth: u32,
}

impl Parser<'_> {
    /// The word at `at`, which must lie before `end`.
    fn word(&self, at: usize, end: usize) -> Result<u32, BadCode> {
        if at >= end {
            return Err(BadCode);
        }
        self.code.get(at).copied().ok_or(BadCode)
    }

    /// Where the skip word at `at` leads; not beyond `end`.
    fn skip(&self, at: usize, end: usize) -> Result<usize, BadCode> {
        let target = at + self.word(at, end)? as usize;
        if target > end {
            Err(BadCode)
        } else {
            Ok(target)
        }
    }

    fn sequence(&mut self, at: usize, end: usize) -> Result<Vec<Node>, BadCode> {
        self.depth += 1;
        if self.depth > MAX_DEPTH || at > end {
            return Err(BadCode);
        }
        let mut nodes = Vec::new();
        let mut at = at;
        while at < end {
            at = self.node(at, end, &mut nodes)?;
        }
        self.depth -= 1;
        Ok(nodes)
    }

    /// A sequence that ends with `SUCCESS` just before `end`.
    fn closed(&mut self, at: usize, end: usize) -> Result<Vec<Node>, BadCode> {
        if end <= at || self.code[end - 1] != op::SUCCESS {
            return Err(BadCode);
        }
        self.sequence(at, end - 1)
    }

    /// Parses one operation and returns where the next begins.
    fn node(&mut self, at: usize, end: usize, out: &mut Vec<Node>) -> Result<usize, BadCode> {
        let operation = self.word(at, end)?;
        if let Some((one, next)) = self.one(at, end)? {
            out.push(Node::One(one));
            return Ok(next);
        }
        match operation {
            op::FAILURE => {
                out.push(Node::Fail);
                Ok(at + 1)
            }
            op::AT => {
                let place = self.word(at + 1, end)?;
                if place > at::UNI_NON_BOUNDARY {
                    return Err(BadCode);
                }
                out.push(Node::At(place));
                Ok(at + 2)
            }
            op::MARK => {
                let mark = self.word(at + 1, end)?;
                if mark / 2 >= self.groups {
                    return Err(BadCode);
                }
                out.push(Node::Mark(mark));
                Ok(at + 2)
            }
            op::GROUPREF => self.group_ref(at, end, Fold::None, out),
            op::GROUPREF_IGNORE => self.group_ref(at, end, Fold::Ascii, out),
            op::GROUPREF_UNI_IGNORE => self.group_ref(at, end, Fold::Unicode, out),
            op::GROUPREF_LOC_IGNORE => self.group_ref(at, end, Fold::Locale, out),
            op::GROUPREF_EXISTS => self.group_exists(at, end, out),
            op::BRANCH => self.branch(at, end, out),
            op::REPEAT_ONE => self.repeat_one(at, end, Greed::Greedy, out),
            op::MIN_REPEAT_ONE => self.repeat_one(at, end, Greed::Lazy, out),
            op::POSSESSIVE_REPEAT_ONE => self.repeat_one(at, end, Greed::Possessive, out),
            op::REPEAT | op::POSSESSIVE_REPEAT => self.repeat(at, end, out),
            op::ATOMIC_GROUP => {
                let stop = self.skip(at + 1, end)?;
                out.push(Node::Atomic(self.closed(at + 2, stop)?));
                Ok(stop)
            }
            op::ASSERT | op::ASSERT_NOT => {
                let stop = self.skip(at + 1, end)?;
                let behind = self.word(at + 2, stop)?;
                if behind & 0x8000_0000 != 0 {
                    return Err(BadCode);
                }
                let body = self.closed(at + 3, stop)?;
                let negative = operation == op::ASSERT_NOT;
                out.push(Node::Look {
                    behind,
                    negative,
                    body,
                });
                Ok(stop)
            }
            _ => Err(BadCode),
        }
    }

    fn group_ref(
        &mut self,
        at: usize,
        end: usize,
        fold: Fold,
        out: &mut Vec<Node>,
    ) -> Result<usize, BadCode> {
        let group = self.word(at + 1, end)?;
        if group >= self.groups {
            return Err(BadCode);
        }
        out.push(Node::GroupRef { group, fold });
        Ok(at + 2)
    }

    /// `GROUPREF_EXISTS group skip yes [JUMP skip no]`.
    fn group_exists(
        &mut self,
        at: usize,
        end: usize,
        out: &mut Vec<Node>,
    ) -> Result<usize, BadCode> {
        let group = self.word(at + 1, end)?;
        let skip = self.word(at + 2, end)? as usize;
        let other = at + 1 + skip;
        if group >= self.groups || other > end {
            return Err(BadCode);
        }
        let mut yes = Vec::new();
        let mut here = at + 3;
        let mut next = other;
        let mut no = Vec::new();
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(BadCode);
        }
        while here < other {
            if here + 2 == other && self.code[here] == op::JUMP {
                next = self.skip(here + 1, end)?;
                no = self.sequence(other, next)?;
                here = other;
            } else {
                here = self.node(here, other, &mut yes)?;
            }
        }
        self.depth -= 1;
        if here != other {
            return Err(BadCode);
        }
        out.push(Node::GroupExists { group, yes, no });
        Ok(next)
    }

    /// `BRANCH (skip body JUMP skip)... 0`; all jumps lead behind the end.
    fn branch(&mut self, at: usize, end: usize, out: &mut Vec<Node>) -> Result<usize, BadCode> {
        let mut alternatives = Vec::new();
        let mut target = None;
        let mut here = at + 1;
        loop {
            let next = self.skip(here, end)?;
            if next == here {
                break;
            }
            if next < here + 3 || self.code[next - 2] != op::JUMP {
                return Err(BadCode);
            }
            alternatives.push(self.sequence(here + 1, next - 2)?);
            let jump = self.skip(next - 1, end)?;
            if *target.get_or_insert(jump) != jump {
                return Err(BadCode);
            }
            here = next;
        }
        here += 1;
        if target.is_some_and(|t| t != here) {
            return Err(BadCode);
        }
        out.push(Node::Branch(alternatives));
        Ok(here)
    }

    fn limits(&self, at: usize, end: usize) -> Result<(u32, u32), BadCode> {
        let (min, max) = (self.word(at, end)?, self.word(at + 1, end)?);
        if min > max {
            Err(BadCode)
        } else {
            Ok((min, max))
        }
    }

    /// `REPEAT_ONE skip min max item SUCCESS`.
    fn repeat_one(
        &mut self,
        at: usize,
        end: usize,
        greed: Greed,
        out: &mut Vec<Node>,
    ) -> Result<usize, BadCode> {
        let stop = self.skip(at + 1, end)?;
        let (min, max) = self.limits(at + 2, stop)?;
        match self.one(at + 4, stop)? {
            Some((one, next)) if next + 1 == stop && self.code[next] == op::SUCCESS => {
                out.push(Node::RepeatOne {
                    greed,
                    min,
                    max,
                    one,
                });
            }
            _ => {
                let body = self.closed(at + 4, stop)?;
                out.push(Node::Repeat {
                    greed,
                    min,
                    max,
                    body,
                });
            }
        }
        Ok(stop)
    }

    /// `REPEAT skip min max item UNTIL`; the skip leads to the last word.
    fn repeat(&mut self, at: usize, end: usize, out: &mut Vec<Node>) -> Result<usize, BadCode> {
        let stop = self.skip(at + 1, end)?;
        let (min, max) = self.limits(at + 2, stop)?;
        let greed = match (self.code[at], self.word(stop, end)?) {
            (op::REPEAT, op::MAX_UNTIL) => Greed::Greedy,
            (op::REPEAT, op::MIN_UNTIL) => Greed::Lazy,
            (op::POSSESSIVE_REPEAT, op::SUCCESS) => Greed::Possessive,
            _ => return Err(BadCode),
        };
        let body = self.sequence(at + 4, stop)?;
        out.push(Node::Repeat {
            greed,
            min,
            max,
            body,
        });
        Ok(stop + 1)
    }

    /// An operation for one character and where the next begins; `None` for others.
    fn one(&mut self, at: usize, end: usize) -> Result<Option<(One, usize)>, BadCode> {
        let fold = match self.word(at, end)? {
            op::ANY => return Ok(Some((One::Any, at + 1))),
            op::ANY_ALL => return Ok(Some((One::All, at + 1))),
            op::LITERAL => return Ok(Some((One::Literal(self.word(at + 1, end)?), at + 2))),
            op::NOT_LITERAL => return Ok(Some((One::NotLiteral(self.word(at + 1, end)?), at + 2))),
            op::CATEGORY => {
                let items = vec![Item::Category(self.category(at + 1, end)?)];
                return Ok(Some((self.add_set(items, Fold::None), at + 2)));
            }
            op::IN => Fold::None,
            op::IN_IGNORE => Fold::Ascii,
            op::IN_LOC_IGNORE => Fold::Locale,
            op::IN_UNI_IGNORE => Fold::Unicode,
            op::LITERAL_IGNORE => return self.folded(at, end, Fold::Ascii, false),
            op::LITERAL_LOC_IGNORE => return self.folded(at, end, Fold::Locale, false),
            op::LITERAL_UNI_IGNORE => return self.folded(at, end, Fold::Unicode, false),
            op::NOT_LITERAL_IGNORE => return self.folded(at, end, Fold::Ascii, true),
            op::NOT_LITERAL_LOC_IGNORE => return self.folded(at, end, Fold::Locale, true),
            op::NOT_LITERAL_UNI_IGNORE => return self.folded(at, end, Fold::Unicode, true),
            _ => return Ok(None),
        };
        let stop = self.skip(at + 1, end)?;
        let items = self.items(at + 2, stop)?;
        Ok(Some((self.add_set(items, fold), stop)))
    }

    fn add_set(&mut self, items: Vec<Item>, fold: Fold) -> One {
        self.sets.push(Set::new(items, fold, self.props));
        One::Set(self.sets.len() as u32 - 1)
    }

    /// A literal without regard to case.
    fn folded(
        &mut self,
        at: usize,
        end: usize,
        fold: Fold,
        not: bool,
    ) -> Result<Option<(One, usize)>, BadCode> {
        let literal = self.word(at + 1, end)?;
        let mut items = vec![Item::Literal(literal)];
        if fold == Fold::Locale
            && let Ok(byte) = u8::try_from(literal)
        {
            // The literal is not folded by the compiler here.
            items.push(Item::Literal(self.props.locale_lower(byte) as u32));
            items.push(Item::Literal(self.props.locale_upper(byte) as u32));
        }
        let mut set = Set::new(items.clone(), fold, self.props);
        if not {
            items.insert(0, Item::Negate);
            let low = set.low;
            set = Set::new(items, fold, self.props);
            set.low = low.map(|yes| !yes);
        }
        self.sets.push(set);
        Ok(Some((One::Set(self.sets.len() as u32 - 1), at + 2)))
    }

    fn category(&self, at: usize, end: usize) -> Result<u32, BadCode> {
        let category = self.word(at, end)?;
        if category > category::UNI_NOT_LINEBREAK {
            Err(BadCode)
        } else {
            Ok(category)
        }
    }

    /// The description of a set, which ends with `FAILURE` just before `end`.
    fn items(&self, at: usize, end: usize) -> Result<Vec<Item>, BadCode> {
        let mut items = Vec::new();
        let mut at = at;
        loop {
            let operation = self.word(at, end)?;
            at += 1;
            match operation {
                op::FAILURE if at == end => return Ok(items),
                op::NEGATE => items.push(Item::Negate),
                op::LITERAL => {
                    items.push(Item::Literal(self.word(at, end)?));
                    at += 1;
                }
                op::RANGE | op::RANGE_UNI_IGNORE => {
                    let (first, last) = (self.word(at, end)?, self.word(at + 1, end)?);
                    items.push(match operation {
                        op::RANGE => Item::Range(first, last),
                        _ => Item::RangeUpper(first, last),
                    });
                    at += 2;
                }
                op::CHARSET => {
                    let words = self.words(at, 8, end)?;
                    let mut bits = [0; 8];
                    bits.copy_from_slice(words);
                    items.push(Item::Bitmap(bits));
                    at += 8;
                }
                op::BIGCHARSET => {
                    let count = self.word(at, end)?;
                    if count > 256 {
                        return Err(BadCode);
                    }
                    let numbers: Vec<u8> = self
                        .words(at + 1, 64, end)?
                        .iter()
                        .flat_map(|w| w.to_le_bytes())
                        .collect();
                    if numbers.iter().any(|&n| n as u32 >= count) {
                        return Err(BadCode);
                    }
                    let len = count as usize * 8;
                    let bits = self.words(at + 65, len, end)?;
                    items.push(Item::Blocks(numbers.into(), bits.into()));
                    at += 65 + len;
                }
                op::CATEGORY => {
                    items.push(Item::Category(self.category(at, end)?));
                    at += 1;
                }
                _ => return Err(BadCode),
            }
        }
    }

    fn words(&self, at: usize, len: usize, end: usize) -> Result<&[u32], BadCode> {
        if at + len > end {
            return Err(BadCode);
        }
        self.code.get(at..at + len).ok_or(BadCode)
    }
}

/// Whether a repeat has no upper limit.
pub(crate) fn unlimited(max: u32) -> bool {
    max == MAX_REPEAT
}
