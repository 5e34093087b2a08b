//! The metaclass of the basic types, and what `c_char_p`, `c_wchar_p` and `c_void_p` take as
//! parameters.

use std::cell::OnceCell;

use krait_ffi::Kind;
use krait_object::native::call::{DefKind, Entry};
use krait_object::native::{NativeDef, TypeBuilder};
use krait_object::types::descriptor;
use krait_object::types::type_methods::type_setattr;
use krait_object::types::type_new;
use krait_object::{
    Args, Bytes, Dict, GilCell, KwArgs, Layout, Object, Owned, Py, PyResult, Str, Tuple, Type,
    Value, intern, protocol, raise,
};

use super::common::{self, FROM_PARAM, as_parameter};
use crate::argument::{Passed, PassedObject};
use crate::codes::{self, Code};
use crate::data::This;
use crate::function::is_function;
use crate::storage::{self, Role, Storage};
use crate::types;

pub fn define(b: &mut TypeBuilder<Type>) {
    common::define_makers(b);
    b.doc("metatype for the PyCSimpleType Objects")
        .method_doc("from_param($self, value, /)", FROM_PARAM, from_param)
        .init("__init__($self, /, *args, **kwargs)", init);
}

/// The letter in a class's `_type_`.
fn letter_of(py: Py, this: &Type) -> PyResult<u8> {
    let found = protocol::lookup_attr(py, &storage::class_value(this), intern!("_type_"))?;
    let Some(found) = found else {
        return raise!(py, AttributeError, "class must define a '_type_' attribute");
    };
    let Some(text) = found.downcast::<Str>() else {
        return raise!(
            py,
            TypeError,
            "class must define a '_type_' string attribute"
        );
    };
    let text = text.to_utf8(py)?;
    let &[letter] = text.as_bytes() else {
        return raise!(
            py,
            ValueError,
            "class must define a '_type_' attribute which must be a string of length 1"
        );
    };
    if !codes::LETTERS.as_bytes().contains(&letter) {
        return raise!(
            py,
            AttributeError,
            "class must define a '_type_' attribute which must be\n\
             a single character string containing one of the\nsupported types: '{}'.",
            codes::LETTERS
        );
    }
    Ok(letter)
}

/// The storage of a basic type.
fn storage_for(py: Py, code: Code) -> PyResult<Storage> {
    let Some(scalar) = codes::scalar(code.letter) else {
        return raise!(
            py,
            ValueError,
            "_type_ '{}' not supported",
            code.letter as char
        );
    };
    let kind = Kind::basic(scalar);
    let storage = Storage::new(Role::Simple, kind.size(), kind.align(), kind);
    storage.code.set(Some(code));
    let order = if code.swapped == cfg!(target_endian = "big") {
        '<'
    } else {
        '>'
    };
    storage.set_format(format!("{order}{}", codes::format_letter(code.letter)));
    Ok(storage)
}

fn init(py: Py, this: &Type, args: Args<'_>, _kwargs: KwArgs) -> PyResult<()> {
    if !matches!(args.0.len(), 1 | 3) {
        return raise!(py, TypeError, "type.__init__() takes 1 or 3 arguments");
    }
    let letter = letter_of(py, this)?;
    let storage = storage::attach(py, this, storage_for(py, Code::native(letter))?)?;
    if this.base().is_some_and(|base| base.is(&types::SIMPLE)) {
        let own: Option<&Shared> = match letter {
            b'z' => Some(&CHAR_P),
            b'Z' => Some(&WCHAR_P),
            b'P' => Some(&VOID_P),
            _ => None,
        };
        storage.has_pointer.set(own.is_some() || letter == b'O');
        if let Some(own) = own {
            let method = descriptor::class_method(this, own.definition(py));
            this.dict().set_str(py, intern!("from_param"), method)?;
        }
    }
    let ordinary = this.as_object().ty().is(&types::META_SIMPLE);
    if ordinary && codes::is_swappable(letter) {
        make_swapped(py, this, letter, args.0)?;
    }
    Ok(())
}

