//! From special methods to slots: what each slot of a class must hold.
//!
//! A slot serves one or more names. Where all those that are found along the MRO are
//! wrappers of one and the same bare function, that function is taken; otherwise the
//! slot function of the table, which calls the special methods. A native method that a
//! builtin type has beside its slot (`dict.__getitem__`) is as good as a wrapper.

use std::ffi::c_void;

use krait_abi::*;

use super::wrapper::WrapperDescr;
use super::{
    HASH_NOT_IMPLEMENTED, SlotDef, TABLE, index, line_of, new, slot_place, slot_value, tables,
};
use crate::py::Py;
use crate::types::descriptor::MethodDescriptor;
use crate::types::str::Str;
use crate::types::typeobject::{
    Type, address, native_call_def, native_call_slot, native_init_def, native_init_slot,
};
use crate::value::Value;

/// Whether a name can be that of a special method.
#[inline]
pub fn is_special_name(name: &Str) -> bool {
    name.as_ascii()
        .is_some_and(|n| n.len() > 4 && n.starts_with("__") && n.ends_with("__"))
}

/// What the names of one slot add up to.
#[derive(Default)]
struct Choice {
    specific: Option<*mut c_void>,
    generic: Option<*const c_void>,
    use_generic: bool,
}

impl Choice {
    fn take_generic(&mut self, def: &SlotDef) {
        self.use_generic = true;
        self.generic = Some(def.generic);
    }

    /// Takes a wrapper's bare function, if it serves this slot and is the only one.
    fn take_wrapper(&mut self, py: Py, ty: &Type, def: &SlotDef, descr: &WrapperDescr) {
        if unique_place(py, ty, def)
            .is_none_or(|place| std::ptr::eq(place, slot_place(ty, def.offset)))
        {
            self.generic = Some(def.generic);
        }
        let wrapped = descr.wrapped();
        let same = self.specific.is_none_or(|s| std::ptr::eq(s, wrapped));
        // `sq_concat` always gets an instance first, which `nb_add` may get second.
        let fits = line_of(descr.record()).is_some_and(|line| {
            line.wrap == def.wrap && (line.offset == def.offset || def.text != "__add__")
        });
        if same && fits && ty.is_subtype_of(descr.owner()) && native_definition_agrees(ty, descr) {
            self.specific = Some(wrapped);
        } else {
            self.use_generic = true;
        }
    }
}

/// The native slots of `__init__` and `__call__` look for the definition from the type
/// on: they serve only where that finds the wrapper's own.
fn native_definition_agrees(ty: &Type, descr: &WrapperDescr) -> bool {
    let wrapped = descr.wrapped().cast_const();
    let same = |a: Option<&'static crate::native::NativeDef>,
                b: Option<&'static crate::native::NativeDef>| match (a, b) {
        (Some(a), Some(b)) => std::ptr::eq(a, b),
        _ => false,
    };
    if wrapped == native_init_slot as *const c_void {
        return same(native_init_def(ty), native_init_def(descr.owner()));
    }
    if wrapped == native_call_slot as *const c_void {
        return same(native_call_def(ty), native_call_def(descr.owner()));
    }
    true
}

/// Where a name serves several slots (`__len__`, `__getitem__`...): the place of the
/// only one that is filled.
fn unique_place(py: Py, ty: &Type, def: &SlotDef) -> Option<*mut *mut c_void> {
    let mut found: Option<*mut *mut c_void> = None;
    for line in index(py).lines(def.name.get()) {
        let place = slot_place(ty, TABLE[line].offset);
        // SAFETY: a place inside the type or null.
        if place.is_null() || unsafe { (*place).is_null() } {
            continue;
        }
        if found.is_some_and(|f| !std::ptr::eq(f, place)) {
            return None;
        }
        found = Some(place);
    }
    found
}

/// Sets the slot whose first line is given.
fn update_one(py: Py, ty: &Type, first: usize) {
    let offset = TABLE[first].offset;
    let place = slot_place(ty, offset);
    if place.is_null() {
        return;
    }
    let mut choice = Choice::default();
    for def in TABLE[first..].iter().take_while(|d| d.offset == offset) {
        if let Some(found) = ty.lookup_uncached(py, def.name.get()) {
            consider(py, ty, def, &found, &mut choice);
        }
    }
    let chosen = match choice {
        Choice {
            specific: Some(specific),
            use_generic: false,
            ..
        } => specific,
        Choice { generic, .. } => generic.map_or(std::ptr::null_mut(), <*const c_void>::cast_mut),
    };
    // SAFETY: the place is inside the type; the GIL is held.
    unsafe {
        let lost = chosen.is_null() && !(*place).is_null();
        *place = chosen;
        if std::ptr::eq(place.cast(), &raw mut (*ty.as_type_ptr()).tp_iternext) {
            ty.ext().native_next.set(None);
            if lost {
                (*ty.as_type_ptr()).tp_iternext = Some(super::containers::next_not_implemented);
            }
        }
    }
}

