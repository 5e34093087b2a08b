//! `function`: a function written in Python.
//!
//! The head is CPython's struct, whose fields C macros may read. What always holds:
//! code, globals, builtins, name and qualname are there; a closure has as many cells as
//! the code has free variables. A replaced code stays alive as long as the function,
//! since frames that run it do not count it.

use std::cell::{Cell, RefCell};

use krait_abi::{PyFunctionObject, PyObject, visitproc};
use krait_object::gc::Visitor;
use krait_object::native::call::DefKind;
use krait_object::native::{NativeDef, TypeBuilder};
use krait_object::object::{Builtin, Layout, Object, Owned};
use krait_object::py::{Py, PyResult};
use krait_object::types::dict::Dict;
use krait_object::types::str::Str;
use krait_object::types::tuple::Tuple;
use krait_object::types::typeobject::{StaticType, Type};
use krait_object::value::Value;
use krait_object::{intern, raise};

use crate::code::CodeObject;

pub mod attrs;

/// A `function`.
#[repr(C)]
pub struct Function {
    head: std::cell::UnsafeCell<PyFunctionObject>,
    retired: RefCell<Vec<Owned<CodeObject>>>,
    /// Changes when code or defaults change, for caches.
    version: Cell<u32>,
}

#[unsafe(export_name = "PyFunction_Type")]
pub static FUNCTION: StaticType = StaticType::new();

// SAFETY: the struct begins with the header.
unsafe impl Layout for Function {}
// SAFETY: function cannot be subclassed.
unsafe impl Builtin for Function {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &FUNCTION
    }
    #[inline(always)]
    fn is_instance(object: &Object) -> bool {
        std::ptr::eq(object.ty(), Self::type_object())
    }
}

/// The extras that a function is made with.
#[derive(Default)]
pub struct Extras {
    pub defaults: Option<Owned>,
    pub kwdefaults: Option<Owned>,
    pub annotations: Option<Owned>,
    pub closure: Option<Owned>,
    pub annotate: Option<Owned>,
}

fn pointer(object: Option<Owned>) -> *mut PyObject {
    object.map_or(std::ptr::null_mut(), Owned::into_ptr)
}

impl Function {
    #[inline(always)]
    pub fn raw(&self) -> *mut PyFunctionObject {
        self.head.get()
    }

    /// A function of a code, as `MAKE_FUNCTION` makes it.
    pub fn new(
        py: Py,
        code: Owned<CodeObject>,
        globals: Owned<Dict>,
        extras: Extras,
    ) -> Owned<Function> {
        let builtins = builtins_of(py, &globals);
        Function::with_builtins(py, code, globals, builtins, extras)
    }

    pub fn with_builtins(
        py: Py,
        code: Owned<CodeObject>,
        globals: Owned<Dict>,
        builtins: Owned,
        extras: Extras,
    ) -> Owned<Function> {
        let module = globals.get_str_key(py, intern!("__name__"));
        // SAFETY: the block is fresh and large enough; all fields are written here.
        unsafe {
            let ptr = krait_heap::alloc_object(size_of::<Function>(), true).cast::<Function>();
            if ptr.is_null() {
                krait_object::errors::out_of_memory();
            }
            let mut head = PyFunctionObject::ZERO;
            head.ob_base = PyObject::new_heap(FUNCTION.as_type_ptr());
            head.func_globals = globals.into_ptr();
            head.func_builtins = builtins.into_ptr();
            head.func_name = code.name().to_owned_str().into_ptr();
            head.func_qualname = code.qualname().to_owned_str().into_ptr();
            head.func_code = code.into_ptr();
            head.func_defaults = pointer(extras.defaults);
            head.func_kwdefaults = pointer(extras.kwdefaults);
            head.func_closure = pointer(extras.closure);
            head.func_module = pointer(module.map(Value::into_object));
            head.func_annotations = pointer(extras.annotations);
            head.func_annotate = pointer(extras.annotate);
            head.vectorcall = Some(krait_object::protocol::call::native_vectorcall);
            std::ptr::write(&raw mut (*ptr).head, std::cell::UnsafeCell::new(head));
            std::ptr::write(&raw mut (*ptr).retired, RefCell::default());
            std::ptr::write(&raw mut (*ptr).version, Cell::new(0));
            krait_heap::track(ptr.cast());
            Owned::from_raw(ptr)
        }
    }

    #[inline(always)]
    pub fn code(&self) -> &CodeObject {
        // SAFETY: a function owns its code; a replaced one is kept in `retired`.
        unsafe { &*(*self.raw()).func_code.cast::<CodeObject>() }
    }

