//! Entering Python functions whose arguments are bound without a detour: names that are
//! parameters' own strings, defaults, `*args`. What is unusual, and every error, is left to
//! `call::bind`.

use krait_bytecode::flags;
use krait_object::object::{Layout, Object, Owned};
use krait_object::py::PyResult;
use krait_object::types::dict::Dict;
use krait_object::types::str::Str;
use krait_object::types::tuple::Tuple;
use krait_object::value::Value;

use super::call::Site;
use crate::code::CodeObject;
use crate::frame;
use crate::function::Function;
use crate::stack;
use crate::state::{Flow, State};

/// The most parameters, names and defaults of keyword-only parameters that are handled here.
const PARAMETERS: usize = 64;
const NAMES: usize = 16;
const KEYWORD_DEFAULTS: usize = 6;

fn mask(count: usize) -> u64 {
    if count >= 64 {
        u64::MAX
    } else {
        (1 << count) - 1
    }
}

/// Where each argument goes.
struct Plan {
    /// Arguments without names that have a parameter, the receiver among them.
    taken: usize,
    /// Those that go into `*args`.
    rest: usize,
    /// The parameters of the names.
    places: [u8; NAMES],
    /// Parameters that take their default.
    missing: u64,
    keyword_defaults: [Option<Value>; KEYWORD_DEFAULTS],
}

/// How the call's arguments are bound; nothing where that is not simple.
#[inline(always)]
fn plan(
    s: &State,
    site: &Site<'_>,
    function: &Function,
    code: &CodeObject,
    extra: usize,
) -> Option<Plan> {
    let shape = code.shape();
    let (argcount, kwonly) = (shape.argcount as usize, shape.kwonlyargcount as usize);
    let total = argcount + kwonly;
    let named = site.names.map_or(0, Tuple::len);
    let positional = site.count as usize + extra - named;
    let starred = shape.flags & flags::VARARGS != 0;
    let unusual = shape.flags & flags::OPTIMIZED == 0
        || shape.flags & flags::VARKEYWORDS != 0 && named != 0
        || total > PARAMETERS
        || named > NAMES
        || positional > argcount && !starred;
    if unusual {
        return None;
    }
    let taken = positional.min(argcount);
    let mut plan = Plan {
        taken,
        rest: positional - taken,
        places: [0; NAMES],
        missing: 0,
        keyword_defaults: [const { None }; KEYWORD_DEFAULTS],
    };
    let mut filled = mask(taken);
    if let Some(names) = site.names {
        let first = shape.posonlyargcount as usize;
        let parameters = code.locals().get(first..total)?;
        for (place, name) in plan.places.iter_mut().zip(names.iter()) {
            let at = parameters
                .iter()
                .position(|p| std::ptr::eq::<Object>(p.as_object(), name))?;
            let bit = 1 << (first + at);
            if filled & bit != 0 {
                return None;
            }
            filled |= bit;
            *place = (first + at) as u8;
        }
    }
    plan.missing = mask(total) & !filled;
    let without = plan.missing & mask(argcount);
    if without != 0 {
        // SAFETY: nothing changes the function meanwhile.
        let defaults = unsafe { function.defaults_ref() }.map_or(0, Tuple::len);
        if without & mask(argcount.saturating_sub(defaults)) != 0 {
            return None;
        }
    }
    if plan.missing >> argcount.min(63) != 0 && kwonly > 0 {
        if kwonly > KEYWORD_DEFAULTS {
            return None;
        }
        let defaults = function.kwdefaults()?;
        for i in (0..kwonly).filter(|i| plan.missing >> (argcount + i) & 1 != 0) {
            let name: &Str = &code.locals()[argcount + i];
            plan.keyword_defaults[i] = Some(defaults.get_str_key(s.py, name)?);
        }
    }
    Some(plan)
}

/// Enters a function, if its arguments are bound simply. They are moved.
#[inline(never)]
pub(super) fn enter_planned(
    s: &State,
    site: &Site<'_>,
    function: &Function,
    receiver: Option<&Object>,
    call_flags: u32,
) -> Option<Flow> {
    let code: *const CodeObject = function.code();
    let extra = usize::from(receiver.is_some());
    // SAFETY: the function, which is kept, keeps its code alive. References move from the
    // call's registers to the new frame's.
    unsafe {
        let mut plan = plan(s, site, function, &*code, extra)?;
        let raw = function.to_owned().into_raw();
        let Some(frame) = frame::push(s.stack(), raw, code, call_flags, site.width) else {
            drop(Owned::from_raw(raw));
            let _: PyResult<()> = stack::overflow(s.py);
            return Some(Flow::Raise);
        };
        let base = (*frame).base;
        let mut filled = 0;
        if let Some(receiver) = receiver.filter(|_| plan.taken > 0) {
            *base = Value::unboxed(receiver).into_word();
            filled = 1;
        }
        let mut next = site.first;
        while filled < plan.taken {
            *base.add(filled) = s.steal(next);
            filled += 1;
            next += 1;
        }
        let shape = (*code).shape();
        frame::zero_registers(base, filled, shape.first_temp as usize);
        if shape.flags & flags::VARARGS != 0 {
            // (A receiver that has no parameter is the first of the rest.)
            let lone = receiver.filter(|_| plan.taken == 0);
            let rest = Tuple::build(plan.rest, |i| match lone {
                Some(receiver) if i == 0 => Value::unboxed(receiver),
                _ => {
                    next += 1;
                    Value::from_word(s.steal(next - 1))
                }
            });
            *base.add((shape.argcount + shape.kwonlyargcount) as usize) =
                Value::from(rest).into_word();
        }
        if shape.flags & flags::VARKEYWORDS != 0 {
            let last = shape.parameter_count() as usize - 1;
            *base.add(last) = Value::from(Dict::new()).into_word();
        }
        for place in &plan.places[..site.names.map_or(0, Tuple::len)] {
            *base.add(*place as usize) = s.steal(next);
            next += 1;
        }
        if plan.missing != 0 {
            fill_missing(&*raw, base, &mut plan);
        }
        s.clear(site.w.b(), (site.first - site.w.b()) as usize);
    }
    Some(Flow::Reload)
}

/// # Safety
/// The registers are the frame's, those of the missing parameters empty.
#[inline(always)]
unsafe fn fill_missing(function: &Function, base: *mut u64, plan: &mut Plan) {
    let argcount = function.code().shape().argcount as usize;
    // SAFETY: the contract; the plan has found that there are defaults.
    unsafe {
        let defaults = function.defaults_ref();
        let first = argcount - defaults.map_or(0, Tuple::len).min(argcount);
        let beyond = defaults.map_or(0, Tuple::len) - (argcount - first);
        let mut missing = plan.missing;
        while missing != 0 {
            let register = missing.trailing_zeros() as usize;
            missing &= missing - 1;
            let value = if register < argcount {
                defaults.and_then(|d| d.get(beyond + register - first))
            } else {
                plan.keyword_defaults[register - argcount].take()
            };
            *base.add(register) = value.map_or(0, Value::into_word);
        }
    }
}
