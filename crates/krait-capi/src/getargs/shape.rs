//! What a format string says about a whole call, and the errors that follow from it.

use krait_object::{Py, PyResult, raise};

use super::Refusal;

/// What a format says about a function: bounds, name, message.
pub(super) struct Shape<'a> {
    pub(super) min: usize,
    pub(super) max: usize,
    /// From which argument on only keywords name it.
    pub(super) positional: usize,
    pub(super) name: Option<&'a str>,
    pub(super) message: Option<&'a str>,
    /// Where the units end.
    pub(super) end: usize,
}

pub(super) fn shape(format: &[u8]) -> Shape<'_> {
    let mut shape = Shape {
        min: usize::MAX,
        max: 0,
        positional: usize::MAX,
        name: None,
        message: None,
        end: format.len(),
    };
    let (mut level, mut i) = (0, 0);
    while i < format.len() {
        match format[i] {
            b'(' => {
                shape.max += usize::from(level == 0);
                level += 1;
            }
            b')' => level -= 1,
            b':' | b';' => {
                let rest = std::str::from_utf8(&format[i + 1..]).ok();
                if format[i] == b':' {
                    shape.name = rest
                } else {
                    shape.message = rest
                }
                shape.end = i;
                break;
            }
            b'|' => shape.min = shape.max,
            b'$' => shape.positional = shape.max,
            b'e' if level == 0 => {
                shape.max += 1;
                i += 1;
            }
            byte if level == 0 && byte.is_ascii_alphabetic() => shape.max += 1,
            _ => {}
        }
        i += 1;
    }
    shape.min = shape.min.min(shape.max);
    shape.positional = shape.positional.min(shape.max);
    shape
}

pub(super) fn called(name: Option<&str>) -> String {
    name.map_or_else(|| "function".to_string(), |n| format!("{n}()"))
}

/// Raises what refused an argument.
pub(super) fn refused(py: Py, refusal: Refusal, number: Option<usize>, shape: &Shape<'_>) {
    let Refusal::Text(text) = refusal else { return };
    if py.thread().has_exception() {
        return;
    }
    if let Some(message) = shape.message {
        let _: PyResult<()> = raise!(py, TypeError, "{message}");
        return;
    }
    let name = shape.name.map_or_else(String::new, |n| format!("{n}() "));
    let place = number.map_or_else(|| "argument".to_string(), |n| format!("argument {n}"));
    let _: PyResult<()> = if text.starts_with('(') {
        raise!(py, SystemError, "{name}{place} {text}")
    } else {
        raise!(py, TypeError, "{name}{place} {text}")
    };
}

pub(super) fn wrong_count(py: Py, shape: &Shape<'_>, given: usize) {
    if let Some(message) = shape.message {
        let _: PyResult<()> = raise!(py, TypeError, "{message}");
        return;
    }
    let bound = if shape.min == shape.max {
        "exactly"
    } else if given < shape.min {
        "at least"
    } else {
        "at most"
    };
    let limit = if given < shape.min {
        shape.min
    } else {
        shape.max
    };
    let plural = if limit == 1 { "" } else { "s" };
    let _: PyResult<()> = raise!(
        py,
        TypeError,
        "{} takes {bound} {limit} argument{plural} ({given} given)",
        called(shape.name)
    );
}
