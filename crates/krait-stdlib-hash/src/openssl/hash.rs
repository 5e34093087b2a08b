//! `HASH`, `HASHXOF` and their constructors.

use krait_object::native::TypeBuilder;
use krait_object::{
    Builtin, Bytes, Class, Instance, Layout, ModuleBuilder, Owned, Py, PyResult, Str, Value,
    class_cell, errors, raise,
};

use crate::algorithm::{self, Algorithm};
use crate::argument::Data;
use crate::object::{self, Hash, HashClass};

use super::by_name;

/// `_hashlib.HASH`.
pub struct OpensslHash(Hash);

/// `_hashlib.HASHXOF`; what `HASH` defines works on it, so it has the same layout.
#[repr(transparent)]
pub struct OpensslXof(OpensslHash);

impl HashClass for OpensslHash {
    fn hash(&self) -> &Hash {
        &self.0
    }
    fn wrap(hash: Hash) -> OpensslHash {
        OpensslHash(hash)
    }
}

impl HashClass for OpensslXof {
    fn hash(&self) -> &Hash {
        &self.0.0
    }
    fn wrap(hash: Hash) -> OpensslXof {
        OpensslXof(OpensslHash(hash))
    }
}

macro_rules! doc {
    ($length:literal) => {
        concat!(
            "A hash is an object used to calculate a checksum of a string of information.\n\n\
             Methods:\n\nupdate() -- updates the current digest with an additional string\n\
             digest(",
            $length,
            ") -- return the current digest value\nhexdigest(",
            $length,
            ") -- return the current digest as a string of hexadecimal digits\n\
             copy() -- return a copy of the current hash object\n\nAttributes:\n\n\
             name -- the hash algorithm being used by this object\n\
             digest_size -- number of bytes in this hashes output"
        )
    };
}

impl Class for OpensslHash {
    const NAME: &'static str = "_hashlib.HASH";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor()
            .doc(doc!(""))
            .repr(|_py, this: &Instance<OpensslHash>| {
                let object = this.as_object();
                let (name, class) = (this.0.algorithm.name, object.ty().name());
                format!("<{name} {class} object @ {:p}>", object.as_ptr())
            });
        object::define_common(
            b,
            "update($self, obj, /)",
            "Update this hash object's state with the provided string.",
        );
        object::define_digest(b);
        object::define_size(b);
    }
}

/// A `length` as OpenSSL's functions take it: any `Py_ssize_t`.
fn output(py: Py, this: &Instance<OpensslXof>, length: isize) -> PyResult<Owned<Bytes>> {
    match usize::try_from(length) {
        Ok(length) => object::squeeze(py, this.hash(), length),
        Err(_) => raise!(
            py,
            SystemError,
            "Negative size passed to PyBytes_FromStringAndSize"
        ),
    }
}

fn hex_output(py: Py, this: &Instance<OpensslXof>, length: isize) -> PyResult<Owned<Str>> {
    match usize::try_from(length) {
        Ok(length) => object::hex(object::squeeze(py, this.hash(), length)?.as_slice()),
        Err(_) => errors::no_memory(),
    }
}

impl Class for OpensslXof {
    const NAME: &'static str = "_hashlib.HASHXOF";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.base(Instance::<OpensslHash>::type_object())
            .no_constructor()
            .doc(doc!("length"))
            .method_doc("digest($self, /, length)", object::DIGEST_DOC, output)
            .method_doc("hexdigest($self, /, length)", object::HEX_DOC, hex_output);
        object::define_size(b);
    }
}

/// A new object of either type.
fn make(
    py: Py,
    algorithm: &'static Algorithm,
    data: Option<&Value>,
    string: Option<&Value>,
) -> PyResult {
    if algorithm.is_extendable() {
        object::make::<OpensslXof>(py, algorithm, data, string).map(Value::from)
    } else {
        object::make::<OpensslHash>(py, algorithm, data, string).map(Value::from)
    }
}

fn new(
    py: Py,
    name: &Str,
    data: Option<&Value>,
    _secure: Option<bool>,
    string: Option<&Value>,
) -> PyResult {
    drop(Data::initial(py, data, string)?);
    make(py, by_name(py, name)?, data, string)
}

/// What has a constructor function of its own.
pub const CONSTRUCTED: &[&str] = &[
    "md5",
    "sha1",
    "sha224",
    "sha256",
    "sha384",
    "sha512",
    "sha3_224",
    "sha3_256",
    "sha3_384",
    "sha3_512",
    "shake_128",
    "shake_256",
];

macro_rules! constructors {
    ($m:expr, $($name:literal $shown:literal $algorithm:ident;)*) => { $(
        $m.function_doc(
            concat!(
                "openssl_",
                $name,
                "($module, /, data=b'', *, usedforsecurity=True, string=None)"
            ),
            concat!("Returns a ", $shown, "hash object; optionally initialized with a string"),
            |py: Py, data: Option<&Value>, _secure: Option<bool>, string: Option<&Value>| {
                make(py, &algorithm::$algorithm, data, string)
            },
        )?;
    )* };
}

pub fn register(m: &ModuleBuilder) -> PyResult<()> {
    m.class::<OpensslHash>()?;
    m.class::<OpensslXof>()?;
    m.function_doc(
        "new($module, /, name, data=b'', *, usedforsecurity=True, string=None)",
        "Return a new hash object using the named algorithm.\n\n\
         An optional string argument may be provided and will be\nautomatically hashed.\n\n\
         The MD5 and SHA1 algorithms are always supported.",
        new,
    )?;
    constructors!(m,
        "md5" "md5 " MD5;
        "sha1" "sha1 " SHA1;
        "sha224" "sha224 " SHA224;
        "sha256" "sha256 " SHA256;
        "sha384" "sha384 " SHA384;
        "sha512" "sha512 " SHA512;
        "sha3_224" "sha3-224 " SHA3_224;
        "sha3_256" "sha3-256 " SHA3_256;
        "sha3_384" "sha3-384 " SHA3_384;
        "sha3_512" "sha3-512 " SHA3_512;
        "shake_128" "shake-128 variable " SHAKE_128;
        "shake_256" "shake-256 variable " SHAKE_256;
    );
    Ok(())
}
