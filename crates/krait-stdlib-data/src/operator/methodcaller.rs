//! `operator.methodcaller`.

use krait_object::gc::Visitor;
use krait_object::native::{Args, Class, Instance, KwArgs, NativeDef, TypeBuilder};
use krait_object::protocol;
use krait_object::types::str::intern;
use krait_object::{
    Dict, Layout, Object, Owned, Py, PyResult, Str, Tuple, Type, Value, class_cell, hooks, raise,
};

/// Calls a method by name with fixed arguments.
pub struct MethodCaller {
    name: Owned<Str>,
    args: Box<[Value]>,
    keywords: Option<Owned<Dict>>,
}

type This = Instance<MethodCaller>;

fn new(py: Py, class: &Type, args: Args<'_>, kwargs: KwArgs) -> PyResult<Owned<This>> {
    let Some((name, args)) = args.0.split_first() else {
        return raise!(
            py,
            TypeError,
            "methodcaller needs at least one argument, the method name"
        );
    };
    let Some(name) = name.downcast::<Str>() else {
        return raise!(py, TypeError, "method name must be a string");
    };
    let keywords = kwargs.0.filter(|k| !k.is_empty());
    let name = intern::intern(name.to_owned_str());
    Instance::new_in(
        py,
        class,
        MethodCaller {
            name,
            args: args.into(),
            keywords,
        },
    )
}

fn call(
    py: Py,
    _def: &'static NativeDef,
    this: Option<&Object>,
    values: &[Value],
    names: Option<&Tuple>,
) -> PyResult {
    let obj = super::itemgetter::argument(py, "methodcaller", values, names)?;
    let Some(this) = this.and_then(|t| t.downcast::<This>()) else {
        return raise!(py, TypeError, "a methodcaller is needed");
    };
    match &this.keywords {
        None => protocol::call_method(py, obj, &this.name, &this.args),
        Some(keywords) => {
            let method = protocol::get_attr(py, obj, &this.name)?;
            protocol::call::call_tuple(py, &method, &Tuple::from_slice(&this.args), Some(keywords))
        }
    }
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let name = super::attrgetter::class_name(py, this.as_object())?;
    let Some(_guard) = protocol::repr::ReprGuard::enter(py, this.as_object()) else {
        return Ok(format!("{name}(...)"));
    };
    let own = Value::from(this.name.clone());
    let mut parts = vec![protocol::repr(py, &own)?.to_rust().into_owned()];
    for argument in &this.args {
        parts.push(protocol::repr(py, argument)?.to_rust().into_owned());
    }
    let mut at = 0;
    while let Some((key, value)) = this.keywords.as_ref().and_then(|k| k.iter_step(&mut at)) {
        let key = protocol::str(py, &key)?;
        parts.push(format!(
            "{}={}",
            key.to_rust(),
            protocol::repr(py, &value)?.to_rust()
        ));
    }
    Ok(format!("{name}({})", parts.join(", ")))
}

fn reduce(py: Py, this: &This) -> PyResult<(Value, Value)> {
    let class = Value::from(this.as_object().ty().to_owned());
    let name = Value::from(this.name.clone());
    let Some(keywords) = &this.keywords else {
        let mut all = vec![name];
        all.extend_from_slice(&this.args);
        return Ok((class, Value::from(Tuple::from_values(all))));
    };
    let functools = hooks::import_module(py, "functools")?;
    let partial = protocol::get_attr_str(py, &functools, "partial")?;
    let maker = protocol::call::call_tuple(
        py,
        &partial,
        &Tuple::from_values([class, name]),
        Some(keywords),
    )?;
    Ok((maker, Value::from(Tuple::from_slice(&this.args))))
}

impl Class for MethodCaller {
    const NAME: &'static str = "operator.methodcaller";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.doc(DOC)
            .new_with("methodcaller(*args, **kwargs)", new)
            .call_flat("__call__($self, /, *args, **kwargs)", call)
            .getter("__text_signature__", |_py: Py, _this: &This| "(obj, /)")
            .repr(repr)
            .method("__reduce__($self, /)", reduce);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.args.iter().for_each(|a| visitor.field(a));
        visitor.field(&self.keywords);
    }
}

const DOC: &str = "methodcaller(name, /, *args, **kwargs)\n--\n\nReturn a callable object that calls the given method on its operand.\n\
After f = methodcaller('name'), the call f(r) returns r.name().\n\
After g = methodcaller('name', 'date', foo=1), the call g(r) returns\nr.name('date', foo=1).";
