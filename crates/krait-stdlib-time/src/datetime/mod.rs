//! `_datetime`.
//!
//! The objects are CPython's structs (`datetime.h`), since macros of C read them: the
//! bodies of the classes here are `repr(C)` with the fields in that order. A `datetime`
//! begins with the fields of a `date`, and is one.

use krait_object::native::module::NativeModule;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::{Builtin, Layout, ModuleBuilder, Object, Py, PyResult, Str, Type, Value, raise};

pub mod calendar;
mod construct;
mod convert;
pub mod date;
mod date_parse;
#[expect(clippy::module_inception, reason = "the class is called as its module")]
pub mod datetime;
mod datetime_compare;
mod datetime_methods;
mod datetime_new;
pub mod delta;
mod delta_new;
mod delta_ops;
mod format;
mod iso_calendar;
mod local;
mod parse;
pub mod span;
mod strftime;
pub mod time;
mod time_methods;
pub mod timezone;
pub mod tzinfo;

pub const MODULE: NativeModule = NativeModule {
    name: "_datetime",
    init,
};

pub const MIN_YEAR: i32 = 1;
pub const MAX_YEAR: i32 = 9999;

/// Gives a class's attributes that are instances of it.
fn constants<T: Class>(py: Py, entries: &[(&str, Value)]) -> PyResult<()> {
    let ty = Instance::<T>::type_object();
    for (name, value) in entries {
        ty.dict().set_str(py, &Str::intern(name), value.clone())?;
    }
    ty.modified();
    Ok(())
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    let py = m.py;
    m.text("__doc__", "Fast implementation of the datetime module.")?;
    m.class::<date::Date>()?;
    m.class::<datetime::DateTime>()?;
    m.class::<time::Time>()?;
    m.class::<delta::Delta>()?;
    m.class::<tzinfo::TzInfo>()?;
    m.class::<timezone::TimeZone>()?;
    delta::define_constants(py)?;
    date::define_constants(py)?;
    time::define_constants(py)?;
    datetime::define_constants(py)?;
    timezone::define_constants(py)?;
    m.int("MINYEAR", i64::from(MIN_YEAR))?;
    m.int("MAXYEAR", i64::from(MAX_YEAR))?;
    m.value("UTC", timezone::utc(py))?;
    Ok(())
}

/// `__replace__(**changes)` of a class whose `replace` does the work.
fn define_replace<T: Class>(b: &mut TypeBuilder<Instance<T>>) {
    use krait_object::native::{Args, KwArgs};
    b.method_doc(
        "__replace__($self, /, *args, **changes)",
        "The same as replace().",
        |py: Py, this: &Instance<T>, args: Args<'_>, changes: KwArgs| -> PyResult {
            if !args.0.is_empty() {
                return raise!(py, TypeError, "__replace__() takes 0 positional arguments");
            }
            let own = Value::from(this.to_owned());
            let ty = Instance::<T>::type_object();
            let replace = krait_object::protocol::get_attr(
                py,
                &Value::from(ty.to_owned()),
                krait_object::intern!("replace"),
            )?;
            let args = krait_object::Tuple::from_values([own]);
            krait_object::protocol::call::call_tuple(py, &replace, &args, changes.0.as_deref())
        },
    );
}

/// Whether the class is exactly the native one.
fn is_own<T: Class>(class: &Type) -> bool {
    class.is(Instance::<T>::type_object())
}

/// `this.name(argument)` by a method of Python's, for a receiver that may be a subclass.
fn call_own(py: Py, this: &Object, name: &str, argument: &Value) -> PyResult {
    let own = Value::from(this.to_owned());
    krait_object::protocol::call_method_str(py, &own, name, std::slice::from_ref(argument))
}

/// `this.name()`.
fn call_own_plain(py: Py, this: &Object, name: &str) -> PyResult {
    let own = Value::from(this.to_owned());
    krait_object::protocol::call_method_str(py, &own, name, &[])
}
