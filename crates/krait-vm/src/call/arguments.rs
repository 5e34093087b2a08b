//! Where the arguments of a call are: what binding needs to know of them.

use krait_object::object::{Layout, Object, Owned};
use krait_object::py::{Py, PyResult};
use krait_object::raise;
use krait_object::types::dict::Dict;
use krait_object::types::str::Str;
use krait_object::types::tuple::Tuple;
use krait_object::value::Value;

use crate::function::Function;

/// The arguments of a call: each is taken at most once.
pub trait Arguments {
    /// How many have no names.
    fn positional(&self) -> usize;

    /// One of those without names.
    fn take(&mut self, index: usize) -> Value;

    /// How many have names.
    fn named(&self) -> usize;

    /// Gives those with names to `put` in turn, until it gives one back: then this is its
    /// name.
    fn each_named(
        &mut self,
        py: Py,
        function: &Function,
        put: impl FnMut(&Str, Value) -> PyResult<Option<Value>>,
    ) -> PyResult<Option<Owned<Str>>>;

    /// All names.
    fn names(&self) -> Owned<Tuple>;

    /// Those without names from an index on.
    fn rest(&mut self, from: usize) -> Owned<Tuple>;

    /// Those with names as a dict that is nobody else's, where they are in a dict already.
    fn whole(&mut self) -> Option<Owned<Dict>> {
        None
    }
}

/// Gives each name of a tuple with its value to `put`.
#[inline]
fn each_of(
    py: Py,
    function: &Function,
    names: Option<&Tuple>,
    mut value: impl FnMut(usize) -> Value,
    mut put: impl FnMut(&Str, Value) -> PyResult<Option<Value>>,
) -> PyResult<Option<Owned<Str>>> {
    let Some(names) = names else {
        return Ok(None);
    };
    for i in 0..names.len() {
        let Some(name) = names.get_str(i) else {
            return raise!(
                py,
                TypeError,
                "{}() keywords must be strings",
                function.qualname()
            );
        };
        if put(name, value(i))?.is_some() {
            return Ok(Some(name.to_owned_str()));
        }
    }
    Ok(None)
}

fn names_or_none(names: Option<&Tuple>) -> Owned<Tuple> {
    names.map_or_else(Tuple::empty, |names| names.to_owned())
}

/// Values that stay the caller's: first those without names.
pub struct Lent<'a> {
    pub values: &'a [Value],
    pub names: Option<&'a Tuple>,
}

impl Arguments for Lent<'_> {
    #[inline(always)]
    fn positional(&self) -> usize {
        self.values.len() - self.named()
    }

    #[inline(always)]
    fn take(&mut self, index: usize) -> Value {
        self.values[index].clone()
    }

    #[inline(always)]
    fn named(&self) -> usize {
        self.names.map_or(0, |names| names.len())
    }

    #[inline]
    fn each_named(
        &mut self,
        py: Py,
        function: &Function,
        put: impl FnMut(&Str, Value) -> PyResult<Option<Value>>,
    ) -> PyResult<Option<Owned<Str>>> {
        let values = &self.values[self.positional()..];
        each_of(py, function, self.names, |i| values[i].clone(), put)
    }

    fn names(&self) -> Owned<Tuple> {
        names_or_none(self.names)
    }

    #[inline]
    fn rest(&mut self, from: usize) -> Owned<Tuple> {
        let values = &self.values[from..self.positional()];
        Tuple::build(values.len(), |i| values[i].clone())
    }
}

/// A call's registers, which are emptied, and a receiver before them.
pub struct Moved<'a> {
    receiver: Option<Value>,
    first: *mut u64,
    count: usize,
    names: Option<&'a Tuple>,
}

impl Moved<'_> {
    /// # Safety
    /// The registers are the call's; the references in them pass to the result.
    pub unsafe fn new(
        receiver: Option<Value>,
        first: *mut u64,
        count: usize,
        names: Option<&Tuple>,
    ) -> Moved<'_> {
        Moved {
            receiver,
            first,
            count,
            names,
        }
    }

    #[inline(always)]
    fn take_register(&self, index: usize) -> Value {
        debug_assert!(index < self.count);
        // SAFETY: the register is one of the call's, and is emptied.
        unsafe { Value::from_word(std::mem::replace(&mut *self.first.add(index), 0)) }
    }
}

