"""A bare Flask view that returns a constant: what the server and Flask cost by themselves."""

from flask import Flask

app = Flask(__name__)


@app.route("/wechat", methods=["GET", "POST"])
def wechat() -> str:
    """The constant."""
    return "success"
