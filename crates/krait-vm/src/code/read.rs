//! Reading a code's parts from where they are stored.

use std::cell::{Cell, OnceCell};
use std::sync::Arc;

use krait_bytecode::image::{ConstText, Group, Make, Place, StoredConst, Text};
use krait_bytecode::{Code, Handler, Image, Position, ReadError, Shape, Word};
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
    #[inline]
    fn name(&self, text: Text) -> Option<Owned<Str>> {
        let place = self.strings.get(text.0 as usize)?;
        // SAFETY: the GIL is held, and nothing else uses the cell meanwhile.
        match unsafe { &*place.as_ptr() } {
            Some(known) => Some(known.clone()),
            None => self.new_name(text, place),
        }
    }

    #[inline(never)]
    fn new_name(&self, text: Text, place: &Cell<Option<Owned<Str>>>) -> Option<Owned<Str>> {
        let made = intern::of_utf8(self.image.text(text).ok()?)?;
        place.set(Some(made.clone()));
        Some(made)
    }

    /// A qualified name: hardly any comes twice.
    fn qualname(&self, text: Text) -> Option<Owned<Str>> {
        let bytes = self.image.text(text).ok()?;
        let made = Str::from_wtf8(bytes);
        (made.is_ascii() || std::str::from_utf8(bytes).is_ok()).then_some(made)
    }
}

/// The parts of a code that was read.
#[derive(Default)]
pub(crate) struct Read {
    words: Box<[u64]>,
    pub consts: Box<[Value]>,
    names: Box<[Owned<Str>]>,
    /// Names of the registers below `first_temp`, once they are asked for.
    locals: OnceCell<Box<[Owned<Str>]>>,
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
    pub fn of_code(data: &Arc<Code>, consts: Box<[Value]>) -> Box<Read> {
        Box::new(Read {
            words: bare(&data.words),
            consts,
            names: data.names.iter().map(|n| Str::intern(n)).collect(),
            hidden: data.hidden.as_slice().into(),
            cell_parameters: data.cellvars.iter().map(|c| c.1).collect(),
            handlers: data.handlers.as_slice().into(),
            ..Read::default()
        })
    }

    fn of_image(
        stored: &Arc<StoredImage>,
        place: Place,
        shape: &Shape,
        filename: &Owned<Str>,
    ) -> Result<Box<Read>, ReadError> {
        if shape.varnames + shape.cellvars + shape.freevars != shape.first_temp {
            return Err(ReadError::Corrupt);
        }
        let made = InImage::new(stored, filename);
        let parts = stored.image.parts(place, shape, &made)?;
        if made.corrupt.get() {
            return Err(ReadError::Corrupt);
        }
        Ok(Box::new(Read {
            words: parts.words.into(),
            consts: parts.consts.into(),
            names: parts.names.into(),
            hidden: parts.hidden.into(),
            cell_parameters: parts.cell_parameters.into(),
            handlers: parts.handlers.into(),
            positions: parts.positions,
            ..Read::default()
        }))
    }

    /// What stands for parts that cannot be read: an instruction that says so.
    fn corrupt() -> Box<Read> {
        Box::new(Read {
            words: UNREAD.into(),
            corrupt: true,
            ..Read::default()
        })
    }
}

/// Constants of an image.
struct InImage<'a> {
    stored: &'a Arc<StoredImage>,
    filename: &'a Owned<Str>,
    corrupt: Cell<bool>,
}

impl<'a> InImage<'a> {
    fn new(stored: &'a Arc<StoredImage>, filename: &'a Owned<Str>) -> InImage<'a> {
        InImage {
            stored,
            filename,
            corrupt: Cell::new(false),
        }
    }

    fn or_corrupt<T>(&self, read: Option<T>) -> Option<T> {
        if read.is_none() {
            self.corrupt.set(true);
        }
        read
    }
}

impl Make for InImage<'_> {
    type Name = Owned<Str>;
    type Value = Value;

    #[inline]
    fn name(&self, text: Text) -> Option<Owned<Str>> {
        self.stored.name(text)
    }

    #[inline(always)]
    fn value(&self, constant: StoredConst) -> Option<Value> {
        Some(consts::value(&constant, self))
    }

    fn group(&self, group: Group, items: Vec<Value>) -> Option<Value> {
        Some(consts::group(group, items))
    }
}

impl Source<ConstText, Place> for InImage<'_> {
    fn bytes<'t>(&'t self, of: &'t ConstText) -> &'t [u8] {
        let bytes = self.stored.image.text(of.text).ok();
        self.or_corrupt(bytes).unwrap_or_default()
    }

    fn string(&self, of: &ConstText) -> Owned<Str> {
        if of.is_name {
            let name = self.stored.name(of.text);
            self.or_corrupt(name).unwrap_or_else(intern::empty)
        } else {
            Str::from_wtf8(self.bytes(of))
        }
    }

    fn code(&self, place: &Place) -> Value {
        let code = CodeObject::at(self.stored.clone(), *place, Some(self.filename)).ok();
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
        let name = stored.name(outline.name).ok_or(ReadError::Corrupt)?;
        let qualname = if outline.qualname == outline.name {
            name.clone()
        } else {
            let qualname = stored.qualname(outline.qualname);
            qualname.ok_or(ReadError::Corrupt)?
        };
        let filename = match filename {
            Some(filename) => Some(filename.clone()),
            None => stored.name(outline.filename),
        };
        let filename = filename.ok_or(ReadError::Corrupt)?;
        let origin = Origin::Stored(stored, outline.place);
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
            Origin::Stored(stored, place) => {
                Read::of_image(stored, *place, self.shape(), &self.filename())
            }
            Origin::Code(_) => Err(ReadError::Corrupt),
        };
        self.now_read(made.unwrap_or_else(|_| Read::corrupt()))
    }

    pub(super) fn now_read(&self, read: Box<Read>) -> &Read {
        // (Making the parts may have led to the same code: then those are kept.)
        let read = self.body.read.get_or_init(|| read);
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
            name: self.name().to_rust().as_ref().into(),
            qualname: self.qualname().to_rust().as_ref().into(),
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
        self.read().locals.get_or_init(|| self.read_locals())
    }

    #[cold]
    fn read_locals(&self) -> Box<[Owned<Str>]> {
        let registers = 0..self.shape().first_temp;
        match &self.body.origin {
            Origin::Code(data) => registers
                .map(|r| {
                    data.register_name(r)
                        .map_or_else(intern::empty, |n| Str::intern(n))
                })
                .collect(),
            Origin::Stored(stored, place) => {
                let filename = self.filename();
                let made = InImage::new(stored, &filename);
                let names = stored.image.locals(*place, self.shape(), &made);
                let names = names.ok().filter(|names| names.len() == registers.len());
                names.map_or_else(
                    || registers.map(|_| intern::empty()).collect(),
                    Vec::into_boxed_slice,
                )
            }
        }
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
