//! Start and end tags: attributes, defaults, namespaces.

use std::ops::Range;
use std::rc::Rc;

use super::chars::text as as_text;
use super::dtd::predefined;
use super::error::Code;
use super::event::{Chunk, Event, Wants};
use super::names::Name;
use super::namespaces::Binding;
use super::parser::{Kind, Parsed, Parser, Stage, Tag};
use super::token::{self, Reference, StartTag};

type Attributes = Vec<(Name, Chunk)>;

impl Parser {
    pub fn start_element(
        &mut self,
        text: &[u8],
        pos: usize,
        tag: &StartTag,
        wants: &Wants,
    ) -> Parsed<bool> {
        let raw = self.intern(as_text(&text[tag.name.clone()]));
        let (mut attributes, mut specified) = self.tag_attributes(text, &raw)?;
        let mut name = raw.clone();
        let mut bindings = 0;
        if self.namespaces.is_some() {
            bindings = self.bind_all(text, &mut attributes, &mut specified, wants)?;
            name = self.expand_name(&raw, false)?;
            self.expand_attributes(&mut attributes)?;
        }
        if wants.start_element {
            self.emit(Event::StartElement {
                name: name.clone(),
                attributes,
                specified,
            });
        } else {
            self.emit_default(wants, &text[pos..tag.end]);
        }
        self.tags.push(Tag {
            raw,
            name,
            bindings,
        });
        if tag.empty {
            self.close_element(wants, Some(tag.end), b"");
        }
        Ok(true)
    }

    pub fn end_element(
        &mut self,
        text: &[u8],
        pos: usize,
        name: Range<usize>,
        end: usize,
        wants: &Wants,
    ) -> Parsed<bool> {
        let depth = self.sources.last().map_or(0, |s| s.depth);
        if self.tags.len() <= depth {
            return Err(Code::AsyncEntity);
        }
        if self
            .tags
            .last()
            .is_none_or(|tag| tag.raw.as_bytes() != &text[name.clone()])
        {
            self.set_event(name.start);
            return Err(Code::TagMismatch);
        }
        self.close_element(wants, None, &text[pos..end]);
        Ok(true)
    }

    /// Closes the innermost element; its events have a place of their own where one is given.
    fn close_element(&mut self, wants: &Wants, at: Option<usize>, raw: &[u8]) {
        let Some(tag) = self.tags.pop() else { return };
        if wants.end_element {
            let event = Event::EndElement(tag.name);
            match at {
                Some(at) => self.emit_at(at, event),
                None => self.emit(event),
            }
        } else {
            self.emit_default(wants, raw);
        }
        for _ in 0..tag.bindings {
            let binding = self.namespaces.as_mut().and_then(|ns| ns.unbind());
            self.expanded = Default::default();
            if let Some(binding) = binding.filter(|_| wants.end_namespace) {
                self.emit(Event::EndNamespace(binding.prefix));
            }
        }
        if self.tags.is_empty() && self.kind == Kind::Document {
            self.stage = Stage::Epilog;
        }
    }

    /// The attributes of a tag with their values, and then the defaults; how many are in
    /// the tag.
    fn tag_attributes(&mut self, text: &[u8], element: &str) -> Parsed<(Attributes, usize)> {
        let raw = std::mem::take(&mut self.scratch);
        let mut attributes = Vec::with_capacity(raw.len());
        for attribute in &raw {
            let name = self.intern(as_text(&text[attribute.name.clone()]));
            if attributes
                .iter()
                .any(|(known, _): &(Name, Chunk)| known.is(&name))
            {
                self.set_event(attribute.name.start);
                return Err(Code::DuplicateAttribute);
            }
            let is_cdata = self.dtd.borrow().is_cdata(element, &name);
            let source = &text[attribute.value.clone()];
            let value = if attribute.plain && is_cdata {
                self.chunk(text, attribute.value.clone())
            } else {
                let at = Some(attribute.value.start);
                Chunk::Made(self.attribute_value(source, is_cdata, at)?)
            };
            attributes.push((name, value));
        }
        self.scratch = raw;
        let specified = attributes.len();
        let dtd = self.dtd.clone();
        for attribute in dtd.borrow().attributes.get(element).into_iter().flatten() {
            let given = attributes.iter().any(|(name, _)| **name == *attribute.name);
            if let Some(default) = attribute.default.as_ref().filter(|_| !given) {
                let name = self.intern(&attribute.name);
                attributes.push((name, Chunk::Made(default.clone())));
            }
        }
        Ok((attributes, specified))
    }

