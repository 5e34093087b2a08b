//! OSError: fields, and the subclass that belongs to an error number.
//!
//! The fields are set in `__new__`, because there the subclass is chosen; a subclass
//! that overrides `__init__` but not `__new__` has them set in `__init__`.

use super::base;
use super::layout::{OSError, allocate, slot_attribute};
use crate::native::{Args, KwArgs, TypeBuilder};
use crate::object::{Layout, Object, Owned};
use crate::protocol::{self, number};
use crate::py::{Py, PyResult};
use crate::types::str::{Str, StrBuilder};
use crate::types::tuple::Tuple;
use crate::types::typeobject::{
    Type, address, native_init_def, native_init_slot, native_new_def, native_new_slot,
};
use crate::value::Value;
use krait_text::TextWriter;

/// The subclass for an error number.
pub fn class_of(errno: i64) -> Option<&'static Type> {
    use super::table;
    Some(match i32::try_from(errno).ok()? {
        libc::EAGAIN | libc::EALREADY | libc::EINPROGRESS => &table::BlockingIOError,
        libc::EPIPE | libc::ESHUTDOWN => &table::BrokenPipeError,
        libc::ECHILD => &table::ChildProcessError,
        libc::ECONNABORTED => &table::ConnectionAbortedError,
        libc::ECONNREFUSED => &table::ConnectionRefusedError,
        libc::ECONNRESET => &table::ConnectionResetError,
        libc::EEXIST => &table::FileExistsError,
        libc::ENOENT => &table::FileNotFoundError,
        libc::EISDIR => &table::IsADirectoryError,
        libc::ENOTDIR => &table::NotADirectoryError,
        libc::EINTR => &table::InterruptedError,
        libc::EACCES | libc::EPERM => &table::PermissionError,
        libc::ESRCH => &table::ProcessLookupError,
        libc::ETIMEDOUT => &table::TimeoutError,
        _ => return None,
    })
}

/// Whether the fields are set by `__init__`: it is overridden and `__new__` is not.
fn fields_in_init(class: &Type) -> bool {
    let (raw, ext) = (class.raw(), super::table::OSError.ext());
    let same = |a: Option<&'static crate::native::NativeDef>,
                b: Option<&'static crate::native::NativeDef>| {
        a.map(std::ptr::from_ref) == b.map(std::ptr::from_ref)
    };
    let own_init = address(raw.tp_init) == native_init_slot as *const std::ffi::c_void
        && same(native_init_def(class), ext.native_init.get());
    let own_new = address(raw.tp_new) == native_new_slot as *const std::ffi::c_void
        && same(native_new_def(class), ext.native_new.get());
    !own_init && own_new
}

fn new(py: Py, class: &Type, args: Args<'_>, kwargs: KwArgs) -> PyResult<Owned<OSError>> {
    let in_init = fields_in_init(class);
    let mut class = class;
    if !in_init {
        base::no_keywords(py, class, &kwargs)?;
        if class.is(&super::table::OSError)
            && (2..=5).contains(&args.0.len())
            && let Some(errno) = number::int_of(&args.0[0])
        {
            class = class_of(errno).unwrap_or(class);
        }
    }
    let this = allocate::<OSError>(class, Tuple::empty())?;
    this.written.set(-1);
    if !in_init {
        set_fields(py, &this, args.0)?;
    }
    Ok(this)
}

fn init(py: Py, this: &OSError, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    let class = this.as_object().ty();
    if !fields_in_init(class) {
        return Ok(());
    }
    base::no_keywords(py, class, &kwargs)?;
    set_fields(py, this, args.0)
}

/// Two to five arguments are error number, text, file name, (Windows' number), second
/// file name; others are only kept.
fn set_fields(py: Py, this: &OSError, args: &[Value]) -> PyResult<()> {
    let mut kept = args;
    if (2..=5).contains(&args.len()) {
        this.myerrno.set(Some(args[0].to_object()));
        this.strerror.set(Some(args[1].to_object()));
        if let Some(filename) = args.get(2).filter(|f| !f.is_none()) {
            let is_count = this.as_object().ty().is(&super::table::BlockingIOError)
                && (number::is_index(filename) || filename.as_double().is_some());
            if is_count {
                this.written
                    .set(number::to_index(py, filename, &super::table::ValueError)?);
            } else {
                this.filename.set(Some(filename.to_object()));
                if let Some(second) = args.get(4).filter(|f| !f.is_none()) {
                    this.filename2.set(Some(second.to_object()));
                }
                kept = &args[..2];
            }
        }
    }
    this.base.set_args(Tuple::from_slice(kept));
    Ok(())
}

fn str(py: Py, this: &OSError) -> PyResult<Owned<Str>> {
    let described = this.myerrno.is_set() && this.strerror.is_set();
    if !(this.filename.is_set() || described) {
        return base::str(py, &this.base);
    }
    let mut text = StrBuilder::new();
    text.push_str("[Errno ");
    protocol::repr::push_str(py, &this.myerrno.value(), &mut text)?;
    text.push_str("] ");
    protocol::repr::push_str(py, &this.strerror.value(), &mut text)?;
    if let Some(filename) = this.filename.get() {
        text.push_str(": ");
        protocol::repr::push_repr(py, &Value::from(filename), &mut text)?;
        if let Some(second) = this.filename2.get() {
            text.push_str(" -> ");
            protocol::repr::push_repr(py, &Value::from(second), &mut text)?;
        }
    }
    Ok(text.finish())
}

fn reduce(_py: Py, this: &OSError) -> Value {
    let mut args = this.base.args_or_empty();
    if args.len() == 2
        && let Some(filename) = this.filename.get()
    {
        let mut all = args.as_values().to_vec();
        all.push(Value::from(filename));
        if let Some(second) = this.filename2.get() {
            all.push(Value::none());
            all.push(Value::from(second));
        }
        args = Tuple::from_values(all);
    }
    let (class, args) = (this.base.class_value(), Value::from(args));
    Value::from(match this.base.dict() {
        Some(dict) => Tuple::from_values([class, args, Value::from(dict)]),
        None => Tuple::from_values([class, args]),
    })
}

fn written(py: Py, this: &OSError) -> PyResult<isize> {
    match this.written.get() {
        -1 => crate::raise!(py, AttributeError, "characters_written"),
        count => Ok(count),
    }
}

fn set_written(py: Py, this: &OSError, value: Option<&Object>) -> PyResult<()> {
    match value {
        None => {
            written(py, this)?;
            this.written.set(-1);
        }
        Some(value) => {
            let value = Value::unboxed(value);
            this.written
                .set(number::to_index(py, &value, &super::table::ValueError)?);
        }
    }
    Ok(())
}

pub(super) fn define(b: &mut TypeBuilder<OSError>) {
    b.new_with("OSError(*args, **kwargs)", new)
        .init("OSError(*args, **kwargs)", init)
        .str(str)
        .method("__reduce__($self, /)", reduce)
        .getset("characters_written", written, set_written);
    slot_attribute!(b, OSError, myerrno, "errno");
    slot_attribute!(b, OSError, strerror);
    slot_attribute!(b, OSError, filename);
    slot_attribute!(b, OSError, filename2);
}
