from pydantic import BaseModel, Field, ValidationError, field_validator, ConfigDict, TypeAdapter
from typing import Optional, Literal
import datetime
class Inner(BaseModel):
    v: int = 3
class A(BaseModel):
    model_config = ConfigDict(extra="forbid")
    x: int
    y: Optional[str] = None
    z: list[Inner] = Field(default_factory=list)
    k: Literal["a", "b"] = "a"
    d: datetime.date = datetime.date(2020, 1, 2)
    @field_validator("x")
    @classmethod
    def pos(cls, v):
        if v < 0:
            raise ValueError("neg")
        return v
a = A(x="5", z=[{"v": 1}, Inner()])
print(a, a.model_dump(), a.model_dump_json(), A.model_json_schema())
try:
    A(x=-1, k="q", extra=1)
except ValidationError as e:
    print(e)
print(TypeAdapter(list[int]).validate_python(["1", 2]), A.model_validate_json('{"x": 7}'), a.model_copy(update={"x": 9}))
print(a == A(x=5, z=[Inner(v=1), Inner()]), repr(Inner()))
