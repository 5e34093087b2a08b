//! `CFuncPtr`: pointers to functions, called from Python or made of Python's.

use std::cell::RefCell;

use krait_ffi::library;
use krait_object::gc::Visitor;
use krait_object::native::TypeBuilder;
use krait_object::{
    Args, Bytes, Dict, KwArgs, Layout, Object, Owned, Py, PyResult, Str, Tuple, Type, Value,
    errors, intern, protocol, raise,
};

use crate::callback::Thunk;
use crate::calls::{self, Signature};
use crate::data::{self, This};
use crate::storage::{self, flag};
use crate::{codes, keep, types};

mod paramflags;

/// What a function pointer has beside its memory; what is not set here is as the type says.
#[derive(Default)]
pub struct Function {
    callable: RefCell<Option<Value>>,
    restype: RefCell<Option<Value>>,
    checker: RefCell<Option<Value>>,
    errcheck: RefCell<Option<Value>>,
    argtypes: RefCell<Option<Value>>,
    converters: RefCell<Option<Owned<Tuple>>>,
    paramflags: RefCell<Option<Owned<Tuple>>>,
}

impl Function {
    pub fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.callable);
        visitor.field(&self.restype);
        visitor.field(&self.checker);
        visitor.field(&self.errcheck);
        visitor.field(&self.argtypes);
        visitor.field(&self.converters);
        visitor.field(&self.paramflags);
    }

    pub fn clear(&self) {
        drop(self.callable.take());
        drop(self.restype.take());
        drop(self.checker.take());
        drop(self.errcheck.take());
        drop(self.argtypes.take());
        drop(self.converters.take());
        drop(self.paramflags.take());
    }
}

pub fn define(b: &mut TypeBuilder<This>) {
    b.doc("Function Pointer")
        .new_with("CFuncPtr(*args, **kwargs)", new)
        .repr(|_py, this: &This| {
            format!(
                "<{} object at {:p}>",
                this.as_object().ty().name(),
                this.as_object().as_ptr()
            )
        })
        .call("__call__($self, /, *args, **kwargs)", call)
        .truth(|_py, this: &This| Ok(this.pointer() != 0))
        .getset(
            "errcheck",
            |_py, this: &This| function(this).errcheck.borrow().clone(),
            set_errcheck,
        )
        .getset("restype", restype, set_restype)
        .getset("argtypes", argtypes, set_argtypes);
}

fn function(this: &This) -> &Function {
    this.function.get_or_init(Box::default)
}

fn new(py: Py, class: &Type, args: Args<'_>, _kwargs: KwArgs) -> PyResult<Owned<This>> {
    match args.0 {
        [] => data::create(py, class),
        [first, ..] if first.downcast::<Tuple>().is_some() => from_library(py, class, args.0),
        [address] if codes::is_int(address) => {
            let address = codes::masked(py, address)?;
            let this = data::create(py, class)?;
            this.set_pointer(address as usize);
            Ok(this)
        }
        [callable] => from_callable(py, class, callable),
        many => raise!(
            py,
            TypeError,
            "function takes exactly 1 argument ({} given)",
            many.len()
        ),
    }
}

fn from_callable(py: Py, class: &Type, callable: &Value) -> PyResult<Owned<This>> {
    if !protocol::call::is_callable(callable) {
        return raise!(
            py,
            TypeError,
            "argument must be callable or integer function address"
        );
    }
    let storage = storage::of(class);
    let argtypes = storage.and_then(|s| s.argtypes.borrow().clone());
    let (Some(storage), Some(argtypes)) = (storage, argtypes) else {
        return raise!(
            py,
            TypeError,
            "cannot construct instance of this class: no argtypes"
        );
    };
    let argtypes = protocol::iter::to_tuple(py, &argtypes)?;
    let restype = storage.restype.borrow().clone().unwrap_or_else(Value::none);
    let thunk = Thunk::new(py, callable, &argtypes, &restype, storage.flags.get())?;
    let this = data::create(py, class)?;
    this.set_pointer(thunk.address());
    function(&this).callable.replace(Some(callable.clone()));
    keep::keep(py, &this, 0, Value::from(thunk))?;
    Ok(this)
}

