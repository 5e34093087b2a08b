//! Calls and returns.

use krait_abi::PyObject;
use krait_bytecode::Word;
use krait_bytecode::op::CALL_DISCARD;
use krait_object::exceptions;
use krait_object::native::NativeDef;
use krait_object::object::{Layout, Object, Owned};
use krait_object::protocol;
use krait_object::py::{Py, PyResult, Raised};
use krait_object::raise;
use krait_object::singletons;
use krait_object::types::descriptor::{MethodDescriptor, NativeFunctionObject};
use krait_object::types::method::Method;
use krait_object::types::str::STR;
use krait_object::types::tuple::Tuple;
use krait_object::types::typeobject::{TYPE, Type};
use krait_object::value::Value;

use super::call_native::{OF_METHOD, append_at_once, settle};
use crate::call::arguments::Moved;
use crate::call::construct::{Construction, check_init, instance, is_called_by_type, of_class};
use crate::call::{covered_by_defaults, enter_bound, fill_defaults};
use crate::code::CodeObject;
use crate::frame::{self, Frame, flag};
use crate::function::{FUNCTION, Function};
use crate::state::{Flow, Saved, State};
use crate::word::address_of;
use crate::word::{is_object, object};
use crate::{breaker, stack, trace};

/// Words of a CALL or CALL_METHOD with its caches, and of those with keyword names.
const PLAIN: u32 = 4;
const NAMED: u32 = 5;

/// The function in a word, if it is one written in Python.
#[inline(always)]
fn python_function(word: u64) -> Option<*mut Function> {
    if !is_object(word) {
        return None;
    }
    // SAFETY: a register keeps its object alive.
    let ty = unsafe { (*(word as *mut PyObject)).ob_type };
    std::ptr::eq(ty, address_of(&FUNCTION)).then_some(word as *mut Function)
}

#[inline(always)]
pub(super) fn discard(w: Word) -> u32 {
    if w.flag() & CALL_DISCARD != 0 {
        flag::DISCARD
    } else {
        0
    }
}

/// Enters a function whose positional parameters are the `count` registers from `first`.
/// The function's register is consumed. `Cold` where there is no room.
#[inline(always)]
fn enter(
    s: &mut State,
    function: *mut Function,
    code: *const CodeObject,
    callee: u16,
    first: u16,
    count: u16,
    flags: u32,
) -> Flow {
    s.save();
    // SAFETY: the function's reference moves from its register to the frame, and those of
    // the arguments to the new registers.
    unsafe {
        let base = (*s.stack()).top;
        let Some(frame) = frame::push(s.stack(), function, code, flags, PLAIN) else {
            return Flow::Cold;
        };
        s.put(callee, 0);
        s.move_out(first, count as usize, base);
        let locals = (*code).body.first_temp as usize;
        frame::zero_registers(base, count as usize, locals);
        s.frame = frame;
        s.pc = (*code).body.words.get();
        s.base = base;
    }
    Flow::Reload
}

/// Enters a function for an instruction that is no call, of `width` words: what it returns
/// goes to the instruction's first operand. Nothing where the function takes other than
/// `N` arguments, which are then not asked for.
pub(super) fn enter_for<const N: usize>(
    s: &State,
    function: &Function,
    width: u32,
    arguments: impl FnOnce() -> [Value; N],
) -> Option<Flow> {
    let code: *const CodeObject = function.code();
    // SAFETY: the function keeps its code alive, and the frame the function; the arguments'
    // references move to the frame's registers.
    unsafe {
        if (*code).body.simple_args != N as u32 {
            return None;
        }
        let function = function.to_owned().into_raw();
        let Some(frame) = frame::push(s.stack(), function, code, 0, width) else {
            drop(Owned::from_raw(function));
            let _: PyResult<()> = stack::overflow(s.py);
            return Some(Flow::Raise);
        };
        let base = (*frame).base;
        for (i, argument) in arguments().into_iter().enumerate() {
            *base.add(i) = argument.into_word();
        }
        frame::zero_registers(base, N, (*code).body.first_temp as usize);
    }
    Some(entered(s.py, Flow::Reload))
}

