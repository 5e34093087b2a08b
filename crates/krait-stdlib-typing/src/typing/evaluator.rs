//! `_ConstEvaluator`: what stands for an evaluate function where a value was given.

use krait_object::gc::Visitor;
use krait_object::types::generic_alias::push_type;
use krait_object::{
    Class, Instance, Py, PyResult, StrBuilder, Tuple, TypeBuilder, Value, protocol,
};
use krait_text::TextWriter;

/// The annotation format that asks for source text.
const FORMAT_STRING: i32 = 4;

pub struct ConstEvaluator {
    value: Value,
}

type This = Instance<ConstEvaluator>;

impl ConstEvaluator {
    pub fn over(py: Py, value: Value) -> Value {
        Value::from(Instance::new(py, ConstEvaluator { value }))
    }
}

fn call(py: Py, this: &This, format: i32) -> PyResult {
    if format != FORMAT_STRING {
        return Ok(this.value.clone());
    }
    let mut out = StrBuilder::new();
    match this.value.downcast::<Tuple>() {
        Some(tuple) => {
            out.push_ascii("(");
            for (i, item) in tuple.iter().enumerate() {
                if i > 0 {
                    out.push_ascii(", ");
                }
                push_type(py, &mut out, item)?;
            }
            out.push_ascii(")");
        }
        None => push_type(py, &mut out, &this.value.to_object())?,
    }
    Ok(Value::from(out.finish()))
}

impl Class for ConstEvaluator {
    const NAME: &'static str = "_typing._ConstEvaluator";
    const GC: bool = true;
    krait_object::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.no_constructor()
            .call("constevaluator.__call__(format, /)", call)
            .repr(|py, this: &This| -> PyResult<String> {
                Ok(format!(
                    "<constevaluator {}>",
                    protocol::repr(py, &this.value)?.to_rust()
                ))
            });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.value);
    }
}
