//! What stands before and after the document's element: the declaration, the document
//! type, comments, processing instructions.

use super::chars::{self, is_public, is_space, text as as_text};
use super::decl::Cursor;
use super::error::Code;
use super::event::{Declaration, Event, Wants};
use super::parser::{Doctype, Item, Kind, Parsed, Parser, Stage};
use super::token::{self, Scan};

impl Parser {
    pub fn prolog(&mut self, wants: &Wants) -> Parsed<bool> {
        self.with_text(|p, text, pos, whole| {
            if pos >= text.len() {
                return p.prolog_end(pos, whole);
            }
            p.set_event(pos);
            match p.prolog_token(text, pos, wants) {
                Ok(result) => result,
                Err(scan) => p.scan_error(scan, text.len()),
            }
        })
    }

    fn prolog_end(&mut self, pos: usize, whole: bool) -> Parsed<bool> {
        if !self.sources.is_empty() {
            self.leave_source();
            return Ok(true);
        }
        self.set_event(pos);
        if let Some(code) = self.ends_badly() {
            return Err(code);
        }
        if !whole {
            return Ok(false);
        }
        match self.stage {
            Stage::Prolog | Stage::InternalSubset => Err(Code::NoElements),
            Stage::ExternalSubset if self.includes > 0 => Err(Code::IncompletePe),
            _ => Ok(false),
        }
    }

    /// What is said of something that cannot stand here.
    fn misplaced(&self) -> Code {
        match self.stage {
            Stage::Epilog => Code::JunkAfterDocElement,
            _ => Code::Syntax,
        }
    }

    fn prolog_token(
        &mut self,
        text: &[u8],
        pos: usize,
        wants: &Wants,
    ) -> Result<Parsed<bool>, Scan> {
        let in_subset = matches!(self.stage, Stage::InternalSubset | Stage::ExternalSubset);
        match text[pos] {
            c if is_space(c) => {
                let end = token::spaces(text, pos);
                self.advance_to(end);
                self.emit_default(wants, &text[pos..end]);
                Ok(Ok(true))
            }
            b'<' => match token::byte(text, pos + 1)? {
                b'?' => self.instruction(text, pos, wants),
                b'!' => self.declaration_or_comment(text, pos, wants),
                c if in_subset || c < 0x80 && !chars::starts_name(char::from(c)) && c != b':' => {
                    Err(Scan::Invalid(pos + 1))
                }
                _ if self.stage == Stage::Epilog => Ok(Err(Code::JunkAfterDocElement)),
                _ => Ok(self.first_element(wants)),
            },
            b'%' if in_subset => self.parameter_reference(text, pos, wants),
            b']' if self.stage == Stage::InternalSubset && self.sources.is_empty() => {
                self.end_subset(text, pos, wants)
            }
            b']' if in_subset && self.includes > 0 => {
                token::expect(text, pos, b"]]>")?;
                self.includes -= 1;
                self.advance_to(pos + 3);
                self.emit_default(wants, &text[pos..pos + 3]);
                Ok(Ok(true))
            }
            c if c == b'&' || c < 0x20 => Err(Scan::Invalid(pos)),
            c if c.is_ascii_punctuation() && !b"_:.->[]()|,+?*#\"'%".contains(&c) => {
                Err(Scan::Invalid(pos))
            }
            _ => self.stray_word(text, pos),
        }
    }

    /// A word where none can stand; it is worse where what follows is no end of a word.
    fn stray_word(&mut self, text: &[u8], pos: usize) -> Result<Parsed<bool>, Scan> {
        let mut at = pos;
        while let Some(c) = chars::char_at(text, at) {
            if !chars::is_name(c) && c != ':' {
                let first_illegal = at == pos && !c.is_ascii();
                if first_illegal || !(c.is_ascii_whitespace() || ">),|[%]".contains(c) || at == pos)
                {
                    return Err(Scan::Invalid(at));
                }
                break;
            }
            at += c.len_utf8();
        }
        Ok(Err(self.misplaced()))
    }

    fn first_element(&mut self, wants: &Wants) -> Parsed<bool> {
        if std::mem::take(&mut self.foreign_dtd)
            && self.parameter_parsing != 0
            && wants.external_entity_ref
        {
            self.ask_for_subset(None, None);
            return Ok(true);
        }
        self.begin_content();
        Ok(true)
    }

    fn declaration_or_comment(
        &mut self,
        text: &[u8],
        pos: usize,
        wants: &Wants,
    ) -> Result<Parsed<bool>, Scan> {
        let first = token::byte(text, pos + 2)?;
        if first == b'-' {
            return self.comment(text, pos, wants);
        }
        let external = self.stage == Stage::ExternalSubset || !self.sources.is_empty();
        match self.stage {
            Stage::Prolog => {
                token::expect(text, pos + 2, b"DOCTYPE")?;
                if self.doctype.is_some() {
                    return Ok(Err(Code::Syntax));
                }
                self.start_doctype(text, pos, wants)
            }
            Stage::Epilog if first.is_ascii_alphabetic() => Ok(Err(Code::JunkAfterDocElement)),
            _ if first == b'[' && external => self.conditional(text, pos, wants),
            _ if !first.is_ascii_alphabetic() => Err(Scan::Invalid(pos + 2)),
            _ => {
                let end = token::declaration(text, pos + 2)?;
                let result = self.markup_declaration(text, pos, end, external, wants);
                if result.is_ok() {
                    self.advance_to(end);
                }
                Ok(result.map(|()| true))
            }
        }
    }

