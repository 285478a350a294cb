"""Frameworks that look modules up by name, start pools or read metadata work in functions as they do on AWS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.loading import call, deploy, make_cache

from moto_lambda_urls.runtime.in_process.loading.loader import CodeCache

pytestmark = pytest.mark.in_process


@pytest.fixture
def cache() -> Iterator[CodeCache]:
    yield from make_cache()


def test_flask(cache: CodeCache) -> None:
    pytest.importorskip("flask")
    source = """
from flask import Flask, render_template
from views import pages
app = Flask(__name__)
app.register_blueprint(pages)

@app.get("/hello")
def hello():
    return render_template("hello.html", who=app.name.rpartition(".")[2])

def handler(event, context):
    with app.test_client() as client:
        with client.get("/static/a.txt") as static:
            return [client.get("/hello").text, client.get("/page").text, static.text]
"""
    views = """
from flask import Blueprint
pages = Blueprint("pages", __name__)
@pages.get("/page")
def page():
    from lazy import text
    return text
"""
    files = {"views.py": views, "lazy.py": "text = 'lazy'", "templates/hello.html": "Hi {{ who }}", "static/a.txt": "a"}
    first = deploy({"app.py": source, **files}, name="first")
    second = deploy({"app.py": source, **files, "lazy.py": "text = 'other'"}, name="second")
    assert call(cache, first) == ["Hi app", "lazy", "a"]
    assert call(cache, second) == ["Hi app", "other", "a"]


def test_fastapi_with_models_under_future_annotations(cache: CodeCache) -> None:
    pytest.importorskip("fastapi")
    pytest.importorskip("mangum")
    source = """
from __future__ import annotations
import asyncio
from concurrent.futures import ThreadPoolExecutor
from fastapi import Depends, FastAPI
from mangum import Mangum
from models import Order, Reply

app = FastAPI()

def who() -> str:
    from settings import NAME
    return NAME

@app.post("/orders")
def create(order: Order, name: str = Depends(who)) -> Reply:
    return Reply(order=order, by=name)

def handler(event, context):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, answer(event, context)).result()["body"]

async def answer(event, context):
    return await asyncio.to_thread(in_loop_of_its_own, event, context)

def in_loop_of_its_own(event, context):
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        return Mangum(app, lifespan="off")(event, context)  # makes the thread's loop where there is none
    finally:
        loop.close()
"""
    models = """
from __future__ import annotations
from pydantic import BaseModel

class Order(BaseModel):
    items: list[Item]

class Item(BaseModel):
    name: str

class Reply(BaseModel):
    order: Order
    by: str
"""
    target = deploy({"app.py": source, "models.py": models, "settings.py": "NAME = 'me'"})
    event = {
        "version": "2.0",
        "rawPath": "/orders",
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "host": "h"},
        "requestContext": {"http": {"method": "POST", "path": "/orders", "sourceIp": "127.0.0.1"}, "stage": "$default"},
        "body": '{"items": [{"name": "n"}]}',
        "isBase64Encoded": False,
    }
    assert call(cache, target, event) == '{"order":{"items":[{"name":"n"}]},"by":"me"}'


def test_powertools(cache: CodeCache) -> None:
    pytest.importorskip("aws_lambda_powertools")
    source = """
from __future__ import annotations
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver
from aws_lambda_powertools.utilities.parser import parse
from models import Item

logger = Logger(service="s", child=True)
app = LambdaFunctionUrlResolver(enable_validation=True)

@app.post("/items/<name>")
def create(name: str, item: Item) -> Item:
    return Item(name=name + item.name)

def handler(event, context):
    return [app.resolve(event, context)["body"], parse(event={"name": "p"}, model=Item).name]
"""
    models = "from pydantic import BaseModel\nclass Item(BaseModel):\n    name: str\n"
    event = {
        "version": "2.0",
        "rawPath": "/items/a",
        "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "requestContext": {"http": {"method": "POST", "path": "/items/a"}, "stage": "$default"},
        "body": '{"name": "b"}',
        "isBase64Encoded": False,
    }
    assert call(cache, deploy({"app.py": source, "models.py": models}), event) == ['{"name":"ab"}', "p"]
