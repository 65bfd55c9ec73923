"""What the product is made of, as a list in CycloneDX form (1.6): Python packages, what pages load, images. Asks no network.

The same parts give the same bytes. Python packages are those of the image (`requirements/production.txt`), each with the digests of the files that
may be installed; licences are what the packages that are installed here say of themselves. What pages load is told by `static/vendor/VENDOR.md`.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
import uuid
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements" / "production.txt"
VENDOR = ROOT / "platform" / "static" / "vendor"
PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;\\]+)(?P<rest>.*?)(?=^\S|\Z)", re.M | re.S)
ROW = re.compile(
    r"^\| `(?P<folder>[^`]+)` \| (?P<what>[^|]+) \| (?P<version>[^|]+) \| (?P<licence>[^|]+) \| npm `(?P<package>[^`]+)` \|",
    re.M,
)
SPDX = {"MIT": "MIT", "Zero-Clause BSD": "0BSD", "Apache-2.0": "Apache-2.0", "SIL OFL 1.1": "OFL-1.1"}
IMAGE = re.compile(
    r"^(?:FROM|\s*image:) (?P<name>[\w./-]+):(?P<tag>[\w.-]+)(?:@sha256:(?P<digest>[0-9a-f]{64}))?", re.M
)
IMAGES = [ROOT / "platform" / "docker" / "Dockerfile", ROOT / "docker-compose.yml"]

Component = dict[str, Any]


def whole() -> dict[str, Any]:
    """The whole list."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    parts = sorted([*packages(), *assets(), *images()], key=lambda one: str(one["bom-ref"]))
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    product = {"type": "application", "bom-ref": "xielian", "name": project["name"], "version": project["version"]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, digest)}",
        "version": 1,
        "metadata": {"component": product | {"licenses": [{"license": {"id": project["license"]}}]}},
        "components": parts,
        "dependencies": [{"ref": "xielian", "dependsOn": [one["bom-ref"] for one in parts]}],
    }


def packages(path: Path = REQUIREMENTS) -> list[Component]:
    """The Python packages that the file pins."""
    found = []
    for pin in PIN.finditer(path.read_text(encoding="utf-8")):
        name, version = pin["name"].lower(), pin["version"]
        hashes = sorted(set(re.findall(r"--hash=sha256:([0-9a-f]{64})", pin["rest"])))
        found.append(_part("library", f"pkg:pypi/{name}@{quote(version)}", name, version, hashes) | _licence_of(name))
    return found


def assets() -> list[Component]:
    """What pages load: each folder with its files, their licences as noted."""
    found = []
    for row in ROW.finditer((VENDOR / "VENDOR.md").read_text(encoding="utf-8")):
        folder, version = VENDOR / row["folder"], row["version"].split()[-1]
        address = f"pkg:npm/{quote(row['package'])}@{version}"
        licence = SPDX[row["licence"].split(" (")[0].strip()]
        files = [
            {
                "type": "file",
                "bom-ref": f"{row['folder']}/{path.relative_to(folder)}",
                "name": str(path.relative_to(folder)),
                "hashes": [_hash(hashlib.sha256(path.read_bytes()).hexdigest())],
            }
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        ]
        part = _part("library", address, row["package"], version, []) | {"licenses": [{"license": {"id": licence}}]}
        found.append(part | {"components": files})
    return found


def images() -> list[Component]:
    """The images that ours is built on, or that run beside it."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in IMAGES)
    named = {(one["name"], one["tag"]): one["digest"] for one in IMAGE.finditer(text) if one["name"] != "xielian"}
    return [
        _part("container", f"pkg:docker/{name}@{tag}", name, tag, [digest] if digest else [])
        for (name, tag), digest in named.items()
    ]


def _part(kind: str, purl: str, name: str, version: str, hashes: list[str]) -> Component:
    part: Component = {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl}
    return part | ({"hashes": [_hash(one) for one in hashes]} if hashes else {})


def _hash(digest: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": digest}


def _licence_of(name: str) -> Component:
    """What the installed package says of its licence; nothing when it is not installed here, or says none."""
    try:
        told: Any = metadata.metadata(name)  # a message; its own class tells less
    except metadata.PackageNotFoundError:
        return {}
    if expression := told.get("License-Expression"):
        return {"licenses": [{"expression": expression}]}
    classed = [line.split(" :: ")[-1] for line in told.get_all("Classifier", []) if line.startswith("License ::")]
    plain = (told.get("License") or "").strip()
    names = [plain] if plain and "\n" not in plain and len(plain) < 80 else classed
    return {"licenses": [{"license": {"name": one}} for one in names]} if names else {}