    /// `<![INCLUDE[` and `<![IGNORE[...]]>`.
    fn conditional(
        &mut self,
        text: &[u8],
        pos: usize,
        wants: &Wants,
    ) -> Result<Parsed<bool>, Scan> {
        let open = memchr::memchr(b'[', &text[pos + 3..]).ok_or(Scan::Partial)? + pos + 3;
        let keyword = match self.expand_parameters(&text[pos + 3..open]) {
            Ok(keyword) => keyword,
            Err(code) => return Ok(Err(code)),
        };
        match keyword.trim() {
            "INCLUDE" => {
                self.includes += 1;
                self.advance_to(open + 1);
                self.emit_default(wants, &text[pos..open + 1]);
                Ok(Ok(true))
            }
            "IGNORE" => {
                let (mut depth, mut at) = (1, open + 1);
                while depth > 0 {
                    let rest = text.get(at..).ok_or(Scan::Partial)?;
                    if rest.starts_with(b"<![") {
                        depth += 1;
                        at += 3;
                    } else if rest.starts_with(b"]]>") {
                        depth -= 1;
                        at += 3;
                    } else if rest.is_empty() {
                        return Err(Scan::Partial);
                    } else {
                        at += 1;
                    }
                }
                self.advance_to(at);
                self.emit_default(wants, &text[pos..at]);
                Ok(Ok(true))
            }
            _ => Ok(Err(Code::Syntax)),
        }
    }

    /// The document type declaration up to its bracket or end.
    fn start_doctype(
        &mut self,
        text: &[u8],
        pos: usize,
        wants: &Wants,
    ) -> Result<Parsed<bool>, Scan> {
        let mut at = pos + 9;
        let end = loop {
            match token::byte(text, at)? {
                b'[' | b'>' => break at,
                quote @ (b'"' | b'\'') => {
                    at += 2 + memchr::memchr(quote, &text[at + 1..]).ok_or(Scan::Partial)?;
                }
                b'<' => return Err(Scan::Invalid(at)),
                _ => at += 1,
            }
        };
        let mut cursor = Cursor::new(&text[..end], pos + 9, self.namespaces.is_some());
        let doctype = match parse_doctype(&mut cursor) {
            Ok(doctype) => doctype,
            Err(code) => {
                self.set_event(cursor.at);
                return Ok(Err(code));
            }
        };
        self.advance_to(end + 1);
        let internal = text[end] == b'[';
        if doctype.system.is_some() {
            let mut dtd = self.dtd.borrow_mut();
            dtd.has_parameter_refs = true;
            let ask = !dtd.standalone && self.parameter_parsing == 0 && wants.not_standalone;
            drop(dtd);
            if ask {
                self.emit(Event::NotStandalone);
            }
        }
        if wants.start_doctype {
            self.emit(Declaration::StartDoctype {
                name: doctype.name.clone(),
                system: doctype.system.clone(),
                public: doctype.public.clone(),
                internal,
            });
        } else {
            self.emit_tokens(wants, &text[pos..end + 1]);
        }
        self.doctype = Some(doctype);
        if internal {
            self.stage = Stage::InternalSubset;
        } else {
            self.end_doctype(wants);
        }
        Ok(Ok(true))
    }

    /// `]` and then `>`.
    fn end_subset(&mut self, text: &[u8], pos: usize, wants: &Wants) -> Result<Parsed<bool>, Scan> {
        let close = token::spaces(text, pos + 1);
        if token::byte(text, close)? != b'>' {
            self.set_event(close);
            return Ok(Err(Code::Syntax));
        }
        self.advance_to(close + 1);
        self.stage = Stage::Prolog;
        if !wants.start_doctype {
            self.emit_default(wants, &text[pos..close]);
        }
        if !wants.end_doctype {
            self.emit_default(wants, &text[close..close + 1]);
        }
        self.end_doctype(wants);
        Ok(Ok(true))
    }

    fn end_doctype(&mut self, wants: &Wants) {
        let doctype = self.doctype.clone().unwrap_or_default();
        let has_system = doctype.system.is_some();
        if has_system || self.foreign_dtd {
            self.foreign_dtd = false;
            if self.parameter_parsing != 0 && wants.external_entity_ref {
                self.ask_for_subset(doctype.system, doctype.public);
            } else {
                self.dtd.borrow_mut().has_parameter_refs = true;
            }
        }
        if wants.end_doctype {
            self.emit(Event::EndDoctype);
        }
    }

