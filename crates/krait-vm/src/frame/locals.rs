//! Variables of a frame by name: what `locals()` and `f_locals` read and write.

use krait_object::object::{Layout, Object, Owned};
use krait_object::py::{Py, PyResult};
use krait_object::types::dict::Dict;
use krait_object::types::str::Str;
use krait_object::value::Value;

use super::Frame;
use crate::cell::Cell;
use crate::code::CodeObject;
use crate::word::{drop_word, is_object, value};

/// Registers that hold variables, in the order in which they are shown: a hidden one
/// (of an inlined comprehension) that is bound stands for the other of the same name.
fn visible(code: &CodeObject) -> impl Iterator<Item = u16> {
    0..code.body.first_temp as u16
}

/// The value of a variable's register; `None` while unbound.
///
/// # Safety
/// The frame is alive, the register below its code's first temporary.
pub unsafe fn read(frame: *mut Frame, register: u16) -> Option<Value> {
    // SAFETY: the contract.
    unsafe {
        let word = *(*frame).base.add(register as usize);
        if word == 0 {
            return None;
        }
        if is_cell(frame, register)
            && is_object(word)
            && let Some(cell) =
                Object::from_ptr(word as *mut krait_abi::PyObject).downcast_exact::<Cell>()
        {
            return cell.get();
        }
        Some(value(word))
    }
}

/// # Safety
/// The frame is alive.
unsafe fn is_cell(frame: *mut Frame, register: u16) -> bool {
    // SAFETY: the contract.
    unsafe { register >= Frame::code_ref(frame).shape().first_cell() }
}

/// Writes a variable.
///
/// # Safety
/// As for `read`.
pub unsafe fn write(frame: *mut Frame, register: u16, new: Option<Value>) {
    // SAFETY: the contract; the old word was the register's.
    unsafe {
        let place = (*frame).base.add(register as usize);
        let word = *place;
        if is_cell(frame, register)
            && is_object(word)
            && let Some(cell) =
                Object::from_ptr(word as *mut krait_abi::PyObject).downcast_exact::<Cell>()
        {
            cell.to_owned().set(new);
            return;
        }
        let old = std::mem::replace(&mut *place, new.map_or(0, Value::into_word));
        drop_word(old);
    }
}

/// The register of a name: the last bound one, else the first that is not hidden.
///
/// # Safety
/// The frame is alive.
pub unsafe fn find(frame: *mut Frame, name: &Str) -> Option<u16> {
    // SAFETY: the contract.
    unsafe {
        let code = Frame::code_ref(frame);
        let mut found: Option<u16> = None;
        let mut found_hidden = false;
        for register in visible(code) {
            if !code.locals()[register as usize].eq(name) {
                continue;
            }
            let hidden = code.hidden().contains(&register);
            let bound = read(frame, register).is_some();
            if bound && (hidden || !found_hidden) || !hidden && found.is_none() {
                found = Some(register);
                found_hidden = hidden;
            }
        }
        found
    }
}

/// The bound variables with their names, in order.
///
/// # Safety
/// The frame is alive.
pub unsafe fn items(frame: *mut Frame) -> Vec<(Owned<Str>, Value)> {
    // SAFETY: the contract.
    unsafe {
        let code = Frame::code_ref(frame);
        let mut items: Vec<(Owned<Str>, Value)> = Vec::new();
        let mut hidden_names: Vec<*const Str> = Vec::new();
        for register in visible(code) {
            let Some(value) = read(frame, register) else {
                continue;
            };
            let name = &code.locals()[register as usize];
            if code.hidden().contains(&register) {
                hidden_names.push(&raw const **name);
            } else if hidden_names.contains(&(&raw const **name)) {
                continue;
            }
            match items
                .iter_mut()
                .find(|(known, _)| std::ptr::eq(&**known, &**name))
            {
                Some(item) => item.1 = value,
                None => items.push((name.clone(), value)),
            }
        }
        items
    }
}

/// The mapping of a module or class; `None` for a function, and while a comprehension
/// that is part of the code has variables (PEP 709): those are shown instead.
///
/// # Safety
/// The frame is alive.
pub unsafe fn namespace(frame: *mut Frame) -> Option<Value> {
    // SAFETY: the contract.
    unsafe {
        let mapping = Frame::mapping(frame)?;
        let hidden = Frame::code_ref(frame).hidden();
        let shown = hidden
            .iter()
            .all(|&register| read(frame, register).is_none());
        shown.then_some(mapping)
    }
}

/// `locals()` of a frame: the mapping of a module or class, else a new dict.
///
/// # Safety
/// The frame is alive.
pub unsafe fn locals(py: Py, frame: *mut Frame) -> PyResult {
    // SAFETY: the contract.
    unsafe {
        if let Some(mapping) = namespace(frame) {
            return Ok(mapping);
        }
        let dict = Dict::new();
        for (name, value) in items(frame) {
            dict.set_value(py, &Value::from(name), value)?;
        }
        if (*frame).flags & super::flag::OBJECT != 0
            && let Some(extra) = (&*(*frame).object).extra_locals.borrow().as_ref()
        {
            for (name, value) in extra.to_vec() {
                dict.set_value(py, &name, value)?;
            }
        }
        Ok(Value::from(dict))
    }
}
