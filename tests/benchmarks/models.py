"""Pages a second and peak memory of every network, in torch and onnxruntime.

    python tests/benchmarks/models.py [--only bert,unet] [--json] [--most 20] [--pages 1000]

Networks have their published sizes and random weights. A page is 512 tokens, a picture of 800 x
1000 pixels, nine tiles of U-Net, or 224 x 224 pixels. One repetition after one to warm up; batches
that would take longer than `--most` seconds are left out, a page that takes longer is timed once.

Engines that run the network alone: torch (ours), transformers (its own class, where it has one),
onnx (fp32), int8. From words or a picture to entities or boxes: ours, and transformers' own
pipeline where it has one for the task (token-classification, which gives LayoutLM no boxes, and
object-detection). Each engine has a process of its own, and "MB" is the most memory that it had
until then.

With a CUDA card the networks in fp16, with the share of its measured matrix rate, and `--pages`
pages end to end: rendered, tables and entities found, from the file to proposals. `--device cpu`
does the latter without a card.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ENGINES = ("torch", "transformers", "onnx", "int8", "ours", "pipeline")
PIPELINES = {
    "bert": "token-classification",
    "layoutlm": "token-classification",
    "table-transformer": "object-detection",
}
"""The tasks of transformers' pipelines that take these networks."""
THREADS, BATCHES = (1, 2), (1, 8)
TOKENS, PICTURE, TILES = 512, (800, 1000), 9
CUDA_BATCHES = (1, 8, 32)
PUBLISHED = ("bert", "layoutlm", "table-transformer")
NETWORKS = (
    "layoutlm", "layoutlmv2", "bert", "tagger", "table-transformer", "faster-rcnn", "unet", "vgg16",
)  # fmt: skip
Inputs = dict[str, Any]


def entity(kind: str) -> Any:  # noqa: ANN401 - what a loader gives
    from model_backend.models import bert, layoutlm, layoutlmv2, resnext_fpn, tagger
    from model_backend.models.entity_network import EntityNetwork

    module = {
        "bert": lambda: bert.Bert(bert.BertConfig(), 7),
        "layoutlm": lambda: layoutlm.LayoutLM(layoutlm.LayoutLMConfig(), 7),
        "layoutlmv2": lambda: layoutlmv2.LayoutLMv2(
            layoutlmv2.LayoutLMv2Config(), resnext_fpn.ResNeXtConfig(), 7
        ),
        "tagger": lambda: tagger.Tagger(tagger.TaggerConfig(), 7),
    }[kind]()
    return EntityNetwork(module.eval(), None, TOKENS)  # type: ignore[arg-type]


def published(kind: str) -> Any:  # noqa: ANN401 - a network of transformers
    import transformers as t

    if kind == "table-transformer":
        resnet = t.ResNetConfig(
            embedding_size=64, hidden_sizes=[64, 128, 256, 512], depths=[2, 2, 2, 2],
            layer_type="basic", out_features=["stage4"],
        )  # fmt: skip
        config = t.TableTransformerConfig(
            backbone_config=resnet, num_queries=125, d_model=256, encoder_layers=6,
            decoder_layers=6, num_labels=6,
        )  # fmt: skip
        return t.TableTransformerForObjectDetection(config).eval()
    if kind == "bert":
        return t.BertForTokenClassification(t.BertConfig(num_labels=7)).eval()
    return t.LayoutLMForTokenClassification(t.LayoutLMConfig(num_labels=7)).eval()


