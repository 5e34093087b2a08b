//! `collections.OrderedDict`.
//!
//! Krait's dicts keep their items in order and can move them to either end, so that an
//! ordered dict is a dict without anything beside it.

use krait_object::native::{Args, DictClass, DictInstance, KwArgs, TypeBuilder};
use krait_object::protocol::{self, CompareOp, Iter, repr::ReprGuard};
use krait_object::types::dict::{ITEMS, KEYS, VALUES};
use krait_object::types::sequence::not_implemented;
use krait_object::{
    Dict, Layout, Object, Owned, Py, PyResult, Tuple, Type, Value, errors, intern, raise,
};

use super::ordered_iter::{OrderedIter, OrderedView};

/// The mark of the class.
#[derive(Default)]
pub struct OrderedDict;

pub type This = DictInstance<OrderedDict>;

fn is_exact(this: &This) -> bool {
    this.as_object().is_exact::<This>()
}

/// `MutableMapping.update`, which a subclass sees through its `__setitem__`.
fn update(py: Py, this: &This, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    let source = match args.0 {
        [] => None,
        [one] => Some(one),
        more => {
            return raise!(
                py,
                TypeError,
                "expected at most 1 argument, got {}",
                more.len()
            );
        }
    };
    if let Some(source) = source {
        update_from(py, this, source)?;
    }
    match kwargs.0 {
        Some(kwargs) => set_all(py, this, &kwargs),
        None => Ok(()),
    }
}

fn set(py: Py, this: &This, key: &Value, value: &Value) -> PyResult<()> {
    if is_exact(this) {
        return this.dict().set_value(py, key, value.clone());
    }
    protocol::set_item(py, &Value::from(this.to_owned()), key, value)
}

fn set_all(py: Py, this: &This, source: &Dict) -> PyResult<()> {
    let (mut at, len) = (0, source.len());
    while let Some((key, value)) = source.iter_step(&mut at) {
        set(py, this, &key, &value)?;
        if source.len() != len {
            return raise!(py, RuntimeError, "dictionary changed size during iteration");
        }
    }
    Ok(())
}

fn update_from(py: Py, this: &This, source: &Value) -> PyResult<()> {
    if let Some(dict) = source.downcast_exact::<Dict>() {
        return set_all(py, this, dict);
    }
    if let Some(keys) = protocol::lookup_attr(py, source, intern!("keys"))? {
        let keys = protocol::call(py, &keys, &[])?;
        let mut keys = Iter::new(py, &keys)?;
        while let Some(key) = keys.next(py)? {
            let value = protocol::get_item(py, source, &key)?;
            set(py, this, &key, &value)?;
        }
        return Ok(());
    }
    let items = match protocol::lookup_attr(py, source, intern!("items"))? {
        Some(items) => protocol::call(py, &items, &[])?,
        None => source.clone(),
    };
    let mut items = Iter::new(py, &items)?;
    while let Some(pair) = items.next(py)? {
        let pair = protocol::iter::collect(py, &pair)?;
        match &pair[..] {
            [key, value] => set(py, this, key, value)?,
            less if less.len() < 2 => {
                return raise!(
                    py,
                    ValueError,
                    "need more than {} value{} to unpack",
                    less.len(),
                    if less.len() == 1 { "" } else { "s" }
                );
            }
            _ => return raise!(py, ValueError, "too many values to unpack (expected 2)"),
        }
    }
    Ok(())
}

fn from_keys(py: Py, class: &Type, iterable: &Value, value: Option<&Value>) -> PyResult {
    let value = value.cloned().unwrap_or_else(Value::none);
    let new = protocol::call(py, &Value::from(class.to_owned()), &[])?;
    let mut keys = Iter::new(py, iterable)?;
    while let Some(key) = keys.next(py)? {
        protocol::set_item(py, &new, &key, &value)?;
    }
    Ok(new)
}

