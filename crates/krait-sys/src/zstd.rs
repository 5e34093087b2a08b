//! Contexts and dictionaries of Zstandard.
//!
//! Numbers (parameters, modes) are the library's own; an error is a `Code`.

use std::collections::HashMap;
use std::ffi::{CStr, c_void};
use std::mem::MaybeUninit;
use std::sync::{Arc, Mutex, PoisonError};

use zstd_sys as z;

/// A failed call's result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Code(usize);

impl Code {
    /// The library's text for it.
    pub fn text(self) -> &'static str {
        // SAFETY: takes any number, and gives a C string that lives for ever.
        unsafe { CStr::from_ptr(z::ZSTD_getErrorName(self.0)) }
            .to_str()
            .unwrap_or("")
    }
}

fn check(result: usize) -> Result<usize, Code> {
    // SAFETY: takes any number.
    if unsafe { z::ZSTD_isError(result) } != 0 {
        Err(Code(result))
    } else {
        Ok(result)
    }
}

/// The code of an argument that the library does not know.
fn unsupported() -> Code {
    Code((z::ZSTD_ErrorCode::ZSTD_error_parameter_unsupported as usize).wrapping_neg())
}

pub fn version() -> (u32, &'static str) {
    // SAFETY: take nothing; the text lives for ever.
    unsafe {
        let text = CStr::from_ptr(z::ZSTD_versionString());
        (z::ZSTD_versionNumber(), text.to_str().unwrap_or(""))
    }
}

/// The size of output that `decompress` likes best.
pub fn output_size() -> usize {
    // SAFETY: takes nothing.
    unsafe { z::ZSTD_DStreamOutSize() }
}

/// The most bytes that so many bytes compress to; 0 where it is too much.
pub fn compress_bound(size: usize) -> usize {
    // SAFETY: takes a number.
    check(unsafe { z::ZSTD_compressBound(size) }).unwrap_or(0)
}

pub fn default_level() -> i32 {
    // SAFETY: takes nothing.
    unsafe { z::ZSTD_defaultCLevel() }
}

macro_rules! parameters {
    ($name:ident $type:ident: $($variant:ident)*) => {
        fn $name(key: i32) -> Option<z::$type> {
            $(if key == z::$type::$variant as i32 {
                return Some(z::$type::$variant);
            })*
            None
        }
    };
}
parameters!(compression_parameter ZSTD_cParameter:
    ZSTD_c_compressionLevel ZSTD_c_windowLog ZSTD_c_hashLog ZSTD_c_chainLog ZSTD_c_searchLog
    ZSTD_c_minMatch ZSTD_c_targetLength ZSTD_c_strategy ZSTD_c_targetCBlockSize
    ZSTD_c_enableLongDistanceMatching ZSTD_c_ldmHashLog ZSTD_c_ldmMinMatch
    ZSTD_c_ldmBucketSizeLog ZSTD_c_ldmHashRateLog ZSTD_c_contentSizeFlag ZSTD_c_checksumFlag
    ZSTD_c_dictIDFlag ZSTD_c_nbWorkers ZSTD_c_jobSize ZSTD_c_overlapLog
);
parameters!(decompression_parameter ZSTD_dParameter: ZSTD_d_windowLogMax);

fn bounds(bounds: z::ZSTD_bounds) -> Result<(i32, i32), Code> {
    check(bounds.error)?;
    Ok((bounds.lowerBound, bounds.upperBound))
}

/// The lowest and highest value of a parameter.
pub fn compression_bounds(key: i32) -> Result<(i32, i32), Code> {
    let parameter = compression_parameter(key).ok_or_else(unsupported)?;
    // SAFETY: takes a parameter.
    bounds(unsafe { z::ZSTD_cParam_getBounds(parameter) })
}

pub fn decompression_bounds(key: i32) -> Result<(i32, i32), Code> {
    let parameter = decompression_parameter(key).ok_or_else(unsupported)?;
    // SAFETY: takes a parameter.
    bounds(unsafe { z::ZSTD_dParam_getBounds(parameter) })
}

/// A digested dictionary for compression, made of a copy of the content.
struct Digested(*mut z::ZSTD_CDict);
// SAFETY: the library only reads a digested dictionary once it is made.
unsafe impl Send for Digested {}

