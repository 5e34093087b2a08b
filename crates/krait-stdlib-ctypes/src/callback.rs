//! C functions made from Python's: `CThunkObject`, which a function pointer keeps.

use std::cell::RefCell;
use std::rc::Rc;

use krait_ffi::{Closure, Kind, Scalar, memory};
use krait_object::gc::Visitor;
use krait_object::native::TypeBuilder;
use krait_object::{
    Class, Instance, Layout, Owned, Py, PyResult, Tuple, Type, Value, class_cell, errors,
    exceptions, protocol, raise,
};

use crate::data::{self, This};
use crate::storage::{self, flag};
use crate::{codes, types};

/// What is called, and with what.
struct Callee {
    callable: RefCell<Option<Value>>,
    /// The types of the arguments.
    classes: RefCell<Vec<Owned<Type>>>,
    /// The type of the result; nothing is given back where there is none.
    result: RefCell<Option<Owned<Type>>>,
}

/// The C function, as long as its code may be called.
pub struct Thunk {
    callee: Rc<Callee>,
    closure: Closure,
}

impl Class for Thunk {
    const NAME: &'static str = "_ctypes.CThunkObject";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor().doc("CThunkObject");
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.callee.callable);
        visitor.field(&self.callee.classes);
        visitor.field(&self.callee.result);
    }

    fn clear(&self) {
        drop(self.callee.callable.take());
        drop(self.callee.classes.take());
        drop(self.callee.result.take());
    }
}

impl Thunk {
    /// A C function of some argument types and a result type that calls a Python object.
    pub fn new(
        py: Py,
        callable: &Value,
        argtypes: &Tuple,
        restype: &Value,
        flags: u64,
    ) -> PyResult<Owned<Instance<Thunk>>> {
        let mut classes = Vec::new();
        let mut kinds = Vec::new();
        for argtype in data::arguments_of(argtypes) {
            let class = argtype.downcast::<Type>();
            let Some((class, storage)) = class.and_then(|c| Some((c, storage::of(c)?))) else {
                return raise!(py, TypeError, "cannot build parameter");
            };
            kinds.push(storage.kind.borrow().clone());
            classes.push(class.to_owned());
        }
        let (result, kind) = result_type(py, restype)?;
        let callee = Rc::new(Callee {
            callable: RefCell::new(Some(callable.clone())),
            classes: RefCell::new(classes),
            result: RefCell::new(result),
        });
        let target = callee.clone();
        let closure = Closure::new(
            py,
            kinds,
            kind,
            flags & flag::USE_ERRNO != 0,
            Box::new(move |py, arguments, result| target.run(py, arguments, result)),
        );
        match closure {
            Some(closure) => Ok(Instance::new(py, Thunk { callee, closure })),
            None => raise!(py, RuntimeError, "ffi_prep_cif failed"),
        }
    }

    /// The function's address.
    pub fn address(&self) -> usize {
        self.closure.address()
    }
}

fn result_type(py: Py, restype: &Value) -> PyResult<(Option<Owned<Type>>, Kind)> {
    if restype.is_none() {
        return Ok((None, Kind::basic(Scalar::Void)));
    }
    let class = restype.downcast::<Type>();
    match class.and_then(|c| Some((c, storage::of(c)?))) {
        Some((class, storage)) if storage.code.get().is_some() => {
            Ok((Some(class.to_owned()), storage.kind.borrow().clone()))
        }
        _ => raise!(py, TypeError, "invalid result type for callback function"),
    }
}

impl Callee {
    /// Runs for one call from C. Nobody is there to whom an exception could go.
    fn run(&self, py: Py, addresses: &[usize], place: usize) {
        let result = self.result.borrow().clone();
        if let Some(class) = &result {
            // A result that cannot be had is zero; libffi reads a whole word at least.
            let size = storage::of(class).map_or(8, |s| s.size.get()).max(8);
            memory::write(place, &vec![0; size]);
        }
        let Some(callable) = self.callable.borrow().clone() else {
            return;
        };
        let shown = callable.to_object();
        let made = self
            .arguments(py, addresses)
            .and_then(|values| protocol::call(py, &callable, &values));
        let Ok(value) = made else {
            errors::ignored_while(py, "calling ctypes callback function", &shown);
            return;
        };
        if let Some(class) = result
            && give(py, &class, &value, place, &shown).is_err()
        {
            errors::ignored_while(py, "converting result of ctypes callback function", &shown);
        }
    }

    fn arguments(&self, py: Py, addresses: &[usize]) -> PyResult<Vec<Value>> {
        let classes = self.classes.borrow().clone();
        let mut values = Vec::with_capacity(classes.len());
        for (class, &address) in classes.iter().zip(addresses) {
            let storage = storage::required(py, class)?;
            let code = storage.code.get();
            values.push(match code.filter(|_| !types::is_own_simple(class)) {
                Some(code) => codes::get(py, code, address, storage.size.get(), None)?,
                None => argument_object(py, class, address)?,
            });
        }
        Ok(values)
    }
}

/// An argument that is an instance: one that the class makes, with a copy of the value.
fn argument_object(py: Py, class: &Type, address: usize) -> PyResult {
    let made = protocol::call(py, &storage::class_value(class), &[])?;
    let Some(this) = made.downcast::<This>() else {
        return raise!(py, TypeError, "unexpected result of create argument");
    };
    let size = storage::required(py, class)?.size.get();
    memory::copy(address, this.address.get(), size.min(this.size.get()));
    Ok(made)
}

/// Writes the result to its place.
fn give(
    py: Py,
    class: &Type,
    value: &Value,
    place: usize,
    callable: &krait_object::Object,
) -> PyResult<()> {
    let storage = storage::required(py, class)?;
    let Some(code) = storage.code.get() else {
        return Ok(());
    };
    let kept = codes::set(py, code, place, value, storage.size.get(), None)?;
    widen(code, place);
    if kept.is_none() && code.letter != b'O' {
        return Ok(());
    }
    // What the result refers to has no other owner, and nobody tells when it is not needed
    // any more: it lives for ever. An object is the caller's from here on.
    let kept = kept.into_object();
    std::mem::forget(kept);
    if code.letter != b'O'
        && errors::warn(
            py,
            &exceptions::RuntimeWarning,
            "memory leak in callback function.",
            1,
        )
        .is_err()
    {
        errors::write_unraisable(py, None, Some(callable));
    }
    Ok(())
}

/// libffi takes integers that are smaller than a word as whole words.
fn widen(code: codes::Code, place: usize) {
    let word = match code.letter {
        b'b' | b'c' => i64::from(memory::read::<1>(place)[0] as i8),
        b'h' | b'v' => i64::from(i16::from_ne_bytes(memory::read(place))),
        b'i' => i64::from(i32::from_ne_bytes(memory::read(place))),
        _ => return,
    };
    if !code.swapped {
        memory::write(place, &word.to_ne_bytes());
    }
}
