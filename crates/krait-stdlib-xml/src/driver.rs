//! The loop between a parser and whoever handles its events.

use std::cell::RefCell;

use krait_object::{Bytes, Layout, Py, PyResult, Str, errors, hooks, raise};

use crate::expat::{Code, Event, Parser, Step, Wants};

/// Reports all that there is. The first exception of a handler ends the reports, but not
/// the parsing. Whether the parser has not failed.
pub fn run(
    py: Py,
    parser: &RefCell<Parser>,
    wants: impl Fn() -> Wants,
    mut handle: impl FnMut(Event) -> PyResult<()>,
) -> PyResult<bool> {
    let mut raised = None;
    let parsed = loop {
        let step = parser.borrow_mut().next(&wants());
        match step {
            Step::Event(event) => {
                if raised.is_none() && handle(event).is_err() {
                    raised = py.thread().take_exception();
                }
            }
            Step::NeedData | Step::Done => break true,
            Step::Error => break false,
            Step::UnknownEncoding(name) => match table(py, &name) {
                Ok(Some(table)) => parser.borrow_mut().set_table(table),
                Ok(None) => parser.borrow_mut().fail(Code::UnknownEncoding),
                Err(_) => {
                    raised = raised.or_else(|| py.thread().take_exception());
                    parser.borrow_mut().fail(Code::UnknownEncoding);
                }
            },
        }
    };
    match raised {
        Some(exception) => Err(errors::raise_object(py, exception)),
        None => Ok(parsed),
    }
}

/// The table of an encoding of single bytes that Python knows; `None` for one in which
/// markup would not be ASCII.
fn table(py: Py, name: &str) -> PyResult<Option<Box<[Option<char>; 256]>>> {
    let all: Vec<u8> = (0..=255).collect();
    let bytes = Bytes::new(&all);
    let decoded = (hooks::get(py).decode)(py, bytes.as_object(), name, "replace")?;
    let Some(text) = decoded.downcast::<Str>().filter(|text| text.len() == 256) else {
        return raise!(py, ValueError, "multi-byte encodings are not supported");
    };
    let mut table = Box::new([None; 256]);
    for (slot, code) in table.iter_mut().zip(text.code_points()) {
        *slot = char::from_u32(code).filter(|&c| c != '\u{fffd}');
    }
    // Characters that markup is made of must stand for themselves, and nothing else for them.
    let markup =
        |c: char| c.is_ascii_graphic() && !"$@\\^`{}~".contains(c) || " \t\r\n".contains(c);
    let fits = (0..=255u8).all(|b| match table[usize::from(b)] {
        Some(c) if markup(c) => c == char::from(b),
        _ => !markup(char::from(b)),
    });
    Ok(fits.then_some(table))
}