/// What a call did: a frame that was entered polls.
fn entered(py: Py, flow: Flow) -> Flow {
    if matches!(flow, Flow::Reload) && breaker::is_set() {
        // SAFETY: there is an innermost frame.
        let saved = unsafe { State::innermost(py) }.saved();
        if breaker::poll_entry(saved).is_err() {
            return Flow::Raise;
        }
    }
    flow
}

/// The same for an instruction that runs with the loop's state.
pub(super) fn resume(s: &mut State, flow: Flow) -> Flow {
    let flow = entered(s.py, flow);
    if matches!(flow, Flow::Reload) {
        // SAFETY: there is an innermost frame.
        unsafe { s.reload() };
    }
    flow
}

#[inline(always)]
pub fn CALL(s: &mut State, w: Word) -> Flow {
    if let Some(function) = python_function(s.get(w.b())) {
        // SAFETY: the register keeps the function alive, and that its code.
        let code = unsafe { (*function).code() };
        if code.body.simple_args == u32::from(w.c()) && !breaker::is_set() {
            return enter(s, function, code, w.b(), w.b() + 1, w.c(), discard(w));
        }
    }
    Flow::Second
}

/// A call of what is no native function, after so many registers with callable and receiver:
/// of a class, of a Python function that has defaults for what is missing, or of a method
/// bound to its receiver.
#[inline(never)]
pub(super) fn quick_call(s: Saved, head: u16) -> Flow {
    let s = s.state();
    let w = s.word();
    let word = s.get(w.b());
    if !is_object(word) {
        return Flow::Cold;
    }
    // SAFETY: the register keeps the callable alive during the call.
    let callable = unsafe { object(word) };
    if head == OF_METHOD && s.get(w.b() + 1) != 0 {
        return enter_covered(s, w, w.b() + 1, w.c() + 1);
    }
    if let Some(class) = callable.downcast::<Type>() {
        return quick_class(&s, w, w.b() + head, class);
    }
    enter_covered(s, w, w.b() + head, w.c())
}

/// Enters a Python function, of a method or not, that takes so many arguments by itself or
/// with its defaults.
#[inline(always)]
fn enter_covered(s: State, w: Word, first: u16, count: u16) -> Flow {
    let callee = s.get(w.b());
    // SAFETY: the register keeps the callable alive; its exact type is compared. References
    // move as in `enter`, and a bound method's parts are counted before it is let go.
    unsafe {
        let (function, receiver) = match python_function(callee) {
            Some(function) => (function, None),
            None => {
                let Some(method) = object(callee).downcast_exact::<Method>() else {
                    return Flow::Cold;
                };
                let Some(function) = python_function(method.function().as_ptr() as u64) else {
                    return Flow::Cold;
                };
                (function, Some(method.receiver()))
            }
        };
        let given = count + u16::from(receiver.is_some());
        let code: *const CodeObject = (*function).code();
        let exact = (*code).body.simple_args == u32::from(given);
        if breaker::is_set() || !exact && !covered_by_defaults(&*function, u32::from(given)) {
            return Flow::Cold;
        }
        let Some(frame) = frame::push(s.stack(), function, code, discard(w), PLAIN) else {
            return Flow::Cold;
        };
        let base = (*frame).base;
        if let Some(receiver) = receiver {
            (*function).as_object().incref();
            *base = crate::word::copy_word(receiver.as_ptr() as u64);
        }
        s.put(w.b(), 0);
        s.move_out(first, count as usize, base.add((given - count) as usize));
        frame::zero_registers(base, given as usize, (*code).body.first_temp as usize);
        if !exact {
            fill_defaults(&*function, base, given as usize);
        }
        if receiver.is_some() {
            crate::word::drop_word(callee);
        }
    }
    Flow::Reload
}

