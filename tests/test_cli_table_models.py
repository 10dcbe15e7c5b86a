"""Tables by a pair of added models: the command, and what the store keeps of their doubts."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_detectors import taught_pair
from test_cli import answer

from desktop.store.store import Store
from model_backend.checkpoints.adding import Answers, install, record_of
from model_backend.checkpoints.recognizing import recognize


def test_pair_proposes_tables_whose_doubts_are_stored(tmp_path: Path, samples: Path) -> None:
    taught_pair(tmp_path)
    for name in ("finds", "reads"):
        found = recognize(tmp_path / name)
        install(record_of(found, Answers()), found.files)
    project = tmp_path / "p.proofdesk"
    answer("import", project, samples / "report.pdf")
    quiet = ("--entities", "none", "--masks", "none", "--device", "cpu")
    said = answer("prelabel", project, *quiet, "--tables", "finds,reads")
    assert said["predictors"] == ["none", "finds,reads", "none", "none"]
    assert said["tables"] >= 1
    with Store.open(project, read_only=True) as store:
        (table,) = store.page(store.page_ids()[0]).tables
    assert (len(table.rows), len(table.columns), table.header_rows) == (7, 5, 1)
    assert table.rows[1].score == pytest.approx(0.45, abs=0.02)
    assert table.columns[3].score == pytest.approx(0.5, abs=0.02)
    assert table.score == table.rows[1].score
    wrong = answer("prelabel", project, *quiet, "--tables", "reads,finds", "--again", status=1)
    assert "is no pair" in str(wrong)
