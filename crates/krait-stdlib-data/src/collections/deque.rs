//! `collections.deque`.
//!
//! The items lie in a ring of values, so that an item in the middle is reached at once.
//! `state` changes with every change of the items, which is how iterators notice. No
//! borrow of the ring is held while Python code may run: comparing, releasing an item.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use krait_object::gc::Visitor;
use krait_object::native::{Args, Class, Instance, KwArgs, TypeBuilder};
use krait_object::protocol::{self, Iter, number};
use krait_object::types::sequence;
use krait_object::{
    Layout, Object, Owned, Py, PyResult, Type, Value, class_cell, exceptions, raise,
};

use super::deque_items;
use super::deque_iter::DequeIter;
use krait_text::memory::make_room_in_queue;

/// A `deque`.
#[derive(Default)]
pub struct Deque {
    pub(super) items: RefCell<VecDeque<Value>>,
    pub(super) maxlen: Cell<Option<usize>>,
    pub(super) state: Cell<u64>,
}

pub(super) type This = Instance<Deque>;

impl Deque {
    #[inline(always)]
    pub(super) fn changed(&self) {
        self.state.set(self.state.get() + 1);
    }

    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.items.borrow().len()
    }

    pub(super) fn get(&self, index: usize) -> Option<Value> {
        self.items.borrow().get(index).cloned()
    }

    /// Adds at the right end; what falls out at the left one is released last.
    #[inline]
    pub(super) fn push_back(&self, value: Value) {
        let mut items = self.items.borrow_mut();
        make_room_in_queue(&mut items);
        items.push_back(value);
        self.changed();
        if self.maxlen.get().is_some_and(|most| items.len() > most) {
            let out = items.pop_front();
            drop(items);
            drop(out);
        }
    }

    /// Adds at the left end.
    #[inline]
    pub(super) fn push_front(&self, value: Value) {
        let mut items = self.items.borrow_mut();
        make_room_in_queue(&mut items);
        items.push_front(value);
        self.changed();
        if self.maxlen.get().is_some_and(|most| items.len() > most) {
            let out = items.pop_back();
            drop(items);
            drop(out);
        }
    }

    /// Takes all items out and releases them.
    pub(super) fn empty(&self) {
        self.changed();
        let old = self.items.take();
        drop(old);
    }

    pub(super) fn extend(&self, py: Py, this: &Object, iterable: &Value) -> PyResult<()> {
        if iterable.is_object(this) {
            let all: Vec<Value> = self.items.borrow().iter().cloned().collect();
            all.into_iter().for_each(|item| self.push_back(item));
            return Ok(());
        }
        let mut items = Iter::new(py, iterable)?;
        while let Some(item) = items.next(py)? {
            self.push_back(item);
        }
        Ok(())
    }

    fn extend_left(&self, py: Py, this: &Object, iterable: &Value) -> PyResult<()> {
        if iterable.is_object(this) {
            let all: Vec<Value> = self.items.borrow().iter().cloned().collect();
            all.into_iter().for_each(|item| self.push_front(item));
            return Ok(());
        }
        let mut items = Iter::new(py, iterable)?;
        while let Some(item) = items.next(py)? {
            self.push_front(item);
        }
        Ok(())
    }
}

/// A deque of the class itself.
pub(super) fn make(py: Py, items: VecDeque<Value>, maxlen: Option<usize>) -> Owned<This> {
    let body = Deque {
        items: RefCell::new(items),
        maxlen: Cell::new(maxlen),
        state: Cell::new(0),
    };
    Instance::new(py, body)
}

fn init(py: Py, this: &This, iterable: Option<&Value>, maxlen: Option<&Value>) -> PyResult<()> {
    let maxlen = match maxlen.filter(|m| !m.is_none()) {
        None => None,
        Some(given) => {
            if given.downcast::<krait_object::Int>().is_none() && given.as_small_int().is_none() {
                return raise!(py, TypeError, "an integer is required");
            }
            let most = number::to_index(py, given, &exceptions::OverflowError)?;
            match usize::try_from(most) {
                Ok(most) => Some(most),
                Err(_) => return raise!(py, ValueError, "maxlen must be non-negative"),
            }
        }
    };
    this.maxlen.set(maxlen);
    if this.len() > 0 {
        this.empty();
    }
    match iterable {
        Some(iterable) => this.extend(py, this.as_object(), iterable),
        None => Ok(()),
    }
}

fn pop(py: Py, this: &This) -> PyResult {
    let item = this.items.borrow_mut().pop_back();
    this.changed();
    match item {
        Some(item) => Ok(item),
        None => raise!(py, IndexError, "pop from an empty deque"),
    }
}

fn pop_left(py: Py, this: &This) -> PyResult {
    let item = this.items.borrow_mut().pop_front();
    this.changed();
    match item {
        Some(item) => Ok(item),
        None => raise!(py, IndexError, "pop from an empty deque"),
    }
}

/// A copy: of the same class, made by calling it where it is a subclass.
pub(super) fn copy(py: Py, this: &This) -> PyResult {
    let class = this.as_object().ty();
    if class.is(<This as krait_object::Builtin>::type_object()) {
        let items = this.items.borrow().clone();
        return Ok(Value::from(make(py, items, this.maxlen.get())));
    }
    let class = Value::from(class.to_owned());
    let own = Value::from(this.to_owned());
    let result = match this.maxlen.get() {
        Some(most) => protocol::call(py, &class, &[own, Value::int(most as i64)])?,
        None => protocol::call(py, &class, &[own])?,
    };
    if result.downcast::<This>().is_none() {
        return raise!(
            py,
            TypeError,
            "{}() must return a deque, not {}",
            this.as_object().ty().name(),
            result.ty().name()
        );
    }
    Ok(result)
}

