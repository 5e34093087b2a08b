//! `_opcode`: facts about CPython's instructions, for the tools that read them (`opcode`).
//! The numbers are those of `_opcode_metadata`; Krait's own instructions, which `dis` shows,
//! come from `instructions`.

mod instructions;

use krait_object::native::module::NativeModule;
use krait_object::{List, ModuleBuilder, Owned, Py, PyResult, Str, Tuple, Value, raise};
use krait_vm::CodeObject;

pub const MODULE: NativeModule = NativeModule {
    name: "_opcode",
    init,
};

type Ranges = &'static [(i32, i32)];

const ARG: Ranges = &[
    (44, 120),
    (128, 128),
    (143, 153),
    (155, 195),
    (197, 197),
    (200, 200),
    (209, 211),
    (237, 237),
    (239, 239),
    (241, 245),
    (247, 251),
    (253, 253),
    (255, 255),
    (257, 261),
    (263, 266),
];
const CONST: Ranges = &[(82, 82), (190, 191)];
const NAME: Ranges = &[
    (61, 61),
    (64, 65),
    (72, 73),
    (80, 80),
    (91, 93),
    (96, 96),
    (110, 110),
    (115, 116),
    (179, 179),
    (189, 189),
    (194, 195),
    (200, 200),
    (249, 249),
];
const JUMP: Ranges = &[
    (68, 68),
    (70, 70),
    (75, 77),
    (100, 103),
    (106, 106),
    (172, 176),
    (237, 237),
    (248, 248),
    (257, 260),
];
const FREE: Ranges = &[(62, 62), (90, 90), (97, 97), (111, 111)];
const LOCAL: Ranges = &[
    (3, 3),
    (63, 63),
    (83, 89),
    (112, 114),
    (261, 261),
    (266, 266),
];
const EXC: Ranges = &[(263, 265)];
const VALID: Ranges = &[(0, 120), (128, 211), (234, 266)];

fn contains(ranges: Ranges, opcode: i32) -> bool {
    ranges
        .iter()
        .any(|&(first, last)| (first..=last).contains(&opcode))
}

macro_rules! tests {
    ($m:expr, $($name:literal $ranges:ident),* $(,)?) => { $(
        $m.function(concat!($name, "($module, /, opcode)"), |_py: Py, opcode: i32| contains($ranges, opcode))?;
    )* };
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value("__doc__", Value::from(Str::new("Opcode support module.")))?;
    tests! { m,
        "has_arg" ARG, "has_const" CONST, "has_name" NAME, "has_jump" JUMP, "has_free" FREE,
        "has_local" LOCAL, "has_exc" EXC, "is_valid" VALID,
    }
    m.function("get_intrinsic1_descs($module, /)", |_py: Py| {
        names(INTRINSIC_1)
    })?;
    m.function("get_intrinsic2_descs($module, /)", |_py: Py| {
        names(INTRINSIC_2)
    })?;
    m.function("get_special_method_names($module, /)", |_py: Py| {
        names(SPECIAL)
    })?;
    m.function("get_nb_ops($module, /)", |_py: Py| operators())?;
    m.function("get_specialization_stats($module, /)", |_py: Py| {
        Value::none()
    })?;
    m.function(
        "get_executor($module, /, code, offset)",
        |py: Py, code: &Value, _offset: i32| -> PyResult {
            if code.downcast::<CodeObject>().is_none() {
                return raise!(
                    py,
                    TypeError,
                    "expected a code object, not '{}'",
                    code.ty().name()
                );
            }
            raise!(py, ValueError, "no executor at given byte offset")
        },
    )?;
    instructions::define(m)?;
    m.function(
        "stack_effect($module, opcode, oparg=None, /, *, jump=None)",
        stack_effect,
    )?;
    m.int("ENABLE_SPECIALIZATION", 1)?;
    m.int("ENABLE_SPECIALIZATION_FT", 1)?;
    Ok(())
}

fn names(all: &[&str]) -> Owned<List> {
    List::from_values(all.iter().map(|name| Value::from(Str::intern(name))))
}

fn operators() -> Owned<List> {
    let text = |s: &str| Value::from(Str::intern(s));
    List::from_values(OPERATORS.iter().map(|(name, symbol)| {
        Value::from(Tuple::from_values([
            text(&format!("NB_{name}")),
            text(symbol),
        ]))
    }))
}

/// Krait's instructions work on registers: nothing here has an effect on a stack.
fn stack_effect(py: Py, _opcode: i32, _oparg: Option<&Value>, _jump: Option<&Value>) -> PyResult {
    raise!(
        py,
        NotImplementedError,
        "stack_effect() is not available: this interpreter has no value stack"
    )
}

const INTRINSIC_1: &[&str] = &[
    "INTRINSIC_1_INVALID",
    "INTRINSIC_PRINT",
    "INTRINSIC_IMPORT_STAR",
    "INTRINSIC_STOPITERATION_ERROR",
    "INTRINSIC_ASYNC_GEN_WRAP",
    "INTRINSIC_UNARY_POSITIVE",
    "INTRINSIC_LIST_TO_TUPLE",
    "INTRINSIC_TYPEVAR",
    "INTRINSIC_PARAMSPEC",
    "INTRINSIC_TYPEVARTUPLE",
    "INTRINSIC_SUBSCRIPT_GENERIC",
    "INTRINSIC_TYPEALIAS",
];
const INTRINSIC_2: &[&str] = &[
    "INTRINSIC_2_INVALID",
    "INTRINSIC_PREP_RERAISE_STAR",
    "INTRINSIC_TYPEVAR_WITH_BOUND",
    "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS",
    "INTRINSIC_SET_FUNCTION_TYPE_PARAMS",
    "INTRINSIC_SET_TYPEPARAM_DEFAULT",
];
const SPECIAL: &[&str] = &["__enter__", "__exit__", "__aenter__", "__aexit__"];
const OPERATORS: &[(&str, &str)] = &[
    ("ADD", "+"),
    ("AND", "&"),
    ("FLOOR_DIVIDE", "//"),
    ("LSHIFT", "<<"),
    ("MATRIX_MULTIPLY", "@"),
    ("MULTIPLY", "*"),
    ("REMAINDER", "%"),
    ("OR", "|"),
    ("POWER", "**"),
    ("RSHIFT", ">>"),
    ("SUBTRACT", "-"),
    ("TRUE_DIVIDE", "/"),
    ("XOR", "^"),
    ("INPLACE_ADD", "+="),
    ("INPLACE_AND", "&="),
    ("INPLACE_FLOOR_DIVIDE", "//="),
    ("INPLACE_LSHIFT", "<<="),
    ("INPLACE_MATRIX_MULTIPLY", "@="),
    ("INPLACE_MULTIPLY", "*="),
    ("INPLACE_REMAINDER", "%="),
    ("INPLACE_OR", "|="),
    ("INPLACE_POWER", "**="),
    ("INPLACE_RSHIFT", ">>="),
    ("INPLACE_SUBTRACT", "-="),
    ("INPLACE_TRUE_DIVIDE", "/="),
    ("INPLACE_XOR", "^="),
    ("SUBSCR", "[]"),
];
