//! `_interpqueues`: queues that all interpreters see.
//!
//! What always holds: an item of an interpreter that has ended is treated as its put asked for
//! before anybody looks at the queue again.

use std::cell::RefCell;
use std::collections::VecDeque;

use krait_object::native::module::NativeModule;
use krait_object::{
    GilCell, InterpreterCell, Layout, List, ModuleBuilder, Owned, Py, PyResult, Tuple, Type, Value,
    exceptions, gil, intern, interpreter, protocol, raise,
};
use krait_stdlib_core::import;

use crate::cross::{self, Data, Mode};
use crate::errors;
use crate::interpreters::id_of;

pub const MODULE: NativeModule = NativeModule {
    name: "_interpqueues",
    init,
};

/// What becomes of an item whose interpreter has ended.
pub mod unbound {
    pub const REMOVE: i64 = 1;
    pub const ERROR: i64 = 2;
    pub const REPLACE: i64 = 3;
}

/// An item on its way.
pub struct Item {
    /// Nothing where the interpreter of the item has ended.
    pub data: Option<Data>,
    pub origin: i64,
    pub unbound: i64,
}

/// Treats the items of interpreters that have ended; what is given up is dropped afterwards.
pub fn settle(py: Py, items: &mut VecDeque<Item>) -> Vec<Item> {
    let ended = |item: &Item| item.data.is_some() && interpreter::find(py, item.origin).is_none();
    if !items.iter().any(ended) {
        return Vec::new();
    }
    let mut given_up = Vec::new();
    for mut item in std::mem::take(items) {
        if !ended(&item) {
            items.push_back(item);
        } else if item.unbound == unbound::REMOVE {
            given_up.push(item);
        } else {
            let rest = Item {
                data: item.data.take(),
                ..item
            };
            items.push_back(item);
            given_up.push(rest);
        }
    }
    given_up
}

/// The choice for an item: a default where -1 stands.
pub fn choice(
    py: Py,
    given: Option<i64>,
    default: i64,
    what: &str,
    known: &[i64],
) -> PyResult<i64> {
    match given.unwrap_or(-1) {
        -1 => Ok(default),
        given if known.contains(&given) => Ok(given),
        given => raise!(py, ValueError, "unsupported {what} {given}"),
    }
}

pub const UNBOUND: &[i64] = &[unbound::REMOVE, unbound::ERROR, unbound::REPLACE];
/// Only what is shareable by itself, or anything that can be pickled.
pub const FALLBACK: &[i64] = &[0, 1];

/// How an object is taken where `fallback` was chosen.
pub fn mode(fallback: i64) -> Mode {
    if fallback == 0 {
        Mode::Shareable
    } else {
        Mode::Fallback
    }
}

struct Queue {
    id: i64,
    most: i64,
    unbound: i64,
    fallback: i64,
    items: VecDeque<Item>,
    references: i64,
}

impl Queue {
    fn is_full(&self) -> bool {
        self.most > 0 && self.items.len() as i64 >= self.most
    }
}

#[derive(Default)]
struct Queues {
    /// The oldest first.
    all: Vec<Queue>,
    made: i64,
}

static QUEUES: GilCell<RefCell<Option<Queues>>> = GilCell::new(RefCell::new(None));

/// The classes of `concurrent.interpreters` in the current interpreter: the queue, and the
/// exceptions of an empty and of a full one.
struct Registered {
    queue: Owned<Type>,
    empty: Owned<Type>,
    full: Owned<Type>,
}

/// The exceptions of the module, and what the library has registered.
#[derive(Default)]
struct Classes {
    error: RefCell<Option<Owned<Type>>>,
    not_found: RefCell<Option<Owned<Type>>>,
    registered: RefCell<Option<Registered>>,
}

static CLASSES: InterpreterCell<Classes> = InterpreterCell::new(Classes::default);

fn with_all<R>(py: Py, work: impl FnOnce(&mut Queues) -> R) -> R {
    let mut queues = QUEUES.get(py).borrow_mut();
    work(queues.get_or_insert_default())
}

/// Looks at a queue, whose items are settled before.
fn with<R>(py: Py, id: i64, work: impl FnOnce(&mut Queue) -> R) -> PyResult<R> {
    let (given_up, result) = with_all(py, |queues| {
        let Some(queue) = queues.all.iter_mut().find(|q| q.id == id) else {
            return (Vec::new(), None);
        };
        (settle(py, &mut queue.items), Some(work(queue)))
    });
    drop(given_up);
    match result {
        Some(result) => Ok(result),
        None => not_found(py, id),
    }
}