def loaded(kind: str) -> Any:  # noqa: ANN401 - what a loader gives
    """The network as its loader gives it, of the published size."""
    from model_backend.models import faster_rcnn, resnet_fpn, table_transformer, unet, vgg16
    from model_backend.models.detector import PictureSize

    if kind == "unet":
        return unet.UNet(unet.UNetConfig(), 4).eval()
    if kind == "vgg16":
        return vgg16.VGG16(vgg16.VGG16Config(), 16).eval()
    if kind == "table-transformer":
        module = table_transformer.TableTransformer(published(kind).config).eval()
        return table_transformer.TableTransformerDetector(module, PictureSize(800, 1000))
    if kind == "faster-rcnn":
        sizes = resnet_fpn.ResNetSizes(stem=64, widths=(64, 128, 256, 512), depths=(2,) * 4)
        config = faster_rcnn.FasterRcnnConfig(sizes, pyramid=256, hidden=1024, classes=7)
        return faster_rcnn.FasterRcnnDetector(
            faster_rcnn.FasterRcnn(config).eval(), PictureSize(800, 1000)
        )
    return entity(kind)


def program_of(kind: str, *, is_run: bool = True) -> Any:  # noqa: ANN401 - a Program
    """The first program of a network; without weights where others run instead of it."""
    import torch

    from model_backend.installed import InstalledModel
    from model_backend.onnx_export import programs_of

    with torch.device("cpu" if is_run or kind == "faster-rcnn" else "meta"):
        network = loaded(kind)
    return programs_of(InstalledModel(kind, kind, "", (), (), ""), network)[0]


def page(program: Any, kind: str, count: int) -> Inputs:  # noqa: ANN401
    """The input of so many pages (of U-Net: tiles)."""
    import torch

    shapes = {
        "input_ids": (TOKENS,), "attention_mask": (TOKENS,), "boxes": (TOKENS, 4),
        "pixels": (3, *(program.example["pixels"].shape[2:] if kind == "faster-rcnn" else PICTURE)),
        "mask": PICTURE, "tiles": (3, 572, 572), "picture": (3, 224, 224),
    } if kind in NETWORKS else {}  # fmt: skip
    made = {}
    for name, value in program.example.items():
        shape = (count, *shapes[name])
        if name in ("attention_mask", "mask"):
            made[name] = torch.ones(shape, dtype=value.dtype)
        elif name == "boxes":
            corners = torch.randint(0, 900, (count, TOKENS, 2))
            made[name] = torch.cat([corners, corners + 50], -1)
        elif value.is_floating_point():
            made[name] = torch.rand(shape)
        else:
            made[name] = torch.randint(0, 255, shape, dtype=value.dtype)
    return made


def runner(program: Any, kind: str, engine: str, folder: Path) -> Callable[[int], Any]:  # noqa: ANN401
    """Makes, for a number of threads, what runs the program."""
    import torch

    from model_backend import runtime

    theirs = published(kind) if engine == "transformers" else None
    names = {"boxes": "bbox", "pixels": "pixel_values", "mask": "pixel_mask"}

    def made(threads: int) -> Callable[[Inputs], Any]:
        torch.set_num_threads(threads)
        if engine == "torch":
            return lambda given: program.module(*given.values())
        if theirs is not None:
            return lambda given: theirs(**{names.get(k, k): v for k, v in given.items()})
        ending = "-int8" if engine == "int8" else ""
        session = runtime.session(folder / f"{kind}{ending}.onnx", threads=threads)
        return lambda given: session.run(None, {k: v.numpy() for k, v in given.items()})

    return made


def write_vocabulary(folder: Path, size: int) -> None:
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words = [*special, *(f"w{number}" for number in range(size - len(special)))]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")


def whole(kind: str, engine: str, folder: Path) -> tuple[Callable[[Inputs], Any], Any]:
    """What takes a number of pages as people have them, and one such page."""
    import torch

    torch.manual_seed(1)
    if kind == "table-transformer":
        return whole_detector(engine)
    write_vocabulary(folder, 30522)
    words = [f"w{number}" for number in range(100, 100 + TOKENS - 2)]
    theirs = published(kind)
    if engine == "pipeline":
        import transformers as t

        tokenizer = t.BertTokenizerFast(vocab_file=str(folder / "vocab.txt"))
        run = t.pipeline(PIPELINES[kind], model=theirs, tokenizer=tokenizer)
        return lambda given: run(given["pages"], batch_size=len(given["pages"])), " ".join(words)
    return whole_entities(kind, theirs, words, folder)


