//! `Pattern.scanner()`: one match after the other, anchored or not.

use std::cell::Cell;

use krait_object::gc::Visitor;
use krait_object::{Class, Instance, Layout, Owned, Py, PyResult, TypeBuilder, Value};
use krait_sre::{Mode, Scan};

use super::found::Match;
use super::pattern::{Pattern, This, bounds};
use super::subject::Held;
use super::{failed, interrupted};

pub struct Scanner {
    pattern: Owned<Instance<Pattern>>,
    held: Held,
    scan: Cell<Scan>,
    pos: usize,
    endpos: usize,
}

pub fn scanner(
    py: Py,
    this: &This,
    string: &Value,
    pos: Option<isize>,
    endpos: Option<isize>,
) -> PyResult {
    let held = Held::for_pattern(py, string, this.is_bytes)?;
    let (pos, endpos) = bounds(&held, pos, endpos);
    let scan = Cell::new(Scan::new(pos, endpos));
    Ok(Value::from(Instance::new(
        py,
        Scanner {
            pattern: this.to_owned(),
            held,
            scan,
            pos,
            endpos,
        },
    )))
}

fn next(py: Py, this: &Instance<Scanner>, mode: Mode) -> PyResult {
    let mut scan = this.scan.get();
    this.pattern.with_state(|state| {
        let mut interrupt = || interrupted(py);
        let found = scan.next(
            &this.pattern.program,
            state,
            this.held.subject(),
            mode,
            &mut interrupt,
        );
        this.scan.set(scan);
        match found {
            Ok(Some(_)) => {
                let made = Match::make(
                    py,
                    &this.pattern,
                    this.held.value(),
                    state,
                    this.pos,
                    this.endpos,
                );
                Ok(Value::from(made))
            }
            Ok(None) => Ok(Value::none()),
            Err(error) => failed(py, error),
        }
    })
}

impl Class for Scanner {
    const NAME: &'static str = "_sre.SRE_Scanner";
    const GC: bool = true;
    krait_object::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor()
            .method("match($self, /)", |py, this: &Instance<Scanner>| {
                next(py, this, Mode::Match)
            })
            .method("search($self, /)", |py, this: &Instance<Scanner>| {
                next(py, this, Mode::Search)
            })
            .getter("pattern", |_py, this: &Instance<Scanner>| {
                this.pattern.clone()
            });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.pattern);
        if let Held::Buffer(value, _) = &self.held {
            visitor.field(value);
        }
    }
}
