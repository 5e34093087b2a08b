//! `_blake2`: BLAKE2b and BLAKE2s with all parameters of RFC 7693 and tree hashing.

use krait_object::native::module::NativeModule;
use krait_object::types::bytes::BytesLike;
use krait_object::{Instance, ModuleBuilder, Owned, Py, PyResult, Str, Type, Value, raise};

use crate::GIL_MINSIZE;
use crate::algorithm::{self, Algorithm};
use crate::argument::{Data, Unsigned};
use crate::engine::Engine;
use crate::object::{self, Hash, HashClass, hash_class};

const UPDATE: &str = "update($self, data, /)";
const UPDATE_DOC: &str = "Update this hash object's state with the provided bytes-like object.";

/// The limits of one of the two functions.
struct Limits {
    /// As in error texts.
    name: &'static str,
    digest: usize,
    salt: usize,
    person: usize,
    /// The highest node offset.
    offset: u64,
}

const B: Limits = Limits {
    name: "Blake2b",
    digest: 64,
    salt: 16,
    person: 16,
    offset: u64::MAX,
};
const S: Limits = Limits {
    name: "Blake2s",
    digest: 32,
    salt: 8,
    person: 8,
    offset: (1 << 48) - 1,
};

/// The arguments of the constructor that become the parameter block.
struct Parameters<'a> {
    digest_size: i32,
    key: &'a [u8],
    salt: &'a [u8],
    person: &'a [u8],
    fanout: i32,
    depth: i32,
    leaf_size: u64,
    node_offset: u64,
    node_depth: i32,
    inner_size: i32,
    last_node: bool,
}

impl Parameters<'_> {
    fn check(&self, py: Py, limits: &Limits) -> PyResult<()> {
        let byte = |n: i32| (0..=255).contains(&n);
        let digest = limits.digest;
        if self.digest_size <= 0 || self.digest_size as usize > digest {
            let (name, size) = (limits.name, self.digest_size);
            return raise!(
                py,
                ValueError,
                "digest_size for {name} must be between 1 and {digest} bytes, here it is {size}"
            );
        }
        if self.salt.len() > limits.salt {
            return raise!(
                py,
                ValueError,
                "maximum salt length is {} bytes",
                limits.salt
            );
        }
        if self.person.len() > limits.person {
            let most = limits.person;
            return raise!(py, ValueError, "maximum person length is {most} bytes");
        }
        if !byte(self.fanout) {
            return raise!(py, ValueError, "fanout must be between 0 and 255");
        }
        if !byte(self.depth) || self.depth == 0 {
            return raise!(py, ValueError, "depth must be between 1 and 255");
        }
        if self.leaf_size > u64::from(u32::MAX) {
            return raise!(py, OverflowError, "leaf_size is too large");
        }
        if self.node_offset > limits.offset {
            return raise!(py, OverflowError, "node_offset is too large");
        }
        if !byte(self.node_depth) {
            return raise!(py, ValueError, "node_depth must be between 0 and 255");
        }
        if self.inner_size < 0 || self.inner_size as usize > digest {
            return raise!(
                py,
                ValueError,
                "inner_size must be between 0 and is {digest}"
            );
        }
        if self.key.len() > digest {
            return raise!(py, ValueError, "maximum key length is {digest} bytes");
        }
        Ok(())
    }
}

/// A state with checked parameters.
macro_rules! start {
    ($library:ident, $p:expr) => {
        $library::Params::new()
            .hash_length($p.digest_size as usize)
            .key($p.key)
            .salt($p.salt)
            .personal($p.person)
            .fanout($p.fanout as u8)
            .max_depth($p.depth as u8)
            .max_leaf_length($p.leaf_size as u32)
            .node_offset($p.node_offset)
            .node_depth($p.node_depth as u8)
            .inner_hash_length($p.inner_size as usize)
            .last_node($p.last_node)
            .to_state()
    };
}

fn finish<T: HashClass>(
    py: Py,
    algorithm: &'static Algorithm,
    mut engine: Engine,
    data: Option<&[u8]>,
) -> Owned<Instance<T>> {
    object::feed(py, &mut engine, data.unwrap_or(&[]));
    object::instance(py, Hash::new(algorithm, engine))
}

