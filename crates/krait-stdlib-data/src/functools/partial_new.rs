//! How a `partial` is made, flattening partials of partials.

use std::cell::RefCell;

use krait_object::native::{Args, Instance, KwArgs};
use krait_object::{Dict, Owned, Py, PyResult, Tuple, Type, Value, protocol, raise};

use super::partial::{Partial, Parts, This, plain};
use super::placeholder;

/// How many placeholders there are; the last argument may not be one.
pub(super) fn count_holes(py: Py, args: &[Value]) -> PyResult<usize> {
    if args.last().is_some_and(|last| placeholder::is(py, last)) {
        return raise!(py, TypeError, "trailing Placeholders are not allowed");
    }
    Ok(args.iter().filter(|a| placeholder::is(py, a)).count())
}

/// The arguments of an inner partial followed by new ones, which fill its holes first.
fn joined(py: Py, inner: &Parts, new: &[Value]) -> Owned<Tuple> {
    let mut new = new.iter();
    let mut all = Vec::with_capacity(inner.args.len() + new.len());
    for argument in inner.args.as_values() {
        let filler = if placeholder::is(py, argument) {
            new.next()
        } else {
            None
        };
        all.push(filler.unwrap_or(argument).clone());
    }
    all.extend(new.cloned());
    Tuple::from_values(all)
}

fn check_keywords(py: Py, keywords: Option<&Dict>) -> PyResult<()> {
    let mut at = 0;
    while let Some(value) = keywords.and_then(|k| k.value_step(&mut at)) {
        if placeholder::is(py, &value) {
            return raise!(
                py,
                TypeError,
                "Placeholder cannot be passed as a keyword argument"
            );
        }
    }
    Ok(())
}

pub(super) fn new(py: Py, class: &Type, args: Args<'_>, kwargs: KwArgs) -> PyResult<Owned<This>> {
    let Some((function, args)) = args.0.split_first() else {
        return raise!(py, TypeError, "type 'partial' takes at least one argument");
    };
    if !protocol::call::is_callable(function) {
        return raise!(py, TypeError, "the first argument must be callable");
    }
    let mut holes = count_holes(py, args)?;
    check_keywords(py, kwargs.0.as_deref())?;
    let (function, args, base) = match plain(py, function) {
        Some(inner) => {
            let inner = inner.parts(py)?;
            let args = joined(py, &inner, args);
            holes = args
                .as_values()
                .iter()
                .filter(|a| placeholder::is(py, a))
                .count();
            (inner.function, args, Some(inner.keywords))
        }
        None => (function.clone(), Tuple::from_slice(args), None),
    };
    let keywords = match (base.filter(|b| !b.is_empty()), kwargs.0) {
        (Some(base), Some(new)) => {
            let merged = base.copy();
            merged.update(py, &Value::from(new))?;
            merged
        }
        (Some(base), None) => base.copy(),
        (None, Some(new)) => new,
        (None, None) => Dict::new(),
    };
    let parts = Parts {
        function,
        args,
        keywords,
        holes,
    };
    Instance::new_in(py, class, Partial(RefCell::new(Some(parts))))
}
