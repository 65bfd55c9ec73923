"""How bodies are read: strictly, so that nothing gets past here that no table can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class StrictJSONParser(JSONParser):
    """JSON as RFC 8259 has it, without NUL and without half surrogate pairs in any name or text, not endlessly deep."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        try:
            read = super().parse(stream, media_type, parser_context)
            _look(read)
        except RecursionError:
            raise ParseError("The document is nested too deeply.") from None
        return read


def _look(value: Any) -> None:
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= one <= "\udfff" for one in value):
            raise ParseError("Texts hold neither NUL nor half surrogate pairs.")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _look(name)
            _look(inner)
    elif isinstance(value, list):
        for inner in value:
            _look(inner)
