//! `NativeDef`, the record behind every native function, and the traits that turn
//! a typed Rust function into its entry point.

use std::cell::{Cell, OnceCell};

use krait_abi::{METH_FASTCALL, METH_KEYWORDS, PyMethodDef, PyObject};

use super::arg::Arg;
use super::bind::{Bound, bind};
use super::leak;
use super::ret::IntoResult;
use super::signature::{ParamKind, Signature};
use crate::object::{Builtin, Layout, Object};
use crate::py::{Py, PyResult};
use crate::types::tuple::Tuple;
use crate::types::typeobject::{Type, address};
use crate::value::Value;

/// Set in `ml_flags` of Krait's own definitions; C's flags end well below.
pub const METH_KRAIT: i32 = 0x1000_0000;

/// The uniform entry: `values` holds the positional arguments and then those given
/// by keyword, whose names are in `kwnames`.
pub type Entry = fn(Py, &'static NativeDef, Option<&Object>, &[Value], Option<&Tuple>) -> PyResult;

/// What a native definition is attached to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DefKind {
    Function,
    Method,
    ClassMethod,
    StaticMethod,
    New,
    Init,
    Call,
}

/// A native function's record. It begins with the `PyMethodDef` that C sees, and
/// lives as long as the process.
#[repr(C)]
pub struct NativeDef {
    pub c: PyMethodDef,
    entry: Entry,
    /// Bounds of the positional fast path; filled when the signature is parsed.
    min: Cell<u8>,
    max: Cell<u8>,
    /// Whether all positional arguments go to `*args`, and nothing else is required; filled
    /// with the bounds.
    all_rest: Cell<bool>,
    /// What the interpreter does in its place.
    inline: Cell<Inline>,
    pub kind: DefKind,
    pub text: &'static str,
    signature: OnceCell<Signature>,
    /// The type's or module's name, for error texts.
    pub owner: &'static str,
    /// A marker before the text: see `Counting`.
    pub counting: Counting,
    /// What errors of keywords call it: its name, or the one that stands before a `|` (CPython's
    /// function hands its keywords on to that one).
    pub keywords_of: &'static str,
}

/// Functions that the interpreter does itself for arguments of the usual types.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Inline {
    No,
    /// `len`.
    Length,
    /// `isinstance`.
    IsInstance,
    /// `list.append`.
    Append,
}

/// How a function speaks of arguments that are too many or too few. CPython's generated
/// functions have one way, some that it writes by hand have others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counting {
    /// By the signature, as Argument Clinic does.
    Clinic,
    /// `int expected at most 2 arguments, got 3`; marked by `!` before the text.
    Plain,
    /// Without the position of a missing argument; marked by `?` before the text.
    NoPosition,
    /// Keyword arguments are counted first, as `PyArg_ParseTupleAndKeywords` does; marked by
    /// `:` before the text.
    Parsed,
}