    #[inline(always)]
    pub fn globals(&self) -> &Dict {
        // SAFETY: a function owns its globals, which do not change.
        unsafe { Object::from_ptr((*self.raw()).func_globals).cast_unchecked() }
    }

    #[inline(always)]
    pub fn builtins(&self) -> &Object {
        // SAFETY: a function owns its builtins, which do not change.
        unsafe { Object::from_ptr((*self.raw()).func_builtins) }
    }

    #[inline(always)]
    pub fn closure(&self) -> Option<&Tuple> {
        // SAFETY: null or an owned tuple, which does not change.
        unsafe {
            let closure = (*self.raw()).func_closure;
            (!closure.is_null()).then(|| Object::from_ptr(closure).cast_unchecked())
        }
    }

    /// `__doc__`: the code's docstring until it is asked for, since that reads the code.
    pub fn doc(&self) -> Value {
        // SAFETY: null or an owned object.
        unsafe {
            let doc = (*self.raw()).func_doc;
            if !doc.is_null() {
                return Value::unboxed(Object::from_ptr(doc));
            }
        }
        let doc = self.code().docstring();
        self.set_doc(doc.clone());
        doc
    }

    pub fn set_doc(&self, doc: Value) {
        // SAFETY: the field is null or an owned object.
        unsafe {
            let place = &raw mut (*self.raw()).func_doc;
            let old = std::mem::replace(&mut *place, doc.into_object().into_ptr());
            if !old.is_null() {
                Object::decref(old);
            }
        }
    }

    /// `__defaults__`, a new reference.
    #[inline(always)]
    pub fn defaults(&self) -> Option<Owned<Tuple>> {
        // SAFETY: it gets a reference of its own at once.
        unsafe { self.defaults_ref() }.map(|defaults| defaults.to_owned())
    }

    /// The same, borrowed.
    ///
    /// # Safety
    /// Nothing changes the function meanwhile.
    #[inline(always)]
    pub unsafe fn defaults_ref(&self) -> Option<&Tuple> {
        // SAFETY: null or an owned tuple.
        unsafe {
            let defaults = (*self.raw()).func_defaults;
            (!defaults.is_null()).then(|| Object::from_ptr(defaults).cast_unchecked::<Tuple>())
        }
    }

    /// `__kwdefaults__`, a new reference.
    pub fn kwdefaults(&self) -> Option<Owned<Dict>> {
        // SAFETY: the reference is used at once.
        unsafe { self.kwdefaults_ref() }.map(|defaults| defaults.to_owned())
    }

    /// The same, borrowed.
    ///
    /// # Safety
    /// Nothing changes the function meanwhile.
    #[inline(always)]
    pub unsafe fn kwdefaults_ref(&self) -> Option<&Dict> {
        // SAFETY: null or an owned dict.
        unsafe {
            let defaults = (*self.raw()).func_kwdefaults;
            (!defaults.is_null()).then(|| Object::from_ptr(defaults).cast_unchecked::<Dict>())
        }
    }

    pub fn name(&self) -> &Str {
        // SAFETY: a function owns its name.
        unsafe { Object::from_ptr((*self.raw()).func_name).cast_unchecked() }
    }

    /// `__qualname__` as error texts show it.
    pub fn qualname(&self) -> String {
        // SAFETY: a function owns its qualified name.
        unsafe { Object::from_ptr((*self.raw()).func_qualname).cast_unchecked::<Str>() }
            .to_rust()
            .into_owned()
    }

    /// Replaces an owned field; the old content is released last.
    ///
    /// # Safety
    /// `place` is one of the head's owned fields.
    pub(crate) unsafe fn replace(
        &self,
        place: impl Fn(*mut PyFunctionObject) -> *mut *mut PyObject,
        new: Option<Owned>,
    ) {
        self.version.set(self.version.get().wrapping_add(1));
        // SAFETY: the contract: null or an owned object.
        unsafe {
            let old = std::mem::replace(&mut *place(self.raw()), pointer(new));
            if !old.is_null() {
                Object::decref(old);
            }
        }
    }

    fn set_code(&self, code: Owned<CodeObject>) {
        self.doc();
        self.version.set(self.version.get().wrapping_add(1));
        // SAFETY: the function owned its old code, which is kept.
        unsafe {
            let old = std::mem::replace(&mut (*self.raw()).func_code, code.into_ptr());
            self.retired.borrow_mut().push(Owned::from_raw(old.cast()));
        }
    }
}

