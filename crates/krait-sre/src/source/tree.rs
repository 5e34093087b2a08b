//! What a pattern says, as a tree.

use crate::code::MAX_REPEAT;
use crate::parse::Greed;

/// A member of a set of characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Member {
    /// The set is of all others.
    Negate,
    Literal(u32),
    Range(u32, u32),
    Category(u32),
    /// A range that is looked up in both cases.
    RangeIgnore(u32, u32),
    /// An operation with a table of the characters.
    Table(u32, Vec<u32>),
}

/// A step of a pattern.
#[derive(Debug)]
pub(super) enum Step {
    Literal(u32),
    NotLiteral(u32),
    Any,
    In(Vec<Member>),
    At(u32),
    Fail,
    Branch(Vec<Steps>),
    Repeat(Greed, u32, u32, Steps),
    Group(Group),
    Atomic(Steps),
    Assert {
        negated: bool,
        behind: bool,
        steps: Steps,
    },
    GroupRef(u32),
    GroupExists {
        group: u32,
        yes: Steps,
        no: Option<Steps>,
    },
}

pub(super) type Steps = Vec<Step>;

/// A group: its number if it captures, flags that it turns on and off.
#[derive(Debug)]
pub(super) struct Group {
    pub number: Option<u32>,
    pub on: u32,
    pub off: u32,
    pub steps: Steps,
}

impl Group {
    /// Whether it only holds its steps together.
    pub fn is_plain(&self) -> bool {
        self.number.is_none() && self.on == 0 && self.off == 0
    }
}

impl Step {
    /// Whether two alternatives begin alike. Steps that hold others never do.
    pub fn is_same(&self, other: &Step) -> bool {
        match (self, other) {
            (Step::Literal(a), Step::Literal(b))
            | (Step::NotLiteral(a), Step::NotLiteral(b))
            | (Step::At(a), Step::At(b))
            | (Step::GroupRef(a), Step::GroupRef(b)) => a == b,
            (Step::Any, Step::Any) | (Step::Fail, Step::Fail) => true,
            (Step::In(a), Step::In(b)) => a == b,
            _ => false,
        }
    }

    /// The least and greatest numbers of characters that it matches.
    fn width(&self, groups: &[Option<Width>]) -> Width {
        match self {
            Step::Literal(_) | Step::NotLiteral(_) | Step::Any | Step::In(_) => Width(1, 1),
            Step::Branch(alternatives) => alternatives
                .iter()
                .map(|steps| width(steps, groups))
                .reduce(Width::either)
                .unwrap_or_default(),
            Step::Repeat(_, min, max, steps) => width(steps, groups).repeated(*min, *max),
            Step::Group(group) => match group.number.and_then(|n| groups[n as usize]) {
                Some(known) => known,
                None => width(&group.steps, groups),
            },
            Step::Atomic(steps) => width(steps, groups),
            Step::GroupRef(group) => groups[*group as usize].unwrap_or_default(),
            Step::GroupExists { yes, no, .. } => {
                let Width(min, max) = width(yes, groups);
                match no {
                    Some(no) => Width(min, max).either(width(no, groups)),
                    None => Width(0, max),
                }
            }
            Step::At(_) | Step::Fail | Step::Assert { .. } => Width(0, 0),
        }
    }
}

/// The least and greatest numbers of characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Width(pub u128, pub u128);

/// More is not counted.
const MAX_WIDTH: u128 = 1 << 64;

impl Width {
    fn then(self, next: Width) -> Width {
        Width(self.0 + next.0, self.1 + next.1)
    }

    fn either(self, other: Width) -> Width {
        Width(self.0.min(other.0), self.1.max(other.1))
    }

    fn repeated(self, min: u32, max: u32) -> Width {
        let endless = max == MAX_REPEAT && self.1 > 0;
        Width(
            self.0 * u128::from(min),
            if endless {
                MAX_WIDTH
            } else {
                self.1 * u128::from(max)
            },
        )
    }
}

/// The width of steps, with those of the groups that are closed.
pub(super) fn width(steps: &[Step], groups: &[Option<Width>]) -> Width {
    let all = steps.iter().map(|step| step.width(groups));
    let Width(min, max) = all.fold(Width::default(), Width::then);
    Width(min.min(MAX_WIDTH), max.min(MAX_WIDTH))
}
