//! `__context__`: what was being handled when an exception was raised.

use super::layout::BaseException;
use crate::object::{Layout, Object, Owned};

/// Makes `handled` the context of `exception`. Where the exception is already in the
/// chain of contexts that starts at `handled`, the chain is cut before it, so that no
/// cycle arises; a cycle that user code made is walked only once.
pub fn chain_context(exception: &Object, handled: Owned) {
    if exception.is(&handled) {
        return;
    }
    let (Some(new), Some(first)) = (
        exception.downcast::<BaseException>(),
        handled.downcast::<BaseException>(),
    ) else {
        return;
    };
    let next = |e: &BaseException| {
        e.context
            .get()
            .and_then(|c| c.downcast_owned::<BaseException>().ok())
    };
    let (mut at, mut slow, mut advance) = (Layout::to_owned(first), Layout::to_owned(first), false);
    while let Some(context) = next(&at) {
        if context.as_object().is(exception) {
            at.context.set(None);
            break;
        }
        at = context;
        if at.as_object().is(slow.as_object()) {
            break;
        }
        if advance && let Some(step) = next(&slow) {
            slow = step;
        }
        advance = !advance;
    }
    new.context.set(Some(handled));
}
