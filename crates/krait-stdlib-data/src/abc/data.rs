//! What hangs on an abstract base class: sets of classes that it does not keep alive.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::types::set::Set;
use krait_object::types::weakref::{self, WeakRef};
use krait_object::{Layout, Owned, Py, PyResult, Type, Value, class_cell};

/// A hash of addresses.
#[derive(Default)]
pub(super) struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_usize(byte as usize);
        }
    }

    fn write_usize(&mut self, address: usize) {
        self.0 = (self.0 ^ address as u64 >> 4).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

type Map = HashMap<usize, Owned<WeakRef>, BuildHasherDefault<AddressHasher>>;

/// Classes by address. Another class may come to lie where one was: an entry counts only
/// while its weak reference still leads to the class.
#[derive(Default)]
pub(super) struct ClassSet {
    map: RefCell<Map>,
    /// At this length dead entries are looked for.
    sweep_at: Cell<usize>,
}

fn address(class: &Type) -> usize {
    std::ptr::from_ref(class).addr()
}

impl ClassSet {
    #[inline]
    pub(super) fn contains(&self, class: &Type) -> bool {
        match self.map.borrow().get(&address(class)) {
            Some(reference) => reference.upgrade().is_some_and(|o| o.is(class.as_object())),
            None => false,
        }
    }

    pub(super) fn add(&self, py: Py, class: &Type) -> PyResult<()> {
        let reference = weakref::new_ref(py, class.as_object(), None)?;
        let mut map = self.map.borrow_mut();
        let old = map.insert(address(class), reference);
        let mut dead = Vec::new();
        if map.len() > self.sweep_at.get().max(32) {
            dead = map.extract_if(|_, reference| reference.is_dead()).collect();
            self.sweep_at.set(map.len() * 2);
        }
        drop(map);
        drop((old, dead));
        Ok(())
    }

    pub(super) fn clear(&self) {
        let old = self.map.take();
        drop(old);
    }

    /// The classes that are alive.
    pub(super) fn classes(&self) -> Vec<Owned> {
        self.map
            .borrow()
            .values()
            .filter_map(|reference| reference.upgrade())
            .collect()
    }

    /// A set of the weak references.
    pub(super) fn to_set(&self, py: Py) -> PyResult<Owned<Set>> {
        let references: Vec<Value> = self
            .map
            .borrow()
            .values()
            .filter(|r| !r.is_dead())
            .cloned()
            .map(Value::from)
            .collect();
        let set = Set::new();
        for reference in references {
            set.add(py, &reference)?;
        }
        Ok(set)
    }

    fn trace(&self, visitor: &mut Visitor) {
        if let Ok(map) = self.map.try_borrow() {
            map.values().for_each(|reference| visitor.field(reference));
        }
    }
}

/// The caches of one abstract class.
pub(super) struct AbcData {
    /// Classes registered as virtual subclasses.
    pub(super) registry: ClassSet,
    /// Classes known to be subclasses, and known not to be.
    pub(super) cache: ClassSet,
    pub(super) negative: ClassSet,
    /// The token at which the negative answers were given.
    pub(super) version: Cell<u64>,
}

impl AbcData {
    pub(super) fn new(version: u64) -> AbcData {
        AbcData {
            registry: ClassSet::default(),
            cache: ClassSet::default(),
            negative: ClassSet::default(),
            version: Cell::new(version),
        }
    }
}

impl Class for AbcData {
    const NAME: &'static str = "_abc._abc_data";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.doc("Internal state held by ABC machinery.")
            .new_with("_abc_data()", |py: Py, class: &Type| {
                Instance::new_in(py, class, AbcData::new(0))
            });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.registry.trace(visitor);
        self.cache.trace(visitor);
        self.negative.trace(visitor);
    }

    fn clear(&self) {
        self.registry.clear();
        self.cache.clear();
        self.negative.clear();
    }
}
