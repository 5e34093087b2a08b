//! `pyexpat`: a streaming parser with handlers.

use krait_object::exceptions::new_class::LazyClass;
use krait_object::native::module::NativeModule;
use krait_object::{
    Dict, List, ModuleBuilder, Owned, Py, PyResult, Str, Tuple, Value, exceptions, raise,
};

use crate::expat::{self, Code, Encoding, Model, Parser};

mod declarations;
mod dispatch;
mod handlers;
mod object;
mod settings;

pub const MODULE: NativeModule = NativeModule {
    name: "pyexpat",
    init,
};

static ERROR: LazyClass = LazyClass::new("xml.parsers.expat.ExpatError", || &exceptions::Exception);

/// ExpatError with its place.
#[cold]
pub fn fail<T>(py: Py, parser: &Parser, code: Code) -> PyResult<T> {
    let (line, column, _) = parser.position();
    let what = expat::error_text(code.number()).unwrap_or("");
    let text = format!("{what}: line {line}, column {column}");
    let class = ERROR.get(py)?;
    let error = exceptions::instantiate(py, class, &[Value::from(Str::new(&text))])?;
    let set = |name: &str, number: i64| {
        let name = Str::intern(name);
        krait_object::protocol::set_attr(
            py,
            &Value::from(error.clone()),
            &name,
            &Value::int(number),
        )
    };
    set("code", code.number())?;
    set("offset", column as i64)?;
    set("lineno", line as i64)?;
    Err(krait_object::errors::raise_object(py, error))
}

fn error_string(_py: Py, code: i64) -> Option<&'static str> {
    expat::error_text(code)
}

/// `ParserCreate`.
fn parser_create(
    py: Py,
    encoding: Option<&Value>,
    separator: Option<&Value>,
    intern: Option<&Value>,
) -> PyResult<Owned<object::XmlParser>> {
    let text = |value: Option<&Value>, name: &str| match value.filter(|v| !v.is_none()) {
        None => Ok(None),
        Some(value) => match value.downcast::<Str>() {
            Some(text) => text.to_utf8(py).map(|text| Some(text.into_owned())),
            None => {
                let got = value.ty().name();
                raise!(
                    py,
                    TypeError,
                    "ParserCreate() argument '{name}' must be str or None, not {got}"
                )
            }
        },
    };
    let encoding = text(encoding, "encoding")?;
    let separator = match text(separator, "namespace_separator")? {
        None => None,
        Some(separator) => {
            let mut characters = separator.chars();
            match (characters.next(), characters.next()) {
                (first, None) => Some(first.unwrap_or('\0')),
                _ => {
                    return raise!(
                        py,
                        ValueError,
                        "namespace_separator must be at most one character, omitted, or None"
                    );
                }
            }
        }
    };
    let intern = match intern {
        None => Some(Dict::new()),
        Some(none) if none.is_none() => None,
        Some(value) => match value.to_object().downcast_owned::<Dict>() {
            Ok(dict) => Some(dict),
            Err(_) => return raise!(py, TypeError, "intern must be a dictionary"),
        },
    };
    let (encoding, unknown) = match encoding {
        None => (None, None),
        Some(name) => match Encoding::by_name(&name) {
            Some(encoding) => (Some(encoding), None),
            None => (None, Some(name)),
        },
    };
    let mut parser = Parser::new(encoding, separator);
    parser.unknown = unknown;
    Ok(object::new(py, parser, intern))
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    let py = m.py;
    m.value(
        "__doc__",
        Value::from(Str::new("Python wrapper for Expat parser.")),
    )?;
    let error = Value::from(ERROR.get(py)?.clone());
    m.value("ExpatError", error.clone())?;
    m.value("error", error)?;
    m.value("XMLParserType", object::class())?;
    let (major, minor, micro) = expat::VERSION;
    m.text("EXPAT_VERSION", &format!("expat_{major}.{minor}.{micro}"))?;
    let numbers = [major, minor, micro].map(Value::int);
    m.value("version_info", Value::from(Tuple::from_values(numbers)))?;
    m.text("native_encoding", "UTF-8")?;
    let features = [
        ("sizeof(XML_Char)", 1),
        ("sizeof(XML_LChar)", 1),
        ("XML_DTD", 0),
        ("XML_CONTEXT_BYTES", 1024),
        ("XML_NS", 0),
        ("XML_BLAP_MAX_AMP", 100),
        ("XML_BLAP_ACT_THRES", 8_388_608),
        ("XML_GE", 0),
        ("XML_AT_MAX_AMP", 100),
        ("XML_AT_ACT_THRES", 67_108_864),
    ]
    .map(|(name, value)| {
        Value::from(Tuple::from_values([
            Value::from(Str::new(name)),
            Value::int(value),
        ]))
    });
    m.value("features", Value::from(List::from_values(features)))?;
    for (number, name) in [
        "XML_PARAM_ENTITY_PARSING_NEVER",
        "XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE",
        "XML_PARAM_ENTITY_PARSING_ALWAYS",
    ]
    .iter()
    .enumerate()
    {
        m.int(name, number as i64)?;
    }
    m.function_doc(
        "ErrorString($module, code, /)",
        "Returns string error for given number.",
        error_string,
    )?;
    m.function_doc(
        "ParserCreate($module, /, encoding=None, namespace_separator=None,\n             \
         intern=<unrepresentable>)",
        "Return a new XML parser object.",
        parser_create,
    )?;
    errors(m)?;
    model(m)
}