/// A class whose construction the call's cache knows, `type(value)` and `str(value)`.
#[inline(always)]
fn quick_class(s: &State, w: Word, first: u16, class: &Type) -> Flow {
    // SAFETY: a call's last three words are its cache, whose first word is of the class's version.
    let (version, how) = unsafe { (*s.pc.add(1), *s.pc.add(2)) };
    let current = class.raw().tp_version_tag;
    if current != 0
        && version == u64::from(current)
        && is_called_by_type(class)
        && !breaker::is_set()
    {
        let site = Site {
            w,
            first,
            count: w.c(),
            names: None,
            width: PLAIN,
        };
        // SAFETY: the version is the class's still.
        return unsafe { known_class(s, &site, class, how) };
    }
    let [value] = s.slice(first, w.c() as usize) else {
        return Flow::Cold;
    };
    let result = if std::ptr::eq(class, &*TYPE) {
        Ok(Value::from(value.ty().to_owned()))
    } else if std::ptr::eq(class, &*STR) {
        protocol::str(s.py, value).map(Value::from)
    } else {
        return Flow::Cold;
    };
    called(s, w, first + 1, result)
}

/// A call is over: callable and arguments, up to a register, are consumed.
#[inline(always)]
fn called(s: &State, w: Word, end: u16, result: PyResult) -> Flow {
    s.clear(w.b(), (end - w.b()) as usize);
    match result {
        Ok(value) => settle(s, w, value),
        Err(_) => Flow::Raise,
    }
}

/// A call of anything.
pub fn call(s: Saved, w: Word) -> Flow {
    let flow = call_other(s, w, w.b() + 1, w.c(), None, PLAIN);
    entered(s.state().py, flow)
}

#[inline(always)]
pub fn CALL_METHOD(s: &mut State, w: Word) -> Flow {
    let (first, count) = method_arguments(s, w);
    if let Some(function) = python_function(s.get(w.b())) {
        // SAFETY: the register keeps the function alive, and that its code.
        let code = unsafe { (*function).code() };
        if code.body.simple_args == u32::from(count) && !breaker::is_set() {
            return enter(s, function, code, w.b(), first, count, discard(w));
        }
        return Flow::Second;
    }
    append_at_once(s, w).unwrap_or(Flow::Second)
}

/// A call of any method.
pub fn call_method_of_any(saved: Saved, w: Word) -> Flow {
    let s = saved.state();
    let (first, count) = method_arguments(&s, w);
    let flow = call_other(saved, w, first, count, None, PLAIN);
    entered(s.py, flow)
}

/// The first argument of a method call and how many there are: with the receiver, if there
/// is one.
#[inline(always)]
fn method_arguments(s: &State, w: Word) -> (u16, u16) {
    if s.get(w.b() + 1) != 0 {
        (w.b() + 1, w.c() + 1)
    } else {
        (w.b() + 2, w.c())
    }
}

/// The names of keyword arguments.
pub fn kwnames<'a>(s: &State) -> Option<&'a Tuple> {
    // SAFETY: the operand word of the instruction is the number of a constant.
    let index = unsafe { *s.cache(0) } as u32;
    let names = s.constant_value(index).as_object();
    // SAFETY: the compiler makes it a tuple, and the code keeps it alive.
    names.map(|o| unsafe { &*(o.as_ptr().cast::<Tuple>()) })
}

pub fn CALL_KW(s: &mut State, w: Word) -> Flow {
    let flow = call_other(s.saved(), w, w.b() + 1, w.c(), kwnames(s), NAMED);
    resume(s, flow)
}

pub fn CALL_METHOD_KW(s: &mut State, w: Word) -> Flow {
    let (first, count) = method_arguments(s, w);
    let flow = call_other(s.saved(), w, first, count, kwnames(s), NAMED);
    resume(s, flow)
}

/// The arguments of a call that is under way.
pub(super) struct Site<'a> {
    pub(super) w: Word,
    pub(super) first: u16,
    pub(super) count: u16,
    pub(super) names: Option<&'a Tuple>,
    pub(super) width: u32,
}

