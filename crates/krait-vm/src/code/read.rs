//! Reading a code's parts from where they are stored.

use std::cell::{Cell, OnceCell};
use std::sync::Arc;

use krait_bytecode::image::{Place, Text};
use krait_bytecode::{Code, Handler, Image, Position, ReadError, Word};
use krait_object::object::Owned;
use krait_object::py::{Py, PyResult};
use krait_object::raise;
use krait_object::types::str::{Str, intern};
use krait_object::value::Value;

use super::consts::{self, Source};
use super::{CodeObject, lines};

/// Where a code comes from.
pub(super) enum Origin {
    Code(Arc<Code>),
    Stored(Arc<StoredImage>, Place),
}

/// An image with the strings that were made of its names.
pub struct StoredImage {
    image: Image,
    strings: Box<[Cell<Option<Owned<Str>>>]>,
}

// SAFETY: what is in the cells is used with the GIL held.
unsafe impl Send for StoredImage {}
// SAFETY: as above.
unsafe impl Sync for StoredImage {}

impl StoredImage {
    fn name(&self, text: Text) -> Result<Owned<Str>, ReadError> {
        let place = self
            .strings
            .get(text.0 as usize)
            .ok_or(ReadError::Corrupt)?;
        // SAFETY: the GIL is held, and nothing else uses the cell meanwhile.
        let known = unsafe { (*place.as_ptr()).clone() };
        if let Some(known) = known {
            return Ok(known);
        }
        let made = Str::intern(self.image.name(text)?);
        place.set(Some(made.clone()));
        Ok(made)
    }

    /// The strings of several lists of names.
    fn names<const N: usize>(&self, lists: [&[Text]; N]) -> Result<Box<[Owned<Str>]>, ReadError> {
        let mut names = Vec::with_capacity(lists.iter().map(|list| list.len()).sum());
        for text in lists.into_iter().flatten() {
            names.push(self.name(*text)?);
        }
        Ok(names.into_boxed_slice())
    }
}

/// The parts of a code that was read.
#[derive(Default)]
pub(crate) struct Read {
    words: Box<[u64]>,
    pub consts: Box<[Value]>,
    names: Box<[Owned<Str>]>,
    /// Names of the registers below `first_temp`.
    locals: Box<[Owned<Str>]>,
    hidden: Box<[u16]>,
    /// For each cell variable the parameter of its name.
    cell_parameters: Box<[Option<u16>]>,
    handlers: Box<[Handler]>,
    /// Where in the image the positions are.
    positions: std::ops::Range<usize>,
    /// Whether this stands for parts that could not be read.
    corrupt: bool,
    pub marks: OnceCell<Box<[u8]>>,
    pub line_runs: OnceCell<Box<[lines::LineRun]>>,
    data: OnceCell<Arc<Code>>,
}

/// The word of code that is not read: no instruction's number.
static UNREAD: [u64; 1] = [0xFE];

/// Where code that is not read begins. Nothing is ever written there.
#[inline(always)]
pub(super) fn unread() -> *mut u64 {
    UNREAD.as_ptr().cast_mut()
}

fn bare(words: &[Word]) -> Box<[u64]> {
    words.iter().map(|w| w.0).collect()
}

impl Read {
    pub fn of_code(data: &Arc<Code>, consts: Box<[Value]>) -> Read {
        Read {
            words: bare(&data.words),
            consts,
            names: data.names.iter().map(|n| Str::intern(n)).collect(),
            locals: (0..data.first_temp)
                .map(|r| {
                    data.register_name(r)
                        .map_or_else(intern::empty, |n| Str::intern(n))
                })
                .collect(),
            hidden: data.hidden.as_slice().into(),
            cell_parameters: data.cellvars.iter().map(|c| c.1).collect(),
            handlers: data.handlers.as_slice().into(),
            ..Read::default()
        }
    }

