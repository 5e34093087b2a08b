//! `super`: attribute lookup that starts behind a class in the MRO.

use std::cell::RefCell;

use krait_abi::*;

use super::slotdefs::special;
use super::str::Str;
use super::typeobject::{StaticType, Type};
use crate::gc::Visitor;
use crate::native::{Args, Class, Instance, KwArgs, TypeBuilder, TypeCell};
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol::{self, attr};
use crate::py::{Py, PyResult};
use crate::value::Value;

#[unsafe(export_name = "PySuper_Type")]
pub static SUPER: StaticType = StaticType::new();

/// What a `super` object knows.
#[derive(Clone, Default)]
struct State {
    class: Option<Owned<Type>>,
    object: Option<Owned>,
    /// The type whose MRO is searched.
    start: Option<Owned<Type>>,
}

/// A `super` object's body.
#[derive(Default)]
pub struct Super {
    state: RefCell<State>,
}

/// The type whose MRO serves for an object: its own, or the object itself where it is a
/// class.
fn check(py: Py, class: &Type, object: &Object) -> PyResult<Owned<Type>> {
    if let Some(ty) = object.downcast::<Type>()
        && ty.is_subtype_of(class)
    {
        return Ok(ty.to_owned());
    }
    if object.ty().is_subtype_of(class) {
        return Ok(object.ty().to_owned());
    }
    let said = protocol::lookup_attr(
        py,
        &Value::from(object.to_owned()),
        crate::intern!("__class__"),
    )?;
    if let Some(said) = said.as_ref().and_then(|c| c.downcast::<Type>())
        && !said.is(object.ty())
        && said.is_subtype_of(class)
    {
        return Ok(said.to_owned());
    }
    let (kind, name) = match object.downcast::<Type>() {
        Some(ty) => ("type", ty.name()),
        None => ("instance of", object.ty().name()),
    };
    crate::raise!(
        py,
        TypeError,
        "super(type, obj): obj ({kind} {name}) is not an instance or subtype of type ({}).",
        class.name()
    )
}

/// The attribute found behind `class` in the MRO of `start`, not bound.
fn find(py: Py, class: &Type, start: &Type, name: &Str) -> Option<Value> {
    let mro = start.mro()?.to_owned();
    let at = mro.iter().position(|t| t.is(class.as_object()))?;
    mro.iter()
        .skip(at + 1)
        .filter_map(|t| t.downcast::<Type>())
        .find_map(|t| t.dict().get_str_key(py, name))
}

fn bind(py: Py, found: Value, object: &Object, start: &Type) -> PyResult {
    let descriptor = match found.as_object() {
        Some(descriptor) => descriptor,
        None => return Ok(found),
    };
    let Some(get) = descriptor.ty().raw().tp_descr_get else {
        return Ok(found);
    };
    let instance = if object.is(start.as_object()) {
        std::ptr::null_mut()
    } else {
        object.as_ptr()
    };
    // SAFETY: the descriptor's own slot, with living objects or NULL.
    unsafe {
        protocol::from_c(
            py,
            get(descriptor.as_ptr(), instance, start.as_object().as_ptr()),
        )
    }
}

/// `super(class, object).name`; `None` where no class behind has the attribute.
pub fn super_lookup(py: Py, class: &Type, object: &Object, name: &Str) -> PyResult<Option<Value>> {
    let start = check(py, class, object)?;
    match find(py, class, &start, name) {
        Some(found) => bind(py, found, object, &start).map(Some),
        None => Ok(None),
    }
}

/// As `super_lookup`, but a method that takes the object as its first argument is given
/// back unbound: the flag says so.
pub fn super_method(
    py: Py,
    class: &Type,
    object: &Object,
    name: &Str,
) -> PyResult<Option<(Value, bool)>> {
    let start = check(py, class, object)?;
    let Some(found) = find(py, class, &start, name) else {
        return Ok(None);
    };
    let plain = found
        .as_object()
        .is_some_and(|f| f.ty().has_flag(Py_TPFLAGS_METHOD_DESCRIPTOR));
    if plain && !object.is(start.as_object()) {
        return Ok(Some((found, true)));
    }
    bind(py, found, object, &start).map(|bound| Some((bound, false)))
}

