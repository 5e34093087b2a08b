//! Markup declarations: elements, attributes, entities, notations.

use std::rc::Rc;

use super::chars::{self, is_name, normalize_newlines, text as as_text};
use super::dtd::{Attribute, Entity, predefined};
use super::error::Code;
use super::event::{Declaration, Model, Wants};
use super::parser::{Parsed, Parser};
use super::prolog::external_id;
use super::token::{self, Reference};

/// A place in the text of a declaration. What does not fit is a syntax error there.
pub struct Cursor<'a> {
    text: &'a [u8],
    pub at: usize,
    namespaces: bool,
}

impl<'a> Cursor<'a> {
    pub fn new(text: &'a [u8], at: usize, namespaces: bool) -> Cursor<'a> {
        Cursor {
            text,
            at,
            namespaces,
        }
    }

    pub fn at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    pub fn skip_space(&mut self) -> bool {
        let start = self.at;
        self.at = token::spaces(self.text, self.at);
        self.at > start
    }

    pub fn space(&mut self) -> Parsed<()> {
        if self.skip_space() {
            Ok(())
        } else {
            Err(Code::Syntax)
        }
    }

    fn eat(&mut self, c: u8) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, c: u8) -> Parsed<()> {
        if self.eat(c) {
            Ok(())
        } else {
            Err(Code::Syntax)
        }
    }

    /// A keyword, which no further name character follows.
    pub fn word(&mut self, word: &str) -> bool {
        let rest = &self.text[self.at..];
        let found = rest.starts_with(word.as_bytes())
            && !chars::char_at(rest, word.len()).is_some_and(is_name);
        self.at += if found { word.len() } else { 0 };
        found
    }

    pub fn name(&mut self) -> Parsed<&'a str> {
        // A name at the very end is complete here.
        let mut padded = None;
        let end = match token::name(self.text, self.at, self.namespaces) {
            Ok(end) => end,
            Err(token::Scan::Partial) if !self.at_end() => {
                let copy = padded.insert(self.text.to_vec());
                copy.push(b' ');
                token::name(copy, self.at, self.namespaces).map_err(|_| Code::Syntax)?
            }
            Err(_) => return Err(Code::Syntax),
        };
        let name = as_text(&self.text[self.at..end]);
        self.at = end;
        Ok(name)
    }

    fn nmtoken(&mut self) -> Parsed<&'a str> {
        let start = self.at;
        while let Some(c) = chars::char_at(self.text, self.at) {
            if !is_name(c) && c != ':' {
                break;
            }
            self.at += c.len_utf8();
        }
        if self.at == start {
            return Err(Code::Syntax);
        }
        Ok(as_text(&self.text[start..self.at]))
    }

    pub fn quoted(&self) -> bool {
        matches!(self.peek(), Some(b'"' | b'\''))
    }

    pub fn literal(&mut self) -> Parsed<&'a str> {
        let Some(quote @ (b'"' | b'\'')) = self.peek() else {
            return Err(Code::Syntax);
        };
        let start = self.at + 1;
        let len = memchr::memchr(quote, &self.text[start..]).ok_or(Code::Syntax)?;
        self.at = start + len + 1;
        Ok(as_text(&self.text[start..start + len]))
    }

    fn end(&mut self) -> Parsed<()> {
        self.skip_space();
        self.expect(b'>')?;
        if self.at_end() {
            Ok(())
        } else {
            Err(Code::Syntax)
        }
    }
}

impl Parser {
    /// A declaration between `<!` at `pos` and `>` before `end`. In external text,
    /// references to parameter entities may stand anywhere in it.
    pub fn markup_declaration(
        &mut self,
        text: &[u8],
        pos: usize,
        end: usize,
        external: bool,
        wants: &Wants,
    ) -> Parsed<()> {
        let raw = &text[pos..end];
        let expanded;
        let (body, offset) = if external && raw.contains(&b'%') {
            expanded = self.expand_parameters(&raw[2..])?;
            (expanded.as_bytes(), None)
        } else {
            (&raw[2..], Some(pos + 2))
        };
        let mut cursor = Cursor::new(body, 0, self.namespaces.is_some());
        let handled = self.one_declaration(&mut cursor, external, wants);
        match handled {
            Ok(true) => Ok(()),
            Ok(false) => {
                self.emit_tokens(wants, raw);
                Ok(())
            }
            Err(code) => {
                if let Some(offset) = offset.filter(|_| cursor.at != usize::MAX) {
                    self.set_event(offset + cursor.at);
                }
                Err(code)
            }
        }
    }

