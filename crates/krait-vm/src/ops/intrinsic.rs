//! Intrinsics: type parameters, and the end of `except*`.

use krait_bytecode::{Intrinsic, Word};
use krait_object::exceptions;
use krait_object::protocol;
use krait_object::py::PyResult;
use krait_object::types::list::List;
use krait_object::value::Value;
use krait_object::{intern, raise};

use crate::function::Function;
use crate::state::{Flow, State};

pub fn CALL_INTRINSIC(s: &mut State, w: Word) -> Flow {
    s.save();
    let Some(intrinsic) = Intrinsic::from_u16(w.c()) else {
        return Flow::Raise;
    };
    let arguments: Vec<Value> = (0..intrinsic.arity()).map(|i| s.take(w.b() + i)).collect();
    let result = run(s, intrinsic, arguments);
    s.finish(w.a(), result)
}

fn run(s: &State, intrinsic: Intrinsic, arguments: Vec<Value>) -> PyResult {
    match intrinsic {
        Intrinsic::PrepReraiseStar => prepare_reraise(s, &arguments),
        Intrinsic::SetFunctionTypeParams => set_type_params(s, arguments),
        _ => (crate::typing_hook(s.py))(s.py, intrinsic, &arguments),
    }
}

fn prepare_reraise(s: &State, arguments: &[Value]) -> PyResult {
    let [original, raised] = arguments else {
        return raise!(s.py, SystemError, "two arguments are needed");
    };
    let Some(raised) = raised.downcast::<List>() else {
        return raise!(s.py, SystemError, "not a list");
    };
    let result = exceptions::group::prepare_reraise(s.py, &original.to_object(), raised)?;
    Ok(result.map_or_else(Value::none, Value::from))
}

fn set_type_params(s: &State, arguments: Vec<Value>) -> PyResult {
    let [function, params] = &arguments[..] else {
        return raise!(s.py, SystemError, "two arguments are needed");
    };
    match function.downcast_exact::<Function>() {
        // SAFETY: the place is an owned field.
        Some(target) => unsafe {
            target.replace(|h| &raw mut (*h).func_typeparams, Some(params.to_object()))
        },
        None => protocol::set_attr(s.py, function, intern!("__type_params__"), params)?,
    }
    Ok(function.clone())
}
