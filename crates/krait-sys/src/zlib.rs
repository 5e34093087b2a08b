//! Streams of zlib's C interface, as implemented by `libz-rs-sys`.
//!
//! Numbers (levels, flush modes, results) are zlib's own. A stream that has been ended
//! answers `STREAM_ERROR` to everything, as zlib does.

use std::ffi::{CStr, c_char, c_int};
use std::mem::MaybeUninit;

use libz_rs_sys as z;

pub const OK: i32 = z::Z_OK;
pub const STREAM_END: i32 = z::Z_STREAM_END;
pub const NEED_DICT: i32 = z::Z_NEED_DICT;
pub const STREAM_ERROR: i32 = z::Z_STREAM_ERROR;
pub const DATA_ERROR: i32 = z::Z_DATA_ERROR;
pub const MEM_ERROR: i32 = z::Z_MEM_ERROR;
pub const BUF_ERROR: i32 = z::Z_BUF_ERROR;
pub const VERSION_ERROR: i32 = z::Z_VERSION_ERROR;

/// The library's version text.
pub fn version() -> &'static str {
    // SAFETY: the library gives a C string that lives for ever.
    unsafe { CStr::from_ptr(z::zlibVersion()) }
        .to_str()
        .unwrap_or("")
}

/// A z_stream. Boxed, since its state may refer to it.
struct Raw {
    stream: Box<z::z_stream>,
    /// The text of the first error that lasts: the library has another one for later calls.
    fault: *const c_char,
}

// SAFETY: the state behind the stream belongs to it alone, and a stream is only used
// through `&mut`.
unsafe impl Send for Raw {}

const SIZE: c_int = size_of::<z::z_stream>() as c_int;

impl Raw {
    fn new() -> Raw {
        Raw {
            stream: Box::default(),
            fault: std::ptr::null(),
        }
    }

    /// The text zlib gives with its last error.
    fn message(&self) -> Option<&str> {
        let text = if self.fault.is_null() {
            self.stream.msg.cast_const()
        } else {
            self.fault
        };
        if text.is_null() {
            return None;
        }
        // SAFETY: messages are C strings that live for ever.
        unsafe { CStr::from_ptr(text) }.to_str().ok()
    }

    /// Calls `step` with the stream set to the input and output. Takes what was read off
    /// the input; the result's slice is what was written.
    fn run<'a>(
        &mut self,
        input: &mut &[u8],
        output: &'a mut [MaybeUninit<u8>],
        step: impl FnOnce(&mut z::z_stream) -> c_int,
    ) -> (i32, &'a mut [u8]) {
        let (offered, room) = (clamp(input.len()), clamp(output.len()));
        self.stream.next_in = input.as_ptr();
        self.stream.avail_in = offered;
        self.stream.next_out = output.as_mut_ptr().cast();
        self.stream.avail_out = room;
        let status = step(&mut self.stream);
        if status == DATA_ERROR && self.fault.is_null() {
            self.fault = self.stream.msg;
        }
        *input = &input[(offered - self.stream.avail_in) as usize..];
        let written = (room - self.stream.avail_out) as usize;
        // SAFETY: zlib has written so many bytes from the start of the output.
        let written =
            unsafe { std::slice::from_raw_parts_mut(output.as_mut_ptr().cast::<u8>(), written) };
        (status, written)
    }
}

fn clamp(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// A compressing stream.
pub struct Deflate(Raw);

impl Deflate {
    pub fn new(
        level: i32,
        method: i32,
        window_bits: i32,
        memory_level: i32,
        strategy: i32,
    ) -> Result<Deflate, i32> {
        let mut raw = Raw::new();
        let version = z::zlibVersion();
        // SAFETY: a fresh stream, and the library's own version and size.
        let status = unsafe {
            z::deflateInit2_(
                &raw mut *raw.stream,
                level,
                method,
                window_bits,
                memory_level,
                strategy,
                version,
                SIZE,
            )
        };
        if status == OK {
            Ok(Deflate(raw))
        } else {
            Err(status)
        }
    }

    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> i32 {
        // SAFETY: an initialised stream, and bytes that live during the call.
        unsafe {
            z::deflateSetDictionary(
                &raw mut *self.0.stream,
                dictionary.as_ptr(),
                clamp(dictionary.len()),
            )
        }
    }

    /// Compresses a piece: the result's number and what was written.
    pub fn run<'a>(
        &mut self,
        input: &mut &[u8],
        output: &'a mut [MaybeUninit<u8>],
        flush: i32,
    ) -> (i32, &'a mut [u8]) {
        // SAFETY: an initialised stream; the buffers live during the call.
        self.0
            .run(input, output, |raw| unsafe { z::deflate(raw, flush) })
    }

    pub fn copy(&mut self) -> Result<Deflate, i32> {
        let mut copy = Raw::new();
        // SAFETY: the source is initialised, the copy is fresh.
        match unsafe { z::deflateCopy(&raw mut *copy.stream, &raw mut *self.0.stream) } {
            OK => Ok(Deflate(copy)),
            status => Err(status),
        }
    }

    pub fn message(&self) -> Option<&str> {
        self.0.message()
    }
}

impl Drop for Deflate {
    fn drop(&mut self) {
        // SAFETY: an initialised stream, not used afterwards.
        unsafe {
            z::deflateEnd(&raw mut *self.0.stream);
        }
    }
}

/// A decompressing stream.
pub struct Inflate(Raw);

impl Inflate {
    pub fn new(window_bits: i32) -> Result<Inflate, i32> {
        let mut raw = Raw::new();
        let version = z::zlibVersion();
        // SAFETY: a fresh stream, and the library's own version and size.
        let status = unsafe { z::inflateInit2_(&raw mut *raw.stream, window_bits, version, SIZE) };
        if status == OK {
            Ok(Inflate(raw))
        } else {
            Err(status)
        }
    }

    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> i32 {
        // SAFETY: an initialised stream, and bytes that live during the call.
        unsafe {
            z::inflateSetDictionary(
                &raw mut *self.0.stream,
                dictionary.as_ptr(),
                clamp(dictionary.len()),
            )
        }
    }

    /// Decompresses a piece: the result's number and what was written.
    pub fn run<'a>(
        &mut self,
        input: &mut &[u8],
        output: &'a mut [MaybeUninit<u8>],
        flush: i32,
    ) -> (i32, &'a mut [u8]) {
        // SAFETY: an initialised stream; the buffers live during the call.
        self.0
            .run(input, output, |raw| unsafe { z::inflate(raw, flush) })
    }

    pub fn copy(&mut self) -> Result<Inflate, i32> {
        let mut copy = Raw::new();
        // Without any output yet, the library would refuse; it does not write here.
        self.0.stream.next_out = std::ptr::NonNull::dangling().as_ptr();
        copy.fault = self.0.fault;
        // SAFETY: the source is initialised, the copy is fresh.
        match unsafe { z::inflateCopy(&raw mut *copy.stream, &raw const *self.0.stream) } {
            OK => Ok(Inflate(copy)),
            status => Err(status),
        }
    }

    pub fn message(&self) -> Option<&str> {
        self.0.message()
    }
}

impl Drop for Inflate {
    fn drop(&mut self) {
        // SAFETY: an initialised stream, not used afterwards.
        unsafe {
            z::inflateEnd(&raw mut *self.0.stream);
        }
    }
}
