//! Locales and message catalogues of the C library.
//!
//! The locale is the process's; callers hold Python's lock when they change or read it.

use std::ffi::{CStr, c_char, c_int};

use crate::{Result, bytes_of, errno};

pub use libc::LC_CTYPE;

/// The locale of characters as the environment names it; `None` where it names none.
pub fn named_by_environment() -> Option<String> {
    ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
}

/// Sets the locale of a category, or asks for it; `None` where it cannot be set.
pub fn setlocale(category: i32, locale: Option<&CStr>) -> Option<Vec<u8>> {
    // SAFETY: C strings; the result is copied before the next call.
    unsafe {
        let name = libc::setlocale(category, locale.map_or(std::ptr::null(), CStr::as_ptr));
        (!name.is_null()).then(|| bytes_of(name))
    }
}

/// The text of an item of the current locale.
pub fn nl_langinfo(item: i32) -> Vec<u8> {
    // SAFETY: the C library gives an empty text for a number that is no item.
    unsafe { bytes_of(libc::nl_langinfo(item)) }
}

/// The name of the encoding that the current locale's texts are in.
pub fn encoding() -> String {
    let name = nl_langinfo(libc::CODESET);
    match name.is_empty() {
        true => "UTF-8".into(),
        false => String::from_utf8_lossy(&name).into(),
    }
}

/// How numbers and money are written.
pub struct Conventions {
    pub texts: [(&'static str, Vec<u8>); 8],
    pub groupings: [(&'static str, Vec<u8>); 2],
    pub numbers: [(&'static str, i32); 14],
}

pub fn localeconv() -> Conventions {
    // SAFETY: the struct and its strings are valid until the locale changes; copied here.
    unsafe {
        let c = &*libc::localeconv();
        let text = |name, p: *mut c_char| (name, bytes_of(p));
        let number = |name, n: c_char| (name, i32::from(n));
        Conventions {
            texts: [
                text("decimal_point", c.decimal_point),
                text("thousands_sep", c.thousands_sep),
                text("int_curr_symbol", c.int_curr_symbol),
                text("currency_symbol", c.currency_symbol),
                text("mon_decimal_point", c.mon_decimal_point),
                text("mon_thousands_sep", c.mon_thousands_sep),
                text("positive_sign", c.positive_sign),
                text("negative_sign", c.negative_sign),
            ],
            groupings: [
                text("grouping", c.grouping),
                text("mon_grouping", c.mon_grouping),
            ],
            numbers: [
                number("int_frac_digits", c.int_frac_digits),
                number("frac_digits", c.frac_digits),
                number("p_cs_precedes", c.p_cs_precedes),
                number("p_sep_by_space", c.p_sep_by_space),
                number("n_cs_precedes", c.n_cs_precedes),
                number("n_sep_by_space", c.n_sep_by_space),
                number("p_sign_posn", c.p_sign_posn),
                number("n_sign_posn", c.n_sign_posn),
                number("int_p_cs_precedes", c.int_p_cs_precedes),
                number("int_p_sep_by_space", c.int_p_sep_by_space),
                number("int_n_cs_precedes", c.int_n_cs_precedes),
                number("int_n_sep_by_space", c.int_n_sep_by_space),
                number("int_p_sign_posn", c.int_p_sign_posn),
                number("int_n_sign_posn", c.int_n_sign_posn),
            ],
        }
    }
}

unsafe extern "C" {
    fn wcscoll(a: *const i32, b: *const i32) -> c_int;
    fn wcsxfrm(to: *mut i32, from: *const i32, size: usize) -> usize;
    fn gettext(message: *const c_char) -> *mut c_char;
    fn dgettext(domain: *const c_char, message: *const c_char) -> *mut c_char;
    fn dcgettext(domain: *const c_char, message: *const c_char, category: c_int) -> *mut c_char;
    fn textdomain(domain: *const c_char) -> *mut c_char;
    fn bindtextdomain(domain: *const c_char, folder: *const c_char) -> *mut c_char;
    fn bind_textdomain_codeset(domain: *const c_char, codeset: *const c_char) -> *mut c_char;
}

fn wide(text: &[u32]) -> Vec<i32> {
    text.iter().map(|&c| c as i32).chain([0]).collect()
}

/// Compares by the locale: negative, zero or positive. The texts are code points without
/// zero.
pub fn collate(a: &[u32], b: &[u32]) -> i32 {
    let (a, b) = (wide(a), wide(b));
    // SAFETY: zero-ended wide strings.
    unsafe { wcscoll(a.as_ptr(), b.as_ptr()) }
}

/// A text whose plain order is the locale's order of the original.
pub fn transform(text: &[u32]) -> Result<Vec<u32>> {
    let text = wide(text);
    crate::set_errno(0);
    // SAFETY: the first call asks for the size, the second fills so many characters.
    unsafe {
        let size = wcsxfrm(std::ptr::null_mut(), text.as_ptr(), 0);
        if size == usize::MAX || errno().0 != 0 {
            return Err(errno());
        }
        let mut out = vec![0i32; size + 1];
        wcsxfrm(out.as_mut_ptr(), text.as_ptr(), size + 1);
        out.truncate(size);
        Ok(out.into_iter().map(|c| c as u32).collect())
    }
}

/// The translation of a message; the message itself where there is none.
pub fn translate(domain: Option<&CStr>, message: &CStr, category: Option<i32>) -> Vec<u8> {
    let d = domain.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: C strings; the result is copied.
    unsafe {
        bytes_of(match (domain, category) {
            (_, Some(category)) => dcgettext(d, message.as_ptr(), category),
            (Some(_), None) => dgettext(d, message.as_ptr()),
            (None, None) => gettext(message.as_ptr()),
        })
    }
}

/// Sets or asks for the current domain of messages.
pub fn text_domain(domain: Option<&CStr>) -> Result<Vec<u8>> {
    // SAFETY: a C string or null; the result is copied.
    unsafe {
        let name = textdomain(domain.map_or(std::ptr::null(), CStr::as_ptr));
        if name.is_null() {
            Err(errno())
        } else {
            Ok(bytes_of(name))
        }
    }
}

/// Says where a domain's catalogues are, or asks.
pub fn bind_domain(domain: &CStr, folder: Option<&CStr>) -> Result<Option<Vec<u8>>> {
    crate::set_errno(0);
    // SAFETY: C strings or null; the result is copied.
    unsafe {
        let name = bindtextdomain(
            domain.as_ptr(),
            folder.map_or(std::ptr::null(), CStr::as_ptr),
        );
        match (name.is_null(), errno()) {
            (true, crate::Errno(0)) => Ok(None),
            (true, error) => Err(error),
            (false, _) => Ok(Some(bytes_of(name))),
        }
    }
}

/// Sets or asks for the encoding of a domain's translations.
pub fn bind_codeset(domain: &CStr, codeset: Option<&CStr>) -> Option<Vec<u8>> {
    // SAFETY: C strings or null; the result is copied.
    unsafe {
        let name = bind_textdomain_codeset(
            domain.as_ptr(),
            codeset.map_or(std::ptr::null(), CStr::as_ptr),
        );
        (!name.is_null()).then(|| bytes_of(name))
    }
}
