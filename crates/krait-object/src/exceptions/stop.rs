//! StopIteration, SystemExit and KeyError.

use super::base;
use super::layout::{BaseException, StopIteration, SystemExit, slot_attribute};
use crate::native::{Args, KwArgs, TypeBuilder};
use crate::object::Owned;
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::str::Str;
use crate::value::Value;

fn init_stop(py: Py, this: &StopIteration, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    base::init(py, &this.base, args.0, kwargs)?;
    // C reads the field: it is never empty.
    let value = args.0.first().cloned().unwrap_or_else(Value::none);
    this.value.set(Some(value.into_object()));
    Ok(())
}

pub(super) fn define_stop_iteration(b: &mut TypeBuilder<StopIteration>) {
    b.init("StopIteration(*args, **kwargs)", init_stop);
    slot_attribute!(b, StopIteration, value);
}

fn init_exit(py: Py, this: &SystemExit, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    base::init(py, &this.base, args.0, kwargs)?;
    match args.0 {
        [] => {}
        [code] => this.code.set(Some(code.to_object())),
        _ => this.code.set(this.base.args().map(Owned::upcast)),
    }
    Ok(())
}

pub(super) fn define_system_exit(b: &mut TypeBuilder<SystemExit>) {
    b.init("SystemExit(*args, **kwargs)", init_exit);
    slot_attribute!(b, SystemExit, code);
}

/// A key is shown by its repr: an empty one would not be seen otherwise.
fn key_error_str(py: Py, this: &BaseException) -> PyResult<Owned<Str>> {
    match this.args() {
        Some(args) if args.len() == 1 => protocol::repr(py, &args.as_values()[0]),
        _ => base::str(py, this),
    }
}

pub(super) fn define_key_error(b: &mut TypeBuilder<BaseException>) {
    b.str(key_error_str);
}
