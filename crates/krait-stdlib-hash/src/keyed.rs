//! `_hmac`: keyed hashes with the functions that are always there.

use krait_object::exceptions::new_class::LazyClass;
use krait_object::guarded::Guarded;
use krait_object::native::TypeBuilder;
use krait_object::native::module::NativeModule;
use krait_object::{
    Bytes, Class, Instance, Layout, ModuleBuilder, Owned, Py, PyResult, Str, Value, class_cell,
    exceptions, protocol, raise,
};

use crate::GIL_MINSIZE;
use crate::algorithm::{self, Algorithm};
use crate::argument::Data;
use crate::engine::Digest;
use crate::hmac::{self, Hmac};
use crate::object::hex;

static UNKNOWN: LazyClass = LazyClass::new("_hmac.UnknownHashError", || &exceptions::ValueError);

/// The functions by the ends of the names of `compute_*`.
static FUNCTIONS: &[(&str, &Algorithm)] = &[
    ("md5", &algorithm::MD5),
    ("sha1", &algorithm::SHA1),
    ("sha224", &algorithm::SHA224),
    ("sha256", &algorithm::SHA256),
    ("sha384", &algorithm::SHA384),
    ("sha512", &algorithm::SHA512),
    ("sha3_224", &algorithm::SHA3_224),
    ("sha3_256", &algorithm::SHA3_256),
    ("sha3_384", &algorithm::SHA3_384),
    ("sha3_512", &algorithm::SHA3_512),
    ("blake2s_32", &algorithm::BLAKE2S),
    ("blake2b_32", &algorithm::BLAKE2B),
];
/// Further names that `digest` arguments may have.
static ALIASES: &[(&str, &Algorithm)] = &[
    ("sha2_224", &algorithm::SHA224),
    ("sha2_256", &algorithm::SHA256),
    ("sha2_384", &algorithm::SHA384),
    ("sha2_512", &algorithm::SHA512),
    ("blake2s", &algorithm::BLAKE2S),
    ("blake2b", &algorithm::BLAKE2B),
];

fn find(py: Py, digest: &Value) -> PyResult<&'static Algorithm> {
    if let Some(name) = digest.downcast::<Str>() {
        let name = name.to_rust();
        let mut known = FUNCTIONS.iter().chain(ALIASES);
        if let Some((_, algorithm)) = known.find(|(n, _)| name.eq_ignore_ascii_case(n)) {
            return Ok(algorithm);
        }
    }
    let shown = protocol::repr(py, digest)?;
    UNKNOWN.raise(py, &format!("unsupported hash type: {}", shown.to_rust()))
}

/// `_hmac.HMAC`.
pub struct HmacObject {
    state: Guarded<Hmac>,
    algorithm: &'static Algorithm,
}

type This = Instance<HmacObject>;

fn object(py: Py, algorithm: &'static Algorithm, hmac: Hmac) -> Owned<This> {
    Instance::new(
        py,
        HmacObject {
            state: Guarded::new(hmac),
            algorithm,
        },
    )
}

/// Hashes data, without the GIL where it is large.
pub fn feed(py: Py, hmac: &mut Hmac, data: &[u8]) {
    if data.len() >= GIL_MINSIZE {
        py.allow_threads(|| hmac.update(data));
    } else {
        hmac.update(data);
    }
}

fn new(
    py: Py,
    key: &Value,
    msg: Option<&Value>,
    digestmod: Option<&Value>,
) -> PyResult<Owned<This>> {
    let Some(digestmod) = digestmod else {
        return raise!(
            py,
            TypeError,
            "new() missing 1 required argument 'digestmod'"
        );
    };
    let algorithm = find(py, digestmod)?;
    let key = Data::new(py, key)?;
    if key.len() > u32::MAX as usize {
        return raise!(py, OverflowError, "key length exceeds UINT32_MAX");
    }
    let mut hmac = Hmac::new(algorithm, &key);
    if let Some(msg) = msg.filter(|m| !m.is_none()) {
        feed(py, &mut hmac, &Data::new(py, msg)?);
    }
    Ok(object(py, algorithm, hmac))
}

