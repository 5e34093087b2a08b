//! `Parser`: input, positions, the queue of events, and which part of a document is next.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;

use super::chars;
use super::dtd::Dtd;
use super::encoding::{Decoded, Encoding, sniff};
use super::error::Code;
use super::event::{Chunk, Event, Wants};
use super::names::{Name, Names};
use super::namespaces::Namespaces;
use super::token::{RawAttribute, Scan};

/// What a call of `next` came to.
pub enum Step {
    Event(Event),
    /// All input was used.
    NeedData,
    /// The document has ended.
    Done,
    /// It has failed: `Parser::error`.
    Error,
    /// The document's encoding has no table yet: `set_table` or fail.
    UnknownEncoding(String),
}

pub type Parsed<T> = Result<T, Code>;

/// The part of a document that the parser is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Nothing was looked at yet.
    Start,
    Prolog,
    /// Within the brackets of a document type declaration.
    InternalSubset,
    /// An external subset or parameter entity.
    ExternalSubset,
    Content,
    Epilog,
}

/// What kind of text a parser reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Document,
    General,
    Parameter,
}

/// An internal entity that is being read.
pub struct Source {
    pub text: Rc<[u8]>,
    pub pos: usize,
    pub name: String,
    pub parameter: bool,
    /// How many elements were open when it began.
    pub depth: usize,
}

/// An open element.
pub struct Tag {
    pub raw: Name,
    pub name: Name,
    /// How many namespace declarations it has.
    pub bindings: usize,
}

/// What waits to be reported or done.
pub enum Item {
    Event(Event),
    /// After the external subset was asked for.
    AfterSubset {
        had_refs: bool,
        has_system: bool,
    },
}

/// The document type declaration as far as it was read.
#[derive(Default, Clone)]
pub struct Doctype {
    pub name: String,
    pub system: Option<String>,
    pub public: Option<String>,
}

/// What something may come to, in bytes and as a multiple of the document.
#[derive(Clone, Copy)]
pub struct Limit {
    /// Less than this is always allowed.
    pub threshold: u64,
    pub factor: f64,
}

impl Limit {
    fn is_breached(&self, bytes: u64, direct: u64) -> bool {
        bytes >= self.threshold && bytes as f64 / direct.max(1) as f64 > self.factor
    }
}

/// What a document comes to, and may come to.
pub struct Amplification {
    /// Bytes of the document itself.
    pub direct: u64,
    /// Bytes of text that entities add.
    pub indirect: u64,
    /// Bytes of what is kept of declarations.
    pub kept: u64,
    pub expansion: Limit,
    pub memory: Limit,
}

/// A parser of one document or external entity.
pub struct Parser {
    /// Bytes that were not decoded yet.
    raw: Vec<u8>,
    pub text: Vec<u8>,
    pub pos: usize,
    /// No character follows the text.
    invalid: bool,
    pub is_final: bool,
    pub encoding: Option<Encoding>,
    /// The caller said what the encoding is.
    fixed: bool,
    /// Where the current event begins.
    event: Option<usize>,
    /// A place of the text with its line, column and byte.
    mark: usize,
    line: u64,
    column: u64,
    byte: u64,
    /// A token was completed since more text came.
    progress: bool,
    /// So long the text must be before a token that was incomplete is tried again.
    retry: usize,
    pub deferral: bool,
    pub stage: Stage,
    pub kind: Kind,
    pub sources: Vec<Source>,
    pub tags: Vec<Tag>,
    pub scratch: Vec<RawAttribute>,
    pub in_cdata: bool,
    pub dtd: Rc<RefCell<Dtd>>,
    pub queue: VecDeque<(Option<usize>, Item)>,
    pub doctype: Option<Doctype>,
    pub includes: usize,
    pub namespaces: Option<Namespaces>,
    pub base: Option<String>,
    pub parameter_parsing: i32,
    pub foreign_dtd: bool,
    names: Names,
    /// The expanded forms of names by their numbers, as elements and as attributes, while
    /// the declarations in force are the same.
    pub expanded: [Vec<Option<Name>>; 2],
    pub amplification: Rc<RefCell<Amplification>>,
    pub error: Code,
    pub unknown: Option<String>,
    done: bool,
}

