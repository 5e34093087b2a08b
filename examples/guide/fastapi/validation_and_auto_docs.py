"""Invalid input is answered with 422 and what is wrong; the documentation writes itself."""

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import OAuth2PasswordBearer
from fastapi.testclient import TestClient
from pydantic import BaseModel, Field

app = FastAPI(title="Orders", version="2.0", description="Written by **FastAPI**.")

class Line(BaseModel):
    article: str = Field(pattern="^[a-z]+$", examples=["pen"])
    count: int = Field(gt=0, le=99, description="how many")

class Order(BaseModel):
    """What someone orders."""

    lines: list[Line] = Field(min_length=1)
    email: str | None = None

class Receipt(BaseModel):
    number: int
    total: float

router = APIRouter(prefix="/orders", tags=["orders"], responses={404: {"description": "No such order"}})

@router.post("", status_code=201, summary="Place an order")
def place(order: Order) -> Receipt:
    """Takes the order.

    The total is *not* negotiable.
    """
    return {"number": 1, "total": sum(line.count for line in order.lines), "secret": "is left out"}

@router.get("/{number}")
def read(number: Annotated[int, Path(ge=1)], fields: Annotated[list[str], Query(max_length=2)] = [],
         x_version: Annotated[str | None, Header(min_length=3)] = None) -> dict:
    if number > 1:
        raise HTTPException(404, {"missing": number}, {"X-Reason": "none"})
    return {"number": number, "fields": fields, "version": x_version}

bearer = OAuth2PasswordBearer(tokenUrl="login")

@router.delete("/{number}", deprecated=True)
def remove(number: int, token: Annotated[str, Depends(bearer)]) -> None:
    return None

@router.get("/broken/answer", include_in_schema=False)
def broken() -> Receipt:
    return {"number": "none"}

app.include_router(router)
client = TestClient(app, raise_server_exceptions=False)

print(client.post("/orders", json={"lines": [{"article": "pen", "count": "3"}]}).json())

def show(response):
    print(response.status_code, response.reason_phrase)
    detail = response.json()["detail"]
    for error in detail if isinstance(detail, list) else [detail]:
        print("   ", error)

show(client.post("/orders", json={"lines": [{"article": "Pen", "count": 0}, {}, 5], "email": []}))
show(client.post("/orders", json={"lines": []}))
show(client.post("/orders", content=b"{no json", headers={"content-type": "application/json"}))
show(client.post("/orders"))
show(client.get("/orders/0?fields=a&fields=b&fields=c", headers={"x-version": "1"}))
show(client.get("/orders/2"))
print(client.get("/orders/2").headers["x-reason"])
show(client.delete("/orders/1"))
print(client.delete("/orders/1").headers["www-authenticate"], client.delete("/orders/1", headers={"authorization": "bearer t"}).json())
print(client.get("/orders/broken/answer").status_code)

# The documentation: Swagger UI, ReDoc, and the OpenAPI description that both read.
for path, wanted in (("/docs", "SwaggerUIBundle"), ("/redoc", "<redoc spec-url=\"/openapi.json\">")):
    page = client.get(path)
    print(path, page.status_code, page.headers["content-type"], wanted in page.text)
description = client.get("/openapi.json").json()
print(description["openapi"], description["info"])
for path, methods in description["paths"].items():
    for method, operation in methods.items():
        print(method.upper(), path, operation["operationId"], sorted(operation["responses"]), operation.get("deprecated", ""))
        for parameter in operation.get("parameters", ()):
            print("   ", parameter["in"], parameter["name"], parameter["schema"])
print(repr(description["paths"]["/orders"]["post"]["description"]))
for name, schema in description["components"]["schemas"].items():
    if not name.startswith(("HTTP", "Validation")):
        print(name, schema)
print(description["components"]["securitySchemes"])

# One's own answer to invalid input.
terse = FastAPI(docs_url=None, openapi_url=None)
terse.include_router(router)

@terse.exception_handler(RequestValidationError)
async def short(request: Request, error: RequestValidationError):
    return JSONResponse({"wrong": [".".join(map(str, one["loc"])) for one in error.errors()]}, status_code=400)

client = TestClient(terse)
response = client.post("/orders", json={"lines": [{"article": "pen", "count": 100}, {"article": "!"}]})
print(response.status_code, response.json(), client.get("/docs").status_code)
