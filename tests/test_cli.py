"""The command line as a person and a script meet it: in processes of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from desktop.store.store import Store

COMMANDS = (
    "open",
    "demo",
    "import",
    "import-dataset",
    "prelabel",
    "models",
    "export",
    "convert",
    "freeze",
    "versions",
    "train",
    "evaluate",
    "check",
    "synthesize",
    "stats",
    "doctor",
)


def proofdesk(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "desktop", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
    )


def answer(*arguments: str | Path, status: int = 0) -> dict[str, Any]:
    """The one JSON object that the command prints."""
    done = proofdesk(*arguments, "--json")
    assert done.returncode == status, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    assert result["ok"] is (status == 0)
    return result


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "invoice.pdf"
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 100), "Name: Ann Miller")
        document.save(path)
    return path


def test_help_names_every_command() -> None:
    done = proofdesk("--help")
    assert done.returncode == 0
    for command in COMMANDS:
        assert f"\n  {command} " in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("unknown",),
        ("export", "a.proofdesk", "--format", "excel", "--out", "x"),
        ("import", "folder-without-ending", "a.pdf"),
        ("open", "--unknown"),
        ("import", "a.proofdesk", "a.pdf", "--jobs", "0"),
    ],
)
def test_wrong_usage_ends_with_status_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = proofdesk(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("stats", "absent.proofdesk"),
        ("prelabel", "absent.proofdesk"),
        ("export", "absent.proofdesk", "--format", "funsd", "--out", "out"),
        ("import-dataset", "new.proofdesk", "--format", "coco", "absent.json"),
        ("convert", "--from", "coco", "absent.json", "--to", "funsd", "out"),
        ("import", "new.proofdesk", "a.pdf", "--languages", "klingon"),
    ],
)
def test_failures_are_one_clear_line_and_status_1(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    done = proofdesk(*arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_main_job_from_a_pdf_to_a_data_set(pdf: Path, tmp_path: Path) -> None:
    project = tmp_path / "job.proofdesk"
    imported = answer("import", project, pdf)
    assert (imported["documents"], imported["pages"], imported["words"]) == (1, 1, 3)
    proposed = answer("prelabel", project, "--tables", "none", "--masks", "none")
    assert proposed["entities"] >= 1
    assert proposed["predictors"] == ["forms", "none", "none", "none"]
    refused = answer("export", project, "--format", "funsd", "--out", tmp_path / "out", status=1)
    assert "nothing to export" in refused["failed"][0]["why"]
    assert not (tmp_path / "out").exists()
    exported = answer(
        "export", project, "--format", "funsd", "--out", tmp_path / "out", "--include-proposed"
    )
    assert exported["counts"]["words"] == 3
    assert [file.name for file in (tmp_path / "out").rglob("*.json")] == ["invoice.json"]
    counted = answer("stats", project)
    assert counted["pages"] == 1
    assert counted["proposals"]
    again = answer("export", project, "--format", "pages", "--out", tmp_path / "out", status=1)
    assert "not empty" in again["failed"][0]["why"]


def test_one_broken_file_fails_and_the_rest_is_imported(pdf: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\n")
    (tmp_path / "empty.png").touch()
    result = answer("import", tmp_path / "a.proofdesk", tmp_path, status=1)
    assert result["documents"] == 1
    assert sorted(item["what"] for item in result["failed"]) == ["broken.pdf", "empty.png"]
    done = proofdesk("import", tmp_path / "a.proofdesk", tmp_path)
    assert done.returncode == 1
    assert "already there: 1" in done.stdout
    assert len(done.stderr.strip().splitlines()) == 2


def test_protected_file_is_one_line_where_nobody_can_be_asked(tmp_path: Path) -> None:
    path = tmp_path / "secret.pdf"
    with pymupdf.open() as document:
        document.new_page()
        document.save(path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="x")
    result = answer("import", tmp_path / "a.proofdesk", path, status=1)
    assert [item["what"] for item in result["failed"]] == ["secret.pdf"]
    assert "password" in result["failed"][0]["why"]


def protected(folder: Path) -> Path:
    path = folder / "secret.pdf"
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 100), "Name: Bo")
        document.save(path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="x")
    return path


def test_protected_pages_stay_behind_until_their_password_is_given(
    pdf: Path, tmp_path: Path
) -> None:
    secret, project, word = protected(tmp_path), tmp_path / "a.proofdesk", tmp_path / "word.txt"
    word.write_text("x\n")
    imported = answer("import", project, pdf, secret, "--password-file", word)
    assert (imported["documents"], imported["words"]) == (2, 5)
    export = ("export", project, "--format", "coco", "--include-proposed", "--out")
    part = answer(*export, tmp_path / "part", status=1)
    assert part["pages"] == 1
    assert part["stayed"]["pages"] == 1
    assert [item["what"] for item in part["failed"]] == ["secret.pdf"]
    assert "--password-file" in part["failed"][0]["why"]
    assert answer(*export, tmp_path / "whole", "--password-file", word)["pages"] == 2
    done = proofdesk(*export, tmp_path / "words")
    assert "exported: " in done.stdout
    assert "stayed in the project: pages: 1" in done.stdout


def test_password_comes_from_the_environment_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, project = protected(tmp_path), tmp_path / "a.proofdesk"
    monkeypatch.setenv("PROOFDESK_PASSWORD", "x")
    answer("import", project, secret)
    assert answer("prelabel", project, "--tables", "none", "--masks", "none")["entities"]
    monkeypatch.delenv("PROOFDESK_PASSWORD")
    out = tmp_path / "out"
    export = ("export", project, "--format", "coco", "--include-proposed", "--out", out)
    refused = answer(*export, status=1)
    assert "secret.pdf is protected" in refused["failed"][0]["why"]
    assert "PROOFDESK_PASSWORD" in refused["failed"][0]["why"]
    assert not out.exists()


def test_damaged_copy_is_told_by_its_own_name_in_an_export(tmp_path: Path) -> None:
    from PIL import Image

    project = tmp_path / "a.proofdesk"
    Image.effect_noise((300, 300), 50).save(tmp_path / "noise.jpg")
    answer("import", project, tmp_path / "noise.jpg", "--ocr", "never")
    (copy,) = (project / "documents").iterdir()
    copy.write_bytes(copy.read_bytes()[:300])
    export = ("export", project, "--format", "xfund", "--include-proposed", "--out")
    done = proofdesk(*export, tmp_path / "out")
    assert "Traceback" not in done.stderr
    assert not re.search("[0-9a-f]{64}", done.stdout + done.stderr)


@pytest.mark.parametrize("out", ["/proc/x", "/etc/hostname/x", "/etc/hostname/x/y"])
def test_place_that_takes_no_folder_is_one_clear_line(pdf: Path, tmp_path: Path, out: str) -> None:
    project = tmp_path / "a.proofdesk"
    answer("import", project, pdf)
    done = proofdesk("export", project, "--format", "pages", "--include-proposed", "--out", out)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_file_that_somebody_else_let_wait_is_named_and_not_read(pdf: Path, tmp_path: Path) -> None:
    project = tmp_path / "a.proofdesk"
    with Store.create(project) as store:
        store.add_pending([(pdf, {"ocr": "never", "languages": ""})])
    refused = answer("import", project, status=1)
    assert [item["what"] for item in refused["failed"]] == [str(pdf)]
    assert refused["documents"] == 0
    assert answer("import", project, pdf)["documents"] == 1
    assert answer("import", project)["documents"] == 0


def test_project_into_which_nothing_came_is_not_left_behind(tmp_path: Path) -> None:
    project, broken = tmp_path / "a.proofdesk", tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\n")
    (tmp_path / "empty").mkdir()
    absent = answer("import", project, "/nonexistent/b.pdf", status=1)
    assert absent["failed"][0]["what"] == "/nonexistent/b.pdf"
    assert not project.exists()
    answer("import", project, broken, status=1)
    assert not project.exists()
    answer("import-dataset", project, tmp_path / "empty", "--format", "funsd", status=1)
    assert not project.exists()


def test_damaged_picture_is_told_by_its_own_name(tmp_path: Path) -> None:
    from PIL import Image

    path = tmp_path / "cut.png"
    Image.effect_noise((300, 300), 50).save(path)
    path.write_bytes(path.read_bytes()[:20000])
    done = proofdesk("import", tmp_path / "a.proofdesk", path)
    assert "cut.png" in done.stderr
    assert not re.search("[0-9a-f]{64}", done.stdout + done.stderr)


def test_version_is_told() -> None:
    assert proofdesk("--version").stdout.startswith("proofdesk ")


def test_folder_that_cannot_be_written_is_one_clear_line(pdf: Path, tmp_path: Path) -> None:
    """/sys refuses new folders to everybody, root too."""
    refused = answer("import", Path("/sys/kernel/a.proofdesk"), pdf, status=1)
    assert "permission is missing" in refused["failed"][0]["why"]
    (tmp_path / "file").touch()
    refused = answer("import", tmp_path / "file" / "a.proofdesk", pdf, status=1)
    assert "cannot be opened" in refused["failed"][0]["why"]


def test_project_held_by_another_may_be_read_but_not_written(pdf: Path, tmp_path: Path) -> None:
    from desktop.store.store import Store

    project = tmp_path / "held.proofdesk"
    answer("import", project, pdf)
    with Store.open(project):
        assert answer("stats", project)["pages"] == 1
        refused = answer("prelabel", project, status=1)
    assert str(os.getpid()) in refused["failed"][0]["why"]
    assert refused["failed"][0]["what"] == str(project)


def test_all_of_funsd_comes_back_value_for_value_without_its_source(
    shared_data: Path, tmp_path: Path
) -> None:
    source = shared_data / "funsd" / "training_data"
    shutil.copytree(source, tmp_path / "set")
    project = tmp_path / "funsd.proofdesk"
    assert answer("import-dataset", project, "--format", "funsd", tmp_path / "set")["pages"] == 149
    shutil.rmtree(tmp_path / "set")
    exported = answer("export", project, "--format", "funsd", "--out", tmp_path / "out")
    assert exported["pages"] == 149
    for part in ("annotations", "images"):
        names = sorted(file.name for file in (source / part).iterdir())
        assert sorted(file.name for file in (tmp_path / "out" / part).iterdir()) == names
    for file in (source / "annotations").iterdir():
        ours = json.loads((tmp_path / "out" / "annotations" / file.name).read_text())
        assert ours == json.loads(file.read_text()), file.name
    for file in (source / "images").iterdir():
        assert (tmp_path / "out" / "images" / file.name).read_bytes() == file.read_bytes()


def test_formats_convert_without_a_project(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "funsd" / "training_data"
    for part in ("annotations", "images"):
        (tmp_path / "set" / part).mkdir(parents=True)
        for file in sorted((source / part).iterdir())[:2]:
            shutil.copy(file, tmp_path / "set" / part)
    done = answer("convert", "--from", "funsd", tmp_path / "set", "--to", "coco", tmp_path / "out")
    assert done["pages"] == 2
    measured = answer(
        "evaluate",
        "--format",
        "funsd",
        "--truth",
        tmp_path / "set",
        "--predicted",
        tmp_path / "set",
    )
    assert measured["entities"]["f1"] == 1.0


def test_category_ids_are_set_on_the_command_line(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "publaynet" / "examples" / "samples.json"
    convert = ("convert", "--from", "coco", source, "--to", "coco")
    assert answer(*convert, tmp_path / "out", "--category-id", "text=40")["pages"] == 20
    found = json.loads((tmp_path / "out/annotations/instances.json").read_bytes())
    names = {item["id"]: item["name"] for item in found["categories"]}
    assert (names[40], sorted(names)) == ("text", [2, 3, 4, 5, 40])
    for wrong in (["table"], ["table=x"], ["table=1", "--category-id", "text=1"]):
        assert proofdesk(*convert, tmp_path / "no", "--category-id", *wrong).returncode == 2
    other = (*convert[:-1], "pages", tmp_path / "no", "--category-id", "text=1")
    assert "belongs to" in proofdesk(*other).stderr


def test_broken_members_of_a_data_set_are_failures(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "funsd" / "training_data"
    for part in ("annotations", "images"):
        (tmp_path / "set" / part).mkdir(parents=True)
        for file in sorted((source / part).iterdir())[:2]:
            shutil.copy(file, tmp_path / "set" / part)
    first, second = sorted((tmp_path / "set" / "annotations").iterdir())
    first.write_text("{")
    convert = ("convert", "--from", "funsd", tmp_path / "set", "--to", "coco")
    done = proofdesk(*convert, tmp_path / "out", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["ok"], told["pages"]) == (1, False, 1)
    assert [first.name in item["why"] for item in told["failed"]] == [True]
    sets = ("--truth", tmp_path / "set", "--predicted", tmp_path / "set")
    measured = proofdesk("evaluate", "--format", "funsd", *sets)
    assert measured.returncode == 1
    assert first.name in measured.stderr
    assert "only in truth: none" in measured.stdout
    again = proofdesk(*convert, tmp_path / "out")
    assert again.stderr.startswith("The folder out is not empty")  # told before pages are counted
    second.write_text("{")
    nothing = proofdesk(*convert, tmp_path / "none")
    assert nothing.returncode == 1
    assert f"{first.name} is not valid JSON" in nothing.stderr


def test_evaluation_is_a_table_by_document_and_a_report(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "funsd" / "training_data"
    for side in ("truth", "said"):
        for part in ("annotations", "images"):
            (tmp_path / side / part).mkdir(parents=True)
            for file in sorted((source / part).iterdir())[:3]:
                shutil.copy(file, tmp_path / side / part)
    changed = min((tmp_path / "said" / "annotations").iterdir())
    changed.write_text(changed.read_text().replace('"label": "question"', '"label": "header"', 2))
    sets = ("--truth", tmp_path / "truth", "--predicted", tmp_path / "said")
    arguments = ("evaluate", "--format", "funsd", *sets, "--report")
    assert proofdesk(*arguments, tmp_path / "notes.txt").returncode == 2
    assert "not there" in proofdesk(*arguments, tmp_path / "none" / "a.html").stderr
    done = proofdesk(*arguments, tmp_path / "report.html")
    assert done.returncode == 0, done.stderr
    assert 'without the label "other"' in done.stdout
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[0][:3] == ["document", "pages", "entities.f1"]
    figures = {line[0]: line[2] for line in lines[1:5]}
    assert figures.pop(changed.stem) < "1.0000"
    assert figures.pop("total") < "1.0000"
    assert set(figures.values()) == {"1.0000"}
    assert lines[5][:2] == ["95%", "interval"]
    assert "data:image/jpeg;base64," in (tmp_path / "report.html").read_text()


def test_doctor_looks_at_what_the_program_needs() -> None:
    result = answer("doctor")
    names = {check["name"] for check in result["checks"]}
    assert names >= {"Python", "Qt", "PDF", "Tesseract", "Models", "SQLite", "Disk"}
    text = proofdesk("doctor").stdout
    assert text.startswith("ok ")


def test_running_a_command_loads_no_qt(pdf: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from desktop.cli import main\n"
        f"status = main(['import', {str(tmp_path / 'a.proofdesk')!r}, {str(pdf)!r}])\n"
        "print(status, [name for name in sys.modules if name.startswith('PySide6')])"
    )
    script = tmp_path / "script.py"
    script.write_text(
        f"if __name__ == '__main__':\n    {code.replace(chr(10), chr(10) + '    ')}\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=110, check=True
    )
    assert done.stdout.splitlines()[-1] == "0 []"


def test_what_a_format_cannot_hold_is_said_before_it_is_written(
    shared_data: Path, tmp_path: Path
) -> None:
    path = shared_data / "funsd/training_data"
    source = tmp_path / "in"
    for part, ending in (("annotations", "json"), ("images", "png")):
        (source / part).mkdir(parents=True)
        shutil.copy(path / part / f"0000971160.{ending}", source / part)
    arguments = ("convert", source, tmp_path / "out", "--from", "funsd", "--to", "coco")
    done = proofdesk(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    assert re.search(r"coco cannot hold, and leaves out: links: \d+, words: \d+", done.stderr)
    result = json.loads(done.stdout)
    assert result["cannot_hold"] == result["lost"]
    assert result["cannot_hold"]["entities_as_boxes"] > 10


def test_a_copy_of_a_project_becomes_a_project_again(pdf: Path, tmp_path: Path) -> None:
    first, second, copy = tmp_path / "a.proofdesk", tmp_path / "b.proofdesk", tmp_path / "copy"
    answer("import", first, pdf, protected(tmp_path), "--password-file", word_file(tmp_path))
    answer("prelabel", first, "--tables", "none", "--masks", "none")
    exported = answer("export", first, "--format", "pages", "--out", copy)
    assert (exported["pages"], exported["stayed"], exported["failed"]) == (2, {}, [])
    imported = answer("import-dataset", second, "--format", "pages", copy)
    assert (imported["documents"], imported["pages"], imported["notes"]) == (2, 2, [])
    before, after = answer("stats", first), answer("stats", second)
    assert before.pop("project") != after.pop("project")
    assert before == after


def word_file(folder: Path) -> Path:
    (folder / "word.txt").write_text("x\n")
    return folder / "word.txt"


def test_documents_are_given_out_to_parts(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "funsd" / "training_data"
    for part in ("annotations", "images"):
        (tmp_path / "set" / part).mkdir(parents=True)
        for file in sorted((source / part).iterdir())[:12]:
            (tmp_path / "set" / part / file.name).write_bytes(file.read_bytes())
    convert = ("convert", "--from", "funsd", tmp_path / "set", "--to", "funsd")
    split = ("--split", "train=0.5,test=0.5", "--seed", "3")
    answer(*convert, tmp_path / "one", *split)
    answer(*convert, tmp_path / "two", *split)
    forms = [file.relative_to(tmp_path / "one") for file in (tmp_path / "one").rglob("*.json")]
    assert {file.parts[0] for file in forms} == {"training_data", "testing_data"}
    assert all((tmp_path / "two" / file).is_file() for file in forms)
    wrong = proofdesk(*convert, tmp_path / "three", "--split", "half")
    assert (wrong.returncode, "train=0.8,val=0.1,test=0.1" in wrong.stderr) == (2, True)
    wrong = proofdesk(*convert, tmp_path / "three", "--seed", "3")
    assert (wrong.returncode, "--split" in wrong.stderr) == (2, True)