/// Makes the type of the other byte order; each of the two knows the other.
fn make_swapped(py: Py, this: &Type, letter: u8, args: &[Value]) -> PyResult<()> {
    let [name, bases, namespace] = args else {
        return raise!(py, TypeError, "type() takes exactly 3 arguments");
    };
    let (Some(name), Some(bases), Some(namespace)) = (
        name.downcast::<Str>(),
        bases.downcast::<Tuple>(),
        namespace.downcast::<Dict>(),
    ) else {
        return raise!(py, TypeError, "bad argument type for built-in operation");
    };
    let suffix = if cfg!(target_endian = "big") {
        "_le"
    } else {
        "_be"
    };
    let name = Str::new(&format!("{}{suffix}", name.to_rust()));
    let swapped: Owned<Type> =
        type_new::make_class(py, &types::META_SIMPLE, &name, bases, namespace, &[], None)?;
    let code = Code {
        letter,
        swapped: true,
    };
    storage::attach(py, &swapped, storage_for(py, code)?)?;
    let (native, other) = if cfg!(target_endian = "big") {
        (intern!("__ctype_be__"), intern!("__ctype_le__"))
    } else {
        (intern!("__ctype_le__"), intern!("__ctype_be__"))
    };
    let (own, theirs) = (storage::class_value(this), storage::class_value(&swapped));
    type_setattr(py, this, other, Some(theirs.clone()))?;
    type_setattr(py, this, native, Some(own.clone()))?;
    type_setattr(py, &swapped, native, Some(own))?;
    type_setattr(py, &swapped, other, Some(theirs))
}

fn from_param(py: Py, this: &Type, value: &Value) -> PyResult {
    if protocol::is_instance(py, value, this.as_object())? {
        return Ok(value.clone());
    }
    let storage = storage::required(py, this)?;
    let Some(code) = storage.code.get() else {
        return raise!(py, TypeError, "abstract class");
    };
    // Parameters are in native order.
    let code = Code::native(code.letter);
    let raised = match Passed::of_value(py, code, value, storage.size.get()) {
        Ok(passed) => return Ok(Value::from(passed)),
        Err(raised) => raised,
    };
    let exception = py.thread().take_exception();
    match as_parameter(py, value)? {
        Some(parameter) => from_param(py, this, &parameter),
        None => {
            if let Some(exception) = exception {
                py.thread().set_exception(exception);
            }
            Err(raised)
        }
    }
}

/// A class method that three classes have in place of the metaclass's method.
struct Shared {
    definition: GilCell<OnceCell<&'static NativeDef>>,
    owner: &'static str,
    entry: Entry,
}

static CHAR_P: Shared = Shared::new("c_char_p", |py, _def, this, values, names| {
    text_param(py, receiver(py, this)?, only(py, values, names)?, b'z')
});
static WCHAR_P: Shared = Shared::new("c_wchar_p", |py, _def, this, values, names| {
    text_param(py, receiver(py, this)?, only(py, values, names)?, b'Z')
});
static VOID_P: Shared = Shared::new("c_void_p", |py, _def, this, values, names| {
    void_param(py, receiver(py, this)?, only(py, values, names)?)
});

impl Shared {
    const fn new(owner: &'static str, entry: Entry) -> Shared {
        Shared {
            definition: GilCell::new(OnceCell::new()),
            owner,
            entry,
        }
    }

