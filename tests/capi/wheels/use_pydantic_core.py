from pydantic_core import SchemaValidator, SchemaSerializer, ValidationError, core_schema, to_json, from_json, Url, PydanticUndefined, to_jsonable_python
v = SchemaValidator(core_schema.typed_dict_schema({
    "name": core_schema.typed_dict_field(core_schema.str_schema(max_length=5)),
    "age": core_schema.typed_dict_field(core_schema.int_schema(ge=0)),
    "tags": core_schema.typed_dict_field(core_schema.list_schema(core_schema.str_schema()), required=False),
}))
print(v.validate_python({"name": "bob", "age": "5"}), v.validate_json('{"name":"x","age":1,"tags":["a"]}'))
try:
    v.validate_python({"name": "toolong", "age": -1, "tags": [1]})
except ValidationError as e:
    print(e)
    print(e.errors())
    print(e.json())
print(to_json({"a": [1, None, 2.5]}), from_json('{"a":[1,null]}'), Url("http://x.com/p"), PydanticUndefined)
class M:
    __slots__ = "__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__"
s = core_schema.model_schema(M, core_schema.model_fields_schema({"x": core_schema.model_field(core_schema.float_schema())}))
m = SchemaValidator(s).validate_python({"x": 1})
print(m.x, m.__dict__, m.__pydantic_fields_set__, SchemaSerializer(s).to_python(m), SchemaSerializer(s).to_json(m))
for sch, val in ((core_schema.bool_schema(), "yes"), (core_schema.date_schema(), "2020-01-02"), (core_schema.datetime_schema(), "2020-01-02T03:04:05Z"), (core_schema.decimal_schema(), "1.5"), (core_schema.timedelta_schema(), "P1D")):
    print(repr(SchemaValidator(sch).validate_python(val)))
f = SchemaValidator(core_schema.no_info_after_validator_function(lambda x: x * 2, core_schema.int_schema()))
print(f.validate_python(4))
