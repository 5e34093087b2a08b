//! `make_encoder(...)`: writes a value and all in it as one string.

use krait_object::gc::Visitor;
use krait_object::{
    Class, Dict, Instance, Owned, Py, PyResult, Str, Tuple, Type, TypeBuilder, Value, raise,
};

use super::encode::Writer;
use super::known_quoting;

/// What a `JSONEncoder` says about writing.
pub struct Encoder {
    pub markers: Value,
    pub default: Value,
    pub encoder: Value,
    pub indent: Value,
    pub key_separator: Owned<Str>,
    pub item_separator: Owned<Str>,
    pub sort_keys: bool,
    pub skipkeys: bool,
    pub allow_nan: bool,
    /// How strings are quoted where no function has to be called: true for ASCII only.
    pub quoting: Option<bool>,
}

type This = Instance<Encoder>;

#[expect(clippy::too_many_arguments, reason = "the constructor's parameters")]
fn new(
    py: Py,
    class: &Type,
    markers: &Value,
    default: &Value,
    encoder: &Value,
    indent: &Value,
    key_separator: &Str,
    item_separator: &Str,
    sort_keys: bool,
    skipkeys: bool,
    allow_nan: bool,
) -> PyResult<Owned<This>> {
    if !markers.is_none() && markers.downcast::<Dict>().is_none() {
        let name = markers.ty().name();
        return raise!(
            py,
            TypeError,
            "make_encoder() argument 1 must be dict or None, not {name}"
        );
    }
    let body = Encoder {
        markers: markers.clone(),
        default: default.clone(),
        encoder: encoder.clone(),
        indent: indent.clone(),
        key_separator: key_separator.to_owned_str(),
        item_separator: item_separator.to_owned_str(),
        sort_keys,
        skipkeys,
        allow_nan,
        quoting: known_quoting(py, encoder),
    };
    Instance::new_in(py, class, body)
}

fn call(py: Py, this: &This, obj: &Value, level: isize) -> PyResult {
    let text = Writer::new(py, this, level.max(0) as usize)?.write(obj)?;
    Ok(Value::from(Tuple::from_values([Value::from(text)])))
}

impl Class for Encoder {
    const NAME: &'static str = "_json.Encoder";
    const GC: bool = true;
    krait_object::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.mutable()
            .doc("Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)")
            .new_with(
                "make_encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, \
                 allow_nan)",
                new,
            )
            .call("_iterencode(obj, _current_indent_level)", call)
            .getter("markers", |_py, this: &This| this.markers.clone())
            .getter("default", |_py, this: &This| this.default.clone())
            .getter("encoder", |_py, this: &This| this.encoder.clone())
            .getter("indent", |_py, this: &This| this.indent.clone())
            .getter("key_separator", |_py, this: &This| this.key_separator.clone())
            .getter("item_separator", |_py, this: &This| this.item_separator.clone())
            .getter("sort_keys", |_py, this: &This| this.sort_keys)
            .getter("skipkeys", |_py, this: &This| this.skipkeys);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        for part in [&self.markers, &self.default, &self.encoder, &self.indent] {
            visitor.field(part);
        }
    }
}
