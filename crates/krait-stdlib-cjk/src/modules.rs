//! The modules: `_multibytecodec` with the classes, `_codecs_*` with the encodings.

use krait_object::native::module::NativeModule;
use krait_object::{Instance, ModuleBuilder, Owned, Py, PyResult, Str, Value, raise};

use super::codec::{Codec, MultibyteCodec};
use super::engine::Engine;
use super::{incremental, stream, table};

pub const MULTIBYTE: NativeModule = NativeModule {
    name: "_multibytecodec",
    init: |m: &ModuleBuilder| -> PyResult<()> {
        m.class::<incremental::Encoder>()?;
        m.class::<incremental::Decoder>()?;
        m.class::<stream::Reader>()?;
        m.class::<stream::Writer>()?;
        Ok(())
    },
};

macro_rules! codecs {
    ($list:ident: $($name:literal $engine:expr;)*) => {
        static $list: &[Codec] = &[$(Codec {
            name: $name,
            engine: $engine,
        }),*];
    };
}
codecs! { CN_CODECS:
    "gb2312" Engine::Table(table::gb2312);
    "gbk" Engine::Table(table::gbk);
    "gb18030" Engine::Gb18030;
    "hz" Engine::Hz;
}
codecs! { JP_CODECS:
    "shift_jis" Engine::Table(table::shift_jis);
    "cp932" Engine::Table(table::cp932);
    "euc_jp" Engine::Table(table::euc_jp);
}
codecs! { KR_CODECS:
    "euc_kr" Engine::EucKr;
    "cp949" Engine::Table(table::cp949);
    "johab" Engine::Table(table::johab);
}
codecs! { TW_CODECS:
    "big5" Engine::Table(table::big5);
    "cp950" Engine::Table(table::cp950);
}

fn find(
    py: Py,
    codecs: &'static [Codec],
    name: &Value,
) -> PyResult<Owned<Instance<MultibyteCodec>>> {
    let Some(name) = name.downcast::<Str>() else {
        return raise!(py, TypeError, "encoding name must be a string.");
    };
    match codecs.iter().find(|codec| name.eq_str(codec.name)) {
        Some(codec) => Ok(Instance::new(py, MultibyteCodec(codec))),
        None => raise!(py, LookupError, "no such codec is supported."),
    }
}

macro_rules! modules {
    ($($ident:ident $name:literal $list:ident)*) => { $(
        pub const $ident: NativeModule = NativeModule {
            name: $name,
            init: |m: &ModuleBuilder| -> PyResult<()> {
                m.function("getcodec($module, name, /)", |py: Py, name: &Value| {
                    find(py, $list, name)
                })?;
                Ok(())
            },
        };
    )* };
}
modules! {
    CN "_codecs_cn" CN_CODECS
    JP "_codecs_jp" JP_CODECS
    KR "_codecs_kr" KR_CODECS
    TW "_codecs_tw" TW_CODECS
}
