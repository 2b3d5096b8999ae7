"""The domain as data: programmes, guide and FAQ (TOML), offices (CSV). Adding a city is a file here, not code."""

from importlib.resources import files


def shipped(name: str) -> str:
    """The text of one data file that ships with the package, for example "kunming.toml"."""
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
