//! Iterators that let through some items of another, or map them: `compress`,
//! `dropwhile`, `takewhile`, `filterfalse`, `starmap`.

use std::cell::Cell;

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::singletons::BOOL;
use krait_object::{Layout, Object, Owned, Py, PyResult, Tuple, Type, Value, class_cell, protocol};
use smallvec::SmallVec;

/// Items whose selector is true.
pub struct Compress {
    data: Owned,
    selectors: Owned,
}

impl Class for Compress {
    const NAME: &'static str = "itertools.compress";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        super::iterator!(b, Compress, |py: Py, this: &Instance<Compress>| loop {
            let Some(item) = protocol::next_object(py, &this.data)? else { return Ok(None) };
            let Some(selector) = protocol::next(py, &this.selectors)? else { return Ok(None) };
            if protocol::truth(py, &selector)? {
                return Ok(Some(item));
            }
        })
        .subclassable()
        .doc("Return data elements corresponding to true selector elements.\n\nForms a shorter iterator from selected data elements using the selectors to\nchoose the data elements.")
        .new_with("compress(data, selectors)", |py: Py, class: &Type, data: &Value, selectors: &Value| {
            let body = Compress { data: protocol::iter(py, data)?, selectors: protocol::iter(py, selectors)? };
            Instance::new_in(py, class, body)
        });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.data);
        visitor.field(&self.selectors);
    }
}

/// A function and the iterator whose items it is asked about.
pub struct Tested {
    function: Value,
    source: Owned,
    /// The function is not to be asked any more.
    done: Cell<bool>,
}

impl Tested {
    fn new(py: Py, function: &Value, iterable: &Value) -> PyResult<Tested> {
        let source = protocol::iter(py, iterable)?;
        Ok(Tested {
            function: function.clone(),
            source,
            done: Cell::new(false),
        })
    }

    fn ask(&self, py: Py, item: &Object) -> PyResult<bool> {
        let answer = protocol::call(py, &self.function, &[Value::unboxed(item)])?;
        protocol::truth(py, &answer)
    }

    fn trace(&self, visitor: &mut Visitor) {
        visitor.field(&self.function);
        visitor.field(&self.source);
    }
}

macro_rules! tested {
    ($T:ident, $name:literal, $text:literal, $doc:literal, $next:expr) => {
        #[doc = $doc]
        pub struct $T(Tested);

        impl Class for $T {
            const NAME: &'static str = $name;
            const GC: bool = true;
            class_cell!();

            fn define(b: &mut TypeBuilder<Instance<Self>>) {
                super::iterator!(b, $T, |py: Py, this: &Instance<$T>| {
                    let step: fn(Py, &Tested) -> PyResult<Option<Owned>> = $next;
                    step(py, &this.0)
                })
                .subclassable()
                .doc($doc)
                .new_with(
                    $text,
                    |py: Py, class: &Type, function: &Value, iterable: &Value| {
                        Instance::new_in(py, class, $T(Tested::new(py, function, iterable)?))
                    },
                );
            }

            fn traverse(&self, visitor: &mut Visitor) {
                self.0.trace(visitor);
            }
        }
    };
}

tested! {
    DropWhile, "itertools.dropwhile", "dropwhile(predicate, iterable, /)",
    "Drop items from the iterable while predicate(item) is true.\n\nAfterwards, return every element until the iterable is exhausted.",
    |py, this| {
        while let Some(item) = protocol::next_object(py, &this.source)? {
            if this.done.get() {
                return Ok(Some(item));
            }
            if !this.ask(py, &item)? {
                this.done.set(true);
                return Ok(Some(item));
            }
        }
        Ok(None)
    }
}

tested! {
    TakeWhile, "itertools.takewhile", "takewhile(predicate, iterable, /)",
    "Return successive entries from an iterable as long as the predicate evaluates to true for each entry.",
    |py, this| {
        if this.done.get() {
            return Ok(None);
        }
        let Some(item) = protocol::next_object(py, &this.source)? else { return Ok(None) };
        if this.ask(py, &item)? {
            return Ok(Some(item));
        }
        this.done.set(true);
        Ok(None)
    }
}

tested! {
    FilterFalse, "itertools.filterfalse", "filterfalse(function, iterable, /)",
    "Return those items of iterable for which function(item) is false.\n\nIf function is None, return the items that are false.",
    |py, this| {
        let plain = this.function.is_none() || this.function.is_object(BOOL.as_object());
        while let Some(item) = protocol::next_object(py, &this.source)? {
            let passes = if plain {
                protocol::truth(py, &Value::unboxed(&item))?
            } else {
                this.ask(py, &item)?
            };
            if !passes {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }
}

tested! {
    StarMap, "itertools.starmap", "starmap(function, iterable, /)",
    "Return an iterator whose values are returned from the function evaluated with an argument tuple taken from the given sequence.",
    |py, this| {
        let Some(item) = protocol::next(py, &this.source)? else { return Ok(None) };
        if let Some(tuple) = item.downcast_exact::<Tuple>() {
            let arguments: SmallVec<[Value; 8]> = tuple.iter().map(Value::unboxed).collect();
            return protocol::call(py, &this.function, &arguments)
                .map(|result| Some(result.into_object()));
        }
        let arguments = protocol::iter::collect(py, &item)?;
        protocol::call(py, &this.function, &arguments).map(|result| Some(result.into_object()))
    }
}
