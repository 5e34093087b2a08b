//! `make_scanner(context)`: reads the value at a place of a string.

use krait_object::gc::Visitor;
use krait_object::protocol::{self, attr::type_value};
use krait_object::{
    Class, Float, Instance, Int, Owned, Py, PyResult, Type, TypeBuilder, Value, raise,
};
use krait_text::with_units;

use super::decode::Decoder;

/// What a `JSONDecoder` says about reading.
pub struct Scanner {
    pub strict: bool,
    pub object_hook: Value,
    pub object_pairs_hook: Value,
    pub parse_float: Value,
    pub parse_int: Value,
    pub parse_constant: Value,
    /// Whether numbers become plain floats and ints.
    pub plain_floats: bool,
    pub plain_ints: bool,
}

type This = Instance<Scanner>;

fn new(py: Py, class: &Type, context: &Value) -> PyResult<Owned<This>> {
    let attribute = |name: &str| protocol::get_attr_str(py, context, name);
    let strict = protocol::truth(py, &attribute("strict")?)?;
    let object_hook = attribute("object_hook")?;
    let object_pairs_hook = attribute("object_pairs_hook")?;
    let parse_float = attribute("parse_float")?;
    let parse_int = attribute("parse_int")?;
    let parse_constant = attribute("parse_constant")?;
    let body = Scanner {
        strict,
        plain_floats: parse_float.is(&type_value::<Float>()),
        plain_ints: parse_int.is(&type_value::<Int>()),
        object_hook,
        object_pairs_hook,
        parse_float,
        parse_int,
        parse_constant,
    };
    Instance::new_in(py, class, body)
}

fn call(py: Py, this: &This, string: &Value, idx: isize) -> PyResult<(Value, usize)> {
    let doc = super::string(py, string)?;
    let Ok(start) = usize::try_from(idx) else {
        return raise!(py, ValueError, "idx cannot be negative");
    };
    with_units!(doc.chars(), units => Decoder::new(py, doc, units, this).read(start))
}

impl Class for Scanner {
    const NAME: &'static str = "_json.Scanner";
    const GC: bool = true;
    krait_object::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.mutable()
            .doc("JSON scanner object")
            .new_with("make_scanner(context)", new)
            .call("scan_once(string, idx)", call)
            .getter("strict", |_py, this: &This| this.strict)
            .getter("object_hook", |_py, this: &This| this.object_hook.clone())
            .getter("object_pairs_hook", |_py, this: &This| {
                this.object_pairs_hook.clone()
            })
            .getter("parse_float", |_py, this: &This| this.parse_float.clone())
            .getter("parse_int", |_py, this: &This| this.parse_int.clone())
            .getter("parse_constant", |_py, this: &This| {
                this.parse_constant.clone()
            });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        for part in [
            &self.object_hook,
            &self.object_pairs_hook,
            &self.parse_float,
            &self.parse_int,
            &self.parse_constant,
        ] {
            visitor.field(part);
        }
    }
}
