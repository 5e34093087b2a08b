//! `_ctypes._CData`: an instance of a C type, which is a view of memory.
//!
//! What always holds: `address` is that of `size` bytes, which belong to the instance, to
//! its `base`, or to whoever the program took the address from.

use std::cell::{Cell, OnceCell, RefCell};

use krait_ffi::lend::{self, Lends, Memory};
use krait_ffi::{Block, memory};
use krait_object::gc::Visitor;
use krait_object::native::TypeBuilder;
use krait_object::{
    Bytes, Class, Dict, Instance, Layout, Object, Owned, Py, PyResult, Tuple, Type, Value,
    class_cell, errors, hooks, intern, protocol, raise,
};

use crate::codes::{self, Bits, Code};
use crate::function::Function;
use crate::storage::{self, Role, Storage};
use crate::{keep, types};

/// An instance of a C type.
pub struct CData {
    pub address: Cell<usize>,
    pub size: Cell<usize>,
    /// Of the type, when the instance was made: whether it has a dict of kept objects.
    pub length: Cell<usize>,
    /// The place in `base`.
    pub index: usize,
    /// `_b_needsfree_`
    pub is_owner: bool,
    /// Where `address` is, for an owner of more than fits into `small`.
    block: RefCell<Option<Block>>,
    small: Cell<[u64; 2]>,
    pub base: RefCell<Option<Owned<This>>>,
    /// `_objects`
    pub objects: RefCell<Option<Value>>,
    /// What a function pointer has beside.
    pub function: OnceCell<Box<Function>>,
}

pub type This = Instance<CData>;

impl Class for CData {
    const NAME: &'static str = "_ctypes._CData";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.subclassable()
            .no_constructor()
            .doc("XXX to be provided")
            .hash(|py, _this: &This| raise!(py, TypeError, "unhashable type"))
            .method("__ctypes_from_outparam__($self, /)", |_py, this: &This| {
                this.to_owned()
            })
            .method("__setstate__($self, dict, data, /)", set_state)
            .method("__reduce__($self, /)", reduce)
            .field("_b_base_", |_py, this: &This| this.base.borrow().clone())
            .field("_b_needsfree_", |_py, this: &This| i64::from(this.is_owner))
            .field("_objects", |_py, this: &This| this.objects.borrow().clone());
        lend::lend::<CData>(b);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.base);
        visitor.field(&self.objects);
        if let Some(function) = self.function.get() {
            function.traverse(visitor);
        }
    }

    fn clear(&self) {
        drop(self.objects.take());
        if let Some(function) = self.function.get() {
            function.clear();
        }
    }
}

impl Lends for CData {
    fn memory(this: &This, py: Py) -> PyResult<Memory<'_>> {
        let storage = storage::required(py, this.as_object().ty())?;
        // What arrays of arrays are made of in the end.
        let mut item_size = storage.size.get();
        let mut item = match storage.role {
            Role::Array => Some(storage.item_class(py)?),
            _ => None,
        };
        while let Some(class) = item {
            let storage = storage::required(py, &class)?;
            item_size = storage.size.get();
            item = match storage.role {
                Role::Array => Some(storage.item_class(py)?),
                _ => None,
            };
        }
        Ok(Memory {
            address: this.address.get(),
            len: this.size.get(),
            item_size,
            format: storage.format(),
            shape: &storage.shape,
        })
    }
}

/// Whose memory a new instance gets.
enum Source<'a> {
    /// Its own, zeroed.
    Own,
    /// Its own, copied from an address.
    Copy(usize),
    /// A part of another instance.
    Part(&'a This, usize, usize),
    /// Anybody's.
    Address(usize),
}

fn make(py: Py, class: &Type, source: Source<'_>) -> PyResult<Owned<This>> {
    let storage = storage::required(py, class)?;
    storage.is_final.set(true);
    let size = storage.size.get();
    let is_owner = matches!(source, Source::Own | Source::Copy(_));
    let (address, base, index) = match source {
        Source::Own | Source::Copy(_) => (0, None, 0),
        Source::Part(base, index, address) => (address, Some(base.to_owned()), index),
        Source::Address(address) => (address, None, 0),
    };
    let block = if is_owner && !fits(size, storage.align.get()) {
        let Some(block) = Block::new(size) else {
            return errors::no_memory();
        };
        Some(block)
    } else {
        None
    };
    let this = This::new_in(
        py,
        class,
        CData {
            address: Cell::new(address),
            size: Cell::new(size),
            length: Cell::new(storage.length.get()),
            index,
            is_owner,
            block: RefCell::new(block),
            small: Cell::default(),
            base: RefCell::new(base),
            objects: RefCell::default(),
            function: OnceCell::new(),
        },
    )?;
    if is_owner {
        let own = match this.block.borrow().as_ref() {
            Some(block) => block.address(),
            None => this.small.as_ptr().expose_provenance(),
        };
        this.address.set(own);
    }
    if let Source::Copy(from) = source {
        memory::copy(from, this.address.get(), size);
    }
    Ok(this)
}