fn pop(py: Py, this: &This, key: &Value, default: Option<&Value>) -> PyResult {
    match (this.dict().remove(py, key)?, default) {
        (Some(value), _) => Ok(value),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => errors::key_error(py, key),
    }
}

fn pop_item(py: Py, this: &This, last: Option<bool>) -> PyResult<(Value, Value)> {
    let found = if last.unwrap_or(true) {
        this.dict().pop_last()
    } else {
        this.dict().pop_first()
    };
    match found {
        Some(item) => Ok(item),
        None => raise!(py, KeyError, "dictionary is empty"),
    }
}

fn set_default(py: Py, this: &This, key: &Value, default: Option<&Value>) -> PyResult {
    let default = default.cloned().unwrap_or_else(Value::none);
    if is_exact(this) {
        return this.dict().set_default(py, key, || default);
    }
    let own = Value::from(this.to_owned());
    if protocol::contains(py, &own, key)? {
        return protocol::get_item(py, &own, key);
    }
    protocol::set_item(py, &own, key, &default)?;
    Ok(default)
}

fn move_to_end(py: Py, this: &This, key: &Value, last: Option<bool>) -> PyResult<()> {
    if this.dict().move_to_end(py, key, last.unwrap_or(true))? {
        return Ok(());
    }
    errors::key_error(py, key)
}

fn copy(py: Py, this: &This) -> PyResult {
    let dict = this.dict();
    let new = protocol::call(py, &Value::from(this.as_object().ty().to_owned()), &[])?;
    if is_exact(this) {
        if let Some(new) = new.downcast::<Dict>() {
            new.update(py, &Value::from(dict.copy()))?;
        }
        return Ok(new);
    }
    let own = Value::from(this.to_owned());
    let (mut at, version) = (0, dict.keys_version(py));
    while let Some(key) = dict.key_step(&mut at) {
        let value = protocol::get_item(py, &own, &key)?;
        protocol::set_item(py, &new, &key, &value)?;
        if version != dict.current_version() {
            return raise!(py, RuntimeError, "OrderedDict mutated during iteration");
        }
    }
    Ok(new)
}

fn reduce(py: Py, this: &This) -> PyResult<(Value, Value, Value, Value, Value)> {
    let own = Value::from(this.to_owned());
    let state = protocol::call_method_str(py, &own, "__getstate__", &[])?;
    let items = protocol::call_method(py, &own, intern!("items"), &[])?;
    let items = Value::from(protocol::iter(py, &items)?);
    let class = Value::from(this.as_object().ty().to_owned());
    Ok((
        class,
        Value::from(Tuple::empty()),
        state,
        Value::none(),
        items,
    ))
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let name = this.as_object().ty().short_name();
    if this.dict().is_empty() {
        return Ok(format!("{name}()"));
    }
    let Some(_guard) = ReprGuard::enter(py, this.as_object()) else {
        return Ok("...".to_string());
    };
    let dict = if is_exact(this) {
        this.dict().copy()
    } else {
        let items =
            protocol::call_method(py, &Value::from(this.to_owned()), intern!("items"), &[])?;
        let dict = Dict::new();
        dict.update_from(py, &Value::from(protocol::iter::to_list(py, &items)?))?;
        dict
    };
    Ok(format!("{name}({})", dict.repr(py)?.to_rust()))
}

fn compare(py: Py, this: &This, other: &Object, op: CompareOp) -> PyResult {
    let Some(dict) = other.downcast::<Dict>() else {
        return Ok(not_implemented());
    };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(not_implemented());
    }
    let mut equal = this.dict().equals(py, dict)?;
    if equal && other.downcast::<This>().is_some() {
        equal = same_order(py, this.dict(), dict)?;
    }
    Ok(Value::bool(equal == (op == CompareOp::Eq)))
}