/// The digest of one message, without the GIL where it is large.
pub fn compute(py: Py, algorithm: &'static Algorithm, key: &[u8], message: &[u8]) -> Digest {
    if message.len() >= GIL_MINSIZE {
        py.allow_threads(|| hmac::compute(algorithm, key, message))
    } else {
        hmac::compute(algorithm, key, message)
    }
}

fn compute_bytes(
    py: Py,
    algorithm: &'static Algorithm,
    key: Data<'_>,
    message: Data<'_>,
) -> PyResult<Owned<Bytes>> {
    for (what, data) in [("key", &key), ("message", &message)] {
        if data.len() > u32::MAX as usize {
            return raise!(py, OverflowError, "{what} length exceeds UINT32_MAX");
        }
    }
    Ok(Bytes::new(
        compute(py, algorithm, &key, &message).as_slice(),
    ))
}

impl Class for HmacObject {
    const NAME: &'static str = "_hmac.HMAC";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.no_constructor()
            .repr(|_py, this: &This| {
                let name = this.algorithm.name;
                format!("<{name} HMAC object @ {:p}>", this.as_object().as_ptr())
            })
            .method_doc(
                "copy($self, /)",
                "Return a copy (\"clone\") of the HMAC object.",
                |py: Py, this: &This| object(py, this.algorithm, this.state.lock(py).clone()),
            )
            .method_doc(
                "update($self, /, msg)",
                "Update the HMAC object with the given message.",
                |py: Py, this: &This, msg: Data<'_>| {
                    feed(py, &mut this.state.lock(py), &msg);
                },
            )
            .method_doc(
                "digest($self, /)",
                "Return the digest of the bytes passed to the update() method so far.\n\n\
                 This method may raise a MemoryError.",
                |py: Py, this: &This| Bytes::new(this.state.lock(py).digest().as_slice()),
            )
            .method_doc(
                "hexdigest($self, /)",
                "Return hexadecimal digest of the bytes passed to the update() method so far.\n\n\
                 This may be used to exchange the value safely in email or other\n\
                 non-binary environments.\n\nThis method may raise a MemoryError.",
                |py: Py, this: &This| hex(this.state.lock(py).digest().as_slice()),
            )
            .getter("name", |_py, this: &This| {
                format!("hmac-{}", this.algorithm.name)
            })
            .getter("block_size", |_py, this: &This| this.algorithm.block_size)
            .getter("digest_size", |_py, this: &This| this.algorithm.digest_size);
    }
}

pub const MODULE: NativeModule = NativeModule {
    name: "_hmac",
    init,
};

macro_rules! compute_functions {
    ($m:expr, $($name:literal $index:literal),*) => { $(
        debug_assert!($name.ends_with(FUNCTIONS[$index].0));
        $m.function(
            concat!($name, "($module, key, msg, /)"),
            |py: Py, key: Data<'_>, msg: Data<'_>| {
                compute_bytes(py, FUNCTIONS[$index].1, key, msg)
            },
        )?;
    )* };
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.class::<HmacObject>()?;
    m.value("UnknownHashError", Value::from(UNKNOWN.get(m.py)?.clone()))?;
    m.int("_GIL_MINSIZE", GIL_MINSIZE as i64)?;
    m.function_doc(
        "new($module, /, key, msg=None, digestmod=None)",
        "Return a new HMAC object.",
        new,
    )?;
    m.function(
        "compute_digest($module, /, key, msg, digest)",
        |py: Py, key: &Value, msg: &Value, digest: &Value| {
            let algorithm = find(py, digest)?;
            compute_bytes(py, algorithm, Data::new(py, key)?, Data::new(py, msg)?)
        },
    )?;
    compute_functions!(
        m, "compute_md5" 0, "compute_sha1" 1, "compute_sha224" 2, "compute_sha256" 3,
        "compute_sha384" 4, "compute_sha512" 5, "compute_sha3_224" 6, "compute_sha3_256" 7,
        "compute_sha3_384" 8, "compute_sha3_512" 9, "compute_blake2s_32" 10,
        "compute_blake2b_32" 11
    );
    Ok(())
}
