//! The interface that the decompressors of `bz2`, `lzma` and `zlib` share: output in
//! pieces of bounded size, with the input that was not used yet kept inside.

use krait_object::types::bytes_builder::BytesBuilder;
use krait_object::{Bytes, Owned, Py, PyResult, raise};

/// Output grows by at least this many bytes.
const FIRST: usize = 32 * 1024;

/// What a decompressor has kept.
pub struct Bounded {
    /// Input that was not used yet; at the end, what follows the stream.
    rest: Vec<u8>,
    pub ended: bool,
    pub needs_input: bool,
    /// What is said where data comes after the end.
    end_text: &'static str,
}

impl Bounded {
    pub fn new() -> Bounded {
        Bounded::with_end_text("End of stream already reached")
    }

    pub fn with_end_text(end_text: &'static str) -> Bounded {
        Bounded {
            end_text,
            rest: Vec::new(),
            ended: false,
            needs_input: true,
        }
    }

    /// Starts again, without what was kept.
    pub fn forget(&mut self) {
        *self = Bounded::with_end_text(self.end_text);
    }

    pub fn unused(&self) -> Owned<Bytes> {
        Bytes::new(if self.ended { &self.rest } else { &[] })
    }

    /// Decompresses with `run`, which takes what it uses off the input, writes at most so
    /// many bytes, and tells whether the stream has ended.
    pub fn decompress(
        &mut self,
        py: Py,
        data: &[u8],
        max_length: Option<isize>,
        run: impl FnOnce(&mut &[u8], usize, &mut BytesBuilder) -> PyResult<bool>,
    ) -> PyResult<Owned<Bytes>> {
        if self.ended {
            return raise!(py, EOFError, "{}", self.end_text);
        }
        let limit = usize::try_from(max_length.unwrap_or(-1)).unwrap_or(usize::MAX);
        // Input from before comes first.
        let mut kept = std::mem::take(&mut self.rest);
        let whole: &[u8] = if kept.is_empty() {
            data
        } else {
            kept.extend_from_slice(data);
            &kept
        };
        let mut input = whole;
        let mut out = BytesBuilder::with_capacity(FIRST.min(limit).max(1))?;
        // What has failed cannot go on.
        self.needs_input = false;
        self.ended = run(&mut input, limit, &mut out)?;
        self.needs_input = !self.ended && input.is_empty() && out.len() < limit;
        let used = whole.len() - input.len();
        self.rest = if kept.is_empty() {
            input.to_vec()
        } else {
            kept.drain(..used);
            kept
        };
        Ok(out.finish())
    }
}

/// Room for more output: as much again as there is, up to a limit for the whole.
pub fn make_room(out: &mut BytesBuilder, limit: usize) -> PyResult<usize> {
    let left = limit - out.len();
    if out.len() == out.capacity() {
        out.reserve(out.len().max(FIRST).min(left))?;
    }
    Ok((out.capacity() - out.len()).min(left))
}