impl Site<'_> {
    pub(super) fn values<'v>(&self, s: &State) -> &'v [Value] {
        s.slice(self.first, self.count as usize)
    }

    /// Empties the registers of callable and arguments.
    fn consume(&self, s: &State) {
        s.clear(self.w.b(), (self.first + self.count - self.w.b()) as usize);
    }

    /// The result of a call that is over.
    fn finish(&self, s: &State, result: PyResult) -> Flow {
        called(s, self.w, self.first + self.count, result)
    }
}

/// All calls but the simplest.
#[inline(never)]
fn call_other(
    s: Saved,
    w: Word,
    first: u16,
    count: u16,
    names: Option<&Tuple>,
    width: u32,
) -> Flow {
    let s = s.state();
    let site = Site {
        w,
        first,
        count,
        names,
        width,
    };
    let callee = s.get(w.b());
    if !is_object(callee) {
        return site.finish(&s, protocol::call(s.py, &s.copy(w.b()), &[]));
    }
    // SAFETY: the register keeps the callable alive during the call.
    let callable = unsafe { object(callee) };
    let ty = callable.ty();
    if std::ptr::eq(ty, &*FUNCTION) {
        // SAFETY: the type was just compared.
        return call_python(&s, &site, unsafe { callable.cast_unchecked() }, None);
    }
    if let Some(native) = callable.downcast_exact::<NativeFunctionObject>()
        && let Some(def) = native.native_def()
    {
        return site.finish(
            &s,
            def.call(s.py, native.receiver(), site.values(&s), names),
        );
    }
    if let Some(method) = callable.downcast_exact::<MethodDescriptor>()
        && let Some(flow) = call_descriptor(&s, &site, method)
    {
        return flow;
    }
    if let Some(method) = callable.downcast_exact::<Method>() {
        return call_method(&s, &site, method);
    }
    if let Some(class) = callable.downcast::<Type>()
        && is_called_by_type(class)
    {
        return call_class(&s, &site, class);
    }
    if let Some(function) = call_of_instance(&s, callable) {
        let callable = callable.to_owned();
        return call_python(&s, &site, &function, Some(&callable));
    }
    let values = site.values(&s);
    site.finish(
        &s,
        protocol::call::call_object(s.py, callable, values, names),
    )
}

/// A method written in Rust, called with its receiver as first value.
fn call_descriptor(s: &State, site: &Site<'_>, method: &MethodDescriptor) -> Option<Flow> {
    let def = method.native_def()?;
    let (receiver, rest) = site.values(s).split_first()?;
    if site.names.is_some_and(|n| n.len() > rest.len()) {
        return None;
    }
    let owner = method.owner();
    let fits = |ty: &Type| std::ptr::eq(ty, owner) || ty.is_subtype_of(owner);
    let result = match receiver.as_object() {
        Some(object) if fits(object.ty()) => def.call(s.py, Some(object), rest, site.names),
        None if fits(receiver.ty()) => {
            def.call(s.py, Some(&receiver.to_object()), rest, site.names)
        }
        _ => return None,
    };
    Some(site.finish(s, result))
}

/// A Python function with arguments of any kind, and a receiver before them.
fn call_python(s: &State, site: &Site<'_>, function: &Function, receiver: Option<&Object>) -> Flow {
    let extra = u16::from(receiver.is_some());
    let given = u32::from(site.count + extra);
    let exact = function.code().body.simple_args == given;
    if site.names.is_none() && (exact || covered_by_defaults(function, given)) {
        return enter_moving(s, site, function, receiver, discard(site.w));
    }
    enter_named(s, site, function, receiver, discard(site.w))
}

/// Enters a function with arguments of any kind, which are moved.
fn enter_named(
    s: &State,
    site: &Site<'_>,
    function: &Function,
    receiver: Option<&Object>,
    flags: u32,
) -> Flow {
    if let Some(flow) = super::call_bind::enter_planned(s, site, function, receiver, flags) {
        return flow;
    }
    // SAFETY: the registers are the call's, and the loop's state is reloaded next.
    let entered = unsafe {
        let arguments = Moved::new(
            receiver.map(Value::unboxed),
            s.at(site.first),
            site.count as usize,
            site.names,
        );
        enter_bound(s.py, function.to_owned(), arguments, flags, site.width)
    };
    site.consume(s);
    reloaded(entered)
}