impl Parser {
    pub fn new(encoding: Option<Encoding>, separator: Option<char>) -> Parser {
        Parser {
            raw: Vec::new(),
            text: Vec::new(),
            pos: 0,
            invalid: false,
            is_final: false,
            fixed: encoding.is_some(),
            encoding,
            event: None,
            mark: 0,
            line: 1,
            column: 0,
            byte: 0,
            progress: false,
            retry: 0,
            deferral: true,
            stage: Stage::Start,
            kind: Kind::Document,
            sources: Vec::new(),
            tags: Vec::new(),
            scratch: Vec::new(),
            in_cdata: false,
            dtd: Rc::new(RefCell::new(Dtd::new())),
            queue: VecDeque::new(),
            doctype: None,
            includes: 0,
            namespaces: separator.map(Namespaces::new),
            base: None,
            parameter_parsing: 0,
            foreign_dtd: false,
            names: Names::new(),
            expanded: [Vec::new(), Vec::new()],
            amplification: Rc::new(RefCell::new(Amplification {
                direct: 0,
                indirect: 0,
                kept: 0,
                expansion: Limit {
                    threshold: 8 << 20,
                    factor: 100.0,
                },
                memory: Limit {
                    threshold: 64 << 20,
                    factor: 100.0,
                },
            })),
            error: Code::None,
            unknown: None,
            done: false,
        }
    }

    /// A parser of an external entity that the current event asks for: a general one with
    /// the event's context, a parameter one without.
    pub fn external(&self, context: Option<&str>, encoding: Option<Encoding>) -> Parser {
        let mut parser = Parser::new(encoding, None);
        parser.kind = if context.is_some() {
            Kind::General
        } else {
            Kind::Parameter
        };
        parser.namespaces = self.namespaces.as_ref().map(|ns| ns.for_context(context));
        parser.dtd = self.dtd.clone();
        parser.base.clone_from(&self.base);
        parser.parameter_parsing = self.parameter_parsing;
        parser.deferral = self.deferral;
        parser.amplification = self.amplification.clone();
        if parser.kind == Kind::Parameter {
            self.dtd.borrow_mut().parameter_entity_read = true;
        }
        parser
    }

    pub fn is_started(&self) -> bool {
        self.stage != Stage::Start || !self.raw.is_empty() || !self.text.is_empty()
    }

    /// Whether it reads the document itself, not an external entity.
    pub fn is_root(&self) -> bool {
        self.kind == Kind::Document
    }

    pub fn is_finished(&self) -> bool {
        self.done || self.is_final
    }

    /// Whether the document is in another encoding than UTF-8.
    pub fn converts(&self) -> bool {
        !matches!(self.encoding, None | Some(Encoding::Utf8)) && self.sources.is_empty()
    }

    /// Fixes the encoding, whatever the document says.
    pub fn set_encoding(&mut self, encoding: Encoding) {
        if self.stage == Stage::Start {
            self.encoding = Some(encoding);
            self.fixed = true;
        }
    }

    /// Gives more of the document.
    pub fn feed(&mut self, bytes: &[u8], is_final: bool) {
        self.discard();
        let mut amplification = self.amplification.borrow_mut();
        if self.kind == Kind::Document {
            amplification.direct += bytes.len() as u64;
        } else {
            amplification.indirect += bytes.len() as u64;
        }
        drop(amplification);
        self.is_final = is_final;
        self.progress = false;
        if self.stage != Stage::Start && self.raw.is_empty() && !self.invalid {
            self.decode_directly(bytes);
            return;
        }
        self.raw.extend_from_slice(bytes);
        if self.stage != Stage::Start {
            self.decode();
        }
    }

    /// Forgets the text that was used.
    fn discard(&mut self) {
        let keep = self.pos;
        if keep == 0 {
            return;
        }
        self.move_mark(keep);
        self.text.drain(..keep);
        self.pos = 0;
        self.mark = 0;
        self.event = Some(0);
        self.retry = self.retry.saturating_sub(keep);
    }

    fn decode(&mut self) {
        if self.invalid || self.raw.is_empty() {
            return;
        }
        let raw = std::mem::take(&mut self.raw);
        self.decode_directly(&raw);
    }

    /// Decodes bytes; what is left of them waits in `raw`, which is empty.
    fn decode_directly(&mut self, bytes: &[u8]) {
        let encoding = self.encoding.as_ref().unwrap_or(&Encoding::Utf8);
        match encoding.decode(bytes, &mut self.text) {
            Decoded::Partial(left) => self.raw.extend_from_slice(&bytes[bytes.len() - left..]),
            Decoded::Invalid => self.invalid = true,
        }
    }

