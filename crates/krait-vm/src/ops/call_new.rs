//! Calls of classes with a Python `__new__` and no `__init__`: the function runs as a frame
//! of its own. The call's arguments wait in the caller's registers, since an instance of
//! another class that comes back is initialised with them.

use krait_bytecode::{Word, flags};
use krait_object::native::Instance;
use krait_object::object::{Layout, Object, Owned};
use krait_object::py::PyResult;
use krait_object::types::class_static::StaticMethod;
use krait_object::types::type_new::initialise;
use krait_object::types::typeobject::Type;
use krait_object::value::Value;

use super::call::{Site, discard};
use crate::call::{covered_by_defaults, fill_defaults};
use crate::code::CodeObject;
use crate::frame::{self, flag};
use crate::function::Function;
use crate::stack;
use crate::state::{Flow, State};
use crate::word::{copy_word, object};

/// The function of a `__new__` as a class's dict has it.
pub fn function_of(found: &Object) -> Option<Owned<Function>> {
    if let Some(function) = found.downcast_exact::<Function>() {
        return Some(function.to_owned());
    }
    let inner = found
        .downcast_exact::<Instance<StaticMethod>>()?
        .function()?;
    inner.downcast_exact::<Function>().map(|f| f.to_owned())
}

/// Enters the `__new__` that was found for a class. Nothing where its parameters are others
/// than plain ones that the call gives, or that have defaults.
pub(super) fn enter(s: &State, site: &Site<'_>, class: &Type, found: &Object) -> Option<Flow> {
    const YIELDING: u32 = flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR;
    let function = function_of(found)?;
    let code: *const CodeObject = function.code();
    let given = u32::from(site.count) + 1;
    // SAFETY: the function, which is kept, keeps its code alive. The caller's registers keep
    // the arguments, whose copies fill the new frame's.
    unsafe {
        let exact = (*code).body.simple_args == given;
        if site.names.is_some()
            || (*code).body.flags & YIELDING != 0
            || !exact && !covered_by_defaults(&function, given)
        {
            return None;
        }
        let later = if site.first > site.w.b() + 1 {
            flag::LATER
        } else {
            0
        };
        let marks = flag::NEW | later | discard(site.w);
        let raw = function.into_raw();
        let Some(frame) = frame::push(s.stack(), raw, code, marks, site.width) else {
            drop(Owned::from_raw(raw));
            let _: PyResult<()> = stack::overflow(s.py);
            return Some(Flow::Raise);
        };
        let base = (*frame).base;
        *base = copy_word(class.as_object().as_ptr() as u64);
        for (i, value) in site.values(s).iter().enumerate() {
            *base.add(1 + i) = value.clone().into_word();
        }
        frame::zero_registers(base, given as usize, (*code).body.first_temp as usize);
        if !exact {
            fill_defaults(&*raw, base, given as usize);
        }
    }
    Some(Flow::Reload)
}

/// What `__new__` has made, after its frame is gone: initialised where its class has an
/// `__init__`, while the innermost frame stands at the call. The call's registers are empty
/// then.
///
/// # Safety
/// The innermost frame stands at a call that `enter` has entered with these marks.
pub(super) unsafe fn made(s: &State, marks: u32, value: &Value) -> PyResult<()> {
    // SAFETY: the contract.
    let w = unsafe { Word(*s.pc) };
    let first = w.b() + 1 + u16::from(marks & flag::LATER != 0);
    // SAFETY: the contract: the callable's register has a class, which it keeps alive.
    let class = unsafe { object(s.get(w.b())).cast_unchecked::<Type>() };
    let done = match value.as_object() {
        Some(instance)
            if !std::ptr::eq(instance.ty(), class) && instance.ty().is_subtype_of(class) =>
        {
            initialise(s.py, instance, s.slice(first, w.c() as usize), None)
        }
        _ => Ok(()),
    };
    s.clear(w.b(), (first + w.c() - w.b()) as usize);
    done
}
