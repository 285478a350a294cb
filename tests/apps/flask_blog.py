"""A Flask application behind apig-wsgi."""

from __future__ import annotations

import io
from typing import Any

import flask
from apig_wsgi import make_lambda_handler
from werkzeug import Response

app = flask.Flask(__name__)
app.secret_key = "a secret of the tests"
PIXEL = bytes(range(256))


@app.get("/")
def home() -> str:
    return flask.render_template_string("<h1>{{ name }}</h1>", name=flask.session.get("name", "nobody"))


@app.post("/login")
def login() -> Response:
    flask.session["name"] = flask.request.form["name"]
    flask.flash("welcome")
    answer = flask.redirect(flask.url_for("home"))
    answer.set_cookie("theme", "dark")
    answer.set_cookie("language", "de", max_age=60, samesite="Lax")
    return answer


@app.get("/visits")
def visits() -> dict[str, int]:
    flask.session["visits"] = flask.session.get("visits", 0) + 1
    return {"visits": flask.session["visits"]}


@app.post("/logout")
def logout() -> tuple[str, int]:
    flask.session.clear()
    return "", 204


@app.post("/upload")
def upload() -> dict[str, Any]:
    return {
        "note": flask.request.form["note"],
        "files": [[file.filename, file.mimetype, len(file.read())] for file in flask.request.files.getlist("file")],
    }


@app.get("/pixel.png")
def pixel() -> flask.Response:
    return flask.send_file(io.BytesIO(PIXEL), "image/png", download_name="pixel.png", etag="v1")


@app.get("/slashed/")
def slashed() -> str:
    return "slashed"


@app.route("/echo/<path:rest>", methods=["GET", "PUT", "DELETE"])
def echo(rest: str) -> dict[str, Any]:
    request = flask.request
    return {
        "method": request.method,
        "path": rest,
        "args": request.args.to_dict(flat=False),
        "json": request.get_json(silent=True),
        "url": request.url,
        "remote": request.remote_addr,
    }


@app.get("/fail")
def fail() -> str:
    raise RuntimeError("no ink")


@app.errorhandler(404)
def missing(error: Exception) -> tuple[dict[str, str], int]:
    return {"error": "not here"}, 404


handler = make_lambda_handler(app, binary_support=True)
