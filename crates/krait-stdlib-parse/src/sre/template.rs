//! Replacement templates: literal text and group numbers in turn.

use krait_object::gc::Visitor;
use krait_object::types::list::List;
use krait_object::{
    Bytes, Class, Instance, Py, PyResult, Str, TypeBuilder, Value, hooks, protocol, raise,
};

use super::expect;
use super::pattern::{Pattern, This};

/// A parsed template.
pub struct Template {
    /// The text before the first group.
    pub literal: Value,
    /// Groups, each with the text that follows it; `None` where that is empty.
    pub parts: Vec<(usize, Option<Value>)>,
}

/// Text that may be left out.
fn not_empty(value: Value) -> Option<Value> {
    let empty = match (value.downcast::<Str>(), value.downcast::<Bytes>()) {
        (Some(text), _) => text.is_empty(),
        (_, Some(bytes)) => bytes.is_empty(),
        _ => false,
    };
    (!empty).then_some(value)
}

/// `_sre.template(pattern, [literal, group, literal, ...])`
pub fn template(py: Py, _pattern: &Value, template: &Value) -> PyResult {
    let list = expect::<List>(py, template, "template", 2)?;
    let items: Vec<Value> = list
        .to_vec()
        .into_iter()
        .map(|item| Value::unboxed(&item))
        .collect();
    let [literal, rest @ ..] = &items[..] else {
        return raise!(py, TypeError, "invalid template");
    };
    let mut parts = Vec::with_capacity(rest.len() / 2);
    for pair in rest.chunks(2) {
        let number = pair[0].as_small_int().and_then(|n| usize::try_from(n).ok());
        let (Some(number), [_, text]) = (number, pair) else {
            return raise!(py, TypeError, "invalid template");
        };
        parts.push((number, not_empty(text.clone())));
    }
    Ok(Value::from(Instance::new(
        py,
        Template {
            literal: literal.clone(),
            parts,
        },
    )))
}

/// What a replacement that is no function stands for: a `Template` or plain text.
pub fn compile(py: Py, pattern: &This, template: &Value) -> PyResult {
    let re = hooks::import_module(py, "re")?;
    let function = protocol::get_attr_str(py, &re, "_compile_template")?;
    let me = Value::from(krait_object::Layout::to_owned(pattern));
    let result = protocol::call(py, &function, &[me.clone(), template.clone()]);
    if result.is_ok() {
        return result;
    }
    // A template that cannot be hashed is taken as the plain text it is.
    let plain = match template.downcast::<Str>() {
        Some(text) if template.downcast_exact::<Str>().is_none() => {
            Some(Value::from(text.slice(0, text.len())))
        }
        Some(_) => None,
        None if template.downcast_exact::<Bytes>().is_some() => None,
        None => krait_object::types::buffer::has_buffer(template).then(|| template.clone()),
    };
    let Some(plain) = plain else { return result };
    if krait_object::errors::take_if(py, &krait_object::exceptions::TypeError).is_none() {
        return result;
    }
    let plain = match plain.downcast::<Str>() {
        Some(_) => plain,
        None => Value::from(Bytes::new(&krait_object::types::buffer::to_bytes(
            py, &plain,
        )?)),
    };
    protocol::call(py, &function, &[me, plain])
}

impl Class for Template {
    const NAME: &'static str = "_sre.SRE_Template";
    const GC: bool = true;
    krait_object::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.no_constructor();
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.literal);
        self.parts.iter().for_each(|(_, text)| visitor.field(text));
    }
}

/// The template of a value that is one.
pub fn of(value: &Value) -> Option<&Instance<Template>> {
    value.downcast::<Instance<Template>>()
}

/// Whether the groups of a template exist in a pattern.
pub fn check_groups(py: Py, template: &Template, pattern: &Pattern) -> PyResult<()> {
    match template
        .parts
        .iter()
        .all(|(group, _)| *group <= pattern.program.groups())
    {
        true => Ok(()),
        false => raise!(py, IndexError, "no such group"),
    }
}
