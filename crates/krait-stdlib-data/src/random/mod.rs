//! `_random`: the generator behind `random`, Mersenne Twister as CPython seeds and reads it.

use std::cell::RefCell;

use krait_object::native::module::NativeModule;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::protocol::{self, number};
use krait_object::types::int::methods::{signed, to_value};
use krait_object::{
    Int, ModuleBuilder, Owned, Py, PyResult, Str, Tuple, Type, Value, class_cell, errors, raise,
};

mod twister;

use twister::{Twister, WORDS};

pub const MODULE: NativeModule = NativeModule {
    name: "_random",
    init,
};

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value(
        "__doc__",
        Value::from(Str::new(
            "Module implements the Mersenne Twister random number generator.",
        )),
    )?;
    m.class::<Random>()?;
    Ok(())
}

/// A random number generator.
pub struct Random {
    state: RefCell<Twister>,
}

type This = Instance<Random>;

/// The digits of a seed: of the absolute value of an int, or of another object's hash.
fn key_of(py: Py, seed: &Value) -> PyResult<Vec<u32>> {
    let value = match (seed.as_small_int(), seed.downcast::<Int>()) {
        (Some(i), _) => krait_int::from_i64(i),
        (None, Some(int)) => signed(int).to_owned(),
        (None, None) => krait_int::from_u64(protocol::hash(py, seed)? as u64),
    };
    let bits = krait_int::bit_length(&value.digits);
    let words = bits.div_ceil(32).max(1) as usize;
    let mut key = vec![0u32; words];
    // Digits of 30 bits become words of 32.
    for (i, &digit) in value.digits.iter().enumerate() {
        let at = i * 30;
        let wide = u64::from(digit) << (at % 32);
        key[at / 32] |= wide as u32;
        if let Some(next) = key.get_mut(at / 32 + 1) {
            *next |= (wide >> 32) as u32;
        }
    }
    Ok(key)
}

fn seeded(py: Py, seed: Option<&Value>) -> PyResult<Twister> {
    if let Some(seed) = seed.filter(|s| !s.is_none()) {
        return Ok(Twister::from_key(&key_of(py, seed)?));
    }
    let mut bytes = [0u8; 4 * WORDS];
    if let Err(error) = krait_sys::system::random_bytes(&mut bytes) {
        return errors::os_error(py, error.0, None, None);
    }
    let key: Vec<u32> = bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|b| u32::from_le_bytes(*b))
        .collect();
    Ok(Twister::from_key(&key))
}

fn getrandbits(py: Py, this: &This, k: &Value) -> PyResult {
    let wide = number::index_to_i128(py, k)?;
    let bits = match wide {
        Some(k) if k < 0 => return raise!(py, ValueError, "Cannot convert negative int"),
        Some(k) => u64::try_from(k).ok(),
        None if k.downcast::<Int>().is_some_and(|k| k.is_negative()) => {
            return raise!(py, ValueError, "Cannot convert negative int");
        }
        None => None,
    };
    let Some(bits) = bits else {
        return raise!(py, OverflowError, "Python int too large for C uint64_t");
    };
    let mut state = this.state.borrow_mut();
    if bits <= 32 {
        return Ok(Value::int(if bits == 0 {
            0
        } else {
            i64::from(state.next() >> (32 - bits))
        }));
    }
    let mut bytes = Vec::new();
    let count = usize::try_from(bits.div_ceil(32)).unwrap_or(usize::MAX);
    if count > isize::MAX as usize / 8 || bytes.try_reserve_exact(4 * count).is_err() {
        return errors::no_memory();
    }
    let mut left = bits;
    while left > 0 {
        let word = state.next() >> (32 - left.min(32));
        bytes.extend_from_slice(&word.to_le_bytes());
        left -= left.min(32);
    }
    Ok(to_value(krait_int::from_bytes(
        &bytes,
        krait_int::ByteOrder::Little,
        false,
    )))
}

fn getstate(_py: Py, this: &This) -> Owned<Tuple> {
    let state = this.state.borrow();
    let words = state.words.iter().map(|&w| i64::from(w));
    let all: Vec<Value> = words.chain([state.index as i64]).map(Value::int).collect();
    Tuple::from_values(all)
}

fn setstate(py: Py, this: &This, state: &Value) -> PyResult<()> {
    let Some(state) = state.downcast::<Tuple>() else {
        return raise!(py, TypeError, "state vector must be a tuple");
    };
    if state.len() != WORDS + 1 {
        return raise!(py, ValueError, "state vector is the wrong size");
    }
    let mut words = [0u32; WORDS];
    let mut index = 0;
    for (i, value) in state.as_values().iter().enumerate() {
        let Some(int) = value.downcast::<Int>() else {
            return raise!(py, TypeError, "an integer is required");
        };
        let number = int.to_i128().and_then(|n| u64::try_from(n).ok());
        match (number.and_then(|n| u32::try_from(n).ok()), words.get_mut(i)) {
            (Some(word), Some(place)) => *place = word,
            (Some(last), None) if last as usize <= WORDS => index = last as usize,
            _ => return raise!(py, ValueError, "invalid state"),
        }
    }
    this.state.replace(Twister {
        words: Box::new(words),
        index,
    });
    Ok(())
}

fn new(py: Py, class: &Type, seed: Option<&Value>) -> PyResult<Owned<This>> {
    Instance::new_in(
        py,
        class,
        Random {
            state: RefCell::new(seeded(py, seed)?),
        },
    )
}

impl Class for Random {
    const NAME: &'static str = "_random.Random";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.mutable()
            .subclassable()
            .doc("Random() -> create a random number generator with its own internal state.")
            .new_with("Random(seed=None, /)", new)
            .init(
                "__init__(seed=None, /)",
                |_py: Py, _this: &This, _seed: Option<&Value>| {},
            )
            .method_doc(
                "random($self, /)",
                "random() -> x in the interval [0, 1).",
                |_py: Py, this: &This| this.state.borrow_mut().next_f64(),
            )
            .method(
                "seed($self, n=None, /)",
                |py: Py, this: &This, n: Option<&Value>| {
                    seeded(py, n).map(|state| drop(this.state.replace(state)))
                },
            )
            .method_doc(
                "getstate($self, /)",
                "getstate() -> tuple containing the current state.",
                getstate,
            )
            .method_doc(
                "setstate($self, state, /)",
                "setstate(state) -> None.  Restores generator state.",
                setstate,
            )
            .method_doc(
                "getrandbits($self, k, /)",
                "getrandbits(k) -> x.  Generates an int with k random bits.",
                getrandbits,
            );
    }
}
