//! `co_code`: the instructions as bytes.
//!
//! For tools that ask which instruction a frame is at (`co_code[f_lasti]` and `dis.opmap`,
//! as pandas does to see whether it is called by an assignment) it begins with two bytes for
//! each word, as CPython's has for each of its code units: the number in `dis.opmap` of the
//! instruction, or of its general form (`STORE_SUBSCR` for `STORE_SUBSCR_CONST`), and its
//! flag. They are zero where CPython has no instruction of the name, and for operand and cache
//! words. Behind them are the words themselves, of eight bytes each, which a code object can
//! be made of again.

use std::sync::OnceLock;

use krait_bytecode::{Op, Word};
use krait_object::object::Owned;
use krait_object::types::bytes::Bytes;

use super::CodeObject;

/// Bytes of a word in both parts.
const PER_WORD: usize = 10;

/// `co_code`: without what caches have made of the words.
pub fn co_code(code: &CodeObject) -> Owned<Bytes> {
    let words = &code.data().words;
    let mut bytes = Vec::with_capacity(words.len() * PER_WORD);
    let mut within = 0;
    for word in words {
        if within > 0 {
            within -= 1;
            bytes.extend_from_slice(&[0, 0]);
            continue;
        }
        let number = word.op().map_or(0, |op| numbers()[op as usize]);
        bytes.extend_from_slice(&[number, word.flag()]);
        within = word.op().map_or(0, Op::extra_words);
    }
    bytes.extend(words.iter().flat_map(|word| word.0.to_le_bytes()));
    Bytes::new(&bytes)
}

/// The words of bytes from `co_code`. Of others it makes words that do not verify.
pub fn words_of(bytes: &Bytes) -> Vec<Word> {
    let bytes = bytes.as_slice();
    let words = bytes.get(bytes.len() / PER_WORD * 2..).unwrap_or(&[]);
    let (words, _) = words.as_chunks::<8>();
    words.iter().map(|w| Word(u64::from_le_bytes(*w))).collect()
}

/// CPython's number for each instruction, by ours.
fn numbers() -> &'static [u8; 256] {
    static NUMBERS: OnceLock<[u8; 256]> = OnceLock::new();
    NUMBERS.get_or_init(|| {
        let mut numbers = [0; 256];
        for op in Op::ALL {
            let name = op.info().name;
            let general = ["_IMM", "_CONST"]
                .iter()
                .find_map(|end| name.strip_suffix(end));
            numbers[*op as usize] = number(name).or(general.and_then(number)).unwrap_or(0);
        }
        numbers
    })
}

fn number(name: &str) -> Option<u8> {
    let (_, number) = CPYTHON.iter().find(|(known, _)| *known == name)?;
    Some(*number)
}

/// Numbers (`_opcode_metadata`) of the instructions whose names both have.
const CPYTHON: &[(&str, u8)] = &[
    ("BUILD_INTERPOLATION", 45),
    ("BUILD_LIST", 46),
    ("BUILD_MAP", 47),
    ("BUILD_SET", 48),
    ("BUILD_SLICE", 49),
    ("BUILD_STRING", 50),
    ("BUILD_TEMPLATE", 2),
    ("BUILD_TUPLE", 51),
    ("CALL", 52),
    ("CALL_KW", 55),
    ("CHECK_EG_MATCH", 5),
    ("COPY", 59),
    ("COPY_FREE_VARS", 60),
    ("DELETE_ATTR", 61),
    ("DELETE_DEREF", 62),
    ("DELETE_GLOBAL", 64),
    ("DELETE_NAME", 65),
    ("DELETE_SUBSCR", 8),
    ("DICT_MERGE", 66),
    ("DICT_UPDATE", 67),
    ("END_ASYNC_FOR", 68),
    ("FOR_ITER", 70),
    ("GET_AITER", 14),
    ("GET_ANEXT", 15),
    ("GET_AWAITABLE", 71),
    ("GET_ITER", 16),
    ("GET_LEN", 18),
    ("GET_YIELD_FROM_ITER", 19),
    ("IMPORT_FROM", 72),
    ("IMPORT_NAME", 73),
    ("LIST_APPEND", 78),
    ("LIST_EXTEND", 79),
    ("LOAD_ATTR", 80),
    ("LOAD_BUILD_CLASS", 21),
    ("LOAD_CONST", 82),
    ("LOAD_DEREF", 83),
    ("LOAD_FROM_DICT_OR_DEREF", 90),
    ("LOAD_FROM_DICT_OR_GLOBALS", 91),
    ("LOAD_GLOBAL", 92),
    ("LOAD_LOCALS", 22),
    ("LOAD_NAME", 93),
    ("LOAD_SPECIAL", 95),
    ("LOAD_SUPER_ATTR", 96),
    ("MAKE_CELL", 97),
    ("MAKE_FUNCTION", 23),
    ("MAP_ADD", 98),
    ("MATCH_CLASS", 99),
    ("MATCH_KEYS", 24),
    ("NOP", 27),
    ("POP_EXCEPT", 29),
    ("PUSH_EXC_INFO", 32),
    ("RERAISE", 105),
    ("RETURN_GENERATOR", 34),
    ("SEND", 106),
    ("SETUP_ANNOTATIONS", 36),
    ("SET_ADD", 107),
    ("SET_UPDATE", 109),
    ("STORE_ATTR", 110),
    ("STORE_DEREF", 111),
    ("STORE_GLOBAL", 115),
    ("STORE_NAME", 116),
    ("STORE_SLICE", 37),
    ("STORE_SUBSCR", 38),
    ("TO_BOOL", 39),
    ("UNPACK_EX", 118),
    ("UNPACK_SEQUENCE", 119),
];