/// `FuncPtr((name, library), paramflags)`
fn from_library(py: Py, class: &Type, args: &[Value]) -> PyResult<Owned<This>> {
    let (pair, paramflags) = match args {
        [pair] => (pair, None),
        [pair, flags] => (pair, Some(flags).filter(|flags| !flags.is_none())),
        many => {
            return raise!(
                py,
                TypeError,
                "function takes at most 2 arguments ({} given)",
                many.len()
            );
        }
    };
    let pair = protocol::iter::to_tuple(py, pair)?;
    let [name, dll] = &data::arguments_of(&pair)[..] else {
        return raise!(py, TypeError, "illegal func_spec argument");
    };
    let bytes = match (name.downcast::<Bytes>(), name.downcast::<Str>()) {
        (Some(bytes), _) => bytes.as_slice().to_vec(),
        (_, Some(text)) => text.to_utf8(py)?.as_bytes().to_vec(),
        _ => {
            return raise!(
                py,
                TypeError,
                "function name must be string, bytes object or integer"
            );
        }
    };
    let handle = handle_of(py, dll)?;
    let name = c_name(&bytes);
    let address = match library::symbol(handle, &name) {
        Ok(address) => address,
        Err(Some(text)) => {
            return raise!(py, AttributeError, "{}", String::from_utf8_lossy(&text));
        }
        Err(None) => {
            return raise!(
                py,
                AttributeError,
                "function '{}' not found",
                name.to_string_lossy()
            );
        }
    };
    let argtypes = storage::required(py, class)?.argtypes.borrow().clone();
    let paramflags = match paramflags {
        Some(flags) => paramflags::check(py, argtypes.as_ref(), flags)?,
        None => None,
    };
    let this = data::create(py, class)?;
    function(&this).paramflags.replace(paramflags);
    this.set_pointer(address);
    keep::keep(py, &this, 0, dll.clone())?;
    Ok(this)
}

/// A name up to its first zero, which is where C stops reading.
pub fn c_name(bytes: &[u8]) -> std::ffi::CString {
    let end = bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len());
    std::ffi::CString::new(&bytes[..end]).unwrap_or_default()
}

/// The handle of a loaded library.
pub fn handle_of(py: Py, dll: &Value) -> PyResult<usize> {
    let handle = protocol::get_attr(py, dll, intern!("_handle"))?;
    if !codes::is_int(&handle) {
        return raise!(
            py,
            TypeError,
            "the _handle attribute of the second argument must be an integer"
        );
    }
    let wide = protocol::number::index_to_i128(py, &handle)?;
    let fits = |w: i128| i64::try_from(w).is_ok() || u64::try_from(w).is_ok();
    match wide.filter(|&w| fits(w)) {
        Some(handle) => Ok(handle as usize),
        None => raise!(
            py,
            ValueError,
            "could not convert the _handle attribute to a pointer"
        ),
    }
}

fn set_errcheck(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    let value = value.map(Value::unboxed);
    if value
        .as_ref()
        .is_some_and(|v| !protocol::call::is_callable(v))
    {
        return raise!(py, TypeError, "the errcheck attribute must be callable");
    }
    drop(function(this).errcheck.replace(value));
    Ok(())
}

fn restype(py: Py, this: &This) -> PyResult {
    let own = function(this).restype.borrow().clone();
    let of_type =
        || -> PyResult<Option<Value>> { Ok(data::storage_of(py, this)?.restype.borrow().clone()) };
    Ok(match own {
        Some(own) => own,
        None => of_type()?.unwrap_or_else(Value::none),
    })
}

fn set_restype(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        drop(function(this).checker.take());
        drop(function(this).restype.take());
        return Ok(());
    };
    let value = Value::unboxed(value);
    let checker = checker_of(py, &value, "restype")?;
    drop(function(this).checker.replace(checker));
    drop(function(this).restype.replace(Some(value)));
    Ok(())
}

/// The `_check_retval_` of a result type, which must be one.
pub fn checker_of(py: Py, restype: &Value, what: &str) -> PyResult<Option<Value>> {
    let is_type = restype
        .as_object()
        .is_some_and(|object| storage::of_object(object).is_some());
    if !restype.is_none() && !is_type && !protocol::call::is_callable(restype) {
        return raise!(py, TypeError, "{what} must be a type, a callable, or None");
    }
    protocol::lookup_attr(py, restype, intern!("_check_retval_"))
}

fn argtypes(py: Py, this: &This) -> PyResult {
    let own = function(this).argtypes.borrow().clone();
    Ok(match own {
        Some(own) => own,
        None => {
            let of_type = data::storage_of(py, this)?.argtypes.borrow().clone();
            of_type.unwrap_or_else(Value::none)
        }
    })
}

