//! `repr()` of nodes: fields down to a small depth, the first and last of long lists.

use krait_object::protocol::{self, repr::ReprGuard};
use krait_object::types::list::List;
use krait_object::{Layout, Owned, Py, PyResult, Str, StrBuilder, Tuple, Value, intern};
use krait_text::TextWriter;

use super::node::{This, names_of};

/// How deep nodes are shown.
const DEPTH: usize = 3;

pub fn repr(py: Py, this: &This) -> PyResult<Owned<Str>> {
    let mut out = StrBuilder::new();
    node(py, &mut out, this, DEPTH)?;
    Ok(out.finish())
}

fn node(py: Py, out: &mut StrBuilder, this: &This, depth: usize) -> PyResult<()> {
    py.thread()
        .check_native_stack(py, " while getting the repr of an object")?;
    out.push_str(this.as_object().ty().full_name());
    out.push_ascii("(");
    let fields = names_of(py, this, intern!("_fields"))?;
    let guard = ReprGuard::enter(py, this.as_object());
    if guard.is_none() || (depth == 0) {
        out.push_ascii("...)");
        return Ok(());
    }
    let target = Value::from(this.to_owned());
    for (i, field) in fields.iter().enumerate() {
        let name = protocol::expect_str(py, field, "attribute name must be string")?;
        if i > 0 {
            out.push_ascii(", ");
        }
        out.push_text(name);
        out.push_ascii("=");
        let value = protocol::get_attr(py, &target, name)?;
        field_value(py, out, &value, depth)?;
    }
    out.push_ascii(")");
    Ok(())
}

fn field_value(py: Py, out: &mut StrBuilder, value: &Value, depth: usize) -> PyResult<()> {
    if let Some(list) = value.downcast::<List>() {
        let items: Vec<Value> = list.to_vec().into_iter().map(Value::from).collect();
        return sequence(py, out, &items, ("[", "]"), depth);
    }
    if let Some(tuple) = value.downcast::<Tuple>() {
        return sequence(py, out, tuple.as_values(), ("(", ")"), depth);
    }
    item(py, out, value, depth)
}

fn item(py: Py, out: &mut StrBuilder, value: &Value, depth: usize) -> PyResult<()> {
    match value.downcast::<This>() {
        Some(inner) => node(py, out, inner, depth - 1),
        None => {
            protocol::repr::push_repr(py, value, out)?;
            Ok(())
        }
    }
}

fn sequence(
    py: Py,
    out: &mut StrBuilder,
    items: &[Value],
    (open, close): (&str, &str),
    depth: usize,
) -> PyResult<()> {
    out.push_ascii(open);
    if let Some(first) = items.first() {
        item(py, out, first, depth)?;
    }
    if items.len() > 2 {
        out.push_ascii(", ...");
    }
    if items.len() > 1
        && let Some(last) = items.last()
    {
        out.push_ascii(", ");
        item(py, out, last, depth)?;
    }
    out.push_ascii(close);
    Ok(())
}
