//! `_thread._local`: attributes that each thread has for itself.
//!
//! What always holds: `dicts` has an entry for each living thread that has used the
//! object; a thread's end takes its entries out.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use krait_object::gc::{Trace, Visitor};
use krait_object::native::{Args, Class, TypeBuilder};
use krait_object::{
    Dict, GilCell, Instance, KwArgs, Layout, Object, Owned, Py, PyResult, Str, Tuple, Type, Value,
    class_cell, intern, protocol, raise,
};

#[derive(Default)]
struct Dicts(RefCell<Vec<(u64, Owned<Dict>)>>);

impl Trace for Dicts {
    fn trace(&self, visitor: &mut Visitor) {
        // A borrow is open only in code that runs no Python.
        if let Ok(dicts) = self.0.try_borrow() {
            dicts.iter().for_each(|(_, dict)| dict.trace(visitor));
        }
    }
}

/// `_thread._local`.
pub struct Local {
    dicts: Rc<Dicts>,
    /// Arguments for `__init__`, which runs once in each thread.
    args: RefCell<Option<Owned<Tuple>>>,
    kwargs: RefCell<Option<Owned<Dict>>>,
}

type This = Instance<Local>;

/// Which objects each thread has used.
static USED: GilCell<RefCell<Vec<(u64, Weak<Dicts>)>>> = GilCell::new(RefCell::new(Vec::new()));

/// Gives up what the ending thread has stored.
pub fn thread_ends(py: Py) {
    let me = krait_vm::threads::state_id(py);
    loop {
        let mut used = USED.get(py).borrow_mut();
        used.retain(|(_, dicts)| dicts.strong_count() > 0);
        let Some(at) = used.iter().position(|(thread, _)| *thread == me) else {
            return;
        };
        let (_, dicts) = used.swap_remove(at);
        drop(used);
        if let Some(dicts) = dicts.upgrade() {
            let mut list = dicts.0.borrow_mut();
            let mine = list
                .iter()
                .position(|(thread, _)| *thread == me)
                .map(|i| list.swap_remove(i));
            drop(list);
            drop(mine);
        }
    }
}

impl Local {
    fn known(&self, me: u64) -> Option<Owned<Dict>> {
        self.dicts
            .0
            .borrow()
            .iter()
            .find(|(thread, _)| *thread == me)
            .map(|(_, dict)| dict.clone())
    }

    fn add(&self, py: Py, me: u64) -> Owned<Dict> {
        let dict = Dict::new();
        self.dicts.0.borrow_mut().push((me, dict.clone()));
        USED.get(py)
            .borrow_mut()
            .push((me, Rc::downgrade(&self.dicts)));
        dict
    }
}

/// The running thread's dict; made, and filled by `__init__`, at its first use.
fn dict_of(py: Py, this: &This) -> PyResult<Owned<Dict>> {
    let me = krait_vm::threads::state_id(py);
    if let Some(dict) = this.known(me) {
        return Ok(dict);
    }
    let dict = this.add(py, me);
    if has_init(py, this.as_object().ty()) {
        let (args, kwargs) = (this.args.borrow().clone(), this.kwargs.borrow().clone());
        let init = protocol::get_attr(
            py,
            &Value::from(this.as_object().ty().to_owned()),
            intern!("__init__"),
        )?;
        let own = Value::from(Layout::to_owned(this));
        let all: Vec<Value> = std::iter::once(own)
            .chain(args.iter().flat_map(|a| a.as_values().to_vec()))
            .collect();
        let made =
            protocol::call::call_tuple(py, &init, &Tuple::from_slice(&all), kwargs.as_deref());
        if let Err(raised) = made {
            // The next use in this thread tries again.
            let mut list = this.dicts.0.borrow_mut();
            let mine = list
                .iter()
                .position(|(thread, _)| *thread == me)
                .map(|i| list.swap_remove(i));
            drop(list);
            drop(mine);
            return Err(raised);
        }
    }
    Ok(dict)
}

/// Whether the type has an `__init__` of its own.
fn has_init(py: Py, class: &Type) -> bool {
    let object = krait_object::types::typeobject::OBJECT.lookup(py, intern!("__init__"));
    match (class.lookup(py, intern!("__init__")), object) {
        (Some(own), Some(object)) => !own.is(&object),
        _ => false,
    }
}

fn new(py: Py, class: &Type, args: Args<'_>, kwargs: KwArgs) -> PyResult<Owned<This>> {
    let given = !args.0.is_empty() || kwargs.0.as_ref().is_some_and(|k| !k.is_empty());
    if given && !has_init(py, class) {
        return raise!(py, TypeError, "Initialization arguments are not supported");
    }
    let body = Local {
        dicts: Rc::default(),
        args: RefCell::new(Some(Tuple::from_slice(args.0))),
        kwargs: RefCell::new(kwargs.0),
    };
    let this = Instance::new_in(py, class, body)?;
    this.add(py, krait_vm::threads::state_id(py));
    Ok(this)
}

fn name_of(py: Py, name: &Object) -> PyResult<&Str> {
    match name.downcast::<Str>() {
        Some(name) => Ok(name),
        None => raise!(
            py,
            TypeError,
            "attribute name must be string, not '{}'",
            name.ty().short_name()
        ),
    }
}

fn get(py: Py, this: &This, name: &Object) -> PyResult {
    let name = name_of(py, name)?;
    let dict = dict_of(py, this)?;
    if name.eq_str("__dict__") {
        return Ok(Value::from(dict));
    }
    match protocol::attr::generic_lookup_in(py, this.as_object(), name, &dict)? {
        Some(value) => Ok(value),
        None => protocol::attr::no_attribute(py, this.as_object(), name),
    }
}

fn set(py: Py, this: &This, name: &Object, value: Option<&Object>) -> PyResult<()> {
    let name = name_of(py, name)?;
    let dict = dict_of(py, this)?;
    if name.eq_str("__dict__") {
        let class = this.as_object().ty().short_name();
        let text = format!("'{class}' object attribute '__dict__' is read-only");
        return Err(protocol::attr::attribute_error(
            py,
            &text,
            this.as_object(),
            name,
        ));
    }
    protocol::attr::generic_set_in(py, this.as_object(), name, value.map(Value::unboxed), &dict)
}

impl Class for Local {
    const NAME: &'static str = "_thread._local";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.subclassable()
            .with_weakrefs()
            .doc("Thread-local data")
            .new_with("_local(*args, **kwargs)", new)
            .get_attribute(get)
            .set_attribute(set);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.dicts.trace(visitor);
        self.args.trace(visitor);
        self.kwargs.trace(visitor);
    }

    fn clear(&self) {
        let dicts = std::mem::take(&mut *self.dicts.0.borrow_mut());
        drop(dicts);
        let (args, kwargs) = (self.args.take(), self.kwargs.take());
        drop((args, kwargs));
    }
}
