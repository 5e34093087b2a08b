//! Reading, writing and positions of raw files.

use krait_object::types::buffer::Buffer;
use krait_object::types::bytes_builder::BytesBuilder;
use krait_object::{Bytes, Owned, Py, PyResult, Value, raise};
use krait_sys::fd::{self, constants};

use super::{FileIo, This};
use crate::fault::{self, unless_blocking};
use crate::raw_call;

/// How much is read at first where the size is not known.
const FIRST_READ: usize = 8192;

impl FileIo {
    /// Reads once to the spare room of a builder; `None` where it would have to wait.
    pub fn read_once(
        &self,
        py: Py,
        into: &mut BytesBuilder,
        limit: usize,
    ) -> PyResult<Option<usize>> {
        let descriptor = self.descriptor(py)?;
        loop {
            match into.fill_spare(limit, |room| {
                py.allow_threads(|| fd::read_uninit(descriptor, room))
            }) {
                Err(e) if e.raw_os_error() == Some(constants::EINTR) => fault::interrupted(py)?,
                result => return unless_blocking(py, result),
            }
        }
    }

    /// Reads once into a slice; `None` where it would have to wait.
    pub fn read_into(&self, py: Py, room: &mut [u8]) -> PyResult<Option<usize>> {
        let descriptor = self.descriptor(py)?;
        self.check_readable(py)?;
        let result = fault::retry(py, || fd::read(descriptor, room))?;
        unless_blocking(py, result)
    }

    /// Writes once; `None` where it would have to wait.
    pub fn write_once(&self, py: Py, bytes: &[u8]) -> PyResult<Option<usize>> {
        let descriptor = self.descriptor(py)?;
        self.check_writable(py)?;
        let result = fault::retry(py, || fd::write(descriptor, bytes))?;
        unless_blocking(py, result)
    }

    pub fn move_to(&self, py: Py, offset: i64, whence: i32) -> PyResult<i64> {
        let descriptor = self.descriptor(py)?;
        let result = py.allow_threads(|| fd::seek(descriptor, offset, whence));
        if self.seeks.get().is_none() {
            self.seeks.set(Some(result.is_ok()));
        }
        fault::os(py, result)
    }

    pub fn position(&self, py: Py) -> PyResult<i64> {
        self.move_to(py, 0, constants::SEEK_CUR)
    }

    /// How many bytes there are from the position to the end, where the system says.
    fn bytes_left(&self, py: Py, descriptor: i32) -> Option<usize> {
        let size = self.stat.get()?.size;
        if size <= 0 {
            return None;
        }
        let at = py
            .allow_threads(|| fd::seek(descriptor, 0, constants::SEEK_CUR))
            .ok()?;
        // The size may have changed since the file was opened.
        let size = if at > size {
            fd::stat(descriptor).ok()?.size
        } else {
            size
        };
        usize::try_from(size - at).ok()
    }

    /// Reads to the end; `None` where nothing is there yet.
    pub fn read_all(&self, py: Py) -> PyResult<Option<BytesBuilder>> {
        let descriptor = self.descriptor(py)?;
        let left = self.bytes_left(py, descriptor);
        let mut all = BytesBuilder::with_capacity(left.map_or(FIRST_READ, |n| n + 1))?;
        loop {
            if all.len() == all.capacity() {
                all.reserve(all.len().max(FIRST_READ))?;
            }
            match self.read_once(py, &mut all, usize::MAX)? {
                None if all.is_empty() => return Ok(None),
                None | Some(0) => return Ok(Some(all)),
                // A regular file that gave exactly what it has and less than was asked
                // for is at its end.
                Some(_) if left == Some(all.len()) && self.is_regular() => return Ok(Some(all)),
                Some(_) => {}
            }
        }
    }

    fn is_regular(&self) -> bool {
        self.stat.get().is_some_and(|s| s.is_regular())
    }
}

pub fn readall(py: Py, this: &This) -> PyResult<Option<Owned<Bytes>>> {
    this.descriptor(py)?;
    this.check_readable(py)?;
    Ok(this.read_all(py)?.map(BytesBuilder::finish))
}

pub fn read(py: Py, this: &This, size: Option<&Value>) -> PyResult<Option<Owned<Bytes>>> {
    this.descriptor(py)?;
    this.check_readable(py)?;
    let Some(size) = raw_call::Size::of(py, size)?.0 else {
        // The method may be a subclass's, but a FileIO's own is the usual one.
        return readall(py, this);
    };
    let mut room = BytesBuilder::with_capacity(size)?;
    Ok(this.read_once(py, &mut room, size)?.map(|_| room.finish()))
}

pub fn readinto(py: Py, this: &This, buffer: &Value) -> PyResult<Option<usize>> {
    this.descriptor(py)?;
    this.check_readable(py)?;
    let buffer = raw_call::writable(py, "readinto", buffer)?;
    match buffer.as_mut_slice() {
        Some(room) => this.read_into(py, room),
        None => raise!(
            py,
            TypeError,
            "readinto() argument must be read-write bytes-like object"
        ),
    }
}

pub fn write(py: Py, this: &This, b: &Value) -> PyResult<Option<usize>> {
    this.descriptor(py)?;
    this.check_writable(py)?;
    let buffer = Buffer::new(py, b)?;
    this.write_once(py, buffer.as_slice())
}

pub fn seek(py: Py, this: &This, pos: &Value, whence: Option<i32>) -> PyResult<i64> {
    this.descriptor(py)?;
    let offset = raw_call::offset(py, pos)?;
    this.move_to(py, offset, whence.unwrap_or(0))
}

pub fn truncate(py: Py, this: &This, size: Option<&Value>) -> PyResult {
    let descriptor = this.descriptor(py)?;
    this.check_writable(py)?;
    let size = match size.filter(|s| !s.is_none()) {
        Some(size) => size.clone(),
        None => Value::int(this.position(py)?),
    };
    let length = raw_call::offset(py, &size)?;
    let result = fault::retry(py, || fd::truncate(descriptor, length))?;
    fault::os(py, result)?;
    this.stat.set(fd::stat(descriptor).ok());
    Ok(size)
}
