//! `_bz2`: the block-sorting compressor.

use bzip2::{Action, Compress, Compression, Decompress, Error, Status};

use krait_object::guarded::Guarded;
use krait_object::native::TypeBuilder;
use krait_object::native::module::NativeModule;
use krait_object::types::bytes::BytesLike;
use krait_object::types::bytes_builder::BytesBuilder;
use krait_object::{
    Bytes, Class, Instance, ModuleBuilder, Owned, Py, PyResult, Type, class_cell, raise,
};

use crate::bounded::{Bounded, make_room};

pub const MODULE: NativeModule = NativeModule { name: "_bz2", init };

const COMPRESSOR_DOC: &str = "Create a compressor object for compressing data incrementally.\n\n  \
    compresslevel\n    Compression level, as a number between 1 and 9.\n\n\
    For one-shot compression, use the compress() function instead.";
const COMPRESS_DOC: &str = "Provide data to the compressor object.\n\n\
    Returns a chunk of compressed data if possible, or b'' otherwise.\n\n\
    When you have finished providing data to the compressor, call the\n\
    flush() method to finish the compression process.";
const FLUSH_DOC: &str = "Finish the compression process.\n\n\
    Returns the compressed data left in internal buffers.\n\n\
    The compressor object may not be used after this method is called.";
const DECOMPRESSOR_DOC: &str = "Create a decompressor object for decompressing data incrementally.\n\n\
    For one-shot decompression, use the decompress() function instead.";
pub const DECOMPRESS_DOC: &str = "Decompress *data*, returning uncompressed data as bytes.\n\n\
    If *max_length* is nonnegative, returns at most *max_length* bytes\n\
    of decompressed data.  If this limit is reached and further output\n\
    can be produced, *self.needs_input* will be set to ``False``.  In\n\
    this case, the next call to *decompress()* may provide *data* as b''\n\
    to obtain more of the output.\n\n\
    If all of the input data was decompressed and returned (either\n\
    because this was less than *max_length* bytes, or because\n\
    *max_length* was negative), *self.needs_input* will be set to True.\n\n\
    Attempting to decompress data after the end of stream is reached\n\
    raises an EOFError.  Any data found after the end of the stream is\n\
    ignored and saved in the unused_data attribute.";

#[cold]
fn fail<T>(py: Py, error: Error) -> PyResult<T> {
    match error {
        Error::Data | Error::DataMagic => raise!(py, OSError, "Invalid data stream"),
        Error::Param => raise!(
            py,
            ValueError,
            "Internal error - invalid parameters passed to libbzip2"
        ),
        Error::Sequence => raise!(
            py,
            RuntimeError,
            "Internal error - Invalid sequence of commands sent to libbzip2"
        ),
    }
}

/// One step of a stream into the spare room of the output, without the GIL. The counters
/// of the stream tell what it has read and written.
macro_rules! step {
    ($py:expr, $stream:expr, $input:expr, $out:expr, $room:expr, |$s:ident, $spare:ident| $run:expr) => {{
        let (read, written, start) = ($stream.total_in(), $stream.total_out(), $out.len());
        $out.resize(start + $room)?;
        let ($s, $spare) = (&mut *$stream, &mut $out.as_mut_slice()[start..]);
        let result = $py.allow_threads(|| $run);
        $out.truncate(start + ($stream.total_out() - written) as usize);
        *$input = &$input[($stream.total_in() - read) as usize..];
        match result {
            Ok(Status::MemNeeded) => return krait_object::errors::no_memory(),
            Ok(status) => status,
            Err(error) => return fail($py, error),
        }
    }};
}

/// `_bz2.BZ2Compressor`: the stream, until it was finished.
pub struct Bz2Compressor(Guarded<Option<Compress>>);

fn new_compressor(
    py: Py,
    class: &Type,
    level: Option<i32>,
) -> PyResult<Owned<Instance<Bz2Compressor>>> {
    let level = level.unwrap_or(9);
    if !(1..=9).contains(&level) {
        return raise!(py, ValueError, "compresslevel must be between 1 and 9");
    }
    let stream = Compress::new(Compression::new(level as u32), 0);
    Instance::new_in(py, class, Bz2Compressor(Guarded::new(Some(stream))))
}