impl NativeDef {
    pub fn new(
        owner: &'static str,
        text: &'static str,
        doc: &'static str,
        kind: DefKind,
        entry: Entry,
    ) -> &'static NativeDef {
        let (counting, text) = match text.as_bytes().first() {
            Some(b'!') => (Counting::Plain, &text[1..]),
            Some(b'?') => (Counting::NoPosition, &text[1..]),
            Some(b':') => (Counting::Parsed, &text[1..]),
            _ => (Counting::Clinic, text),
        };
        // (Thousands are made at start: what is looked through is the name alone.)
        let end = text.bytes().position(|b| b == b'(');
        let name = &text[..end.unwrap_or(text.len())];
        let (keywords_of, name, text) = match name.bytes().position(|b| b == b'|') {
            Some(at) => (&name[..at], &name[at + 1..], &text[at + 1..]),
            None => (name, name, text),
        };
        let c = PyMethodDef {
            ml_name: leak::c_string(name),
            ml_meth: None,
            ml_flags: METH_FASTCALL | METH_KEYWORDS | METH_KRAIT,
            ml_doc: if doc.is_empty() {
                std::ptr::null()
            } else {
                leak::c_string(doc)
            },
        };
        leak::value(NativeDef {
            c,
            entry,
            min: Cell::new(u8::MAX),
            max: Cell::new(0),
            all_rest: Cell::new(false),
            inline: Cell::new(Inline::No),
            kind,
            text,
            signature: OnceCell::new(),
            owner,
            counting,
            keywords_of,
        })
    }

    /// # Safety
    /// The pointer came from a `NativeDef` (`METH_KRAIT` is set in its flags).
    #[inline(always)]
    pub unsafe fn from_c(def: *const PyMethodDef) -> &'static NativeDef {
        // SAFETY: the method definition is the first field.
        unsafe { &*def.cast::<NativeDef>() }
    }

    pub fn name(&self) -> &'static str {
        &self.text[..self.text.find('(').unwrap_or(self.text.len())]
    }

    pub fn doc(&self) -> Option<&'static str> {
        (!self.c.ml_doc.is_null()).then(|| {
            // SAFETY: the text was made from a Rust string and is never freed.
            unsafe { std::ffi::CStr::from_ptr(self.c.ml_doc) }
                .to_str()
                .unwrap_or("")
        })
    }

    pub fn signature(&self) -> &Signature {
        self.signature.get_or_init(|| {
            let signature = Signature::parse(self.text);
            self.min.set(signature.required.min(254) as u8);
            let max = if signature.var_positional {
                0
            } else {
                signature.positional
            };
            self.max.set(max as u8);
            let demands_keyword = signature
                .params
                .iter()
                .any(|p| p.kind == ParamKind::KeywordOnly && p.default.is_none());
            self.all_rest
                .set(signature.var_positional && signature.positional == 0 && !demands_keyword);
            if signature.var_positional || signature.var_keyword || demands_keyword {
                self.min.set(u8::MAX);
            }
            signature
        })
    }

    /// What the interpreter does itself for the usual arguments, instead of calling it.
    #[inline(always)]
    pub fn inline(&self) -> Inline {
        self.inline.get()
    }

    /// Lets the interpreter do itself what this function does.
    pub fn set_inline(&self, inline: Inline) {
        self.inline.set(inline);
    }

    /// Whether so many positional arguments need no binding.
    #[inline(always)]
    pub(super) fn is_plain(&self, count: usize) -> bool {
        count >= self.min.get() as usize && count <= self.max.get() as usize
    }

    /// Positional arguments that need no binding, bound; `None` where it takes more.
    #[inline(always)]
    pub(super) fn plainly<'a>(&'static self, values: &'a [Value]) -> Option<Bound<'a>> {
        if self.is_plain(values.len()) {
            Some(Bound::plain(self, values))
        } else if self.all_rest.get() {
            Some(Bound::rest(self, values))
        } else {
            None
        }
    }

    /// Calls it; `this` is the receiver of a method, or the class of a class method.
    #[inline(always)]
    pub fn call(
        &'static self,
        py: Py,
        this: Option<&Object>,
        values: &[Value],
        kwnames: Option<&Tuple>,
    ) -> PyResult {
        (self.entry)(py, self, this, values, kwnames)
    }
}

/// A `this` parameter: `&T` for methods, `&Type` for constructors.
pub trait Receiver: Sized {
    type Layout: Layout;
    type Item<'a>;
    /// # Safety
    /// The object has the receiver's layout.
    unsafe fn receive(object: &Object) -> Self::Item<'_>;
}

impl<T: Layout> Receiver for &T {
    type Layout = T;
    type Item<'a> = &'a T;
    #[inline(always)]
    unsafe fn receive(object: &Object) -> &T {
        // SAFETY: as the contract says.
        unsafe { object.cast_unchecked() }
    }
}

/// A method: `fn(Py, &T, args...) -> R`.
pub trait NativeMethod<T: Layout, Marker>: Copy + 'static {
    fn invoke(self, py: Py, this: &T, bound: &Bound<'_>) -> PyResult;
}

