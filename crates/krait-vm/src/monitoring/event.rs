//! The events of `sys.monitoring` as bits, with their names (PEP 669).

pub const PY_START: u32 = 1;
pub const PY_RESUME: u32 = 1 << 1;
pub const PY_RETURN: u32 = 1 << 2;
pub const PY_YIELD: u32 = 1 << 3;
pub const CALL: u32 = 1 << 4;
pub const LINE: u32 = 1 << 5;
pub const INSTRUCTION: u32 = 1 << 6;
pub const JUMP: u32 = 1 << 7;
pub const BRANCH_LEFT: u32 = 1 << 8;
pub const BRANCH_RIGHT: u32 = 1 << 9;
pub const STOP_ITERATION: u32 = 1 << 10;
pub const RAISE: u32 = 1 << 11;
pub const EXCEPTION_HANDLED: u32 = 1 << 12;
pub const PY_UNWIND: u32 = 1 << 13;
pub const PY_THROW: u32 = 1 << 14;
pub const RERAISE: u32 = 1 << 15;
pub const C_RETURN: u32 = 1 << 16;
pub const C_RAISE: u32 = 1 << 17;
/// Stands for both ways of a branch; from before they were told apart.
pub const BRANCH: u32 = 1 << 18;

/// Those that a code can have of its own, and callbacks can disable.
pub const LOCAL: u32 = (1 << 11) - 1;
/// Both ways of a branch.
pub const BRANCHES: u32 = BRANCH_LEFT | BRANCH_RIGHT;
/// Jumps with or without condition.
pub const JUMPS: u32 = JUMP | BRANCHES;
/// Those that come with CALL.
pub const AFTER_CALL: u32 = C_RETURN | C_RAISE;
/// All of them.
pub const ALL: u32 = (1 << COUNT) - 1;
/// How many there are.
pub const COUNT: usize = 19;

/// Names in the order of the bits.
pub const NAMES: [&str; COUNT] = [
    "PY_START",
    "PY_RESUME",
    "PY_RETURN",
    "PY_YIELD",
    "CALL",
    "LINE",
    "INSTRUCTION",
    "JUMP",
    "BRANCH_LEFT",
    "BRANCH_RIGHT",
    "STOP_ITERATION",
    "RAISE",
    "EXCEPTION_HANDLED",
    "PY_UNWIND",
    "PY_THROW",
    "RERAISE",
    "C_RETURN",
    "C_RAISE",
    "BRANCH",
];

/// The number of an event that is one bit.
pub const fn number(event: u32) -> usize {
    event.trailing_zeros() as usize
}