fn set_argtypes(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    let own = function(this);
    let Some(value) = value.filter(|value| !value.is_none()) else {
        drop(own.converters.take());
        drop(own.argtypes.take());
        return Ok(());
    };
    let value = Value::unboxed(value);
    let converters = converters_of(py, &value)?;
    let flags = own.paramflags.borrow().clone();
    if let Some(flags) = flags {
        paramflags::check(py, Some(&value), &Value::from(flags))?;
    }
    drop(own.converters.replace(Some(converters)));
    drop(own.argtypes.replace(Some(value)));
    Ok(())
}

/// The `from_param` methods of some argument types.
pub fn converters_of(py: Py, argtypes: &Value) -> PyResult<Owned<Tuple>> {
    let Ok(types) = protocol::iter::to_tuple(py, argtypes) else {
        drop(py.thread().take_exception());
        return raise!(py, TypeError, "_argtypes_ must be a sequence of types");
    };
    if types.len() > calls::MOST_ARGUMENTS {
        let class = crate::argument_error(py)?;
        return Err(errors::raise_text(
            py,
            class,
            format_args!(
                "_argtypes_ has too many arguments ({}), maximum is {}",
                types.len(),
                calls::MOST_ARGUMENTS
            ),
        ));
    }
    let mut converters = Vec::with_capacity(types.len());
    for (i, argtype) in data::arguments_of(&types).iter().enumerate() {
        match protocol::lookup_attr(py, argtype, intern!("from_param"))? {
            Some(converter) => converters.push(converter),
            None => {
                return raise!(
                    py,
                    TypeError,
                    "item {} in _argtypes_ has no from_param method",
                    i + 1
                );
            }
        }
    }
    Ok(Tuple::from_values(converters))
}

fn call(py: Py, this: &This, args: Args<'_>, kwargs: KwArgs) -> PyResult {
    let storage = data::storage_of(py, this)?;
    let own = function(this);
    let converters = own.converters.borrow().clone();
    let restype = own.restype.borrow().clone();
    let signature = Signature {
        flags: storage.flags.get(),
        converters: converters.or_else(|| storage.converters.borrow().clone()),
        checker: match restype {
            Some(_) => own.checker.borrow().clone(),
            None => storage.checker.borrow().clone(),
        },
        restype: restype.or_else(|| storage.restype.borrow().clone()),
    };
    let flags = own.paramflags.borrow().clone();
    let argtypes = own.argtypes.borrow().clone();
    let argtypes = argtypes.or_else(|| storage.argtypes.borrow().clone());
    let planned = match (flags, argtypes) {
        (Some(flags), Some(argtypes)) => {
            paramflags::plan(py, &flags, &argtypes, args.0, kwargs.0.as_deref())?
        }
        _ => None,
    };
    let values = planned.as_ref().map_or(args.0, |planned| &planned.values);
    check_count(py, &signature, values.len())?;
    let errcheck = own.errcheck.borrow().clone();
    let result = calls::call(py, this.pointer(), values, &signature)?;
    if let Some(errcheck) = errcheck {
        let all = Value::from(Tuple::from_slice(values));
        let checked = protocol::call(
            py,
            &errcheck,
            &[result.clone(), Value::from(this.to_owned()), all.clone()],
        )?;
        // The arguments given back mean: go on as usual.
        if !checked.is(&all) {
            return Ok(checked);
        }
    }
    match planned {
        Some(planned) => planned.result(py, result),
        None => Ok(result),
    }
}

fn check_count(py: Py, signature: &Signature, actual: usize) -> PyResult<()> {
    let Some(required) = signature.converters.as_ref().map(|c| c.len()) else {
        return Ok(());
    };
    let plural = if required == 1 { "" } else { "s" };
    let is_c = signature.flags & flag::CDECL != 0;
    if is_c && required > actual {
        return raise!(
            py,
            TypeError,
            "this function takes at least {required} argument{plural} ({actual} given)"
        );
    }
    if !is_c && required != actual {
        return raise!(
            py,
            TypeError,
            "this function takes {required} argument{plural} ({actual} given)"
        );
    }
    Ok(())
}

/// Whether a value is a function pointer.
pub fn is_function(value: &Value) -> bool {
    value.ty().is_subtype_of(&types::FUNCTION)
}

/// A dict's value for a name, if there is a dict.
fn named(py: Py, dict: Option<&Dict>, name: Option<&Value>) -> PyResult<Option<Value>> {
    match (dict, name) {
        (Some(dict), Some(name)) => dict.get(py, name),
        _ => Ok(None),
    }
}