/// A plain function: `fn(Py, args...) -> R`.
pub trait NativeFunction<Marker>: Copy + 'static {
    fn invoke(self, py: Py, bound: &Bound<'_>) -> PyResult;
}

macro_rules! native_callables {
    ($($A:ident $i:tt),*) => {
        impl<F, S, R, $($A: Arg),*> NativeMethod<S::Layout, fn(S, $($A),*) -> R> for F
        where
            S: Receiver,
            R: IntoResult,
            F: Copy + 'static + Fn(Py, S, $($A),*) -> R + for<'a> Fn(Py, S::Item<'a>, $($A::Item<'a>),*) -> R,
        {
            #[inline(always)]
            fn invoke(self, py: Py, this: &S::Layout, bound: &Bound<'_>) -> PyResult {
                let _ = bound;
                // SAFETY: `this` has the layout by its type.
                let this = unsafe { S::receive(this.as_object()) };
                (self)(py, this, $($A::extract(py, bound, $i)?),*).into_result(py)
            }
        }

        impl<F, R, $($A: Arg),*> NativeFunction<fn($($A),*) -> R> for F
        where
            R: IntoResult,
            F: Copy + 'static + Fn(Py, $($A),*) -> R + for<'a> Fn(Py, $($A::Item<'a>),*) -> R,
        {
            #[inline(always)]
            fn invoke(self, py: Py, bound: &Bound<'_>) -> PyResult {
                let _ = bound;
                (self)(py, $($A::extract(py, bound, $i)?),*).into_result(py)
            }
        }
    };
}
native_callables!();
native_callables!(A 0);
native_callables!(A 0, B 1);
native_callables!(A 0, B 1, C 2);
native_callables!(A 0, B 1, C 2, D 3);
native_callables!(A 0, B 1, C 2, D 3, E 4);
native_callables!(A 0, B 1, C 2, D 3, E 4, G 5);
native_callables!(A 0, B 1, C 2, D 3, E 4, G 5, H 6);
native_callables!(A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7);
native_callables!(A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7, J 8);
native_callables!(A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7, J 8, K 9);
native_callables!(A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7, J 8, K 9, L 10);
native_callables!(A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7, J 8, K 9, L 10, M 11);
native_callables!(A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7, J 8, K 9, L 10, M 11, N 12);
native_callables!(A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7, J 8, K 9, L 10, M 11, N 12, O 13);
native_callables!(A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7, J 8, K 9, L 10, M 11, N 12, O 13, V 14, W 15, X 16, Y 17);

/// The value of a function item or capture-less closure, which takes no room.
#[inline(always)]
pub(crate) fn conjure<F: Copy + 'static>() -> F {
    const {
        assert!(
            size_of::<F>() == 0,
            "only function items and closures without captures"
        )
    };
    // SAFETY: a type without size has a single value that needs no memory; the
    // caller of the registering function had one, so the type is inhabited.
    unsafe { std::ptr::NonNull::<F>::dangling().read() }
}

/// The entry of a method.
pub(super) fn method_entry<T: Layout, M, F: NativeMethod<T, M>>(
    py: Py,
    def: &'static NativeDef,
    this: Option<&Object>,
    values: &[Value],
    kwnames: Option<&Tuple>,
) -> PyResult {
    // SAFETY: whoever calls a method's definition passes a checked receiver.
    let this = unsafe { this.unwrap_unchecked().cast_unchecked::<T>() };
    let function = conjure::<F>();
    if kwnames.is_none()
        && let Some(bound) = def.plainly(values)
    {
        return function.invoke(py, this, &bound);
    }
    let named = if keywords_ignored(def, this.as_object()) {
        let positional = values.len() - kwnames.map_or(0, |names| names.len());
        (&values[..positional], None)
    } else {
        (values, kwnames)
    };
    bind(py, def, named.0, named.1, |bound| {
        function.invoke(py, this, bound)
    })
}