def whole_detector(engine: str) -> tuple[Callable[[Inputs], Any], Any]:
    import numpy as np
    from PIL import Image

    picture = np.random.default_rng(1).integers(0, 256, (*PICTURE, 3), np.uint8)
    if engine == "ours":
        detector = loaded("table-transformer")
        return lambda given: detector(given["pages"]), picture
    import transformers as t
    from transformers.models.detr.image_processing_pil_detr import DetrImageProcessorPil

    size = {"shortest_edge": 800, "longest_edge": 1000}
    run = t.pipeline(
        "object-detection",
        model=published("table-transformer"),
        image_processor=DetrImageProcessorPil(size=size),
    )
    page = Image.fromarray(picture)
    return lambda given: run(given["pages"], batch_size=len(given["pages"]), threshold=0.05), page


def whole_entities(
    kind: str,
    theirs: Any,  # noqa: ANN401 - the network of transformers whose weights are taken
    words: list[str],
    folder: Path,
) -> tuple[Callable[[Inputs], Any], Any]:
    import torch

    from model_backend.checkpoints.checkpoint import Checkpoint
    from model_backend.document import Box, Page, PageGeometry, Word
    from model_backend.installed import InstalledModel
    from model_backend.models.entity_network import EntityNetwork
    from model_backend.models.word_pieces import word_pieces
    from model_backend.predictors.entities_model import EntitiesModel
    from model_backend.predictors.predictor import PredictorInput

    with torch.device("meta"):
        module = entity(kind).module
    module.network = theirs
    pieces = word_pieces(Checkpoint(folder, ("vocab.txt",)), 30522)
    labels = tuple(theirs.config.id2label[number] for number in range(7))
    model = InstalledModel(kind, kind, "entities", labels, (), "")
    predictor = EntitiesModel(model, EntityNetwork(module, pieces, TOKENS))
    boxes = [Box(20 + n % 10 * 56, 20 + n // 10 * 14, 70 + n % 10 * 56, 30 + n // 10 * 14)
             for n in range(len(words))]  # fmt: skip
    own = tuple(Word(n + 1, text, box) for n, (text, box) in enumerate(zip(words, boxes)))  # noqa: B905
    geometry = PageGeometry("benchmark", 595, 842)
    sheet = Page(1, 1, 0, width=595, height=842, unit="pt", geometry=geometry, words=own)
    page = PredictorInput(folder / "none", sheet)
    return lambda given: predictor(given["pages"]), page


def write_programs(kind: str, folder: Path) -> None:
    from model_backend import onnx_export, onnx_int8

    program = program_of(kind)
    found = onnx_export.exported_program(program, folder / f"{kind}.onnx")
    print(json.dumps({"difference": found.difference}), flush=True)
    onnx_int8.quantise(folder / f"{kind}.onnx", folder / f"{kind}-int8.onnx")


def child(kind: str, engine: str, folder: Path, most: float) -> Iterator[dict[str, Any]]:
    """Every measurement of one engine."""
    from model_backend import runtime

    runtime.settle_threads()  # as in the model process
    import torch

    per_page = TILES if kind == "unet" else 1
    batches = BATCHES[:1] if kind == "faster-rcnn" else BATCHES  # its program has one shape
    is_whole = engine in ("ours", "pipeline")
    program = None if is_whole else program_of(kind, is_run=engine == "torch")
    if is_whole:
        does, one_page = whole(kind, engine, folder)

        def made(threads: int) -> Callable[[Inputs], Any]:
            torch.set_num_threads(threads)
            return does
    else:
        made = runner(program, kind, engine, folder)
    run = None
    for threads in THREADS:
        del run  # a session keeps its memory
        run = made(threads)
        alone = 0.0
        for batch in batches:
            if alone * batch > most or (batch > 1 and threads < max(THREADS)):
                continue
            given = {"pages": [one_page] * batch} if is_whole else page(program, kind, batch)
            with torch.inference_mode():
                seconds, work = timed(run, given)
                if batch == 1 and seconds <= most:  # the first was to warm up
                    seconds, work = timed(run, given)
            alone = alone or seconds
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            yield {
                "network": kind, "engine": engine, "threads": threads, "batch": batch,
                "pages_a_second": batch / seconds / per_page, "peak_mb": memory,
                "cpu_seconds_a_page": work / batch * per_page,
            }  # fmt: skip


def timed(run: Callable[[Inputs], Any], given: Inputs) -> tuple[float, float]:
    """Seconds, and seconds of all processors, which others on a busy machine do not change."""
    start, work = time.perf_counter(), time.process_time()
    run(given)
    return time.perf_counter() - start, time.process_time() - work


def matrix_rate() -> float:
    """Multiplications and additions a second of the card with large fp16 matrices."""
    import torch

    left = torch.randn(8192, 8192, device="cuda", dtype=torch.float16)
    for _warm in range(3):
        left @ left
    torch.cuda.synchronize()
    start = time.perf_counter()
    for _run in range(20):
        left @ left
    torch.cuda.synchronize()
    return 20 * 2 * 8192**3 / (time.perf_counter() - start)


def on_card(kind: str, rate: float) -> Iterator[dict[str, Any]]:
    """The network in torch on the card, as `runtime.calculating` has it."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    from model_backend import runtime

    program = program_of(kind)
    module = program.module.to("cuda")
    per_page = TILES if kind == "unet" else 1
    for batch in CUDA_BATCHES[:1] if kind == "faster-rcnn" else CUDA_BATCHES:
        given = [value.to("cuda") for value in page(program, kind, batch).values()]
        torch.cuda.reset_peak_memory_stats()
        with torch.inference_mode(), runtime.calculating(runtime.Device("cuda", "", "")):
            with FlopCounterMode(display=False) as counted:
                module(*given)
            torch.cuda.synchronize()
            start = time.perf_counter()
            for _run in range(10):
                module(*given)
            torch.cuda.synchronize()
        seconds = (time.perf_counter() - start) / 10
        yield {
            "network": kind, "engine": "cuda", "threads": 0, "batch": batch,
            "pages_a_second": batch / seconds / per_page,
            "peak_mb": torch.cuda.max_memory_allocated() / 2**20,
            "share_of_matrix_rate": counted.get_total_flops() / seconds / rate,
        }  # fmt: skip


def end_to_end(pages: int, device: str, folder: Path) -> dict[str, Any]:
    """Pages from their file to proposals by a LayoutLM and a Table Transformer that finds tables,
    of the published sizes, four pages at once, as the window asks; each page is rendered.
    """
    os.environ["XDG_DATA_HOME"] = str(folder / "data")
    from model_backend.predictors.predicting import predict_pages
    from model_backend.predictors.self_test import sample_page

    names = [added("layoutlm", "ABCDEFG", folder), added("table-transformer", "", folder)]
    path, sheet = sample_page("table detection")
    predict_pages([(path, sheet, "")], names, device)
    start = time.perf_counter()
    for _step in range(0, pages, 4):
        predict_pages([(path, sheet, "")] * 4, names, device)
    seconds = time.perf_counter() - start
    count = -(-pages // 4) * 4
    return {"end_to_end": " and ".join(names), "device": device, "pages": count,
            "pages_a_second": count / seconds}  # fmt: skip


def added(kind: str, labels: str, folder: Path) -> str:
    """The name of a network of the published size, added from a folder as it is published."""
    from safetensors.torch import save_file

    from model_backend.checkpoints.adding import Answers, install, record_of
    from model_backend.checkpoints.recognizing import recognize

    network = published(kind)
    there = folder / f"{kind}-published"
    there.mkdir()
    save_file({k: v.contiguous() for k, v in network.state_dict().items()},
              there / "model.safetensors")  # fmt: skip
    network.config.id2label = dict(enumerate(labels or [f"LABEL_{n}" for n in range(6)]))
    network.config.save_pretrained(there)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *(chr(n) for n in range(33, 127)),
                  *(f"##{chr(n)}" for n in range(33, 127))]  # fmt: skip
    (there / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    found = recognize(there)
    named = () if labels else tuple(f"table {number}" for number in range(6))
    task = "" if labels else "table detection"
    return install(record_of(found, Answers(labels=named, task=task)), found.files).name


def printed(row: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(row), flush=True)
    elif "network" in row and "skipped" in row:
        print(f"{row['network']:18}{row['engine']:13}{row['skipped']}", flush=True)
    elif "network" in row:
        head = f"{row['network']:18}{row['engine']:13}{row['threads']:2} threads, batch"
        rate = f"{row['batch']:2}: {row['pages_a_second']:8.3f} pages/s {row['peak_mb']:7.0f} MB"
        work = row.get("cpu_seconds_a_page")
        rate += "" if work is None else f" {work:7.3f} CPU s/page"
        share = row.get("share_of_matrix_rate")
        tail = "" if share is None else f", {share:.0%} of the card's matrix rate"
        print(f"{head} {rate}{tail}", flush=True)
    else:
        print(", ".join(f"{key} {value}" for key, value in row.items()), flush=True)


WRITE_SECONDS, RUN_SECONDS = 1200, 900
"""After which a process that writes programs, or runs one engine, is ended and said to have."""


def in_a_process(*arguments: str) -> Iterator[dict[str, Any]]:
    command = [sys.executable, __file__, *arguments]
    seconds = WRITE_SECONDS if "write" in arguments else RUN_SECONDS
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        for line in process.stdout:
            yield json.loads(line)
        timer.cancel()
    if process.returncode:
        yield {"failed": " ".join(arguments), "status": process.returncode}


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(NETWORKS))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--most", type=float, default=20.0)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    parser.add_argument("--step", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.step:
        kind, engine, folder = options.step
        if engine == "write":
            write_programs(kind, Path(folder))
        else:
            for row in child(kind, engine, Path(folder), options.most):
                print(json.dumps(row), flush=True)
        return
    kinds = [kind for kind in options.only.split(",") if kind]
    if unknown := [kind for kind in kinds if kind not in NETWORKS]:
        parser.error(f"--only takes {', '.join(NETWORKS)}, not {', '.join(unknown)}")
    with tempfile.TemporaryDirectory() as folder:
        for kind in kinds:
            for row in in_a_process("--step", kind, "write", folder):
                printed({"program": kind, **row}, as_json=options.json)
            for engine in ENGINES:
                if has(kind, engine):
                    asked = ("--most", str(options.most), "--step", kind, engine, folder)
                    for row in in_a_process(*asked):
                        printed(row, as_json=options.json)
            for path in Path(folder).glob(f"{kind}*.onnx"):
                path.unlink()
        card(kinds, options, Path(folder))


def has(kind: str, engine: str) -> bool:
    """Whether there is such an engine for a network."""
    if engine in ("ours", "pipeline"):
        return kind in PIPELINES
    return engine != "transformers" or kind in PUBLISHED


def card(kinds: list[str], options: argparse.Namespace, folder: Path) -> None:
    """What only a card tells."""
    import torch

    if options.device == "cuda" and not torch.cuda.is_available():
        for kind in kinds:
            row = {"network": kind, "engine": "cuda", "skipped": "not run: no CUDA card here"}
            printed(row, as_json=options.json)
        why = f"not run: no CUDA card here (--device cpu --pages {options.pages} does it without)"
        printed({"end_to_end": why}, as_json=options.json)
        return
    if options.device == "cuda":
        rate = matrix_rate()
        printed({"matrix rate": f"{rate / 1e12:.0f} TFLOP/s in fp16"}, as_json=options.json)
        for kind in kinds:
            for row in on_card(kind, rate):
                printed(row, as_json=options.json)
    printed(end_to_end(options.pages, options.device, folder), as_json=options.json)


if __name__ == "__main__":
    main()
