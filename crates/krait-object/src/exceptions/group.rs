//! BaseExceptionGroup and ExceptionGroup: construction, attributes, texts. Splitting is
//! in `group_split`.

use super::group_split;
use super::layout::{BaseExceptionGroup, allocate};
use crate::native::{Args, KwArgs, TypeBuilder};
use crate::object::{Layout, Object, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::list::List;
use crate::types::str::{Str, StrBuilder};
use crate::types::tuple::Tuple;
use crate::types::typeobject::Type;
use crate::value::Value;
use krait_text::TextWriter;

pub use super::group_split::{is_group, match_clause, prepare_reraise};

impl BaseExceptionGroup {
    /// The exceptions in the group.
    pub fn exceptions(&self) -> Owned<Tuple> {
        self.excs
            .get()
            .and_then(|e| e.downcast_owned().ok())
            .unwrap_or_else(Tuple::empty)
    }

    fn message_value(&self) -> Value {
        self.msg.value()
    }
}

fn new(
    py: Py,
    class: &Type,
    args: Args<'_>,
    _kwargs: KwArgs,
) -> PyResult<Owned<BaseExceptionGroup>> {
    let [message, given] = args.0 else {
        return crate::raise!(
            py,
            TypeError,
            "BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)",
            args.0.len()
        );
    };
    if message.downcast::<Str>().is_none() {
        let got = if message.is_none() {
            "None"
        } else {
            message.ty().name()
        };
        return crate::raise!(
            py,
            TypeError,
            "BaseExceptionGroup.__new__() argument 1 must be str, not {got}"
        );
    }
    let exceptions = checked_exceptions(py, given)?;
    let class = chosen_class(py, class, &exceptions)?;
    let shown = match given.downcast::<Tuple>().is_some() || given.downcast::<List>().is_some() {
        true => None,
        false => Some(protocol::repr(py, given)?.upcast()),
    };
    let this = allocate::<BaseExceptionGroup>(class, Tuple::from_slice(args.0))?;
    this.msg.set(Some(message.to_object()));
    this.excs.set(Some(exceptions.upcast()));
    this.excs_str.set(shown);
    Ok(this)
}

/// The second argument as a tuple of exceptions.
fn checked_exceptions(py: Py, given: &Value) -> PyResult<Owned<Tuple>> {
    if !given.as_object().is_some_and(protocol::iter::is_sequence) {
        return crate::raise!(
            py,
            TypeError,
            "second argument (exceptions) must be a sequence"
        );
    }
    let exceptions = protocol::iter::to_tuple(py, given)?;
    if exceptions.is_empty() {
        return crate::raise!(
            py,
            ValueError,
            "second argument (exceptions) must be a non-empty sequence"
        );
    }
    let wrong = exceptions.iter().position(|e| !super::is_exception(e));
    match wrong {
        Some(at) => {
            crate::raise!(
                py,
                ValueError,
                "Item {at} of second argument (exceptions) is not an exception"
            )
        }
        None => Ok(exceptions),
    }
}

/// A BaseExceptionGroup of mere Exceptions becomes an ExceptionGroup; groups that are
/// Exceptions take nothing else.
fn chosen_class<'a>(py: Py, class: &'a Type, exceptions: &Tuple) -> PyResult<&'a Type> {
    let all_ordinary = exceptions
        .iter()
        .all(|e| e.ty().is_subtype_of(&super::Exception));
    if all_ordinary {
        return Ok(if class.is(&super::BaseExceptionGroup) {
            &super::ExceptionGroup
        } else {
            class
        });
    }
    if class.is(&super::ExceptionGroup) {
        return crate::raise!(
            py,
            TypeError,
            "Cannot nest BaseExceptions in an ExceptionGroup"
        );
    }
    if !class.is(&super::BaseExceptionGroup) && class.is_subtype_of(&super::Exception) {
        return crate::raise!(
            py,
            TypeError,
            "Cannot nest BaseExceptions in '{}'",
            class.name()
        );
    }
    Ok(class)
}

/// `BaseExceptionGroup(message, exceptions)`.
pub fn create(py: Py, message: &Value, exceptions: Value) -> PyResult<Owned> {
    let class = Value::from(Type::to_owned(&super::BaseExceptionGroup));
    protocol::call(py, &class, &[message.clone(), exceptions]).map(Value::into_object)
}

fn str(py: Py, this: &BaseExceptionGroup) -> PyResult<Owned<Str>> {
    let count = this.exceptions().len();
    let mut text = StrBuilder::new();
    protocol::repr::push_str(py, &this.message_value(), &mut text)?;
    text.push_str(&format!(
        " ({count} sub-exception{})",
        if count == 1 { "" } else { "s" }
    ));
    Ok(text.finish())
}

fn repr(py: Py, this: &BaseExceptionGroup) -> PyResult<Owned<Str>> {
    let exceptions = match this.excs_str.text() {
        Some(text) => text,
        None => {
            let was_list = this
                .base
                .args()
                .is_some_and(|a| a.get_ref(1).is_some_and(|o| o.downcast::<List>().is_some()));
            let tuple = this.exceptions();
            let shown = match was_list {
                true => Value::from(List::from_owned(tuple.iter().map(|o| o.to_owned()))),
                false => Value::from(tuple),
            };
            protocol::repr(py, &shown)?
        }
    };
    let mut text = StrBuilder::new();
    text.push_str(this.as_object().ty().short_name());
    text.push_str("(");
    protocol::repr::push_repr(py, &this.message_value(), &mut text)?;
    text.push_str(", ");
    text.push_text(&exceptions);
    text.push_str(")");
    Ok(text.finish())
}

fn derive(py: Py, this: &BaseExceptionGroup, exceptions: &Value) -> PyResult<Owned> {
    create(py, &this.message_value(), exceptions.clone())
}

fn class_item(py: Py, class: &Type, item: &Value) -> PyResult {
    (crate::hooks::get(py).make_generic_alias)(py, class.as_object(), &item.to_object())
}

pub(super) fn define(b: &mut TypeBuilder<BaseExceptionGroup>) {
    b.new_with("BaseExceptionGroup(*args, **kwargs)", new)
        .str(str)
        .repr(repr)
        .class_method("__class_getitem__($type, object, /)", class_item)
        .method("derive($self, excs, /)", derive)
        .method("split($self, matcher_value, /)", group_split::split)
        .method("subgroup($self, matcher_value, /)", group_split::subgroup)
        .field("message", |_py: Py, this: &BaseExceptionGroup| {
            this.message_value()
        })
        .field("exceptions", |_py: Py, this: &BaseExceptionGroup| {
            this.exceptions()
        });
}

/// ExceptionGroup has two bases.
pub(super) fn define_exception_group(b: &mut TypeBuilder<BaseExceptionGroup>) {
    let bases: [&Object; 2] = [
        super::BaseExceptionGroup.as_object(),
        super::Exception.as_object(),
    ];
    b.with_raw(|raw| raw.tp_bases = Tuple::from_objects(bases).into_ptr());
}