/// Whether keywords are for somebody else: a constructor that takes none leaves them to
/// the `__init__` of a subclass, and an `__init__` to its `__new__`.
#[cold]
fn keywords_ignored(def: &'static NativeDef, this: &Object) -> bool {
    if !matches!(def.kind, DefKind::New | DefKind::Init) || def.signature().keywords {
        return false;
    }
    if def.kind == DefKind::New {
        // SAFETY: a constructor's receiver is the class.
        let class = unsafe { this.cast_unchecked::<Type>() };
        return definer(class, |t| t.ext().native_new.get(), def)
            .is_some_and(|base| address(base.raw().tp_init) != address(class.raw().tp_init));
    }
    let class = this.ty();
    definer(class, |t| t.ext().native_init.get(), def)
        .is_some_and(|base| address(base.raw().tp_new) != address(class.raw().tp_new))
}

/// The topmost base that has the definition.
fn definer<'a>(
    class: &'a Type,
    of: impl Fn(&Type) -> Option<&'static NativeDef>,
    def: &'static NativeDef,
) -> Option<&'a Type> {
    let (mut at, mut found) = (Some(class), None);
    while let Some(ty) = at {
        if of(ty).is_some_and(|own| std::ptr::eq(own, def)) {
            found = Some(ty);
        }
        at = ty.base();
    }
    found
}

/// A method's definition that belongs to no type's dict, for bound functions made at run
/// time.
pub fn method_def<T: Builtin, M, F: NativeMethod<T, M>>(
    owner: &'static str,
    text: &'static str,
    _f: F,
) -> &'static NativeDef {
    NativeDef::new(owner, text, "", DefKind::Method, method_entry::<T, M, F>)
}

/// A function object that calls a method of the receiver; the definition is the
/// receiver's type's.
pub fn bound_function<T: Builtin>(def: &'static NativeDef, receiver: &T) -> Value {
    crate::types::descriptor::function(def, Some(receiver.to_owned().upcast()), None)
}

/// The entry of a constructor that leaves its arguments to `__init__`.
pub(super) fn bare_entry<R: IntoResult, F: Copy + 'static + Fn(Py, &Type) -> R>(
    py: Py,
    _def: &'static NativeDef,
    this: Option<&Object>,
    _values: &[Value],
    _kwnames: Option<&Tuple>,
) -> PyResult {
    // SAFETY: a constructor is called with the class.
    let class = unsafe { this.unwrap_unchecked().cast_unchecked::<Type>() };
    conjure::<F>()(py, class).into_result(py)
}

/// The entry of a function without receiver.
pub(super) fn function_entry<M, F: NativeFunction<M>>(
    py: Py,
    def: &'static NativeDef,
    _this: Option<&Object>,
    values: &[Value],
    kwnames: Option<&Tuple>,
) -> PyResult {
    let function = conjure::<F>();
    if kwnames.is_none()
        && let Some(bound) = def.plainly(values)
    {
        return function.invoke(py, &bound);
    }
    bind(py, def, values, kwnames, |bound| function.invoke(py, bound))
}

/// Checks a method's receiver and gives the error CPython gives for a foreign one.
pub fn check_receiver(py: Py, def: &NativeDef, ty: &Type, this: Option<&Value>) -> PyResult<()> {
    match this {
        None => crate::raise!(
            py,
            TypeError,
            "unbound method {}.{}() needs an argument",
            ty.name(),
            def.name()
        ),
        Some(value) if !value.ty().is_subtype_of(ty) => crate::raise!(
            py,
            TypeError,
            "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
            def.name(),
            ty.name(),
            value.ty().name()
        ),
        Some(_) => Ok(()),
    }
}

/// The C-visible pointer of a definition.
pub fn c_pointer(def: &'static NativeDef) -> *mut PyMethodDef {
    (&raw const def.c).cast_mut()
}

/// A null receiver pointer as an option.
///
/// # Safety
/// The pointer is null or to an object that lives for the lifetime.
#[inline(always)]
pub unsafe fn receiver<'a>(this: *mut PyObject) -> Option<&'a Object> {
    // SAFETY: as the contract says.
    (!this.is_null()).then(|| unsafe { Object::from_ptr(this) })
}
