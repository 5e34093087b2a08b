//! `_sha3`: SHA-3 and SHAKE.

use krait_object::native::TypeBuilder;
use krait_object::native::module::NativeModule;
use krait_object::{Bytes, Instance, ModuleBuilder, Py, PyResult, Type, Value};

use crate::GIL_MINSIZE;
use crate::algorithm;
use crate::object::{self, HashClass, hash_class};

const UPDATE: &str = "update($self, data, /)";
const UPDATE_DOC: &str = "Update this hash object's state with the provided bytes-like object.";

/// The state of Keccak in bits.
const STATE_BITS: usize = 1600;

/// The parameters of the sponge.
fn define_sponge<T: HashClass>(b: &mut TypeBuilder<Instance<T>>) {
    b.getter("_capacity_bits", |_py, this: &Instance<T>| {
        STATE_BITS - this.hash().algorithm.block_size * 8
    })
    .getter("_rate_bits", |_py, this: &Instance<T>| {
        this.hash().algorithm.block_size * 8
    })
    .getter("_suffix", |_py, this: &Instance<T>| {
        let extendable = this.hash().algorithm.is_extendable();
        Bytes::new(if extendable { &[0x1f] } else { &[0x06] })
    });
}

macro_rules! sponge_class {
    ($Type:ident, $short:literal, $algorithm:ident, $define:ident, $doc:expr) => {
        hash_class!($Type, concat!("_sha3.", $short), |b| {
            b.doc($doc).new_with(
                concat!($short, "(data=b'', *, usedforsecurity=True, string=None)"),
                |py: Py,
                 _class: &Type,
                 data: Option<&Value>,
                 _secure: Option<bool>,
                 string: Option<&Value>| {
                    object::make::<$Type>(py, &algorithm::$algorithm, data, string)
                },
            );
            object::define_common(b, UPDATE, UPDATE_DOC);
            object::$define(b);
            object::define_size(b);
            define_sponge(b);
        });
    };
}

macro_rules! sha3_doc {
    ($short:literal, $bytes:literal) => {
        concat!(
            $short,
            "([data], *, usedforsecurity=True) -> SHA3 object\n\n\
             Return a new SHA3 hash object with a hashbit length of ",
            $bytes,
            " bytes."
        )
    };
}
macro_rules! shake_doc {
    ($short:literal) => {
        concat!(
            $short,
            "([data], *, usedforsecurity=True) -> SHAKE object\n\nReturn a new SHAKE hash object."
        )
    };
}

sponge_class!(
    Sha3T224,
    "sha3_224",
    SHA3_224,
    define_digest,
    sha3_doc!("sha3_224", "28")
);
sponge_class!(
    Sha3T256,
    "sha3_256",
    SHA3_256,
    define_digest,
    sha3_doc!("sha3_256", "32")
);
sponge_class!(
    Sha3T384,
    "sha3_384",
    SHA3_384,
    define_digest,
    sha3_doc!("sha3_384", "48")
);
sponge_class!(
    Sha3T512,
    "sha3_512",
    SHA3_512,
    define_digest,
    sha3_doc!("sha3_512", "64")
);
sponge_class!(
    Shake128,
    "shake_128",
    SHAKE_128,
    define_extendable,
    shake_doc!("shake_128")
);
sponge_class!(
    Shake256,
    "shake_256",
    SHAKE_256,
    define_extendable,
    shake_doc!("shake_256")
);

pub const MODULE: NativeModule = NativeModule {
    name: "_sha3",
    init,
};

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.class::<Sha3T224>()?;
    m.class::<Sha3T256>()?;
    m.class::<Sha3T384>()?;
    m.class::<Sha3T512>()?;
    m.class::<Shake128>()?;
    m.class::<Shake256>()?;
    m.text("implementation", "RustCrypto")?;
    m.int("_GIL_MINSIZE", GIL_MINSIZE as i64)?;
    Ok(())
}
