//! Keys: their hashes, and the comparisons that need no Python code.

use super::super::int::INT;
use super::super::str::Str;
use super::super::tuple::Tuple;
use super::super::typeobject::{OBJECT, Type, address};
use super::Test;
use crate::object::{Layout, Object};
use crate::protocol::compare::equal_plain;
use crate::py::{Py, PyResult, Raised};
use crate::value::{
    INT_TAG, Unpacked, Value, is_double, is_pointer, unbox_word, word_to_double, word_to_int,
};

/// The hash of a small integer: itself, but for -1.
#[inline(always)]
pub fn int_hash(i: i64) -> i64 {
    if i == -1 { -2 } else { i }
}

/// A key's hash; TypeError where it has none.
#[inline(always)]
pub(crate) fn hash_value(py: Py, key: &Value) -> PyResult<i64> {
    match key.unpack() {
        Unpacked::Int(i) => Ok(int_hash(i)),
        Unpacked::Object(o) => match o.downcast_exact::<Str>() {
            Some(text) => Ok(text.hash()),
            None => crate::protocol::hash(py, key),
        },
        Unpacked::Float(_) => crate::protocol::hash(py, key),
    }
}

/// A key's hash, where it is known without running Python code: of exact strings, integers,
/// tuples that keep theirs, and objects that hash by identity.
#[inline(always)]
pub(crate) fn quiet_hash(key: &Value) -> Option<i64> {
    match key.unpack() {
        Unpacked::Int(i) => Some(int_hash(i)),
        Unpacked::Float(_) => None,
        Unpacked::Object(object) => match object.downcast_exact::<Str>() {
            Some(text) => Some(text.hash()),
            None => quiet_object_hash(object),
        },
    }
}

#[inline(never)]
fn quiet_object_hash(object: &Object) -> Option<i64> {
    if let Some(tuple) = object.downcast_exact::<Tuple>() {
        return tuple.kept_hash();
    }
    let slot = object.ty().raw().tp_hash?;
    let quiet = [&OBJECT, &INT].map(|ty| address(ty.raw().tp_hash));
    // SAFETY: a type's slot is called with its instance; these run no Python code.
    quiet
        .contains(&address(Some(slot)))
        .then(|| unsafe { slot(object.as_ptr()) } as i64)
}

/// As `hash_value`; the error says that it is about a dict key.
#[inline(always)]
pub(crate) fn hash_key(py: Py, key: &Value) -> PyResult<i64> {
    hash_value(py, key).map_err(|raised| explain(py, key, "as a dict key", raised))
}

/// Says in the TypeError of an unhashable key what it was to be used for.
#[cold]
pub(crate) fn explain(py: Py, key: &Value, role: &str, raised: Raised) -> Raised {
    if !py
        .thread()
        .exception()
        .is_some_and(|e| e.ty().is(&crate::exceptions::TypeError))
    {
        return raised;
    }
    let Some(exception) = py.thread().take_exception() else {
        return raised;
    };
    match crate::protocol::str(py, &Value::from(exception)) {
        Ok(text) => {
            let name = qualified_name(py, key.ty());
            let result: PyResult<()> = crate::raise!(
                py,
                TypeError,
                "cannot use '{name}' {role} ({})",
                text.to_rust()
            );
            result.err().unwrap_or(raised)
        }
        Err(raised) => raised,
    }
}

/// A type's name with its module, unless that is `builtins` or `__main__`
/// (`PyType_GetFullyQualifiedName`).
fn qualified_name(py: Py, ty: &Type) -> String {
    let get = |name: &Str| match crate::protocol::get_attr(py, &Value::from(ty.to_owned()), name) {
        Ok(value) => value.downcast::<Str>().map(|s| s.to_rust().into_owned()),
        Err(_) => {
            py.thread().take_exception();
            None
        }
    };
    let name = get(crate::intern!("__qualname__")).unwrap_or_else(|| ty.short_name().to_string());
    match get(crate::intern!("__module__")) {
        Some(module) if module != "builtins" && module != "__main__" => format!("{module}.{name}"),
        _ => name,
    }
}

