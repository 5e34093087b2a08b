//! `operator.attrgetter`.

use krait_object::gc::Visitor;
use krait_object::native::{Args, Class, Instance, NativeDef, TypeBuilder};
use krait_object::protocol;
use krait_object::types::str::intern;
use krait_object::{
    Layout, Object, Owned, Py, PyResult, Str, Tuple, Type, Value, class_cell, raise,
};

/// Fetches attributes by fixed dotted names.
pub struct AttrGetter {
    names: Owned<Tuple>,
    /// The parts of each name, interned.
    paths: Box<[Box<[Owned<Str>]>]>,
}

type This = Instance<AttrGetter>;

fn new(py: Py, class: &Type, attr: &Value, attrs: Args<'_>) -> PyResult<Owned<This>> {
    let mut names = vec![attr.clone()];
    names.extend_from_slice(attrs.0);
    let mut paths = Vec::with_capacity(names.len());
    for name in &names {
        let Some(name) = name.downcast::<Str>() else {
            return raise!(py, TypeError, "attribute name must be a string");
        };
        paths.push(split(name));
    }
    let body = AttrGetter {
        names: Tuple::from_values(names),
        paths: paths.into(),
    };
    Instance::new_in(py, class, body)
}

/// The parts between dots.
fn split(name: &Str) -> Box<[Owned<Str>]> {
    let codes: Vec<u32> = name.code_points().collect();
    codes
        .split(|&c| c == u32::from('.'))
        .map(|part| intern::intern(Str::from_u32(part)))
        .collect()
}

fn fetch(py: Py, obj: &Value, path: &[Owned<Str>]) -> PyResult {
    let (first, rest) = match path.split_first() {
        Some(parts) => parts,
        None => return Ok(obj.clone()),
    };
    let mut value = protocol::get_attr(py, obj, first)?;
    for name in rest {
        value = protocol::get_attr(py, &value, name)?;
    }
    Ok(value)
}

fn call(
    py: Py,
    _def: &'static NativeDef,
    this: Option<&Object>,
    values: &[Value],
    names: Option<&Tuple>,
) -> PyResult {
    let obj = super::itemgetter::argument(py, "attrgetter", values, names)?;
    let Some(this) = this.and_then(|t| t.downcast::<This>()) else {
        return raise!(py, TypeError, "an attrgetter is needed");
    };
    match &this.paths[..] {
        [one] => fetch(py, obj, one),
        several => {
            let found: PyResult<Vec<Value>> = several.iter().map(|p| fetch(py, obj, p)).collect();
            Ok(Value::from(Tuple::from_values(found?)))
        }
    }
}

/// `module.qualname` of an object's class, for its repr.
pub(super) fn class_name(py: Py, object: &Object) -> PyResult<String> {
    let class = Value::from(object.ty().to_owned());
    let module = protocol::get_attr_str(py, &class, "__module__")?;
    let name = protocol::get_attr_str(py, &class, "__qualname__")?;
    Ok(format!(
        "{}.{}",
        protocol::str(py, &module)?.to_rust(),
        protocol::str(py, &name)?.to_rust()
    ))
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let name = class_name(py, this.as_object())?;
    let names: PyResult<Vec<String>> = this
        .names
        .as_values()
        .iter()
        .map(|v| protocol::repr(py, v).map(|t| t.to_rust().into_owned()))
        .collect();
    Ok(format!("{name}({})", names?.join(", ")))
}

impl Class for AttrGetter {
    const NAME: &'static str = "operator.attrgetter";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.doc(DOC)
            .new_with("attrgetter(attr, /, *attrs)", new)
            .call_flat("__call__($self, /, *args, **kwargs)", call)
            .getter("__text_signature__", |_py: Py, _this: &This| "(obj, /)")
            .repr(repr)
            .method("__reduce__($self, /)", |_py: Py, this: &This| {
                (
                    Value::from(this.as_object().ty().to_owned()),
                    Value::from(this.names.clone()),
                )
            });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.names);
    }
}

const DOC: &str = "attrgetter(attr, /, *attrs)\n--\n\nReturn a callable object that fetches the given attribute(s) from its operand.\n\
After f = attrgetter('name'), the call f(r) returns r.name.\n\
After g = attrgetter('name', 'date'), the call g(r) returns (r.name, r.date).\n\
After h = attrgetter('name.first', 'name.last'), the call h(r) returns\n(r.name.first, r.name.last).";
