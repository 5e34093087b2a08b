//! `_csv.Dialect`.

use krait_object::native::KwArgs;
use krait_object::{
    Args, Builtin, Class, Dict, Instance, Layout, Owned, Py, PyResult, Str, Type, TypeBuilder,
    Value, protocol, raise,
};

use super::options::{Given, Options};

/// The options of one kind of delimited text; they do not change.
pub struct Dialect {
    pub options: Options,
}

pub type This = Instance<Dialect>;

/// A native class as a value.
pub fn type_of<T: Class>() -> Value {
    Value::from(Instance::<T>::type_object().to_owned())
}

/// A dialect from a base (a name, a dialect, or any object with its attributes) and
/// options that go before.
pub fn from_arguments(
    py: Py,
    base: Option<&Value>,
    options: Option<&Dict>,
) -> PyResult<Owned<This>> {
    make(py, This::type_object(), base, options)
}

fn make(
    py: Py,
    class: &Type,
    base: Option<&Value>,
    options: Option<&Dict>,
) -> PyResult<Owned<This>> {
    let mut given = Given::default();
    let mut base = base.cloned();
    let mut any = false;
    for (key, value) in options.map(Dict::to_vec).unwrap_or_default() {
        let name = protocol::expect_str(py, &key, "keywords must be strings")?;
        if name.eq_str("dialect") && base.is_none() {
            base = Some(value);
            continue;
        }
        let Some((_, place)) = given
            .all()
            .into_iter()
            .find(|(known, _)| name.eq_str(known))
        else {
            let name = name.to_rust();
            return raise!(
                py,
                TypeError,
                "this function got an unexpected keyword argument '{name}'"
            );
        };
        *place = Some(value);
        any = true;
    }
    if let Some(base) = base {
        let base = if base.downcast::<Str>().is_some() {
            super::registered(py, &base)?
        } else {
            base
        };
        if !any && let Some(known) = base.downcast::<This>() {
            return Ok(known.to_owned());
        }
        for (name, place) in given.all() {
            if place.is_none() {
                *place = protocol::lookup_attr(py, &base, &Str::intern(name))?;
            }
        }
    }
    Instance::new_in(
        py,
        class,
        Dialect {
            options: Options::new(py, &given)?,
        },
    )
}

fn new(py: Py, class: &Type, args: Args<'_>, options: KwArgs) -> PyResult<Owned<This>> {
    let names = [
        "delimiter",
        "doublequote",
        "escapechar",
        "lineterminator",
        "quotechar",
        "quoting",
        "skipinitialspace",
        "strict",
    ];
    let [base, rest @ ..] = args.0 else {
        return make(py, class, None, options.0.as_deref());
    };
    if rest.is_empty() {
        return make(py, class, Some(base), options.0.as_deref());
    }
    if rest.len() > names.len() {
        return raise!(
            py,
            TypeError,
            "function takes at most 9 arguments ({} given)",
            args.0.len()
        );
    }
    let all = options.0.unwrap_or_else(Dict::new);
    for (name, value) in names.iter().zip(rest) {
        all.set_str(py, &Str::intern(name), value.clone())?;
    }
    make(py, class, Some(base), Some(&all))
}

fn shown(c: Option<u32>) -> Option<Owned<Str>> {
    c.map(Str::from_code_point)
}

fn no_pickle(py: Py, this: &This) -> PyResult<()> {
    raise!(
        py,
        TypeError,
        "cannot pickle '{}' instances",
        this.as_object().ty().short_name()
    )
}

impl Class for Dialect {
    const NAME: &'static str = "_csv.Dialect";
    const SILENT: bool = true;
    krait_object::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.subclassable()
            .doc("CSV dialect\n\nThe Dialect type records CSV dialect options.")
            .new_with("Dialect(*args, **kwargs)", new)
            .method("__reduce__(*args)", |py, this: &This, _args: Args<'_>| {
                no_pickle(py, this)
            })
            .method(
                "__reduce_ex__(*args)",
                |py, this: &This, _args: Args<'_>| no_pickle(py, this),
            )
            .getter("delimiter", |_py, this: &This| {
                shown(Some(this.options.delimiter))
            })
            .getter("escapechar", |_py, this: &This| {
                shown(this.options.escapechar)
            })
            .getter("quotechar", |_py, this: &This| {
                shown(this.options.quotechar)
            })
            .getter("lineterminator", |_py, this: &This| {
                this.options.lineterminator.clone()
            })
            .getter("quoting", |_py, this: &This| this.options.quoting as i32)
            .getter("skipinitialspace", |_py, this: &This| {
                this.options.skipinitialspace
            })
            .getter("doublequote", |_py, this: &This| this.options.doublequote)
            .getter("strict", |_py, this: &This| this.options.strict);
    }
}
