//! Raising and handling exceptions.

use krait_bytecode::Word;
use krait_object::errors;
use krait_object::exceptions::{self, BaseException};
use krait_object::object::{Layout, Object, Owned};
use krait_object::protocol;
use krait_object::py::{Py, PyResult, Raised};
use krait_object::types::tuple::Tuple;
use krait_object::types::typeobject::Type;
use krait_object::value::Value;
use krait_object::{raise, singletons};

use crate::state::{Flow, State, short};

pub fn RAISE(s: &mut State, w: Word) -> Flow {
    s.save();
    let (exception, cause) = (s.take_opt(w.a()), s.take_opt(w.b()));
    match exception {
        None => {
            let Raised = raise_again(s.py);
        }
        Some(exception) => {
            let Raised = raise_from(s.py, exception, cause);
        }
    }
    Flow::Raise
}

/// `raise` alone.
fn raise_again(py: Py) -> Raised {
    match py.thread().handled_exception() {
        Some(exception) => {
            py.thread().set_exception(exception);
            Raised
        }
        None => errors::raise_text(
            py,
            &exceptions::RuntimeError,
            format_args!("No active exception to reraise"),
        ),
    }
}

/// `raise exception from cause`.
pub fn raise_from(py: Py, exception: Value, cause: Option<Value>) -> Raised {
    let Ok(exception) = instance(py, &exception, "exceptions must derive from BaseException")
    else {
        return Raised;
    };
    if let Some(cause) = cause {
        let cause = if cause.is_none() {
            None
        } else {
            match instance(
                py,
                &cause,
                "exception causes must derive from BaseException",
            ) {
                Ok(cause) => Some(cause),
                Err(raised) => return raised,
            }
        };
        if let Some(body) = BaseException::from_object(&exception) {
            body.set_cause(cause);
            body.set_suppress_context(true);
        }
    }
    errors::raise_object(py, exception)
}

/// An exception from an instance or a class.
fn instance(py: Py, value: &Value, text: &str) -> PyResult<Owned> {
    if let Some(object) = value.as_object() {
        if exceptions::is_exception(object) {
            return Ok(object.to_owned());
        }
        if exceptions::is_exception_class(object) {
            let made = protocol::call(py, value, &[])?.into_object();
            if exceptions::is_exception(&made) {
                return Ok(made);
            }
            return raise!(
                py,
                TypeError,
                "calling {} should have returned an instance of BaseException, not {}",
                protocol::repr(py, value)?.to_rust(),
                protocol::repr(py, &Value::from(made.ty().to_owned()))?.to_rust()
            );
        }
    }
    raise!(py, TypeError, "{text}")
}

/// The unwinder reads the second operand, the raising instruction.
pub fn RERAISE(s: &mut State, w: Word) -> Flow {
    let exception = s.take(w.a());
    s.py.thread().set_exception(exception.into_object());
    Flow::Raise
}

/// The exception that the innermost function or generator handles, as a word.
fn replace_handled(py: Py, new: u64) -> u64 {
    // SAFETY: the GIL is held; the innermost item is the thread's or a generator's, and
    // owns what it points to. The reference passes in and the old one out.
    unsafe {
        let item = (*py.thread().raw()).exc_info;
        std::mem::replace(&mut (*item).exc_value, new as *mut krait_abi::PyObject) as u64
    }
}

#[inline(always)]
pub fn PUSH_EXC_INFO(s: &mut State, w: Word) -> Flow {
    let exception = s.copy(w.b());
    let old = replace_handled(s.py, exception.into_word());
    s.set(
        w.a(),
        if old == 0 {
            singletons::none().as_ptr() as u64
        } else {
            old
        },
    );
    Flow::Next
}

#[inline(always)]
pub fn POP_EXCEPT(s: &mut State, w: Word) -> Flow {
    pop_handled(s.py, s.take(w.a()));
    Flow::Next
}

/// What was handled before is so again.
#[inline(always)]
pub fn pop_handled(py: Py, saved: Value) {
    let new = if saved.is_none() {
        0
    } else {
        saved.into_word()
    };
    let old = replace_handled(py, new);
    // SAFETY: the item owned it.
    unsafe { crate::word::drop_word(old) };
}

