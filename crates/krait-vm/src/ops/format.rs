//! f-strings and t-strings.

use krait_bytecode::op::INTERPOLATION_SPEC;
use krait_bytecode::{Conversion, NO_REG, Word};
use krait_object::protocol;
use krait_object::py::PyResult;
use krait_object::types::str::{Str, intern};
use krait_object::value::Value;

use crate::state::{Flow, State};

pub fn FORMAT(s: &mut State, w: Word) -> Flow {
    s.save();
    let value = s.take(w.b());
    let spec = if w.c() == NO_REG {
        None
    } else {
        Some(s.take(w.c()))
    };
    let result = format(s, &value, spec.as_ref(), w.flag());
    drop((value, spec));
    s.finish(w.a(), result)
}

fn format(s: &State, value: &Value, spec: Option<&Value>, flag: u8) -> PyResult {
    let converted = match Conversion::from_u16(u16::from(flag & 3)) {
        Some(Conversion::Str) => Some(protocol::str(s.py, value)?),
        Some(Conversion::Repr) => Some(protocol::repr(s.py, value)?),
        Some(Conversion::Ascii) => Some(protocol::ascii(s.py, value)?),
        _ => None,
    };
    let converted = converted.map(Value::from);
    let value = converted.as_ref().unwrap_or(value);
    let spec = spec.and_then(|v| v.downcast::<Str>());
    if spec.is_none_or(Str::is_empty) && value.downcast_exact::<Str>().is_some() {
        return Ok(value.clone());
    }
    let empty = intern::empty();
    protocol::format(s.py, value, spec.unwrap_or(&empty)).map(Value::from)
}

pub fn BUILD_INTERPOLATION(s: &mut State, w: Word) -> Flow {
    s.save();
    let (value, text) = (s.take(w.b()), s.take(w.b() + 1));
    let spec = if w.flag() & INTERPOLATION_SPEC != 0 {
        s.take(w.b() + 2)
    } else {
        Value::from(intern::empty())
    };
    let conversion = match Conversion::from_u16(u16::from(w.flag() & 3)) {
        Some(Conversion::Str) => Value::from(Str::intern("s")),
        Some(Conversion::Repr) => Value::from(Str::intern("r")),
        Some(Conversion::Ascii) => Value::from(Str::intern("a")),
        _ => Value::none(),
    };
    let result = crate::template::interpolation(s.py, value, text, conversion, spec);
    s.set_value(w.a(), result);
    Flow::Next
}

pub fn BUILD_TEMPLATE(s: &mut State, w: Word) -> Flow {
    let (strings, interpolations) = super::arith::take_two(s, w.b(), w.c());
    let result = crate::template::template(s.py, strings, interpolations);
    s.set_value(w.a(), result);
    Flow::Next
}
