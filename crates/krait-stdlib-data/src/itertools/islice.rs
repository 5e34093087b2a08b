//! `islice`.

use std::cell::{Cell, RefCell};

use krait_object::gc::Visitor;
use krait_object::native::{Args, Class, Instance, TypeBuilder};
use krait_object::{
    Owned, Py, PyResult, Type, Value, class_cell, errors, exceptions, protocol, raise,
};

/// Items at chosen places of an iterator.
pub struct ISlice {
    source: RefCell<Option<Owned>>,
    /// The place of the next item to give, and that of the next item of the source.
    next: Cell<usize>,
    at: Cell<usize>,
    stop: usize,
    step: usize,
}

type This = Instance<ISlice>;

/// An index that is `None` or a natural number.
fn bound(py: Py, value: &Value, default: usize, error: &str) -> PyResult<usize> {
    if value.is_none() {
        return Ok(default);
    }
    let index = protocol::number::to_index(py, value, &exceptions::OverflowError);
    match index.map(usize::try_from) {
        Ok(Ok(index)) => Ok(index),
        Ok(Err(_)) => raise!(py, ValueError, "{error}"),
        Err(_) => {
            // Whatever the reason, the text says what an index must be.
            if errors::matches(py, &exceptions::Exception) {
                py.thread().take_exception();
            }
            raise!(py, ValueError, "{error}")
        }
    }
}

const STOP: &str = "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
const INDICES: &str = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
const STEP: &str = "Step for islice() must be a positive integer or None.";

fn new(py: Py, class: &Type, args: Args<'_>) -> PyResult<Owned<This>> {
    let (iterable, start, stop, step) = match args.0 {
        [iterable, stop] => (iterable, 0, bound(py, stop, usize::MAX, STOP)?, 1),
        [iterable, start, stop, rest @ ..] if rest.len() < 2 => {
            let start = bound(py, start, 0, INDICES)?;
            let stop = bound(py, stop, usize::MAX, STOP)?;
            let step = rest
                .first()
                .map_or(Ok(1), |step| bound(py, step, 1, STEP))?;
            (iterable, start, stop, step)
        }
        [] | [_] => {
            return raise!(
                py,
                TypeError,
                "islice expected at least 2 arguments, got {}",
                args.0.len()
            );
        }
        _ => {
            return raise!(
                py,
                TypeError,
                "islice expected at most 4 arguments, got {}",
                args.0.len()
            );
        }
    };
    if step == 0 {
        return raise!(py, ValueError, "{STEP}");
    }
    let source = protocol::iter(py, iterable)?;
    let body = ISlice {
        source: RefCell::new(Some(source)),
        next: Cell::new(start),
        at: Cell::new(0),
        stop,
        step,
    };
    Instance::new_in(py, class, body)
}

impl ISlice {
    fn end(&self) -> PyResult<Option<Owned>> {
        let source = self.source.take();
        drop(source);
        Ok(None)
    }

    fn step(&self, py: Py) -> PyResult<Option<Owned>> {
        let Some(source) = self.source.borrow().clone() else {
            return Ok(None);
        };
        let wanted = self.next.get();
        while self.at.get() < wanted.min(self.stop) {
            if protocol::next_object(py, &source)?.is_none() {
                return self.end();
            }
            self.at.set(self.at.get() + 1);
        }
        if self.at.get() >= self.stop {
            return self.end();
        }
        let Some(item) = protocol::next_object(py, &source)? else {
            return self.end();
        };
        self.at.set(self.at.get() + 1);
        self.next
            .set(wanted.saturating_add(self.step).min(self.stop));
        Ok(Some(item))
    }
}

impl Class for ISlice {
    const NAME: &'static str = "itertools.islice";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        super::iterator!(b, ISlice, |py: Py, this: &This| this.step(py))
            .subclassable()
            .doc(DOC)
            .new_with("islice(*args)", new);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.source);
    }

    fn clear(&self) {
        let source = self.source.take();
        drop(source);
    }
}

const DOC: &str = "islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice object\n\n\
Return an iterator whose next() method returns selected values from an\n\
iterable.  If start is specified, will skip all preceding elements;\n\
otherwise, start defaults to zero.  Step defaults to one.  If\n\
specified as another value, step determines how many values are\n\
skipped between successive calls.  Works like a slice() on a list\n\
but returns an iterator.";