fn init(py: Py, this: &Instance<Super>, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    if kwargs.0.is_some_and(|k| !k.is_empty()) {
        return crate::raise!(py, TypeError, "super() takes no keyword arguments");
    }
    let (class, object) = match args.0 {
        [] => {
            let (class, object) = crate::hooks::super_arguments(py)?;
            (class, Some(object))
        }
        [class, rest @ ..] if rest.len() < 2 => {
            let Some(ty) = class.downcast::<Type>() else {
                return crate::raise!(
                    py,
                    TypeError,
                    "super() argument 1 must be a type, not {}",
                    if class.is_none() {
                        "None"
                    } else {
                        class.ty().name()
                    }
                );
            };
            (
                ty.to_owned(),
                rest.first().filter(|o| !o.is_none()).map(Value::to_object),
            )
        }
        more => {
            return crate::raise!(
                py,
                TypeError,
                "super() expected at most 2 arguments, got {}",
                more.len()
            );
        }
    };
    let start = match &object {
        Some(object) => Some(check(py, &class, object)?),
        None => None,
    };
    let old = this.state.replace(State {
        class: Some(class),
        object,
        start,
    });
    drop(old);
    Ok(())
}

fn get_attribute(py: Py, this: &Instance<Super>, name: &Object) -> PyResult {
    let Some(name) = name.downcast::<Str>() else {
        return crate::raise!(
            py,
            TypeError,
            "attribute name must be string, not '{}'",
            name.ty().name()
        );
    };
    let state = this.state.borrow().clone();
    if let (Some(class), Some(object), Some(start)) = (&state.class, &state.object, &state.start)
        && !name.eq_str("__class__")
        && let Some(found) = find(py, class, start, name)
    {
        return bind(py, found, object, start);
    }
    match attr::generic_lookup(py, this.as_object(), name)? {
        Some(value) => Ok(value),
        None => attr::no_attribute(py, this.as_object(), name),
    }
}

fn descr_get(
    py: Py,
    this: &Instance<Super>,
    instance: Option<&Object>,
    _owner: Option<&Object>,
) -> PyResult {
    let state = this.state.borrow().clone();
    let (Some(instance), None) = (instance.filter(|i| !i.is_none()), &state.object) else {
        return Ok(Value::from(this.to_owned()));
    };
    let Some(class) = state.class else {
        return Ok(Value::from(this.to_owned()));
    };
    let ty = this.as_object().ty();
    if !ty.is(&SUPER) {
        let callable = Value::from(ty.to_owned());
        return protocol::call(
            py,
            &callable,
            &[Value::from(class), special::value(instance)],
        );
    }
    let start = check(py, &class, instance)?;
    let state = State {
        class: Some(class),
        object: Some(instance.to_owned()),
        start: Some(start),
    };
    Ok(Value::from(Instance::new(
        py,
        Super {
            state: RefCell::new(state),
        },
    )))
}

fn repr(_py: Py, this: &Instance<Super>) -> String {
    let state = this.state.borrow();
    let class = state.class.as_ref().map_or("NULL", |c| c.name());
    match &state.start {
        Some(start) => format!("<super: <class '{class}'>, <{} object>>", start.name()),
        None => format!("<super: <class '{class}'>, NULL>"),
    }
}

impl Class for Super {
    const NAME: &'static str = "super";
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        &SUPER
    }

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.subclassable()
            .doc(
                "super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super \
                 object\nsuper(type, obj) -> bound super object; requires isinstance(obj, type)\nsuper(type, \
                 type2) -> bound super object; requires\n    issubclass(type2, type)\nTypical use to call a \
                 cooperative superclass method:\nclass C(B):\n    def meth(self, arg):\n        \
                 super().meth(arg)\nThis works for class methods too:\nclass C(B):\n    @classmethod\n    def \
                 cmeth(cls, arg):\n        super().cmeth(arg)\n",
            )
            .new_with("super(*args, **kwargs)", |py, class: &Type, _args: Args<'_>, _kwargs: KwArgs| {
                Instance::new_in(py, class, Super::default())
            })
            .init("super(*args, **kwargs)", init)
            .get_attribute(get_attribute)
            .descr_get(descr_get)
            .repr(repr)
            .field("__thisclass__", |_py, this: &Instance<Super>| this.state.borrow().class.clone())
            .field("__self__", |_py, this: &Instance<Super>| this.state.borrow().object.clone())
            .field("__self_class__", |_py, this: &Instance<Super>| this.state.borrow().start.clone());
    }

    fn traverse(&self, visitor: &mut Visitor) {
        // SAFETY: visiting runs no Python code, so that nobody changes the state.
        let state = unsafe { &*self.state.as_ptr() };
        visitor.field(&state.class);
        visitor.field(&state.object);
        visitor.field(&state.start);
    }

    fn clear(&self) {
        drop(self.state.take());
    }
}

/// Makes the type.
pub(crate) fn define() {
    Instance::<Super>::type_object();
}
