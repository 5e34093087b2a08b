//! `_lzma.LZMACompressor`.

use krait_object::guarded::Guarded;
use krait_object::native::TypeBuilder;
use krait_object::types::bytes::BytesLike;
use krait_object::types::bytes_builder::BytesBuilder;
use krait_object::{Bytes, Class, Instance, Owned, Py, PyResult, Type, Value, class_cell, raise};
use krait_sys::lzma::{self, Encoder, Options, Stream};

use super::filters::{self, LZMA1};
use super::{
    CHECK_CRC64, CHECK_NONE, FORMAT_ALONE, FORMAT_RAW, FORMAT_XZ, PRESET_DEFAULT, check, fail,
};
use crate::bounded::make_room;

const DOC: &str = "LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)\n\n\
Create a compressor object for compressing data incrementally.\n\n\
format specifies the container format to use for the output. This can\n\
be FORMAT_XZ (default), FORMAT_ALONE, or FORMAT_RAW.\n\n\
check specifies the integrity check to use. For FORMAT_XZ, the default\n\
is CHECK_CRC64. FORMAT_ALONE and FORMAT_RAW do not support integrity\n\
checks; for these formats, check must be omitted, or be CHECK_NONE.\n\n\
The settings used by the compressor can be specified either as a\n\
preset compression level (with the 'preset' argument), or in detail\n\
as a custom filter chain (with the 'filters' argument). For FORMAT_XZ\n\
and FORMAT_ALONE, the default is to use the PRESET_DEFAULT preset\n\
level. For FORMAT_RAW, the caller must always specify a filter chain;\n\
the raw compressor does not support preset compression levels.\n\n\
preset (if provided) should be an integer in the range 0-9, optionally\n\
OR-ed with the constant PRESET_EXTREME.\n\n\
filters (if provided) should be a sequence of dicts. Each dict should\n\
have an entry for \"id\" indicating the ID of the filter, plus\n\
additional entries for options to the filter.\n\n\
For one-shot compression, use the compress() function instead.\n";
const COMPRESS_DOC: &str = "Provide data to the compressor object.\n\n\
    Returns a chunk of compressed data if possible, or b'' otherwise.\n\n\
    When you have finished providing data to the compressor, call the\n\
    flush() method to finish the compression process.";
const FLUSH_DOC: &str = "Finish the compression process.\n\n\
    Returns the compressed data left in internal buffers.\n\n\
    The compressor object may not be used after this method is called.";

/// The stream, until it was finished.
pub struct LzmaCompressor(Guarded<Option<Stream>>);

type This = Instance<LzmaCompressor>;

fn new(
    py: Py,
    class: &Type,
    format: Option<i32>,
    integrity: Option<i32>,
    preset: Option<&Value>,
    specifiers: Option<&Value>,
) -> PyResult<Owned<This>> {
    let format = format.unwrap_or(FORMAT_XZ);
    let integrity = integrity.unwrap_or(-1);
    if preset.is_some() && specifiers.is_some() {
        return raise!(
            py,
            ValueError,
            "Cannot specify both preset and filter chain"
        );
    }
    let preset = match preset {
        Some(preset) => filters::unsigned(py, preset, "uint32_t")? as u32,
        None => PRESET_DEFAULT,
    };
    if format != FORMAT_XZ && integrity != -1 && integrity != CHECK_NONE {
        return raise!(
            py,
            ValueError,
            "Integrity checks are only supported by FORMAT_XZ"
        );
    }
    let chain = specifiers
        .map(|specifiers| filters::chain(py, specifiers))
        .transpose()?;
    let stream = match open(py, format, integrity, preset, chain.as_deref())? {
        Ok(stream) => stream,
        Err(status) => return fail(py, status),
    };
    Instance::new_in(py, class, LzmaCompressor(Guarded::new(Some(stream))))
}

fn open(
    py: Py,
    format: i32,
    integrity: i32,
    preset: u32,
    chain: Option<&[lzma::Filter]>,
) -> PyResult<Result<Stream, u32>> {
    let integrity = if integrity == -1 {
        CHECK_CRC64
    } else {
        integrity
    } as u32;
    let alone;
    let how = match (format, chain) {
        (FORMAT_XZ, None) => Encoder::Easy {
            preset,
            check: integrity,
        },
        (FORMAT_XZ, Some(filters)) => Encoder::Stream {
            filters,
            check: integrity,
        },
        (FORMAT_ALONE, None) => {
            alone = filters::preset(py, preset)?;
            Encoder::Alone(&alone)
        }
        (FORMAT_ALONE, Some([filter])) if filter.id == LZMA1 => match &filter.options {
            Options::Lzma(options) => Encoder::Alone(options),
            _ => return Ok(Err(lzma::OPTIONS_ERROR)),
        },
        (FORMAT_ALONE, Some(_)) => {
            return raise!(
                py,
                ValueError,
                "Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter"
            );
        }
        (FORMAT_RAW, Some(filters)) => Encoder::Raw(filters),
        (FORMAT_RAW, None) => return raise!(py, ValueError, "Must specify filters for FORMAT_RAW"),
        _ => return raise!(py, ValueError, "Invalid container format: {format}"),
    };
    Ok(Stream::encoder(&how))
}

/// Compresses all of the input, and to the end where it is the last.
fn run(py: Py, stream: &mut Stream, mut input: &[u8], finish: bool) -> PyResult<Owned<Bytes>> {
    let mut out = BytesBuilder::new();
    loop {
        let room = make_room(&mut out, usize::MAX)?;
        let mut status = lzma::OK;
        let Ok(written) = out.fill_spare(room, |spare| {
            let stream = &mut *stream;
            let (result, written) = py.allow_threads(|| stream.run(&mut input, spare, finish));
            status = result;
            Ok::<_, std::convert::Infallible>(written)
        });
        // Nothing to do is no error.
        if !(status == lzma::BUF_ERROR && input.is_empty() && written < room) {
            check(py, status)?;
        }
        let more = if finish {
            status != lzma::STREAM_END
        } else {
            !input.is_empty()
        };
        if !more {
            return Ok(out.finish());
        }
    }
}

fn compress(py: Py, this: &This, data: BytesLike<'_>) -> PyResult<Owned<Bytes>> {
    match &mut *this.0.lock(py) {
        Some(stream) => run(py, stream, &data, false),
        None => raise!(py, ValueError, "Compressor has been flushed"),
    }
}

fn flush(py: Py, this: &This) -> PyResult<Owned<Bytes>> {
    match this.0.lock(py).take() {
        Some(mut stream) => run(py, &mut stream, &[], true),
        None => raise!(py, ValueError, "Repeated call to flush()"),
    }
}

impl Class for LzmaCompressor {
    const NAME: &'static str = "_lzma.LZMACompressor";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.doc(DOC)
            .new_with(
                "LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)",
                new,
            )
            .method_doc("compress($self, data, /)", COMPRESS_DOC, compress)
            .method_doc("flush($self, /)", FLUSH_DOC, flush);
    }
}