/// Whether memory of the size and alignment fits into an instance.
fn fits(size: usize, align: usize) -> bool {
    size <= size_of::<[u64; 2]>() && align <= 8
}

/// A new instance with memory of its own.
pub fn create(py: Py, class: &Type) -> PyResult<Owned<This>> {
    make(py, class, Source::Own)
}

/// A view of memory that belongs to somebody else.
pub fn at_address(py: Py, class: &Type, address: usize) -> PyResult<Owned<This>> {
    make(py, class, Source::Address(address))
}

/// A view of a part of another instance's memory, or of what that points to.
pub fn part(
    py: Py,
    class: &Type,
    base: &This,
    index: usize,
    address: usize,
) -> PyResult<Owned<This>> {
    make(py, class, Source::Part(base, index, address))
}

/// A new instance with a copy of what is at the address.
pub fn copied(py: Py, class: &Type, address: usize) -> PyResult<Owned<This>> {
    make(py, class, Source::Copy(address))
}

impl CData {
    /// The pointer that is in the memory.
    pub fn pointer(&self) -> usize {
        usize::from_ne_bytes(memory::read(self.address.get()))
    }

    pub fn set_pointer(&self, target: usize) {
        memory::write(self.address.get(), &target.to_ne_bytes());
    }

    /// A copy of the bytes.
    pub fn bytes(&self) -> Vec<u8> {
        memory::to_vec(self.address.get(), self.size.get())
    }

    /// Gives an owner more memory; what is in it stays.
    pub fn resize(&self, size: usize, align: usize) -> PyResult<()> {
        let in_small = self.block.borrow().is_none();
        if in_small && fits(size, align)
            || self
                .block
                .borrow()
                .as_ref()
                .is_some_and(|b| size <= b.len())
        {
            self.size.set(size);
            return Ok(());
        }
        let Some(block) = Block::new(size) else {
            return errors::no_memory();
        };
        memory::copy(self.address.get(), block.address(), self.size.get());
        self.address.set(block.address());
        self.size.set(size);
        self.block.replace(Some(block));
        Ok(())
    }
}

/// The instance's storage.
pub fn storage_of(py: Py, this: &This) -> PyResult<&Storage> {
    storage::required(py, this.as_object().ty())
}

/// A value of a type: where in which instance it lies, and how much memory it has.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub owner: &'a This,
    pub index: usize,
    pub address: usize,
    pub size: usize,
    pub bits: Option<Bits>,
}

/// The Python value of a part of an instance: basic types as Python's own objects, others
/// as instances that share the memory. `code` overrides the type's.
pub fn get(py: Py, class: &Type, code: Option<Code>, place: Place<'_>) -> PyResult {
    let code = code.or_else(|| {
        let code = storage::of(class)?.code.get()?;
        (!types::is_own_simple(class)).then_some(code)
    });
    match code {
        Some(code) => codes::get(py, code, place.address, place.size, place.bits),
        None => part(py, class, place.owner, place.index, place.address).map(Value::from),
    }
}

/// Sets a part of an instance, which then keeps alive what the new value refers to.
pub fn set(
    py: Py,
    class: &Type,
    code: Option<Code>,
    value: &Value,
    place: Place<'_>,
) -> PyResult<()> {
    let kept = store(py, class, code, value, place)?;
    keep::keep(py, place.owner, place.index, kept)
}

fn store(py: Py, class: &Type, code: Option<Code>, value: &Value, place: Place<'_>) -> PyResult {
    if let Some(code) = code {
        return codes::set(py, code, place.address, value, place.size, place.bits);
    }
    let Some(source) = value.downcast::<This>() else {
        return store_other(py, class, value, place);
    };
    if protocol::is_instance(py, value, class.as_object())? {
        memory::copy(source.address.get(), place.address, place.size);
        return Ok(keep::kept_objects(py, source));
    }
    let own = source.as_object().ty();
    let is_pointer = types::is_made_by(class, &types::META_POINTER);
    if !is_pointer || !own.is_subtype_of(&types::ARRAY) {
        return incompatible(py, class, value);
    }
    let (theirs, ours) = (storage::required(py, own)?, storage::required(py, class)?);
    if !theirs.item_class(py)?.is(&*ours.item_class(py)?) {
        return incompatible(py, class, value);
    }
    memory::write(place.address, &source.address.get().to_ne_bytes());
    // A pointer keeps the array, and what that keeps.
    let kept = [keep::kept_objects(py, source), value.clone()];
    Ok(Value::from(Tuple::from_values(kept)))
}

