//! `ZstdDecompressor`.

use std::cell::RefCell;
use std::convert::Infallible;

use krait_object::guarded::Guarded;
use krait_object::native::TypeBuilder;
use krait_object::types::bytes::BytesLike;
use krait_object::{Bytes, Class, Instance, Owned, Py, PyResult, Type, Value, class_cell};
use krait_sys::zstd::{Decompressor, Load};

use super::parameters::{self, Options};
use super::{ERROR, dictionary, fail};
use crate::bounded::{Bounded, make_room};

const DOC: &str = "Create a decompressor object for decompressing data incrementally.\n\n  \
    zstd_dict\n    A ZstdDict object, a pre-trained Zstandard dictionary.\n  options\n    \
    A dict object that contains advanced decompression parameters.\n\n\
    Thread-safe at method level.  For one-shot decompression, use the\n\
    decompress() function instead.";
const DECOMPRESS_DOC: &str = "Decompress *data*, returning uncompressed bytes if possible, or b'' \
    otherwise.\n\n  data\n    A bytes-like object, Zstandard data to be decompressed.\n  max_length\n    \
    Maximum size of returned data.  When it is negative, the size of\n    \
    output buffer is unlimited.  When it is nonnegative, returns at\n    \
    most max_length bytes of decompressed data.\n\n\
    If *max_length* is nonnegative, returns at most *max_length* bytes of\n\
    decompressed data.  If this limit is reached and further output can be\n\
    produced, *self.needs_input* will be set to ``False``.  In this case,\n\
    the next call to *decompress()* may provide *data* as b'' to obtain\n\
    more of the output.\n\n\
    If all of the input data was decompressed and returned (either because\n\
    this was less than *max_length* bytes, or because *max_length* was\n\
    negative), *self.needs_input* will be set to True.\n\n\
    Attempting to decompress data after the end of a frame is reached raises\n\
    an EOFError.  Any data found after the end of the frame is ignored and\n\
    saved in the self.unused_data attribute.";

/// `compression.zstd.ZstdDecompressor`.
pub struct ZstdDecompressor {
    state: Guarded<(Decompressor, Bounded)>,
    /// Made when it is asked for.
    unused: RefCell<Option<Owned<Bytes>>>,
}

type This = Instance<ZstdDecompressor>;

fn new(
    py: Py,
    class: &Type,
    zstd_dict: Option<&Value>,
    options: Option<Options>,
) -> PyResult<Owned<This>> {
    let Some(mut context) = Decompressor::new() else {
        return ERROR.raise(py, "Unable to create ZSTD_DCtx instance.");
    };
    if let Some(argument) = zstd_dict {
        let (dictionary, how) = dictionary::of(py, argument)?;
        if let Err(error) = context.load(&dictionary, how.unwrap_or(Load::Digested)) {
            return dictionary::not_loaded(py, &error, "ZSTD_DDict", "decompression");
        }
    }
    if let Some(Options(options)) = options {
        parameters::set_decompression(py, &mut context, &options)?;
    }
    let made = ZstdDecompressor {
        state: Guarded::new((
            context,
            Bounded::with_end_text("Already at the end of a Zstandard frame."),
        )),
        unused: RefCell::new(None),
    };
    Instance::new_in(py, class, made)
}

fn decompress(
    py: Py,
    this: &This,
    data: BytesLike<'_>,
    max_length: Option<isize>,
) -> PyResult<Owned<Bytes>> {
    let mut state = this.state.lock(py);
    let (context, progress) = &mut *state;
    let was_at_end = progress.ended;
    let result = progress.decompress(py, &data, max_length, |input, limit, out| {
        loop {
            let room = make_room(out, limit)?;
            let mut left = Ok(0);
            let Ok(written) = out.fill_spare(room, |spare| {
                let (context, input) = (&mut *context, &mut *input);
                let (result, written) = py.allow_threads(|| context.run(input, spare));
                left = result;
                Ok::<_, Infallible>(written)
            });
            match left {
                Err(code) => return fail(py, "decompress Zstandard data", code),
                Ok(0) => return Ok(true),
                // The library may have more to write than there was room for.
                Ok(_) if written == room && out.len() < limit => {}
                Ok(_) if written == room || input.is_empty() => return Ok(false),
                Ok(_) => {}
            }
        }
    });
    if result.is_err() && !was_at_end {
        context.reset();
        progress.forget();
    }
    result
}

fn unused_data(py: Py, this: &This) -> Owned<Bytes> {
    let state = this.state.lock(py);
    if !state.1.ended {
        return Bytes::new(&[]);
    }
    let mut unused = this.unused.borrow_mut();
    unused.get_or_insert_with(|| state.1.unused()).clone()
}

impl Class for ZstdDecompressor {
    const NAME: &'static str = "compression.zstd.ZstdDecompressor";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.doc(DOC)
            .new_with("ZstdDecompressor(zstd_dict=None, options=None)", new)
            .method_doc(
                "decompress($self, /, data, max_length=-1)",
                DECOMPRESS_DOC,
                decompress,
            )
            .getter("eof", |py, this: &This| this.state.lock(py).1.ended)
            .getter("needs_input", |py, this: &This| {
                this.state.lock(py).1.needs_input
            })
            .getter("unused_data", unused_data);
    }
}
