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

/// The most parameters and names that are handled here.
const PARAMETERS: usize = 64;
const NAMES: usize = 8;

fn mask(count: usize) -> u64 {
    if count >= 64 {
        u64::MAX
    } else {
        (1 << count) - 1
    }
}

/// Where each argument goes.
#[derive(Clone, Copy)]
struct Plan {
    /// Arguments without names that have a parameter, the receiver among them.
    taken: usize,
    /// Those that go into `*args`.
    rest: usize,
    /// The parameters of the names, one byte each.
    places: u64,
    /// Parameters that take their default.
    missing: u64,
}

/// How the call's arguments are bound; nothing where that is not simple.
#[inline(always)]
fn plan(site: &Site<'_>, function: &Function, code: &CodeObject, extra: usize) -> Option<Plan> {
    let shape = code.shape();
    let (argcount, kwonly) = (shape.argcount as usize, shape.kwonlyargcount as usize);
    let total = argcount + kwonly;
    let named = site.names.map_or(0, Tuple::len);
    let positional = site.count as usize + extra - named;
    let taken = positional.min(argcount);
    let unusual = shape.flags & flags::OPTIMIZED == 0
        || shape.flags & flags::VARKEYWORDS != 0 && named != 0
        || total > PARAMETERS
        || named > NAMES
        || positional > argcount && shape.flags & flags::VARARGS == 0;
    if unusual {
        return None;
    }
    let mut filled = mask(taken);
    let mut places = 0;
    if let Some(names) = site.names {
        let first = shape.posonlyargcount as usize;
        let parameters = code.locals().get(first..total)?;
        for (i, name) in names.as_slice().iter().enumerate() {
            let is = |p: &Owned<Str>| std::ptr::eq::<Object>(p.as_object(), *name);
            let place = first + parameters.iter().position(is)?;
            if filled >> place & 1 != 0 {
                return None;
            }
            filled |= 1 << place;
            places |= (place as u64) << (8 * i);
        }
    }
    let missing = mask(total) & !filled;
    if missing != 0 && !has_defaults(function, code, missing) {
        return None;
    }
    Some(Plan {
        taken,
        rest: positional - taken,
        places,
        missing,
    })
}

/// Whether all these parameters have defaults.
#[inline(always)]
fn has_defaults(function: &Function, code: &CodeObject, missing: u64) -> bool {
    let shape = code.shape();
    let argcount = shape.argcount as usize;
    // SAFETY: nothing changes the function meanwhile.
    let defaults = unsafe { function.defaults_ref() }.map_or(0, Tuple::len);
    if missing & mask(argcount.saturating_sub(defaults)) != 0 {
        return false;
    }
    if missing & !mask(argcount) == 0 {
        return true;
    }
    // SAFETY: as above.
    let Some(defaults) = (unsafe { function.kwdefaults_ref() }) else {
        return false;
    };
    let mut named = missing & !mask(argcount);
    let mut place = 0;
    while named != 0 {
        let name = &code.locals()[named.trailing_zeros() as usize];
        if !defaults.contains_near(name, &mut place) {
            return false;
        }
        named &= named - 1;
    }
    true
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
        let plan = plan(site, function, &*code, extra)?;
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
        let by_place = plan.taken - filled;
        s.move_out(next, by_place, base.add(filled));
        (filled, next) = (plan.taken, next + by_place as u16);
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
        let mut places = plan.places;
        for _ in 0..site.names.map_or(0, Tuple::len) {
            *base.add(places as u8 as usize) = s.steal(next);
            places >>= 8;
            next += 1;
        }
        if plan.missing != 0 {
            fill_missing(&*raw, base, plan.missing);
        }
        s.clear(site.w.b(), (site.first - site.w.b()) as usize);
    }
    Some(Flow::Reload)
}

/// # Safety
/// The registers are the frame's, those of the missing parameters empty; all have defaults.
#[inline(always)]
unsafe fn fill_missing(function: &Function, base: *mut u64, mut missing: u64) {
    let code = function.code();
    let argcount = code.shape().argcount as usize;
    // SAFETY: the contract.
    unsafe {
        let (defaults, named) = (function.defaults_ref(), function.kwdefaults_ref());
        // The last default is the last parameter's.
        let beyond = defaults.map_or(0, Tuple::len);
        let mut place = 0;
        while missing != 0 {
            let register = missing.trailing_zeros() as usize;
            missing &= missing - 1;
            let value = if register < argcount {
                defaults.and_then(|d| d.get(beyond + register - argcount))
            } else {
                named.and_then(|d| d.get_near(&code.locals()[register], &mut place))
            };
            *base.add(register) = value.map_or(0, Value::into_word);
        }
    }
}