/// Values that are no C instances.
fn store_other(py: Py, class: &Type, value: &Value, place: Place<'_>) -> PyResult {
    if let Some(code) = storage::of(class).and_then(|s| s.code.get()) {
        return codes::set(py, code, place.address, value, place.size, place.bits);
    }
    if let Some(arguments) = value.downcast::<Tuple>() {
        let class_value = storage::class_value(class);
        return match protocol::call(py, &class_value, arguments_of(arguments).as_slice()) {
            Ok(made) => store(py, class, None, &made, place),
            Err(_) => Err(extend_error(
                py,
                &krait_object::exceptions::RuntimeError,
                &format!("({}) ", class.name()),
            )),
        };
    }
    if value.is_none() && types::is_made_by(class, &types::META_POINTER) {
        memory::write(place.address, &0usize.to_ne_bytes());
        return Ok(Value::none());
    }
    raise!(
        py,
        TypeError,
        "expected {} instance, got {}",
        class.name(),
        value.ty().name()
    )
}

/// A tuple's items as arguments.
pub fn arguments_of(tuple: &Tuple) -> Vec<Value> {
    (0..tuple.len()).filter_map(|i| tuple.get(i)).collect()
}

fn incompatible<T>(py: Py, class: &Type, value: &Value) -> PyResult<T> {
    raise!(
        py,
        TypeError,
        "incompatible types, {} instance instead of {} instance",
        value.ty().name(),
        class.name()
    )
}

/// Replaces the exception that is set by one of another class, whose text begins with the
/// prefix and goes on with the old one's class and text.
pub fn extend_error(py: Py, class: &Type, prefix: &str) -> krait_object::Raised {
    let Some(old) = py.thread().take_exception() else {
        return errors::raise_text(py, class, format_args!("{prefix}"));
    };
    let name = old.ty().short_name().to_string();
    let text = match protocol::str(py, &Value::from(old)) {
        Ok(text) => text.to_rust().into_owned(),
        Err(_) => {
            drop(py.thread().take_exception());
            "???".to_string()
        }
    };
    errors::raise_text(py, class, format_args!("{prefix}{name}: {text}"))
}

fn reduce(py: Py, this: &This) -> PyResult {
    if storage_of(py, this)?.has_pointer.get() {
        return raise!(
            py,
            ValueError,
            "ctypes objects containing pointers cannot be pickled"
        );
    }
    let dict = protocol::attr::get_attr_object(py, this.as_object(), intern!("__dict__"))?;
    let module = hooks::import_module(py, "_ctypes")?;
    let unpickle = protocol::get_attr(py, &module, intern!("_unpickle"))?;
    let state = Tuple::from_values([dict, Value::from(Bytes::new(&this.bytes()))]);
    let class = storage::class_value(this.as_object().ty());
    let arguments = Tuple::from_values([class, Value::from(state)]);
    Ok(Value::from(Tuple::from_values([
        unpickle,
        Value::from(arguments),
    ])))
}

fn set_state(py: Py, this: &This, dict: &Dict, data: &Value) -> PyResult<()> {
    let bytes = match data.downcast::<krait_object::Str>() {
        Some(text) => text.to_utf8(py)?.as_bytes().to_vec(),
        None => {
            let buffer = krait_object::types::buffer::Buffer::new(py, data)?;
            buffer.as_slice().to_vec()
        }
    };
    let len = bytes.len().min(this.size.get());
    memory::write(this.address.get(), &bytes[..len]);
    let own = protocol::attr::get_attr_object(py, this.as_object(), intern!("__dict__"))?;
    match own.downcast::<Dict>() {
        Some(own) => own.update(py, &Value::from(dict.to_owned())),
        None => raise!(
            py,
            TypeError,
            "{}.__dict__ must be a dictionary, not {}",
            this.as_object().ty().name(),
            own.ty().name()
        ),
    }
}

/// The instance, where the object is one.
pub fn expect(py: Py, object: &Object) -> PyResult<&This> {
    match object.downcast::<This>() {
        Some(this) => Ok(this),
        None => raise!(py, TypeError, "not a ctype instance"),
    }
}
