//! `_operator`: operators as functions, and the getters.

use krait_object::native::module::NativeModule;
use krait_object::native::{Args, KwArgs};
use krait_object::protocol::number::{self, BinaryOp, UnaryOp};
use krait_object::protocol::{self, CompareOp, Iter, sequence};
use krait_object::types::buffer::Buffer;
use krait_object::{ModuleBuilder, Py, PyResult, Str, Tuple, Value, raise};

mod attrgetter;
mod itemgetter;
mod methodcaller;

pub const MODULE: NativeModule = NativeModule {
    name: "_operator",
    init,
};

macro_rules! operators {
    ($m:expr, $($name:literal $inplace:literal $op:ident),* $(,)?) => { $(
        $m.function(concat!($name, "($module, a, b, /)"), |py: Py, a: &Value, b: &Value| {
            number::binary(py, BinaryOp::$op, a, b)
        })?;
        $m.function(concat!($inplace, "($module, a, b, /)"), |py: Py, a: &Value, b: &Value| {
            number::inplace(py, BinaryOp::$op, a, b)
        })?;
    )* };
}

macro_rules! comparisons {
    ($m:expr, $($name:literal $op:ident),* $(,)?) => { $(
        $m.function(concat!($name, "($module, a, b, /)"), |py: Py, a: &Value, b: &Value| {
            protocol::rich_compare(py, a, b, CompareOp::$op)
        })?;
    )* };
}

macro_rules! unary {
    ($m:expr, $($name:literal $op:ident),* $(,)?) => { $(
        $m.function(concat!($name, "($module, a, /)"), |py: Py, a: &Value| {
            number::unary(py, UnaryOp::$op, a)
        })?;
    )* };
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value("__doc__", Value::from(Str::new(DOC)))?;
    operators! { m,
        "add" "iadd" Add, "sub" "isub" Subtract, "mul" "imul" Multiply, "mod" "imod" Remainder,
        "lshift" "ilshift" Lshift, "rshift" "irshift" Rshift, "and_" "iand" And, "xor" "ixor" Xor,
        "or_" "ior" Or, "floordiv" "ifloordiv" FloorDivide, "truediv" "itruediv" TrueDivide,
        "matmul" "imatmul" MatrixMultiply,
    }
    comparisons! { m, "lt" Lt, "le" Le, "eq" Eq, "ne" Ne, "gt" Gt, "ge" Ge }
    unary! { m, "neg" Negative, "pos" Positive, "inv" Invert, "invert" Invert, "abs" Absolute }
    m.function("pow($module, a, b, /)", |py: Py, a: &Value, b: &Value| {
        number::power(py, a, b, &Value::none(), false)
    })?;
    m.function("ipow($module, a, b, /)", |py: Py, a: &Value, b: &Value| {
        number::power(py, a, b, &Value::none(), true)
    })?;
    tests(m)?;
    sequences(m)?;
    m.function("index($module, a, /)", number::index)?;
    m.function("length_hint($module, obj, default=0, /)", length_hint)?;
    m.function("call($module, obj, /, *args, **kwargs)", call)?;
    m.function("_compare_digest($module, a, b, /)", compare_digest)?;
    m.class::<itemgetter::ItemGetter>()?;
    m.class::<attrgetter::AttrGetter>()?;
    m.class::<methodcaller::MethodCaller>()?;
    Ok(())
}

fn tests(m: &ModuleBuilder) -> PyResult<()> {
    m.function("truth($module, a, /)", |py: Py, a: &Value| {
        protocol::truth(py, a)
    })?;
    m.function("not_($module, a, /)", |py: Py, a: &Value| {
        protocol::truth(py, a).map(|t| !t)
    })?;
    m.function("is_($module, a, b, /)", |_py: Py, a: &Value, b: &Value| {
        a.is(b)
    })?;
    m.function(
        "is_not($module, a, b, /)",
        |_py: Py, a: &Value, b: &Value| !a.is(b),
    )?;
    m.function("is_none($module, a, /)", |_py: Py, a: &Value| a.is_none())?;
    m.function("is_not_none($module, a, /)", |_py: Py, a: &Value| {
        !a.is_none()
    })?;
    Ok(())
}

