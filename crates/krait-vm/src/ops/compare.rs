//! Comparisons as values.

use krait_abi::PyObject;
use krait_bytecode::Word;
use krait_bytecode::op::{COMPARE_SWAPPED, NEGATED};
use krait_object::object::Object;
use krait_object::protocol::{self, CompareOp};
use krait_object::py::{Py, PyResult};
use krait_object::types::dict::Dict;
use krait_object::types::float::FLOAT;
use krait_object::types::int::INT;
use krait_object::types::list::List;
use krait_object::types::set::AnySet;
use krait_object::types::str::{STR, Str};
use krait_object::types::tuple::Tuple;
use krait_object::types::typeobject::{OBJECT, address};
use krait_object::value::{
    INT_BITS, INT_TAG, Value, both_ints, int_to_word, is_double, is_pointer, unbox_word,
    word_to_double, word_to_int,
};

use super::arith::unboxed_word;
use crate::state::{Flow, Saved, State, signed};
use crate::word::{address_of, is_object, object};

const SPARE: u32 = 64 - INT_BITS;

/// What the comparison of two words is, where no Python code is needed.
#[inline(always)]
pub fn quick(op: CompareOp, a: u64, b: u64) -> Option<bool> {
    if both_ints(a, b) {
        let (x, y) = ((a << SPARE) as i64, (b << SPARE) as i64);
        return Some(match op {
            CompareOp::Lt => x < y,
            CompareOp::Le => x <= y,
            CompareOp::Eq => a == b,
            CompareOp::Ne => a != b,
            CompareOp::Gt => x > y,
            CompareOp::Ge => x >= y,
        });
    }
    if is_double(a) && is_double(b) {
        return Some(op.holds_f64(word_to_double(a), word_to_double(b)));
    }
    if !is_pointer(a) && !is_pointer(b) {
        let wide = |w: u64| {
            if w >= INT_TAG {
                word_to_int(w) as f64
            } else {
                word_to_double(w)
            }
        };
        return Some(op.holds_f64(wide(a), wide(b)));
    }
    None
}

/// The same for exact strings and equality.
#[inline(always)]
pub fn quick_strings(op: CompareOp, a: u64, b: u64) -> Option<bool> {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) || !is_object(a) || !is_object(b) {
        return None;
    }
    // SAFETY: the operands' registers hold the objects.
    let (x, y) = unsafe { (object(a), object(b)) };
    let (x, y) = (x.downcast_exact::<Str>()?, y.downcast_exact::<Str>()?);
    Some(x.eq(y) == (op == CompareOp::Eq))
}

#[inline(always)]
fn compare(s: &mut State, w: Word, op: CompareOp) -> Flow {
    match quick(op, s.get(w.b()), s.get(w.c())) {
        Some(truth) => s.fill(w.a(), Value::bool(truth).into_word()),
        None => beyond_numbers(op),
    }
}

/// Where to compare what are no two numbers.
#[inline(always)]
pub fn beyond_numbers(op: CompareOp) -> Flow {
    match op {
        CompareOp::Eq | CompareOp::Ne => Flow::Second,
        _ => Flow::Cold,
    }
}

/// Whether two objects are equal, where no code of theirs has a say: exact strings, and
/// objects of types that compare as `object` does.
#[inline(always)]
pub fn equal_objects(a: u64, b: u64) -> Option<bool> {
    if !is_object(a) || !is_object(b) {
        return None;
    }
    // SAFETY: the operands' registers, or the code, hold the objects; exact types are
    // compared before layouts are relied on.
    unsafe {
        let of = |word: u64| (*(word as *mut PyObject)).ob_type;
        let (x, y) = (of(a), of(b));
        let texts = (
            std::ptr::eq(x, address_of(&STR)),
            std::ptr::eq(y, address_of(&STR)),
        );
        if texts == (true, true) {
            let (x, y) = (object(a), object(b));
            return Some(x.cast_unchecked::<Str>().eq(y.cast_unchecked::<Str>()));
        }
        // A string has nothing to say about others.
        let usual = address((*address_of(&OBJECT)).tp_richcompare);
        let by_identity = (texts.0 || address((*x).tp_richcompare) == usual)
            && (texts.1 || address((*y).tp_richcompare) == usual);
        by_identity.then_some(a == b)
    }
}

/// Which of two operands are temporaries, none of which dies when they are consumed.
#[derive(Clone, Copy)]
pub struct Living {
    first: bool,
    second: bool,
}

