//! `repr()` of patterns and matches.

use krait_object::{Layout, Owned, Py, PyResult, Str, StrBuilder, Value, protocol};
use krait_text::TextWriter;

use super::{found, pattern, replace};

/// Flags in the order in which they are shown.
const FLAGS: [(u32, &str); 8] = [
    (2, "re.IGNORECASE"),
    (4, "re.LOCALE"),
    (8, "re.MULTILINE"),
    (16, "re.DOTALL"),
    (32, "re.UNICODE"),
    (64, "re.VERBOSE"),
    (128, "re.DEBUG"),
    (256, "re.ASCII"),
];
const LOCALE: u32 = 4;
const UNICODE: u32 = 32;
const ASCII: u32 = 256;

/// How much of a pattern and of a match is shown.
const PATTERN_CHARS: usize = 200;
const MATCH_CHARS: usize = 50;

pub fn pattern(py: Py, this: &pattern::This) -> PyResult<Owned<Str>> {
    let mut out = StrBuilder::new();
    out.push_ascii("re.compile(");
    let source = protocol::repr(py, &this.source)?;
    out.push_text(&replace::head(&source, PATTERN_CHARS));
    let mut flags = this.program.flags();
    let is_text = this.source.downcast::<Str>().is_some();
    if is_text && flags & (LOCALE | UNICODE | ASCII) == UNICODE {
        flags &= !UNICODE;
    }
    let mut names: Vec<String> = Vec::new();
    for (bit, name) in FLAGS {
        if flags & bit != 0 {
            names.push(name.to_string());
            flags &= !bit;
        }
    }
    if flags != 0 {
        names.push(format!("0x{flags:x}"));
    }
    if !names.is_empty() {
        out.push_ascii(", ");
        out.push_str(&names.join("|"));
    }
    out.push_ascii(")");
    Ok(out.finish())
}

pub fn found(py: Py, this: &found::This) -> PyResult<Owned<Str>> {
    let (start, end) = this.span(0).unwrap_or((0, 0));
    let text = protocol::repr(py, &this.text(py, 0, &Value::none())?)?;
    let mut out = StrBuilder::new();
    out.push_ascii("<");
    out.push_str(this.as_object().ty().full_name());
    out.push_str(&format!(" object; span=({start}, {end}), match="));
    out.push_text(&replace::head(&text, MATCH_CHARS));
    out.push_ascii(">");
    Ok(out.finish())
}
