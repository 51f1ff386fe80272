"""The HTTP edge: parse, ask, render. FastAPI is imported nowhere else."""

from pullquote.api.app import create_app

__all__ = ["create_app"]