impl Arguments for Moved<'_> {
    #[inline(always)]
    fn positional(&self) -> usize {
        self.count + usize::from(self.receiver.is_some()) - self.named()
    }

    #[inline(always)]
    fn take(&mut self, index: usize) -> Value {
        match &self.receiver {
            Some(receiver) if index == 0 => receiver.clone(),
            Some(_) => self.take_register(index - 1),
            None => self.take_register(index),
        }
    }

    #[inline(always)]
    fn named(&self) -> usize {
        self.names.map_or(0, |names| names.len())
    }

    #[inline]
    fn each_named(
        &mut self,
        py: Py,
        function: &Function,
        put: impl FnMut(&Str, Value) -> PyResult<Option<Value>>,
    ) -> PyResult<Option<Owned<Str>>> {
        let first = self.count - self.named();
        each_of(
            py,
            function,
            self.names,
            |i| self.take_register(first + i),
            put,
        )
    }

    fn names(&self) -> Owned<Tuple> {
        names_or_none(self.names)
    }

    #[inline]
    fn rest(&mut self, from: usize) -> Owned<Tuple> {
        let count = self.positional() - from;
        Tuple::build(count, |i| self.take(from + i))
    }
}

/// `*args` and `**kwargs`, with a receiver before them.
pub struct Packed {
    pub receiver: Option<Value>,
    pub args: Owned<Tuple>,
    /// Its keys are strings.
    pub kwargs: Option<Owned<Dict>>,
}

impl Packed {
    #[inline(always)]
    fn extra(&self) -> usize {
        usize::from(self.receiver.is_some())
    }
}

impl Arguments for Packed {
    #[inline(always)]
    fn positional(&self) -> usize {
        self.args.len() + self.extra()
    }

    #[inline(always)]
    fn take(&mut self, index: usize) -> Value {
        match &self.receiver {
            Some(receiver) if index == 0 => receiver.clone(),
            _ => item(&self.args, index - self.extra()),
        }
    }

    #[inline(always)]
    fn named(&self) -> usize {
        self.kwargs.as_ref().map_or(0, |kwargs| kwargs.len())
    }

    fn each_named(
        &mut self,
        _py: Py,
        _function: &Function,
        mut put: impl FnMut(&Str, Value) -> PyResult<Option<Value>>,
    ) -> PyResult<Option<Owned<Str>>> {
        let Some(kwargs) = &self.kwargs else {
            return Ok(None);
        };
        let mut at = 0;
        while let Some((key, value)) = kwargs.iter_step(&mut at) {
            if let Some(name) = key.downcast::<Str>()
                && put(name, value)?.is_some()
            {
                return Ok(Some(name.to_owned_str()));
            }
        }
        Ok(None)
    }

    fn names(&self) -> Owned<Tuple> {
        match &self.kwargs {
            Some(kwargs) => Tuple::from_values(kwargs.keys_vec()),
            None => Tuple::empty(),
        }
    }

    #[inline]
    fn rest(&mut self, from: usize) -> Owned<Tuple> {
        let first = from.saturating_sub(self.extra());
        if from >= self.extra() && first == 0 && is_sole(self.args.as_object()) {
            return self.args.clone();
        }
        let count = self.positional() - from;
        Tuple::build(count, |i| self.take(from + i))
    }

    fn whole(&mut self) -> Option<Owned<Dict>> {
        let kwargs = self.kwargs.as_ref()?;
        if is_sole(kwargs.as_object()) {
            return self.kwargs.take();
        }
        Some(kwargs.copy())
    }
}

/// Whether nobody else has a reference.
fn is_sole(object: &Object) -> bool {
    object.refcount() == 1
}

#[inline(always)]
fn item(tuple: &Tuple, index: usize) -> Value {
    tuple.get(index).unwrap_or_else(Value::none)
}
