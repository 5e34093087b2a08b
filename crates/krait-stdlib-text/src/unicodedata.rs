//! `unicodedata`: the Unicode character database 16.0.0, and 3.2.0 as `ucd_3_2_0`.

use krait_object::native::arg::At;
use krait_object::native::module::NativeModule;
use krait_object::native::{Class, FromArg, Instance, TypeBuilder};
use krait_object::types::bytes::BytesLike;
use krait_object::types::str::methods::exact;
use krait_object::{ModuleBuilder, Owned, Py, PyResult, Str, Value, class_cell, raise};
use krait_text::unicode::{self, Form, Named, Version};

pub const MODULE: NativeModule = NativeModule {
    name: "unicodedata",
    init,
};

/// An argument that is a string of one character.
pub struct Character(u32);

impl FromArg for Character {
    type Item<'a> = Character;

    fn from_arg(py: Py, value: &Value, at: At) -> PyResult<Character> {
        let Some(text) = value.downcast::<Str>() else {
            return at.mismatch(py, "a unicode character", value);
        };
        if text.len() == 1 {
            return Ok(Character(text.chars().at(0)));
        }
        let number = match at.def.signature().params.len() {
            1 => String::new(),
            _ => format!(" {}", at.index + 1),
        };
        let (name, len) = (at.def.name(), text.len());
        raise!(
            py,
            TypeError,
            "{name}(): argument{number} must be a unicode character, not a string of length {len}"
        )
    }
}

/// A version of the database as an object.
pub struct Ucd {
    version: Version,
}

/// A value, the default, or ValueError.
fn or_default(py: Py, found: Option<Value>, default: Option<&Value>, missing: &str) -> PyResult {
    match (found, default) {
        (Some(found), _) => Ok(found),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => raise!(py, ValueError, "{missing}"),
    }
}

fn decimal(py: Py, v: Version, c: Character, default: Option<&Value>) -> PyResult {
    or_default(
        py,
        v.decimal(c.0).map(|d| Value::int(d.into())),
        default,
        "not a decimal",
    )
}

fn digit(py: Py, v: Version, c: Character, default: Option<&Value>) -> PyResult {
    or_default(
        py,
        v.digit(c.0).map(|d| Value::int(d.into())),
        default,
        "not a digit",
    )
}

fn numeric(py: Py, v: Version, c: Character, default: Option<&Value>) -> PyResult {
    or_default(
        py,
        v.numeric(c.0).map(Value::float),
        default,
        "not a numeric character",
    )
}

fn name(py: Py, v: Version, c: Character, default: Option<&Value>) -> PyResult {
    or_default(
        py,
        v.name(c.0).map(|n| Value::from(Str::new(&n))),
        default,
        "no such name",
    )
}

fn lookup(py: Py, v: Version, name: &Value) -> PyResult<Owned<Str>> {
    let text = match name.downcast::<Str>() {
        Some(text) => text.to_utf8(py)?.into_owned(),
        None => String::from_utf8_lossy(&BytesLike::new(py, name)?).into_owned(),
    };
    if text.len() > 256 {
        return raise!(py, KeyError, "name too long");
    }
    match unicode::lookup(&text) {
        // The old database has no aliases.
        Some(Named::Char(code))
            if v == Version::Current
                || v.name(code).is_some_and(|n| n.eq_ignore_ascii_case(&text)) =>
        {
            Ok(Str::from_code_point(code))
        }
        Some(Named::Sequence(codes)) if v == Version::Current => Ok(Str::from_u32(&codes)),
        _ => raise!(py, KeyError, "undefined character name '{text}'"),
    }
}

fn form(py: Py, name: &Str) -> PyResult<Form> {
    match Form::named(&name.to_rust()) {
        Some(form) => Ok(form),
        None => raise!(py, ValueError, "invalid normalization form"),
    }
}

fn normalize(py: Py, v: Version, name: &Str, text: &Str) -> PyResult<Owned<Str>> {
    if text.is_empty() {
        return Ok(exact(text));
    }
    let form = form(py, name)?;
    Ok(match unicode::normalize(text.chars(), form, v) {
        Some(normal) => Str::from_u32(&normal),
        None => exact(text),
    })
}

fn is_normalized(py: Py, v: Version, name: &Str, text: &Str) -> PyResult<bool> {
    let form = form(py, name)?;
    Ok(unicode::is_normalized(text.chars(), form, v))
}

/// Declares a function of the module and the method of the database objects that does
/// the same.
macro_rules! functions {
    ($(($module:literal, $method:literal, $f:expr, |$($arg:ident: $ty:ty),*|)),* $(,)?) => {
        fn define_functions(m: &ModuleBuilder) -> PyResult<()> {
            $( m.function($module, |py, $($arg: $ty),*| $f(py, Version::Current, $($arg),*))?; )*
            Ok(())
        }

        fn define_methods(b: &mut TypeBuilder<Instance<Ucd>>) {
            $( b.method($method, |py, this: &Instance<Ucd>, $($arg: $ty),*| $f(py, this.version, $($arg),*)); )*
        }
    };
}

functions! {
    ("decimal(chr, default=<unrepresentable>, /)", "decimal($self, chr, default=<unrepresentable>, /)",
        decimal, |c: Character, default: Option<&Value>|),
    ("digit(chr, default=<unrepresentable>, /)", "digit($self, chr, default=<unrepresentable>, /)",
        digit, |c: Character, default: Option<&Value>|),
    ("numeric(chr, default=<unrepresentable>, /)", "numeric($self, chr, default=<unrepresentable>, /)",
        numeric, |c: Character, default: Option<&Value>|),
    ("name(chr, default=<unrepresentable>, /)", "name($self, chr, default=<unrepresentable>, /)",
        name, |c: Character, default: Option<&Value>|),
    ("category(chr, /)", "category($self, chr, /)",
        |_py: Py, v: Version, c: Character| unicode::category(c.0, v), |c: Character|),
    ("bidirectional(chr, /)", "bidirectional($self, chr, /)",
        |_py: Py, v: Version, c: Character| unicode::bidirectional(c.0, v), |c: Character|),
    ("combining(chr, /)", "combining($self, chr, /)",
        |_py: Py, v: Version, c: Character| v.combining(c.0), |c: Character|),
    ("mirrored(chr, /)", "mirrored($self, chr, /)",
        |_py: Py, v: Version, c: Character| i64::from(unicode::mirrored(c.0, v)), |c: Character|),
    ("east_asian_width(chr, /)", "east_asian_width($self, chr, /)",
        |_py: Py, v: Version, c: Character| unicode::east_asian_width(c.0, v), |c: Character|),
    ("decomposition(chr, /)", "decomposition($self, chr, /)",
        |_py: Py, v: Version, c: Character| unicode::decomposition(c.0, v), |c: Character|),
    ("lookup(name, /)", "lookup($self, name, /)", lookup, |name: &Value|),
    ("normalize(form, unistr, /)", "normalize($self, form, unistr, /)",
        normalize, |name: &Str, text: &Str|),
    ("is_normalized(form, unistr, /)", "is_normalized($self, form, unistr, /)",
        is_normalized, |name: &Str, text: &Str|),
}

impl Class for Ucd {
    const NAME: &'static str = "unicodedata.UCD";
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor()
            .getter("unidata_version", |_py, _this: &Instance<Self>| "3.2.0");
        define_methods(b);
    }
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.text("unidata_version", "16.0.0")?.class::<Ucd>()?.value(
        "ucd_3_2_0",
        Value::from(Instance::new(
            m.py,
            Ucd {
                version: Version::Old,
            },
        )),
    )?;
    define_functions(m)
}