/// The content of a dictionary, with what was prepared of it.
pub struct Dictionary {
    content: Box<[u8]>,
    id: u32,
    /// By compression level.
    compression: Mutex<HashMap<i32, Digested>>,
    decompression: Mutex<*mut z::ZSTD_DDict>,
}

// SAFETY: prepared dictionaries are only read, and are made under the locks.
unsafe impl Send for Dictionary {}
// SAFETY: as above.
unsafe impl Sync for Dictionary {}

impl Dictionary {
    pub fn new(content: &[u8]) -> Arc<Dictionary> {
        // SAFETY: bytes that live during the call.
        let id = unsafe { z::ZSTD_getDictID_fromDict(content.as_ptr().cast(), content.len()) };
        Arc::new(Dictionary {
            content: content.into(),
            id,
            compression: Mutex::new(HashMap::new()),
            decompression: Mutex::new(std::ptr::null_mut()),
        })
    }

    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// The number of a dictionary in the standard format; 0 for other content.
    pub fn id(&self) -> u32 {
        self.id
    }

    fn start(&self) -> *const c_void {
        self.content.as_ptr().cast()
    }

    fn for_compression(&self, level: i32) -> Option<*mut z::ZSTD_CDict> {
        let mut known = self
            .compression
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(digested) = known.get(&level) {
            return Some(digested.0);
        }
        // SAFETY: the content lives during the call, which copies it.
        let made = unsafe { z::ZSTD_createCDict(self.start(), self.content.len(), level) };
        if made.is_null() {
            return None;
        }
        known.insert(level, Digested(made));
        Some(made)
    }

    fn for_decompression(&self) -> Option<*mut z::ZSTD_DDict> {
        let mut known = self
            .decompression
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if known.is_null() {
            // SAFETY: the content lives during the call, which copies it.
            *known = unsafe { z::ZSTD_createDDict(self.start(), self.content.len()) };
        }
        (!known.is_null()).then_some(*known)
    }
}

impl Drop for Dictionary {
    fn drop(&mut self) {
        let known = self
            .compression
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let decompression = *self
            .decompression
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        // SAFETY: contexts that refer to these hold the dictionary, so there are none.
        unsafe {
            for digested in known.values() {
                z::ZSTD_freeCDict(digested.0);
            }
            z::ZSTD_freeDDict(decompression);
        }
    }
}

/// How a dictionary is loaded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Load {
    Digested,
    Undigested,
    Prefix,
}

/// Why a dictionary could not be loaded: it could not be digested, or the library says so.
pub enum LoadError {
    NotDigested,
    Code(Code),
}

/// What one step did: an error or how much is left to flush, and what was written.
pub type Step<'a> = (Result<usize, Code>, &'a mut [u8]);

/// One step of a context from the input to the output. Takes what was read off the input.
fn step<'a>(
    input: &mut &[u8],
    output: &'a mut [MaybeUninit<u8>],
    run: impl FnOnce(&mut z::ZSTD_outBuffer, &mut z::ZSTD_inBuffer) -> usize,
) -> Step<'a> {
    let mut from = z::ZSTD_inBuffer {
        src: input.as_ptr().cast(),
        size: input.len(),
        pos: 0,
    };
    let mut to = z::ZSTD_outBuffer {
        dst: output.as_mut_ptr().cast(),
        size: output.len(),
        pos: 0,
    };
    let result = check(run(&mut to, &mut from));
    *input = &input[from.pos..];
    // SAFETY: the library has written so many bytes from the start of the output.
    let written = unsafe { std::slice::from_raw_parts_mut(output.as_mut_ptr().cast(), to.pos) };
    (result, written)
}

/// A compression context.
pub struct Compressor {
    context: *mut z::ZSTD_CCtx,
    /// Threads of the library may be at work.
    threads: bool,
    /// What the context may refer to.
    dictionary: Option<Arc<Dictionary>>,
}

// SAFETY: the context belongs to this value, and is only used through `&mut`.
unsafe impl Send for Compressor {}

impl Compressor {
    pub fn new() -> Option<Compressor> {
        // SAFETY: takes nothing.
        let context = unsafe { z::ZSTD_createCCtx() };
        (!context.is_null()).then_some(Compressor {
            context,
            threads: false,
            dictionary: None,
        })
    }