/// What comes after a frame was pushed, or was not.
pub(super) fn reloaded(entered: PyResult<()>) -> Flow {
    match entered {
        Ok(()) => Flow::Reload,
        Err(Raised) => Flow::Raise,
    }
}

/// Enters a function by moving the arguments; missing ones come from the defaults.
fn enter_moving(
    s: &State,
    site: &Site<'_>,
    function: &Function,
    receiver: Option<&Object>,
    flags: u32,
) -> Flow {
    let function = function.to_owned();
    let receiver = receiver.map(Value::unboxed);
    let code: *const CodeObject = function.code();
    // SAFETY: references move from the call's registers to the new frame's.
    unsafe {
        let raw = function.into_raw();
        let Some(frame) = frame::push(s.stack(), raw, code, flags, site.width) else {
            drop(Owned::from_raw(raw));
            let _: PyResult<()> = stack::overflow(s.py);
            return Flow::Raise;
        };
        let base = (*frame).base;
        let mut filled = 0;
        if let Some(receiver) = receiver {
            *base = receiver.into_word();
            filled = 1;
        }
        s.move_out(site.first, site.count as usize, base.add(filled));
        filled += site.count as usize;
        let wanted = (*code).body.simple_args as usize;
        frame::zero_registers(base, filled, (*code).body.first_temp as usize);
        if filled < wanted {
            fill_defaults(&*raw, base, filled);
        }
        // What is left of the call: the callable, and an empty receiver's register. The
        // frame is complete, so that a destructor may run.
        s.clear(site.w.b(), (site.first - site.w.b()) as usize);
    }
    Flow::Reload
}

/// A bound method: its receiver goes before the arguments.
fn call_method(s: &State, site: &Site<'_>, method: &Method) -> Flow {
    let method = method.to_owned();
    if let Some(function) = method.function().downcast_exact::<Function>() {
        return call_python(s, site, function, Some(method.receiver()));
    }
    let result = crate::method::call_method(s.py, &method, site.values(s), site.names);
    site.finish(s, result)
}

/// The `__call__` of an instance, where its class has one written in Python.
pub(super) fn call_of_instance(s: &State, callable: &Object) -> Option<Owned<Function>> {
    if !callable.ty().is_heap_type() || callable.downcast::<Type>().is_some() {
        return None;
    }
    let call = callable
        .ty()
        .lookup(s.py, krait_object::intern!("__call__"))?;
    Some(call.downcast_exact::<Function>()?.to_owned())
}

/// In a call's cache: the class is called by `type.__call__`.
const BY_TYPE: u64 = 1;
/// In a call's cache: the class is one of exceptions that do no more than keep the arguments.
const KEEPS_ARGUMENTS: u64 = 3;
/// Mark of the address of a native `__new__` in a call's cache.
const BY_NEW: u64 = 2;
/// Mark of the address of what a class's dict has as its Python `__new__`.
const BY_PYTHON_NEW: u64 = 4;

/// A class that `type.__call__` calls. The call's cache holds the version of a class, and
/// what its call amounts to: an `__init__`, zero where there is none, a native `__new__`,
/// `KEEPS_ARGUMENTS`, or `BY_TYPE`.
fn call_class(s: &State, site: &Site<'_>, class: &Type) -> Flow {
    // SAFETY: a call's last three words are its cache.
    unsafe {
        let cache = s.pc.add(site.width as usize - 3);
        let version = class.raw().tp_version_tag;
        if version != 0 && *cache == u64::from(version) {
            return known_class(s, site, class, *cache.add(1));
        }
    }
    call_class_slow(s, site, class)
}

