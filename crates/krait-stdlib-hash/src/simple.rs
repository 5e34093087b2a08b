//! `_md5`, `_sha1` and `_sha2`: one constructor function for each type.

use krait_object::native::module::NativeModule;
use krait_object::{ModuleBuilder, Py, PyResult, Value};

use crate::GIL_MINSIZE;
use crate::algorithm;
use crate::object::{self, class_value, hash_class};

const UPDATE: &str = "update($self, obj, /)";
const UPDATE_DOC: &str = "Update this hash object's state with the provided string.";

macro_rules! simple_class {
    ($Type:ident, $name:literal) => {
        hash_class!($Type, $name, |b| {
            b.no_constructor();
            object::define_common(b, UPDATE, UPDATE_DOC);
            object::define_digest(b);
            object::define_size(b);
        });
    };
}
simple_class!(Md5Type, "_md5.md5");
simple_class!(Sha1Type, "_sha1.sha1");
simple_class!(Sha224Type, "_sha2.SHA224Type");
simple_class!(Sha256Type, "_sha2.SHA256Type");
simple_class!(Sha384Type, "_sha2.SHA384Type");
simple_class!(Sha512Type, "_sha2.SHA512Type");

/// Registers a constructor function.
macro_rules! constructor {
    ($m:expr, $name:literal, $doc:literal, $Type:ident, $algorithm:ident) => {
        $m.function_doc(
            concat!(
                $name,
                "($module, /, data=b'', *, usedforsecurity=True, string=None)"
            ),
            $doc,
            |py: Py, data: Option<&Value>, _secure: Option<bool>, string: Option<&Value>| {
                object::make::<$Type>(py, &algorithm::$algorithm, data, string)
            },
        )?
    };
}

pub const MD5: NativeModule = NativeModule {
    name: "_md5",
    init: |m: &ModuleBuilder| -> PyResult<()> {
        m.value("MD5Type", class_value::<Md5Type>())?;
        m.int("_GIL_MINSIZE", GIL_MINSIZE as i64)?;
        constructor!(
            m,
            "md5",
            "Return a new MD5 hash object; optionally initialized with a string.",
            Md5Type,
            MD5
        );
        Ok(())
    },
};

pub const SHA1: NativeModule = NativeModule {
    name: "_sha1",
    init: |m: &ModuleBuilder| -> PyResult<()> {
        m.value("SHA1Type", class_value::<Sha1Type>())?;
        m.int("_GIL_MINSIZE", GIL_MINSIZE as i64)?;
        constructor!(
            m,
            "sha1",
            "Return a new SHA1 hash object; optionally initialized with a string.",
            Sha1Type,
            SHA1
        );
        Ok(())
    },
};

pub const SHA2: NativeModule = NativeModule {
    name: "_sha2",
    init: |m: &ModuleBuilder| -> PyResult<()> {
        m.value("SHA224Type", class_value::<Sha224Type>())?;
        m.value("SHA256Type", class_value::<Sha256Type>())?;
        m.value("SHA384Type", class_value::<Sha384Type>())?;
        m.value("SHA512Type", class_value::<Sha512Type>())?;
        m.int("_GIL_MINSIZE", GIL_MINSIZE as i64)?;
        constructor!(
            m,
            "sha224",
            "Return a new SHA-224 hash object; optionally initialized with a string.",
            Sha224Type,
            SHA224
        );
        constructor!(
            m,
            "sha256",
            "Return a new SHA-256 hash object; optionally initialized with a string.",
            Sha256Type,
            SHA256
        );
        constructor!(
            m,
            "sha384",
            "Return a new SHA-384 hash object; optionally initialized with a string.",
            Sha384Type,
            SHA384
        );
        constructor!(
            m,
            "sha512",
            "Return a new SHA-512 hash object; optionally initialized with a string.",
            Sha512Type,
            SHA512
        );
        Ok(())
    },
};
