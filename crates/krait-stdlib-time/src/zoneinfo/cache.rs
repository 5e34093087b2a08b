//! The zones that are kept: weakly all, strongly the last few.

use std::cell::{OnceCell, RefCell};

use krait_object::protocol::{self, Iter};
use krait_object::{Builtin, GilCell, Py, PyResult, Type, Value, hooks, intern};

use super::This;

/// How many zones are kept alive.
const STRONG: usize = 8;

/// Keys and zones, the last used first. Only the class itself keeps zones so.
static KEPT: GilCell<RefCell<Vec<(Value, Value)>>> = GilCell::new(RefCell::new(Vec::new()));
/// The `WeakValueDictionary` of the class itself.
static WEAK: GilCell<OnceCell<Value>> = GilCell::new(OnceCell::new());

fn is_own(class: &Type) -> bool {
    class.is(This::type_object())
}

fn new_weak(py: Py) -> PyResult {
    let weakref = hooks::import_module(py, "weakref")?;
    protocol::call_method_str(py, &weakref, "WeakValueDictionary", &[])
}

/// The weak cache of a class.
pub fn weak(py: Py, class: &Type) -> PyResult {
    if !is_own(class) {
        use krait_object::Layout;
        return protocol::get_attr(py, &Value::from(class.to_owned()), intern!("_weak_cache"));
    }
    if let Some(weak) = WEAK.get(py).get() {
        return Ok(weak.clone());
    }
    let made = new_weak(py)?;
    Ok(WEAK.get(py).get_or_init(|| made).clone())
}

/// Gives a subclass its weak cache.
pub fn give_weak(py: Py, class: &Type) -> PyResult<()> {
    use krait_object::Layout;
    let made = new_weak(py)?;
    protocol::set_attr(
        py,
        &Value::from(class.to_owned()),
        intern!("_weak_cache"),
        &made,
    )
}

fn entry(py: Py, index: usize) -> Option<(Value, Value)> {
    KEPT.get(py).borrow().get(index).cloned()
}

/// Where a key stands. Comparing may run code, which may change the cache.
fn position(py: Py, key: &Value) -> PyResult<Option<(usize, Value)>> {
    let mut index = 0;
    while let Some((kept, zone)) = entry(py, index) {
        if protocol::equal(py, &kept, key)? {
            return Ok(Some((index, zone)));
        }
        index += 1;
    }
    Ok(None)
}

/// Puts an entry first; `from` is where it stood, if it did.
fn to_front(py: Py, from: Option<usize>, key: &Value, zone: &Value) {
    let mut gone = Vec::new();
    let mut kept = KEPT.get(py).borrow_mut();
    if let Some(from) = from
        && from < kept.len()
    {
        gone.push(kept.remove(from));
    }
    kept.insert(0, (key.clone(), zone.clone()));
    if kept.len() > STRONG {
        gone.extend(kept.drain(STRONG..));
    }
    drop(kept);
    drop(gone);
}

/// The zone of a key that is kept.
pub fn strong(py: Py, class: &Type, key: &Value) -> PyResult<Option<Value>> {
    if !is_own(class) {
        return Ok(None);
    }
    let Some((index, zone)) = position(py, key)? else {
        return Ok(None);
    };
    if index > 0 {
        to_front(py, Some(index), key, &zone);
    }
    Ok(Some(zone))
}

/// Keeps a zone alive.
pub fn remember(py: Py, class: &Type, key: &Value, zone: &Value) -> PyResult<()> {
    if is_own(class) {
        let from = position(py, key)?.map(|(index, _)| index);
        to_front(py, from, key, zone);
    }
    Ok(())
}

/// `clear_cache(only_keys=None)`.
pub fn clear(py: Py, class: &Type, only_keys: Option<&Value>) -> PyResult<()> {
    let weak = weak(py, class)?;
    let Some(only_keys) = only_keys else {
        protocol::call_method_str(py, &weak, "clear", &[])?;
        if is_own(class) {
            let gone = KEPT.get(py).take();
            drop(gone);
        }
        return Ok(());
    };
    let mut keys = Iter::new(py, only_keys)?;
    while let Some(key) = keys.next(py)? {
        if is_own(class)
            && let Some((index, _)) = position(py, &key)?
        {
            let mut kept = KEPT.get(py).borrow_mut();
            let gone = (index < kept.len()).then(|| kept.remove(index));
            drop(kept);
            drop(gone);
        }
        protocol::call_method_str(py, &weak, "pop", &[key, Value::none()])?;
    }
    Ok(())
}