/// A class of whose call the cache says how it is done.
///
/// # Safety
/// The cache is of the class's version.
unsafe fn known_class(s: &State, site: &Site<'_>, class: &Type, how: u64) -> Flow {
    if how == 0 {
        return plain_instance(s, site, class);
    }
    if how == BY_TYPE {
        return general_class(s, site, class);
    }
    if how == KEEPS_ARGUMENTS {
        return plain_exception(s, site, class);
    }
    // SAFETY: the contract: what the marks say is what the word is the address of.
    unsafe {
        if how & BY_NEW != 0 {
            let result =
                new_by(how).call(s.py, Some(class.as_object()), site.values(s), site.names);
            return site.finish(s, result);
        }
        if how & BY_PYTHON_NEW != 0 {
            return python_new(s, site, class, object(how & !BY_PYTHON_NEW));
        }
        let init = object(how).cast_unchecked::<Function>().to_owned();
        construct(s, site, class, &init)
    }
}

#[inline(never)]
fn call_class_slow(s: &State, site: &Site<'_>, class: &Type) -> Flow {
    let class = class.to_owned();
    let how = of_class(s.py, &class);
    let learned = match &how {
        Construction::Plain => 0,
        Construction::Init(init) => init.as_object().as_ptr() as u64,
        Construction::New(def) => std::ptr::from_ref(*def) as u64 | BY_NEW,
        Construction::PythonNew(new) => new.word() | BY_PYTHON_NEW,
        Construction::Exception => KEEPS_ARGUMENTS,
        Construction::Other => BY_TYPE,
    };
    // SAFETY: a call's last three words are its cache.
    unsafe {
        let cache = s.pc.add(site.width as usize - 3);
        *cache = u64::from(class.version(s.py));
        *cache.add(1) = learned;
    }
    match how {
        Construction::Plain => plain_instance(s, site, &class),
        Construction::Init(init) => construct(s, site, &class, &init),
        Construction::PythonNew(new) => match new.as_object() {
            Some(new) => python_new(s, site, &class, new),
            None => general_class(s, site, &class),
        },
        Construction::New(_) | Construction::Exception | Construction::Other => {
            general_class(s, site, &class)
        }
    }
}

/// The definition that a call's cache holds.
///
/// # Safety
/// The word is such a one; definitions live for ever.
#[inline(always)]
unsafe fn new_by(word: u64) -> &'static NativeDef {
    // SAFETY: the contract.
    unsafe { &*((word & !BY_NEW) as *const NativeDef) }
}

/// An instance of a class without `__init__`.
fn plain_instance(s: &State, site: &Site<'_>, class: &Type) -> Flow {
    if site.count == 0 {
        return site.finish(s, instance(class).map(Value::from));
    }
    general_class(s, site, class)
}

/// An exception that keeps the arguments, of which none has a name.
fn plain_exception(s: &State, site: &Site<'_>, class: &Type) -> Flow {
    if site.names.is_some() {
        return general_class(s, site, class);
    }
    let arguments = Tuple::from_slice(site.values(s));
    site.finish(s, exceptions::new_simple(class, arguments).map(Value::from))
}

/// The class's Python `__new__` as a frame, or by `type.__call__`.
fn python_new(s: &State, site: &Site<'_>, class: &Type, new: &Object) -> Flow {
    super::call_new::enter(s, site, class, new).unwrap_or_else(|| general_class(s, site, class))
}

fn general_class(s: &State, site: &Site<'_>, class: &Type) -> Flow {
    let class = class.to_owned();
    let result = krait_object::types::type_new::call_type(s.py, &class, site.values(s), site.names);
    site.finish(s, result)
}

/// Makes an instance and enters `__init__`; the instance waits in the callable's register.
fn construct(s: &State, site: &Site<'_>, class: &Type, init: &Function) -> Flow {
    let Ok(instance) = instance(class) else {
        return Flow::Raise;
    };
    let given = u32::from(site.count) + 1;
    let flags = flag::INIT | discard(site.w);
    let exact = init.code().body.simple_args == given;
    let flow = if site.names.is_none() && (exact || covered_by_defaults(init, given)) {
        enter_moving(s, site, init, Some(&instance), flags)
    } else {
        enter_named(s, site, init, Some(&instance), flags)
    };
    if matches!(flow, Flow::Reload) {
        // `s` is the caller's state still.
        s.put(site.w.b(), Value::from(instance).into_word());
    }
    flow
}

