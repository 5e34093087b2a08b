//! Namespace declarations and expanded names.

use std::rc::Rc;

use super::error::Code;

pub const XML_URI: &str = "http://www.w3.org/XML/1998/namespace";
pub const XMLNS_URI: &str = "http://www.w3.org/2000/xmlns/";

/// What a prefix stands for; no prefix is the default namespace, no name undeclares it.
#[derive(Clone)]
pub struct Binding {
    pub prefix: Option<Rc<str>>,
    pub uri: Option<Rc<str>>,
}

/// The declarations in force, the innermost last.
#[derive(Clone)]
pub struct Namespaces {
    pub separator: char,
    /// Names get their prefix as a third part.
    pub triplets: bool,
    bindings: Vec<Binding>,
}

impl Namespaces {
    pub fn new(separator: char) -> Namespaces {
        Namespaces {
            separator,
            triplets: false,
            bindings: Vec::new(),
        }
    }

    pub fn bind(&mut self, binding: Binding) {
        self.bindings.push(binding);
    }

    pub fn unbind(&mut self) -> Option<Binding> {
        self.bindings.pop()
    }

    /// The name that a prefix stands for.
    pub fn lookup(&self, prefix: Option<&str>) -> Option<&str> {
        if prefix == Some("xml") {
            return Some(XML_URI);
        }
        self.bindings
            .iter()
            .rev()
            .find(|b| b.prefix.as_deref() == prefix)
            .and_then(|b| b.uri.as_deref())
    }

    /// Whether a prefix may be bound to a name.
    pub fn check(&self, prefix: Option<&str>, uri: &str) -> Result<(), Code> {
        if uri.is_empty() && prefix.is_some() {
            return Err(Code::UndeclaringPrefix);
        }
        match prefix {
            Some("xmlns") => return Err(Code::ReservedPrefixXmlns),
            Some("xml") if uri != XML_URI => return Err(Code::ReservedPrefixXml),
            Some("xml") => return Ok(()),
            _ if uri == XML_URI || uri == XMLNS_URI => return Err(Code::ReservedNamespaceUri),
            _ => {}
        }
        // A separator that could stand in a name must not be ambiguous.
        let harmless = self.separator == '\0' || is_uri_character(self.separator);
        if !harmless && uri.contains(self.separator) {
            return Err(Code::Syntax);
        }
        Ok(())
    }

    /// Appends the expanded form of a name; attributes without prefix are in no namespace.
    pub fn expand(&self, raw: &str, attribute: bool, out: &mut String) -> Result<(), Code> {
        let (prefix, local) = match raw.split_once(':') {
            Some((prefix, local)) => (Some(prefix), local),
            None => (None, raw),
        };
        let uri = match prefix {
            None if attribute => None,
            prefix => self.lookup(prefix),
        };
        match (uri, prefix) {
            (None, Some(_)) => return Err(Code::UnboundPrefix),
            (None, None) => out.push_str(local),
            (Some(uri), prefix) => {
                out.push_str(uri);
                self.separate(out);
                out.push_str(local);
                if let Some(prefix) = prefix.filter(|_| self.triplets) {
                    self.separate(out);
                    out.push_str(prefix);
                }
            }
        }
        Ok(())
    }

    fn separate(&self, out: &mut String) {
        if self.separator != '\0' {
            out.push(self.separator);
        }
    }

    /// The declarations as the context of an external entity.
    pub fn context(&self) -> Vec<String> {
        let mut seen: Vec<Option<&str>> = Vec::new();
        let mut parts = Vec::new();
        for binding in self.bindings.iter().rev() {
            let prefix = binding.prefix.as_deref();
            if seen.contains(&prefix) {
                continue;
            }
            seen.push(prefix);
            if let Some(uri) = &binding.uri {
                parts.push(format!("{}={uri}", prefix.unwrap_or("")));
            }
        }
        parts.reverse();
        parts
    }

    /// The declarations that a context names.
    pub fn for_context(&self, context: Option<&str>) -> Namespaces {
        let mut made = Namespaces::new(self.separator);
        made.triplets = self.triplets;
        for part in context.unwrap_or("").split('\u{c}') {
            if let Some((prefix, uri)) = part.split_once('=') {
                made.bind(Binding {
                    prefix: (!prefix.is_empty()).then(|| prefix.into()),
                    uri: Some(uri.into()),
                });
            }
        }
        made
    }
}

/// Characters that RFC 3986 allows in a URI.
fn is_uri_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "%-._~:/?#[]@!$&'()*+,;=".contains(c)
}