fn same_order(py: Py, a: &Dict, b: &Dict) -> PyResult<bool> {
    let version = (a.keys_version(py), b.keys_version(py));
    let (mut i, mut j) = (0, 0);
    loop {
        let (Some(x), Some(y)) = (a.key_step(&mut i), b.key_step(&mut j)) else {
            return Ok(true);
        };
        let equal = protocol::equal(py, &x, &y)?;
        if version != (a.current_version(), b.current_version()) {
            return raise!(py, RuntimeError, "OrderedDict mutated during iteration");
        }
        if !equal {
            return Ok(false);
        }
    }
}

fn or(py: Py, a: &Object, b: &Object) -> PyResult {
    let own = a.downcast::<This>().or_else(|| b.downcast::<This>());
    let (Some(own), Some(_), Some(_)) = (own, a.downcast::<Dict>(), b.downcast::<Dict>()) else {
        return Ok(not_implemented());
    };
    let class = Value::from(own.as_object().ty().to_owned());
    let new = protocol::call(py, &class, &[Value::from(a.to_owned())])?;
    match new.downcast::<This>() {
        Some(target) => update_from(py, target, &Value::from(b.to_owned()))?,
        None => return Ok(not_implemented()),
    }
    Ok(new)
}

fn inplace_or(py: Py, this: &This, other: &Object) -> PyResult<Owned<This>> {
    update_from(py, this, &Value::from(other.to_owned()))?;
    Ok(this.to_owned())
}

impl DictClass for OrderedDict {
    const NAME: &'static str = "collections.OrderedDict";
    fn cell() -> &'static krait_object::native::TypeCell {
        &krait_object::types::exported::ODICT
    }

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.with_dict()
            .with_weakrefs()
            .doc("Dictionary that remembers insertion order")
            .init("__init__($self, /, *args, **kwargs)", update)
            .repr(repr)
            .compare(compare)
            .unhashable()
            .or(or)
            .inplace_or(inplace_or)
            .assign_subscript(
                |py: Py, this: &This, key: &Object, value: Option<&Object>| {
                    let key = Value::unboxed(key);
                    match value {
                        Some(value) => this.dict().set_value(py, &key, Value::unboxed(value)),
                        None => this.dict().del_item(py, &key),
                    }
                },
            )
            .subscript(|py: Py, this: &This, key: &Object| {
                this.dict().get_item(py, &Value::unboxed(key))
            })
            .mapping_len(|_py: Py, this: &This| Ok(this.dict().len()))
            .iter(|py: Py, this: &This| OrderedIter::over(py, this, KEYS, false))
            .method("__reversed__($self, /)", |py: Py, this: &This| {
                OrderedIter::over(py, this, KEYS, true)
            })
            .method("keys($self, /)", |py: Py, this: &This| {
                OrderedView::<KEYS>::of(py, this)
            })
            .method("values($self, /)", |py: Py, this: &This| {
                OrderedView::<VALUES>::of(py, this)
            })
            .method("items($self, /)", |py: Py, this: &This| {
                OrderedView::<ITEMS>::of(py, this)
            })
            .method("update($self, /, *args, **kwargs)", update)
            .method("pop($self, /, key, default=<unrepresentable>)", pop)
            .method("popitem($self, /, last=True)", pop_item)
            .method("setdefault($self, /, key, default=None)", set_default)
            .method("move_to_end($self, /, key, last=True)", move_to_end)
            .method("clear($self, /)", |_py: Py, this: &This| {
                this.dict().clear()
            })
            .method("copy($self, /)", copy)
            .method("__reduce__($self, /)", reduce)
            .method("__sizeof__($self, /)", |py: Py, this: &This| {
                let size = protocol::get_attr_str(
                    py,
                    &protocol::attr::type_value::<Dict>(),
                    "__sizeof__",
                )?;
                protocol::call(py, &size, &[Value::from(this.to_owned())])
            })
            .class_method("fromkeys($type, /, iterable, value=None)", from_keys);
    }
}