/// Adds a submodule, which can be imported by its full name too.
fn add_submodule(m: &ModuleBuilder, name: &str, sub: ModuleBuilder) -> PyResult<()> {
    let module = Value::from(sub.finish());
    let sys = krait_object::hooks::import_module(m.py, "sys")?;
    let modules = krait_object::protocol::get_attr_str(m.py, &sys, "modules")?;
    let full = Value::from(Str::intern(&format!("pyexpat.{name}")));
    krait_object::protocol::set_item(m.py, &modules, &full, &module)?;
    m.value(name, module)?;
    Ok(())
}

fn errors(m: &ModuleBuilder) -> PyResult<()> {
    let sub = ModuleBuilder::new(m.py, "pyexpat.errors");
    sub.text("__doc__", "Constants used to describe error conditions.")?;
    let (codes, messages) = (Dict::new(), Dict::new());
    for (number, (name, text)) in (1..).zip(Code::ALL) {
        let text = Value::from(Str::new(text));
        sub.value(name, text.clone())?;
        codes.set_value(m.py, &text, Value::int(number))?;
        messages.set_value(m.py, &Value::int(number), text)?;
    }
    sub.value("codes", Value::from(codes))?;
    sub.value("messages", Value::from(messages))?;
    add_submodule(m, "errors", sub)
}

fn model(m: &ModuleBuilder) -> PyResult<()> {
    let sub = ModuleBuilder::new(m.py, "pyexpat.model");
    sub.text(
        "__doc__",
        "Constants used to interpret content model information.",
    )?;
    for (name, value) in [
        ("XML_CTYPE_EMPTY", Model::EMPTY),
        ("XML_CTYPE_ANY", Model::ANY),
        ("XML_CTYPE_MIXED", Model::MIXED),
        ("XML_CTYPE_NAME", Model::NAME),
        ("XML_CTYPE_CHOICE", Model::CHOICE),
        ("XML_CTYPE_SEQ", Model::SEQ),
        ("XML_CQUANT_NONE", 0),
        ("XML_CQUANT_OPT", 1),
        ("XML_CQUANT_REP", 2),
        ("XML_CQUANT_PLUS", 3),
    ] {
        sub.int(name, value)?;
    }
    add_submodule(m, "model", sub)
}
