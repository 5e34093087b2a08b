//! `findall` and `finditer`.

use std::cell::{Cell, RefCell};

use krait_object::gc::Visitor;
use krait_object::types::list::List;
use krait_object::{Class, Instance, Layout, Owned, Py, PyResult, Tuple, TypeBuilder, Value};
use krait_sre::{Mode, Scan, State};

use super::found::Match;
use super::pattern::{Pattern, This, bounds};
use super::subject::Held;
use super::{failed, interrupted};

/// All matches: their text, the text of the group, or the tuple of the groups' texts.
pub fn find_all(
    py: Py,
    this: &This,
    string: &Value,
    pos: Option<isize>,
    endpos: Option<isize>,
) -> PyResult<Owned<List>> {
    let held = Held::for_pattern(py, string, this.is_bytes)?;
    let (pos, endpos) = bounds(&held, pos, endpos);
    this.with_state(|state| {
        let list = List::new();
        let mut scan = Scan::new(pos, endpos);
        let mut interrupt = || interrupted(py);
        loop {
            match scan.next(
                &this.program,
                state,
                held.subject(),
                Mode::Search,
                &mut interrupt,
            ) {
                Ok(Some(span)) => list.push_value(found(&held, state, span, this.program.groups())),
                Ok(None) => return Ok(list),
                Err(error) => return failed(py, error),
            }
        }
    })
}

#[inline]
fn found(held: &Held, state: &State, span: (usize, usize), groups: usize) -> Value {
    match groups {
        0 => held.slice(span.0, span.1),
        1 => held.group(state.group(1)),
        _ => Value::from(Tuple::from_values(
            (1..groups + 1).map(|g| held.group(state.group(g))),
        )),
    }
}

/// The iterator of `finditer`.
pub struct FindIter {
    pattern: Owned<Instance<Pattern>>,
    /// Gone when the iteration has ended.
    held: RefCell<Option<std::rc::Rc<Held>>>,
    scan: Cell<Scan>,
    pos: usize,
    endpos: usize,
}

pub fn find_iter(
    py: Py,
    this: &This,
    string: &Value,
    pos: Option<isize>,
    endpos: Option<isize>,
) -> PyResult {
    let held = Held::for_pattern(py, string, this.is_bytes)?;
    let (pos, endpos) = bounds(&held, pos, endpos);
    let body = FindIter {
        pattern: this.to_owned(),
        held: RefCell::new(Some(std::rc::Rc::new(held))),
        scan: Cell::new(Scan::new(pos, endpos)),
        pos,
        endpos,
    };
    Ok(Value::from(Instance::new(py, body)))
}

fn next(py: Py, this: &Instance<FindIter>) -> PyResult<Option<Value>> {
    let Some(held) = this.held.borrow().clone() else {
        return Ok(None);
    };
    let mut scan = this.scan.get();
    this.pattern.with_state(|state| {
        let mut interrupt = || interrupted(py);
        let found = scan.next(
            &this.pattern.program,
            state,
            held.subject(),
            Mode::Search,
            &mut interrupt,
        );
        this.scan.set(scan);
        match found {
            Ok(Some(_)) => {
                let made = Match::make(
                    py,
                    &this.pattern,
                    held.value(),
                    state,
                    this.pos,
                    this.endpos,
                );
                Ok(Some(Value::from(made)))
            }
            Ok(None) => {
                drop(this.held.take());
                Ok(None)
            }
            Err(error) => failed(py, error),
        }
    })
}

impl Class for FindIter {
    const NAME: &'static str = "callable_iterator";
    const GC: bool = true;
    krait_object::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor()
            .iter(|_py, this: &Instance<FindIter>| this.to_owned())
            .next(next);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.pattern);
    }

    fn clear(&self) {
        drop(self.held.take());
    }
}
