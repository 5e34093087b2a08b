//! The environment's locale, and one of UTF-8 in the place of the C locale (PEP 538): what the
//! program starts gets it, too, by the variable `LC_CTYPE`.

use krait_sys::environ;
use krait_sys::locale::{LC_CTYPE, setlocale};

use crate::options::Options;
use crate::start::variable;

const TARGET: &str = "C.UTF-8";

/// Takes the characters' classification over from the environment, and the target for the C
/// locale, but where `LC_ALL` or `PYTHONCOERCECLOCALE` forbid that.
pub fn start(options: &Options) {
    let name = setlocale(LC_CTYPE, Some(c""));
    if !matches!(name.as_deref(), None | Some(b"C")) {
        return;
    }
    let told = variable(options, "PYTHONCOERCECLOCALE");
    if told.as_deref() == Some("0") {
        return;
    }
    let warns = told.as_deref() == Some("warn");
    if std::env::var_os("LC_ALL").is_some_and(|all| !all.is_empty()) {
        if warns {
            eprintln!(
                "Python runtime initialized with LC_CTYPE=C (a locale with default ASCII \
                 encoding), which may cause Unicode compatibility problems. Using C.UTF-8, \
                 C.utf8, or UTF-8 (if available) as alternative Unicode-compatible locales is \
                 recommended."
            );
        }
        return;
    }
    if setlocale(LC_CTYPE, Some(c"C.UTF-8")).is_none() {
        return;
    }
    environ::set(b"LC_CTYPE", TARGET.as_bytes());
    if warns {
        eprintln!(
            "Python detected LC_CTYPE=C: LC_CTYPE coerced to {TARGET} (set another locale or \
             PYTHONCOERCECLOCALE=0 to disable this locale coercion behavior)."
        );
    }
}
