//! Binding of given arguments to a signature, with CPython's error texts.

use std::marker::PhantomData;

use super::call::{Counting, DefKind, NativeDef};
use super::signature::{ParamKind, Signature};
use crate::object::Owned;
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::dict::Dict;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::value::Value;

/// The most parameters a native function may have.
const MAX: usize = 24;

/// Arguments in the order of the parameters; an absent one is a zero word.
pub struct Bound<'a> {
    pub def: &'static NativeDef,
    words: *const u64,
    count: usize,
    /// How many arguments were given by position.
    pub by_position: usize,
    /// What a `*args` parameter gets.
    pub rest: &'a [Value],
    /// What a `**kwargs` parameter gets; `None` where nothing was given.
    pub kwargs: Option<Owned<Dict>>,
    values: PhantomData<&'a Value>,
}

impl<'a> Bound<'a> {
    /// Positional arguments that need no binding.
    #[inline(always)]
    pub fn plain(def: &'static NativeDef, values: &'a [Value]) -> Bound<'a> {
        Bound {
            def,
            words: values.as_ptr().cast(),
            count: values.len(),
            by_position: values.len(),
            rest: &[],
            kwargs: None,
            values: PhantomData,
        }
    }

    /// Positional arguments that all go to `*args`.
    #[inline(always)]
    pub fn rest(def: &'static NativeDef, values: &'a [Value]) -> Bound<'a> {
        Bound {
            def,
            words: std::ptr::null(),
            count: 0,
            by_position: values.len(),
            rest: values,
            kwargs: None,
            values: PhantomData,
        }
    }

    #[inline(always)]
    pub fn get(&self, index: usize) -> Option<&'a Value> {
        if index >= self.count {
            return None;
        }
        // SAFETY: the words are those of values that live for 'a, or zero; an
        // `Option<Value>` has the same layout as such a word.
        unsafe {
            (*self.words.add(index).cast::<Option<Value>>())
                .as_ref()
                .map(|v| &*(v as *const Value))
        }
    }
}

