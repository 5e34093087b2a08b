//! `string.templatelib`: what t-strings make (PEP 750).

use krait_object::gc::Visitor;
use krait_object::native::{Args, Class, Instance, KwArgs, TypeBuilder};
use krait_object::object::{Builtin, Layout, Object, Owned};
use krait_object::protocol;
use krait_object::py::{Py, PyResult};
use krait_object::raise;
use krait_object::types::list::List;
use krait_object::types::str::{Str, intern};
use krait_object::types::tuple::Tuple;
use krait_object::types::typeobject::Type;
use krait_object::value::Value;

/// `Interpolation(value, expression='', conversion=None, format_spec='')`.
pub struct Interpolation {
    value: Value,
    expression: Value,
    conversion: Value,
    format_spec: Value,
}

/// `Template(*args)`.
pub struct Template {
    strings: Owned<Tuple>,
    interpolations: Owned<Tuple>,
}

/// The object of `{value!conversion:spec}` in a t-string.
pub fn interpolation(
    py: Py,
    value: Value,
    expression: Value,
    conversion: Value,
    format_spec: Value,
) -> Value {
    Value::from(Instance::new(
        py,
        Interpolation {
            value,
            expression,
            conversion,
            format_spec,
        },
    ))
}

/// The object of a t-string.
pub fn template(py: Py, strings: Value, interpolations: Value) -> Value {
    let tuple = |v: &Value| {
        v.downcast::<Tuple>()
            .map_or_else(Tuple::empty, Layout::to_owned)
    };
    let body = Template {
        strings: tuple(&strings),
        interpolations: tuple(&interpolations),
    };
    Value::from(Instance::new(py, body))
}

fn new_interpolation(
    py: Py,
    _class: &Type,
    value: &Value,
    expression: Option<&Value>,
    conversion: Option<&Value>,
    format_spec: Option<&Value>,
) -> PyResult<Value> {
    let empty = || Value::from(intern::empty());
    let conversion = conversion.cloned().unwrap_or_else(Value::none);
    let known = conversion
        .downcast::<Str>()
        .is_some_and(|c| ["s", "r", "a"].iter().any(|k| c.eq_str(k)));
    if !conversion.is_none() && !known {
        return raise!(
            py,
            ValueError,
            "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'"
        );
    }
    for (name, value) in [("expression", expression), ("format_spec", format_spec)] {
        if let Some(other) = value.filter(|v| v.downcast::<Str>().is_none()) {
            return raise!(
                py,
                TypeError,
                "Interpolation() argument '{name}' must be str, not {}",
                other.ty().name()
            );
        }
    }
    let expression = expression.cloned().unwrap_or_else(empty);
    let format_spec = format_spec.cloned().unwrap_or_else(empty);
    Ok(interpolation(
        py,
        value.clone(),
        expression,
        conversion,
        format_spec,
    ))
}

impl Class for Interpolation {
    const NAME: &'static str = "string.templatelib.Interpolation";
    const GC: bool = true;
    krait_object::class_cell!();
    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.new_with(
            "Interpolation(value, expression='', conversion=None, format_spec='')",
            new_interpolation,
        )
        .repr(|py, i: &Instance<Interpolation>| -> PyResult<String> {
            let text = |v: &Value| protocol::repr(py, v).map(|t| t.to_rust().into_owned());
            Ok(format!(
                "Interpolation({}, {}, {}, {})",
                text(&i.value)?,
                text(&i.expression)?,
                text(&i.conversion)?,
                text(&i.format_spec)?
            ))
        })
        .field("value", |_py, i: &Instance<Interpolation>| i.value.clone())
        .field("expression", |_py, i: &Instance<Interpolation>| {
            i.expression.clone()
        })
        .field("conversion", |_py, i: &Instance<Interpolation>| {
            i.conversion.clone()
        })
        .field("format_spec", |_py, i: &Instance<Interpolation>| {
            i.format_spec.clone()
        })
        .class_method("__class_getitem__($type, object, /)", alias)
        .method(
            "__reduce__($self, /)",
            |_py, i: &Instance<Interpolation>| {
                let parts = [&i.value, &i.expression, &i.conversion, &i.format_spec];
                let class = Value::from(i.as_object().ty().to_owned());
                Tuple::from_values([
                    class,
                    Value::from(Tuple::from_values(parts.map(Value::clone))),
                ])
            },
        )
        .attr_value(
            "__match_args__",
            Value::from(Tuple::from_values(
                ["value", "expression", "conversion", "format_spec"]
                    .map(|n| Value::from(Str::intern(n))),
            )),
        );
    }
    fn traverse(&self, visitor: &mut Visitor) {
        [
            &self.value,
            &self.expression,
            &self.conversion,
            &self.format_spec,
        ]
        .iter()
        .for_each(|v| visitor.field(*v));
    }
}

fn alias(py: Py, class: &Type, item: &Value) -> PyResult {
    (krait_object::hooks::get(py).make_generic_alias)(py, class.as_object(), &item.to_object())
}

