"""A blog in Flask, which apig-wsgi serves as a Lambda function."""

from __future__ import annotations

from apig_wsgi import make_lambda_handler
from flask import Flask, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

app = Flask(__name__)
app.secret_key = "of this example only"
posts: list[str] = []


@app.get("/")
def index() -> str:
    """The posts, newest first."""
    return render_template("index.html", author=session.get("author"), posts=reversed(posts))


@app.post("/login")
def login() -> Response:
    """Keep the author's name in the cookie of the session."""
    session["author"] = request.form["author"]
    return redirect(url_for("index"))


@app.post("/posts")
def publish() -> Response | tuple[str, int]:
    """Keep a post for as long as the function lives."""
    if "author" not in session:
        return "log in first", 403
    posts.append(f"{session['author']}: {request.form['text']}")
    return redirect(url_for("index"))


handler = make_lambda_handler(app)
