"""Real data sets of every format in small, and what is done to their files."""

from __future__ import annotations

import copy
import json
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from text_pages import mutated, small_files

from model_backend.formats.export import convert

FORMS = ("0000971160", "0001239897", "0011906503", "82253058_3059")
HOSTILE: tuple[Any, ...] = (
    None, True, "", "x" * 5000, "../../canary/keep", "/etc/passwd", "C:\\x", "\ud83d\ude00", "NaN",
    -1, 0, 1e300, -1e300, 2**53 + 1, 0.5, [], {}, [[]], [1, 2, 3], [None] * 4, {"a": {"b": [{}]}},
    [-5, -5, 3, 3], [9, 9, 1, 1], [1e9, 1e9, 2e9, 2e9], "%2e%2e/x", "a\x00b", "con.png",
)  # fmt: skip


@dataclass(frozen=True)
class SmallSet:
    """A data set in a folder of its own, what to read of it, and the files that are mutated."""

    path: Path
    files: tuple[Path, ...]


def _forms(shared: Path, folder: Path) -> Path:
    for part, ending in (("annotations", "json"), ("images", "png")):
        (folder / part).mkdir(parents=True)
        for stem in FORMS[:2]:
            shutil.copy(shared / f"funsd/training_data/{part}/{stem}.{ending}", folder / part)
    return folder


def _funsd(shared: Path, folder: Path) -> SmallSet:
    path = _forms(shared, folder)
    return SmallSet(path, tuple(sorted((path / "annotations").iterdir())))


def _converted(name: str) -> Callable[[Path, Path], SmallSet]:
    def made(shared: Path, folder: Path) -> SmallSet:
        source = _forms(shared, folder.parent / f"forms of {name}")
        convert("funsd", source, name, folder)
        shutil.rmtree(source)
        endings = (".json", ".txt", ".hocr", ".xml")
        return SmallSet(
            folder, tuple(file for file in sorted(folder.rglob("*")) if file.suffix in endings)
        )

    return made


def _coco(shared: Path, folder: Path) -> SmallSet:
    (folder / "images").mkdir(parents=True)
    source = shared / "publaynet/examples"
    data = json.loads((source / "samples.json").read_bytes())
    masks = json.loads((shared / "masks_coco_derived/instances_rle_compressed.json").read_bytes())
    small = [item for item in masks["annotations"] if len(str(item["segmentation"])) < 3000][:8]
    data["images"] = data["images"][:2]
    kept = {image["id"] for image in data["images"]}
    data["annotations"] = [item for item in data["annotations"] if item["image_id"] in kept]
    first = data["images"][0]["id"]
    data["annotations"] += [
        {**item, "id": 10**6 + n, "image_id": first, "category_id": 1}
        for n, item in enumerate(small)
    ]
    for image in data["images"]:
        shutil.copy(source / image["file_name"], folder / "images")
    (folder / "instances.json").write_text(json.dumps(data))
    return SmallSet(folder, (folder / "instances.json",))


def _pubtables(shared: Path, folder: Path) -> SmallSet:
    source = shared / "pubtables_format_icdar2013c"
    root = folder / "ICDAR-2013.c_Image_Structure_PASCAL_VOC"
    words = folder / "ICDAR-2013.c_Image_Table_Words_JSON"
    files = sorted(source.rglob("*.xml"))[:3]
    for file in files:
        target = folder / file.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
        for other in source.rglob(f"{file.stem}*.*"):
            place = folder / other.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            if "PDF_Annotations" not in str(other):
                shutil.copy(other, place)
    return SmallSet(folder, (*sorted(root.rglob("*.xml")), *sorted(words.rglob("*.json"))))


def _icdar2013(shared: Path, folder: Path) -> SmallSet:
    folder.mkdir(parents=True)
    for file in (shared / "icdar2013").rglob("us-004*"):
        shutil.copy(file, folder)
    return SmallSet(folder, tuple(sorted(folder.glob("*.xml"))))


