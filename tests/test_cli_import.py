"""What an import says on the command line when there is nothing to import."""

from __future__ import annotations

import json
from pathlib import Path

from test_cli import proofdesk


def test_folder_without_documents_is_named_where_no_project_is_made(tmp_path: Path) -> None:
    (tmp_path / "scans").mkdir()
    project = tmp_path / "a.proofdesk"
    done = proofdesk("import", project, tmp_path / "scans", "--json")
    assert "scans: There is no PDF or picture in this folder." in done.stderr
    assert [item["what"] for item in json.loads(done.stdout)["notes"]] == ["scans"]
    assert not project.exists()