    /// Whether a handler has got it.
    fn one_declaration(
        &mut self,
        cursor: &mut Cursor<'_>,
        external: bool,
        wants: &Wants,
    ) -> Parsed<bool> {
        if cursor.word("ENTITY") {
            self.entity_declaration(cursor, external, wants)
        } else if cursor.word("ATTLIST") {
            self.attribute_declaration(cursor, wants)
        } else if cursor.word("ELEMENT") {
            cursor.space()?;
            let name = cursor.name()?.to_string();
            cursor.space()?;
            let model = content_model(cursor)?;
            cursor.end()?;
            if wants.element_decl {
                self.emit(Declaration::ElementDecl { name, model });
            }
            Ok(wants.element_decl)
        } else if cursor.word("NOTATION") {
            cursor.space()?;
            let name = cursor.name()?.to_string();
            cursor.space()?;
            let (public, system) = external_id(cursor, true)?;
            cursor.end()?;
            if wants.notation_decl {
                self.emit(Declaration::NotationDecl {
                    name,
                    base: self.base.clone(),
                    system,
                    public,
                });
            }
            Ok(wants.notation_decl)
        } else {
            // The place of what opens the declaration.
            cursor.at = usize::MAX;
            Err(Code::Syntax)
        }
    }

    fn entity_declaration(
        &mut self,
        cursor: &mut Cursor<'_>,
        external: bool,
        wants: &Wants,
    ) -> Parsed<bool> {
        cursor.space()?;
        let parameter = cursor.eat(b'%');
        if parameter && !cursor.skip_space() {
            return Err(Code::ParamEntityRef);
        }
        let name = cursor.name()?.to_string();
        cursor.space()?;
        let mut entity = Entity {
            internal: !external,
            base: self.base.clone(),
            ..Entity::default()
        };
        if cursor.quoted() {
            let literal = cursor.literal()?;
            entity.text = Some(self.entity_value(literal.as_bytes(), external)?.into());
            entity.base = None;
        } else {
            (entity.public, entity.system) = external_id(cursor, false)?;
            if cursor.skip_space() && !parameter && cursor.word("NDATA") {
                cursor.space()?;
                entity.notation = Some(cursor.name()?.to_string());
            }
        }
        cursor.end()?;
        if !self.dtd.borrow().keep_processing || predefined(name.as_bytes()).is_some() {
            return Ok(wants.entity_decl);
        }
        self.declare_entity(name, parameter, entity, wants)
    }

    fn declare_entity(
        &mut self,
        name: String,
        parameter: bool,
        entity: Entity,
        wants: &Wants,
    ) -> Parsed<bool> {
        let size = size_of::<Entity>() + entity.text.as_ref().map_or(0, |text| text.len());
        self.count_kept(name.len() + size)?;
        let mut dtd = self.dtd.borrow_mut();
        let table = if parameter {
            &mut dtd.parameter
        } else {
            &mut dtd.general
        };
        // The first declaration counts.
        if table.contains_key(&name) {
            return Ok(wants.entity_decl);
        }
        table.insert(name.clone(), entity.clone());
        drop(dtd);
        Ok(match entity.notation {
            Some(notation) if wants.unparsed_entity_decl => {
                self.emit(Declaration::UnparsedEntityDecl {
                    name,
                    base: entity.base,
                    system: entity.system,
                    public: entity.public,
                    notation,
                });
                true
            }
            notation if wants.entity_decl => {
                let value = entity.text.as_deref().map(|t| as_text(t).to_string());
                self.emit(Declaration::EntityDecl {
                    name,
                    parameter,
                    value,
                    base: entity.base.or_else(|| self.base.clone()),
                    system: entity.system,
                    public: entity.public,
                    notation,
                });
                true
            }
            _ => false,
        })
    }

