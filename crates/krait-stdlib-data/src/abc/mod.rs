//! `_abc`: the registry and the caches of abstract base classes.

use std::cell::Cell;

use krait_object::native::module::NativeModule;
use krait_object::protocol::{self, Iter};
use krait_object::types::set::FrozenSet;
use krait_object::types::typeobject::OBJECT;
use krait_object::{
    GilCell, Layout, List, ModuleBuilder, Owned, Py, PyResult, Str, Tuple, Type, Value, intern,
    raise,
};

mod data;

use data::{AbcData, ClassSet};
use krait_object::native::Instance;

pub const MODULE: NativeModule = NativeModule { name: "_abc", init };

/// Changes with every registration of a class.
static TOKEN: GilCell<Cell<u64>> = GilCell::new(Cell::new(0));

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value(
        "__doc__",
        Value::from(Str::new(
            "Module contains faster C implementation of abc.ABCMeta",
        )),
    )?;
    m.function("get_cache_token($module, /)", |py: Py| TOKEN.get(py).get())?;
    m.function("_abc_init($module, self, /)", abc_init)?;
    m.function("_abc_register($module, self, subclass, /)", register)?;
    m.function(
        "_abc_instancecheck($module, self, instance, /)",
        instance_check,
    )?;
    m.function(
        "_abc_subclasscheck($module, self, subclass, /)",
        subclass_check,
    )?;
    m.function(
        "_reset_registry($module, self, /)",
        |py: Py, this: &Value| data_of(py, this).map(|data| data.registry.clear()),
    )?;
    m.function("_reset_caches($module, self, /)", |py: Py, this: &Value| {
        data_of(py, this).map(|data| {
            data.cache.clear();
            data.negative.clear();
        })
    })?;
    m.function("_get_dump($module, self, /)", |py: Py, this: &Value| {
        let data = data_of(py, this)?;
        let sets = (
            data.registry.to_set(py)?,
            data.cache.to_set(py)?,
            data.negative.to_set(py)?,
        );
        Ok((sets.0, sets.1, sets.2, data.version.get()))
    })?;
    Ok(())
}

/// The caches of a class.
fn data_of(py: Py, class: &Value) -> PyResult<Owned<Instance<AbcData>>> {
    let found = protocol::get_attr(py, class, intern!("_abc_impl"))?;
    match found.downcast::<Instance<AbcData>>() {
        Some(data) => Ok(data.to_owned()),
        None => raise!(py, TypeError, "_abc_impl is set to a wrong type"),
    }
}

fn is_abstract(py: Py, value: &Value) -> PyResult<bool> {
    match protocol::lookup_attr(py, value, intern!("__isabstractmethod__"))? {
        Some(flag) => protocol::truth(py, &flag),
        None => Ok(false),
    }
}

/// The names of a class that are abstract: its own, and those inherited and not replaced.
fn abstract_names(py: Py, class: &Value) -> PyResult<Vec<Value>> {
    let mut names = Vec::new();
    let namespace = protocol::get_attr(py, class, intern!("__dict__"))?;
    let items = protocol::call_method(py, &namespace, intern!("items"), &[])?;
    for item in protocol::iter::collect(py, &items)? {
        let pair = item
            .downcast::<Tuple>()
            .and_then(|t| Some((t.get(0)?, t.get(1)?)));
        let Some((name, value)) = pair else {
            return raise!(
                py,
                TypeError,
                "Iteration over items() returned item which is not a 2-tuple"
            );
        };
        if is_abstract(py, &value)? {
            names.push(name);
        }
    }
    let bases = protocol::get_attr(py, class, intern!("__bases__"))?;
    let Some(bases) = bases.downcast::<Tuple>() else {
        return raise!(py, TypeError, "__bases__ is not tuple");
    };
    for base in bases.as_values() {
        let Some(inherited) = protocol::lookup_attr(py, base, intern!("__abstractmethods__"))?
        else {
            continue;
        };
        let mut inherited = Iter::new(py, &inherited)?;
        while let Some(name) = inherited.next(py)? {
            let Some(text) = name.downcast::<Str>() else {
                let given = name.ty().name();
                return raise!(
                    py,
                    TypeError,
                    "attribute name must be string, not '{given}'"
                );
            };
            if let Some(value) = protocol::lookup_attr(py, class, text)?
                && is_abstract(py, &value)?
            {
                names.push(name);
            }
        }
    }
    Ok(names)
}

/// `ABCMeta.__new__`'s part: abstract names, empty caches, the flags for patterns.
fn abc_init(py: Py, this: &Value) -> PyResult<()> {
    let names = List::from_values(abstract_names(py, this)?);
    let names = Value::from(FrozenSet::from_iterable(py, &Value::from(names))?);
    protocol::set_attr(py, this, intern!("__abstractmethods__"), &names)?;
    let data = Value::from(Instance::new(py, AbcData::new(TOKEN.get(py).get())));
    protocol::set_attr(py, this, intern!("_abc_impl"), &data)?;
    let Some(class) = this.downcast::<Type>() else {
        return Ok(());
    };
    let Some(flags) = class.dict().get_str_key(py, intern!("__abc_tpflags__")) else {
        return Ok(());
    };
    let Some(flags) = protocol::number::int_of(&flags) else {
        return Ok(());
    };
    let flags = flags as u64 & COLLECTION_FLAGS;
    if flags == COLLECTION_FLAGS {
        return raise!(
            py,
            TypeError,
            "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING"
        );
    }
    class.set_collection_flag(flags);
    protocol::del_attr(py, this, intern!("__abc_tpflags__"))
}