    pub fn set(&mut self, key: i32, value: i32) -> Result<(), Code> {
        let parameter = compression_parameter(key).ok_or_else(unsupported)?;
        self.threads |= parameter == z::ZSTD_cParameter::ZSTD_c_nbWorkers && value != 0;
        // SAFETY: a living context.
        check(unsafe { z::ZSTD_CCtx_setParameter(self.context, parameter, value) }).map(drop)
    }

    /// Loads a dictionary; a digested one is made for a compression level.
    pub fn load(
        &mut self,
        dictionary: &Arc<Dictionary>,
        how: Load,
        level: i32,
    ) -> Result<(), LoadError> {
        let (start, len) = (dictionary.start(), dictionary.content.len());
        // SAFETY: a living context; it keeps the dictionary that it may refer to.
        let result = unsafe {
            match how {
                Load::Digested => match dictionary.for_compression(level) {
                    Some(digested) => z::ZSTD_CCtx_refCDict(self.context, digested),
                    None => return Err(LoadError::NotDigested),
                },
                Load::Undigested => z::ZSTD_CCtx_loadDictionary(self.context, start, len),
                Load::Prefix => z::ZSTD_CCtx_refPrefix(self.context, start, len),
            }
        };
        check(result).map_err(LoadError::Code)?;
        self.dictionary = Some(dictionary.clone());
        Ok(())
    }

    /// Sets the size of the next frame's content; `u64::MAX` for unknown.
    pub fn pledge(&mut self, size: u64) -> Result<(), Code> {
        // SAFETY: a living context.
        check(unsafe { z::ZSTD_CCtx_setPledgedSrcSize(self.context, size) }).map(drop)
    }

    /// Compresses a piece. Modes: 0 goes on, 1 flushes a block, 2 ends the frame.
    pub fn run<'a>(
        &mut self,
        input: &mut &[u8],
        output: &'a mut [MaybeUninit<u8>],
        mode: i32,
    ) -> Step<'a> {
        let mode = match mode {
            0 => z::ZSTD_EndDirective::ZSTD_e_continue,
            1 => z::ZSTD_EndDirective::ZSTD_e_flush,
            _ => z::ZSTD_EndDirective::ZSTD_e_end,
        };
        // SAFETY: a living context; the buffers live during the call.
        step(input, output, |to, from| unsafe {
            z::ZSTD_compressStream2(self.context, to, from, mode)
        })
    }

    /// Forgets the current frame.
    pub fn reset(&mut self) {
        // SAFETY: a living context.
        unsafe {
            z::ZSTD_CCtx_reset(
                self.context,
                z::ZSTD_ResetDirective::ZSTD_reset_session_only,
            );
        }
    }
}

impl Compressor {
    /// Waits until no thread of the library works: freeing a context frees its dictionary
    /// before the threads that use it have ended.
    fn settle(&mut self) {
        let mut scrap = [MaybeUninit::uninit(); 4096];
        while let (Ok(1..), _) = self.run(&mut &[][..], &mut scrap, 1) {}
    }
}

impl Drop for Compressor {
    fn drop(&mut self) {
        if self.threads {
            self.settle();
        }
        // SAFETY: a living context, not used afterwards; the dictionary goes after it.
        unsafe {
            z::ZSTD_freeCCtx(self.context);
        }
    }
}

/// A decompression context.
pub struct Decompressor {
    context: *mut z::ZSTD_DCtx,
    /// What the context may refer to.
    dictionary: Option<Arc<Dictionary>>,
}

// SAFETY: the context belongs to this value, and is only used through `&mut`.
unsafe impl Send for Decompressor {}

impl Decompressor {
    pub fn new() -> Option<Decompressor> {
        // SAFETY: takes nothing.
        let context = unsafe { z::ZSTD_createDCtx() };
        (!context.is_null()).then_some(Decompressor {
            context,
            dictionary: None,
        })
    }

    pub fn set(&mut self, key: i32, value: i32) -> Result<(), Code> {
        let parameter = decompression_parameter(key).ok_or_else(unsupported)?;
        // SAFETY: a living context.
        check(unsafe { z::ZSTD_DCtx_setParameter(self.context, parameter, value) }).map(drop)
    }

