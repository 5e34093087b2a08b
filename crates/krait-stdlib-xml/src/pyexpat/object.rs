//! `pyexpat.xmlparser`: the object, its input, and the loop that runs handlers.

use std::cell::{Cell, RefCell};

use krait_object::gc::Visitor;
use krait_object::native::TypeBuilder;
use krait_object::types::bytearray::ByteArray;
use krait_object::types::bytes::BytesLike;
use krait_object::{
    Builtin, Bytes, Class, Dict, Instance, Layout, Owned, Py, PyResult, Str, Type, Value,
    class_cell, protocol, raise,
};

use super::handlers::{ALL, Handler, Handlers};
use super::{dispatch, fail, settings};
use crate::driver;
use crate::expat::{Code, Encoding, Parser};

/// The body of a parser object.
pub struct Body {
    pub parser: RefCell<Parser>,
    pub handlers: Handlers,
    pub ordered: Cell<bool>,
    pub specified: Cell<bool>,
    /// Text that waits for more; none where it is handed over at once.
    pub buffer: RefCell<Option<String>>,
    pub buffer_size: Cell<usize>,
    pub in_callback: Cell<bool>,
    pub intern: Option<Owned<Dict>>,
    /// Names that were looked up in `intern`, by their numbers.
    pub names: RefCell<Vec<Option<Value>>>,
}

pub type XmlParser = Instance<Body>;

pub fn class() -> Value {
    let class: &Type = XmlParser::type_object();
    Value::from(Layout::to_owned(class))
}

pub fn new(py: Py, parser: Parser, intern: Option<Owned<Dict>>) -> Owned<XmlParser> {
    Instance::new(
        py,
        Body {
            parser: RefCell::new(parser),
            handlers: Handlers::new(),
            ordered: Cell::new(false),
            specified: Cell::new(false),
            buffer: RefCell::new(None),
            buffer_size: Cell::new(8192),
            in_callback: Cell::new(false),
            intern,
            names: RefCell::default(),
        },
    )
}

/// Reports all that there is. The first exception of a handler ends the reports, but not
/// the parsing.
fn run(py: Py, this: &XmlParser) -> PyResult<bool> {
    driver::run(
        py,
        &this.parser,
        || this.handlers.wants(),
        |event| {
            let result = dispatch::event(py, this, event);
            if result.is_err() {
                this.handlers.clear();
            }
            result
        },
    )
}

/// Parses a piece, and raises ExpatError where it is wrong.
fn parse_bytes(py: Py, this: &XmlParser, bytes: &[u8], is_final: bool) -> PyResult<i64> {
    {
        let mut parser = this.parser.borrow_mut();
        if parser.error == Code::None && parser.is_finished() {
            return fail(py, &parser, Code::Finished);
        }
        parser.feed(bytes, is_final);
    }
    let parsed = run(py, this)?;
    if !parsed {
        let parser = this.parser.borrow();
        return fail(py, &parser, parser.error);
    }
    dispatch::flush(py, this)?;
    Ok(1)
}

/// A handler cannot make its own parser go on.
fn check_outside(py: Py, this: &XmlParser, name: &str) -> PyResult<()> {
    if this.in_callback.get() {
        return raise!(
            py,
            RuntimeError,
            "cannot call {name}() from within a handler"
        );
    }
    Ok(())
}

fn parse(py: Py, this: &XmlParser, data: &Value, is_final: Option<bool>) -> PyResult<i64> {
    check_outside(py, this, "Parse")?;
    let is_final = is_final.unwrap_or(false);
    if let Some(text) = data.downcast::<Str>() {
        this.parser.borrow_mut().set_encoding(Encoding::Utf8);
        return match text.to_utf8(py) {
            Ok(text) => parse_bytes(py, this, text.as_bytes(), is_final),
            Err(raised) => Err(raised),
        };
    }
    let bytes = BytesLike::new(py, data)?;
    parse_bytes(py, this, &bytes, is_final)
}

/// The size of the pieces that are read from files.
const PIECE: usize = 2048;

fn parse_file(py: Py, this: &XmlParser, file: &Value) -> PyResult<i64> {
    check_outside(py, this, "ParseFile")?;
    let Some(read) = protocol::lookup_attr(py, file, krait_object::intern!("read"))? else {
        return raise!(py, TypeError, "argument must have 'read' attribute");
    };
    loop {
        let piece = protocol::call(py, &read, &[Value::int(PIECE as i64)])?;
        let known = piece.downcast::<Bytes>().is_some() || piece.downcast::<ByteArray>().is_some();
        if !known {
            let got = piece.ty().name();
            return raise!(
                py,
                TypeError,
                "read() did not return a bytes object (type={got})"
            );
        }
        let bytes = BytesLike::new(py, &piece)?;
        if bytes.len() > PIECE {
            return raise!(
                py,
                ValueError,
                "read() returned too much data: {PIECE} bytes requested, {} returned",
                bytes.len()
            );
        }
        let last = bytes.is_empty();
        let result = parse_bytes(py, this, &bytes, last)?;
        if last {
            return Ok(result);
        }
    }
}