/// Whether both operands can be consumed without that an object dies.
#[expect(clippy::nonminimal_bool, reason = "each operand by itself")]
#[inline(always)]
pub fn both_live_on(s: &State, b: u16, c: u16) -> Option<Living> {
    let temps = Living {
        first: s.is_temp(b),
        second: s.is_temp(c),
    };
    let living = if temps.first && temps.second && s.get(b) == s.get(c) {
        // SAFETY: the registers keep their object alive.
        b != c && (!is_object(s.get(b)) || unsafe { object(s.get(b)) }.refcount() > 2)
    } else {
        !(temps.first && s.dies(b)) && !(temps.second && s.dies(c))
    };
    living.then_some(temps)
}

/// Consumes both operands.
#[inline(always)]
pub fn let_both_go(s: &State, b: u16, c: u16, living: Living) {
    if living.first {
        s.let_temp_go(b);
    }
    if living.second {
        s.let_temp_go(c);
    }
}

/// As `compare`, for objects.
#[inline(always)]
pub fn compare_objects(s: &mut State, w: Word, equal: bool) -> Flow {
    let Some(living) = both_live_on(s, w.b(), w.c()) else {
        return Flow::Cold;
    };
    match equal_objects(s.get(w.b()), s.get(w.c())) {
        Some(are) => {
            let_both_go(s, w.b(), w.c(), living);
            s.fill(w.a(), Value::bool(are == equal).into_word())
        }
        None => Flow::Cold,
    }
}

/// The comparison of two strings or two numbers, which may be objects.
#[inline]
pub fn quickly(op: CompareOp, a: &Value, b: &Value) -> Option<bool> {
    quick_strings(op, a.word(), b.word()).or_else(|| quick(op, unboxed_word(a), unboxed_word(b)))
}

#[inline(never)]
pub fn slow_comparison(s: Saved, w: Word, op: CompareOp) -> Flow {
    let s = s.state();
    let (a, b) = super::arith::take_two(&s, w.b(), w.c());
    let result = match quickly(op, &a, &b) {
        Some(truth) => Ok(Value::bool(truth)),
        None => protocol::rich_compare(s.py, &a, &b, op),
    };
    drop((b, a));
    s.finish(w.a(), result)
}

#[inline(always)]
fn compare_imm(s: &mut State, w: Word, op: CompareOp) -> Flow {
    match quick(op, s.get(w.b()), int_to_word(signed(w.c()))) {
        Some(truth) => s.fill(w.a(), Value::bool(truth).into_word()),
        None => Flow::Cold,
    }
}

#[inline(never)]
pub fn slow_comparison_imm(s: Saved, w: Word, op: CompareOp) -> Flow {
    let s = s.state();
    let a = s.take(w.b());
    let number = Value::int(signed(w.c()));
    let result = compare_number(s.py, w, &a, &number, op);
    drop(a);
    s.finish(w.a(), result)
}

/// The comparison with a number in the instruction, which may have stood on the left: the
/// operands' own methods and the error's text go by the source's order.
#[inline]
pub fn compare_number(py: Py, w: Word, a: &Value, number: &Value, op: CompareOp) -> PyResult {
    if w.flag() & COMPARE_SWAPPED != 0 {
        return protocol::rich_compare(py, number, a, op.swapped());
    }
    protocol::rich_compare(py, a, number, op)
}

macro_rules! comparisons {
    ($($plain:ident $imm:ident $op:ident;)*) => { $(
        #[inline(always)]
        pub fn $plain(s: &mut State, w: Word) -> Flow {
            compare(s, w, CompareOp::$op)
        }
        #[inline(always)]
        pub fn $imm(s: &mut State, w: Word) -> Flow {
            compare_imm(s, w, CompareOp::$op)
        }
    )* };
}

comparisons! {
    EQ EQ_IMM Eq;
    NE NE_IMM Ne;
    LT LT_IMM Lt;
    LE LE_IMM Le;
    GT GT_IMM Gt;
    GE GE_IMM Ge;
}

/// Python's `is` of two registers, which are consumed.
#[inline(always)]
pub fn is_same(s: &State, b: u16, c: u16) -> bool {
    let same = s.get(b) == s.get(c) || s.lend(b).is(s.lend(c));
    s.release(b);
    if b != c {
        s.release(c);
    }
    same
}

/// Whether both registers hold one object; nothing unless both hold objects (a number may
/// be one as well), of which no consumed one dies. They are consumed.
#[inline(always)]
pub fn is_one_object(s: &State, b: u16, c: u16) -> Option<bool> {
    let (x, y) = (s.get(b), s.get(c));
    if !is_object(x) || !is_object(y) {
        return None;
    }
    if x != y {
        // SAFETY: the registers keep the objects alive.
        let ty = unsafe { (*(x as *mut PyObject)).ob_type };
        if std::ptr::eq(ty, address_of(&INT)) || std::ptr::eq(ty, address_of(&FLOAT)) {
            return None;
        }
    }
    let living = both_live_on(s, b, c)?;
    let_both_go(s, b, c, living);
    Some(x == y)
}