fn sequences(m: &ModuleBuilder) -> PyResult<()> {
    m.function("contains($module, a, b, /)", protocol::contains)?;
    m.function("countOf($module, a, b, /)", count_of)?;
    m.function("indexOf($module, a, b, /)", index_of)?;
    m.function("getitem($module, a, b, /)", protocol::get_item)?;
    m.function("setitem($module, a, b, c, /)", protocol::set_item)?;
    m.function("delitem($module, a, b, /)", protocol::del_item)?;
    m.function(
        "concat($module, a, b, /)",
        |py: Py, a: &Value, b: &Value| sequence::concat(py, a, b, false),
    )?;
    m.function(
        "iconcat($module, a, b, /)",
        |py: Py, a: &Value, b: &Value| sequence::concat(py, a, b, true),
    )?;
    Ok(())
}

fn count_of(py: Py, a: &Value, b: &Value) -> PyResult<i64> {
    let mut items = Iter::new(py, a)?;
    let mut count = 0;
    while let Some(item) = items.next(py)? {
        count += i64::from(protocol::equal(py, &item, b)?);
    }
    Ok(count)
}

fn index_of(py: Py, a: &Value, b: &Value) -> PyResult<i64> {
    let mut items = Iter::new(py, a)?;
    let mut index = 0;
    while let Some(item) = items.next(py)? {
        if protocol::equal(py, &item, b)? {
            return Ok(index);
        }
        index += 1;
    }
    raise!(py, ValueError, "sequence.index(x): x not in sequence")
}

fn length_hint(py: Py, obj: &Value, default: Option<isize>) -> PyResult {
    let default = default.unwrap_or(0);
    if let Ok(default) = usize::try_from(default) {
        return protocol::length_hint(py, obj, default).map(|n| Value::int(n as i64));
    }
    // A negative default is given back as it is where there is no hint.
    let (one, two) = (
        protocol::length_hint(py, obj, 0)?,
        protocol::length_hint(py, obj, 1)?,
    );
    Ok(Value::int(if one == two {
        one as i64
    } else {
        default as i64
    }))
}

fn call(py: Py, obj: &Value, args: Args<'_>, kwargs: KwArgs) -> PyResult {
    match kwargs.0 {
        None => protocol::call(py, obj, args.0),
        Some(kwargs) => {
            protocol::call::call_tuple(py, obj, &Tuple::from_slice(args.0), Some(&kwargs))
        }
    }
}

fn compare_digest(py: Py, a: &Value, b: &Value) -> PyResult<bool> {
    if let (Some(x), Some(y)) = (a.downcast::<Str>(), b.downcast::<Str>()) {
        return match (x.as_ascii(), y.as_ascii()) {
            (Some(x), Some(y)) => Ok(constant_time_equal(x.as_bytes(), y.as_bytes())),
            _ => raise!(
                py,
                TypeError,
                "comparing strings with non-ASCII characters is not supported"
            ),
        };
    }
    let has = krait_object::types::buffer::has_buffer;
    if !has(a) || !has(b) {
        return raise!(
            py,
            TypeError,
            "unsupported operand types(s) or combination of types: '{}' and '{}'",
            a.ty().name(),
            b.ty().name()
        );
    }
    let (x, y) = (Buffer::new(py, a)?, Buffer::new(py, b)?);
    Ok(constant_time_equal(x.as_slice(), y.as_slice()))
}

/// Equality in a time that depends on the second one's length only.
fn constant_time_equal(a: &[u8], b: &[u8]) -> bool {
    let (left, mut different) = if a.len() == b.len() { (a, 0u8) } else { (b, 1) };
    for (x, y) in left.iter().zip(b) {
        different |= std::hint::black_box(x ^ y);
    }
    different == 0
}

const DOC: &str = "Operator interface.\n\nThis module exports a set of functions implemented in C corresponding\n\
to the intrinsic operators of Python.  For example, operator.add(x, y)\n\
is equivalent to the expression x+y.";