    /// The replacement text of a literal: characters and parameter entities are put in.
    fn entity_value(&mut self, literal: &[u8], external: bool) -> Parsed<Vec<u8>> {
        let (mut out, mut at) = (Vec::with_capacity(literal.len()), 0);
        let namespaces = self.namespaces.is_some();
        while let Some(&c) = literal.get(at) {
            match c {
                b'&' => {
                    let (reference, end) = token::reference(literal, at + 1, namespaces)
                        .map_err(|_| Code::InvalidToken)?;
                    match reference {
                        Reference::Character(None) => return Err(Code::BadCharRef),
                        Reference::Character(Some(c)) => {
                            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                        }
                        Reference::Entity(_) => out.extend_from_slice(&literal[at..end]),
                    }
                    at = end;
                }
                b'%' => {
                    let end =
                        token::name(literal, at + 1, namespaces).map_err(|_| Code::InvalidToken)?;
                    if literal.get(end) != Some(&b';') {
                        return Err(Code::InvalidToken);
                    }
                    if !external {
                        return Err(Code::ParamEntityRef);
                    }
                    let name = as_text(&literal[at + 1..end]).to_string();
                    out.extend_from_slice(&self.parameter_text(&name)?);
                    at = end + 1;
                }
                _ => {
                    let rest = &literal[at..];
                    let stop = memchr::memchr2(b'&', b'%', rest).unwrap_or(rest.len());
                    out.extend_from_slice(normalize_newlines(&rest[..stop]).as_bytes());
                    at += stop;
                }
            }
        }
        Ok(out)
    }

    /// The text of an internal parameter entity; empty for one that was not read.
    fn parameter_text(&mut self, name: &str) -> Parsed<Rc<[u8]>> {
        let entity = self.dtd.borrow().parameter.get(name).cloned();
        match entity {
            Some(entity) if entity.open => Err(Code::RecursiveEntityRef),
            Some(Entity {
                text: Some(text), ..
            }) => {
                self.count_indirect(text.len())?;
                Ok(text)
            }
            _ => Ok(Rc::from(&b""[..])),
        }
    }

    /// Puts the text of parameter entities into a declaration of external text, outside
    /// literals.
    pub fn expand_parameters(&mut self, text: &[u8]) -> Parsed<String> {
        let (mut out, mut at, mut quote) = (Vec::with_capacity(text.len()), 0, None);
        let namespaces = self.namespaces.is_some();
        while let Some(&c) = text.get(at) {
            match (c, quote) {
                (b'"' | b'\'', None) => quote = Some(c),
                (c, Some(q)) if c == q => quote = None,
                (b'%', None) => {
                    if let Ok(end) = token::name(text, at + 1, namespaces)
                        && text.get(end) == Some(&b';')
                    {
                        let name = as_text(&text[at + 1..end]).to_string();
                        let inner = self.parameter_text(&name)?;
                        self.set_open(&name, true, true);
                        let inner = self.expand_parameters(&inner);
                        self.set_open(&name, true, false);
                        out.push(b' ');
                        out.extend_from_slice(inner?.as_bytes());
                        out.push(b' ');
                        at = end + 1;
                        continue;
                    }
                }
                _ => {}
            }
            out.push(c);
            at += 1;
        }
        Ok(as_text(&out).to_string())
    }

    fn attribute_declaration(&mut self, cursor: &mut Cursor<'_>, wants: &Wants) -> Parsed<bool> {
        cursor.space()?;
        let element = cursor.name()?.to_string();
        while cursor.skip_space() && cursor.peek() != Some(b'>') {
            let attribute = cursor.name()?.to_string();
            cursor.space()?;
            let kind = attribute_type(cursor)?;
            cursor.space()?;
            let fixed = cursor.word("#FIXED");
            if fixed {
                cursor.space()?;
            }
            let required = cursor.word("#REQUIRED");
            let implied = !required && cursor.word("#IMPLIED");
            let is_cdata = kind == "CDATA";
            let default = if required || implied {
                None
            } else {
                let literal = cursor.literal()?;
                Some(self.attribute_value(literal.as_bytes(), is_cdata, None)?)
            };
            if !self.dtd.borrow().keep_processing {
                continue;
            }
            self.declare_attribute(&element, &attribute, is_cdata, default.clone());
            if wants.attlist_decl {
                self.emit(Declaration::AttlistDecl {
                    element: element.clone(),
                    attribute,
                    kind,
                    default,
                    required: required || fixed,
                });
            }
        }
        cursor.end()?;
        Ok(wants.attlist_decl)
    }

