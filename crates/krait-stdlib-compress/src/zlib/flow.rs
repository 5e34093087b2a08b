//! Running bytes through a stream into a `bytes` object that grows.

use krait_object::types::bytes_builder::BytesBuilder;
use krait_object::{Py, PyResult};
use krait_sys::zlib::{self, Deflate, Inflate};

use super::NO_FLUSH;

/// The library counts the bytes of one step in 32 bits.
const STEP: usize = u32::MAX as usize;

/// Room for more output: as much again as there is.
fn make_room(out: &mut BytesBuilder, limit: usize) -> PyResult<()> {
    if out.len() == out.capacity() {
        out.reserve(out.len().clamp(64, limit.max(64)))?;
    }
    Ok(())
}

/// Compresses all of the input, then flushes as asked: the last result's number.
pub fn deflate(
    py: Py,
    stream: &mut Deflate,
    mut input: &[u8],
    flush: i32,
    out: &mut BytesBuilder,
) -> PyResult<i32> {
    loop {
        make_room(out, usize::MAX)?;
        let mode = if input.len() > STEP { NO_FLUSH } else { flush };
        let (mut status, before) = (zlib::OK, out.len());
        let room = out.capacity() - before;
        let written = out.fill_spare(room, |spare| {
            let stream = &mut *stream;
            let (result, written) = py.allow_threads(|| stream.run(&mut input, spare, mode));
            status = result;
            Ok::<_, std::convert::Infallible>(written)
        });
        let Ok(written) = written;
        // zlib has more to write as long as it fills all room that it gets.
        let full = written == room;
        if status == zlib::STREAM_ERROR || (!full && input.is_empty()) {
            return Ok(status);
        }
    }
}

/// How to decompress.
pub struct Inflating<'a> {
    /// The flush mode of the last piece of input.
    pub flush: i32,
    /// The most bytes of output.
    pub limit: usize,
    /// Given to a stream that asks for it.
    pub dictionary: Option<&'a [u8]>,
}

/// Where decompressing has stopped.
pub enum Stop {
    /// With this result's number.
    Status(i32),
    /// The dictionary was refused, with this result's number.
    Dictionary(i32),
}

/// Decompresses until the input is used up, the stream ends or fails, or the limit is
/// reached. What was not used stays in `input`.
pub fn inflate(
    py: Py,
    stream: &mut Inflate,
    input: &mut &[u8],
    how: &Inflating<'_>,
    out: &mut BytesBuilder,
) -> PyResult<Stop> {
    let mut status = zlib::OK;
    while out.len() < how.limit {
        make_room(out, how.limit - out.len())?;
        let mode = if input.len() > STEP {
            NO_FLUSH
        } else {
            how.flush
        };
        let room = (out.capacity() - out.len()).min(how.limit - out.len());
        let written = out.fill_spare(room, |spare| {
            let (stream, input) = (&mut *stream, &mut *input);
            let (result, written) = py.allow_threads(|| stream.run(input, spare, mode));
            status = result;
            Ok::<_, std::convert::Infallible>(written)
        });
        let Ok(written) = written;
        match (status, how.dictionary) {
            (zlib::OK | zlib::BUF_ERROR, _) => {
                if written < room && input.is_empty() {
                    break;
                }
            }
            (zlib::NEED_DICT, Some(dictionary)) => match stream.set_dictionary(dictionary) {
                zlib::OK => status = zlib::OK,
                refused => return Ok(Stop::Dictionary(refused)),
            },
            _ => break,
        }
    }
    Ok(Stop::Status(status))
}
