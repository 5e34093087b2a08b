//! The words of the code: numbers of `re._constants` in CPython 3.14.

/// The version of the code (`_sre.MAGIC`).
pub const MAGIC: u32 = 20230502;
/// "No upper limit" in a repeat (`_sre.MAXREPEAT`).
pub const MAX_REPEAT: u32 = u32::MAX;
/// The greatest number of groups (`_sre.MAXGROUPS`).
pub const MAX_GROUPS: u32 = 1_073_741_823;

/// Flags of a pattern.
pub mod flag {
    /// `re.IGNORECASE`.
    pub const IGNORECASE: u32 = 2;
    /// `re.LOCALE`.
    pub const LOCALE: u32 = 4;
    /// `re.MULTILINE`.
    pub(crate) const MULTILINE: u32 = 8;
    /// `re.DOTALL`.
    pub(crate) const DOTALL: u32 = 16;
    /// `re.UNICODE`.
    pub const UNICODE: u32 = 32;
    /// `re.VERBOSE`.
    pub(crate) const VERBOSE: u32 = 64;
    /// `re.DEBUG`.
    pub(crate) const DEBUG: u32 = 128;
    /// `re.ASCII`.
    pub(crate) const ASCII: u32 = 256;
}

/// Declares constants numbered from zero.
macro_rules! numbered {
    ($($name:ident)*) => { numbered!(@ 0; $($name)*); };
    (@ $number:expr; $name:ident $($rest:ident)*) => {
        pub(crate) const $name: u32 = $number;
        numbered!(@ $number + 1; $($rest)*);
    };
    (@ $number:expr;) => {};
}

/// Operations.
#[expect(dead_code, reason = "the numbering is complete")]
pub(crate) mod op {
    numbered! {
        FAILURE SUCCESS ANY ANY_ALL ASSERT ASSERT_NOT AT BRANCH CATEGORY CHARSET BIGCHARSET
        GROUPREF GROUPREF_EXISTS IN INFO JUMP LITERAL MARK MAX_UNTIL MIN_UNTIL NOT_LITERAL
        NEGATE RANGE REPEAT REPEAT_ONE SUBPATTERN MIN_REPEAT_ONE ATOMIC_GROUP
        POSSESSIVE_REPEAT POSSESSIVE_REPEAT_ONE
        GROUPREF_IGNORE IN_IGNORE LITERAL_IGNORE NOT_LITERAL_IGNORE
        GROUPREF_LOC_IGNORE IN_LOC_IGNORE LITERAL_LOC_IGNORE NOT_LITERAL_LOC_IGNORE
        GROUPREF_UNI_IGNORE IN_UNI_IGNORE LITERAL_UNI_IGNORE NOT_LITERAL_UNI_IGNORE
        RANGE_UNI_IGNORE
    }
}

/// Positions that `AT` asks for.
pub(crate) mod at {
    numbered! {
        BEGINNING BEGINNING_LINE BEGINNING_STRING BOUNDARY NON_BOUNDARY END END_LINE
        END_STRING LOC_BOUNDARY LOC_NON_BOUNDARY UNI_BOUNDARY UNI_NON_BOUNDARY
    }
}

/// Categories of characters. An odd number is the complement of the even one before.
#[expect(dead_code, reason = "the numbering is complete")]
pub(crate) mod category {
    numbered! {
        DIGIT NOT_DIGIT SPACE NOT_SPACE WORD NOT_WORD LINEBREAK NOT_LINEBREAK
        LOC_WORD LOC_NOT_WORD UNI_DIGIT UNI_NOT_DIGIT UNI_SPACE UNI_NOT_SPACE
        UNI_WORD UNI_NOT_WORD UNI_LINEBREAK UNI_NOT_LINEBREAK
    }
}
