//! What the instruction table expands to here: [`Op`] and its metadata.

/// How an instruction uses one of its three operands.
///
/// "Consumes" holds for temporaries only (registers from `first_temp` up): the
/// value is taken out. A local read as `Src` stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Unused.
    No,
    /// The high half of the operand before.
    Hi,
    /// Register written.
    Dst,
    /// Registers a, a+1 written.
    Dst2,
    /// Registers a, a+1, a+2 written.
    Dst3,
    /// As many registers as `c` says, written.
    DstN,
    /// `flag + 1 + c` registers written.
    DstEx,
    /// Register written only when the instruction jumps.
    DstJump,
    /// Register written unless `flag & 1`.
    CallDst,
    /// Register emptied.
    Kill,
    /// As many registers as `b` says, emptied.
    KillN,
    /// Register read and consumed.
    Src,
    /// The same, or `NO_REG`.
    SrcOpt,
    /// Two consecutive registers consumed.
    Src2,
    /// Three consecutive registers consumed.
    Src3,
    /// As many registers as `c` says, consumed.
    SrcN,
    /// Twice as many registers as `c` says, consumed.
    SrcN2,
    /// As many registers as the constant tuple `K[c]` has items, consumed.
    SrcKeys,
    /// Two or (`flag & 4`) three registers consumed.
    SrcInterp,
    /// Callable and `c` arguments, consumed.
    CallArgs,
    /// Callable, self or empty, and `c` arguments, consumed.
    MethodArgs,
    /// Callable, iterable and (`flag & 2`) dict, consumed.
    ExArgs,
    /// The arguments of intrinsic `c`, consumed.
    IntrinsicArgs,
    /// Constant, or (`flag & 0x80`) register consumed.
    FnCode,
    /// One register for each of the flag bits 0..=4, consumed.
    FnExtras,
    /// Register read and not consumed.
    Peek,
    /// Register read, not consumed, and written.
    InOut,
    /// Register read; consumed when the instruction does not jump.
    Iter,
    /// Register below `first_temp`: a local or a cell.
    Local,
    /// The same, or `NO_REG`.
    LocalOpt,
    /// Index of a constant.
    Const,
    /// Index of a constant, 32 bits with the next operand.
    ConstW,
    /// Index of a name, 32 bits with the next operand.
    NameW,
    /// Index of a name, bits 16..=22 in the flag's low 7 bits.
    NameF,
    /// Unsigned number.
    Imm,
    /// Signed 16-bit number.
    SImm,
    /// Signed 32-bit number with the next operand.
    ImmW,
    /// Signed 16-bit jump offset.
    Jump,
    /// Signed 32-bit jump offset with the next operand.
    JumpW,
}

/// What the table says of one instruction.
#[derive(Clone, Copy, Debug)]
pub struct OpInfo {
    /// The instruction's name.
    pub name: &'static str,
    /// What it does, in one line.
    pub semantics: &'static str,
    /// Kinds of the operands a, b, c.
    pub operands: [Operand; 3],
    /// Operand words that follow (part of the code, written by the compiler).
    pub words: u8,
    /// Cache words that follow those (zero until the interpreter fills them).
    pub cache: u8,
    /// It may raise an exception.
    pub raises: bool,
    /// It has a jump target.
    pub jumps: bool,
    /// It never goes on with the next instruction.
    pub ends: bool,
}

