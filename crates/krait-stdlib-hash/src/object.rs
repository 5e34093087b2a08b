//! What all hash objects have in common.

use krait_object::guarded::Guarded;
use krait_object::native::TypeBuilder;
use krait_object::{
    Bytes, Class, Instance, Layout, Owned, Py, PyResult, Str, Type, Value, errors, raise,
};

use crate::GIL_MINSIZE;
use crate::algorithm::Algorithm;
use crate::argument::{Data, Unsigned};
use crate::engine::Engine;

/// The state of a hash object.
pub struct Hash {
    pub engine: Guarded<Engine>,
    pub algorithm: &'static Algorithm,
}

impl Hash {
    pub fn new(algorithm: &'static Algorithm, engine: Engine) -> Hash {
        Hash {
            engine: Guarded::new(engine),
            algorithm,
        }
    }

    /// A state that has seen the data.
    pub fn start(py: Py, algorithm: &'static Algorithm, data: Option<&[u8]>) -> Hash {
        let mut engine = (algorithm.start)();
        feed(py, &mut engine, data.unwrap_or(&[]));
        Hash::new(algorithm, engine)
    }

    pub fn copy(&self, py: Py) -> Hash {
        Hash::new(self.algorithm, self.engine.lock(py).clone())
    }

    pub fn update(&self, py: Py, data: &[u8]) {
        feed(py, &mut self.engine.lock(py), data);
    }
}

/// Hashes data, without the GIL where it is large.
pub fn feed(py: Py, engine: &mut Engine, data: &[u8]) {
    if data.len() >= GIL_MINSIZE {
        py.allow_threads(|| engine.update(data));
    } else {
        engine.update(data);
    }
}

/// Two hexadecimal digits a byte.
pub fn hex(bytes: &[u8]) -> PyResult<Owned<Str>> {
    krait_object::types::bytes::hex::hex(bytes, None, 1)
}

/// A type of hash objects.
pub trait HashClass: Class {
    fn hash(&self) -> &Hash;
    fn wrap(hash: Hash) -> Self;
}

/// A type of hash objects: a struct around `Hash`.
///
/// `hash_class!(Md5Type, "_md5.md5", |b| { b.no_constructor(); });`
macro_rules! hash_class {
    ($Type:ident, $name:expr, |$b:ident| $define:block) => {
        pub struct $Type(crate::object::Hash);

        impl crate::object::HashClass for $Type {
            fn hash(&self) -> &crate::object::Hash {
                &self.0
            }

            fn wrap(hash: crate::object::Hash) -> $Type {
                $Type(hash)
            }
        }

        impl krait_object::Class for $Type {
            const NAME: &'static str = $name;
            krait_object::class_cell!();

            fn define($b: &mut krait_object::native::TypeBuilder<krait_object::Instance<$Type>>) {
                $define
            }
        }
    };
}
pub(crate) use hash_class;

/// A new object of the class.
pub fn instance<T: HashClass>(py: Py, hash: Hash) -> Owned<Instance<T>> {
    Instance::new(py, T::wrap(hash))
}

/// A new object that has seen the first data of a constructor.
pub fn make<T: HashClass>(
    py: Py,
    algorithm: &'static Algorithm,
    data: Option<&Value>,
    string: Option<&Value>,
) -> PyResult<Owned<Instance<T>>> {
    let data = Data::initial(py, data, string)?;
    Ok(instance(py, Hash::start(py, algorithm, data.as_deref())))
}

pub fn copy<T: HashClass>(py: Py, this: &Instance<T>) -> PyResult<Owned<Instance<T>>> {
    Instance::new_in(py, this.as_object().ty(), T::wrap(this.hash().copy(py)))
}

pub fn update<T: HashClass>(py: Py, this: &Instance<T>, data: Data<'_>) {
    this.hash().update(py, &data);
}

fn digest<T: HashClass>(py: Py, this: &Instance<T>) -> Owned<Bytes> {
    Bytes::new(this.hash().engine.lock(py).digest().as_slice())
}

fn hexdigest<T: HashClass>(py: Py, this: &Instance<T>) -> PyResult<Owned<Str>> {
    hex(this.hash().engine.lock(py).digest().as_slice())
}

/// So many bytes of output.
pub fn squeeze(py: Py, hash: &Hash, length: usize) -> PyResult<Owned<Bytes>> {
    let engine = hash.engine.lock(py);
    Bytes::build(length, |out| {
        if length >= GIL_MINSIZE {
            py.allow_threads(|| engine.squeeze(out));
        } else {
            engine.squeeze(out);
        }
    })
    .map_or_else(errors::no_memory, Ok)
}

/// The longest output of `_sha3`'s functions.
const LONGEST: u64 = 1 << 29;

fn digest_of_length<T: HashClass>(
    py: Py,
    this: &Instance<T>,
    length: Unsigned<false>,
) -> PyResult<Owned<Bytes>> {
    if length.0 >= LONGEST {
        return raise!(py, ValueError, "length is too large");
    }
    squeeze(py, this.hash(), length.0 as usize)
}

fn hexdigest_of_length<T: HashClass>(
    py: Py,
    this: &Instance<T>,
    length: Unsigned<false>,
) -> PyResult<Owned<Str>> {
    hex(digest_of_length(py, this, length)?.as_slice())
}

pub const DIGEST_DOC: &str = "Return the digest value as a bytes object.";
pub const HEX_DOC: &str = "Return the digest value as a string of hexadecimal digits.";

/// The members of all hash types but the digest.
pub fn define_common<T: HashClass>(
    b: &mut TypeBuilder<Instance<T>>,
    update_text: &'static str,
    update_doc: &'static str,
) {
    b.method_doc(
        "copy($self, /)",
        "Return a copy of the hash object.",
        copy::<T>,
    )
    .method_doc(update_text, update_doc, update::<T>)
    .getter("name", |_py, this: &Instance<T>| this.hash().algorithm.name)
    .getter("block_size", |_py, this: &Instance<T>| {
        this.hash().algorithm.block_size
    });
}

/// `digest` and `hexdigest` of a fixed length.
pub fn define_digest<T: HashClass>(b: &mut TypeBuilder<Instance<T>>) {
    b.method_doc("digest($self, /)", DIGEST_DOC, digest::<T>)
        .method_doc("hexdigest($self, /)", HEX_DOC, hexdigest::<T>);
}

/// `digest_size`, where it follows from the function.
pub fn define_size<T: HashClass>(b: &mut TypeBuilder<Instance<T>>) {
    b.getter("digest_size", |_py, this: &Instance<T>| {
        this.hash().algorithm.digest_size
    });
}

/// `digest` and `hexdigest` of a length that the caller chooses.
pub fn define_extendable<T: HashClass>(b: &mut TypeBuilder<Instance<T>>) {
    b.method_doc(
        "digest($self, /, length)",
        DIGEST_DOC,
        digest_of_length::<T>,
    )
    .method_doc(
        "hexdigest($self, /, length)",
        HEX_DOC,
        hexdigest_of_length::<T>,
    );
}

/// A type object as a value.
pub fn class_value<T: Class>() -> Value {
    let class: &Type = <Instance<T> as krait_object::Builtin>::type_object();
    Value::from(Layout::to_owned(class))
}