    /// The next event.
    pub fn next(&mut self, wants: &Wants) -> Step {
        loop {
            while let Some((at, item)) = self.queue.pop_front() {
                if at.is_some() {
                    self.event = at;
                }
                match self.take(item, wants) {
                    Ok(Some(event)) => return Step::Event(event),
                    Ok(None) => {}
                    Err(code) => self.error = code,
                }
            }
            if self.error != Code::None {
                return Step::Error;
            }
            if let Some(name) = &self.unknown {
                return Step::UnknownEncoding(name.clone());
            }
            match self.advance(wants) {
                Ok(true) => {}
                Ok(false) if self.is_final => {
                    self.done = true;
                    return Step::Done;
                }
                Ok(false) => return Step::NeedData,
                Err(code) => self.error = code,
            }
        }
    }

    fn take(&mut self, item: Item, wants: &Wants) -> Parsed<Option<Event>> {
        match item {
            Item::Event(event) => Ok(Some(event)),
            Item::AfterSubset {
                had_refs,
                has_system,
            } => {
                self.after_subset(had_refs, has_system, wants);
                Ok(None)
            }
        }
    }

    /// Fails from outside: a handler has refused.
    pub fn fail(&mut self, code: Code) {
        self.queue.clear();
        self.error = code;
    }

    /// One step; whether there was one to do.
    fn advance(&mut self, wants: &Wants) -> Parsed<bool> {
        if self.stage == Stage::Start {
            return self.begin(wants);
        }
        if self.sources.is_empty()
            && self.deferral
            && !self.is_final
            && self.text.len() < self.retry
        {
            return Ok(false);
        }
        let before = self.pos;
        let result = match self.stage {
            Stage::Content => self.content(wants),
            _ => self.prolog(wants),
        };
        if let Ok(true) = result {
            self.retry = 0;
            self.progress |= self.pos != before;
        }
        result
    }

    /// Finds the encoding and reads the declaration, if there is one.
    fn begin(&mut self, wants: &Wants) -> Parsed<bool> {
        if !self.fixed && self.encoding.is_none() {
            let Some((encoding, mark)) = sniff(&self.raw, self.is_final) else {
                return Ok(false);
            };
            self.raw.drain(..mark);
            self.byte += mark as u64;
            self.encoding = Some(encoding);
        } else if self.encoding.as_ref().is_some_and(Encoding::is_wide) {
            if self.raw.len() < 2 && !self.is_final {
                return Ok(false);
            }
            if let Some((encoding, mark)) = sniff(&self.raw, true)
                && encoding.is_wide()
            {
                self.raw.drain(..mark);
                self.byte += mark as u64;
                self.encoding = Some(encoding);
            }
        } else if self.raw.starts_with(b"\xef\xbb\xbf") {
            self.raw.drain(..3);
            self.byte += 3;
        }
        // Until the declaration is read the encoding may change, so only it is decoded.
        let mut head = Vec::new();
        let encoding = self.encoding.clone().unwrap_or(Encoding::Utf8);
        encoding.decode(&self.raw, &mut head);
        let prefix = b"<?xml";
        let short = head.len() < prefix.len() + 1;
        if short && prefix.starts_with(&head[..head.len().min(prefix.len())]) && !self.is_final {
            return Ok(false);
        }
        let declared = head.starts_with(prefix)
            && head
                .get(5)
                .is_some_and(|&c| chars::is_space(c) || c == b'?');
        let mut declaration = None;
        if declared {
            match memchr::memmem::find(&head, b"?>") {
                Some(end) => declaration = Some(end + 2),
                None if !self.is_final => return Ok(false),
                None => {}
            }
        }
        self.stage = match self.kind {
            Kind::Document => Stage::Prolog,
            Kind::General => Stage::Content,
            Kind::Parameter => Stage::ExternalSubset,
        };
        self.event = Some(0);
        if let Some(end) = declaration {
            head.truncate(end);
            let used: usize = chars::text(&head).chars().map(|c| encoding.width(c)).sum();
            self.raw.drain(..used);
            self.text = head;
            self.declaration(end, wants)?;
            self.pos = end;
        }
        if self.unknown.is_none() {
            self.decode();
        }
        Ok(true)
    }

