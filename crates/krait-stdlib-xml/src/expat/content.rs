//! The content of elements.

use std::ops::Range;

use super::chars::{find_illegal, text as as_text};
use super::error::Code;
use super::event::{Chunk, Declaration, Event, Wants};
use super::parser::{Kind, Parsed, Parser, Stage};
use super::token::{self, Scan};

/// Characters that may end a run of text: markup, line ends, brackets, illegal ones, and
/// the first byte of those that may be illegal.
const STOPS: [bool; 256] = {
    let mut table = [false; 256];
    let mut i = 0;
    while i < 0x20 {
        table[i] = i != b'\t' as usize;
        i += 1;
    }
    table[b'<' as usize] = true;
    table[b'&' as usize] = true;
    table[b']' as usize] = true;
    table[0xef] = true;
    table
};

/// The most bytes of converted text in an event.
const PIECE: usize = 1024;

impl Parser {
    pub fn content(&mut self, wants: &Wants) -> Parsed<bool> {
        self.with_text(|p, text, pos, whole| p.content_token(text, pos, whole, wants))
    }

    fn content_token(
        &mut self,
        text: &[u8],
        pos: usize,
        whole: bool,
        wants: &Wants,
    ) -> Parsed<bool> {
        if pos >= text.len() {
            return self.content_end(pos, whole);
        }
        self.set_event(pos);
        let done = match text[pos] {
            b'<' if !self.in_cdata => self.markup(text, pos, wants),
            b'&' if !self.in_cdata => self.content_reference(text, pos, wants),
            _ => self.characters(text, pos, whole, wants),
        };
        match done {
            Ok(result) => result,
            Err(Scan::Partial) if self.in_cdata && whole => Err(Code::UnclosedCdataSection),
            Err(scan) => self.scan_error(scan, text.len()),
        }
    }

    /// The end of the text of the document or of an entity.
    fn content_end(&mut self, pos: usize, whole: bool) -> Parsed<bool> {
        if let Some(source) = self.sources.last() {
            if source.depth != self.tags.len() {
                return Err(Code::AsyncEntity);
            }
            self.leave_source();
            return Ok(true);
        }
        if let Some(code) = self.ends_badly() {
            self.set_event(pos);
            return Err(code);
        }
        if !whole {
            return Ok(false);
        }
        self.set_event(pos);
        if self.in_cdata {
            return Err(Code::UnclosedCdataSection);
        }
        match self.kind {
            Kind::General if self.tags.is_empty() => Ok(false),
            Kind::General => Err(Code::AsyncEntity),
            _ => Err(Code::NoElements),
        }
    }

    fn markup(&mut self, text: &[u8], pos: usize, wants: &Wants) -> Result<Parsed<bool>, Scan> {
        let namespaces = self.namespaces.is_some();
        match token::byte(text, pos + 1)? {
            b'/' => {
                let (name, end) = token::end_tag(text, pos + 2, namespaces)?;
                self.advance_to(end);
                Ok(self.end_element(text, pos, name, end, wants))
            }
            b'!' => match token::byte(text, pos + 2)? {
                b'-' => self.comment(text, pos, wants),
                b'[' => {
                    token::expect(text, pos + 3, b"CDATA[")?;
                    self.advance_to(pos + 9);
                    self.in_cdata = true;
                    if wants.start_cdata {
                        self.emit(Event::StartCdata);
                    } else {
                        self.emit_default(wants, &text[pos..pos + 9]);
                    }
                    Ok(Ok(true))
                }
                _ => Err(Scan::Invalid(pos + 2)),
            },
            b'?' => self.instruction(text, pos, wants),
            _ => {
                let mut attributes = std::mem::take(&mut self.scratch);
                let tag = token::start_tag(text, pos + 1, namespaces, &mut attributes);
                self.scratch = attributes;
                let tag = tag?;
                self.advance_to(tag.end);
                Ok(self.start_element(text, pos, &tag, wants))
            }
        }
    }

    pub fn comment(
        &mut self,
        text: &[u8],
        pos: usize,
        wants: &Wants,
    ) -> Result<Parsed<bool>, Scan> {
        let (body, end) = token::comment(text, pos + 3)?;
        self.advance_to(end);
        if wants.comment {
            let body = super::chars::normalize_newlines(&text[body]);
            self.emit(Event::Comment(body));
        } else {
            self.emit_default(wants, &text[pos..end]);
        }
        Ok(Ok(true))
    }

