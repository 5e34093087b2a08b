//! `sys.float_info`, `sys.int_info`, `sys.hash_info`, `sys.thread_info`, and the limit on
//! integer text.

use krait_object::types::int::methods::construct::MAX_STR_DIGITS;
use krait_object::types::structseq::{self, Description};
use krait_object::{ModuleBuilder, Py, PyResult, Str, Value, raise};

const FLOAT_INFO: Description = Description {
    name: "sys.float_info",
    doc: "sys.float_info\n\nA named tuple holding information about the float type.",
    fields: &[
        ("max", "DBL_MAX -- maximum representable finite float"),
        (
            "max_exp",
            "DBL_MAX_EXP -- maximum int e such that radix**(e-1) is representable",
        ),
        (
            "max_10_exp",
            "DBL_MAX_10_EXP -- maximum int e such that 10**e is representable",
        ),
        ("min", "DBL_MIN -- Minimum positive normalized float"),
        (
            "min_exp",
            "DBL_MIN_EXP -- minimum int e such that radix**(e-1) is a normalized float",
        ),
        (
            "min_10_exp",
            "DBL_MIN_10_EXP -- minimum int e such that 10**e is a normalized float",
        ),
        (
            "dig",
            "DBL_DIG -- maximum number of decimal digits that can be faithfully represented in a float",
        ),
        ("mant_dig", "DBL_MANT_DIG -- mantissa digits"),
        (
            "epsilon",
            "DBL_EPSILON -- Difference between 1 and the next representable float",
        ),
        ("radix", "FLT_RADIX -- radix of exponent"),
        (
            "rounds",
            "FLT_ROUNDS -- rounding mode used for arithmetic operations",
        ),
    ],
    visible: 11,
    constructible: true,
};

const INT_INFO: Description = Description {
    name: "sys.int_info",
    doc: "sys.int_info\n\nA named tuple that holds information about Python's\ninternal representation of integers.  The attributes are read only.",
    fields: &[
        ("bits_per_digit", "size of a digit in bits"),
        (
            "sizeof_digit",
            "size in bytes of the C type used to represent a digit",
        ),
        (
            "default_max_str_digits",
            "maximum string conversion digits limitation",
        ),
        (
            "str_digits_check_threshold",
            "minimum positive value for int_max_str_digits",
        ),
    ],
    visible: 4,
    constructible: true,
};

const HASH_INFO: Description = Description {
    name: "sys.hash_info",
    doc: "hash_info\n\nA named tuple providing parameters used for computing hashes.",
    fields: &[
        ("width", "width of the type used for hashing, in bits"),
        (
            "modulus",
            "prime number giving the modulus on which the hash function is based",
        ),
        ("inf", "value to be used for hash of a positive infinity"),
        ("nan", "value to be used for hash of a nan"),
        (
            "imag",
            "multiplier used for the imaginary part of a complex number",
        ),
        (
            "algorithm",
            "name of the algorithm for hashing of str, bytes and memoryviews",
        ),
        ("hash_bits", "internal output size of hash algorithm"),
        ("seed_bits", "seed size of hash algorithm"),
        ("cutoff", "small string optimization cutoff"),
    ],
    visible: 9,
    constructible: true,
};

const THREAD_INFO: Description = Description {
    name: "sys.thread_info",
    doc: "sys.thread_info\n\nA named tuple holding information about the thread implementation.",
    fields: &[
        ("name", "name of the thread implementation"),
        ("lock", "name of the lock implementation"),
        ("version", "name and version of the thread library"),
    ],
    visible: 3,
    constructible: true,
};

/// The least limit that may be set.
const THRESHOLD: usize = 640;

fn set_int_max_str_digits(py: Py, maxdigits: i64) -> PyResult<()> {
    match usize::try_from(maxdigits) {
        Ok(digits) if digits == 0 || digits >= THRESHOLD => {
            MAX_STR_DIGITS.get(py).set(digits);
            krait_compiler::MAX_INT_DIGITS.store(digits, std::sync::atomic::Ordering::Relaxed);
            Ok(())
        }
        _ => raise!(
            py,
            ValueError,
            "maxdigits must be >= {THRESHOLD} or 0 for unlimited"
        ),
    }
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    let py = m.py;
    if let Some((_, digits)) = super::info::config(py)
        .flags
        .iter()
        .find(|(name, _)| *name == "int_max_str_digits")
    {
        set_int_max_str_digits(py, *digits)?;
    }
    let int = |i: i64| Value::int(i);
    let text = |s: &str| Value::from(Str::new(s));
    let float = structseq::make_type(FLOAT_INFO);
    let values = [
        Value::float(f64::MAX),
        int(1024),
        int(308),
        Value::float(f64::MIN_POSITIVE),
        int(-1021),
        int(-307),
        int(15),
        int(53),
        Value::float(f64::EPSILON),
        int(2),
        int(1),
    ];
    m.value(
        "float_info",
        Value::from(structseq::make(py, float, values)?),
    )?;
    let ints = structseq::make_type(INT_INFO);
    let values = [int(30), int(4), int(4300), int(THRESHOLD as i64)];
    m.value("int_info", Value::from(structseq::make(py, ints, values)?))?;
    let hash = structseq::make_type(HASH_INFO);
    let values = [
        int(64),
        int((1 << 61) - 1),
        int(314_159),
        int(0),
        int(1_000_003),
        text("siphash13"),
        int(64),
        int(128),
        int(0),
    ];
    m.value("hash_info", Value::from(structseq::make(py, hash, values)?))?;
    let thread = structseq::make_type(THREAD_INFO);
    let values = [text("pthread"), text("mutex+cond"), Value::none()];
    m.value(
        "thread_info",
        Value::from(structseq::make(py, thread, values)?),
    )?;
    m.function("get_int_max_str_digits($module, /)", |py| {
        MAX_STR_DIGITS.get(py).get()
    })?
    .function(
        "set_int_max_str_digits($module, /, maxdigits)",
        set_int_max_str_digits,
    )?;
    Ok(())
}
