//! The modules: `_multibytecodec` with the classes, `_codecs_*` with the encodings.

use krait_object::native::module::NativeModule;
use krait_object::{Instance, ModuleBuilder, Owned, Py, PyResult, Str, Value, raise};

use super::codec::{Codec, MultibyteCodec};
use super::engine::Engine;
use super::iso2022::{JP, JP_1, JP_2, JP_3, JP_2004, JP_EXT, KR};
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
    "shift_jisx0213" Engine::Pairs(table::shift_jisx0213);
    "shift_jis_2004" Engine::Pairs(table::shift_jis_2004);
    "euc_jisx0213" Engine::Pairs(table::euc_jisx0213);
    "euc_jis_2004" Engine::Pairs(table::euc_jis_2004);
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
codecs! { HK_CODECS:
    "big5hkscs" Engine::Pairs(table::big5hkscs);
}
codecs! { ISO2022_CODECS:
    "iso2022_jp" Engine::Iso2022(&JP);
    "iso2022_jp_1" Engine::Iso2022(&JP_1);
    "iso2022_jp_2" Engine::Iso2022(&JP_2);
    "iso2022_jp_2004" Engine::Iso2022(&JP_2004);
    "iso2022_jp_3" Engine::Iso2022(&JP_3);
    "iso2022_jp_ext" Engine::Iso2022(&JP_EXT);
    "iso2022_kr" Engine::Iso2022(&KR);
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
    CODECS_CN "_codecs_cn" CN_CODECS
    CODECS_HK "_codecs_hk" HK_CODECS
    CODECS_ISO2022 "_codecs_iso2022" ISO2022_CODECS
    CODECS_JP "_codecs_jp" JP_CODECS
    CODECS_KR "_codecs_kr" KR_CODECS
    CODECS_TW "_codecs_tw" TW_CODECS
}