    /// Takes the encoding that the declaration names.
    pub fn declare_encoding(&mut self, name: &str) -> Parsed<()> {
        if self.fixed {
            return Ok(());
        }
        let wide = self.encoding.as_ref().is_some_and(Encoding::is_wide);
        match Encoding::by_name(name) {
            Some(encoding) if encoding.is_wide() != wide => Err(Code::IncorrectEncoding),
            Some(_) if wide => Ok(()),
            Some(encoding) => {
                self.encoding = Some(encoding);
                Ok(())
            }
            None => {
                self.unknown = Some(name.to_string());
                Ok(())
            }
        }
    }

    /// The table of the encoding that was unknown.
    pub fn set_table(&mut self, table: Box<[Option<char>; 256]>) {
        self.unknown = None;
        self.encoding = Some(Encoding::Table(table));
        if self.stage == Stage::Start {
            self.fixed = true;
        } else {
            self.decode();
        }
    }

    /// Calls with the text that is read, the place in it, and whether it is all.
    pub fn with_text<R>(&mut self, look: impl FnOnce(&mut Parser, &[u8], usize, bool) -> R) -> R {
        if let Some(source) = self.sources.last() {
            let (text, pos) = (source.text.clone(), source.pos);
            return look(self, &text, pos, true);
        }
        let (text, pos, whole) = (std::mem::take(&mut self.text), self.pos, self.is_final);
        let result = look(self, &text, pos, whole);
        self.text = text;
        result
    }

    /// A token begins here.
    pub fn set_event(&mut self, at: usize) {
        if self.sources.is_empty() {
            self.event = Some(at);
        }
    }

    /// Goes on after a token.
    pub fn advance_to(&mut self, at: usize) {
        match self.sources.last_mut() {
            Some(source) => source.pos = at,
            None => self.pos = at,
        }
    }

    /// What an incomplete token means: more data is needed, or it is an error.
    pub fn scan_error(&mut self, scan: Scan, len: usize) -> Parsed<bool> {
        match scan {
            Scan::Invalid(at) => {
                self.set_event(at);
                Err(Code::InvalidToken)
            }
            Scan::Partial if !self.sources.is_empty() => Err(Code::UnclosedToken),
            Scan::Partial if self.invalid => {
                self.set_event(len);
                Err(Code::InvalidToken)
            }
            Scan::Partial if !self.is_final => {
                if !self.progress {
                    self.retry = (len - self.pos) * 2 + self.pos;
                }
                Ok(false)
            }
            Scan::Partial if self.ends_in_character() => Err(Code::PartialChar),
            Scan::Partial => Err(Code::UnclosedToken),
        }
    }

    /// Whether the text ends with something that is no character.
    pub fn ends_badly(&self) -> Option<Code> {
        if self.invalid {
            return Some(Code::InvalidToken);
        }
        if !self.is_final || self.raw.is_empty() {
            return None;
        }
        Some(if self.ends_in_character() {
            Code::PartialChar
        } else {
            Code::UnclosedToken
        })
    }

    /// Whether the input ends within a character, not within a unit of 16 bits.
    fn ends_in_character(&self) -> bool {
        let wide = self.encoding.as_ref().is_some_and(Encoding::is_wide);
        !self.raw.is_empty() && (!wide || self.raw.len() != 1)
    }

    pub fn emit(&mut self, event: impl Into<Event>) {
        self.queue.push_back((None, Item::Event(event.into())));
    }

    /// Reports markup to the default handler.
    pub fn emit_default(&mut self, wants: &Wants, raw: &[u8]) {
        if wants.default && !raw.is_empty() {
            self.emit(Event::Default(chars::text(raw).to_string()));
        }
    }

    /// Reports a declaration to the default handler, token by token.
    pub fn emit_tokens(&mut self, wants: &Wants, raw: &[u8]) {
        let mut rest = if wants.default { raw } else { &[] };
        while let Some(&first) = rest.first() {
            let same = |keep: fn(u8) -> bool| {
                let body = &rest[1..];
                1 + body.iter().position(|&c| !keep(c)).unwrap_or(body.len())
            };
            let word: fn(u8) -> bool =
                |c| c.is_ascii_alphanumeric() || c > 0x7f || b"_:.-".contains(&c);
            let len = match first {
                b'<' => {
                    2 + rest[2.min(rest.len())..]
                        .iter()
                        .take_while(|&&c| word(c))
                        .count()
                }
                b'"' | b'\'' => memchr::memchr(first, &rest[1..]).map_or(rest.len(), |i| i + 2),
                c if chars::is_space(c) => same(chars::is_space),
                c if word(c) || c == b'#' => same(word),
                _ => 1,
            };
            let (token, left) = rest.split_at(len.min(rest.len()));
            self.emit_default(wants, token);
            rest = left;
        }
    }

