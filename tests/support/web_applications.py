"""The same small application in eight frameworks; each is made where its framework is imported.

Annotations are values here, not texts: FastAPI and Litestar read them, and know no names of functions.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

Application = Callable[..., Any]

PIECES = (b"one ", b"two ", b"three")


async def pieces() -> AsyncIterator[bytes]:
    for piece in PIECES:
        await asyncio.sleep(0)
        yield piece


def fastapi() -> Application:
    from fastapi import FastAPI, Request, Response
    from fastapi.responses import RedirectResponse, StreamingResponse

    app = FastAPI()

    @app.post("/orders/{number}")
    async def order(number: int, request: Request, response: Response) -> dict[str, Any]:
        response.set_cookie("seen", "yes")
        body = (await request.body()).decode()
        return {"number": number, "q": request.query_params["q"], "body": body, "theme": request.cookies["theme"]}

    @app.get("/old")
    def old() -> RedirectResponse:
        return RedirectResponse("/new", 303)

    @app.get("/pieces")
    def streamed() -> StreamingResponse:
        return StreamingResponse(pieces(), media_type="text/plain", status_code=202)

    return app


def starlette() -> Application:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
    from starlette.routing import Route

    async def order(request: Request) -> Response:
        answer = JSONResponse(
            {
                "number": request.path_params["number"],
                "q": request.query_params["q"],
                "body": (await request.body()).decode(),
                "theme": request.cookies["theme"],
            }
        )
        answer.set_cookie("seen", "yes")
        return answer

    def old(request: Request) -> Response:
        return RedirectResponse("/new", 303)

    def streamed(request: Request) -> Response:
        return StreamingResponse(pieces(), media_type="text/plain", status_code=202)

    routes = [Route("/orders/{number:int}", order, methods=["POST"]), Route("/old", old), Route("/pieces", streamed)]
    return Starlette(routes=routes)


def litestar() -> Application:
    from litestar import Litestar, Request, Response, get, post
    from litestar.response import Redirect, Stream

    @post("/orders/{number:int}", status_code=200)
    async def order(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
        number, q = request.path_params["number"], request.query_params["q"]
        body = (await request.body()).decode()
        answer = Response({"number": number, "q": q, "body": body, "theme": request.cookies["theme"]})
        answer.set_cookie("seen", "yes")
        return answer

    @get("/old", status_code=303)
    async def old() -> Redirect:
        return Redirect("/new", status_code=303)

    @get("/pieces", status_code=202)
    async def streamed() -> Stream:
        return Stream(pieces(), media_type="text/plain", status_code=202)

    return Litestar([order, old, streamed], logging_config=None)  # else it sets up the root logger of all tests


def quart() -> Application:
    from quart import Quart, Response, redirect, request

    app = Quart(__name__)

    @app.post("/orders/<int:number>")
    async def order(number: int) -> Any:
        body = await request.get_data(as_text=True)
        answer = {"number": number, "q": request.args["q"], "body": body, "theme": request.cookies["theme"]}
        return answer, 200, {"Set-Cookie": "seen=yes"}

    @app.get("/old")
    async def old() -> Any:
        return redirect("/new", 303)

    @app.get("/pieces")
    async def streamed() -> Any:
        return Response(pieces(), 202, content_type="text/plain")

    return app


def _django_views() -> None:
    import django
    from django.conf import settings
    from django.http import HttpRequest, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
    from django.http.response import HttpResponseBase
    from django.urls import path

    def order(request: HttpRequest, number: int) -> HttpResponseBase:
        answer = JsonResponse(
            {
                "number": number,
                "q": request.GET["q"],
                "body": request.body.decode(),
                "theme": request.COOKIES["theme"],
            }
        )
        answer.set_cookie("seen", "yes")
        return answer

    def old(request: HttpRequest) -> HttpResponseBase:
        return HttpResponseRedirect("/new", status=303)

    def streamed(request: HttpRequest) -> HttpResponseBase:
        items: Any = pieces() if hasattr(request, "scope") else iter(PIECES)
        return StreamingHttpResponse(items, content_type="text/plain", status=202)

    urls = [path("orders/<int:number>", order), path("old", old), path("pieces", streamed)]
    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=tuple(urls), SECRET_KEY="test", USE_TZ=True)
        django.setup()


def django_asgi() -> Application:
    from django.core.asgi import get_asgi_application

    _django_views()
    return get_asgi_application()


def django_wsgi() -> Application:
    from django.core.wsgi import get_wsgi_application

    _django_views()
    return get_wsgi_application()


def flask() -> Application:
    from flask import Flask, Response, jsonify, redirect, request

    app = Flask(__name__)

    @app.post("/orders/<int:number>")
    def order(number: int) -> Any:
        body = request.get_data(as_text=True)
        answer = jsonify(number=number, q=request.args["q"], body=body, theme=request.cookies["theme"])
        answer.set_cookie("seen", "yes")
        return answer

    @app.get("/old")
    def old() -> Any:
        return redirect("/new", 303)

    @app.get("/pieces")
    def streamed() -> Any:
        return Response(iter(PIECES), 202, content_type="text/plain")

    return app


def falcon_asgi() -> Application:
    import falcon.asgi

    class Order:
        async def on_post(self, request: Any, response: Any, number: int) -> None:
            body = (await request.stream.read()).decode()
            response.media = {
                "number": number,
                "q": request.get_param("q"),
                "body": body,
                "theme": request.cookies["theme"],
            }
            response.set_cookie("seen", "yes")

    class Old:
        async def on_get(self, request: Any, response: Any) -> None:
            raise falcon.HTTPSeeOther("/new")

    class Pieces:
        async def on_get(self, request: Any, response: Any) -> None:
            response.status, response.content_type, response.stream = 202, "text/plain", pieces()

    app = falcon.asgi.App()
    return _routed(app, Order(), Old(), Pieces())


def falcon_wsgi() -> Application:
    import falcon

    class Order:
        def on_post(self, request: Any, response: Any, number: int) -> None:
            body = request.bounded_stream.read().decode()
            response.media = {
                "number": number,
                "q": request.get_param("q"),
                "body": body,
                "theme": request.cookies["theme"],
            }
            response.set_cookie("seen", "yes")

    class Old:
        def on_get(self, request: Any, response: Any) -> None:
            raise falcon.HTTPSeeOther("/new")

    class Pieces:
        def on_get(self, request: Any, response: Any) -> None:
            response.status, response.content_type, response.stream = 202, "text/plain", iter(PIECES)

    return _routed(falcon.App(), Order(), Old(), Pieces())


def _routed(app: Any, order: object, old: object, streamed: object) -> Application:
    app.add_route("/orders/{number:int}", order)
    app.add_route("/old", old)
    app.add_route("/pieces", streamed)
    routed: Application = app
    return routed


def bottle() -> Application:
    from bottle import Bottle, redirect, request, response

    def order(number: int) -> dict[str, Any]:
        response.set_cookie("seen", "yes")
        body = request.body.read().decode()
        return {"number": number, "q": request.query.q, "body": body, "theme": request.get_cookie("theme")}

    def old() -> None:
        redirect("/new", 303)

    def streamed() -> Iterator[bytes]:
        response.status, response.content_type = 202, "text/plain"
        yield from PIECES

    app = Bottle()
    app.route("/orders/<number:int>", "POST", order)
    app.route("/old", "GET", old)
    app.route("/pieces", "GET", streamed)
    made: Application = app
    return made


ASGI = (fastapi, starlette, litestar, quart, django_asgi, falcon_asgi)
WSGI = (flask, django_wsgi, falcon_wsgi, bottle)
