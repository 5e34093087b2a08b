//! `ZstdCompressor`.

use std::convert::Infallible;

use krait_object::guarded::Guarded;
use krait_object::native::TypeBuilder;
use krait_object::types::bytes::BytesLike;
use krait_object::types::bytes_builder::BytesBuilder;
use krait_object::{
    Bytes, Class, Instance, Int, Owned, Py, PyResult, Type, Value, class_cell, errors, exceptions,
    protocol, raise,
};
use krait_sys::zstd::{self, Compressor, Load};

use super::parameters::{self, Options, Settings};
use super::{ERROR, dictionary, fail};
use crate::bounded::make_room;

const DOC: &str = "Create a compressor object for compressing data incrementally.\n\n  level\n    \
    The compression level to use. Defaults to COMPRESSION_LEVEL_DEFAULT.\n  options\n    \
    A dict object that contains advanced compression parameters.\n  zstd_dict\n    \
    A ZstdDict object, a pre-trained Zstandard dictionary.\n\n\
    Thread-safe at method level.  For one-shot compression, use the\n\
    compress() function instead.";
const COMPRESS_DOC: &str = "Provide data to the compressor object.\n\n  mode\n    \
    Can be these 3 values ZstdCompressor.CONTINUE,\n    \
    ZstdCompressor.FLUSH_BLOCK, ZstdCompressor.FLUSH_FRAME\n\n\
    Return a chunk of compressed data if possible, or b'' otherwise. When\n\
    you have finished providing data to the compressor, call the flush()\n\
    method to finish the compression process.";
const FLUSH_DOC: &str = "Finish the compression process.\n\n  mode\n    \
    Can be these 2 values ZstdCompressor.FLUSH_FRAME,\n    ZstdCompressor.FLUSH_BLOCK\n\n\
    Flush any remaining data left in internal buffers.  Since Zstandard\n\
    data consists of one or more independent frames, the compressor object\n\
    can still be used after this method is called.";
const PLEDGE_DOC: &str = "Set the uncompressed content size to be written into the frame header.\n\n  \
    size\n    The size of the uncompressed data to be provided to the compressor.\n\n\
    This method can be used to ensure the header of the frame about to be\n\
    written includes the size of the data, unless the CompressionParameter.\n\
    content_size_flag is set to False.  If last_mode != FLUSH_FRAME, then a\n\
    RuntimeError is raised.\n\n\
    It is important to ensure that the pledged data size matches the actual\n\
    data size.  If they do not match the compressed output data may be\n\
    corrupted and the final chunk written may be lost.";

const CONTINUE: i32 = 0;
const FLUSH_BLOCK: i32 = 1;
const FLUSH_FRAME: i32 = 2;

struct State {
    context: Compressor,
    last_mode: i32,
    threads: bool,
}

/// `compression.zstd.ZstdCompressor`.
pub struct ZstdCompressor(Guarded<State>);

type This = Instance<ZstdCompressor>;

/// The number of a `level` argument.
fn level_of(py: Py, level: &Value) -> PyResult<i32> {
    let is_int = level.as_small_int().is_some() || level.downcast::<Int>().is_some();
    if !is_int {
        return raise!(py, TypeError, "invalid type for level, expected int");
    }
    let number = errors::suppress(py, parameters::int(py, level), &exceptions::OverflowError)?;
    match number {
        Some(number) => Ok(number),
        None => {
            let (low, high) = zstd::compression_bounds(parameters::LEVEL).unwrap_or((0, 0));
            raise!(
                py,
                ValueError,
                "illegal compression level; the valid range is [{low}, {high}]"
            )
        }
    }
}

fn new(
    py: Py,
    class: &Type,
    level: Option<&Value>,
    options: Option<Options>,
    zstd_dict: Option<&Value>,
) -> PyResult<Owned<This>> {
    let Some(mut context) = Compressor::new() else {
        return ERROR.raise(py, "Unable to create ZSTD_CCtx instance.");
    };
    if level.is_some() && options.is_some() {
        return raise!(
            py,
            TypeError,
            "Only one of level or options should be used."
        );
    }
    let mut settings = Settings::default();
    if let Some(level) = level {
        settings.level = level_of(py, level)?;
        parameters::set_level(py, &mut context, settings.level)?;
    }
    if let Some(Options(options)) = options {
        parameters::set_compression(py, &mut context, &options, &mut settings)?;
    }
    if let Some(argument) = zstd_dict {
        let (dictionary, how) = dictionary::of(py, argument)?;
        let how = how.unwrap_or(Load::Undigested);
        if let Err(error) = context.load(&dictionary, how, settings.level) {
            return dictionary::not_loaded(py, &error, "ZSTD_CDict", "compression");
        }
    }
    let state = State {
        context,
        last_mode: FLUSH_FRAME,
        threads: settings.threads,
    };
    Instance::new_in(py, class, ZstdCompressor(Guarded::new(state)))
}