macro_rules! blake2_class {
    ($Type:ident, $short:literal, $doc:literal, $limits:ident, $algorithm:ident, $start:expr) => {
        hash_class!($Type, concat!("_blake2.", $short), |b| {
            b.doc($doc).new_with(
                concat!(
                    $short,
                    "(data=b'', *, digest_size=_blake2.",
                    $short,
                    ".MAX_DIGEST_SIZE,\n        key=b'', salt=b'', person=b'', fanout=1, depth=1, \
                     leaf_size=0,\n        node_offset=0, node_depth=0, inner_size=0, \
                     last_node=False,\n        usedforsecurity=True, string=None)"
                ),
                |py: Py,
                 _class: &Type,
                 data: Option<&Value>,
                 digest_size: Option<i32>,
                 key: Option<BytesLike<'_>>,
                 salt: Option<BytesLike<'_>>,
                 person: Option<BytesLike<'_>>,
                 fanout: Option<i32>,
                 depth: Option<i32>,
                 leaf_size: Option<Unsigned<false>>,
                 node_offset: Option<Unsigned<true>>,
                 node_depth: Option<i32>,
                 inner_size: Option<i32>,
                 last_node: Option<bool>,
                 _secure: Option<bool>,
                 string: Option<&Value>| {
                    let data = Data::initial(py, data, string)?;
                    let p = Parameters {
                        digest_size: digest_size.unwrap_or($limits.digest as i32),
                        key: key.as_deref().unwrap_or(&[]),
                        salt: salt.as_deref().unwrap_or(&[]),
                        person: person.as_deref().unwrap_or(&[]),
                        fanout: fanout.unwrap_or(1),
                        depth: depth.unwrap_or(1),
                        leaf_size: leaf_size.map_or(0, |n| n.0),
                        node_offset: node_offset.map_or(0, |n| n.0),
                        node_depth: node_depth.unwrap_or(0),
                        inner_size: inner_size.unwrap_or(0),
                        last_node: last_node.unwrap_or(false),
                    };
                    p.check(py, &$limits)?;
                    let engine = $start(&p);
                    PyResult::Ok(finish::<$Type>(
                        py,
                        &algorithm::$algorithm,
                        engine,
                        data.as_deref(),
                    ))
                },
            );
            object::define_common(b, UPDATE, UPDATE_DOC);
            object::define_digest(b);
            b.getter("digest_size", |py, this: &Instance<$Type>| {
                this.hash().engine.lock(py).digest().as_slice().len()
            })
            .attr_value("SALT_SIZE", Value::int($limits.salt as i64))
            .attr_value("PERSON_SIZE", Value::int($limits.person as i64))
            .attr_value("MAX_KEY_SIZE", Value::int($limits.digest as i64))
            .attr_value("MAX_DIGEST_SIZE", Value::int($limits.digest as i64));
        });
    };
}

blake2_class!(
    Blake2b,
    "blake2b",
    "Return a new BLAKE2b hash object.",
    B,
    BLAKE2B,
    |p: &Parameters<'_>| Engine::Blake2b(start!(blake2b_simd, p))
);
blake2_class!(
    Blake2s,
    "blake2s",
    "Return a new BLAKE2s hash object.",
    S,
    BLAKE2S,
    |p: &Parameters<'_>| Engine::Blake2s(start!(blake2s_simd, p))
);

pub const MODULE: NativeModule = NativeModule {
    name: "_blake2",
    init,
};

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value(
        "__doc__",
        Value::from(Str::new("_blake2b provides BLAKE2b for hashlib\n")),
    )?;
    m.class::<Blake2b>()?;
    m.class::<Blake2s>()?;
    for (letter, limits) in [("B", &B), ("S", &S)] {
        m.int(&format!("BLAKE2{letter}_SALT_SIZE"), limits.salt as i64)?;
        m.int(&format!("BLAKE2{letter}_PERSON_SIZE"), limits.person as i64)?;
        m.int(
            &format!("BLAKE2{letter}_MAX_KEY_SIZE"),
            limits.digest as i64,
        )?;
        m.int(
            &format!("BLAKE2{letter}_MAX_DIGEST_SIZE"),
            limits.digest as i64,
        )?;
    }
    m.int("_GIL_MINSIZE", GIL_MINSIZE as i64)?;
    Ok(())
}