/// The word under which a key is stored: the immediate where there is one.
#[inline(always)]
pub(crate) fn normal_word(word: u64) -> u64 {
    if !is_pointer(word) {
        return word;
    }
    // SAFETY: a pointer word is a living object's.
    unbox_word(unsafe { Object::from_ptr(word as *mut krait_abi::PyObject) }).unwrap_or(word)
}

/// The value of an immediate, as a pair to compare exactly.
enum Number {
    Int(i64),
    Float(f64),
}

fn number(word: u64) -> Option<Number> {
    let word = normal_word(word);
    if word >= INT_TAG {
        return Some(Number::Int(word_to_int(word)));
    }
    if is_double(word) {
        return Some(Number::Float(word_to_double(word)));
    }
    let is = |o: &Object| word == o.as_ptr() as u64;
    if is(crate::singletons::true_object()) {
        return Some(Number::Int(1));
    }
    is(crate::singletons::false_object()).then_some(Number::Int(0))
}

/// Whether two keys' words with equal hashes are the same key, as far as that can be
/// told without running Python code.
///
/// Both words are living values'.
#[inline]
pub(crate) fn quick_equal(stored: u64, wanted: u64) -> Test {
    if stored == wanted {
        return Test::Equal;
    }
    if is_pointer(stored) && is_pointer(wanted) {
        // SAFETY: pointer words are living objects'.
        let (a, b) = unsafe {
            (
                Object::from_ptr(stored as *mut krait_abi::PyObject),
                Object::from_ptr(wanted as *mut krait_abi::PyObject),
            )
        };
        if let (Some(a), Some(b)) = (a.downcast_exact::<Str>(), b.downcast_exact::<Str>()) {
            return verdict(a.eq(b));
        }
        if let (Some(a), Some(b)) = (a.downcast_exact::<Tuple>(), b.downcast_exact::<Tuple>()) {
            return plain_tuples(a, b, DEPTH).map_or(Test::Unknown, verdict);
        }
    }
    unlike(stored, wanted)
}

/// How deep tuples in tuples are looked at.
const DEPTH: u32 = 8;

/// `equal_tuples`, where that can be told without running Python code.
#[inline(never)]
fn plain_tuples(a: &Tuple, b: &Tuple, depth: u32) -> Option<bool> {
    if a.len() != b.len() {
        return Some(false);
    }
    for (x, y) in a.iter().zip(b.iter()) {
        if x.is(y) {
            continue;
        }
        let equal = match (x.downcast_exact::<Tuple>(), y.downcast_exact::<Tuple>()) {
            (Some(x), Some(y)) if depth > 0 => plain_tuples(x, y, depth - 1)?,
            _ => equal_plain(x, y)?,
        };
        if !equal {
            return Some(false);
        }
    }
    Some(true)
}

#[inline(never)]
fn unlike(stored: u64, wanted: u64) -> Test {
    match (number(stored), number(wanted)) {
        (Some(Number::Int(a)), Some(Number::Int(b))) => verdict(a == b),
        (Some(Number::Float(a)), Some(Number::Float(b))) => {
            verdict(a == b || normal_word(stored) == normal_word(wanted))
        }
        // 50 bits are exact in a double.
        (Some(Number::Int(a)), Some(Number::Float(b)))
        | (Some(Number::Float(b)), Some(Number::Int(a))) => verdict(a as f64 == b),
        (None, None) => Test::Unknown,
        (Some(_), None) => not_a_string(wanted),
        (None, Some(_)) => not_a_string(stored),
    }
}

/// A number and an exact string differ; about others only Python knows.
fn not_a_string(word: u64) -> Test {
    // SAFETY: what is no number is an object; living, as the word is.
    let object = unsafe { Object::from_ptr(word as *mut krait_abi::PyObject) };
    if object.is_exact::<Str>() {
        Test::Different
    } else {
        Test::Unknown
    }
}

#[inline(always)]
fn verdict(equal: bool) -> Test {
    if equal { Test::Equal } else { Test::Different }
}