/// The builtins that belong to globals: `__builtins__`, or the namespace of that module; those
/// of the running code where there are none.
/// Where it is no mapping, looking a name up fails.
pub fn builtins_of(py: Py, globals: &Dict) -> Owned {
    let found = globals.get_str_key(py, intern!("__builtins__"));
    let found = found.as_ref().map(Value::to_object);
    if let Some(object) = found.as_deref() {
        if let Some(dict) = object.downcast::<Dict>() {
            return dict.as_object().to_owned();
        }
        if let Some(module) = object.downcast::<krait_object::types::module::Module>() {
            return module.dict().upcast();
        }
        return object.to_owned();
    }
    match crate::frame::current_builtins(py) {
        Ok(builtins) => builtins.into_object(),
        Err(_) => crate::builtins_dict(py).upcast(),
    }
}

fn owned_fields(head: *mut PyFunctionObject) -> [*mut PyObject; 14] {
    // SAFETY: called with a living function.
    unsafe {
        let h = &*head;
        [
            h.func_globals,
            h.func_builtins,
            h.func_name,
            h.func_qualname,
            h.func_code,
            h.func_defaults,
            h.func_kwdefaults,
            h.func_closure,
            h.func_doc,
            h.func_dict,
            h.func_module,
            h.func_annotations,
            h.func_annotate,
            h.func_typeparams,
        ]
    }
}

unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying function, which owns its fields.
    unsafe {
        krait_heap::untrack(object.cast());
        let function = object.cast::<Function>();
        let head = (*function).head.get();
        if !(*head).func_weakreflist.is_null() {
            FUNCTION.clear_weakrefs(object);
        }
        for field in owned_fields(head) {
            if !field.is_null() {
                Object::decref(field);
            }
        }
        std::ptr::drop_in_place(&raw mut (*function).retired);
        FUNCTION.free_instance(object);
    }
}

unsafe extern "C-unwind" fn traverse(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut std::ffi::c_void,
) -> i32 {
    let mut visitor = Visitor::new(visit, arg);
    // SAFETY: called with a living function.
    let head = unsafe { (*object.cast::<Function>()).head.get() };
    owned_fields(head)
        .into_iter()
        .for_each(|field| visitor.visit_ptr(field));
    visitor.result()
}

unsafe extern "C-unwind" fn clear(object: *mut PyObject) -> i32 {
    // SAFETY: called with a living function. Globals, builtins, code and names stay,
    // since others rely on them; every cycle also goes through one of the rest.
    unsafe {
        let function = Object::from_ptr(object).cast_unchecked::<Function>();
        function.replace(|h| &raw mut (*h).func_defaults, None);
        function.replace(|h| &raw mut (*h).func_kwdefaults, None);
        function.replace(|h| &raw mut (*h).func_doc, None);
        function.replace(|h| &raw mut (*h).func_dict, None);
        function.replace(|h| &raw mut (*h).func_module, None);
        function.replace(|h| &raw mut (*h).func_annotations, None);
        function.replace(|h| &raw mut (*h).func_annotate, None);
        function.replace(|h| &raw mut (*h).func_typeparams, None);
        // Cells of the closure are emptied by their own clear.
    }
    0
}

fn entry(
    py: Py,
    _def: &'static NativeDef,
    this: Option<&Object>,
    values: &[Value],
    kwnames: Option<&Tuple>,
) -> PyResult {
    match this.and_then(|o| o.downcast_exact::<Function>()) {
        Some(function) => crate::call::call_function(py, function, values, kwnames),
        None => raise!(py, TypeError, "a function is needed"),
    }
}

pub(crate) fn define() {
    let mut b = TypeBuilder::<Function>::new(&FUNCTION, "function", size_of::<Function>());
    b.flags(krait_abi::Py_TPFLAGS_METHOD_DESCRIPTOR)
        .dealloc_raw(dealloc)
        .gc_raw(traverse, clear)
        .with_raw(|raw| {
            raw.tp_weaklistoffset =
                std::mem::offset_of!(PyFunctionObject, func_weakreflist) as isize;
            raw.tp_dictoffset = std::mem::offset_of!(PyFunctionObject, func_dict) as isize;
            raw.tp_call = Some(krait_object::types::typeobject::native_call_slot);
        });
    attrs::define(&mut b);
    let def = NativeDef::new(
        "function",
        "__call__($self, /, *args, **kwargs)",
        "",
        DefKind::Call,
        entry,
    );
    FUNCTION.ext().native_call.set(Some(def));
    b.silent().finish();
}
