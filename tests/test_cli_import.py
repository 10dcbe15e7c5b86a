"""What an import says on the command line when there is nothing to import, or not all of it."""

from __future__ import annotations

import json
from pathlib import Path

from test_cli import pdf, proofdesk

from desktop.store.backups import backups_of

__all__ = ["pdf"]


def test_folder_without_documents_is_a_failure_and_named_where_no_project_is_made(
    tmp_path: Path,
) -> None:
    (tmp_path / "scans").mkdir()
    project = tmp_path / "a.proofdesk"
    done = proofdesk("import", project, tmp_path / "scans", "--json")
    assert done.returncode == 1
    assert "scans: There is no PDF or picture in this folder." in done.stderr
    failed = json.loads(done.stdout)["failed"]
    assert [item["what"] for item in failed] == [str(tmp_path / "scans")]
    assert not project.exists()


def test_wrong_path_among_several_is_told_and_the_others_are_imported(
    pdf: Path, tmp_path: Path
) -> None:
    project = tmp_path / "a.proofdesk"
    done = proofdesk("import", project, pdf, tmp_path / "gone.pdf")
    assert done.returncode == 1
    assert "documents: 1" in done.stdout
    assert [line for line in done.stderr.split("\n")[:-1] if "gone.pdf" not in line] == []


def test_first_import_leaves_a_backup(pdf: Path, tmp_path: Path) -> None:
    project = tmp_path / "a.proofdesk"
    assert proofdesk("import", project, pdf).stderr == ""
    assert [item.reason for item in backups_of(project)] == ["first"]
    proofdesk("import", project, pdf)
    assert len(backups_of(project)) == 1


def test_help_of_open_names_its_options() -> None:
    said = proofdesk("open", "--help").stdout
    assert "--screenshot" in said
    assert "--sample" in said
