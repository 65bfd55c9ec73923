"""Who sees the list of files: the platform's admins, names and scans only."""

from __future__ import annotations

from core.access import policy
from core.files.models import StoredFile
from core.files.queries import files_visible_to

policy.visible(StoredFile, "files.view_file", files_visible_to)