    fn of_image(
        stored: &Arc<StoredImage>,
        place: Place,
        filename: &Owned<Str>,
    ) -> Result<Read, ReadError> {
        let parts = stored.image.parts(place)?;
        let cells: Vec<Text> = parts.cellvars.iter().map(|c| c.0).collect();
        let locals = stored.names([&parts.varnames, &cells, &parts.freevars])?;
        if locals.len() != usize::from(parts.outline.shape.first_temp) {
            return Err(ReadError::Corrupt);
        }
        let source = InImage {
            stored,
            filename,
            corrupt: Cell::new(false),
        };
        let consts = parts.consts.iter().map(|c| consts::value(c, &source));
        let consts = consts.collect();
        if source.corrupt.get() {
            return Err(ReadError::Corrupt);
        }
        Ok(Read {
            // (In the same memory.)
            words: parts.words.into_iter().map(|word| word.0).collect(),
            consts,
            names: stored.names([&parts.names])?,
            locals,
            hidden: parts.hidden.into(),
            cell_parameters: parts.cellvars.iter().map(|c| c.1).collect(),
            handlers: parts.handlers.into(),
            positions: parts.positions,
            ..Read::default()
        })
    }

    /// What stands for parts that cannot be read: an instruction that says so.
    fn corrupt(first_temp: u32) -> Read {
        Read {
            words: UNREAD.into(),
            locals: (0..first_temp).map(|_| intern::empty()).collect(),
            corrupt: true,
            ..Read::default()
        }
    }
}

/// Constants of an image.
struct InImage<'a> {
    stored: &'a Arc<StoredImage>,
    filename: &'a Owned<Str>,
    corrupt: Cell<bool>,
}

impl InImage<'_> {
    fn or_corrupt<T>(&self, read: Result<T, ReadError>) -> Option<T> {
        if read.is_err() {
            self.corrupt.set(true);
        }
        read.ok()
    }
}

impl Source<Text, Place> for InImage<'_> {
    fn bytes<'t>(&'t self, text: &'t Text) -> &'t [u8] {
        let bytes = self.stored.image.text(*text);
        self.or_corrupt(bytes).unwrap_or_default()
    }

    fn string(&self, text: &Text) -> Owned<Str> {
        let bytes = self.bytes(text);
        if consts::identifier_like(bytes) {
            let name = self.stored.name(*text);
            self.or_corrupt(name).unwrap_or_else(intern::empty)
        } else {
            Str::from_wtf8(bytes)
        }
    }

    fn code(&self, place: &Place) -> Value {
        let code = CodeObject::at(self.stored.clone(), *place, Some(self.filename));
        self.or_corrupt(code).map_or_else(Value::none, Value::from)
    }
}

impl CodeObject {
    /// The outermost code of an image, with this file name instead of its own.
    pub fn stored(image: Image, filename: Option<&Str>) -> Result<Owned<CodeObject>, ReadError> {
        let place = image.outermost()?;
        let strings = (0..image.string_count()).map(|_| Cell::new(None)).collect();
        let stored = Arc::new(StoredImage { image, strings });
        let filename = filename.map(Str::to_owned_str);
        CodeObject::at(stored, place, filename.as_ref())
    }

    fn at(
        stored: Arc<StoredImage>,
        place: Place,
        filename: Option<&Owned<Str>>,
    ) -> Result<Owned<CodeObject>, ReadError> {
        let outline = stored.image.outline(place)?;
        let name = stored.name(outline.name)?;
        let qualname = if outline.qualname == outline.name {
            name.clone()
        } else {
            Str::new(stored.image.name(outline.qualname)?)
        };
        let filename = match filename {
            Some(filename) => filename.clone(),
            None => stored.name(outline.filename)?,
        };
        let origin = Origin::Stored(stored, place);
        Ok(CodeObject::make(
            origin,
            outline.shape,
            [name, qualname, filename],
        ))
    }

    /// Whether it is of the library that is inside the program.
    pub fn is_of_library(&self) -> bool {
        match &self.body.origin {
            Origin::Stored(stored, _) => stored.image.is_static(),
            Origin::Code(_) => false,
        }
    }

    /// The parts, read if they were not yet.
    pub(crate) fn read(&self) -> &Read {
        match self.body.read.get() {
            Some(read) => read,
            None => self.read_now(),
        }
    }

