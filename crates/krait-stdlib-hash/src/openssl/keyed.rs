//! `HMAC`, `hmac_new` and `hmac_digest`.

use krait_object::guarded::Guarded;
use krait_object::native::TypeBuilder;
use krait_object::types::bytes::BytesLike;
use krait_object::{
    Bytes, Class, Instance, Layout, ModuleBuilder, Owned, Py, PyResult, Value, class_cell, raise,
};

use crate::algorithm::Algorithm;
use crate::argument::Data;
use crate::hmac::Hmac;
use crate::keyed::{compute, feed};
use crate::object::hex;

use super::{by_digestmod, check_fixed};

/// The longest key or message, as OpenSSL counts.
const LONGEST: usize = i32::MAX as usize;

/// `_hashlib.HMAC`.
pub struct OpensslHmac {
    state: Guarded<Hmac>,
    algorithm: &'static Algorithm,
}

type This = Instance<OpensslHmac>;

fn object(py: Py, algorithm: &'static Algorithm, hmac: Hmac) -> Owned<This> {
    Instance::new(
        py,
        OpensslHmac {
            state: Guarded::new(hmac),
            algorithm,
        },
    )
}

fn hmac_new(
    py: Py,
    key: BytesLike<'_>,
    msg: Option<&Value>,
    digestmod: Option<&Value>,
) -> PyResult<Owned<This>> {
    if key.len() > LONGEST {
        return raise!(py, OverflowError, "key is too long.");
    }
    let Some(digestmod) = digestmod else {
        return raise!(py, TypeError, "Missing required parameter 'digestmod'.");
    };
    let algorithm = check_fixed(py, by_digestmod(py, digestmod)?)?;
    let mut hmac = Hmac::new(algorithm, &key);
    if let Some(msg) = msg.filter(|m| !m.is_none()) {
        feed(py, &mut hmac, &Data::new(py, msg)?);
    }
    Ok(object(py, algorithm, hmac))
}

fn hmac_digest(
    py: Py,
    key: BytesLike<'_>,
    msg: BytesLike<'_>,
    digest: &Value,
) -> PyResult<Owned<Bytes>> {
    let algorithm = by_digestmod(py, digest)?;
    if key.len() > LONGEST {
        return raise!(py, OverflowError, "key is too long.");
    }
    if msg.len() > LONGEST {
        return raise!(py, OverflowError, "msg is too long.");
    }
    let algorithm = check_fixed(py, algorithm)?;
    Ok(Bytes::new(compute(py, algorithm, &key, &msg).as_slice()))
}

impl Class for OpensslHmac {
    const NAME: &'static str = "_hashlib.HMAC";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.no_constructor()
            .doc(DOC)
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
                "Update the HMAC object with msg.",
                |py: Py, this: &This, msg: Data<'_>| {
                    feed(py, &mut this.state.lock(py), &msg);
                },
            )
            .method_doc(
                "digest($self, /)",
                "Return the digest of the bytes passed to the update() method so far.",
                |py: Py, this: &This| Bytes::new(this.state.lock(py).digest().as_slice()),
            )
            .method_doc(
                "hexdigest($self, /)",
                "Return hexadecimal digest of the bytes passed to the update() method so far.\n\n\
                 This may be used to exchange the value safely in email or other\n\
                 non-binary environments.",
                |py: Py, this: &This| hex(this.state.lock(py).digest().as_slice()),
            )
            .getter("name", |_py, this: &This| {
                format!("hmac-{}", this.algorithm.name)
            })
            .getter("block_size", |_py, this: &This| this.algorithm.block_size)
            .getter("digest_size", |_py, this: &This| this.algorithm.digest_size);
    }
}

pub fn register(m: &ModuleBuilder) -> PyResult<()> {
    m.class::<OpensslHmac>()?;
    m.function_doc(
        "hmac_new($module, /, key, msg=b'', digestmod=None)",
        "Return a new hmac object.",
        hmac_new,
    )?;
    m.function_doc(
        "hmac_digest($module, /, key, msg, digest)",
        "Single-shot HMAC.",
        hmac_digest,
    )?;
    Ok(())
}

const DOC: &str = "The object used to calculate HMAC of a message.\n\nMethods:\n\n\
    update() -- updates the current digest with an additional string\n\
    digest() -- return the current digest value\n\
    hexdigest() -- return the current digest as a string of hexadecimal digits\n\
    copy() -- return a copy of the current hash object\n\nAttributes:\n\n\
    name -- the name, including the hash algorithm used by this object\n\
    digest_size -- number of bytes in digest() output\n";
