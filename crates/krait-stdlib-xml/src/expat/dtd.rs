//! What a document type declares, shared by a parser and those of its external entities.

use std::collections::HashMap;
use std::rc::Rc;

/// An entity.
#[derive(Default, Clone)]
pub struct Entity {
    /// The replacement text of an internal entity.
    pub text: Option<Rc<[u8]>>,
    pub base: Option<String>,
    pub system: Option<String>,
    pub public: Option<String>,
    pub notation: Option<String>,
    /// Declared in the internal subset outside parameter entities.
    pub internal: bool,
    /// Being expanded.
    pub open: bool,
}

/// An attribute that an element type declares.
pub struct Attribute {
    pub name: Rc<str>,
    pub is_cdata: bool,
    pub default: Option<String>,
}

/// The declarations.
#[derive(Default)]
pub struct Dtd {
    pub general: HashMap<String, Entity>,
    pub parameter: HashMap<String, Entity>,
    pub attributes: HashMap<String, Vec<Attribute>>,
    /// There may be declarations that were not read.
    pub has_parameter_refs: bool,
    pub standalone: bool,
    /// Declarations still count.
    pub keep_processing: bool,
    /// An external subset or parameter entity was parsed.
    pub parameter_entity_read: bool,
}

impl Dtd {
    pub fn new() -> Dtd {
        Dtd {
            keep_processing: true,
            ..Dtd::default()
        }
    }

    /// Whether the values of an attribute are taken as they stand.
    pub fn is_cdata(&self, element: &str, attribute: &str) -> bool {
        self.attributes
            .get(element)
            .and_then(|all| all.iter().find(|a| &*a.name == attribute))
            .is_none_or(|a| a.is_cdata)
    }
}

/// The character that a predefined entity stands for.
pub fn predefined(name: &[u8]) -> Option<char> {
    match name {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        _ => None,
    }
}
