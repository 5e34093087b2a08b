//! `str.__format__`.

use krait_text::format::{Spec, format_str};

use super::super::{Str, StrBuilder};
use super::exact;
use crate::object::{Layout, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::int::methods::convert::text_error;
use crate::value::Value;

pub fn format(py: Py, this: &Str, spec: &Str) -> PyResult<Owned<Str>> {
    if spec.is_empty() {
        if this.as_object().is_exact::<Str>() {
            return Ok(exact(this));
        }
        return protocol::str(py, &Value::from(this.to_owned_str()));
    }
    let type_name = this.as_object().ty().name().to_string();
    let mut out = StrBuilder::new();
    let written = Spec::for_str(spec.chars(), &type_name)
        .and_then(|spec| format_str(this.chars(), &spec, &type_name, &mut out));
    match written {
        Ok(()) => Ok(out.finish()),
        Err(error) => text_error(py, error),
    }
}
