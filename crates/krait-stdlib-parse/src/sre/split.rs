//! `Pattern.split`.

use krait_object::types::list::List;
use krait_object::{Owned, Py, PyResult, Value};
use krait_sre::{Mode, Scan};

use super::pattern::This;
use super::subject::Held;
use super::{failed, interrupted};

pub fn split(
    py: Py,
    this: &This,
    string: &Value,
    maxsplit: Option<isize>,
) -> PyResult<Owned<List>> {
    let held = Held::for_pattern(py, string, this.is_bytes)?;
    let most = match maxsplit.unwrap_or(0) {
        0 => usize::MAX,
        negative if negative < 0 => 0,
        most => most as usize,
    };
    this.with_state(|state| {
        let list = List::new();
        let (mut last, mut count) = (0, 0);
        let mut scan = Scan::new(0, held.len());
        let mut interrupt = || interrupted(py);
        while count < most {
            let (start, end) = match scan.next(
                &this.program,
                state,
                held.subject(),
                Mode::Search,
                &mut interrupt,
            ) {
                Ok(Some(span)) => span,
                Ok(None) => break,
                Err(error) => return failed(py, error),
            };
            list.push_value(held.slice(last, start));
            for group in 1..=this.program.groups() {
                list.push_value(match state.group(group) {
                    Some((start, end)) => held.slice(start, end),
                    None => Value::none(),
                });
            }
            last = end;
            count += 1;
        }
        list.push_value(held.slice(last, held.len()));
        Ok(list)
    })
}