    #[cold]
    #[inline(never)]
    fn read_now(&self) -> &Read {
        let made = match &self.body.origin {
            Origin::Stored(stored, place) => Read::of_image(stored, *place, &self.filename()),
            Origin::Code(_) => Err(ReadError::Corrupt),
        };
        self.now_read(made.unwrap_or_else(|_| Read::corrupt(self.body.first_temp)))
    }

    pub(super) fn now_read(&self, read: Read) -> &Read {
        // (Making the parts may have led to the same code: then those are kept.)
        let read = self.body.read.get_or_init(|| Box::new(read));
        self.body.words.set(read.words.as_ptr().cast_mut());
        self.body.consts.set(read.consts.as_ptr().cast());
        self.body.names.set(read.names.as_ptr());
        read
    }

    /// At the word of code that was not read: reads it.
    pub(crate) fn begin(&self, py: Py) -> PyResult<()> {
        if self.read().corrupt {
            return raise!(py, ValueError, "bad marshal data (code object)");
        }
        Ok(())
    }

    /// Whether a word stands for code that was not read.
    pub(crate) fn is_unread(pc: *mut u64) -> bool {
        pc == unread()
    }

    /// The code as data, with those inside.
    pub fn data(&self) -> &Arc<Code> {
        match &self.body.origin {
            Origin::Code(data) => data,
            Origin::Stored(stored, place) => self
                .read()
                .data
                .get_or_init(|| Arc::new(self.whole(stored, *place))),
        }
    }

    fn whole(&self, stored: &StoredImage, place: Place) -> Code {
        if let Ok(code) = stored.image.whole(place)
            && !self.read().corrupt
        {
            return code;
        }
        let shape = self.shape();
        let names = |count: u16| (0..count).map(|_| Arc::from("")).collect::<Vec<_>>();
        Code {
            name: self.body.name.to_rust().as_ref().into(),
            qualname: self.body.qualname.to_rust().as_ref().into(),
            filename: self.filename().to_rust().as_ref().into(),
            first_line: shape.first_line,
            flags: shape.flags,
            argcount: shape.argcount,
            posonlyargcount: shape.posonlyargcount,
            kwonlyargcount: shape.kwonlyargcount,
            varnames: names(shape.varnames),
            hidden: Vec::new(),
            cellvars: names(shape.cellvars)
                .into_iter()
                .map(|n| (n, None))
                .collect(),
            freevars: names(shape.freevars),
            names: Vec::new(),
            consts: Vec::new(),
            words: UNREAD.iter().map(|w| Word(*w)).collect(),
            nregs: shape.nregs,
            first_temp: shape.first_temp,
            handlers: Vec::new(),
            positions: krait_bytecode::Positions::default(),
        }
    }

    /// The constants.
    pub fn consts(&self) -> &[Value] {
        &self.read().consts
    }

    /// `co_names`
    pub fn names(&self) -> &[Owned<Str>] {
        &self.read().names
    }

    /// Names of the registers below `first_temp`.
    pub fn locals(&self) -> &[Owned<Str>] {
        &self.read().locals
    }

    /// Registers of variables of inlined comprehensions.
    pub fn hidden(&self) -> &[u16] {
        &self.read().hidden
    }

    /// For each cell variable the parameter of its name.
    pub fn cell_parameters(&self) -> &[Option<u16>] {
        &self.read().cell_parameters
    }

    /// The exception table.
    pub fn handlers(&self) -> &[Handler] {
        &self.read().handlers
    }

    pub fn handler_at(&self, index: u32) -> Option<&Handler> {
        Handler::at(self.handlers(), index)
    }

    pub fn word_count(&self) -> usize {
        self.read().words.len()
    }

    /// The runs of words with one position.
    pub fn position_runs(&self) -> krait_bytecode::positions::Runs<'_> {
        let bytes = match &self.body.origin {
            Origin::Code(data) => &data.positions.bytes,
            Origin::Stored(stored, _) => stored.image.positions(&self.read().positions),
        };
        krait_bytecode::positions::Runs::new(bytes, self.shape().first_line)
    }

    pub fn position_at(&self, index: u32) -> Position {
        self.position_runs().at(index)
    }
}