def _texts(mark: bytes, *places: str) -> Callable[[Path, Path], SmallSet]:
    def made(shared: Path, folder: Path) -> SmallSet:
        folder.mkdir(parents=True)
        found = [file for place in places for file in sorted((shared / place).rglob("*.xml"))]
        small = small_files([file for file in found if mark in file.read_bytes()[:2000]], 60_000)
        small.sort(key=lambda file: file.stat().st_size)
        chosen = (small[len(small) // 2], small[-1])
        targets = [folder / f"{number}.xml" for number in range(len(chosen))]
        for file, target in zip(chosen, targets, strict=True):
            shutil.copy(file, target)
        return SmallSet(folder, tuple(targets))

    return made


def _labelme(shared: Path, folder: Path) -> SmallSet:
    folder.mkdir(parents=True)
    files = sorted((shared / "mmocr_toy/labelme").glob("*.json"))[:3]
    files.append(shared / "labelme_samples/examples/primitives/primitives.json")
    for file in files:
        shutil.copy(file, folder)
    return SmallSet(folder, tuple(sorted(folder.glob("*.json"))))


def _labelstudio(shared: Path, folder: Path) -> SmallSet:
    """Real forms in percent, as Label Studio has them."""
    folder.mkdir(parents=True)
    for stem in FORMS[:2]:
        file = shared / f"funsd/training_data/annotations/{stem}.json"
        results: list[dict[str, Any]] = []
        size = {"original_width": 800, "original_height": 1000, "image_rotation": 0}
        for item in json.loads(file.read_bytes())["form"][:25]:
            x0, y0, x1, y1 = item["box"]
            box = {"x": x0 / 8, "y": y0 / 10, "width": (x1 - x0) / 8, "height": (y1 - y0) / 10}
            same = {"id": str(item["id"]), "from_name": "l", "to_name": "i", **size}
            labels = {**box, "rectanglelabels": [item["label"]]}
            results.append({**same, "type": "rectanglelabels", "value": labels})
            text = {**box, "text": [item["text"]]}
            results.append({**same, "type": "textarea", "value": text})
            for start, end in item["linking"]:
                ends = {"from_id": str(start), "to_id": str(end), "direction": "right"}
                results.append({"type": "relation", **ends})
        task = {
            "id": 1,
            "data": {"image": f"/data/{stem}.png"},
            "annotations": [{"result": results}],
        }
        (folder / f"{stem}.json").write_text(json.dumps([task]))
    return SmallSet(folder, tuple(sorted(folder.glob("*.json"))))


def _pubtabnet(shared: Path, folder: Path) -> SmallSet:
    folder.mkdir(parents=True)
    lines = (shared / "pubtabnet/examples/PubTabNet_Examples.jsonl").read_bytes().splitlines()
    small = sorted(lines, key=len)[:3]
    (folder / "set.jsonl").write_bytes(b"\n".join(small) + b"\n")
    return SmallSet(folder, (folder / "set.jsonl",))


SETS: dict[str, Callable[[Path, Path], SmallSet]] = {
    "funsd": _funsd,
    "xfund": _converted("xfund"),
    "ppkie": _converted("ppkie"),
    "coco": _coco,
    "pubtables": _pubtables,
    "icdar2013": _icdar2013,
    "pages": _converted("pages"),
    "page_xml": _texts(b"PcGts", "ocrd_assets", "textbite"),
    "alto": _texts(b"<alto", "ocrd_assets", "textbite"),
    "hocr": _converted("hocr"),
    "labelme": _labelme,
    "labelstudio": _labelstudio,
    "pubtabnet": _pubtabnet,
}


def changed(data: bytes, file: Path, seed: int) -> bytes:
    """The file with bytes changed (even seeds), or parts of what it says (odd ones)."""
    if seed % 2 == 0:
        return mutated(data, seed)
    chance = random.Random(seed)  # noqa: S311 - a fixed seed is the point
    try:
        if file.suffix in (".xml", ".hocr"):
            return _changed_xml(data, chance)
        return _changed_lines(data, chance)
    except (ValueError, ElementTree.ParseError):
        return mutated(data, seed)


def _changed_lines(data: bytes, chance: random.Random) -> bytes:
    """One JSON value, or one of those that stand on lines of their own, behind a tab perhaps."""
    lines = data.split(b"\n") if b"\n{" in data or b"\t[" in data else [data]
    place = chance.choice([number for number, line in enumerate(lines) if line.strip()])
    head, tab, text = lines[place].rpartition(b"\t")
    value = json.loads(text)
    for _ in range(chance.randint(1, 3)):
        value = _changed_value(value, chance)
    lines[place] = (
        head
        + tab
        + json.dumps(value, ensure_ascii=chance.random() < 0.5).encode(errors="surrogatepass")
    )
    return b"\n".join(lines)


def _nodes(value: object) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value: the list or object, and the index or key."""
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, inner in items:
        yield value, key
        yield from _nodes(inner)


def _changed_value(value: Any, chance: random.Random) -> Any:  # noqa: ANN401 - any JSON value
    value = copy.deepcopy(value)
    nodes = list(_nodes(value))
    if not nodes:
        return chance.choice(HOSTILE)
    parent, key = chance.choice(nodes)
    kind = chance.randrange(5)
    if kind == 0:
        del parent[key]
    elif kind == 1 and isinstance(parent, list):
        parent.insert(key, copy.deepcopy(parent[key]))
    elif kind == 2:
        other, place = chance.choice(nodes)
        parent[key] = copy.deepcopy(other[place])
    elif kind == 3 and isinstance(parent[key], int | float):
        parent[key] = -parent[key] * chance.choice([1, 1e6, 1e-6, 2**40])
    else:
        parent[key] = chance.choice(HOSTILE)
    return value


def _changed_xml(data: bytes, chance: random.Random) -> bytes:
    root = ElementTree.fromstring(data)  # noqa: S314 - a file of ours
    for _ in range(chance.randint(1, 3)):
        parents = [element for element in root.iter() if len(element)] or [root]
        parent = chance.choice(parents)
        element = chance.choice(list(parent) or [root])
        kind = chance.randrange(6)
        if kind == 0 and element is not root:
            parent.remove(element)
        elif kind == 1 and element is not root:
            parent.insert(0, copy.deepcopy(element))
        elif kind == 2 and element.attrib:
            element.set(chance.choice(list(element.attrib)), _hostile_text(chance))
        elif kind == 3:
            element.text = _hostile_text(chance)
        elif kind == 4:
            element.tag = chance.choice(["x", "table", "Word", "String", "object", "region"])
        else:
            element.extend(copy.deepcopy(list(chance.choice(parents)))[:20])
    return ElementTree.tostring(root)


def _hostile_text(chance: random.Random) -> str:
    text = str(chance.choice([value for value in HOSTILE if "\x00" not in str(value)]))
    return "".join(character for character in text if not "\ud800" <= character <= "\udfff")