#[inline(always)]
pub fn RETURN(s: &mut State, w: Word) -> Flow {
    // A local is moved out too: it is emptied next anyway.
    let word = s.steal(w.a());
    let flow = give_back(s, word);
    if matches!(flow, Flow::Cold | Flow::Second) {
        s.put(w.a(), word);
    }
    flow
}

/// The same for frames and locals of any kind.
pub fn slow_return(s: Saved, w: Word) -> Flow {
    let mut s = s.state();
    let word = s.steal(w.a());
    give_back_slowly(&mut s, w, word)
}

#[inline(always)]
pub fn RETURN_CONST(s: &mut State, w: Word) -> Flow {
    // SAFETY: constants are living values.
    let word = unsafe { crate::word::copy_word(s.constant(w.bc())) };
    let flow = give_back(s, word);
    if matches!(flow, Flow::Cold | Flow::Second) && is_object(word) {
        // SAFETY: the reference was just counted; the code has its own.
        let _ = unsafe { Object::give_back(word as *mut PyObject) };
    }
    flow
}

/// The same for frames and locals of any kind.
pub fn slow_return_const(s: Saved, w: Word) -> Flow {
    let mut s = s.state();
    // SAFETY: constants are living values.
    let word = unsafe { crate::word::copy_word(s.constant(w.bc())) };
    give_back_slowly(&mut s, w, word)
}

/// Flags of frames that are left without much ado.
const USUAL: u32 = flag::DISCARD | flag::INIT;

/// Whether the frame can be left with this result without more ado.
#[inline(always)]
fn is_usual(s: &State, word: u64) -> bool {
    // SAFETY: the frame is the innermost one.
    let flags = unsafe { (*s.frame).flags };
    flags & !USUAL == 0 && (flags & flag::INIT == 0 || word == singletons::none().as_ptr() as u64)
}

/// Leaves the innermost frame with a result. `Second` where something dies of it (then the
/// locals that are left are still to be cleared), `Cold` where the frame is not a usual one.
#[inline(always)]
fn give_back(s: &mut State, word: u64) -> Flow {
    if !is_usual(s, word) {
        return Flow::Cold;
    }
    // SAFETY: the frame is the innermost one; its temporaries are dead.
    unsafe {
        let (frame, function) = (s.frame, (*s.frame).function);
        if Object::is_last(function.cast())
            || !frame::clear_living(s.base, (*frame).first_temp as usize)
        {
            return Flow::Second;
        }
        let stack = s.stack();
        (*stack).current = (*frame).previous;
        let _ = Object::give_back(function.cast());
        arrive(s, stack, word)
    }
}

/// As `give_back`, where something dies of it: after the frame has left the chain, while
/// its registers are still reserved.
#[inline(always)]
fn give_back_dying(s: &mut State, word: u64) -> Flow {
    // SAFETY: the frame is the innermost one; its temporaries are dead.
    unsafe {
        let (frame, function) = (s.frame, (*s.frame).function);
        let stack = s.stack();
        (*stack).current = (*frame).previous;
        frame::clear_registers(s.base, (*frame).first_temp as usize);
        Object::decref(function.cast());
        arrive(s, stack, word)
    }
}

/// Takes the frame that has left the chain off the stack, and goes on behind the call.
///
/// # Safety
/// It is the state's, and the one before it is the innermost one.
#[inline(always)]
unsafe fn arrive(s: &mut State, stack: *mut stack::Stack, word: u64) -> Flow {
    // SAFETY: the contract.
    unsafe {
        let (flags, width) = ((*s.frame).flags, (*s.frame).width);
        (*stack).top = s.base;
        (*stack).next = s.frame;
        s.reload();
        let call = Word(*s.pc);
        s.pc = s.pc.add(width as usize);
        let word = if flags & flag::INIT != 0 {
            s.steal(call.b())
        } else {
            word
        };
        let old = if flags & flag::DISCARD != 0 {
            word
        } else {
            std::mem::replace(&mut *s.at(call.a()), word)
        };
        if is_object(old) && Object::give_back(old as *mut PyObject) {
            return Flow::ReloadFree(old);
        }
    }
    Flow::Reload
}