fn set_handler(
    py: Py,
    this: &XmlParser,
    handler: Handler,
    value: Option<&krait_object::Object>,
) -> PyResult<()> {
    let Some(value) = value else {
        return raise!(py, RuntimeError, "Cannot delete attribute");
    };
    // Text that came before belongs to the old handler.
    if handler == Handler::CharacterData {
        dispatch::flush(py, this)?;
    }
    let function = (!value.is_none()).then(|| Value::from(value.to_owned()));
    this.handlers.set(handler, function);
    Ok(())
}

fn external_parser(
    py: Py,
    this: &XmlParser,
    context: &Value,
    encoding: Option<String>,
) -> PyResult<Owned<XmlParser>> {
    let context = if context.is_none() {
        None
    } else {
        match context.downcast::<Str>() {
            Some(text) => Some(text.to_utf8(py)?.into_owned()),
            None => {
                let got = context.ty().name();
                return raise!(
                    py,
                    TypeError,
                    "ExternalEntityParserCreate() argument 1 must be str or None, not {got}"
                );
            }
        }
    };
    let (encoding, unknown) = match encoding {
        None => (None, None),
        Some(name) => match Encoding::by_name(&name) {
            Some(encoding) => (Some(encoding), None),
            None => (None, Some(name)),
        },
    };
    let mut parser = this.parser.borrow().external(context.as_deref(), encoding);
    parser.unknown = unknown;
    Ok(Instance::new(
        py,
        Body {
            parser: RefCell::new(parser),
            handlers: this.handlers.copy(),
            ordered: Cell::new(this.ordered.get()),
            specified: Cell::new(this.specified.get()),
            buffer: RefCell::new(this.buffer.borrow().as_ref().map(|_| String::new())),
            buffer_size: Cell::new(this.buffer_size.get()),
            in_callback: Cell::new(false),
            intern: this.intern.clone(),
            names: RefCell::default(),
        },
    ))
}

fn input_context(_py: Py, this: &XmlParser) -> Option<Owned<Bytes>> {
    if !this.in_callback.get() {
        return None;
    }
    let parser = this.parser.borrow();
    parser.context().map(Bytes::new)
}

/// Registers the attributes of handlers.
macro_rules! handler_attributes {
    ($b:expr, $($index:literal)*) => { $(
        $b.getset(
            ALL[$index].1,
            |_py: Py, this: &XmlParser| this.handlers.get(ALL[$index].0),
            |py, this, value| set_handler(py, this, ALL[$index].0, value),
        );
    )* };
}

impl Class for Body {
    const NAME: &'static str = "pyexpat.xmlparser";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<XmlParser>) {
        b.no_constructor()
            .doc("XML parser")
            .method_doc("Parse($self, data, isfinal=False, /)", PARSE_DOC, parse)
            .method_doc(
                "ParseFile($self, file, /)",
                "Parse XML data from a binary file-like object.\n\nIts read() method should \
                 return bytes.",
                parse_file,
            )
            .method_doc(
                "GetInputContext($self, /)",
                "Return the input which generated the current event as bytes.\n\n\
                 The data is in the encoding of the entity which contains the text.\n\
                 It extends to the end of the currently buffered input, therefore it\n\
                 can contain also the data of the following events, and if the event\n\
                 was generated by a large amount of text, not all of it may be\navailable.",
                input_context,
            )
            .method_doc(
                "ExternalEntityParserCreate($self, context, encoding=<unrepresentable>,\n                           /)",
                "Create a parser for parsing an external entity based on the information \
                 passed to the ExternalEntityRefHandler.",
                external_parser,
            );
        handler_attributes!(b, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21);
        settings::define(b);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.handlers.traverse(visitor);
        visitor.field(&self.intern);
    }

    fn clear(&self) {
        self.handlers.clear();
    }
}

const PARSE_DOC: &str = "Parse XML data.\n\n'data' can be a bytes-like object or a string.  If it \
    is a string,\nthe encoding declaration in the XML data is ignored.\n'isfinal' should be true \
    at end of input.";

/// ExpatError for a setting that cannot be changed any more.
pub fn too_late<T>(py: Py, this: &XmlParser) -> PyResult<T> {
    let code = Code::CantChangeFeatureOnceParsing;
    fail(py, &this.parser.borrow(), code)
}

/// Whether the value is an integer.
pub fn is_int(value: &Value) -> bool {
    value.as_small_int().is_some() || value.downcast::<krait_object::Int>().is_some()
}

/// Raises ExpatError with a text of its own.
pub fn refuse<T>(py: Py, text: &str) -> PyResult<T> {
    super::ERROR.raise(py, text)
}