    fn definition(&'static self, py: Py) -> &'static NativeDef {
        self.definition.get(py).get_or_init(|| {
            NativeDef::new(
                self.owner,
                "from_param($type, value, /)",
                "",
                DefKind::ClassMethod,
                self.entry,
            )
        })
    }
}

fn receiver(py: Py, this: Option<&Object>) -> PyResult<&Type> {
    match this.and_then(|this| this.downcast::<Type>()) {
        Some(class) => Ok(class),
        None => raise!(py, TypeError, "from_param() needs a class"),
    }
}

fn only<'a>(py: Py, values: &'a [Value], names: Option<&Tuple>) -> PyResult<&'a Value> {
    match (values, names.map_or(0, |names| names.len())) {
        ([value], 0) => Ok(value),
        _ => raise!(
            py,
            TypeError,
            "from_param() takes exactly 1 positional argument ({} given)",
            values.len()
        ),
    }
}

/// A string as a pointer to its characters.
fn pass_text(py: Py, letter: u8, value: &Value) -> PyResult {
    Passed::of_value(py, Code::native(letter), value, 8).map(Value::from)
}

fn is_text(letter: u8, value: &Value) -> bool {
    match letter {
        b'z' => value.downcast::<Bytes>().is_some(),
        _ => value.downcast::<Str>().is_some(),
    }
}

fn is_array_or_pointer(class: &Type) -> bool {
    class.is_subtype_of(&types::ARRAY) || class.is_subtype_of(&types::POINTER)
}

/// `c_char_p.from_param` and `c_wchar_p.from_param`: strings, and what points to their
/// characters.
fn text_param(py: Py, this: &Type, value: &Value, letter: u8) -> PyResult {
    if value.is_none() {
        return Ok(Value::none());
    }
    if is_text(letter, value) {
        return pass_text(py, letter, value);
    }
    if protocol::is_instance(py, value, this.as_object())? {
        return Ok(value.clone());
    }
    let character = if letter == b'z' { b'c' } else { b'u' };
    let points_to_characters = is_array_or_pointer(value.ty())
        && storage::of(value.ty()).is_some_and(|s| s.items_are(character));
    let refers_to_character = value.downcast::<PassedObject>().is_some_and(|passed| {
        let object = passed.object.as_ref();
        let info = object.and_then(|object| storage::of(object.ty()));
        info.is_some_and(|info| info.is_plain(character))
    });
    if points_to_characters || refers_to_character {
        return Ok(value.clone());
    }
    match as_parameter(py, value)? {
        Some(parameter) => text_param(py, this, &parameter, letter),
        None => {
            let name = if letter == b'z' {
                "c_char_p"
            } else {
                "c_wchar_p"
            };
            raise!(
                py,
                TypeError,
                "'{}' object cannot be interpreted as ctypes.{name}",
                value.ty().name()
            )
        }
    }
}

/// `c_void_p.from_param`: whatever is an address.
fn void_param(py: Py, this: &Type, value: &Value) -> PyResult {
    if value.is_none() {
        return Ok(Value::none());
    }
    if codes::is_int(value) {
        return pass_text(py, b'P', value);
    }
    for letter in *b"zZ" {
        if is_text(letter, value) {
            return pass_text(py, letter, value);
        }
    }
    if protocol::is_instance(py, value, this.as_object())? || is_array_or_pointer(value.ty()) {
        return Ok(value.clone());
    }
    if value
        .downcast::<PassedObject>()
        .is_some_and(|p| p.tag == b'P')
    {
        return Ok(value.clone());
    }
    if let Some(instance) = value.downcast::<This>() {
        let code = storage::of(value.ty()).and_then(|s| s.code.get());
        let tag = match code.map(|code| code.letter) {
            Some(b'z' | b'Z') => Some(b'Z'),
            None if is_function(value) => Some(b'P'),
            _ => None,
        };
        if let Some(tag) = tag {
            let passed = Passed::pointer(py, tag, instance.pointer(), value.clone());
            return Ok(Value::from(passed));
        }
    }
    match as_parameter(py, value)? {
        Some(parameter) => void_param(py, this, &parameter),
        None => raise!(
            py,
            TypeError,
            "'{}' object cannot be interpreted as ctypes.c_void_p",
            value.ty().name()
        ),
    }
}
