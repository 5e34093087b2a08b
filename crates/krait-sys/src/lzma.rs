//! Streams and filter properties of liblzma.
//!
//! Numbers (formats' flags, filter ids, checks, results) are liblzma's own.

use std::ffi::c_void;
use std::mem::MaybeUninit;

use liblzma_sys as z;

pub const OK: u32 = z::LZMA_OK;
pub const STREAM_END: u32 = z::LZMA_STREAM_END;
pub const NO_CHECK: u32 = z::LZMA_NO_CHECK;
pub const UNSUPPORTED_CHECK: u32 = z::LZMA_UNSUPPORTED_CHECK;
pub const GET_CHECK: u32 = z::LZMA_GET_CHECK;
pub const MEM_ERROR: u32 = z::LZMA_MEM_ERROR;
pub const MEMLIMIT_ERROR: u32 = z::LZMA_MEMLIMIT_ERROR;
pub const FORMAT_ERROR: u32 = z::LZMA_FORMAT_ERROR;
pub const OPTIONS_ERROR: u32 = z::LZMA_OPTIONS_ERROR;
pub const DATA_ERROR: u32 = z::LZMA_DATA_ERROR;
pub const BUF_ERROR: u32 = z::LZMA_BUF_ERROR;
pub const PROG_ERROR: u32 = z::LZMA_PROG_ERROR;

/// The most filters of a chain.
pub const FILTERS_MAX: usize = z::LZMA_FILTERS_MAX as usize;
/// The decoder tells of each check that it meets.
pub const TELL_CHECKS: u32 = z::LZMA_TELL_ANY_CHECK | z::LZMA_TELL_NO_CHECK;

/// Options of the LZMA1 and LZMA2 filters.
#[derive(Clone, Copy)]
pub struct LzmaOptions(z::lzma_options_lzma);

/// The numbers among the options that can be set.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum LzmaField {
    DictSize,
    Lc,
    Lp,
    Pb,
    Mode,
    NiceLen,
    Mf,
    Depth,
}

impl LzmaOptions {
    /// The options of a preset; `None` for one that does not exist.
    pub fn preset(preset: u32) -> Option<LzmaOptions> {
        let mut options = MaybeUninit::<z::lzma_options_lzma>::zeroed();
        // SAFETY: a C struct to fill; zeros are a value of each of its fields.
        unsafe {
            if z::lzma_lzma_preset(options.as_mut_ptr(), preset) != 0 {
                return None;
            }
            Some(LzmaOptions(options.assume_init()))
        }
    }

    fn field(&mut self, field: LzmaField) -> &mut u32 {
        let o = &mut self.0;
        match field {
            LzmaField::DictSize => &mut o.dict_size,
            LzmaField::Lc => &mut o.lc,
            LzmaField::Lp => &mut o.lp,
            LzmaField::Pb => &mut o.pb,
            LzmaField::Mode => &mut o.mode,
            LzmaField::NiceLen => &mut o.nice_len,
            LzmaField::Mf => &mut o.mf,
            LzmaField::Depth => &mut o.depth,
        }
    }

    pub fn set(&mut self, field: LzmaField, value: u32) {
        *self.field(field) = value;
    }

    pub fn get(&self, field: LzmaField) -> u32 {
        let mut copy = *self;
        *copy.field(field)
    }
}

/// A filter with its options.
#[derive(Clone, Copy)]
pub struct Filter {
    pub id: u64,
    pub options: Options,
}

#[derive(Clone, Copy)]
pub enum Options {
    Lzma(LzmaOptions),
    /// The distance.
    Delta(u32),
    /// The offset where the filter starts counting.
    Branch(u32),
    /// No options at all.
    Default,
}

/// A filter's options in C's form, in place while a call needs them.
enum CFilter {
    Lzma(z::lzma_options_lzma),
    Delta(z::lzma_options_delta),
    Branch(z::lzma_options_bcj),
    Default,
}

impl CFilter {
    fn new(options: &Options) -> CFilter {
        match *options {
            Options::Lzma(options) => CFilter::Lzma(options.0),
            Options::Delta(dist) => {
                // SAFETY: zeros are a value of each field of the C struct.
                let mut options: z::lzma_options_delta = unsafe { std::mem::zeroed() };
                options.dist = dist;
                CFilter::Delta(options)
            }
            Options::Branch(start_offset) => CFilter::Branch(z::lzma_options_bcj { start_offset }),
            Options::Default => CFilter::Default,
        }
    }

    fn raw(&mut self, id: u64) -> z::lzma_filter {
        let options: *mut c_void = match self {
            CFilter::Lzma(options) => (&raw mut *options).cast(),
            CFilter::Delta(options) => (&raw mut *options).cast(),
            CFilter::Branch(options) => (&raw mut *options).cast(),
            CFilter::Default => std::ptr::null_mut(),
        };
        z::lzma_filter { id, options }
    }
}

/// Calls with a chain in C's form; liblzma copies what it keeps.
fn with_chain<R>(filters: &[Filter], call: impl FnOnce(*const z::lzma_filter) -> R) -> R {
    let mut options: Vec<CFilter> = filters.iter().map(|f| CFilter::new(&f.options)).collect();
    let mut chain: Vec<z::lzma_filter> = filters
        .iter()
        .zip(&mut options)
        .map(|(filter, options)| options.raw(filter.id))
        .collect();
    chain.push(z::lzma_filter {
        id: u64::MAX,
        options: std::ptr::null_mut(),
    });
    call(chain.as_ptr())
}

/// An encoder or decoder. Boxed, since its state may refer to it.
pub struct Stream(Box<z::lzma_stream>);