#[cold]
fn not_found<T>(py: Py, id: i64) -> PyResult<T> {
    let class = CLASSES.get(py).not_found.borrow().clone();
    let text = format!("queue {id} not found");
    match class {
        Some(class) => errors::with_text(py, &class, &text),
        None => raise!(py, RuntimeError, "{text}"),
    }
}

fn queue_id(py: Py, value: &Value) -> PyResult<i64> {
    id_of(py, value, "queue")
}

/// The class that the library has registered, which is imported for it.
fn registered(py: Py, which: fn(&Registered) -> &Owned<Type>) -> PyResult<Owned<Type>> {
    let known = |py| {
        let classes = CLASSES.get(py);
        let registered = classes.registered.borrow();
        registered.as_ref().map(|r| which(r).clone())
    };
    if let Some(class) = known(py) {
        return Ok(class);
    }
    import::import_module(py, "concurrent.interpreters._queues")?;
    match known(py) {
        Some(class) => Ok(class),
        None => raise!(py, RuntimeError, "queue types are not registered"),
    }
}

fn create(py: Py, most: i64, unbound: i64, fallback: Option<i64>) -> PyResult<i64> {
    let unbound = choice(py, Some(unbound), unbound::REPLACE, "unboundop", UNBOUND)?;
    let fallback = choice(py, fallback, 1, "fallback", FALLBACK)?;
    Ok(with_all(py, |queues| {
        queues.made += 1;
        queues.all.push(Queue {
            id: queues.made,
            most,
            unbound,
            fallback,
            items: VecDeque::new(),
            references: 0,
        });
        queues.made
    }))
}

/// Takes a queue away; its items are dropped when nobody looks at the queues any more.
fn remove(py: Py, id: i64) -> Option<Queue> {
    with_all(py, |queues| {
        let at = queues.all.iter().position(|q| q.id == id)?;
        Some(queues.all.remove(at))
    })
}

fn destroy(py: Py, id: &Value) -> PyResult<()> {
    let id = queue_id(py, id)?;
    match remove(py, id) {
        Some(_) => Ok(()),
        None => not_found(py, id),
    }
}

fn list_all(py: Py) -> Owned<List> {
    let list = List::new();
    let all = with_all(py, |queues| {
        let newest = queues.all.iter().rev();
        newest
            .map(|q| [q.id, q.unbound, q.fallback])
            .collect::<Vec<_>>()
    });
    for parts in all {
        let parts = Tuple::from_values(parts.map(Value::int));
        list.push_value(Value::from(parts));
    }
    list
}

fn put(
    py: Py,
    id: &Value,
    object: &Value,
    unbound: Option<i64>,
    fallback: Option<i64>,
) -> PyResult<()> {
    let id = queue_id(py, id)?;
    let (unbound_default, fallback_default) = with(py, id, |q| (q.unbound, q.fallback))?;
    let unbound = choice(py, unbound, unbound_default, "unboundop", UNBOUND)?;
    let fallback = choice(py, fallback, fallback_default, "fallback", FALLBACK)?;
    let item = Item {
        data: Some(cross::take(py, object, mode(fallback))?),
        origin: py.thread().interpreter.get(),
        unbound,
    };
    let left = with(py, id, |queue| {
        if queue.is_full() {
            return Some(item);
        }
        queue.items.push_back(item);
        None
    })?;
    match left {
        None => Ok(()),
        Some(_) => {
            let class = registered(py, |r| &r.full)?;
            errors::with_text(py, &class, &format!("queue {id} is full"))
        }
    }
}

/// What `get` and `recv` give for an item.
pub fn unpack(py: Py, item: &Item) -> PyResult<(Value, Value)> {
    match &item.data {
        Some(data) => Ok((data.make(py)?, Value::none())),
        None => Ok((Value::none(), Value::int(item.unbound))),
    }
}

fn get(py: Py, id: &Value) -> PyResult<(Value, Value)> {
    let id = queue_id(py, id)?;
    match with(py, id, |queue| queue.items.pop_front())? {
        Some(item) => unpack(py, &item),
        None => {
            let class = registered(py, |r| &r.empty)?;
            errors::with_text(py, &class, &format!("queue {id} is empty"))
        }
    }
}

fn bind(py: Py, id: &Value) -> PyResult<()> {
    let id = queue_id(py, id)?;
    with(py, id, |queue| queue.references += 1)
}