    fn ask_for_subset(&mut self, system: Option<String>, public: Option<String>) {
        let has_system = system.is_some();
        let mut dtd = self.dtd.borrow_mut();
        let had_refs = std::mem::replace(&mut dtd.has_parameter_refs, true);
        dtd.parameter_entity_read = false;
        drop(dtd);
        self.emit(Declaration::ExternalEntityRef {
            context: None,
            base: self.base.clone(),
            system,
            public,
        });
        self.queue.push_back((
            None,
            Item::AfterSubset {
                had_refs,
                has_system,
            },
        ));
    }

    pub fn after_subset(&mut self, had_refs: bool, has_system: bool, wants: &Wants) {
        let mut dtd = self.dtd.borrow_mut();
        let read = dtd.parameter_entity_read;
        if !read && !has_system {
            dtd.has_parameter_refs = had_refs;
        }
        let ask = read && !dtd.standalone && wants.not_standalone;
        drop(dtd);
        if ask {
            self.queue
                .push_front((None, Item::Event(Event::NotStandalone)));
        }
    }

    /// The declaration at the very start, which ends here.
    pub fn declaration(&mut self, end: usize, wants: &Wants) -> Parsed<()> {
        let text = self.text.clone();
        let general = self.kind != Kind::Document;
        let wrong = if general {
            Code::TextDecl
        } else {
            Code::XmlDecl
        };
        let Some(found) = parse_declaration(&text[5..end - 2], general) else {
            return Err(wrong);
        };
        if found.standalone == 1 {
            self.dtd.borrow_mut().standalone = true;
            if self.parameter_parsing == 1 {
                self.parameter_parsing = 0;
            }
        }
        if wants.xml_decl {
            self.emit(Declaration::XmlDecl {
                version: found.version,
                encoding: found.encoding.clone(),
                standalone: found.standalone,
            });
        } else {
            self.emit_default(wants, &text[..end]);
        }
        match found.encoding {
            Some(name) => self.declare_encoding(&name),
            None => Ok(()),
        }
    }
}

struct XmlDeclaration {
    version: Option<String>,
    encoding: Option<String>,
    standalone: i32,
}

/// The pseudo attributes of a declaration, in their order.
fn parse_declaration(body: &[u8], general: bool) -> Option<XmlDeclaration> {
    let mut rest = as_text(body);
    let mut found = XmlDeclaration {
        version: None,
        encoding: None,
        standalone: -1,
    };
    let mut last = 0;
    loop {
        let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        if trimmed.is_empty() {
            break;
        }
        if trimmed.len() == rest.len() {
            return None;
        }
        let (name, after) = trimmed.split_once('=')?;
        let after = after.trim_start_matches([' ', '\t', '\r', '\n']);
        let quote = after.chars().next().filter(|c| *c == '"' || *c == '\'')?;
        let (value, left) = after[1..].split_once(quote)?;
        rest = left;
        let order = match name.trim_end_matches([' ', '\t', '\r', '\n']) {
            "version" => 1,
            "encoding" => 2,
            "standalone" if !general => 3,
            _ => return None,
        };
        if order <= last {
            return None;
        }
        last = order;
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
        match order {
            1 if value.chars().all(|c| plain(c) || c == ':') => {
                found.version = Some(value.into());
            }
            2 if value.starts_with(|c: char| c.is_ascii_alphabetic())
                && value.chars().all(plain) =>
            {
                found.encoding = Some(value.into());
            }
            3 if value == "yes" => found.standalone = 1,
            3 if value == "no" => found.standalone = 0,
            _ => return None,
        }
    }
    let complete = if general {
        found.encoding.is_some()
    } else {
        found.version.is_some()
    };
    complete.then_some(found)
}

/// What stands after `<!DOCTYPE`.
fn parse_doctype(cursor: &mut Cursor<'_>) -> Parsed<Doctype> {
    cursor.space()?;
    let name = cursor.name()?.to_string();
    let mut doctype = Doctype {
        name,
        ..Doctype::default()
    };
    if cursor.skip_space() && !cursor.at_end() {
        (doctype.public, doctype.system) = external_id(cursor, false)?;
        cursor.skip_space();
    }
    if cursor.at_end() {
        Ok(doctype)
    } else {
        Err(Code::Syntax)
    }
}

/// `SYSTEM "x"` or `PUBLIC "x" "y"`; for notations, also `PUBLIC "x"`.
pub fn external_id(
    cursor: &mut Cursor<'_>,
    notation: bool,
) -> Parsed<(Option<String>, Option<String>)> {
    if cursor.word("SYSTEM") {
        cursor.space()?;
        return Ok((None, Some(cursor.literal()?.to_string())));
    }
    if !cursor.word("PUBLIC") {
        return Err(Code::Syntax);
    }
    cursor.space()?;
    let start = cursor.at;
    let public = cursor.literal()?;
    if !public.bytes().all(is_public) {
        cursor.at = start + 1;
        return Err(Code::PublicId);
    }
    let public = public
        .split_ascii_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let spaced = cursor.skip_space();
    if notation && !cursor.quoted() {
        return Ok((Some(public), None));
    }
    if !spaced {
        return Err(Code::Syntax);
    }
    Ok((Some(public), Some(cursor.literal()?.to_string())))
}