// SAFETY: the state behind the stream belongs to it alone, and a stream is only used
// through `&mut`.
unsafe impl Send for Stream {}

/// How an encoder is set up.
pub enum Encoder<'a> {
    Easy { preset: u32, check: u32 },
    Stream { filters: &'a [Filter], check: u32 },
    Alone(&'a LzmaOptions),
    Raw(&'a [Filter]),
}

/// How a decoder is set up.
pub enum Decoder<'a> {
    Auto { memory: u64, flags: u32 },
    Stream { memory: u64, flags: u32 },
    Alone { memory: u64 },
    Raw(&'a [Filter]),
}

impl Stream {
    fn open(start: impl FnOnce(*mut z::lzma_stream) -> u32) -> Result<Stream, u32> {
        // SAFETY: `LZMA_STREAM_INIT` is all zeros.
        let mut stream = Stream(Box::new(unsafe { std::mem::zeroed() }));
        match start(&raw mut *stream.0) {
            OK => Ok(stream),
            status => Err(status),
        }
    }

    pub fn encoder(how: &Encoder<'_>) -> Result<Stream, u32> {
        // SAFETY: a fresh stream; chains and options live during the call.
        Stream::open(|raw| unsafe {
            match *how {
                Encoder::Easy { preset, check } => z::lzma_easy_encoder(raw, preset, check),
                Encoder::Stream { filters, check } => {
                    with_chain(filters, |chain| z::lzma_stream_encoder(raw, chain, check))
                }
                Encoder::Alone(options) => z::lzma_alone_encoder(raw, &raw const options.0),
                Encoder::Raw(filters) => {
                    with_chain(filters, |chain| z::lzma_raw_encoder(raw, chain))
                }
            }
        })
    }

    pub fn decoder(how: &Decoder<'_>) -> Result<Stream, u32> {
        // SAFETY: a fresh stream; chains live during the call.
        Stream::open(|raw| unsafe {
            match *how {
                Decoder::Auto { memory, flags } => z::lzma_auto_decoder(raw, memory, flags),
                Decoder::Stream { memory, flags } => z::lzma_stream_decoder(raw, memory, flags),
                Decoder::Alone { memory } => z::lzma_alone_decoder(raw, memory),
                Decoder::Raw(filters) => {
                    with_chain(filters, |chain| z::lzma_raw_decoder(raw, chain))
                }
            }
        })
    }

    /// Codes a piece: the result's number and what was written. Takes what was read off
    /// the input.
    pub fn run<'a>(
        &mut self,
        input: &mut &[u8],
        output: &'a mut [MaybeUninit<u8>],
        finish: bool,
    ) -> (u32, &'a mut [u8]) {
        self.0.next_in = input.as_ptr();
        self.0.avail_in = input.len();
        self.0.next_out = output.as_mut_ptr().cast();
        self.0.avail_out = output.len();
        let action = if finish { z::LZMA_FINISH } else { z::LZMA_RUN };
        // SAFETY: an initialised stream; the buffers live during the call.
        let status = unsafe { z::lzma_code(&raw mut *self.0, action) };
        *input = &input[input.len() - self.0.avail_in..];
        let written = output.len() - self.0.avail_out;
        // SAFETY: liblzma has written so many bytes from the start of the output.
        let written =
            unsafe { std::slice::from_raw_parts_mut(output.as_mut_ptr().cast::<u8>(), written) };
        (status, written)
    }

    /// The check of the stream that is decoded.
    pub fn check(&self) -> u32 {
        // SAFETY: an initialised stream.
        unsafe { z::lzma_get_check(&raw const *self.0) }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: zeroed or initialised, and not used afterwards.
        unsafe { z::lzma_end(&raw mut *self.0) }
    }
}

pub fn check_is_supported(check: u32) -> bool {
    // SAFETY: takes a number.
    unsafe { z::lzma_check_is_supported(check) != 0 }
}

/// A filter's options as they stand in files.
pub fn encode_properties(filter: &Filter) -> Result<Vec<u8>, u32> {
    with_chain(std::slice::from_ref(filter), |chain| {
        let mut size = 0;
        // SAFETY: the filter's options live during the calls, and the room has the size
        // that liblzma asks for.
        unsafe {
            match z::lzma_properties_size(&mut size, chain) {
                OK => {}
                status => return Err(status),
            }
            let mut properties = vec![0; size as usize];
            match z::lzma_properties_encode(chain, properties.as_mut_ptr()) {
                OK => Ok(properties),
                status => Err(status),
            }
        }
    })
}

/// The options of a filter from their form in files.
pub fn decode_properties(id: u64, properties: &[u8]) -> Result<Options, u32> {
    let mut filter = z::lzma_filter {
        id,
        options: std::ptr::null_mut(),
    };
    // SAFETY: liblzma allocates the options with C's allocator, of the type that belongs
    // to the filter; they are read and freed here.
    unsafe {
        let status = z::lzma_properties_decode(
            &mut filter,
            std::ptr::null(),
            properties.as_ptr(),
            properties.len(),
        );
        if status != OK {
            return Err(status);
        }
        if filter.options.is_null() {
            return Ok(Options::Default);
        }
        let options = match id {
            z::LZMA_FILTER_LZMA1 | z::LZMA_FILTER_LZMA2 => {
                Options::Lzma(LzmaOptions(*filter.options.cast()))
            }
            z::LZMA_FILTER_DELTA => {
                Options::Delta((*filter.options.cast::<z::lzma_options_delta>()).dist)
            }
            _ => Options::Branch((*filter.options.cast::<z::lzma_options_bcj>()).start_offset),
        };
        libc::free(filter.options);
        Ok(options)
    }
}