macro_rules! define_ops {
    ($($text:literal $name:ident ($a:ident, $b:ident, $c:ident) words $words:literal cache $cache:literal [$($effect:ident)*];)*) => {
        /// The instructions; the number is the first byte of the word.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        #[expect(non_camel_case_types, reason = "named as the disassembler prints them")]
        pub enum Op { $(#[doc = $text] $name,)* }

        impl Op {
            /// All instructions in the order of their numbers.
            pub const ALL: &'static [Op] = &[$(Op::$name,)*];
        }

        /// For each number the operand words that follow, times 16, and all words that
        /// follow; 255 where it is no instruction's. (What decoding asks, in four lines of
        /// the processor's cache.)
        static FOLLOWING: [u8; 256] = {
            let mut all = [0xFF; 256];
            $(
                assert!($words + $cache < 15);
                all[Op::$name as usize] = $words << 4 | ($words + $cache);
            )*
            all
        };

        static INFO: &[OpInfo] = &[$(OpInfo {
            name: stringify!($name),
            semantics: $text,
            operands: [Operand::$a, Operand::$b, Operand::$c],
            words: $words,
            cache: $cache,
            raises: has(&[$(stringify!($effect),)*], b'r'),
            jumps: has(&[$(stringify!($effect),)*], b'j'),
            ends: has(&[$(stringify!($effect),)*], b'e'),
        },)*];
    };
}

/// Whether one of the effects starts with the letter.
const fn has(effects: &[&str], letter: u8) -> bool {
    let mut i = 0;
    while i < effects.len() {
        if effects[i].as_bytes()[0] == letter {
            return true;
        }
        i += 1;
    }
    false
}

crate::for_each_instruction!(define_ops);

impl Op {
    /// How many instructions there are; higher numbers are free for an interpreter's own use.
    pub const COUNT: usize = Op::ALL.len();

    /// The instruction of a number.
    #[inline]
    pub fn from_u8(number: u8) -> Option<Op> {
        Op::ALL.get(number as usize).copied()
    }

    /// How many operand words follow the instruction of a number, and how many words in all.
    #[inline]
    pub(crate) fn following(number: u8) -> Option<(usize, usize)> {
        let both = FOLLOWING[number as usize];
        (both != 0xFF).then_some(((both >> 4) as usize, (both & 15) as usize))
    }

    /// How many words follow the instruction of a number if none is an operand word, as with
    /// nearly all.
    #[inline(always)]
    pub(crate) fn following_cache(number: u8) -> Option<usize> {
        let both = FOLLOWING[number as usize];
        (both < 16).then_some(both as usize)
    }

    /// The table's line.
    #[inline]
    pub const fn info(self) -> &'static OpInfo {
        &INFO[self as usize]
    }

    /// Operand and cache words that follow the instruction.
    #[inline]
    pub fn extra_words(self) -> usize {
        let info = self.info();
        (info.words + info.cache) as usize
    }
}

/// Operand value that stands for "no register".
pub const NO_REG: u16 = 0xFFFF;

/// Flag of conditional jumps: the truth on which to jump.
pub const JUMP_SENSE: u8 = 1;
/// Flag of conditional jumps: this is a loop's back edge.
pub const JUMP_LOOP: u8 = 2;
/// Flag of arithmetic: in place.
pub const ARITH_INPLACE: u8 = 1;
/// Flag of arithmetic with an immediate or a constant: operands swapped.
pub const ARITH_SWAPPED: u8 = 2;
/// Flag of IS, IS_NONE and CONTAINS: the negated operator.
pub const NEGATED: u8 = 1;
/// Flag of comparisons with an immediate: the source has the operands the other way round, so
/// that the slow path compares the immediate with the register by the mirrored operator.
pub const COMPARE_SWAPPED: u8 = 4;
/// Flag of calls: the result is dropped.
pub const CALL_DISCARD: u8 = 1;
/// Flag of CALL_EX: a dict of keyword arguments follows the iterable.
pub const CALL_EX_KWARGS: u8 = 2;
/// Flag of LOAD_SUPER_ATTR and LOAD_SUPER_METHOD: `super` was called with arguments.
pub const SUPER_TWO_ARGS: u8 = 0x80;
/// Flag of YIELD: wrap the value for an async generator.
pub const YIELD_ASYNC: u8 = 1;
/// Flag of SEND: an `await` (not `yield from`).
pub const SEND_AWAIT: u8 = 1;
/// Flag of BUILD_INTERPOLATION: there is a format spec.
pub const INTERPOLATION_SPEC: u8 = 4;

/// MAKE_FUNCTION's flag bits, in the order of the extras' registers.
pub mod make_function {
    /// Tuple of defaults.
    pub const DEFAULTS: u8 = 1;
    /// Dict of keyword-only defaults.
    pub const KWDEFAULTS: u8 = 2;
    /// `__annotations__` (a dict, or a tuple of name, value, name, value...).
    pub const ANNOTATIONS: u8 = 4;
    /// Tuple of cells.
    pub const CLOSURE: u8 = 8;
    /// `__annotate__` function.
    pub const ANNOTATE: u8 = 16;
    /// The code is in R[b] instead of K[b].
    pub const CODE_IN_REGISTER: u8 = 0x80;
}

macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// The member of a number.
            #[inline]
            pub fn from_u16(number: u16) -> Option<Self> {
                Self::ALL.get(number as usize).copied()
            }
        }
    };
}

numbered! {
    /// LOAD_COMMON_CONST's builtins.
    CommonConst {
        /// The class AssertionError, whatever the name is bound to.
        AssertionError,
        /// The class NotImplementedError.
        NotImplementedError,
        /// The type tuple.
        Tuple,
        /// The function all.
        All,
        /// The function any.
        Any,
    }
}

numbered! {
    /// LOAD_SPECIAL's methods.
    Special {
        /// `__enter__`
        Enter,
        /// `__exit__`
        Exit,
        /// `__aenter__`
        AEnter,
        /// `__aexit__`
        AExit,
    }
}

numbered! {
    /// Conversions of FORMAT and BUILD_INTERPOLATION.
    Conversion {
        /// None
        None,
        /// `!s`
        Str,
        /// `!r`
        Repr,
        /// `!a`
        Ascii,
    }
}

numbered! {
    /// CALL_INTRINSIC's functions; all give a value.
    Intrinsic {
        /// TypeVar(name) with inferred variance.
        TypeVar,
        /// TypeVar(name) whose bound is evaluated lazily by a function: (name, function).
        TypeVarWithBound,
        /// TypeVar(name) whose constraints are evaluated lazily: (name, function).
        TypeVarWithConstraints,
        /// ParamSpec(name).
        ParamSpec,
        /// TypeVarTuple(name).
        TypeVarTuple,
        /// (param, function): sets the lazily evaluated default, gives the param.
        SetTypeParamDefault,
        /// typing.Generic[*params] of a params tuple.
        SubscriptGeneric,
        /// TypeAliasType of (name, params tuple or None, function).
        TypeAlias,
        /// (function, params tuple): sets `__type_params__`, gives the function.
        SetFunctionTypeParams,
        /// (original exception, list of exceptions): what an except* chain raises, or None.
        PrepReraiseStar,
    }
}

impl Intrinsic {
    /// How many registers it takes.
    pub fn arity(self) -> u16 {
        match self {
            Intrinsic::TypeVar
            | Intrinsic::ParamSpec
            | Intrinsic::TypeVarTuple
            | Intrinsic::SubscriptGeneric => 1,
            Intrinsic::TypeAlias => 3,
            _ => 2,
        }
    }
}
