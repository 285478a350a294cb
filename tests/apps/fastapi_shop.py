"""A FastAPI application behind Mangum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import BackgroundTasks, Cookie, Depends, FastAPI, Header, HTTPException, Query, Request, UploadFile
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from mangum import Mangum
from pydantic import BaseModel, Field

app = FastAPI(title="Shop")
app.add_middleware(CORSMiddleware, allow_origins=["https://shop.example"], allow_credentials=True)
app.add_middleware(GZipMiddleware, minimum_size=1_000)
orders: dict[int, Order] = {}


class Order(BaseModel):
    item: str = Field(min_length=1)
    count: int = Field(gt=0)


@app.exception_handler(KeyError)
def missing(request: Request, error: KeyError) -> PlainTextResponse:
    return PlainTextResponse(f"no {error}", status_code=404)


def user(token: Annotated[str, Header(alias="X-Token")] = "") -> str:
    if token != "let me in":
        raise HTTPException(401, "who are you?", headers={"WWW-Authenticate": "Token"})
    return "ann"


@app.post("/orders", status_code=201)
def create(order: Order, response: Response, background: BackgroundTasks) -> dict[str, int]:
    number = len(orders) + 1
    background.add_task(orders.__setitem__, number, order)
    response.headers["Location"] = f"/orders/{number}"
    return {"id": number}


@app.get("/orders/{number}")
def show(number: int) -> Order:
    return orders[number]


@app.get("/search/{path:path}")
def search(path: str, tag: Annotated[Sequence[str], Query()] = (), q: str = "") -> dict[str, Any]:
    return {"path": path, "tags": tag, "q": q}


@app.get("/me")
async def me(who: Annotated[str, Depends(user)], theme: Annotated[str, Cookie()] = "light") -> dict[str, str]:
    return {"who": who, "theme": theme}


@app.get("/login")
def login() -> RedirectResponse:
    answer = RedirectResponse("/cookies", status_code=303)
    answer.set_cookie("session", "s1", httponly=True)
    answer.set_cookie("theme", "dark", max_age=60)
    return answer


@app.get("/cookies")
def cookies(request: Request) -> dict[str, str]:
    return request.cookies


@app.post("/files")
async def upload(file: UploadFile, note: str = "") -> Response:
    return Response(await file.read(), media_type=file.content_type, headers={"X-Name": file.filename or ""})


@app.get("/pieces")
async def pieces() -> StreamingResponse:
    return StreamingResponse((f"{number}\n" for number in range(3)), media_type="text/plain")


@app.get("/large")
def large() -> PlainTextResponse:
    return PlainTextResponse("large " * 1_000)


@app.get("/where")
def where(request: Request) -> dict[str, Any]:
    event = request.scope["aws.event"]
    return {
        "url": str(request.url),
        "client": request.client.host if request.client else "",
        "request_id": event["requestContext"]["requestId"],
        "context_id": request.scope["aws.context"].aws_request_id,
    }


@app.get("/fail")
def fail() -> None:
    raise RuntimeError("out of stock")


handler = Mangum(app, lifespan="off")