    pub fn load(&mut self, dictionary: &Arc<Dictionary>, how: Load) -> Result<(), LoadError> {
        let (start, len) = (dictionary.start(), dictionary.content.len());
        // SAFETY: a living context; it keeps the dictionary that it may refer to.
        let result = unsafe {
            match how {
                Load::Digested => match dictionary.for_decompression() {
                    Some(digested) => z::ZSTD_DCtx_refDDict(self.context, digested),
                    None => return Err(LoadError::NotDigested),
                },
                Load::Undigested => z::ZSTD_DCtx_loadDictionary(self.context, start, len),
                Load::Prefix => z::ZSTD_DCtx_refPrefix(self.context, start, len),
            }
        };
        check(result).map_err(LoadError::Code)?;
        self.dictionary = Some(dictionary.clone());
        Ok(())
    }

    /// Decompresses a piece; 0 is left at the end of a frame.
    pub fn run<'a>(&mut self, input: &mut &[u8], output: &'a mut [MaybeUninit<u8>]) -> Step<'a> {
        // SAFETY: a living context; the buffers live during the call.
        step(input, output, |to, from| unsafe {
            z::ZSTD_decompressStream(self.context, to, from)
        })
    }

    /// Forgets the current frame.
    pub fn reset(&mut self) {
        // SAFETY: a living context.
        unsafe {
            z::ZSTD_DCtx_reset(
                self.context,
                z::ZSTD_ResetDirective::ZSTD_reset_session_only,
            );
        }
    }
}

impl Drop for Decompressor {
    fn drop(&mut self) {
        // SAFETY: a living context, not used afterwards; the dictionary goes after it.
        unsafe {
            z::ZSTD_freeDCtx(self.context);
        }
    }
}

/// The compressed size of the frame that the bytes begin with.
pub fn frame_size(frame: &[u8]) -> Result<usize, Code> {
    // SAFETY: bytes that live during the call.
    check(unsafe { z::ZSTD_findFrameCompressedSize(frame.as_ptr().cast(), frame.len()) })
}

/// The size of a frame's content, where it is known, and the number of its dictionary;
/// `None` where the bytes do not begin with a frame's header.
pub fn frame_info(frame: &[u8]) -> Option<(Option<u64>, u32)> {
    let start = frame.as_ptr().cast();
    // SAFETY: bytes that live during the calls.
    let (size, dictionary) = unsafe {
        (
            z::ZSTD_getFrameContentSize(start, frame.len()),
            z::ZSTD_getDictID_fromFrame(start, frame.len()),
        )
    };
    match size as i64 {
        -2 => None,
        -1 => Some((None, dictionary)),
        _ => Some((Some(size), dictionary)),
    }
}

/// Whether the sizes are those of all samples together.
fn fits(samples: &[u8], sizes: &[usize]) -> bool {
    sizes.iter().try_fold(0usize, |sum, &n| sum.checked_add(n)) == Some(samples.len())
        && u32::try_from(sizes.len()).is_ok()
}

/// Makes a dictionary from samples, which stand one after the other; its size.
pub fn train(samples: &[u8], sizes: &[usize], out: &mut [u8]) -> Result<usize, Code> {
    if !fits(samples, sizes) {
        return Err(unsupported());
    }
    // SAFETY: the sizes are within the samples; all live during the call.
    check(unsafe {
        z::ZDICT_trainFromBuffer(
            out.as_mut_ptr().cast(),
            out.len(),
            samples.as_ptr().cast(),
            sizes.as_ptr(),
            sizes.len() as u32,
        )
    })
}

/// Makes a dictionary of given content; its size.
pub fn finalize(
    content: &[u8],
    samples: &[u8],
    sizes: &[usize],
    level: i32,
    out: &mut [u8],
) -> Result<usize, Code> {
    if !fits(samples, sizes) {
        return Err(unsupported());
    }
    let parameters = z::ZDICT_params_t {
        compressionLevel: level,
        notificationLevel: 0,
        dictID: 0,
    };
    // SAFETY: the sizes are within the samples; all live during the call.
    check(unsafe {
        z::ZDICT_finalizeDictionary(
            out.as_mut_ptr().cast(),
            out.len(),
            content.as_ptr().cast(),
            content.len(),
            samples.as_ptr().cast(),
            sizes.as_ptr(),
            sizes.len() as u32,
            parameters,
        )
    })
}
