//! The program that is executed. An instruction is eight bytes; what does not fit
//! stands in tables beside.

use crate::charset::{Fold, Props, Set};
use crate::parse::{Greed, One};
use crate::search::Strategy;
use crate::unit::Literal;

/// An instruction. Unless it says otherwise it goes on with the next one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Inst {
    /// The pattern has matched.
    Success,
    /// Goes back to the last choice.
    Fail,
    Literal(u32),
    NotLiteral(u32),
    Any,
    All,
    Set(u32),
    /// Literal number n.
    Text(u32),
    /// A position, by its number in the code.
    At(u32),
    /// Between a character of the set and one that is not, or an end.
    Boundary(u32),
    NotBoundary(u32),
    Mark(u32),
    /// The text of group n again.
    GroupRef(u32),
    GroupRefFold(u32, Fold),
    /// Exists n: goes on elsewhere when the group has not matched.
    Exists(u32),
    Jump(u32),
    /// Branch n.
    Branch(u32),
    /// Single-character repeat n.
    Greedy(u32),
    Possessive(u32),
    Lazy(u32),
    /// Loop n is entered.
    LoopInit(u32),
    /// After the body of loop n: once more, or out.
    LoopGreedy(u32),
    LoopLazy(u32),
    /// The same where no iterations need be counted.
    SimpleGreedy(u32),
    SimpleLazy(u32),
    /// Top of possessive loop n, and the end of its body.
    PossessiveTop(u32),
    PossessiveEnd(u32),
    /// Group n that is fixed once it has matched.
    AtomicBegin(u32),
    AtomicEnd(u32),
    /// Lookaround n.
    LookBegin(u32),
    LookEnd(u32),
    NotLookBegin(u32),
    NotLookEnd(u32),
}

/// What must come after a repeat of single characters.
pub(crate) enum Next {
    Unknown,
    /// This character.
    Char(u32),
    /// A character of the table, or one above it when `high`.
    Table {
        low: Box<[bool; 256]>,
        high: bool,
    },
}

/// A repeat of single characters.
pub(crate) struct RepeatOne {
    pub(crate) one: One,
    pub(crate) min: usize,
    pub(crate) max: usize,
    pub(crate) next: Next,
    /// The instruction behind.
    pub(crate) pc: u32,
}

/// Which alternatives may begin with a character: a bit each.
pub(crate) struct Branch {
    pub(crate) low: Box<[u64; 256]>,
    pub(crate) high: u64,
    pub(crate) end: u64,
    pub(crate) targets: Box<[u32]>,
}

/// A loop may go on with its body at such a character.
pub(crate) const BODY: u8 = 1;
/// A loop may be left at such a character.
pub(crate) const TAIL: u8 = 2;

/// A loop over more than a character.
pub(crate) struct Loop {
    pub(crate) min: u32,
    pub(crate) max: u32,
    pub(crate) body: u32,
    pub(crate) tail: u32,
    /// [`BODY`] and [`TAIL`] for the character that comes.
    pub(crate) low: Box<[u8; 256]>,
    pub(crate) high: u8,
    pub(crate) end: u8,
    /// Whether it lies in another loop, so that going back must restore its counters.
    pub(crate) nested: bool,
    /// Whether its body sets marks.
    pub(crate) marks: bool,
}

/// A conditional group.
pub(crate) struct Exists {
    pub(crate) group: u32,
    pub(crate) otherwise: u32,
}

/// A lookaround or an atomic group.
pub(crate) struct Look {
    pub(crate) behind: u32,
    /// The instruction behind.
    pub(crate) pc: u32,
    pub(crate) marks: bool,
}

/// A translated pattern.
pub(crate) struct Program {
    pub(crate) insts: Vec<Inst>,
    pub(crate) sets: Vec<Set>,
    pub(crate) texts: Vec<Literal>,
    pub(crate) repeats: Vec<RepeatOne>,
    pub(crate) branches: Vec<Branch>,
    pub(crate) loops: Vec<Loop>,
    pub(crate) exists: Vec<Exists>,
    pub(crate) looks: Vec<Look>,
    pub(crate) props: Props,
    pub(crate) strategy: Strategy,
    /// A repeat that begins the pattern and never gives back: where the attempt at its
    /// first character has failed, those at its others fail too.
    pub(crate) leading_run: Option<One>,
    /// The fewest characters of a match.
    pub(crate) min_width: usize,
    /// Whether the pattern is the literal of its search and nothing else.
    pub(crate) literal_only: bool,
}

/// The loop instruction for a kind of repeat.
pub(crate) fn loop_inst(greed: Greed, simple: bool, id: u32) -> Inst {
    match (greed, simple) {
        (Greed::Lazy, true) => Inst::SimpleLazy(id),
        (Greed::Lazy, false) => Inst::LoopLazy(id),
        (_, true) => Inst::SimpleGreedy(id),
        (_, false) => Inst::LoopGreedy(id),
    }
}
