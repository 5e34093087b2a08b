//! `XMLParser`: feeds what is parsed to a target, and to a `TreeBuilder` without a detour
//! through Python.

use std::cell::{Cell, RefCell};

use krait_object::exceptions;
use krait_object::gc::Visitor;
use krait_object::native::{Args, Class, Instance, KwArgs, TypeBuilder};
use krait_object::types::bytes::BytesLike;
use krait_object::{
    Bytes, Dict, Owned, Py, PyResult, Str, Tuple, Type, Value, class_cell, errors, hooks, intern,
    protocol, raise,
};

use super::builder::TreeBuilder;
use super::children::sequence;
use super::handle;
use super::state;
use crate::driver;
use crate::expat::{self, Code, Encoding, Name, Parser, Wants};
use krait_object::slot::Slot;

/// The methods of a target.
#[derive(Default)]
pub struct Methods {
    pub start: Slot,
    pub end: Slot,
    pub data: Slot,
    pub start_ns: Slot,
    pub end_ns: Slot,
    pub comment: Slot,
    pub pi: Slot,
    pub doctype: Slot,
    pub close: Slot,
}

impl Methods {
    fn all(&self) -> [(&'static str, &Slot); 9] {
        [
            ("start_ns", &self.start_ns),
            ("end_ns", &self.end_ns),
            ("start", &self.start),
            ("data", &self.data),
            ("end", &self.end),
            ("comment", &self.comment),
            ("pi", &self.pi),
            ("close", &self.close),
            ("doctype", &self.doctype),
        ]
    }
}

/// The body of a parser.
pub struct XmlParser {
    pub parser: RefCell<Parser>,
    /// None until `__init__` has run.
    pub target: Slot,
    pub entity: Slot,
    pub methods: Methods,
    wants: Cell<Wants>,
    /// Names as Python strings, by their numbers.
    names: RefCell<Vec<Option<Value>>>,
}

pub type This = Instance<XmlParser>;

impl XmlParser {
    fn new() -> XmlParser {
        XmlParser {
            parser: RefCell::new(Parser::new(None, Some('}'))),
            target: Slot::default(),
            entity: Slot::default(),
            methods: Methods::default(),
            wants: Cell::new(Wants::default()),
            names: RefCell::default(),
        }
    }

    /// A name in the notation of ElementTree: `{uri}local`.
    pub fn name(&self, name: &Name) -> Value {
        let mut names = self.names.borrow_mut();
        if let Some(Some(known)) = names.get(name.number()) {
            return known.clone();
        }
        let value = universal(name);
        if names.len() <= name.number() {
            names.resize(name.number() + 1, None);
        }
        names[name.number()] = Some(value.clone());
        value
    }

