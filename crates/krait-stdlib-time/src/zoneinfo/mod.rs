//! `_zoneinfo`: `ZoneInfo`, the zones of the IANA database.

use std::cell::Cell;

use krait_object::gc::Visitor;
use krait_object::native::module::NativeModule;
use krait_object::native::{Class, Instance, KwArgs, TypeBuilder};
use krait_object::protocol;
use krait_object::{
    Builtin, Layout, ModuleBuilder, Owned, Py, PyResult, Type, Value, class_cell, errors, hooks,
    raise,
};

use crate::datetime::tzinfo::TzInfo;

mod cache;
mod convert;
mod load;
mod rule;
mod tz_string;
mod zone;

use zone::{Info, Zone};

pub const MODULE: NativeModule = NativeModule {
    name: "_zoneinfo",
    init,
};

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.text("__doc__", "C implementation of the zoneinfo module")?;
    m.class::<ZoneInfo>()?;
    Ok(())
}

/// Where a zone comes from, which says how it is pickled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    NoCache,
    Cache,
    File,
}

/// A zone; a `tzinfo`, whose struct has no fields.
pub struct ZoneInfo {
    key: Value,
    /// The repr of the file it was read from.
    file: Option<Value>,
    source: Cell<Source>,
    zone: Zone,
}

pub(crate) type This = Instance<ZoneInfo>;

/// A new zone of a key, from the system's database or the package `tzdata`.
fn of_key(py: Py, class: &Type, key: &Value) -> PyResult<Owned<This>> {
    let paths = hooks::import_module(py, "zoneinfo._tzpath")?;
    let key_argument = std::slice::from_ref(key);
    let path = protocol::call_method_str(py, &paths, "find_tzfile", key_argument)?;
    let file = if path.is_none() {
        let common = hooks::import_module(py, "zoneinfo._common")?;
        protocol::call_method_str(py, &common, "load_tzdata", key_argument)?
    } else {
        let io = hooks::import_module(py, "io")?;
        let mode = Value::from(krait_object::Str::new("rb"));
        protocol::call_method_str(py, &io, "open", &[path, mode])?
    };
    let zone = load::load(py, &file);
    let pending = zone
        .is_err()
        .then(|| py.thread().take_exception())
        .flatten();
    let closed = protocol::call_method_str(py, &file, "close", &[]);
    if let Some(pending) = pending {
        py.thread().set_exception(pending);
    }
    let zone = zone?;
    closed?;
    let body = ZoneInfo {
        key: key.clone(),
        file: None,
        source: Cell::new(Source::NoCache),
        zone,
    };
    Instance::new_in(py, class, body)
}

fn new(py: Py, class: &Type, key: &Value) -> PyResult {
    if let Some(found) = cache::strong(py, class, key)? {
        return Ok(found);
    }
    let weak = cache::weak(py, class)?;
    let mut found = protocol::call_method_str(py, &weak, "get", &[key.clone(), Value::none()])?;
    if found.is_none() {
        let made = of_key(py, class, key)?;
        made.source.set(Source::Cache);
        let entry = [key.clone(), Value::from(made)];
        found = protocol::call_method_str(py, &weak, "setdefault", &entry)?;
    }
    cache::remember(py, class, key, &found)?;
    Ok(found)
}

fn from_file(py: Py, class: &Type, file: &Value, key: Option<&Value>) -> PyResult<Owned<This>> {
    let zone = load::load(py, file)?;
    let text = protocol::repr(py, file)?;
    let body = ZoneInfo {
        key: key.cloned().unwrap_or_else(Value::none),
        file: Some(Value::from(text)),
        source: Cell::new(Source::File),
        zone,
    };
    Instance::new_in(py, class, body)
}

fn unpickle(py: Py, class: &Type, key: &Value, from_cache: bool) -> PyResult {
    if from_cache {
        return protocol::call(
            py,
            &Value::from(class.to_owned()),
            std::slice::from_ref(key),
        );
    }
    of_key(py, class, key).map(Value::from)
}

