//! `_locale`.

use std::cell::RefCell;
use std::ffi::CString;

use krait_object::native::module::NativeModule;
use krait_object::{
    Dict, GilCell, List, ModuleBuilder, Owned, Py, PyResult, Str, Value, exceptions, raise,
};
use krait_sys::locale as sys;

use crate::paths::{CText, decode};

mod constants;

pub const MODULE: NativeModule = NativeModule {
    name: "_locale",
    init,
};

static ERROR: GilCell<RefCell<Option<Value>>> = GilCell::new(RefCell::new(None));

fn fail<T>(py: Py, text: &str) -> PyResult<T> {
    let class = ERROR.get(py).borrow().clone();
    match class {
        Some(class) => crate::exceptions::raise(py, &class, &[Value::from(Str::new(text))]),
        None => raise!(py, ValueError, "{text}"),
    }
}

fn setlocale(py: Py, category: i32, locale: Option<&Value>) -> PyResult<Owned<Str>> {
    let wanted = match locale.filter(|l| !l.is_none()) {
        None => None,
        Some(value) => match value.downcast::<Str>() {
            Some(text) => Some(c_text(py, text)?),
            None => {
                let got = value.ty().short_name();
                return raise!(
                    py,
                    TypeError,
                    "setlocale() argument 2 must be str or None, not {got}"
                );
            }
        },
    };
    match sys::setlocale(category, wanted.as_deref()) {
        Some(name) => Ok(decode(&name)),
        None if wanted.is_some() => fail(py, "unsupported locale setting"),
        None => fail(py, "locale query failed"),
    }
}

fn c_text(py: Py, text: &Str) -> PyResult<CString> {
    match CString::new(text.to_utf8(py)?.into_owned()) {
        Ok(c) => Ok(c),
        Err(_) => raise!(py, ValueError, "embedded null character"),
    }
}

/// Sizes of groups of digits; the last one repeats, or `CHAR_MAX` ends them.
fn grouping(bytes: &[u8]) -> Owned<List> {
    let list = List::from_values(bytes.iter().map(|&b| Value::int(i64::from(b))));
    if bytes.last().is_some_and(|&b| b != 127) {
        list.push_value(Value::int(0));
    }
    list
}

fn localeconv(py: Py) -> PyResult<Owned<Dict>> {
    let found = sys::localeconv();
    let dict = Dict::new();
    for name in CONVENTIONS {
        let value = if let Some((_, text)) = found.texts.iter().find(|t| t.0 == name) {
            Value::from(decode(text))
        } else if let Some((_, bytes)) = found.groupings.iter().find(|g| g.0 == name) {
            Value::from(grouping(bytes))
        } else {
            let number = found.numbers.iter().find(|n| n.0 == name);
            Value::int(number.map_or(0, |n| i64::from(n.1)))
        };
        dict.set_value(py, &Value::from(Str::intern(name)), value)?;
    }
    Ok(dict)
}

/// What `localeconv` tells, in its order.
const CONVENTIONS: [&str; 18] = [
    "int_curr_symbol",
    "currency_symbol",
    "mon_decimal_point",
    "mon_thousands_sep",
    "mon_grouping",
    "positive_sign",
    "negative_sign",
    "int_frac_digits",
    "frac_digits",
    "p_cs_precedes",
    "p_sep_by_space",
    "n_cs_precedes",
    "n_sep_by_space",
    "p_sign_posn",
    "n_sign_posn",
    "decimal_point",
    "thousands_sep",
    "grouping",
];

/// Names that are no items for `nl_langinfo`.
const NO_ITEMS: [&str; 8] = [
    "LC_ALL",
    "LC_COLLATE",
    "LC_CTYPE",
    "LC_MESSAGES",
    "LC_MONETARY",
    "LC_NUMERIC",
    "LC_TIME",
    "CHAR_MAX",
];

fn nl_langinfo(py: Py, key: i32) -> PyResult<Owned<Str>> {
    let known = constants::NUMBERS
        .iter()
        .any(|(name, n)| *n == i64::from(key) && !NO_ITEMS.contains(name));
    if !known {
        return raise!(py, ValueError, "unsupported langinfo constant");
    }
    Ok(decode(&sys::nl_langinfo(key)))
}

