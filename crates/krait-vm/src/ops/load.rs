//! Moves, constants, locals and cells.

use krait_abi::PyObject;
use krait_bytecode::{CommonConst, NO_REG, Word};
use krait_object::exceptions;
use krait_object::object::{Layout, Object};
use krait_object::py::Raised;
use krait_object::singletons;
use krait_object::types::str::Str;
use krait_object::types::tuple::TUPLE;
use krait_object::value::{Value, int_to_word};

use crate::cell::Cell;
use crate::state::{Flow, Saved, State};
use crate::word::{copy_word, is_object, object};

#[inline(always)]
pub fn NOP(_s: &mut State, _w: Word) -> Flow {
    Flow::Next
}

#[inline(always)]
pub fn COPY(s: &mut State, w: Word) -> Flow {
    // SAFETY: a register's word is empty or a living value's.
    let word = unsafe { copy_word(s.get(w.b())) };
    s.fill(w.a(), word)
}

#[inline(always)]
pub fn COPY2(s: &mut State, w: Word) -> Flow {
    // What is copied is most often an argument, and the register empty.
    if is_object(s.get(w.a())) || is_object(s.get(w.a() + 1)) {
        return Flow::Cold;
    }
    // SAFETY: a register's word is empty or a living value's.
    let (b, c) = unsafe { (copy_word(s.get(w.b())), copy_word(s.get(w.c()))) };
    s.put(w.a(), b);
    s.put(w.a() + 1, c);
    Flow::Next
}

/// The same where an old value's end comes first.
pub fn copy2(s: Saved, w: Word) -> Flow {
    let s = s.state();
    // SAFETY: a register's word is empty or a living value's.
    let (b, c) = unsafe { (copy_word(s.get(w.b())), copy_word(s.get(w.c()))) };
    s.set(w.a(), b);
    s.set(w.a() + 1, c);
    Flow::Next
}

#[inline(always)]
pub fn MOVE(s: &mut State, w: Word) -> Flow {
    let word = s.steal(w.b());
    s.fill(w.a(), word)
}

#[inline(always)]
pub fn CLEAR(s: &mut State, w: Word) -> Flow {
    s.fill(w.a(), 0)
}

#[inline(always)]
pub fn CLEAR_RANGE(s: &mut State, w: Word) -> Flow {
    for i in 0..w.b() {
        s.set(w.a() + i, 0);
    }
    Flow::Next
}

#[inline(always)]
pub fn LOAD_CONST(s: &mut State, w: Word) -> Flow {
    // SAFETY: constants are living values.
    let word = unsafe { copy_word(s.constant(w.bc())) };
    s.fill(w.a(), word)
}

#[inline(always)]
pub fn LOAD_INT(s: &mut State, w: Word) -> Flow {
    s.fill(w.a(), int_to_word(i64::from(w.bc() as i32)))
}

#[inline(always)]
pub fn LOAD_NONE(s: &mut State, w: Word) -> Flow {
    s.fill(w.a(), Value::none().into_word())
}

#[inline(always)]
pub fn LOAD_TRUE(s: &mut State, w: Word) -> Flow {
    s.fill(
        w.a(),
        Value::from_static(singletons::true_object()).into_word(),
    )
}

#[inline(always)]
pub fn LOAD_FALSE(s: &mut State, w: Word) -> Flow {
    s.fill(
        w.a(),
        Value::from_static(singletons::false_object()).into_word(),
    )
}

pub fn LOAD_COMMON_CONST(s: &mut State, w: Word) -> Flow {
    let builtin = |name: &str| match crate::builtins_dict(s.py).get_str(s.py, name) {
        Some(value) => Ok(value),
        None => krait_object::raise!(s.py, NameError, "name '{name}' is not defined"),
    };
    let value = match CommonConst::from_u16(w.b()) {
        Some(CommonConst::AssertionError) => {
            Ok(Value::from_static(exceptions::AssertionError.as_object()))
        }
        Some(CommonConst::NotImplementedError) => Ok(Value::from_static(
            exceptions::NotImplementedError.as_object(),
        )),
        Some(CommonConst::Tuple) => Ok(Value::from_static(TUPLE.as_object())),
        Some(CommonConst::All) => builtin("all"),
        Some(CommonConst::Any) => builtin("any"),
        None => krait_object::raise!(s.py, SystemError, "unknown constant"),
    };
    s.finish(w.a(), value)
}

#[inline(always)]
pub fn CHECK_BOUND(s: &mut State, w: Word) -> Flow {
    if s.get(w.a()) != 0 {
        Flow::Next
    } else {
        Flow::Cold
    }
}

