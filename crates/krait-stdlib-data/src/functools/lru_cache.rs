//! The wrapper behind `functools.lru_cache` and `functools.cache`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, NativeDef, TypeBuilder};
use krait_object::protocol;
use krait_object::types::method;
use krait_object::types::sequence::TupleHash;
use krait_object::value::Unpacked;
use krait_object::{
    Int, Layout, Object, Owned, Py, PyResult, Str, Tuple, Type, Value, class_cell, intern, raise,
};

use super::lru_table::{Found, Key, LruTable};

/// A caching wrapper of a function.
pub struct LruCache {
    function: RefCell<Option<Value>>,
    info_type: RefCell<Option<Value>>,
    /// Most entries; negative for no bound.
    bound: isize,
    typed: bool,
    hits: Cell<u64>,
    misses: Cell<u64>,
    table: RefCell<LruTable>,
}

type This = Instance<LruCache>;

/// Shape of a key that is a lone int or str.
const LONE: u32 = u32::MAX;

/// A call's arguments as they are looked up.
struct Lookup<'a> {
    values: &'a [Value],
    names: Option<&'a Tuple>,
    typed: bool,
    shape: u32,
    hash: i64,
}

impl<'a> Lookup<'a> {
    fn new(py: Py, values: &'a [Value], names: Option<&'a Tuple>, typed: bool) -> PyResult<Self> {
        let names = names.filter(|n| !n.is_empty());
        let positional = values.len() - names.map_or(0, |n| n.len());
        if let ([one], None, false) = (values, names, typed)
            && is_int_or_str(one)
        {
            return Ok(Lookup {
                values,
                names,
                typed,
                shape: LONE,
                hash: protocol::hash(py, one)?,
            });
        }
        let mut hash = TupleHash::start();
        for value in values {
            hash.item(protocol::hash(py, value)?);
        }
        if let Some(names) = names {
            for name in names.iter() {
                hash.item(protocol::compare::hash_object(py, name)?);
            }
        }
        let hash = hash.finish(values.len());
        Ok(Lookup {
            values,
            names,
            typed,
            shape: positional as u32,
            hash,
        })
    }

    /// Values, names and types as they are compared and kept.
    fn parts(&self) -> impl Iterator<Item = Value> {
        let types = self
            .values
            .iter()
            .filter(|_| self.typed)
            .map(|v| Value::from(v.ty().to_owned()));
        let names = self
            .names
            .into_iter()
            .flat_map(|n| n.iter().map(|o| Value::from(o.to_owned())));
        self.values.iter().cloned().chain(names).chain(types)
    }

    fn key(&self) -> Rc<Key> {
        Rc::new(Key {
            values: self.parts().collect(),
            shape: self.shape,
        })
    }

    fn part_count(&self) -> usize {
        self.values.len() * (1 + usize::from(self.typed)) + self.names.map_or(0, |n| n.len())
    }