/// Code points of a text without zero.
fn codes(py: Py, text: &Str) -> PyResult<Vec<u32>> {
    let codes: Vec<u32> = text.code_points().collect();
    if codes.contains(&0) {
        return raise!(py, ValueError, "embedded null character");
    }
    Ok(codes)
}

fn strcoll(py: Py, a: &Str, b: &Str) -> PyResult<i32> {
    let (a, b) = (codes(py, a)?, codes(py, b)?);
    Ok(sys::collate(&a, &b))
}

fn strxfrm(py: Py, text: &Str) -> PyResult<Owned<Str>> {
    let text = codes(py, text)?;
    let codes = crate::blocking::os(py, sys::transform(&text))?;
    if codes.iter().any(|&c| c > 0x10_FFFF) {
        return raise!(
            py,
            ValueError,
            "character U+{:x} is not in range [U+0000; U+10ffff]",
            codes.iter().max().copied().unwrap_or(0)
        );
    }
    Ok(Str::from_u32(&codes))
}

/// An optional text as C takes it.
fn optional(py: Py, value: &Value) -> PyResult<Option<CString>> {
    if value.is_none() {
        return Ok(None);
    }
    match value.downcast::<Str>() {
        Some(text) => c_text(py, text).map(Some),
        None => raise!(
            py,
            TypeError,
            "argument must be str or None, not {}",
            value.ty().short_name()
        ),
    }
}

fn bindtextdomain(py: Py, domain: CText, folder: &Value) -> PyResult<Option<Owned<Str>>> {
    if domain.0.is_empty() {
        return fail(py, "domain must be a non-empty string");
    }
    let folder = if folder.is_none() {
        None
    } else {
        Some(crate::paths::fs_converter(py, folder)?)
    };
    let found = crate::blocking::os(py, sys::bind_domain(&domain.0, folder.as_deref()))?;
    Ok(found.map(|f| decode(&f)))
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.text("__doc__", "Support for POSIX locales.")?;
    crate::numbers::add_numbers(m, constants::NUMBERS)?;
    let class = crate::exceptions::new_class(m.py, "locale.Error", &exceptions::Exception)?;
    *ERROR.get(m.py).borrow_mut() = Some(class.clone());
    m.value("Error", class)?
        .function("setlocale($module, category, locale=None, /)", setlocale)?
        .function("localeconv()", localeconv)?
        .function("nl_langinfo($module, key, /)", nl_langinfo)?
        .function("strcoll($module, os1, os2, /)", strcoll)?
        .function("strxfrm($module, string, /)", strxfrm)?
        .function("getencoding()", |_py: Py| sys::encoding())?
        .function("gettext($module, msg, /)", |_py: Py, message: CText| {
            decode(&sys::translate(None, &message.0, None))
        })?
        .function(
            "dgettext($module, domain, msg, /)",
            |py: Py, domain: &Value, message: CText| {
                let domain = optional(py, domain)?;
                Ok::<_, krait_object::Raised>(decode(&sys::translate(
                    domain.as_deref(),
                    &message.0,
                    None,
                )))
            },
        )?
        .function(
            "dcgettext($module, domain, msg, category, /)",
            |py: Py, domain: &Value, message: CText, category: i32| {
                let domain = optional(py, domain)?;
                Ok::<_, krait_object::Raised>(decode(&sys::translate(
                    domain.as_deref(),
                    &message.0,
                    Some(category),
                )))
            },
        )?
        .function(
            "textdomain($module, domain, /)",
            |py: Py, domain: &Value| {
                let domain = optional(py, domain)?;
                crate::blocking::os(py, sys::text_domain(domain.as_deref())).map(|d| decode(&d))
            },
        )?
        .function("bindtextdomain($module, domain, dir, /)", bindtextdomain)?
        .function(
            "bind_textdomain_codeset($module, domain, codeset, /)",
            |py: Py, domain: CText, codeset: &Value| {
                let codeset = optional(py, codeset)?;
                Ok::<_, krait_object::Raised>(
                    sys::bind_codeset(&domain.0, codeset.as_deref()).map(|c| decode(&c)),
                )
            },
        )?;
    Ok(())
}
