//! BaseException: construction, attributes, methods.

use krait_text::TextWriter;
use std::cell::Cell;

use super::layout::{BaseException, allocate};
use crate::native::{Args, KwArgs, TypeBuilder};
use crate::object::{Layout, Object, Owned};
use crate::protocol;
use crate::py::{GilCell, Py, PyResult};
use crate::types::dict::Dict;
use crate::types::list::List;
use crate::types::str::{Str, StrBuilder};
use crate::types::tuple::Tuple;
use crate::types::typeobject::Type;
use crate::value::Value;

static TRACEBACK_TYPE: GilCell<Cell<Option<&'static Type>>> = GilCell::new(Cell::new(None));

/// Says which type tracebacks are, once the interpreter has made it.
pub fn register_traceback_type(py: Py, ty: &'static Type) {
    TRACEBACK_TYPE.get(py).set(Some(ty));
}

impl BaseException {
    /// The object as an exception.
    #[inline(always)]
    pub fn from_object(object: &Object) -> Option<&BaseException> {
        object.downcast::<BaseException>()
    }

    /// The arguments; none in an exception that the collector has taken apart.
    #[inline]
    pub fn args(&self) -> Option<Owned<Tuple>> {
        self.args.get().and_then(|args| args.downcast_owned().ok())
    }

    pub fn set_args(&self, args: Owned<Tuple>) {
        self.args.set(Some(args.upcast()));
    }

    #[inline]
    pub fn traceback(&self) -> Option<Owned> {
        self.traceback.get()
    }

    #[inline]
    pub fn set_traceback(&self, traceback: Option<Owned>) {
        self.traceback.set(traceback);
    }

    #[inline]
    pub fn context(&self) -> Option<Owned> {
        self.context.get()
    }

    #[inline]
    pub fn set_context(&self, context: Option<Owned>) {
        self.context.set(context);
    }

    #[inline]
    pub fn cause(&self) -> Option<Owned> {
        self.cause.get()
    }

    /// Sets the cause, which also suppresses the context.
    #[inline]
    pub fn set_cause(&self, cause: Option<Owned>) {
        self.suppress_context.set(1);
        self.cause.set(cause);
    }

    #[inline]
    pub fn suppress_context(&self) -> bool {
        self.suppress_context.get() != 0
    }

    pub fn set_suppress_context(&self, suppress: bool) {
        self.suppress_context.set(suppress.into());
    }

    /// The instance's `__dict__` where it has one already.
    pub(super) fn dict(&self) -> Option<Owned<Dict>> {
        self.dict.get().and_then(|dict| dict.downcast_owned().ok())
    }

    pub(super) fn class_value(&self) -> Value {
        Value::from(Layout::to_owned(self.as_object().ty()))
    }

    pub(super) fn args_or_empty(&self) -> Owned<Tuple> {
        self.args().unwrap_or_else(Tuple::empty)
    }
}

/// Fails where keyword arguments were given.
pub(super) fn no_keywords(py: Py, ty: &Type, kwargs: &KwArgs) -> PyResult<()> {
    match &kwargs.0 {
        Some(given) if !given.is_empty() => {
            crate::raise!(py, TypeError, "{}() takes no keyword arguments", ty.name())
        }
        _ => Ok(()),
    }
}

fn new(_py: Py, class: &Type, args: Args<'_>, _kwargs: KwArgs) -> PyResult<Owned<BaseException>> {
    allocate(class, Tuple::from_slice(args.0))
}

/// `BaseException.__init__`: keeps the arguments.
pub(super) fn init(py: Py, this: &BaseException, args: &[Value], kwargs: KwArgs) -> PyResult<()> {
    no_keywords(py, this.as_object().ty(), &kwargs)?;
    keep_args(this, args);
    Ok(())
}

/// Sets `args`, unless the constructor has already set the same.
pub(super) fn keep_args(this: &BaseException, args: &[Value]) {
    if let Some(present) = this.args()
        && present.len() == args.len()
        && present
            .as_values()
            .iter()
            .zip(args)
            .all(|(a, b)| a.word() == b.word())
    {
        return;
    }
    this.set_args(Tuple::from_slice(args));
}

fn init_slot(py: Py, this: &BaseException, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    init(py, this, args.0, kwargs)
}

/// `BaseException.__str__`.
pub(super) fn str(py: Py, this: &BaseException) -> PyResult<Owned<Str>> {
    let args = this.args_or_empty();
    match args.as_values() {
        [] => Ok(Str::new("")),
        [one] => protocol::str(py, one),
        _ => protocol::str(py, &Value::from(args)),
    }
}

fn repr(py: Py, this: &BaseException) -> PyResult<Owned<Str>> {
    let args = this.args_or_empty();
    let mut text = StrBuilder::new();
    text.push_str(this.as_object().ty().short_name());
    match args.as_values() {
        [one] => {
            text.push_str("(");
            protocol::repr::push_repr(py, one, &mut text)?;
            text.push_str(")");
        }
        _ => protocol::repr::push_repr(py, &Value::from(args.clone()), &mut text)?,
    }
    Ok(text.finish())
}