/// Compresses all of the input in a mode. With threads, `CONTINUE` is done when all input
/// was taken; otherwise, when the library has nothing more to write.
fn run(py: Py, state: &mut State, mut input: &[u8], mode: i32) -> PyResult<Owned<Bytes>> {
    let bound = zstd::compress_bound(input.len());
    if bound == 0 {
        return errors::no_memory();
    }
    let taking = state.threads && mode == CONTINUE;
    let mut out = BytesBuilder::new();
    if !taking {
        out.reserve_exact(bound)?;
    }
    loop {
        let room = make_room(&mut out, usize::MAX)?;
        let mut left = Ok(0);
        let Ok(written) = out.fill_spare(room, |spare| {
            let context = &mut state.context;
            let (result, written) = py.allow_threads(|| context.run(&mut input, spare, mode));
            left = result;
            Ok::<_, Infallible>(written)
        });
        let done = match left {
            Ok(_) if taking => input.is_empty() && written < room,
            Ok(left) => left == 0,
            Err(code) => return fail(py, "compress Zstandard data", code),
        };
        if done {
            return Ok(out.finish());
        }
    }
}

/// Compresses, and remembers how it ended.
fn work(py: Py, this: &This, input: &[u8], mode: i32) -> PyResult<Owned<Bytes>> {
    let mut state = this.0.lock(py);
    let result = run(py, &mut state, input, mode);
    if result.is_ok() {
        state.last_mode = mode;
    } else {
        state.last_mode = FLUSH_FRAME;
        state.context.reset();
    }
    result
}

fn compress(py: Py, this: &This, data: BytesLike<'_>, mode: Option<i32>) -> PyResult<Owned<Bytes>> {
    let mode = mode.unwrap_or(CONTINUE);
    if !(CONTINUE..=FLUSH_FRAME).contains(&mode) {
        return raise!(
            py,
            ValueError,
            "mode argument wrong value, it should be one of ZstdCompressor.CONTINUE, \
             ZstdCompressor.FLUSH_BLOCK, ZstdCompressor.FLUSH_FRAME."
        );
    }
    work(py, this, &data, mode)
}

fn flush(py: Py, this: &This, mode: Option<i32>) -> PyResult<Owned<Bytes>> {
    let mode = mode.unwrap_or(FLUSH_FRAME);
    if mode != FLUSH_BLOCK && mode != FLUSH_FRAME {
        return raise!(
            py,
            ValueError,
            "mode argument wrong value, it should be ZstdCompressor.FLUSH_FRAME or \
             ZstdCompressor.FLUSH_BLOCK."
        );
    }
    work(py, this, &[], mode)
}

/// A `size` argument; none stands for an unknown size.
fn size_of_content(py: Py, size: &Value) -> PyResult<u64> {
    if size.is_none() {
        return Ok(u64::MAX);
    }
    if size.as_small_int().is_none() && size.downcast::<Int>().is_none() {
        return raise!(py, TypeError, "an integer is required");
    }
    let wide = protocol::number::index_to_i128(py, size)?;
    let highest = u64::MAX - 1;
    match wide.and_then(|wide| u64::try_from(wide).ok()) {
        Some(size) if size < highest => Ok(size),
        _ => raise!(
            py,
            ValueError,
            "size argument should be a positive int less than {highest}"
        ),
    }
}

fn pledge(py: Py, this: &This, size: &Value) -> PyResult<()> {
    let size = size_of_content(py, size)?;
    let mut state = this.0.lock(py);
    if state.last_mode != FLUSH_FRAME {
        return raise!(
            py,
            ValueError,
            "set_pledged_input_size() method must be called when last_mode == FLUSH_FRAME"
        );
    }
    state
        .context
        .pledge(size)
        .or_else(|code| fail(py, "set pledged uncompressed content size", code))
}

impl Class for ZstdCompressor {
    const NAME: &'static str = "compression.zstd.ZstdCompressor";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.doc(DOC)
            .new_with(
                "ZstdCompressor(level=None, options=None, zstd_dict=None)",
                new,
            )
            .method_doc(
                "compress($self, /, data, mode=ZstdCompressor.CONTINUE)",
                COMPRESS_DOC,
                compress,
            )
            .method_doc(
                "flush($self, /, mode=ZstdCompressor.FLUSH_FRAME)",
                FLUSH_DOC,
                flush,
            )
            .method_doc("set_pledged_input_size($self, size, /)", PLEDGE_DOC, pledge)
            .getter("last_mode", |py, this: &This| this.0.lock(py).last_mode)
            .attr_value("CONTINUE", Value::int(CONTINUE.into()))
            .attr_value("FLUSH_BLOCK", Value::int(FLUSH_BLOCK.into()))
            .attr_value("FLUSH_FRAME", Value::int(FLUSH_FRAME.into()));
    }
}