    fn declare_attribute(
        &mut self,
        element: &str,
        attribute: &str,
        is_cdata: bool,
        default: Option<String>,
    ) {
        let name: Rc<str> = attribute.into();
        let mut dtd = self.dtd.borrow_mut();
        let declared = dtd.attributes.entry(element.to_string()).or_default();
        if !declared.iter().any(|a| a.name == name) {
            declared.push(Attribute {
                name,
                is_cdata,
                default,
            });
        }
    }
}

/// The type of an attribute, as Expat spells it.
fn attribute_type(cursor: &mut Cursor<'_>) -> Parsed<String> {
    const WORDS: [&str; 8] = [
        "CDATA", "IDREFS", "IDREF", "ID", "ENTITY", "ENTITIES", "NMTOKENS", "NMTOKEN",
    ];
    for word in WORDS {
        if cursor.word(word) {
            return Ok(word.to_string());
        }
    }
    let mut kind = String::new();
    let notation = cursor.word("NOTATION");
    if notation {
        cursor.space()?;
        kind.push_str("NOTATION");
    }
    cursor.expect(b'(')?;
    kind.push('(');
    loop {
        cursor.skip_space();
        kind.push_str(if notation {
            cursor.name()?
        } else {
            cursor.nmtoken()?
        });
        cursor.skip_space();
        if cursor.eat(b')') {
            kind.push(')');
            return Ok(kind);
        }
        cursor.expect(b'|')?;
        kind.push('|');
    }
}

/// The quantifier after a part of a content model.
fn quantifier(cursor: &mut Cursor<'_>) -> i64 {
    match cursor.peek() {
        Some(b'?') => {
            cursor.at += 1;
            1
        }
        Some(b'*') => {
            cursor.at += 1;
            2
        }
        Some(b'+') => {
            cursor.at += 1;
            3
        }
        _ => 0,
    }
}

/// How deep groups of a content model may be nested.
const DEEPEST: usize = 500;

fn content_model(cursor: &mut Cursor<'_>) -> Parsed<Model> {
    let leaf = |kind| Model {
        kind,
        quantifier: 0,
        name: None,
        children: Vec::new(),
    };
    if cursor.word("EMPTY") {
        return Ok(leaf(Model::EMPTY));
    }
    if cursor.word("ANY") {
        return Ok(leaf(Model::ANY));
    }
    cursor.expect(b'(')?;
    cursor.skip_space();
    if cursor.word("#PCDATA") {
        return mixed_model(cursor);
    }
    group(cursor, 1)
}

fn mixed_model(cursor: &mut Cursor<'_>) -> Parsed<Model> {
    let mut children = Vec::new();
    loop {
        cursor.skip_space();
        if cursor.eat(b')') {
            break;
        }
        cursor.expect(b'|')?;
        cursor.skip_space();
        children.push(Model {
            kind: Model::NAME,
            quantifier: 0,
            name: Some(cursor.name()?.to_string()),
            children: Vec::new(),
        });
    }
    let starred = cursor.eat(b'*');
    if !children.is_empty() && !starred {
        return Err(Code::Syntax);
    }
    Ok(Model {
        kind: Model::MIXED,
        quantifier: if starred { 2 } else { 0 },
        name: None,
        children,
    })
}

/// A group after its parenthesis.
fn group(cursor: &mut Cursor<'_>, depth: usize) -> Parsed<Model> {
    if depth > DEEPEST {
        return Err(Code::NoMemory);
    }
    let (mut children, mut connector) = (Vec::new(), None);
    loop {
        cursor.skip_space();
        let part = if cursor.eat(b'(') {
            group(cursor, depth + 1)?
        } else {
            let name = Some(cursor.name()?.to_string());
            Model {
                kind: Model::NAME,
                quantifier: quantifier(cursor),
                name,
                children: Vec::new(),
            }
        };
        children.push(part);
        cursor.skip_space();
        match cursor.peek() {
            Some(b')') => {
                cursor.at += 1;
                break;
            }
            Some(c @ (b',' | b'|')) if connector.is_none_or(|known| known == c) => {
                connector = Some(c);
                cursor.at += 1;
            }
            _ => return Err(Code::Syntax),
        }
    }
    let kind = if connector == Some(b'|') {
        Model::CHOICE
    } else {
        Model::SEQ
    };
    Ok(Model {
        kind,
        quantifier: quantifier(cursor),
        name: None,
        children,
    })
}