    /// Whether a key is that of the call; `None` where only Python code can tell.
    fn matches(&self, key: &Key) -> Option<bool> {
        if key.shape != self.shape || key.values.len() != self.part_count() {
            return Some(false);
        }
        let count = self.values.len();
        let mut known = true;
        for (a, b) in self.values.iter().zip(&key.values) {
            match same(a, b) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => known = false,
            }
        }
        let names = self.names.map_or(&[][..], |n| n.as_values());
        for (a, b) in names.iter().zip(&key.values[count..]) {
            match same(a, b) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => known = false,
            }
        }
        if self.typed {
            let types = &key.values[count + names.len()..];
            if !self
                .values
                .iter()
                .zip(types)
                .all(|(v, t)| t.is_object(v.ty().as_object()))
            {
                return Some(false);
            }
        }
        known.then_some(true)
    }

    fn matches_slowly(&self, py: Py, key: &Key) -> PyResult<bool> {
        for (a, b) in self.parts().zip(&key.values) {
            if !protocol::equal(py, &a, b)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn is_int_or_str(value: &Value) -> bool {
    match value.unpack() {
        Unpacked::Int(_) => true,
        Unpacked::Float(_) => false,
        Unpacked::Object(o) => o.is_exact::<Str>() || o.is_exact::<Int>(),
    }
}

/// Equality of keys as far as it takes no Python code.
#[inline(always)]
fn same(a: &Value, b: &Value) -> Option<bool> {
    if a.word() == b.word() {
        return Some(true);
    }
    match (a.unpack(), b.unpack()) {
        (Unpacked::Int(x), Unpacked::Int(y)) => Some(x == y),
        (Unpacked::Float(x), Unpacked::Float(y)) => Some(x == y),
        (Unpacked::Object(x), Unpacked::Object(y)) => {
            let (x, y) = (x.downcast_exact::<Str>()?, y.downcast_exact::<Str>()?);
            Some(x.eq(y))
        }
        _ => None,
    }
}

impl LruCache {
    /// The entry of the call.
    fn find(&self, py: Py, lookup: &Lookup<'_>) -> PyResult<Option<u32>> {
        let mut skip = 0;
        loop {
            let (found, version) = {
                let table = self.table.borrow();
                (
                    table.find(lookup.hash, skip, |key| lookup.matches(key)),
                    table.version,
                )
            };
            match found {
                Found::At(number) => return Ok(Some(number)),
                Found::Missing => return Ok(None),
                Found::Unknown(number, key) => {
                    let equal = lookup.matches_slowly(py, &key)?;
                    let changed = self.table.borrow().version != version;
                    match (equal, changed) {
                        (true, false) => return Ok(Some(number)),
                        (false, false) => skip += 1,
                        (_, true) => skip = 0,
                    }
                }
            }
        }
    }

    fn lookup(
        &self,
        py: Py,
        function: &Value,
        values: &[Value],
        names: Option<&Tuple>,
    ) -> PyResult {
        let lookup = Lookup::new(py, values, names, self.typed)?;
        let ordered = self.bound >= 0;
        if let Some(number) = self.find(py, &lookup)? {
            let result = self.table.borrow_mut().hit(number, ordered);
            if let Some(result) = result {
                self.hits.set(self.hits.get() + 1);
                return Ok(result);
            }
        }
        self.misses.set(self.misses.get() + 1);
        let result = protocol::call_with(py, function, values, names)?;
        // The call may have entered the same key, or changed the cache in any way.
        if self.find(py, &lookup)?.is_some() {
            return Ok(result);
        }
        let mut table = self.table.borrow_mut();
        let evicted = match usize::try_from(self.bound) {
            Ok(bound) if table.len() >= bound => table.evict(),
            _ => None,
        };
        table.insert(lookup.hash, lookup.key(), result.clone());
        drop(table);
        drop(evicted);
        Ok(result)
    }
}

fn call(
    py: Py,
    _def: &'static NativeDef,
    this: Option<&Object>,
    values: &[Value],
    names: Option<&Tuple>,
) -> PyResult {
    let Some(this) = this.and_then(|t| t.downcast::<This>()) else {
        return raise!(
            py,
            TypeError,
            "descriptor '__call__' requires a 'functools._lru_cache_wrapper' object"
        );
    };
    let Some(function) = this.function.borrow().clone() else {
        return raise!(py, TypeError, "the wrapped function has been cleared");
    };
    if this.bound == 0 {
        this.misses.set(this.misses.get() + 1);
        return protocol::call_with(py, &function, values, names);
    }
    this.lookup(py, &function, values, names)
}

fn new(
    py: Py,
    class: &Type,
    user_function: &Value,
    maxsize: &Value,
    typed: bool,
    cache_info_type: &Value,
) -> PyResult<Owned<This>> {
    if !protocol::call::is_callable(user_function) {
        return raise!(py, TypeError, "the first argument must be callable");
    }
    let bound = if maxsize.is_none() {
        -1
    } else if protocol::number::is_index(maxsize) {
        protocol::number::to_index(py, maxsize, &krait_object::exceptions::OverflowError)?.max(0)
    } else {
        return raise!(py, TypeError, "maxsize should be integer or None");
    };
    let body = LruCache {
        function: RefCell::new(Some(user_function.clone())),
        info_type: RefCell::new(Some(cache_info_type.clone())),
        bound,
        typed,
        hits: Cell::new(0),
        misses: Cell::new(0),
        table: RefCell::default(),
    };
    Instance::new_in(py, class, body)
}

fn cache_info(py: Py, this: &This) -> PyResult {
    let info_type = this.info_type.borrow().clone().unwrap_or_else(Value::none);
    let bound = if this.bound < 0 {
        Value::none()
    } else {
        Value::int(this.bound as i64)
    };
    let length = this.table.borrow().len();
    let values = [
        Value::int(this.hits.get() as i64),
        Value::int(this.misses.get() as i64),
        bound,
        Value::int(length as i64),
    ];
    protocol::call(py, &info_type, &values)
}

fn cache_clear(_py: Py, this: &This) {
    this.hits.set(0);
    this.misses.set(0);
    clear_table(this);
}

fn clear_table(cache: &LruCache) {
    let mut empty = LruTable::default();
    empty.version = cache.table.borrow().version + 1;
    let old = cache.table.replace(empty);
    drop(old);
}

impl Class for LruCache {
    const NAME: &'static str = "functools._lru_cache_wrapper";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.subclassable()
            .flags(METHOD_DESCRIPTOR)
            .with_dict()
            .with_weakrefs()
            .doc(DOC)
            .new_with(
                "_lru_cache_wrapper(user_function, maxsize, typed, cache_info_type)",
                new,
            )
            .call_flat("__call__($self, /, *args, **kwargs)", call)
            .descr_get(
                |py: Py, this: &This, instance: Option<&Object>, _owner: Option<&Object>| {
                    let own = Value::from(this.to_owned());
                    match instance.filter(|i| !i.is_none()) {
                        Some(instance) => method::bound(py, &own, Value::from(instance.to_owned())),
                        None => own,
                    }
                },
            )
            .method("cache_info($self, /)", cache_info)
            .method("cache_clear($self, /)", cache_clear)
            .method("__reduce__($self, /)", |py: Py, this: &This| {
                protocol::get_attr(py, &Value::from(this.to_owned()), intern!("__qualname__"))
            })
            .method("__copy__($self, /)", |_py: Py, this: &This| this.to_owned())
            .method(
                "__deepcopy__($self, memo, /)",
                |_py: Py, this: &This, _memo: &Value| this.to_owned(),
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.function);
        visitor.field(&self.info_type);
        if let Ok(table) = self.table.try_borrow() {
            table.trace(visitor);
        }
    }

    fn clear(&self) {
        let parts = (self.function.take(), self.info_type.take());
        clear_table(self);
        drop(parts);
    }
}

/// `Py_TPFLAGS_METHOD_DESCRIPTOR`: called as a method without a bound object.
const METHOD_DESCRIPTOR: u64 = 1 << 17;

const DOC: &str = "Create a cached callable that wraps another function.\n\n\
user_function:      the function being cached\n\n\
maxsize:  0         for no caching\n          None      for unlimited cache size\n          \
n         for a bounded cache\n\n\
typed:    False     cache f(3) and f(3.0) as identical calls\n          \
True      cache f(3) and f(3.0) as distinct calls\n\n\
cache_info_type:    namedtuple class with the fields:\n                        \
hits misses currsize maxsize";
