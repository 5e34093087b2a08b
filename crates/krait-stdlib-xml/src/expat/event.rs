//! What the parser reports.

use std::ops::Range;
use std::rc::Rc;

use super::chars::text as as_text;
use super::names::Name;

/// Text of an event.
#[derive(Debug, Clone)]
pub enum Chunk {
    /// It stands in the parser's text (`Parser::piece`) until the next event is asked for.
    Place(Range<usize>),
    /// The end of a line.
    NewLine,
    Made(String),
}

impl Chunk {
    /// The text itself; `text` is what the parser reads.
    pub fn read<'a>(&'a self, text: &'a [u8]) -> &'a str {
        match self {
            Chunk::Place(range) => as_text(text.get(range.clone()).unwrap_or(&[])),
            Chunk::NewLine => "\n",
            Chunk::Made(made) => made,
        }
    }
}

/// A piece of markup or text.
#[derive(Debug, Clone)]
pub enum Event {
    StartElement {
        name: Name,
        attributes: Vec<(Name, Chunk)>,
        /// How many of the attributes stand in the tag; the others are defaults.
        specified: usize,
    },
    EndElement(Name),
    Text(Chunk),
    Comment(String),
    StartCdata,
    EndCdata,
    /// Markup that nobody else handles, as it stands in the document.
    Default(String),
    StartNamespace {
        prefix: Option<Rc<str>>,
        uri: Option<Rc<str>>,
    },
    EndNamespace(Option<Rc<str>>),
    EndDoctype,
    SkippedEntity {
        name: String,
        parameter: bool,
    },
    /// The handler's answer decides whether parsing goes on.
    NotStandalone,
    /// What documents have little of: kept apart, so that the others stay small.
    Declaration(Box<Declaration>),
}

/// A declaration, an instruction, or a reference to something outside.
#[derive(Debug, Clone)]
pub enum Declaration {
    /// `version` is missing in the declaration of an external entity; `standalone` is -1
    /// where nothing is said.
    XmlDecl {
        version: Option<String>,
        encoding: Option<String>,
        standalone: i32,
    },
    ProcessingInstruction {
        target: String,
        data: String,
    },
    StartDoctype {
        name: String,
        system: Option<String>,
        public: Option<String>,
        internal: bool,
    },
    EntityDecl {
        name: String,
        parameter: bool,
        value: Option<String>,
        base: Option<String>,
        system: Option<String>,
        public: Option<String>,
        notation: Option<String>,
    },
    UnparsedEntityDecl {
        name: String,
        base: Option<String>,
        system: Option<String>,
        public: Option<String>,
        notation: String,
    },
    NotationDecl {
        name: String,
        base: Option<String>,
        system: Option<String>,
        public: Option<String>,
    },
    ElementDecl {
        name: String,
        model: Model,
    },
    AttlistDecl {
        element: String,
        attribute: String,
        kind: String,
        default: Option<String>,
        required: bool,
    },
    /// The handler's answer decides whether parsing goes on.
    ExternalEntityRef {
        context: Option<String>,
        base: Option<String>,
        system: Option<String>,
        public: Option<String>,
    },
}

impl From<Declaration> for Event {
    fn from(declaration: Declaration) -> Event {
        Event::Declaration(Box::new(declaration))
    }
}

/// A content model: kind, quantifier, name and parts, in Expat's numbers.
#[derive(Debug, Clone)]
pub struct Model {
    pub kind: i64,
    pub quantifier: i64,
    pub name: Option<String>,
    pub children: Vec<Model>,
}

impl Model {
    pub const EMPTY: i64 = 1;
    pub const ANY: i64 = 2;
    pub const MIXED: i64 = 3;
    pub const NAME: i64 = 4;
    pub const CHOICE: i64 = 5;
    pub const SEQ: i64 = 6;
}

/// Which handlers there are. What has none goes to the default handler, if that is there.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wants {
    pub start_element: bool,
    pub end_element: bool,
    pub text: bool,
    pub comment: bool,
    pub instruction: bool,
    pub start_cdata: bool,
    pub end_cdata: bool,
    pub default: bool,
    /// Internal entities are expanded even where there is a default handler.
    pub expand: bool,
    pub start_namespace: bool,
    pub end_namespace: bool,
    pub start_doctype: bool,
    pub end_doctype: bool,
    pub entity_decl: bool,
    pub unparsed_entity_decl: bool,
    pub notation_decl: bool,
    pub element_decl: bool,
    pub attlist_decl: bool,
    pub external_entity_ref: bool,
    pub skipped_entity: bool,
    pub not_standalone: bool,
    pub xml_decl: bool,
}