/// Strings and interpolations in turn: neighbouring strings are joined, missing ones
/// between interpolations are empty.
fn from_parts(py: Py, parts: &[Value]) -> PyResult<Value> {
    let (mut strings, mut interpolations): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    let mut last_is_text = false;
    for part in parts {
        if let Some(text) = part.downcast::<Str>() {
            match strings.pop() {
                Some(before) if last_is_text => {
                    let before = before
                        .downcast::<Str>()
                        .map_or_else(intern::empty, Str::to_owned_str);
                    strings.push(Value::from(
                        krait_object::types::str::methods::build::concat(&before, text),
                    ));
                }
                before => {
                    strings.extend(before);
                    strings.push(part.clone());
                }
            }
            last_is_text = true;
        } else if part.downcast::<Instance<Interpolation>>().is_some() {
            if !last_is_text {
                strings.push(Value::from(intern::empty()));
            }
            interpolations.push(part.clone());
            last_is_text = false;
        } else {
            return raise!(
                py,
                TypeError,
                "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {}",
                part.ty().name()
            );
        }
    }
    if !last_is_text {
        strings.push(Value::from(intern::empty()));
    }
    let (strings, interpolations) = (
        Tuple::from_values(strings),
        Tuple::from_values(interpolations),
    );
    Ok(template(
        py,
        Value::from(strings),
        Value::from(interpolations),
    ))
}

impl Template {
    /// The parts in order, without empty strings.
    fn parts(&self) -> Vec<Value> {
        let mut parts = Vec::new();
        for (i, text) in self.strings.iter().enumerate() {
            if text.downcast::<Str>().is_some_and(|t| !t.is_empty()) {
                parts.push(Value::from(text.to_owned()));
            }
            parts.extend(self.interpolations.get(i));
        }
        parts
    }

    fn values(&self) -> Owned<Tuple> {
        let value = |o: &Object| {
            o.downcast::<Instance<Interpolation>>()
                .map_or_else(Value::none, |i| i.value.clone())
        };
        Tuple::from_values(self.interpolations.iter().map(value).collect::<Vec<_>>())
    }
}

type TemplateObject = Instance<Template>;

fn concat(py: Py, left: &TemplateObject, right: &Object) -> PyResult<Value> {
    let Some(right) = right.downcast::<TemplateObject>() else {
        return raise!(
            py,
            TypeError,
            "can only concatenate string.templatelib.Template (not \"{}\") to string.templatelib.Template",
            right.ty().name()
        );
    };
    let mut parts = left.parts();
    parts.extend(right.parts());
    from_parts(py, &parts)
}

impl Class for Template {
    const NAME: &'static str = "string.templatelib.Template";
    const GC: bool = true;
    krait_object::class_cell!();
    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.new_with(
            "Template(*args, **kwargs)",
            |py, _class: &Type, args: Args<'_>, kwargs: KwArgs| -> PyResult<Value> {
                if kwargs.0.is_some() {
                    return raise!(
                        py,
                        TypeError,
                        "Template.__new__ only accepts *args arguments"
                    );
                }
                from_parts(py, args.0)
            },
        )
        .repr(|py, t: &TemplateObject| -> PyResult<String> {
            let text = |v: Value| protocol::repr(py, &v).map(|t| t.to_rust().into_owned());
            Ok(format!(
                "Template(strings={}, interpolations={})",
                text(Value::from(t.strings.clone()))?,
                text(Value::from(t.interpolations.clone()))?
            ))
        })
        .concat(concat)
        .iter(
            |py, t: &TemplateObject| -> PyResult<Owned<Instance<TemplateIter>>> {
                let parts = protocol::iter(py, &Value::from(List::from_values(t.parts())))?;
                Ok(Instance::new(py, TemplateIter { parts }))
            },
        )
        .field("strings", |_py, t: &TemplateObject| t.strings.clone())
        .field("interpolations", |_py, t: &TemplateObject| {
            t.interpolations.clone()
        })
        .class_method("__class_getitem__($type, object, /)", alias)
        .method(
            "__reduce__($self, /)",
            |py, t: &TemplateObject| -> PyResult<Owned<Tuple>> {
                let module = krait_object::hooks::import_module(py, "string.templatelib")?;
                let unpickle = protocol::get_attr_str(py, &module, "_template_unpickle")?;
                let parts = [t.strings.clone(), t.interpolations.clone()];
                Ok(Tuple::from_values([
                    unpickle,
                    Value::from(Tuple::from_values(parts.map(Value::from))),
                ]))
            },
        )
        .getter("values", |_py, t: &TemplateObject| t.values());
    }
    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.strings);
        visitor.field(&self.interpolations);
    }
}

/// What goes through a template's parts.
pub struct TemplateIter {
    parts: Owned,
}

impl Class for TemplateIter {
    const NAME: &'static str = "string.templatelib.TemplateIter";
    const GC: bool = true;
    krait_object::class_cell!();
    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.no_constructor()
            .doc("Template iterator object")
            .iter(|_py, i: &Instance<TemplateIter>| i.to_owned())
            .next(|py, i: &Instance<TemplateIter>| protocol::next_object(py, &i.parts));
    }
    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.parts);
    }
}

/// The types, for `string.templatelib`.
pub fn types() -> [&'static Type; 2] {
    [
        Instance::<Template>::type_object(),
        Instance::<Interpolation>::type_object(),
    ]
}