fn rotate(_py: Py, this: &This, n: Option<isize>) {
    let mut items = this.items.borrow_mut();
    let len = items.len();
    if len > 1 {
        let by = n.unwrap_or(1).rem_euclid(len as isize) as usize;
        items.rotate_right(by);
        this.changed();
    }
}

fn reduce(py: Py, this: &This) -> PyResult<(Value, Value, Value, Value)> {
    let own = Value::from(this.to_owned());
    let state = protocol::call_method_str(py, &own, "__getstate__", &[])?;
    let class = Value::from(this.as_object().ty().to_owned());
    let iterator = Value::from(protocol::iter(py, &own)?);
    let arguments = match this.maxlen.get() {
        None => krait_object::Tuple::empty(),
        Some(most) => krait_object::Tuple::from_values([
            Value::from(krait_object::Tuple::empty()),
            Value::int(most as i64),
        ]),
    };
    Ok((class, Value::from(arguments), state, iterator))
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let Some(_guard) = protocol::repr::ReprGuard::enter(py, this.as_object()) else {
        return Ok("[...]".to_string());
    };
    let all: Vec<Value> = this.items.borrow().iter().cloned().collect();
    let mut parts = Vec::with_capacity(all.len());
    for item in &all {
        parts.push(protocol::repr(py, item)?.to_rust().into_owned());
    }
    let name = this.as_object().ty().short_name();
    let end = this
        .maxlen
        .get()
        .map_or(String::new(), |most| format!(", maxlen={most}"));
    Ok(format!("{name}([{}]{end})", parts.join(", ")))
}

impl Class for Deque {
    const NAME: &'static str = "collections.deque";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.subclassable()
            .flags(SEQUENCE)
            .with_weakrefs()
            .doc("A list-like sequence optimized for data accesses near its endpoints.")
            .new_with(
                "__new__($type, *args, **kwargs)",
                |py: Py, class: &Type, _a: Args<'_>, _k: KwArgs| {
                    Instance::new_in(py, class, Deque::default())
                },
            )
            .init("deque(iterable=<unrepresentable>, maxlen=None)", init)
            .repr(repr)
            .unhashable()
            .iter(|py: Py, this: &This| DequeIter::<false>::over(py, this, 0))
            .method("__reversed__($self, /)", |py: Py, this: &This| {
                DequeIter::<true>::over(py, this, 0)
            })
            .method_doc(
                "append($self, item, /)",
                "Add an element to the right side of the deque.",
                |_py: Py, this: &This, item: &Value| this.push_back(item.clone()),
            )
            .method_doc(
                "appendleft($self, item, /)",
                "Add an element to the left side of the deque.",
                |_py: Py, this: &This, item: &Value| this.push_front(item.clone()),
            )
            .method_doc(
                "pop($self, /)",
                "Remove and return the rightmost element.",
                pop,
            )
            .method_doc(
                "popleft($self, /)",
                "Remove and return the leftmost element.",
                pop_left,
            )
            .method_doc(
                "extend($self, iterable, /)",
                "Extend the right side of the deque with elements from the iterable.",
                |py: Py, this: &This, iterable: &Value| this.extend(py, this.as_object(), iterable),
            )
            .method_doc(
                "extendleft($self, iterable, /)",
                "Extend the left side of the deque with elements from the iterable.",
                |py: Py, this: &This, iterable: &Value| {
                    this.extend_left(py, this.as_object(), iterable)
                },
            )
            .method_doc(
                "clear($self, /)",
                "Remove all elements from the deque.",
                |_py: Py, this: &This| this.empty(),
            )
            .method_doc("copy($self, /)", "Return a shallow copy of a deque.", copy)
            .method_doc(
                "__copy__($self, /)",
                "Return a shallow copy of a deque.",
                copy,
            )
            .method_doc(
                "rotate($self, n=1, /)",
                "Rotate the deque n steps to the right.  If n is negative, rotates left.",
                rotate,
            )
            .method_doc(
                "reverse($self, /)",
                "Reverse *IN PLACE*.",
                |_py: Py, this: &This| {
                    this.items.borrow_mut().make_contiguous().reverse();
                    this.changed();
                },
            )
            .method_doc(
                "__reduce__($self, /)",
                "Return state information for pickling.",
                reduce,
            )
            .method_doc(
                "__sizeof__($self, /)",
                "Return the size of the deque in memory, in bytes.",
                |_py: Py, this: &This| size_of::<This>() + this.items.borrow().capacity() * 8,
            )
            .getter("maxlen", |_py: Py, this: &This| {
                this.maxlen.get().map(|m| m as i64)
            })
            .class_method(
                "__class_getitem__($type, object, /)",
                sequence::class_getitem,
            );
        deque_items::define(b);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.items);
    }

    fn clear(&self) {
        self.empty();
    }
}

/// `Py_TPFLAGS_SEQUENCE`: matched by sequence patterns.
const SEQUENCE: u64 = 1 << 5;
