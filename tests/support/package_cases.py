"""Handlers that use popular distributions, and what they return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """A distribution, and a handler that returns its version and ``result``, which takes its compiled parts.

    ``older`` asks pip for an earlier release, ``module`` is its name in code, ``files`` what else the package holds.
    """

    name: str
    older: str
    module: str
    source: str
    result: Any
    files: Mapping[str, str] = field(default_factory=dict)


_DJANGO = {
    "shop/__init__.py": "",
    "shop/settings.py": """
SECRET_KEY = "-"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "orders"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
ROOT_URLCONF = "orders.urls"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
""",
    "orders/__init__.py": "",
    "orders/models.py": """
from django.db import models

class Order(models.Model):
    sku = models.CharField(max_length=9)
""",
    "orders/urls.py": """
from django.http import JsonResponse
from django.urls import path
from .models import Order

def orders(request):
    if request.method == "POST":
        Order.objects.create(sku=request.POST["sku"])
    return JsonResponse({"orders": [[each.sku, each._meta.label] for each in Order.objects.order_by("sku")]})

urlpatterns = [path("orders/", orders)]
""",
}
CASES = [
    Case(
        "numpy",
        "numpy<2.4",
        "numpy",
        """
import numpy

def handler(event, context):
    solved = numpy.linalg.solve(numpy.array([[3.0, 1.0], [1.0, 2.0]]), numpy.array([9.0, 8.0]))
    return [numpy.__version__, solved.round(9).tolist()]
""",
        [2.0, 3.0],
    ),
    Case(
        "pandas",
        "pandas<3",
        "pandas",
        """
import pandas

def handler(event, context):
    orders = pandas.DataFrame({"sku": ["a", "b", "a"], "count": [1, 2, 3]})
    return [pandas.__version__, orders.groupby("sku")["count"].sum().to_dict()]
""",
        {"a": 4, "b": 2},
    ),
    Case(
        "scipy",
        "scipy<1.17",
        "scipy",
        """
import scipy
from scipy import integrate, optimize

def handler(event, context):
    area, _ = integrate.quad(lambda x: x * x, 0, 3)
    return [scipy.__version__, [round(area, 6), round(optimize.brentq(lambda x: x * x - 2, 0, 2), 6)]]
""",
        [9.0, 1.414214],
    ),
    Case(
        "SQLAlchemy",
        "SQLAlchemy<2.0.49",
        "sqlalchemy",
        """
import sqlalchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Base(DeclarativeBase):
    pass

class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str]

engine = sqlalchemy.create_engine("sqlite://")
Base.metadata.create_all(engine)

def handler(event, context):
    with Session(engine) as session:
        session.add_all([Order(sku="a"), Order(sku="b")])
        found = session.scalars(sqlalchemy.select(Order.sku).order_by(Order.sku.desc())).all()
    return [sqlalchemy.__version__, found]
""",
        ["b", "a"],
    ),
    Case(
        "lxml",
        "lxml<6",
        "lxml",
        """
import lxml
from lxml import etree

def handler(event, context):
    return [lxml.__version__, etree.fromstring("<a><b id='1'/><b id='2'/></a>").xpath("//b/@id")]
""",
        ["1", "2"],
    ),
    Case(
        "pymongo",
        "pymongo<4.15",
        "pymongo",
        """
import bson, pymongo
from pymongo.errors import ServerSelectionTimeoutError

def handler(event, context):
    client = pymongo.MongoClient("mongodb://127.0.0.1:1", serverSelectionTimeoutMS=10)
    try:
        client.shop.orders.find_one()
    except ServerSelectionTimeoutError:
        return [pymongo.version, [bson.has_c(), pymongo.has_c(), bson.decode(bson.encode({"a": [1, 2]}))]]
""",
        [True, True, {"a": [1, 2]}],
    ),
    Case(
        "grpcio",
        "grpcio<1.80",
        "grpc",
        """
import grpc
from concurrent.futures import ThreadPoolExecutor

class Echo(grpc.GenericRpcHandler):
    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(lambda request, _: request.upper())

def handler(event, context):
    server = grpc.server(ThreadPoolExecutor(1), handlers=[Echo()])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        answer = channel.unary_unary("/echo/Echo")(b"orders", timeout=20)
    server.stop(None).wait()
    return [grpc.__version__, answer.decode()]
""",
        "ORDERS",
    ),
    Case(
        "pyarrow",
        "pyarrow<25",
        "pyarrow",
        """
import io, pyarrow
from pyarrow import compute, parquet

def handler(event, context):
    written = io.BytesIO()
    parquet.write_table(pyarrow.table({"n": [1, 2, 3]}), written)
    read = parquet.read_table(io.BytesIO(written.getvalue()))
    return [pyarrow.__version__, compute.sum(read["n"]).as_py()]
""",
        6,
    ),
    Case(
        "matplotlib",
        "matplotlib<3.11",
        "matplotlib",
        """
import io, matplotlib
matplotlib.use("Agg")
from matplotlib import pyplot

def handler(event, context):
    figure, axes = pyplot.subplots()
    axes.plot([1, 2, 3])
    axes.set_title("Orders")
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    return [matplotlib.__version__, [drawn.getvalue()[:4] == b"\\x89PNG", len(drawn.getvalue()) > 5000]]
""",
        [True, True],
    ),
    Case(
        "scikit-learn",
        "scikit-learn<1.8",
        "sklearn",
        """
import sklearn
from sklearn.linear_model import LinearRegression

def handler(event, context):
    fitted = LinearRegression().fit([[1], [2], [3]], [3, 5, 7])
    return [sklearn.__version__, fitted.predict([[4]]).round(6).tolist()]
""",
        [9.0],
    ),
    Case(
        "asyncpg",
        "asyncpg<0.31",
        "asyncpg",
        """
import asyncio, asyncpg
from asyncpg.protocol import protocol

async def connect():
    try:
        await asyncpg.connect("postgresql://orders@127.0.0.1:1/shop", timeout=5)
    except OSError as error:
        return type(error).__name__

def handler(event, context):
    return [asyncpg.__version__, [asyncio.run(connect()), protocol.Record.__name__]]
""",
        ["ConnectionRefusedError", "Record"],
    ),
    Case(
        "Django",
        "Django<5.2",
        "django",
        """
import django, os
os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
django.setup()
from django.core.management import call_command
from django.test import Client
from orders.models import Order
call_command("migrate", run_syncdb=True, verbosity=0)

def handler(event, context):
    Order.objects.all().delete()
    client = Client()
    client.post("/orders/", {"sku": "a"})
    client.post("/orders/", {"sku": "b"})
    return [django.__version__, client.get("/orders/").json()["orders"]]
""",
        [["a", "orders.Order"], ["b", "orders.Order"]],
        _DJANGO,
    ),
]
