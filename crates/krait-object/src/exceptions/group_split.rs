//! Splitting of exception groups, and what `except*` needs of it.

use std::collections::HashSet;

use super::layout::{BaseException, BaseExceptionGroup};
use crate::object::{Layout, Object, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::list::List;
use crate::types::tuple::Tuple;
use crate::types::typeobject::Type;
use crate::value::Value;

/// Whether the object is an exception group.
pub fn is_group(object: &Object) -> bool {
    object.downcast::<BaseExceptionGroup>().is_some()
}

/// What decides whether an exception belongs to the part asked for.
enum Matcher<'a> {
    /// An exception class or a tuple of them.
    Classes(&'a Object),
    Predicate(&'a Value),
    /// The very objects of these addresses.
    Leaves(&'a HashSet<*const Object>),
}

impl<'a> Matcher<'a> {
    fn new(py: Py, given: &'a Value) -> PyResult<Matcher<'a>> {
        if let Some(object) = given.as_object() {
            let is_class = object.downcast::<Type>().is_some();
            if !is_class && protocol::call::is_callable(given) {
                return Ok(Matcher::Predicate(given));
            }
            let all_classes = |tuple: &Tuple| tuple.iter().all(super::is_exception_class);
            if super::is_exception_class(object)
                || object.downcast::<Tuple>().is_some_and(all_classes)
            {
                return Ok(Matcher::Classes(object));
            }
        }
        crate::raise!(
            py,
            TypeError,
            "expected an exception type, a tuple of exception types, or a callable (other than a class)"
        )
    }

    fn matches(&self, py: Py, exception: &Object) -> PyResult<bool> {
        match self {
            Matcher::Classes(classes) => Ok(given_matches(exception, classes)),
            Matcher::Predicate(callable) => {
                let answer = protocol::call(py, callable, &[Value::from(exception.to_owned())])?;
                protocol::truth(py, &answer)
            }
            Matcher::Leaves(leaves) => {
                Ok(!is_group(exception) && leaves.contains(&std::ptr::from_ref(exception)))
            }
        }
    }
}

/// Whether an exception is of a class or of one in a tuple, without asking metaclasses.
pub(super) fn given_matches(exception: &Object, classes: &Object) -> bool {
    if let Some(tuple) = classes.downcast::<Tuple>() {
        return tuple.iter().any(|c| given_matches(exception, c));
    }
    classes
        .downcast::<Type>()
        .is_some_and(|class| exception.ty().is_subtype_of(class))
}

/// The matching part of an exception and the rest.
struct Parts {
    matching: Option<Owned>,
    rest: Option<Owned>,
}

fn split_exception(
    py: Py,
    exception: &Object,
    matcher: &Matcher<'_>,
    want_rest: bool,
) -> PyResult<Parts> {
    py.thread()
        .check_native_stack(py, " in exceptiongroup_split_recursive")?;
    if matcher.matches(py, exception)? {
        return Ok(Parts {
            matching: Some(exception.to_owned()),
            rest: None,
        });
    }
    let Some(group) = exception.downcast::<BaseExceptionGroup>() else {
        return Ok(Parts {
            matching: None,
            rest: want_rest.then(|| exception.to_owned()),
        });
    };
    let (mut matching, mut rest) = (Vec::new(), Vec::new());
    for one in group.exceptions().iter() {
        let parts = split_exception(py, one, matcher, want_rest)?;
        matching.extend(parts.matching);
        rest.extend(parts.rest);
    }
    let matching = subset(py, group, matching)?;
    let rest = if want_rest {
        subset(py, group, rest)?
    } else {
        None
    };
    Ok(Parts { matching, rest })
}

/// A group of some of the exceptions, made by `derive`, with the original's traceback,
/// cause, context and notes.
fn subset(
    py: Py,
    original: &BaseExceptionGroup,
    exceptions: Vec<Owned>,
) -> PyResult<Option<Owned>> {
    if exceptions.is_empty() {
        return Ok(None);
    }
    let list = Value::from(List::from_owned(exceptions));
    let target = Value::from(original.as_object().to_owned());
    let derived =
        protocol::call_method(py, &target, crate::intern!("derive"), &[list])?.into_object();
    let Some(group) = derived.downcast::<BaseExceptionGroup>() else {
        return crate::raise!(
            py,
            TypeError,
            "derive must return an instance of BaseExceptionGroup"
        );
    };
    group.base.set_traceback(original.base.traceback());
    group.base.set_context(original.base.context());
    group.base.set_cause(original.base.cause());
    let name = crate::intern!("__notes__");
    if let Some(notes) = protocol::lookup_attr(py, &target, name)?
        && notes.as_object().is_some_and(protocol::iter::is_sequence)
    {
        let copy = Value::from(protocol::iter::to_list(py, &notes)?);
        protocol::set_attr(py, &Value::from(derived.clone()), name, &copy)?;
    }
    Ok(Some(derived))
}

pub(super) fn split(
    py: Py,
    this: &BaseExceptionGroup,
    matcher: &Value,
) -> PyResult<(Option<Owned>, Option<Owned>)> {
    let parts = split_exception(py, this.as_object(), &Matcher::new(py, matcher)?, true)?;
    Ok((parts.matching, parts.rest))
}

pub(super) fn subgroup(
    py: Py,
    this: &BaseExceptionGroup,
    matcher: &Value,
) -> PyResult<Option<Owned>> {
    Ok(split_exception(py, this.as_object(), &Matcher::new(py, matcher)?, false)?.matching)
}

/// What an `except* classes` clause takes of an exception, and what is left. A plain
/// exception that matches comes wrapped in a group.
pub fn match_clause(
    py: Py,
    exception: &Object,
    classes: &Object,
) -> PyResult<(Option<Owned>, Option<Owned>)> {
    if given_matches(exception, classes) {
        if is_group(exception) {
            return Ok((Some(exception.to_owned()), None));
        }
        let alone = Value::from(Tuple::from_objects([exception]));
        let wrapped =
            super::group::create(py, &Value::from(crate::types::str::Str::new("")), alone)?;
        return Ok((Some(wrapped), None));
    }
    if !is_group(exception) {
        return Ok((None, Some(exception.to_owned())));
    }
    let target = Value::from(exception.to_owned());
    let pair = protocol::call_method(
        py,
        &target,
        crate::intern!("split"),
        &[Value::from(classes.to_owned())],
    )?;
    let Some(pair) = pair.downcast::<Tuple>() else {
        return crate::raise!(
            py,
            TypeError,
            "{}.split must return a tuple, not {}",
            exception.ty().name(),
            pair.ty().name()
        );
    };
    if pair.len() < 2 {
        return crate::raise!(
            py,
            TypeError,
            "{}.split must return a 2-tuple, got tuple of size {}",
            exception.ty().name(),
            pair.len()
        );
    }
    let part = |i: usize| {
        pair.get_ref(i)
            .filter(|o| !o.is_none())
            .map(|o| o.to_owned())
    };
    Ok((part(0), part(1)))
}

/// What the end of `except*` raises: the exceptions raised in the clauses, and those
/// parts of the original that were raised again or not handled, put back into its shape.
pub fn prepare_reraise(py: Py, original: &Object, exceptions: &List) -> PyResult<Option<Owned>> {
    let given = exceptions.to_vec();
    if !is_group(original) {
        return Ok(given.into_iter().next().filter(|e| !e.is_none()));
    }
    let (again, mut raised): (Vec<Owned>, Vec<Owned>) = given
        .into_iter()
        .filter(|e| !e.is_none())
        .partition(|e| same_metadata(e, original));
    let kept = projection(py, original, &again)?;
    if raised.is_empty() {
        return Ok(kept);
    }
    raised.extend(kept);
    if raised.len() == 1 {
        return Ok(raised.pop());
    }
    let list = Value::from(List::from_owned(raised));
    super::group::create(py, &Value::from(crate::types::str::Str::new("")), list).map(Some)
}

/// Whether one exception is a part of the other: parts share notes, traceback, cause
/// and context.
fn same_metadata(a: &Object, b: &Object) -> bool {
    match (a.downcast::<BaseException>(), b.downcast::<BaseException>()) {
        (Some(a), Some(b)) => {
            a.notes.same(&b.notes)
                && a.traceback.same(&b.traceback)
                && a.cause.same(&b.cause)
                && a.context.same(&b.context)
        }
        _ => false,
    }
}

/// The original group reduced to the leaves of the parts.
fn projection(py: Py, original: &Object, parts: &[Owned]) -> PyResult<Option<Owned>> {
    let mut leaves = HashSet::new();
    for part in parts {
        collect_leaves(py, part, &mut leaves)?;
    }
    Ok(split_exception(py, original, &Matcher::Leaves(&leaves), false)?.matching)
}

fn collect_leaves(py: Py, exception: &Object, leaves: &mut HashSet<*const Object>) -> PyResult<()> {
    let Some(group) = exception.downcast::<BaseExceptionGroup>() else {
        leaves.insert(std::ptr::from_ref(exception));
        return Ok(());
    };
    py.thread()
        .check_native_stack(py, " in collect_exception_group_leaf_ids")?;
    group
        .exceptions()
        .iter()
        .try_for_each(|one| collect_leaves(py, one, leaves))
}