    /// Takes the namespace declarations out of the attributes: how many there are.
    fn bind_all(
        &mut self,
        text: &[u8],
        attributes: &mut Attributes,
        specified: &mut usize,
        wants: &Wants,
    ) -> Parsed<usize> {
        let (mut bound, mut index) = (0, 0);
        while let Some((name, value)) = attributes.get(index) {
            let prefix: Option<Rc<str>> = match name.strip_prefix("xmlns") {
                Some("") => None,
                Some(rest) if rest.starts_with(':') => Some(rest[1..].into()),
                _ => {
                    index += 1;
                    continue;
                }
            };
            let uri: Rc<str> = value.read(text).into();
            attributes.remove(index);
            if index < *specified {
                *specified -= 1;
            }
            let Some(namespaces) = &mut self.namespaces else {
                break;
            };
            namespaces.check(prefix.as_deref(), &uri)?;
            let uri = (!uri.is_empty()).then_some(uri);
            namespaces.bind(Binding {
                prefix: prefix.clone(),
                uri: uri.clone(),
            });
            self.expanded = Default::default();
            bound += 1;
            if wants.start_namespace {
                self.emit(Event::StartNamespace { prefix, uri });
            }
        }
        Ok(bound)
    }

    fn expand_name(&mut self, raw: &Name, attribute: bool) -> Parsed<Name> {
        let known = &self.expanded[usize::from(attribute)];
        if let Some(Some(name)) = known.get(raw.number()) {
            return Ok(name.clone());
        }
        let Some(namespaces) = &self.namespaces else {
            return Ok(raw.clone());
        };
        let mut name = String::new();
        namespaces.expand(raw, attribute, &mut name)?;
        let name = self.intern(&name);
        let known = &mut self.expanded[usize::from(attribute)];
        if known.len() <= raw.number() {
            known.resize(raw.number() + 1, None);
        }
        known[raw.number()] = Some(name.clone());
        Ok(name)
    }

    fn expand_attributes(&mut self, attributes: &mut Attributes) -> Parsed<()> {
        for index in 0..attributes.len() {
            let name = self.expand_name(&attributes[index].0, true)?;
            let (before, _) = attributes.split_at(index);
            if before.iter().any(|(known, _)| known.is(&name)) {
                return Err(Code::DuplicateAttribute);
            }
            attributes[index].0 = name;
        }
        Ok(())
    }

    /// The value that a literal stands for. `at` is its place in the document.
    pub fn attribute_value(
        &mut self,
        source: &[u8],
        is_cdata: bool,
        at: Option<usize>,
    ) -> Parsed<String> {
        let mut value = String::with_capacity(source.len());
        self.append_value(source, is_cdata, at, &mut value)?;
        if !is_cdata && value.ends_with(' ') {
            value.pop();
        }
        Ok(value)
    }

    fn append_value(
        &mut self,
        source: &[u8],
        is_cdata: bool,
        at: Option<usize>,
        value: &mut String,
    ) -> Parsed<()> {
        let collapse = |value: &String| !is_cdata && (value.is_empty() || value.ends_with(' '));
        let mut pos = 0;
        while let Some(&c) = source.get(pos) {
            match c {
                b'&' => {
                    let start = pos;
                    let namespaces = self.namespaces.is_some();
                    let (reference, end) = token::reference(source, pos + 1, namespaces)
                        .map_err(|_| Code::InvalidToken)?;
                    pos = end;
                    match reference {
                        Reference::Character(None) => {
                            if let Some(at) = at {
                                self.set_event(at + start);
                            }
                            return Err(Code::BadCharRef);
                        }
                        Reference::Character(Some(' ')) if collapse(value) => {}
                        Reference::Character(Some(c)) => value.push(c),
                        Reference::Entity(name) => {
                            self.append_entity(&source[name], is_cdata, value)?;
                        }
                    }
                }
                b'<' => return Err(Code::InvalidToken),
                b' ' | b'\t' | b'\n' | b'\r' => {
                    pos += if source[pos..].starts_with(b"\r\n") {
                        2
                    } else {
                        1
                    };
                    if !collapse(value) {
                        value.push(' ');
                    }
                }
                _ => {
                    let rest = &source[pos..];
                    let stop = |c: &u8| matches!(c, b'&' | b'<' | b' ' | b'\t' | b'\n' | b'\r');
                    let len = rest.iter().position(stop).unwrap_or(rest.len());
                    value.push_str(as_text(&rest[..len]));
                    pos += len;
                }
            }
        }
        Ok(())
    }

    fn append_entity(&mut self, name: &[u8], is_cdata: bool, value: &mut String) -> Parsed<()> {
        if let Some(c) = predefined(name) {
            value.push(c);
            return Ok(());
        }
        let name = as_text(name);
        let Some(entity) = self.find_general(name)? else {
            return Ok(());
        };
        if entity.notation.is_some() {
            return Err(Code::BinaryEntityRef);
        }
        let Some(text) = entity.text else {
            return Err(Code::AttributeExternalEntityRef);
        };
        self.count_indirect(text.len())?;
        self.set_open(name, false, true);
        let result = self.append_value(&text, is_cdata, None, value);
        self.set_open(name, false, false);
        result
    }
}