/// A local that is not bound.
pub fn check_bound(s: Saved, w: Word) -> Flow {
    unbound(s, w.a())
}

#[cold]
#[inline(never)]
fn unbound(s: Saved, register: u16) -> Flow {
    let s = s.state();
    let name = &s.code().locals()[register as usize];
    let Raised = unbound_local(s, name);
    Flow::Raise
}

fn unbound_local(s: State, name: &Str) -> Raised {
    krait_object::errors::raise_text(
        s.py,
        &exceptions::UnboundLocalError,
        format_args!(
            "cannot access local variable '{}' where it is not associated with a value",
            name.to_rust()
        ),
    )
}

#[inline(always)]
pub fn DELETE_LOCAL(s: &mut State, w: Word) -> Flow {
    if s.get(w.a()) == 0 {
        return unbound(s.saved(), w.a());
    }
    s.set(w.a(), 0);
    Flow::Next
}

pub fn MAKE_CELL(s: &mut State, w: Word) -> Flow {
    let content = if w.b() == NO_REG { 0 } else { s.steal(w.b()) };
    // SAFETY: the register owned its word.
    let content = (content != 0).then(|| unsafe { Value::from_word(content) });
    s.set_value(w.a(), Value::from(Cell::new(content)));
    Flow::Next
}

#[inline(always)]
pub fn COPY_FREE_VARS(s: &mut State, w: Word) -> Flow {
    if let Some(closure) = s.function().closure() {
        for (i, cell) in closure.iter().take(w.b() as usize).enumerate() {
            s.set_value(w.a() + i as u16, Value::from(cell.to_owned()));
        }
    }
    Flow::Next
}

/// The cell in a register.
#[inline(always)]
pub fn cell<'a>(s: &State, register: u16) -> &'a Cell {
    // SAFETY: registers of cell and free variables hold cells, once the code has made
    // them, which it does first.
    unsafe { object(s.get(register)).cast_unchecked() }
}

#[inline(always)]
pub fn LOAD_DEREF(s: &mut State, w: Word) -> Flow {
    match cell(s, w.b()).get() {
        Some(value) => s.fill(w.a(), value.into_word()),
        None => Flow::Cold,
    }
}

/// A cell that is empty.
pub fn load_deref(s: Saved, w: Word) -> Flow {
    unbound_cell(s, w.b())
}

#[cold]
#[inline(never)]
fn unbound_cell(s: Saved, register: u16) -> Flow {
    let s = s.state();
    let code = s.code();
    let name = &code.locals()[register as usize];
    let Raised = if register < code.shape().first_free() {
        unbound_local(s, name)
    } else {
        let text = name.to_rust();
        let text = format!(
            "cannot access free variable '{text}' where it is not associated with a value in enclosing scope"
        );
        super::name::name_error(s.py, name, &text)
    };
    Flow::Raise
}

#[inline(always)]
pub fn STORE_DEREF(s: &mut State, w: Word) -> Flow {
    let word = s.get(w.b());
    if !is_object(word) {
        return Flow::Cold;
    }
    let old = cell(s, w.a()).replace_object(s.take(w.b()).into_word() as *mut PyObject);
    // SAFETY: the reference was the cell's.
    if !old.is_null() && unsafe { Object::give_back(old) } {
        return Flow::Free(old as u64);
    }
    Flow::Next
}

/// Stores a number, which the cell keeps as an object.
pub fn store_deref(s: Saved, w: Word) -> Flow {
    let s = s.state();
    let value = s.take(w.b());
    cell(&s, w.a()).set(Some(value));
    Flow::Next
}

pub fn DELETE_DEREF(s: &mut State, w: Word) -> Flow {
    let cell = cell(s, w.a());
    if cell.get().is_none() {
        return unbound_cell(s.saved(), w.a());
    }
    cell.set(None);
    Flow::Next
}

pub fn LOAD_FROM_DICT_OR_DEREF(s: &mut State, w: Word) -> Flow {
    s.save();
    let mapping = s.take(w.b());
    let name = &s.code().locals()[w.c() as usize];
    match super::name::lookup_mapping(s.py, &mapping, name) {
        Ok(Some(value)) => {
            s.set_value(w.a(), value);
            Flow::Next
        }
        Ok(None) => match cell(s, w.c()).get() {
            Some(value) => {
                s.set_value(w.a(), value);
                Flow::Next
            }
            None => unbound_cell(s.saved(), w.c()),
        },
        Err(Raised) => Flow::Raise,
    }
}