fn consider(py: Py, ty: &Type, def: &SlotDef, found: &Value, choice: &mut Choice) {
    if let Some(descr) = found.downcast_exact::<WrapperDescr>()
        && line_of(descr.record()).is_some_and(|line| line.text == def.text)
    {
        choice.take_wrapper(py, ty, def, descr);
    } else if def.text == "__new__"
        && let Some(owner) = new::constructor_owner(found)
    {
        match new::inherited_constructor(ty, owner) {
            Some(constructor) => choice.specific = Some(constructor),
            None => choice.take_generic(def),
        }
    } else if let Some(bare) = beside_slot(py, ty, def, found)
        && choice.specific.is_none_or(|s| std::ptr::eq(s, bare))
    {
        choice.specific = Some(bare);
    } else if def.text == "__hash__" && found.is_none() {
        choice.specific = Some(address(HASH_NOT_IMPLEMENTED).cast_mut());
    } else {
        choice.take_generic(def);
        if def.text == "__call__" {
            // A __call__ of Python's is not what vectorcall would call.
            // SAFETY: the GIL is held.
            unsafe { (*ty.as_type_ptr()).tp_flags &= !Py_TPFLAGS_HAVE_VECTORCALL };
        }
    }
}

/// The slot of a builtin type that has a native method of the slot's name too.
fn beside_slot(py: Py, ty: &Type, def: &SlotDef, found: &Value) -> Option<*mut c_void> {
    let method = found.downcast_exact::<MethodDescriptor>()?;
    let owner = method.owner();
    let native = method.native_def().is_some() && !owner.is_heap_type() && ty.is_subtype_of(owner);
    let own = native.then(|| owner.dict().get_str_key(py, def.name.get()))?;
    let bare = slot_value(owner, def.offset);
    (own.is_some_and(|own| own.is(found)) && !bare.is_null()).then_some(bare)
}

/// Sets all slots from the special methods along the MRO.
fn fixup_all(py: Py, ty: &Type) {
    for line in 0..TABLE.len() {
        if index(py).first(line) == line {
            update_one(py, ty, line);
        }
    }
}

/// Sets the slots of a class as its MRO asks, as `fixup_all`, but looks up only what can
/// differ from the next class of the MRO: special methods that the class defines, or a
/// class that the next one does not inherit from. The others are the same there.
pub fn fixup_different(py: Py, ty: &Type) {
    let Some(model) = ty.mro_types().nth(1).filter(|m| keeps_order(ty, m)) else {
        return fixup_all(py, ty);
    };
    let index = index(py);
    let mut differs = [false; TABLE.len()];
    mark_defined(py, ty, &mut differs);
    for other in ty.mro_types().skip(2) {
        if !model.mro_types().any(|m| m.is(other)) {
            mark_defined(py, other, &mut differs);
        }
    }
    if !ty.base().is_some_and(|base| base.is(model)) {
        // Which native definition these find depends on the layout's base.
        let names = [
            crate::intern!("__new__"),
            crate::intern!("__init__"),
            crate::intern!("__call__"),
        ];
        for name in names {
            index.mark(name, &mut differs);
        }
    }
    let groups = tables(ty).into_iter().zip(tables(model));
    for (slots, (own, from)) in index.slots.iter().zip(groups) {
        let both = !own.is_null() && !from.is_null();
        for slot in slots {
            if differs[usize::from(slot.line)] {
                update_one(py, ty, slot.line.into());
            } else if both {
                // SAFETY: both are places of the same slot inside the types.
                unsafe { *slot.of(own) = *slot.of(from) };
            }
        }
    }
}

/// Whether the class's MRO holds that of `model` whole and in its order.
fn keeps_order(ty: &Type, model: &Type) -> bool {
    let mut own = ty.mro_types();
    model.mro_types().all(|m| own.any(|t| t.is(m)))
}

/// Marks the slots of the special methods that a class's own dict defines.
fn mark_defined(py: Py, ty: &Type, differs: &mut [bool; TABLE.len()]) {
    let mut at = 0;
    while let Some(key) = ty.dict().key_step(&mut at) {
        if let Some(name) = key.downcast::<Str>()
            && is_special_name(name)
        {
            index(py).mark(name, differs);
        }
    }
}

fn update_lines(py: Py, ty: &Type, name: &Str) {
    let index = index(py);
    for line in index.lines(name) {
        update_one(py, ty, index.first(line));
    }
    crate::gc::silent::note_class(py, ty);
}

/// Sets the slots of a name after the class attribute has changed, in the class and in
/// those subclasses that do not define the name themselves.
pub fn update_slot(py: Py, ty: &Type, name: &Str) {
    if index(py).lines(name).next().is_none() {
        return;
    }
    update_below(py, ty, name);
}

fn update_below(py: Py, ty: &Type, name: &Str) {
    let mut waiting = vec![crate::object::Layout::to_owned(ty)];
    while let Some(ty) = waiting.pop() {
        update_lines(py, &ty, name);
        waiting.extend(
            ty.subclasses()
                .into_iter()
                .filter(|s| s.dict().get_str_key(py, name).is_none()),
        );
    }
}

/// Sets all slots of a class and its subclasses, after its bases have changed.
pub fn update_all(py: Py, ty: &Type) {
    let mut waiting = vec![crate::object::Layout::to_owned(ty)];
    while let Some(ty) = waiting.pop() {
        fixup_all(py, &ty);
        crate::gc::silent::note_class(py, &ty);
        waiting.extend(ty.subclasses());
    }
}