/// Compresses all of the input; for `Finish`, to the end.
fn run(py: Py, stream: &mut Compress, mut input: &[u8], action: Action) -> PyResult<Owned<Bytes>> {
    let mut out = BytesBuilder::new();
    let input = &mut input;
    while action == Action::Finish || !input.is_empty() {
        let room = make_room(&mut out, usize::MAX)?;
        let data = *input;
        let status = step!(py, stream, input, out, room, |s, spare| {
            s.compress(data, spare, action)
        });
        if status == Status::StreamEnd {
            break;
        }
    }
    Ok(out.finish())
}

fn compress(py: Py, this: &Instance<Bz2Compressor>, data: BytesLike<'_>) -> PyResult<Owned<Bytes>> {
    match &mut *this.0.lock(py) {
        Some(stream) => run(py, stream, &data, Action::Run),
        None => raise!(py, ValueError, "Compressor has been flushed"),
    }
}

fn flush(py: Py, this: &Instance<Bz2Compressor>) -> PyResult<Owned<Bytes>> {
    match this.0.lock(py).take() {
        Some(mut stream) => run(py, &mut stream, &[], Action::Finish),
        None => raise!(py, ValueError, "Repeated call to flush()"),
    }
}

impl Class for Bz2Compressor {
    const NAME: &'static str = "_bz2.BZ2Compressor";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.doc(COMPRESSOR_DOC)
            .new_with("BZ2Compressor(compresslevel=9, /)", new_compressor)
            .method_doc("compress($self, data, /)", COMPRESS_DOC, compress)
            .method_doc("flush($self, /)", FLUSH_DOC, flush);
    }
}

/// `_bz2.BZ2Decompressor`.
pub struct Bz2Decompressor(Guarded<State>);

struct State {
    stream: Decompress,
    progress: Bounded,
    failed: bool,
}

fn decompress(
    py: Py,
    this: &Instance<Bz2Decompressor>,
    data: BytesLike<'_>,
    max_length: Option<isize>,
) -> PyResult<Owned<Bytes>> {
    let mut state = this.0.lock(py);
    let State {
        stream,
        progress,
        failed,
    } = &mut *state;
    if *failed {
        return raise!(
            py,
            ValueError,
            "Decompressor is unusable after a previous error"
        );
    }
    let at_end = progress.ended;
    let result = progress.decompress(py, &data, max_length, |input, limit, out| {
        while out.len() < limit {
            let room = make_room(out, limit)?;
            let (data, before) = (*input, out.len());
            let status = step!(py, stream, input, out, room, |s, spare| {
                s.decompress(data, spare)
            });
            if status == Status::StreamEnd {
                return Ok(true);
            }
            if input.is_empty() && out.len() - before < room {
                break;
            }
        }
        Ok(false)
    });
    *failed = result.is_err() && !at_end;
    result
}

impl Class for Bz2Decompressor {
    const NAME: &'static str = "_bz2.BZ2Decompressor";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.doc(DECOMPRESSOR_DOC)
            .new_with("BZ2Decompressor()", |py: Py, class: &Type| {
                let state = State {
                    stream: Decompress::new(false),
                    progress: Bounded::new(),
                    failed: false,
                };
                Instance::new_in(py, class, Bz2Decompressor(Guarded::new(state)))
            })
            .method_doc(
                "decompress($self, /, data, max_length=-1)",
                DECOMPRESS_DOC,
                decompress,
            )
            .getter("eof", |py, this: &Instance<Self>| {
                this.0.lock(py).progress.ended
            })
            .getter("needs_input", |py, this: &Instance<Self>| {
                this.0.lock(py).progress.needs_input
            })
            .getter("unused_data", |py, this: &Instance<Self>| {
                this.0.lock(py).progress.unused()
            });
    }
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.class::<Bz2Compressor>()?;
    m.class::<Bz2Decompressor>()?;
    Ok(())
}