#[inline(always)]
pub fn IS(s: &mut State, w: Word) -> Flow {
    match is_one_object(s, w.b(), w.c()) {
        Some(same) => s.fill(
            w.a(),
            Value::bool(same != (w.flag() & NEGATED != 0)).into_word(),
        ),
        None => Flow::Cold,
    }
}

/// The same where an operand dies.
pub fn slow_is(s: Saved, w: Word) -> Flow {
    let s = s.state();
    let same = is_same(&s, w.b(), w.c());
    s.set_value(w.a(), Value::bool(same != (w.flag() & NEGATED != 0)));
    Flow::Next
}

#[inline(always)]
pub fn IS_NONE(s: &mut State, w: Word) -> Flow {
    if s.consumes_last(w.b()) {
        return Flow::Cold;
    }
    let none = s.lend(w.b()).is_none();
    s.let_go(w.b());
    s.fill(
        w.a(),
        Value::bool(none != (w.flag() & NEGATED != 0)).into_word(),
    )
}

/// The same where the operand dies.
pub fn slow_is_none(s: Saved, w: Word) -> Flow {
    let s = s.state();
    let none = s.lend(w.b()).is_none();
    s.release(w.b());
    s.set_value(w.a(), Value::bool(none != (w.flag() & NEGATED != 0)));
    Flow::Next
}

/// Whether an item is in a container of an exact builtin type; nothing where only Python code
/// can tell. (Out of line: what searches has addresses of its locals go about.)
#[inline(never)]
fn contains_quietly(container: &Value, item: &Value) -> Option<bool> {
    let object = container.as_object()?;
    if let Some(dict) = object.downcast_exact::<Dict>() {
        return dict.has_quietly(item);
    }
    if let Some(set) = AnySet::of_exact(object) {
        return set.has_quietly(item);
    }
    if let Some(text) = object.downcast_exact::<Str>() {
        return Some(text.contains(item.downcast_exact::<Str>()?));
    }
    if let Some(tuple) = object.downcast_exact::<Tuple>() {
        return among(tuple.as_slice(), unboxed_word(item));
    }
    let list = object.downcast_exact::<List>()?;
    // SAFETY: no Python code runs while the items are looked at.
    among(unsafe { list.as_slice() }, unboxed_word(item))
}

/// `item in container`, with short cuts for builtin types.
pub fn contains(py: Py, container: &Value, item: &Value) -> PyResult<bool> {
    if let Some(found) = contains_quietly(container, item) {
        return Ok(found);
    }
    if let Some(dict) = container.downcast_exact::<Dict>() {
        return Ok(dict.get(py, item)?.is_some());
    }
    match container.as_object().and_then(AnySet::of_exact) {
        Some(set) => set.contains(py, item),
        None => protocol::contains(py, container, item),
    }
}

/// Whether an item is among others; nothing where one of them has a say in it.
fn among(items: &[&Object], item: u64) -> Option<bool> {
    for other in items {
        let other = unbox_word(other).unwrap_or(other.as_ptr() as u64);
        let equal = other == item
            || equal_objects(other, item).or_else(|| quick(CompareOp::Eq, other, item))?;
        if equal {
            return Some(true);
        }
    }
    Some(false)
}

/// `R[item] in R[container]`, both consumed, where no Python code need run, and neither dies
/// of it.
#[inline(always)]
pub fn contained_quietly(s: &State, item: u16, container: u16) -> Option<bool> {
    let living = both_live_on(s, item, container)?;
    let found = contains_quietly(s.lend(container), s.lend(item))?;
    let_both_go(s, item, container, living);
    Some(found)
}

/// `R[item] in R[container]`, both consumed.
#[inline(always)]
pub fn contained(s: &State, item: u16, container: u16) -> PyResult<bool> {
    let (item, container) = super::arith::take_two(s, item, container);
    contains(s.py, &container, &item)
}

#[inline(always)]
pub fn CONTAINS(_: &mut State, _: Word) -> Flow {
    Flow::Second
}

#[inline(always)]
pub fn second_contains(s: &mut State, w: Word) -> Flow {
    match contained_quietly(s, w.b(), w.c()) {
        Some(found) => s.fill(
            w.a(),
            Value::bool(found != (w.flag() & NEGATED != 0)).into_word(),
        ),
        None => Flow::Cold,
    }
}

/// The same for containers and items of any kind.
pub fn slow_contains(s: Saved, w: Word) -> Flow {
    let s = s.state();
    let found = contained(&s, w.b(), w.c());
    s.finish(
        w.a(),
        found.map(|f| Value::bool(f != (w.flag() & NEGATED != 0))),
    )
}