    pub fn instruction(
        &mut self,
        text: &[u8],
        pos: usize,
        wants: &Wants,
    ) -> Result<Parsed<bool>, Scan> {
        let found = token::instruction(text, pos + 2, self.namespaces.is_some())?;
        if found.is_declaration(text) {
            return Ok(Err(Code::MisplacedXmlPi));
        }
        self.advance_to(found.end);
        if wants.instruction {
            let event = Declaration::ProcessingInstruction {
                target: as_text(&text[found.target]).to_string(),
                data: super::chars::normalize_newlines(&text[found.data]),
            };
            self.emit(event);
        } else {
            self.emit_default(wants, &text[pos..found.end]);
        }
        Ok(Ok(true))
    }

    /// Reports characters, which stand in the document as `raw`.
    pub fn emit_text(&mut self, wants: &Wants, characters: Chunk, raw: &[u8]) {
        if wants.text {
            self.emit(Event::Text(characters));
        } else {
            self.emit_default(wants, raw);
        }
    }

    /// Reports a part of the text.
    fn emit_range(&mut self, wants: &Wants, text: &[u8], range: Range<usize>) {
        let mut start = range.start;
        if wants.text && self.converts() {
            // Text that had to be converted comes in pieces.
            while range.end - start > PIECE {
                let piece = as_text(&text[start..range.end]).floor_char_boundary(PIECE);
                self.emit(Event::Text(Chunk::Place(start..start + piece)));
                start += piece;
            }
        }
        let chunk = self.chunk(text, start..range.end);
        self.emit_text(wants, chunk, &text[range]);
    }

    /// A run of characters without line ends, or one line end.
    fn characters(
        &mut self,
        text: &[u8],
        pos: usize,
        whole: bool,
        wants: &Wants,
    ) -> Result<Parsed<bool>, Scan> {
        match text[pos] {
            b'\n' => {
                self.advance_to(pos + 1);
                self.emit_text(wants, Chunk::NewLine, b"\n");
                return Ok(Ok(true));
            }
            b'\r' => {
                let end = match text.get(pos + 1) {
                    Some(b'\n') => pos + 2,
                    Some(_) => pos + 1,
                    None if whole => pos + 1,
                    None => return Ok(Ok(false)),
                };
                self.advance_to(end);
                self.emit_text(wants, Chunk::NewLine, &text[pos..end]);
                return Ok(Ok(true));
            }
            _ => {}
        }
        let mut at = pos;
        while let Some(&c) = text.get(at) {
            if !STOPS[usize::from(c)] {
                at += 1;
                continue;
            }
            match c {
                b'<' | b'&' if self.in_cdata => at += 1,
                b']' => match (text.get(at + 1), text.get(at + 2)) {
                    (Some(b']'), Some(b'>')) if self.in_cdata => {
                        if at > pos {
                            break;
                        }
                        return Ok(self.end_cdata(text, at, wants));
                    }
                    (Some(b']'), Some(b'>')) => return Err(Scan::Invalid(at + 2)),
                    (None, _) | (Some(b']'), None) if !whole => break,
                    _ => at += 1,
                },
                0xef => {
                    if find_illegal(&text[at..text.len().min(at + 3)], 0).is_some() {
                        break;
                    }
                    at += 3;
                }
                _ => break,
            }
        }
        if at == pos {
            let waits = text[pos] == b']';
            return if waits {
                Ok(Ok(false))
            } else {
                Err(Scan::Invalid(at))
            };
        }
        self.advance_to(at);
        self.emit_range(wants, text, pos..at);
        Ok(Ok(true))
    }

    fn end_cdata(&mut self, text: &[u8], at: usize, wants: &Wants) -> Parsed<bool> {
        self.advance_to(at + 3);
        self.in_cdata = false;
        if wants.end_cdata {
            self.emit(Event::EndCdata);
        } else {
            self.emit_default(wants, &text[at..at + 3]);
        }
        Ok(true)
    }

    /// The document's element begins.
    pub fn begin_content(&mut self) {
        self.stage = Stage::Content;
    }
}
