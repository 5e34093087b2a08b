//! Where an unpickler's bytes come from: memory, or a file.

use krait_object::protocol;
use krait_object::types::buffer::Buffer;
use krait_object::{Bytes, Layout, Owned, Py, PyResult, Value, errors, exceptions, intern, raise};

use crate::errors::unpickling;

/// How much is asked for at once of a file that can be peeked into.
const PREFETCH: usize = 128 * 1024;

enum Data {
    None,
    Bytes(Owned<Bytes>),
    Buffer(Buffer),
}

/// A file's methods.
pub struct File {
    pub read: Value,
    pub readline: Value,
    pub peek: Option<Value>,
}

pub struct Input {
    data: Data,
    /// What is read next.
    at: usize,
    /// Up to where the file itself has been read; what lies behind was only peeked at.
    taken: usize,
    /// Where the last frame ends.
    frame_end: Option<usize>,
    pub file: Option<File>,
}

impl Default for Input {
    fn default() -> Self {
        Input {
            data: Data::None,
            at: 0,
            taken: 0,
            frame_end: None,
            file: None,
        }
    }
}

#[cold]
fn truncated<T>(py: Py) -> PyResult<T> {
    unpickling(py, "pickle data was truncated")
}

impl Input {
    pub fn of_object(py: Py, data: &Value) -> PyResult<Input> {
        let data = match data.downcast_exact::<Bytes>() {
            Some(bytes) => Data::Bytes(bytes.to_owned()),
            None => Data::Buffer(Buffer::new(py, data)?),
        };
        Ok(Input {
            data,
            ..Input::default()
        })
    }

    pub fn of_file(py: Py, file: &Value) -> PyResult<Input> {
        let peek = protocol::lookup_attr(py, file, intern!("peek"))?;
        let read = protocol::lookup_attr(py, file, intern!("read"))?;
        let readline = protocol::lookup_attr(py, file, intern!("readline"))?;
        let (Some(read), Some(readline)) = (read, readline) else {
            return raise!(
                py,
                TypeError,
                "file must have 'read' and 'readline' attributes"
            );
        };
        Ok(Input {
            file: Some(File {
                read,
                readline,
                peek,
            }),
            ..Input::default()
        })
    }

    #[inline]
    fn slice(&self) -> &[u8] {
        match &self.data {
            Data::None => &[],
            Data::Bytes(bytes) => bytes.as_slice(),
            Data::Buffer(buffer) => buffer.as_slice(),
        }
    }

    /// The next bytes; valid until the next reading.
    #[inline]
    pub fn take(&mut self, py: Py, count: usize) -> PyResult<&[u8]> {
        if self.slice().len() - self.at < count {
            self.fetch(py, count)?;
        }
        self.pass(py, count)
    }

    /// Goes past bytes that are there; they may not lead over the end of a frame.
    #[inline]
    fn pass(&mut self, py: Py, count: usize) -> PyResult<&[u8]> {
        let start = self.at;
        self.at += count;
        if let Some(end) = self.frame_end
            && start < end
            && end < self.at
        {
            return unpickling(py, "pickle exhausted before end of frame");
        }
        Ok(&self.slice()[start..start + count])
    }