fn release(py: Py, id: &Value) -> PyResult<()> {
    let id = queue_id(py, id)?;
    if with(py, id, |queue| queue.references)? == 0 {
        let class = CLASSES.get(py).error.borrow().clone();
        return match class {
            Some(class) => errors::with_text(py, &class, &format!("queue {id} never bound")),
            None => raise!(py, RuntimeError, "queue {id} never bound"),
        };
    }
    give_back(py, id);
    Ok(())
}

/// Gives one reference back; a queue ends with the last.
fn give_back(py: Py, id: i64) {
    let left = with_all(py, |queues| {
        let queue = queues.all.iter_mut().find(|q| q.id == id)?;
        queue.references -= 1;
        Some(queue.references)
    });
    if left == Some(0) {
        drop(remove(py, id));
    }
}

/// A queue that is on its way to another interpreter, which keeps it alive.
pub struct QueueRef(i64);

impl QueueRef {
    /// The queue's object in the current interpreter.
    pub fn make(&self, py: Py) -> PyResult {
        let class = registered(py, |r| &r.queue)?;
        protocol::call(py, &Value::from(class), &[Value::int(self.0)])
    }
}

impl Drop for QueueRef {
    fn drop(&mut self) {
        let id = self.0;
        gil::with_gil(|py| give_back(py, id));
    }
}

/// Whether a value is an object of the registered class.
pub fn is_queue(py: Py, value: &Value) -> bool {
    let classes = CLASSES.get(py);
    let registered = classes.registered.borrow();
    let queue = registered.as_ref().map(|r| &r.queue);
    queue.is_some_and(|queue| std::ptr::eq::<Type>(value.ty(), &**queue))
}

/// What goes to another interpreter of a queue's object.
pub fn data_of(py: Py, value: &Value) -> PyResult<Option<QueueRef>> {
    if !is_queue(py, value) {
        return Ok(None);
    }
    let id = protocol::get_attr(py, value, intern!("_id"))?;
    let id = queue_id(py, &id)?;
    with(py, id, |queue| queue.references += 1)?;
    Ok(Some(QueueRef(id)))
}

/// An argument that must be a class.
pub fn class_argument(py: Py, value: &Value) -> PyResult<Owned<Type>> {
    match value.downcast::<Type>() {
        Some(class) => Ok(Layout::to_owned(class)),
        None => {
            let got = value.ty().name();
            raise!(py, TypeError, "expected a type, got {got}")
        }
    }
}

fn register_heap_types(py: Py, queue: &Value, empty: &Value, full: &Value) -> PyResult<()> {
    let made = Registered {
        queue: class_argument(py, queue)?,
        empty: class_argument(py, empty)?,
        full: class_argument(py, full)?,
    };
    drop(CLASSES.get(py).registered.replace(Some(made)));
    Ok(())
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    let py = m.py;
    m.text("__doc__", "This module provides primitive operations to manage Python interpreters.\nThe 'interpreters' module provides a more convenient interface.")?;
    let module = "concurrent.interpreters";
    let error = errors::new_class(
        py,
        module,
        "QueueError",
        &exceptions::RuntimeError,
        Some("Indicates that a queue-related error happened."),
    )?;
    let missing = errors::new_class(py, module, "QueueNotFoundError", &error, None)?;
    m.value("QueueError", Value::from(error.clone()))?
        .value("QueueNotFoundError", Value::from(missing.clone()))?;
    let classes = CLASSES.get(py);
    drop(classes.error.replace(Some(error)));
    drop(classes.not_found.replace(Some(missing)));
    m.function("create(maxsize, unboundop, fallback=-1)", create)?
        .function("destroy(qid)", destroy)?
        .function("list_all()", list_all)?
        .function("put(qid, obj, unboundop=-1, fallback=-1)", put)?
        .function("get(qid)", get)?
        .function("bind(qid)", bind)?
        .function("release(qid)", release)?
        .function("get_maxsize(qid)", |py: Py, id: &Value| {
            with(py, queue_id(py, id)?, |queue| queue.most)
        })?
        .function("get_queue_defaults(qid)", |py: Py, id: &Value| {
            with(py, queue_id(py, id)?, |queue| {
                (queue.unbound, queue.fallback)
            })
        })?
        .function("is_full(qid)", |py: Py, id: &Value| {
            with(py, queue_id(py, id)?, |queue| queue.is_full())
        })?
        .function("get_count(qid)", |py: Py, id: &Value| {
            with(py, queue_id(py, id)?, |queue| queue.items.len())
        })?
        .function(
            "_register_heap_types(queuetype, emptyerror, fullerror)",
            register_heap_types,
        )?;
    Ok(())
}