/// `Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_MAPPING`
const COLLECTION_FLAGS: u64 = 1 << 5 | 1 << 6;

fn register(py: Py, this: &Value, subclass: &Value) -> PyResult {
    let Some(class) = subclass.downcast::<Type>() else {
        return raise!(py, TypeError, "Can only register classes");
    };
    let this_object = this.to_object();
    if protocol::is_subclass(py, class.as_object(), &this_object)? {
        return Ok(subclass.clone());
    }
    // A cycle would make subclass checks endless.
    if protocol::is_subclass(py, &this_object, class.as_object())? {
        return raise!(py, RuntimeError, "Refusing to create an inheritance cycle");
    }
    data_of(py, this)?.registry.add(py, class)?;
    TOKEN.get(py).set(TOKEN.get(py).get() + 1);
    if let Some(own) = this.downcast::<Type>() {
        let flag = own.raw().tp_flags & COLLECTION_FLAGS;
        if flag != 0 {
            class.set_collection_flag(flag);
        }
    }
    Ok(subclass.clone())
}

/// `instance.__class__`, without a call where it is not overridden.
fn class_of(py: Py, instance: &Value) -> PyResult {
    let ty = instance.ty();
    let name = intern!("__class__");
    let plain = match (ty.lookup(py, name), OBJECT.lookup(py, name)) {
        (Some(found), Some(usual)) => found.is(&usual),
        _ => false,
    };
    if plain && !has_own_getattribute(ty) {
        return Ok(Value::from(ty.to_owned()));
    }
    match protocol::lookup_attr(py, instance, name)? {
        Some(class) => Ok(class),
        None => Ok(Value::from(ty.to_owned())),
    }
}

/// Whether attributes are not looked up in the usual way.
fn has_own_getattribute(ty: &Type) -> bool {
    use krait_object::types::typeobject::address;
    address(ty.raw().tp_getattro) != address(OBJECT.raw().tp_getattro)
}

fn instance_check(py: Py, this: &Value, instance: &Value) -> PyResult {
    let data = data_of(py, this)?;
    let class = class_of(py, instance)?;
    if class
        .downcast::<Type>()
        .is_some_and(|class| data.cache.contains(class))
    {
        return Ok(Value::bool(true));
    }
    let check = |class: &Value| {
        protocol::call_method(
            py,
            this,
            intern!("__subclasscheck__"),
            std::slice::from_ref(class),
        )
    };
    let ty = instance.ty();
    if class.is_object(ty.as_object()) {
        if data.version.get() == TOKEN.get(py).get() && data.negative.contains(ty) {
            return Ok(Value::bool(false));
        }
        return check(&class);
    }
    let answer = check(&class)?;
    if protocol::truth(py, &answer)? {
        return Ok(answer);
    }
    check(&Value::from(ty.to_owned()))
}

fn subclass_check(py: Py, this: &Value, subclass: &Value) -> PyResult<bool> {
    let Some(class) = subclass.downcast::<Type>() else {
        return raise!(py, TypeError, "issubclass() arg 1 must be a class");
    };
    let data = data_of(py, this)?;
    if data.cache.contains(class) {
        return Ok(true);
    }
    let token = TOKEN.get(py).get();
    if data.version.get() < token {
        data.negative.clear();
        data.version.set(token);
    } else if data.negative.contains(class) {
        return Ok(false);
    }
    let answer = match ask_hook(py, this, subclass)? {
        Some(answer) => answer,
        None => inherits(py, this, class, &data)?,
    };
    let place: &ClassSet = if answer { &data.cache } else { &data.negative };
    place.add(py, class)?;
    Ok(answer)
}

/// `cls.__subclasshook__(subclass)`; nothing where it does not know.
fn ask_hook(py: Py, this: &Value, subclass: &Value) -> PyResult<Option<bool>> {
    let hook = intern!("__subclasshook__");
    let answer = protocol::call_method(py, this, hook, std::slice::from_ref(subclass))?;
    if answer.is_object(krait_object::singletons::not_implemented()) {
        return Ok(None);
    }
    if answer.is(&Value::bool(true)) {
        return Ok(Some(true));
    }
    if answer.is(&Value::bool(false)) {
        return Ok(Some(false));
    }
    raise!(
        py,
        AssertionError,
        "__subclasshook__ must return either False, True, or NotImplemented"
    )
}

/// Whether a class derives from an abstract class, from a registered class, or from one of
/// its subclasses.
fn inherits(py: Py, this: &Value, class: &Type, data: &AbcData) -> PyResult<bool> {
    if this
        .downcast::<Type>()
        .is_some_and(|own| class.is_subtype_of(own))
    {
        return Ok(true);
    }
    if data.registry.contains(class) {
        return Ok(true);
    }
    for registered in data.registry.classes() {
        if protocol::is_subclass(py, class.as_object(), &registered)? {
            return Ok(true);
        }
    }
    let subclasses = protocol::call_method(py, this, intern!("__subclasses__"), &[])?;
    let Some(subclasses) = subclasses.downcast::<List>() else {
        return raise!(py, TypeError, "__subclasses__() must return a list");
    };
    for subclass in subclasses.to_vec() {
        if protocol::is_subclass(py, class.as_object(), &subclass)? {
            return Ok(true);
        }
    }
    Ok(false)
}