    pub fn array<const N: usize>(&mut self, py: Py) -> PyResult<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(py, N)?);
        Ok(out)
    }

    #[inline]
    pub fn byte(&mut self, py: Py) -> PyResult<u8> {
        match self.slice().get(self.at) {
            Some(&byte) => {
                self.at += 1;
                Ok(byte)
            }
            None => Ok(self.take(py, 1)?[0]),
        }
    }

    /// Bytes up to the end of the line, with it.
    pub fn line(&mut self, py: Py) -> PyResult<&[u8]> {
        let rest = &self.slice()[self.at..];
        let len = match rest.iter().position(|&b| b == b'\n') {
            Some(end) => end + 1,
            None => self.fetch_line(py)?,
        };
        self.pass(py, len)
    }

    /// A line with something in it, without its end.
    pub fn filled_line(&mut self, py: Py) -> PyResult<&[u8]> {
        let line = self.line(py)?;
        if line.len() < 2 {
            return truncated(py);
        }
        Ok(&line[..line.len() - 1])
    }

    /// Whether the frame that was fetched has been read to its end.
    pub fn at_frame_end(&self) -> bool {
        self.frame_end.is_none_or(|end| self.at >= end)
    }

    /// Has the file skip what was peeked at and used.
    pub fn skip_used(&mut self, py: Py) -> PyResult<()> {
        let used = self.at.saturating_sub(self.taken);
        if used == 0 {
            return Ok(());
        }
        if let Some(file) = &self.file {
            protocol::call(py, &file.read, &[Value::int(used as i64)])?;
        }
        self.taken = self.at;
        Ok(())
    }

    fn replace(&mut self, bytes: Owned<Bytes>, peeked: bool) {
        self.taken = if peeked { 0 } else { bytes.len() };
        self.data = Data::Bytes(bytes);
        self.at = 0;
        self.frame_end = None;
    }

    /// Makes so many bytes available.
    #[cold]
    fn fetch(&mut self, py: Py, count: usize) -> PyResult<()> {
        if self
            .at
            .checked_add(count)
            .is_none_or(|end| end > isize::MAX as usize)
        {
            return unpickling(py, "read would overflow (invalid bytecode)");
        }
        if self.file.is_none() {
            return truncated(py);
        }
        let left_over = self.slice().len() - self.at;
        let peeking = self.taken < self.slice().len();
        if left_over > 0 && !peeking {
            return unpickling(py, "pickle exhausted before end of frame");
        }
        self.skip_used(py)?;
        if self.peek(py, count)? {
            return Ok(());
        }
        let Some(file) = &self.file else {
            return truncated(py);
        };
        let read = protocol::call(py, &file.read, &[Value::int(count as i64)])?;
        let bytes = expect_bytes(py, read, "read()")?;
        let enough = bytes.len() >= count;
        self.replace(bytes, false);
        if enough { Ok(()) } else { truncated(py) }
    }

    /// Looks ahead in the file; true where enough is there.
    fn peek(&mut self, py: Py, count: usize) -> PyResult<bool> {
        let peek = match &self.file {
            Some(File {
                peek: Some(peek), ..
            }) if count < PREFETCH => peek.clone(),
            _ => return Ok(false),
        };
        let peeked = protocol::call(py, &peek, &[Value::int(PREFETCH as i64)]);
        let peeked = errors::suppress(py, peeked, &exceptions::NotImplementedError)?;
        let Some(peeked) = peeked else {
            if let Some(file) = &mut self.file {
                file.peek = None;
            }
            return Ok(false);
        };
        let Ok(bytes) = expect_bytes(py, peeked, "peek()") else {
            drop(py.thread().take_exception());
            return Ok(false);
        };
        if bytes.len() < count {
            return Ok(false);
        }
        self.replace(bytes, true);
        Ok(true)
    }

    #[cold]
    fn fetch_line(&mut self, py: Py) -> PyResult<usize> {
        if self.file.is_none() {
            return truncated(py);
        }
        let peeking = self.taken < self.slice().len();
        if self.slice().len() > self.at && !peeking {
            return unpickling(py, "pickle exhausted before end of frame");
        }
        self.skip_used(py)?;
        let Some(file) = &self.file else {
            return truncated(py);
        };
        let line = protocol::call(py, &file.readline, &[])?;
        let bytes = expect_bytes(py, line, "readline()")?;
        let (len, complete) = (bytes.len(), bytes.as_slice().ends_with(b"\n"));
        self.replace(bytes, false);
        if complete { Ok(len) } else { truncated(py) }
    }

    /// Fetches a whole frame, which is read from memory then.
    pub fn frame(&mut self, py: Py, count: usize) -> PyResult<()> {
        if !self.at_frame_end() {
            return unpickling(py, "beginning of a new frame before end of current frame");
        }
        self.take(py, count)?;
        self.frame_end = Some(self.at);
        self.at -= count;
        Ok(())
    }
}

fn expect_bytes(py: Py, value: Value, method: &str) -> PyResult<Owned<Bytes>> {
    match value.downcast::<Bytes>() {
        Some(bytes) => Ok(bytes.to_owned()),
        None => {
            let got = value.ty().name();
            match Buffer::new(py, &value) {
                Ok(buffer) => Ok(Bytes::new(buffer.as_slice())),
                Err(_) => {
                    drop(py.thread().take_exception());
                    raise!(py, TypeError, "{method} returned non-bytes object ({got})")
                }
            }
        }
    }
}