fn reduce(py: Py, this: &This) -> PyResult<(Value, (Value, i64))> {
    if this.source.get() == Source::File {
        let pickle = hooks::import_module(py, "pickle")?;
        let class = protocol::get_attr_str(py, &pickle, "PicklingError")?;
        let text = "Cannot pickle a ZoneInfo file from a file stream.";
        let text = Value::from(krait_object::Str::new(text));
        return match class.downcast::<Type>() {
            Some(class) => Err(errors::raise_value(py, class, text)),
            None => raise!(py, TypeError, "PicklingError is no class"),
        };
    }
    let own = Value::from(this.to_owned());
    let unpickle = protocol::get_attr_str(py, &own, "_unpickle")?;
    let cached = i64::from(this.source.get() == Source::Cache);
    Ok((unpickle, (this.key.clone(), cached)))
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let name = this.as_object().ty().full_name();
    if !this.key.is_none() {
        let key = protocol::repr(py, &this.key)?;
        return Ok(format!("{name}(key={})", key.to_rust()));
    }
    let file = match &this.file {
        Some(file) => protocol::str(py, file)?.to_rust().into_owned(),
        None => String::new(),
    };
    Ok(format!("{name}.from_file({file})"))
}

fn str(py: Py, this: &This) -> PyResult {
    if !this.key.is_none() {
        return Ok(this.key.clone());
    }
    repr(py, this).map(|text| Value::from(krait_object::Str::new(&text)))
}

/// What holds in the zone at a moment, or (for None) always.
fn info<'a>(py: Py, this: &'a This, moment: &Value) -> PyResult<Option<&'a Info>> {
    if moment.is_none() {
        return Ok(this.zone.fixed());
    }
    let moment = convert::moment(py, moment)?;
    Ok(Some(this.zone.at_local(&moment)))
}

fn init_subclass(py: Py, class: &Type, kwargs: KwArgs) -> PyResult<()> {
    let _ = kwargs;
    cache::give_weak(py, class)
}

fn define_times(b: &mut TypeBuilder<This>) {
    b.method_doc(
        "utcoffset($self, dt, /)",
        "Retrieve a timedelta representing the UTC offset in a zone at the given datetime.",
        |py: Py, this: &This, moment: &Value| {
            Ok(info(py, this, moment)?.map(|i| i.offset_object.clone()))
        },
    )
    .method_doc(
        "dst($self, dt, /)",
        "Retrieve a timedelta representing the amount of DST applied in a zone at the given datetime.",
        |py: Py, this: &This, moment: &Value| {
            Ok(info(py, this, moment)?.map(|i| i.dst_object.clone()))
        },
    )
    .method_doc(
        "tzname($self, dt, /)",
        "Retrieve a string containing the abbreviation for the time zone that applies in a zone at a given datetime.",
        |py: Py, this: &This, moment: &Value| {
            Ok(info(py, this, moment)?.map(|i| i.name.clone()))
        },
    )
    .method_doc(
        "fromutc($self, object, /)",
        "Given a datetime with local time in UTC, retrieve an adjusted datetime in local time.",
        convert::fromutc,
    );
}

impl Class for ZoneInfo {
    const NAME: &'static str = "zoneinfo.ZoneInfo";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.base(Instance::<TzInfo>::type_object())
            .subclassable()
            .with_weakrefs()
            .new_with("ZoneInfo(key)", new)
            .repr(repr)
            .str(str)
            .getter("key", |_py: Py, this: &This| this.key.clone())
            .class_method("clear_cache($type, /, *, only_keys=None)", cache::clear)
            .class_method(
                "no_cache($type, /, key)",
                |py: Py, class: &Type, key: &Value| of_key(py, class, key),
            )
            .class_method("from_file($type, file_obj, /, key=None)", from_file)
            .class_method("_unpickle($type, key, from_cache, /)", unpickle)
            .class_method("__init_subclass__($type, /, **kwargs)", init_subclass)
            .method_doc(
                "__reduce__($self, /)",
                "Function for serialization with the pickle protocol.",
                reduce,
            );
        define_times(b);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.key);
    }
}