/// A return after which something dies.
#[inline(always)]
pub fn return_dying(s: &mut State, w: Word) -> Flow {
    let word = s.steal(w.a());
    give_back_dying(s, word)
}

/// The same for a constant.
#[inline(always)]
pub fn return_const_dying(s: &mut State, w: Word) -> Flow {
    // SAFETY: constants are living values.
    let word = unsafe { crate::word::copy_word(s.constant(w.bc())) };
    give_back_dying(s, word)
}

/// The same for frames and locals of any kind.
#[inline(never)]
fn give_back_slowly(s: &mut State, w: Word, word: u64) -> Flow {
    if is_usual(s, word) {
        let flow = give_back_dying(s, word);
        s.save();
        return super::settle(s, w, flow);
    }
    // SAFETY: the frame is the innermost one.
    unsafe { leave(s.saved(), word) }
}

/// Leaves a frame that has something special about it.
#[inline(never)]
unsafe fn leave(s: Saved, word: u64) -> Flow {
    let s = s.state();
    // SAFETY: the frame is the innermost one, and owns what its flags say.
    unsafe {
        let frame = s.frame;
        let flags = (*frame).flags;
        let mut value = Value::from_word(word);
        if flags & flag::TRACED != 0 && trace::returns(s.py, frame, &value).is_err() {
            return Flow::Raise;
        }
        if flags & flag::GENERATOR != 0 {
            return super::r#gen::returned(s.saved(), value);
        }
        if flags & flag::INIT != 0 {
            let checked = check_init(s.py, &value);
            if checked.is_err() {
                return Flow::Raise;
            }
        }
        let width = (*frame).width;
        frame::pop(s.py, s.stack(), frame);
        if flags & flag::NATIVE != 0 {
            return Flow::Exit(value.into_word());
        }
        if flags & flag::NEW != 0
            && super::call_new::made(&State::innermost(s.py), flags, &value).is_err()
        {
            return Flow::Raise;
        }
        let caller = (*s.stack()).current;
        let call = Word(*(*caller).pc);
        if flags & flag::INIT != 0 {
            value = take_register(caller, call.b());
        }
        (*caller).pc = (*caller).pc.add(width as usize);
        if flags & flag::DISCARD != 0 {
            drop(value);
        } else {
            store_register(caller, call.a(), value);
        }
        Flow::Reload
    }
}

/// # Safety
/// The register of the frame is filled and a temporary.
unsafe fn take_register(frame: *mut Frame, register: u16) -> Value {
    // SAFETY: the contract.
    unsafe {
        let place = (*frame).base.add(register as usize);
        Value::from_word(std::mem::replace(&mut *place, 0))
    }
}

/// # Safety
/// The register is the frame's.
pub unsafe fn store_register(frame: *mut Frame, register: u16, value: Value) {
    // SAFETY: the contract.
    unsafe {
        let place = (*frame).base.add(register as usize);
        let old = std::mem::replace(&mut *place, value.into_word());
        crate::word::drop_word(old);
    }
}

pub fn PRINT_EXPR(s: &mut State, w: Word) -> Flow {
    s.save();
    let value = s.take(w.a());
    let result = krait_object::hooks::import_module(s.py, "sys")
        .and_then(|sys| protocol::lookup_attr(s.py, &sys, krait_object::intern!("displayhook")))
        .and_then(|hook| match hook {
            Some(hook) => protocol::call(s.py, &hook, &[value]),
            None => raise!(s.py, RuntimeError, "lost sys.displayhook"),
        });
    State::done(result.map(drop))
}
