//! `_lzma.LZMADecompressor`.

use krait_object::guarded::Guarded;
use krait_object::native::TypeBuilder;
use krait_object::types::bytes::BytesLike;
use krait_object::{Bytes, Class, Instance, Owned, Py, PyResult, Type, Value, class_cell, raise};
use krait_sys::lzma::{self, Decoder, Stream};

use super::{
    CHECK_NONE, CHECK_UNKNOWN, FORMAT_ALONE, FORMAT_AUTO, FORMAT_RAW, FORMAT_XZ, check, fail,
    filters,
};
use crate::bounded::{Bounded, make_room};

const DOC: &str = "Create a decompressor object for decompressing data incrementally.\n\n  \
    format\n    Specifies the container format of the input stream.  If this is\n    \
    FORMAT_AUTO (the default), the decompressor will automatically detect\n    \
    whether the input is FORMAT_XZ or FORMAT_ALONE.  Streams created with\n    \
    FORMAT_RAW cannot be autodetected.\n  memlimit\n    \
    Limit the amount of memory used by the decompressor.  This will cause\n    \
    decompression to fail if the input cannot be decompressed within the\n    \
    given limit.\n  filters\n    A custom filter chain.  This argument is required for FORMAT_RAW, and\n    \
    not accepted with any other format.  When provided, this should be a\n    \
    sequence of dicts, each indicating the ID and options for a single\n    filter.\n\n\
    For one-shot decompression, use the decompress() function instead.";

struct State {
    stream: Stream,
    progress: Bounded,
    /// The check of the stream, once it is known.
    check: i32,
}

/// `_lzma.LZMADecompressor`.
pub struct LzmaDecompressor(Guarded<State>);

type This = Instance<LzmaDecompressor>;

fn new(
    py: Py,
    class: &Type,
    format: Option<i32>,
    memlimit: Option<&Value>,
    specifiers: Option<&Value>,
) -> PyResult<Owned<This>> {
    let format = format.unwrap_or(FORMAT_AUTO);
    let memory = match memlimit {
        Some(_) if format == FORMAT_RAW => {
            return raise!(
                py,
                ValueError,
                "Cannot specify memory limit with FORMAT_RAW"
            );
        }
        Some(limit) => filters::unsigned(py, limit, "uint64_t")?,
        None => u64::MAX,
    };
    if format == FORMAT_RAW && specifiers.is_none() {
        return raise!(py, ValueError, "Must specify filters for FORMAT_RAW");
    }
    if format != FORMAT_RAW && specifiers.is_some() {
        return raise!(
            py,
            ValueError,
            "Cannot specify filters except with FORMAT_RAW"
        );
    }
    let flags = lzma::TELL_CHECKS;
    let chain = match specifiers {
        Some(specifiers) => filters::chain(py, specifiers)?,
        None => Vec::new(),
    };
    let how = match format {
        FORMAT_AUTO => Decoder::Auto { memory, flags },
        FORMAT_XZ => Decoder::Stream { memory, flags },
        FORMAT_ALONE => Decoder::Alone { memory },
        FORMAT_RAW => Decoder::Raw(&chain),
        _ => return raise!(py, ValueError, "Invalid container format: {format}"),
    };
    let stream = match Stream::decoder(&how) {
        Ok(stream) => stream,
        Err(status) => return fail(py, status),
    };
    let state = State {
        stream,
        progress: Bounded::new(),
        check: if matches!(format, FORMAT_ALONE | FORMAT_RAW) {
            CHECK_NONE
        } else {
            CHECK_UNKNOWN
        },
    };
    Instance::new_in(py, class, LzmaDecompressor(Guarded::new(state)))
}

fn decompress(
    py: Py,
    this: &This,
    data: BytesLike<'_>,
    max_length: Option<isize>,
) -> PyResult<Owned<Bytes>> {
    let mut state = this.0.lock(py);
    let State {
        stream,
        progress,
        check: known,
    } = &mut *state;
    progress.decompress(py, &data, max_length, |input, limit, out| {
        while out.len() < limit {
            let room = make_room(out, limit)?;
            let mut status = lzma::OK;
            let Ok(written) = out.fill_spare(room, |spare| {
                let (stream, input) = (&mut *stream, &mut *input);
                let (result, written) = py.allow_threads(|| stream.run(input, spare, false));
                status = result;
                Ok::<_, std::convert::Infallible>(written)
            });
            // More input is needed, which is no error.
            if status == lzma::BUF_ERROR && input.is_empty() && written < room {
                return Ok(false);
            }
            check(py, status)?;
            match status {
                lzma::GET_CHECK | lzma::NO_CHECK => *known = stream.check() as i32,
                lzma::STREAM_END => return Ok(true),
                _ => {}
            }
            if input.is_empty() && written < room && status == lzma::OK {
                break;
            }
        }
        Ok(false)
    })
}

impl Class for LzmaDecompressor {
    const NAME: &'static str = "_lzma.LZMADecompressor";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.doc(DOC)
            .new_with(
                "LZMADecompressor(format=FORMAT_AUTO, memlimit=None, filters=None)",
                new,
            )
            .method_doc(
                "decompress($self, /, data, max_length=-1)",
                crate::bz2::DECOMPRESS_DOC,
                decompress,
            )
            .getter("check", |py, this: &This| this.0.lock(py).check)
            .getter("eof", |py, this: &This| this.0.lock(py).progress.ended)
            .getter("needs_input", |py, this: &This| {
                this.0.lock(py).progress.needs_input
            })
            .getter("unused_data", |py, this: &This| {
                this.0.lock(py).progress.unused()
            });
    }
}
