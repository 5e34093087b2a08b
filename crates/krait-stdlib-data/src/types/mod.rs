//! `_types`: the builtin types that have no name in `builtins`.

use krait_object::native::Instance;
use krait_object::native::module::NativeModule;
use krait_object::singletons;
use krait_object::types::{
    descriptor, generic_alias, mappingproxy, method, module, namespace, slotdefs, union,
};
use krait_object::{Builtin, Layout, ModuleBuilder, PyResult, Str, Type, Value};
use krait_vm::{cell, code, frame, function, generator};

pub const MODULE: NativeModule = NativeModule {
    name: "_types",
    init,
};

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value(
        "__doc__",
        Value::from(Str::new("Define names for built-in types.")),
    )?;
    let types: [(&str, &'static Type); 26] = [
        ("AsyncGeneratorType", &generator::ASYNC_GENERATOR),
        ("BuiltinFunctionType", &descriptor::function::FUNCTION),
        ("BuiltinMethodType", &descriptor::function::FUNCTION),
        ("CellType", &cell::CELL),
        (
            "ClassMethodDescriptorType",
            &descriptor::method::CLASS_METHOD,
        ),
        ("CodeType", &code::CODE),
        ("CoroutineType", &generator::COROUTINE),
        ("EllipsisType", &singletons::ELLIPSIS_TYPE),
        ("FrameType", &frame::object::FRAME),
        ("FunctionType", &function::FUNCTION),
        ("GeneratorType", &generator::GENERATOR),
        ("GenericAlias", &generic_alias::GENERIC_ALIAS),
        ("GetSetDescriptorType", &descriptor::getset::GETSET),
        ("LambdaType", &function::FUNCTION),
        ("MappingProxyType", &mappingproxy::MAPPING_PROXY),
        ("MemberDescriptorType", &descriptor::member::MEMBER),
        ("MethodDescriptorType", &descriptor::method::METHOD),
        ("MethodType", &method::METHOD),
        ("MethodWrapperType", &slotdefs::wrapper::METHOD_WRAPPER),
        ("ModuleType", &module::MODULE),
        ("NoneType", &singletons::NONE_TYPE),
        ("NotImplementedType", singletons::not_implemented().ty()),
        (
            "SimpleNamespace",
            Instance::<namespace::Namespace>::type_object(),
        ),
        ("TracebackType", &frame::traceback::TRACEBACK),
        ("UnionType", &union::UNION),
        (
            "WrapperDescriptorType",
            &slotdefs::wrapper::WRAPPER_DESCRIPTOR,
        ),
    ];
    for (name, ty) in types {
        m.value(name, Value::from(ty.to_owned()))?;
    }
    Ok(())
}