pub fn JUMP_IF_NOT_EXC_MATCH(s: &mut State, w: Word) -> Flow {
    s.save();
    let class = s.take(w.b());
    let Some(exception) = s.lend(w.a()).as_object() else {
        return Flow::Raise;
    };
    if let Some(ty) = class.downcast::<Type>()
        && exceptions::is_exception_class(ty.as_object())
    {
        return if exception.ty().is_subtype_of(ty) {
            Flow::Next
        } else {
            short(w)
        };
    }
    let exception = exception.to_owned();
    match matches(
        s.py,
        &exception,
        &class,
        "catching classes that do not inherit from BaseException is not allowed",
    ) {
        Ok(true) => Flow::Next,
        Ok(false) => short(w),
        Err(Raised) => Flow::Raise,
    }
}

/// Whether an exception matches a class or a tuple of classes.
fn matches(py: Py, exception: &Object, class: &Value, text: &str) -> PyResult<bool> {
    check_classes(py, class, text)?;
    Ok(matches_any(exception, class))
}

fn check_classes(py: Py, class: &Value, text: &str) -> PyResult<()> {
    let is_class = |o: &Object| exceptions::is_exception_class(o);
    let good = match class.downcast::<Tuple>() {
        Some(classes) => classes.iter().all(is_class),
        None => class.as_object().is_some_and(is_class),
    };
    if good {
        Ok(())
    } else {
        raise!(py, TypeError, "{text}")
    }
}

fn matches_any(exception: &Object, class: &Value) -> bool {
    let is = |o: &Object| {
        o.downcast::<Type>()
            .is_some_and(|t| exception.ty().is_subtype_of(t))
    };
    match class.downcast::<Tuple>() {
        Some(classes) => classes.iter().any(is),
        None => class.as_object().is_some_and(is),
    }
}

pub fn CHECK_EG_MATCH(s: &mut State, w: Word) -> Flow {
    s.save();
    let class = s.take(w.c());
    let exception = s.copy(w.b()).into_object();
    match split(s.py, &exception, &class) {
        Ok((matching, rest)) => {
            let value = |part: Option<Owned>| part.map_or_else(Value::none, Value::from);
            if let Some(matching) = &matching {
                let old = replace_handled(s.py, Value::from(matching.clone()).into_word());
                // SAFETY: the item owned it.
                unsafe { crate::word::drop_word(old) };
            }
            s.set_value(w.b(), value(rest));
            s.set_value(w.a(), value(matching));
            Flow::Next
        }
        Err(Raised) => Flow::Raise,
    }
}

fn split(py: Py, exception: &Object, class: &Value) -> PyResult<(Option<Owned>, Option<Owned>)> {
    check_classes(
        py,
        class,
        "catching classes that do not inherit from BaseException is not allowed",
    )?;
    let group = |o: &Object| {
        o.downcast::<Type>()
            .is_some_and(|t| t.is_subtype_of(&exceptions::BaseExceptionGroup))
    };
    let has_group = match class.downcast::<Tuple>() {
        Some(classes) => classes.iter().any(group),
        None => class.as_object().is_some_and(group),
    };
    if has_group {
        return raise!(
            py,
            TypeError,
            "catching ExceptionGroup with except* is not allowed. Use except instead."
        );
    }
    if exception.is_none() {
        return Ok((None, None));
    }
    exceptions::group::match_clause(py, exception, &class.to_object())
}

pub fn LOAD_EXC_TRIPLE(s: &mut State, w: Word) -> Flow {
    let exception = s.copy(w.b());
    let object = exception.to_object();
    let traceback = BaseException::from_object(&object).and_then(|e| e.traceback());
    s.set_value(w.a(), Value::from(object.ty().to_owned()));
    s.set_value(w.a() + 1, exception);
    s.set_value(w.a() + 2, traceback.map_or_else(Value::none, Value::from));
    Flow::Next
}