/// `__reduce__`: class, arguments, and the attributes where there are any.
fn reduce(_py: Py, this: &BaseException) -> Value {
    let args = Value::from(this.args_or_empty());
    match this.dict() {
        Some(dict) => Value::from(Tuple::from_values([
            this.class_value(),
            args,
            Value::from(dict),
        ])),
        None => Value::from(Tuple::from_values([this.class_value(), args])),
    }
}

fn set_state(py: Py, this: &BaseException, state: &Value) -> PyResult<()> {
    if state.is_none() {
        return Ok(());
    }
    let Some(state) = state.downcast::<Dict>() else {
        return crate::raise!(py, TypeError, "state is not a dictionary");
    };
    let target = Value::from(Layout::to_owned(this));
    for (name, value) in state.to_vec() {
        match name.downcast::<Str>() {
            Some(name) => protocol::set_attr(py, &target, name, &value)?,
            None => {
                return crate::raise!(
                    py,
                    TypeError,
                    "attribute name must be string, not '{}'",
                    name.ty().name()
                );
            }
        }
    }
    Ok(())
}

fn with_traceback(
    py: Py,
    this: &BaseException,
    traceback: &Value,
) -> PyResult<Owned<BaseException>> {
    set_traceback(py, this, Some(&traceback.to_object()))?;
    Ok(Layout::to_owned(this))
}

fn add_note(py: Py, this: &BaseException, note: &Str) -> PyResult<()> {
    let target = Value::from(Layout::to_owned(this));
    let name = crate::intern!("__notes__");
    match protocol::lookup_attr(py, &target, name)? {
        None => {
            let notes = List::from_values([Value::from(note.to_owned_str())]);
            protocol::set_attr(py, &target, name, &Value::from(notes))
        }
        Some(notes) => match notes.downcast::<List>() {
            Some(list) => {
                list.push_value(Value::from(note.to_owned_str()));
                Ok(())
            }
            None => crate::raise!(py, TypeError, "Cannot add note: __notes__ is not a list"),
        },
    }
}

fn set_args_attribute(py: Py, this: &BaseException, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return crate::raise!(py, TypeError, "args may not be deleted");
    };
    let args = protocol::iter::to_tuple(py, &Value::from(value.to_owned()))?;
    this.set_args(args);
    Ok(())
}

fn set_traceback(py: Py, this: &BaseException, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return crate::raise!(py, TypeError, "__traceback__ may not be deleted");
    };
    if value.is_none() {
        this.set_traceback(None);
        return Ok(());
    }
    if TRACEBACK_TYPE
        .get(py)
        .get()
        .is_none_or(|ty| !value.ty().is_subtype_of(ty))
    {
        return crate::raise!(py, TypeError, "__traceback__ must be a traceback or None");
    }
    this.set_traceback(Some(value.to_owned()));
    Ok(())
}

/// `__context__` and `__cause__` take an exception or None.
fn linked(py: Py, value: Option<&Object>, name: &str, what: &str) -> PyResult<Option<Owned>> {
    match value {
        None => crate::raise!(py, TypeError, "{name} may not be deleted"),
        Some(value) if value.is_none() => Ok(None),
        Some(value) if super::is_exception(value) => Ok(Some(value.to_owned())),
        Some(_) => {
            crate::raise!(
                py,
                TypeError,
                "exception {what} must be None or derive from BaseException"
            )
        }
    }
}

fn set_context(py: Py, this: &BaseException, value: Option<&Object>) -> PyResult<()> {
    this.set_context(linked(py, value, "__context__", "context")?);
    Ok(())
}

fn set_cause(py: Py, this: &BaseException, value: Option<&Object>) -> PyResult<()> {
    this.set_cause(linked(py, value, "__cause__", "cause")?);
    Ok(())
}

fn set_suppress(py: Py, this: &BaseException, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return crate::raise!(py, TypeError, "can't delete numeric/char attribute");
    };
    match value.downcast::<crate::singletons::Bool>() {
        Some(suppress) => {
            this.set_suppress_context(suppress.get());
            Ok(())
        }
        None => crate::raise!(py, TypeError, "attribute value type must be bool"),
    }
}

pub(super) fn define(b: &mut TypeBuilder<BaseException>) {
    b.new_with("BaseException(*args, **kwargs)", new)
        .init("BaseException(*args, **kwargs)", init_slot)
        .str(str)
        .repr(repr)
        .method("__reduce__($self, /)", reduce)
        .method("__setstate__($self, state, /)", set_state)
        .method_doc(
            "with_traceback($self, object, /)",
            "Sets the exception's traceback and returns the exception.",
            with_traceback,
        )
        .method_doc(
            "add_note($self, object, /)",
            "Adds a note, shown after the traceback.",
            add_note,
        )
        .getset(
            "args",
            |_py: Py, this: &BaseException| this.args_or_empty(),
            set_args_attribute,
        )
        .getset(
            "__traceback__",
            |_py: Py, this: &BaseException| this.traceback(),
            set_traceback,
        )
        .getset(
            "__context__",
            |_py: Py, this: &BaseException| this.context(),
            set_context,
        )
        .getset(
            "__cause__",
            |_py: Py, this: &BaseException| this.cause(),
            set_cause,
        )
        .settable_field(
            "__suppress_context__",
            |_py: Py, this: &BaseException| this.suppress_context(),
            set_suppress,
        );
}