/// Binds and calls `then` with the result.
#[inline(never)]
pub fn bind<R>(
    py: Py,
    def: &'static NativeDef,
    values: &[Value],
    kwnames: Option<&Tuple>,
    then: impl FnOnce(&Bound<'_>) -> PyResult<R>,
) -> PyResult<R> {
    let signature = def.signature();
    let named = kwnames.map_or(0, |names| names.len());
    let (given, by_name) = values.split_at(values.len() - named);
    let mut words = [0u64; MAX];
    let fixed = given.len().min(signature.positional);
    for (word, value) in words.iter_mut().zip(&given[..fixed]) {
        *word = value.word();
    }
    let rest = &given[fixed..];
    if named > 0 && !signature.keywords {
        return crate::raise!(
            py,
            TypeError,
            "{}() takes no keyword arguments",
            qualified(def)
        );
    }
    if named > 0
        && matches!(def.counting, Counting::Clinic | Counting::Plain)
        && !(signature.var_positional || signature.var_keyword)
        && values.len() > signature.params.len()
    {
        return more_than_parameters(py, def, signature, given.len(), named);
    }
    if !rest.is_empty() && !signature.var_positional {
        return too_many(py, def, signature, given.len(), named);
    }
    let most = signature.params.len() - usize::from(signature.var_positional);
    if def.counting == Counting::Parsed && named > most {
        return crate::raise!(
            py,
            TypeError,
            "{}() takes at most {most} keyword argument{} ({named} given)",
            def.name(),
            plural(most)
        );
    }
    let mut kwargs = None;
    for (i, value) in by_name.iter().enumerate() {
        let name = kwnames.and_then(|names| names.get_str(i));
        let Some(name) = name else {
            return crate::raise!(py, TypeError, "keywords must be strings");
        };
        match index_of(signature, name) {
            Some(at) if words[at] != 0 => {
                return crate::raise!(
                    py,
                    TypeError,
                    "argument for {}() given by name ('{}') and position ({})",
                    def.name(),
                    name.to_rust(),
                    at + 1
                );
            }
            Some(at) => words[at] = value.word(),
            None if signature.var_keyword => {
                kwargs.get_or_insert_with(Dict::new).set_value(
                    py,
                    &Value::from(name.to_owned_str()),
                    value.clone(),
                )?;
            }
            None => return unexpected_keyword(py, def, signature, name),
        }
    }
    check_required(py, def, signature, &words, given.len())?;
    then(&Bound {
        def,
        words: words.as_ptr(),
        count: signature.params.len(),
        by_position: given.len(),
        rest,
        kwargs,
        values: PhantomData,
    })
}

fn index_of(signature: &Signature, name: &Str) -> Option<usize> {
    signature.params.iter().position(|p| {
        matches!(
            p.kind,
            ParamKind::PositionalOrKeyword | ParamKind::KeywordOnly
        ) && name.eq_str(p.name)
    })
}

/// A keyword that no parameter has; or one that only claims to be equal to a parameter's.
#[cold]
fn unexpected_keyword<T>(
    py: Py,
    def: &NativeDef,
    signature: &Signature,
    name: &Str,
) -> PyResult<T> {
    let known = signature.params.iter().filter(|p| {
        matches!(
            p.kind,
            ParamKind::PositionalOrKeyword | ParamKind::KeywordOnly
        )
    });
    let given = Value::from(name.to_owned_str());
    for param in known.clone() {
        if protocol::equal(py, &given, &Value::from(Str::new(param.name)))? {
            return crate::raise!(
                py,
                TypeError,
                "invalid keyword argument for {}()",
                def.name()
            );
        }
    }
    let hint = krait_text::suggest::suggestion(&name.to_rust(), known.map(|p| p.name))
        .map_or_else(String::new, |other| format!(". Did you mean '{other}'?"));
    crate::raise!(
        py,
        TypeError,
        "{}() got an unexpected keyword argument '{}'{hint}",
        def.keywords_of,
        name.to_rust()
    )
}

fn check_required(
    py: Py,
    def: &NativeDef,
    signature: &Signature,
    words: &[u64; MAX],
    given: usize,
) -> PyResult<()> {
    for (i, param) in signature.params.iter().enumerate() {
        let variable = matches!(param.kind, ParamKind::VarPositional | ParamKind::VarKeyword);
        if words[i] != 0 || param.default.is_some() || variable {
            continue;
        }
        if param.kind == ParamKind::PositionalOnly {
            return too_few(py, def, signature, given);
        }
        if def.counting == Counting::Plain {
            return too_few(py, def, signature, given);
        }
        if def.counting == Counting::NoPosition {
            return crate::raise!(
                py,
                TypeError,
                "{}() missing required argument '{}'",
                def.name(),
                param.name
            );
        }
        return crate::raise!(
            py,
            TypeError,
            "{}() missing required argument '{}' (pos {})",
            def.name(),
            param.name,
            i + 1
        );
    }
    Ok(())
}

/// Where CPython's interpreter itself refuses arguments, it names a method with its type
/// and a function with its module; constructors speak for themselves.
fn qualified(def: &NativeDef) -> String {
    let name = def.name();
    match def.kind {
        DefKind::New | DefKind::Init | DefKind::Call => name.to_string(),
        _ if def.owner.is_empty() => name.to_string(),
        DefKind::Function => format!("{}.{name}", def.owner),
        _ => {
            let owner = def.owner.rsplit('.').next().unwrap_or(def.owner);
            format!("{owner}.{name}")
        }
    }
}

/// Whether the interpreter counts the arguments itself: methods of none or exactly one.
fn is_simple(def: &NativeDef, signature: &Signature) -> bool {
    !matches!(def.kind, DefKind::New | DefKind::Init | DefKind::Call)
        && !signature.keywords
        && !signature.var_positional
        && signature.params.len() <= 1
        && signature.required == signature.params.len()
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

/// With keywords, arguments are counted together before any is looked at.
#[cold]
fn more_than_parameters<R>(
    py: Py,
    def: &NativeDef,
    signature: &Signature,
    given: usize,
    named: usize,
) -> PyResult<R> {
    let most = signature.params.len();
    crate::raise!(
        py,
        TypeError,
        "{}() takes at most {most} {}argument{} ({} given)",
        def.name(),
        if given == 0 { "keyword " } else { "" },
        plural(most),
        given + named
    )
}

#[cold]
fn too_many<R>(
    py: Py,
    def: &NativeDef,
    signature: &Signature,
    given: usize,
    named: usize,
) -> PyResult<R> {
    let name = def.name();
    if signature.keywords && def.counting != Counting::Plain {
        let total = signature.params.len();
        let most = signature.positional;
        if most == 0 {
            return crate::raise!(py, TypeError, "{name}() takes no positional arguments");
        }
        let bound = if signature.required < most || total > most {
            "at most"
        } else {
            "exactly"
        };
        let kind = if total > most { " positional" } else { "" };
        let count = if total > most { given } else { given + named };
        return crate::raise!(
            py,
            TypeError,
            "{name}() takes {bound} {most}{kind} argument{} ({count} given)",
            plural(most)
        );
    }
    match (signature.positional, signature.required) {
        (0, _) if def.counting == Counting::Plain => {
            crate::raise!(py, TypeError, "{name} takes no arguments")
        }
        (0, _) if matches!(def.kind, DefKind::New | DefKind::Init) => {
            crate::raise!(py, TypeError, "{name}() takes no arguments")
        }
        (0, _) => crate::raise!(
            py,
            TypeError,
            "{}() takes no arguments ({given} given)",
            qualified(def)
        ),
        (1, 1) if is_simple(def, signature) => {
            crate::raise!(
                py,
                TypeError,
                "{}() takes exactly one argument ({given} given)",
                qualified(def)
            )
        }
        (most, least) => {
            let bound = if most == least { "" } else { "at most " };
            crate::raise!(
                py,
                TypeError,
                "{name} expected {bound}{most} argument{}, got {given}",
                plural(most)
            )
        }
    }
}

#[cold]
fn too_few<R>(py: Py, def: &NativeDef, signature: &Signature, given: usize) -> PyResult<R> {
    let name = def.name();
    match (signature.positional, signature.required) {
        (1, 1) if is_simple(def, signature) => {
            crate::raise!(
                py,
                TypeError,
                "{}() takes exactly one argument ({given} given)",
                qualified(def)
            )
        }
        (most, least) if !signature.keywords || def.counting == Counting::Plain => {
            let bound = if most == least && !signature.var_positional {
                ""
            } else {
                "at least "
            };
            crate::raise!(
                py,
                TypeError,
                "{name} expected {bound}{least} argument{}, got {given}",
                plural(least)
            )
        }
        (_, least) => {
            let exact = if signature.positional == least {
                "exactly"
            } else {
                "at least"
            };
            crate::raise!(
                py,
                TypeError,
                "{name}() takes {exact} {least} positional argument{} ({given} given)",
                plural(least)
            )
        }
    }
}