    /// The one copy of a name.
    pub fn intern(&mut self, name: &str) -> Name {
        self.names.intern(name)
    }

    /// The text of an event that was given last.
    pub fn piece<'a>(&'a self, chunk: &'a Chunk) -> &'a str {
        chunk.read(&self.text)
    }

    /// The part of the text that is read as an event's text.
    pub fn chunk(&self, text: &[u8], range: Range<usize>) -> Chunk {
        if self.sources.is_empty() {
            return Chunk::Place(range);
        }
        Chunk::Made(chars::text(&text[range]).to_string())
    }

    /// Counts text that entities add; fails where it is out of all proportion.
    pub fn count_indirect(&mut self, bytes: usize) -> Parsed<()> {
        let mut a = self.amplification.borrow_mut();
        a.indirect += bytes as u64;
        if a.expansion.is_breached(a.direct + a.indirect, a.direct) {
            return Err(Code::AmplificationLimitBreach);
        }
        Ok(())
    }

    /// Counts bytes that are kept of a declaration; fails where with the text that waits
    /// they are out of all proportion.
    pub fn count_kept(&mut self, bytes: usize) -> Parsed<()> {
        let mut a = self.amplification.borrow_mut();
        a.kept += bytes as u64;
        let waiting = (self.text.capacity() + self.raw.capacity()) as u64;
        if a.memory.is_breached(a.kept + waiting, a.direct) {
            return Err(Code::NoMemory);
        }
        Ok(())
    }

    fn move_mark(&mut self, to: usize) {
        let (line, column, byte) = self.position_at(to);
        (self.mark, self.line, self.column, self.byte) = (to, line, column, byte);
    }

    /// Line, column and byte of a place of the text.
    fn position_at(&self, at: usize) -> (u64, u64, u64) {
        let (mut line, mut column) = (self.line, self.column);
        let encoding = self.encoding.as_ref().unwrap_or(&Encoding::Utf8);
        let (from, to) = (self.mark.min(at), self.mark.max(at).min(self.text.len()));
        let passed = &self.text[from..to];
        let byte = match encoding {
            Encoding::Utf8 => passed.len() as u64,
            _ => {
                let chars = chars::text(passed).chars();
                chars.map(|c| encoding.width(c) as u64).sum()
            }
        };
        if let Encoding::Utf8 = encoding
            && memchr::memchr(b'\r', passed).is_none()
            && (from == 0 || self.text[from - 1] != b'\r')
        {
            line += memchr::memchr_iter(b'\n', passed).count() as u64;
            let last = memchr::memrchr(b'\n', passed);
            let tail = last.map_or(passed, |last| &passed[last + 1..]);
            let characters = tail.iter().filter(|&&c| !matches!(c, 0x80..0xc0)).count() as u64;
            column = last.map_or(column, |_| 0) + characters;
            return (line, column, self.byte + byte);
        }
        let mut after_return = from > 0 && self.text[from - 1] == b'\r';
        for &c in passed {
            match c {
                b'\n' if after_return => column = 0,
                b'\n' | b'\r' => {
                    line += 1;
                    column = 0;
                }
                0x80..0xc0 => {}
                _ => column += 1,
            }
            after_return = c == b'\r';
        }
        (line, column, self.byte + byte)
    }

    /// Line, column and byte of the current event; no byte before anything was parsed.
    pub fn position(&self) -> (u64, u64, Option<u64>) {
        match self.event {
            Some(at) => {
                let (line, column, byte) = self.position_at(at);
                (line, column, Some(byte))
            }
            None => (self.line, self.column, None),
        }
    }

    /// The text from the current event on.
    pub fn context(&self) -> Option<&[u8]> {
        self.event.and_then(|at| self.text.get(at..))
    }

    /// The place of the event that is reported next in the queue.
    pub fn emit_at(&mut self, at: usize, event: Event) {
        let place = self.sources.is_empty().then_some(at);
        self.queue.push_back((place, Item::Event(event)));
    }
}
