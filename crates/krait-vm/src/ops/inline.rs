//! Native functions that the interpreter does itself where the arguments are of the usual
//! types: `len`, `isinstance` and `list.append`.

use krait_abi::PyObject;
use krait_object::native::{Inline, NativeDef};
use krait_object::object::Layout;
use krait_object::protocol;
use krait_object::py::{Py, PyResult};
use krait_object::types::descriptor::{MethodDescriptor, NativeFunctionObject};
use krait_object::types::dict::{DICT, Dict};
use krait_object::types::list::{LIST, List};
use krait_object::types::set::AnySet;
use krait_object::types::str::{STR, Str};
use krait_object::types::tuple::{TUPLE, Tuple};
use krait_object::value::Value;

use crate::word::{address_of, is_object, object};

/// The length of an object that is exactly a string, list, tuple, dict or set.
///
/// # Safety
/// The word is a living object.
#[inline(always)]
pub unsafe fn length(word: u64) -> Option<usize> {
    // SAFETY: the contract; the exact type is compared before its layout is relied on.
    unsafe {
        let ty = (*(word as *mut PyObject)).ob_type;
        let object = object(word);
        if std::ptr::eq(ty, address_of(&LIST)) {
            Some(object.cast_unchecked::<List>().len())
        } else if std::ptr::eq(ty, address_of(&STR)) {
            Some(object.cast_unchecked::<Str>().len())
        } else if std::ptr::eq(ty, address_of(&TUPLE)) {
            Some(object.cast_unchecked::<Tuple>().len())
        } else if std::ptr::eq(ty, address_of(&DICT)) {
            Some(object.cast_unchecked::<Dict>().len())
        } else {
            AnySet::of_exact(object).map(AnySet::len)
        }
    }
}

/// What a function gives; nothing where it is to be called.
#[inline(always)]
pub fn result(py: Py, def: &NativeDef, arguments: &[Value]) -> Option<Value> {
    match (def.inline(), arguments) {
        (Inline::Length, [value]) if is_object(value.word()) => {
            // SAFETY: the argument is alive.
            let length = unsafe { length(value.word()) }?;
            Some(Value::int(length as i64))
        }
        (Inline::IsInstance, [value, class]) => {
            protocol::is_instance_quietly(py, value, class.as_object()?).map(Value::bool)
        }
        _ => None,
    }
}

/// Tells the functions that they are done here.
pub fn set_up(py: Py, builtins: &Dict) -> PyResult<()> {
    for (name, inline) in [("len", Inline::Length), ("isinstance", Inline::IsInstance)] {
        let function = builtins.get_str_key(py, &Str::intern(name));
        if let Some(def) = function
            .as_ref()
            .and_then(|f| f.downcast::<NativeFunctionObject>())
            .and_then(|f| f.native_def())
        {
            def.set_inline(inline);
        }
    }
    let list = Value::from(LIST.to_owned());
    let append = protocol::get_attr(py, &list, &Str::intern("append"))?;
    if let Some(def) = append
        .downcast::<MethodDescriptor>()
        .and_then(|m| m.native_def())
    {
        def.set_inline(Inline::Append);
    }
    Ok(())
}