    fn want(&self, change: impl FnOnce(&mut Wants)) {
        let mut wants = self.wants.get();
        change(&mut wants);
        self.wants.set(wants);
    }
}

/// A name with its namespace in braces.
pub fn universal(name: &str) -> Value {
    Value::from(match name.contains('}') {
        true => Str::new(&format!("{{{name}")),
        false => Str::intern(name),
    })
}

/// Raises ParseError with the place of the parser.
#[cold]
pub fn fail<T>(py: Py, this: &This, code: Code, text: Option<&str>) -> PyResult<T> {
    let (line, column, _) = this.parser.borrow().position();
    let what = text
        .or_else(|| expat::error_text(code.number()))
        .unwrap_or("");
    let text = format!("{what}: line {line}, column {column}");
    let class = state::PARSE_ERROR.get(py)?;
    let error = exceptions::instantiate(py, class, &[Value::from(Str::new(&text))])?;
    let set = |name: &str, value: Value| {
        let error = Value::from(error.clone());
        protocol::set_attr(py, &error, &Str::intern(name), &value)
    };
    set("code", Value::int(code.number()))?;
    let place = [line, column].map(|n| Value::int(n as i64));
    set("position", Value::from(Tuple::from_values(place)))?;
    Err(errors::raise_object(py, error))
}

/// The target, which is there once `__init__` has run.
fn target(py: Py, this: &This) -> PyResult<Value> {
    match this.target.get() {
        Some(target) => Ok(target),
        None => raise!(py, ValueError, "XMLParser.__init__() wasn't called"),
    }
}

fn init(py: Py, this: &This, target: Option<&Value>, encoding: Option<String>) -> PyResult<()> {
    let (encoding, unknown) = match encoding {
        None => (None, None),
        Some(name) => match Encoding::by_name(&name) {
            Some(encoding) => (Some(encoding), None),
            None => (None, Some(name)),
        },
    };
    let mut parser = Parser::new(encoding, Some('}'));
    parser.unknown = unknown;
    *this.parser.borrow_mut() = parser;
    this.names.borrow_mut().clear();
    this.entity.set(Value::from(Dict::new()));
    let target = match target.filter(|target| !target.is_none()) {
        Some(target) => target.clone(),
        None => Value::from(Instance::new(py, TreeBuilder::default())),
    };
    this.target.set(target.clone());
    for (name, method) in this.methods.all() {
        method.replace(protocol::lookup_attr(py, &target, &Str::intern(name))?);
    }
    let namespaces = this.methods.start_ns.is_set() || this.methods.end_ns.is_set();
    this.wants.set(Wants {
        start_element: true,
        end_element: true,
        text: true,
        default: true,
        expand: true,
        start_doctype: true,
        start_namespace: namespaces,
        end_namespace: namespaces,
        comment: this.methods.comment.is_set(),
        instruction: this.methods.pi.is_set(),
        ..Wants::default()
    });
    Ok(())
}

/// Parses a piece of the document, and raises ParseError where it is wrong.
fn parse(py: Py, this: &This, bytes: &[u8], is_final: bool) -> PyResult<()> {
    let code = {
        let mut parser = this.parser.borrow_mut();
        let finished = parser.error == Code::None && parser.is_finished();
        if !finished {
            parser.feed(bytes, is_final);
        }
        finished.then_some(Code::Finished)
    };
    if let Some(code) = code {
        return fail(py, this, code, None);
    }
    let target = this.target.value();
    let builder = target.downcast_exact::<super::builder::This>();
    let wants = || this.wants.get();
    let parsed = driver::run(py, &this.parser, wants, |event| match builder {
        Some(builder) => handle::build(py, this, builder, event),
        None => handle::call(py, this, event),
    })?;
    if !parsed {
        let code = this.parser.borrow().error;
        return fail(py, this, code, None);
    }
    Ok(())
}

fn feed(py: Py, this: &This, data: &Value) -> PyResult<()> {
    target(py, this)?;
    if let Some(text) = data.downcast::<Str>() {
        let text = text.to_utf8(py)?;
        this.parser.borrow_mut().set_encoding(Encoding::Utf8);
        return parse(py, this, text.as_bytes(), false);
    }
    let bytes = BytesLike::new(py, data)?;
    parse(py, this, &bytes, false)
}

/// What the target has made of the document.
fn finish(py: Py, this: &This, calls: bool) -> PyResult<Value> {
    let target = target(py, this)?;
    parse(py, this, b"", true)?;
    if let Some(builder) = target.downcast_exact::<super::builder::This>() {
        return Ok(builder.close());
    }
    match this.methods.close.get().filter(|_| calls) {
        Some(close) => protocol::call(py, &close, &[]),
        None => Ok(Value::none()),
    }
}

fn flush(py: Py, this: &This) -> PyResult<()> {
    target(py, this)?;
    this.parser.borrow_mut().deferral = false;
    let result = parse(py, this, b"", false);
    this.parser.borrow_mut().deferral = true;
    result
}

/// How much is read at once.
const PIECE: i64 = 64 * 1024;

/// Parses all that a file has.
fn parse_whole(py: Py, this: &This, file: &Value) -> PyResult<Value> {
    target(py, this)?;
    let read = protocol::get_attr(py, file, intern!("read"))?;
    loop {
        let piece = protocol::call(py, &read, &[Value::int(PIECE)])?;
        let bytes = match piece.downcast_exact::<Str>() {
            Some(text) if text.is_empty() => break,
            Some(_) => {
                // Whatever the document says of its encoding, it was decoded already.
                this.parser.borrow_mut().set_encoding(Encoding::Utf8);
                let object = piece.to_object();
                (hooks::get(py).encode)(py, &object, "utf-8", "surrogatepass")?
            }
            None => piece,
        };
        match bytes.downcast_exact::<Bytes>() {
            Some(bytes) if !bytes.as_slice().is_empty() => {
                parse(py, this, bytes.as_slice(), false)?;
            }
            _ => break,
        }
    }
    finish(py, this, false)
}

/// Which events go to a queue.
fn set_events(
    py: Py,
    this: &This,
    events_queue: &Value,
    events_to_report: Option<&Value>,
) -> PyResult<()> {
    let target = target(py, this)?;
    let Some(builder) = target.downcast_exact::<super::builder::This>() else {
        return raise!(
            py,
            TypeError,
            "event handling only supported for ElementTree.TreeBuilder targets"
        );
    };
    let reports = &builder.reports;
    let append = protocol::get_attr(py, events_queue, intern!("append"))?;
    reports.append.set(append);
    reports.clear();
    let Some(events) = events_to_report.filter(|events| !events.is_none()) else {
        reports.end.set(Value::from(Str::intern("end")));
        return Ok(());
    };
    for event in sequence(py, events, "events must be a sequence")? {
        let name = match (event.downcast::<Str>(), event.downcast::<Bytes>()) {
            (Some(text), _) => text.to_utf8(py)?.into_owned(),
            (_, Some(bytes)) => String::from_utf8_lossy(bytes.as_slice()).into_owned(),
            _ => return raise!(py, ValueError, "invalid events sequence"),
        };
        let namespaces = |wants: &mut Wants| {
            wants.start_namespace = true;
            wants.end_namespace = true;
        };
        match name.as_str() {
            "start" => reports.start.set(event),
            "end" => reports.end.set(event),
            "start-ns" => {
                reports.start_ns.set(event);
                this.want(namespaces);
            }
            "end-ns" => {
                reports.end_ns.set(event);
                this.want(namespaces);
            }
            "comment" => {
                reports.comment.set(event);
                this.want(|wants| wants.comment = true);
            }
            "pi" => {
                reports.pi.set(event);
                this.want(|wants| wants.instruction = true);
            }
            _ => return raise!(py, ValueError, "unknown event '{name}'"),
        }
    }
    Ok(())
}

impl Class for XmlParser {
    const NAME: &'static str = "xml.etree.ElementTree.XMLParser";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.subclassable()
            .new_with(
                "__new__($type, *args, **kwargs)",
                |py: Py, class: &Type, _a: Args<'_>, _k: KwArgs| {
                    Instance::new_in(py, class, XmlParser::new())
                },
            )
            .init("XMLParser(*, target=None, encoding=None)", init)
            .method("feed($self, data, /)", feed)
            .method("close($self, /)", |py: Py, this: &This| {
                finish(py, this, true)
            })
            .method("flush($self, /)", flush)
            .method("_parse_whole($self, file, /)", parse_whole)
            .method(
                "_setevents($self, events_queue, events_to_report=None, /)",
                set_events,
            )
            .field("entity", |_py: Py, this: &This| this.entity.value())
            .field("target", |_py: Py, this: &This| this.target.value())
            .getter("version", |_py: Py, _this: &This| {
                let (major, minor, micro) = expat::VERSION;
                format!("Expat {major}.{minor}.{micro}")
            });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.target);
        visitor.field(&self.entity);
        for (_, method) in self.methods.all() {
            visitor.field(method);
        }
    }

    fn clear(&self) {
        self.target.clear();
        self.entity.clear();
        for (_, method) in self.methods.all() {
            method.clear();
        }
    }
}

/// The dict of entities that the program has given.
pub fn entities(this: &This) -> Option<Owned<Dict>> {
    let entity = this.entity.get()?;
    entity.into_object().downcast_owned::<Dict>().ok()
}
