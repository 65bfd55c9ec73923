"""The description of the API as it is served: made once in a process, the same for everybody."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpResponse
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

from core.api.schema import Generator


@cache
def _made() -> dict[str, Any]:
    made: dict[str, Any] = Generator().get_schema(public=True)
    return made


@cache
def _written(kind: str) -> bytes:
    renderer = OpenApiJsonRenderer() if kind == "json" else OpenApiYamlRenderer()
    written: bytes = renderer.render(_made(), renderer.media_type, {})
    return written


class DescriptionView(SpectacularAPIView):
    """The description in YAML or JSON, by what the caller accepts."""

    def _get_schema_response(self, request: Request) -> HttpResponse:
        renderer: Any = request.accepted_renderer
        kind = "json" if "json" in renderer.media_type else "yaml"
        named = f'inline; filename="xielian-api-1.{kind}"'
        return HttpResponse(_written(kind), content_type=renderer.media_type, headers={"Content-Disposition": named})
